"""A project's own texts in another language: titles, definitions, limits, from gettext catalogues (PO files).

The interface's wording stands in ``reports/words/<language>.yaml``, by key. What a project declares in its own words
(indicators, recommendations, roles) is translated in ``reports/words/<language>.po``, by the text itself: where the
original changes, its translation no longer holds, and the original is shown until somebody translates it anew. A
catalogue opens in Poedit, Weblate and any other tool of translators. An entry marked ``fuzzy`` was made by a machine
and no person has confirmed it yet; it is used, and the page says so.

What the documents say word for word stays as it was said; its translation stands beside it, marked.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from monitor.errors import DefinitionError
from monitor.project import Project
from monitor.words import Words

#: the fields of each kind of declaration that are written for readers
INDICATOR = ("title", "definition", "unit", "reading", "no_target", "caveats", "purpose", "do_no_harm", "missing_note",
             "unconfirmed")
RECOMMENDATION = ("title", "addressed_to", "notes", "gaps")
_DATED = re.compile(r'^"(POT-Creation-Date|PO-Revision-Date|Report-Msgid-Bugs-To|Last-Translator|Language-Team|'
                    r'Generated-By):.*\n', re.MULTILINE)
ABOUT = ("title", "purpose", "participation", "next_update", "funded_by", "made_by")


@dataclass(frozen=True)
class Catalogue:
    """All translations into one language. ``fuzzy``: originals whose translation no person has confirmed."""

    language: str
    texts: dict[str, str] = field(default_factory=dict)
    fuzzy: frozenset[str] = frozenset()

    def __call__(self, text: str) -> str:
        return self.texts.get(text, text)


def catalogue(project: Project, language: str) -> Catalogue:
    """The translations of every layer, one's own over the flagship's; empty where there is no catalogue.

    Raises:
        DefinitionError: a file is no catalogue.
    """
    texts: dict[str, str] = {}
    fuzzy: set[str] = set()
    for layer in reversed(project.layers):
        path = layer / f"reports/words/{language}.po"
        if path.is_file():
            found, doubtful = _read(path, path.stat().st_mtime_ns)
            fuzzy = (fuzzy - found.keys()) | doubtful
            texts |= found
    return Catalogue(language, texts, frozenset(fuzzy))


@lru_cache(maxsize=16)
def _read(path: Path, changed: int) -> tuple[dict[str, str], frozenset[str]]:
    from babel.messages import pofile

    try:
        every = pofile.read_po(io.BytesIO(path.read_bytes()), abort_invalid=True)
        if not len(every) and path.stat().st_size:
            raise ValueError("it holds no entry")
        found = [m for m in every if m.id and m.string]
    except (pofile.PoFileError, UnicodeDecodeError, ValueError) as problem:
        raise DefinitionError(
            f"reports/words/{path.name}: is no catalogue of translations ({problem}). Mend the line it names, or make "
            "the file anew: monitor words LANGUAGE --update"
        ) from None
    return {str(m.id): str(m.string) for m in found}, frozenset(str(m.id) for m in found if m.fuzzy)


def texts(project: Project) -> dict[str, list[str]]:
    """Every text a catalogue may translate -> where it stands, such as ``IND-1.title``; in the order of the files."""
    found: dict[str, list[str]] = {}

    def note(at: str, text: str) -> None:
        if text.strip():
            found.setdefault(text, []).append(at)

    for at, text in _every(project):
        note(at, text)
    return found


def _every(project: Project) -> Iterator[tuple[str, str]]:
    def fields(at: str, item: Any, names: Sequence[str]) -> Iterator[tuple[str, str]]:
        for name in names:
            value = getattr(item, name)
            for text in _flat(value):
                yield f"{at}.{name}", text

    yield from fields("about", project.about, ABOUT)
    for number, title in project.gcm.items():
        yield f"gcm.{number}", title
    for code, place in project.places.items():
        if place.name:
            yield f"{code}.name", place.name
        for role in place.roles:
            yield f"{code}.role", role.basis
    for one in project.recommendations.values():
        yield from fields(one.id, one, RECOMMENDATION)
        if one.text:
            yield f"{one.id}.text", one.text
        for part in one.parts:
            yield part.id, part.text
    for indicator in project.indicators.values():
        yield from fields(indicator.id, indicator, INDICATOR)
        for event in indicator.superseded:
            yield f"{indicator.id}.superseded", event.what


def _flat(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [*value.values()] if isinstance(value, dict) else [*value]


def into(project: Project, known: Catalogue) -> Project:
    """The project with its own texts in another language; what the documents say word for word stays as it is."""
    if not known.texts:
        return project

    def said(item: Any, names: Sequence[str]) -> dict[str, Any]:
        return {name: _mapped(getattr(item, name), known) for name in names}

    indicators = {
        key: one.model_copy(update={
            **said(one, INDICATOR),
            "superseded": [e.model_copy(update={"what": known(e.what)}) for e in one.superseded],
        })
        for key, one in project.indicators.items()
    }
    recommendations = {
        key: one.model_copy(update=said(one, RECOMMENDATION)) for key, one in project.recommendations.items()
    }
    places = {
        code: place.model_copy(update={
            "name": place.name and known(place.name),
            "roles": [role.model_copy(update={"basis": known(role.basis)}) for role in place.roles],
        })
        for code, place in project.places.items()
    }
    return replace(
        project, indicators=indicators, places=places, gcm={n: known(t) for n, t in project.gcm.items()},
        mandate=replace(project.mandate, recommendations=recommendations),
        about=project.about.model_copy(update=said(project.about, ABOUT)),
    )


def _mapped(value: Any, known: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return known(value)
    return {k: known(v) for k, v in value.items()} if isinstance(value, dict) else [known(v) for v in value]


def _verbatim(project: Project) -> list[str]:
    every = (text for one in project.recommendations.values() for text in (one.text, *(p.text for p in one.parts)))
    return [text for text in every if text]


def foreign(project: Project, known: Catalogue) -> frozenset[str]:
    """The project's texts that a reader of this language meets in the original."""
    kept = {*_verbatim(project)}
    return frozenset(text for text in texts(project) if text not in known.texts or text in kept)


def spoken(project: Project, languages: Sequence[str]) -> list[tuple[Project, Words]]:
    """The project and its words in each of these languages; the first is that of an edition's root.

    Raises:
        DefinitionError: no layer speaks one of them.
    """
    found = []
    original = project.languages[0]
    for language in languages:
        words = project.words(language)
        known = catalogue(project, language) if language != original else Catalogue(language)
        words.among, words.original = tuple(languages), original
        words.home = f"{str(project.about.home).rstrip('/')}/" if project.about.home else ""
        if language != original:
            words.foreign = foreign(project, known)
            words.working = {text: known(text) for text in _verbatim(project) if text in known.texts}
            words.unconfirmed = bool(known.fuzzy) or not words.texts.get("confirmed_by", "-")
        found.append((into(project, known), words))
    return found


def update(project: Project, language: str, path: Path, new: Mapping[str, str] = MappingProxyType({})) -> None:
    """Write a catalogue anew with every text of the project: what is translated stays, what is gone is kept aside.

    Args:
        new: original -> translation that no person has confirmed; marked ``fuzzy``.
    """
    from babel.messages import pofile
    from babel.messages.catalog import Catalog

    old = pofile.read_po(io.BytesIO(path.read_bytes()), locale=language) if path.is_file() else Catalog(language)
    made = Catalog(locale=language, project=project.about.title, version="", fuzzy=False, charset="utf-8",
                   header_comment="# Entries marked fuzzy were made by a machine; take the mark off when you confirm.")
    there = texts(project)
    for text, places in there.items():
        before = old.get(text)
        said, flags = (str(before.string), before.flags) if before and before.string else ("", set())
        if text in new:
            said, flags = new[text], {"fuzzy"}
        made.add(text, said, flags=flags, auto_comments=[", ".join(places)])
    made.obsolete.update({m.id: m for m in old if m.id and m.string and m.id not in there})
    made.obsolete.update({key: m for key, m in old.obsolete.items() if key not in there})
    held = io.BytesIO()
    pofile.write_po(held, made, width=110)
    # no day and no name of a tool in the head: the same texts give the same file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_DATED.sub("", held.getvalue().decode()), encoding="utf-8")
