"""Delimited text (CSV) as a frame of text: any line ends, any encoding, and no row cut short unseen."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection

import polars as pl

from monitor.errors import UnreadableData
from monitor.readers._text import decode, excerpt

_HEAD = 4096  # bytes that tell what a file is


def frame(body: bytes, *, delimiter: str = ",", encoding: str = "utf-8-sig", skip: int = 0) -> pl.DataFrame:
    """All cells as text, null where empty; blank lines are left out.

    Args:
        skip: lines above the heading.

    Raises:
        UnreadableData: empty, a web page, an open quote, a heading given twice, rows longer than the
            heading, or a last row that is cut off.
    """
    body = _plain(body, encoding)
    for _ in range(skip):
        body = body.partition(b"\n")[2]
    body = body.lstrip(b"\n")
    begins = f"it begins with {excerpt(body[:_HEAD].decode(errors='ignore'))}"
    heading = _cells(io.BytesIO(body).readline(), delimiter, begins)
    if not any(heading):
        raise UnreadableData(f"there is no heading below the first {skip} lines, expected names of columns.")
    if twice := sorted(name for name, times in Counter(heading).items() if name and times > 1):
        raise UnreadableData(f"the heading has {', '.join(twice[:20])} more than once; {begins}.")
    if b'"' in body and body.count(b'"') % 2:
        raise UnreadableData(f"a quotation mark is never closed, so the file is cut off or no CSV; {begins}.")
    if body.endswith(b"\n\n"):
        body = body.rstrip(b"\n")
    last = body[body.rfind(b"\n", 0, len(body) - 1) + 1:]
    if last.count(b'"') % 2 == 0 and len(cells := _cells(last, delimiter, begins)) < len(heading):
        raise UnreadableData(f"the last row has {len(cells)} cells and the heading {len(heading)}: the file is cut "
                             f"off, or has notes below the table; {begins}.")
    try:
        table = pl.read_csv(body, separator=delimiter, infer_schema=False)
    except pl.exceptions.PolarsError as problem:
        raise UnreadableData(f"the table cannot be read as CSV ({str(problem).splitlines()[0]}); {begins}.") from None
    if not all(table.null_count().row(0)):
        return table
    return table.filter(~pl.all_horizontal(pl.all().is_null()))


def _plain(body: bytes, encoding: str) -> bytes:
    """The text in UTF-8, its lines ended as here. What is so already is not copied: a file may be large."""
    if encoding == "utf-8-sig" and body.isascii() and body[:_HEAD].strip():
        decode(body[:2 * _HEAD], "CSV", encoding)  # refuses a web page
    else:
        try:
            body = decode(body, "CSV", encoding).encode()
        except UnicodeEncodeError as problem:
            raise UnreadableData(f"the text holds half a character ({problem}).") from None
    return body.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in body else body


def _cells(line: bytes, delimiter: str, begins: str) -> list[str]:
    try:
        return next(csv.reader([line.decode().rstrip("\n")], delimiter=delimiter), [])
    except csv.Error as problem:
        raise UnreadableData(f"a line cannot be read as CSV ({problem}); {begins}.") from None


def snake(name: str) -> str:
    """A heading as the name of a column: ``Full Complaint ID`` -> ``full_complaint_id``."""
    return re.sub(r"[^0-9a-z]+", "_", name.lower()).strip("_")


def snaked(table: pl.DataFrame) -> pl.DataFrame:
    """The table under the names `snake` gives its columns; two headings that become one name are refused."""
    names = [snake(name) for name in table.columns]
    if twice := sorted(name for name, times in Counter(names).items() if times > 1):
        raise UnreadableData(f"several headings mean {', '.join(twice)}: {', '.join(map(repr, table.columns[:40]))}.")
    return table.rename(dict(zip(table.columns, names, strict=True)))


def require(table: pl.DataFrame, columns: Collection[str]) -> None:
    """Refuse a table without these columns; the message says which it has."""
    if lacking := [c for c in columns if c not in table.columns]:
        raise UnreadableData(f"the table has no column {', '.join(map(repr, lacking))}; it has "
                             f"{', '.join(map(repr, table.columns[:40]))}.")
