"""Find a project, read what it declares, lay it over the flagship.

Only this module knows where a project is. Sources, words and templates are looked up in the project's own
folder first and in the flagship's after it; indicators are never inherited.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from monitor import composite_rules, consistency, declarations, document, entries, layers, plugins, privacy
from monitor.composite_model import Composite
from monitor.errors import DefinitionError
from monitor.items import Crosswalk, Recommendation
from monitor.layers import NAME, flagship, packaged
from monitor.mandate import Mandate
from monitor.model import CHECKS, About, Indicator, Place, Selection, Source
from monitor.registers import FOLDER, Register
from monitor.words import Words

_Model = TypeVar("_Model", bound=BaseModel)
_OTHERS = ("sources", "reports")  # folders whose YAML holds no mandate


@dataclass(frozen=True)
class Project:
    """Everything declared, frozen: what the run obeys."""

    folder: Path  # where its indicators.yaml stands
    layers: tuple[Path, ...]  # looked up in this order: the project's own folder, the flagship's
    about: About
    languages: tuple[str, ...]
    scorecards: tuple[str, ...]  # areas that get a scorecard by default
    places: dict[str, Place]
    mandate: Mandate  # every item of the documents behind the project
    indicators: dict[str, Indicator]
    sources: dict[str, Source]
    gcm: dict[int, str]  # titles of the 23 objectives of the Global Compact for Migration
    principles: dict[str, str]  # its guiding principles: key -> title
    crosswalks: dict[str, Crosswalk]  # published lists of indicators beside ours
    files: dict[str, str]  # relative path of each declaration that won -> sha256
    problems: tuple[str, ...] = ()  # what was refused, when loaded with strict=False
    announced: str = ""  # what to tell a user who named no project and is given the flagship
    lines: dict[str, str] = field(default_factory=dict, repr=False)  # id -> file:line of its declaration
    unconfirmed_titles: tuple[int, ...] = ()  # objectives whose titles were not compared with the official text
    registers: dict[str, Register] = field(default_factory=dict)  # evidence kept by hand; each is read as a source
    checks: dict[str, dict[str, Any]] = field(default_factory=dict)  # of every indicator, beside `model.CHECKS`
    left_out: dict[str, tuple[str, ...]] = field(default_factory=dict)  # declared and wrong: id -> what it answers
    hidden: privacy.Withheld = privacy.NONE  # names of private persons, which may stand nowhere
    elsewhere: Collection[str] = ()  # ids of what could not be read or is left out: a link to them is not judged
    bodies: tuple[str, ...] = ()  # names that look like a person's and are none
    composites: dict[str, Composite] = field(default_factory=dict)  # several indicators in one number

    @cached_property
    def ordinary(self) -> frozenset[str]:
        """The words that its declarations and those of the flagship write in small letters: no part of a name."""
        files = {path for name in self.files if name.endswith(".yaml") for path in self._candidates(name)}
        files |= {*flagship().glob("mandate/*.yaml"), *flagship().glob("indicators/*.yaml")}
        return privacy.ordinary(path.read_text(encoding="utf-8-sig") for path in sorted(files))

    def doubts(self) -> Iterator[str]:
        """What may be the name of a private person in indicators.yaml, the files it includes, and the registers."""
        from monitor import curation

        for file in (name for name in self.files if name.endswith(".yaml") and name.split("/")[0] not in _OTHERS):
            text = self.find(file).read_text(encoding="utf-8-sig")
            for start, name in privacy.doubtful(text, self.ordinary, self.bodies):
                line = text.count("\n", 0, start) + 1
                yield (f"{file}:{line}: '{privacy.masked(name)}' may be the name of a private person. Write the office "
                       f"or the organisation; if it is one, add its name to 'organisations' of {NAME}.")
        for register in self.registers.values():
            text = self.find(f"sources/{register.file}").read_text(encoding="utf-8-sig", errors="replace")
            yield from curation.doubts(register, text, self.hidden, self.bodies, self.ordinary)

    def checks_of(self, indicator: Indicator) -> dict[str, dict[str, Any]]:
        """The checks an indicator passes, with their options: all's, the project's, its own; without those off."""
        found: dict[str, dict[str, Any]] = {name: {} for name in CHECKS}
        for declared in (self.checks, indicator.checks):
            for name, options in declared.items():
                before = {} if "off" in options or "off" in found.get(name, {}) else found.get(name, {})
                found[name] = {**before, **options}
        return {name: options for name, options in found.items() if "off" not in options}

    @property
    def recommendations(self) -> dict[str, Recommendation]:
        return self.mandate.recommendations

    def indicator(self, name: str) -> Indicator:
        """A declared indicator.

        Raises:
            DefinitionError: there is none of that id; the message names the nearest, or says that it was left out.
        """
        self.present(name)
        return _named(self.indicators, name, "indicator")

    def composite(self, name: str) -> Composite:
        """A declared composite.

        Raises:
            DefinitionError: there is none of that id; the message names the nearest, or says that it was left out.
        """
        self.present(name)
        return _named(self.composites, name, "composite")

    def source(self, name: str) -> Source:
        """A declared source.

        Raises:
            DefinitionError: there is none of that id; the message names the nearest.
        """
        return _named(self.sources, name, "source")

    def register(self, name: str) -> Register:
        """A declared register.

        Raises:
            DefinitionError: there is none of that id; the message names the nearest.
        """
        return _named(self.registers, name, "register")

    @property
    def roles(self) -> dict[str, list[str]]:
        """The recorded roles of each area that has any: origin, transit, destination."""
        return {code: [role.role for role in place.roles] for code, place in self.places.items() if place.roles}

    def inputs(self, indicator: Indicator) -> dict[str, Indicator]:
        """The indicators that an indicator is computed from, through any number of steps."""
        found: dict[str, Indicator] = {}
        ahead = [indicator]
        while ahead:
            parts = data.parts.values() if (data := ahead.pop().data) else ()
            new = {p.indicator: self.indicators[p.indicator] for p in parts if p.indicator and p.indicator not in found}
            found |= new
            ahead += new.values()
        return found

    def selections(self, indicator: Indicator) -> list[Selection]:
        """What an indicator reads of sources: its own parts, and those of the indicators it is computed from."""
        used = [indicator, *self.inputs(indicator).values()]
        return [part for each in used if each.data for part in each.data.parts.values() if part.source]

    def entered(self, name: str) -> tuple[list[dict[str, str]], set[str]]:
        """The rows of a register as they stand in its file, and the areas that lack some because these are wrong.

        Raises:
            DefinitionError: there is no such register, its heading is not what it declares, or a row is wrong and
                nobody can tell of which area.
            UnreadableData: the file is no CSV.
        """
        declared = self.register(name)
        text = self.find(f"sources/{declared.file}").read_text(encoding="utf-8-sig", errors="replace")
        if [*privacy.withheld(text, self.hidden)]:
            raise DefinitionError(f"sources/{declared.file}: holds the name of a private person, and is withheld.")
        where = f"sources/{declared.file}"
        frame, faults = entries.sound(text, declared.header(), where, declared.organisations)
        if any(not fault.area for fault in faults):
            raise entries.refused(faults, where)
        return frame.drop(entries.LINE).to_dicts(), {fault.area for fault in faults}

    def named(self, thing: str) -> str:
        """The id a person means, whatever capitals they typed; what they typed where nothing has it."""
        known = self.mandate.ids() | self.indicators.keys() | self.composites.keys() | self.left_out.keys()
        return thing if thing in known else {name.lower(): name for name in sorted(known)}.get(thing.lower(), thing)

    def present(self, name: str) -> None:
        """Raises:
            DefinitionError: something of that id is declared, and left out because its declaration is wrong.
        """
        if name in self.left_out:
            raise DefinitionError(f"'{name}' is declared, and left out because its declaration is wrong: monitor check")

    def answering(self, name: str) -> list[Indicator]:
        """The indicators that answer an item of the mandate, with its parts, or one part of it, such as an ask.

        Raises:
            DefinitionError: there is nothing of that id; the message names the nearest.
        """
        found = self.mandate.find(name)
        if found is None:
            hint = declarations.nearest(name, self.mandate.ids())
            raise DefinitionError(f"there is no '{name}' in the mandate of this project.{hint}")
        ids = {name} if found[2] else {*found[1].ids}
        return [indicator for indicator in self.indicators.values() if ids.intersection(indicator.answers)]

    def where(self, thing: str) -> list[str]:
        """Where an indicator, item of the mandate, source or file is declared: what counts, then what it overrides.

        Raises:
            DefinitionError: nothing of that name is declared.
        """
        if thing in self.lines or f"area {thing}" in self.lines:
            return [self.lines.get(thing) or self.lines[f"area {thing}"]]
        relative = f"sources/{thing}.yaml" if thing in self.sources else thing
        relative = f"{FOLDER}/{thing}.yaml" if thing in self.registers else relative
        for name, register in self.registers.items():
            if thing in (f"REG-{name.upper()}", *register.known_as):
                relative = f"{FOLDER}/{name}.yaml"
        found = [str(path) for path in self._candidates(relative)]
        for kind in ("readers", "checks", "methods") if not found else ():
            if thing in plugins.names(kind):
                found.append(str(plugins.module(kind, thing).__file__))
        if not found:
            known = [*(name.removeprefix("area ") for name in self.lines), *self.sources, *self.files]
            raise DefinitionError(f"'{thing}' is no indicator, item of the mandate, area, source, register, reader, "
                                  f"check, method or file of this project.{declarations.nearest(thing, known)}")
        return found

    def find(self, relative: str) -> Path:
        """The file that wins.

        Raises:
            DefinitionError: no layer has it.
        """
        return layers.find(self.layers, relative)

    def words(self, language: str) -> Words:
        """The words of a language, each layer's over the one below it, key by key; English where one is missing.

        Raises:
            DefinitionError: no layer speaks the language.
        """
        english = {} if language == "en" else self._texts("en")
        return Words(language, self._texts(language), english)

    def untranslated(self, language: str) -> list[str]:
        """The keys that are in English and not in this language, but for plural forms that it does not have."""
        lacking = self._texts("en").keys() - self._texts(language).keys()
        return sorted(key for key in lacking if not key.endswith(Words(language, {}).unused))

    def tokens(self) -> dict[str, Any]:
        """The look of every page: colours as text, lengths as numbers."""
        return self._keys(self.find("reports/tokens.yaml"), typed=True)

    def area_name(self, code: str, words: Words) -> str:
        """A country's or region's name in the reader's language; a place's as the project gives it."""
        return words.area(code, self.places[code].name if code in self.places else None)

    @cached_property
    def store(self) -> Path:
        """Where answers are kept: beside the project, or in the user's cache where that may not be written."""
        if os.access(self.folder, os.W_OK) and self.folder != packaged():
            return self.folder / ".monitor"
        from platformdirs import user_cache_path

        mark = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return user_cache_path("migration-scorecard") / f"{self.folder.name}-{mark}"

    def _candidates(self, relative: str) -> list[Path]:
        return [layer / relative for layer in self.layers if (layer / relative).is_file()]

    def _texts(self, language: str) -> dict[str, str]:
        relative = f"reports/words/{language}.yaml"
        self.find(relative)
        texts: dict[str, str] = {}
        for path in reversed(self._candidates(relative)):
            texts |= Words(language, self._keys(path)).texts
        return texts

    def _keys(self, path: Path, typed: bool = False) -> dict[str, Any]:
        read = document.read(path, layers.label(path, self.folder), typed)
        if not isinstance(read.tree, dict):
            raise DefinitionError(f"{read.at(())} found a list or text, expected keys and values.")
        return read.tree


def load(folder: str | Path | None = None, strict: bool = True) -> Project:
    """Read a project: every declaration, and all problems of all files at once.

    Args:
        folder: where indicators.yaml stands; None looks in the current folder and those above it, and takes
            the flagship where there is none (`Project.announced` says so).
        strict: False leaves out what is wrong and lists it in `Project.problems`.

    Raises:
        DefinitionError: something is wrong, or, not strict, so much that no project is left.
    """
    home, announced = _home(folder)
    reading = layers.Reading(tuple(dict.fromkeys((home, flagship()))))
    about, framework, declared = reading.declared()
    found = [*consistency.problems(declared), *composite_rules.problems(declared)]
    problems = [*reading.problems, *(p.sentence for p in found)]
    if about is None or (strict and problems):
        raise DefinitionError(sorted(problems, key=_place))
    kept, fallen = consistency.without(declared, {id(p.entry) for p in found if p.fatal})
    composites, fell = composite_rules.without(kept)
    told = {kind: {e.value.id: e.value for e in entries} for kind, entries in kept.items.items()}
    items = [e for entries in kept.items.values() for e in entries]
    lines = {name: e for e in reversed((*items, *kept.texts)) for name in getattr(e.value, "ids", [e.value.id])}
    lines |= {e.value.id: e for e in reversed((*kept.indicators, *composites))}
    known = {*lines}
    lines |= {f"area {code}": entry for code, entry in kept.areas.items()}
    return Project(
        folder=home, layers=reading.layers, about=about,
        languages=tuple(e.value for e in kept.languages), scorecards=tuple(e.value for e in kept.scorecards),
        places={code: e.value for code, e in kept.areas.items()},
        mandate=Mandate(documents={e.value.id: e.value for e in kept.texts}, **told),
        indicators={e.value.id: e.value for e in kept.indicators},
        sources={name: e.value for name, e in kept.sources.items()},
        gcm=framework.titles if framework else {n: f"objective {n}" for n in range(1, 24)},
        principles=framework.principles if framework else {},
        unconfirmed_titles=tuple(framework.unconfirmed) if framework else (),
        problems=tuple(sorted([*problems, *fallen, *fell], key=_place)), announced=announced, files=reading.hashes(),
        crosswalks={e.value.id: e.value for e in kept.crosswalks},
        registers=reading.registers, checks=reading.checks, hidden=reading.hidden,
        elsewhere=declared.elsewhere, bodies=tuple(reading.bodies),
        composites={e.value.id: e.value for e in composites},
        left_out={name: answers for name, answers in reading.said.items() if name not in known},
        lines={name: f"{e.document.path}:{e.document.line(e.location)}" for name, e in lines.items()},
    )


def _home(folder: str | Path | None) -> tuple[Path, str]:
    """The project's folder, and what to tell the user when it is not one of theirs."""
    if folder is not None:
        given = Path(folder).resolve()
        home = given.parent if given.name == NAME else given
        if not (home / NAME).is_file():
            raise DefinitionError(
                f"{folder}: there is no {NAME} here. Name a folder that holds one, or begin one: monitor init {folder}"
            )
        return home, ""
    here = Path.cwd()
    for home in (here, *here.parents):
        if (home / NAME).is_file():
            return home, ""
    if not (flagship() / NAME).is_file():
        raise DefinitionError(f"There is no {NAME} in {here} or above it. Begin a project: monitor init .")
    return flagship(), f"No {NAME} in {here} or above it: this is the project that comes with the package."


def _place(sentence: str) -> tuple[str, int]:
    """By file and line: what a person goes through from top to bottom."""
    found = re.match(r"(.+?):(\d+):", sentence)
    return (found[1], int(found[2])) if found else (sentence, 0)


def _named(declared: dict[str, _Model], name: str, what: str) -> _Model:
    if name not in declared:
        raise DefinitionError(f"there is no {what} '{name}' in this project.{declarations.nearest(name, declared)}")
    return declared[name]
