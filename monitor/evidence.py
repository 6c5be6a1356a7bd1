"""Gather the evidence: for each indicator fetch, read, pass the door, pick; what fails is a reason, not a crash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from monitor import (
    bodies,
    cited,
    entries,
    fetch,
    formula,
    period,
    plugins,
    privacy,
    protection,
    quarantine,
    ruptures,
    soundness,
    unreadable,
)
from monitor.checks import schema_drift
from monitor.errors import MonitorError, SourceUnavailable, UnreadableData
from monitor.matrix import Read
from monitor.model import Indicator, Selection
from monitor.project import Project
from monitor.readers import register
from monitor.results import Finding, Level, Reason, Snapshot
from monitor.series import KEY, Series

if TYPE_CHECKING:
    from monitor.gaps import Spread

Wanted = tuple[str, str]  # source id, series


@dataclass
class Evidence:
    """All that is known at a date: observations, the answers they were read from, and what went wrong."""

    series: Series
    snapshots: dict[Wanted, Snapshot] = field(default_factory=dict)
    reasons: dict[str, Reason] = field(default_factory=dict)  # indicator -> why it has nothing
    findings: list[Finding] = field(default_factory=list)
    entered: dict[str, frozenset[str]] = field(default_factory=dict)  # indicator on a register -> areas with entries
    lacking: dict[str, dict[str, Reason]] = field(default_factory=dict)  # indicator with a formula -> area -> why none
    as_of: date = date.max
    failed: dict[Wanted, MonitorError] = field(default_factory=dict)  # series of which there is no answer to work with
    compared: dict[Wanted, Snapshot] | None = None  # the answers before these, once `earlier` has looked for them
    wrong_rows: list[str] = field(default_factory=list)  # of registers: set aside, each with file and line
    #: the cells of guarded series, and which are withheld
    guarded: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=protection.GUARDED))
    #: the observations that failed a check, which ``series`` is without (`monitor.run.assess` sets them aside)
    aside: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=quarantine.ROWS))
    gaps: Sequence[Spread] = ()  # between groups of people
    readings: dict[tuple[str, str], Read] = field(default_factory=dict)  # (indicator, area), see `monitor.guard`


@cache
def engine_hash() -> str:
    """sha256 over this package's own code: what was made by another engine is made anew."""
    digest = hashlib.sha256()
    root = files("monitor")
    for folder in ("", "readers", "checks", "methods", "outputs", "validation"):
        for item in sorted(root.joinpath(folder).iterdir(), key=lambda i: i.name):
            if item.name.endswith((".py", ".csv")):
                digest.update(item.name.encode() + item.read_bytes())
    return digest.hexdigest()


def selections(project: Project, indicators: Iterable[Indicator]) -> list[tuple[Indicator, Selection]]:
    """Everything the indicators read, directly or through the indicators they are computed from."""
    return [(i, part) for i in indicators for part in project.selections(i)]


def gather(
    project: Project,
    indicators: Iterable[Indicator],
    as_of: date,
    *,
    offline: bool,
    now: str,
    progress: Callable[[str], None] = lambda _: None,
    edition: Path | None = None,
    manifest: Mapping[str, Any] | None = None,
) -> Evidence:
    """Observations of the indicators as known at ``as_of``; small counts of guarded series are withheld.

    A source that does not answer or answers nonsense costs only its own indicators: they get a `Reason`
    and a `Finding`, and the others go on.

    Args:
        edition: folder of the edition that this one replaces: what it withheld stays withheld.
        manifest: of an edition that is made again: the answers it cites, and no others.
    """
    indicators = list(indicators)
    parts = selections(project, indicators)
    wanted = list(dict.fromkeys((s.source, s.series) for _, s in parts))
    answers = cited.answers(project, manifest, wanted) if manifest else fetch.fetch_all(
        [(project.sources[source], series) for source, series in wanted],
        layers=project.layers, store=project.store, offline=offline, as_of=as_of, now=now,
        contact=project.about.contact,
    )
    evidence = Evidence(Series.empty(), as_of=as_of)
    rows: dict[Wanted, pl.DataFrame] = {}
    broken: dict[Wanted, MonitorError] = {}
    withheld: dict[Wanted, list[entries.Fault]] = {}
    for key in wanted:
        answer = answers[key]
        progress(f"{key[0]} {key[1]}")
        if isinstance(answer, MonitorError):
            broken[key] = answer
            continue
        try:
            if file := project.sources[key[0]].file:
                privacy.refuse(b"".join(answer.bodies), file, project.hidden)
            evidence.snapshots[key], rows[key] = readable(project, answer, as_of)
            with suppress(MonitorError):  # an unreadable past takes nothing from the present
                serving, said = sound(project, evidence.snapshots[key], as_of)
                rows[key], evidence.snapshots[key] = read(project, serving), serving
                evidence.findings += said
            withheld[key] = set_aside(project, answer)
            evidence.wrong_rows += [fault.said for fault in withheld[key]]
        except MonitorError as problem:
            broken[key] = problem
            evidence.wrong_rows += problem.problems if project.sources[key[0]].file else []
    evidence.failed = broken
    evidence.wrong_rows = [*dict.fromkeys(evidence.wrong_rows)]
    told = protection.remembered(project.store)
    if edition:
        told = pl.concat([told, protection.of_edition(project, rows, edition)])
    evidence.guarded = protection.guard(project, rows, told)
    evidence.findings += protection.findings(indicators, evidence.guarded)
    made = _Made(project, rows, broken, evidence.snapshots, evidence.guarded, as_of)
    for indicator, part in parts:
        for fault in withheld.get((part.source, part.series), ()):
            made.lacking.setdefault(indicator.id, {})[fault.area] = Reason.UNREADABLE
            evidence.findings.append(Finding("source", Level.ERROR, indicator.id, fault.said, fault.area))
    collected = []
    for indicator in indicators:
        try:
            collected.append(made.series(indicator))
            parts_kept = [s for i, s in parts if i is indicator and s.source in project.registers]
            if parts_kept:
                faulty = made.lacking.get(indicator.id, {})  # it has entries, and they cannot be read
                evidence.entered[indicator.id] = _entered(indicator, parts_kept, rows).union(faulty)
        except MonitorError as problem:
            unavailable = isinstance(problem, SourceUnavailable)
            evidence.reasons[indicator.id] = Reason.UNAVAILABLE if unavailable else Reason.UNREADABLE
            evidence.findings.extend(
                Finding("source", Level.ERROR, indicator.id, sentence) for sentence in problem.problems
            )
    for (source, series), snapshot in evidence.snapshots.items():
        if snapshot.problem:
            stale = [i.id for i, s in parts if (s.source, s.series) == (source, series)]
            # the cause is the terminal's to tell: it differs from run to run, and no reader can mend a network
            asked = (f"Asked on {snapshot.asked}, the publisher gave no usable answer; the figures "
                     f"{fetch.of_day(snapshot, as_of)} serve.")  # fmt: skip
            sentence = " ".join(filter(None, [asked if snapshot.unasked else "", snapshot.damage]))
            evidence.findings.extend(Finding("source", Level.WARNING, i, sentence) for i in dict.fromkeys(stale))
    evidence.series = _until(Series.concat(collected), as_of)
    evidence.findings += _shaped(project, indicators, evidence.series)
    evidence.lacking = {i.id: made.lacking[i.id] for i in indicators if i.id in made.lacking}
    return evidence


def sound(project: Project, answer: Snapshot, as_of: date) -> tuple[Snapshot, list[Finding]]:
    """The answer that serves where this one can be read: itself, or the last sound one, which says why; with findings.

    Raises:
        UnreadableData: the store's index or the bytes of the sound one are damaged.
    """
    return soundness.serving(project, answer, _standing(project, answer, as_of), as_of)


def alike(project: Project, answer: Snapshot, as_of: date) -> Snapshot | None:
    """The last sound answer before this one that the same reader read; None where there is none."""
    return soundness.alike(project, answer, lambda s: read(project, s), engine_hash(), as_of)


def _standing(project: Project, snapshot: Snapshot, as_of: date) -> soundness.Standing:
    return soundness.standing(project, snapshot, lambda s: read(project, s), engine_hash(), as_of)


def _until(series: Series, as_of: date) -> Series:
    """What was over by the cut-off date: a period that had not ended then is no figure yet."""
    periods = series.frame["time_period"].unique().to_list()
    return Series(series.frame.filter(pl.col("time_period").is_in([p for p in periods if period.end(p) <= as_of])))


def earlier(project: Project, indicators: Iterable[Indicator], evidence: Evidence) -> Series | None:
    """The same observations as the answers before these gave them; None where there are none.

    An indicator computed from several series is computed from the earlier answers of those that have one.
    """
    if evidence.compared is None:
        evidence.compared = {}
        for key, snapshot in evidence.snapshots.items():
            if not project.sources[key[0]].file:  # a register is one file, of which there is no vintage
                with suppress(MonitorError):  # an unreadable past takes nothing from the present
                    if old := _standing(project, snapshot, evidence.as_of).before:
                        evidence.compared[key] = old
    reads = {i.id: {(p.source, p.series) for p in project.selections(i)} for i in indicators}
    touched = [i for i in indicators if reads[i.id] & evidence.compared.keys()]
    if not touched:
        return None
    return known(project, touched, {**evidence.snapshots, **evidence.compared}, evidence)


def known(
    project: Project, indicators: Iterable[Indicator], snapshots: Mapping[Wanted, Snapshot], evidence: Evidence
) -> Series | None:
    """What the indicators were by other answers than those of now; None where these give nothing.

    Args:
        evidence: what is known now. What it withholds is withheld here too: a comparison must not tell it.
    """
    indicators = list(indicators)
    reads = {i.id: {(p.source, p.series) for p in project.selections(i)} for i in indicators}
    rows: dict[Wanted, pl.DataFrame] = {}
    for key in {key for keys in reads.values() for key in keys if key in snapshots}:
        with suppress(MonitorError):
            rows[key] = read(project, snapshots[key])
    made = _Made(project, rows, {}, dict(snapshots), protection.guard(project, rows), evidence.as_of)
    found = []
    for indicator in indicators:
        if reads[indicator.id] and reads[indicator.id] <= rows.keys():
            with suppress(MonitorError):
                found.append(made.series(indicator))
    if not found:
        return None
    series = _until(Series.concat(found), evidence.as_of)
    if not evidence.guarded.height:
        return series
    keys = set(evidence.guarded.select("source", "series").unique().iter_rows())
    theirs = [i for i, read_by in reads.items() if read_by & keys]
    now = evidence.series.frame.filter(pl.col("indicator").is_in(theirs), obs_status="Q")
    return protection.hide(series, now, KEY)


def drift(project: Project, indicators: Iterable[Indicator], evidence: Evidence) -> list[Finding]:
    """What changed in the form of answers that the same reader read before (`checks.schema_drift`)."""
    found: list[Finding] = []
    users: dict[Wanted, dict[str, None]] = {}
    for indicator in indicators:
        for part in project.selections(indicator) if "schema_drift" in project.checks_of(indicator) else ():
            users.setdefault((part.source, part.series), {})[indicator.id] = None
    for key, old in (evidence.compared or {}).items():
        now = evidence.snapshots.get(key)
        if now and now.reader == old.reader and key in users:
            with suppress(MonitorError):  # an unreadable past takes nothing from the present
                found += schema_drift.drifted(read(project, now), read(project, old), " ".join(key), users[key])
    return found


def _shaped(project: Project, indicators: Iterable[Indicator], series: Series) -> list[Finding]:
    """The door (pandera) for what a formula made; what was picked from rows has passed it with them. Once for the same
    figures: what was sound is remembered by its hash."""
    unknown: dict[str, tuple[Indicator, dict[str, str]]] = {}
    stamps = {}
    for indicator in indicators:
        if indicator.data and indicator.data.formula:
            hashes = series.frame.filter(indicator=indicator.id).hash_rows()
            stamp = bodies.rows_key(engine_hash(), "", indicator.id, len(hashes), hashes.sum())
            if bodies.rows_get(project.store, stamp) is None:
                unknown[indicator.id], stamps[indicator.id] = (indicator, {}), stamp
    if not unknown:
        return []
    from monitor.checks import shape  # heavy: pandera

    found = shape.check(series, unknown, date.max, None)
    for key in stamps.keys() - {f.indicator for f in found}:
        bodies.rows_put(project.store, stamps[key], pl.DataFrame({"sound": [True]}))
    return found


def read(project: Project, snapshot: Snapshot) -> pl.DataFrame:
    """The rows of an answer, through the door (pandera) once and kept as Parquet from then on."""
    source = project.sources[snapshot.source]
    key = bodies.rows_key(engine_hash(), snapshot.sha256, snapshot.reader, snapshot.series, snapshot.fixed,
                          snapshot.unit, source.model_dump(mode="json"))
    kept = bodies.rows_get(project.store, key)
    if kept is not None:
        return kept
    from monitor.checks import shape  # heavy: pandera

    reader = plugins.function("readers", snapshot.reader)
    rows = shape.door(reader(snapshot, source, snapshot.series), source, snapshot.series)
    bodies.rows_put(project.store, key, rows)
    return rows


def set_aside(project: Project, snapshot: Snapshot) -> list[entries.Fault]:
    """The rows of a register that are wrong, with the areas that have no figures for it; looked for once."""
    source = project.sources[snapshot.source]
    if not source.file or source.reader != "register":
        return []
    key = bodies.rows_key(engine_hash(), snapshot.sha256, "aside", snapshot.series, source.model_dump(mode="json"))
    kept = bodies.rows_get(project.store, key)
    if kept is None:
        faults = register.aside(snapshot, source, snapshot.series)
        kept = pl.DataFrame(faults, schema={"line": pl.Int64, "area": pl.String, "said": pl.String}, orient="row")
        bodies.rows_put(project.store, key, kept)
    return [entries.Fault(*row) for row in kept.rows()]


def readable(project: Project, answer: Snapshot, as_of: date) -> tuple[Snapshot, pl.DataFrame]:
    """An answer with its rows; where it cannot be read, the last good one before it, which says so.

    Raises:
        MonitorError: it cannot be read and none before it can.
    """
    register_of_ours = project.sources[answer.source].file  # is mended by hand, and no older one serves
    try:
        rows = read(project, answer)
    except UnreadableData as problem:
        if register_of_ours:
            raise
        return unreadable.instead(project.layers, project.store, answer, problem, as_of, lambda s: read(project, s))
    accepted = soundness.accepted_of(project.store, answer.source, answer.series, as_of)
    if not (register_of_ours or rows["obs_value"].count() or answer.sha256 in accepted):
        with suppress(UnreadableData):  # no older one has figures either
            name = f"{answer.source} {answer.series}"
            empty = UnreadableData(f"{name}: the answer holds no figure, though an earlier one "
                                   "did. If the publisher withdrew the series: monitor vintages accept.")
            return unreadable.instead(
                project.layers, project.store, answer, empty, as_of, lambda s: soundness.told(read(project, s)))
    unreadable.clear(project.store, answer)
    return answer, rows


def _entered(indicator: Indicator, parts: Iterable[Selection], rows: dict[Wanted, pl.DataFrame]) -> frozenset[str]:
    """The areas for which every register an indicator reads has a figure."""
    picked = (Series.pick(rows[p.source, p.series], indicator.id, p, "").frame for p in parts)
    figures = (frame.filter(pl.col("obs_value").is_not_null())["ref_area"].to_list() for frame in picked)
    return frozenset.intersection(*map(frozenset, figures))


@dataclass
class _Made:
    """The Series of indicators, each made once, also where others are computed from it."""

    project: Project
    rows: dict[Wanted, pl.DataFrame]
    broken: dict[Wanted, MonitorError]
    snapshots: dict[Wanted, Snapshot]
    guarded: pl.DataFrame
    as_of: date = date.max
    lacking: dict[str, dict[str, Reason]] = field(default_factory=dict)
    known: dict[str, Series] = field(default_factory=dict)

    def series(self, indicator: Indicator) -> Series:
        """Picked from a source or computed by a formula.

        Raises:
            MonitorError: a source behind it did not answer or cannot be read.
        """
        if indicator.id not in self.known:
            self.known[indicator.id] = ruptures.mark(self._series(indicator), indicator)
        return self.known[indicator.id]

    def _series(self, indicator: Indicator) -> Series:
        data = indicator.data
        if data is None:
            return Series.empty()
        picked = {name: self._part(indicator, part) for name, part in data.parts.items()}
        if not data.formula:
            return next(iter(picked.values()))
        picked = {name: _until(part, self.as_of) for name, part in picked.items()}
        made = formula.combine(data.formula, picked, indicator.id)
        below = (self.lacking.get(part.indicator, {}) for part in data.parts.values())
        without = {code: Reason.MISSING_INPUT for found in below for code in found}
        self.lacking[indicator.id] = without | formula.lacking(picked, made) | self.lacking.get(indicator.id, {})
        return protection.computed(self.project, indicator, made)

    def _part(self, indicator: Indicator, part: Selection) -> Series:
        if part.indicator:
            return self.series(self.project.indicators[part.indicator])
        key = (part.source, part.series)
        if key in self.broken:
            raise self.broken[key]
        whole = Series.pick(self.rows[key], indicator.id, part, self.snapshots[key].sha256)
        return protection.mark(whole, part, self.rows[key], self.guarded)
