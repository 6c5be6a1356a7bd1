"""What may never change silently: every id ever used, every promised number, every word that is quoted.

A project may hold `mandate/mandate.lock`: one line for each id, each target and each standing of a commitment, and the
SHA-256 of each verbatim text. `monitor check` holds the declarations against it; `monitor lock` adds what is new, and
`monitor lock --update REASON` records a correction. Nothing is ever taken out of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from monitor import layers
from monitor.errors import DefinitionError
from monitor.project import Project

LOCK = "mandate/mandate.lock"
HEAD = """\
# Written by `monitor lock`; see `monitor lock --help`. Lines, parted by tabs:
# id, the id, what it is part of | target, indicator, number, row | standing, commitment, number, row
# text, id, which text, SHA-256 | retired, id, day, reason | changed, id, which, day, reason
"""
#: a fact of a lock: kind, id, which of its kind
Key = tuple[str, str, str]


class Lock(NamedTuple):
    """A lock as it stands in its file."""

    facts: dict[Key, str]
    lines: dict[Key, int]
    retired: dict[str, str]  # id -> day and reason
    history: tuple[str, ...]  # the lines that record changes, as they stand


def facts(project: Project) -> dict[Key, str]:
    """Everything that may not change of a project, in the order of its declarations."""
    found: dict[Key, str] = {}
    for name in project.mandate.documents:
        found["id", name, ""] = ""
    for _, item in project.mandate.each():
        for name in item.ids:
            found["id", name, ""] = "" if name == item.id else item.id
        for name, which, text in _texts(item):
            found["text", name, which] = hashlib.sha256(text.encode()).hexdigest()
        for n, entry in enumerate(getattr(item, "history", ()), 1):
            found["standing", item.id, str(n)] = _row(entry.status, entry.on, entry.note, *entry.evidence)
    for indicator in project.indicators.values():
        found["id", indicator.id, ""] = ""
        for n, target in enumerate(indicator.targets, 1):
            areas = " ".join(target.areas) or "every area"
            found["target", indicator.id, str(n)] = _row(
                f"{target.value:g} by {target.period}", areas, f"announced {target.announced}", target.citation)
    return found


def _texts(item: Any) -> Iterator[tuple[str, str, str]]:
    """Id, which text, the text: all that is quoted word for word, blanks included."""
    yield item.id, "text", item.text
    for n, passage in enumerate(item.also, 1):
        yield item.id, f"also {n}", passage.text
    for n, side in enumerate(getattr(item, "positions", ()), 1):
        yield item.id, f"position {n}", side.text
    if hasattr(item, "due_text"):
        yield item.id, "due_text", item.due_text
    for part in item.parts:
        yield part.id, "text", part.text


def _row(*cells: object) -> str:
    return "; ".join(" ".join(str(cell).split()) for cell in cells)


def read(project: Project) -> Lock | None:
    """The lock of a project's own folder; None where it has none.

    Raises:
        DefinitionError: a line of it is none of a lock.
    """
    path = project.folder / LOCK
    if not path.is_file():
        return None
    lock = Lock({}, {}, {}, ())
    history = []
    for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        kind, *cells = line.split("\t")
        if not line or line.startswith("#"):
            continue
        if kind == "retired" and len(cells) == 3:
            lock.retired[cells[0]] = f"{cells[1]}: {cells[2]}"
        elif kind == "id" and len(cells) == 2:
            lock.facts[kind, cells[0], ""], lock.lines[kind, cells[0], ""] = cells[1], n
        elif kind in ("target", "standing", "text") and len(cells) == 3:
            key = (kind, cells[0], cells[1])
            lock.facts[key], lock.lines[key] = cells[2], n
        elif kind != "changed" or len(cells) != 4:
            raise DefinitionError(f"{LOCK}:{n}: found '{line[:60]}', which is no line of a lock. Take the file back "
                                  "from the version before; it is not written by hand.")  # fmt: skip
        history += [line] if kind in ("retired", "changed") else []
    return lock._replace(history=tuple(history))


#: kind -> what changed, and what to do
SAID = {
    "target": ("target {which} was “{before}” and {now}", "A target is never rewritten: put it back, and add the later "
               "one below it with the day it was announced"),
    "standing": ("entry {which} of its history was “{before}” and {now}", "An entry is never rewritten: put it back, "
                 "and add a later one below it"),
    "text": ("its verbatim text ({which}) is not the one that was locked", "Put it back as it stands in its document"),
}
CORRECT = "; a correction of a slip is recorded with: monitor lock --update REASON"


def problems(project: Project) -> tuple[list[str], list[str]]:
    """What was changed that may not be, each with file, line and what to do; and what a person may want to know."""
    try:
        lock = read(project)
    except DefinitionError as problem:
        return [*problem.problems], []
    if lock is None:
        return [], [f"This project has no {LOCK}: rewritten targets and texts go unseen. Begin one: monitor lock"]
    now, found = facts(project), []
    if any("could not be read, so what it declares is left out" in problem for problem in project.problems):
        return [], [f"{LOCK} was not compared, as not all files could be read."]
    for key, before in lock.facts.items():
        kind, name, which = key
        if name in lock.retired or {name, before if kind == "id" else name} & {*project.left_out}:
            continue
        if ("id", name, "") not in now:
            if kind == "id" and (not before or ("id", before, "") in now):  # a part goes with its whole
                found.append(f"{LOCK}:{lock.lines[key]}: the id '{name}' was used and is declared no more. An id never "
                             "changes: declare it again, an indicator without figures with 'missing'; to give it up "
                             "for good: monitor lock --update REASON")  # fmt: skip
        elif kind != "id" and now.get(key) != before:
            what, remedy = SAID[kind]
            there = f"is “{now[key]}”" if key in now else "is gone"
            found.append(f"{_where(project, name)} ({name}): {what.format(which=which, before=before, now=there)}. "
                         f"{remedy}{CORRECT}")  # fmt: skip
    for name, why in lock.retired.items():
        if ("id", name, "") in now:
            found.append(f"{_where(project, name)} ({name}): this id was given up for good ({why}). Choose another.")
    new = sum(key not in lock.facts and key[1] not in lock.retired for key in now)
    return found, [f"{new} ids, targets and texts are not in {LOCK} yet. Add them: monitor lock"] if new else []


def _where(project: Project, name: str) -> str:
    path, _, line = project.lines[name].rpartition(":")
    return f"{layers.label(Path(path), project.folder)}:{line}"


def write(project: Project, reason: str, today: date) -> str:
    """Add what is new; with a reason also take over what changed, and record that. Gives a sentence on what was done.

    Raises:
        DefinitionError: declarations are wrong, something changed and no reason is given, or an id is used again.
    """
    if project.problems:
        raise DefinitionError([*project.problems, f"Nothing was written to {LOCK}: mend the declarations first."])
    lock = read(project) or Lock({}, {}, {}, ())
    found, _ = problems(project)
    again = [name for name in lock.retired if ("id", name, "") in facts(project)]
    if found and (again or not reason):
        raise DefinitionError(found)
    now = facts(project)
    gone = [name for kind, name, _ in lock.facts if kind == "id" and ("id", name, "") not in now
            and name not in lock.retired]  # fmt: skip
    changed = [(name, f"{kind} {which}") for (kind, name, which), before in lock.facts.items()
               if kind != "id" and name not in {*gone, *lock.retired} and now.get((kind, name, which)) != before]
    why = " ".join(reason.split())
    history = [*lock.history, *(f"changed\t{name}\t{which}\t{today}\t{why}" for name, which in changed),
               *(f"retired\t{name}\t{today}\t{why}" for name in gone)]
    kept = {key: value for key, value in lock.facts.items() if key[1] in {*gone, *lock.retired}}
    rows = ["\t".join([kind, name, *([which] if kind != "id" else []), value])
            for (kind, name, which), value in {**now, **kept}.items()]
    path = project.folder / LOCK
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + "\n".join([*rows, *history]) + "\n", encoding="utf-8")
    new = sum(key not in lock.facts for key in now)
    return f"{LOCK}: {new} added, {len(changed)} corrected, {len(gone)} ids given up."
