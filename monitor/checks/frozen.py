"""A figure that is measured does not stand still to the last digit.

Why it matters:
    A value that repeats exactly for years was mostly carried forward because nobody counted again. On a chart it looks
    like a steady state, and its newest year like news.

    Only values with three significant digits or more can tell: a score of 2 out of 4, or 5 people, may well stay what
    it is. And an indicator whose values repeat everywhere (in more than a fifth of all steps of all areas) is
    made so: it is categorical, or its publisher fills gaps by rule.

Levels:
    warning: the newest figure stands at the end of such a run
    note: an earlier run

Options:
    periods: how many equal figures in a row are too many. 4 by default

Bad:
    2019 6.27, 2020 6.27, 2021 6.27, 2022 6.27

Good:
    2019 6.27, 2020 6.31, 2021 6.27, 2022 6.29
"""

from __future__ import annotations

from datetime import date

import polars as pl

from monitor.checks._course import WHERE, course
from monitor.checks._rules import Rules, figure, more_than, option, settle
from monitor.results import Finding, Level
from monitor.series import Series

#: an indicator that repeats itself in more of its steps than this does so by nature
BY_NATURE = 0.2
#: and this many steps are needed to see it; below, the series speaks for itself
STEPS = 20


def check(series: Series, rules: Rules, as_of: date, before: Series | None) -> list[Finding]:
    settled = settle("frozen", rules, {"periods": (more_than(1), 4.0)})
    value = pl.col("obs_value")
    moved = (value != pl.col("last")).fill_null(True)
    steps = pl.col("last").is_not_null().sum().over("indicator")
    still = (~moved).sum().over("indicator")
    precise = value.abs() != value.abs().round_sig_figs(2)
    runs = (
        course(series, {key: rule for key, rule in rules.items() if rule[0].scale != "binary"})
        .with_columns(run=moved.cum_sum().over(WHERE), by_nature=(steps >= STEPS) & (still > BY_NATURE * steps))
        .filter(precise, ~pl.col("by_nature"))
        .group_by(*WHERE, "run")
        .agg(value.first(), n=pl.len(), since=pl.col("time_period").first(), until=pl.col("time_period").last(),
             newest=pl.col("newest").any())
        .filter(pl.col("n") >= option(settled, "periods")).sort(*WHERE, "run").collect(engine="in-memory")
    )
    return [
        Finding("frozen", Level.WARNING if newest else Level.NOTE, key,
                f"The same figure, {figure(number, rules[key][0].decimals)} ({rules[key][0].unit}), {n} times in a row "
                f"from {since} to {until}.", area, since, n,
                hint="Ask the publisher whether it was measured each time.")
        for key, area, _, number, n, since, until, newest in runs.iter_rows()
    ]
