"""Socrata open data portals (SODA): a JSON list of objects or the CSV export, counted or summed by year.

Publisher's manual: https://dev.socrata.com. In JSON numbers are text and empty cells are left out; the CSV export has
headings for people ("Full Complaint ID"), which are read under their API names (``full_complaint_id``).
"""

from __future__ import annotations

import polars as pl
from pydantic import Field, model_validator

from monitor.errors import UnreadableData
from monitor.model import Declared, Source
from monitor.readers import _json
from monitor.readers._codes import finish
from monitor.readers._delimited import frame as table
from monitor.readers._delimited import require, snake, snaked
from monitor.readers._months import month, partial, year
from monitor.readers._reading import Options, options, reading
from monitor.results import Snapshot
from monitor.series import TOTAL


class Measure(Declared):
    """A figure a year: distinct values of a column, or the sum of one."""

    count_distinct: str = ""
    sum: str = ""
    where_present: str = Field("", description="count only rows in which this column is filled")

    @model_validator(mode="after")
    def _one_of_both(self) -> Measure:
        if bool(self.count_distinct) == bool(self.sum):
            raise ValueError("give either 'count_distinct' or 'sum'")
        return self


class Socrata(Options):
    ref_area: str = Field(description="the area all rows belong to")
    time: str = Field(description="the column with the year or a date")
    months: str = Field("", description="a column of dates that tells which months are there; 'time' where left out")
    measures: dict[str, Measure] = Field(min_length=1, description="code of the dimension 'measure' -> its rule")
    breakdowns: dict[str, str] = Field({}, description="dimension -> column; each is given by itself, with _T for all")
    withhold_below: int = Field(0, ge=0, description="a figure of a breakdown from 1 to below this is withheld (Q)")


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows by year: the dimension ``measure`` and the declared breakdowns. An unfinished year has the status D."""
    chosen = options(Socrata, source, series)
    needed = {chosen.time, chosen.months or chosen.time, *chosen.breakdowns.values()}
    for measure in chosen.measures.values():
        needed |= {measure.count_distinct or measure.sum, measure.where_present} - {""}
    # SODA writes `_month` for a column named `month`, the export `Month`
    data = pl.concat([snaked(_rows(body)) for body in snapshot.bodies], how="diagonal")
    names = sorted({snake(name) for name in needed})
    if not data.columns:
        data = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    else:
        require(data, names)
        data = data.select(pl.col(names).str.strip_chars().replace("", None))
    when, told = pl.col(snake(chosen.time)), pl.col(snake(chosen.months or chosen.time))
    data = data.with_columns(year(when).alias("time_period"), month(told).alias("_month"))
    if (bad := data.filter(pl.col("time_period").is_null())).height:
        raise UnreadableData(f"'{bad[snake(chosen.time)][0] or ''}' in '{chosen.time}' names no year; "
                             f"{bad.height} such rows.")
    figures = pl.concat([_figures(data, chosen, dimension) for dimension in (None, *chosen.breakdowns)])
    place = pl.lit(chosen.ref_area).alias("ref_area")
    return finish(figures.with_columns(place), chosen, snapshot, source, series, places=[chosen.ref_area])


def _rows(body: bytes) -> pl.DataFrame:
    """The rows of a page, all text."""
    if body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] not in (b"[", b"{"):
        return table(body)
    answer = _json.parse(body)
    if isinstance(answer, dict):
        raise UnreadableData(f"the portal answers with an error, {_json.shown(answer.get('message', answer))}. "
                             "Look at the dataset's identifier and the query.")
    rows = _json.records(answer, "the answer")
    keys = dict.fromkeys(key for row in rows for key in row)
    return pl.DataFrame({k: pl.Series(_cells(rows, k), dtype=pl.String) for k in keys})


def _cells(rows: list[_json.Record], key: str) -> list[str | None]:
    """A column; a place or a link (an object) is no figure and is left out."""
    return _json.texts([{key: v} if not isinstance(v := row.get(key), dict | list) else {} for row in rows], key, False)


def _figures(data: pl.DataFrame, chosen: Socrata, dimension: str | None) -> pl.DataFrame:
    """Every measure by year, in total or by one dimension."""
    keys = ["time_period"] if dimension is None else ["time_period", dimension]
    if dimension is not None:
        data = data.with_columns(pl.col(snake(chosen.breakdowns[dimension])).alias(dimension))
    parts = []
    for name, measure in chosen.measures.items():
        column = pl.col(snake(measure.count_distinct or measure.sum))
        here = column.is_not_null()
        if measure.where_present:
            here &= pl.col(snake(measure.where_present)).is_not_null()
        number = column.cast(pl.Float64, strict=False)
        if measure.sum and (bad := data.filter(here & ~number.is_finite().fill_null(False))).height:
            raise UnreadableData(f"'{bad[snake(measure.sum)][0]}' in '{measure.sum}' is no number; "
                                 f"{bad.height} such rows.")
        value = number.filter(here).sum() if measure.sum else column.filter(here).n_unique().cast(pl.Float64)
        # months in which there is any row; for a sum, any row with a figure
        told = data.filter(here if measure.sum else pl.lit(True)).group_by("time_period").agg(
            pl.col("_month").drop_nulls().n_unique().alias("months"))
        parts.append(data.group_by(keys).agg(value.alias("obs_value")).join(told, on="time_period", how="left")
                     .with_columns(pl.lit(name).alias("measure"), pl.col("months").fill_null(0)))
    rows = partial(pl.concat(parts)).with_columns(
        pl.lit(TOTAL).alias(d) for d in chosen.breakdowns if d != dimension
    )
    few = pl.col("obs_value").is_between(1, chosen.withhold_below, closed="left") & pl.lit(dimension is not None)
    return rows.select(
        "time_period", "measure", *chosen.breakdowns, pl.when(~few).then("obs_value").alias("obs_value"),
        pl.when(few).then(pl.lit("Q")).otherwise("obs_status").alias("obs_status"), "comment_obs",
    ).sort("measure", *chosen.breakdowns, "time_period")
