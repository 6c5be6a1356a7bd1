"""The straight line: load -> fetch -> read -> check -> assess -> compose -> render -> publish."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from monitor import (
    area,
    before,
    changed,
    cited,
    compose,
    composite_table,
    edition,
    evidence,
    gaps,
    grade,
    guard,
    judge,
    network,
    page,
    plugins,
    protection,
    quarantine,
    reasoning,
    restated,
    site_editions,
    swap,
    translated,
)
from monitor.composite_model import Composite
from monitor.errors import DefinitionError
from monitor.evidence import Evidence
from monitor.model import Indicator, Source
from monitor.project import Project
from monitor.render import render_pages, render_quality
from monitor.results import Assessment, Edition, Finding, Level, Reasoning
from monitor.scorecard import Scorecard
from monitor.series import Series
from monitor.site import Earlier
from monitor.validation import plan as validation
from monitor.words import Words

#: what an edition is made of by default; every plug-in of ``monitor.outputs`` may be asked for, and ``quality``: the
#: test of what is expected of the figures (`monitor.validation`), which the command line adds to ``data``
FORMATS = ("html", "pdf", "annex", "data")
#: so many series that are not what they should be are told one by one
LISTED = 10


@dataclass(frozen=True)
class Judged:
    """What is known and what is said about it, before any page is made."""

    evidence: Evidence
    findings: list[Finding]
    assessments: list[Assessment]
    areas: tuple[str, ...]
    past: before.Past = field(default_factory=before.Past)
    indicators: Mapping[str, Indicator] = field(default_factory=dict)
    as_of: date = date.min
    earlier: tuple[Earlier, ...] = ()  # the editions before, oldest first

    @cached_property
    def reasonings(self) -> dict[tuple[str, str], Reasoning]:
        """Why each status is what it is; worked out where it is first asked for."""
        return reasoning.reasonings(self.indicators, self.evidence.series, self.assessments, self.as_of)
    composites: tuple[composite_table.Table, ...] = ()  # each over its own areas


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
    languages: Sequence[str] = (),
    manifest: Mapping[str, Any] | None = None,
    since: str = "",
    made_in: Path | None = None,
    progress: Callable[[str, str], None] = lambda step, detail: None,
) -> Edition:
    """Make one edition. ``now`` (ISO 8601) stamps what is fetched; nothing else depends on the clock.

    Args:
        languages: the first stands at the root of the edition, each other one in a folder of its own. Default: the
            project's.
        manifest: of an edition that is made again: from the answers it cites, and no others.
        since: the edition before, by folder or name; ``none`` for no comparison; "" for the newest there is.
        made_in: the folder of the edition that is made again.
    """
    name = name or "-".join([as_of.isoformat(), *(areas if len(areas) <= 3 else [f"{len(areas)}-areas"])])
    if Path(name).name != name or name in ("", ".", ".."):
        raise DefinitionError(f"'{name}' is no name for an edition: expected one without slashes, such as 2026-11.")
    folder = out or home(project) / "editions" / name
    swap.mend(folder)
    tongues = translated.spoken(project, tuple(dict.fromkeys(languages)) or project.languages)
    words = tongues[0][1]
    every = (project.indicators.values(), project.sources.values())
    loaded = validation.ahead(project.store, *every) if "quality" in formats else None
    judged = assess(project, as_of=as_of, now=now, areas=areas, offline=offline, progress=progress, replaces=folder,
                    manifest=manifest)  # fmt: skip
    judged.findings.extend(names(project))
    places = (folder.parent, home(project) / "editions")
    judged = replace(judged, past=before.made(
        project, places, folder, as_of, judged.areas, since, manifest, made_in,
        lambda: before.side(project, judged.evidence, judged.assessments, judged.areas, name, as_of)))
    judged = replace(judged, earlier=site_editions.earlier(judged.past, folder, manifest))
    judged = replace(judged, composites=tuple(
        composite(project, declared, judged.evidence, as_of) for declared in project.composites.values()))
    expected = plan_of(project, judged.evidence, judged.areas, *every) if "quality" in formats else None
    if expected and not expected.expectations:  # nothing is expected: there is nothing to show
        expected, formats = None, [form for form in formats if form != "quality"]
    with validation.started(project.store, expected, loaded) as validated:
        cards: list[Scorecard] = []
        parts: list[edition.Part] = []
        pages: list[Iterator[tuple[str, bytes]]] = []
        unprinted = []
        for said, spoken in tongues:
            forms, without = page.without(formats, spoken)
            unprinted += [without] if without else []
            told = compose.compose(
                said, spoken, judged.evidence, judged.assessments, judged.findings, judged.areas, as_of, name, forms,
            judged.reasonings,
            )
            told = [changed.onto(said, spoken, judged.past.told, card) for card in told]
            of_this, made = render_pages(said, spoken, told, judged, folder, forms, progress)
            parts, pages, cards = [*parts, *of_this], [*pages, made], cards or told
        made_from = edition.manifest(project, judged.evidence, judged.areas, as_of, name, formats, words.among)
        made_from["since"] = judged.past.as_data()
        made_from["earlier"] = [asdict(one) for one in judged.earlier]
        edition.may_replace(folder, made_from)

        def late() -> list[edition.Part]:
            return render_quality(project, words, cards, judged, expected, validated()) if expected else []

        cited.record(project.store, made_from)  # before it stands there: it is never made of what may be pruned
        written, kept = edition.publish(folder, parts, chain(*pages), made_from, late)
        outcome = validated()
    protection.remember(project.store, judged.evidence.guarded, judged.areas)
    return Edition(
        str(folder), name, as_of, judged.areas, written, kept, len(judged.findings) + len(outcome.findings()),
        edition.tally(judged.assessments), (*notes(words, judged), *outcome.notes()), tuple(formats),
        tuple(judged.evidence.wrong_rows), tuple(unprinted),
    )


def plan_of(
    project: Project, gathered: Evidence, areas: Sequence[str], indicators: Collection[Indicator],
    sources: Collection[Source],
) -> validation.Plan:
    """What is expected of the figures of these areas, the earlier vintage of those that may not drift included."""
    drifting = [indicator for indicator in indicators if indicator.expect.drift]
    before = evidence.earlier(project, drifting, gathered) if drifting else None
    used = sources_of(project, indicators)
    return validation.plan(gathered, before, areas, indicators, [s for s in sources if s in used])


def sources_of(project: Project, indicators: Collection[Indicator]) -> list[Source]:
    """The sources these indicators read, in the order of their names."""
    used = {part.source for indicator in indicators for part in project.selections(indicator)}
    return [source for name, source in project.sources.items() if name in used]


def home(project: Project) -> Path:
    """Where editions stand: beside the project, or in the current folder where the project may not be written to."""
    return project.folder if project.store.parent == project.folder else Path()


def notes(words: Words, judged: Judged) -> tuple[str, ...]:
    """What a person at the terminal must know: where the figures came from, and what could not be had or read."""
    told = [compose.shipped_sentence(words, judged.evidence)]
    told += compose.wrong_sentences(words, sum(f.check == "declaration" for f in judged.findings))
    every = [s.problem for s in judged.evidence.snapshots.values() if s.problem]
    troubles = [problem for problem in every if network.YOU not in problem]
    if here := [problem for problem in every if network.YOU in problem]:  # one cause on this machine: said once
        told.append(f"{len(here)} series could not be asked, the first because: {here[0]}")
    if troubles:
        told.append(f"{len(troubles)} series are not what they should be:")
        told += [f"  {problem}" for problem in troubles[:LISTED]]
        if (more := len(troubles) - LISTED) > 0:
            told.append(f"  and {more} more")
    errors = [f for f in judged.findings if f.check == "source" and f.level is Level.ERROR and not f.ref_area]
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
    manifest: Mapping[str, Any] | None = None,
) -> Judged:
    """Fetch, read, check and judge. Every indicator and area gets an Assessment, with a reason if not a status."""
    chosen = tuple(dict.fromkeys(area.require(a, tuple(project.places)) for a in areas)) or project.scorecards
    if groups := [a for a in chosen if area.kind(a) == "group"]:
        raise DefinitionError(f"{', '.join(groups)} is a group of countries: a scorecard is for one country or place.")
    asked = list(indicators if indicators is not None else project.indicators.values())
    wanted = with_inputs(project, asked)
    gathered = evidence.gather(
        project, wanted, as_of, offline=offline, now=now, progress=lambda detail: progress("read", detail),
        edition=replaces, manifest=manifest,
    )
    before = evidence.earlier(project, wanted, gathered)
    progress("assess", "")
    told = wrong(project, gathered.wrong_rows) + gathered.findings + evidence.drift(project, wanted, gathered)
    verdict = _verdict(project, asked, gathered, chosen, told, as_of, before)
    material = _material(project, asked, gathered, chosen, verdict.assessments, as_of, before)
    gathered.series, gathered.aside = verdict.aside.series, verdict.aside.rows
    expected = validation.warnings(gathered.series.frame, before, chosen, asked, sources_of(project, asked))
    graded = grade.grade(project, {i.id: i for i in asked}, gathered.series, gathered.aside,
                         verdict.withholding + material + expected, verdict.assessments, as_of)
    gathered.gaps = _gaps(project, asked, gathered, chosen, verdict.withholding, as_of)
    gathered.readings = guard.readings(project.indicators, gathered.series, graded, as_of)
    return Judged(gathered, verdict.findings + material + expected, guard.told(graded, gathered.readings), chosen,
                  indicators={i.id: i for i in asked}, as_of=as_of)


def _gaps(
    project: Project, asked: Sequence[Indicator], gathered: Evidence, areas: Sequence[str],
    withholding: Sequence[Finding], as_of: date,
) -> list[gaps.Spread]:
    """How far apart the groups of people are, each group judged as all are."""
    by_id = {i.id: i for i in asked}
    alone, series, findings = gaps.apart(by_id, gathered.series, withholding)
    judged = judge.judge(alone, series, areas, findings, {}, as_of, roles=project.roles)
    return gaps.find(by_id, gathered.series, areas, as_of, judged)


def with_inputs(project: Project, indicators: Iterable[Indicator]) -> list[Indicator]:
    """The indicators, those they are read with (`monitor.guard`), and those that these are computed from."""
    found = {i.id: i for i in indicators}
    found |= {key: project.indicators[key] for i in [*found.values()] if i.reading_matrix
              for key in i.reading_matrix.named if key in project.indicators}
    for indicator in [*found.values()]:
        found |= project.inputs(indicator)
    return [*found.values()]


def composite(project: Project, declared: Composite, gathered: Evidence, as_of: date) -> composite_table.Table:
    """One composite over its own areas, from figures that passed the checks; ``gathered`` holds its parts."""
    asked = {part.indicator: project.indicators[part.indicator] for part in declared.parts}
    areas = declared.codes(project.scorecards)
    judged = _verdict(project, [*asked.values()], gathered, areas, gathered.findings, as_of, None)
    return composite_table.table(declared, asked, areas, judged.assessments, judged.aside.series)


class _Verdict(NamedTuple):
    findings: list[Finding]
    withholding: list[Finding]  # those that count for the judge
    aside: quarantine.Quarantine
    assessments: list[Assessment]


def _verdict(
    project: Project, asked: Sequence[Indicator], gathered: Evidence, areas: Sequence[str], told: Sequence[Finding],
    as_of: date, before: Series | None,
) -> _Verdict:
    """Check, set aside what fails, judge."""
    now = check(project, with_inputs(project, asked), gathered.series, as_of, before)
    found = [*told, *now]
    # checks see every area, for coverage and comparison; an edition reports what concerns its own
    findings = [f for f in found + inherited(project, asked, found) if f.ref_area in ("", *areas)]
    # an error told of a whole answer has been dealt with: an older one serves
    faults = [f for f in told if f.cells] + now
    aside = quarantine.set_aside(gathered.series, faults + inherited(project, asked, faults))
    withholding = aside.withholding(findings)
    by_id = {i.id: i for i in asked}
    lacking = {i: {**gathered.lacking.get(i, {}), **aside.nothing_left.get(i, {})} for i in by_id}
    judged = judge.judge(
        by_id, aside.series, areas, withholding, gathered.reasons, as_of, gathered.entered, lacking, project.roles,
    )
    return _Verdict(findings, withholding, aside, judged)


def _material(
    project: Project, asked: Sequence[Indicator], gathered: Evidence, areas: Sequence[str],
    judged: Sequence[Assessment], as_of: date, before: Series | None,
) -> list[Finding]:
    """What would be judged otherwise had the publisher not rewritten the past: judged again, all at once."""
    if before is None:
        return []
    then, pairs = restated.with_earlier(gathered.series, before)
    again = [i for i in asked if any(i.id == changed and code in areas for changed, code in pairs)]
    if not again:
        return []
    other = _verdict(project, again, replace(gathered, series=then), areas, gathered.findings, as_of, None)
    words = project.words(project.languages[0])
    return restated.findings(words, {i.id: i for i in again}, pairs, judged, other.assessments)


def inherited(project: Project, indicators: Iterable[Indicator], findings: Iterable[Finding]) -> list[Finding]:
    """What withholds the judgement on an indicator withholds that on all that is computed from it."""
    errors: dict[str, list[Finding]] = {}
    for one in findings:
        if one.level is Level.ERROR and one.check != "source":  # a source that failed is named by each of its readers
            errors.setdefault(one.indicator, []).append(one)
    return [
        replace(one, indicator=indicator.id, message=f"Of {key}, from which this is computed: {one.message}")
        for indicator in indicators for key in project.inputs(indicator) for one in errors.get(key, ())
    ]


def wrong(project: Project, rows: Sequence[str] = ()) -> list[Finding]:
    """What is wrong in declarations and rows of registers, under its indicator or item: what the edition is without."""
    found = []
    for problem in project.problems:
        for layer in project.layers:
            problem = problem.replace(f"{layer}/", "")
        named = re.search(r"\((\S+?)\)", problem)
        found.append(Finding("declaration", Level.WARNING, named[1] if named else "", problem))
    return found + [Finding("declaration", Level.WARNING, "", row) for row in rows]


def names(project: Project) -> list[Finding]:
    """What may be the name of a private person, in the mandate and the registers; masked, since it is published."""
    return [Finding("privacy", Level.WARNING, "", said) for said in project.doubts()]


def check(
    project: Project, indicators: Sequence[Indicator], series: Series, as_of: date, before: Series | None
) -> list[Finding]:
    """Run every declared check once, over all the indicators that declare it."""
    rules: dict[str, dict[str, tuple[Indicator, Mapping[str, Any]]]] = {}
    for indicator in indicators:
        for name, options in project.checks_of(indicator).items() if indicator.data else ():
            rules.setdefault(name, {})[indicator.id] = (indicator, options)
    found: list[Finding] = []
    for name, theirs in rules.items():
        found += plugins.function("checks", name)(series, theirs, as_of, before)
    rank = {level: n for n, level in enumerate(Level)}
    return sorted(found, key=lambda f: (rank[f.level], f.indicator, f.check, f.ref_area, f.time_period, f.message))
