"""A table as people lay it out -> one observation a row, by declaration: used for CSV files and workbooks."""

from __future__ import annotations

import re
from typing import Annotated, Any

import polars as pl
from pydantic import AfterValidator, Field, model_validator

from monitor.errors import UnreadableData
from monitor.readers._delimited import require
from monitor.readers._reading import Options
from monitor.series import ROW


def _pattern(text: str) -> str:
    try:
        groups = re.compile(text).groupindex
    except re.error as problem:
        raise ValueError(f"is no regular expression: {problem}") from None
    if text and not groups:
        raise ValueError("has no named group; years as columns are (?P<time_period>[0-9]{4})")
    return text


class Table(Options):
    """Which column is what."""

    columns: dict[str, str] = Field({}, description="column of a row, or dimension -> heading in the file")
    constants: dict[str, str] = Field({}, description="the same names -> a value that holds for the whole file")
    melt: Annotated[str, AfterValidator(_pattern)] = Field(
        "", description="regular expression of the headings that hold values; its named groups become columns"
    )
    thousands: str = Field("", max_length=1, description="mark between thousands: ',' or '.' or \"'\"")
    decimal: str = Field(".", pattern="^[.,]$", description="decimal mark")
    footnote_digits: list[str] = Field([], description="columns in which digits stuck to the end of a name are cut off")
    add_up: bool = Field(False, description="add up rows of one area, period and dimensions")

    @model_validator(mode="after")
    def _says_where_everything_is(self) -> Table:
        melted = [*re.compile(self.melt).groupindex, "obs_value"] if self.melt else []
        named = {*self.columns, *self.constants, *melted}
        if lacking := sorted({"ref_area", "time_period", "obs_value"} - named):
            raise ValueError(f"nothing says where to find {', '.join(lacking)}: use 'columns', 'constants' or 'melt'")
        return self


def tidy(table: pl.DataFrame, chosen: Table) -> pl.DataFrame:
    """The declared columns, all text; one row each value.

    Raises:
        UnreadableData: a declared heading is not there, or none fits ``melt``.
    """
    table = table.rename({name: " ".join(name.split()) for name in table.columns})
    require(table, chosen.columns.values())
    picked = [pl.col(heading).cast(pl.String).str.strip_chars().alias(name) for name, heading in chosen.columns.items()]
    if chosen.melt:
        fits: dict[str, dict[str, Any]] = {
            name: m.groupdict() for name in table.columns if (m := re.fullmatch(chosen.melt, name))
        }
        if not fits:
            raise UnreadableData(f"no heading fits 'options: melt: {chosen.melt}'; the table has "
                                 f"{', '.join(map(repr, table.columns[:40]))}.")
        table = table.select(*picked, *(pl.col(n) for n in fits)).unpivot(
            list(fits), index=list(chosen.columns), variable_name="_heading", value_name="_value"
        )
        groups = {group for found in fits.values() for group in found}
        table = table.with_columns(
            pl.col("_heading").replace_strict({n: g[group] or "" for n, g in fits.items()}, return_dtype=pl.String)
            .alias(group) for group in sorted(groups)
        ).drop("_heading").rename({"_value": "obs_value"})
    else:
        table = table.select(picked)
    table = table.with_columns(pl.lit(text).alias(name) for name, text in chosen.constants.items())
    require(table, chosen.footnote_digits)
    return table.with_columns(
        _number(pl.col("obs_value"), chosen).alias("obs_value"),
        *(pl.col(c).str.replace(r"([^\d\s])[\d,*†‡¹²³⁰⁴-⁹]+$", "${1}") for c in chosen.footnote_digits),
    )


def _number(cell: pl.Expr, chosen: Table) -> pl.Expr:
    """A number in its plain form; anything else stays as printed."""
    cell = cell.cast(pl.String).str.strip_chars()
    if chosen.thousands:
        mark, decimal = re.escape(chosen.thousands), re.escape(chosen.decimal)
        grouped = cell.str.contains(rf"^[-+<>≤≥]?\d{{1,3}}({mark}\d{{3}})+({decimal}\d+)?$")
        cell = pl.when(grouped).then(cell.str.replace_all(chosen.thousands, "", literal=True)).otherwise(cell)
    if chosen.decimal == ",":
        comma = cell.str.contains(r"^[-+<>≤≥]?\d+,\d+$")
        cell = pl.when(comma).then(cell.str.replace(",", ".", literal=True)).otherwise(cell)
        cell = pl.when(comma | ~cell.str.contains(r"^[-+]?\d+\.\d+$")).then(cell).otherwise(pl.lit("? ") + cell)
    return cell


def add_up(rows: pl.DataFrame, chosen: Table) -> pl.DataFrame:
    """Rows of one key as their sum, where the declaration asks for it; a missing part makes the sum partial (D)."""
    if not chosen.add_up:
        return rows
    keys = ["ref_area", "time_period", "unit_measure", *(c for c in rows.columns if c not in ROW)]
    value, worst = pl.col("obs_value"), pl.col("obs_status").filter(pl.col("obs_status") != "A").min()
    return rows.group_by(keys, maintain_order=True).agg(
        pl.when(value.count() > 0).then(value.sum()).alias("obs_value"),
        pl.when(value.count() == 0).then(pl.lit("O")).when(value.null_count() > 0).then(pl.lit("D"))
        .otherwise(worst.fill_null("A")).alias("obs_status"),
        pl.when(value.null_count() > 0).then(pl.format("{} of {} parts", value.count(), pl.len())).alias("comment_obs"),
    )
