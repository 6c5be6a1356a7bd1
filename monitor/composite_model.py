"""What a project declares of a composite: several indicators in one number. The flagship declares none.

A composite hides choices, so each choice is declared with its reason, and what cannot be put on one line is refused:
see `monitor.composite_rules`. How it is computed stands in `monitor.composite`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from pydantic import Field, model_validator

from monitor import area
from monitor.model import Declared, Id


class Part(Declared):
    """One indicator, between two fixed goalposts."""

    indicator: Id
    weight: float = Field(gt=0, allow_inf_nan=False, description="beside the others; weights are made to add up to 1")
    goalposts: tuple[
        Annotated[float, Field(allow_inf_nan=False)], Annotated[float, Field(allow_inf_nan=False)]
    ] = Field(description="[worst, best] in the indicator's unit: fixed numbers, never the lowest and highest at hand")
    because: str = Field(min_length=1, description="why these two numbers and this weight")
    margin: float = Field(
        ge=0, allow_inf_nan=False, description="half the width of the 95 % interval of a figure, in the indicator's "
        "unit, where its publisher prints none; 0 where it is no estimate, such as a law in force")


class MissingRule(Declared):
    """How much must be there before an area gets a value. What is missing is never filled in."""

    at_least_share: float | None = Field(None, gt=0, le=1, description="share of the weight with a figure: 0.7")
    min_parts: int | None = Field(None, ge=1, description="number of parts with a figure")

    @model_validator(mode="after")
    def _one_rule(self) -> MissingRule:
        if (self.at_least_share is None) == (self.min_parts is None):
            raise ValueError("give one rule, 'at_least_share' or 'min_parts'; {at_least_share: 0.7} is a usual one")
        return self


class Uncertainty(Declared):
    """What is drawn anew, many times, to see how far a rank rests on choices and on noise."""

    draws: int = Field(5000, ge=100, le=100_000)
    seed: int = Field(20150925, ge=0, description="the same seed gives the same draws")
    concentration: float = Field(100.0, ge=1, description="of the Dirichlet distribution round the declared weights: "
                                 "at 100 a weight of 0.25 varies by about 0.04, at 25 by about 0.08")
    goalposts: float = Field(0.1, ge=0, le=0.4, description="each goalpost moves by up to this share of the distance "
                             "between the two")


class Composite(Declared):
    """Several indicators in one number, which a project may declare if it says what it is for."""

    id: Id
    title: str
    purpose: str = Field(min_length=1, description="what it is for, and what it must not be used for")
    areas: list[str] = Field([], description="areas and groups that stand in it, such as [LDC]; empty: those with a "
                             "scorecard by default")
    parts: list[Part] = Field(min_length=2)
    missing: MissingRule
    floor: float = Field(0.01, gt=0, le=0.2, description="in the geometric mean a part below this counts as this: "
                         "one zero would make the whole zero")
    uncertainty: Uncertainty = Uncertainty()

    def weights(self) -> list[float]:
        """The declared weights, made to add up to 1."""
        total = sum(part.weight for part in self.parts)
        return [part.weight / total for part in self.parts]

    def codes(self, scorecards: Collection[str] = ()) -> list[str]:
        """The areas that stand in it, groups taken apart, each once."""
        named = [code for each in self.areas or scorecards for code in (sorted(area.members(each)) or [each])]
        return [*dict.fromkeys(named)]
