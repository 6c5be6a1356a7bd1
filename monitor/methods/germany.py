"""Germany's sustainability strategy: the mean change of five years, extended to the target's date.

The published symbols are weather. The gap that would be left, as a share of the gap now, decides:

| case | sun | sun and cloud | cloud | storm |
|---|---|---|---|---|
| a target with a date | gap under 5 % | 5 to 20 % | more, right way | wrong way |
| option ``hold``, or met | met, trend not away | met, trend away | missed, trend not away | missed, trend away |
| only a direction | mean and last change right | mean right, last not | last right, mean not | neither |

Sun is `on_track` (`achieved` where the target is met), sun and cloud `too_slow` (`achieved` with the note
met_but_worsening where it is met), cloud `limited`, storm `backwards`.

- The mean change is that between the first and the last of the figures of `YEARS` years; at least `LEAST` are needed.
- No change at all points the right way nowhere: a storm, and here `limited`, because nothing moves backwards.
- The target's date is past and missed: as a target to hold, since nothing can be extended to the past.
- Direction ``target``: the distance from the target. An interval: see `monitor.methods.interval`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from monitor.methods._distance import concluded, noted, refusal, shortfalls
from monitor.methods._history import history
from monitor.methods._points import based, finish, two_points
from monitor.methods._scale import ABOVE_ZERO, NO_LEAST, Step, Thresholds, refuse_options, step, unknown
from monitor.model import Indicator
from monitor.series import Series

SOURCE = "German Sustainable Development Strategy, status of the indicators (dns-indikatoren.de)"
UNCONFIRMED: tuple[str, ...] = ("what no change at all counts as", "what a missed date counts as")
USES = "all"  # four must be there; without a target the last two count too
OPTIONS: Mapping[str, str] = {"hold": "true: the target is to be kept every year, not to be reached at its date"}
BASE_YEAR = 2015
YEARS, LEAST = 5, 4
SUN, PARTLY, CLOUD, STORM = "sun", "sun and cloud", "cloud", "storm"
#: the change to the target's date as a share of the gap now: 1 less the gap that would be left
THRESHOLDS: Thresholds = {
    "ratio": (Step(0.95, "on_track", SUN), Step(0.80, "too_slow", PARTLY), Step(ABOVE_ZERO, "limited", CLOUD),
              Step(0.0, "limited", STORM), Step(NO_LEAST, "backwards", STORM)),
}


def fits(indicator: Indicator) -> str:
    """Why the method cannot judge an indicator as it is declared, with the remedy; nothing where it can."""
    hold = indicator.method_options.get("hold", False)
    if not isinstance(hold, bool):
        return f"the option 'hold' is '{hold}', expected true or false."
    if hold and not indicator.targets:
        return "the option 'hold' asks for a target that is kept every year. Declare the target."
    return unknown("germany", indicator, OPTIONS)


def assess(indicators: Mapping[str, Indicator], series: Series, as_of: date) -> pl.DataFrame:
    """One row for each (indicator, area) with a figure: the columns of `monitor.model.Assessment`."""
    refuse_options("germany", indicators, OPTIONS)
    known, facts = history(series), two_points(indicators, series, as_of, BASE_YEAR)
    begin = pl.Series(known.since(facts["code"], facts["t1"] - YEARS))
    enough = facts["last"] - begin + 1 >= LEAST
    facts = facts.with_columns(base=begin, enough=enough, points=facts["last"] - begin + 1).with_columns(
        base=pl.when("enough").then("base"), late_base=pl.lit(False))
    before = known.figures["value"].gather(facts.select(
        pl.when("enough").then(pl.col("last") - 1)).to_series())
    frame = shortfalls(based(known, facts)).with_columns(
        hold=pl.col("indicator").is_in([key for key, i in indicators.items() if i.method_options.get("hold") is True]),
        mean=pl.when("aimed").then(pl.col("short_at_base") - pl.col("short"))
        .otherwise(pl.col("d") * (pl.col("value") - pl.col("base_value"))) / pl.col("n1"),
        latest=pl.col("d") * (pl.col("value") - before),
    ).with_columns(away=pl.col("mean") < -pl.col("grain"), right=pl.col("mean") > pl.col("grain"))
    left = pl.col("tt") - pl.col("t1")
    frame = frame.with_columns(ratio=pl.when(
        "aimed", ~pl.col("hold"), ~pl.col("met"), ~pl.col("late")).then(pl.col("mean") * left / pl.col("short")))
    frame = frame.with_columns(
        rate=pl.when(pl.col("base_value") != 0, pl.col("d") != 0).then(
            (pl.col("value") - pl.col("base_value")) / pl.col("n1") / pl.col("base_value").abs()),
        status=_part("status"), word=_part("word"))
    return finish("germany", concluded(frame, refusal(), noted()))


def _part(name: str) -> pl.Expr:
    def of(status: str, word: str) -> pl.Expr:
        return pl.lit(status if name == "status" else word)

    forward = pl.col("latest") > pl.col("grain")
    still = ~pl.col("right") & ~pl.col("away") & (pl.col("latest").abs() <= pl.col("grain"))
    return (
        pl.when("met", "away").then(of("achieved", PARTLY)).when("met").then(of("achieved", SUN))
        .when(pl.col("ratio").is_not_null()).then(step(pl.col("ratio"), THRESHOLDS["ratio"], name))
        .when("aimed", "away").then(of("backwards", STORM)).when("aimed").then(of("limited", CLOUD))
        .when("right", forward).then(of("on_track", SUN)).when("right").then(of("too_slow", PARTLY))
        .when(forward).then(of("limited", CLOUD)).when(still).then(of("limited", STORM))
        .otherwise(of("backwards", STORM))
    )
