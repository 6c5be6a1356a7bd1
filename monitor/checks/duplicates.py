"""Each indicator, area, breakdown and period has one figure.

Why it matters:
    Two rows for one cell mean that a dimension was overlooked (both sexes, two age limits, two editions), and
    whichever row is read last decides the judgement.

Levels:
    error: a headline cell has rows with different values; all of them are set aside
    warning: the same in a breakdown; or rows that repeat the same value

Options:
    none

Bad:
    DEU 2020 12.1, DEU 2020 14.8 (the second is for men only): "2 figures from 12.1 to 14.8 (2020)"

Good:
    DEU 2020 12.1, DEU 2021 12.0
"""

from __future__ import annotations

from datetime import date

import polars as pl

from monitor.checks._rules import Rules, figure, findings, observed, settle, severe_in_the_headline
from monitor.results import Finding, Level
from monitor.series import KEY, Series


def check(series: Series, rules: Rules, as_of: date, before: Series | None) -> list[Finding]:
    settle("duplicates", rules, {})
    value = pl.col("obs_value")
    ends = [pl.col(name).map_elements(figure, return_dtype=pl.String).fill_null("no value")
            for name in ("least", "most")]
    bad = (
        observed(series, rules).group_by(KEY).agg(rows=pl.len(), values=value.n_unique(), least=value.min(),
                                                  most=value.max())
        .filter(pl.col("rows") > 1)
        .with_columns(
            level=pl.when(pl.col("values") > 1).then(severe_in_the_headline()).otherwise(pl.lit(Level.WARNING.value)),
            example=pl.when(pl.col("values") > 1).then(pl.format("{} figures from {} to {}", "rows", *ends))
            .otherwise(pl.format("{} times {}", "rows", ends[0])),
        )
    )
    return findings("duplicates", bad, lambda key, cells: (
        f"More than one figure for the same area and period: {cells}; expected one."
    ), hint="Select one code of every dimension under 'select'.")
