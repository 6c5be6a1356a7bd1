"""The difference between two editions, or between what was known on two dates: every change has a class.

What is compared is what an edition's folder holds: ``data/observations.csv``, ``data/assessments.csv``,
``data/metadata.json`` and ``manifest.json``. Of a figure that is withheld on either side no value is told.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from monitor.errors import UnreadableData
from monitor.results import Assessment
from monitor.series import COLUMNS, KEY

#: every class of change, in the order they are told
KINDS = ("status_changed", "target_changed", "method_changed", "declaration_changed", "engine_changed", "area_added",
         "area_removed", "revised", "reflagged", "removed", "new_period")  # fmt: skip
#: keys of a declared indicator whose change is no mere change of words
TARGET, METHOD = ("targets", "no_target", "baseline"), ("method", "method_options", "least_points")
_CELLS = {**dict.fromkeys(KEY, pl.String), "obs_value": pl.Float64, "obs_status": pl.String}
_JUDGED = ("indicator", "ref_area", "status", "reason", "value", "time_period", "target_value")


@dataclass(frozen=True)
class Side:
    """One of the two that are compared."""

    name: str
    as_of: str
    areas: tuple[str, ...]
    cells: pl.DataFrame  # `KEY`, obs_value, obs_status; of an edition every column of a Series
    judged: pl.DataFrame  # `_JUDGED`: as text, "" where there is none
    declared: Mapping[str, Any] = field(default_factory=dict)  # "indicators", "sources", "areas": id -> declared
    engine: str = ""
    aside: Mapping[tuple[str, ...], str] = field(default_factory=dict)  # `KEY` -> why it was set aside
    retrieved: Mapping[str, str] = field(default_factory=dict)  # hash of an answer -> the day it was fetched


@dataclass(frozen=True)
class Change:
    """One change: of a figure, a judgement or a declaration. ``because`` names what else changed under a status."""

    kind: str  # one of `KINDS`
    indicator: str = ""
    ref_area: str = ""
    breakdown: str = ""
    time_period: str = ""
    before: Any = None
    after: Any = None
    detail: str = ""
    because: tuple[str, ...] = ()


def edition(folder: Path) -> Side:
    """An edition as its folder tells it.

    Raises:
        UnreadableData: it is no edition, holds no data or is damaged.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        declared = json.loads((folder / "data/metadata.json").read_text(encoding="utf-8"))
        cells, judged = _csv(folder / "data/observations.csv"), _csv(folder / "data/assessments.csv")
        quarantine = folder / "data/quarantine.csv"
        aside = _csv(quarantine).select(*KEY, "reason").iter_rows() if quarantine.exists() else ()
        return Side(
            manifest["edition"], manifest["as_of"], tuple(manifest["areas"]),
            cells.select(pl.col(n).replace("", None).cast(t) if t == pl.Float64 else n for n, t in COLUMNS.items()),
            judged.select(_JUDGED), {kind: declared[kind] for kind in ("indicators", "sources", "areas")},
            manifest["engine"]["code_sha256"], {tuple(key): why for *key, why in aside}, days(manifest),
        )
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as problem:
        raise UnreadableData(
            f"{folder}: is no edition with data that can be compared ({problem}). Name the folder of one that was made "
            "with 'data' among its formats (monitor run --to html,pdf,data)."
        ) from None


def known(
    name: str, as_of: str, area: str, cells: pl.DataFrame, judged: Iterable[Assessment], indicators: Mapping[str, Any]
) -> Side:
    """What is known of an area on a date, from the same declarations and by the same engine as on any other."""
    return Side(name, as_of, (area,), cells, judgements(judged), {"indicators": indicators, "sources": {}, "areas": {}})


def judgements(judged: Iterable[Assessment]) -> pl.DataFrame:
    """Assessments as an edition's folder holds them, those columns that are compared."""
    rows = [tuple("" if (told := getattr(a, name)) is None else str(told) for name in _JUDGED) for a in judged]
    return pl.DataFrame(rows, schema=dict.fromkeys(_JUDGED, pl.String), orient="row")


def days(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The hash of each answer that an edition cites, and the day it was retrieved."""
    return {one["sha256"]: one["retrieved"][:10] for one in manifest["snapshots"]}


def compare(a: Side, b: Side) -> list[Change]:
    """Every change from ``a`` to ``b``, in the order of `KINDS`."""
    areas = [Change("area_added", ref_area=c) for c in b.areas if c not in a.areas]
    areas += [Change("area_removed", ref_area=c) for c in a.areas if c not in b.areas]
    declared = [*_indicators(a, b), *_sources(a, b)]
    if a.engine != b.engine:
        what = "engine: the program that reads and judges"
        declared.append(Change("engine_changed", before=a.engine, after=b.engine, detail=what))
    both = set(a.areas) & set(b.areas)
    kept = a.declared["indicators"].keys() & b.declared["indicators"].keys()
    figures = _figures(a, b, both, kept)
    found = [*_statuses(a, b, both, kept, [*declared, *figures]), *areas, *declared, *figures]
    return sorted(found, key=lambda c: (KINDS.index(c.kind), c.indicator, c.ref_area, c.breakdown, c.time_period))


def _csv(path: Path) -> pl.DataFrame:
    return pl.read_csv(io.BytesIO(path.read_bytes()), infer_schema=False).with_columns(pl.all().fill_null(""))


def _indicators(a: Side, b: Side) -> Iterable[Change]:
    then, now = a.declared["indicators"], b.declared["indicators"]
    for key in dict.fromkeys([*then, *now]):
        if key not in then or key not in now:
            yield Change("declaration_changed", key, detail="is new" if key in now else "is declared no more")
            continue
        for name, old, new in _differing(then[key], now[key]):
            what = "target" if name in TARGET else "method" if name in METHOD else "declaration"
            yield Change(f"{what}_changed", key, before=old, after=new, detail=name)


def _sources(a: Side, b: Side) -> Iterable[Change]:
    then, now = a.declared["sources"], b.declared["sources"]
    for key in dict.fromkeys([*then, *now]):
        if key not in then or key not in now:
            known = "is new" if key in now else "is declared no more"
            yield Change("declaration_changed", detail=f"source {key} {known}")
            continue
        for name, old, new in _differing(then[key], now[key]):
            yield Change("declaration_changed", before=old, after=new, detail=f"source {key}: {name}")


def _differing(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    names = dict.fromkeys([*then, *now])
    return [(n, then.get(n), now.get(n)) for n in names if then.get(n) != now.get(n)]


def _figures(a: Side, b: Side, areas: set[str], indicators: Iterable[str]) -> list[Change]:
    one, other = (
        side.cells.filter(pl.col("ref_area").is_in(list(areas)), pl.col("indicator").is_in(list(indicators)))
        .unique(KEY, maintain_order=True).with_columns(there=pl.lit(True)) for side in (a, b)
    )
    both = one.join(other, on=KEY, how="full", coalesce=True, suffix="_now")
    hidden = pl.any_horizontal(pl.col("obs_status", "obs_status_now").eq("Q").fill_null(False))
    kind = (
        pl.when(pl.col("there").is_null()).then(pl.lit("new_period"))
        .when(pl.col("there_now").is_null()).then(pl.lit("removed"))
        .when(~hidden & pl.col("obs_value").ne_missing(pl.col("obs_value_now"))).then(pl.lit("revised"))
        .when(pl.col("obs_status") != pl.col("obs_status_now")).then(pl.lit("reflagged"))
    )
    changed = both.with_columns(kind=kind, hidden=hidden).filter(pl.col("kind").is_not_null()).select(
        "kind", *KEY, "hidden", "obs_value", "obs_status", "obs_value_now", "obs_status_now")
    found = []
    for name, indicator, area, breakdown, when, untold, value, flag, value_now, flag_now in changed.iter_rows():
        before, after = (_cell(None if untold else v, f) for v, f in ((value, flag), (value_now, flag_now)))
        why = b.aside.get((indicator, area, breakdown, when), "") if name == "removed" else ""
        found.append(Change(name, indicator, area, breakdown, when, before, after, why and f"set aside: {why}"))
    return found


def _cell(value: float | None, flag: str | None) -> dict[str, Any] | None:
    return None if flag is None else {"value": value, "flag": flag}


def _statuses(
    a: Side, b: Side, areas: set[str], indicators: Iterable[str], others: Sequence[Change]
) -> Iterable[Change]:
    under: dict[tuple[str, str], set[str]] = {}
    for change in others:
        under.setdefault((change.indicator or change.detail.partition(":")[0], change.ref_area), set()).add(change.kind)
    both = a.judged.join(b.judged, on=["indicator", "ref_area"], suffix="_now").filter(
        pl.col("ref_area").is_in(list(areas)), pl.col("indicator").is_in(list(indicators))
    ).select("indicator", "ref_area", "status", "reason", "status_now", "reason_now")
    for indicator, area, then, why_then, now, why_now in both.iter_rows():
        before, after = (f"{s} ({why})" if why else s for s, why in ((then, why_then), (now, why_now)))
        if before != after:
            data = b.declared["indicators"][indicator].get("data") or {"parts": {}}
            sources = [f"source {part.get('source')}" for part in data["parts"].values()]
            keys = [(indicator, area), *((what, "") for what in (indicator, "engine", *sources))]
            causes = {kind for key in keys for kind in under.get(key, ())}
            because = [kind for kind in KINDS if kind in causes] + ["time_passed"] * (a.as_of != b.as_of)
            yield Change("status_changed", indicator, area, before=before, after=after, because=tuple(because))
