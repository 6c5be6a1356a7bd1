"""The test of time without a target: did figures that a method calls improving go on improving?

At each stand of `monitor.backtest` every method that can judges without a target, once as if more were better and once
as if less were: few of the series have a direction declared, and no method knows which is meant. What happened: did
the figure go the wished way over the years after, and does the same method, judging those years alone, give the same
status? The first is scored: a status stands for the share of calls with it that went the wished way, counted on the
tuning part. A chance, where a method has one, is that the change since the base was at least a share a year; it is set
beside how often the years after were as fast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from monitor import plugins
from monitor.backtest import AS_OF, EVERY, HORIZONS, Stands
from monitor.model import Baseline, Direction, Indicator
from monitor.series import COLUMNS, TOTAL, Series

#: methods that judge without a target and without thresholds of an indicator's own
METHODS = ("statcan", "eurostat", "un_progress_chart", "un_progress_chart_undata", "germany", "outlook")
#: what counts as fast afterwards: this share of the figure a year, as the chance of outlook means it
PACE = 0.01


def free_calls(known: Stands) -> pl.DataFrame:
    """Every call: stand, horizon, way (+1 up, -1 down), met (1: it went that way), fast (1: at least `PACE` a year)."""
    on = ["indicator", "ref_area", "breaks"]
    grid = known.frame.filter(pl.col("t") % EVERY == 0).join(
        pl.DataFrame({"way": [1, -1]}), how="cross").join(
        pl.DataFrame({"horizon": HORIZONS}), how="cross").with_columns(due=pl.col("t") + pl.col("horizon"))
    grid = grid.join(known.figures.rename({"y": "now"}), on=[*on, "t"]).join(
        known.figures.rename({"t": "due", "y": "after"}), on=[*on, "due"])
    change = pl.col("way") * (pl.col("after") - pl.col("now"))
    return grid.with_columns(
        met=(change > 0).cast(pl.Float64),
        fast=((change > 0) & (change >= PACE * pl.col("now").abs() * pl.col("horizon"))).cast(pl.Float64),
    ).select("stand", "next", *on, "holdout", "t", "base_year", "horizon", "due", "way", "met",
             "fast").with_row_index("call")


def free_called(
    indicators: Mapping[str, Indicator], known: Stands, asked: pl.DataFrame, methods: Sequence[str] = METHODS
) -> pl.DataFrame:
    """What each method says: call, method, status, probability, later (a year on), after (of the years that came)."""
    after = known.figures.join(asked.select("call", "indicator", "ref_area", "breaks", since="t", until="due"),
                               on=["indicator", "ref_area", "breaks"]).filter(
        pl.col("t").is_between("since", "until")).sort("call", "t")
    later_figures = Series(after.select(
        pl.lit("" if kind == pl.String else None, dtype=kind).alias(name) if name not in ("indicator", "ref_area",
                                                                                         *_OURS) else
        _OURS.get(name, pl.col(name)).alias(name) for name, kind in COLUMNS.items()))
    found = []
    for method, way in ((m, w) for m in methods for w in asked["way"].unique().sort()):
        these = asked.filter(way=way)
        once = these.unique("stand", maintain_order=True)
        judge = plugins.function("methods", method)

        def said(key: str, year: str, rows: pl.DataFrame, figures: Series, judge: Any = judge,
                 way: int = way) -> pl.DataFrame:
            declared = {str(r[key]): _asking(indicators[r["indicator"]], str(r[key]), r[year], way)
                        for r in rows.iter_rows(named=True)}
            judged: pl.DataFrame = judge(declared, figures, AS_OF)
            return judged.select(pl.col("indicator").alias(key), "status", "probability")

        now = said("stand", "base_year", once, known.series)
        on = said("next", "base_year", once.filter(pl.col("next").is_not_null()), known.series).select(
            "next", later="status")
        came = said("call", "t", these, later_figures).select(pl.col("call").cast(pl.UInt32), after="status")
        found.append(these.select("call", "stand", "next").join(now, on="stand").join(on, on="next", how="left").join(
            came, on="call", how="left").select("call", "status", "probability", "later", "after",
                                                method=pl.lit(method)))
    return pl.concat(found)


_OURS = {"indicator": pl.col("call").cast(pl.String), "breakdown": pl.lit(TOTAL), "obs_status": pl.lit("A"),
         "time_period": pl.col("t").cast(pl.String), "obs_value": pl.col("y")}


def _asking(indicator: Indicator, name: str, base_year: int, way: int) -> Indicator:
    return indicator.model_copy(update={
        "id": name, "direction": Direction.UP_GOOD if way > 0 else Direction.DOWN_GOOD,
        "baseline": Baseline.model_construct(period=str(base_year), note=""), "targets": [],
        "method_options": {}})
