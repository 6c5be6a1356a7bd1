"""What a page says: the Scorecard, ready to print, the same for HTML, PDF and JSON.

Every text is already in the reader's language and every number already has its printed form beside its
value, so that no output decides on its own how a figure reads.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from html import escape
from typing import Any


@dataclass(frozen=True)
class Figure:
    """A number as a reader sees it."""

    text: str  # "6.2"
    period: str  # "2021"
    value: float | None = None
    label: str = ""  # of a group, a breakdown, a baseline


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
    reading: str = ""  # how this figure may and may not be read
    method: str = ""
    method_text: str = ""
    pace: str = ""  # "0.42 of the pace needed"
    points: tuple[Point, ...] = ()
    group_points: tuple[Point, ...] = ()  # the comparison line
    breakdowns: tuple[Figure, ...] = ()
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


@dataclass(frozen=True)
class Count:
    """How many of something, as a chip: "2 on track"."""

    key: str
    text: str
    number: int


@dataclass(frozen=True)
class Aside:
    """A figure that failed a check and was kept out of judgement."""

    indicator: str
    title: str
    figure: Figure  # its label names the breakdown, "" for the headline
    reason: str


@dataclass(frozen=True)
class Promise:
    """A commitment and how it stands."""

    id: str
    actors: tuple[str, ...]
    what: str
    due: str
    due_text: str  # verbatim
    status: str
    status_text: str
    as_of: str
    evidence: str  # address, "" where there is none
    conditions: str = ""


@dataclass(frozen=True)
class Asked:
    """A question that was put to governments, and what this one answered."""

    id: str
    text: str  # verbatim
    answer: str  # how it stands, in a sentence
    said: str = ""  # the answer itself, verbatim
    url: str = ""  # where that can be read
    language: str = ""  # of the answer


@dataclass(frozen=True)
class Example:
    """A good practice, with how far it is known to be one."""

    id: str
    title: str
    place: str
    claim: str
    evidence: str


@dataclass(frozen=True)
class Unmeasured:
    """A recommendation for which nothing is measured on this scorecard, and why that is so."""

    id: str
    year: int
    title: str
    text: str  # verbatim and whole
    source: str
    why: tuple[str, ...]
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class Group:
    """What the documents say of a group of people, and what is measured of it here."""

    id: str
    title: str
    said: tuple[str, ...]
    measured: tuple[str, ...]


@dataclass(frozen=True)
class Objective:
    """One of the 23 objectives of the Global Compact for Migration."""

    number: int
    title: str
    indicators: int  # that speak to it and apply here
    figures: int  # of those, with a figure


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
    objectives: tuple[Objective, ...] = ()

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


@dataclass(frozen=True)
class Cell:
    """One field of the matrix on the start page."""

    indicator: str
    status: str
    status_text: str
    text: str  # "6.2 (2021)", "" without a figure
    value: float | None
    reason_text: str = ""


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
