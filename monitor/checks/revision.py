"""What the publisher changed since an earlier vintage: added, removed, revised, reflagged.

Why it matters:
    A target can be met by rewriting the past. Revisions are normal and mostly honest; a reader must still see
    them, because a judgement may change although nothing happened in the world.

Levels:
    warning: figures were removed, or revised by more than ``material`` of the earlier value
    note: any other change
    One finding for each indicator and area. Without an earlier vintage of an indicator there is nothing to say.

Options:
    material: a share from 0 to 1. 0.05 by default

Bad:
    before: 2015 10.0, 2016 9.0; now: 2015 14.0, 2017 8.5 (one revised by 40 %, one removed, one added)

Good:
    before: 2015 10.0, 2016 9.0; now: 2015 10.0, 2016 9.1, 2017 8.5
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from monitor.checks._rules import EXAMPLES, Rules, figure, group, named, observed, settle, share
from monitor.results import Finding, Level
from monitor.series import KEY, Series

KINDS = ("removed", "revised", "reflagged", "added")


def changes(series: Series, before: Series, rules: Rules) -> pl.LazyFrame:
    """Every cell that differs: the columns `KEY`, value and status then (``_before``) and now, and ``kind``."""
    now, then = (
        observed(s, rules).select(*KEY, "obs_value", "obs_status", there=pl.lit(True)).unique(KEY, maintain_order=True)
        for s in (series, before)
    )
    both = now.join(then, on=KEY, how="full", coalesce=True, suffix="_before")
    kind = (
        pl.when(pl.col("there").is_null()).then(pl.lit("removed"))
        .when(pl.col("there_before").is_null()).then(pl.lit("added"))
        .when(pl.col("obs_value").ne_missing(pl.col("obs_value_before"))).then(pl.lit("revised"))
        .when(pl.col("obs_status") != pl.col("obs_status_before")).then(pl.lit("reflagged"))
    )
    return both.with_columns(kind=kind).filter(pl.col("kind").is_not_null()).drop("there", "there_before")


def check(series: Series, rules: Rules, as_of: date, before: Series | None) -> list[Finding]:
    options = settle("revision", rules, {"material": (share, 0.05)})
    if before is None:
        return []
    # an indicator with no earlier vintage at all is new: nothing of it was "added"
    known = set(before.frame["indicator"].unique())
    rules = {key: rule for key, rule in rules.items() if key in known}
    material = pl.col("indicator").replace_strict(
        {key: o["material"] for key, o in options.items()}, default=None, return_dtype=pl.Float64)
    old, new = pl.col("obs_value_before"), pl.col("obs_value")
    # what is withheld to protect people comes and goes with the counts of others: nobody need be alarmed
    open_ = (pl.col("obs_status").fill_null("") != "Q") & (pl.col("obs_status_before").fill_null("") != "Q")
    large = open_ & (
        ((pl.col("kind") == "removed") & old.is_not_null())
        | ((pl.col("kind") == "revised") & ((new - old).abs() > material * old.abs()).fill_null(True)))
    grouped = (
        changes(series, before, rules).sort("time_period", "breakdown")
        .with_columns(large=large, cell=pl.struct("indicator", "time_period", "breakdown", old, new, "obs_status",
                                                  "obs_status_before"))
        .group_by("indicator", "ref_area", maintain_order=True)
        .agg(*(pl.col("kind").eq(k).sum().alias(k) for k in KINDS), large=pl.col("large").any(), n=pl.len(),
             cells=pl.col("cell").sort_by("large", descending=True, maintain_order=True).head(EXAMPLES))
        .sort("indicator", "ref_area").collect(engine="in-memory")
    )
    return [
        Finding(
            "revision", Level.WARNING if row["large"] else Level.NOTE, row["indicator"],
            f"Since the earlier vintage {', '.join(f'{row[k]} {k}' for k in KINDS if row[k])}: "
            f"{named([_cell(one, rules) for one in row['cells']], row['n'])}, {rules[row['indicator']][0].unit}. "
            "Judgements made before may not stand.",
            row["ref_area"], count=row["n"],
        )
        for row in grouped.iter_rows(named=True)
    ]


def _cell(one: Mapping[str, Any], rules: Rules) -> str:
    """``10 then and 14 now (2015)``."""
    def told(value: float | None, status: str | None) -> str:
        if value is None:
            return "withheld" if status == "Q" else "no figure"
        return figure(value, rules[one["indicator"]][0].decimals)

    return (f"{told(one['obs_value_before'], one['obs_status_before'])} then and "
            f"{told(one['obs_value'], one['obs_status'])} now ({one['time_period']}{group(one['breakdown'])})")
