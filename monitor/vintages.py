"""What is already here: the vintages a project ships (with their lock file), its registers, and the answers kept.

A vintage is never trusted by its name: its bytes are hashed on every load. Answers are kept by `monitor.store`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, partial
from pathlib import Path

from monitor import store as _store
from monitor.bodies import digest, sha256
from monitor.errors import DefinitionError, SourceUnavailable, UnreadableData
from monitor.model import Source
from monitor.results import Snapshot
from monitor.store import keep, newest

__all__ = ["Vintage", "before", "digest", "every", "keep", "locked", "newest", "register", "sha256", "shipped",
           "verify"]  # fmt: skip

LOCK = "vintages.lock"
_NEEDED = ("path", "sha256", "source", "series", "unit", "fixed", "retrieved", "url", "origin", "origin_sha256",
           "licence", "publisher", "citation")  # fmt: skip


@dataclass(frozen=True)
class Vintage:
    """A series as its publisher showed it on one date: the answer without its bytes, and how to get them."""

    snapshot: Snapshot
    size: int  # bytes, unpacked; 0 where it is not known
    load: Callable[[], Snapshot]  # raises UnreadableData where the bytes are not those that were kept


# ------------------------------------------------------------------ what a project ships


def locked(layer: Path) -> list[dict[str, str]]:
    """The lines of a layer's lock file; none where it has no lock file.

    Raises:
        DefinitionError: the file is not what tools/make_vintages.py writes.
    """
    path = layer / "sources" / LOCK
    if not path.is_file():
        return []
    status = path.stat()
    return _lines(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=8)
def _lines(path: Path, size: int, changed: int) -> list[dict[str, str]]:
    """The lock as it was at that size: read once for a run that asks it sixty times."""
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            found = list(csv.DictReader(lines, strict=True))
    except (csv.Error, UnicodeDecodeError) as error:
        raise DefinitionError(f"sources/{LOCK}: is no CSV in UTF-8 ({error}). {_REBUILD}") from None
    for number, line in enumerate(found, start=2):
        if missing := [name for name in _NEEDED if line.get(name) is None]:
            raise DefinitionError(f"sources/{LOCK}:{number}: expected the columns {', '.join(_NEEDED)}; "
                                  f"{', '.join(missing)} is missing. {_REBUILD}")  # fmt: skip
        if line["path"].startswith("/") or ".." in line["path"].split("/"):
            raise DefinitionError(f"sources/{LOCK}:{number}: path: found '{line['path']}', "
                                  "expected a file below sources/.")  # fmt: skip
    return found


_REBUILD = "Restore it, or rebuild the vintages with tools/make_vintages.py."


def shipped(layers: Sequence[Path], source: str, series: str, as_of: date | None = None) -> Snapshot | None:
    """The vintage of a series that ships with the project: the nearest layer's, its newest (known on a date).

    Raises:
        UnreadableData: the file is not the one that was locked.
    """
    for layer in layers:
        lines = [
            line for line in locked(layer) if (line["source"], line["series"]) == (source, series)
            and (as_of is None or line["retrieved"][:10] <= as_of.isoformat())
        ]
        if lines:
            line = max(lines, key=lambda line: line["retrieved"])
            return _shipped(line, _verified(layer, line), series)
    return None


def every(layers: Sequence[Path], store: Path, source: str, series: str) -> list[Vintage]:
    """All vintages of a series, shipped in any layer and kept, the oldest first; an answer that came again once.

    Raises:
        UnreadableData: the store's index is damaged.
    """
    found = [
        Vintage(replace(kept.snapshot, bodies=()), sum(page.size for page in kept.pages),
                partial(_store.load, store, kept))
        for kept in _store.answers(store, source, series) if not kept.pruned
    ]
    for layer in reversed(layers):
        for line in locked(layer):
            if (line["source"], line["series"]) == (source, series):
                path = layer / "sources" / line["path"]
                found.append(Vintage(_shipped(line, None, series), path.stat().st_size if path.is_file() else 0,
                                     partial(_open, layer, line, series)))
    found.sort(key=lambda one: one.snapshot.retrieved)
    return [v for n, v in enumerate(found) if not n or v.snapshot.sha256 != found[n - 1].snapshot.sha256]


def before(layers: Sequence[Path], store: Path, snapshot: Snapshot) -> Snapshot | None:
    """The answer that was the newest one until this one came: kept or shipped, with other bytes.

    Raises:
        UnreadableData: its bytes are not those that were kept.
    """
    known = [
        one for one in every(layers, store, snapshot.source, snapshot.series)
        if one.snapshot.sha256 != snapshot.sha256 and one.snapshot.retrieved <= snapshot.retrieved
    ]
    return known[-1].load() if known else None


def register(layers: Sequence[Path], source: Source, series: str) -> Snapshot:
    """A register: the hand-kept file of a source, from the nearest layer that has it, locked or not.

    Raises:
        SourceUnavailable: no layer has the file, and people download it themselves.
        DefinitionError: no layer has the file.
        UnreadableData: it is locked, and not the file that was; or it is no text.
    """
    for layer in layers:
        path = layer / "sources" / (source.file or "")
        if not source.file or not path.is_file():
            continue
        for line in locked(layer):
            if line["path"] == source.file:
                return _shipped({**line, "source": source.id}, _verified(layer, line), series)
        body = path.read_bytes()
        return Snapshot(
            source.id, series, source.reader, (body,), sha256(body), source.homepage, _newest_row(body, source.file),
            "shipped", f"sources/{source.file}", source.licence.name, source.publisher, source.citation,
            came_from="register of this project",
        )
    if source.licence.terms:  # a file that people download for themselves
        raise SourceUnavailable(f"{source.id}: its file is not here. Download it from {source.homepage} and save it as "
                                f"sources/{source.file} in your project. Before you do: {source.licence.terms}")
    raise DefinitionError(f"sources/{source.id}.yaml: file: there is no sources/{source.file} in the project.")


def verify(layers: Sequence[Path]) -> list[str]:
    """Hash every locked file; one sentence for each problem, none when all is well."""
    problems: list[str] = []
    for layer in layers:
        try:
            lines = locked(layer)
        except DefinitionError as error:
            problems += error.problems
            continue
        for line in lines:
            try:
                _verified(layer, line)
            except UnreadableData as error:
                problems += error.problems
    return problems


def _verified(layer: Path, line: Mapping[str, str]) -> bytes:
    name = f"sources/{line['path']}"
    try:
        body = (layer / name).read_bytes()
    except OSError as error:
        raise UnreadableData(f"{name}: {error.strerror}, though sources/{LOCK} lists it. {_REBUILD}") from None
    if (found := sha256(body)) != line["sha256"]:
        kept = " If you keep this register by hand, take its line out of the lock file." * name.startswith(
            "sources/registers/")  # fmt: skip
        raise UnreadableData(f"{name}: its sha256 is {found}, but sources/{LOCK} expects {line['sha256']}: "
                             f"the file was changed. {_REBUILD}{kept}")  # fmt: skip
    return body


def _open(layer: Path, line: Mapping[str, str], series: str) -> Snapshot:
    return _shipped(line, _verified(layer, line), series)


def _shipped(line: Mapping[str, str], body: bytes | None, series: str) -> Snapshot:
    return Snapshot(
        line["source"], series, "register" if line["path"].startswith("registers/") else "compact",
        () if body is None else (body,),
        line["sha256"], line["url"], line["retrieved"], "shipped", f"sources/{line['path']}", line["licence"],
        line["publisher"], line["citation"], line["unit"], line["fixed"], line["origin"], line["origin_sha256"],
    )  # fmt: skip


def _newest_row(body: bytes, name: str) -> str:
    """The newest date in the column ``retrieved_on`` of a register; "" where there is none."""
    try:
        rows = csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""))
        return max((row.get("retrieved_on") or "" for row in rows), default="")
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableData(f"sources/{name}: is no CSV in UTF-8 ({error}). Save it as such.") from None
