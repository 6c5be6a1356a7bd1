"""The reading matrix: what people declare to have recorded crime read, the matrix itself as data, what comes of it.

Recorded crime rises with more crime, with more trust and with better recording. It is read only together with what
victims tell in surveys (prevalence), how many of them report (reporting) and how completely police record
(completeness). `MATRIX` says what each combination allows one to conclude; `monitor.guard` finds the combination.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import Field, model_validator

from monitor.declared import Confidence, Declared, Id, LeastChange, Period, Url


class Companion(Declared):
    """An indicator that is read beside the recorded figure. Its id alone will do."""

    indicator: Id
    least_change: LeastChange | None = Field(
        None, description="instead of that indicator's own; neither counts where the publisher gives an interval")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return {"indicator": value} if isinstance(value, str) else value


class ReadingMatrix(Declared):
    """The companions of a recorded figure by what they tell, and how alike in time they must be."""

    prevalence: list[Companion] = Field([], description="how many people met such a crime, by surveys of victims")
    reporting: list[Companion] = Field([], description="how many of them reported it")
    completeness: list[Companion] = Field(
        [], description="how completely it is recorded: agencies that take part, things recorded. All that apply to "
        "an area must be known and unchanged")
    count: Id = Field("", description="of a rate: the indicator that counts what it is a rate of, for Poisson limits")
    least_share: float = Field(0.1, gt=0, lt=1, description="share of the base figure by which the recorded figure "
                               "must have moved, besides by more than chance")
    within: int = Field(1, ge=0, le=5, description="years by which the first and the last figure of a companion may "
                        "be away from those of the recorded figure")

    @property
    def companions(self) -> dict[str, list[Companion]]:
        """Role -> companions, in the order they are read."""
        return {role: getattr(self, role) for role in ROLES[1:]}

    @property
    def named(self) -> set[str]:
        """Every other indicator that a reading needs."""
        return {one.indicator for of in self.companions.values() for one in of} | ({self.count} - {""})


class Break(Declared):
    """Something after which figures count something else. Earlier ones are shown and never compared with later ones."""

    period: Period
    areas: list[str] = Field([], description="the areas in which it happened; empty: everywhere")
    what: str = Field(description="what changed, in one clause a reader understands")
    source: str = Field(description="where that can be read")
    url: Url | None = None
    confidence: Confidence = "V"


class Way(StrEnum):
    """How a figure moved over the window of the recorded figure."""

    UP = "up"
    DOWN = "down"
    SAME = "same"  # or by no more than noise
    UNKNOWN = "unknown"


class Reading(StrEnum):
    """What recorded crime and its companions allow one to say. None of them is a status, and none has a colour."""

    LIKELY_IMPROVEMENT = "likely_improvement"
    WARNING = "warning"
    CANNOT_TELL = "cannot_tell"


ROLES = ("recorded", "prevalence", "reporting", "completeness")
_ODIHR = "OSCE/ODIHR, hatecrime.osce.org: under-reporting, and failures to recognise and record, shape recorded figures"
_OSR = ("Office for Statistics Regulation: police figures do not provide reliable trends; read surveys and police data "
        "together")
_FRA = "EU Agency for Fundamental Rights, 2018 and 2021: recording practice and reporting are themselves to be watched"
_FBI = "FBI on 2021: years with another participation of agencies are not comparable"


@dataclass(frozen=True)
class Cell:
    """One row of the matrix: the ways it is for ("" for any), what may be said, and the key of the reason why."""

    recorded: str
    prevalence: str
    reporting: str
    completeness: str
    reading: Reading
    why: str
    source: str

    def holds(self, ways: tuple[Way, ...]) -> bool:
        mine = (self.recorded, self.prevalence, self.reporting, self.completeness)
        return all(not want or way in want.split() for want, way in zip(mine, ways, strict=True))


_CANNOT = Reading.CANNOT_TELL
#: read from the top: the first row that holds decides. The last holds always, so every combination has an outcome
MATRIX = (
    Cell("unknown", "", "", "", _CANNOT, "recorded_unknown", _ODIHR),
    Cell("", "", "", "up down", _CANNOT, "completeness_changed", _FBI),
    Cell("same", "", "", "", _CANNOT, "recorded_same", _OSR),
    Cell("", "", "", "unknown", _CANNOT, "completeness_unknown", _FRA),
    Cell("", "", "unknown", "", _CANNOT, "reporting_unknown", _OSR),
    Cell("down", "", "down", "same", Reading.WARNING, "fewer_report", _ODIHR),
    Cell("", "unknown", "", "", _CANNOT, "prevalence_unknown", _OSR),
    Cell("up", "down", "up", "same", Reading.LIKELY_IMPROVEMENT, "more_report", f"{_ODIHR}; {_OSR}"),
    Cell("", "", "", "", _CANNOT, "undecided", _OSR),
)


def outcome(recorded: Way, prevalence: Way, reporting: Way, completeness: Way) -> Cell:
    """The row of the matrix that decides."""
    ways = (recorded, prevalence, reporting, completeness)
    return next(cell for cell in MATRIX if cell.holds(ways))


@dataclass(frozen=True)
class Moved:
    """How one figure moved, between which figures, and what told it from noise."""

    role: str  # one of ROLES
    indicator: str
    way: Way
    why: str = ""  # key of what told a change from noise, or of why that is not known
    base: float | None = None
    base_period: str = ""
    value: float | None = None
    period: str = ""
    least: float | None = None  # the least change that counts, where one is declared; of a recorded figure as a share


@dataclass(frozen=True)
class Read:
    """The reading of one indicator in one area: the row of the matrix, the ways that led to it, what they rest on."""

    cell: Cell
    ways: tuple[Way, ...]  # in the order of ROLES
    moves: tuple[Moved, ...]

    @property
    def reading(self) -> Reading:
        return self.cell.reading
