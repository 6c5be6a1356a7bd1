"""Read recorded crime with its companions: which row of the reading matrix holds in each area, and on what grounds.

The window is that of the recorded figure: from its base to its newest figure, after the last break in the series. For
each companion the figures nearest to both ends count, each at most ``within`` years away, after its own last break.
What tells a change from noise:

- `poisson`: of two counts, the chance that equal rates give counts so far apart is below `ALPHA` (exact binomial);
  the recorded figure must have moved by ``least_share`` of the base as well, since crimes do not come one by one;
- `interval`: the publisher gives margins, and the difference is wider than both together (root of the summed squares);
- `least_change`: no margins are at hand, and the difference is the declared least change or more;
- `exact`: steps that somebody made, such as things done of five. Any change is one.

Several companions in one role must not contradict each other. Of completeness all that apply must be known and
unchanged. Whatever the reading, the status stays not assessed: no reading has a colour.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import polars as pl

from monitor import period
from monitor.judge import usable
from monitor.matrix import Companion, Moved, Read, ReadingMatrix, Way, outcome
from monitor.methods._scale import TOLERANCE
from monitor.model import Indicator
from monitor.results import Assessment, Reason
from monitor.series import Series

#: two counts whose difference chance gives more often than this are not different
ALPHA = 0.05
#: counts that add up to more are compared with the normal curve
MANY = 2000


class _Figure(NamedTuple):
    t: float
    period: str
    value: float
    lower: float | None
    upper: float | None


_Known = Mapping[tuple[str, str], list[_Figure]]


def readings(
    indicators: Mapping[str, Indicator], series: Series, assessments: Iterable[Assessment], as_of: date
) -> dict[tuple[str, str], Read]:
    """(indicator, area) -> its reading, where a matrix is declared and nothing but companions is lacking.

    Args:
        indicators: every indicator of the project, companions included.
        series: what was judged, with the figures of the companions.
    """
    asked = [a for a in assessments if a.reason is Reason.NEEDS_COMPANION and a.indicator in indicators
             and indicators[a.indicator].reading_matrix]
    if not asked:
        return {}
    own = {a.indicator for a in asked}
    named = own.union(*(m.named for key in own if (m := indicators[key].reading_matrix)))
    known: dict[tuple[str, str], list[_Figure]] = {}
    figures = usable(Series(series.frame.filter(pl.col("indicator").is_in(named))), as_of)
    columns = ["indicator", "ref_area", "t", "time_period", "obs_value", "lower_bound", "upper_bound"]
    for i, code, *seen in figures.with_time().sort("t").select(columns).iter_rows():
        known.setdefault((i, code), []).append(_Figure(*seen))
    return {(a.indicator, a.ref_area): _read(indicators, known, a) for a in asked}


def told(assessments: Iterable[Assessment], read: Mapping[tuple[str, str], Read]) -> list[Assessment]:
    """The assessments, each with the key of its reading."""
    found = ((a, read.get((a.indicator, a.ref_area))) for a in assessments)
    return [replace(a, reading=one.reading.value) if one else a for a, one in found]


def _read(indicators: Mapping[str, Indicator], known: _Known, judged: Assessment) -> Read:
    indicator, code = indicators[judged.indicator], judged.ref_area
    matrix = indicator.reading_matrix
    assert matrix is not None
    own = _recorded(indicator, matrix, known, judged)
    moves, ways = [own], [own.way]
    for role, companions in matrix.companions.items():
        told = [_companion(role, one, indicators[one.indicator], matrix, own, known.get((one.indicator, code), []))
                for one in companions if one.indicator in indicators and indicators[one.indicator].applies(code)]
        lost = len([one for one in companions if one.indicator not in indicators])
        moves += told or [Moved(role, "", Way.UNKNOWN, "no_measure")]
        ways.append(_together(role, [m.way for m in told] + [Way.UNKNOWN] * lost))
    return Read(outcome(*ways), tuple(ways), tuple(moves))


def _together(role: str, ways: list[Way]) -> Way:
    """One way for all companions of a role."""
    moved = {way for way in ways if way is not Way.UNKNOWN}
    if role == "completeness":  # one that changed spoils the comparison; none may be unknown
        changed = moved - {Way.SAME}
        return min(changed) if changed else Way.SAME if ways and Way.UNKNOWN not in ways else Way.UNKNOWN
    return moved.pop() if len(moved) == 1 else Way.UNKNOWN


def _recorded(indicator: Indicator, matrix: ReadingMatrix, known: _Known, judged: Assessment) -> Moved:
    figures = {f.period: f for f in known.get((indicator.id, judged.ref_area), [])}
    base, newest = figures.get(judged.base_period or ""), figures.get(judged.time_period or "")
    if base is None or newest is None or base.t >= newest.t:
        return Moved("recorded", indicator.id, Way.UNKNOWN, "one_figure", value=newest and newest.value,
                     period=newest.period if newest else "")
    counts = {f.period: f.value for f in known.get((matrix.count or indicator.id, judged.ref_area), [])}
    if not {base.period, newest.period} <= counts.keys():
        return _moved("recorded", indicator.id, base, newest, None, "no_count")
    by_chance = not apart(counts[base.period], counts[newest.period])
    if by_chance:
        return _moved("recorded", indicator.id, base, newest, False, "poisson")
    enough = abs(newest.value - base.value) >= matrix.least_share * abs(base.value) * (1 - TOLERANCE)
    return _moved("recorded", indicator.id, base, newest, enough, "poisson" if enough else "least_share",
                  matrix.least_share)


def _companion(
    role: str, one: Companion, indicator: Indicator, matrix: ReadingMatrix, own: Moved, figures: list[_Figure]
) -> Moved:
    if not figures:
        return Moved(role, indicator.id, Way.UNKNOWN, "no_figure")
    last = figures[-1]
    if not own.base_period:
        return Moved(role, indicator.id, Way.UNKNOWN, "no_window", value=last.value, period=last.period)
    ends = [_near(figures, _begin(when), matrix.within) for when in (own.base_period, own.period)]
    base, newest = ends
    if base is None or newest is None or base.t >= newest.t:
        return Moved(role, indicator.id, Way.UNKNOWN, "windows_differ", value=last.value, period=last.period)
    change, least = abs(newest.value - base.value), one.least_change or indicator.least_change
    margins = [(f.upper - f.lower) / 2 for f in (base, newest) if f.lower is not None and f.upper is not None]
    if len(margins) == 2:
        return _moved(role, indicator.id, base, newest, change > math.hypot(*margins), "interval")
    if least:
        return _moved(role, indicator.id, base, newest, change >= least.by * (1 - TOLERANCE), "least_change", least.by)
    if indicator.scale == "count":
        return _moved(role, indicator.id, base, newest, apart(base.value, newest.value), "poisson")
    exact = indicator.scale in ("index", "binary")
    return _moved(role, indicator.id, base, newest, change > 0 if exact else None, "exact" if exact else "no_margin")


def _begin(when: str) -> float:
    first = period.begin(when)
    return first.year + (first.month - 1) / 12


def _near(figures: list[_Figure], t: float, within: float) -> _Figure | None:
    found = min(figures, key=lambda f: abs(f.t - t))
    return found if abs(found.t - t) <= within + TOLERANCE else None


def _moved(
    role: str, key: str, base: _Figure, newest: _Figure, clear: bool | None, why: str, least: float | None = None
) -> Moved:
    way = Way.UNKNOWN if clear is None else Way.SAME if not clear else Way.UP if newest.value > base.value else Way.DOWN
    return Moved(role, key, way, why, base.value, base.period, newest.value, newest.period, least)


def apart(one: float, other: float) -> bool:
    """Whether two counts of equal length are further apart than chance has them: two-sided, at `ALPHA`.

    Given their sum, the smaller of two Poisson counts with one rate is binomial with the chance 1/2.
    """
    low, n = round(min(one, other)), round(one) + round(other)
    if n > MANY:
        return math.erfc((n - 2 * low - 1) / math.sqrt(2 * n)) < ALPHA
    return bool(2 * sum(math.comb(n, k) for k in range(low + 1)) / 2**n < ALPHA)
