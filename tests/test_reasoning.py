"""Reasoning: each flip is proved by judging again, just before it and at it; what other methods say is counted."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from monitor import edition, judge
from monitor.flips import LIMIT, POINTS
from monitor.methods import statcan
from monitor.model import Indicator
from monitor.reasoning import cutoff, reasonings
from monitor.results import Assessment, Flip, Reason, Reasoning, Status
from tests.fiction import frame, indicator, target

AS_OF = date(2026, 11, 22)
#: no flip is told further out than this share of the limit, nor nearer
GRAIN = 1e-5
FALLING = {2015: 10.0, 2017: 9.4, 2019: 8.9, 2021: 8.0, 2023: 7.3, 2024: 6.9}


def judged(i: Indicator, points: dict[int, float]) -> Assessment:
    cells = [("X", "DEU", "_T", str(year), value, "A") for year, value in points.items()]
    one, = judge.judge({"X": i}, frame(cells), ["DEU"], [], {}, AS_OF)
    return one


def reasoned(i: Indicator, points: dict[int, float]) -> Reasoning:
    cells = [("X", "DEU", "_T", str(year), value, "A") for year, value in points.items()]
    return reasonings({"X": i}, frame(cells), [judged(i, points)], AS_OF)["X", "DEU"]


def at(i: Indicator, points: dict[int, float], newest: float) -> tuple[Status, Reason | None]:
    one = judged(i, {**points, max(points): newest})
    return one.status, one.reason


def proved(i: Indicator, points: dict[int, float]) -> Reasoning:
    """The reasoning, after judging again at each flip, just inside it, and on the way to it."""
    now, found, start = judged(i, points).status, reasoned(i, points), points[max(points)]
    low, high = (x if x is not None else far for x, far in zip(i.bounds, (-math.inf, math.inf), strict=True))
    whole = i.scale in ("count", "binary")
    for way, flip in ((1, found.higher), (-1, found.lower)):
        last = flip.value - way * (1 if whole else GRAIN * found.limit) if flip else start + way * found.limit
        last = min(max(last, low), high)
        for part in (0.2, 0.5, 0.8, 1.0):
            inside = start + (last - start) * part
            inside = float(round(inside)) if whole else inside
            if way * (inside - start) > 0:
                assert at(i, points, inside)[0] is now, (inside, flip)
        if flip:
            assert at(i, points, flip.value) == (flip.status, flip.reason)
            assert flip.status is not now
            assert flip.move == pytest.approx(flip.value - start)
            assert flip.move * way > 0
    return found


CASES: dict[str, tuple[dict[str, Any], dict[int, float]]] = {
    "a pace to a target": ({"targets": [target(5)]}, FALLING),
    "growth without a target": ({}, FALLING),
    "more is better": ({"direction": "up_good", "targets": [target(12)]}, {2015: 5, 2020: 6.5, 2024: 8}),
    "the target is met": ({"targets": [target(7)]}, FALLING),
    "a least change": ({"least_change": {"by": 2.5, "because": "made up"}, "targets": [target(5)]}, FALLING),
    "parity": ({"parity": 5, "scale": "difference"}, FALLING),
    "negative values": ({"scale": "difference"}, {2015: -4, 2020: -5, 2024: -6}),
    "across zero": ({"scale": "difference", "targets": [target(-5)]}, {2015: 4, 2020: 1, 2024: -0.5}),
    "money that is negative": ({"scale": "money", "direction": "up_good"}, {2015: -40, 2020: -30, 2024: -25}),
    "nearer to the target from both sides": ({"direction": "target", "targets": [target(9)]}, {2015: 5, 2024: 7}),
    "at the wrong limit": ({"bounds": [0, 100]}, {2015: 90, 2024: 100}),
    "counts": ({"scale": "count", "targets": [target(800)]}, {2015: 1000, 2020: 950, 2024: 903}),
    "near the limit": ({"bounds": [0, 100], "direction": "up_good"}, {2015: 97, 2020: 97.5, 2024: 98.2}),
    "past its date": ({"targets": [target(5, "2023")]}, FALLING),
    "the outlook": ({"method": "outlook", "targets": [target(5)]}, FALLING),
    "the outlook without a target": ({"method": "outlook"}, FALLING),
    "germany": ({"method": "germany", "targets": [target(5)]}, FALLING),
    "eurostat": ({"method": "eurostat", "targets": [target(5)]}, FALLING),
    "unescap": ({"method": "unescap", "targets": [target(5)]}, FALLING),
    "keep between": ({"method": "interval", "direction": "target",
                      "method_options": {"low": 6.5, "high": 6.8, "by": 2030}}, FALLING),
    "half of the base": ({"method": "relative", "method_options": {"factor": 0.5, "by": 2030}}, FALLING),
    "zero": ({"bounds": [0, 100]}, {2015: 4, 2020: 1, 2024: 0}),
    "zero, a count": ({"scale": "count", "bounds": [0, None], "direction": "up_good"}, {2015: 40, 2024: 0}),
    "a law": ({"scale": "binary", "method": "binary", "direction": "up_good"}, {2015: 0, 2024: 1}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_flip_is_where_judging_again_says_another_status_and_nothing_nearer_is(name: str) -> None:
    declared, points = CASES[name]
    proved(indicator(**declared), points)


def test_moves_are_found_both_ways_and_told_as_a_share() -> None:
    found = proved(indicator(targets=[target(5)], scale="rate"), {2015: 10, 2024: 7.5})
    assert found.higher and found.lower and found.nearest
    assert (found.higher.status, found.lower.status) == (Status.LIMITED, Status.ON_TRACK)
    assert found.lower.share == pytest.approx(-found.lower.move / 7.5)
    assert found.limit == LIMIT * 7.5


def test_a_yes_flips_only_to_no() -> None:
    found = proved(indicator(scale="binary", method="binary", direction="up_good"), {2015: 0, 2024: 1})
    assert (found.higher, found.others) == (None, ())
    assert found.lower == Flip(0.0, -1.0, None, Status.NOT_MET)


def test_a_count_flips_at_a_whole_number() -> None:
    found = proved(indicator(scale="count", targets=[target(800)]), {2015: 1000, 2020: 950, 2024: 903})
    assert found.nearest and found.nearest.value.is_integer()


def test_a_score_that_comes_in_steps_flips_at_a_step() -> None:
    found = reasoned(indicator(scale="index", decimals=0, bounds=[0, 4], direction="up_good"),
                     {2015: 2, 2020: 2, 2024: 2})
    assert found.higher == Flip(3.0, 1.0, 0.5, Status.ON_TRACK)
    smooth = reasoned(indicator(scale="index", bounds=[0, 4], direction="up_good"), {2015: 2, 2020: 2.1, 2024: 2})
    assert smooth.higher
    assert 2 < smooth.higher.value < 3


def test_nothing_beyond_a_natural_limit_is_tried() -> None:
    found = proved(indicator(bounds=[0, 100]), {2015: 90, 2024: 100})
    assert found.higher is None
    assert proved(indicator(bounds=[0, 100]), {2015: 4, 2020: 1, 2024: 0}).lower is None


def test_nothing_beyond_the_limit_is_told() -> None:
    found = proved(indicator(scale="rate", targets=[target(5)]), {2015: 10, 2024: 40})
    assert (found.higher, found.lower, found.limit) == (None, None, 20.0)


def test_a_small_percentage_is_moved_by_points_and_a_figure_near_zero_by_the_size_of_the_others() -> None:
    assert reasoned(indicator(), {2015: 4, 2024: 2}).limit == POINTS
    near = reasoned(indicator(scale="rate", targets=[target(14)]), {2015: 30, 2024: 0.1})
    assert near.limit == LIMIT * 30
    assert near.higher
    assert near.higher.share is None


def test_a_flip_to_no_judgement_has_its_reason() -> None:
    declared = indicator(least_change={"by": 2.0, "because": "made up"}, targets=[target(5)])
    found = proved(declared, {2015: 10, 2024: 7.5})
    far = [f for f in (found.higher, found.lower) if f and f.reason]
    assert not far or far[0].reason is Reason.NO_CLEAR_CHANGE
    edge = proved(declared, {2015: 10, 2024: 7.99})
    assert edge.higher
    assert (edge.higher.status, edge.higher.reason) == (Status.NOT_ASSESSED, Reason.NO_CLEAR_CHANGE)


@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(base=st.floats(5, 80), pace=st.floats(-0.06, 0.06), goal=st.none() | st.floats(3, 90), up=st.booleans())
def test_inside_the_flips_the_status_never_changes_and_outside_it_does(
    base: float, pace: float, goal: float | None, up: bool
) -> None:
    points = {year: base * (1 + pace) ** (year - 2015) for year in range(2015, 2025)}
    declared = indicator(scale="rate", direction="up_good" if up else "down_good",
                         targets=[target(goal)] if goal is not None else [])
    if judged(declared, points).reason is None:
        proved(declared, points)


def test_rescaling_the_unit_moves_a_flip_with_it() -> None:
    one, other = (reasoned(indicator(scale="rate", targets=[target(5 * k)]), {y: k * v for y, v in FALLING.items()})
                  for k in (1.0, 1000.0))
    assert one.lower and other.lower and one.lower.share
    assert other.lower.share == pytest.approx(one.lower.share, rel=1e-3)


# ------------------------------------------------------------------ cut-offs


def test_the_cutoffs_next_to_the_pace_are_those_of_the_methods_data() -> None:
    i, points = indicator(targets=[target(5)]), {2015: 10.0, 2024: 7.5}
    one, found = judged(i, points), reasoned(i, points).cutoff
    assert found
    assert (found.measure, found.value) == ("ratio", one.ratio)
    steps = {step.status: step.least for step in statcan.THRESHOLDS["ratio"]}
    assert one.status is Status.TOO_SLOW
    assert (found.better, found.worse) == (steps["on_track"], steps["too_slow"])


def test_the_best_and_the_worst_status_have_one_cutoff_and_a_met_target_none() -> None:
    assert (best := cutoff(i := indicator(targets=[target(9)]), judged(i, {2015: 10, 2020: 9.5, 2024: 9.2})))
    assert best.better is None
    assert best.worse == statcan.PACE["on_track"]
    assert (worst := cutoff(i, judged(i, {2015: 10, 2024: 12})))
    assert (worst.better, worst.worse) == (statcan.PACE["limited"], None)
    assert cutoff(i, judged(i, {2015: 10, 2024: 8})) is None


def test_the_flip_of_a_figure_near_its_natural_limit_is_where_the_eased_cutoff_is() -> None:
    i, points = indicator(direction="up_good", bounds=[0, 100]), {2015: 90.0, 2020: 91.0, 2024: 91.5}
    found = proved(i, points)
    assert found.cutoff and found.cutoff.better and found.higher
    assert found.cutoff.better < statcan.GROWTH["on_track"]
    years = 2024 - 2015
    assert found.higher.value == pytest.approx(90 * (1 + found.cutoff.better) ** years, rel=1e-4)


def test_a_cap_is_no_cutoff() -> None:
    """Missed in its time: no pace would make it on track, so none is named as the next better one."""
    i = indicator(targets=[target(5, "2023")])
    assert cutoff(i, replace(judged(i, FALLING), ratio=0.99, status=Status.TOO_SLOW)) is None


# ------------------------------------------------------------------ what other methods say


def test_every_other_method_that_fits_is_asked_once_with_the_same_target_and_gates() -> None:
    i = indicator(targets=[target(5)])
    found = {one.method: one for one in reasoned(i, FALLING).others}
    assert {"eurostat", "germany", "outlook", "un_progress_chart", "unescap"} <= set(found)
    assert not {"statcan", "binary", "ordinal", "sdsn", "interval", "relative"} & set(found)
    for name, said in found.items():
        alone = judged(i.model_copy(update={"method": name}), FALLING)
        assert (said.status, said.reason, said.word) == (alone.status, alone.reason, alone.word)


def test_the_gates_hold_for_the_other_methods_too() -> None:
    i = indicator(targets=[target(9.99)], least_change={"by": 1.0, "because": "made up"})
    found = reasoned(i, {2015: 10, 2020: 9.99, 2021: 9.99, 2022: 9.99, 2023: 9.99, 2024: 9.98})
    paced = [one for one in found.others if one.status in judge.PACED]
    assert not paced


def test_what_is_not_judged_has_no_reasoning() -> None:
    i = indicator(direction="context_only")
    assert reasonings({"X": i}, frame([]), [judged(i, FALLING)], AS_OF) == {}


def test_a_status_that_something_else_than_the_method_decided_has_none() -> None:
    i = indicator(targets=[target(5)])
    cells = [("X", "DEU", "_T", str(year), value, "A") for year, value in FALLING.items()]
    other = replace(judged(i, FALLING), status=Status.BACKWARDS)
    assert reasonings({"X": i}, frame(cells), [other], AS_OF) == {}


def test_the_file_of_an_edition_says_the_same_in_columns() -> None:
    i = indicator(targets=[target(5)])
    one, found = judged(i, FALLING), reasoned(i, FALLING)
    head, row, *rest = edition.reasoning_csv([one], {("X", "DEU"): found}).decode().splitlines()
    told = dict(zip(head.split(","), row.split(","), strict=True))
    assert not rest
    judging = [o for o in found.others if o.reason is None]
    assert int(told["methods_asked"]) == len(judging)
    assert int(told["methods_agreeing"]) == sum(o.status is one.status for o in judging)
    assert found.lower is None or float(told["flip_down"]) == found.lower.move
    assert found.cutoff and float(told["measured"]) == found.cutoff.value


def test_a_score_with_decimals_flips_between_whole_numbers_though_its_figures_are_whole() -> None:
    """10, 8, 6 and a target of 4.09: 95 % of the pace needed leads to 6.01."""
    declared, points = indicator(scale="index", bounds=[0, 100], targets=[target(4.09)]), {2015: 10, 2020: 8, 2024: 6}
    found = proved(declared, points)
    assert found.higher and found.higher.share
    assert 6 < found.higher.value < 6.1
    assert found.higher.share == pytest.approx(found.higher.move / 6)
    assert found.share_of == "figure"


def test_a_share_of_something_else_than_the_figure_is_named_and_of_what() -> None:
    crossing = reasoned(indicator(scale="index", bounds=[-5, 5], targets=[target(-1)]), {2015: 2, 2020: 1, 2024: 1})
    assert crossing.share_of == "range"
    assert crossing.nearest and crossing.nearest.share == pytest.approx(abs(crossing.nearest.move) / 10)
    i = indicator(scale="index", bounds=[-5, 5], targets=[target(-1)])
    head, row = edition.reasoning_csv([judged(i, {2015: 2, 2020: 1, 2024: 1})], {("X", "DEU"): crossing}).decode(
        ).splitlines()
    assert dict(zip(head.split(","), row.split(","), strict=True))["share_of"] == "range"
    bare = reasoned(indicator(scale="difference", targets=[target(1)]), {2015: 10, 2024: 8})
    assert bare.share_of == "" and bare.nearest and bare.nearest.share is None


def test_the_grain_is_that_of_the_declaration_or_of_finer_figures() -> None:
    assert reasoned(indicator(targets=[target(5)]), {2015: 10, 2024: 8}).grain == pytest.approx(0.1)
    assert reasoned(indicator(targets=[target(5)]), {2015: 10, 2024: 7.875}).grain == pytest.approx(0.001)
    assert reasoned(indicator(decimals=3, targets=[target(5)]), {2015: 10, 2024: 8}).grain == pytest.approx(0.001)
    assert reasoned(indicator(targets=[target(5)]), {2015: 10, 2024: 23 / 3}).grain == pytest.approx(1e-6)
