"""Judge: what the chapters of tests/spec cannot say about one area at a time."""

from __future__ import annotations

import random
from datetime import date
from itertools import product

import polars as pl
import pytest

from monitor.errors import DefinitionError
from monitor.judge import assessments, judge
from monitor.methods._points import FIELDS
from monitor.results import Assessment, Finding, Level, Reason, Status
from monitor.series import Series
from tests.fiction import frame, indicator, target

AS_OF = date(2026, 11, 22)
AREAS = ["FRA", "DEU", "USNYC", "ITA"]
PROJECT = {i.id: i for i in (
    indicator("PACE", targets=[target(5)]), indicator("GROWTH", direction="up_good"),
    indicator("LAW", scale="binary", direction="up_good", method="binary"), indicator("CITY", applies_to=["USNYC"]),
    indicator("KEPT", missing="needs_register"), indicator("CONTEXT", direction="context_only"),
    indicator("HATE", direction="ambiguous_needs_companion"), indicator("SILENT"),
)}
CELLS = [
    (key, area, breakdown, str(year), 10.0 + n + year - 2015, "A")
    for n, (key, area, breakdown) in enumerate(product(
        ("PACE", "GROWTH", "LAW", "CITY", "KEPT", "CONTEXT", "HATE", "ELSEWHERE"), ("DEU", "FRA", "USNYC", "BRA"),
        ("_T", "sex=F")))
    for year in range(2014, 2025)
]


def test_every_indicator_in_every_area_is_judged_once_in_the_order_of_both() -> None:
    made = judge(PROJECT, frame(CELLS), AREAS, [], {}, AS_OF)
    assert [(a.indicator, a.ref_area) for a in made] == list(product(PROJECT, AREAS))
    assert all(isinstance(a, Assessment) and isinstance(a.status, Status) for a in made)
    assert {a.indicator: a.reason for a in made if a.ref_area == "DEU"} == {
        "PACE": None, "GROWTH": None, "LAW": None, "CITY": Reason.NOT_APPLICABLE, "KEPT": Reason.NEEDS_REGISTER,
        "CONTEXT": Reason.CONTEXT_ONLY, "HATE": Reason.NEEDS_COMPANION, "SILENT": Reason.NO_DATA,
    }
    assert {a.reason for a in made if a.ref_area == "ITA"} == {
        Reason.NO_DATA, Reason.NOT_APPLICABLE, Reason.NEEDS_REGISTER}


def test_a_missing_area_is_not_assessed_not_dropped() -> None:
    made = judge(PROJECT, Series.empty(), AREAS, [], {}, AS_OF)
    assert len(made) == len(PROJECT) * len(AREAS)
    assert {a.status for a in made} == {Status.NOT_ASSESSED}


def test_nothing_to_judge_is_an_empty_list() -> None:
    assert judge({}, frame(CELLS), AREAS, [], {}, AS_OF) == []
    assert judge(PROJECT, frame(CELLS), [], [], {}, AS_OF) == []


def test_an_area_named_twice_is_judged_once() -> None:
    assert len(judge(PROJECT, frame(CELLS), ["DEU", "DEU"], [], {}, AS_OF)) == len(PROJECT)


def test_other_areas_and_indicators_change_nothing() -> None:
    own = frame([c for c in CELLS if c[:2] == ("PACE", "DEU")])
    alone = judge({"PACE": PROJECT["PACE"]}, own, ["DEU"], [], {}, AS_OF)
    among = judge(PROJECT, frame(CELLS), AREAS, [], {}, AS_OF)
    assert alone == [a for a in among if (a.indicator, a.ref_area) == ("PACE", "DEU")]


def test_the_order_of_rows_changes_nothing() -> None:
    mixed = list(CELLS)
    random.Random(7).shuffle(mixed)
    assert judge(PROJECT, frame(mixed), AREAS, [], {}, AS_OF) == judge(PROJECT, frame(CELLS), AREAS, [], {}, AS_OF)


def test_what_is_known_is_there_where_it_is_not_judged_and_the_verdict_is_not() -> None:
    finding = [Finding("bounds", Level.ERROR, "PACE", "Made up.", "DEU")]
    got, = judge({"PACE": PROJECT["PACE"]}, frame(CELLS), ["DEU"], finding, {}, AS_OF)
    assert (got.reason, got.value, got.time_period, got.base_value, got.base_period, got.target_value, got.points) == (
        Reason.FAILED_CHECK, 19.0, "2024", 10.0, "2015", 5.0, 10)
    assert (got.rate, got.required, got.ratio, got.score, got.word, got.method, got.note) == (
        None, None, None, None, "", "", "")


def test_an_error_without_an_area_withholds_the_whole_indicator_and_no_other() -> None:
    finding = [Finding("source", Level.ERROR, "PACE", "Made up.")]
    made = assessments(PROJECT, frame(CELLS), ["DEU", "FRA"], finding, {}, AS_OF)
    failed = made.filter(pl.col("reason") == "failed_check")
    assert failed.select("indicator", "ref_area").rows() == [("PACE", "DEU"), ("PACE", "FRA")]


def test_a_source_that_failed_costs_only_its_indicator() -> None:
    made = judge(PROJECT, Series.empty(), ["DEU"], [], {"PACE": Reason.UNAVAILABLE}, AS_OF)
    assert [a.indicator for a in made if a.reason is Reason.UNAVAILABLE] == ["PACE"]


def test_a_role_selects_and_no_role_leaves_nothing_out() -> None:
    home = {i.id: i for i in (indicator("ALL"), indicator("FROM", applies_to_roles=["origin"]),
                              indicator("BOTH", applies_to_roles=["origin", "transit"], missing="needs_register"))}
    cells = [(key, area, "_T", "2024", 10.0, "A") for key in home for area in ("DEU", "KEN", "ITA")]
    roles = {"DEU": ["destination"], "KEN": ["destination", "origin"], "ITA": []}
    made = judge(home, frame(cells), ["DEU", "KEN", "ITA", "FRA"], [], {}, AS_OF, roles=roles)
    assert {(a.indicator, a.ref_area) for a in made if a.reason is Reason.NOT_APPLICABLE} == {
        ("FROM", "DEU"), ("BOTH", "DEU")}
    assert {a.reason for a in made if a.indicator == "BOTH"} == {Reason.NOT_APPLICABLE, Reason.NEEDS_REGISTER}
    assert {a.reason for a in made if a.ref_area == "FRA"} == {Reason.NO_DATA, Reason.NEEDS_REGISTER}


def test_kind_and_role_must_both_hold() -> None:
    city = {"X": indicator("X", applies_to=["places"], applies_to_roles=["destination"])}
    roles = {code: ["destination"] for code in ("DEU", "USNYC")} | {"DEBER": ["origin"]}
    made = judge(city, Series.empty(), ["DEU", "USNYC", "DEBER"], [], {}, AS_OF, roles=roles)
    assert [a.reason for a in made] == [Reason.NOT_APPLICABLE, Reason.NO_DATA, Reason.NOT_APPLICABLE]


@pytest.mark.parametrize("why", [Reason.MISSING_INPUT, Reason.PERIODS_DIFFER, Reason.DIVISION_BY_ZERO])
def test_why_a_formula_gives_nothing_comes_after_a_failed_source_and_before_no_data(why: Reason) -> None:
    home = {"PACE": PROJECT["PACE"]}
    lacking = {"PACE": {"DEU": why}}

    def reason(text: Series, reasons: dict[str, Reason] | None = None, **more: object) -> Reason | None:
        got, = judge(home, text, ["DEU"], [], reasons or {}, AS_OF, lacking=lacking, **more)  # type: ignore[arg-type]
        return got.reason

    nothing = frame([("PACE", "DEU", "_T", "2024", None, "M")])
    assert reason(nothing) is why
    assert reason(Series.empty()) is why
    assert reason(nothing, {"PACE": Reason.UNAVAILABLE}) is Reason.UNAVAILABLE
    assert reason(frame([("PACE", "DEU", "_T", "2024", None, "Q")])) is Reason.SUPPRESSED
    assert reason(nothing, entered={"PACE": set()}) is Reason.AWAITING_ENTRIES
    assert reason(frame([c for c in CELLS if c[:2] == ("PACE", "DEU")])) is None, "an older figure is still a figure"
    elsewhere, = judge(home, Series.empty(), ["FRA"], [], {}, AS_OF, lacking=lacking)
    assert elsewhere.reason is Reason.NO_DATA


def test_the_frame_has_the_fields_of_an_assessment() -> None:
    assert dict(assessments(PROJECT, frame(CELLS), AREAS, [], {}, AS_OF).schema) == FIELDS
    later = ["grade", "grade_why", "reading"]  # given by `monitor.grade` and `monitor.guard`
    assert [*FIELDS, *later] == list(Assessment.__dataclass_fields__)


def test_an_unknown_method_is_refused_by_name() -> None:
    with pytest.raises(DefinitionError, match=r"no method named 'statscan': did you mean 'statcan'\?"):
        judge({"X": indicator(method="statscan")}, frame(CELLS), ["DEU"], [], {}, AS_OF)


def test_an_event_counts_in_its_areas_and_only_for_figures_that_are_older() -> None:
    event = {"areas": ["DEU"], "on": "2024-06-27", "what": "made up", "source": "Made up."}
    law = {"LAW": indicator("LAW", scale="binary", direction="up_good", method="binary", true_on="01-01",
                            superseded=[event, event | {"on": "2020-01-01"}])}
    cells = [("LAW", area, "_T", when, 0.0, "A") for area, when in (("DEU", "2024"), ("FRA", "2024"), ("ITA", "2025"))]
    made = judge(law, frame(cells), ["DEU", "FRA", "ITA"], [], {}, AS_OF)
    assert [(a.status, a.reason) for a in made] == [
        (Status.NOT_ASSESSED, Reason.SUPERSEDED), (Status.NOT_MET, None), (Status.NOT_MET, None)]
    assert (made[0].value, made[0].time_period) == (0.0, "2024"), "it is shown all the same"
    newest = law["LAW"].event("DEU", "2019")
    assert newest and newest.on == date(2024, 6, 27)


@pytest.mark.parametrize("wrong", ["13-45", "02-30", "1-1", "2024-01-01"])
def test_a_day_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"true_on|month|day"):
        indicator(true_on=wrong)


def test_what_is_within_the_noise_keeps_its_figures_and_loses_its_verdict() -> None:
    noisy = {"X": indicator("X", least_change={"by": 2, "because": "Made up."})}
    got, = judge(noisy, frame([("X", "DEU", "_T", "2015", 76.9, "A"), ("X", "DEU", "_T", "2024", 75.9, "A")]), ["DEU"],
                 [], {}, AS_OF)
    assert (got.reason, got.base_value, got.value, got.rate, got.score) == (
        Reason.NO_CLEAR_CHANGE, 76.9, 75.9, None, None)
