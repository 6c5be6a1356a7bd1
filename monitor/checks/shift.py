"""Figures stand at the dates where they stood.

Why it matters:
    A spreadsheet whose heading lost a column, or a time zone that turns 1 January into 31 December, moves every figure
    by a year. Nothing else changes: no value is implausible, and every judgement is about the wrong year.

    Figures that occur once in a series are looked for in the vintage before, and the months between the two dates are
    counted. Where most are found at one and the same distance that is not 0, the dates were shifted.

Levels:
    error: of the figures of the vintage before, at least four, and at least four of five, are found again and all of
    those stand the same number of months earlier or later than they did

Options:
    none

Bad:
    vintage before: 2018 7.1, 2019 7.4, 2020 6.9, 2021 6.6; now: 2019 7.1, 2020 7.4, 2021 6.9, 2022 6.6

Good:
    vintage before: 2018 7.1, 2019 7.4, 2020 6.9, 2021 6.6; now: 2018 7.1, 2019 7.4, 2020 6.9, 2021 6.6, 2022 6.4
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from monitor import period
from monitor.checks._course import WHERE, folded
from monitor.checks._rules import Rules, observed, settle
from monitor.results import Finding
from monitor.series import TOTAL, Series

#: how many figures, and which share of those that can be looked for, must be found at the same distance
LEAST, MOST = 4, 0.8


def check(series: Series, rules: Rules, as_of: date, before: Series | None) -> list[Finding]:
    settle("shift", rules, {})
    if before is None:
        return []
    now, then = (_once(s, rules) for s in (series, before))
    found = then.join(now, on=[*WHERE, "obs_value"], suffix="_now").with_columns(
        months=((pl.col("t_now") - pl.col("t")) * 12).round().cast(pl.Int64))
    told = then.group_by(WHERE).agg(told=pl.len())
    bad = (
        found.group_by(WHERE).agg(n=pl.len(), months=pl.col("months").first(), kinds=pl.col("months").n_unique())
        .join(told, on=WHERE)
        .filter(pl.col("kinds") == 1, pl.col("months") != 0, pl.col("n") >= LEAST, pl.col("n") >= MOST * pl.col("told"))
        .sort(WHERE).collect(engine="in-memory")
    )

    def sentence(key: str, months: Any) -> str:
        years, rest = divmod(abs(months), 12)
        by = f"{abs(months)} month{'s' * (abs(months) > 1)}" if rest else f"{years} year{'s' * (years > 1)}"
        return f"All figures stand {by} {'later' if months > 0 else 'earlier'} than in the vintage before."

    areas = dict(told.group_by("indicator").agg(pl.len()).collect(engine="in-memory").iter_rows())
    return folded("shift", bad, areas, "months", sentence, hint="See which dates the publisher's table has.")


def _once(series: Series, rules: Rules) -> pl.LazyFrame:
    """The headline figures whose value occurs once in their series."""
    return (
        observed(series, rules).filter(pl.col("breakdown") == TOTAL, pl.col("obs_value").is_finite())
        .select(*WHERE, "obs_value", t=period.decimal_year())
        .filter(pl.len().over(*WHERE, "obs_value") == 1)
    )
