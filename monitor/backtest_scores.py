"""How often calls came true: Brier score, accuracy, flips and refusals of each method, calibration, intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from monitor.backtest import RESAMPLES, SEED

OWN = "outlook"
#: the own method's statuses judged as those of a formula, and the share of targets met, whatever the figures are
STATUSES, BASE_RATE = "outlook, status alone", "share of all calls"
#: (name of the part, is it the holdout)
PARTS = (("holdout", True), ("tuning", False))
BINS = 10
_KEY = ["indicator", "ref_area"]


class Scores(NamedTuple):
    """``methods``: one row for each part, horizon and method. ``calibration``: the own method's chances in tenths.
    ``shares``: of each status of a method, the share said (counted on the tuning part) and what came on the holdout."""

    methods: pl.DataFrame
    calibration: pl.DataFrame
    shares: pl.DataFrame
    calls: int
    series: int
    declared: int  # calls about a declared target


def scores(asked: pl.DataFrame, told: pl.DataFrame) -> Scores:
    """Compare what was said (`monitor.backtest.called`) with what happened (`monitor.backtest.calls`)."""
    both = told.join(asked, on="call")
    if OWN in told["method"]:
        both = pl.concat([both, both.filter(method=OWN).with_columns(
            method=pl.lit(STATUSES), probability=pl.lit(None, dtype=pl.Float64))])
    return _scored(asked, both, "met")


def free_scores(asked: pl.DataFrame, told: pl.DataFrame) -> Scores:
    """The same for judgements without a target (`monitor.backtest_free`): did the figure go the wished way?

    The chance of the own method is of something else, a fast change; it is calibrated against that.
    """
    both = told.join(asked, on="call").with_columns(chance=pl.col("probability"),
                                                    probability=pl.lit(None, dtype=pl.Float64))
    return _scored(asked, both, "fast")


def _scored(asked: pl.DataFrame, both: pl.DataFrame, calibrated: str) -> Scores:
    judged = pl.col("status") != "not_assessed"
    worth = both.filter(judged, ~pl.col("holdout")).group_by("method", "horizon", "status").agg(
        share=pl.col("met").mean(), calls=pl.len())
    rate = asked.filter(~pl.col("holdout")).group_by("horizon").agg(rate=pl.col("met").mean())
    both = both.join(worth.drop("calls"), on=["method", "horizon", "status"], how="left").join(
        rate, on="horizon", how="left").with_columns(
        said=pl.when(judged).then(pl.coalesce("probability", "share", "rate")))
    shares = worth.join(_by_status(both), on=["method", "horizon", "status"], how="left").sort(
        "method", "horizon", "share", "status", descending=[False, False, True, False])
    chance = "chance" if "chance" in both.columns else "said"
    own = both.filter(pl.col("method") == OWN, pl.col("holdout"), judged).select(
        *_KEY, "horizon", said=chance, met=calibrated).drop_nulls("said")
    usual = both.filter(pl.col("method") == both["method"].first()).with_columns(
        method=pl.lit(BASE_RATE), said=pl.col("rate"), later=pl.lit(None, dtype=pl.String), status=pl.lit("none"))
    both = pl.concat([both, usual]).with_columns(
        common=pl.col("said").is_not_null().all().over("call"),
        steady=pl.when(pl.col("later").is_not_null()).then(
            (pl.col("later") != "not_assessed") & judged).otherwise(pl.col("method") == BASE_RATE).all().over("call"))
    return Scores(_methods(both), _calibration(own), shares, asked.height, asked.select(_KEY).unique().height,
                  asked.filter(pl.col("pace") == 0).height if "pace" in asked.columns else 0)


def _by_status(both: pl.DataFrame) -> pl.DataFrame:
    """Of each status of each method: the share of calls that came true on the holdout, with its interval."""
    held = both.filter("holdout", pl.col("said").is_not_null()).with_columns(
        name=pl.concat_str("method", "status", separator=" | "))
    found = []
    for (horizon,), rows in held.group_by("horizon", maintain_order=True):
        sums = rows.group_by(*_KEY, "name").agg(n=pl.len(), met=pl.col("met").sum()).pivot(
            "name", index=_KEY, values=["n", "met"]).fill_null(0).sort(_KEY).drop(_KEY)
        totals = resampled(sums)
        for name in rows["name"].unique().sort():
            value, low, high = _interval(totals.select(x=pl.col(f"met_{name}") / pl.col(f"n_{name}"))["x"])
            method, status = name.split(" | ")
            found.append((method, horizon, status, int(totals[f"n_{name}"][0]), value, low, high))
    return pl.DataFrame(found, orient="row", schema={
        "method": pl.String, "horizon": both.schema["horizon"], "status": pl.String, "held_calls": pl.Int64,
        "came_true": pl.Float64, "low": pl.Float64, "high": pl.Float64})


def _methods(both: pl.DataFrame) -> pl.DataFrame:
    """Every method by the same calls: those that all could judge, and for flips could judge a year later too."""
    names = both["method"].unique().sort().to_list()
    if "after" not in both.columns:
        both = both.with_columns(after=pl.lit(None, dtype=pl.String))
    again = pl.col("common") & (pl.col("after") != "not_assessed").fill_null(False) & (pl.col("method") != BASE_RATE)
    found = []
    for part, held in PARTS:
        for horizon in both["horizon"].unique().sort():
            here = both.filter(pl.col("holdout") == held, pl.col("horizon") == horizon)
            if here.is_empty():
                continue
            sums = here.group_by(*_KEY, "method").agg(
                n=pl.col("common").sum(), error=_sum((pl.col("said") - pl.col("met")) ** 2, "common"),
                right=_sum(((pl.col("said") >= 0.5) == (pl.col("met") == 1)).cast(pl.Float64), "common"),
                m=pl.col("steady").sum(), flips=_sum((pl.col("later") != pl.col("status")).cast(pl.Float64), "steady"),
                asked=pl.len(), refused=(pl.col("said").is_null()).sum(),
                k=again.sum(), kept=_sum((pl.col("after") == pl.col("status")).cast(pl.Float64), again),
            ).pivot("method", index=_KEY, values=["n", "error", "right", "m", "flips", "asked", "refused", "k", "kept"]
                    ).sort(_KEY)
            totals = resampled(sums.drop(_KEY))
            for name in names:
                def share(top: str, below: str, of: str = name) -> pl.Expr:
                    return pl.col(f"{top}_{of}") / pl.col(f"{below}_{of}")

                brier, flips = share("error", "n"), share("flips", "m")
                against = OWN if OWN in names else name
                row = {"part": part, "horizon": horizon, "method": name, "series": sums.height,
                       "calls": int(totals[f"n_{name}"][0]), "flip_calls": int(totals[f"m_{name}"][0])}
                for what, number in (("brier", brier), ("accuracy", share("right", "n")), ("flips", flips),
                                     ("refused", share("refused", "asked")), ("kept", share("kept", "k")),
                                     ("brier_behind", brier - share("error", "n", against)),
                                     ("flips_behind", flips - share("flips", "m", against))):
                    value, low, high = _interval(totals.select(number.alias("x"))["x"])
                    if name == BASE_RATE and what.startswith("flips"):
                        value = low = high = None
                    row |= {what: value, f"{what}_low": low, f"{what}_high": high}
                found.append(row)
    return pl.DataFrame(found, infer_schema_length=None)


def _sum(number: pl.Expr, where: str | pl.Expr) -> pl.Expr:
    return number.filter(where if isinstance(where, pl.Expr) else pl.col(where)).sum()


def resampled(sums: pl.DataFrame) -> pl.DataFrame:
    """The sums of all series in the first row; below it those of as many series drawn with replacement, many times."""
    drawn = [sums.sample(sums.height, with_replacement=True, seed=SEED + n).sum() for n in range(RESAMPLES)]
    return pl.concat([sums.sum(), *drawn])


def _interval(values: pl.Series) -> tuple[float | None, float | None, float | None]:
    """The first value, and the 95 % interval of those below it; nothing where it does not exist."""
    first, rest = values[0], values[1:].fill_nan(None)
    if first is None or first != first:
        return None, None, None
    return first, rest.quantile(0.025, "linear"), rest.quantile(0.975, "linear")


def _calibration(own: pl.DataFrame) -> pl.DataFrame:
    """What the own method's chances in each tenth came to, on the holdout."""
    own = own.with_columns(
        tenth=(pl.col("said") * BINS).floor().clip(0, BINS - 1).cast(pl.Int64))
    found = []
    for horizon in own["horizon"].unique().sort():
        sums = own.filter(horizon=horizon).group_by(*_KEY, "tenth").agg(
            n=pl.len(), said=pl.col("said").sum(), met=pl.col("met").sum())
        for tenth in sums["tenth"].unique().sort():
            here = sums.filter(tenth=tenth).sort(_KEY).select("n", "said", "met")
            totals = resampled(here)
            value, low, high = _interval(totals.select(x=pl.col("met") / pl.col("n"))["x"])
            found.append({"horizon": horizon, "from": tenth / BINS, "to": (tenth + 1) / BINS,
                          "calls": int(totals["n"][0]), "said": totals["said"][0] / totals["n"][0],
                          "came_true": value, "low": low, "high": high})
    return pl.DataFrame(found, infer_schema_length=None)


def verdict(methods: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """Sentences: against which methods the own one is better by more than the interval, on the holdout."""
    said = []
    for name in names:
        rows = methods.filter(pl.col("part") == "holdout", pl.col("method") == name).sort("horizon")
        parts = []
        for row in rows.iter_rows(named=True):
            words = [f"Brier score {_than(row['brier_behind_low'], row['brier_behind_high'])}"]
            if row["flips_behind"] is not None:
                words.append(f"flips {_than(row['flips_behind_low'], row['flips_behind_high'])}")
            years = f"{row['horizon']} year{'s' if row['horizon'] > 1 else ''}"
            parts.append(f"{years}: {', '.join(words)}")
        said.append(f"`{name}`: {'; '.join(parts)}.")
    return said


def both_better(methods: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """The methods whose Brier score and flips the own one beats by more than the interval wherever they are counted."""
    rows = methods.filter(pl.col("part") == "holdout")
    return [name for name in names if rows.filter(pl.col("method") == name).select(
        ((pl.col("brier_behind_low") > 0) & (pl.col("flips_behind_low") > 0).fill_null(True)).all()).item()]


def _than(low: float | None, high: float | None) -> str:
    """How the own method compares, from the interval of the other's score less its own (less is better)."""
    if low is None or high is None:
        return "not compared"
    return "better" if low > 0 else "worse" if high < 0 else "no clear difference"
