"""Registers: evidence people keep by hand in a CSV of ours, every row with the address where it can be read.

Two rules. ``value``: a row is a figure (``measure``, ``time_period``, ``obs_value``). ``state``: a row is an act of
a State upon an instrument (``instrument``, ``action``, ``date``, ``status_as_of``), read as 1 from the year it became
party and 0 before, up to the year of which the status is known.
"""

from __future__ import annotations

import csv
from typing import Literal

import polars as pl
from pydantic import Field

from monitor import area
from monitor.errors import DefinitionError
from monitor.model import Source
from monitor.readers._codes import finish
from monitor.readers._delimited import frame as table
from monitor.readers._delimited import require
from monitor.readers._reading import Options, options, reading
from monitor.readers._text import decode
from monitor.results import Snapshot
from monitor.series import CL_OBS_STATUS, MISSING

_SHARED = ["id", "ref_area", "source_url", "retrieved_on", "confidence", "note"]
_NEEDS = {"value": ["measure", "time_period", "obs_value"], "state": ["instrument", "action", "date", "status_as_of"]}


class Register(Options):
    rule: Literal["value", "state"] | None = Field(None, description="by its columns where left out")
    since: int = Field(2000, ge=1900, description="state: the first year of the series")
    party: list[str] = Field(["party"], description="state: actions that bind, from the year of their date on")
    ended: list[str] = Field(["withdrawn"], description="state: actions that end it, from the year of their date on")
    not_party: list[str] = Field(["signatory", "none"], description="state: what does not bind, dated or not")


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows of a register; the note and the address of the evidence are the comment.

    Raises:
        DefinitionError: rows without evidence, with unknown areas, figures or actions; each with its line.
    """
    chosen = options(Register, source, series)
    text = "\n".join(decode(body, "CSV") for body in snapshot.bodies[:1])
    data = table(text.encode())
    rule = chosen.rule or ("state" if "action" in data.columns else "value")
    require(data, _SHARED + _NEEDS[rule])
    data = data.fill_null("").with_row_index("_row")
    _check(data, text, rule, chosen, source)
    data = data.with_columns(
        pl.concat_str(_printed(data), pl.col("note").replace("", None), "source_url", separator="; ", ignore_nulls=True)
        .alias("comment_obs"),
        pl.when(pl.col("confidence") == "low").then(pl.lit("U")).otherwise(pl.lit("")).alias("_low"),
    )
    frame = _states(data, chosen) if rule == "state" else _figures(data)
    return finish(frame, chosen, snapshot, source, series, places=data["ref_area"].unique().to_list())


def _check(data: pl.DataFrame, text: str, rule: str, chosen: Register, source: Source) -> None:
    """Every row at fault, by line."""
    number = pl.col("obs_value").cast(pl.Float64, strict=False).is_finite().fill_null(False)
    known = [*area.table(), *source.recodes.get("ref_area", {})]
    place = pl.col("ref_area")
    day = r"^\d{4}(-\d\d(-\d\d)?)?$"
    faults: list[tuple[str, pl.Expr, str]] = [
        ("source_url", ~pl.col("source_url").str.contains(r"^https?://\S+\.\S+$"), "expected the evidence's address"),
        ("id", (pl.col("id") == "") | pl.col("id").is_duplicated(), "expected an id of its own for each row"),
        ("ref_area", ~place.is_in(known) & ~place.str.contains(r"^(EU27|\d{3}|[A-Z]{5}|[A-Z]{2}-[A-Z0-9]{1,3})$"),
         "expected ISO 3166-1 alpha-3, M49, UN/LOCODE or ISO 3166-2"),
        ("retrieved_on", ~pl.col("retrieved_on").str.contains(r"^\d{4}-\d\d-\d\d$"), "expected a day: 2026-11-22"),
    ]
    if rule == "value":
        faults.append(("obs_value", ~number & (pl.col("obs_value") != ""), "expected a number, or nothing"))
        if "obs_status" in data.columns:
            empty = pl.col("obs_value") == ""
            faults.append(("obs_status", pl.when(empty).then(~pl.col("obs_status").is_in(list(MISSING)))
                           .otherwise(~pl.col("obs_status").is_in([*CL_OBS_STATUS, ""])),
                           f"expected a code of CL_OBS_STATUS; for a row without figure one of {', '.join(MISSING)}"))
    else:
        dates, allowed = [*chosen.party, *chosen.ended], [*chosen.party, *chosen.ended, *chosen.not_party]
        dated = pl.col("date").str.contains(day)
        faults += [
            ("action", ~pl.col("action").is_in(allowed), f"expected {', '.join(allowed)}"),
            ("date", ~dated & ((pl.col("date") != "") | pl.col("action").is_in(dates)), "expected 1999 or 1999-12-31"),
            ("status_as_of", ~pl.col("status_as_of").str.contains(day), "expected 2022-08 or 2022-08-31"),
        ]
    problems = [(row, column, found, expected) for column, wrong, expected in faults
                for row, found in data.filter(wrong).select("_row", column).iter_rows()]
    if problems:
        lines = _lines(text)
        raise DefinitionError(f"{source.file or 'register'}:{lines[row]}: {column}: found '{found}', {expected}."
                              for row, column, found, expected in sorted(problems)[:50])


def _lines(text: str) -> list[int]:
    """Line of the file on which each row ends."""
    reader = csv.reader(text.replace("\r\n", "\n").replace("\r", "\n").splitlines(keepends=True))
    return [reader.line_num for row in reader if any(row)][1:]


def _printed(data: pl.DataFrame) -> pl.Expr:
    """What a page prints in place of a figure: "printed as Not available"."""
    if not {"raw", "obs_value"} <= set(data.columns):
        return pl.lit(None, pl.String)
    return pl.when((pl.col("obs_value") == "") & (pl.col("raw") != "")).then(pl.lit("printed as ") + pl.col("raw"))


def _figures(data: pl.DataFrame) -> pl.DataFrame:
    status = pl.col("obs_status") if "obs_status" in data.columns else pl.lit("")
    return data.select(
        "ref_area", "time_period", "measure", "obs_value", "comment_obs",
        pl.when((status == "") & (pl.col("obs_value") != "")).then("_low").otherwise(status).alias("obs_status"),
    )


def _states(data: pl.DataFrame, chosen: Register) -> pl.DataFrame:
    """0 and 1 by year: what the last act up to that year left behind."""
    keys = ["ref_area", "instrument"]
    acts = data.select(
        *keys, "comment_obs", "_low", pl.col("status_as_of").str.slice(0, 4).cast(pl.Int32).alias("_to"),
        pl.col("date").str.slice(0, 4).cast(pl.Int32, strict=False).fill_null(0).alias("_year"),
        pl.col("action").is_in(chosen.party).cast(pl.Float64).alias("obs_value"), "date",
    ).sort("_year", "date", maintain_order=True)
    first = [pl.first("comment_obs").alias("_said"), pl.first("_low").alias("_doubt")]
    states = acts.group_by(keys).agg(pl.max("_to"), *first)
    years = states.with_columns(
        pl.int_ranges(chosen.since, pl.col("_to") + 1, dtype=pl.Int32).alias("_year")
    ).explode("_year").drop_nulls("_year").sort("_year")
    held = years.join_asof(acts.drop("_to", "date"), on="_year", by=keys, strategy="backward", check_sortedness=False)
    # before its first act nothing bound a State; the comment still says where that can be read
    return held.sort(*keys, "_year").select(
        *keys, pl.col("_year").cast(pl.String).alias("time_period"), pl.col("obs_value").fill_null(0.0),
        pl.coalesce("comment_obs", "_said").alias("comment_obs"), pl.coalesce("_low", "_doubt").alias("obs_status"),
    )
