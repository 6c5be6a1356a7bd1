"""What may be deleted from the store: old answers that no edition cites, and never the newest of a series."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from monitor import store as _store
from monitor.bodies import path_of
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


def plan(store: Path, keep: int | None, since: date | None, used: frozenset[str]) -> Plan:
    """What to prune.

    Args:
        keep: how many different answers of each series stay, the newest ones; at least one. Those that cannot be read
            or were set aside do not count, so that there is always one that serves.
        since: what was known on this day or came later stays.
        used: hashes of answers that stay whatever their age.
    """
    series: dict[tuple[str, str], list[Kept]] = {}
    for one in _store.answers(store):
        if not one.pruned:
            series.setdefault((one.snapshot.source, one.snapshot.series), []).append(one)
    old: list[Kept] = []
    for answers in series.values():
        newest = [*dict.fromkeys(one.snapshot.sha256 for one in reversed(answers))]
        sound = [name for name in newest if not any((store / kind / f"{name}.txt").exists() for kind in _WRONG)]
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
    return Plan(tuple(going), sum(path.stat().st_size for path in files if path.is_file()), len(old) - len(going))
