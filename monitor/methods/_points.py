"""The two figures a pace is measured between, and what is declared about them, for all series at once.

Shared by the methods. Nothing is judged here: one row for each indicator and area with the newest figure,
the base figure, the target that holds there, and the direction; then `finish` puts a method's verdict into
the columns of `monitor.model.Assessment`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from monitor import period
from monitor.errors import DefinitionError
from monitor.model import Direction, Indicator
from monitor.series import TOTAL, Series

#: the columns of a frame of assessments: the fields of `monitor.model.Assessment`
FIELDS: dict[str, Any] = {
    **dict.fromkeys(("indicator", "ref_area", "status", "reason", "method", "word"), pl.String),
    "value": pl.Float64, "time_period": pl.String, "obs_status": pl.String,
    "base_value": pl.Float64, "base_period": pl.String, "target_value": pl.Float64, "target_period": pl.String,
    **dict.fromkeys(("rate", "required", "ratio", "score"), pl.Float64), "points": pl.Int64, "note": pl.String,
}
#: the sign of progress; 0: toward the target from either side; nothing: no direction, no judgement
SIGN = {Direction.UP_GOOD: 1, Direction.DOWN_GOOD: -1, Direction.TARGET: 0}
#: and the reason that goes with it
REFUSED = {Direction.CONTEXT_ONLY: "context_only", Direction.AMBIGUOUS: "needs_companion"}
KEYS = ["indicator", "ref_area"]


def refuse_options(method: str, indicators: Mapping[str, Indicator]) -> None:
    """For methods whose thresholds are published and therefore not for the declaration to change.

    Raises:
        DefinitionError: an indicator gives the method options.
    """
    if given := [f"{i.id}: the method '{method}' has no options, but method_options has "
                 f"{', '.join(i.method_options)}. Remove them." for i in indicators.values() if i.method_options]:
        raise DefinitionError(given)


def two_points(indicators: Mapping[str, Indicator], series: Series, as_of: date, base_year: int) -> pl.DataFrame:
    """One row for each (indicator, area) that has a figure.

    The base is the first figure of the baseline period, or of ``base_year`` where none is declared, or else
    the next later one. Figures of parts of a year are compared with the same part of the base year: a
    January with a January. Times ``t0``, ``t1``, ``tt`` (base, newest, target) are years.

    Columns: those of `FIELDS` that are facts, and t0, t1, tt, d (see `SIGN`), refused (the reason, where there
    is no direction), scale, low, high (natural limits), late_base (the base is later than asked), due (the
    target's period is over at ``as_of``).
    """
    terms = _terms(indicators, base_year)
    observed = _dated(series, terms)
    t, newest = pl.col("t"), pl.col("t").arg_max()
    eligible = pl.col("since")
    if (observed["season"] != "").any():
        eligible = pl.when(pl.col("season") == pl.col("season").get(newest)).then("since")
    # groups by numbers, and row numbers out of them: texts are looked up once for each group, not carried along
    ends = observed.lazy().with_row_index("row").group_by(
        pl.col(name).cast(pl.Categorical).to_physical() for name in KEYS
    ).agg(
        newest=pl.col("row").get(newest), base=pl.col("row").get(eligible.arg_min()),
        points=(pl.col("since").n_unique() - (pl.col("since").null_count() > 0)).cast(pl.Int64),
    ).collect(engine="in-memory")
    found = pl.concat([
        observed.select(pl.col(*KEYS, "time_period", "obs_status", "t").gather(ends["newest"]),
                        value=pl.col("obs_value").gather(ends["newest"])).rename({"t": "t1"}),
        observed.select(base_value=pl.col("obs_value").gather(ends["base"]), t0=t.gather(ends["base"]),
                        base_period=pl.col("time_period").gather(ends["base"])),
        ends.select("points"),
    ], how="horizontal")
    own, general = _targets(indicators, as_of)
    facts = (
        found.lazy().join(terms.lazy(), on="indicator")
        .join(general.lazy(), on="indicator", how="left")
        .join(own.lazy(), on=KEYS, how="left", suffix="_own")
        .with_columns(pl.coalesce(f"{c}_own", c).alias(c) for c in ("target_value", "target_period", "tt", "due"))
    )
    alone = pl.col("t0") >= pl.col("t1")
    return facts.with_columns(
        *(pl.when(~alone).then(c).alias(c) for c in ("base_value", "base_period", "t0")),
        tt=pl.when(pl.col("target_period").str.len_chars() == 4)  # "2030" of a third quarter is 2030-Q3
        .then(pl.col("tt") + pl.col("t0") % 1).otherwise("tt"),
        late_base=pl.col("t0").floor() > pl.col("begin").floor(),
    ).sort(KEYS).collect(engine="in-memory")


def _dated(series: Series, terms: pl.DataFrame) -> pl.DataFrame:
    """The figures that may be judged, with ``t``, ``since`` (t, unless before the base) and the part of the year."""
    frame = series.frame.filter(
        pl.col("breakdown") == TOTAL, pl.col("obs_value").is_finite(), pl.col("indicator").is_in(terms["indicator"])
    )
    text = pl.col("time_period")
    times = frame.select("time_period").unique().select(
        text, t=period.decimal_year(), season=pl.when(text.str.slice(4, 1) == "-", text.str.len_chars() == 7)
        .then(text.str.slice(5)).otherwise(pl.lit(""))
    )
    begin = pl.col("indicator").replace_strict(terms["indicator"], terms["begin"], default=None).cast(pl.Float64)
    return frame.select(
        *KEYS, "time_period", "obs_value", "obs_status",
        t=text.replace_strict(times["time_period"], times["t"], default=None).cast(pl.Float64),
        season=text.replace_strict(times["time_period"], times["season"], default=None),
    ).with_columns(since=pl.when(pl.col("t") >= pl.when(pl.col("season") == "").then(begin.floor()).otherwise(begin))
                   .then("t"))


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
