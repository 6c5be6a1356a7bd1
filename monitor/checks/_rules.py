"""What all checks share: options with a meaning, and findings out of one grouped query."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from monitor import period
from monitor.errors import DefinitionError
from monitor.model import Indicator
from monitor.results import Finding, Level
from monitor.series import TOTAL, Series

Rules = Mapping[str, tuple[Indicator, Mapping[str, Any]]]
#: option -> (what turns its declared text into a value, what it is where none is declared)
Options = Mapping[str, tuple[Callable[[Any], Any], Any]]
#: how many cells a message names
EXAMPLES = 3


def settle(check: str, rules: Rules, allowed: Options) -> dict[str, dict[str, Any]]:
    """Every option of every indicator, declared or default.

    Raises:
        DefinitionError: an option is unknown or its value has no meaning; all of them at once.
    """
    problems, settled = [], {}
    for key, (_, given) in rules.items():
        settled[key] = {name: default for name, (_, default) in allowed.items()}
        for name, value in given.items():
            if name not in allowed:
                known = f"allowed are {', '.join(allowed)}" if allowed else "it has none"
                problems.append(f"{key}: the check '{check}' has no option '{name}'; {known}.")
                continue
            try:
                settled[key][name] = allowed[name][0](value)
            except (ValueError, TypeError) as problem:
                problems.append(f"{key}: the option '{name}' of the check '{check}' is {value!r}: {problem}.")
    if problems:
        raise DefinitionError(problems)
    return settled


def share(value: Any) -> float:
    number = float(value)
    if not 0 <= number <= 1:
        raise ValueError("expected a share from 0 to 1")
    return number


def more_than(least: float) -> Callable[[Any], float]:
    """A number above a limit."""
    def number(value: Any) -> float:
        if not (found := float(value)) > least:
            raise ValueError(f"expected a number above {least:g}")
        return found

    return number


def interval(value: Any) -> tuple[float | None, float | None]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError("expected two numbers, lowest and highest; null where there is no limit")
    low, high = (None if v is None else float(v) for v in value)
    return low, high


def duration(value: Any) -> str:
    period.days(str(value))
    return str(value)


def codes(value: Any) -> list[str]:
    if not isinstance(value, list | tuple):
        raise ValueError("expected a list of codes")
    return [str(v) for v in value]


def option(settled: Mapping[str, Mapping[str, Any]], name: str) -> pl.Expr:
    """An option of each row's indicator, as a number."""
    return pl.col("indicator").replace_strict(
        {key: options[name] for key, options in settled.items()}, default=None, return_dtype=pl.Float64)


def observed(series: Series, rules: Rules) -> pl.LazyFrame:
    """The observations the rules speak of."""
    return series.frame.lazy().filter(pl.col("indicator").is_in(list(rules)))


def severe_in_the_headline() -> pl.Expr:
    """The level of a defect that withholds a judgement only where it sits in the figures that are judged."""
    return pl.when(pl.col("breakdown") == TOTAL).then(pl.lit(Level.ERROR.value)).otherwise(pl.lit(Level.WARNING.value))


def findings(check: str, bad: pl.LazyFrame, sentence: Callable[[str, str], str],
             rules: Rules | None = None, hint: str = "") -> list[Finding]:
    """One finding for each indicator, area and level among the bad cells, naming the first few.

    An error carries all its cells, so that they alone can be kept out of judgement (`monitor.quarantine`).

    Args:
        bad: the Series' columns, ``level`` and ``example`` (a cell's value, as a number or as text).
        sentence: (indicator, "120.5 (2015), 130 (2016) and 4 more") -> the message, for readers.
        rules: the indicators, for the decimals a number is printed with.
        hint: what a maintainer can do about it.
    """
    cell = pl.struct("breakdown", "time_period")
    grouped = (
        # in memory and in one piece: polars 2.1 panics over format where a filter leaves an empty chunk
        bad.collect(engine="in-memory").rechunk().lazy()
        .select("indicator", "ref_area", "level", "time_period", "breakdown", "example")
        .sort("time_period", "breakdown")
        .group_by("indicator", "ref_area", "level", maintain_order=True)
        .agg(pl.col("time_period").first(), n=pl.len(), at=cell.unique(maintain_order=True),
             **{name: pl.col(source).head(EXAMPLES) for name, source in
                (("first", "example"), ("when", "time_period"), ("of", "breakdown"))})
        .sort("indicator", "ref_area", "level").collect(engine="in-memory")
    )
    found = []
    for key, area, level, when, n, at, *shown in grouped.iter_rows():
        decimals = rules[key][0].decimals if rules else 2
        told = [f"{e if isinstance(e, str) else figure(e, decimals)} ({w}{group(b)})"
                for e, w, b in zip(*shown, strict=True)]
        cells = tuple((c["breakdown"], c["time_period"]) for c in at) if level == Level.ERROR else ()
        found.append(Finding(check, Level(level), key, sentence(key, named(told, n)), area, when, n, cells, hint))
    return found


def named(cells: list[str], n: int) -> str:
    """The first few of n things: ``a, b, c and 4 more``."""
    return ", ".join(cells) + (f" and {n - len(cells)} more" if n > len(cells) else "")


def group(breakdown: str) -> str:
    """Which group a cell is of, after its period: ``, sex F``; nothing for the headline."""
    return "" if breakdown == TOTAL else f", {breakdown.replace('=', ' ').replace(';', ', ')}"


def figure(value: float | None, decimals: int = 2) -> str:
    """A number for readers: two digits more than the page prints, so that what broke a limit can be seen.

    >>> figure(1234567.891234, 0), figure(120.5), figure(-0.0004, 0), figure(None)
    ('1,234,567.89', '120.5', '-0.0004', 'no value')
    """
    if value is None:
        return "no value"
    text = f"{value:,.{decimals + 2}f}".rstrip("0").rstrip(".")
    return f"{value:.2g}" if value and float(text.replace(",", "")) == 0 else text


def span(text: str) -> str:
    """An ISO 8601 duration in words.

    >>> span("P5Y"), span("P1Y6M"), span("P14D")
    ('5 years', '1 year and 6 months', '14 days')
    """
    units = {"Y": "year", "M": "month", "W": "week", "D": "day"}
    return " and ".join(f"{n} {units[u]}{'s' * (n != '1')}" for n, u in re.findall(r"(\d+)([YMWD])", text))
