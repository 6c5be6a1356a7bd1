"""Years and months out of publishers' dates, and how many months a year has so far."""

from __future__ import annotations

import polars as pl

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def year(date: pl.Expr) -> pl.Expr:
    """``2021``, ``January 2015``, ``2015-01-31T00:00:00``, ``01/31/2015``, ``13-Jan-20`` -> the year, as text."""
    short = date.str.extract(r"^\d{1,2}-[A-Za-z]{3}-(\d{2})$")
    return pl.coalesce(date.str.extract(r"(?:^|\D)((?:19|20)\d\d)(?:\D|$)"), pl.lit("20") + short)


def month(date: pl.Expr) -> pl.Expr:
    """The month, 1 to 12, of the same forms, of a month's name or of a plain ``7``; null where there is none."""
    name = date.str.extract(r"([A-Za-z]{3})").str.to_lowercase()
    number = pl.coalesce(
        date.str.extract(r"^\d{4}-(\d\d)(?:\D|$)"), date.str.extract(r"^(\d{1,2})/\d{1,2}/\d{4}"),
        date.str.extract(r"^(\d{1,2})$"), name.replace_strict(_NAMES, [str(n) for n in range(1, 13)], default=None),
    ).cast(pl.Int8, strict=False)
    return pl.when(number.is_between(1, 12)).then(number)


def partial(rows: pl.DataFrame, months: str = "months") -> pl.DataFrame:
    """Mark rows whose year has fewer than twelve months: status D, and a comment that counts them.

    Args:
        months: column with the number of months that have data; 0 where the data do not tell months.
    """
    some = pl.col(months).is_between(1, 11)
    return rows.with_columns(
        pl.when(some).then(pl.lit("D")).otherwise(pl.lit("")).alias("obs_status"),
        pl.when(some).then(pl.format("{} of 12 months", months)).otherwise(pl.lit("")).alias("comment_obs"),
    ).drop(months)
