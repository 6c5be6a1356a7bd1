"""For a shadow report, and the right of reply: what they hold, and that tables open harmlessly in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

from monitor.outputs import reply, shadow
from monitor.scorecard import Scorecard
from monitor.words import Words
from tests.test_pdf import ENGLISH, NASTY, card, lines_changed, texts

WORDS = Words("en", ENGLISH)


def rows(made: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made.decode())))


def judged(plain: Scorecard) -> list[str]:
    return [line.id for line in plain.lines() if line.status in shadow.SHORT]


def test_each_indicator_that_falls_short_is_one_issue_with_evidence_question_and_recommendation() -> None:
    plain = card("plain")
    found = shadow.issues(plain, WORDS)
    fallen = [one for one in found if one.status]
    assert sorted(one.id for one in fallen) == sorted(judged(plain)) and fallen
    order = [shadow.SHORT.index(one.status) for one in fallen]
    assert order == sorted(order)  # the worst first
    lines = {line.id: line for line in plain.lines()}
    blocks = {block.id: block for block in plain.blocks}
    for one in fallen:
        assert lines[one.id].sentence in one.evidence and one.issue in one.question
        assert one.recommendation == blocks[one.recommendation_id].text  # word for word
        assert all(c.url in " ".join(one.sources) for c in lines[one.id].citations)


def test_a_recommendation_without_a_figure_is_an_issue_too() -> None:
    found = shadow.issues(card("no figures"), WORDS)
    assert [one.id for one in found] == [block.id for block in card("no figures").blocks]
    assert all(not one.status and "public figures" in one.question for one in found)


def test_what_is_well_is_no_issue() -> None:
    well = lines_changed(card("plain"), status="on_track")
    assert shadow.issues(well, WORDS) == []


def test_the_report_says_the_same_as_pdf_text_and_table() -> None:
    plain = card("plain")
    said, text, table = " ".join(texts("plain", "shadow")), shadow.markdown(plain, WORDS).decode(), rows(
        shadow.table(plain, WORDS))
    assert [row["id"] for row in table] == [one.id for one in shadow.issues(plain, WORDS)]
    for one in shadow.issues(plain, WORDS):
        assert one.issue in said and one.question in said
        assert f"## {one.issue}" in text and one.evidence in text.replace("\\", "")


def test_a_text_is_no_markup_and_a_cell_no_formula() -> None:
    hostile = lines_changed(card("plain"), title="=1+1 <b> *x*", sentence=NASTY)
    text = shadow.markdown(hostile, WORDS).decode()
    assert "<b>" not in re.sub(r"\\<", "", text) and "\\*x\\*" in text
    assert all(row["issue"].startswith("'=") for row in rows(shadow.table(hostile, WORDS)) if row["status"])
    assert all(row["title"].startswith("'=") for row in rows(reply.table(hostile, WORDS)) if row["value"])


def test_the_form_has_room_for_an_answer_to_every_figure_and_question() -> None:
    plain = card("plain")
    said, table = " ".join(texts("plain", "reply")), rows(reply.table(plain, WORDS))
    with_figure = [line for line in plain.lines() if line.latest]
    assert [row["id"] for row in table] == [*(line.id for line in with_figure), *(q.id for q in plain.questions)]
    assert all(row[name] == "" for row in table for name in reply.OPEN)
    assert said.count("☐") == 0 and said.count(" yes") >= len(with_figure)
    for asked in plain.questions:
        assert asked.text in said


def test_what_is_not_there_is_not_asked() -> None:
    bare = replace(card("nothing at all"), questions=())
    assert rows(reply.table(bare, WORDS)) == [] and shadow.issues(bare, WORDS) == []
