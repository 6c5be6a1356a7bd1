"""What a card says of promises: nothing invented, blanks named, civil society beside governments."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import account, face
from monitor.scorecard import Scorecard

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def monitor() -> face.Monitor:
    return face.load(ROOT)


@pytest.fixture(scope="module")
def card(monitor: face.Monitor) -> Scorecard:
    return monitor.scorecard("BGD")


def test_a_governments_own_commitment_comes_first_and_on_no_other_card(monitor: face.Monitor, card: Scorecard) -> None:
    assert card.promises[0].id == "C2015-1"
    words = monitor.project.words("en")
    assert "C2015-1" not in {p.id for p in account.promises(monitor.project, words, "DEU")}
    own = {c.id for c in monitor.project.mandate.commitments.values() if not c.areas}
    assert {p.id for p in card.promises[1:]} == own


def test_a_promise_without_evidence_is_not_called_kept_or_broken(card: Scorecard) -> None:
    for promise in card.promises:
        assert promise.evidence or promise.status in ("pledged", "unknown", "no_actor_assigned"), promise


def test_a_question_without_an_answer_says_so(card: Scorecard) -> None:
    assert {"Q2018-1", "Q2018-2", "Q2018-3", "Q2018-4"} <= {q.id for q in card.questions}
    assert all(q.answer.startswith("No answer is on record here.") for q in card.questions)


def test_a_form_left_blank_is_shown_as_blank(card: Scorecard) -> None:
    women, children = card.groups
    assert (women.id, children.id) == ("X-WOMEN", "X-CHILD")
    assert women.said[0] == "The form was left blank at this place (document S1)."
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
