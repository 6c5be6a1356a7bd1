"""Each value as first published and as revised: a real-time matrix of periods and vintages, only what changed.

Terms follow the OECD's and the Philadelphia Fed's real-time databases: a vintage is a series as it was shown on a date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from monitor import evidence, vintages
from monitor.errors import MonitorError
from monitor.evidence import Wanted
from monitor.model import Indicator
from monitor.project import Project
from monitor.results import Snapshot

#: (breakdown, period) -> value and flag
_Cells = Mapping[tuple[str, str], tuple[float | None, str]]
CHANGES = ("first", "revised", "reflagged", "removed", "returned")


@dataclass(frozen=True)
class Told:
    """One value as one vintage gave it, where that differs from the vintage before. Withheld ones have no value."""

    breakdown: str
    time_period: str
    retrieved: str
    change: str  # one of `CHANGES`
    value: float | None
    flag: str  # SDMX CL_OBS_STATUS; "" where the figure was taken back


@dataclass(frozen=True)
class Matrix:
    """The past of one indicator in one area: its vintages, the oldest first, and what each of them changed."""

    vintages: tuple[vintages.Vintage, ...]
    told: tuple[Told, ...]  # by breakdown and period, then by date
    problems: tuple[str, ...] = field(default=())  # vintages that cannot be read


def past(project: Project, indicator: Indicator) -> list[vintages.Vintage]:
    """All vintages of the series an indicator is read or computed from, the oldest first. A register has none.

    Raises:
        UnreadableData: the store's index is damaged.
    """
    keys = dict.fromkeys((p.source, p.series) for p in project.selections(indicator))
    found = [v for source, series in keys if not project.sources[source].file
             for v in vintages.every(project.layers, project.store, source, series)]  # fmt: skip
    return sorted(found, key=lambda v: v.snapshot.retrieved)


def matrix(project: Project, indicator: Indicator, area: str, as_of: date, now: str) -> Matrix:
    """What was known of an indicator in an area, vintage by vintage up to a date; small counts stay withheld."""
    wanted = [indicator, *project.inputs(indicator).values()]
    gathered = evidence.gather(project, wanted, as_of, offline=True, now=now)
    known: dict[Wanted, Snapshot] = {k: s for k, s in gathered.snapshots.items() if project.sources[k[0]].file}
    here = [v for v in past(project, indicator) if v.snapshot.retrieved[:10] <= as_of.isoformat()]
    before: _Cells = {}
    told: list[Told] = []
    problems: list[str] = []
    for vintage in here:
        one = vintage.snapshot
        try:
            known[one.source, one.series] = vintage.load()
            evidence.read(project, known[one.source, one.series])
        except MonitorError as problem:
            known.pop((one.source, one.series), None)
            problems += [f"{one.source} {one.series} of {one.retrieved[:10]}: {said}" for said in problem.problems]
            continue
        series = evidence.known(project, wanted, known, gathered)
        if series is not None:
            cells = series.frame.filter(pl.col("ref_area") == area, indicator=indicator.id)
            after = {(b, t): (v, f) for b, t, v, f in
                     cells.select("breakdown", "time_period", "obs_value", "obs_status").iter_rows()}  # fmt: skip
            told += _changes(before, after, {(t.breakdown, t.time_period) for t in told}, one.retrieved)
            before = after
    told.sort(key=lambda t: (t.breakdown, t.time_period))  # within these by date, as they were found
    return Matrix(tuple(here), tuple(told), tuple(problems))


def _changes(before: _Cells, after: _Cells, ever: set[tuple[str, str]], retrieved: str) -> list[Told]:
    found = []
    for cell in sorted(before.keys() | after.keys()):
        then, now = before.get(cell), after.get(cell)
        if then == now:
            continue
        if now is None:
            found.append(Told(*cell, retrieved, "removed", None, ""))
            continue
        change = "reflagged" if then and then[0] == now[0] else "revised" if then else "returned"
        found.append(Told(*cell, retrieved, change if cell in ever else "first", *now))
    return found
