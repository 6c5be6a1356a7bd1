"""What a card says of promises: nothing invented, blanks named, civil society beside governments."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor import account, annex, face
from monitor.scorecard import Scorecard

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def monitor() -> face.Monitor:
    return face.load(ROOT)


@pytest.fixture(scope="module")
def card(monitor: face.Monitor) -> Scorecard:
    return monitor.scorecard("BGD")


def test_a_governments_own_commitment_is_on_its_card_and_on_no_other(monitor: face.Monitor, card: Scorecard) -> None:
    assert [p.id for p in card.promises] == ["C2015-1"]
    words = monitor.project.words("en")
    assert "C2015-1" not in {p.id for p in account.promises(monitor.project, words, "DEU")}
    common = [c.id for c in monitor.project.mandate.commitments.values() if not c.areas]
    assert f"{len(common)} commitments of civil society" in card.promises_text
    page = {chapter.key: chapter for chapter in annex.chapters(monitor.project, words)}
    assert {*common} <= {one.id for one in page["commitments"].entries}
    assert "no commitment of the government" in monitor.scorecard("DEU").promises_text


def test_a_promise_without_evidence_is_not_called_kept_or_broken(card: Scorecard) -> None:
    for promise in card.promises:
        assert promise.evidence or promise.status in ("pledged", "unknown", "no_actor_assigned"), promise


def test_a_question_without_an_answer_says_so(card: Scorecard) -> None:
    assert {"Q2018-1", "Q2018-2", "Q2018-3", "Q2018-4"} <= {q.id for q in card.questions}
    assert all(q.answer.startswith("No answer is on record here.") for q in card.questions)


def test_a_form_left_blank_is_shown_as_blank(card: Scorecard) -> None:
    women, children = card.groups
    assert (women.id, children.id) == ("X-WOMEN", "X-CHILD")
    assert women.said[0] == (
        "The form was left blank at this place (session report, Civil Society Days of the Global Forum on Migration "
        "and Development, Dhaka, December 2016)."
    )
    assert all("women" in text for text in women.measured)


def test_all_objectives_of_the_compact_stand_there_with_and_without_indicators(card: Scorecard) -> None:
    assert [o.number for o in card.objectives] == list(range(1, 24))
    assert all(o.figures <= o.indicators for o in card.objectives)
    assert any(o.indicators == 0 for o in card.objectives)


def test_examples_stand_with_their_grade_and_not_where_all_goes_well(monitor: face.Monitor, card: Scorecard) -> None:
    assert any(block.examples for block in card.blocks)
    assert all(e.evidence for block in card.blocks for e in block.examples)
    words, project = monitor.project.words("en"), monitor.project
    recommendation = project.recommendations["R2016-4"]
    well = [line for block in card.blocks for line in block.lines if line.status == "achieved"]
    assert well and account.examples(project, words, recommendation, well) == ()


def test_every_recommendation_is_on_the_card_measured_or_with_the_reason(card: Scorecard) -> None:
    measured, named = {block.id for block in card.blocks}, {one.id: one for one in card.unmeasured}
    assert len(measured) + len(named) == 38 and not measured & named.keys()
    assert {"R2015-5", "R2015-12", "R2016B-7", "R2016B-13"} <= named.keys()
    assert all(one.text and one.why and one.year for one in named.values())
    assert "Turin's work on diversity" in {example.title for example in named["R2015-5"].examples}


def test_the_page_of_the_mandate_holds_every_item_and_every_indicator(monitor: face.Monitor) -> None:
    project = monitor.project
    entries = [one for chapter in annex.chapters(project, project.words("en")) for one in chapter.entries]
    known = {item.id for _, item in project.mandate.each()} | {*project.indicators} | {*project.mandate.documents}
    assert {one.id for one in entries} == known and len(entries) == len(known)
    by_id = {one.id: one for one in entries}
    assert dict(by_id["M-1"].facts)["Value"] == (
        "12 % of articles on migration that quote at least one migrant; 95 % interval 9.6 to 14.9",)
    assert "counter-productive policy" in dict(by_id["CP2018-1"].facts)["Kind"]
    assert dict(by_id["IND-54a"].facts)["What it is for"] == (project.indicators["IND-54a"].purpose,)


def test_a_figure_of_women_has_its_unit_and_the_whole_beside_it(monitor: face.Monitor) -> None:
    women = next(group for group in monitor.scorecard("DEU").groups if group.id == "X-WOMEN")
    gap = next(text for text in women.measured if text.startswith("Employment gap"))
    assert re.search(r": [\d.]+ percentage points.* \(women, \d{4}\); all together [\d.]+$", gap), gap


def test_a_title_that_nobody_compared_is_marked_wherever_it_stands(card: Scorecard) -> None:
    assert [o.number for o in card.objectives if o.title.endswith("(title unconfirmed)")] == list(range(1, 12))
    for said in [*(t for b in card.blocks for t in b.gcm), *(t for line in card.lines() for t in line.gcm)]:
        assert said.endswith("(title unconfirmed)") is (int(said.split()[0]) <= 11), said
