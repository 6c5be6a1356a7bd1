"""Any CSV, by declaration: which column is what, its marks and its encoding, years as columns.

Example of ``options``::

    columns: {ref_area: Country Code}
    melt: "(?P<time_period>[0-9]{4})"
    skip: 4
"""

from __future__ import annotations

import polars as pl
from pydantic import Field

from monitor.model import Source
from monitor.readers._codes import finish
from monitor.readers._delimited import frame as table
from monitor.readers._reading import options, reading
from monitor.readers._tidy import Table, add_up, tidy
from monitor.results import Snapshot
from monitor.series import rows


class CsvTable(Table):
    delimiter: str = Field(",", description="one character, or 'tab'", pattern=r"^([^\w\s\"]|tab)$")
    encoding: str = Field("utf-8-sig", description="a Python codec: cp1252, latin-1, utf-16")
    skip: int = Field(0, ge=0, description="lines above the heading")


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows of the declared columns; every name that is no column of a row is a dimension."""
    chosen = options(CsvTable, source, series)
    mark = "\t" if chosen.delimiter == "tab" else chosen.delimiter
    tables = [table(b, delimiter=mark, encoding=chosen.encoding, skip=chosen.skip) for b in snapshot.bodies]
    found = pl.concat([tidy(t, chosen) for t in tables], how="diagonal")
    places = [chosen.constants["ref_area"]] if "ref_area" in chosen.constants else []
    return rows(add_up(finish(found, chosen, snapshot, source, series, places=places), chosen))
