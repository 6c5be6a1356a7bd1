"""Workbooks (XLSX, XLS, ODS), by declaration: sheet, rows of the heading, which column is what.

Rows are counted as a spreadsheet shows them, from 1. A heading of two rows reads "upper | lower", where an upper cell
reaches over the empty ones to its right.
"""

from __future__ import annotations

import io
import zipfile

import polars as pl
from pydantic import Field

from monitor.errors import UnreadableData
from monitor.model import Source
from monitor.readers._codes import finish
from monitor.readers._reading import options, reading
from monitor.readers._text import excerpt, some
from monitor.readers._tidy import Table, add_up, tidy
from monitor.results import Snapshot
from monitor.series import rows

LIMIT_BYTES = 400_000_000  # unpacked


class Excel(Table):
    sheet: str = Field("", description="name of the sheet; the first where it is left out")
    header: int = Field(1, ge=1, description="row of the heading, as the spreadsheet counts")
    header_rows: int = Field(1, ge=1, le=3, description="rows the heading has")


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows of the declared columns of a sheet; ".." is a missing value."""
    chosen = options(Excel, source, series)
    found = pl.concat([tidy(_sheet(body, chosen), chosen) for body in snapshot.bodies], how="diagonal")
    places = [chosen.constants["ref_area"]] if "ref_area" in chosen.constants else []
    return rows(add_up(finish(found, chosen, snapshot, source, series, missing={"..": "O"}, places=places), chosen))


def _sheet(body: bytes, chosen: Excel) -> pl.DataFrame:
    """The table of a sheet, all text, with its heading as names of columns."""
    cells = _cells(body, chosen.sheet)
    first = chosen.header - 1
    if cells.height < first + chosen.header_rows:
        raise UnreadableData(f"the sheet has {cells.height} rows, but the heading is declared in row {chosen.header}.")
    heading = [" | ".join(dict.fromkeys(" ".join(part.split()) for part in parts if part)) for parts in zip(*(
        _reaching(row) if number < chosen.header_rows - 1 else [cell or "" for cell in row]
        for number, row in enumerate(cells[first:first + chosen.header_rows].iter_rows())
    ), strict=True)]
    named: dict[str, str] = {}
    for column, name in zip(cells.columns, heading, strict=True):
        if name in named.values():
            raise UnreadableData(f"the heading in row {chosen.header} has '{name}' twice; 'options: header_rows' can "
                                 "tell them apart where the row above does.")
        if name:
            named[column] = name
    table = cells[first + chosen.header_rows:].select(list(named)).rename(named)
    return table.filter(~pl.all_horizontal(pl.all().is_null())) if named else table


def _reaching(row: tuple[str | None, ...]) -> list[str]:
    """An upper row of a heading: merged cells give their text to every column below them."""
    filled: list[str] = []
    for cell in row:
        filled.append(cell or (filled[-1] if filled else ""))
    return filled


def _cells(body: bytes, sheet: str) -> pl.DataFrame:
    """Every cell of a sheet as text, from the spreadsheet's first row on."""
    import fastexcel

    if body[:2] == b"PK":
        try:
            unpacked = sum(item.file_size for item in zipfile.ZipFile(io.BytesIO(body)).infolist())
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as problem:
            raise UnreadableData(f"the workbook is damaged or cut off ({problem}). Fetch it again.") from None
        if unpacked > LIMIT_BYTES:
            raise UnreadableData(f"the workbook unpacks to {unpacked:,} bytes, expected at most {LIMIT_BYTES:,}.")
    try:
        book = fastexcel.read_excel(body)
        if sheet and sheet not in book.sheet_names:
            raise UnreadableData(f"the workbook has no sheet '{sheet}'; it has {some(book.sheet_names)}.")
        texts, numbers = (book.load_sheet(sheet or 0, header_row=None, skip_rows=0, dtypes=kind).to_polars()
                          for kind in ("string", "float"))
    except UnreadableData:
        raise
    except BaseException as problem:  # the parser panics on some damaged files, and a panic is no Exception
        if not isinstance(problem, Exception) and type(problem).__name__ != "PanicException":
            raise
        said = (str(problem).splitlines() or ["?"])[0]
        raise UnreadableData(f"the answer is no workbook that can be read ({said}); it begins with "
                             f"{excerpt(body[:200].decode('latin-1'))}, expected XLSX or XLS.") from None
    # as text a number is cut to nine decimals; where that loses something the number itself is taken
    return pl.DataFrame([
        text.zip_with((text.cast(pl.Float64, strict=False) == number).fill_null(True), number.cast(pl.String))
        for text, number in zip(texts, numbers, strict=True)
    ])
