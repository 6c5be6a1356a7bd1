"""What does not hold, in sentences for readers: the figures with their unit, their period and whose they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from monitor.area import english
from monitor.checks._rules import figure, group
from monitor.checks._rules import named as list_of
from monitor.series import TOTAL
from monitor.validation.suites import QUANTILES, Expectation

__all__ = ["figures", "headed", "list_of", "observed", "told"]


def headed(one: Expectation) -> str:
    """What is wrong with the rows that follow."""
    return {
        "parts": one.expected.replace(" is no larger than ", " is larger than the whole, "),
        "groups": "A group is larger than all together",
        "monotonic": f"Expected was that {one.expected}; found",
        "complete": "Years or periods without a figure",
        "codes": f"Marked otherwise than expected ({one.expected})",
        "unique": f"The same figures stand in several places ({one.expected})",
    }.get(one.rule, f"Outside of what is expected ({one.expected})")


def told(one: Expectation, row: Mapping[str, Any], *, with_area: bool = False) -> str:
    """One row: ``Germany, 2012, sex M: 634 of 626 people``; without its area ``634 of 626 (2012, sex M)``."""
    when = f"{row.get('time_period', '')}{group(str(row.get('breakdown', TOTAL)))}"
    what = _what(one, row, unit=with_area)
    if not with_area:
        return f"{what} ({when})" if what else when
    place = f"{english(str(row['ref_area']))}, {when}" if "ref_area" in row else when
    return f"{place}: {what}" if what else place


def observed(one: Expectation, value: Any) -> str:
    """What a statistic came to, as a sentence."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        at = ", ".join(f"{q:.0%} of the figures are at or below {_figure(one, v)}"
                       for q, v in zip(QUANTILES, value, strict=True))
        return f"The figures as a whole have moved since the earlier vintage: {at}."
    return f"As a whole the figures are not as expected: {one.expected}; it is {_figure(one, value)}."


def figures(one: Expectation, value: Any) -> str:
    """What a statistic came to, as figures alone."""
    return ", ".join(_figure(one, v, unit=False) for v in value) if isinstance(value, list) else _figure(one, value)


def _what(one: Expectation, row: Mapping[str, Any], *, unit: bool) -> str:
    given = one.kwargs
    if one.rule == "complete":
        return ""
    if one.rule == "monotonic":
        return f"{_figure(one, row.get('obs_value'), unit=unit)} after {_figure(one, row.get('previous'), unit=False)}"
    if "column_A" in given:
        low, high = row.get(given["column_B"]), row.get(given["column_A"])
        return f"{_figure(one, low, unit=False)} of {_figure(one, high, unit=unit)}"
    columns = [c for c in given.get("column_list", [given.get("column")])
               if c in row and c not in ("indicator", "ref_area", "breakdown", "time_period")]
    return ", ".join(_figure(one, row[c], unit=unit) if c == "obs_value" else str(row[c]) or "empty" for c in columns)


def _figure(one: Expectation, value: Any, *, unit: bool = True) -> str:
    text = figure(value, one.decimals) if isinstance(value, float | int | None) else str(value)
    return f"{text} {one.unit}".strip() if unit and value is not None else text
