"""What is wrong with a declared composite beside what it declares alone, and what falls with its parts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from monitor import area
from monitor.composite_model import Composite
from monitor.consistency import Declarations, Entry, Problems
from monitor.declarations import nearest
from monitor.errors import DefinitionError
from monitor.model import Direction, Indicator

#: methods whose figures are numbered steps: between two steps there is no distance
STEPS = ("ordinal",)


def problems(declared: Declarations) -> Problems:
    """Every problem of every composite, where it stands."""
    indicators = {entry.value.id: entry.value for entry in declared.indicators}
    places = tuple(code for code in declared.areas if area.kind(code) == "place")
    for entry in declared.composites:
        for n, part in enumerate(entry.value.parts):
            if part.indicator not in indicators and part.indicator not in declared.elsewhere:
                hint = nearest(part.indicator, indicators) or f" Known: {', '.join([*indicators][:24]) or 'none'}."
                yield entry.says(f"'{part.indicator}' is no indicator.{hint}", "parts", n, "indicator")
        for n, code in enumerate(entry.value.areas):
            try:
                right = area.require(code, places)
            except DefinitionError as problem:
                yield entry.says(str(problem), "areas", n)
            else:
                if right != code:
                    yield entry.says(f"found '{code}', expected '{right}'.", "areas", n)
        for said, at in faults(entry.value, indicators, [each.value for each in declared.scorecards]):
            yield entry.says(said, *at)


def without(declared: Declarations) -> tuple[list[Entry], list[str]]:
    """The composites whose parts are all left, and a sentence for each that falls with one."""
    left = {entry.value.id for entry in declared.indicators}
    kept, fallen = [], []
    for entry in declared.composites:
        gone = [n for n, part in enumerate(entry.value.parts) if part.indicator not in left]
        for n in gone[:1]:
            sentence = f"left out, as its part '{entry.value.parts[n].indicator}' is."
            fallen.append(entry.says(sentence, "parts", n, "indicator").sentence)
        kept += [] if gone else [entry]
    return kept, fallen


def faults(
    composite: Composite, indicators: Mapping[str, Indicator], scorecards: Collection[str]
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """What is wrong with a composite beside what it declares alone: a sentence, and the place in its block."""
    seen: set[str] = set()
    for n, part in enumerate(composite.parts):
        if part.indicator in seen:
            yield (f"'{part.indicator}' is a part already. Take one of the two out, and give the other the weight it "
                   "should have.", ("parts", n, "indicator"))  # fmt: skip
        seen.add(part.indicator)
        worst, best = part.goalposts
        if worst == best:
            yield (f"found [{worst:g}, {best:g}], expected two different numbers, the worst first: [0, 100].",
                   ("parts", n, "goalposts"))
        if one := indicators.get(part.indicator):
            if why := _unfit(one):
                yield f"'{one.id}' {why} Take it out of the composite.", ("parts", n, "indicator")
            elif worst != best and (best > worst) != (one.direction is Direction.UP_GOOD):
                better = "higher" if one.direction is Direction.UP_GOOD else "lower"
                yield (f"found [{worst:g}, {best:g}], expected the worst first and then the best: of '{one.id}' "
                       f"{better} is better ({one.direction}). Write [{best:g}, {worst:g}], or mend its 'direction'.",
                       ("parts", n, "goalposts"))
    if (least := composite.missing.min_parts) and least > len(composite.parts):
        yield (f"found {least}, expected at most {len(composite.parts)}, the number of parts: no area could have a "
               "value.", ("missing", "min_parts"))  # fmt: skip
    if len(composite.codes(scorecards)) < 2:
        yield ("a rank needs two areas or more. Name them under 'areas': [DEU, FRA] or a group such as [LDC].",
               ("areas",))


def _unfit(indicator: Indicator) -> str:
    """Why an indicator cannot stand on a line from worst to best; "" where it can."""
    if indicator.data is None:
        return "has no figures ('missing')."
    if indicator.reading_matrix:
        return "is read together with others, by a matrix (reading_matrix)."
    if indicator.direction is Direction.CONTEXT_ONLY:
        return "only gives context: no direction is better (direction: context_only)."
    if indicator.direction is Direction.AMBIGUOUS:
        return "can mean better or worse and cannot be read alone (direction: ambiguous_needs_companion)."
    if indicator.direction is Direction.TARGET:
        return "is best at its target and worse on both sides of it (direction: target): two goalposts cannot say that."
    if indicator.method in STEPS:
        return f"is judged by steps with a name (method: {indicator.method}): the distance between two is no number."
    if not indicator.comparable:
        return "may not be set beside the figures of other areas (comparable: false)."
    return ""
