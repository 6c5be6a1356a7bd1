"""Steps from a measured number to a status, in one form for all methods, and what a rule may be told by a declaration.

Each method declares, as data: ``SOURCE`` (where its rule is published), ``UNCONFIRMED`` (what of it was seen
second-hand or decided here), ``USES`` (the figures that a status rests on: ``two``, base and newest, of those since the
base; ``all`` of them; ``newest``), ``THRESHOLDS`` (the measure -> its steps, best first) and ``OPTIONS`` (name of an
option in ``method_options`` -> what it means).
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from monitor.errors import DefinitionError
from monitor.model import Indicator

#: rounding noise of a computer is neither a missed cut-off nor a movement
TOLERANCE = 1e-9
#: what counts as nothing, as a share of the largest figure involved
ZERO_SHARE = 0.001
#: the least that is more than nothing, where a published rule says "above 0"
ABOVE_ZERO = 1e-6
#: least value of the lowest step
NO_LEAST = -math.inf


class Step(NamedTuple):
    """From ``least`` on, the method's own ``word`` holds, and the status of our scale it stands for."""

    least: float
    status: str
    word: str


Thresholds = Mapping[str, Sequence[Step]]


def rung(value: pl.Expr, steps: Sequence[Step], factor: pl.Expr | float = 1.0) -> pl.Expr:
    """The number of the best step that the value reaches, 0 for the first; cut-offs are times ``factor``."""
    missed = [(value < each.least * factor - TOLERANCE).cast(pl.Int64) for each in steps[:-1]]
    return pl.sum_horizontal(missed, ignore_nulls=False)


def step(value: pl.Expr, steps: Sequence[Step], part: str) -> pl.Expr:
    """``part`` ("status" or "word") of the best step that the value reaches."""
    return pl.lit(pl.Series([getattr(each, part) for each in steps])).gather(rung(value, steps))


def word_of(status: str, steps: Sequence[Step]) -> str:
    """The word of the lowest step that stands for a status."""
    return next(each.word for each in reversed(steps) if each.status == status)


def refuse_options(method: str, indicators: Mapping[str, Indicator], known: Mapping[str, str] = {}) -> None:
    """A method is told what its ``OPTIONS`` name, and nothing else: published thresholds are not for a declaration.

    Raises:
        DefinitionError: an indicator gives the method other options.
    """
    if given := [f"{i.id}: {said}" for i in indicators.values() if (said := unknown(method, i, known))]:
        raise DefinitionError(given)


def unknown(method: str, indicator: Indicator, known: Mapping[str, str]) -> str:
    """A sentence about options that the method does not have, or nothing."""
    strange = [name for name in indicator.method_options if name not in known]
    if not strange:
        return ""
    if not known:
        return f"the method '{method}' has no options, but method_options has {', '.join(strange)}. Remove them."
    near = difflib.get_close_matches(strange[0], known, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return f"the method '{method}' has no option '{strange[0]}'; it has {', '.join(known)}.{hint}"


def number(indicator: Indicator, name: str) -> float | None:
    """An option that is a finite number; nothing where it is absent or something else."""
    value: Any = indicator.method_options.get(name)
    usable = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if usable else None


def lacking(method: str, indicator: Indicator, *names: str) -> str:
    """A sentence about needed options that are absent or no numbers, or nothing."""
    for name in names:
        if name not in indicator.method_options:
            return f"the method '{method}' needs the option '{name}': add it under method_options."
        if number(indicator, name) is None:
            return f"the option '{name}' is '{indicator.method_options[name]}', expected a number."
    return ""


def year(indicator: Indicator, name: str = "by") -> int | None:
    """An option that is a year of four digits; nothing where it is absent or something else."""
    value = number(indicator, name)
    return int(value) if value is not None and value == int(value) and 1000 <= value <= 9999 else None


def yearless(indicator: Indicator, name: str = "by") -> str:
    """A sentence about an option that is given and no year, or nothing."""
    if name not in indicator.method_options or year(indicator, name):
        return ""
    return f"the option '{name}' is '{indicator.method_options[name]}', expected a year such as 2030."


def growing(method: str, indicator: Indicator) -> str:
    """Why a rate of growth has no meaning for an indicator, or nothing."""
    low = indicator.bounds[0]
    if indicator.scale == "binary":
        return f"the method '{method}' has no rule for yes and no. Use binary, statcan or un_progress_chart."
    if indicator.scale == "difference" or (low is not None and low < 0):
        what = "scale 'difference'" if indicator.scale == "difference" else f"a lower bound of {low:g}"
        return (f"the method '{method}' compares rates of growth, and figures with {what} can cross zero. "
                "Use statcan (linear pace), germany, sdsn or milestones.")
    return ""
