"""What may be deleted from the store: old answers that no edition cites, and never the newest of a series; and rows
that were kept of such answers or by an earlier engine, which are only made again where somebody asks for them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from monitor import store as _store
from monitor.bodies import alone, path_of, rows_of
from monitor.errors import UnreadableData
from monitor.store import Kept

#: folders of the store with a mark for each answer that cannot be read or was set aside
_WRONG = ("unreadable", "faulty")


@dataclass(frozen=True)
class Plan:
    """The answers to prune, and the bytes on the disk that this frees."""

    answers: tuple[Kept, ...]
    size: int
    cited: int  # answers that are old enough and stay because an edition cites them
    rows: tuple[Path, ...] = ()  # files with rows already read, of those answers or made by another engine
    rows_size: int = 0


def useless(store: Path, sha256: str) -> bool:
    """Is an answer marked as one that cannot be read or was set aside?"""
    return any((store / kind / f"{sha256}.txt").exists() for kind in _WRONG)


def cited(folders: Iterable[Path]) -> frozenset[str]:
    """The hashes of all answers that an edition in one of the folders was made from or compared with.

    Raises:
        UnreadableData: a manifest cannot be read, so that nobody knows what it cites.
    """
    found: set[str] = set()
    for path in (path for folder in folders for path in sorted(folder.rglob("manifest.json"))):
        try:
            listed = json.loads(path.read_text(encoding="utf-8")).get("snapshots", [])
            names = ("sha256", "compared_with", "instead_of")
            found |= {one[name] for one in listed for name in names if one.get(name)}
        except (OSError, ValueError, AttributeError, TypeError, KeyError) as problem:
            raise UnreadableData(f"{path}: cannot be read ({problem}), so it is not known which answers it cites. "
                                 "Nothing was deleted. Make that edition again, or remove it.") from None  # fmt: skip
    return frozenset(found)


def plan(store: Path, keep: int | None, since: date | None, used: frozenset[str], engine: str) -> Plan:
    """What to prune.

    Args:
        keep: how many different answers of each series stay, the newest ones; at least one. Those that cannot be read
            or were set aside do not count, so that there is always one that serves.
        since: what was known on this day or came later stays.
        used: hashes of answers that stay whatever their age.
        engine: hash of the program, whose rows stay as long as their answer does.
    """
    series: dict[tuple[str, str], list[Kept]] = {}
    every = _store.answers(store)
    for one in every:
        if not one.pruned:
            series.setdefault((one.snapshot.source, one.snapshot.series), []).append(one)
    old: list[Kept] = []
    for answers in series.values():
        newest = [*dict.fromkeys(one.snapshot.sha256 for one in reversed(answers))]
        sound = [name for name in newest if not useless(store, name)]
        staying = {newest[0], *sound[: max(keep or 0, 1)]}
        if since:
            known = [one for one in answers if one.snapshot.retrieved[:10] <= since.isoformat()]
            later = [one for one in answers if one.snapshot.retrieved[:10] > since.isoformat()]
            staying |= {one.snapshot.sha256 for one in [*known[-1:], *later]}
        old += [one for one in answers if one.snapshot.sha256 not in staying]
    going = [one for one in old if one.snapshot.sha256 not in used]
    numbers = {one.number for one in going}
    needed = {page.sha256 for answers in series.values() for one in answers if one.number not in numbers
              for page in one.pages}  # fmt: skip
    freed = {page.sha256 for one in going for page in one.pages} - needed
    files = [store / path_of(name) for name in freed]
    gone = {one.snapshot.sha256 for one in every if one.pruned or one.number in numbers}
    left = {one.snapshot.sha256 for one in every if not one.pruned and one.number not in numbers}
    rows = _rows(store, gone - left, engine)
    return Plan(tuple(going), _size(files), len(old) - len(going), rows, _size(rows))


def sweep(store: Path, rows: Iterable[Path]) -> None:
    """Delete files with kept rows.

    Raises:
        SourceUnavailable: another process is writing to the store and does not end.
        OSError: the store may not be written.
    """
    with alone(store):
        for path in rows:
            path.unlink(missing_ok=True)


def _rows(store: Path, gone: Collection[str], engine: str) -> tuple[Path, ...]:
    """The files whose rows are of an answer that is gone, or were made by another engine (`bodies.rows_key`)."""
    marks = tuple(rows_of(engine, sha256) for sha256 in gone)
    return tuple(path for path in sorted((store / "rows").glob("*.parquet"))
                 if not path.name.startswith(rows_of(engine)) or path.name.startswith(marks))


def _size(files: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in files if path.is_file())
