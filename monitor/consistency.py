"""What no single declaration can be wrong about: whether they fit together.

Every rule is a generator of problems: the declaration that must change, the place in it, and a sentence.
"""

from __future__ import annotations

import string
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from monitor import area, formula, period, plugins
from monitor.declarations import Document, Location, nearest
from monitor.errors import DefinitionError, MonitorError
from monitor.model import Indicator, Place, Recommendation, Selection, Source
from monitor.series import CL_OBS_STATUS


class Entry(NamedTuple):
    """A declaration that is right in itself, and where it stands."""

    value: Any
    document: Document
    location: Location

    def problem(self, sentence: str, *steps: str | int) -> tuple[Entry, str]:
        return self, f"{self.document.at((*self.location, *steps))} {sentence}"


Problems = Iterator[tuple[Entry, str]]


@dataclass(frozen=True)
class Declarations:
    """Everything a project declares, before it is known to fit together."""

    recommendations: list[Entry]
    indicators: list[Entry]
    sources: Mapping[str, Entry]
    areas: Mapping[str, Entry]
    scorecards: list[Entry]
    refused: Collection[str]  # ids that are declared, but wrong in themselves: said already
    files: Collection[str]  # registers that exist, by path below sources/

    def problems(self) -> Problems:
        """Every problem, in the order of the files."""
        yield from _duplicates(self.recommendations, _mandate)
        yield from _duplicates(self.indicators, lambda i: [(i.id, ())])
        names = {kind: plugins.names(kind) for kind in ("readers", "checks", "methods")}
        places = tuple(code for code in self.areas if area.kind(code) == "place")
        for code, entry in self.areas.items():
            yield from _place(code, entry)
        for entry in self.scorecards:
            yield from _codes(entry, [entry.value], places)
            if area.kind(entry.value) == "group":
                yield entry.problem(f"'{entry.value}' is a group of countries, and a scorecard is for a country or a place.")
        mandate = {i for entry in self.recommendations for i, _ in _mandate(entry.value)}
        indicators = {entry.value.id for entry in self.indicators}
        for entry in self.indicators:
            indicator: Indicator = entry.value
            yield from _known(entry, indicator.answers, mandate | set(self.refused), "recommendation, action or ask", "answers")
            yield from _known(entry, indicator.companions, indicators | set(self.refused), "indicator", "companions")
            yield from _known(entry, [indicator.method], names["methods"], "method", "method", single=True)
            yield from _known(entry, indicator.checks, names["checks"], "check", "checks")
            yield from _codes(entry, indicator.applies_to, places, "applies_to")
            yield from _targets(entry, indicator, places)
            yield from self._data(entry, indicator)
        yield from self._unanswered()
        for entry in self.sources.values():
            yield from _source(entry, names["readers"], self.files)

    def _unanswered(self) -> Problems:
        answered = {answer for entry in self.indicators for answer in entry.value.answers}
        if self.refused & {*self.refused}:
            answered |= {*self.refused}
        return iter(())

    def _data(self, entry: Entry, indicator: Indicator) -> Problems:
        if indicator.data is None:
            return
        for name, part in indicator.data.parts.items():
            yield from self._selection(entry, part, ("data", "parts", name))
        if indicator.data.formula is not None:
            try:
                used = formula.names(indicator.data.formula)
            except DefinitionError as problem:
                yield entry.problem(str(problem), "data", "formula")
                return
            yield from _known(entry, sorted(used), indicator.data.parts, "part", "data", "formula", single=True)
            for name in indicator.data.parts:
                if name not in used:
                    yield entry.problem(f"the formula does not use the part '{name}'. Use it or leave it out.",
                                        "data", "parts", name)

    def _selection(self, entry: Entry, part: Selection, at: tuple[str, ...]) -> Problems:
        if part.source in self.refused:
            return
        if part.source not in self.sources:
            yield from _known(entry, [part.source], self.sources, "source", *at, "source", single=True)
            return
        source: Source = self.sources[part.source].value
        if part.series not in source.series:
            yield from _known(entry, [part.series], source.series, f"series of the source {source.id}", *at, "series",
                              single=True)
            return
        dimensions = source.series[part.series].dimensions
        for block in ("select", "breakdowns"):
            if dimensions:
                yield from _known(entry, getattr(part, block), dimensions, f"dimension of {source.id} {part.series}",
                                  *at, block)
