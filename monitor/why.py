"""Why a status is what it is, in sentences that can be quoted, each with its number; their words are under ``why.``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from monitor import period, plugins
from monitor.judge import SMALL_COUNT
from monitor.model import Indicator
from monitor.results import Assessment, Flip, Opinion, Reason, Reasoning, Status
from monitor.words import Words

#: a status that so small a move of the newest figure changes is called fragile, beside the status itself
FRAGILE = 0.05
#: a move of less than this share of how far was looked is what the search leaves of none (`monitor.flips.ROUNDS`)
EXACT = 1e-5
#: measures of methods that are shares: printed as per cent
SHARES = ("ratio", "rate", "chance of meeting the target", "chance that the change went the wished way",
          "chance that the change is fast enough")


class Case(NamedTuple):
    """What is told about: an indicator in an area, in one language."""

    words: Words
    indicator: Indicator
    judged: Assessment
    reasoning: Reasoning | None  # None where there is no status
    titles: Mapping[str, str] = {}  # of other indicators, by id

    def status(self, status: Status) -> str:
        """The word for a status, as on the chip."""
        kind = "status_yes_no" if self.indicator.scale == "binary" else "status"
        if kind == "status" and self.judged.target_value is None:
            kind = "status_free"
        own = f"{kind}.{status}"
        return self.words(own if self.words.has(own) else f"status.{status}")

    def figure(self, value: float, move: float = math.inf) -> str:
        """A figure as printed; one that is reached by a small move with more decimals, and not short of it."""
        if self.indicator.scale == "binary":
            return self.words("figure.yes" if value else "figure.no")
        decimals = max(self.indicator.decimals, digits(move))
        text = self.words.number(outward(value, move, decimals), decimals)
        return self.words("figure.percent", n=text) if self.indicator.scale == "percent" else text


def digits(size: float) -> int:
    """How many decimals show two digits of a number; none of a whole or a large one, six at most."""
    return 0 if not 0 < abs(size) < 10 or size == int(size) else min(6, 1 - math.floor(math.log10(abs(size))))


def outward(value: float, move: float, decimals: int) -> float:
    """A number that was reached by a move, rounded on in the same way: what is said to be enough is."""
    if not math.isfinite(move):
        return value
    grain = 10.0 ** -decimals
    return round((math.ceil if move > 0 else math.floor)(round(value / grain, 6)) * grain, decimals)


def sentences(case: Case) -> tuple[str, ...]:
    """The whole reasoning; of what is not assessed the gate, and what would have to change."""
    if case.judged.reason is not None:
        return tuple(_unjudged(case, case.judged.reason))
    return (*_method(case), *_basis(case), *_passed(case), *_measured(case), *_flips(case), *_others(case))


def fragile(case: Case) -> str:
    """A short clause where a small move of the newest figure changes the status; "" where none does."""
    flip = case.reasoning and case.reasoning.nearest
    if not flip or not case.reasoning or flip.share is None or flip.share >= FRAGILE or (
            case.reasoning.share_of != "figure"):
        return ""
    return case.words(f"why.fragile.{_way(flip, case.reasoning)}", move=_move(case, flip),
                      status=case.status(flip.status))


def _method(case: Case) -> Iterator[str]:
    words, a = case.words, case.judged
    if not a.method:  # judged by hand
        return
    name = words(f"method.{a.method}") if words.has(f"method.{a.method}") else a.method
    yield words("why.method", method=name, status=case.status(a.status), word=a.word)
    rule = getattr(plugins.module("methods", a.method), "THRESHOLDS", {})
    measure = case.reasoning.cutoff.measure if case.reasoning and case.reasoning.cutoff else ""
    if steps := rule.get(measure):
        firsts = [n for n, one in enumerate(steps) if n + 1 == len(steps) or steps[n + 1].status != one.status]
        said = [words("why.from", status=case.status(Status(one.status)), least=_amount(case, measure, one.least))
                for one in (steps[n] for n in firsts[:-1])]
        yield words("why.thresholds", measure=_measure(words, measure), steps=words.listed(said),
                    last=case.status(Status(steps[-1].status)))


def _basis(case: Case) -> Iterator[str]:
    words, a, uses = case.words, case.judged, _uses(case)
    if uses == "newest" or not a.base_period or a.base_period == a.time_period:
        yield words("why.point", period=a.time_period)
    elif uses == "all":
        yield words.count("why.points", a.points, first=a.base_period, last=a.time_period)
    else:
        between = [words.count("why.between", a.points - 2)] if a.points > 2 else []
        yield " ".join([words("why.two", first=a.base_period, last=a.time_period), *between])


def _uses(case: Case) -> str:
    """Which figures the status rests on: ``newest``, ``two`` (that of the base and the newest) or ``all``."""
    a = case.judged
    said = "newest" if case.indicator.scale == "binary" else str(
        getattr(plugins.module("methods", a.method), "USES", "all") if a.method else "newest")
    if said == "newest" and a.status is Status.BACKWARDS:
        return "two"  # what was met at the base and is lost
    return "newest" if said == "two" and a.status is Status.ACHIEVED else said


def _passed(case: Case) -> Iterator[str]:
    """What is asked for before a judgement (the gates of `monitor.judge`), where it depends on the figures."""
    words, i, a = case.words, case.indicator, case.judged
    met = [words("why.passed.age", age=_years(case))]
    alone = a.status is Status.ACHIEVED and i.scale != "binary" and a.points < 2
    if i.least_points > 2 or (_uses(case) != "newest" and a.points > 1):
        met.append(words.count("why.passed.points", max(i.least_points, 2)))
    if i.scale == "count":
        met.append(words("why.passed.counts", n=words.number(SMALL_COUNT, 0)))
    if i.parity is not None:
        met.append(words("why.passed.parity"))
    if i.least_change and a.value is not None and a.base_value is not None:
        change = abs(a.value - a.base_value)
        met.append(words("why.passed.change", by=_amount_of(case, i.least_change.by, None),
                         change=_amount_of(case, change, None)))
    yield " ".join([words("why.passed.all", what=words.listed(met)), *([words("why.passed.alone")] if alone else [])])


def _years(case: Case) -> str:
    """The age at which a figure is too old to judge."""
    years = period.days(case.indicator.max_age) / 365.25
    return case.words.count("why.unit.years", years, 0 if abs(years - round(years)) < 0.05 else 1)


def _measured(case: Case) -> Iterator[str]:
    words, a = case.words, case.judged
    if a.status is Status.ACHIEVED:
        yield words("why.met" if a.target_value is not None or case.indicator.scale == "binary" else "why.best")
    elif a.rate is not None and a.required is not None:
        yield words(f"why.pace{_linear(case)}", rate=_signed(case, a.rate), required=_signed(case, a.required))
    elif a.rate is not None:
        yield words(f"why.growth{_linear(case)}", rate=_signed(case, a.rate))
    if case.reasoning and (cut := case.reasoning.cutoff):
        edges = [(key, edge) for key, edge in (("better", cut.better), ("worse", cut.worse)) if edge is not None]
        near = min((abs(edge - cut.value) for _, edge in edges), default=math.inf)
        yield " ".join([
            words("why.measured", measure=_measure(words, cut.measure),
                  value=_amount(case, cut.measure, cut.value, near)),
            *(words(f"why.cutoff.{key if edge != cut.value else 'edge'}", cut=_amount(case, cut.measure, edge),
                    away=_amount(case, cut.measure, abs(edge - cut.value), near, apart=True)) for key, edge in edges)])
    if a.probability is not None:
        kind = "target" if a.target_value is not None else "free"
        yield words(f"why.chance.{kind}", n=words.number(100 * a.probability, 0))


def _flips(case: Case) -> Iterator[str]:
    if not case.reasoning:
        return
    words, found = case.words, [f for f in (case.reasoning.lower, case.reasoning.higher) if f]
    for flip in found:
        status = case.status(flip.status)
        if flip.reason:
            status = words("why.unjudged", status=status, reason=words(f"reason.{flip.reason}"))
        key = "answer" if case.indicator.scale == "binary" else _way(flip, case.reasoning)
        yield words(f"why.flip.{key}", move=_move(case, flip), value=_reached(case, flip), status=status)
    if not found and case.indicator.scale != "binary":
        yield words("why.flip.none", limit=_amount_of(case, case.reasoning.limit, None))


def _others(case: Case) -> Iterator[str]:
    words, a = case.words, case.judged
    if case.indicator.scale == "binary" or not case.reasoning:
        return
    if a.status is Status.ACHIEVED and a.target_value is None:
        yield words("why.others.limit")
        return
    judging = [one for one in case.reasoning.others if one.reason is None]
    if not judging:
        yield words("why.others.none")
        return
    same = sum(one.status == a.status for one in judging)
    yield words.count("why.others.share", same, all=words.number(len(judging), 0))
    apart: dict[Status, list[Opinion]] = {}
    for one in judging:
        if one.status != a.status:
            apart.setdefault(one.status, []).append(one)
    for status, ones in apart.items():
        said = [words("why.others.one", method=_rule(words, one.method), word=one.word) for one in ones]
        yield words("why.others.say", status=case.status(status), methods="; ".join(said))
    if silent := [_rule(words, one.method) for one in case.reasoning.others if one.reason is not None]:
        yield words("why.others.silent", methods=words.listed(silent))


def _unjudged(case: Case, reason: Reason) -> Iterator[str]:
    words, i, a = case.words, case.indicator, case.judged
    yield words("why.gate", reason=words(f"reason.{reason}"))
    key = f"why.needed.{reason}"
    if not words.has(key):
        return
    change = None if a.value is None or a.base_value is None else a.value - a.base_value
    yield words(
        key, period=a.time_period or "", most=_years(case), n=words.number(a.points, 0),
        least=words.number(max(i.least_points, 2), 0),
        change="–" if change is None else _amount_of(case, abs(change), None),
        by=_amount_of(case, i.least_change.by, None) if i.least_change else "",
        companions=words.listed([f"“{case.titles[c]}”" if c in case.titles else c for c in i.companions]),
        parity=case.figure(i.parity) if i.parity is not None else "", note=i.missing_note,
    ).strip()


def _way(flip: Flip, reasoning: Reasoning) -> str:
    """Which way the figure would have to move; where the least move does, it stands at the cut-off."""
    at = "at_" if abs(flip.move) <= min(EXACT * reasoning.limit, reasoning.grain / 2) else ""
    return f"{at}higher" if flip.move > 0 else f"{at}lower"


def _named(case: Case, flip: Flip) -> float:
    """The size of a move as it is named: no smaller than the publisher's grain."""
    return max(outward(abs(flip.move), 1.0, digits(flip.move)), case.reasoning.grain if case.reasoning else 0.0)


def _reached(case: Case, flip: Flip) -> str:
    more = _named(case, flip)
    if more <= outward(abs(flip.move), 1.0, digits(flip.move)):
        return case.figure(flip.value, flip.move)
    return case.figure(flip.value - flip.move + math.copysign(more, flip.move), more)


def _move(case: Case, flip: Flip) -> str:
    size = _named(case, flip)
    share = flip.share and flip.share * max(1.0, size / abs(flip.move) if size > abs(flip.move) * 1.5 else 1.0)
    if share is not None:
        share = outward(share, 1.0, digits(100 * share) + 2)
    return _amount_of(case, size, share if case.reasoning and case.reasoning.share_of == "figure" else None)


def _amount_of(case: Case, size: float, share: float | None) -> str:
    """How far a figure moves: percentage points, per cent of itself, or its own unit."""
    words, scale = case.words, case.indicator.scale
    if scale == "percent":
        return words.count("why.unit.points", size, digits(size))
    if share is not None:
        return words("figure.percent", n=words.number(100 * share, digits(100 * share)))
    return words.number(size, digits(size))


def _measure(words: Words, measure: str) -> str:
    return words(f"why.measure.{measure}") if words.has(f"why.measure.{measure}") else measure


def _amount(case: Case, measure: str, value: float, near: float = math.inf, apart: bool = False) -> str:
    """A measured number of a method, as precise as tells it from a cut-off that is ``near``.

    Args:
        apart: it is the difference of two, told of shares in percentage points.
    """
    size = 100 if measure in SHARES else 1
    decimals = max(digits(size * value) if abs(size * value) < 10 else 0, digits(size * near))
    if size == 1:
        return case.words.number(value, decimals)
    if apart:
        return case.words.count("why.unit.points", size * value, decimals)
    return case.words("figure.percent", n=case.words.number(size * value, decimals))


def _linear(case: Case) -> str:
    """``_linear`` where the change a year is one of a straight line, and no growth on growth; else ""."""
    low = case.indicator.bounds[0]
    crossing = case.indicator.scale == "difference" or (low is not None and low < 0)
    return "_linear" if case.judged.base_value and (crossing or case.judged.method == "germany") else ""


def _signed(case: Case, share: float) -> str:
    """A change a year: a share of the base figure; of a straight line the change itself too."""
    text = case.words("figure.percent", n=case.words.number(100 * share, 1))
    text = f"+{text}" if share > 0 else text
    if not _linear(case):
        return text
    change = share * abs(case.judged.base_value or 0.0)
    number = case.words.number(change, digits(change))
    return case.words("why.of_base", n=f"+{number}" if share > 0 else number, share=text)


def _rule(words: Words, method: str) -> str:
    return words(f"why.rule.{method}") if words.has(f"why.rule.{method}") else method
