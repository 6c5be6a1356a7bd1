"""What the terminal shows of a mandate: lists of its items, one item with all that belongs to it, one declaration."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from pydantic import BaseModel

from monitor import terminal
from monitor.declarations import nearest
from monitor.errors import DefinitionError
from monitor.items import Item
from monitor.model import Indicator
from monitor.project import Project
from monitor.results import Reason

#: kind -> its columns: attributes of an item, or what `_cell` works out
COLUMNS = {
    "documents": ("id", "date", "date_certainty", "title"),
    "recommendations": ("id", "year", "indicators", "gaps", "title"),
    "commitments": ("id", "status", "due", "actors", "title"),
    "messages": ("id", "year", "to", "title"),
    "questions": ("id", "year", "to", "text"),
    "practices": ("id", "evidence", "place", "title"),
    "lessons": ("id", "kind", "title"),
    "mechanisms": ("id", "kind", "title"),
    "claims": ("id", "value", "unit", "result", "title"),
    "quotes": ("id", "attribution", "title"),
    "themes": ("id", "year", "indicators", "title"),
}


def listing(kind: str, project: Project, as_json: bool) -> None:
    """All items of a kind, one row each."""
    columns, items = COLUMNS[kind], getattr(project.mandate, kind).values()
    terminal.table(columns, [[_cell(project, item, column) for column in columns] for item in items], as_json)


def show(name: str, project: Project, as_json: bool) -> None:
    """A declared indicator, an item of the mandate or a document, with everything that belongs to it.

    Raises:
        DefinitionError: there is nothing of that id; the message names the nearest.
    """
    if name in project.indicators:
        indicator = project.indicators[name]
        if as_json:
            terminal.data(indicator.model_dump(mode="json"))
        else:
            terminal.facts(f"{name}  {indicator.title}", [*_told(indicator, {"id", "title"})])
        return
    known = project.mandate.ids()
    project.present(name)
    if name not in known:
        hint = nearest(name, [*known, *project.indicators])
        raise DefinitionError(f"'{name}' is no indicator and no item of the mandate of this project.{hint}")
    if as_json:
        answers = [i.model_dump(mode="json", include={"id", "kind", "added_by", "title"})
                   for i in _answering(project, name)]
        terminal.data(project.mandate.as_data(name) | {"answered_by": answers})
    else:
        terminal.facts(*_item(project, name))


def family(name: str, project: Project) -> list[Indicator]:
    """The indicators of one entry of the catalogue: for IND-17 IND-17a, IND-17b and so on."""
    return [i for i in project.indicators.values() if re.fullmatch(re.escape(name.upper()) + "[a-z]+", i.id)]


def objective(name: str, project: Project) -> int:
    """The objective of the Global Compact that ``GCM-6`` names; 0 where it names none."""
    found = re.fullmatch(r"GCM-(\d+)", name.upper())
    return int(found[1]) if found and int(found[1]) in project.gcm else 0


def show_objective(number: int, project: Project, as_json: bool) -> None:
    """An objective of the Compact: its title, and what of the mandate and the indicators bears on it."""
    mandate = project.mandate
    items = {one: found[1].title for one in sorted(mandate.ids()) if (found := mandate.find(one)) and not found[2]
             and number in found[1].gcm}
    indicators = {i.id: i.title for i in project.indicators.values() if number in i.gcm}
    if as_json:
        terminal.data({"id": f"GCM-{number}", "title": project.gcm[number], "items": items, "indicators": indicators,
                       "unconfirmed": number in project.unconfirmed_titles})  # fmt: skip
        return
    facts = [("item", "objective of the Global Compact for Migration")]
    facts += [("title", "unconfirmed: not compared with the official text")] * (number in project.unconfirmed_titles)
    facts += [("indicator", f"{key}  {title}") for key, title in indicators.items()]
    facts += [("bears on it", f"{key}  {title}") for key, title in items.items()]
    terminal.facts(f"GCM-{number}  {project.gcm[number]}", facts)


def show_family(name: str, project: Project, as_of: date, now: str, as_json: bool) -> None:
    """The indicators of a family, and in how many of the default scorecards each has figures and a judgement."""
    from monitor import run  # heavy: figures are read and judged

    members = family(name, project)
    judged = run.assess(project, as_of=as_of, now=now, indicators=members, offline=True)
    rows = []
    for one in members:
        mine = [a for a in judged.assessments if a.indicator == one.id and a.reason is not Reason.NOT_APPLICABLE]
        figures = sum(a.value is not None for a in mine)
        why = Counter(a.reason for a in mine if a.reason)
        status = f"{figures} of {len(mine)} areas with figures, {sum(a.reason is None for a in mine)} judged"
        status += "".join(f"; {n} {reason.replace('_', ' ')}" for reason, n in why.most_common(2))
        rows.append((one.id, one.kind, status, one.title))
    terminal.table(("id", "kind", "figures", "title"), rows, as_json)


def _cell(project: Project, item: Any, column: str) -> Any:
    if column == "indicators":
        return len(project.answering(item.id))
    if column == "year":
        document = project.mandate.documents.get(item.document)  # none where its declaration is left out
        return getattr(item, "year", 0) or (document.year if document else "")
    value = getattr(item, column)
    if column == "actors":
        value = value or [item.no_actor]
    return "" if value is None else _line([*value] if isinstance(value, dict) else value)


def _answering(project: Project, name: str) -> list[Any]:
    return [] if name in project.mandate.documents else project.answering(name)


def _item(project: Project, name: str) -> tuple[str, list[tuple[str, str]]]:
    """The heading, and the facts in the order in which a reader asks."""
    mandate = project.mandate
    found = mandate.find(name)
    if found is None:
        text = mandate.documents[name]
        return f"{name}  {text.title}", [("item", "document"), *_told(text, {"id", "title"})]
    kind, item, part = found
    if part is not None:
        rows = [("part of", f"{item.id}  {item.title}"), *_told(part, {"id"})]
        return name, [*rows, *_belonging(project, name)]
    rows = [("item", kind[:-1]), ("text", item.text or "left blank in the document")]
    rows += [("said by", item.reported_by)] if item.reported_by else []
    if document := mandate.documents.get(item.document):
        source = f"{document.id}, {document.event}: {document.title}"
        rows += [("document", f"{source}, {item.at}" if item.at else source),
                 ("date", f"{document.date}, {document.date_certainty}: {document.why}")]
        rows += _told(item, {*Item.model_fields, "source", "year", "date_certainty", "gaps"})
    else:
        rows += _told(item, {*Item.model_fields, "gaps"})
    if getattr(item, "interval", None):
        low, high = item.interval  # type: ignore[attr-defined]
        rows.append(("95 % interval", f"{low:.1f} to {high:.1f}"))
    rows += [("also", f"{p.document}, {p.at}: {p.text or 'left blank'}") for p in item.also]
    rows += [(f"known as, for “{said}”", known) for said, known in item.names.items()]
    unsure = dict.fromkeys(project.unconfirmed_titles, " (title unconfirmed)")
    rows += [("Compact", f"{number} {project.gcm[number]}{unsure.get(number, '')}") for number in item.gcm]
    rows += [("principle", project.principles.get(key, key)) for key in item.principles]
    rows += [("SDG", ", ".join(item.sdg))] if item.sdg else []
    rows += _belonging(project, name)
    rows += [(f"no {kind} indicator", why) for kind, why in getattr(item, "gaps", {}).items()]
    return f"{name}  {item.title}", rows + [("note", note) for note in item.notes]


def _belonging(project: Project, name: str) -> Iterator[tuple[str, str]]:
    for indicator in _answering(project, name):
        ours = ", added by this project" if indicator.added_by == "project" else ""
        yield "indicator", f"{indicator.id}  {indicator.title} ({indicator.kind}{ours})"
    for other in project.mandate.linked(name):
        found = project.mandate.find(other)
        title = found[1].title if found else project.indicators[other].title if other in project.indicators else ""
        yield "belongs with", f"{other}  {title}".strip()


def _told(declared: BaseModel, without: set[str]) -> Iterator[tuple[str, str]]:
    """Everything declared, one line for each fact; what was left out or stands at its default is not repeated."""
    tree = declared.model_dump(mode="json", exclude=without, exclude_defaults=True)
    for key, value in tree.items():
        yield from _lines(key.replace("_", " "), value)


def _lines(label: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _lines(f"{label}, {key}", inner)
    elif isinstance(value, list) and any(isinstance(inner, dict) or len(str(inner)) > 60 for inner in value):
        for inner in value:
            yield label, _line(inner)
    elif value not in ("", [], {}):
        yield label, _line(value)


def _line(value: Any) -> str:
    if isinstance(value, dict | list):
        return ", ".join(_line(inner) for inner in (value.values() if isinstance(value, dict) else value)
                         if inner not in ("", [], {}))
    if isinstance(value, float):
        return f"{value:g}"
    return {True: "yes", False: "no", None: "none"}[value] if value is None or isinstance(value, bool) else str(value)
