"""The test of time: stand at each past year, hide what came later, call the status, compare with what happened.

A *stand* is one series cut off after one of its years; it becomes a series of its own, under a name of its own, so that
a method judges all stands of all series at once and cannot see what came later. A *call* asks, at a stand, whether a
target will be met so many years later. Every method gets the same calls.

- Series: headline, yearly, of a scale of numbers, with at least `LEAST_POINTS` figures. Figures before a break that the
  stand knows of are cut off, as the judge does; calls across a later break are left out.
- Targets: those that are declared, at the horizon instead of their own date; and made-up ones, because few are
  declared and none is due: `PACES` of change a year, up and down, from the first figure of the `BASE_AGO` years before
  the stand to the horizon. A made-up target beyond a natural limit, or from a base of zero, is left out.
- Calls are made in even years: neighbours tell little more. None is refused for small counts, as the judge does.
- A formula method gives no chance. Its statuses are turned into the share of calls with that status that came true,
  counted on the tuning part. The rule of the project's own method was chosen on the same part. The holdout, every
  third series by a hash of its name, has served for nothing but the report.
- Intervals: `RESAMPLES` bootstrap samples of whole series, 95 %. Years that were bad everywhere, and areas that
  stand in several series, make them somewhat too narrow.
- Shares and constants come from other series than the holdout's, of the same areas and years: no series sees its own
  later figures, but the times they were learnt in are those they are tried on.
- The figures are those of today, revised since: earlier vintages of most series are not kept anywhere.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from monitor import plugins
from monitor.model import Baseline, Direction, Indicator, Target
from monitor.series import COLUMNS, TOTAL, UNFINISHED, Series

HORIZONS = (1, 3, 5)
PACES = (0.005, 0.02, 0.05)
BASE_AGO = 10
#: calls are made in years that this divides: neighbours tell little more
EVERY = 2
LEAST_POINTS = 8
RESAMPLES = 500
SEED = 20161104
#: methods that call a status from a target and figures alone; of sdsn the arrow
METHODS = ("statcan", "eurostat", "un_progress_chart", "un_progress_chart_undata", "unescap", "germany", "milestones",
           "sdsn", "outlook")
#: no target of a stand is ever due: what is judged lies ahead of it
AS_OF = date(1000, 1, 1)


class Stands(NamedTuple):
    """All cut-off series. ``frame``: stand, indicator, ref_area, t (year), base_year, base, holdout, next (stand)."""

    frame: pl.DataFrame
    series: Series  # by the name of the stand
    figures: pl.DataFrame  # indicator, ref_area, t, y, breaks (how many so far)


def held_out(indicator: str, ref_area: str) -> bool:
    """Is the series one of the third that nothing was chosen on?"""
    return zlib.crc32(f"{indicator} {ref_area}".encode()) % 3 == 0


def stands(indicators: Mapping[str, Indicator], series: Series) -> Stands:
    """Every series cut off after each of its years that has an earlier one to start from."""
    numeric = [key for key, i in indicators.items() if i.scale != "binary"]
    one = ["indicator", "ref_area"]
    rows = series.frame.filter(
        pl.col("breakdown") == TOTAL, pl.col("obs_value").is_finite(), pl.col("obs_status") != "F",
        ~pl.col("comment_obs").str.contains(UNFINISHED), pl.col("time_period").str.contains(r"^\d{4}$"),
        pl.col("indicator").is_in(numeric),
    ).unique([*one, "time_period"], keep="first", maintain_order=True).sort(*one, "time_period").with_columns(
        t=pl.col("time_period").cast(pl.Int64),
        breaks=(pl.col("obs_status") == "B").cast(pl.Int64).cum_sum().over(one),
    ).filter(pl.len().over(one) >= LEAST_POINTS).with_row_index("stand")
    ends = rows.select(*one, "stand", "t", "breaks", next=pl.col("stand").shift(-1).over(one),
                       next_t=pl.col("t").shift(-1).over(one), next_breaks=pl.col("breaks").shift(-1).over(one))
    seen = ends.select("stand", *one, "breaks", end="t").join(
        rows.drop("stand"), on=[*one, "breaks"]).filter(pl.col("t") <= pl.col("end")).sort("stand", "t")
    base = seen.filter(pl.col("t") >= pl.col("end") - BASE_AGO, pl.col("t") < pl.col("end")).group_by("stand").agg(
        base_year=pl.col("t").first(), base=pl.col("obs_value").first())
    held = [held_out(*key) for key in ends.select(one).iter_rows()]
    frame = ends.with_columns(holdout=pl.Series(held, dtype=pl.Boolean)).join(base, on="stand").with_columns(
        next=pl.when(pl.col("next_t") == pl.col("t") + 1, pl.col("next_breaks") == pl.col("breaks")).then("next"),
        stand=pl.col("stand").cast(pl.String),
    ).with_columns(pl.col("next").cast(pl.String)).sort(*one, "t")
    cut = seen.with_columns(indicator=pl.col("stand").cast(pl.String)).select(*COLUMNS)
    return Stands(frame.drop("next_t", "next_breaks"), Series(cut), rows.select(*one, "t", "breaks", y="obs_value"))


def calls(indicators: Mapping[str, Indicator], known: Stands) -> pl.DataFrame:
    """Every call: stand, horizon, way (+1 up, -1 down), pace (0: declared), target, met (what happened)."""
    terms = pl.DataFrame(
        [(key, *i.bounds, t.value if (t := i.target_for("")) and i.direction in _WAYS else None,
          _WAYS.get(i.direction, 0), i.scale == "difference") for key, i in indicators.items()],
        schema={"indicator": pl.String, "low": pl.Float64, "high": pl.Float64, "declared": pl.Float64,
                "declared_way": pl.Int64, "straight": pl.Boolean}, orient="row")
    grid = known.frame.filter(pl.col("t") % EVERY == 0).join(terms, on="indicator").join(
        pl.DataFrame({"horizon": HORIZONS}), how="cross").with_columns(due=pl.col("t") + pl.col("horizon"))
    after = known.figures.rename({"t": "due", "y": "after"})
    grid = grid.join(after, on=["indicator", "ref_area", "due", "breaks"])
    years, way, pace, base = pl.col("due") - pl.col("base_year"), pl.col("way"), pl.col("pace"), pl.col("base")
    made = grid.join(pl.DataFrame({"way": [1, -1]}), how="cross").join(
        pl.DataFrame({"pace": PACES}), how="cross").filter(base != 0).with_columns(
        target=pl.when("straight").then(base + way * pace * base.abs() * years)
        .otherwise(base * (1 + way * base.sign() * pace) ** years))
    promised = grid.filter(pl.col("declared").is_not_null()).with_columns(
        way=pl.col("declared_way"), pace=pl.lit(0.0), target=pl.col("declared"))
    every = pl.concat([made.select(promised.columns), promised])
    target, low, high = (pl.col(c) for c in ("target", "low", "high"))
    return every.filter((target <= high).fill_null(True), (target >= low).fill_null(True)).with_columns(
        met=(way * (pl.col("after") - pl.col("target")) >= 0).cast(pl.Float64)
    ).select("stand", "next", "indicator", "ref_area", "holdout", "t", "base_year", "base", "horizon", "due", "way",
             "pace", "target", "met").with_row_index("call")


_WAYS = {Direction.UP_GOOD: 1, Direction.DOWN_GOOD: -1}


def called(
    indicators: Mapping[str, Indicator], known: Stands, asked: pl.DataFrame, methods: Sequence[str] = METHODS
) -> pl.DataFrame:
    """What each method says of each call: call, method, status, probability, later (its status a year on)."""
    found = []
    for batch in asked.partition_by("horizon", "way", "pace", maintain_order=True):
        for later in (False, True) if batch["horizon"][0] > 1 else (False,):
            name = "next" if later else "stand"
            rows = batch.filter(pl.col(name).is_not_null())
            declared = {row[name]: _asking(indicators[row["indicator"]], row) for row in rows.iter_rows(named=True)}
            names = rows.select("call", name).rename({name: "indicator"})
            for method in methods:
                theirs = {key: i.model_copy(update={"method_options": _options(i)}) for key, i in declared.items()
                          } if method == "sdsn" else declared
                judged = plugins.function("methods", method)(theirs, known.series, AS_OF)
                found.append(names.join(judged.select("indicator", "status", "probability"), on="indicator").select(
                    "call", pl.col("status").alias("later" if later else "status"), method=pl.lit(method),
                    **({} if later else {"probability": pl.col("probability")})))
    now = pl.concat(f for f in found if "status" in f.columns)
    on = pl.concat([f for f in found if "later" in f.columns] or [pl.DataFrame(
        schema={"call": pl.UInt32, "later": pl.String, "method": pl.String})])
    return now.join(on, on=["call", "method"], how="left")


def _asking(indicator: Indicator, row: Mapping[str, Any]) -> Indicator:
    """The indicator as it would be declared for a call."""
    due = Target.model_construct(value=row["target"], period=str(row["due"]), announced="", citation="", areas=[])
    return indicator.model_copy(update={
        "id": row["stand"], "direction": Direction.UP_GOOD if row["way"] > 0 else Direction.DOWN_GOOD,
        "baseline": Baseline.model_construct(period=str(row["base_year"]), note=""), "targets": [due],
        "method_options": {},
    })


def _options(i: Indicator) -> dict[str, Any]:
    """The thresholds of sdsn: green is the target; where red begins changes no arrow."""
    goal, way = i.targets[0], 1 if i.direction is Direction.UP_GOOD else -1
    return {"green": goal.value, "red": goal.value - way * (abs(goal.value) or 1.0), "by": int(goal.period)}
