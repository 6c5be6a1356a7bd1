"""The Sustainable Development Report of SDSN: a colour for where a figure stands, an arrow for where it goes.

The thresholds are the report's own for each indicator, so the declaration gives them: ``green`` (reached) and ``red``,
with the year ``by`` which green is to be reached. Yellow and orange part half way, unless ``orange`` says where orange
begins. The arrow compares the change a year of the last `YEARS` years with the change a year that leads from the
window's beginning to green by that year. The word names both; the status is that of the arrow, `achieved` in green.

The report first rescales figures to 0-100; a linear change is the same share of a linear need on either scale, so
nothing is rescaled here, and no worst country is needed. Decided here:

- Green: the goal is maintained, whatever the arrow, as published. No arrow is needed.
- A window begins with the figure nearest to its first year, at most a year away; without it: too few points.
- No movement is stagnating. In green at the window's beginning and not now: decreasing.
- The year ``by`` is past: the arrow is never on track.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from monitor.methods._distance import concluded, noted, refusal, shortfalls
from monitor.methods._history import history
from monitor.methods._points import finish, met_then, two_points, window
from monitor.methods._scale import (
    NO_LEAST,
    Step,
    Thresholds,
    lacking,
    number,
    refuse_options,
    step,
    unknown,
    year,
    yearless,
)
from monitor.model import Direction, Indicator
from monitor.series import Series

SOURCE = "SDSN, Sustainable Development Report, annex on methods; Africa SDG Index, frequently asked questions"
UNCONFIRMED: tuple[str, ...] = (
    "the global annex was seen in part: the 50 % rule from label texts of a public data set",
    "the need is counted from the window's beginning",
    "yellow and orange part half way between green and red",
)
USES = "two"
OPTIONS: Mapping[str, str] = {
    "green": "the figure from which the goal is reached", "red": "the figure from which it is furthest",
    "orange": "where orange begins; half way if not given", "by": "the year by which green is to be reached",
}
BASE_YEAR = 2015
YEARS = 5
COLOURS = ("green", "yellow", "orange", "red")
THRESHOLDS: Thresholds = {
    "ratio": (Step(1.0, "on_track", "on track"), Step(0.5, "too_slow", "moderately improving"),
              Step(0.0, "limited", "stagnating"), Step(NO_LEAST, "backwards", "decreasing")),
}
MAINTAINED = "maintaining goal achievement"


def fits(indicator: Indicator) -> str:
    """Why the method cannot judge an indicator as it is declared, with the remedy; nothing where it can."""
    if said := unknown("sdsn", indicator, OPTIONS) or yearless(indicator) or lacking(
            "sdsn", indicator, "green", "red", "by"):
        return said
    if indicator.direction is Direction.TARGET:
        return "the method 'sdsn' has no colours on both sides of a target. Use interval or germany."
    if "orange" in indicator.method_options and (said := lacking("sdsn", indicator, "orange")):
        return said
    green, red = number(indicator, "green"), number(indicator, "red")
    middle = number(indicator, "orange")
    order = [x for x in (green, middle, red) if x is not None]
    wished = sorted(order, reverse=indicator.direction is Direction.UP_GOOD)
    if indicator.direction in (Direction.UP_GOOD, Direction.DOWN_GOOD) and (order != wished or green == red):
        found = ", ".join(f"{x:g}" for x in order)
        return (f"the thresholds {found} (green{', orange' if middle is not None else ''}, red) are out of order: with "
                f"direction {indicator.direction.value} expected {', '.join(f'{x:g}' for x in wished)}, none twice.")
    return ""


def assess(indicators: Mapping[str, Indicator], series: Series, as_of: date) -> pl.DataFrame:
    """One row for each (indicator, area) with a figure: the columns of `monitor.model.Assessment`."""
    refuse_options("sdsn", indicators, OPTIONS)
    facts = window(history(series), two_points(indicators, series, as_of, BASE_YEAR), YEARS, YEARS - 1, YEARS + 1)
    facts = facts.drop("target_value", "target_period", "tt", "due").join(
        _declared(indicators, as_of), on="indicator", how="left", maintain_order="left")
    frame = shortfalls(met_then(history(series), facts.with_columns(tt=pl.col("tt") + pl.col("t1") % 1)))
    need, done = pl.col("short_at_base"), pl.col("short_at_base") - pl.col("short")
    years = pl.when(pl.col("tt") > pl.col("t0")).then(pl.col("tt") - pl.col("t0"))
    frame = frame.with_columns(
        away=done < -pl.col("grain"),
        ratio=pl.when(need > pl.col("grain")).then(done / pl.col("n1") / (need / years)),
    )
    d, value = pl.col("d"), pl.col("value")
    colour = (
        pl.when("met").then(pl.lit(COLOURS[0])).when(d * (value - pl.col("middle")) > pl.col("grain"))
        .then(pl.lit(COLOURS[1])).when(d * (value - pl.col("red")) > pl.col("grain")).then(pl.lit(COLOURS[2]))
        .otherwise(pl.lit(COLOURS[3]))
    )
    steps = THRESHOLDS["ratio"]

    def arrow(part: str, lost: str, still: str) -> pl.Expr:
        unpaced = pl.when((need <= pl.col("grain")) | pl.col("away")).then(pl.lit(lost)).otherwise(pl.lit(still))
        return pl.when(pl.col("ratio").is_null()).then(unpaced).otherwise(step(pl.col("ratio"), steps, part))

    frame = frame.with_columns(
        status=pl.when("met").then(pl.lit("achieved")).otherwise(arrow("status", "backwards", "limited")),
        word=colour + pl.lit(", ") + pl.when("met").then(pl.lit(MAINTAINED))
        .otherwise(arrow("word", steps[-1].word, steps[-2].word)),
    )
    return finish("sdsn", concluded(frame, refusal("no_thresholds"), noted()))


def _declared(indicators: Mapping[str, Indicator], as_of: date) -> pl.DataFrame:
    """The thresholds of each indicator that has them, green as its target."""
    rows = []
    for key, i in indicators.items():
        green, red, middle, by = *(number(i, name) for name in ("green", "red", "orange")), year(i)
        if green is not None and red is not None and by and i.direction is not Direction.TARGET:
            rows.append((key, green, str(by), float(by), by < as_of.year, red,
                         (green + red) / 2 if middle is None else middle))
    return pl.DataFrame(rows, orient="row", schema={
        "indicator": pl.String, "target_value": pl.Float64, "target_period": pl.String, "tt": pl.Float64,
        "due": pl.Boolean, "red": pl.Float64, "middle": pl.Float64})
