"""What all SDMX messages share: which columns are dimensions, which say something of an observation, which nothing.

Concepts and code lists: https://sdmx.org, "Cross-domain concepts".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import polars as pl
from pydantic import Field

from monitor.model import Source
from monitor.readers._codes import finish
from monitor.readers._delimited import require, snake
from monitor.readers._reading import Options
from monitor.results import Snapshot
from monitor.series import CL_OBS_STATUS

_FLAGS = ("OBS_FLAG", "OBS_STATUS", "CONF_STATUS")
_COMMENTS = ("COMMENT_OBS", "OBS_COMMENT", "COMMENT")
#: concepts that are attributes wherever they stand; messages without their structure do not say so
ATTRIBUTES = {
    *_FLAGS, *_COMMENTS, "UNIT_MULT", "DECIMALS", "COMMENT_TS", "COMMENT_DSET", "TIME_FORMAT", "TIME_DETAIL", "TITLE",
    "TITLE_COMPL", "NATURE", "SOURCE_DETAIL", "DATA_SOURCE", "BASE_PER", "REF_PERIOD", "PRE_BREAK_VALUE", "COLLECTION",
    "UPPER_BOUND", "LOWER_BOUND", "REFERENCEPERIOD", "POWERCODE", "LAST_UPDATE", "CURRENCY", "GEO_INFO_URL",
    "GEO_INFO_TYPE", "OBS_PRE_BREAK", "SOURCE_NOTE", "METADATA_EN", "NOTE_SOURCE", "NOTE_INDICATOR", "NOTE_CLASSIF",
}


#: how XML and JSON messages write that there is no value; why there is none, the flag beside it says
NAN = {"NaN": ""}


class Sdmx(Options):
    area: str = Field("", description="the column of areas, where it is neither geo nor REF_AREA")
    period: str = Field("", description="the period of all observations, where the message has no TIME_PERIOD")
    attributes: list[str] = Field(
        [], description="columns that are no dimensions but attributes, beside the usual ones such as OBS_STATUS"
    )


def rows(
    data: pl.DataFrame, dimensions: Iterable[str], chosen: Sdmx, snapshot: Snapshot, source: Source, series: str,
    missing: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """A table in SDMX's terms, all text -> rows. `dimensions` are candidates: attributes among them are left out."""
    if chosen.period and "TIME_PERIOD" not in data.columns:
        data = data.with_columns(pl.lit(chosen.period).alias("TIME_PERIOD"))
    names = data.columns
    area = chosen.area or next((n for n in names if n.lower() in ("geo", "ref_area")), "geo or REF_AREA")
    require(data, [area, "TIME_PERIOD", "OBS_VALUE"])
    own = {area: "ref_area", "TIME_PERIOD": "time_period", "OBS_VALUE": "obs_value"}
    out = {*own, *chosen.attributes, *(n for n in names if n.upper() in ATTRIBUTES)}
    dims = {n: "unit" if n == "UNIT_MEASURE" else snake(n) for n in dimensions if n in names and n not in out}
    table = data.select(*(pl.col(n).alias(to) for n, to in (own | dims).items()), *_attributes(names))
    flags = {s: s for s in sorted(CL_OBS_STATUS)} if "OBS_STATUS" in names else None
    return finish(table, chosen, snapshot, source, series, missing=missing, flags=flags)


def _attributes(names: Collection[str]) -> list[pl.Expr]:
    """Flags, bounds, unit and comment of an observation; other attributes say nothing a row keeps."""
    taken = []
    if flags := [n for n in _FLAGS if n in names]:
        free = {"CONF_STATUS": {"F": ""}}  # F: free for publication
        each = [pl.col(n).replace(free[n]) if n in free else pl.col(n) for n in flags]
        joined = pl.concat_str(each, ignore_nulls=True) if each[1:] else each[0]
        taken.append(joined.alias("flag_raw"))
    if "UNIT_MEASURE" in names:
        power = pl.col("UNIT_MULT").replace("0", None) if "UNIT_MULT" in names else pl.lit(None, pl.String)
        taken.append(pl.concat_str("UNIT_MEASURE", pl.lit(" x 10^") + power, ignore_nulls=True).alias("unit_measure"))
    if comment := next((n for n in _COMMENTS if n in names), None):
        taken.append(pl.col(comment).alias("comment_obs"))
    taken += [pl.col(n).alias(n.lower()) for n in ("LOWER_BOUND", "UPPER_BOUND") if n in names]
    return taken
