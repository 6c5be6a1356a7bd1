"""The pace since 2015, as Statistics Canada and Open SDG measure it.

Observed growth a year (compound, between the base and the newest figure) is compared with the growth a year
that would meet the target in time; without a target, with fixed growth rates, eased near a natural limit.
Cut-offs, scores and the exponent are the constants below. Source: Statistics Canada's method in Open SDG,
docs/progress-methodology.md (commit 26d2e387), and sdg-build 2.4.0 for the exponent and for the limits.

Where the published text is silent or breaks down, this module decides, and docs/methodology.md shows it:

- A zero base or target cannot grow. The published stand-in is 0.001 in any unit, so that the same series in
  other units gets another status. Here the stand-in is `ZERO_SHARE` of the largest of base, newest figure and
  target: the published 0.001 where that largest figure is 1. A target is met by its true value, never by
  its stand-in. Zero before and zero now is no movement.
- The base equals the target: any figure that misses it has moved away. The base was past the target: losing
  it is backwards.
- The target's date is past and missed: never on track, whatever the pace was.
- Quantities whose zero is crossed (scale ``difference``, or a lower bound below zero) are judged by a linear
  pace, and the word says so: with a target by the ratio of the two slopes, without one by the change a year as
  a share of the base. An index has no meaningful zero, so without a target it is refused.
- Direction ``target``: each figure y is replaced by |target| + |y - target|, which must fall to |target|
  (the published transformation of "Goldilocks" indicators, for any target). Met within `ZERO_SHARE` of it.
- Without a target, a figure at the natural limit that lies in the wished direction (``bounds``) cannot become better:
  ``achieved``, as at a target. The published rule calls it improving even where nothing has moved.
- Mixed signs are refused, as published; all negative, the size of the figure is what shrinks or grows.
- Scale ``binary``: met or not met, see `monitor.methods.binary`.

``note`` is one of: mixed_signs, no_growth_rate, no_target, out_of_range, met_but_worsening, target_missed,
target_due (its date is past, the newest figure is older), target_lost, zero_base, zero_target, small_counts
(fewer than `SMALL_COUNT`: chance alone can move them), base_later; the first that holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise

import polars as pl

from monitor.methods import binary
from monitor.methods._growth import SMALL_COUNT, concluded, graded, noted, paces, refusal
from monitor.methods._points import finish, two_points
from monitor.methods._scale import NO_LEAST, TOLERANCE, ZERO_SHARE, Step, Thresholds, refuse_options, unknown
from monitor.model import Indicator
from monitor.series import Series

__all__ = ["SMALL_COUNT", "ZERO_SHARE", "assess"]

SOURCE = "Statistics Canada's method in Open SDG, docs/progress-methodology.md (commit 26d2e387), and sdg-build 2.4.0"
UNCONFIRMED: tuple[str, ...] = ("the exponent of the easing near a lowest limit: seen in code, in no published figure",)
USES = "two"
OPTIONS: Mapping[str, str] = {}
BASE_YEAR = 2015
#: least share of the pace needed, with a target, from the best status down; below the last: backwards
PACE = {"on_track": 0.95, "too_slow": 0.60, "limited": 0.0}
#: least growth a year in the wished direction, without a target
GROWTH = {"on_track": 0.015, "too_slow": 0.005, "limited": 0.0}
WORDS = {"achieved": "target achieved", "on_track": "on track",
         "too_slow": "progress made but acceleration needed", "limited": "limited progress",
         "backwards": "deterioration"}
#: of a figure that has no target and cannot become better: ours
BEST = "best possible value"
THRESHOLDS: Thresholds = {
    measure: (*(Step(least, status, WORDS[status]) for status, least in cuts.items()),
              Step(NO_LEAST, "backwards", WORDS["backwards"]))
    for measure, cuts in (("ratio", PACE), ("rate", GROWTH))
}
#: (value, score) corners; straight lines between them, flat outside
PACE_SCORE = [(-0.6, -5.0), (0.6, 0.0), (1.3, 5.0)]
GROWTH_SCORE = [(-0.02, -5.0), (0.0, -2.5), (0.005, 0.0), (0.015, 2.5), (0.02, 5.0)]
#: how steeply thresholds fall near a natural limit
LIMIT_EXPONENT = 4.44


def fits(indicator: Indicator) -> str:
    """Why the method cannot judge an indicator as it is declared, with the remedy; nothing where it can."""
    if said := unknown("statcan", indicator, OPTIONS):
        return said
    if indicator.scale == "index" and (indicator.bounds[0] or 0) < 0 and not indicator.targets:
        return ("an index that can cross zero has no rate of growth, and without a target no other yardstick. "
                "Declare a target, or use the method ordinal or interval.")
    return ""


def assess(indicators: Mapping[str, Indicator], series: Series, as_of: date) -> pl.DataFrame:
    """One row for each (indicator, area) with a figure: the columns of `monitor.model.Assessment`."""
    refuse_options("statcan", indicators)
    yes_no = {key: i for key, i in indicators.items() if i.scale == "binary"}
    paced = {key: i for key, i in indicators.items() if i.scale != "binary"}
    frame = paces(two_points(paced, series, as_of, BASE_YEAR))
    way, linear = pl.col("way"), pl.col("linear")
    limit = pl.when(way > 0).then("high").otherwise("low")
    best = ~pl.col("aimed") & (way * (pl.col("value") - limit) >= -TOLERANCE * limit.abs()).fill_null(False)
    frame = graded(frame.with_columns(limit=limit_factor(pl.col("base_value"), limit, way, linear),
                                      met=pl.col("met") | best),
                   THRESHOLDS, WORDS["achieved"], pl.col("limit"))
    frame = frame.with_columns(word=pl.when(best).then(pl.lit(BEST)).otherwise("word"))
    manner = pl.when(linear, ~pl.col("met")).then(pl.lit("linear pace: ")).otherwise(pl.lit(""))
    judged = concluded(frame.with_columns(word=manner + pl.col("word"), score=_points()), refusal(linear=True), noted())
    if not yes_no:
        return finish("statcan", judged)
    both = [finish("statcan", judged), finish("statcan", binary.assess(yes_no, series, as_of))]
    return pl.concat(both).sort("indicator", "ref_area")


def limit_factor(base: pl.Expr, limit: pl.Expr, way: pl.Expr, linear: pl.Expr) -> pl.Expr:
    """C: 1 far from the natural limit that lies in the wished direction, 0 at it.

    A limit on the other side of zero, and linear paces, are left alone.
    """
    y, top = base.abs(), limit.abs()
    outward = way * base.sign() > 0  # progress means a larger size: the limit is a maximum
    return (
        pl.when(linear | limit.is_null() | (base.sign() * limit.sign() < 0)).then(1.0)
        .when(base == 0).then((limit != 0).cast(pl.Float64))
        .when(pl.when(outward).then(y >= top).otherwise(y <= top)).then(0.0)
        .when(outward).then(1 - (y / top) ** LIMIT_EXPONENT)
        .when(y >= 2 * top).then(1.0)
        .otherwise(1 - ((2 * top - y) / top) ** LIMIT_EXPONENT)
    )


def _points() -> pl.Expr:
    """The published score, -5 to +5."""
    ratio, v, aimed = pl.col("ratio"), pl.col("v"), pl.col("aimed")
    return (
        pl.when("met").then(5.0)
        .when(aimed, pl.col("required") == 0).then(-5.0)
        .when(aimed).then(_score(ratio, PACE_SCORE))
        .when(v < -TOLERANCE).then(_score(v, GROWTH_SCORE))
        .when(pl.col("limit") == 0).then(5.0)
        .otherwise(_score(v / pl.col("limit"), GROWTH_SCORE))
    )


def _score(value: pl.Expr, corners: list[tuple[float, float]]) -> pl.Expr:
    """Straight lines between the corners, flat outside."""
    score = pl.lit(corners[-1][1])
    for (x0, s0), (x1, s1) in reversed(list(pairwise(corners))):
        score = pl.when(value < x1).then(s0 + (value - x0) * ((s1 - s0) / (x1 - x0))).otherwise(score)
    return pl.when(value <= corners[0][0]).then(corners[0][1]).when(value.is_not_null()).then(score)
