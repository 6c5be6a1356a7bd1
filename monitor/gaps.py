"""Gaps between groups of people: who is worst off, how far from the others, and whether that grows.

Only dimensions that tell people apart (`PEOPLE`) are compared; a motive, a field of policy or a level of schooling is
a part of a figure and no group that is worse off than another. Rules:

- Groups are compared in the newest period that at least two of them share; a single group is compared with all.
- The worst-off group is the one on the wrong side by the indicator's direction, or furthest from its target. Where the
  direction is ambiguous or only context, the highest and the lowest figure are told and nobody is called worst off.
- Counts are not compared: the groups differ in size. Their statuses are told all the same.
- The gap is the difference from the best-off group, in the indicator's unit. Its trend is the change since the earliest
  period that both share from the base year on; figures before a break in either are not used. A change of less than
  the indicator's ``least_change``, or else of `TOLERANCE_POINTS` percentage points or `TOLERANCE_SHARE` of the figures,
  is none, and groups no further apart than that have nobody who is worst off. With fewer shared periods than
  ``least_points``, or two, nothing is said of the trend.
- A withheld cell (OBS_STATUS Q) is as if it were not there; that a group is withheld is told, and the worst-off group
  is then the worst off of those that are printed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import polars as pl

from monitor.methods._scale import TOLERANCE
from monitor.methods.statcan import BASE_YEAR
from monitor.model import Direction, Indicator
from monitor.period import decimal_year
from monitor.results import Assessment, Finding, Level, Reason
from monitor.series import TOTAL, UNFINISHED, Series

#: a dimension, as publishers call it -> what it tells people apart by; of it the columns of the grid of who is missing
PEOPLE = {
    "sex": "sex", "age": "age", "disability_status": "disability", "disability": "disability",
    **dict.fromkeys(("citizen", "citizenship", "nationality", "c_birth", "country_of_birth", "migratory_status",
                     "migration_status", "population_type", "displacement_status", "statelessness"), "status"),
    **dict.fromkeys(("location", "area_type", "urban_or_rural", "deg_urb"), "place"),
    **dict.fromkeys(("ethnicity", "race", "religion", "household_income"), "other"),
}
#: what counts as no change of a gap where the indicator declares none: of per cent, and of the figures otherwise
TOLERANCE_POINTS, TOLERANCE_SHARE = 1.0, 0.05
_SIGN = {Direction.UP_GOOD: -1, Direction.DOWN_GOOD: 1}  # times the figure: more is worse
#: period -> time in years, value, OBS_STATUS
_Cells = Mapping[str, tuple[float, float, str]]


class Trend(StrEnum):
    WIDENING = "widening"
    NARROWING = "narrowing"
    UNCHANGED = "unchanged"
    TURNED = "turned"  # the other group was worse off at the base
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class Member:
    """One group in one dimension: a row of ``data/gaps.csv``."""

    indicator: str
    ref_area: str
    dimension: str
    group: str  # the publisher's code
    value: float | None  # in the period compared; None where nothing is compared
    period: str
    obs_status: str
    place: str = ""  # worst, best, highest, lowest, or nothing
    whole: float | None = None  # the figure for all, of the same period
    against: str = ""  # the group the gap is measured from; _T: from all
    gap: float | None = None  # positive: worse off than that group (without a direction: higher)
    gap_base: float | None = None
    base_period: str = ""
    trend: Trend | None = None
    why: str = ""  # why the trend cannot be told: break, few, withheld
    points: int = 0  # periods that both share since the base or the last break
    status: str = ""  # of the group, judged as the whole is
    reason: str = ""


@dataclass(frozen=True)
class Spread:
    """One dimension of one indicator in one area: worst off first, or highest where there is no better and worse."""

    indicator: str
    ref_area: str
    dimension: str
    ranked: bool
    members: tuple[Member, ...]
    tolerance: float = 0.0  # a change of the gap below this is none
    needed: int = 2  # so many shared periods are needed to tell a trend
    withheld: tuple[str, ...] = ()  # groups withheld in the period compared
    absent: tuple[str, ...] = ()  # groups that have figures, and none of that period
    assessments: tuple[Assessment, ...] = ()  # of the groups, in the order of ``members``


def people(breakdown: str) -> str:
    """The dimension of a breakdown by people: ``sex`` of "sex=F"; "" of any other."""
    dimension, _, code = breakdown.partition("=")
    return dimension if dimension in PEOPLE and ";" not in code else ""


def apart(
    indicators: Mapping[str, Indicator], series: Series, findings: Iterable[Finding] = ()
) -> tuple[dict[str, Indicator], Series, list[Finding]]:
    """Every group as an indicator of its own ("IND-1 sex=F"), so that one call of the judge judges them all.

    It has the target, method and gates of the whole, and what withholds the judgement on the whole withholds it here.
    """
    frame = _of_people(series.frame.filter(pl.col("indicator").is_in(list(indicators))))
    names = {f"{i} {b}": i for i, b in sorted(frame.select("indicator", "breakdown").unique().iter_rows())}
    withheld = pl.col("obs_status") == "Q"
    alone = frame.with_columns(
        pl.concat_str("indicator", "breakdown", separator=" ").alias("indicator"), pl.lit(TOTAL).alias("breakdown"),
        *(pl.when(~withheld).then(c).alias(c) for c in ("obs_value", "lower_bound", "upper_bound")))
    return (
        {name: indicators[i].model_copy(update={"id": name}) for name, i in names.items()}, Series(alone),
        [replace(f, indicator=name) for f in findings if f.level is Level.ERROR
         for name, i in names.items() if i == f.indicator],
    )


def find(
    indicators: Mapping[str, Indicator], series: Series, areas: Collection[str], as_of: date,
    judged: Iterable[Assessment] = (),
) -> list[Spread]:
    """The gaps of every indicator in every area that has figures of groups, in the order of indicators and areas.

    Args:
        judged: the assessments of the groups, by the names that `apart` gives them.
    """
    status = {(a.indicator, a.ref_area): a for a in judged}
    wanted = series.frame.filter(pl.col("indicator").is_in(list(indicators)), pl.col("ref_area").is_in(list(areas)))
    theirs = _of_people(wanted).select("indicator", "ref_area").unique()
    cells: dict[tuple[str, str], dict[str, dict[str, tuple[float, float, str]]]] = {}
    gone: dict[tuple[str, str, str], dict[str, float]] = {}
    for i, a, b, when, t, value, flag in _figures(wanted.join(theirs, on=["indicator", "ref_area"]), as_of):
        groups = cells.setdefault((i, a), {}).setdefault(b, {})
        if flag == "Q":
            gone.setdefault((i, a, b), {})[when] = t
        else:
            groups[when] = (t, value, flag)
    found = []
    for key, area in sorted(cells, key=lambda k: (list(indicators).index(k[0]), k[1])):
        parts = cells[key, area]
        dimensions: dict[str, list[str]] = {}
        for breakdown in sorted(parts):
            if dimension := people(breakdown):
                dimensions.setdefault(dimension, []).append(breakdown)
        for dimension, names in dimensions.items():
            if all((s := status.get((f"{key} {n}", area))) and s.reason is Reason.NOT_APPLICABLE for n in names):
                continue
            one = _spread(indicators[key], area, dimension, {n: parts[n] for n in names}, parts.get(TOTAL, {}),
                          {n: gone.get((key, area, n), {}) for n in names})
            found.append(_judged(one, {m.group: status.get((f"{key} {dimension}={m.group}", area))
                                       for m in one.members}))
    return found


def _of_people(frame: pl.DataFrame) -> pl.DataFrame:
    known = [b for b in frame["breakdown"].unique() if people(b)]
    return frame.filter(pl.col("breakdown").is_in(known))


def _figures(frame: pl.DataFrame, as_of: date) -> Iterable[tuple[str, str, str, str, float, float, str]]:
    """What the judge takes for figures, and the withheld cells."""
    today = as_of.year + (as_of.month - 1) / 12 + (as_of.day - 1) / 366
    return frame.with_columns(t=decimal_year()).filter(
        (pl.col("obs_value").is_finite() & (pl.col("obs_status") != "F")).fill_null(False)
        | (pl.col("obs_status") == "Q"),
        pl.col("t") <= today, ~pl.col("comment_obs").str.contains(UNFINISHED),
    ).sort("time_period").select(
        "indicator", "ref_area", "breakdown", "time_period", "t", "obs_value", "obs_status").iter_rows()


def _judged(one: Spread, status: Mapping[str, Assessment | None]) -> Spread:
    judged = [status[m.group] for m in one.members]
    members = tuple(replace(m, status=a.status.value, reason=a.reason.value if a.reason else "") if a else m
                    for m, a in zip(one.members, judged, strict=True))
    return replace(one, members=members, assessments=tuple(a for a in judged if a))


def _spread(
    i: Indicator, area: str, dimension: str, groups: Mapping[str, _Cells], whole: _Cells,
    gone: Mapping[str, Mapping[str, float]],
) -> Spread:
    """Groups by breakdown. ``gone``: the periods in which each is withheld."""
    code = {b: b.partition("=")[2] for b in groups}
    bad, ranked = _badness(i, area)
    empty = [Member(i.id, area, dimension, code[b], None, "", "") for b in groups]
    bare = Spread(i.id, area, dimension, ranked, tuple(empty), withheld=tuple(code[b] for b in groups if gone[b]))
    if i.scale in ("count", "binary"):
        return bare
    with_figures = [b for b in groups if groups[b]]
    others = with_figures if len(with_figures) > 1 else [TOTAL]
    cells = {**groups, TOTAL: whole}
    times = {when: t for b in with_figures for when, (t, *_) in groups[b].items()
             if any(when in cells[o] for o in others if o != b)}
    if not times:
        return bare
    now = max(times, key=lambda when: times[when])
    there = {b: groups[b][now] for b in with_figures if now in groups[b]}
    order = sorted(there, key=lambda b: (-bad.rank(there[b][1]), -bad(there[b][1]), b))
    last = whole[now][1] if others == [TOTAL] else there[order[-1]][1]
    best = TOTAL if others == [TOTAL] else order[-1]
    members = []
    for b in order:
        _, value, flag = there[b]
        gap = Member(i.id, area, dimension, code[b], value, now, flag, _place(bad, there, b, ranked, others == [TOTAL]),
                     whole[now][1] if now in whole else None)
        if b != best:
            since = max([*gone[b].values(), *gone.get(best, {}).values()], default=0.0)
            gap = _course(i, gap, groups[b], cells[best], bad, withheld=since > times[now])
            gap = replace(gap, against=code.get(best, TOTAL), gap=_difference(bad(value), bad(last)))
        members.append(gap)
    tolerance = _tolerance(i, [there[order[0]][1], last])
    if ranked and abs(members[0].gap or 0) < tolerance * (1 - TOLERANCE):  # nobody is clearly worse off
        members = [replace(m, place="") for m in members]
    return replace(
        bare, members=tuple(members), tolerance=tolerance, needed=_needed(i),
        withheld=tuple(code[b] for b in groups if now in gone[b]),
        absent=tuple(code[b] for b in with_figures if b not in there and now not in gone[b]),
    )


def _badness(i: Indicator, area: str) -> tuple[Badness, bool]:
    """How far on the wrong side a figure is; without a direction, how high."""
    if i.direction in _SIGN:
        sign = float(_SIGN[i.direction])
        return Badness(sign, equal=None if i.parity is None else sign * i.parity), True
    target = i.target_for(area) if i.direction is Direction.TARGET else None
    return (Badness(1.0, target.value), True) if target else (Badness(1.0), False)


@dataclass(frozen=True)
class Badness:
    """More is worse: the figure with its sign, or its distance from a target."""

    sign: float
    target: float | None = None
    equal: float | None = None  # of a gap that is closed: nobody is better off beyond it

    def __call__(self, value: float) -> float:
        return self.sign * value if self.target is None else abs(value - self.target)

    def rank(self, value: float) -> float:
        return self(value) if self.equal is None else max(self(value), self.equal)


def _place(bad: Badness, there: Mapping[str, tuple[float, float, str]], b: str, ranked: bool, alone: bool) -> str:
    """Several may stand in one place, and where all are equal nobody does."""
    of = [bad.rank(value) for _, value, _ in there.values()]
    mine = bad.rank(there[b][1])
    if alone or max(of) - min(of) <= TOLERANCE:
        return ""
    if mine >= max(of) - TOLERANCE:
        return "worst" if ranked else "highest"
    return ("best" if ranked else "lowest") if mine <= min(of) + TOLERANCE else ""


def _course(i: Indicator, gap: Member, a: _Cells, b: _Cells, bad: Badness, withheld: bool) -> Member:
    """The gap between two groups at the earliest period they share since the base, and where it went."""
    begin = float(i.baseline.period[:4]) if i.baseline else float(BASE_YEAR)
    now = a[gap.period][0]
    broke = max((t for cells in (a, b) for t, _, flag in cells.values() if flag == "B" and begin < t <= now),
                default=begin)
    shared = sorted((t, when) for when, (t, *_) in a.items() if when in b and max(begin, broke) <= t <= now)
    if not shared:  # the newest is older than the base year
        return replace(gap, trend=Trend.CANNOT_TELL, why="few")
    first = shared[0][1]
    then = _difference(bad(a[first][1]), bad(b[first][1]))
    found = replace(gap, gap_base=then, base_period=first, points=len(shared))
    if withheld or len(shared) < _needed(i):
        why = "withheld" if withheld else "break" if broke > begin else "few"
        found = found if len(shared) > 1 else replace(found, gap_base=None, base_period="")
        return replace(found, trend=Trend.CANNOT_TELL, why=why)
    after = _difference(bad(a[gap.period][1]), bad(b[gap.period][1]))
    least = _tolerance(i, [a[gap.period][1], b[gap.period][1]]) * (1 - TOLERANCE)
    change = abs(after) - abs(then)
    trend = (Trend.TURNED if after * then < 0 and abs(after - then) >= least else Trend.UNCHANGED
             if abs(change) < least else Trend.WIDENING if change > 0 else Trend.NARROWING)
    return replace(found, trend=trend)


def _difference(a: float, b: float) -> float:
    return round(a - b, 9) + 0.0  # the noise of a computer is no gap


def _needed(i: Indicator) -> int:
    return max(2, i.least_points)


def _tolerance(i: Indicator, values: Sequence[float]) -> float:
    if i.least_change:
        return i.least_change.by
    percent = i.scale == "percent" or "percentage point" in i.unit
    return TOLERANCE_POINTS if percent else TOLERANCE_SHARE * max(map(abs, values))
