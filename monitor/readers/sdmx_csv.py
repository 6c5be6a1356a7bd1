"""SDMX-CSV 1.0 (``DATAFLOW,...``) and 2.0 (``STRUCTURE,STRUCTURE_ID,...``), with codes, labels or both.

Format: https://github.com/sdmx-twg/sdmx-csv. Dimensions stand before ``OBS_VALUE``, attributes behind it. A label
column beside its code column is left out; where a file holds labels alone, ``recodes`` of the source turn them into
codes.
"""

from __future__ import annotations

import re

import polars as pl
from pydantic import Field

from monitor.errors import UnreadableData
from monitor.model import Source
from monitor.readers._codes import finish
from monitor.readers._delimited import frame as table
from monitor.readers._delimited import require, snake
from monitor.readers._reading import Options, options, reading
from monitor.results import Snapshot
from monitor.series import CL_OBS_STATUS

#: columns about the message, not about an observation
_MESSAGE = {"DATAFLOW", "LAST UPDATE", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "SERIES_KEY", "OBS_KEY"}
_CODE = re.compile(r"[A-Z][A-Z0-9_]*|[a-z][a-z0-9_]*")
_COMMENTS = ("COMMENT_OBS", "OBS_COMMENT", "COMMENT")


class SdmxCsv(Options):
    area: str = Field("", description="the column of areas, where it is neither geo nor REF_AREA")
    dataflow: str = Field("", description="a part of the dataflow's name, where it does not hold that of the series")


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows of a dataflow; a row whose ACTION is D takes an observation back and is left out."""
    chosen = options(SdmxCsv, source, series)
    pages = [_page(body, chosen.dataflow or series) for body in snapshot.bodies]
    data = pl.concat(pages, how="diagonal")
    names = data.columns
    area = chosen.area or next((n for n in names if n.lower() in ("geo", "ref_area")), "geo or REF_AREA")
    require(data, [area, "TIME_PERIOD", "OBS_VALUE"])
    if "ACTION" in names:
        data = data.filter(pl.col("ACTION").fill_null("I") != "D")
    own = {area: "ref_area", "TIME_PERIOD": "time_period", "OBS_VALUE": "obs_value"}
    before = names[:names.index("OBS_VALUE")]
    dims = {n: "unit" if n == "UNIT_MEASURE" else snake(n) for n in before if n not in _MESSAGE | own.keys()}
    return finish(
        data.select(*(pl.col(n).alias(to) for n, to in (own | dims).items()), *_attributes(names)),
        chosen, snapshot, source, series, flags={s: s for s in CL_OBS_STATUS} if "OBS_STATUS" in names else None,
    )


def _page(body: bytes, series: str) -> pl.DataFrame:
    """One file without its label columns, when it holds the dataflow asked for."""
    data = table(body)
    if data.columns[0] not in ("DATAFLOW", "STRUCTURE"):
        raise UnreadableData(f"the heading begins with '{data.columns[0]}', expected SDMX-CSV: DATAFLOW or STRUCTURE.")
    pairs = zip(data.columns, ["", *data.columns], strict=False)
    data = data.select(name for name, before in pairs if not _label(name, before))
    flow = "DATAFLOW" if data.columns[0] == "DATAFLOW" else "STRUCTURE_ID"
    require(data, [flow])
    for name in data[flow].unique().sort():
        if series.lower() not in (name or "").lower():
            raise UnreadableData(f"the file holds the dataflow '{name}', expected {series}. Declare another name under "
                                 "'options: dataflow' if it is right.")
    return data


def _label(name: str, before: str) -> bool:
    """Is this column the label of the code column before it?"""
    return name not in _MESSAGE and not _CODE.fullmatch(name) and _CODE.fullmatch(before) is not None


def _attributes(names: list[str]) -> list[pl.Expr]:
    """Flags, unit and comment of an observation; other attributes say nothing a row keeps."""
    taken = []
    flags = [n for n in ("OBS_FLAG", "OBS_STATUS", "CONF_STATUS") if n in names]
    if flags:
        free = {"CONF_STATUS": {"F": ""}}  # F: free for publication
        taken.append(pl.concat_str(pl.col(n).fill_null("").replace(free.get(n, {})) for n in flags).alias("flag_raw"))
    if "UNIT_MEASURE" in names:
        power = pl.col("UNIT_MULT").replace("0", None) if "UNIT_MULT" in names else pl.lit(None, pl.String)
        taken.append(pl.concat_str("UNIT_MEASURE", pl.lit(" x 10^") + power, ignore_nulls=True).alias("unit_measure"))
    if comment := next((n for n in _COMMENTS if n in names), None):
        taken.append(pl.col(comment).alias("comment_obs"))
    return taken
