"""Agreement: published components are understood in every form, judged by the method itself, and set beside what was
published. All files here are made up; `published` repeats sdg-build's rule on its own, formula by formula."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monitor import agreement, components
from monitor.agree_cli import agree
from monitor.agreement import SCORE_TOLERANCE, Outcome
from monitor.errors import MonitorError
from monitor.methods import statcan

#: of the published rule: cut-offs, and the corners of the two lines of scores
CODES = ("substantial_progress", "moderate_progress", "limited_progress", "deterioration")


def published(y0: float, t0: int, y1: float, t1: int, way: int, target: float | None = None, due: int = 2030,
              limit: float | None = None) -> tuple[float | None, str, float | None]:
    """Progress value, status and score by the published rule, written down a second time, without our method."""
    met = target is not None and way * y1 >= way * target
    if y0 * y1 < 0 or t1 - t0 < 1:
        return None, "target_achieved" if met else "not_available", 5.0 if met else None
    sign = -1 if y0 < 0 else 1
    growth = sign * way * ((y1 / y0) ** (1 / (t1 - t0)) - 1)
    if target is not None:
        needed = (target / y0) ** (1 / (due - t0)) - 1
        value = growth / abs(needed) if needed else math.copysign(math.inf, growth)
        score = 7.1429 * value - 4.2857 if value >= 0.6 else 4.1667 * value - 2.5
        cuts, c = (0.95, 0.6, 0.0), 1.0
    else:
        c = 1.0
        if limit is not None and abs(y0) < 2 * abs(limit):
            y, top = abs(y0), abs(limit)
            c = 1 - ((y if y <= top else 2 * top - y) / top) ** 4.44
        value, cuts = growth, (0.015 * c, 0.005 * c, 0.0)
        if value < 0:
            score = 125 * value - 2.5
        elif c == 0:
            score = 5.0
        else:
            v = value / c
            score = 500 * v - 5 if v >= 0.015 else 250 * v - 1.25 if v >= 0.005 else 500 * v - 2.5
    status = next((code for least, code in zip(cuts, CODES, strict=False) if value >= least), CODES[3])
    return (value, "target_achieved", 5.0) if met else (value, status, max(-5.0, min(5.0, score)))


def block(y0: float, t0: int, y1: float, t1: int, way: int, target: float | None = None, due: int = 2030,
          limit: float | None = None) -> dict[str, Any]:
    """One series as sdg-build writes it."""
    value, status, score = published(y0, t0, y1, t1, way, target, due, limit)
    return {"base_value": y0, "base_year": float(t0), "current_value": y1, "current_year": float(t1),
            "direction": way, "limit": limit, "progress_value": value, "score": score, "sign": -1 if y0 < 0 else 1,
            "status": status, "target": target, "target_year": float(due)}


def of_score(scores: list[float], met: bool) -> str:
    mean = sum(scores) / len(scores)
    return "target_achieved" if met else CODES[0 if mean >= 2.5 else 1 if mean >= 0 else 2 if mean >= -2.5 else 3]


def one(number: str, *several: dict[str, Any]) -> dict[str, Any]:
    """An indicator of some series as sdg-build writes it."""
    names = [number] if len(several) == 1 else [f"{number} / Series {n}" for n in range(len(several))]
    scores = [s["score"] for s in several if s["score"] is not None]
    met = all(s["status"] == "target_achieved" for s in several if s["score"] is not None)
    return {number: {**dict(zip(names, several, strict=True)),
                     "progress_status": of_score(scores, met) if scores else "not_available",
                     "score": sum(scores) / len(scores) if scores else None}}


def told(folder: Path, body: Any, name: str = "components.yml") -> list[Outcome]:
    """What is said of a file; a mapping is written as JSON, which is YAML too, with the words of YAML for no number."""
    text = body if isinstance(body, str) else json.dumps(body, allow_nan=True).replace("Infinity", ".inf")
    (folder / name).write_text(text, encoding="utf-8")
    return agreement.compare(components.read(folder / name))


def wrong(outcomes: list[Outcome]) -> list[Outcome]:
    return [o for o in outcomes if o.agrees is False or o.score_agrees is False]


CASES = {
    "on track to a target": block(20, 2015, 12, 2022, -1, 10),
    "moderate": block(50, 2015, 57, 2020, 1, 80),
    "limited": block(50, 2016, 52, 2020, 1, 80),
    "away from the target": block(14.3, 2015, 15.1, 2023, -1, 7.15),
    "met, whatever the trend": block(99, 2015, 96, 2022, 1, 95),
    "met already at the base": block(70, 2015, 68, 2021, -1, 100),
    "stays at its target": block(100, 2015, 100, 2022, 1, 100),
    "base equal to the target, lost": block(20.5, 2016, 20.9, 2024, -1, 20.5),
    "the stand-in of a zero target": block(2, 2015, 1, 2020, -1, 0.001),
    "the stand-in of a zero base": block(0.001, 2015, 4, 2020, 1, 30),
    "zero now": block(5, 2015, 0, 2020, -1),
    "no target, fast": block(10, 2015, 14, 2022, 1),
    "no target, downwards": block(10, 2015, 9.3, 2022, -1),
    "no target, slow": block(10, 2015, 10.2, 2022, 1),
    "no target, no movement": block(10, 2015, 10, 2022, 1),
    "no target, worse": block(10, 2015, 9.9, 2022, 1),
    "a highest limit": block(90, 2015, 93.2, 2021, 1, limit=100),
    "a highest limit, nearly reached": block(99.47, 2016, 99.57, 2022, 1, limit=100),
    "a highest limit, getting worse": block(93.4, 2017, 92.7, 2021, 1, limit=100),
    "a lowest limit": block(1.3, 2015, 1.27, 2022, -1, limit=1),
    "a lowest limit of zero": block(2, 2015, 1.9, 2022, -1, limit=0),
    "a lowest limit, far away": block(3, 2015, 2.9, 2022, -1, limit=1),
    "base at the limit, held": block(100, 2015, 100, 2024, 1, limit=100),
    "base at the limit, lost": block(100, 2015, 99.6, 2024, 1, limit=100),
    "all negative, rising": block(-10, 2015, -8, 2022, 1, -5),
    "all negative, falling": block(-10, 2015, -8, 2022, -1),
    "all negative near a limit below zero": block(-97, 2015, -97.4, 2022, -1, limit=-100),
    "mixed signs": block(1, 2015, -1, 2022, -1),
    "mixed signs, but met": block(-1, 2015, 4, 2022, 1, 3),
    "one figure": block(59.9, 2021, 59.9, 2021, 1, limit=100),
    "another date": block(12.4, 2015, 13.1, 2023, 1, 30, 2026),
}


@pytest.mark.parametrize("case", CASES)
def test_a_published_status_and_score_are_reached_from_their_components(case: str, tmp_path: Path) -> None:
    outcomes = told(tmp_path, one("1-1-1", CASES[case]))
    assert [o.level for o in outcomes] == ["series", "indicator"]
    assert not wrong(outcomes), wrong(outcomes)
    assert outcomes[0].agrees is True
    assert outcomes[0].score_agrees is (None if CASES[case]["score"] is None else True)


FIGURE = st.floats(0.01, 1e6).map(lambda x: float(f"{x:.5g}"))


@settings(max_examples=300, deadline=None)
@given(y0=FIGURE, growth=st.floats(-0.2, 0.2), t0=st.integers(2000, 2018), span=st.integers(1, 12),
       way=st.sampled_from([1, -1]), goal=st.one_of(st.none(), st.floats(0.2, 5)),
       room=st.one_of(st.none(), st.floats(1.0, 4)), below=st.booleans())
def test_components_of_any_series_agree_with_the_rule_written_down_again(
    tmp_path_factory: Any, y0: float, growth: float, t0: int, span: int, way: int, goal: float | None,
    room: float | None, below: bool,
) -> None:
    sign = -1 if below else 1
    y1 = float(f"{y0 * (1 + growth) ** span:.5g}")
    outward = way * sign > 0
    limit = None if goal or room is None else sign * float(f"{y0 * room if outward else y0 / room:.5g}")
    target = None if goal is None else sign * float(f"{y0 * goal:.5g}")
    assume(limit is None or way * sign * y1 < way * abs(limit))  # beyond a limit there is nothing
    given = block(sign * y0, t0, sign * y1, t0 + span, way, target, 2030 if t0 + span < 2030 else 2040, limit)
    value = given["progress_value"]
    assume(value is None or math.isinf(value) or all(
        abs(value - cut * c) > 1e-7 for cut in (0, 0.005, 0.015, 0.6, 0.95)
        for c in (1.0, *(_eased(y0, limit) if limit else ()))))
    assume(value is None or not (target is None and limit and abs(y0) == abs(limit)))
    outcomes = told(tmp_path_factory.mktemp("any"), one("1-1-1", given))
    assert not wrong(outcomes), (given, wrong(outcomes))


def _eased(y0: float, limit: float) -> tuple[float, ...]:
    y, top = abs(y0), abs(limit)
    return () if y >= 2 * top else (1 - ((y if y <= top else 2 * top - y) / top) ** 4.44,)


def test_of_several_series_the_mean_score_counts(tmp_path: Path) -> None:
    outcomes = told(tmp_path, one("1-3-1", CASES["limited"], CASES["no target, fast"], CASES["one figure"]))
    assert not wrong(outcomes)
    last = outcomes[-1]
    scores = [CASES[k]["score"] for k in ("limited", "no target, fast")]
    assert last.our_score == pytest.approx(sum(scores) / 2, abs=SCORE_TOLERANCE)
    assert last.word == "mean of the series"


def test_all_series_must_have_met_their_targets(tmp_path: Path) -> None:
    met, fast = CASES["met, whatever the trend"], CASES["no target, fast"]
    both = told(tmp_path, one("1-4-1", met, met))
    assert both[-1].our_status == "target_achieved"
    one_of_two = told(tmp_path, one("1-4-1", met, fast))
    assert one_of_two[-1].our_status == "substantial_progress"
    assert not wrong(both + one_of_two)


def test_groups_that_a_file_does_not_tell_of_are_found_by_names(tmp_path: Path) -> None:
    a, b, c = (CASES[k] for k in ("no target, fast", "limited", "away from the target"))
    grouped = (a["score"] + (b["score"] + c["score"]) / 2) / 2
    body = {"1-4-1": {"1-4-1 / Water": a, "1-4-1 / School / Grade 3": b, "1-4-1 / School / Grade 8": c,
                      "progress_status": of_score([grouped], False), "score": grouped}}
    outcomes = told(tmp_path, body)
    assert not wrong(outcomes)
    assert outcomes[-1].word == "mean of groups of series that share the first 2 parts of their names"
    body["1-4-1"]["score"] = grouped + 0.1
    last = told(tmp_path, body)[-1]
    assert last.score_agrees is False
    assert last.our_score == pytest.approx((a["score"] + b["score"] + c["score"]) / 3, abs=SCORE_TOLERANCE)


def test_groups_as_blocks_within_blocks(tmp_path: Path) -> None:
    a, b, c = (CASES[k] for k in ("no target, fast", "limited", "away from the target"))
    inner = (b["score"] + c["score"]) / 2
    mean = (a["score"] + inner) / 2
    school = {"Grade 3": b, "Grade 8": c, "score": inner, "status": of_score([inner], False)}
    body = {"1-4-1": {"Water": a, "School": school, "progress_status": of_score([mean], False), "score": mean}}
    outcomes = told(tmp_path, body)
    assert [o.level for o in outcomes] == ["series", "series", "series", "group", "indicator"]
    assert not wrong(outcomes)


def test_the_yaml_that_sdg_build_writes(tmp_path: Path) -> None:
    outcomes = told(tmp_path, """
1-1-1:
  progress_status: ''
  score: null
1-5-3:
  progress_status: target_achieved
  score: null
13-1-1:
  progress_status: not_available_manual
  score: null
4-3-1:
  4-3-1 / Total, genders / Total - Age groups of the popul...:
    base_value: 1.0
    base_year: 2015.0
    current_value: 3.0
    current_year: 2016.0
    direction: 1
    limit: null
    progress_value: .inf
    score: 5.0
    sign: 1
    status: target_achieved
    target: 1.0
    target_year: 2030.0
  4-3-1 / None measured yet:
    base_value: null
    base_year: 2015.0
    current_value: null
    current_year: null
    direction: -1
    limit: 100
    progress_value: null
    score: null
    sign: null
    status: not_available
    target: null
    target_year: 2030.0
  progress_status: target_achieved
  score: 5.0
""")
    assert not wrong(outcomes)
    assert [(o.indicator, o.agrees) for o in outcomes] == [
        ("1-1-1", None), ("1-5-3", None), ("13-1-1", None), ("4-3-1", True), ("4-3-1", None), ("4-3-1", True)]
    assert "set by hand" in outcomes[1].why


def test_the_earlier_flat_form_in_which_everything_is_text(tmp_path: Path) -> None:
    outcomes = told(tmp_path, """
1-2-1:
  base_value: '20'
  base_year: '2015'
  current_value: '12.0'
  current_year: '2022'
  direction: negative
  progress_calculation_value: '1.55'
  progress_status: substantial_progress
  target: '10'
  target_year: '2030'
1-2-2:
  base_value: '10.0'
  base_year: '2015'
  current_value: '9.3'
  current_year: '2022'
  direction: None
  progress_calculation_value: '0.01'
  progress_status: moderate_progress
  target: None
  target_year: '2030'
1-2-3:
  progress_status: not_available
""")
    assert [(o.indicator, o.agrees, o.score_agrees) for o in outcomes] == [
        ("1-2-1", True, None), ("1-2-2", True, None), ("1-2-3", None, None)]


def test_one_table_with_a_row_for_each_series(tmp_path: Path) -> None:
    a, b = CASES["a highest limit"], CASES["limited"]
    mean = (a["score"] + b["score"]) / 2
    head = ("Indicator;Series;Base Year;Base value;Current year;Current value;Direction;Limit;Target;Target year;"
            "Status;Score")
    rows = [f"1.3.1;{name};2015-16;{s['base_value']};{s['current_year']:.0f};{s['current_value']};{s['direction']};"
            f"{s['limit'] or ''};{s['target'] or ''};2030;{s['status'].replace('_', ' ').capitalize()};{s['score']}"
            for name, s in (("Enfants / Children", a), ("Adultes / Adults", {**b, "base_value": 50}))]
    rows[1] = rows[1].replace("2015-16", "2016")
    text = "\n".join([head, *rows, f"1.3.1;;;;;;;;;;{of_score([mean], False)};{mean}", ""])
    outcomes = told(tmp_path, text, "table.csv")
    assert [(o.level, o.label) for o in outcomes] == [
        ("series", "Enfants / Children"), ("series", "Adultes / Adults"), ("indicator", "1.3.1")]
    assert not wrong(outcomes), wrong(outcomes)
    assert outcomes[-1].agrees
    assert outcomes[-1].score_agrees
    assert outcomes[0].where == "table.csv:2"


def test_json_as_blocks_as_rows_and_as_one_indicator(tmp_path: Path) -> None:
    case = CASES["on track to a target"]
    blocks = told(tmp_path, json.dumps(one("1-1-1", case)), "a.json")
    rows = told(tmp_path, json.dumps([{"indicator": "1-1-1", **case}]), "b.json")
    single = told(tmp_path, json.dumps(case), "1-1-1.json")
    assert [len(blocks), len(rows), len(single)] == [2, 1, 1]
    assert not wrong(blocks + rows + single)
    assert {o.indicator for o in blocks + rows + single} == {"1-1-1"}
    assert all(o.agrees for o in blocks + rows + single)


def test_yes_and_no(tmp_path: Path) -> None:
    yes = {"unit": "BOOL_YES_NO", "base_year": 2015, "base_value": 0, "current_year": 2022, "current_value": 1,
           "direction": 1, "status": "target_achieved", "score": 5}
    no = {**yes, "current_value": 0, "status": "target_not_achieved", "score": -5}
    assert not wrong(told(tmp_path, {"1-1-1": {"a": yes}, "1-1-2": {"a": no}}))
    changed = told(tmp_path, {"1-1-1": {"a": {**yes, "current_value": 0}}})
    assert [o.our_status for o in wrong(changed)] == ["target_not_achieved"]
    bare = {"base_value": None, "current_value": None, "direction": 1, "status": "significant_progress", "score": 5}
    silent = told(tmp_path, {"1-1-1": {"a": bare}})
    assert [o.agrees for o in silent if o.level == "series"] == [None]


def test_components_without_a_published_status_get_ours(tmp_path: Path) -> None:
    bare = {k: v for k, v in CASES["moderate"].items() if k not in ("status", "score", "progress_value")}
    outcomes = told(tmp_path, {"1-1-1": {"1-1-1": bare}})
    assert [(o.agrees, o.score_agrees, o.our_status, o.why) for o in outcomes] == [
        (None, None, "moderate_progress", "no status is published: ours alone")] * 2


def test_a_file_in_words_of_another_rule_is_not_compared(tmp_path: Path) -> None:
    other = {**CASES["no target, fast"], "status": "significant_progress"}
    outcomes = told(tmp_path, {"1-1-1": {"1-1-1": other}, "1-1-2": {"1-1-2": CASES["moderate"]}})
    assert {o.agrees for o in outcomes} == {None}
    assert all("significant_progress" in o.why for o in outcomes)


DEPARTURES = {
    "late": block(8, 2015, 1.02, 2016, -1, 1, 2016),
    "zero": {**block(0.001, 2015, 0.01, 2020, 1, 30), "base_value": 0},
    "beyond_limit": block(99, 2015, 98.9, 2016, -1, limit=100),
    "rounding": {**block(1, 2015, 1.005, 2016, 1), "score": -5e-14},
}


@pytest.mark.parametrize("why", DEPARTURES)
def test_a_known_departure_is_told_with_its_reason(why: str, tmp_path: Path) -> None:
    said = wrong(told(tmp_path, one("1-1-1", DEPARTURES[why])))
    assert said
    assert said[0].why == agreement.WHY[why]


def test_a_wrong_status_and_a_wrong_score_are_found(tmp_path: Path) -> None:
    right = CASES["moderate"]
    outcomes = told(tmp_path, {"1-1-1": {"1-1-1": {**right, "status": "deterioration"}},
                               "1-1-2": {"1-1-2": {**right, "score": right["score"] + 2 * SCORE_TOLERANCE}}})
    assert [(o.label, o.agrees, o.score_agrees) for o in wrong(outcomes)][:2] == [
        ("1-1-1", False, True), ("1-1-2", True, False)]


def test_every_word_of_the_method_has_a_published_one() -> None:
    words = {statcan.BEST, *statcan.WORDS.values(), *(s.word for steps in statcan.THRESHOLDS.values() for s in steps)}
    assert words <= set(agreement.METHODS["statcan"])


WRONG = {
    "is no mapping": ("a.yml", "- 3\n", "a row with named columns"),
    "figure": ("a.yml", "1-1-1:\n  base_value: ten\n", "a.yml:1: 1-1-1: base_value is 'ten', expected a number"),
    "infinite": ("a.yml", "1-1-1:\n  current_value: .inf\n", "current_value is '.inf', expected a number"),
    "year": ("a.yml", "1-1-1:\n  base_year: 15\n", "base_year is '15', expected a year such as 2015"),
    "half year": ("a.yml", "1-1-1:\n  base_year: 2015.5\n", "base_year is '2015.5', expected a year"),
    "direction": ("a.yml", "1-1-1:\n  base_value: 1\n  base_year: 2015\n  direction: 0\n",
                  "direction is '0', expected 1, -1, positive or negative"),
    "score": ("a.yml", "1-1-1:\n  base_value: 1\n  base_year: 2015\n  score: 7\n", "score is 7, expected -5 to 5"),
    "same year": ("a.yml", "1-1-1: {base_value: 1, base_year: 2015, current_value: 2, current_year: 2015}\n",
                  "base and current year are both 2015, with different figures (1 and 2)"),
    "no year": ("a.yml", "1-1-1: {base_value: 1}\n", "has a base_value and no base_year"),
    "a tag": ("a.yml", "1-1-1: !!python/object:os.system {}\n", "is not allowed"),
    "twice": ("a.yml", "1-1-1: {score: 1}\n1-1-1: {score: 2}\n", "stands twice"),
    "twice in JSON": ("a.json", '{"1-1-1": {}, "1-1-1": {}}', "stands twice"),
    "no JSON": ("a.json", '{"1-1-1": ', "a.json:1: is no valid JSON"),
    "deep JSON": ("a.json", '{"a":' * 60_000, "a.json"),
    "deep": ("a.yml", "{a: " * 15 + "{base_value: 1, base_year: 2015}" + "}" * 15, "is nested deeper than 12 levels"),
    "text": ("a.yml", "1-1-1: good\n", "a.yml:1: 1-1-1: is 'good', expected a block"),
    "empty": ("a.csv", "", "has no indicator"),
    "cells": ("a.csv", "indicator,base_value\n1-1-1,2,3\n", "a.csv:2: has 3 cells, expected 2 as in line 1"),
    "no name": ("a.csv", "base_value,base_year\n2,2015\n", "a.csv:2: names no indicator"),
    "two columns": ("a.csv", "indicator,base_value,Baseline value\n1,2,3\n", "say the same"),
    "a sheet": ("a.xlsx", "x", "ends in '.xlsx', expected .yml, .yaml, .json, .csv or .tsv"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_file_that_cannot_be_understood_says_where_and_what_was_expected(case: str, tmp_path: Path) -> None:
    name, text, sentence = WRONG[case]
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(MonitorError) as caught:
        components.read(tmp_path / name)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("name", ["a.yml", "a.json", "a.csv"])
def test_a_file_that_is_too_big_not_text_or_not_there(name: str, tmp_path: Path) -> None:
    with pytest.raises(MonitorError, match="cannot be read"):
        components.read(tmp_path / name)
    (tmp_path / name).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MonitorError, match="UTF-8"):
        components.read(tmp_path / name)
    (tmp_path / name).write_bytes(b"a" * (components.LIMIT_BYTES + 1))
    with pytest.raises(MonitorError, match="expected at most"):
        components.read(tmp_path / name)


def test_the_command_counts_and_shows_what_differs(tmp_path: Path) -> None:
    other = {**CASES["limited"], "status": "moderate_progress", "note": "x"}
    body = one("1-1-1", CASES["moderate"]) | one("1-1-2", other)
    file = tmp_path / "indicator_calculation_components.yml"
    file.write_text(json.dumps(body), encoding="utf-8")
    said = CliRunner().invoke(agree, [str(file)])
    assert said.exit_code == 0, said.output
    assert "series: 1 of 2 statuses agree, 2 of 2 scores; 0 not compared" in said.output
    assert "theirs: moderate_progress" in said.output
    assert "ours:   limited_progress" in said.output
    assert "nothing was read from: note" in said.output
    data = json.loads(CliRunner().invoke(agree, [str(file), "--json"]).output)
    assert data[0]["summary"]["series"] == {
        "statuses": 2, "statuses_agree": 1, "scores": 2, "scores_agree": 2, "not_compared": 0}
    assert [o["agrees"] for o in data[0]["outcomes"] if o["level"] == "series"] == [True, False]
    strange = CliRunner().invoke(agree, [str(file), "--method", "sdsn"])
    assert strange.exit_code == 2
    assert "cannot be compared" in strange.output
