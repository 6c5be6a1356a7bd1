"""Which answers of a series are sound: a faulty one never becomes what later ones are compared with.

All answers of a series are gone through once, the oldest first. Each is compared with the last sound one before it
whose figures are others (`before`): bytes that change with each fetch, such as a time of printing, are no change. Where
a check against the vintage before (`CHECKS`) finds an error, the answer is faulty, and stays so until its publisher's
figures come right again or a person accepts them (`accept`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from pathlib import Path

import polars as pl

from monitor import bodies, plugins, vintages
from monitor.errors import MonitorError, SourceUnavailable, UnreadableData
from monitor.fetch import of_day
from monitor.model import Indicator, Selection
from monitor.project import Project
from monitor.results import Finding, Level, Snapshot
from monitor.series import Series

#: the checks that look at the vintage before
CHECKS = ("jump", "shift", "unit", "schema_drift", "revision")
#: an answer is set aside as a whole where this share of the areas of an indicator is at fault
MOST = 0.8
_CHAIN = {"sha256": pl.String, "figures": pl.String, "faulty": pl.Boolean, "before": pl.Int64}
Read = Callable[[Snapshot], pl.DataFrame]


@dataclass(frozen=True)
class Standing:
    """How an answer stands to those before it."""

    before: Snapshot | None  # the last sound answer with other figures, without its bytes where it is shipped or kept
    errors: tuple[Finding, ...] = ()  # what the checks say against it, beside that one
    whole: bool = False  # the answer is at fault, and not just single areas
    accepted: str = ""  # when and why a person accepted it


def standing(project: Project, answer: Snapshot, read: Read, engine: str, as_of: date) -> Standing:
    """Compare an answer with the last sound one before it.

    Args:
        read: gives the rows of an answer, or raises a MonitorError.
        engine: hash of the program: another one looks anew.
        as_of: what a person accepted after this day does not count yet.

    Raises:
        UnreadableData: the store's index is damaged, or the bytes of the sound answer are.
    """
    chain = _until(project, answer)
    readers = _readers(project, answer.source, answer.series)
    accepted = accepted_of(project.store, answer.source, answer.series, as_of)
    rows = _chain(project, chain, readers, accepted, read, engine)
    *_, (_, figures, faulty, before) = rows
    if reason := next((accepted[sha] for sha, told, *_ in rows if sha in accepted and told == figures), ""):
        return Standing(None, accepted=reason)
    if before < 0:
        return Standing(None)
    last = chain[before].load()
    if not faulty:
        return Standing(last)
    return Standing(last, *_compare(project, readers, read(answer), read(last)))


def alike(project: Project, answer: Snapshot, read: Read, engine: str, as_of: date) -> Snapshot | None:
    """The last sound answer before this one that the same reader read, whatever its figures; None where there is none.

    Raises:
        UnreadableData: the store's index is damaged, or the bytes of that answer are.
    """
    chain = _until(project, answer)
    readers = _readers(project, answer.source, answer.series)
    accepted = accepted_of(project.store, answer.source, answer.series, as_of)
    rows = _chain(project, chain, readers, accepted, read, engine)
    sound = (one for one, (sha, _, faulty, _) in zip(reversed(chain), reversed(rows), strict=True)
             if not faulty and sha != answer.sha256 and one.snapshot.reader == answer.reader)  # fmt: skip
    found = next(sound, None)
    return found.load() if found else None


def serving(project: Project, answer: Snapshot, found: Standing, as_of: date) -> tuple[Snapshot, list[Finding]]:
    """The answer that serves, and what is to be said of it.

    Where the answer is at fault as a whole that is the sound one before it; its ``damage`` says so.
    """
    name = (answer.source, answer.series)
    if found.accepted:
        said = f"The figures of {' '.join(name)} of {answer.retrieved[:10]} were {found.accepted}"
        return answer, [Finding("source", Level.NOTE, i.id, said) for i, _ in _readers(project, *name)]
    if not found.whole or found.before is None:
        return answer, []
    newer = answer.damage.rpartition(" The figures of ")[0]  # of an answer that cannot even be read
    told = (f"{newer} The answer of {answer.retrieved[:10]} was set aside: {found.errors[0].message} "
            f"The figures {of_day(found.before, as_of)} serve.").strip()  # fmt: skip
    return replace(
        found.before, unasked=answer.unasked, asked=answer.asked, damage=told, problem=told,
        instead_of=answer.instead_of or answer.sha256,
        instead_of_retrieved=answer.instead_of_retrieved or answer.retrieved), [*found.errors]  # fmt: skip


def told(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of an answer that has figures.

    Raises:
        UnreadableData: it has none.
    """
    if not rows["obs_value"].count():
        raise UnreadableData("The answer holds no figure.")
    return rows


# ------------------------------------------------------------------ what a person accepted


def accept(store: Path, source: str, series: str, sha256: str, when: str, reason: str) -> None:
    """Record for good that a person holds the figures of an answer to be right.

    Raises:
        SourceUnavailable: another process is writing to the store and does not end.
        OSError: the store may not be written.
    """
    line = json.dumps({"source": source, "series": series, "sha256": sha256, "accepted": when, "reason": reason},
                      ensure_ascii=False).encode()  # fmt: skip
    with bodies.alone(store):
        bodies.place(store, f"accepted/{bodies.sha256(line)}.json", line)


def accepted_of(store: Path, source: str, series: str, as_of: date) -> dict[str, str]:
    """The answers of a series that a person accepted up to a day: hash -> when and why."""
    found = {}
    for path in sorted((store / "accepted").glob("*.json")):
        with suppress(OSError, ValueError, KeyError, TypeError):
            line = json.loads(path.read_text(encoding="utf-8"))
            if (line["source"], line["series"]) == (source, series) and line["accepted"][:10] <= as_of.isoformat():
                found[str(line["sha256"])] = f"accepted on {line['accepted'][:10]}: {line['reason']}"
    return found


# ------------------------------------------------------------------ one answer after the other


def _until(project: Project, answer: Snapshot) -> list[vintages.Vintage]:
    """All vintages of a series up to an answer, which is the last of them."""
    chain = [v for v in vintages.every(project.layers, project.store, answer.source, answer.series)
             if v.snapshot.retrieved <= answer.retrieved]  # fmt: skip
    while chain and chain[-1].snapshot.sha256 != answer.sha256 and chain[-1].snapshot.retrieved == answer.retrieved:
        chain.pop()  # of the same instant, and later
    if not chain or chain[-1].snapshot.sha256 != answer.sha256:
        chain.append(vintages.Vintage(replace(answer, bodies=()), 0, lambda: answer))
    return chain


def _readers(project: Project, source: str, series: str) -> list[tuple[Indicator, list[Selection]]]:
    """The indicators that read a series and pass a check against the vintage before, with what they select."""
    found = []
    for indicator in project.indicators.values():
        parts = [part for part in (indicator.data.parts.values() if indicator.data else ())
                 if not part.indicator and (part.source, part.series) == (source, series)]  # fmt: skip
        if parts and not project.checks_of(indicator).keys().isdisjoint(CHECKS):
            found.append((indicator, parts))
    return found


_Row = tuple[str, str, bool, int]  # `_CHAIN`; before: its place in the chain, -1 where there is none


def _chain(
    project: Project, chain: Sequence[vintages.Vintage], readers: Sequence[tuple[Indicator, list[Selection]]],
    accepted: dict[str, str], read: Read, engine: str,
) -> list[_Row]:  # fmt: skip
    """Each answer with the hash of its figures, whether it is faulty, and what it was compared with.

    What was looked at before, by the same program and declarations, is kept and only carried on.
    """
    first = chain[0].snapshot
    declared = [(i.model_dump(mode="json"), project.checks_of(i)) for i, _ in readers]
    key = bodies.rows_key(engine, "", "chain", pl.__version__, first.source, first.series, sorted(accepted), declared,
                          project.sources[first.source].model_dump(mode="json"))
    kept = bodies.rows_get(project.store, key)
    hashes = [v.snapshot.sha256 for v in chain]
    known: list[_Row] = [] if kept is None else kept.rows()
    same = next((n for n, (row, sha) in enumerate(zip(known, hashes, strict=False)) if row[0] != sha),
                min(len(known), len(hashes)))  # fmt: skip
    rows, right = known[:same], {row[1] for row in known[:same] if row[0] in accepted}
    for vintage in chain[same:]:
        one, faulty, before, figures = vintage.snapshot, True, -1, ""
        with suppress(MonitorError):  # what cannot be read is nothing to compare with
            now = read(vintage.load())
            figures = _figures(now)
            before = next((n for n in range(len(rows) - 1, -1, -1) if not rows[n][2] and rows[n][1] != figures), -1)
            if one.sha256 in accepted:
                right.add(figures)
            errors: tuple[Finding, ...] = ()
            if figures and figures not in right and before >= 0:
                errors, _ = _compare(project, readers, now, read(chain[before].load()))
            faulty = not figures or bool(errors)
            _mark(project.store, one, [f.message for f in errors])
        rows.append((one.sha256, figures, faulty, before))
    if len(rows) > len(known) or rows != known[: len(rows)]:
        bodies.rows_put(project.store, key, pl.DataFrame(rows, schema=_CHAIN, orient="row"))
    return rows


def _figures(rows: pl.DataFrame) -> str:
    """One hash over the figures, in whatever order they stand; "" where there are none."""
    if not rows["obs_value"].count():
        return ""
    told = rows.select(sorted(name for name in rows.columns if name != "comment_obs"))
    hashes = told.hash_rows()
    return f"{len(hashes)} {hashes.sum()}"


def _compare(
    project: Project, readers: Sequence[tuple[Indicator, list[Selection]]], now: pl.DataFrame, then: pl.DataFrame
) -> tuple[tuple[Finding, ...], bool]:
    """The errors that only the vintage before brings to light, and whether they are those of the whole answer."""
    found: list[Finding] = []
    whole = False
    for turn in zip_longest(*([(i, part) for part in parts] for i, parts in readers)):
        these, new, old = [], Series.empty(), Series.empty()
        for i, part in filter(None, turn):
            with suppress(MonitorError):  # what it selects is not there: told by whoever reads it
                picked = [Series.pick(rows, i.id, part, "") for rows in (now, then)]
                new, old = Series.concat([new, picked[0]]), Series.concat([old, picked[1]])
                these.append((i, part))
        for name in CHECKS:
            rules = {i.id: (i, project.checks_of(i)[name]) for i, _ in these if name in project.checks_of(i)}
            if rules:
                check = plugins.function("checks", name)
                errors = [f for f in check(new, rules, date.max, old) if f.level is Level.ERROR]
                found += [f for f in errors if f not in check(new, rules, date.max, None)] if errors else []
        there = [set(s.frame.filter(pl.col("obs_value").is_finite()).select("indicator", "ref_area").iter_rows())
                 for s in (new, old)]
        both = there[0] & there[1]
        for i, _ in these:
            areas = {area for key, area in both if key == i.id}
            bad = {f.ref_area for f in found if f.indicator == i.id}
            whole |= "" in bad or (bool(bad) and len(bad) >= MOST * len(areas))
    return tuple(found), whole


def _mark(store: Path, answer: Snapshot, errors: Sequence[str]) -> None:
    """Write down that an answer of the store is faulty, for whoever prunes or looks; take the mark away where not."""
    if answer.origin == "shipped":
        return
    path = store / f"faulty/{answer.sha256}.txt"
    with suppress(OSError, SourceUnavailable):  # a store that cannot be written: it is found out again
        if errors:
            with bodies.alone(store):
                bodies.place(store, f"faulty/{path.name}", ("\n".join(errors) + "\n").encode())
        else:
            path.unlink(missing_ok=True)

