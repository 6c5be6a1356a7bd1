"""The UN Statistics Division's note of 2026 as the Python package undata implements it, for comparison.

As `monitor.methods.un_progress_chart`: the growth since 2015 is projected to the target's date, or judged by itself
where there is no target. The classes are five: "marginal progress" and "stagnation" are both `limited` here. The score
is the package's, 0 to 5 in straight lines within each class, spread to -5 to +5 (2s - 5).

- Met at the base: on track while the newest figure meets the target, else regression. A target that is met now is
  `achieved` whatever the growth; the package speaks of one class, "on track or target met".
- A base or newest figure of zero or less has no growth rate: refused as the package does (its "insufficient data"),
  unless the target is met. So a fall to zero without a target is not judged.
- The base is the figure of 2015, else the first later one.
- Figures whose zero is crossed are refused. Direction ``target`` is ours: see `monitor.methods._growth`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from monitor.methods._growth import concluded, graded, noted, paces, projected, refusal, refuse
from monitor.methods._points import finish, two_points
from monitor.methods._scale import NO_LEAST, TOLERANCE, Step, Thresholds, growing, refuse_options, unknown
from monitor.model import Indicator
from monitor.series import Series

SOURCE = ("undata 0.4.3 (MIT licence), function progress; it names UN Statistics Division, The Sustainable Development "
          "Goals Report 2026: Technical Note for Progress Assessment")
UNCONFIRMED: tuple[str, ...] = (
    "the note itself was not at hand; the package is no product of the United Nations",
)
USES = "two"
OPTIONS: Mapping[str, str] = {}
BASE_YEAR = 2015
MET = "on track or target met"
_MODERATE = "moderate progress, but acceleration needed"
_MARGINAL = "marginal progress, and significant acceleration needed"
THRESHOLDS: Thresholds = {
    measure: (Step(top, "on_track", MET), Step(half, "too_slow", _MODERATE), Step(some, "limited", _MARGINAL),
              Step(0.0, "limited", "stagnation"), Step(NO_LEAST, "backwards", "regression"))
    for measure, (top, half, some) in (("ratio", (0.95, 0.50, 0.10)), ("rate", (0.02, 0.0125, 0.005)))
}
#: beyond these the score does not change
ENDS = {"ratio": (-0.5, 1.5), "rate": (-0.05, 0.05)}


def fits(indicator: Indicator) -> str:
    """Why the method cannot judge an indicator as it is declared, with the remedy; nothing where it can."""
    return (unknown("un_progress_chart_undata", indicator, OPTIONS)
            or growing("un_progress_chart_undata", indicator))


def assess(indicators: Mapping[str, Indicator], series: Series, as_of: date) -> pl.DataFrame:
    """One row for each (indicator, area) with a figure: the columns of `monitor.model.Assessment`."""
    refuse_options("un_progress_chart_undata", indicators)
    frame = projected(paces(two_points(indicators, series, as_of, BASE_YEAR)))
    score = (
        pl.when("met").then(5.0).when(pl.col("aimed"), pl.col("required") == 0).then(0.0)
        .when("aimed").then(_score(pl.col("ratio"), "ratio")).otherwise(_score(pl.col("v"), "rate"))
    )
    frame = graded(frame, THRESHOLDS, MET).with_columns(score=2 * score - 5)
    sign = pl.when((pl.col("y0") * pl.col("y1")) > 0).then(1)  # all negative: the size is what grows
    growthless = (pl.col("scale") != "binary") & sign.is_null() & pl.col("n1").is_not_null() & ~pl.col("met")
    refused = pl.coalesce(
        refusal(),
        pl.when(growthless).then(refuse("not_comparable", "zero_growth")),
        pl.when(pl.col("scale") == "binary").then(refuse("not_applicable", "no_growth_rate")),
    )
    return finish("un_progress_chart_undata", concluded(frame, refused, noted()))


def _score(value: pl.Expr, measure: str) -> pl.Expr:
    """0 to 5: one point for each class, in a straight line between its cut-offs."""
    steps, (lowest, highest) = THRESHOLDS[measure], ENDS[measure]
    tops = [highest, *(each.least for each in steps[:-1])]
    found = pl.lit(0.0)
    for n, (each, top) in enumerate(zip(reversed(steps), reversed(tops), strict=True)):
        least = max(each.least, lowest)
        within = n + (value.clip(least, top) - least) / (top - least)
        found = within if n == 0 else pl.when(value >= least - TOLERANCE).then(within).otherwise(found)
    return found
