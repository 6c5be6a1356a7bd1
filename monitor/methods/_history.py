"""All series at once, sorted and numbered: read once, then asked by every method for the figure of a year.

A series is one indicator in one area. Its figures (headline, finite) stand one below the other in order of time, one
for each period; a figure that is given twice counts once, the first row of it. Figures of parts of a year are kept
only where they are of the same part as the newest: a January is compared with a January. Each figure has a key that
grows with series and time, so that "the first figure since 2015" is a search among sorted numbers.
"""

from __future__ import annotations

from typing import NamedTuple
from weakref import WeakKeyDictionary

import polars as pl

from monitor import period
from monitor.series import TOTAL, Series

#: parts of a year, such that each month and each day begins on one
TICKS = 12 * 366
_YEARS = 1 << 26  # room for the ticks of a time below the number of its series


class History(NamedTuple):
    """Figures and series. ``frame`` is that of the `Series`, for the texts that go with a figure."""

    frame: pl.DataFrame
    figures: pl.DataFrame  # key, value, row (in ``frame``); sorted by key
    series: pl.DataFrame  # indicator, ref_area, code, first, last (rows of ``figures``); sorted by name
    every: pl.Series  # the keys of all figures, other parts of the year too
    asked: list[tuple[tuple[object, ...], pl.DataFrame]]  # the last question to `two_points`, and the answer

    def times(self, at: pl.Series) -> pl.Series:
        """When the figures are of, in years."""
        return (self.figures["key"].gather(at) % _YEARS) / TICKS

    @staticmethod
    def year(key: str) -> pl.Expr:
        """The same of a column of keys."""
        return (pl.col(key) % _YEARS) / TICKS

    def numbers(self) -> pl.Series:
        """The row in ``series`` that each figure is of."""
        return (self.figures["key"] // _YEARS).rle_id()

    def since(self, code: pl.Series, when: pl.Series) -> pl.Series:
        """The row of the first figure at ``when`` (in years) or later; it may be of another series."""
        return self.figures["key"].search_sorted(_key(code, when), side="left").cast(pl.Int64)

    def many(self, code: pl.Series, when: pl.Series) -> pl.Series:
        """How many figures there are since ``when``, in any part of the year."""
        end = self.every.search_sorted((code + 1) * _YEARS, side="left").cast(pl.Int64)
        return end - self.every.search_sorted(_key(code, when), side="left").cast(pl.Int64)


_known: WeakKeyDictionary[Series, History] = WeakKeyDictionary()


def history(series: Series) -> History:
    """The history of a Series; made once for all methods that ask for it."""
    if series not in _known:
        _known[series] = _read(series.frame)
    return _known[series]


def part_of_year(column: str = "time_period") -> pl.Expr:
    """The month, quarter or half of a period; "" of a year and of a day."""
    text = pl.col(column)
    parted = (text.str.slice(4, 1) == "-") & (text.str.len_chars() == 7)
    return pl.when(parted).then(text.str.slice(5)).otherwise(pl.lit(""))


def _key(code: pl.Series, when: pl.Series) -> pl.Series:
    return code * _YEARS + (when * TICKS).round().cast(pl.Int64)


def _read(frame: pl.DataFrame) -> History:
    names, areas, periods = (frame[c].unique().sort() for c in ("indicator", "ref_area", "time_period"))
    times = periods.to_frame().select(
        tick=(period.decimal_year() * TICKS).round().cast(pl.Int64), season=part_of_year().rank("dense")
    )
    number = {c: pl.col(c).cast(pl.Enum(all_)).to_physical().cast(pl.Int64) for c, all_ in (
        ("indicator", names), ("ref_area", areas), ("time_period", periods))}
    several = times["season"].n_unique() > 1
    season = {"season": pl.lit(times["season"]).gather(number["time_period"])} if several else {}
    figures = frame.lazy().select(
        key=(number["indicator"] * len(areas) + number["ref_area"]) * _YEARS
        + pl.lit(times["tick"]).gather(number["time_period"]),
        value="obs_value", row=pl.int_range(pl.len(), dtype=pl.UInt32),
        used=(pl.col("breakdown") == TOTAL) & pl.col("obs_value").is_finite(), **season,
    ).filter("used", pl.col("key").is_not_null()).drop("used").collect(engine="in-memory")
    if not figures["key"].is_sorted():
        figures = figures.sort("key", maintain_order=True)
    figures = figures.filter((pl.col("key") != pl.col("key").shift()).fill_null(True))
    every = figures["key"]
    if several and figures.height:
        series = _series(figures)
        newest = figures["season"].gather(series["last"])
        figures = figures.filter(pl.col("season") == pl.lit(newest).gather(
            (pl.col("key") // _YEARS).rle_id()))
    series = _series(figures).select(
        indicator=pl.lit(names).gather(pl.col("code") // max(len(areas), 1)),
        ref_area=pl.lit(areas).gather(pl.col("code") % max(len(areas), 1)), code="code", first="first", last="last",
    )
    return History(frame, figures.select("key", "value", "row"), series, every, [])


def _series(figures: pl.DataFrame) -> pl.DataFrame:
    """code, and the first and the last row of each series among the sorted figures."""
    code = figures["key"] // _YEARS
    first = (code != code.shift()).fill_null(True).arg_true().cast(pl.Int64)
    last = first.shift(-1).fill_null(figures.height) - 1
    return pl.DataFrame({"code": code.gather(first), "first": first, "last": last})
