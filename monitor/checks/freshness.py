"""The newest figure is recent enough, and none is from the future.

Why it matters:
    An old figure printed without its age accuses, or praises, a government that may have left office. A figure
    dated after the cut-off is no observation but a projection or a mistyped year.

Levels:
    error: a headline figure of a period that begins after the cut-off date and is not flagged as a forecast (F)
    warning: the newest figure is older than ``within`` at the cut-off date, counted from the end of its period

Options:
    within: ISO 8601 duration. The indicator's ``max_age`` by default

Bad:
    Cut-off 2026-11-22, within P5Y: the newest figure is of 2014; or a figure of 2034 without the flag F

Good:
    Cut-off 2026-11-22, within P5Y: the newest figure is of 2023
"""

from __future__ import annotations

from datetime import date

import polars as pl

from monitor import period
from monitor.checks._rules import Rules, duration, findings, observed, settle, span
from monitor.results import Finding, Level
from monitor.series import TOTAL, Series


def check(series: Series, rules: Rules, as_of: date, before: Series | None) -> list[Finding]:
    options = settle("freshness", rules, {"within": (duration, None)})
    within = {key: options[key]["within"] or rules[key][0].max_age for key in rules}
    figures = observed(series, rules).filter(
        pl.col("breakdown") == TOTAL, pl.col("obs_value").is_finite(), pl.col("obs_status") != "F"
    ).collect(engine="in-memory")
    ends = {text: period.end(text) for text in figures["time_period"].unique()}
    dated = figures.lazy().with_columns(
        example=pl.col("obs_value"), t=period.decimal_year(),
        end=pl.col("time_period").replace_strict(ends, default=None, return_dtype=pl.Date),
        days=pl.col("indicator").replace_strict(
            {key: period.days(text) for key, text in within.items()}, default=None, return_dtype=pl.Int64),
    )
    today = as_of.year + (as_of.month - 1) / 12 + (as_of.day - 1) / 366
    future = dated.filter(pl.col("t") > today).with_columns(level=pl.lit(Level.ERROR.value))
    newest = dated.filter(pl.col("end") == pl.col("end").max().over("indicator", "ref_area"))
    old = newest.filter((pl.lit(as_of) - pl.col("end")).dt.total_days() > pl.col("days")).with_columns(
        level=pl.lit(Level.WARNING.value))
    return findings("freshness", future, lambda key, cells: (
        f"Figures of a time that has not come yet: {cells}, {rules[key][0].unit}, as of {as_of}."
    ), rules, "If these are projections, the source's 'flags' must say so (F).") + findings(
        "freshness", old, lambda key, cells: (
        f"The newest figure is {cells}: its period ended more than {span(within[key])} before {as_of}."
    ), rules, "Ask the publisher for newer figures.")
