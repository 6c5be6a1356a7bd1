"""Test what is expected straight away, with Polars, so that a grade knows what does not hold before any page is made.

The same expectations that `monitor.validation.suites` compiles for Great Expectations, read from the same fields: one
declaration. A test runs both over every kind of rule and holds them to the same outcome and the same number of rows.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import reduce
from itertools import product
from typing import Any, NamedTuple

import polars as pl

from monitor.results import Finding, Level
from monitor.series import TOTAL
from monitor.validation.saying import headed, list_of, observed, told
from monitor.validation.suites import Expectation

CELL = ["indicator", "ref_area", "breakdown", "time_period"]
_VALUE = pl.col("obs_value")
_STATISTICS = {"median": _VALUE.median(), "mean": _VALUE.mean(), "sum": _VALUE.sum(), "min": _VALUE.min(),
               "max": _VALUE.max()}


class Outcome(NamedTuple):
    """Whether an expectation holds; the rows where it does not; how many it speaks of; a statistic."""

    expectation: Expectation
    holds: bool
    bad: pl.DataFrame
    rows: int = 0
    observed: Any = None


def outcomes(expectations: Sequence[Expectation], frame: pl.DataFrame, areas: Sequence[str]) -> list[Outcome]:
    """Of every expectation that can be tested on the figures of these areas."""
    rows = frame.filter(pl.col("ref_area").is_in(list(areas))).with_columns(_VALUE.fill_nan(None)).sort(CELL)
    total = rows.filter(pl.col("breakdown") == TOTAL).unique(["indicator", "ref_area", "time_period"], keep="first")
    rows = rows.with_columns(previous=_VALUE.forward_fill().shift().over(CELL[:3])).join(
        total.select("indicator", "ref_area", "time_period", total=_VALUE), maintain_order="left",
        on=["indicator", "ref_area", "time_period"], how="left")
    return [_outcome(one, _cells(one, total) if one.table == "cells" else rows.filter(_in(one)))
            for one in expectations if not one.untested]


def findings(tested: Sequence[Outcome]) -> list[Finding]:
    """A warning for each that does not hold, under each indicator and area it does not hold in."""
    found = []
    for one in tested:
        each = one.expectation
        check, why = f"expect.{each.rule}", f" {each.why}" if each.why else ""
        unit = f", {each.unit}" if each.unit and each.rule not in ("codes", "complete") else ""
        if not one.holds and not one.bad.height:
            found.append(Finding(check, Level.WARNING, each.indicator, f"{observed(each, one.observed)}{why}"))
        elif not one.holds:
            of = [name for name in ("indicator", "ref_area") if name in one.bad.columns]
            for _, rows in one.bad.sort(of).group_by(of, maintain_order=True):
                first = rows.row(0, named=True)
                cells = list_of([told(each, row) for row in rows.head(3).iter_rows(named=True)], rows.height)
                found.append(Finding(
                    check, Level.WARNING, each.indicator or first["indicator"], f"{headed(each)}: {cells}{unit}.{why}",
                    first["ref_area"], first["time_period"], rows.height,
                    hint=f"{each.id} expects: {each.expected}."))
    return found


def _outcome(one: Expectation, table: pl.DataFrame) -> Outcome:
    given, kind = one.kwargs, one.type
    none = table.clear()
    if kind == "expect_column_quantile_values_to_be_between":
        ranges = given["quantile_ranges"]
        figures = table["obs_value"].drop_nulls().sort()
        # of two places equally near the even one, as NumPy takes it
        at = [figures[round(q * (figures.len() - 1))] if figures.len() else None for q in ranges["quantiles"]]
        inside = (v is not None and low <= v <= high for v, (low, high) in zip(at, ranges["value_ranges"], strict=True))
        return Outcome(one, all(inside), none, observed=at)
    statistic = kind.removeprefix("expect_column_").removesuffix("_to_be_between")
    if statistic in _STATISTICS:
        value = table.select(_STATISTICS[statistic]).item()
        return Outcome(one, value is not None and not _outside(value, given), none, observed=value)
    if "column_A" in given:
        high, low = pl.col(given["column_A"]), pl.col(given["column_B"])
        there, wrong = high.is_not_null() & low.is_not_null(), high < low
    elif "column_list" in given:
        names = given["column_list"]
        there, wrong = pl.all_horizontal(pl.col(names).is_not_null()), pl.struct(names).is_duplicated()
    elif "value_set" in given:
        there, wrong = pl.col(given["column"]).is_not_null(), ~pl.col(given["column"]).is_in(given["value_set"])
    elif kind == "expect_column_values_to_not_be_null":
        there, wrong = pl.lit(True), pl.col(given["column"]).is_null()
    else:
        there, wrong = _VALUE.is_not_null(), _outside(_VALUE, given)
    known = table.filter(there)
    bad = known.filter(wrong)
    enough = not bad.height or (known.height - bad.height) / known.height >= given.get("mostly", 1)
    return Outcome(one, enough, bad, known.height)


def _outside(value: Any, given: Any) -> Any:
    low, high = given.get("min_value"), given.get("max_value")
    beyond = [pl.lit(False)] if isinstance(value, pl.Expr) else [False]
    beyond += [value < low] if low is not None else []
    beyond += [value > high] if high is not None else []
    return reduce(operator.or_, beyond)


def _in(one: Expectation) -> pl.Expr:
    return pl.all_horizontal(pl.lit(True), *(pl.col(column).is_in(list(codes)) for column, codes in one.where.items()))


def _cells(one: Expectation, total: pl.DataFrame) -> pl.DataFrame:
    """A row for each area and period, a column for each indicator the expectation speaks of, and their sum."""
    columns = [str(one.kwargs[name]) for name in ("column", "column_A", "column_B") if name in one.kwargs]
    wanted = dict.fromkeys(part for column in columns for part in column.split(" + "))
    key = ["ref_area", "time_period"]
    table = pl.DataFrame(list(product(*(one.where[k] for k in key))), schema=dict.fromkeys(key, pl.String),
                         orient="row") if one.where else total.select(key).unique().sort(key)
    for name in wanted:
        figures = total.filter(pl.col("indicator") == name).select(*key, _VALUE.alias(name))
        table = table.join(figures, on=key, how="left", maintain_order="left")
    sums = {c: reduce(operator.add, (pl.col(part) for part in c.split(" + "))) for c in columns if " + " in c}
    return table.with_columns(**sums)
