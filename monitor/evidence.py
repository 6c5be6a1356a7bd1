"""Gather the evidence: for each indicator fetch, read, pass the door, pick; what fails is a reason, not a crash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

import polars as pl

from monitor import fetch, formula, period, plugins, protection, vintages
from monitor.errors import MonitorError, SourceUnavailable
from monitor.model import Indicator, Selection
from monitor.project import Project
from monitor.results import Finding, Level, Reason, Snapshot
from monitor.series import KEY, Series

Wanted = tuple[str, str]  # source id, series


@dataclass
class Evidence:
    """All that is known at a date: observations, the answers they were read from, and what went wrong."""

    series: Series
    snapshots: dict[Wanted, Snapshot] = field(default_factory=dict)
    reasons: dict[str, Reason] = field(default_factory=dict)  # indicator -> why it has nothing
    findings: list[Finding] = field(default_factory=list)
    entered: dict[str, frozenset[str]] = field(default_factory=dict)  # indicator on a register -> areas with entries
    #: the cells of guarded series, and which are withheld
    guarded: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=protection.GUARDED))


@cache
def engine_hash() -> str:
    """sha256 over this package's own code: what was made by another engine is made anew."""
    digest = hashlib.sha256()
    root = files("monitor")
    for folder in ("", "readers", "checks", "methods", "outputs"):
        for item in sorted(root.joinpath(folder).iterdir(), key=lambda i: i.name):
            if item.name.endswith((".py", ".csv")):
                digest.update(item.name.encode() + item.read_bytes())
    return digest.hexdigest()


def selections(indicators: Iterable[Indicator]) -> list[tuple[Indicator, str, Selection]]:
    """Every part of every indicator that has data: (indicator, part's name, selection)."""
    return [(i, name, part) for i in indicators if i.data for name, part in i.data.parts.items()]


def gather(
    project: Project,
    indicators: Iterable[Indicator],
    as_of: date,
    *,
    offline: bool,
    now: str,
    progress: Callable[[str], None] = lambda _: None,
    edition: Path | None = None,
) -> Evidence:
    """Observations of the indicators as known at ``as_of``; small counts of guarded series are withheld.

    A source that does not answer or answers nonsense costs only its own indicators: they get a `Reason`
    and a `Finding`, and the others go on.

    Args:
        edition: folder of the edition that this one replaces: what it withheld stays withheld.
    """
    indicators = list(indicators)
    parts = selections(indicators)
    wanted = list(dict.fromkeys((s.source, s.series) for _, _, s in parts))
    answers = fetch.fetch_all(
        [(project.sources[source], series) for source, series in wanted],
        layers=project.layers, store=project.store, offline=offline, as_of=as_of, now=now,
        contact=project.about.contact,
    )
    evidence = Evidence(Series.empty())
    rows: dict[Wanted, pl.DataFrame] = {}
    broken: dict[Wanted, MonitorError] = {}
    for key in wanted:
        answer = answers[key]
        progress(f"{key[0]} {key[1]}")
        if isinstance(answer, MonitorError):
            broken[key] = answer
            continue
        try:
            rows[key] = read(project, answer)
            evidence.snapshots[key] = answer
        except MonitorError as problem:
            broken[key] = problem
    told = protection.remembered(project.store)
    if edition:
        told = pl.concat([told, protection.of_edition(project, rows, edition)])
    evidence.guarded = protection.guard(project, rows, told)
    evidence.findings += protection.findings(indicators, evidence.guarded)
    collected = []
    for indicator in indicators:
        try:
            collected.append(_series(indicator, rows, broken, evidence.snapshots, evidence.guarded))
            parts_kept = [s for i, _, s in parts if i is indicator and s.source in project.registers]
            if parts_kept:
                evidence.entered[indicator.id] = _entered(indicator, parts_kept, rows)
        except MonitorError as problem:
            unavailable = isinstance(problem, SourceUnavailable)
            evidence.reasons[indicator.id] = Reason.UNAVAILABLE if unavailable else Reason.UNREADABLE
            evidence.findings.extend(
                Finding("source", Level.ERROR, indicator.id, sentence) for sentence in problem.problems
            )
    for (source, series), snapshot in evidence.snapshots.items():
        if snapshot.problem:
            stale = [i.id for i, _, s in parts if (s.source, s.series) == (source, series)]
            # the cause is the terminal's to tell: it differs from run to run, and no reader can mend a network
            asked = f"The publisher could not be asked; its answer of {snapshot.retrieved[:10]} serves."
            sentence = " ".join(filter(None, [asked if snapshot.unasked else "", snapshot.damage]))
            evidence.findings.extend(Finding("source", Level.WARNING, i, sentence) for i in dict.fromkeys(stale))
    evidence.series = _until(Series.concat(collected), as_of)
    return evidence


def _until(series: Series, as_of: date) -> Series:
    """What was over by the cut-off date: a period that had not ended then is no figure yet."""
    periods = series.frame["time_period"].unique().to_list()
    return Series(series.frame.filter(pl.col("time_period").is_in([p for p in periods if period.end(p) <= as_of])))


def earlier(project: Project, indicators: Iterable[Indicator], evidence: Evidence) -> Series | None:
    """The same observations as the answers before these gave them, for `revision`; None where there are none."""
    rows: dict[Wanted, pl.DataFrame] = {}
    snapshots = {}
    for key, snapshot in evidence.snapshots.items():
        if snapshot.origin == "shipped":
            continue  # the first answer there is
        try:
            if old := vintages.before(project.layers, project.store, snapshot):
                rows[key], snapshots[key] = read(project, old), old
        except MonitorError:
            continue  # an unreadable past takes nothing from the present
    found = []
    guarded = protection.guard(project, rows)
    for indicator in indicators:
        if indicator.data and all((p.source, p.series) in rows for p in indicator.data.parts.values()):
            with suppress(MonitorError):
                found.append(_series(indicator, rows, {}, snapshots, guarded))
    if not found or not evidence.guarded.height:
        return Series.concat(found) if found else None
    # what is withheld now was perhaps not then: a finding that compares must not tell it
    keys = set(evidence.guarded.select("source", "series").unique().iter_rows())
    theirs = [i.id for i in indicators if i.data and any((p.source, p.series) in keys for p in i.data.parts.values())]
    now = evidence.series.frame.filter(pl.col("indicator").is_in(theirs), obs_status="Q")
    return protection.hide(Series.concat(found), now, KEY)


def read(project: Project, snapshot: Snapshot) -> pl.DataFrame:
    """The rows of an answer, through the door (pandera) once and kept as Parquet from then on."""
    source = project.sources[snapshot.source]
    key = hashlib.sha256(
        json.dumps([engine_hash(), snapshot.sha256, snapshot.reader, snapshot.series, snapshot.fixed, snapshot.unit,
                    source.model_dump(mode="json")], sort_keys=True).encode()
    ).hexdigest()
    kept = vintages.rows_get(project.store, key)
    if kept is not None:
        return kept
    from monitor.checks import shape  # heavy: pandera

    reader = plugins.function("readers", snapshot.reader)
    rows = shape.door(reader(snapshot, source, snapshot.series), source, snapshot.series)
    vintages.rows_put(project.store, key, rows)
    return rows


def _entered(indicator: Indicator, parts: Iterable[Selection], rows: dict[Wanted, pl.DataFrame]) -> frozenset[str]:
    """The areas for which every register an indicator reads has a figure."""
    picked = (Series.pick(rows[p.source, p.series], indicator.id, p, "").frame for p in parts)
    figures = (frame.filter(pl.col("obs_value").is_not_null())["ref_area"].to_list() for frame in picked)
    return frozenset.intersection(*map(frozenset, figures))


def _series(
    indicator: Indicator,
    rows: dict[Wanted, pl.DataFrame],
    broken: dict[Wanted, MonitorError],
    snapshots: dict[Wanted, Snapshot],
    guarded: pl.DataFrame,
) -> Series:
    if indicator.data is None:
        return Series.empty()
    picked = {}
    for name, part in indicator.data.parts.items():
        key = (part.source, part.series)
        if key in broken:
            raise broken[key]
        whole = Series.pick(rows[key], indicator.id, part, snapshots[key].sha256)
        picked[name] = protection.mark(whole, part, rows[key], guarded)
    if indicator.data.formula:
        return formula.combine(indicator.data.formula, picked, indicator.id)
    return next(iter(picked.values()))
