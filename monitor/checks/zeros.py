"""A zero between large figures is a count, not a gap.

Why it matters:
    Nothing is easier to lose than a missing value on its way through a spreadsheet, and what comes out is a 0. "No
    deaths on this route in 2019" is then printed where nobody counted.

    A count of people whose neighbours are ``least`` or more comes out as 0 by pure chance less than once in
    200 million cases (Poisson, mean 20: e to the power of -20 is 2 in a billion; even with a variance four times that
    of Poisson it is e to the power of -5, so the word is "suspicious", not "wrong"). For shares, rates and ratios a
    zero is suspicious where the series does not come near it: the lowest other figure is more than half of the median,
    eight figures or more are there, one in ten of them at most is a zero, and not all are whole numbers, as a score
    would be. Differences and indices pass through zero as through any other number.

Levels:
    warning: a zero in the headline whose neighbours (both; for the newest figure the two before it) are large
    It is no error: a law, a closed border or an end of counting can bring a figure to zero.

Options:
    least: for counts and money, how large the neighbours must be. 20 by default

Bad:
    2018 310, 2019 0, 2020 287

Good:
    2018 3, 2019 0, 2020 2
"""

from __future__ import annotations

from datetime import date

import polars as pl

from monitor.checks._course import WHERE, course
from monitor.checks._rules import Rules, figure, findings, more_than, option, settle
from monitor.results import Finding, Level
from monitor.series import Series

#: scales on which zero is a number like any other
BESIDE_ZERO = ("binary", "difference", "index")


def check(series: Series, rules: Rules, as_of: date, before: Series | None) -> list[Finding]:
    settled = settle("zeros", rules, {"least": (more_than(0), 20.0)})
    value, size = pl.col("obs_value"), pl.col("obs_value").abs()
    counted = pl.col("indicator").is_in([key for key, (i, _) in rules.items() if i.scale in ("count", "money")])
    other = size.filter(value != 0)
    far = (other.min() > other.median() / 2) & (pl.len() >= 8) & ((value == 0).mean() <= 0.1) & (
        value != value.round()).any()
    bad = (
        course(series, {key: rule for key, rule in rules.items() if rule[0].scale not in BESIDE_ZERO})
        .with_columns(beside=pl.when("newest").then(pl.col("obs_value").shift(2).over(WHERE)).otherwise("next"),
                      far=far.over(WHERE))
        .with_columns(near=pl.min_horizontal(pl.col("last").abs(), pl.col("beside").abs()))
        .filter(value == 0, pl.col("last").is_not_null(), pl.col("beside").is_not_null(), pl.col("near") > 0,
                pl.when(counted).then(pl.col("near") >= option(settled, "least"))
                .otherwise("far"))
        .with_columns(level=pl.lit(Level.WARNING.value),
                      example=pl.format("0 after {}", pl.col("last").map_elements(figure, return_dtype=pl.String)))
    )
    return findings("zeros", bad, lambda key, cells: (
        f"A zero between large figures: {cells}, {rules[key][0].unit}."
    ), rules, "Ask the publisher whether it was counted; if it is a gap, the source's 'flags' must say so.")
