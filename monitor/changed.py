"""What changed since the edition before, in sentences for readers: the same on a scorecard and for ``monitor diff``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from monitor.line import printed
from monitor.model import Indicator
from monitor.project import Project
from monitor.results import Status
from monitor.scorecard import Scorecard
from monitor.since import ABSENT, COMPARED, COUNTED, FIRST, LISTED, Difference, counted
from monitor.told import Changed
from monitor.words import Words


def tell(
    project: Project, words: Words, told: Iterable[Difference], area: str
) -> tuple[tuple[Changed, ...], str]:
    """What changed in one area, one entry each in the order of importance, and the text that stands above it."""
    mine = [one for one in told if one.ref_area == area]
    entries = tuple(_entry(project, words, one) for one in mine if one.kind in LISTED)
    name = project.area_name(area, words)
    for one in mine:
        if one.kind in (FIRST, ABSENT):
            return (), words(f"since.{one.kind}", area=name, edition=one.detail)
    how = [one for one in mine if one.kind == COMPARED]
    if not how:
        return (), ""
    said = [words("since.compared", edition=how[0].detail, day=words.day(date.fromisoformat(how[0].retrieved_before)))]
    said += [] if entries else [words("since.nothing")]
    numbers = counted(mine)
    said += [words.count(f"since.counted.{kind}", numbers[kind]) for kind in COUNTED[:2] if numbers[kind]]
    said += [words("since.counted.engine")] if numbers["engine"] else []
    return entries, " ".join(said)


def onto(project: Project, words: Words, told: Iterable[Difference], card: Scorecard) -> Scorecard:
    """The scorecard with what changed on it."""
    entries, text = tell(project, words, told, card.area)
    return replace(card, changed=entries, changed_text=text)


def _entry(project: Project, words: Words, one: Difference) -> Changed:
    indicator = project.indicators.get(one.indicator)
    before = _status(words, indicator, one.status_before, one.target_before is None) if one.status_before else ""
    now = _status(words, indicator, one.status, one.target is None) if one.status else ""
    judged = (one.status_before, one.reason_before) != (one.status, one.reason)
    said: list[str] = []
    if one.kind in ("added", "dropped"):
        said = [words(f"since.said.{one.kind}")]
    elif indicator:
        said += [*_figures(words, indicator, one)]
        if one.kind in ("target", "method"):
            said += [*_declared(words, indicator, one)]
        said += [] if judged else [words("since.said.same", status=now)]
    days = one.retrieved_before, one.retrieved
    vintages = words("since.vintages", before=_day(words, days[0]), now=_day(words, days[1])) if (
        all(days) and days[0] != days[1]) else ""  # fmt: skip
    return Changed(
        kind=one.kind, kind_text=words(f"since.kind.{one.kind}"), indicator=one.indicator,
        title=indicator.title if indicator else one.detail,
        before=one.status_before if one.status_before != one.status else "",
        before_text=before, now=one.status, now_text=now, judged=_judged(words, one, before, now) if judged else "",
        sentence=" ".join(said), why=_why(words, one), vintages=vintages,
    )


def _status(words: Words, indicator: Indicator | None, status: str, free: bool) -> str:
    kind = "status_yes_no" if indicator and indicator.scale == "binary" else "status_free" if free else "status"
    own = f"{kind}.{status}"
    return words(own if words.has(own) else f"status.{status}")


def _judged(words: Words, one: Difference, before: str, now: str) -> str:
    def told(status: str, text: str, reason: str) -> str:
        return f"{text} ({words(f'reason.{reason}')})" if status == Status.NOT_ASSESSED and reason else text

    return words("since.said.judged", before=told(one.status_before, before, one.reason_before),
                 now=told(one.status, now, one.reason))


def _figures(words: Words, indicator: Indicator, one: Difference) -> Iterable[str]:
    """The newest figure of now and of then, and the newest one that was rewritten."""
    if one.value is not None and (one.period, one.value) != (one.period_before, one.value_before):
        shown = {"value": printed(words, indicator, one.value), "period": one.period}
        if one.value_before is not None:
            shown |= {"before": printed(words, indicator, one.value_before), "period_before": one.period_before}
        yield words("since.said.newest" if one.value_before is not None else "since.said.figure", **shown)
    if one.revised and one.revised_period != one.period:
        then, now = (printed(words, indicator, value) for value in (one.revised_from, one.revised_to))
        key = "back" if one.revised_to is None else "revised"
        yield words.count(f"since.said.{key}", one.revised, period=one.revised_period, before=then, now=now)


def _declared(words: Words, indicator: Indicator, one: Difference) -> Iterable[str]:
    if one.kind == "target" and one.target != one.target_before:
        then, now = (printed(words, indicator, t) if t is not None else words("since.no_target") for t in
                     (one.target_before, one.target))  # fmt: skip
        yield words("since.said.target", before=then, now=now)
    else:
        yield words("since.said.declared", names=words.listed(one.detail.split()))


def _why(words: Words, one: Difference) -> str:
    names = [words(f"since.cause.{name}") for name in one.causes.split()]
    if not one.how:
        return ""
    return words(f"since.why.{one.how}", causes=words.listed(names)) if names else words("since.why.unknown")


def _day(words: Words, day: str) -> str:
    return words.day(date.fromisoformat(day))


def lines(entries: Sequence[Changed]) -> list[str]:
    """Each entry as one line of plain text."""
    parts = ((f"{e.kind_text}: {e.indicator} {e.title}.", e.judged, e.sentence, e.why, e.vintages) for e in entries)
    return [" ".join(filter(None, one)) for one in parts]
