"""``monitor explain``: the whole reasoning as sentences, on the fictional project; and the words they are made of."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.cli import cli
from monitor.explain_cli import WIDTH
from monitor.judge import judge
from monitor.methods import statcan
from monitor.project import load
from monitor.reasoning import reasonings
from monitor.results import Reason
from monitor.why import Case, digits, fragile, outward, sentences
from monitor.words import Words
from tests.fiction import frame, indicator, target
from tests.test_reasoning import AS_OF, FALLING

TINY = Path(__file__).parent / "projects/tiny"


def explain(*arguments: str) -> Result:
    common = ["--project", str(TINY), "--offline", "--as-of", "2026-11-22"]
    return CliRunner().invoke(cli, ["explain", *arguments, *common])


def as_json(*arguments: str) -> dict[str, Any]:
    result = explain(*arguments, "--json")
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


@pytest.fixture(scope="module")
def words() -> Words:
    return load(TINY).words("en")


def said(words: Words, points: dict[int, float], **declared: Any) -> tuple[Case, str]:
    i = indicator(**declared)
    figures = frame([("X", "DEU", "_T", str(year), value, "A") for year, value in points.items()])
    one, = judge({"X": i}, figures, ["DEU"], [], {}, AS_OF)
    case = Case(words, i, one, reasonings({"X": i}, figures, [one], AS_OF).get(("X", "DEU")))
    return case, "\n".join(sentences(case))


# ------------------------------------------------------------------ the command


def test_the_whole_reasoning_is_told_within_the_width_of_a_terminal() -> None:
    result = explain("TINY-1", "XAA")
    assert result.exit_code == 0, result.output
    assert max(map(len, result.stdout.splitlines())) <= WIDTH
    text = " ".join(result.stdout.split())
    for part in ("Cost of sending money home: Exampleland", "What it counts:", "Status:",
                 "2030 Agenda, SDG target 10.c",
                 "Why this status", "Its thresholds", "It rests on",
                 "Were the newest figure alone",
                 "other methods that judge these figures", "Quality of the evidence:", "Where the figures come from"):
        assert part in text, part


def test_the_numbers_of_the_sentences_are_those_of_the_data() -> None:
    told = as_json("TINY-1", "XAA")
    assert (told["indicator"], told["area"], told["as_of"]) == ("TINY-1", "XAA", "2026-11-22")
    text, reasoning = " ".join(told["why"]), told["reasoning"]
    judging = [one for one in reasoning["others"] if one["reason"] is None]
    agreeing = sum(one["status"] == told["line"]["status"] for one in judging)
    assert re.search(rf"Of {len(judging)} other methods .*, {agreeing} gives? the same", text)
    for flip in filter(None, (reasoning["higher"], reasoning["lower"])):
        assert re.search(rf"alone [\d.]+ percentage points? {'higher' if flip['move'] > 0 else 'lower'}", text)


def test_what_is_not_assessed_says_which_gate_and_what_would_have_to_change() -> None:
    told = as_json("TINY-3", "XBB")
    assert told["line"]["status"] == "not_assessed"
    assert told["reasoning"] is None
    assert len(told["why"]) == 2
    assert "A judgement needs" in told["why"][1]
    assert "Why there is no status" in explain("TINY-3", "XBB").stdout


def test_an_unknown_indicator_or_area_is_named_with_the_nearest_one() -> None:
    wrong = explain("TINY-9", "XAA")
    assert wrong.exit_code == 10
    assert "TINY-9" in wrong.stderr
    nowhere = explain("TINY-1", "XAC")
    assert nowhere.exit_code == 10
    assert "XAC" in nowhere.stderr


def test_a_date_that_is_none_is_refused() -> None:
    result = CliRunner().invoke(cli, ["explain", "TINY-1", "XAA", "--project", str(TINY), "--as-of", "tomorrow"])
    assert result.exit_code == 2
    assert "'tomorrow' is no date" in result.stderr


# ------------------------------------------------------------------ the sentences


def test_the_thresholds_told_are_read_from_the_methods_data(words: Words) -> None:
    _, text = said(words, FALLING, targets=[target(5)])
    for status, least in statcan.PACE.items():
        assert f"{words(f'status.{status}')} from {words.number(100 * least, 0)}" in text


def test_a_status_is_called_fragile_under_five_per_cent_only(words: Words) -> None:
    # halving in 15 years needs 4.5 % a year: 60 % of that leads to 7.81 in nine
    near, _ = said(words, {2015: 10, 2024: 7.75}, targets=[target(5)], scale="rate", unit="a year")
    assert near.reasoning and near.reasoning.nearest
    assert fragile(near) == "flips to little or no progress if the newest figure is 0.78\u00a0% higher"
    far, _ = said(words, {2015: 10, 2024: 7.2}, targets=[target(5)], scale="rate", unit="a year")
    assert far.reasoning and far.reasoning.nearest and far.reasoning.nearest.share
    assert far.reasoning.nearest.share > 0.05
    assert fragile(far) == ""


def test_the_figure_that_a_sentence_calls_enough_is_enough(words: Words) -> None:
    case, text = said(words, {2015: 10, 2024: 7.75}, targets=[target(5)], scale="rate", unit="a year")
    told = float(re.search(r"higher, at ([\d.]+)", text)[1])  # type: ignore[index]
    again, _ = said(words, {2015: 10, 2024: told}, targets=[target(5)], scale="rate", unit="a year")
    assert case.reasoning and case.reasoning.higher
    assert again.judged.status is case.reasoning.higher.status


def test_a_yes_or_no_is_told_by_its_answer_and_asks_no_other_method(words: Words) -> None:
    _, text = said(words, {2015: 0, 2024: 1}, scale="binary", method="binary", direction="up_good")
    assert "Were the newest answer the other one (no), the status would be: not in place." in text
    assert "other methods" not in text


def test_the_chance_is_told_where_the_method_gives_one(words: Words) -> None:
    case, text = said(words, FALLING, targets=[target(5)], method="outlook")
    assert case.judged.probability is not None
    assert f"is put at {words.number(100 * case.judged.probability, 0)} %" in text


def test_no_flip_within_the_limit_is_said_with_the_limit(words: Words) -> None:
    _, text = said(words, {2015: 10, 2024: 40}, scale="rate", targets=[target(5)])
    assert "No newest figure up to 20 higher or lower changes the status." in text


def test_every_reason_has_a_sentence_that_says_what_would_have_to_change(words: Words) -> None:
    assert [r for r in Reason if not words.has(f"why.needed.{r}")] == []


@pytest.mark.parametrize(("value", "move", "decimals", "told"), [
    (5.07094, -0.6, 2, 5.07), (5.7188, 0.01, 2, 5.72), (5.72, 0.01, 2, 5.72), (-3.121, -1, 1, -3.2),
    (903.0, 1, 0, 903)])
def test_a_number_is_rounded_on_in_the_way_it_moves(value: float, move: float, decimals: int, told: float) -> None:
    assert outward(value, move, decimals) == told


def test_two_digits_tell_a_small_number() -> None:
    assert [digits(x) for x in (0, 12.3, 3, 1.25, 0.64, 0.0089, 1e-9)] == [0, 0, 0, 1, 2, 4, 6]
