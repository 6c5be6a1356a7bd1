"""What is already here: the vintages a project ships (with their lock file), registers, and the store of answers.

A vintage is never trusted by its name: its bytes are hashed on every load. The store keeps each body once, by
content, and one line for each answer in an index that only grows.
"""

from __future__ import annotations

import csv
import fcntl
import gzip
import hashlib
import io
import json
import logging
import os
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.errors import DefinitionError, SourceUnavailable, UnreadableData
from monitor.model import Source
from monitor.results import Snapshot

if TYPE_CHECKING:
    import polars as pl

LOCK = "vintages.lock"
_NEEDED = ("path", "sha256", "source", "series", "unit", "fixed", "retrieved", "url", "origin", "origin_sha256",
           "licence", "publisher", "citation")  # fmt: skip
#: seconds to wait for another process that writes to the store
PATIENCE = 30.0
log = logging.getLogger(__name__)


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def digest(bodies: Sequence[bytes]) -> str:
    """The hash of an answer: of its only body, or of the joined hashes of all of them."""
    hashes = [sha256(body) for body in bodies]
    return hashes[0] if len(hashes) == 1 else sha256("".join(hashes).encode())


# ------------------------------------------------------------------ what a project ships


def locked(layer: Path) -> list[dict[str, str]]:
    """The lines of a layer's lock file; none where it has no lock file.

    Raises:
        DefinitionError: the file is not what tools/make_vintages.py writes.
    """
    path = layer / "sources" / LOCK
    if not path.is_file():
        return []
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


def shipped(layers: Sequence[Path], source: str, series: str) -> Snapshot | None:
    """The vintage of a series that ships with the project: the nearest layer's, its newest.

    Raises:
        UnreadableData: the file is not the one that was locked.
    """
    for layer in layers:
        lines = [line for line in locked(layer) if (line["source"], line["series"]) == (source, series)]
        if lines:
            line = max(lines, key=lambda line: line["retrieved"])
            return _shipped(line, _verified(layer, line), series)
    return None


def register(layers: Sequence[Path], source: Source, series: str) -> Snapshot:
    """A register: the hand-kept file of a source, from the nearest layer that has it, locked or not.

    Raises:
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


def _shipped(line: Mapping[str, str], body: bytes, series: str) -> Snapshot:
    return Snapshot(
        line["source"], series, "register" if line["path"].startswith("registers/") else "compact", (body,),
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


# ------------------------------------------------------------------ the store of answers

_INDEX = "index.jsonl"
#: what the index repeats of a Snapshot; the bodies stand in files of their own
_TOLD = [f.name for f in fields(Snapshot) if f.name not in ("bodies", "origin", "problem", "path")]


def keep(store: Path, snapshot: Snapshot, pages: Sequence[tuple[int, Mapping[str, str]]] = ()) -> Snapshot:
    """Keep an answer for good: each body once, then a line in the index. Gives it back with its path.

    Args:
        pages: status and headers that matter (ETag, Last-Modified, Content-Type) of each page.

    Raises:
        SourceUnavailable: another process is writing to the store and does not end.
        OSError: the disk is full or may not be written.
    """
    hashes = [sha256(body) for body in snapshot.bodies]
    told = asdict(snapshot)
    line = {name: told[name] for name in _TOLD} | {
        "bodies": hashes, "pages": [{"status": status, **headers} for status, headers in pages],
    }  # fmt: skip
    with _alone(store):
        for name, body in zip(hashes, snapshot.bodies, strict=True):
            if not (store / _body(name)).exists():
                _place(store, _body(name), gzip.compress(body, 6, mtime=0))
        with (store / _INDEX).open("a+b") as index:
            if index.tell() and not _ends_whole(index):
                index.write(b"\n")  # the last writer was killed in the middle of its line
            index.write(json.dumps(line, ensure_ascii=False, sort_keys=True).encode() + b"\n")
            index.flush()
            os.fsync(index.fileno())
    return _with_path(snapshot, hashes)


def before(layers: Sequence[Path], store: Path, snapshot: Snapshot) -> Snapshot | None:
    """The answer that was the newest one until this one came: kept or shipped, with other bytes."""
    earlier = [newest(store, snapshot.source, snapshot.series, but=snapshot.sha256, until=snapshot.retrieved),
               shipped(layers, snapshot.source, snapshot.series)]
    known = [s for s in earlier if s and s.sha256 != snapshot.sha256 and s.retrieved[:10] <= snapshot.retrieved[:10]]
    return max(known, key=lambda s: s.retrieved, default=None)


def newest(
    store: Path, source: str, series: str, as_of: date | None = None, but: str = "", until: str = ""
) -> Snapshot | None:
    """The newest answer kept, or the newest known on a date; ``but`` leaves out one hash, ``until`` what came later.

    Raises:
        UnreadableData: its bytes are not those that were kept.
    """
    lines = [
        line for line in index(store)[0] if (line["source"], line["series"]) == (source, series)
        and (as_of is None or line["retrieved"][:10] <= as_of.isoformat())
        and line["sha256"] != but and (not until or line["retrieved"] <= until)
    ]  # fmt: skip
    if not lines:
        return None
    line = max(reversed(lines), key=lambda line: line["retrieved"])  # of equals, the last one written
    bodies = tuple(_load(store, name) for name in line["bodies"])
    return _with_path(Snapshot(bodies=bodies, origin="kept", **{n: line[n] for n in _TOLD}), line["bodies"])


def index(store: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Every answer ever kept, oldest first, and a sentence for each line of the index that cannot be read."""
    path = store / _INDEX
    try:
        status = path.stat()
    except OSError:
        return [], []
    lines, problems = _index(path, status.st_size, status.st_mtime_ns)
    return lines, problems


@lru_cache(maxsize=4)
def _index(path: Path, size: int, changed: int) -> tuple[list[dict[str, Any]], list[str]]:
    """The index as it was at that size: read once for a run that asks it sixty times."""
    lines, problems = [], []
    for number, text in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            line = json.loads(text)
            if not line.keys() >= {*_TOLD, "bodies"}:
                raise ValueError
            lines.append(line)
        except (ValueError, AttributeError):
            problems.append(f"{_INDEX}:{number}: is no whole line (its writer was stopped); it was ignored.")
    for problem in problems:
        log.warning("%s", problem)
    return lines, problems


def _body(name: str) -> str:
    return f"snapshots/{name[:2]}/{name}.gz"


def _with_path(snapshot: Snapshot, hashes: Sequence[str]) -> Snapshot:
    return replace(snapshot, path=_body(hashes[0]))


def _load(store: Path, name: str) -> bytes:
    try:
        body = gzip.decompress((store / _body(name)).read_bytes())
        found = sha256(body)
    except (OSError, EOFError, zlib.error) as error:
        body, found = b"", str(error)
    if found != name:
        raise UnreadableData(f"{_body(name)} in the project's store is damaged (found {found}, expected {name}). "
                             "Delete the file and run 'monitor fetch' again.")  # fmt: skip
    return body


# ------------------------------------------------------------------ rows already read


def rows_get(store: Path, key: str) -> pl.DataFrame | None:
    """The rows kept under a key; None where there are none, or none that can be read."""
    import polars as pl

    path = store / "rows" / f"{key}.parquet"
    try:
        return pl.read_parquet(path) if path.exists() else None
    except (pl.exceptions.PolarsError, OSError):
        return None  # a cache: it is simply made again


def rows_put(store: Path, key: str, frame: pl.DataFrame) -> None:
    """Keep rows under a key. Where the store cannot be written they are read again the next time."""
    packed = io.BytesIO()
    frame.write_parquet(packed, compression="zstd")
    try:
        with _alone(store):
            _place(store, f"rows/{key}.parquet", packed.getvalue())
    except (OSError, SourceUnavailable) as error:
        log.warning("rows could not be kept: %s", error)


# ------------------------------------------------------------------ writing


@contextmanager
def _alone(store: Path) -> Iterator[None]:
    """Only one writer at a time. The system takes the lock from a process that dies; its remains are swept."""
    aside = store / "aside"
    aside.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + PATIENCE
    with (store / "store.lock").open("a+", encoding="utf-8") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    lock.seek(0)
                    raise SourceUnavailable(
                        f"The project's store is in use by process {lock.read().strip() or 'unknown'}, for more than "
                        f"{PATIENCE:g} seconds. Wait until it has ended, or end it; nothing is lost by that."
                    ) from None
                time.sleep(0.01)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        for left in aside.iterdir():
            left.unlink()
        yield


def _place(store: Path, name: str, body: bytes) -> None:
    """Write aside, look at what was written, then move: a file under its name is always whole."""
    aside, path = store / "aside" / Path(name).name, store / name
    with aside.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    if sha256(aside.read_bytes()) != sha256(body):
        raise OSError(5, f"{name} was not written as it should be")
    path.parent.mkdir(parents=True, exist_ok=True)
    aside.replace(path)


def _ends_whole(file: Any) -> bool:
    file.seek(-1, os.SEEK_END)
    return bool(file.read(1) == b"\n")
