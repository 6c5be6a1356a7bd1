"""The course of a series, and a vintage beside the one before: what several checks look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from monitor import period
from monitor.area import english
from monitor.checks._rules import EXAMPLES, Rules, named, observed
from monitor.results import Finding, Level
from monitor.series import KEY, TOTAL, UNFINISHED, Series

#: one series: an indicator in an area
WHERE = ["indicator", "ref_area"]
#: from this many areas on, and this share of all, a fault is one of the whole indicator and is said once
AREAS, MOST = 3, 0.8


def course(series: Series, rules: Rules) -> pl.LazyFrame:
    """The headline figures in order of time, with ``t`` (years), ``last``, ``next`` (values) and ``newest``.

    Forecasts and unfinished years are no figures.
    """
    return (
        observed(series, rules).filter(
            pl.col("breakdown") == TOTAL, pl.col("obs_value").is_finite(), pl.col("obs_status") != "F",
            ~pl.col("comment_obs").str.contains(UNFINISHED))
        .with_columns(t=period.decimal_year()).sort(*WHERE, "t")
        .with_columns(last=pl.col("obs_value").shift(1).over(WHERE), next=pl.col("obs_value").shift(-1).over(WHERE),
                      newest=pl.col("t") == pl.col("t").max().over(WHERE))
    )


def paired(series: Series, before: Series, rules: Rules) -> pl.DataFrame:
    """Cells that have a figure now and had one in the vintage before: `KEY`, ``obs_value``, ``then``."""
    now, then = (
        observed(s, rules).filter(pl.col("obs_value").is_finite()).unique(KEY, maintain_order=True)
        for s in (series, before)
    )
    return now.select(*KEY, "obs_value").join(then.select(*KEY, then="obs_value"), on=KEY).collect(engine="in-memory")


def rescaled(pairs: pl.DataFrame) -> pl.DataFrame:
    """Series all of whose figures were multiplied by one ``factor`` since the vintage before: `WHERE`, factor, ``n``.

    Three figures or more, nine of ten of them within a thousandth of the same factor, which is not 1. Where all
    figures are one and the same number nothing can be told from them.
    """
    ratio, moved = pl.col("obs_value") / pl.col("then"), pl.col("obs_value") != pl.col("then")
    return (
        pairs.lazy().filter(pl.col("then") != 0, pl.col("obs_value") != 0, moved.any().over(WHERE))
        .with_columns(ratio=ratio)
        .with_columns(factor=pl.col("ratio").median().over(WHERE))
        .group_by(WHERE, maintain_order=True)
        .agg(pl.col("factor").first(), n=pl.len(), alike=((pl.col("ratio") / pl.col("factor") - 1).abs() < 1e-3).mean(),
             kinds=pl.col("then").n_unique())
        .filter(pl.col("n") >= 3, pl.col("kinds") > 1, pl.col("alike") >= 0.9, (pl.col("factor") - 1).abs() > 5e-3)
        .sort(WHERE).collect(engine="in-memory")
    )


def folded(check: str, bad: pl.DataFrame, all_of: Mapping[str, int], by: str,
           sentence: Callable[[str, Any], str], level: Callable[[str], Level] = lambda _: Level.ERROR,
           hint: str = "") -> list[Finding]:
    """A finding for each area; one for the whole indicator where most areas have the same fault.

    Args:
        bad: one row for each area, with `WHERE` and the column ``by`` (the fault: a factor, a number of months).
        all_of: indicator -> how many areas could have it.
        sentence: (indicator, value of ``by``) -> the message.
    """
    found = []
    for (key, value), rows in sorted(bad.group_by("indicator", by), key=lambda group: str(group[0])):
        areas = rows["ref_area"].sort().to_list()
        said, name = sentence(str(key), value), str(key)
        if len(areas) >= AREAS and len(areas) >= MOST * all_of.get(name, 0):
            where = f"So in {len(areas)} areas: {named([*map(english, areas[:EXAMPLES])], len(areas))}."
            found.append(Finding(check, level(name), name, f"{said} {where}", count=len(areas), hint=hint))
        else:
            found += [Finding(check, level(name), name, said, code, hint=hint) for code in areas]
    return found


def areas_of(pairs: pl.DataFrame) -> dict[str, int]:
    """indicator -> number of areas that have a figure in both vintages."""
    return dict(pairs.group_by("indicator").agg(pl.col("ref_area").n_unique()).iter_rows())
