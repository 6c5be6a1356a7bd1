"""The unit of a series stays what it was.

Why it matters:
    A rate per 1,000 people and one per 100,000 have the same name and the same bounds, and an index with 2010 = 100
    and one with 2015 = 100 even look alike. A target that was promised in the old unit is then met, or missed, by a
    change of the table's heading.

    Within a series the publisher's own words for the unit are compared. With the vintage before, the words and the
    figures: where all figures were multiplied by one and the same factor (nine of ten of them within a thousandth),
    the base has changed, whatever the words say. Factors of 10, 100, 1,000 ... are told by the check ``jump``. Four
    figures are needed: of the series shipped with this project, all figures revised by chance by some 2 %, two of three
    figures each looked like a new base, and none of four.

Levels:
    error: a series has several units; or all its figures were multiplied by one factor since the vintage before
    warning: the same factor for an index without a target, which is what a new base year does; or other words for
        the unit with too few figures in common (less than 3) to see whether the figures are still the same
    note: other words for the unit, and the same figures

Options:
    none

Bad:
    vintage before: 2019 12.1 "per 1 000", 2020 12.4; now: 2019 1,210 "per 100 000", 2020 1,240
    vintage before: 2018 99, 2019 110, 2020 121, 2021 132 (2010 = 100); now: 90, 100, 110, 120 (2019 = 100)

Good:
    vintage before: 2019 12.1 "PER_1000"; now: 2019 12.1 "per 1 000" (a note)
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from monitor.checks._course import WHERE, areas_of, folded, paired, rescaled
from monitor.checks._rules import Rules, figure, observed, settle
from monitor.checks.jump import power_of_ten
from monitor.results import Finding, Level
from monitor.series import TOTAL, Series

#: fewer figures than this can be alike by chance
LEAST = 4


def check(series: Series, rules: Rules, as_of: date, before: Series | None) -> list[Finding]:
    settle("unit", rules, {})
    told = _units(series, rules)
    several = told.group_by(WHERE, maintain_order=True).agg(
        units=pl.format("'{}' from {}", "unit_measure", "first")).filter(pl.col("units").list.len() > 1)
    found = [
        Finding("unit", Level.ERROR, key, f"The figures are in several units: {', '.join(units)}; expected one.",
                area, hint="Select one unit under 'select', or make two indicators.")
        for key, area, units in several.iter_rows()
    ]
    return found + (_against(series, before, rules, told) if before else [])


def _units(series: Series, rules: Rules) -> pl.DataFrame:
    """Each unit a headline is told in, with its first period."""
    return (
        observed(series, rules).filter(pl.col("breakdown") == TOTAL, pl.col("unit_measure") != "",
                                       pl.col("obs_value").is_finite())
        .group_by(*WHERE, "unit_measure").agg(first=pl.col("time_period").min())
        .sort(*WHERE, "first", "unit_measure").collect(engine="in-memory")
    )


def _against(series: Series, before: Series, rules: Rules, told: pl.DataFrame) -> list[Finding]:
    pairs = paired(series, before, rules)
    areas, moved = areas_of(pairs), rescaled(pairs)
    based = moved.filter(pl.col("n") >= LEAST, ~power_of_ten(pl.col("factor"))).with_columns(
        pl.col("factor").round_sig_figs(3))

    def level(key: str) -> Level:
        one = rules[key][0]
        return Level.WARNING if one.scale == "index" and not one.targets else Level.ERROR

    found = folded("unit", based, areas, "factor", lambda key, factor: (
        f"All figures were multiplied by {figure(factor)} since the vintage before ({rules[key][0].unit}): the unit or "
        f"the base has changed."
    ), level, "See in which unit the target and the baseline are.")
    last = pl.col("unit_measure").last()
    both = pairs.group_by(WHERE).agg(n=pl.len())
    words = (
        told.group_by(WHERE, maintain_order=True).agg(last)
        .join(_units(before, rules).group_by(WHERE, maintain_order=True).agg(last), on=WHERE, suffix="_then")
        .filter(pl.col("unit_measure") != pl.col("unit_measure_then"))
        .join(moved, on=WHERE, how="anti").join(both, on=WHERE, how="left")
        .with_columns(change=pl.concat_list("unit_measure_then", "unit_measure"), few=pl.col("n").fill_null(0) < 3)
    )

    def sentence(what: str) -> Any:
        return lambda key, to: f"The unit was told as '{to[0]}' in the vintage before, and is '{to[1]}' now; {what}."

    few, enough = words.filter("few"), words.filter(~pl.col("few"))
    found += folded("unit", few, areas, "change", sentence("there are too few figures in common to see whether they "
                                                           "changed"), lambda _: Level.WARNING)
    found += folded("unit", enough, areas, "change", sentence("the figures are on the same scale as before"),
                    lambda _: Level.NOTE)
    return found
