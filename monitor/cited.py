"""The answers an edition cites: brought back to make it again, recorded so that they are kept, compared afterwards."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from monitor import bodies, store, vintages
from monitor.errors import MonitorError, SourceUnavailable, UnreadableData
from monitor.project import Project
from monitor.results import Snapshot

Wanted = tuple[str, str]  # source id, series
#: keys of an answer in a manifest that hold the hash of one
HASHES = ("sha256", "compared_with", "instead_of")
log = logging.getLogger(__name__)


def manifest_of(path: Path) -> dict[str, Any]:
    """The manifest in a folder of an edition, or the file itself.

    Raises:
        UnreadableData: it cannot be read, or is of a version that could not be made again.
    """
    file = path / "manifest.json" if path.is_dir() else path
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        missing = sorted({"edition", "as_of", "areas", "formats", "languages", "failed", "snapshots"} - found.keys())
    except (OSError, ValueError, AttributeError) as problem:
        raise UnreadableData(f"{file}: is no manifest of an edition ({problem}).") from None
    if missing:
        raise UnreadableData(f"{file}: lacks {', '.join(missing)}, as an earlier version made it. Make that edition "
                             "with --as-of instead.")  # fmt: skip
    return found


def answers(
    project: Project, manifest: Mapping[str, Any], wanted: Iterable[Wanted]
) -> dict[Wanted, Snapshot | MonitorError]:
    """What the edition got for each series: the same bytes in the same state, or the same failure.

    A register is the file in the project.
    """
    cited = {(s["source"], s["series"]): s for s in manifest["snapshots"]}
    failed = {(s["source"], s["series"]): s for s in manifest["failed"]}
    found: dict[Wanted, Snapshot | MonitorError] = {}
    for key in wanted:
        try:
            if project.sources[key[0]].file:
                found[key] = vintages.register(project.layers, project.sources[key[0]], key[1])
            elif key in cited:
                found[key] = _answer(project, cited[key])
            elif key in failed:
                kind = SourceUnavailable if failed[key]["kind"] == "unavailable" else UnreadableData
                found[key] = kind(failed[key]["problems"])
            else:
                found[key] = SourceUnavailable(f"{' '.join(key)}: the edition that is made again cites no answer.")
        except MonitorError as problem:
            found[key] = problem
    return found


def _answer(project: Project, cited: Mapping[str, Any]) -> Snapshot:
    """One answer of a manifest; where it served instead of a newer one, that newer one, to be looked at again."""
    name, newer = (cited["source"], cited["series"]), bool(cited["instead_of"])
    sha256, retrieved = ((cited["instead_of"], cited["instead_of_retrieved"]) if newer
                         else (cited["sha256"], cited["retrieved"]))  # fmt: skip
    here = [one for one in store.answers(project.store, *name) if one.snapshot.sha256 == sha256 and not one.pruned]
    if here:
        kept = next((one for one in here if one.snapshot.retrieved == retrieved), here[0])
        one = replace(store.load(project.store, kept), retrieved=retrieved)
    else:
        shipped = [v for v in vintages.every(project.layers, project.store, *name) if v.snapshot.sha256 == sha256]
        if not shipped:
            raise UnreadableData(f"{' '.join(name)}: the answer {sha256}, which the edition cites, is gone.")
        one = shipped[0].load()
    in_vain = f"Asked on {cited['asked']}, the publisher gave no usable answer." if cited["asked"] else ""
    state = " ".join(filter(None, [in_vain, "" if newer else cited["damage"]]))
    one = replace(one, unasked=bool(in_vain), asked=cited["asked"], problem=state)
    return one if newer else replace(one, origin=cited["origin"], damage=cited["damage"])


def record(place: Path, manifest: Mapping[str, Any]) -> None:
    """Write into the store which answers an edition cites, wherever the edition stands: they are never pruned."""
    if not (place / store.INDEX).exists():
        return
    hashes = sorted({one[name] for one in manifest["snapshots"] for name in HASHES if one[name]})
    text = json.dumps({"edition": manifest["edition"], "snapshots": [{"sha256": name} for name in hashes]}).encode()
    name = f"cited/{bodies.sha256(text)}/manifest.json"
    if (place / name).exists():
        return
    try:
        with bodies.alone(place):
            bodies.place(place, name, text)
    except (OSError, SourceUnavailable) as error:
        log.warning("which answers the edition cites could not be recorded in the store: %s", error)


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What is not the same in an edition that was made again, a sentence each; none where every byte is."""
    told = []
    if then["engine"] != now["engine"]:
        told.append(f"The program is another one: {_engine(now)}; the edition was made by {_engine(then)}.")
    for what, kind in (("declarations", "Declarations"), ("files", "Files")):
        old, new = then.get(what, {}), now.get(what, {})
        for how, names in (("changed", [n for n in old if n in new and old[n] != new[n]]),
                           ("that are new", new.keys() - old.keys()), ("that are gone", old.keys() - new.keys())):
            if names:
                told.append(f"{kind} {how}: {', '.join(sorted(names))}.")
    old, new = ({(s["source"], s["series"]): s for s in one["snapshots"]} for one in (then, now))
    if other := sorted(" ".join(key) for key in old.keys() | new.keys() if old.get(key) != new.get(key)):
        told.append(f"Answers that are not the same: {', '.join(other)}.")
    rest = {"engine", "declarations", "files", "snapshots"}
    if other := sorted(key for key in then.keys() | now.keys() if key not in rest and then.get(key) != now.get(key)):
        told.append(f"Also not the same: {', '.join(other)}.")
    return told


def _engine(manifest: Mapping[str, Any]) -> str:
    return f"version {manifest['engine']['version']}, code {manifest['engine']['code_sha256'][:12]}"
