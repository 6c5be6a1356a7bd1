"""Recorded crime is read only with its companions, has no colour whatever it reads, and is never ranked."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from lxml import html as lxml_html

from monitor import document, guard, guarded, project, run, ruptures
from monitor.formula import combine
from monitor.judge import judge
from monitor.matrix import MATRIX, Moved, Read, Reading, Way, outcome
from monitor.model import Indicator
from monitor.outputs import html, pdf
from monitor.project import Project
from monitor.results import Assessment, Reason, Status
from monitor.run import Judged
from monitor.scorecard import Guarded
from monitor.series import Series
from monitor.words import Words
from tests import sample
from tests.fiction import indicator, series

ROOT = Path(__file__).parents[1]
REPORTS = ROOT / "reports"
AS_OF = date(2026, 11, 22)
ENGLISH = document.read(REPORTS / "words/en.yaml").tree
WORDS = Words("en", ENGLISH)
UP, DOWN, SAME, UNKNOWN = Way
EVERY = list(itertools.product(Way, repeat=4))


# ------------------------------------------------------------------ the matrix


@pytest.mark.parametrize("ways", EVERY, ids="-".join)
def test_every_combination_has_an_outcome_and_only_the_permitted_ones_say_more(ways: tuple[Way, ...]) -> None:
    recorded, prevalence, reporting, completeness = ways
    better = (recorded, prevalence, reporting, completeness) == (UP, DOWN, UP, SAME)
    worse = (recorded, reporting, completeness) == (DOWN, DOWN, SAME)
    expected = Reading.LIKELY_IMPROVEMENT if better else Reading.WARNING if worse else Reading.CANNOT_TELL
    assert outcome(*ways).reading is expected


def test_every_row_of_the_matrix_decides_somewhere_and_has_its_words_and_its_source() -> None:
    assert {outcome(*ways).why for ways in EVERY} == {cell.why for cell in MATRIX}
    assert all(WORDS.has(f"guard.why.{cell.why}") and cell.source for cell in MATRIX)
    assert all(WORDS.has(f"guard.{key}.{r}") for r in Reading for key in ("reading", "symbol"))


# ------------------------------------------------------------------ noise


@pytest.mark.parametrize(("one", "other", "differ"), [
    (0, 3, False), (0, 5, False), (0, 6, True), (6, 0, True), (5, 10, False), (10, 24, True), (100, 100, False),
    (100, 125, False), (100, 132, True), (10_000, 10_100, False), (10_000, 10_400, True), (158_018, 62_518, True),
])
def test_counts_differ_beyond_chance_or_not(one: float, other: float, differ: bool) -> None:
    assert guard.apart(one, other) is differ


def test_the_normal_curve_takes_over_where_it_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [(k, 1900 - k) for k in range(850, 951)]
    exact = [guard.apart(*pair) for pair in pairs]
    monkeypatch.setattr(guard, "MANY", 0)
    curve = [guard.apart(*pair) for pair in pairs]
    assert exact == curve
    assert {True, False} <= {*exact}


def reading(
    recorded: str = "DEU 2015 100;DEU 2023 150", prevalence: str = "DEU 2015 9;DEU 2023 6",
    reporting: str = "DEU 2015 40;DEU 2023 50", completeness: str = "DEU 2015 4;DEU 2023 4",
    changed: Series | None = None, **more: Indicator,
) -> Read:
    """The reading of Germany, on made-up figures. ``more`` replaces or adds indicators."""
    matrix = {"prevalence": ["P"], "reporting": ["R"], "completeness": ["C"]}
    known = {
        "X": indicator("X", direction="ambiguous_needs_companion", scale="count", reading_matrix=matrix),
        "P": indicator("P", least_change={"by": 1, "because": "Made up."}),
        "R": indicator("R", least_change={"by": 2, "because": "Made up."}),
        "C": indicator("C", scale="index"), **more,
    }
    texts = {"X": recorded, "P": prevalence, "R": reporting, "C": completeness}
    figures = Series.concat([*(series(text, key) for key, text in texts.items()), changed or Series.empty()])
    judged = judge(known, figures, ["DEU"], [], {}, AS_OF)
    return guard.readings(known, figures, judged, AS_OF)["X", "DEU"]


def test_an_interval_the_publisher_gives_comes_before_a_rule_of_thumb() -> None:
    def survey(half: float) -> Series:
        return Series(series("DEU 2015 9;DEU 2023 6", "P").frame.with_columns(
            lower_bound=pl.col("obs_value") - half, upper_bound=pl.col("obs_value") + half))

    sure, unsure = (reading(prevalence="", changed=survey(half)) for half in (2.1, 2.2))
    assert (sure.reading, unsure.reading) == (Reading.LIKELY_IMPROVEMENT, Reading.CANNOT_TELL)
    assert math.hypot(2.1, 2.1) < 3 < math.hypot(2.2, 2.2)
    assert {m.why for m in sure.moves if m.role == "prevalence"} == {"interval"}


def matrix(**roles: object) -> Indicator:
    return indicator("X", direction="ambiguous_needs_companion", scale="count", reading_matrix={
        "prevalence": ["P"], "reporting": ["R"], "completeness": ["C"], **roles})


def test_the_margin_a_matrix_names_counts_instead_of_the_companions_own() -> None:
    wide = matrix(prevalence=[{"indicator": "P", "least_change": {"by": 5, "because": "Made up."}}])
    assert reading(X=wide).cell.why == "undecided"


def test_surveys_that_contradict_each_other_are_no_answer() -> None:
    two, other = matrix(prevalence=["P", "Q"]), indicator("Q", least_change={"by": 1, "because": "Made up."})
    assert reading(X=two, Q=other).reading is Reading.LIKELY_IMPROVEMENT  # one has no figures
    rising = series("DEU 2015 6;DEU 2023 9", "Q")
    assert reading(X=two, Q=other, changed=rising).cell.why == "prevalence_unknown"


def test_of_completeness_everything_must_be_known_and_unchanged() -> None:
    both, other = matrix(completeness=["C", "D"]), indicator("D", scale="index")
    assert reading(X=both, D=other).cell.why == "completeness_unknown"
    assert reading(X=both, D=other, changed=series("DEU 2015 2;DEU 2023 3", "D")).cell.why == "completeness_changed"
    assert reading(X=both, D=other, changed=series("DEU 2015 2;DEU 2023 2", "D")).cell.why == "more_report"
    elsewhere = indicator("D", scale="index", applies_to=["FRA"])  # says nothing of Germany
    assert reading(X=both, D=elsewhere).cell.why == "more_report"


def test_a_companion_that_was_left_out_of_the_project_is_not_taken_for_unchanged() -> None:
    assert reading(X=matrix(completeness=["C", "GONE"])).cell.why == "completeness_unknown"


def test_a_rate_is_told_from_chance_by_the_count_behind_it() -> None:
    rate = indicator("X", direction="ambiguous_needs_companion", scale="rate", reading_matrix={
        "count": "N", "prevalence": ["P"], "reporting": ["R"], "completeness": ["C"]})
    count, text = indicator("N", scale="count"), "DEU 2015 1.0;DEU 2023 1.5"
    many, few = series("DEU 2015 100;DEU 2023 150", "N"), series("DEU 2015 10;DEU 2023 15", "N")
    assert reading(text, X=rate, N=count, changed=many).reading is Reading.LIKELY_IMPROVEMENT
    assert reading(text, X=rate, N=count, changed=few).cell.why == "recorded_same"
    assert reading(text, X=rate, N=count).cell.why == "recorded_unknown"


def test_there_is_no_reading_where_the_figure_itself_cannot_serve() -> None:
    known = {"X": matrix()}
    old = judge(known, series("DEU 2010 100;DEU 2015 150"), ["DEU", "FRA"], [], {}, AS_OF)
    assert [a.reason for a in old] == [Reason.TOO_OLD, Reason.NO_DATA]
    assert guard.readings(known, Series.empty(), old, AS_OF) == {}


# ------------------------------------------------------------------ breaks that are declared

FBI = [{"period": "2021", "areas": ["USA"], "what": "fewer agencies took part", "source": "A newspaper.",
        "confidence": "V2"}]


def test_a_declared_break_marks_the_first_figure_of_the_new_series_and_nothing_else() -> None:
    figures = series("USA 2020 9;USA 2021 -;USA 2022 5;USA 2023 6;DEU 2021 3;USA 2022 2 A sex=F")
    marked = ruptures.mark(figures, indicator(breaks=FBI)).frame
    broken = marked.filter(obs_status="B").select("ref_area", "time_period", "breakdown").rows()
    assert broken == [("USA", "2022", "_T"), ("USA", "2022", "sex=F")]
    assert marked.drop("obs_status", "comment_obs").equals(figures.frame.drop("obs_status", "comment_obs"))
    assert set(marked.filter(obs_status="B")["comment_obs"]) == {f"{ruptures.COMMENT}fewer agencies took part"}
    assert ruptures.mark(figures, indicator()) is figures


def test_a_break_reaches_what_is_computed_from_the_figures() -> None:
    recorded = ruptures.mark(series("USA 2020 9;USA 2021 5"), indicator(breaks=FBI))
    rate = combine("recorded / people", {"recorded": recorded, "people": series("USA 2020 3;USA 2021 3")}, "Y")
    assert rate.frame.sort("time_period")["obs_status"].to_list() == ["A", "B"]


@pytest.mark.parametrize(("area", "newest", "said"), [("USA", "2023", 1), ("USA", "2020", 0), ("DEU", "2023", 0)])
def test_a_break_is_told_where_figures_stand_after_it(area: str, newest: str, said: int) -> None:
    judged = Assessment("X", area, Status.NOT_ASSESSED, Reason.NEEDS_COMPANION, time_period=newest)
    told = ruptures.said(WORDS, indicator(breaks=FBI), judged)
    assert len(told) == said
    assert all("From 2021 on: fewer agencies took part" in one and "(to be confirmed with" in one for one in told)


# ------------------------------------------------------------------ what a reader sees


def test_every_way_a_figure_can_have_moved_has_its_words() -> None:
    known = {"X": matrix(), "P": indicator("P")}
    grounds = ("poisson", "least_share", "interval", "least_change", "exact")
    unknown = ("no_figure", "no_measure", "no_window", "windows_differ", "one_figure", "no_count", "no_margin")
    source = (ROOT / "monitor/guard.py").read_text(encoding="utf-8")
    assert {*re.findall(r'"((?:no|one|windows)_[a-z]+)"', source)} == {*unknown}
    for why in grounds:
        for way in (UP, DOWN, SAME):
            said = fact(known, Moved("prevalence", "P", way, why, 1.0, "2015", 2.0, "2023", 0.1))
            assert "[guard" not in said, said
            assert "(2023)" in said, said
    for why in unknown:
        assert "guard." not in fact(known, Moved("reporting", "P", UNKNOWN, why, value=2.0, period="2019"))
    assert fact(known, Moved("completeness", "", UNKNOWN, "no_measure")) == (
        "How completely it is recorded: nothing that would tell is known for this area.")


def test_a_survey_without_figures_is_named_only_where_none_has_any() -> None:
    known = {"P": indicator("P", title="First"), "Q": indicator("Q", title="Second")}
    none = [Moved("prevalence", key, UNKNOWN, "no_figure") for key in known]
    old = Moved("prevalence", "Q", UNKNOWN, "windows_differ", value=2.0, period="2010")
    assert all(name in fact(known, *none) for name in ("First", "Second"))
    assert "First" not in fact(known, none[0], old)
    steady = [replace(m, role="completeness") for m in (none[0], old)]  # all of these count
    assert "First" in fact(known, *steady)


def fact(known: dict[str, Indicator], *moved: Moved) -> str:
    told = guarded.say(WORDS, known, Read(MATRIX[-1], (UP,), moved), lambda _, value: str(value))
    assert told
    return told.facts[0]


SHOWN = Guarded("warning", "warning", "Fewer victims report.", ("Recorded: down from 9 (2015) to 5 (2023).",))
TOKENS = dict(document.read(REPORTS / "tokens.yaml", typed=True).tree)


def test_a_reading_has_a_sign_and_a_word_of_its_own_and_no_colour_of_a_status() -> None:
    card = sample.scorecard()
    line = replace(card.blocks[1].lines[0], guarded=SHOWN, status="not_assessed", reason="needs_companion")
    card = replace(card, blocks=(replace(card.blocks[1], lines=(line,)),))
    page: Any = lxml_html.fromstring(html.render(card, WORDS, (REPORTS,), TOKENS, {}))
    (shown,) = page.xpath("//*[@class='reading']")
    assert "! warning" in " ".join(shown.text_content().split())
    assert SHOWN.text in shown.text_content()
    assert SHOWN.facts[0] in shown.text_content()
    classes = {one for node in shown.iter() for one in (node.get("class") or "").split()}
    assert not classes & {"chip", *Status}
    printed = pdf.render(card, WORDS, (REPORTS,), TOKENS, {})
    assert printed.startswith(b"%PDF")


# ------------------------------------------------------------------ the flagship


@pytest.fixture(scope="module")
def flagship() -> Project:
    return project.load(ROOT)


@pytest.fixture(scope="module")
def judged(flagship: Project) -> Judged:
    alone = [flagship.indicators[key] for key in ("IND-13", "IND-13d")]  # companions come without being asked for
    return run.assess(flagship, as_of=AS_OF, now="2026-11-22T00:00:00Z", areas=["USA", "CAN", "DEU", "SWE"],
                      indicators=alone, offline=True)


def test_recorded_crime_reads_and_has_no_status(judged: Judged) -> None:
    assert len(judged.assessments) == 8
    for one in judged.assessments:
        assert (one.status, one.reason) == (Status.NOT_ASSESSED, Reason.NEEDS_COMPANION)
        assert one.reading == judged.evidence.readings[one.indicator, one.ref_area].reading == "cannot_tell"


def test_figures_before_and_after_a_declared_break_are_not_compared(judged: Judged) -> None:
    for key in ("IND-13", "IND-13d"):
        read = judged.evidence.readings[key, "USA"]
        assert (read.moves[0].base_period, read.moves[0].period) == ("2021", "2023")
        assert {m.why for m in read.moves if m.indicator in ("IND-14c", "IND-15c")} == {"windows_differ"}
        assert judged.evidence.readings[key, "DEU"].moves[0].base_period == "2015"
        assert judged.evidence.readings[key, "SWE"].moves[0].base_period == "2020"  # another selection of cases


def test_no_recorded_crime_may_be_sorted_by(flagship: Project) -> None:
    guarded_ones = [i for i in flagship.indicators.values() if i.reading_matrix]
    assert {i.id for i in guarded_ones} >= {"IND-13", "IND-13b", "IND-13c", "IND-13d", "IND-19"}
    assert not [i.id for i in guarded_ones if i.comparable]
