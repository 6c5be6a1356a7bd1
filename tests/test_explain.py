"""``monitor explain``: the whole reasoning as sentences, on the fictional project; and the words they are made of."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor import plugins, terminal
from monitor.cli import cli
from monitor.evidence import Evidence
from monitor.explain_cli import WIDTH
from monitor.judge import judge
from monitor.line import Observations, Sayer
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
                 "Why this status", "Its thresholds", "It compares two figures",
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


# ------------------------------------------------------------------ what a status rests on


def test_a_rule_of_two_figures_says_which_and_that_the_others_are_not_used(words: Words) -> None:
    _, text = said(words, FALLING, targets=[target(5)])
    assert "It compares two figures, that of 2015 and that of 2024. The 4 between them are shown and not used." in text
    assert "It rests on" not in text
    _, bare = said(words, {2015: 10, 2024: 8}, targets=[target(5)])
    assert "It compares two figures, that of 2015 and that of 2024.\n" in bare
    _, whole = said(words, FALLING, targets=[target(5)], method="outlook")
    assert "It rests on 6 figures, from 2015 to 2024." in whole


def test_what_is_said_to_be_unused_is_unused_and_what_counts_counts(words: Words) -> None:
    """Another figure in the middle changes no status and no measured number of a rule of two figures."""
    for name in plugins.names("methods"):
        uses = plugins.module("methods", name).USES
        assert uses in ("two", "all", "newest"), name
        i = indicator(method=name, targets=[target(5)])
        if uses != "two" or plugins.module("methods", name).fits(i):
            continue
        one, other = (said(words, {**FALLING, 2021: middle}, method=name, targets=[target(5)])[0].judged
                      for middle in (8.0, 9.9))
        assert (one.status, one.ratio, one.rate) == (other.status, other.ratio, other.rate), name


def test_a_yes_or_no_rests_on_the_newest_answer_and_a_loss_on_two(words: Words) -> None:
    law: dict[str, Any] = {"scale": "binary", "method": "binary", "direction": "up_good"}
    assert "It rests on one figure, that of 2024." in said(words, {2015: 0, 2020: 0, 2024: 1}, **law)[1]
    assert "that of 2015 and that of 2024." in said(words, {2015: 1, 2020: 1, 2024: 0}, **law)[1]


@pytest.mark.parametrize("declared", [{"targets": [target(5)]}], ids=["target"])
def test_one_figure_that_meets_a_target_is_not_said_to_be_two(words: Words, declared: dict[str, Any]) -> None:
    case, text = said(words, {2024: 0}, **declared)
    assert case.judged.status == "achieved" and case.judged.points == 1
    assert "at least 2 figures" not in text
    assert "A target that is met, or a natural limit that is reached, needs no second figure." in text
    _, two = said(words, FALLING, targets=[target(5)])
    assert "at least 2 figures" in two and "no second figure" not in two


def test_a_target_met_and_lost_is_named_with_its_year_and_figure() -> None:
    """On track all the same: the note says what the status does not."""
    project = load(TINY)
    i = indicator(direction="down_good", targets=[target(3)])
    project.indicators["X"] = i
    points = {2015: 10.0, 2018: 2.5, 2020: 1.0, 2024: 4.0}
    cells = frame([("X", "DEU", "_T", str(y), v, "A") for y, v in points.items()])
    seen, [one] = Observations(cells, ["DEU"]), judge({"X": i}, cells, ["DEU"], [], {}, AS_OF)
    assert (one.status, one.note) == ("on_track", "met_between")
    line = Sayer(project, project.words("en"), Evidence(frame([]), as_of=AS_OF), [], seen).line(i, one)
    assert line.notes[0].replace("\u00a0", " ") == "The target was met in 2020 (1.0 %) and is lost since."


# ------------------------------------------------------------------ what stands beside the status


@pytest.mark.parametrize(("indicator", "area", "parts"), [
    ("IND-13", "SWE", ("Read with its companions: cannot tell", "Recorded by the police: down from 3,150 (2020)",
                       "read only beside “People of immigrant background who met violence")),
    ("IND-35c", "SWE", ("Comparison - European Union (27)", "Gaps: citizenship - Worst off: foreign citizens")),
])  # fmt: skip
def test_matrix_comparison_and_gaps_are_told_and_companions_by_title(
    indicator: str, area: str, parts: tuple[str, ...]
) -> None:
    root = Path(__file__).parents[1]
    result = CliRunner().invoke(cli, ["explain", indicator, area, "--project", str(root), "--offline", "--as-of",
                                      "2026-11-22"])
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.replace("\u00a0", " ").split())
    for part in parts:
        assert part in text, part
    assert not re.search(r"IND-(?!13\b|35c\b)\d", text)


# ------------------------------------------------------------------ small and absurd flips


def test_a_figure_exactly_at_a_cutoff_is_said_to_stand_there(words: Words) -> None:
    case, text = said(words, {2015: 10, 2024: 5}, targets=[target(5)])
    assert "stands exactly at the cut-off: were it any higher, the status would be: on track." in text
    assert fragile(case) == "stands exactly at the cut-off to on track"
    assert "0.0000" not in text


def test_no_move_is_named_that_is_smaller_than_the_publishers_grain(words: Words) -> None:
    """60 % of the pace needed leads to 7.813: the next figure with one decimal is 7.9."""
    _, text = said(words, {2015: 10, 2024: 7.8}, targets=[target(5)])
    assert "Were the newest figure alone 0.10 percentage points higher, at 7.90 %" in text.replace("\u00a0", " ")
    _, finer = said(words, {2015: 10, 2020: 8.25, 2024: 7.8}, targets=[target(5)])
    assert re.search(r"alone 0\.01\d? percentage points? higher, at 7\.81", finer)


def test_a_large_step_of_a_score_is_not_called_fragile(words: Words) -> None:
    case, _ = said(words, {2015: 10, 2020: 10, 2024: 10}, scale="index", decimals=0, bounds=[-100, 100],
                   direction="up_good", targets=[target(60)])
    assert case.reasoning and case.reasoning.nearest
    assert fragile(case) == ""


# ------------------------------------------------------------------ what must not be misread


def test_a_linear_pace_is_told_as_a_change_of_the_figure_and_a_share_of_the_base(words: Words) -> None:
    _, text = said(words, {2015: 10, 2024: 5.77}, scale="difference", targets=[target(2)])
    assert "observed is one of −0.47 a year (−4.7\u00a0% of the base figure)." in text
    _, compound = said(words, FALLING, targets=[target(5)])
    assert "of the base figure" not in compound


def test_other_methods_are_not_asked_at_a_natural_limit(words: Words) -> None:
    case, text = said(words, {2015: 4, 2020: 1, 2024: 0}, bounds=[0, 100])
    assert case.reasoning and case.reasoning.others == ()
    assert "they do not know that it cannot become better" in text
    assert said(words, {2015: 4, 2020: 1, 2024: 0}, bounds=[0, 100], targets=[target(0)])[0].reasoning.others  # type: ignore[union-attr]


def test_the_chart_compares_nothing_across_a_break() -> None:
    project = load(TINY)
    project.indicators["X"] = i = indicator(targets=[target(3)])
    cells = frame([("X", "DEU", "_T", str(y), v, "B" if y == 2020 else "A")
                   for y, v in {2009: 58.0, 2015: 40.0, 2020: 9.0, 2022: 8.0}.items()])
    one, = judge({"X": i}, cells, ["DEU"], [], {}, AS_OF)
    told = Sayer(project, project.words("en"), Evidence(frame([]), as_of=AS_OF), [], Observations(cells, ["DEU"])).line(
        i, one)
    assert "2009" not in told.chart_title + told.chart_text
    assert "9.0\u00a0% in 2020, 8.0\u00a0% in 2022" in told.chart_title
    assert told.chart_text.endswith("2 earlier values are shown and not compared: the series breaks in 2020.")


@pytest.mark.parametrize(("days", "told"), [(-394, "retrieved after that day"), (0, "0 days old"), (1, "1 day old")])
def test_an_answer_that_came_after_the_day_asked_about_has_no_age(days: int, told: str) -> None:
    assert terminal._old(days) == told
