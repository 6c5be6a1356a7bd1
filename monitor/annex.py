"""The page of an edition that is the same for every area: the whole mandate, item by item, and what each indicator
is for. A scorecard says what stands here and leaves it out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from monitor.items import Item, Passage
from monitor.line import objective
from monitor.mandate import KINDS
from monitor.project import Project
from monitor.scorecard import Chapter, Entry
from monitor.words import Words

#: kind of item -> its attributes that a reader is told, each under ``annex.label.<attribute>``
TOLD = {
    "recommendations": ("addressed_to", "actions", "asks"),
    "commitments": ("actors", "no_actor", "deliverable", "due", "due_text", "conditions"),
    "messages": ("to",),
    "questions": ("to",),
    "practices": ("place", "years", "claim", "transferability"),
    "lessons": (),
    "mechanisms": ("bodies",),
    "claims": ("place", "period", "original_source", "checked"),
    "quotes": ("attribution", "consent"),
    "themes": (),
}
Fact = tuple[str, tuple[str, ...]]


def chapters(project: Project, words: Words) -> tuple[Chapter, ...]:
    """Every item of the mandate, kind by kind, then the indicators and the documents. Nothing is shortened."""
    made = []
    for kind in KINDS:
        made.append(_chapter(words, kind, [_entry(project, words, kind, item)
                                           for item in getattr(project.mandate, kind).values()]))
    made.append(_chapter(words, "indicators", [
        Entry(one.id, one.title, "", tuple(_named(words, [
            (name, [getattr(one, name)]) for name in ("purpose", "do_no_harm", "self_identification")
        ]))) for one in project.indicators.values()
    ]))
    made.append(_chapter(words, "documents", [
        Entry(one.id, one.title, "", tuple(_named(words, [
            ("event", [one.event]), ("date", [f"{one.date}: {one.why}"]), ("notes", one.notes)
        ]))) for one in project.mandate.documents.values()
    ]))
    return tuple(chapter for chapter in made if chapter.entries)


def _chapter(words: Words, key: str, entries: list[Entry]) -> Chapter:
    return Chapter(key, words(f"annex.{key}"), words(f"annex.text.{key}"), tuple(entries))


def _entry(project: Project, words: Words, kind: str, item: Item) -> Entry:
    blank = words("account.empty_by_source", document=item.document)
    said = item.text or (blank if item.empty_by_source else "")
    return Entry(item.id, item.title, said, tuple(_named(words, _facts(project, words, kind, item))),
                 at=_place(project, item) or getattr(item, "source", ""), links=tuple(project.mandate.linked(item.id)),
                 url=str(getattr(item, "original_url", None) or ""))


def _place(project: Project, said: Passage) -> str:
    document = project.mandate.documents.get(said.document)
    whole = f"{document.title}, {document.year}" if document else said.document
    return ", ".join(filter(None, (whole, said.at)))


def _facts(project: Project, words: Words, kind: str, item: Item) -> Iterator[tuple[str, list[str]]]:
    yield "reported_by", [item.reported_by]
    for name in TOLD[kind]:
        value: Any = getattr(item, name)
        parts: list[Any] = value if isinstance(value, list) else [value or ""]
        yield name, [f"{part.id} {part.text}" if hasattr(part, "id") else str(part) for part in parts]
    yield "also", [f"{passage.text} ({_place(project, passage)})" for passage in item.also if passage.text]
    yield from _standing(words, kind, item)
    if recommendation := project.recommendations.get(item.id):
        yield "positions", [f"{side.title}: {side.text}" for side in recommendation.positions]
        yield "answered_by", [f"{one.id} {one.title}" for one in project.answering(item.id)]
        yield "gaps", [words("account.gap", kind=words(f"kind.{key}"), why=why)
                       for key, why in recommendation.gaps.items()]
    yield "gcm", [f"{number} {objective(project, words, number)}" for number in item.gcm if number in project.gcm]
    yield "sdg", item.sdg
    yield "notes", item.notes


def _standing(words: Words, kind: str, item: Any) -> Iterator[tuple[str, list[str]]]:
    """How a commitment stood each time, how good a practice is known to be, what the check of a claim found."""
    if kind == "commitments":
        yield "history", [" ".join([f"{one.on}: {words(f'account.status.{one.status}')}.", one.note, *one.evidence])
                          for one in item.history]
    if kind == "practices":
        yield "evidence", [words(f"account.evidence.{item.evidence}")]
    if kind in ("lessons", "mechanisms"):
        yield "kind", [words(f"annex.kind.{item.kind}")]
    if kind == "claims":
        value = "" if item.value is None else f"{item.value:g} {item.unit}".strip()
        if item.interval:
            low, high = (words.number(end) for end in item.interval)
            value = words("annex.interval", value=value, low=low, high=high)
        yield "value", [value]
        yield "result", [words(f"annex.result.{item.result}")]


def _named(words: Words, facts: Any) -> Iterator[Fact]:
    """What there is to say, under its name in the reader's language."""
    for name, texts in facts:
        if said := tuple(text for text in texts if text):
            yield words(f"annex.label.{name}"), said
