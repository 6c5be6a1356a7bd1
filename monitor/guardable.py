"""Whether recorded crime can be read as declared: what is wrong with companions, margins and breaks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Protocol

from monitor import area
from monitor.declarations import nearest
from monitor.document import Location
from monitor.errors import DefinitionError
from monitor.model import Direction, Indicator

#: scales on which every step is one that somebody made, not a sample's: they need no margin
EXACT = ("binary", "count", "index")


class _Entry(Protocol):
    @property
    def value(self) -> Any: ...


def problems(
    indicator: Indicator, entries: Iterable[_Entry], places: tuple[str, ...], refused: Collection[str]
) -> Iterator[tuple[str, Location]]:
    """What is wrong with ``reading_matrix`` and ``breaks``: a sentence and the steps to it.

    Args:
        entries: of all indicators that are right in themselves.
        refused: ids that are declared, and wrong in themselves.
    """
    others: dict[str, Indicator] = {e.value.id: e.value for e in entries if e.value.id != indicator.id}
    for n, broke in enumerate(indicator.breaks):
        for m, code in enumerate(broke.areas):
            try:
                area.require(code, places)
            except DefinitionError as unknown:
                yield str(unknown), ("breaks", n, "areas", m)
    for part in indicator.data.parts.values() if indicator.data else ():
        read = others.get(part.indicator)
        if read and read.reading_matrix and indicator.direction not in (Direction.AMBIGUOUS, Direction.CONTEXT_ONLY):
            yield (f"it is computed from {read.id}, which is never judged alone: what is computed from it neither. "
                   "Expected ambiguous_needs_companion or context_only.", ("direction",))
    if indicator.reading_matrix is None:
        return
    at: Location = ("reading_matrix",)
    for role, companions in indicator.reading_matrix.companions.items():
        for n, one in enumerate(companions):
            found = others.get(one.indicator)
            if found is None:
                if one.indicator not in refused:
                    yield (f"'{one.indicator}' is no indicator beside this one.{nearest(one.indicator, others)}",
                           (*at, role, n))
            elif found.data and found.scale not in EXACT and not (one.least_change or found.least_change):
                yield (f"{found.id} declares no 'least_change', so a change of it cannot be told from noise. Declare "
                       "it there, or here: {indicator: " + found.id + ", least_change: {by: ..., because: ...}}.",
                       (*at, role, n))
    count = indicator.reading_matrix.count
    if indicator.scale == "count":
        if count:
            yield "the indicator is a count itself: leave 'count' out.", (*at, "count")
    elif count not in refused and (count not in others or others[count].scale != "count"):
        yield (f"found '{count}', expected the indicator (scale: count) that counts what this is a rate of.",
               (*at, "count") if count else at)
