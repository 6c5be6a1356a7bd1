"""Targets, baseline and limits that cannot be meant are refused, with where and what to do."""

from __future__ import annotations

from typing import Any

import pytest

from monitor import aims
from monitor.model import Indicator

TARGET = {"value": 3, "period": "2030", "announced": "2015-09-25", "citation": "Made up."}


def indicator(**changes: Any) -> Indicator:
    return Indicator.model_validate({
        "id": "X", "title": "X", "definition": "X.", "answers": ["R1"], "kind": "outcome", "direction": "down_good",
        "unit": "%", "scale": "percent", "bounds": [0, 100], "targets": [TARGET], "missing": "awaiting_source",
        **changes,
    })


@pytest.mark.parametrize(("changes", "at", "said"), [
    ({"bounds": [100, -100]}, ("bounds",), "the lower limit first: [-100, 100]"),
    ({"targets": [{**TARGET, "value": 3000}]}, ("targets", 0, "value"), "found 3000, which no figure can reach"),
    ({"targets": [{**TARGET, "value": -1}], "bounds": [0, None]}, ("targets", 0, "value"), "0 to any"),
    ({"targets": [TARGET, {**TARGET, "value": 5}]}, ("targets", 1, "value"), "which of them holds?"),
    ({"baseline": {"period": "2035"}}, ("baseline", "period"), "not before the target of 2030"),
    ({"targets": [{**TARGET, "announced": "in 2015, in May"}]}, ("targets", 0, "announced"), "in 2015, in May"),
    ({"targets": [TARGET, {**TARGET, "announced": "2014", "value": 5}]}, ("targets", 1, "announced"), "newer target"),
    ({"targets": [{**TARGET, "period": "2014"}]}, ("targets", 0, "period"), "before the target was announced"),
])
def test_what_cannot_be_meant_is_refused(changes: dict[str, Any], at: tuple[str, ...], said: str) -> None:
    (sentence, where), *more = aims.problems(indicator(**changes))
    assert (where, more) == (at, []) and said in sentence


@pytest.mark.parametrize("changes", [
    {}, {"targets": [], "no_target": "None."}, {"targets": [TARGET, {**TARGET, "period": "2040", "value": 1}]},
    {"targets": [TARGET, {**TARGET, "value": 5, "areas": ["DEU"]}]}, {"bounds": [None, None]},
    {"targets": [{**TARGET, "value": 0}]}, {"baseline": {"period": "2015"}},
])
def test_what_makes_sense_passes(changes: dict[str, Any]) -> None:
    assert not [*aims.problems(indicator(**changes))]
