"""Whether what is expected can be: codes, areas and indicators under ``expect:`` that nothing else declares."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from monitor import area
from monitor.declarations import nearest
from monitor.document import Location
from monitor.errors import DefinitionError
from monitor.expect import Expect, Expected, Rule
from monitor.model import CL_OBS_STATUS, TOTAL, Indicator


def problems(
    expect: Expected, places: tuple[str, ...], indicator: Indicator | None = None, others: Collection[str] = ()
) -> Iterator[tuple[str, Location]]:
    """What is wrong below ``expect``, with the place: a sentence and the steps to it.

    Args:
        indicator: whose expectations they are; None for a source.
        others: the ids of all other indicators.
    """
    if indicator and not indicator.data and expect != Expect():
        yield "there are no figures ('data') of which anything could be expected. Leave it out.", ("expect",)
    for column, codes in expect.codes.items():
        yield from _codes(column, codes, places, indicator, ("expect", "codes", column))
    for name in ("range", "unique", "complete", "monotonic", "parts"):
        for n, rule in enumerate(getattr(expect, name, ())):
            yield from _rule(rule, places, indicator, ("expect", name, n))
    if isinstance(expect, Expect):
        if expect.drift:
            yield from _rule(expect.drift, places, indicator, ("expect", "drift"))
        for n, complete in enumerate(expect.complete):
            yield from _codes("ref_area", complete.areas, places, indicator, ("expect", "complete", n, "areas"))
        for n, parts in enumerate(expect.parts):
            for m, one in enumerate(parts.of):
                if one not in others:
                    yield (f"'{one}' is no indicator beside this one.{nearest(one, others)}",
                           ("expect", "parts", n, "of", m))


def _rule(
    rule: Rule, places: tuple[str, ...], indicator: Indicator | None, at: Location
) -> Iterator[tuple[str, Location]]:
    for column, codes in rule.where.items():
        yield from _codes(column, codes, places, indicator, (*at, "where", column))


def _codes(
    column: str, codes: list[str], places: tuple[str, ...], indicator: Indicator | None, at: Location
) -> Iterator[tuple[str, Location]]:
    for n, code in enumerate(codes):
        if column == "ref_area":
            try:
                area.require(code, places)
            except DefinitionError as unknown:
                yield str(unknown), (*at, n)
        elif column == "obs_status" and code not in CL_OBS_STATUS:
            known = " ".join(sorted(CL_OBS_STATUS))
            yield f"'{code}' is no SDMX status of an observation. Known: {known}.", (*at, n)
        elif column == "breakdown" and indicator and indicator.data:
            declared = {f"{dim}={each}" for part in indicator.data.parts.values()
                        for dim, members in part.breakdowns.items() for each in members}
            if code != TOTAL and code not in declared:
                known = ", ".join([TOTAL, *sorted(declared)])
                yield f"'{code}' is no breakdown of this indicator. Known: {known}.", (*at, n)
