"""What no declaration can be wrong about alone: whether they fit together.

Every rule gives its problems one by one: the declaration that must change, and a sentence that says where.
"""

from __future__ import annotations

import string
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from monitor import aims, area, expectable, formula, guardable, plugins
from monitor.declarations import nearest
from monitor.document import Document, Location
from monitor.errors import DefinitionError
from monitor.items import ANSWERS, Commitment, Item, Recommendation
from monitor.model import CL_OBS_STATUS, KINDS_OF_AREA, Indicator, Selection, Source


class Entry(NamedTuple):
    """A declaration that is right in itself, and where it stands."""

    value: Any
    document: Document
    location: Location = ()

    def says(self, sentence: str, *steps: str | int) -> Problem:
        return Problem(self, f"{self.document.at((*self.location, *steps))} {sentence}")


class Problem(NamedTuple):
    entry: Entry
    sentence: str
    fatal: bool = True  # False: the declaration can serve all the same


Problems = Iterator[Problem]


@dataclass(frozen=True)
class Declarations:
    """Everything a project declares that is right in itself, and what is known of the rest."""

    texts: list[Entry]  # the documents that items come from
    items: Mapping[str, list[Entry]]  # kind -> items of the mandate
    principles: Collection[str]  # guiding principles of the Compact
    crosswalks: list[Entry]
    indicators: list[Entry]
    sources: Mapping[str, Entry]
    areas: Mapping[str, Entry]
    scorecards: list[Entry]
    languages: list[Entry]
    partial: list[Entry]  # indicators that are wrong in themselves, with what of them is right
    refused: Collection[str]  # ids of declarations that are wrong in themselves: said already
    claimed: Collection[str]  # everything any indicator, refused ones too, says it answers
    registers: Collection[str]  # files below sources/ that exist
    spoken: Collection[str]  # languages that have a file of words
    unread: bool = False  # some file with items or indicators could not be read: who knows what it declares
    named: Collection[tuple[Document, int, str]] = ()  # places of private persons, with what is wrong there
    composites: Collection[Entry] = ()

    @property
    def elsewhere(self) -> Collection[str]:
        """Ids that may be linked to although no declaration that is right has them."""
        return _Anything() if self.unread else self.refused


class _Anything(frozenset[str]):
    """Holds whatever it is asked for: what stands in a file that cannot be read."""

    def __contains__(self, _: object) -> bool:
        return True


def problems(declared: Declarations) -> Problems:
    """Every problem, in the order of the files; none when all fits together."""
    places = tuple(code for code in declared.areas if area.kind(code) == "place")
    readers, checks, methods = (plugins.names(kind) for kind in ("readers", "checks", "methods"))
    for entry in declared.languages:
        yield from _known(entry, entry.value, declared.spoken, "language with a file in reports/words/")
    for code, entry in declared.areas.items():
        yield from _place(code, entry)
    for entry in declared.scorecards:
        yield from _codes(entry, [entry.value], places)
        if area.kind(entry.value) == "group":
            yield entry.says(f"'{entry.value}' is a group of countries, expected a country or a place.")
    everyone = sorted((*declared.indicators, *declared.partial), key=lambda e: (e.document.label, e.location))
    items = [entry for entries in declared.items.values() for entry in entries]
    yield from _twice(told := [*items, *declared.texts, *everyone, *declared.composites])
    mandate = {name for entry in items for name in entry.value.ids}
    indicators = {entry.value.id for entry in declared.indicators}
    yield from _people([*told, *declared.sources.values()], declared.named)
    refused = declared.elsewhere
    for entry in items:
        yield from _item(entry, declared, places, mandate | indicators)
    for entry in declared.items["recommendations"]:
        yield from _unanswered(entry, declared)
    for entry in declared.crosswalks:
        for n, listed in enumerate(entry.value.indicators):
            yield from _serving(
                _all_known(entry, listed.ours, indicators, "indicator", "indicators", n, "ours", also=refused))
    for entry in everyone:
        indicator: Indicator = entry.value
        others = indicators - {indicator.id}
        what = "recommendation, action, ask or other item of the mandate"
        astray = [*_all_known(entry, indicator.answers, mandate, what, "answers", also=refused)]
        yield from astray if len(astray) == len(indicator.answers) else _serving(astray)
        what = "indicator beside this one"
        yield from _serving(_all_known(entry, indicator.companions, others, what, "companions", also=refused))
        yield from _known(entry, indicator.method, methods, "method", "method")
        yield from _all_known(entry, indicator.checks, checks, "check", "checks")
        yield from _codes(entry, indicator.applies_to, places, "applies_to")
        for n, target in enumerate(indicator.targets):
            yield from _codes(entry, target.areas, places, "targets", n, "areas")
        for said, at in aims.problems(indicator):
            yield entry.says(said, *at)
        yield from _data(entry, indicator, declared)
    for entry in declared.indicators:
        yield from _units(entry, declared)
        if entry.value.method in methods:
            yield from _fitting(entry, entry.value)
        for said, at in (*expectable.problems(entry.value.expect, places, entry.value, indicators - {entry.value.id}),
                         *guardable.problems(entry.value, declared.indicators, places, refused)):
            yield entry.says(said, *at)
    for entry in declared.sources.values():
        for said, at in expectable.problems(entry.value.expect, places):
            yield entry.says(said, *at)
    yield from _circles({entry.value.id: entry for entry in declared.indicators})
    for entry in declared.sources.values():
        yield from _source(entry, readers, declared.registers)


def _serving(found: Iterable[Problem]) -> Problems:
    """Links that lead nowhere: what holds them can serve without them."""
    return (problem._replace(fatal=False) for problem in found)


def _people(entries: Iterable[Entry], named: Collection[tuple[Document, int, str]]) -> Problems:
    """A private person stands in the last declaration that begins above the place."""
    for document, line, sentence in named:
        above = [e for e in entries if e.document is document and document.line(e.location) <= line]
        entry = max(above, key=lambda e: document.line(e.location), default=Entry(None, document))
        yield Problem(entry, sentence)


def without(declared: Declarations, broken: Collection[int]) -> tuple[Declarations, list[str]]:
    """What is left when some entries (by `id`) are taken out, and a sentence for each that falls with them."""

    def kept(entries: Iterable[Entry]) -> list[Entry]:
        return [entry for entry in entries if id(entry) not in broken]

    sources = {name: entry for name, entry in declared.sources.items() if id(entry) not in broken}
    indicators: list[Entry] = []
    fallen = []
    ahead = kept(declared.indicators)
    while len(indicators) != len(ahead):  # until nothing falls with what fell before
        indicators, ahead, there = ahead, [], {entry.value.id for entry in ahead}
        for entry in indicators:
            parts = entry.value.data.parts if entry.value.data else {}
            lost = [(name, "indicator" if p.indicator else "source", p.indicator or p.source)
                    for name, p in parts.items() if p.indicator not in there and p.source not in sources]
            for name, what, which in lost[:1]:
                sentence = f"left out, as its {what} '{which}' is."
                fallen.append(entry.says(sentence, "data", "parts", name, what).sentence)
            ahead += [] if lost else [entry]
    left = {entry.value.id for entry in indicators}
    for n, entry in enumerate(indicators):
        companions = [c for c in entry.value.companions if c in left]
        indicators[n] = entry._replace(value=entry.value.model_copy(update={"companions": companions}))
    return replace(
        declared, sources=sources, indicators=indicators, texts=kept(declared.texts),
        items={kind: kept(entries) for kind, entries in declared.items.items()}, crosswalks=kept(declared.crosswalks),
        areas={code: entry for code, entry in declared.areas.items() if id(entry) not in broken},
        scorecards=kept(declared.scorecards), languages=kept(declared.languages), composites=kept(declared.composites),
    ), fallen


def _item(entry: Entry, declared: Declarations, places: tuple[str, ...], ids: Collection[str]) -> Problems:
    """What an item of the mandate names: documents, other items, principles, areas."""
    item: Item = entry.value
    texts = [each.value.id for each in declared.texts]
    if item.document:
        yield from _known(entry, item.document, texts, "document", "document", also=declared.elsewhere)
    for n, passage in enumerate(item.also):
        yield from _known(entry, passage.document, texts, "document", "also", n, "document", also=declared.elsewhere)
    others = {*ids, *texts} - {*item.ids}
    what = "item of the mandate or indicator beside this one"
    yield from _serving(_all_known(entry, item.links, others, what, "links", also=declared.elsewhere))
    if declared.principles:  # none: the file that lists them could not be read, which is said
        yield from _serving(_all_known(entry, item.principles, declared.principles, "guiding principle", "principles"))
    if isinstance(item, Commitment):
        yield from _codes(entry, item.areas, places, "areas")


def _unanswered(entry: Entry, declared: Declarations) -> Problems:
    """Nothing is hidden: what no indicator answers is said, or, of a recommendation from a document, explained."""
    recommendation: Recommendation = entry.value
    if declared.unread:
        return
    for n, ask in enumerate(recommendation.asks):
        if ask.id not in declared.claimed:
            yield entry.says(
                "no indicator answers it. Declare one; where no public figures exist, with 'missing: needs_register'.",
                "asks", n,
            )._replace(fatal=False)
    if recommendation.document and not declared.partial:
        own = {*recommendation.ids}
        answered = {e.value.kind for e in declared.indicators if own & {*e.value.answers}}
        for kind in ANSWERS:
            if kind not in answered and kind not in recommendation.gaps:
                yield entry.says(
                    f"no indicator of kind '{kind}' answers it. Declare one, or say under 'gaps' why there is none.",
                    "gaps",
                )._replace(fatal=False)


def _twice(entries: Iterable[Entry]) -> Problems:
    first: dict[str, Entry] = {}
    for entry in entries:
        for each in filter(None, getattr(entry.value, "ids", [entry.value.id])):
            if each in first:
                document, location = first[each].document, first[each].location
                yield entry.says(f"the id '{each}' is taken in {document.label}:{document.line(location)}.")
            first.setdefault(each, entry)


def _known(
    entry: Entry, found: str, known: Collection[str], what: str, *at: str | int, also: Collection[str] = ()
) -> Problems:
    if found not in known and found not in also:
        names = sorted(known)
        listed = (", ".join(names[:24]) or "none") + (", ..." if len(names) > 24 else "")
        yield entry.says(f"'{found}' is no {what}.{nearest(found, names) or f' Known: {listed}.'}", *at)


def _all_known(
    entry: Entry, found: Iterable[str], known: Collection[str], what: str, *at: str | int, also: Collection[str] = ()
) -> Problems:
    listed = isinstance(found, list)
    for n, each in enumerate(found):
        yield from _known(entry, each, known, what, *at, n if listed else each, also=also)


def _codes(entry: Entry, codes: list[str], places: tuple[str, ...], *at: str | int) -> Problems:
    for n, code in enumerate(codes):
        here = (*at, n) if at else ()
        if at == ("applies_to",) and code in KINDS_OF_AREA:
            continue
        try:
            right = area.require(code, places)
        except DefinitionError as problem:
            yield entry.says(str(problem), *here)
        else:
            if right != code:
                yield entry.says(f"found '{code}', expected '{right}'.", *here)


def _place(code: str, entry: Entry) -> Problems:
    if area.kind(code) == "place" and not entry.value.name:
        hint = nearest(code, area.table()) if len(code) == 3 else ""
        yield entry.says(f"is no code of a country or region, and a place of your own needs a 'name'.{hint}")
    country = entry.value.country
    if country and area.kind(country) != "country":
        yield entry.says(f"found '{country}', expected a country's ISO 3166-1 alpha-3 code (DEU).", "country")


def _fitting(entry: Entry, indicator: Indicator) -> Problems:
    """Whether the method can judge the indicator, by what it says itself; one of another package may say nothing."""
    fits = getattr(plugins.module("methods", indicator.method), "fits", None)
    if fits and (said := fits(indicator)):
        named = [name for name in indicator.method_options if f"'{name}'" in said]
        yield entry.says(said, *("method_options", *named[:1]) if indicator.method_options else ("method",))


def _data(entry: Entry, indicator: Indicator, declared: Declarations) -> Problems:
    if indicator.data is None:
        return
    parts = indicator.data.parts
    for name, part in parts.items():
        yield from _selection(entry, part, declared, "data", "parts", name)
    if indicator.data.formula is None:
        return
    try:
        used = formula.names(indicator.data.formula)
    except DefinitionError as problem:
        yield entry.says(str(problem), "data", "formula")
        return
    for name in sorted(used):
        yield from _known(entry, name, parts, "part of this indicator", "data", "formula")
    for name in parts:
        if name not in used:
            yield entry.says("the formula does not use it. Use it or leave it out.", "data", "parts", name)


def _units(entry: Entry, declared: Declarations) -> Problems:
    """What a formula joins is counted alike, and its result as the indicator says; see `monitor.formula`."""
    data, said = entry.value.data, {each.value.id: each.value.unit for each in declared.indicators}
    if data is None or data.formula is None:
        return
    for source in declared.sources.values():
        said |= {(source.value.id, name): offered.unit for name, offered in source.value.series.items()}
    known = {name: part.indicator or (part.source, part.series) for name, part in data.parts.items()}
    units = {name: data.parts[name].unit or said[key] for name, key in known.items() if key in said}
    try:
        if not formula.names(data.formula) <= units.keys():
            return  # what is not there is said elsewhere
    except DefinitionError:
        return
    try:
        found = formula.unit(data.formula, units)
        if wrong := formula.misfit(data.formula, found, entry.value.scale, entry.value.unit):
            remedy = "Mend the formula, 'scale' or 'unit', or the 'unit' of a part."
            yield entry.says(f"{wrong} {remedy}", "data", "formula")
    except DefinitionError as problem:
        yield entry.says(str(problem), "data", "formula")


def _circles(indicators: Mapping[str, Entry]) -> Problems:
    """An indicator that is computed from itself, through however many others."""
    ahead = {
        key: {p.indicator: name for name, p in (e.value.data.parts if e.value.data else {}).items() if p.indicator}
        for key, e in indicators.items()
    }
    for key, entry in indicators.items():
        ways = [[key, first] for first in ahead[key]]  # breadth first: the shortest chain is named
        seen: set[str] = set()
        for way in ways:
            if way[-1] == key:
                chain = " -> ".join(way)
                sentence = f"a figure cannot be computed from itself: {chain}. Take one of these parts out."
                yield entry.says(sentence, "data", "parts", ahead[key][way[1]], "indicator")
                break
            if way[-1] not in seen:
                seen.add(way[-1])
                ways += [[*way, further] for further in ahead.get(way[-1], ())]


def _selection(entry: Entry, part: Selection, declared: Declarations, *at: str) -> Problems:
    if part.indicator:
        known = [each.value.id for each in declared.indicators]
        yield from _known(entry, part.indicator, known, "indicator", *at, "indicator", also=declared.refused)
        return
    if part.source not in declared.sources:
        yield from _known(entry, part.source, declared.sources, "source", *at, "source", also=declared.refused)
        return
    source: Source = declared.sources[part.source].value
    if part.series not in source.series:
        yield from _known(entry, part.series, source.series, f"series of '{source.id}'", *at, "series")
        return
    dimensions = source.series[part.series].dimensions
    for block in ("select", "breakdowns") if dimensions else ():
        what = f"dimension of '{part.series}'"
        yield from _all_known(entry, getattr(part, block), dimensions, what, *at, block)


def _source(entry: Entry, readers: Collection[str], registers: Collection[str]) -> Problems:
    source: Source = entry.value
    yield from _known(entry, source.reader, readers, "reader", "reader")
    if source.endpoint and not source.endpoint.startswith(("https://", "http://")):
        yield entry.says(f"found '{source.endpoint}', expected an address that begins with https://.", "endpoint")
    if source.file and not source.licence.terms:  # what people download for themselves need not be there
        yield from _known(entry, source.file, registers, "file below sources/", "file")
    for raw, status in source.flags.items():
        yield from _known(entry, status, CL_OBS_STATUS, "SDMX status of an observation", "flags", raw)
    given = {"series", *source.params, *([source.paging.param] if source.paging else [])}
    for name, offered in source.series.items():
        blank = list(_filled(entry, source.endpoint or "", given.union(offered.params), f"series '{name}'", "endpoint"))
        yield from blank
        if blank:
            break  # the same for every series
    yield from _filled(entry, source.citation, {"series", "retrieved", "url"}, "a citation", "citation")


def _filled(entry: Entry, text: str, given: Collection[str], whose: str, at: str) -> Problems:
    try:
        holes = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError:
        yield entry.says(f"found '{text}', expected a closing brace for each opening one.", at)
        return
    for name in holes:
        if name not in given:
            known = ", ".join(f"{{{each}}}" for each in sorted(given))
            yield entry.says(f"{{{name}}} has no value for {whose}: expected {known}.{nearest(name, given)}", at)
