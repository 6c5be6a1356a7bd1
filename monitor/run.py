"""The straight line: load -> fetch -> read -> check -> assess -> compose -> render -> publish."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from monitor import area, compose, edition, evidence, judge, plugins, protection
from monitor.errors import DefinitionError
from monitor.evidence import Evidence
from monitor.model import Indicator
from monitor.project import Project
from monitor.render import render_pages
from monitor.results import Assessment, Edition, Finding, Level
from monitor.words import Words

#: what an edition is made of by default; every plug-in of ``monitor.outputs`` may be asked for
FORMATS = ("html", "pdf", "data")


@dataclass(frozen=True)
class Judged:
    """What is known and what is said about it, before any page is made."""

    evidence: Evidence
    findings: list[Finding]
    assessments: list[Assessment]
    areas: tuple[str, ...]


def run(
    project: Project,
    *,
    as_of: date,
    now: str,
    areas: Sequence[str] = (),
    name: str = "",
    out: Path | None = None,
    formats: Sequence[str] = FORMATS,
    offline: bool = False,
    language: str = "",
    progress: Callable[[str, str], None] = lambda step, detail: None,
) -> Edition:
    """Make one edition. ``now`` (ISO 8601) stamps what is fetched; nothing else depends on the clock."""
    name = name or "-".join([as_of.isoformat(), *(areas if len(areas) <= 3 else [f"{len(areas)}-areas"])])
    if Path(name).name != name or name in ("", ".", ".."):
        raise DefinitionError(f"'{name}' is no name for an edition: expected one without slashes, such as 2026-11.")
    folder = out or home(project) / "editions" / name
    words = project.words(language or project.languages[0])
    judged = assess(project, as_of=as_of, now=now, areas=areas, offline=offline, progress=progress, replaces=folder)
    cards = compose.compose(
        project, words, judged.evidence, judged.assessments, judged.findings, judged.areas, as_of, name, formats
    )
    parts, made = render_pages(project, words, cards, judged, folder, formats, progress)
    manifest = edition.manifest(project, judged.evidence, judged.areas, as_of, name)
    edition.may_replace(folder, manifest)
    written, kept = edition.publish(folder, parts, made, manifest)
    protection.remember(project.store, judged.evidence.guarded, judged.areas)
    return Edition(
        str(folder), name, as_of, judged.areas, written, kept, len(judged.findings),
        edition.tally(judged.assessments), notes(words, judged), tuple(formats),
    )


def home(project: Project) -> Path:
    """Where editions stand: beside the project, or in the current folder where the project may not be written to."""
    return project.folder if project.store.parent == project.folder else Path()


def notes(words: Words, judged: Judged) -> tuple[str, ...]:
    """What a person at the terminal must know: where the figures came from, and what could not be had or read."""
    told = [compose.shipped_sentence(words, judged.evidence)]
    troubles = [s.problem for s in judged.evidence.snapshots.values() if s.problem]
    if troubles:
        told.append(f"{len(troubles)} series are not what they should be, the first because: {troubles[0]}")
    errors = [f for f in judged.findings if f.check == "source" and f.level is Level.ERROR]
    if errors:
        without = len({f.indicator for f in errors})
        told.append(f"{without} indicators have no figures, the first because: {errors[0].message}")
    return tuple(filter(None, told))


def assess(
    project: Project,
    *,
    as_of: date,
    now: str,
    areas: Sequence[str] = (),
    indicators: Iterable[Indicator] | None = None,
    offline: bool = False,
    progress: Callable[[str, str], None] = lambda step, detail: None,
    replaces: Path | None = None,
) -> Judged:
    """Fetch, read, check and judge. Every indicator and area gets an Assessment, with a reason if not a status."""
    chosen = tuple(dict.fromkeys(area.require(a, tuple(project.places)) for a in areas)) or project.scorecards
    if groups := [a for a in chosen if area.kind(a) == "group"]:
        raise DefinitionError(f"{', '.join(groups)} is a group of countries: a scorecard is for one country or place.")
    wanted = list(indicators if indicators is not None else project.indicators.values())
    gathered = evidence.gather(
        project, wanted, as_of, offline=offline, now=now, progress=lambda detail: progress("read", detail),
        edition=replaces,
    )
    # checks see every area, for coverage and comparison; an edition reports what concerns its own
    findings = [f for f in gathered.findings + check(project, wanted, gathered, as_of) if f.ref_area in ("", *chosen)]
    progress("assess", "")
    assessments = judge.judge(
        {i.id: i for i in wanted}, gathered.series, chosen, findings, gathered.reasons, as_of, gathered.entered
    )
    return Judged(gathered, findings, assessments, chosen)


def check(project: Project, indicators: Sequence[Indicator], gathered: Evidence, as_of: date) -> list[Finding]:
    """Run every declared check once, over all the indicators that declare it."""
    rules: dict[str, dict[str, tuple[Indicator, Mapping[str, Any]]]] = {}
    for indicator in indicators:
        for name, options in indicator.checks.items():
            rules.setdefault(name, {})[indicator.id] = (indicator, options)
    before = evidence.earlier(project, indicators, gathered)
    found: list[Finding] = []
    for name, theirs in rules.items():
        found += plugins.function("checks", name)(gathered.series, theirs, as_of, before)
    rank = {level: n for n, level in enumerate(Level)}
    return sorted(found, key=lambda f: (rank[f.level], f.indicator, f.check, f.ref_area, f.time_period, f.message))
