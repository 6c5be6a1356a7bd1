"""An edition: a folder of scorecards that verifies itself. Written aside, checked, then moved into place.

``manifest.json`` names every file with its hash and the hash of everything it was made from. A file whose
inputs are those of the edition already there is carried over instead of made again; ``build.json`` says
which ones were. The manifest is deterministic, the build note is not and is no part of the edition.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from monitor import __version__, swap
from monitor.errors import CannotRender, SourceUnavailable
from monitor.evidence import Evidence, engine_hash
from monitor.mandate import KINDS
from monitor.project import Project
from monitor.results import Assessment, Finding, Reasoning, Status

if TYPE_CHECKING:
    from monitor.gaps import Spread

#: the columns of ``data/gaps.csv``: fields of `monitor.gaps.Member`
GAPS = ["indicator", "ref_area", "dimension", "group", "value", "period", "obs_status", "place", "whole", "against",
        "gap", "gap_base", "base_period", "trend", "why", "points", "status", "reason"]
MANIFEST, BUILD = "manifest.json", "build.json"


@dataclass(frozen=True)
class Part:
    """One file of an edition: where it goes, what it is made from, and how, if it must be made."""

    path: str
    inputs: str  # sha256 over everything that decides its bytes
    make: Callable[[], bytes] | None  # None: a page, made by a worker


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def inputs_hash(*things: Any) -> str:
    """One hash over anything JSON can hold; the engine's own code is always among it."""
    return sha256(json.dumps([engine_hash(), *things], sort_keys=True, ensure_ascii=False, default=str).encode())


def reusable(folder: Path) -> dict[str, dict[str, str]]:
    """path -> {sha256, inputs} of the files in an edition that are still what its manifest says."""
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        return {
            path: entry for path, entry in listed.items()
            if (folder / path).is_file() and sha256((folder / path).read_bytes()) == entry["sha256"]
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # no edition, or none we can trust: everything is made anew


def may_replace(folder: Path, manifest: dict[str, Any]) -> None:
    """Refuse to replace an edition of another project, or one with areas that the new one would drop.

    Raises:
        CannotRender: the edition there holds what the new one does not; nothing is written.
    """
    try:
        there = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        other, lost = there["project"] != manifest["project"], set(there["areas"]) - set(manifest["areas"])
    except (OSError, ValueError, KeyError, TypeError):
        return  # no edition there, or none that can be read: `publish` decides
    if other or lost:
        what = f"is an edition of '{there['project']['title']}'" if other else f"also holds {', '.join(sorted(lost))}"
        raise CannotRender(
            f"{folder} {what}: nothing was written, so that nothing is lost. Give this edition a name or a folder of "
            f"its own (--edition NAME or --out DIR), or remove that folder."
        )


def publish(
    folder: Path, parts: Sequence[Part], made: Iterable[tuple[str, bytes]], manifest: dict[str, Any],
    late: Callable[[], Sequence[Part]] = lambda: (),
) -> tuple[int, int]:
    """Write an edition aside and move it into place in one step (`monitor.swap`); the one before is gone only then.

    Args:
        late: gives the parts that are known only when all pages are made, such as those of a validation beside it.

    Returns:
        how many files were made, and how many were carried over.

    Raises:
        CannotRender: the folder holds something that is no edition, or cannot be written.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise CannotRender(
            f"{folder} is there and is no edition (it has no {MANIFEST}): nothing was written. "
            f"Name another folder with --out, or empty this one."
        )
    kept = reusable(folder)
    files: dict[str, dict[str, str]] = {}
    carried = []
    inputs = {part.path: part.inputs for part in parts}
    try:
        with swap.beside(folder) as aside:

            def write(path: str, data: bytes) -> None:
                (aside / path).parent.mkdir(parents=True, exist_ok=True)
                (aside / path).write_bytes(data)
                files[path] = {"sha256": sha256(data), "inputs": inputs[path]}

            for path, data in made:  # one at a time: an edition of the world is larger than memory should be
                write(path, data)
            parts = [*parts, *late()]
            inputs |= {part.path: part.inputs for part in parts}
            for part in parts:
                old = kept.get(part.path)
                if part.path in files:
                    continue
                if old and old["inputs"] == part.inputs:
                    (aside / part.path).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(folder / part.path, aside / part.path)
                    if sha256((aside / part.path).read_bytes()) == old["sha256"]:
                        files[part.path] = old
                        carried.append(part.path)
                        continue
                    if not part.make:  # another run put its edition there meanwhile, and this page is in no hand
                        raise CannotRender(f"{folder} was changed by another process meanwhile. Run it again.")
                if part.make:
                    write(part.path, part.make())
                else:
                    raise CannotRender(f"{part.path} was to be made and was not. The edition before is untouched.")
            text = json.dumps({**manifest, "files": dict(sorted(files.items()))}, indent=1, ensure_ascii=False)
            (aside / MANIFEST).write_text(text + "\n", encoding="utf-8")
            note = {"made": sorted(set(files) - set(carried)), "carried_over": sorted(carried)}
            (aside / BUILD).write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")
            swap.put(aside, folder)
    except OSError as problem:
        raise CannotRender(f"{folder} cannot be written: {problem}. The edition before is untouched.") from problem
    return len(files) - len(carried), len(carried)


def manifest(
    project: Project, evidence: Evidence, areas: Sequence[str], as_of: date, name: str, formats: Sequence[str] = (),
    languages: Sequence[str] = (),
) -> dict[str, Any]:
    """What an edition was made from: declarations, answers, cut-off date, engine. Enough to make it again."""
    compared = evidence.compared or {}
    return {
        "edition": name, "as_of": as_of.isoformat(), "areas": list(areas),
        "formats": list(formats), "languages": list(languages),
        "engine": {"name": "migration-scorecard", "version": __version__, "code_sha256": engine_hash()},
        "project": {"title": project.about.title, "made_by": project.about.made_by},
        "declarations": dict(sorted(project.files.items())),
        "snapshots": [
            {
                "source": s.source, "series": s.series, "publisher": s.publisher, "url": s.url, "sha256": s.sha256,
                "retrieved": s.retrieved, "licence": s.licence, "origin": s.origin, "path": s.path,
                "came_from": s.came_from, "came_from_sha256": s.came_from_sha256,
                "publisher_asked": not s.unasked and s.origin == "live", "asked": s.asked, "damage": s.damage,
                "instead_of": s.instead_of, "instead_of_retrieved": s.instead_of_retrieved,
                "compared_with": compared[key].sha256 if key in compared else "",
            }
            for key, s in sorted(evidence.snapshots.items())
        ],
        "failed": [
            {"source": source, "series": series, "problems": error.problems,
             "kind": "unavailable" if isinstance(error, SourceUnavailable) else "unreadable"}
            for (source, series), error in sorted(evidence.failed.items())
        ],
    }


def observations_csv(evidence: Evidence, areas: Sequence[str]) -> bytes:
    """The observations behind the scorecards: one row each, tidy, with provenance."""
    frame = evidence.series.frame.filter(pl.col("ref_area").is_in(list(areas)))
    return _csv(frame.sort("indicator", "ref_area", "breakdown", "time_period"))


def assessments_csv(assessments: Sequence[Assessment]) -> bytes:
    return _rows(assessments, list(Assessment.__dataclass_fields__))


def reasoning_csv(
    assessments: Sequence[Assessment], reasonings: Mapping[tuple[str, str], Reasoning]
) -> bytes:
    """How near each status is to another, and how many other methods agree. Moves are in the unit of the figure.

    ``flip_down``, ``flip_up``: the move of the newest figure alone that changes the status; empty where none does up to
    ``flip_limit``. ``..._share``: of the figure, or of what ``share_of`` names (``range``: between the
    natural limits). ``to_better``, ``to_worse``: how far ``measured`` is from the method's next cut-offs.
    ``methods_asked``: those that gave a status.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    sides = [f"{side}{part}" for side in ("flip_down", "flip_up") for part in ("", "_share", "_status", "_reason")]
    writer.writerow(["indicator", "ref_area", "status", *sides, "share_of", "flip_limit", "measure", "measured",
                     "to_better", "to_worse", "probability", "methods_agreeing", "methods_asked", "methods_differing"])
    for a in assessments:
        if one := reasonings.get((a.indicator, a.ref_area)):
            moves = [part for f in (one.lower, one.higher) for part in (
                (f.move, f.share, f.status, f.reason or "") if f else ("", "", "", ""))]
            cut, said = one.cutoff, [o for o in one.others if o.reason is None]
            edges = ["" if edge is None else abs(edge - cut.value)
                     for edge in (cut.better, cut.worse)] if cut else ["", ""]
            apart = " ".join(f"{o.method}={o.status}" for o in said if o.status != a.status)
            writer.writerow([a.indicator, a.ref_area, a.status, *moves, one.share_of, one.limit, *(
                (cut.measure, cut.value) if cut else ("", "")), *edges, a.probability,
                sum(o.status == a.status for o in said), len(said), apart])
    return out.getvalue().encode()


def findings_csv(findings: Sequence[Finding]) -> bytes:
    return _rows(findings, [name for name in Finding.__dataclass_fields__ if name not in ("cells", "hint")])


def gaps_csv(spreads: Sequence[Spread]) -> bytes:
    """Every group of people beside the others, with its gap, its trend and its status; withheld cells have no value."""
    return _rows([member for one in spreads for member in one.members], GAPS)


def quarantine_csv(evidence: Evidence, areas: Sequence[str]) -> bytes:
    """The observations that failed a check and were kept out of judgement, each with the reason."""
    frame = evidence.aside.filter(pl.col("ref_area").is_in(list(areas)))
    return _csv(frame.sort("indicator", "ref_area", "breakdown", "time_period"))


def metadata(project: Project, evidence: Evidence) -> bytes:
    """Everything declared about each indicator and source: the reference metadata of an edition."""
    answers = {f"{source}/{series}": s.sha256 for (source, series), s in sorted(evidence.snapshots.items())}
    tree = {
        "about": project.about.model_dump(mode="json"),
        "mandate": {
            kind: {item.id: project.mandate.as_data(item.id) for k, item in project.mandate.each() if k == kind}
            for kind in KINDS
        },
        "indicators": {i: r.model_dump(mode="json") | {"checks": project.checks_of(r) if r.data else {}}
                       for i, r in project.indicators.items()},
        "sources": {i: s.model_dump(mode="json") for i, s in project.sources.items()},
        "composites": {i: c.model_dump(mode="json") for i, c in project.composites.items()},
        "areas": {code: p.model_dump(mode="json") for code, p in project.places.items()},
        "gcm": {n: {"title": title, "unconfirmed": n in project.unconfirmed_titles}
                for n, title in project.gcm.items()},
        "snapshots": answers,
    }
    return (json.dumps(tree, indent=1, ensure_ascii=False) + "\n").encode()


def tally(assessments: Sequence[Assessment]) -> tuple[tuple[str, int], ...]:
    """How many judgements have each status, in the scale's order."""
    found = Counter(a.status for a in assessments)
    return tuple((str(s), found[s]) for s in Status if found[s])


def _rows(things: Sequence[Any], columns: Sequence[str]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(getattr(thing, c)) for c in columns] for thing in things)
    return out.getvalue().encode()


def safe_cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection)."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def _csv(frame: pl.DataFrame) -> bytes:
    text = [n for n, t in frame.schema.items() if t == pl.String]
    risky = pl.col(text).str.contains(r"^[=+\-@\t\r]")
    return frame.with_columns(
        pl.when(risky).then(pl.lit("'") + pl.col(text)).otherwise(pl.col(text)).name.keep()
    ).write_csv().encode()
