"""The edition before: found beside the one being made, named in its manifest, compared with it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from monitor import changes, edition, since
from monitor.changes import Side
from monitor.errors import DefinitionError, UnreadableData
from monitor.evidence import Evidence, engine_hash
from monitor.project import Project
from monitor.results import Assessment
from monitor.series import KEY
from monitor.since import ABSENT, FIRST, Difference

CHANGES = "data/changes.csv"
#: the word that switches the comparison off
NONE = "none"
#: what an edition must hold to be compared with
_NEEDED = ("data/observations.csv", "data/assessments.csv", "data/metadata.json")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Before:
    """An edition that areas are compared with, as the manifest of the new one names it."""

    edition: str
    as_of: str
    manifest_sha256: str
    areas: tuple[str, ...]
    chosen: bool = False  # a person named it: an area that it lacks is not told to be there for the first time
    folder: Path | None = None  # None: gone, and what changed is taken from the edition that is made again

    def as_data(self) -> dict[str, Any]:
        return {"edition": self.edition, "as_of": self.as_of, "manifest_sha256": self.manifest_sha256,
                "areas": [*self.areas], "chosen": self.chosen}  # fmt: skip


@dataclass(frozen=True)
class Past:
    """What an edition is compared with, and what came of it."""

    editions: tuple[Before, ...] | None = None  # None: the comparison was switched off
    told: tuple[Difference, ...] = ()

    def as_data(self) -> list[dict[str, Any]] | None:
        return None if self.editions is None else [one.as_data() for one in self.editions]


def find(project: Project, places: Iterable[Path], folder: Path, as_of: date, areas: Sequence[str],
         chosen: str = "") -> tuple[Before, ...] | None:  # fmt: skip
    """The edition before of each area; none for areas that have none. The edition being replaced never is one.

    Args:
        places: folders in which editions stand.
        folder: where the new edition will be.
        chosen: the folder of an edition or its name in ``places``, ``none`` for no comparison, or "" for the newest
            with an earlier cut-off date.

    Raises:
        DefinitionError: there is no such edition, or it is the one being made, or of a later day.
        UnreadableData: the chosen edition is damaged or holds no data.
    """
    if chosen == NONE:
        return None
    if chosen:
        named = (Path(chosen), *(place / chosen for place in places))
        at = next((path for path in named if (path / edition.MANIFEST).is_file()), None)
        if at is None:
            raise DefinitionError(f"--since '{chosen}' is no folder of an edition and no edition's name. "
                                  f"Expected one, or {NONE}.")  # fmt: skip
        manifest, there = _manifest(at), at.resolve()
        if there == folder.resolve() or manifest["as_of"] > as_of.isoformat():
            why = "the one being made" if there == folder.resolve() else f"of {manifest['as_of']}, a later day"
            raise DefinitionError(f"--since '{chosen}' is {why}: an edition is compared with an earlier one.")
        return (_before(at, manifest, [c for c in areas if c in manifest["areas"]], chosen=True),)
    left, found = [*areas], []
    every = sorted(_every(places, folder), key=lambda one: (one[1]["as_of"], one[1]["edition"]), reverse=True)
    for at, manifest in every:
        mine = [code for code in left if code in manifest["areas"]]
        if not mine or manifest["as_of"] >= as_of.isoformat() or manifest["project"]["title"] != project.about.title:
            continue
        try:
            found.append(_before(at, manifest, mine))
            left = [code for code in left if code not in mine]
        except UnreadableData as problem:
            log.warning("not compared: %s", problem)
    return tuple(found)


def _every(places: Iterable[Path], folder: Path) -> Iterable[tuple[Path, dict[str, Any]]]:
    seen = {folder.resolve()}
    for file in (file for place in places for file in sorted(place.glob(f"*/{edition.MANIFEST}"))):
        if file.parent.resolve() not in seen and not file.parent.name.startswith("."):
            seen.add(file.parent.resolve())
            try:
                yield file.parent, _manifest(file.parent)
            except UnreadableData as problem:
                log.info("no edition to compare with: %s", problem)


def _manifest(at: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((at / edition.MANIFEST).read_text(encoding="utf-8"))
        if missing := {"edition", "as_of", "areas", "project", "files"} - found.keys():
            raise ValueError(f"it lacks {', '.join(sorted(missing))}")
        return found
    except (OSError, ValueError, AttributeError, TypeError) as problem:
        raise UnreadableData(f"{at}: is no edition ({problem}).") from None


def _before(at: Path, manifest: Mapping[str, Any], areas: Sequence[str], chosen: bool = False) -> Before:
    """Raises UnreadableData where its data are not those that its manifest names."""
    for name in _NEEDED:
        try:
            if edition.sha256((at / name).read_bytes()) != manifest["files"][name]["sha256"]:
                raise UnreadableData(f"{at}: {name} is not what its manifest says. Make that edition again.")
        except (OSError, KeyError):
            raise UnreadableData(f"{at}: holds no {name}; it was made without 'data' among its formats.") from None
    whole = edition.sha256((at / edition.MANIFEST).read_bytes())
    return Before(manifest["edition"], manifest["as_of"], whole, tuple(areas), chosen, at)


def again(manifest: Mapping[str, Any], made: Path, places: Iterable[Path]) -> Past | tuple[Before, ...] | None:
    """For an edition that is made again: the editions it was compared with, or, where one is gone, what it told.

    Args:
        made: its folder, or its manifest.

    Raises:
        UnreadableData: an edition it was compared with is gone, and what changed since is not kept in it.
    """
    named = manifest.get("since")
    if not named:
        return None if named is None else ()
    at = made if made.is_dir() else made.parent
    known = {edition.sha256((p / edition.MANIFEST).read_bytes()): p for p, _ in _every([at.parent, *places], at)}
    wanted = tuple(Before(one["edition"], one["as_of"], one["manifest_sha256"], tuple(one["areas"]), one["chosen"],
                          known.get(one["manifest_sha256"])) for one in named)  # fmt: skip
    gone = [one.edition for one in wanted if one.folder is None]
    if not gone:
        return tuple(_before(one.folder, _manifest(one.folder), one.areas, one.chosen) for one in wanted if one.folder)
    try:
        kept = (at / CHANGES).read_bytes()
        if edition.sha256(kept) == manifest["files"][CHANGES]["sha256"]:
            return Past(wanted, tuple(since.from_csv(kept)))
    except (OSError, KeyError):
        pass
    raise UnreadableData(f"The edition {', '.join(gone)}, which {manifest['edition']} is compared with, is gone, and "
                         f"{CHANGES} is not beside its manifest. Put one of them back.")  # fmt: skip


def compare(editions: Sequence[Before] | None, areas: Sequence[str], side: Callable[[], Side]) -> Past:
    """What changed in each area since its edition before; ``side`` gives the new edition as it will be."""
    if editions is None:
        return Past()
    told = []
    new = side() if editions else None
    for one in editions:
        if one.folder and new:
            then = changes.edition(one.folder)
            mine = tuple(c for c in new.areas if c in one.areas)
            told += since.differences(then, Side(**{**vars(new), "areas": mine}))
    had = {code for one in editions for code in one.areas}
    lacks, detail = next(((ABSENT, one.edition) for one in editions if one.chosen), (FIRST, ""))
    told += [Difference(code, lacks, detail=detail) for code in areas if code not in had]
    order = {code: n for n, code in enumerate(areas)}
    return Past(tuple(editions), tuple(sorted(told, key=lambda d: order[d.ref_area])))


def side(project: Project, evidence: Evidence, judged: Iterable[Assessment], areas: Sequence[str], name: str,
         as_of: date) -> Side:  # fmt: skip
    """The edition being made, as `changes.edition` will read it."""
    declared = json.loads(edition.metadata(project, evidence))
    aside = evidence.aside.filter(pl.col("ref_area").is_in(list(areas)))
    return Side(
        name, as_of.isoformat(), tuple(areas), evidence.series.frame.filter(pl.col("ref_area").is_in(list(areas))),
        changes.judgements(judged), {kind: declared[kind] for kind in ("indicators", "sources", "areas")},
        engine_hash(),
        {tuple(key): why for *key, why in aside.select(*KEY, "reason").iter_rows()},
        {s.sha256: s.retrieved[:10] for s in evidence.snapshots.values()},
    )


def made(project: Project, places: Sequence[Path], folder: Path, as_of: date, areas: Sequence[str], chosen: str,
         manifest: Mapping[str, Any] | None, made_in: Path | None, new: Callable[[], Side]) -> Past:  # fmt: skip
    """What the edition that is being made says of the one before: found anew, or as it was when it is made again."""
    if manifest is None:
        found: Past | tuple[Before, ...] | None = find(project, places, folder, as_of, areas, chosen)
    else:
        found = again(manifest, made_in or folder, places)
    return found if isinstance(found, Past) else compare(found, areas, new)
