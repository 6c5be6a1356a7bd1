"""The two figures a pace is measured between, and what is declared about them, for all series at once.

Shared by the methods. Nothing is judged here: one row for each indicator and area with the newest figure,
the base figure, the target that holds there, and the direction; then `finish` puts a method's verdict into
the columns of `monitor.model.Assessment`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from operator import is_
from typing import Any

import polars as pl

from monitor import period
from monitor.methods._history import TICKS, History, history, part_of_year
from monitor.methods._scale import TOLERANCE, ZERO_SHARE
from monitor.model import Direction, Indicator
from monitor.series import Series

#: the columns of a frame of assessments: the fields of `monitor.model.Assessment`
FIELDS: dict[str, Any] = {
    **dict.fromkeys(("indicator", "ref_area", "status", "reason", "method", "word"), pl.String),
    "value": pl.Float64, "time_period": pl.String, "obs_status": pl.String,
    "base_value": pl.Float64, "base_period": pl.String, "target_value": pl.Float64, "target_period": pl.String,
    **dict.fromkeys(("rate", "required", "ratio", "score", "probability"), pl.Float64),
    "points": pl.Int64, "note": pl.String,
}
#: the sign of progress; 0: toward the target from either side; nothing: no direction, no judgement
SIGN = {Direction.UP_GOOD: 1, Direction.DOWN_GOOD: -1, Direction.TARGET: 0}
#: and the reason that goes with it
REFUSED = {Direction.CONTEXT_ONLY: "context_only", Direction.AMBIGUOUS: "needs_companion"}
KEYS = ["indicator", "ref_area"]


def two_points(indicators: Mapping[str, Indicator], series: Series, as_of: date, base_year: int) -> pl.DataFrame:
    """One row for each (indicator, area) that has a figure.

    The base is the first figure of the baseline period, or of ``base_year`` where none is declared, or else
    the next later one. Figures of parts of a year are compared with the same part of the base year: a
    January with a January. Times ``t0``, ``t1``, ``tt`` (base, newest, target) are years.

    Columns: those of `FIELDS` that are facts, and t0, t1, tt, d (see `SIGN`), refused (the reason, where there
    is no direction), scale, low, high (natural limits), late_base (the base is later than asked), due (the
    target's period is over at ``as_of``), met_then and met_between (see `met_then`).
    """
    known, question = history(series), (as_of, base_year, *indicators.values())
    for before, facts in known.asked:  # methods that are compared ask the same, of the same declarations
        if before[:2] == question[:2] and len(before) == len(question) and all(map(is_, before[2:], question[2:])):
            return facts
    facts = _facts(known, indicators, as_of, base_year)
    known.asked[:] = [(question, facts)]
    return facts


def _facts(known: History, indicators: Mapping[str, Indicator], as_of: date, base_year: int) -> pl.DataFrame:
    own, general = _targets(indicators, as_of)
    facts = known.series.join(_terms(indicators, base_year), on="indicator", maintain_order="left")
    row = known.figures["row"].gather(facts["last"])
    facts = facts.with_columns(
        known.frame.select(pl.col("time_period", "obs_status").gather(row)),
        value=known.figures["value"].gather(facts["last"]), t1=known.times(facts["last"]),
    )
    since = facts.select(
        pl.when(part_of_year() == "").then(pl.col("begin").floor()).otherwise("begin")).to_series()
    base = known.since(facts["code"], since)
    facts = facts.with_columns(base=base, points=known.many(facts["code"], since))
    return met_then(known, based(
        known, facts.with_columns(base=pl.when(pl.col("base") < pl.col("last")).then("base"))
    ).lazy().join(
        general.lazy(), on="indicator", how="left", maintain_order="left"
    ).join(own.lazy(), on=KEYS, how="left", suffix="_own", maintain_order="left").with_columns(
        pl.coalesce(f"{c}_own", c).alias(c) for c in ("target_value", "target_period", "tt", "due")
    ).select(
        pl.exclude("^.*_own$", "tt"),
        tt=pl.when(pl.col("target_period").str.len_chars() == 4)  # "2030" of a third quarter is 2030-Q3
        .then(pl.col("tt") + pl.coalesce("t0", "t1") % 1).otherwise("tt"),
        late_base=pl.col("t0").floor() > pl.col("begin").floor(),
    ).collect(engine="in-memory"))


def met_then(known: History, facts: pl.DataFrame) -> pl.DataFrame:
    """Adds met_then: the target was met by the newest figure of its date, whatever came later.

    And met_between: it was met by a figure between the base and the newest.
    """
    missing = [pl.lit(None, dtype=pl.Float64).alias(c) for c in ("target_value", "tt") if c not in facts.columns]
    asked = facts.with_columns(*missing)
    short = pl.when(pl.col("d") != 0).then(pl.col("d") * (pl.col("target_value") - pl.col("value")))
    met = newest_by(known, asked).select((short <= 0) & (pl.col("tt") - pl.col("t1") < 1))
    return facts.with_columns(met_then=met.to_series().fill_null(False), met_between=_between(known, asked))


def _between(known: History, facts: pl.DataFrame) -> pl.Series:
    """Whether a figure between the base and the newest meets the target."""
    if facts["target_value"].null_count() == facts.height:
        return pl.repeat(False, facts.height, eager=True)
    told = known.series.select("code").join(facts.select("code", "d", "target_value"), on="code", how="left",
                                            maintain_order="left")
    number = known.numbers()
    d, target = (told[c].gather(number) for c in ("d", "target_value"))
    value = known.figures["value"]
    meets = d * value >= d * target
    if (told["d"] == 0).any():  # nearer to the target is better
        near = (value - target).abs() <= ZERO_SHARE * target.abs()
        meets = near.zip_with(d == 0, meets)
    meets = meets.fill_null(False)
    sofar = meets.cast(pl.Int32).cum_sum()
    ends = [sofar.gather(facts[c]) for c in ("base", "last")]
    last = meets.gather(facts["last"]).fill_null(False).cast(pl.Int32)
    return (ends[1] - last - ends[0] > 0).fill_null(False)


def newest_by(known: History, facts: pl.DataFrame) -> pl.DataFrame:
    """value and t1 are those of the newest figure that is not later than the target's period, where there is one.

    A target that was due less than a year after the base leaves them as they are.
    """
    since_base = pl.col("tt") - pl.col("t0") >= 1
    due = pl.when(pl.col("t1") > pl.col("tt"), since_base).then("tt").otherwise("t1").fill_null(pl.col("t1"))
    after = known.since(facts["code"], facts.select(due + 1 / TICKS).to_series())
    at = facts.select(pl.max_horizontal(after - 1, "first")).to_series()
    return facts.with_columns(value=known.figures["value"].gather(at), t1=known.times(at))


def window(known: History, facts: pl.DataFrame, years: float, least: float, most: float) -> pl.DataFrame:
    """The base is the figure nearest to ``years`` before the newest, the later of two that are as near.

    It is at least ``least`` and at most ``most`` years away; where no figure is, there is no base.
    """
    begin = facts["t1"] - years
    after = known.since(facts["code"], begin)
    ends = facts.select("first", "last", begin=begin, after=after).with_columns(
        later=pl.when(pl.col("after") < pl.col("last")).then("after"),
        earlier=pl.when(pl.col("after") > pl.col("first")).then(pl.col("after") - 1),
    )
    ends = ends.with_columns(later_t=known.times(ends["later"]), earlier_t=known.times(ends["earlier"]))
    nearer = (pl.col("begin") - pl.col("earlier_t")) < (pl.col("later_t") - pl.col("begin")) - TOLERANCE
    base = ends.select(pl.when(nearer.fill_null(pl.col("later").is_null())).then("earlier").otherwise("later"))
    found = based(known, facts.with_columns(base=base.to_series()))
    span = pl.col("t1") - pl.col("t0")
    near = ((span >= least - TOLERANCE) & (span <= most + TOLERANCE)).fill_null(False)
    return found.with_columns(
        *(pl.when(near).then(c).alias(c) for c in ("base_value", "base_period", "t0")),
        points=pl.when(near).then(pl.col("last") - pl.col("base") + 1).otherwise(0), late_base=pl.lit(False),
        begin=pl.when(near).then("t0"),
    )


def based(known: History, facts: pl.DataFrame) -> pl.DataFrame:
    """base_value, base_period and t0 of the figures in the rows ``base``; nothing where that is null."""
    at = facts["base"]
    return facts.with_columns(
        base_value=known.figures["value"].gather(at), t0=known.times(at),
        base_period=known.frame["time_period"].gather(known.figures["row"].gather(at)),
    )


def finish(method: str, judged: pl.DataFrame) -> pl.DataFrame:
    """The frame every method gives: exactly the columns `FIELDS`, of the declared types."""
    absent = [pl.lit(None, dtype=kind).alias(n) for n, kind in FIELDS.items() if n not in judged.columns]
    return judged.with_columns(*absent).with_columns(
        pl.col("word", "note").fill_null(""), pl.col("points").fill_null(0), method=pl.lit(method)
    ).select(pl.col(name).cast(kind) for name, kind in FIELDS.items())


def _terms(indicators: Mapping[str, Indicator], base_year: int) -> pl.DataFrame:
    """What is declared for an indicator wherever it is measured; ``begin`` is when the base may be, in years."""
    return pl.DataFrame(
        [(key, i.baseline.period if i.baseline else str(base_year), SIGN.get(i.direction),
          REFUSED.get(i.direction), i.scale, *i.bounds) for key, i in indicators.items()],
        schema={"indicator": pl.String, "time_period": pl.String, "d": pl.Int8, "refused": pl.String,
                "scale": pl.String, "low": pl.Float64, "high": pl.Float64}, orient="row",
    ).with_columns(begin=period.decimal_year()).drop("time_period")


def _targets(indicators: Mapping[str, Indicator], as_of: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Targets of named areas, by indicator and area, and the general ones, by indicator."""
    rows = [
        (key, area, target.value, target.period, period.end(target.period) < as_of)
        for key, i in indicators.items()
        for area in dict.fromkeys(["", *(a for t in i.targets for a in t.areas)])
        if (target := i.target_for(area))
    ]
    frame = pl.DataFrame(rows, schema={"indicator": pl.String, "ref_area": pl.String, "target_value": pl.Float64,
                                       "target_period": pl.String, "due": pl.Boolean}, orient="row")
    frame = frame.with_columns(tt=period.decimal_year("target_period"))
    general = pl.col("ref_area") == ""
    return frame.filter(~general), frame.filter(general).drop("ref_area")
