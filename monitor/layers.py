"""The files of a project, layer by layer: its own folder first, the flagship's after it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from monitor import declarations, document, plugins, privacy
from monitor.composite_model import Composite
from monitor.consistency import Declarations, Entry
from monitor.declarations import FrameworkFile, IncludedFile, ProjectFile
from monitor.document import Document
from monitor.errors import DefinitionError
from monitor.items import Crosswalk
from monitor.items import Document as Text
from monitor.mandate import KINDS
from monitor.model import About, Indicator, Place, Source
from monitor.registers import FOLDER, Register, joined

NAME = "indicators.yaml"
GCM = "sources/frameworks/gcm.yaml"
_Model = TypeVar("_Model", bound=BaseModel)


def packaged() -> Path:
    """Where a wheel carries the flagship."""
    return Path(__file__).resolve().parent / "flagship"


def flagship() -> Path:
    """The folder of the flagship: inside the package, or the root of the repository the package stands in."""
    return packaged() if packaged().is_dir() else Path(__file__).resolve().parents[1]


def find(layers: tuple[Path, ...], relative: str) -> Path:
    for layer in layers:
        if (layer / relative).exists():
            return layer / relative
    raise DefinitionError(f"{relative}: no such file in {' nor in '.join(str(layer) for layer in layers)}.")


def label(path: Path, folder: Path) -> str:
    """How messages name a file: by its path in the project, or in full where it is the flagship's."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


class Reading:
    """The files of a project, layer by layer, with their hashes and what is wrong with them."""

    def __init__(self, layers: tuple[Path, ...]) -> None:
        self.layers = layers
        self.problems: list[str] = []
        self.registers: dict[str, Register] = {}  # known once `declared`
        self.checks: dict[str, dict[str, Any]] = {}  # of every indicator
        self.said: dict[str, tuple[str, ...]] = {}  # id of each item and indicator, right or wrong -> what it answers
        self.hidden = privacy.read(layers)
        self._read: dict[str, str] = {}
        self._unread: list[str] = []
        self._named: list[tuple[Document, int, str]] = []
        self.bodies: list[str] = []  # names that look like a person's and are none

    def file(self, relative: str, model: type[BaseModel], **known: str) -> Document | None:
        """One file of the layer that wins, held against its model; None when it is no YAML we read."""
        try:
            path = find(self.layers, relative)
            read = document.read(path, label(path, self.layers[0]))
        except DefinitionError as problem:
            self.problems += problem.problems
            self._unread += [relative] if model is IncludedFile else []
            return None
        self._read[relative] = read.sha256
        self._named += self._people(read, model)
        if isinstance(read.tree, dict):
            read.tree.update({key: value for key, value in known.items() if key not in read.tree})
        self.problems += declarations.problems(read, model)
        return read

    def _people(self, read: Document, model: type[BaseModel]) -> Iterator[tuple[Document, int, str]]:
        """Where a file names a private person, or says how to reach one."""
        text = read.path.read_text(encoding="utf-8-sig")
        for start, name in privacy.withheld(text, self.hidden):
            said = "is the name of a private person, and is withheld. Write the organisation or office instead, or "
            yield read, *_said_at(read, text, start, f"'{privacy.masked(name)}' {said}[name withheld].")
        listed = read.tree.get("organisations") if isinstance(read.tree, dict) else None
        bodies = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
        self.bodies += bodies if issubclass(model, IncludedFile) else []
        for start, name in privacy.persons(text, [*self.bodies, *bodies]):
            if "@" not in name or issubclass(model, IncludedFile):  # a publisher's desk may be written to
                said = "names a person or says how to reach one. Write the organisation or office; a name that is no"
                yield read, *_said_at(read, text, start, f"'{privacy.masked(name)}' {said} person's goes under "
                                      f"'organisations' of {NAME if model is not Register else read.label}.")

    def hashes(self) -> dict[str, str]:
        """sha256 of every file that won, with the templates, style, words and registers that are read later."""
        for relative in self._names("reports/**/*") | self._names(f"{FOLDER}/*.csv"):
            if relative not in self._read and (path := find(self.layers, relative)).is_file():
                self._read[relative] = hashlib.sha256(path.read_bytes()).hexdigest()
        return dict(sorted(self._read.items()))

    def declared(self) -> tuple[About | None, FrameworkFile | None, Declarations]:
        """What is right in itself, ready to be held against the rest."""
        main = self.file(NAME, ProjectFile)
        if main is None:
            raise DefinitionError(self.problems)
        self.checks = self._checks(main)
        documents = [main, *self._included(main)]
        sources = dict(self._sources())
        framework = self.file(GCM, FrameworkFile)
        gcm = _one(FrameworkFile, framework.tree) if framework else None
        said = [item for d in documents for key in ("documents", *KINDS, "indicators", "composites")
               for _, item in _items(d, key) if isinstance(item, dict)]
        self.said = {str(item.get("id")): tuple(a for a in item["answers"] if isinstance(a, str))
                     if isinstance(item.get("answers"), list) else () for item in said}
        if self._unread:
            self.problems.append(f"{', '.join(self._unread)}: could not be read, so what it declares is left out, and "
                                 "links into it were not checked.")
        texts = [e for d in documents for e in _entries(d, "documents", Text)]
        items = {kind: [e for d in documents for e in _entries(d, kind, model)] for kind, model in KINDS.items()}
        known = {e.value.id: e.value for e in reversed(texts)}
        items["recommendations"] = [e._replace(value=e.value.cited(known.get(e.value.document)))
                                    for e in items["recommendations"]]
        indicators = [e for d in documents for e in _entries(d, "indicators", Indicator)]
        partial = [e for d in documents for e in _entries(d, "indicators", Indicator, _partly)]
        composites = [*_entries(main, "composites", Composite)]
        ids = {entry.value.id for entry in (*texts, *chain(*items.values()), *indicators, *composites)}
        right = {name: Entry(s, d) for name, d in sources.items() if (s := _one(Source, d.tree))}
        kept = {name: Entry(r, d) for name, d in self._registers() if (r := _one(Register, d.tree))}
        self.registers = {name: entry.value for name, entry in kept.items()}
        read = joined(self.registers, {name: entry.value for name, entry in right.items()})
        right = {name: Entry(source, (kept | right)[name].document) for name, source in read.items()}
        files = self._names("sources/*.yaml") | self._names(f"{FOLDER}/*.yaml")
        wrong = {Path(name).stem for name in files} - right.keys() - kept.keys()
        about = main.tree.get("about") if isinstance(main.tree, dict) else None
        return _one(About, about), gcm, Declarations(
            texts=texts, items=items, principles=gcm.principles if gcm else {}, crosswalks=[*self._crosswalks()],
            indicators=indicators, sources=right,
            areas={str(e.location[-1]): e for e in _entries(main, "areas", Place)},
            scorecards=[*_texts(main, "scorecards")], languages=[*_texts(main, "languages")] or [Entry("en", main)],
            partial=partial, composites=composites, refused=wrong.union({str(item.get("id")) for item in said} - ids),
            claimed={a for answers in self.said.values() for a in answers},
            unread=bool(self._unread), named=self._named,
            registers={name.removeprefix("sources/") for name in self._names("sources/registers/*")},
            spoken={Path(name).stem for name in self._names("reports/words/*.yaml")},
        )

    def _checks(self, main: Document) -> dict[str, dict[str, Any]]:
        """The checks of every indicator, as far as they are right."""
        declared = main.tree.get("checks") if isinstance(main.tree, dict) else None
        known = plugins.names("checks")
        for name in declared if isinstance(declared, dict) else ():
            if name not in known:
                hint = declarations.nearest(str(name), known) or f" Known: {', '.join(known)}."
                self.problems.append(f"{main.at(('checks', name))} '{name}' is no check.{hint}")
        right = _one(ProjectFile, {"about": main.tree.get("about"), "checks": declared}) if declared else None
        return {name: options for name, options in right.checks.items() if name in known} if right else {}

    def _included(self, main: Document) -> Iterator[Document]:
        names: dict[str, None] = {}
        for entry in _texts(main, "include"):
            inside = entry.value and not Path(entry.value).is_absolute() and ".." not in Path(entry.value).parts
            files = sorted(self.layers[0].glob(entry.value)) if inside else []
            if not files:
                problem = entry.says(f"found '{entry.value}', expected files in the project's folder.")
                self.problems.append(problem.sentence)
            names |= dict.fromkeys(file.relative_to(self.layers[0]).as_posix() for file in files)
        for name in names:
            if name != NAME and (read := self.file(name, IncludedFile)):
                yield read

    def _sources(self) -> Iterator[tuple[str, Document]]:
        yield from self._by_name("sources/*.yaml", Source)

    def _registers(self) -> Iterator[tuple[str, Document]]:
        yield from self._by_name(f"{FOLDER}/*.yaml", Register)

    def _by_name(self, pattern: str, model: type[BaseModel]) -> Iterator[tuple[str, Document]]:
        """Files whose name is the id of what they declare."""
        for relative in sorted(self._names(pattern)):
            name = Path(relative).stem
            if read := self.file(relative, model, id=name):
                if model is Register and not self._has_rows(relative):
                    continue
                yield name, read
                if isinstance(read.tree, dict) and read.tree["id"] != name:
                    sentence = f"found '{read.tree['id']}', expected '{name}', the name of the file."
                    self.problems.append(f"{read.at(('id',))} {sentence}")

    def _has_rows(self, relative: str) -> bool:
        """Whether a register has its CSV, in the folder its declaration stands in or in one laid over that."""
        table = str(Path(relative).with_suffix(".csv"))
        for layer in self.layers:
            if (layer / table).is_file():
                return True
            if (layer / relative).is_file():
                break
        self.problems.append(f"{label(find(self.layers, relative), self.layers[0])}:1: there is no {table} beside it. "
                             "Put the file back; a register without entries is a file with a heading and no rows.")
        return False

    def _crosswalks(self) -> Iterator[Entry]:
        """Those of the project's own folder: like indicators, they are never inherited."""
        for path in sorted(self.layers[0].glob("sources/frameworks/*.yaml")):
            relative = path.relative_to(self.layers[0]).as_posix()
            if relative != GCM and (read := self.file(relative, Crosswalk, id=path.stem)):
                value = _one(Crosswalk, read.tree)
                yield from [Entry(value, read)] if value else []

    def _names(self, pattern: str) -> set[str]:
        """Files of any layer, relative to it."""
        return {path.relative_to(layer).as_posix() for layer in self.layers for path in layer.glob(pattern)}


def _said_at(read: Document, text: str, start: int, sentence: str) -> tuple[int, str]:
    line = text.count("\n", 0, start) + 1
    return line, f"{read.label}:{line}: {sentence}"


def _items(read: Document, key: str) -> list[tuple[str | int, Any]]:
    """The members of a list or block with their places in it; none when it is neither."""
    block = read.tree.get(key) if isinstance(read.tree, dict) else None
    return list(block.items()) if isinstance(block, dict) else [*enumerate(block)] if isinstance(block, list) else []


def _texts(read: Document, key: str) -> Iterator[Entry]:
    return (Entry(text, read, (key, n)) for n, text in _items(read, key) if isinstance(text, str))


def _one(model: type[_Model], tree: Any) -> _Model | None:
    try:
        return model.model_validate(tree)
    except ValidationError:
        return None  # said already: every file is held against its model


def _partly(model: type[_Model], tree: Any) -> _Model | None:
    """What is right of an indicator that is wrong, so that all its problems can be named at once."""
    if not isinstance(tree, dict) or _one(model, tree) is not None:
        return None
    right: dict[str, Any] = {"id": "", "answers": []}
    for name in tree.keys() & {"id", "answers", "companions", "method", "checks", "applies_to", "targets", "data"}:
        kind: Any = model.model_fields[name].annotation
        with suppress(ValidationError):
            right[name] = TypeAdapter(kind).validate_python(tree[name])
    return model.model_construct(**right)


def _entries(
    read: Document, key: str, model: type[_Model], take: Callable[[type[_Model], Any], _Model | None] = _one
) -> Iterator[Entry]:
    return (Entry(value, read, (key, n)) for n, item in _items(read, key) if (value := take(model, item)) is not None)
