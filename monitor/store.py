"""The store of answers: each body once, by its content, and one line for each answer in an index that only grows.

Bodies stand in ``snapshots/``, packed and named by their SHA-256. The index is ``index.sqlite``: the database itself
refuses to change or delete a line. Pruning adds a line that says what was pruned, when and why, and takes only bodies
away. One process writes at a time; a kill at any moment leaves an answer that is whole or not there.

The index keeps a rollback journal (no WAL): there is one writer anyway, and a store on a network disk or a read-only
one must be readable too.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import __version__, bodies, plugins
from monitor.bodies import PATIENCE, alone, joined, path_of, sha256
from monitor.errors import MonitorError, UnreadableData
from monitor.results import Snapshot

if TYPE_CHECKING:
    import sqlite3

INDEX = "index.sqlite"
#: the index of earlier versions; it is taken over once and kept aside
FORMER = "index.jsonl"
#: what the index says of an answer in columns of their own; the rest of a Snapshot is in ``more``
_COLUMNS = ("source", "series", "retrieved", "sha256", "url", "licence", "reader")
_MORE = [f.name for f in fields(Snapshot) if f.name not in (*_COLUMNS, "bodies", "origin", "problem", "path")]
_TABLES = """
create table answer (number integer primary key, source text not null, series text not null, retrieved text not null,
  sha256 text not null, url text not null, licence text not null, reader text not null, reader_version text not null,
  more text not null);
create index answer_of on answer (source, series, retrieved);
create table page (answer integer not null references answer, number integer not null, sha256 text not null,
  size integer not null, status integer, headers text not null, primary key (answer, number));
create index page_of on page (sha256);
create table pruned (answer integer primary key references answer, pruned_on text not null, why text not null);
"""
#: also REPLACE, which deletes without asking the trigger for that
_GUARDS = "".join(
    f"create trigger {table}_{event} before {event} on {table} {when} "
    "begin select raise(abort, 'the index only grows'); end;\n"
    for table, key in (("answer", "number = new.number"), ("pruned", "answer = new.answer"),
                       ("page", "answer = new.answer and number = new.number"))
    for event, when in (("update", ""), ("delete", ""),
                        ("insert", f"when exists (select 1 from {table} where {key})"))  # noqa: S608
)  # fmt: skip
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """One body of an answer: its hash, its size unpacked, the status and the headers it came with."""

    sha256: str
    size: int
    status: int | None
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Kept:
    """One line of the index. ``snapshot`` has no bodies until `load` brings them."""

    number: int
    snapshot: Snapshot
    pages: tuple[Page, ...]
    reader_version: str
    pruned: str = ""  # when and why its bodies were taken away; "" while they are here


# ------------------------------------------------------------------ keep and find


def keep(store: Path, snapshot: Snapshot, pages: Sequence[tuple[int, Mapping[str, str]]] = ()) -> Snapshot:
    """Keep an answer for good: each body once, then a line in the index. Gives it back with its path.

    Args:
        pages: status and headers that matter (ETag, Last-Modified, Content-Type) of each page.

    Raises:
        SourceUnavailable: another process is writing to the store and does not end.
        OSError: the disk is full or may not be written, or the index is damaged.
    """
    answered = [*pages, *((None, {}) for _ in snapshot.bodies)]
    kept = [
        Page(sha256(body), len(body), status, headers)
        for body, (status, headers) in zip(snapshot.bodies, answered, strict=False)
    ]
    with alone(store):
        for body in snapshot.bodies:
            bodies.keep(store, body)
        with _writing(store) as index:
            _add(index, snapshot, kept, reader_version(snapshot.reader))
    return replace(snapshot, path=path_of(kept[0].sha256))


def newest(
    store: Path, source: str, series: str, as_of: date | None = None, but: str = "", until: str = ""
) -> Snapshot | None:
    """The newest answer kept, or the newest known on a date; ``but`` leaves out one hash, ``until`` what came later.

    Where its bytes are damaged the one before serves, and says so.

    Raises:
        UnreadableData: there are some, and the bytes of none are those that were kept.
    """
    damaged: list[str] = []
    for kept in reversed(answers(store, source, series)):
        one = kept.snapshot
        late = (as_of and one.retrieved[:10] > as_of.isoformat()) or (until and one.retrieved > until)
        if late or one.sha256 == but or kept.pruned:
            continue
        try:
            return replace(load(store, kept), damage=" ".join(dict.fromkeys(damaged)))
        except UnreadableData as error:
            damaged += error.problems
    if damaged:
        raise UnreadableData(list(dict.fromkeys(damaged)))
    return None


def answers(store: Path, source: str = "", series: str = "") -> list[Kept]:
    """Every answer ever kept, or those of a series, by date; of one date in the order they came.

    Raises:
        UnreadableData: the index is damaged.
    """
    given = {name: value for name, value in (("source", source), ("series", series)) if value}
    chosen = "where " + " and ".join(["true", *(f"{name} = :{name}" for name in given)])  # so that its key is used
    with _reading(store) as index:
        if index is None:
            return []
        lines = index.execute(
            f"select a.number, {', '.join(_COLUMNS)}, reader_version, more, pruned_on, why "  # noqa: S608
            f"from answer a left join pruned p on p.answer = a.number {chosen} order by retrieved, a.number",
            given).fetchall()  # fmt: skip
        held: dict[int, list[Page]] = {}
        for answer, name, size, status, headers in index.execute(
            "select answer, p.sha256, size, status, headers from page p join answer a on a.number = p.answer "  # noqa: S608
            f"{chosen} order by answer, p.number", given):  # fmt: skip
            held.setdefault(answer, []).append(Page(name, size, status, json.loads(headers)))
    found = []
    for number, *told, version, more, when, why in lines:
        rest = {name: value for name, value in json.loads(more).items() if name in _MORE}
        pages = tuple(held.get(number, ()))
        snapshot = Snapshot(**dict(zip(_COLUMNS, told, strict=True)), bodies=(), origin="kept", **rest,
                            path=path_of(pages[0].sha256) if pages else "")  # fmt: skip
        found.append(Kept(number, snapshot, pages, version, f"on {when[:10]}: {why}" if when else ""))
    return found


def load(store: Path, kept: Kept) -> Snapshot:
    """An answer with its bytes.

    Raises:
        UnreadableData: they are not those that were kept, or were pruned.
    """
    if kept.pruned:
        raise UnreadableData(f"{kept.snapshot.path} in the project's store was pruned {kept.pruned}.")
    return replace(kept.snapshot, bodies=tuple(bodies.load(store, page.sha256) for page in kept.pages))


@cache
def reader_version(reader: str) -> str:
    """The engine's version and the hash of the reader's own code; the version alone where there is no such reader."""
    try:
        code = Path(plugins.module("readers", reader).__file__).read_bytes()
    except MonitorError:
        return __version__
    return f"{__version__}+{sha256(code)[:12]}"


# ------------------------------------------------------------------ verify and prune


def verify(store: Path) -> tuple[list[str], int, int]:
    """Hash everything anew: a sentence for each problem, how many answers, how many bodies."""
    problems: list[str] = []
    try:
        with _reading(store) as index:
            if index is not None and (found := index.execute("pragma integrity_check").fetchone()[0]) != "ok":
                problems.append(_damaged(found))
        kept = [one for one in answers(store) if not one.pruned]
    except UnreadableData as error:
        return error.problems, 0, 0
    names = {page.sha256 for one in kept for page in one.pages}
    for name in sorted(names):
        try:
            bodies.load(store, name)
        except UnreadableData as error:
            problems += error.problems
    for one in kept:
        if not one.pages or joined([page.sha256 for page in one.pages]) != one.snapshot.sha256:
            problems.append(f"{INDEX}, answer {one.number}: its hash is not that of its bodies. Put the index back "
                            "from a copy of the store.")  # fmt: skip
    return problems, len(kept), len(names)


def prune(store: Path, numbers: Sequence[int], when: str, why: str) -> None:
    """Take answers out of use: a line for each that says so, then away with bodies that no other answer has.

    Raises:
        SourceUnavailable: another process is writing to the store and does not end.
        OSError: the store may not be written.
    """
    with alone(store):
        with _writing(store) as index:
            index.executemany("insert into pruned values (?, ?, ?)", [(n, when, why) for n in numbers])
            used = {name for (name,) in index.execute(
                "select sha256 from page where answer not in (select answer from pruned)")}  # fmt: skip
        for path in (store / "snapshots").glob("*/*.gz"):
            if path.stem not in used:
                path.unlink()


# ------------------------------------------------------------------ the index


def _add(index: sqlite3.Connection, one: Snapshot, pages: Sequence[Page], version: str, **more: str) -> None:
    told = asdict(replace(one, bodies=()))
    rest = {name: told[name] for name in _MORE if told[name]} | more
    marks = ", ".join("?" * (len(_COLUMNS) + 2))
    number = index.execute(
        f"insert into answer ({', '.join(_COLUMNS)}, reader_version, more) values ({marks})",  # noqa: S608
        [*(told[name] for name in _COLUMNS), version, _json(rest)]).lastrowid  # fmt: skip
    index.executemany("insert into page values (?, ?, ?, ?, ?, ?)", [
        (number, n, page.sha256, page.size, page.status, _json(dict(page.headers))) for n, page in enumerate(pages)])


def _json(tree: object) -> str:
    return json.dumps(tree, ensure_ascii=False, sort_keys=True)


#: how often to look whether a first writer has made the tables, every 20 milliseconds
BEGINNING = 50


@contextmanager
def _reading(store: Path) -> Iterator[sqlite3.Connection | None]:
    """The index; None where nothing was ever kept (then the database library is not even loaded)."""
    if (store / FORMER).exists():
        try:
            with alone(store), _writing(store):
                pass
        except OSError as error:
            raise UnreadableData(f"{FORMER} in the project's store is of an earlier version and cannot be taken over "
                                 f"({error.strerror}). Make the store writable.") from None  # fmt: skip
    if not (store / INDEX).exists():
        yield None
        return
    import sqlite3

    try:  # a journal that a killed writer left is rolled back here, which needs leave to write
        index = _connect(store, "rw" if os.access(store / INDEX, os.W_OK) else "ro")
        try:
            yield index if _begun(index) else None
        finally:
            index.close()
    except sqlite3.Error as error:
        raise UnreadableData(_damaged(error)) from None


def _begun(index: sqlite3.Connection) -> bool:
    """Has the index its tables? A first writer makes the file a moment before them; one that was stopped never did."""
    for _ in range(BEGINNING):
        if index.execute("select count(*) from sqlite_master").fetchone()[0]:
            return True
        time.sleep(0.02)
    return False


@contextmanager
def _writing(store: Path) -> Iterator[sqlite3.Connection]:
    """One transaction on the index, made and filled from its forerunner where need be. The store must be ours alone."""
    import sqlite3

    try:
        index = _connect(store, "rwc")
        try:
            index.execute("pragma synchronous = extra")
            if not index.execute("pragma user_version").fetchone()[0]:
                index.executescript(f"begin immediate; {_TABLES} {_GUARDS} pragma user_version = 1; commit;")
            index.execute("begin immediate")
            _take_over(store, index)
            yield index
            index.execute("commit")
        finally:
            index.close()
    except sqlite3.Error as error:
        raise OSError(5, _damaged(error)) from None
    former = store / FORMER
    if former.exists():  # all of it is in the index now
        aside = [store / f"{FORMER}.taken-over{n}" for n in ("", *map(str, range(2, 100)))]
        former.rename(next(path for path in aside if not path.exists()))


def _connect(store: Path, mode: str) -> sqlite3.Connection:
    import sqlite3

    address = f"{(store / INDEX).absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)


def _damaged(problem: object) -> str:
    return (f"{INDEX} in the project's store cannot be used ({problem}). Make the store writable and try again; if it "
            "is, put the index back from a copy, or move it away: the bodies in snapshots/ stay, and 'monitor fetch' "
            "begins a new one.")  # fmt: skip


def _take_over(store: Path, index: sqlite3.Connection) -> None:
    """Every whole line of the former index, once. Torn ones (their writer was stopped) stay in the file kept aside."""
    if not (store / FORMER).exists():
        return
    there = {json.loads(more).get("taken_over") for (more,) in index.execute("select more from answer")}
    for number, text in enumerate((store / FORMER).read_bytes().splitlines(), start=1):
        try:
            line = json.loads(text)
            told = {name: line[name] for name in (*_COLUMNS, *_MORE) if name in line}
            one = Snapshot(bodies=(), origin="kept", **told)
            pages = [Page(name, 0, page.pop("status", None), page)
                     for name, page in zip(line["bodies"], line["pages"] or [{}] * len(line["bodies"]), strict=True)]
        except (ValueError, TypeError, AttributeError, KeyError):
            log.warning("%s:%d: is no whole line (its writer was stopped); it was ignored.", FORMER, number)
            continue
        if (name := sha256(text)) not in there:
            _add(index, one, pages, "", taken_over=name)
