"""Every row has the columns, types, codes and periods the rest of the work relies on.

Why it matters:
    A country code in small letters joins with nothing and its country silently becomes 'no data'; a missing value
    without a reason cannot be told from a zero that was lost. What enters is either right or refused, never mended
    by a guess.

Levels:
    error: always. A reader's rows do not get in at all (`door`); a figure of a Series made from them, by a formula
    for instance, is set aside where it is broken
    Messages name the cells and never their values: which small counts must be withheld is settled after this door.

Options:
    none

Bad:
    ref_area de, time_period 2020-13, obs_value NaN, obs_status A

Good:
    ref_area DEU, time_period 2020-12, no obs_value, obs_status Q (withheld)
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import polars as pl

from monitor import period
from monitor.checks._rules import EXAMPLES, Rules, findings, named, observed, settle
from monitor.errors import UnreadableData
from monitor.model import Source
from monitor.results import Finding, Level
from monitor.series import CL_OBS_STATUS, COLUMNS, MISSING, ROW, Series, dimensions

#: ISO 3166-1 alpha-3, M49, a group, UN/LOCODE, ISO 3166-2
REF_AREA = r"^([A-Z]{3}|\d{3}|EU27|LDC|LLDC|SIDS|[A-Z]{2}[A-Z2-9]{3}|[A-Z]{2}-[A-Z0-9]{1,3})$"
#: name of a rule -> what was expected, and what to do
EXPECTED = {
    "area": "expected DEU, 150, EU27, USNYC or US-CA as ref_area; see the source's 'recodes'",
    "period": "expected 2024, 2024-S1, 2024-Q3, 2024-05, 2024-05-17 or 2007/08 as time_period; see the reader",
    "finite": "expected a finite number or no value; see the reader",
    "status": f"expected an SDMX CL_OBS_STATUS code ({' '.join(sorted(CL_OBS_STATUS))}); see the source's 'flags'",
    "missing": f"expected no value exactly where obs_status is one of {' '.join(MISSING)}; see the source's 'flags'",
    "not_nullable": "expected a text, at least an empty one; see the reader",
    "multiple_fields_uniqueness": "expected one row for each area, period and code of every dimension; see the reader",
}


def door(rows: pl.DataFrame, source: Source, series: str) -> pl.DataFrame:
    """A reader's rows, unchanged, if they are what the rest of the work relies on.

    Raises:
        UnreadableData: they are not; every broken rule with its first rows.
    """
    dims = dimensions(rows)
    problems = []
    for rule, number, indices in _broken(rows, {**ROW, **dict.fromkeys(dims, pl.String)},
                                         unique=[*dims, "ref_area", "time_period"]):
        shown = ["ref_area", "time_period", *dims, _untold(), "obs_status"]
        cells = [" ".join(cell) for cell in rows[indices[:EXAMPLES]].select(shown).iter_rows()] if indices else []
        where = f": {named(cells, number)}" if cells else ""
        problems.append(f"{source.id} {series}: {EXPECTED.get(rule, rule)}{where}.")
    if problems:
        raise UnreadableData(problems)
    return rows


def check(series: Series, rules: Rules, as_of: date, before: Series | None) -> list[Finding]:
    settle("shape", rules, {})
    frame = observed(series, rules).collect(engine="in-memory")
    found = []
    for rule, _, indices in _broken(frame, COLUMNS):
        bad = frame[indices].lazy().with_columns(
            level=pl.lit(Level.ERROR.value),
            example=pl.format("{} {}", _untold(), "obs_status"),
        )
        wrong, _, hint = EXPECTED.get(rule, rule).partition("; see ")
        sentence = f"{wrong[0].upper()}{wrong[1:]}: "
        found += findings("shape", bad, partial(_say, sentence), hint=f"See {hint}." if hint else "")
    return found


def _say(sentence: str, key: str, cells: str) -> str:
    return f"{sentence}{cells}."


def _untold() -> pl.Expr:
    """Whether there is a value, and never which: at this door nobody knows yet what must be withheld."""
    value = pl.col("obs_value")
    return pl.when(value.is_null()).then(pl.lit("no value")).when(value.is_finite()).then(pl.lit("a value")).otherwise(
        value.cast(pl.String))


def _broken(frame: pl.DataFrame, columns: dict[str, Any], unique: list[str] | None = None,
            ) -> list[tuple[str, int, list[int]]]:
    """(rule, number of rows, their indices) for each rule that is broken, all of them at once."""
    import pandera.polars as pa
    from pandera.config import ValidationDepth, config_context
    from pandera.errors import SchemaErrors

    rules = {
        "ref_area": [pa.Check.str_matches(REF_AREA, error="area")],
        "time_period": [pa.Check.str_matches(period.CANONICAL, error="period")],
        "obs_value": [pa.Check(lambda d: d.lazyframe.select(pl.col(d.key).is_finite()), error="finite")],
        "obs_status": [pa.Check.isin(sorted(CL_OBS_STATUS), error="status")],
    }
    schema = pa.DataFrameSchema(
        {name: pa.Column(kind, rules.get(name), nullable=kind == pl.Float64) for name, kind in columns.items()},
        checks=pa.Check(lambda d: d.lazyframe.select(
            pl.col("obs_value").is_null() == pl.col("obs_status").is_in(list(MISSING))), error="missing"),
        unique=unique,
    )
    try:  # said here, because pandera's own variables can make it read the types only, or nothing at all
        with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
            schema.validate(frame, lazy=True)
    except SchemaErrors as problem:
        cases = problem.failure_cases
        structure = cases.filter(pl.col("index").is_null())
        if structure.height:
            wrong = structure.filter(pl.col("check").str.contains("column_in_dataframe|dtype"))
            return [(f"the column {column or case} is absent, or not of its type: {check} (found {case})", 1, [])
                    for case, column, check in wrong.select("failure_case", "column", "check").iter_rows()]
        grouped = cases.group_by("check", maintain_order=True).agg(pl.col("index").unique().sort())
        return [(rule, len(indices), indices) for rule, indices in grouped.iter_rows()]
    return []
