"""Compile what is declared under ``expect:`` into suites of Great Expectations, as the JSON that library reads.

Nothing here imports it: a suite is data. `monitor.validation.revalidate` makes two tables from an edition's
``observations.csv``, and each expectation speaks of one of them:

- ``observations``: its rows, with ``previous`` (the figure before, in the same area and breakdown) and ``total`` (the
  headline of the same area and period)
- ``cells``: one row for each area and period, one column for each indicator, and the sums that `Parts` asks for
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from monitor import area
from monitor.expect import Complete, Drift, Expected, Monotonic, Parts, Range, Unique
from monitor.model import Indicator, Source
from monitor.series import TOTAL

#: the quantiles whose place is compared between vintages
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
#: the first column is never less than the second
NO_LESS = "expect_column_pair_values_a_to_be_greater_than_b"


@dataclass(frozen=True)
class Expectation:
    """One rule on one table: what is expected in words, and how Great Expectations is to test it."""

    id: str  # IND-54a.range.1
    rule: str
    indicator: str  # "" where it is expected of a source
    source: str
    expected: str
    why: str = ""
    table: str = "observations"
    type: str = ""
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)  # column -> the codes of the rows it speaks of
    untested: str = ""  # why it is not tested on these figures
    unit: str = ""  # of the figures, for sentences
    decimals: int = 2

    @property
    def subject(self) -> str:
        return self.indicator or self.source


class Compiler:
    """Expectations of the figures of some areas.

    Args:
        frame: the observations that are published, with the columns of a Series.
        before: the same as the answers before these gave them; None where there are none.
        areas: what the figures are about: an area without any row is missing all the same.
    """

    def __init__(self, frame: pl.DataFrame, before: pl.DataFrame | None, areas: Sequence[str]) -> None:
        self.areas = list(areas)
        self.frame = frame = frame.filter(pl.col("ref_area").is_in(self.areas))
        self.before = None if before is None else before.filter(pl.col("ref_area").is_in(self.areas))
        self.indicators: dict[str, Indicator] = {}
        headline = frame.filter(pl.col("breakdown") == TOTAL, pl.col("obs_value").is_not_null())
        self.cells = {key[0]: set(part.select("ref_area", "time_period").iter_rows())
                      for key, part in headline.group_by("indicator")}

    def compile(self, indicators: Collection[Indicator], sources: Collection[Source]) -> list[Expectation]:
        """Everything expected of them, declared or by default; each says why it is untested, where it is."""
        found: list[Expectation] = []
        self.indicators = {each.id: each for each in indicators}
        for indicator in indicators:
            if indicator.data:
                found += (replace(one, unit=indicator.unit, decimals=indicator.decimals)
                          for one in self._indicator(indicator))
        for source in sources:
            found += self._common(source.expect, "", source.id)
        return found

    def _indicator(self, one: Indicator) -> Iterator[Expectation]:
        expect = one.expect
        yield from self._common(expect, one.id, "")
        for n, complete in enumerate(expect.complete, 1):
            yield self._complete(one, n, complete)
        for n, monotonic in enumerate(expect.monotonic, 1):
            yield self._monotonic(one, n, monotonic)
        if expect.drift:
            yield self._drift(one, expect.drift)
        for n, parts in enumerate(expect.parts, 1):
            yield self._parts(one, n, parts)
        if one.scale == "count" and one.data and any(part.breakdowns for part in one.data.parts.values()):
            yield self._groups(one)

    def _common(self, expect: Expected, indicator: str, source: str) -> Iterator[Expectation]:
        for n, rule in enumerate(expect.range, 1):
            yield self._range(indicator, source, n, rule)
        for n, (column, codes) in enumerate(expect.codes.items(), 1):
            yield self._made(
                indicator, source, f"codes.{n}", f"{column} is {' or '.join(code or 'empty' for code in codes)}",
                "expect_column_values_to_be_in_set", {"column": column, "value_set": codes}, {}, headline=False)
        for n, unique in enumerate(expect.unique, 1):
            yield self._unique(indicator, source, n, unique)

    def _range(self, indicator: str, source: str, n: int, rule: Range) -> Expectation:
        low, high = rule.between
        limits = {"min_value": low, "max_value": high}
        if rule.of == "value":
            whose = "each figure lies" if rule.at_least == 1 else f"{rule.at_least:.0%} of the figures lie"
            limits |= _mostly(rule.at_least)
        else:
            whose = f"the {rule.of} lies"
        kind = "values" if rule.of == "value" else rule.of
        return self._made(
            indicator, source, f"range.{n}", f"{whose} {span(low, high)}", f"expect_column_{kind}_to_be_between",
            {"column": "obs_value", **limits}, rule.where, rule.why,
            areas=1 if "ref_area" in rule.where or (rule.of == "value" and rule.at_least == 1) else rule.least)

    def _unique(self, indicator: str, source: str, n: int, rule: Unique) -> Expectation:
        columns = [*([] if indicator else ["indicator"]), *rule.columns]
        return self._made(
            indicator, source, f"unique.{n}", f"no two rows agree in {' and '.join(columns)}",
            "expect_compound_columns_to_be_unique", {"column_list": columns, "ignore_row_if": "any_value_is_missing"},
            rule.where, rule.why)

    def _monotonic(self, one: Indicator, n: int, rule: Monotonic) -> Expectation:
        high, low = ("obs_value", "previous") if rule.never == "falls" else ("previous", "obs_value")
        return self._made(
            one.id, "", f"monotonic.{n}", f"no figure {rule.never} from one period of an area to the next",
            NO_LESS, _no_less(high, low, rule.at_least), rule.where, rule.why)

    def _groups(self, one: Indicator) -> Expectation:
        groups = sorted(set(self.frame.filter(indicator=one.id)["breakdown"]) - {TOTAL})
        return self._made(
            one.id, "", "groups.1", "no group is larger than all together",
            NO_LESS, _no_less("total", "obs_value", 1), {"breakdown": groups}, scoped=False)

    def _drift(self, one: Indicator, rule: Drift) -> Expectation:
        expected = f"the quantiles moved by at most {rule.within:.0%} of the spread since the earlier vintage"
        then = pl.Series("obs_value", [], dtype=pl.Float64)
        if self.before is not None:
            then = self.before.filter(_keep(one.id, "", rule.where))["obs_value"].drop_nulls()
        made = self._made(one.id, "", "drift.1", expected, "expect_column_quantile_values_to_be_between",
                          {}, rule.where, rule.why, least=rule.least)
        if then.len() < rule.least:
            return _untested(made, f"{then.len()} figures in an earlier vintage, needs {rule.least}"
                             if then.len() else "no earlier vintage")
        places = [float(then.quantile(q, "nearest") or 0) for q in QUANTILES]
        slack = rule.within * ((places[-1] - places[0]) or abs(places[2]) or 1.0)
        ranges = {"quantiles": [*QUANTILES], "value_ranges": [[p - slack, p + slack] for p in places]}
        return _with(made, {"column": "obs_value", "quantile_ranges": ranges})

    def _complete(self, one: Indicator, n: int, rule: Complete) -> Expectation:
        there = self.cells.get(one.id, set())
        periods = sorted({p for _, p in there})
        years = [p for p in periods if len(p) == 4]
        until = rule.until or max((int(p[:4]) for p in periods), default=rule.since)
        wanted = ([str(y) for y in range(rule.since, until + 1)] if len(years) == len(periods)
                  else [p for p in periods if rule.since <= int(p[:4]) <= until])
        named = {a for code in rule.areas for a in area.members(code) or (code,)}
        areas = [a for a in self.areas
                 if (a in named if named else area.kind(a) != "group") and one.applies(a)]
        whole = f"{len(areas)} area{'s' * (len(areas) != 1)} by {len(wanted)} periods, {rule.since} to {until}"
        share = "every one" if rule.at_least == 1 else f"at least {rule.at_least:.0%}"
        expected = f"a figure for {share} of these: {whole}"
        made = Expectation(f"{one.id}.complete.{n}", "complete", one.id, "", expected, rule.why, "cells",
                           "expect_column_values_to_not_be_null")
        if named and rule.at_least < 1 and 2 * len(areas) < len(named):
            return _untested(made, f"{len(areas)} of its {len(named)} areas are in this table")
        if not areas or not wanted:
            return _untested(made, "none of its areas is in this table" if wanted else "no figures in these years")
        return _with(made, {"column": one.id, **_mostly(rule.at_least)}, {"ref_area": areas, "time_period": wanted})

    def _parts(self, one: Indicator, n: int, rule: Parts) -> Expectation:
        total = " + ".join(rule.of)
        named = " + ".join(f"{i} ({self.indicators[i].title})" if i in self.indicators else i for i in rule.of)
        made = Expectation(f"{one.id}.parts.{n}", "parts", one.id, "", f"{named} is no larger than {one.id}", rule.why,
                           "cells", NO_LESS)
        if not set.intersection(*(self.cells.get(i, set()) for i in (one.id, *rule.of))):
            return _untested(made, "no area and period has a figure of each")
        return _with(made, _no_less(one.id, total, rule.at_least))

    def _made(
        self, indicator: str, source: str, name: str, expected: str, kind: str, kwargs: Mapping[str, Any],
        where: Mapping[Any, Sequence[str]], why: str = "", *, least: int = 1, areas: int = 1, headline: bool = True,
        scoped: bool = True,
    ) -> Expectation:
        """An expectation on the observations of an indicator or source."""
        scope = "; ".join(f"{column} {', '.join(codes)}" for column, codes in where.items() if scoped)
        made = Expectation(f"{indicator or source}.{name}", name.partition(".")[0], indicator, source,
                           expected + (f" ({scope})" if scope else ""), why, "observations", kind)
        rows = self.frame.filter(_keep(indicator, source, where, headline))
        figures = rows["obs_value"].drop_nulls().len() if headline else rows.height
        if figures < least:
            return _untested(made, f"{figures} figures, needs {least}" if figures else "no figures in this table")
        if (there := rows["ref_area"].n_unique()) < areas:
            return _untested(made, f"figures of {there} areas, needs {areas}")
        limits = where if "breakdown" in where or not headline else {**where, "breakdown": [TOTAL]}
        whose = {"indicator": [indicator]} if indicator else {"source": [source]}
        return _with(made, {k: v for k, v in kwargs.items() if v is not None}, {**whose, **limits})


def suites(expectations: Sequence[Expectation], frame: pl.DataFrame, areas: Sequence[str]) -> dict[str, bytes]:
    """Name of a suite -> its JSON, one suite for each table; always the same bytes for the same expectations."""
    tested = [e for e in expectations if not e.untested]
    made = {}
    for table in sorted({e.table for e in tested}):
        mine = [e for e in tested if e.table == table]
        meta: dict[str, Any] = {"table": table}
        if table == "cells":
            columns = {c for e in mine for key, c in e.kwargs.items() if key.startswith("column")}
            sums = {c: c.split(" + ") for c in sorted(columns) if " + " in c}
            there = frame.filter(pl.col("ref_area").is_in(list(areas)))["time_period"]
            periods = {p for e in mine for p in e.where.get("time_period", ())}.union(there)
            meta |= {"areas": sorted(areas), "periods": sorted(periods), "sums": sums,
                     "indicators": sorted({c for c in columns if c not in sums}.union(*sums.values()))}
        rules = [_configuration(each) for each in mine]
        suite = {"name": table, "id": None, "expectations": rules, "meta": meta, "notes": None}
        made[table] = (json.dumps(suite, indent=1, ensure_ascii=False) + "\n").encode()
    return made


def span(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"at {low:g} or above" if high is None and low is not None else f"at {high:g} or below"
    return f"between {low:g} and {high:g}"


def _configuration(one: Expectation) -> dict[str, Any]:
    meta = {"id": one.id, "rule": one.rule, "expected": one.expected}
    return {"type": one.type, "kwargs": {**one.kwargs, **_condition(one.where)}, "meta": meta, "severity": "warning"}


def _keep(indicator: str, source: str, where: Mapping[Any, Sequence[str]], headline: bool = True) -> pl.Expr:
    keep = pl.col("indicator") == indicator if indicator else pl.col("source") == source
    for column, codes in where.items():
        keep &= pl.col(column).is_in(list(codes))
    return keep if "breakdown" in where or not headline else keep & (pl.col("breakdown") == TOTAL)


def _no_less(high: str, low: str, mostly: float) -> dict[str, Any]:
    return {"column_A": high, "column_B": low, "or_equal": True, "ignore_row_if": "either_value_is_missing",
            **_mostly(mostly)}


def _mostly(share: float) -> dict[str, float]:
    """Left out where it is everything, as Great Expectations writes it."""
    return {} if share == 1 else {"mostly": share}


def _condition(where: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Which rows are meant, in the words of pandas, in the form in which Great Expectations writes it."""
    said = [f"{column} == {json.dumps(codes[0])}" if column in ("indicator", "source")
            else f"{column} in {json.dumps([*codes])}" for column, codes in where.items()]
    return {"row_condition": {"pass_through_filter": " and ".join(said), "type": "pass_through"},
            "condition_parser": "pandas"} if said else {}


def _with(
    made: Expectation, kwargs: Mapping[str, Any], where: Mapping[str, Sequence[str]] | None = None
) -> Expectation:
    more = {**made.kwargs, **kwargs}
    return made if made.untested else replace(made, kwargs=more, where=made.where if where is None else where)


def _untested(made: Expectation, why: str) -> Expectation:
    return made if made.untested else replace(made, untested=why)
