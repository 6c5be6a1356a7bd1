"""What the run computes, as frozen values: answers, findings, judgements, editions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal


class Status(StrEnum):
    """One scale for readers; the method's own word is kept beside it."""

    ACHIEVED = "achieved"
    ON_TRACK = "on_track"
    TOO_SLOW = "too_slow"
    LIMITED = "limited"
    NOT_MET = "not_met"  # what is either there or not, a law or a treaty, is not: this says nothing of a pace
    BACKWARDS = "backwards"
    NOT_ASSESSED = "not_assessed"


class Reason(StrEnum):
    """Why something is not assessed. Every `Status.NOT_ASSESSED` carries one."""

    NO_DATA = "no_data"  # the source was read and holds nothing for this area
    MISSING_INPUT = "missing_input"  # an input of the formula has nothing for this area
    PERIODS_DIFFER = "periods_differ"  # all inputs have figures, never for the same period
    DIVISION_BY_ZERO = "division_by_zero"  # what the formula divides by is zero
    TOO_OLD = "too_old"
    SUPERSEDED = "superseded"  # something changed after the newest figure, a law for instance
    TOO_FEW_POINTS = "too_few_points"
    SUPPRESSED = "suppressed"
    SMALL_NUMBERS = "small_numbers"  # chance alone can move them
    NO_CLEAR_CHANGE = "no_clear_change"  # the change is smaller than what the figures can tell
    ESTIMATED = "estimated"  # a coded score of which every figure is the publisher's estimate
    PARITY = "parity"  # the groups are equal, or the gap has turned round
    NOT_COMPARABLE = "not_comparable"  # a break in series, mixed signs, a changed unit
    NOT_APPLICABLE = "not_applicable"
    AWAITING_SOURCE = "awaiting_source"  # a public source exists; its figures are not here yet
    NEEDS_REGISTER = "needs_register"  # no public statistic: people must keep a register
    AWAITING_ENTRIES = "awaiting_entries"  # the register is there, and has nothing complete on this area yet
    NEEDS_COMPANION = "needs_companion"  # ambiguous without the indicators that explain it
    CONTEXT_ONLY = "context_only"
    FAILED_CHECK = "failed_check"
    UNREADABLE = "unreadable"  # the source answered with something else than it declares
    UNAVAILABLE = "unavailable"  # the source did not answer and nothing is kept


@dataclass(frozen=True)
class Snapshot:
    """A publisher's answer exactly as it came (or a shipped vintage), with what is needed to cite it.

    ``bodies`` has one item for each page of the answer. ``sha256`` is that of the only body, or of the
    joined hashes of all of them. ``origin`` is ``live``, ``kept`` (from the store) or ``shipped``.
    """

    source: str
    series: str
    reader: str
    bodies: tuple[bytes, ...]
    sha256: str
    url: str
    retrieved: str
    origin: Literal["live", "kept", "shipped"]
    path: str = ""
    licence: str = ""
    publisher: str = ""
    citation: str = ""
    unit: str = ""
    fixed: str = ""  # constant dimensions of a shipped vintage: "sex=T;age=TOTAL"
    came_from: str = ""  # how the figures of a shipped vintage came to us
    came_from_sha256: str = ""  # of the publisher's file or recorded answer they were carried over from
    problem: str = ""  # why this is not what it should be, as the terminal tells it: cause and who can mend it
    unasked: bool = False  # the publisher gave no usable answer, and this older answer serves
    asked: str = ""  # the day it was asked without getting one: 2026-11-22
    damage: str = ""  # what is wrong with what was kept or shipped; the same in every run
    instead_of: str = ""  # hash of the newer answer that could not be used, for which this one serves
    instead_of_retrieved: str = ""


class Level(StrEnum):
    ERROR = "error"  # withholds a judgement
    WARNING = "warning"  # a reader must know
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """What a check found, as a sentence for readers: what was found, with period and unit, and what was expected."""

    check: str
    level: Level
    indicator: str
    message: str
    ref_area: str = ""
    time_period: str = ""
    count: int = 1
    #: (breakdown, period) of the figures that are themselves at fault; () where it is the series or its source
    cells: tuple[tuple[str, str], ...] = ()
    hint: str = ""  # what a maintainer can do; told on the terminal, never on a page


@dataclass(frozen=True)
class Assessment:
    """The judgement on one indicator in one area. Without data it still exists, and says why."""

    indicator: str
    ref_area: str
    status: Status
    reason: Reason | None = None
    method: str = ""
    word: str = ""  # the method's own word for the status
    value: float | None = None
    time_period: str | None = None
    obs_status: str | None = None
    base_value: float | None = None
    base_period: str | None = None
    target_value: float | None = None
    target_period: str | None = None
    rate: float | None = None  # observed change a year, as a share: 0.02 is +2 %
    required: float | None = None  # change a year that meets the target in time
    ratio: float | None = None  # pace: observed over required
    score: float | None = None  # -5 ... +5
    probability: float | None = None  # that the target is met in time, where a method says so (outlook)
    points: int = 0
    note: str = ""  # key of a sentence about an edge case
    grade: str = ""  # how good the evidence is, A to D; "" where there is no figure (`monitor.grade`)
    grade_why: str = ""  # what took points: "age 1, gaps 2"
    reading: str = ""  # of recorded crime: likely_improvement, warning, cannot_tell (`monitor.guard`); never a status

    def __post_init__(self) -> None:
        if (self.status is Status.NOT_ASSESSED) != (self.reason is not None):
            raise ValueError(f"{self.indicator} {self.ref_area}: a reason goes with not_assessed, and only with it")


@dataclass(frozen=True)
class Flip:
    """The smallest move of the newest figure alone, one way, that changes the status."""

    value: float  # the newest figure would have to be this
    move: float  # by so much, in the unit of the figure; negative: lower
    share: float | None  # of what `Reasoning.share_of` says, 0.02 is 2 %; None where a share has no meaning
    status: Status  # what the status would be
    reason: Reason | None = None  # where it would be not assessed


@dataclass(frozen=True)
class Cutoff:
    """A measured number between the cut-offs of a method: what decided the status, and how near the next one is."""

    measure: str  # the name the method gives it: ratio, rate ...
    value: float
    better: float | None = None  # the least that would give a better status; None: there is none
    worse: float | None = None  # below this the status is worse


@dataclass(frozen=True)
class Opinion:
    """What another method says of the same figures and the same target."""

    method: str
    status: Status
    reason: Reason | None
    word: str  # its own


@dataclass(frozen=True)
class Reasoning:
    """Why a status is what it is, how near another one was, and what other methods would have said."""

    indicator: str
    ref_area: str
    higher: Flip | None  # None: no higher figure within the limit, or none that is possible, changes the status
    lower: Flip | None
    limit: float  # how far up and down was looked, in the unit of the figure
    cutoff: Cutoff | None  # None where no single number decided
    others: tuple[Opinion, ...]
    share_of: str = "figure"  # what the shares of the flips are of: figure, range (between the limits), or ""
    grain: float = 0.0  # the smallest step the publisher tells apart, in the unit of the figure

    @property
    def nearest(self) -> Flip | None:
        """The smaller of the two moves."""
        return min(filter(None, (self.lower, self.higher)), key=lambda flip: abs(flip.move), default=None)


@dataclass(frozen=True)
class Edition:
    """A finished folder of scorecards."""

    folder: str
    name: str
    as_of: date
    areas: tuple[str, ...]
    written: int  # files made anew
    kept: int  # files that were already right
    findings: int
    statuses: tuple[tuple[str, int], ...] = ()  # how many judgements have each status
    notes: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    wrong_rows: tuple[str, ...] = ()  # of registers: what was set aside, with file and line
    unprinted: tuple[str, ...] = ()  # languages without PDFs for want of a font: a sentence each
