"""What people expect of the assembled figures, as they declare it under ``expect:`` in an indicator or a source.

These rules look at many figures at once; `monitor.validation` compiles them into suites of Great Expectations. What
one figure must be (natural limits, age, one row for a cell) is the business of `monitor.checks`, and refused here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

#: columns of the observations that a rule may speak of
Column = Literal["ref_area", "breakdown", "time_period", "obs_status", "flag_raw", "unit_measure", "series"]
Share = Annotated[float, Field(gt=0, le=1)]
#: what identifies an observation of an indicator: the check `duplicates` keeps it unique
CELL = {"ref_area", "breakdown", "time_period"}


class Rule(BaseModel):
    """One expectation. It holds for the headline figures unless ``where`` says for which rows."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    where: dict[Column, list[str]] = Field({}, description="only rows with one of these codes: {ref_area: [DEU]}")
    why: str = Field("", description="what a reader must know where it does not hold")


class Range(Rule):
    """A statistic lies within limits: a unit that changed shows in the median before it shows in any one value."""

    of: Literal["value", "median", "mean", "sum", "min", "max"] = "value"
    between: tuple[float | None, float | None] = Field(description="[lowest, highest]; null where there is no limit")
    at_least: Share = Field(1, description="share of the values that must lie within; only with 'of: value'")
    least: int = Field(10, ge=1, description="fewer areas say nothing of a statistic or a share of all: not looked at")

    @model_validator(mode="after")
    def _is_no_check(self) -> Range:
        low, high = self.between
        if (low is None and high is None) or (low is not None and high is not None and low > high):
            raise ValueError("'between' needs two numbers, the lowest first; null for one that has no limit")
        if self.of == "value" and self.at_least == 1 and not self.where:
            raise ValueError("every value of an indicator is held by its 'bounds' and the check 'bounds'; here give "
                             "'of: median', 'at_least' below 1, or 'where'")
        if self.of != "value" and self.at_least != 1:
            raise ValueError("'at_least' is for single values: leave it out, or leave 'of' out")
        return self


class Complete(Rule):
    """Areas by years: enough of the cells have a figure. A hole in a series is not seen by counting areas."""

    since: int = Field(ge=1900, le=2100, description="first year")
    until: int | None = Field(None, ge=1900, le=2100, description="last year; without it the newest with a figure")
    areas: list[str] = Field([], description="areas or groups, of which a share can be told where half are at hand; "
                             "empty: every area at hand that the indicator applies to")
    at_least: Share = 1


class Unique(Rule):
    """No two rows agree in all these columns: the same figures twice are one area under two names."""

    columns: list[Literal[Column, "obs_value"]] = Field(min_length=2)

    @model_validator(mode="after")
    def _is_no_check(self) -> Unique:
        if {*self.columns} >= CELL:
            raise ValueError("one row for each area, breakdown and period is held by the check 'duplicates'")
        return self


class Monotonic(Rule):
    """A running total never falls (or never rises) from one period to the next of the same area."""

    never: Literal["falls", "rises"] = "falls"
    at_least: Share = 1


class Drift(Rule):
    """The quantiles stay near those of the earlier vintage, measured by its spread (from 10 % to 90 %)."""

    within: float = Field(0.1, gt=0, description="share of the earlier spread that a quantile may move")
    least: int = Field(20, ge=5, description="fewer figures have no distribution")


class Parts(Rule):
    """Other indicators are parts of this one: wherever all have a figure, their sum is no larger."""

    of: list[str] = Field(min_length=1, description="ids of indicators")
    at_least: Share = 1


class Expected(BaseModel):
    """What may be expected of a source: of all the figures any indicator takes from it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    range: list[Range] = []
    codes: dict[Column, Annotated[list[str], Field(min_length=1)]] = Field(
        {}, description="column -> the only codes that may stand there")
    unique: list[Unique] = []


class Expect(Expected):
    """What may be expected of an indicator."""

    complete: list[Complete] = []
    monotonic: list[Monotonic] = []
    drift: Drift | None = None
    parts: list[Parts] = []
