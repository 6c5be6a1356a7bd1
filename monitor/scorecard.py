"""What a page says: the Scorecard, ready to print, the same for HTML, PDF and JSON.

Every text is already in the reader's language and every number already has its printed form beside its
value, so that no output decides on its own how a figure reads.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from html import escape
from typing import Any

from monitor.told import Aside, Asked, Changed, Example, Figure, Grid, Group, Objective, Promise, Unmeasured

#: statuses in the order in which a reader should hear of them
URGENCY = ("backwards", "not_met", "limited", "too_slow", "on_track", "achieved")


@dataclass(frozen=True)
class Point:
    """One observation of a chart or a table."""

    period: str
    t: float  # the beginning of the period in years
    value: float | None
    text: str
    flag: str = "A"  # SDMX CL_OBS_STATUS
    flag_text: str = ""  # "" for a normal value
    lower: float | None = None  # the publisher's own margin of uncertainty, where it gives one
    upper: float | None = None


@dataclass(frozen=True)
class Citation:
    """Where a figure comes from, back to the bytes."""

    source: str
    publisher: str
    official: bool
    series: str
    title: str
    citation: str
    url: str
    retrieved: str  # printed date
    sha256: str
    licence: str
    origin: str  # live, kept, shipped
    came_from: str = ""
    came_from_sha256: str = ""
    stale: str = ""  # a sentence, where an older answer had to serve


@dataclass(frozen=True)
class Part:
    """A group beside all: its figure, and its status by the same target and rule."""

    label: str
    figure: Figure | None
    gap: str  # from the best-off group, as printed; "" of that group and of all
    status: str
    status_text: str
    reason_text: str = ""


@dataclass(frozen=True)
class Gap:
    """How far apart the groups of one dimension are."""

    dimension: str
    worst: str  # the worst-off group, "" where nobody is
    sentences: tuple[str, ...]
    trend: str  # widening, narrowing, unchanged, turned, cannot_tell, or nothing
    trend_text: str
    parts: tuple[Part, ...] = ()  # all together and each group; () where none of them can be judged


@dataclass(frozen=True)
class Guarded:
    """How recorded crime is read with its companions: no status, and no colour."""

    key: str  # likely_improvement, warning, cannot_tell
    word: str
    text: str  # why, in a sentence
    facts: tuple[str, ...]  # what the recorded figure and each companion show


@dataclass(frozen=True)
class Line:
    """One indicator on one scorecard."""

    id: str
    title: str
    definition: str
    kind: str  # structure, process, outcome, context
    kind_text: str
    added_by: str  # "recommendation" or "project"
    asks: tuple[str, ...]  # the words of the recommendation it answers
    unit: str
    direction: str
    direction_text: str
    status: str
    status_text: str
    reason: str  # "" or the key of a Reason
    reason_text: str
    sentence: str  # the finding, in one or two plain sentences
    grade: str = ""  # how good the evidence is, A to D; "" where there is no figure
    grade_text: str = ""  # "B, fair"
    grade_why: tuple[str, ...] = ()  # what took points
    latest: Figure | None = None
    base: Figure | None = None
    target: Figure | None = None
    target_text: str = ""  # "3 % by 2030, SDG target 10.c", or why there is none
    comparison: Figure | None = None
    comparison_text: str = ""  # how far the area is from its group, in the same period
    reading: str = ""  # how this figure may and may not be read
    guarded: Guarded | None = None  # of recorded crime: its reading
    method: str = ""
    method_text: str = ""
    pace: str = ""  # "0.42 of the pace needed"
    points: tuple[Point, ...] = ()
    group_points: tuple[Point, ...] = ()  # the comparison line
    breakdowns: tuple[Figure, ...] = ()
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()  # findings of the checks, breaks, flags
    caveats: tuple[str, ...] = ()
    purpose: str = ""  # what it is for, and what it must not be used for
    do_no_harm: str = ""  # how those who are counted are kept from harm
    citations: tuple[Citation, ...] = ()
    gcm: tuple[str, ...] = ()
    sdg: tuple[str, ...] = ()
    bounds: tuple[float | None, float | None] = (None, None)
    chart_title: str = ""  # the message of the chart
    chart_text: str = ""  # the text alternative: what a reader would see in it
    why: tuple[str, ...] = ()  # why the status is what it is, each sentence with its number
    fragile: str = ""  # "flips to too slow if the newest figure is 0.8 % lower"; "" where nothing so small does


@dataclass(frozen=True)
class Count:
    """How many of something, as a chip: "2 on track"."""

    key: str
    text: str
    number: int


@dataclass(frozen=True)
class Block:
    """One recommendation and everything measured for it."""

    id: str
    title: str
    text: str  # verbatim
    source: str
    addressed_to: tuple[str, ...]
    actions: tuple[str, ...]
    asks: tuple[str, ...]
    gcm: tuple[str, ...]
    notes: tuple[str, ...]
    lines: tuple[Line, ...]
    counts: tuple[Count, ...]  # by status, in the scale's order, zeros left out
    kinds: tuple[Count, ...]  # structure / process / outcome: how many are assessed
    coloured: bool  # is there enough recent data to colour the recommendation as a whole? Lines keep their own
    coverage: str  # the sentence that says how much there is
    examples: tuple[Example, ...] = ()
    left_out: tuple[str, ...] = ()  # sentences: what is declared for it, is wrong and so left out
    translation: str = ""  # of the text, where the page is in another language: a working one


@dataclass(frozen=True)
class Scorecard:
    """One area in one edition."""

    area: str
    name: str
    area_kind: str  # country, place
    roles: tuple[str, ...]  # "destination: 18.8 % born abroad (2020)"
    title: str
    edition: str
    as_of: str  # printed
    as_of_iso: str
    language: str
    direction: str  # ltr, rtl
    made_by: str
    funded_by: str
    contact: str
    licence: str
    purpose: str
    participation: str
    next_update: str
    engine: str
    offline: str  # the sentence about shipped vintages and their dates, or ""
    summary: tuple[str, ...]
    limits: tuple[str, ...]  # what this does and does not show
    counts: tuple[Count, ...]
    blocks: tuple[Block, ...]
    quality: tuple[Figure, ...]
    sources: tuple[Citation, ...]
    missing: tuple[tuple[str, tuple[str, ...]], ...]  # reason -> indicators
    aside: tuple[Aside, ...] = ()  # figures that failed a check and were kept out of judgement
    outside: tuple[tuple[str, str, str], ...] = ()  # id, title, why it is not meant for the area: no gap
    downloads: tuple[tuple[str, str], ...] = ()  # href, text
    promises: tuple[Promise, ...] = ()  # of the area's own government
    promises_text: str = ""  # what stands here, and where the others do
    unmeasured: tuple[Unmeasured, ...] = ()  # recommendations without a block
    mandate: str = ""  # where the page of the whole mandate stands, seen from this one; "" where none is made
    questions: tuple[Asked, ...] = ()
    groups: tuple[Group, ...] = ()
    grid: Grid | None = None
    objectives: tuple[Objective, ...] = ()
    changed: tuple[Changed, ...] = ()  # since the edition before
    changed_text: str = ""  # which edition that is, and what is only counted; "" where nothing was compared
    address: str = ""  # of this card on the web, where the project says where its editions are published

    def as_dict(self) -> dict[str, Any]:
        """Plain lists and dicts, for JSON."""
        return dataclasses.asdict(self)

    def _repr_html_(self) -> str:
        """The card as a table, for notebooks."""
        rows = "".join(
            f"<tr><td>{escape(x.id)}</td><td>{escape(x.title)}</td>"
            f"<td>{escape(x.latest.text if x.latest else '–')}</td>"
            f"<td>{escape(x.latest.period if x.latest else '')}</td>"
            f"<td>{escape(x.status_text)}{escape(': ' + x.reason_text if x.reason_text else '')}</td></tr>"
            for x in self.lines()
        )
        return f"<h3>{escape(self.name)}, {escape(self.as_of)}</h3><table>{rows}</table>"

    def lines(self) -> list[Line]:
        """Every indicator once, in the order of the page."""
        return list({line.id: line for block in self.blocks for line in block.lines}.values())

    def key_lines(self) -> list[Line]:
        """Lines with a figure, the most telling first; every output shows as many of them as it has room for.

        One judged figure of each recommendation, then the other judged ones, each with what falls short before what
        is met; then those that are not judged.
        """
        home = {line.id: block.id for block in reversed(self.blocks) for line in block.lines}
        lines = [line for line in self.lines() if line.latest]
        judged = sorted((line for line in lines if line.status in URGENCY), key=lambda x: URGENCY.index(x.status))
        firsts = {home[line.id]: line for line in reversed(judged)}
        order = [line for line in judged if firsts[home[line.id]] is line]
        return list({line.id: line for line in (*order, *judged, *lines)}.values())


@dataclass(frozen=True)
class Cell:
    """One field of the matrix on the start page."""

    indicator: str
    status: str
    status_text: str
    text: str  # "6.2 (2021)", "" without a figure
    value: float | None
    reason_text: str = ""
    outside: bool = False  # the indicator is not meant for the area


@dataclass(frozen=True)
class Row:
    area: str
    name: str
    region: str
    roles: tuple[str, ...]
    cells: tuple[Cell, ...]
    href: str
    counts: tuple[Count, ...]


@dataclass(frozen=True)
class Matrix:
    """The start page of an edition: areas x indicators. No ranking: rows stand by name."""

    title: str
    edition: str
    as_of: str
    language: str
    direction: str
    purpose: str
    made_by: str
    contact: str
    licence: str
    engine: str
    offline: str
    columns: tuple[tuple[str, str, str], ...]  # indicator id, title, recommendation id
    groups: tuple[tuple[str, str, int], ...]  # recommendation id, title, number of columns
    rows: tuple[Row, ...]
    legend: tuple[Count, ...]
    limits: tuple[str, ...]
    downloads: tuple[tuple[str, str], ...]  # href, text
    silent: tuple[str, ...] = ()  # indicators without a figure in any of the rows
    comparable: tuple[str, ...] = ()  # indicators whose figures may be set beside each other, and so sorted by


@dataclass(frozen=True)
class Entry:
    """One item of the mandate on the page that is the same for every area."""

    id: str
    title: str
    text: str  # verbatim, or "" where all is said by the facts
    facts: tuple[tuple[str, tuple[str, ...]], ...]  # name -> texts
    at: str = ""  # document, and place in it
    links: tuple[str, ...] = ()  # ids of other entries
    url: str = ""


@dataclass(frozen=True)
class Chapter:
    """All items of one kind."""

    key: str
    title: str
    text: str
    entries: tuple[Entry, ...]
