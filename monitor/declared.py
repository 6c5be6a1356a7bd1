"""The base of every block that people declare, and the kinds of text that stand in such blocks."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from monitor import period


class Declared(BaseModel):
    """A block of YAML: frozen, and with no key we do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True)


def _duration(text: Any) -> Any:
    period.days(str(text))  # raises ValueError with the sentence a reader needs
    return str(text)


def _period(text: Any) -> Any:
    try:
        return period.normalise(str(text))
    except Exception as problem:
        raise ValueError(str(problem)) from None


Duration = Annotated[str, BeforeValidator(_duration), Field(description="ISO 8601 duration: P1Y, P3M, P14D")]
Period = Annotated[str, BeforeValidator(_period), Field(description="2024, 2024-Q3, 2024-05, 2007/08")]
Url = Annotated[str, Field(pattern=r"^https?://[^\s<>\"]+$")]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]

#: how sure we are of a fact: read in a published source; seen second-hand; general knowledge; in a seed text
Confidence = Literal["V", "V2", "M", "S"]


class LeastChange(Declared):
    """How far two figures must be apart, in the indicator's own unit, before one is called a change."""

    by: float = Field(gt=0, description="a smaller change since the base is not told from noise, and not judged")
    because: str = Field(description="where it comes from: the publisher's margin of error, or a rule of thumb of ours")
