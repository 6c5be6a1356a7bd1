"""The compact form of a vintage, and the line the lock keeps about it."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

#: one observation: column name -> text, as the publisher printed it
Row = dict[str, str]

FIRST = ("ref_area", "time_period")
#: columns after the dimensions; all but the first are left out of a file in which they are empty
LAST = ("obs_value", "obs_status", "flag_raw", "lower_bound", "upper_bound", "comment_obs")

LOCK = (
    "path", "sha256", "bytes", "rows", "source", "series", "unit", "fixed", "retrieved", "url", "origin",
    "origin_sha256", "licence", "publisher", "citation", "first_period", "last_period", "areas",
)  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """What every series of one publisher shares."""

    source: str
    publisher: str
    licence: str
    citation: str


@dataclass(frozen=True)
class Vintage:
    """One file to ship: its rows, and where they come from.

    ``columns`` is given only by registers, which keep their own columns and order; a vintage proper
    leaves it empty and is laid out by :func:`layout`.
    """

    terms: Terms
    series: str
    unit: str
    retrieved: str
    url: str
    origin: str
    files: tuple[Path, ...]
    rows: list[Row]
    fixed: Row = field(default_factory=dict)
    columns: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Where the file stands under ``sources/``."""
        folder = "registers" if self.columns else f"vintages/{self.terms.source}"
        return f"{folder}/{self.series}.csv"


def read(path: Path) -> Iterator[Row]:
    """The rows of a CSV file as text; an empty cell is ``""``."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            yield {column: (value or "").strip() for column, value in row.items() if column is not None}


def number(text: str) -> str:
    """A number without float noise: at most 10 significant digits, never an exponent.

    >>> number("8.52316617232195"), number("97.0"), number("0.000028892")
    ('8.523166172', '97', '0.000028892')
    """
    return f"{Decimal(f'{float(text):.10g}'):f}"


def dimensions(rows: Iterable[Row]) -> list[str]:
    """Names of the dimension columns, in the order of a file."""
    return sorted({column for row in rows for column in row} - {*FIRST, *LAST})


def layout(rows: list[Row]) -> tuple[list[str], list[list[str]], Row]:
    """Header, sorted lines, and the dimensions that do not vary (code by name; they need no column)."""
    dims = dimensions(rows)
    seen = {dim: {row[dim] for row in rows} for dim in dims}
    fixed = {dim: next(iter(codes)) for dim, codes in seen.items() if len(codes) == 1}
    dims = [dim for dim in dims if dim not in fixed]
    tail = [c for c in LAST if c == "obs_value" or any(row.get(c) for row in rows)]
    ordered = sorted(rows, key=lambda row: (row["ref_area"], *(row[dim] for dim in dims), row["time_period"]))
    header = [*FIRST, *dims, *tail]
    return header, [[row.get(column, "") for column in header] for row in ordered], fixed


def write_csv(path: Path, header: Iterable[str], lines: Iterable[Iterable[str]]) -> bytes:
    """UTF-8, LF, minimal quotes; gives back what was written."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(lines)
    path.parent.mkdir(parents=True, exist_ok=True)
    body = text.getvalue().encode("utf-8")
    path.write_bytes(body)
    return body


def sha256(body: bytes) -> str:
    """The checksum the lock keeps."""
    return hashlib.sha256(body).hexdigest()


def write(vintage: Vintage, sources: Path) -> Row:
    """Write one file under ``sources`` and describe it: its line of the lock."""
    header: Iterable[str]
    if vintage.columns:
        header, fixed = vintage.columns, {}
        lines = sorted([row[column] for column in vintage.columns] for row in vintage.rows)
    else:
        header, lines, fixed = layout(vintage.rows)
    body = write_csv(sources / vintage.path, header, lines)
    period = "time_period" if "time_period" in vintage.rows[0] else "status_as_of"
    periods = sorted(row[period] for row in vintage.rows)
    fixed = {**vintage.fixed, **fixed}
    described = {
        "path": vintage.path,
        "sha256": sha256(body),
        "bytes": str(len(body)),
        "rows": str(len(lines)),
        "source": vintage.terms.source,
        "series": vintage.series,
        "unit": vintage.unit,
        "fixed": ";".join(f"{dim}={code}" for dim, code in sorted(fixed.items())),
        "retrieved": vintage.retrieved,
        "url": vintage.url,
        "origin": vintage.origin,
        "origin_sha256": " ".join(sha256(path.read_bytes()) for path in vintage.files),
        "licence": vintage.terms.licence,
        "publisher": vintage.terms.publisher,
        "citation": vintage.terms.citation,
        "first_period": periods[0],
        "last_period": periods[-1],
        "areas": str(len({row["ref_area"] for row in vintage.rows})),
    }
    return described
