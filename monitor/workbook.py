"""All tables of an edition in one workbook (XLSX). Texts are written as texts: none is ever taken for a formula."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime

import polars as pl

#: rows that a sheet holds beside its head
ROWS = 1_048_575
#: columns that hold numbers; all others are texts, codes such as 001 among them
NUMBERS = {"obs_value", "lower_bound", "upper_bound", "value", "base_value", "target_value", "rate", "required",
           "ratio", "score", "probability", "points", "count"}


def workbook(title: str, notes: list[str], sheets: Mapping[str, tuple[str, bytes]], as_of: date, cut: str) -> bytes:
    """The bytes of the workbook, the same for the same tables.

    Args:
        notes: what stands on its first sheet, which is named ``title``.
        sheets: name of the sheet -> name of its file, and that CSV.
        cut: what stands in place of a table that is too long for a sheet, with ``{n}`` and ``{file}``.
    """
    from xlsxwriter import Workbook

    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                          "strings_to_numbers": False, "nan_inf_to_errors": True})
    book.set_properties({"title": title, "created": datetime(as_of.year, as_of.month, as_of.day)})
    bold = book.add_format({"bold": True})
    first = book.add_worksheet(title[:31])
    first.set_column(0, 0, 100)
    for number, note in enumerate(notes):
        first.write_string(number, 0, note)
    for name, (file, table) in sheets.items():
        rows = _frame(table)
        sheet = book.add_worksheet(name[:31])
        for column, head in enumerate(rows.columns):
            sheet.write_string(0, column, head, bold)
        if rows.height > ROWS:
            sheet.write_string(1, 0, cut.format(n=rows.height, file=file))
            continue
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, rows.height, rows.width - 1)
        for column, head in enumerate(rows.columns):
            write = sheet.write_number if head in NUMBERS else sheet.write_string
            for row, value in enumerate(rows[head].to_list(), 1):
                if value is not None:
                    write(row, column, value)
    book.close()
    return out.getvalue()


def _frame(table: bytes) -> pl.DataFrame:
    """A CSV of the edition, without the apostrophe that keeps a spreadsheet from taking a text for a formula."""
    frame = pl.read_csv(table, infer_schema=False)
    return frame.with_columns(
        pl.col(name).cast(pl.Float64, strict=False) if name in NUMBERS
        else pl.col(name).str.replace(r"^'([=+\-@\t\r])", "$1") for name in frame.columns
    )
