"""A mandate: everything the documents behind a project ask for, by id, and how it hangs together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from monitor import items
from monitor.items import Action, Ask, Commitment, Item, Practice, Question

#: kind of item -> its model: a key of the files that `include` names, and a word of `monitor list`
KINDS: dict[str, type[Item]] = {
    "recommendations": items.Recommendation, "commitments": Commitment, "messages": items.Message,
    "questions": Question, "practices": Practice, "lessons": items.Lesson, "mechanisms": items.Mechanism,
    "claims": items.Claim, "quotes": items.Quote, "themes": items.Theme,
}


@dataclass(frozen=True)
class Mandate:
    """Everything the documents ask for, in the order of the files."""

    documents: dict[str, items.Document] = field(default_factory=dict)
    recommendations: dict[str, items.Recommendation] = field(default_factory=dict)
    commitments: dict[str, Commitment] = field(default_factory=dict)
    messages: dict[str, items.Message] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    practices: dict[str, Practice] = field(default_factory=dict)
    lessons: dict[str, items.Lesson] = field(default_factory=dict)
    mechanisms: dict[str, items.Mechanism] = field(default_factory=dict)
    claims: dict[str, items.Claim] = field(default_factory=dict)
    quotes: dict[str, items.Quote] = field(default_factory=dict)
    themes: dict[str, items.Theme] = field(default_factory=dict)

    def each(self) -> Iterator[tuple[str, Item]]:
        """Every item with its kind."""
        for kind in KINDS:
            for item in getattr(self, kind).values():
                yield kind, item

    def ids(self) -> set[str]:
        """Ids of all items, their parts and the documents."""
        return {*self.documents, *(name for _, item in self.each() for name in item.ids)}

    def find(self, name: str) -> tuple[str, Item, Action | Ask | None] | None:
        """The item of an id, or the item that has a part of that id: its kind, the item, the part."""
        for kind, item in self.each():
            if name in item.ids:
                return kind, item, next((part for part in item.parts if part.id == name), None)
        return None

    def linked(self, name: str) -> list[str]:
        """Ids of what belongs with an item: what it links to, then what links to it or to a part of it."""
        found = self.find(name)
        whole = found is not None and found[2] is None
        own, mine = (found[1].links, {*found[1].ids}) if found and whole else ([], {name})
        return list(dict.fromkeys([*own, *(i.id for _, i in self.each() if mine & {*i.links} and i.id not in mine)]))

    def commitments_for(self, name: str) -> list[Commitment]:
        """Commitments of the government of an area, or that belong with a recommendation or other item."""
        linked = self.linked(name)
        return [c for c in self.commitments.values() if name in c.areas or c.id in linked]

    def practices_for(self, recommendation: str) -> list[Practice]:
        """Examples that belong with a recommendation."""
        linked = self.linked(recommendation)
        return [p for p in self.practices.values() if p.id in linked]

    def questions_to(self, whom: str) -> list[Question]:
        """Questions that were put to someone: ``questions_to("governments")``."""
        return [q for q in self.questions.values() if whom in q.to]

    def as_data(self, name: str) -> dict[str, Any]:
        """An item, a part of one or a document as data: everything declared, and what follows from it.

        Raises:
            KeyError: nothing has that id.
        """
        found = self.find(name)
        if found is None:
            return {"type": "documents", **self.documents[name].model_dump(mode="json")}
        kind, item, part = found
        if part is not None:
            which = "actions" if isinstance(part, Action) else "asks"
            return {"type": which, **part.model_dump(mode="json"), "part_of": item.id, "linked": self.linked(name)}
        data = {"type": kind, **item.model_dump(mode="json"), "linked": self.linked(name)}
        document = self.documents.get(item.document)
        if document is not None:
            data |= {"document": document.model_dump(mode="json"), "year": document.year,
                     "date_certainty": document.date_certainty}
        if isinstance(item, Commitment):
            data |= {"status": item.status, "made_at": item.made_at or (document.date if document else None)}
        if isinstance(item, items.Claim):
            data["interval"] = item.interval
        return data
