"""The smaller parts of a Scorecard: promises, questions, who is missing, what changed. Ready to print, as it is."""

from __future__ import annotations

from dataclasses import dataclass

#: SDMX CL_OBS_STATUS of values that may still change or are only inferred: drawn hollow
HOLLOW = set("EFIPUV")


@dataclass(frozen=True)
class Figure:
    """A number as a reader sees it."""

    text: str  # "6.2"
    period: str  # "2021"
    value: float | None = None
    label: str = ""  # of a group, a breakdown, a baseline


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
    overdue: int = 0  # days since it was due; 0 where it was not, has no end, or is delivered


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
class GridRow:
    """One measure of people, and by what it tells them apart."""

    id: str
    title: str
    cells: tuple[tuple[str, str], ...]  # figures, own, silent, unread or none, and what is printed


@dataclass(frozen=True)
class Grid:
    """Who is missing: measures of people by sex, age, status, disability and place."""

    columns: tuple[tuple[str, str], ...]  # name, how many of the rows tell people apart by it
    rows: tuple[GridRow, ...]
    text: str


@dataclass(frozen=True)
class Objective:
    """One of the 23 objectives of the Global Compact for Migration."""

    number: int
    title: str
    indicators: int  # that speak to it and apply here
    figures: int  # of those, with a figure


@dataclass(frozen=True)
class Changed:
    """One thing that is not as it was in the edition before, and why."""

    kind: str  # of `monitor.since.LISTED`
    kind_text: str
    indicator: str
    title: str
    before: str  # the status of then; "" where it is the same
    before_text: str
    now: str  # the status of now, "" where there is none
    now_text: str
    judged: str  # both in a sentence, with the reasons; "" where the judgement is the same
    sentence: str
    why: str  # the cause of another judgement, ""
    vintages: str  # when the figures of now and of then were retrieved, "" where the day is the same
