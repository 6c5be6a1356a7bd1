"""The page of one indicator: what it counts, who asked for it, how it is judged, and how every area stands.

Made from the scorecards of an edition, so that both say the same. Paths are those seen from ``indicators/ID.html``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor import pages_figure, pages_text
from monitor.model import Indicator
from monitor.pages_figure import Multiples
from monitor.project import Project
from monitor.results import Reason, Status
from monitor.scorecard import Citation, Count, Line, Scorecard
from monitor.told import Figure
from monitor.words import Words

#: a figure with one of these is there, and too poor to colour a recommendation by
NOT_RECENT = (Reason.TOO_OLD, Reason.SUPERSEDED, Reason.FAILED_CHECK)
ORDER = [s.value for s in Status]


@dataclass(frozen=True)
class Asked:
    """A text of the mandate that an indicator answers."""

    id: str
    title: str  # of the recommendation, or of the other item, that it is of
    text: str  # the words that ask, verbatim; "" where the title says it
    translation: str
    href: str


@dataclass(frozen=True)
class AreaRow:
    """How one area stands by one indicator."""

    area: str
    name: str
    href: str
    latest: Figure
    margin: str  # of uncertainty, as its publisher gives it
    base: Figure | None
    group: Figure | None  # the group of countries it is compared with
    status: str
    status_text: str
    reason_text: str


@dataclass(frozen=True)
class IndicatorPage:
    id: str
    title: str
    definition: str
    kind_text: str
    added: bool  # by the project; no document names it
    unit: str
    direction_text: str
    asked: tuple[Asked, ...]
    promised: tuple[str, ...]
    rules: tuple[str, ...]
    reading: str
    caveats: tuple[str, ...]
    purpose: str
    do_no_harm: str
    self_identification: str
    disclosure: str
    companions: tuple[tuple[str, str], ...]  # id, title
    gcm: tuple[str, ...]
    sdg: tuple[str, ...]
    counts: tuple[Count, ...]  # of areas, by status
    rows: tuple[AreaRow, ...]  # areas with a figure, by name
    absent: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]  # reason -> (name, href) of the areas without one
    outside: tuple[tuple[str, tuple[str, ...]], ...]  # why it is not meant for some areas -> their names
    citations: tuple[Citation, ...]
    declared: tuple[tuple[str, str, str], ...]  # where there is none: publisher, title, address
    meant: bool  # for some area of the edition
    course: Multiples | None
    downloads: tuple[tuple[str, str], ...]


def pages(
    project: Project, words: Words, cards: Sequence[Scorecard], formats: Sequence[str] = ()
) -> Iterator[IndicatorPage]:
    """One page for each indicator, in the order of the project."""
    by_name = sorted(cards, key=lambda card: card.name)
    lines: dict[str, dict[str, Line]] = {}
    for card in by_name:
        for line in card.lines():
            lines.setdefault(line.id, {})[card.area] = line
    for indicator in project.indicators.values():
        yield _page(project, words, by_name, indicator, lines.get(indicator.id, {}), formats)


def _page(
    project: Project, words: Words, cards: Sequence[Scorecard], one: Indicator, lines: Mapping[str, Line],
    formats: Sequence[str],
) -> IndicatorPage:
    names = {card.area: card.name for card in cards}
    with_figure = {code: line for code, line in lines.items() if line.latest}
    course = pages_figure.multiples(words, one, [(names[code], line) for code, line in with_figure.items()])
    citations = next((line.citations for line in with_figure.values() if line.citations), ())
    if course:
        course = pages_figure.sourced(words, course, citations, cards[0])
    up = f"../{words.root}data/indicators/{one.id}"
    links = [(f"{up}.csv", "figures")] if "data" in formats and with_figure else []
    links += [(f"{up}-areas.csv", "judgements")] if "data" in formats else []
    links += [(f"{one.id}.{form}", form) for form in (course.forms if course else ())]
    return IndicatorPage(
        id=one.id, title=one.title, definition=one.definition, kind_text=words(f"kind.{one.kind}"),
        added=one.added_by == "project", unit=one.unit, direction_text=words(f"direction.{one.direction}"),
        asked=tuple(asked(project, words, name) for name in one.answers),
        promised=pages_text.promised(project, words, one), rules=pages_text.rules(project, words, one),
        reading=one.reading, caveats=(*one.caveats, *pages_text.unconfirmed(words, one)), purpose=one.purpose,
        do_no_harm=one.do_no_harm, self_identification=one.self_identification,
        disclosure=pages_text.disclosure(words, one),
        companions=tuple((i, project.indicators[i].title) for i in one.companions if i in project.indicators),
        gcm=pages_text.objectives(project, words, one.gcm), sdg=tuple(one.sdg), counts=counts(lines.values()),
        rows=tuple(_row(names[code], line, code) for code, line in with_figure.items()),
        absent=_absent(names, lines),
        outside=_outside(cards, one.id),
        citations=citations, declared=() if citations else _declared(project, one),
        meant=bool(lines), course=course,
        downloads=tuple((href, words(f"pages.download.{key}")) for href, key in links),
    )


def counts(lines: Iterable[Line]) -> tuple[Count, ...]:
    """How many lines have each status, by its word, in the scale's order."""
    found: dict[tuple[str, str], int] = {}
    for line in lines:
        key = (line.status, line.status_text)
        found[key] = found.get(key, 0) + 1
    return tuple(Count(s, text, n) for s in ORDER for (status, text), n in sorted(found.items()) if status == s)


def recent(line: Line) -> bool:
    """Has it a figure that is recent enough to colour by?"""
    return line.latest is not None and line.reason not in NOT_RECENT


def asked(project: Project, words: Words, name: str, up: str = "../") -> Asked:
    """The item of the mandate of this id, and where its page is."""
    found = project.mandate.find(name)
    if found is None:
        return Asked(name, name, "", "", "")
    kind, item, part = found
    text = part.text if part else ""
    page = f"mandate.html#{item.id}"
    if kind == "recommendations":
        page = f"recommendations/{item.id}.html{f'#{part.id}' if part else ''}"
    return Asked(name, item.title, text, words.working.get(text, ""), f"{up}{page}")


def _row(name: str, line: Line, code: str) -> AreaRow:
    assert line.latest is not None  # `_page` gives no other
    newest = next((p for p in reversed(line.points) if p.period == line.latest.period), None)
    margin = ""
    if newest and newest.lower is not None and newest.upper is not None:
        margin = f"{newest.lower:g} – {newest.upper:g}"
    return AreaRow(code, name, f"../{code}/scorecard.html#{line.id}", line.latest, margin, line.base,
                   line.comparison, line.status, line.status_text, line.reason_text)


def _absent(
    names: Mapping[str, str], lines: Mapping[str, Line]
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    found: dict[str, list[tuple[str, str]]] = {}
    for code, line in lines.items():
        if line.latest is None:
            found.setdefault(line.reason_text, []).append((names[code], f"../{code}/scorecard.html#{line.id}"))
    return tuple((reason, tuple(areas)) for reason, areas in sorted(found.items()))


def _outside(cards: Sequence[Scorecard], indicator: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, list[str]] = {}
    for card in cards:
        for why in (why for name, _, why in card.outside if name == indicator):
            found.setdefault(why, []).append(card.name)
    return tuple((why, tuple(names)) for why, names in sorted(found.items()))


def _declared(project: Project, one: Indicator) -> tuple[tuple[str, str, str], ...]:
    wanted = dict.fromkeys((part.source, part.series) for part in project.selections(one))
    sources = ((project.sources[source], series) for source, series in wanted if source in project.sources)
    return tuple((s.publisher, s.series[series].title, str(s.homepage)) for s, series in sources)
