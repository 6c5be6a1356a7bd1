"""Met or not met: for laws, ratifications, policies, and levels with a name instead of a quantity.

There is no pace: one figure is enough. The bar is the declared target; without one it is 1 (yes) where
higher is better and 0 (no) where lower is better, for indicators of scale ``binary`` only.

| the newest figure | status | the method's word |
|---|---|---|
| reaches the bar | achieved | target achieved |
| does not, and is further from it than the base figure | backwards | target not achieved, moved away |
| does not | not_met | target not achieved |

Statistics Canada and Open SDG publish the two words; that a law taken back counts as backwards is ours. ``not_met``
is a status of its own because "limited progress" would tell of a movement that nothing shows.
Source: Open SDG, docs/progress-methodology.md, "Binary indicators".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from monitor.methods._points import finish, two_points
from monitor.methods._scale import NO_LEAST, Step, Thresholds, refuse_options, unknown
from monitor.model import Indicator
from monitor.series import Series

SOURCE = "Open SDG, docs/progress-methodology.md, Binary indicators"
UNCONFIRMED: tuple[str, ...] = ("that what was met and is not met any more counts as backwards: decided here",)
USES = "newest"
OPTIONS: Mapping[str, str] = {}
BASE_YEAR = 2015
#: how far the bar is reached: 0 or more; how far it has been left since the base
THRESHOLDS: Thresholds = {
    "reached": (Step(0.0, "achieved", "target achieved"), Step(NO_LEAST, "not_met", "target not achieved")),
    "since the base": (Step(0.0, "not_met", "target not achieved"),
                       Step(NO_LEAST, "backwards", "target not achieved, moved away")),
}


def fits(indicator: Indicator) -> str:
    """Why the method cannot judge an indicator as it is declared, with the remedy; nothing where it can."""
    if said := unknown("binary", indicator, OPTIONS):
        return said
    if indicator.scale != "binary" and not indicator.targets:
        return ("the method 'binary' asks whether a bar is reached, and without a target only the scale 'binary' has "
                "one. Declare the target, or use another method.")
    return ""


def assess(indicators: Mapping[str, Indicator], series: Series, as_of: date) -> pl.DataFrame:
    """One row for each (indicator, area) with a figure: the columns of `monitor.model.Assessment`."""
    refuse_options("binary", indicators)
    facts = two_points(indicators, series, as_of, BASE_YEAR)
    d, value = pl.col("d"), pl.col("value")
    bar = pl.coalesce("target_value", pl.when(pl.col("scale") == "binary", d != 0).then((d > 0).cast(pl.Float64)))
    # how far short of the bar a figure is; 0 or less: met
    short, short_at_base = (
        pl.when(d == 0).then((x - bar).abs()).otherwise(d * (bar - x)) for x in (value, pl.col("base_value"))
    )
    reason = pl.coalesce("refused", pl.when(bar.is_null()).then(pl.lit("not_applicable")))
    word = (
        pl.when(short <= 0).then(pl.lit("target achieved"))
        .when(short > short_at_base).then(pl.lit("target not achieved, moved away"))
        .otherwise(pl.lit("target not achieved"))
    )
    status = (
        pl.when(short <= 0).then(pl.lit("achieved"))
        .when(short > short_at_base).then(pl.lit("backwards")).otherwise(pl.lit("not_met"))
    )
    judged = facts.with_columns(reason=reason).with_columns(
        status=pl.when(pl.col("reason").is_null()).then(status).otherwise(pl.lit("not_assessed")),
        word=pl.when(pl.col("reason").is_null()).then(word),
        note=pl.when(pl.col("reason") == "not_applicable").then(pl.lit("no_target")),
    )
    return finish("binary", judged)
