"""A change is not far outside what the series has done before.

Why it matters:
    A figure can lie within all limits and still be a slip: 6,210 typed as 9,210, one province counted twice. What
    gives it away is the step that leads to it, compared with all other steps of the same series.

    The modified z-score of a change d is 0.6745 (d - median) / MAD, where MAD is the median of all |d - median|
    (B. Iglewicz and D. Hoaglin, How to Detect and Handle Outliers, ASQC Quality Press, 1993, section 3.3). Unlike
    the ordinary z-score it is not fooled by the very outlier it looks for. Where more than half of the changes are
    the same, MAD is 0 and 1.2533 times the mean of |d - median| stands for MAD / 0.6745, as the authors propose.

    A change is a difference of logarithms, because what counts and sums of money do, they do in proportion; half is
    added to a count, so that a zero has a logarithm. For shares and for what may be negative it is a plain
    difference. It is taken from the figure before and divided by the years between; where periods are shorter than
    a year, from the same season a year earlier, so that a summer is not an outlier.

    The threshold of the book, 3.5, is meant for one sample from a normal distribution. Here thousands of series are
    looked at and their changes have heavier tails, so twice that is the default; and a step that chance
    alone can make (up to 4 standard deviations of a Poisson count) or that moves a figure by less than ``least`` of
    its size is never one.

Levels:
    warning: the newest figure, the one that is judged
    note: an earlier figure; it is part of the trend, and often a war, a law or a new survey explains it
    A figure flagged as a break (B) has already been explained, and is none.

Options:
    z: the threshold of the modified z-score. 7 by default
    changes: how many changes a series must have to say what is usual. 8 by default
    least: the smallest change that matters, as a share of the figure before. 0.25 by default

Bad:
    2014 to 2024: 100, 103, 101, 104, 106, 103, 107, 108, 110, 109, 190 (changes of some 3 %, then one of 74 %)

Good:
    2014 to 2024: 100, 140, 90, 150, 110, 170, 120, 95, 160, 120, 190 (this series jumps every year)
"""

from __future__ import annotations

from datetime import date

import polars as pl

from monitor.checks._course import WHERE, course
from monitor.checks._rules import Rules, findings, more_than, option, settle, share
from monitor.results import Finding, Level
from monitor.series import Series

#: what is measured in steps of itself
PROPORTIONAL = ("count", "money", "index", "rate", "duration")


def check(series: Series, rules: Rules, as_of: date, before: Series | None) -> list[Finding]:
    settled = settle("outliers", rules, {"z": (more_than(0), 7.0), "changes": (more_than(2), 8.0),
                                         "least": (share, 0.25)})
    of = {scale: [key for key, (i, _) in rules.items() if i.scale == scale] for scale in (*PROPORTIONAL, "binary")}
    counts = pl.col("indicator").is_in(of["count"])
    value, last = pl.col("obs_value"), pl.col("last")
    figures = course(series, {key: rule for key, rule in rules.items() if rule[0].scale != "binary"})
    # the same season a year earlier, where periods are shorter than a year
    season = pl.col("time_period").str.slice(4)
    short = season.str.starts_with("-")
    year = pl.col("time_period").str.slice(0, 4).cast(pl.Int32)
    ago = figures.filter(short).select(*WHERE, (year + 1).alias("year"), season.alias("season"), ago="obs_value")
    ago = ago.unique([*WHERE, "year", "season"])
    steps = (
        figures.with_columns(year=year, season=season, years=pl.col("t") - pl.col("t").shift(1).over(WHERE))
        .join(ago, on=[*WHERE, "year", "season"], how="left", maintain_order="left")
        .with_columns(last=pl.when(short).then("ago").otherwise("last"),
                      years=pl.when(short).then(1.0).otherwise(pl.col("years").clip(1e-3)))
    )
    added = pl.when(counts).then(0.5).otherwise(0.0)
    in_proportion = pl.col("indicator").is_in([k for s in PROPORTIONAL for k in of[s]]) & (
        (value + added).min() > 0).over(WHERE)
    change = pl.when(in_proportion).then(((value + added) / (last + added)).log()).otherwise(value - last)
    away = (pl.col("change") - pl.col("usual")).abs()
    scored = (
        steps.with_columns(change=change / pl.col("years"))
        .with_columns(usual=pl.col("change").median().over(WHERE), n=pl.col("change").count().over(WHERE))
        .with_columns(away=away)
        .with_columns(mad=pl.col("away").median().over(WHERE), mean=pl.col("away").mean().over(WHERE))
        .with_columns(z=pl.when(pl.col("mad") > 0).then(0.6745 * pl.col("away") / pl.col("mad"))
                      .otherwise(pl.col("away") / (1.2533 * pl.col("mean"))))
    )
    by_chance = counts & ((value.sqrt() - last.sqrt()).abs() <= 2.0 * 2 ** 0.5)  # 4 sd of a difference of two roots
    bad = scored.filter(
        pl.col("z") > option(settled, "z"), pl.col("n") >= option(settled, "changes"), pl.col("obs_status") != "B",
        (value - last).abs() > option(settled, "least") * last.abs(), ~by_chance.fill_null(False),
    ).with_columns(
        level=pl.when("newest").then(pl.lit(Level.WARNING.value)).otherwise(pl.lit(Level.NOTE.value)), example=value)
    return findings("outliers", bad, lambda key, cells: (
        f"A change far from all others of this series: {cells}, {rules[key][0].unit}."
    ), rules, "See whether something happened in the world or in the counting, and say so under 'caveats'.")
