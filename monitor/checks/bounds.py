"""Values lie within the natural limits of their indicator, and within what is plausible.

Why it matters:
    A share of 143 % or a negative number of people is not a surprising fact but a slipped column, a changed
    unit or a mistyped digit, and every growth rate computed from it is wrong too.

Levels:
    error: a headline value outside the indicator's ``bounds``; that figure is set aside
    warning: the same in a breakdown; or a value outside ``plausible``, which may be true and must be looked at

Options:
    plausible: [lowest, highest], either may be null. None by default

Bad:
    Children out of school, %: 2019 7.2, 2020 71, 2021 170.0 (bounds 0 to 100)

Good:
    Children out of school, %: 2019 7.2, 2020 7.1, 2021 7.0
"""

from __future__ import annotations

from datetime import date

import polars as pl

from monitor.checks._rules import Rules, figure, findings, interval, observed, settle, severe_in_the_headline
from monitor.results import Finding, Level
from monitor.series import Series

#: a limit is broken by more than the rounding noise of a computer
NOISE = 1e-9


def check(series: Series, rules: Rules, as_of: date, before: Series | None) -> list[Finding]:
    options = settle("bounds", rules, {"plausible": (interval, (None, None))})
    limits = pl.LazyFrame(
        [(key, *rules[key][0].bounds, *options[key]["plausible"]) for key in rules],
        schema={"indicator": pl.String, **dict.fromkeys(("low", "high", "least", "most"), pl.Float64)}, orient="row",
    )

    def outside(low: str, high: str) -> pl.Expr:
        value, slack = pl.col("obs_value"), NOISE * pl.col("obs_value").abs()
        return ((value < pl.col(low) - slack) | (value > pl.col(high) + slack)).fill_null(False)

    bad = observed(series, rules).join(limits, on="indicator").with_columns(
        level=pl.when(outside("low", "high")).then(severe_in_the_headline())
        .when(outside("least", "most")).then(pl.lit(Level.WARNING.value)), example=pl.col("obs_value"),
    ).filter(pl.col("level").is_not_null())

    def sentence(key: str, cells: str) -> str:
        meant = [f"expected {_range(rules[key][0].bounds)}"] if any(b is not None for b in rules[key][0].bounds) else []
        if any(b is not None for b in options[key]["plausible"]):
            meant.append(f"plausible {_range(options[key]['plausible'])}")
        return f"Outside the limits: {cells}, {rules[key][0].unit}; {', '.join(meant)}."

    return findings("bounds", bad, sentence, rules, "Compare with the publisher's table and its unit.")


def _range(limits: tuple[float | None, float | None]) -> str:
    low, high = (None if limit is None else figure(limit) for limit in limits)
    return f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}"
