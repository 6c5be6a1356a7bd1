"""Periods of time as publishers write them, in SDMX form where SDMX has one.

``2024`` a year, ``2024-S1`` a half, ``2024-Q3`` a quarter, ``2024-05`` a month, ``2024-05-17`` a day,
``2007/08`` a year that straddles two (financial and statistical years).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from monitor.errors import UnreadableData

if TYPE_CHECKING:
    import polars as pl

_FORMS: list[tuple[str, re.Pattern[str]]] = [
    ("A", re.compile(r"(\d{4})")),
    ("S", re.compile(r"(\d{4})-?S([12])")),
    ("Q", re.compile(r"(\d{4})[- ]?Q([1-4])")),
    ("M", re.compile(r"(\d{4})-?M?(0[1-9]|1[0-2])")),
    ("D", re.compile(r"(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")),
    ("F", re.compile(r"(\d{4})[/-](\d{2})")),
    ("F", re.compile(r"(\d{4})/(\d{2}) to \d{4}/\d{2}")),
]
#: what `normalise` gives, as one expression for frames
CANONICAL = r"^\d{4}(-S[12]|-Q[1-4]|-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?|/\d{2})?$"


def normalise(text: str) -> str:
    """The period in the form this package keeps.

    >>> normalise("2013 Q1"), normalise("2024M05"), normalise("2020.0"), normalise("2007/08 to 2008/09")
    ('2013-Q1', '2024-05', '2020', '2007/08')

    Raises:
        UnreadableData: the text is no period.
    """
    text = text.strip().removesuffix(".0")
    for frequency, form in _FORMS:
        if match := form.fullmatch(text):
            year, *rest = match.groups()
            if frequency == "F" and int(rest[0]) != (int(year) + 1) % 100:
                continue
            if frequency == "D":
                try:
                    return date.fromisoformat(text).isoformat()
                except ValueError:
                    continue  # a month has no day 31: refused below like any other text
            joint = {"A": "", "S": "-S", "Q": "-Q", "M": "-", "F": "/"}[frequency]
            return year + joint + (rest[0] if rest else "")
    raise UnreadableData(f"'{text}' is no period: expected 2024, 2024-Q3, 2024-05, 2024-05-17 or 2007/08.")


def year(text: str) -> int:
    """The (first) calendar year of a period in canonical form."""
    return int(text[:4])


def decimal_year(column: str = "time_period") -> pl.Expr:
    """A period's beginning as a number of years, for slopes: 2024 -> 2024.0, 2024-Q3 -> 2024.5, 2024-04 -> 2024.25."""
    import polars as pl  # here, so that a worker that only draws need not load it

    text = pl.col(column)
    tail = text.str.slice(5)
    within = (
        pl.when(tail.str.starts_with("Q")).then((tail.str.slice(1, 1).cast(pl.Float64, strict=False) - 1) / 4)
        .when(tail.str.starts_with("S")).then((tail.str.slice(1, 1).cast(pl.Float64, strict=False) - 1) / 2)
        .when(text.str.slice(4, 1) == "-")
        .then((tail.str.slice(0, 2).cast(pl.Float64, strict=False) - 1) / 12
              + (tail.str.slice(3, 2).cast(pl.Float64, strict=False).fill_null(1) - 1) / 366)
        .otherwise(0.0)
    )
    return text.str.slice(0, 4).cast(pl.Float64, strict=False) + within


def begin(text: str) -> date:
    """The first day of a period in canonical form."""
    first, tail = int(text[:4]), text[5:]
    if not tail:
        return date(first, 1, 1)
    if text[4] == "/":
        return date(first, 4, 1)
    months = {"Q": 3, "S": 6}.get(tail[0])
    month = months * (int(tail[1]) - 1) + 1 if months else int(tail[:2])
    return date(first, month, int(tail[3:]) if len(tail) == 5 else 1)


def end(text: str) -> date:
    """The last day of a period in canonical form: what its age is counted from."""
    first, tail = int(text[:4]), text[5:]
    if not tail:
        return date(first, 12, 31)
    if text[4] == "/":
        return date(first + 1, 3, 31)  # financial and statistical years of this kind end in March
    months = {"Q": 3, "S": 6}.get(tail[0])  # months in a quarter, in a half
    month = months * int(tail[1]) if months else int(tail[:2])
    if len(tail) == 5:
        return date(first, month, int(tail[3:]))
    return (date(first, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")


def days(duration: str) -> int:
    """An ISO 8601 duration (``P1Y``, ``P3M``, ``P14D``) as days, a year taken as 365.25 and a month as 30.44."""
    match = _DURATION.fullmatch(duration.strip())
    if not match or not any(match.groups()):
        raise ValueError(f"'{duration}' is no ISO 8601 duration such as P1Y, P3M or P14D")
    y, m, w, d = (int(g or 0) for g in match.groups())
    return round(365.25 * y + 30.44 * m + 7 * w + d)
