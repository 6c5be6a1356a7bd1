"""Why a judgement is another one than before, found out by judging again.

Between two editions more than one thing may have changed: figures were added, the publisher rewrote others, a target,
a method or the rest of a declaration is another, time has passed. Each of these is a cause that can be switched on by
itself. Begin with everything as it was and judge again with one cause switched on, then with two, then three: the
smallest number of causes that gives the judgement of now is the explanation. Where one cause is enough and several
would be, each is named (``each``); where only several at once are enough, all of them (``together``).

Which cause a changed figure belongs to: withheld on either side, ``withheld``; read by another declaration (its
``data``, or how its source is read), ``declaration``; set aside by a check on either side, ``check``; a source that
could not be read on either side, ``source``; not there before, ``new_data``, also where the very same answer held it
already and only the cut-off date lets it in; changed or taken back, ``revision``, unless both were read from the very
same bytes: then it was the ``program``. ``time`` is what the date alone does: figures grow old, a target comes due.

The engine of before is not at hand. Where everything as it was is not judged as it was, the program is a cause, by
itself or with others; where even that cannot be, because the program is the same, or where everything as it is now
does not give the judgement of now, the cause is not told apart (``unsure``), and all that changed is named.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations
from typing import Any

import polars as pl

from monitor import judge
from monitor.changes import METHOD, TARGET, Side
from monitor.model import Indicator
from monitor.results import Finding, Level, Reason
from monitor.series import COLUMNS, KEY, TOTAL, Series

#: every cause, in the order they are named
CAUSES = ("new_data", "revision", "withheld", "check", "source", "time", "target", "method", "declaration", "program")
#: causes that may change the figures themselves
IN_FIGURES = frozenset((*CAUSES[:5], "declaration"))
#: what a source is read by
_READ_BY = ("reader", "options", "flags", "recodes", "endpoint", "params", "file", "series")
_FAILED = {Reason.UNAVAILABLE.value, Reason.UNREADABLE.value}
#: reasons for which there is no figure, and that judging alone would not find again
_NOTHING = {*_FAILED, *(r.value for r in (Reason.NO_DATA, Reason.MISSING_INPUT, Reason.PERIODS_DIFFER,
            Reason.DIVISION_BY_ZERO, Reason.AWAITING_ENTRIES, Reason.FAILED_CHECK))}  # fmt: skip

Pair = tuple[str, str]  # indicator, area
Outcome = tuple[str, str]  # status, reason


@dataclass(frozen=True)
class Cause:
    """What made a judgement another one."""

    names: tuple[str, ...]  # of `CAUSES`
    how: str = "alone"  # alone, each, together, unsure


def figures(a: Side, b: Side) -> pl.DataFrame:
    """Headline figures that are not the same: `KEY`, ``cause``, and value, flag and answer of before and of now."""
    names = [*KEY, "obs_value", "obs_status", "snapshot"]
    one, other = (s.cells.filter(pl.col("breakdown") == TOTAL).unique(KEY, maintain_order=True).select(names)
                  .with_columns(there=pl.lit(True)) for s in (a, b))  # fmt: skip
    both = one.join(other, on=KEY, how="full", coalesce=True, suffix="_now").filter(
        pl.col("there").is_null() | pl.col("there_now").is_null()
        | pl.col("obs_value").ne_missing(pl.col("obs_value_now")) | (pl.col("obs_status") != pl.col("obs_status_now")))
    answers = [dict(s.cells.group_by("indicator").agg("snapshot").iter_rows()) for s in (a, b)]
    seen = [{key: {*hashes} for key, hashes in each.items()} for each in answers]
    outcomes = _outcomes(a), _outcomes(b)
    causes = [_cause(a, b, seen, outcomes, row) for row in both.iter_rows(named=True)]
    return both.with_columns(cause=pl.Series(causes, dtype=pl.String)).select(
        *KEY, "cause", *names[4:], *(f"{n}_now" for n in names[4:]))


def _cause(a: Side, b: Side, seen: list[dict[str, set[str]]], outcomes: tuple[dict[Pair, Outcome], ...],
           row: Mapping[str, Any]) -> str:  # fmt: skip
    key, pair = tuple(row[n] for n in KEY), (row["indicator"], row["ref_area"])
    added, gone = row["obs_status"] is None, row["obs_status_now"] is None
    if "Q" in (row["obs_status"], row["obs_status_now"]):
        return "withheld"
    if _origin(a, pair[0]) != _origin(b, pair[0]):
        return "declaration"
    if (gone and key in b.aside) or (added and key in a.aside):
        return "check"
    if (gone and outcomes[1].get(pair, ("", ""))[1] in _FAILED) or (
            added and outcomes[0].get(pair, ("", ""))[1] in _FAILED):
        return "source"
    if added:
        return "new_data"
    same = row["snapshot"] in seen[1].get(pair[0], ()) if gone else row["snapshot"] == row["snapshot_now"]
    if not same:
        return "revision"
    return "program" if a.engine != b.engine else "declaration"


def _origin(side: Side, indicator: str) -> str:
    """Where the figures of an indicator come from and how they are read, as declared, its inputs included."""
    declared = side.declared["indicators"].get(indicator) or {}
    parts = ((declared.get("data") or {}).get("parts") or {}).values()
    sources = {p["source"]: side.declared["sources"].get(p["source"]) or {} for p in parts if p.get("source")}
    read_by = {key: {n: one.get(n) for n in _READ_BY} for key, one in sources.items()}
    inputs = [_origin(side, p["indicator"]) for p in parts if p.get("indicator")]
    return json.dumps([declared.get("data"), declared.get("disclosure"), read_by, inputs], sort_keys=True)


def _outcomes(side: Side) -> dict[Pair, Outcome]:
    return {(i, c): (status, why) for i, c, status, why in
            side.judged.select("indicator", "ref_area", "status", "reason").iter_rows()}  # fmt: skip


def explain(a: Side, b: Side, pairs: Collection[Pair], changed: pl.DataFrame) -> dict[Pair, Cause]:
    """The cause of each judgement of ``pairs`` that is not what it was. ``changed`` is what `figures` gives."""
    before, now = _outcomes(a), _outcomes(b)
    todo = {pair for pair in pairs if before[pair] != now[pair]}
    if not todo:
        return {}
    again = _Again(a, b, changed.filter(pl.col("indicator").is_in([i for i, _ in todo])))
    at_work = {pair: again.causes(pair) for pair in todo}
    start, end = again.judged(todo, frozenset()), again.judged(todo, frozenset(CAUSES))
    found: dict[Pair, Cause] = {}
    for pair in [*todo]:
        programmed = start.get(pair) != before[pair]
        if (programmed and a.engine == b.engine) or end.get(pair) != now[pair]:
            named = at_work[pair] + ("program",) * (a.engine != b.engine)
            how = "unsure" if len(named) != 1 else "alone"
            found[pair] = Cause(tuple(dict.fromkeys(named)), how)
        elif programmed and start.get(pair) == now[pair]:
            found[pair] = Cause(("program",))
    sets = {pair: [c for c in at_work[pair] if c != "program"] for pair in todo - found.keys()}
    for size in range(1, max(map(len, sets.values()), default=0) + 1):
        hits: dict[Pair, list[tuple[str, ...]]] = {}
        for chosen in combinations([c for c in CAUSES if any(c in has for has in sets.values())], size):
            asked = {pair for pair, has in sets.items() if {*chosen} <= {*has}}
            given = again.judged(asked, frozenset(chosen)) if asked else {}
            for pair in asked:
                if given.get(pair) == now[pair]:
                    hits.setdefault(pair, []).append(chosen)
        for pair, enough in hits.items():
            del sets[pair]
            late = ("program",) * (start.get(pair) != before[pair])
            names = tuple(c for c in CAUSES if any(c in one for one in enough) or c in late)
            how = "together" if size > 1 or late else "each" if len(enough) > 1 else "alone"
            found[pair] = Cause(names, how)
    for pair in sets:  # only all at once: what the program did to figures included
        found[pair] = Cause(at_work[pair], "together" if len(at_work[pair]) > 1 else "alone")
    return found


class _Again:
    """Judges again with some causes switched on and the rest as it was."""

    def __init__(self, a: Side, b: Side, changed: pl.DataFrame) -> None:
        self.a, self.b = a, b
        marked = [
            side.cells.filter(pl.col("breakdown") == TOTAL).unique(KEY, maintain_order=True)
            .join(changed.select(*KEY, "cause"), on=KEY, how="left") for side in (a, b)
        ]
        self.then, self.now = marked
        self.in_figures: dict[Pair, set[str]] = {}
        for indicator, code, cause in changed.select("indicator", "ref_area", "cause").iter_rows():
            self.in_figures.setdefault((indicator, code), set()).add(cause)
        self.outcome = _outcomes(a), _outcomes(b)
        self.mixed = cache(self._mixed)

    def causes(self, pair: Pair) -> tuple[str, ...]:
        """What is not as it was, that may have a part in this judgement."""
        found = set(self.in_figures.get(pair, ()))
        then, now = (side.declared["indicators"][pair[0]] for side in (self.a, self.b))
        for key in then.keys() | now.keys():
            if then.get(key) != now.get(key):
                found.add("target" if key in TARGET else "method" if key in METHOD else "declaration")
        if _roles(self.a).get(pair[1]) != _roles(self.b).get(pair[1]):
            found.add("declaration")
        reasons = [outcome[pair][1] for outcome in self.outcome]
        found |= {"check"} if (reasons[0] == Reason.FAILED_CHECK) != (reasons[1] == Reason.FAILED_CHECK) else set()
        found |= {"source"} if _FAILED & {*reasons} and reasons[0] != reasons[1] else set()
        found |= {"time"} if self.a.as_of != self.b.as_of else set()
        return tuple(c for c in CAUSES if c in found)

    def judged(self, pairs: Collection[Pair], on: frozenset[str]) -> dict[Pair, Outcome]:
        """(status, reason) of each pair, where these causes are as now and all others as before."""
        indicators = {i: made for i in sorted({i for i, _ in pairs}) if (made := self.mixed(i, on))}
        codes = sorted({code for _, code in pairs})
        cells = pl.concat([
            self.then.filter(pl.col("cause").is_null() | ~pl.col("cause").is_in(list(on))).select(*COLUMNS),
            self.now.filter(pl.col("cause").is_in(list(on))).select(*COLUMNS),
        ])
        checked = self.outcome["check" in on]
        findings = [Finding("", Level.ERROR, i, "", c) for (i, c), (_, why) in checked.items() if
                    why == Reason.FAILED_CHECK and i in indicators]  # fmt: skip
        lacking: dict[str, dict[str, Reason]] = {}
        for outcome in self.outcome if on & IN_FIGURES else self.outcome[:1]:
            for (i, c), (_, why) in outcome.items():
                if i in indicators and why in _NOTHING:
                    lacking.setdefault(i, {})[c] = Reason(why)
        as_of = date.fromisoformat((self.b if "time" in on else self.a).as_of)
        frame = judge.assessments(indicators, Series(cells), codes, findings, {}, as_of, lacking=lacking,
                                  roles=_roles(self.b if "declaration" in on else self.a),
                                  until=date.fromisoformat(self.b.as_of))  # fmt: skip
        return {(i, c): (status, why or "") for i, c, status, why in
                frame.select("indicator", "ref_area", "status", "reason").iter_rows()}  # fmt: skip

    def _mixed(self, indicator: str, on: frozenset[str]) -> Indicator | None:
        """The indicator with what these causes changed as now, the rest as before; None where that is no indicator."""
        then, now = (side.declared["indicators"][indicator] for side in (self.a, self.b))
        made: dict[str, Any] = {}
        for key in Indicator.model_fields.keys() - {"checks", "expect"}:
            cause = "target" if key in TARGET else "method" if key in METHOD else "declaration"
            if key in (side := now if cause in on else then):
                made[key] = side[key]
        try:
            return Indicator.model_validate(_given(made))
        except ValueError:  # such as a method of now on a scale of then
            return None


def _given(tree: Any) -> Any:
    """What somebody declared, without the empty places that a declaration written as data is filled up with."""
    if isinstance(tree, dict):
        return {key: _given(value) for key, value in tree.items() if value not in ("", None, [], {})}
    return [_given(item) for item in tree] if isinstance(tree, list) else tree


def _roles(side: Side) -> dict[str, list[str]]:
    return {code: roles for code, place in side.declared["areas"].items()
            if (roles := [role["role"] for role in place.get("roles") or ()])}  # fmt: skip
