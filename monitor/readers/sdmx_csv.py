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
from monitor.readers import _sdmx
from monitor.readers._delimited import frame as table
from monitor.readers._delimited import require
from monitor.readers._reading import options, reading
from monitor.results import Snapshot

#: columns about the message, not about an observation
_MESSAGE = {"DATAFLOW", "LAST UPDATE", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "SERIES_KEY", "OBS_KEY"}
_CODE = re.compile(r"[A-Z][A-Z0-9_]*|[a-z][a-z0-9_]*")


class SdmxCsv(_sdmx.Sdmx):
    dataflow: str = Field("", description="a part of the dataflow's name, where it does not hold that of the series")


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows of a dataflow; a row whose ACTION is D takes an observation back and is left out."""
    chosen = options(SdmxCsv, source, series)
    pages = [_page(body, chosen.dataflow or series) for body in snapshot.bodies]
    data = pl.concat(pages, how="diagonal")
    require(data, ["OBS_VALUE"])
    if "ACTION" in data.columns:
        data = data.filter(pl.col("ACTION").fill_null("I") != "D")
    before = data.columns[:data.columns.index("OBS_VALUE")]
    return _sdmx.rows(data, [n for n in before if n not in _MESSAGE], chosen, snapshot, source, series)


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
