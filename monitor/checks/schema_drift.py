"""An answer has the dimensions, codes and areas that it had before.

Why it matters:
    Publishers rename a column, drop an age group or split a region, and say so in a note nobody reads. What is
    selected may still be found, and mean something else: where the dimension "citizenship" disappears, foreigners
    and nationals are one figure from then on.

    Two things are compared with the vintage before: the raw rows of each answer (`drifted`: dimensions and their
    codes, units, statuses), when an answer was read by the same reader as the one before it; and the Series made of
    them (areas, breakdowns, length of the periods), because that is what is judged.

Levels:
    warning: a dimension is gone or new; a selected breakdown is gone; more than ``lost`` of the areas are gone; periods
        have another length than before
    note: other codes of a dimension or other statuses are gone or new; a breakdown is new

Options:
    lost: the share of the areas that may be gone. 0.2 by default, and never fewer than three areas

Bad:
    vintage before: DEU, FRA, ITA, POL, ESP by sex; now: DEU only, without women

Good:
    vintage before: DEU, FRA, ITA, POL, ESP by sex; now: the same, and NLD
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from monitor.area import english
from monitor.checks._rules import EXAMPLES, Rules, named, observed, settle, share
from monitor.results import Finding, Level
from monitor.series import TOTAL, Series, dimensions

#: what a message calls the form of a period: its text without digits -> its length
LENGTHS = {"": "years", "-S": "half-years", "-Q": "quarters", "-": "months", "--": "days", "/": "years across two"}
#: columns of a reader's rows that hold few codes
CODED = ("obs_status", "unit_measure")


def check(series: Series, rules: Rules, as_of: date, before: Series | None) -> list[Finding]:
    settled = settle("schema_drift", rules, {"lost": (share, 0.2)})
    if before is None:
        return []
    now, then = (_parts(s, rules) for s in (series, before))
    found = []
    for key in sorted(now.keys() & then.keys()):
        (areas, parts, lengths), (had, had_parts, had_lengths) = now[key], then[key]
        if len(gone := sorted(had - areas)) > max(2, settled[key]["lost"] * len(had)):
            lost = f"{len(gone)} of {len(had)} areas are gone since the vintage before: {_few([*map(english, gone)])}"
            found.append(_said(Level.WARNING, key, lost, len(gone)))
        for level, codes, how in ((Level.WARNING, had_parts - parts, "gone"), (Level.NOTE, parts - had_parts, "new")):
            if codes:
                found.append(_said(level, key, f"Breakdowns that are {how} since the vintage before: "
                                   f"{_few(sorted(codes))}", len(codes)))
        if lengths != had_lengths:
            found.append(_said(Level.WARNING, key, f"The figures are for {' and '.join(sorted(lengths))}, in the "
                               f"vintage before for {' and '.join(sorted(had_lengths))}"))
    return found


def drifted(now: pl.DataFrame, then: pl.DataFrame, where: str, indicators: Iterable[str]) -> list[Finding]:
    """The same for the raw rows of one answer and of the one before it, as findings on the indicators that use it.

    Args:
        where: source and series, for the message.
    """
    dims, had = set(dimensions(now)), set(dimensions(then))
    told: list[tuple[Level, str, int]] = []
    if dims != had:
        both = (("without", had - dims), ("with", dims - had))
        changes = [f"{how} {_few(sorted(names))}" for how, names in both if names]
        told.append((Level.WARNING, f"The answer of {where} comes {' and '.join(changes)} as a dimension since the "
                     f"vintage before", len(dims ^ had)))
    for name in [*sorted(dims & had), *CODED]:
        codes, before = set(now[name].unique()), set(then[name].unique())
        for how, changed in (("gone", before - codes), ("new", codes - before)):
            if changed:
                told.append((Level.NOTE, f"Codes of '{name}' in {where} that are {how} since the vintage before: "
                             f"{_few(sorted(map(str, changed)))}", len(changed)))
    return [_said(level, key, text, n) for key in indicators for level, text, n in told]


def _said(level: Level, key: str, text: str, n: int = 1) -> Finding:
    return Finding("schema_drift", level, key, f"{text}.", count=n, hint="See what the publisher changed, and whether "
                   "'select' and 'recodes' still mean what they meant.")


def _few(codes: list[str]) -> str:
    return named([code or "none" for code in codes[:EXAMPLES]], len(codes))


def _parts(series: Series, rules: Rules) -> Mapping[str, tuple[set[str], set[str], set[str]]]:
    """indicator -> its areas, its breakdowns, the lengths of its periods."""
    form = pl.col("time_period").str.slice(4).str.replace_all(r"\d", "")
    seen = (
        observed(series, rules).filter(pl.col("obs_value").is_finite() | (pl.col("obs_status") == "Q"))
        .group_by("indicator").agg(pl.col("ref_area").unique(), pl.col("breakdown").unique(), form=form.unique())
        .collect(engine="in-memory")
    )
    return {key: (set(areas), set(parts) - {TOTAL}, {LENGTHS.get(f, f) for f in forms})
            for key, areas, parts, forms in seen.iter_rows()}
