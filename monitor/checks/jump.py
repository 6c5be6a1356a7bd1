"""Figures do not jump a hundredfold: a decimal point, thousands or a unit have slipped.

Why it matters:
    A column that is in thousands this year and in persons the next changes every figure and no rule about limits
    sees it where the limits are wide. Growth of 99,900 % is then printed in good faith.

    Three things are looked at. (1) Since the vintage before, all figures of a series are 10, 100, 1,000 ... times what
    they were, or a tenth, a hundredth ...: a publisher revises figures one by one, never all of them by
    exactly the same power of ten. (2) One figure is ``times`` as much as both its neighbours, or as little. (3) From
    one period on, all figures are ``times`` as much or as little as all before.

Levels:
    error: (1), for the whole series: nobody can tell which vintage is right
    warning: (2) and (3). They may be true: in the figures shipped with this project the refugees in Czechia and in
        Moldova rise more than a hundredfold in 2022, because people fled from Ukraine

    Figures below ``least`` are left out of (2) and (3): from 2 people to 300 is no slipped point. So are figures
    flagged as a break (B). Nothing is said of what is answered by yes or no.

Options:
    times: how many times as much is too much. 100 by default
    least: how much the smaller of two figures must be, for counts and money. 20 by default

Bad:
    vintage before: 2019 12.1, 2020 12.4, 2021 12.2; now: 2019 12,100, 2020 12,400, 2021 12,200
    2019 1,210, 2020 1,240,000, 2021 1,220

Good:
    vintage before: 2019 12.1, 2020 12.4, 2021 12.2; now: 2019 12.1, 2020 12.6, 2021 12.9
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from monitor.checks._course import WHERE, areas_of, course, folded, paired, rescaled
from monitor.checks._rules import Rules, figure, findings, more_than, option, settle
from monitor.results import Finding, Level
from monitor.series import Series


def power_of_ten(factor: pl.Expr) -> pl.Expr:
    """Is it 10, 100, 1000 ... or 0.1, 0.01 ..., to a thousandth?"""
    exponent = factor.abs().log10()
    return (factor > 0) & (exponent.round() != 0) & ((exponent - exponent.round()).abs() < 4.4e-4)


def check(series: Series, rules: Rules, as_of: date, before: Series | None) -> list[Finding]:
    settled = settle("jump", rules, {"times": (more_than(1), 100.0), "least": (more_than(0), 20.0)})
    rules = {key: rule for key, rule in rules.items() if rule[0].scale != "binary"}
    return (_against(series, before, rules) if before else []) + _within(series, rules, settled)


def _against(series: Series, before: Series, rules: Rules) -> list[Finding]:
    times = 10.0 ** pl.col("factor").log10().round()
    pairs = paired(series, before, rules)
    bad = rescaled(pairs).filter(power_of_ten(pl.col("factor"))).with_columns(times=times)

    def sentence(key: str, factor: Any) -> str:
        told = f"{figure(factor, 0)} times" if factor > 1 else f"1/{figure(1 / factor, 0)} of"
        return f"All figures are {told} what they were in the vintage before ({rules[key][0].unit})."

    return folded("jump", bad, areas_of(pairs), "times", sentence, hint="Compare with the publisher's table and say "
                  "the factor in the source, or use the vintage before.")


def _within(series: Series, rules: Rules, settled: dict[str, dict[str, Any]]) -> list[Finding]:
    value, times, before = pl.col("obs_value").abs(), option(settled, "times"), pl.col("last").abs()
    big = pl.col("indicator").is_in([key for key, (i, _) in rules.items() if i.scale in ("count", "money")])
    floor = pl.when(big).then(option(settled, "least")).otherwise(1e-9)

    def leap(one: pl.Expr, other: pl.Expr) -> pl.Expr:
        """+1 where one is far above the other, -1 where far below, else 0."""
        small = pl.min_horizontal(one, other)
        far = (pl.max_horizontal(one, other) >= times * small) & (small >= floor)
        return pl.when(far).then((one - other).sign()).otherwise(0.0).fill_null(0.0)

    figures = course(series, rules)
    alone = figures.with_columns(up=leap(value, before), down=leap(value, pl.col("next").abs())).filter(
        pl.col("up") * pl.col("down") > 0, pl.col("obs_status") != "B",
    ).with_columns(level=pl.lit(Level.WARNING.value), example=pl.col("obs_value"))
    found: list[Finding] = []
    for up, told in ((1.0, "{} times as much as the figures before and after, or more"),
                     (-1.0, "no more than a {}th of the figures before and after")):
        def sentence(key: str, cells: str, told: str = told) -> str:
            return f"{cells}, {rules[key][0].unit}: {told.format(figure(settled[key]['times'], 0))}."

        found += findings("jump", alone.filter(pl.col("up") == up), sentence, rules,
                          "See whether a decimal point slipped.")
    # all before against all from here on, with two or more figures on each side
    series_wide = figures.with_columns(
        high=value.cum_max().shift(1).over(WHERE), low=value.cum_min().shift(1).over(WHERE),
        top=value.cum_max(reverse=True).over(WHERE), bottom=value.cum_min(reverse=True).over(WHERE),
        behind=pl.int_range(pl.len()).over(WHERE), ahead=pl.int_range(pl.len(), 0, -1).over(WHERE),
    )
    shifted = series_wide.filter(
        pl.min_horizontal("behind", "ahead") >= 2, pl.col("obs_status") != "B",
        ((pl.col("bottom") >= times * pl.col("high")) & (pl.col("low") >= floor))
        | ((pl.col("low") >= times * pl.col("top")) & (pl.col("bottom") >= floor)),
    ).select(*WHERE, "time_period", "last", "obs_value").collect(engine="in-memory")
    return found + [
        Finding("jump", Level.WARNING, key,
                f"From {when} on the figures are of another size: {figure(last, rules[key][0].decimals)} before, "
                f"{figure(now, rules[key][0].decimals)} then, {rules[key][0].unit}.",
                area, when, hint="See whether unit and counting are the same; where they are not, the source's "
                "'flags' must mark the break.")
        for key, area, when, last, now in shifted.iter_rows()
    ]
