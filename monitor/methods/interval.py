"""Keep between: a figure is right within an interval, and wrong by its distance from the nearer end.

The options ``low`` and ``high`` are the ends. With a year ``by`` the distance at the base must be gone by then, and the
share of it that is gone is compared with the share of the time that has passed. Without a year only the way counts.

- Within the interval, ends included: achieved, one figure is enough. Within at the base and not now: backwards.
- Nearer than at the base without a year: too slow, because it is not there; as far: limited; further: backwards.
- From one side of the interval to the other: what counts is the distance.
- The year is past and the figure outside: never on track.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from monitor.methods._distance import concluded, noted
from monitor.methods._growth import refuse
from monitor.methods._points import finish, two_points
from monitor.methods._scale import (
    ABOVE_ZERO,
    NO_LEAST,
    TOLERANCE,
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
from monitor.methods.statcan import BASE_YEAR, PACE
from monitor.model import Direction, Indicator
from monitor.series import Series

SOURCE = "this project; cut-offs of the pace as in statcan"
UNCONFIRMED: tuple[str, ...] = ()
USES = "two"
OPTIONS: Mapping[str, str] = {"low": "the lower end", "high": "the upper end",
                              "by": "the year by which the figure is to be within; may be left out"}
WITHIN, NEARER, AWAY = "within the interval", "outside, coming nearer", "outside, moving away"
THRESHOLDS: Thresholds = {
    "ratio": (Step(PACE["on_track"], "on_track", "outside, within in time at this pace"),
              Step(PACE["too_slow"], "too_slow", NEARER), Step(ABOVE_ZERO, "limited", "outside, hardly nearer"),
              Step(0.0, "limited", "outside, as far as before"), Step(NO_LEAST, "backwards", AWAY)),
    "share of the distance gone": (
        Step(ABOVE_ZERO, "too_slow", NEARER), Step(0.0, "limited", "outside, as far as before"),
        Step(NO_LEAST, "backwards", AWAY)),
}


def fits(indicator: Indicator) -> str:
    """Why the method cannot judge an indicator as it is declared, with the remedy; nothing where it can."""
    said = unknown("interval", indicator, OPTIONS) or lacking("interval", indicator, "low", "high")
    if said or (said := yearless(indicator)):
        return said
    low, high = number(indicator, "low"), number(indicator, "high")
    if low is not None and high is not None and low >= high:
        return f"the interval runs from {low:g} to {high:g}: expected 'low' below 'high'."
    if indicator.direction in (Direction.UP_GOOD, Direction.DOWN_GOOD):
        return f"an interval has two sides, and the direction is {indicator.direction.value}. Declare direction target."
    return ""


def assess(indicators: Mapping[str, Indicator], series: Series, as_of: date) -> pl.DataFrame:
    """One row for each (indicator, area) with a figure: the columns of `monitor.model.Assessment`."""
    refuse_options("interval", indicators, OPTIONS)
    ends = [(key, start, stop, by and str(by), by and float(by), (by or as_of.year) < as_of.year)
            for key, i in indicators.items() if (start := number(i, "low")) is not None
            and (stop := number(i, "high")) is not None and start < stop for by in [year(i)]]
    told = pl.DataFrame(ends, orient="row", schema={
        "indicator": pl.String, "low_end": pl.Float64, "high_end": pl.Float64, "target_period": pl.String,
        "tt": pl.Float64, "due": pl.Boolean})
    low, high, value = pl.col("low_end"), pl.col("high_end"), pl.col("value")

    def outside(figure: pl.Expr) -> pl.Expr:
        return pl.max_horizontal(low - figure, figure - high)

    frame = two_points(indicators, series, as_of, BASE_YEAR).drop("target_value", "target_period", "tt", "due").join(
        told, on="indicator", how="left", maintain_order="left"
    ).with_columns(
        tt=pl.col("tt") + pl.col("t1") % 1, grain=TOLERANCE * pl.max_horizontal(low.abs(), high.abs(), value.abs()),
        short=outside(value), short_at_base=outside(pl.col("base_value")),
    ).with_columns(
        aimed=low.is_not_null(), met=(pl.col("short") <= pl.col("grain")).fill_null(False), away=pl.lit(False),
        met_then=pl.lit(False), met_between=pl.lit(False),
        late=(pl.col("t1") >= pl.col("tt") - TOLERANCE).fill_null(False),
        n1=pl.col("t1") - pl.col("t0"),
        target_value=pl.when(value > high).then(high).otherwise(low),
    )
    years = pl.when(pl.col("tt") > pl.col("t0") + TOLERANCE).then(pl.col("tt") - pl.col("t0"))
    gone = (pl.col("short_at_base") - pl.col("short")) / pl.col("short_at_base")
    lost = pl.col("short_at_base") <= pl.col("grain")
    frame = frame.with_columns(gone=pl.when(~lost).then(gone)).with_columns(
        ratio=pl.col("gone") / (pl.col("n1") / years))
    in_time, anyhow = THRESHOLDS["ratio"], THRESHOLDS["share of the distance gone"]

    def part(name: str, inside: str) -> pl.Expr:
        return (
            pl.when("met").then(pl.lit(inside)).when(lost).then(pl.lit(getattr(anyhow[-1], name)))
            .when(pl.col("ratio").is_null()).then(step(pl.col("gone"), anyhow, name))
            .when("late").then(step(pl.col("ratio"), in_time[1:], name))
            .otherwise(step(pl.col("ratio"), in_time, name))
        )

    refused = (
        pl.when(pl.col("refused").is_not_null()).then(pl.struct(pl.col("refused").alias("reason"), note=pl.lit("")))
        .when(~pl.col("aimed")).then(refuse("not_applicable", "no_thresholds"))
        .when("met").then(None)
        .when((pl.col("n1") >= 1 - TOLERANCE).fill_null(False).not_()).then(refuse("too_few_points", ""))
        .when(~pl.col("short").is_finite() | ~pl.col("short_at_base").is_finite()).then(
            refuse("not_comparable", "out_of_range"))
    )
    return finish("interval", concluded(
        frame.with_columns(status=part("status", "achieved"), word=part("word", WITHIN)), refused, noted()))
