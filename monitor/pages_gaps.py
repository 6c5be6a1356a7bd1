"""The page of what is missing: of which areas and indicators there is no figure, why, and whose task it would be.

Counted over pairs of an area and an indicator that is meant for it. For an edition of the world too the page stays
small: it has one row for each reason, recommendation, region, area and indicator, and none for a pair. All pairs stand
in ``data/gaps_in_data.csv``.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor import area
from monitor.edition import safe_cell
from monitor.project import Project
from monitor.results import Assessment, Reason
from monitor.words import Words

#: whose task it would be -> the reasons of it. A reason for which there is a figure that serves is no gap
TASKS: Mapping[str, tuple[Reason, ...]] = {
    "publisher": (Reason.NO_DATA, Reason.MISSING_INPUT, Reason.PERIODS_DIFFER, Reason.DIVISION_BY_ZERO),
    "source": (Reason.AWAITING_SOURCE, Reason.UNREADABLE, Reason.UNAVAILABLE),
    "register": (Reason.NEEDS_REGISTER, Reason.AWAITING_ENTRIES),
    "old": (Reason.TOO_OLD, Reason.SUPERSEDED),
    "withheld": (Reason.SUPPRESSED, Reason.FAILED_CHECK),
}
_TASK = {reason: task for task, reasons in TASKS.items() for reason in reasons}
#: a gap whatever the figures are; any other reason of these lists is one only where there is no figure
_ALWAYS = (*TASKS["old"], *TASKS["withheld"])


def task(one: Assessment) -> str:
    """Whose task a judgement's gap would be, a key of `TASKS`; "" where it has a figure that serves, or needs none."""
    if one.reason is None or one.reason is Reason.NOT_APPLICABLE:
        return ""
    if one.reason in _ALWAYS:
        return _TASK[one.reason]
    return _TASK.get(one.reason, "publisher") if one.value is None else ""


@dataclass(frozen=True)
class ReasonRow:
    task: str  # its name
    reason: str
    gaps: int
    indicators: int
    areas: int


@dataclass(frozen=True)
class GapRow:
    """One recommendation, region, area or indicator."""

    id: str
    name: str
    href: str
    meant: int  # pairs looked at
    figure: int  # of these with a figure
    recent: int  # with one that is recent enough and not withheld
    tasks: tuple[int, ...]  # gaps, by the tasks of the page


@dataclass(frozen=True)
class GapTable:
    key: str  # of the words for its title
    rows: tuple[GapRow, ...]


@dataclass(frozen=True)
class GapsPage:
    sentences: tuple[str, ...]
    tasks: tuple[tuple[str, str, int], ...]  # name, whose it is, gaps
    reasons: tuple[ReasonRow, ...]
    tables: tuple[GapTable, ...]
    nobody: tuple[tuple[str, str, str], ...]  # indicators that no area has figures of: id, title, why
    downloads: tuple[tuple[str, str], ...]
    empty: str  # how many those are, in a sentence


@dataclass
class _Tally:
    meant: int = 0
    figure: int = 0
    recent: int = 0

    def __post_init__(self) -> None:
        self.tasks: Counter[str] = Counter()

    def add(self, one: Assessment, whose: str) -> None:
        self.meant += 1
        self.figure += one.value is not None
        self.recent += not whose
        self.tasks[whose] += 1

    def row(self, id: str, name: str, href: str) -> GapRow:
        return GapRow(id, name, href, self.meant, self.figure, self.recent, tuple(self.tasks[t] for t in TASKS))


def gaps(
    project: Project, words: Words, assessments: Iterable[Assessment], areas: Sequence[str], formats: Sequence[str] = ()
) -> GapsPage:
    """What is missing in an edition of these areas."""
    wanted = {*areas}
    seen = [(one, task(one)) for one in assessments
            if one.ref_area in wanted and one.indicator in project.indicators
            and one.reason is not Reason.NOT_APPLICABLE]
    whole, by_area, by_indicator = _Tally(), {a: _Tally() for a in areas}, {i: _Tally() for i in project.indicators}
    by_recommendation = {r: _Tally() for r in project.recommendations}
    by_region: dict[str, _Tally] = {}
    answers = {i: [r for r, item in project.recommendations.items() if {*item.ids} & {*one.answers}]
               for i, one in project.indicators.items()}
    for one, whose in seen:
        touched = [whole, by_area[one.ref_area], by_indicator[one.indicator],
                   by_region.setdefault(_region(one.ref_area), _Tally()),
                   *(by_recommendation[r] for r in answers[one.indicator])]
        for tally in touched:
            tally.add(one, whose)
    named = sorted((project.area_name(a, words), a) for a in areas)
    tables = (
        GapTable("by_recommendation", tuple(t.row(r, project.recommendations[r].title, f"recommendations/{r}.html")
                                             for r, t in by_recommendation.items() if t.meant)),
        GapTable("by_region", tuple(sorted((t.row(r, words.area(r) if r else words("pages.missing.no_region"), "")
                                            for r, t in by_region.items()), key=lambda row: (not row.id, row.name)))),
        GapTable("by_area", tuple(by_area[a].row(a, name, f"{a}/scorecard.html") for name, a in named)),
        GapTable("by_indicator", tuple(t.row(i, project.indicators[i].title, f"indicators/{i}.html")
                                       for i, t in by_indicator.items() if t.meant)),
    )
    nobody = tuple((i, project.indicators[i].title, _why(project, words, i, seen))
                   for i, t in by_indicator.items() if t.meant and not t.figure)
    reasons = _reasons(words, seen)
    links = ((f"{words.root}data/gaps_in_data.csv", words("pages.download.missing")),) if "data" in formats else ()
    return GapsPage(
        _sentences(words, whole, reasons), tuple((words(f"pages.missing.task.{t}"), words(f"pages.missing.whose.{t}"),
                                                  whole.tasks[t]) for t in TASKS),
        reasons, tables, nobody, links, words.count("pages.missing.empty", len(nobody)),
    )


def _sentences(words: Words, whole: _Tally, reasons: Sequence[ReasonRow]) -> tuple[str, ...]:
    def share(n: int) -> str:
        return words("figure.percent", n=words.number(100 * n / whole.meant, 0))

    if not whole.meant:
        return ()
    said = [words.count("pages.missing.judged", whole.meant),
            words.count("pages.missing.with_figure", whole.figure, share=share(whole.figure)),
            words.count("pages.missing.recent", whole.recent, share=share(whole.recent))]
    if reasons:
        most = max(reasons, key=lambda row: row.gaps)
        said.append(words("pages.missing.most", reason=most.reason, n=words.number(most.gaps, 0)))
    return tuple(said)


def _reasons(words: Words, seen: Sequence[tuple[Assessment, str]]) -> tuple[ReasonRow, ...]:
    rows = []
    for whose in TASKS:
        theirs: dict[str, list[Assessment]] = {}
        for one, of in seen:
            if of == whose:
                theirs.setdefault(str(one.reason), []).append(one)
        rows += [ReasonRow(words(f"pages.missing.task.{whose}"), words(f"reason.{reason}"), len(found),
                           len({one.indicator for one in found}), len({one.ref_area for one in found}))
                 for reason, found in sorted(theirs.items(), key=lambda item: -len(item[1]))]
    return tuple(rows)


def _region(code: str) -> str:
    """The M49 subregion of a country, else its region; "" for a city or a part of a country."""
    row = area.table().get(code, {})
    return row.get("subregion") or row.get("region") or ""


def _why(project: Project, words: Words, indicator: str, seen: Sequence[tuple[Assessment, str]]) -> str:
    found = dict.fromkeys(words(f"reason.{one.reason}") for one, _ in seen if one.indicator == indicator and one.reason)
    return ". ".join(filter(None, (*found, project.indicators[indicator].missing_note)))


def as_csv(project: Project, assessments: Iterable[Assessment]) -> bytes:
    """Every gap: one row for each pair of an area and an indicator."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["ref_area", "region", "indicator", "title", "recommendations", "task", "reason", "newest_period"])
    answers = {i: " ".join(r for r, item in project.recommendations.items() if {*item.ids} & {*one.answers})
               for i, one in project.indicators.items()}
    for one in assessments:
        if (whose := task(one)) and one.indicator in answers:
            row = [one.ref_area, _region(one.ref_area), one.indicator, project.indicators[one.indicator].title,
                   answers[one.indicator], whose, one.reason, one.time_period or ""]
            writer.writerow([safe_cell(cell) for cell in row])
    return out.getvalue().encode()
