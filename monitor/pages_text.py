"""What the page of an indicator says of its declaration: what was promised, its rule, what is withheld."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from monitor import period
from monitor.line import objective, printed
from monitor.model import Direction, Disclosure, Indicator
from monitor.project import Project
from monitor.words import Words


def objectives(project: Project, words: Words, numbers: Sequence[int]) -> tuple[str, ...]:
    """Objectives of the Global Compact with their titles."""
    return tuple(f"{n} {objective(project, words, n)}" for n in numbers if n in project.gcm)


def promised(project: Project, words: Words, one: Indicator) -> tuple[str, ...]:
    """Every target as it was promised, oldest first; where there is none, why none is assumed."""
    if not one.targets:
        return (one.no_target,)
    told = []
    for target in one.targets:
        text = words("sentence.promise", value=printed(words, one, target.value), period=target.period,
                     citation=target.citation)
        day = target.announced
        when = words.day(date.fromisoformat(day)) if len(day) == 10 else day
        said = [words("pages.promised_on", when=when), text]
        if target.areas:
            names = [project.area_name(a, words) for a in target.areas]
            said.append(words("pages.only_for", areas=words.listed(names)))
        if target.confidence != "V":
            said = [words("sentence.unconfirmed_fact", text=" ".join(said))]
        told.append(" ".join(said))
    return tuple(told)


def rules(project: Project, words: Words, one: Indicator) -> tuple[str, ...]:
    """How it is judged, with the numbers it declares; of what is never coloured, that and why."""
    return (*_rules(words, one), *_breaks(project, words, one))


def _rules(words: Words, one: Indicator) -> Iterator[str]:
    if one.direction in (Direction.CONTEXT_ONLY, Direction.AMBIGUOUS):
        yield words("pages.unjudged")
        return
    if words.has(f"method.{one.method}"):
        yield words("pages.rule.method", method=words(f"method.{one.method}"))
    if one.baseline:
        yield words("pages.rule.base", period=one.baseline.period)
    if one.scale != "binary":
        yield words.count("pages.rule.points", max(one.least_points, 2))
    years = period.days(one.max_age) / 365.25
    yield words.count("pages.rule.age", years, 0 if abs(years - round(years)) < 0.05 else 1)
    if one.least_change:
        yield words("pages.rule.change", n=_amount(words, one, one.least_change.by))
    if one.parity is not None:
        yield words("pages.rule.parity", n=printed(words, one, one.parity))
    if one.method_options:
        told = (f"{key}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
                for key, value in one.method_options.items())
        yield words("pages.rule.options", text="; ".join(told))


def _amount(words: Words, one: Indicator, value: float) -> str:
    """A number with as many decimals as it was declared with."""
    decimals = max(one.decimals, len(f"{value:g}".partition(".")[2]))
    text = words.number(value, decimals)
    return words("gap.points", n=text) if one.scale == "percent" else text


def _breaks(project: Project, words: Words, one: Indicator) -> Iterator[str]:
    for event in one.breaks:
        said = words("pages.rule.broken", period=event.period, what=event.what)
        names = words.listed([project.area_name(a, words) for a in event.areas])
        yield f"{said} {words('pages.only_for', areas=names)}" if names else said


def unconfirmed(words: Words, one: Indicator) -> Iterator[str]:
    """What the declaration says on somebody else's word, marked as such."""
    return (words("sentence.unconfirmed_fact", text=text) for text in one.unconfirmed)


def disclosure(words: Words, one: Indicator) -> str:
    """How small counts are withheld; "" where nothing is counted."""
    if isinstance(one.disclosure, Disclosure):
        return words("pages.disclosed", k=one.disclosure.k, fine=one.disclosure.fine)
    if one.disclosure == "none" or not one.people:
        return words("pages.undisclosed")
    return words("pages.followed", k=Disclosure().k) if one.scale == "count" else ""
