"""The page of one recommendation and of one actor: who asked or promised what, and the figures beside it.

Made from the scorecards of an edition. Nothing here says that a promise moved a figure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from monitor import account, period
from monitor.items import Action, Ask, Commitment, Recommendation
from monitor.pages import counts, recent
from monitor.pages_text import objectives
from monitor.project import Project
from monitor.scorecard import Count, Line, Scorecard
from monitor.told import Example, Figure
from monitor.words import Words

#: statuses of a commitment after which nothing is overdue
ENDED = ("delivered", "superseded", "no_actor_assigned")
#: the page of the commitments that nobody is named for
UNNAMED = "nobody"


@dataclass(frozen=True)
class PartText:
    """A step or a sign of success as the recommendation words it, with the indicators that answer it."""

    id: str
    text: str
    translation: str
    addressed_to: tuple[str, ...]
    indicators: tuple[tuple[str, str], ...]  # id, title
    note: str = ""


@dataclass(frozen=True)
class IndicatorRow:
    id: str
    title: str
    kind_text: str
    figures: int  # areas with a figure
    recent: int  # areas with one that is recent enough
    areas: int  # areas it is meant for
    counts: tuple[Count, ...]


@dataclass(frozen=True)
class Standing:
    """How one area stands: as many numbers as the page has statuses."""

    name: str
    href: str
    numbers: tuple[int, ...]
    coverage: str


@dataclass(frozen=True)
class Link:
    id: str
    title: str
    kind: str  # its name in the reader's language
    href: str


@dataclass(frozen=True)
class RecommendationPage:
    id: str
    title: str
    text: str
    translation: str
    source: str
    addressed_to: tuple[str, ...]
    actions: tuple[PartText, ...]
    asks: tuple[PartText, ...]
    positions: tuple[tuple[str, str], ...]
    gaps: tuple[str, ...]
    notes: tuple[str, ...]
    gcm: tuple[str, ...]
    sdg: tuple[str, ...]
    indicators: tuple[IndicatorRow, ...]
    unmeant: tuple[tuple[str, str], ...]  # indicators for no area of the edition: id, title
    statuses: tuple[Count, ...]  # over all areas and indicators: the columns of ``areas``
    areas: tuple[Standing, ...]
    linked: tuple[Link, ...]
    examples: tuple[Example, ...]
    downloads: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Moved:
    """A figure that should have moved: of one area, or how all areas stand."""

    id: str
    title: str
    href: str
    area: str  # "" where it is told for all
    latest: Figure | None
    sentence: str
    counts: tuple[Count, ...]


@dataclass(frozen=True)
class Promised:
    id: str
    title: str
    text: str  # verbatim
    source: str
    actors: tuple[tuple[str, str], ...]  # all who are named: name, page
    deliverable: str
    due: str  # in a sentence
    due_text: str  # verbatim
    conditions: str
    status_text: str
    history: tuple[tuple[str, str, str, tuple[str, ...]], ...]  # when, status, what is known, addresses
    notes: tuple[str, ...]
    linked: tuple[Link, ...]
    moved: tuple[Moved, ...]


@dataclass(frozen=True)
class ActorPage:
    id: str
    name: str
    promises: tuple[Promised, ...]
    downloads: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ActorsPage:
    """Everybody who is named in a commitment: name, page, what was promised, by its id, title and standing."""

    actors: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...]
    downloads: tuple[tuple[str, str], ...]


def lines_of(cards: Sequence[Scorecard]) -> dict[str, dict[str, Line]]:
    """Indicator -> area -> its line, areas by name."""
    found: dict[str, dict[str, Line]] = {}
    for card in sorted(cards, key=lambda card: card.name):
        for line in card.lines():
            found.setdefault(line.id, {})[card.area] = line
    return found


def recommendations(
    project: Project, words: Words, cards: Sequence[Scorecard], formats: Sequence[str] = ()
) -> Iterator[RecommendationPage]:
    """One page for each recommendation, in the order of the project."""
    lines = lines_of(cards)
    for one in project.recommendations.values():
        yield _recommendation(project, words, cards, lines, one, formats)


def _recommendation(
    project: Project, words: Words, cards: Sequence[Scorecard], lines: Mapping[str, Mapping[str, Line]],
    one: Recommendation, formats: Sequence[str],
) -> RecommendationPage:
    rows = tuple(_row(words, i.id, i.title, i.kind, lines.get(i.id, {})) for i in project.answering(one.id))
    statuses = counts(line for row in rows for line in lines.get(row.id, {}).values())
    document = project.mandate.documents.get(one.document)
    return RecommendationPage(
        id=one.id, title=one.title, text=one.text, translation=words.working.get(one.text, ""),
        source=one.cited(document).source, addressed_to=tuple(one.addressed_to),
        actions=tuple(_part(project, words, part) for part in one.actions),
        asks=tuple(_part(project, words, part) for part in one.asks),
        positions=tuple((side.title, side.text) for side in one.positions),
        gaps=tuple(words("account.gap", kind=words(f"kind.{kind}"), why=why) for kind, why in one.gaps.items()),
        notes=tuple(one.notes), gcm=objectives(project, words, one.gcm), sdg=tuple(one.sdg),
        indicators=tuple(row for row in rows if row.areas),
        unmeant=tuple((row.id, row.title) for row in rows if not row.areas),
        statuses=statuses, areas=_standings(cards, one.id, statuses),
        linked=links(project, words, project.mandate.linked(one.id)),
        examples=account.examples(project, words, one, ()),
        downloads=_downloads(words, formats, "recommendations"),
    )


def _row(words: Words, id: str, title: str, kind: str, lines: Mapping[str, Line]) -> IndicatorRow:
    there = lines.values()
    return IndicatorRow(id, title, words(f"kind.{kind}"), sum(line.latest is not None for line in there),
                        sum(map(recent, there)), len(there), counts(there))


def _part(project: Project, words: Words, part: Action | Ask) -> PartText:
    answering = tuple((i.id, i.title) for i in project.answering(part.id))
    return PartText(part.id, part.text, words.working.get(part.text, ""), tuple(getattr(part, "addressed_to", ())),
                    answering, getattr(part, "note", ""))


def _standings(cards: Sequence[Scorecard], id: str, statuses: Sequence[Count]) -> tuple[Standing, ...]:
    found = []
    for card in sorted(cards, key=lambda card: card.name):
        for block in (block for block in card.blocks if block.id == id):
            numbers = {(c.key, c.text): c.number for c in block.counts}
            found.append(Standing(card.name, f"../{card.area}/scorecard.html#{id}",
                                  tuple(numbers.get((c.key, c.text), 0) for c in statuses), block.coverage))
    return tuple(found)


def links(project: Project, words: Words, ids: Sequence[str]) -> tuple[Link, ...]:
    """Items of the mandate and indicators, each with the page it stands on, seen from a folder of pages."""
    found = []
    for id in dict.fromkeys(ids):
        if id in project.indicators:
            found.append(Link(id, project.indicators[id].title, words("annex.indicators"), f"../indicators/{id}.html"))
        elif item := project.mandate.find(id):
            kind, whole, _ = item
            if isinstance(whole, Commitment):
                href = f"../actors/{slug(whole.actors[0]) if whole.actors else UNNAMED}.html#{whole.id}"
            else:
                href = (f"../recommendations/{whole.id}.html" if kind == "recommendations"
                        else f"../mandate.html#{whole.id}")
            found.append(Link(id, whole.title, words(f"annex.{kind}"), href))
    return tuple(found)


def slug(name: str) -> str:
    """The name of an actor's page: small letters and hyphens; ``x`` and a number where it has no Latin letter."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    return found or f"x{sum(ord(c) * (n + 1) for n, c in enumerate(name))}"


def actors(
    project: Project, words: Words, cards: Sequence[Scorecard], as_of: date, formats: Sequence[str] = ()
) -> Iterator[ActorPage]:
    """One page for each actor of a commitment, in order of name; last, one for those that nobody is named for."""
    lines = lines_of(cards)
    found: dict[str, list[Commitment]] = {}
    for one in project.mandate.commitments.values():
        for name in one.actors or [""]:
            found.setdefault(name, []).append(one)
    for name in sorted(found, key=lambda name: (not name, name.casefold())):
        yield ActorPage(
            slug(name) if name else UNNAMED, name or words("pages.unnamed"),
            tuple(_promised(project, words, lines, one, as_of) for one in found[name]),
            _downloads(words, formats, "commitments"),
        )


def index(words: Words, pages: Sequence[ActorPage], formats: Sequence[str] = ()) -> ActorsPage:
    """The list of all actors."""
    return ActorsPage(tuple((page.name, f"{page.id}.html", tuple((p.id, p.title, p.status_text) for p in page.promises))
                            for page in pages), _downloads(words, formats, "commitments"))


def _downloads(words: Words, formats: Sequence[str], table: str) -> tuple[tuple[str, str], ...]:
    links = ((f"../{words.root}data/{table}.csv", words(f"pages.download.{table}")),)
    return links if "data" in formats else ()


def _promised(
    project: Project, words: Words, lines: Mapping[str, Mapping[str, Line]], one: Commitment, as_of: date
) -> Promised:
    document = project.mandate.documents.get(one.document)
    source = ", ".join(filter(None, (f"{document.title}, {document.year}" if document else one.document, one.at)))
    linked = project.mandate.linked(one.id)
    return Promised(
        id=one.id, title=one.title, text=one.text, source=source,
        actors=tuple((name, f"{slug(name)}.html") for name in one.actors), deliverable=one.deliverable,
        due=_due(words, one, as_of), due_text=one.due_text, conditions=one.conditions,
        status_text=words(f"account.status.{one.status}"),
        history=tuple((entry.on, words(f"account.status.{entry.status}"), entry.note,
                       tuple(map(str, entry.evidence))) for entry in one.history),
        notes=tuple(filter(None, (one.no_actor, *one.notes))), linked=links(project, words, linked),
        moved=tuple(_moved(project, words, lines, one, linked)),
    )


def _due(words: Words, one: Commitment, as_of: date) -> str:
    if not one.due:
        return words("account.no_due")
    if one.continuous:
        return words("pages.begins", due=one.due)
    days = (as_of - period.end(one.due)).days
    return words.count("pages.due", days, due=one.due) if days > 0 and one.status not in ENDED else one.due


def _moved(
    project: Project, words: Words, lines: Mapping[str, Mapping[str, Line]], one: Commitment, linked: Sequence[str]
) -> Iterator[Moved]:
    """The figures of the recommendations that a commitment belongs with: of its own area, else how all areas stand."""
    ids = [i for i in linked if i in project.indicators]
    ids += [i.id for name in linked if name in project.recommendations for i in project.answering(name)]
    for id in dict.fromkeys(ids):
        title, theirs = project.indicators[id].title, lines.get(id, {})
        own = [(code, theirs[code]) for code in one.areas if code in theirs]
        for code, line in own:
            yield Moved(id, title, f"../{code}/scorecard.html#{id}", project.area_name(code, words), line.latest,
                        line.sentence, counts([line]))
        if not one.areas:
            yield Moved(id, title, f"../indicators/{id}.html", "", None, "", counts(theirs.values()))
