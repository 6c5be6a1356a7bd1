"""What is expected of the figures together: compiled from declarations, tested by Great Expectations, told as findings.

Importing that library takes seconds, so one worker serves all outcomes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from monitor.evidence import Evidence
from monitor.results import Level
from monitor.series import Series
from monitor.validation import direct, suites, worker
from monitor.validation import plan as validation
from monitor.validation.outcomes import Outcome, Validated, settle
from monitor.validation.suites import Expectation
from tests.fiction import frame, indicator
from tests.test_checks import SOURCE

ROOT = Path(__file__).parents[1]
AREAS = ["DEU", "FRA", "ITA"]
YEARS = range(2015, 2021)


def cells(key: str, start: float, step: float = 1.0, breakdown: str = "_T", status: str = "A") -> list[tuple[Any, ...]]:
    """Six years of three areas, each a step above the one before, and FRA and ITA ten and twenty above DEU."""
    return [(key, area, breakdown, str(year), start + 10 * n + step * (year - 2015), status)
            for n, area in enumerate(AREAS) for year in YEARS]


def but(rows: list[tuple[Any, ...]], area: str, year: int, value: float | None) -> list[tuple[Any, ...]]:
    """The same with another value in one cell; without the cell where the value is None."""
    changed = [(*row[:4], value, row[5]) if row[1:4:2] == (area, str(year)) else row for row in rows]
    return [row for row in changed if row[4] is not None]


NOW = (
    cells("WHOLE", 100) + but(cells("WHOLE", 50, breakdown="sex=F"), "FRA", 2017, 500)
    + but(cells("PART1", 40), "ITA", 2018, 200) + cells("PART2", 20)
    + but(cells("HOLES", 1), "DEU", 2016, None) + but(cells("TOTAL", 5), "FRA", 2019, 3)
    + cells("SCALED", 1000, 1000) + cells("STEADY", 1) + cells("COPY", 7, 0) + cells("FLAG", 1, status="E")
)
BEFORE = cells("SCALED", 1) + cells("STEADY", 1)
GROUPED = {"source": "fiction", "series": "f", "select": {"sex": "T"}, "breakdowns": {"sex": ["F"]}}
INDICATORS = [
    indicator("WHOLE", data=GROUPED, scale="count", unit="people",
              expect={"parts": [{"of": ["PART1", "PART2"], "why": "They are its parts."}]}),
    indicator("PART1", expect={"parts": [{"of": ["WHOLE"], "at_least": 0.01}]}),
    indicator("PART2"),
    indicator("HOLES", expect={"complete": [{"since": 2015}, {"since": 2015, "at_least": 0.9},
                                            {"since": 2015, "areas": ["FRA", "USA"]}, {"since": 2030},
                                            {"since": 2015, "areas": ["FRA", "USA", "POL"], "at_least": 0.5}]}),
    indicator("TOTAL", expect={"monotonic": [{"never": "falls"}, {"never": "falls", "where": {"ref_area": ["DEU"]}}]}),
    indicator("SCALED", expect={"drift": {"least": 10}, "range": [{"of": "median", "between": [0, 100], "least": 3}]}),
    indicator("STEADY", expect={"drift": {"least": 10}, "range": [
        {"between": [1, 20], "at_least": 0.6, "least": 3}, {"between": [1, 20], "at_least": 0.9, "least": 3},
        {"between": [1, 10], "where": {"ref_area": ["DEU"], "time_period": ["2015", "2016"]}},
        {"of": "mean", "between": [0, 1]}]}),
    indicator("COPY", expect={"drift": {"least": 10}, "unique": [
        {"columns": ["time_period", "obs_value"]}, {"columns": ["ref_area", "obs_value"]}]}),
    indicator("FLAG", expect={"codes": {"obs_status": ["A", "B"], "breakdown": ["_T"]}}),
]


@pytest.fixture(scope="module")
def planned() -> validation.Plan:
    made = validation.plan(Evidence(frame(NOW)), frame(BEFORE), AREAS, INDICATORS, [])
    broken = Expectation("STEADY.range.9", "range", "STEADY", "", "a column that is not there",
                         type="expect_column_median_to_be_between", kwargs={"column": "absent", "min_value": 0.0})
    expectations = [*made.expectations, broken]
    return validation.Plan(made.observations, expectations, suites.suites(expectations, frame(NOW).frame, AREAS))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def validated(planned: validation.Plan, store: Path) -> Validated:
    with validation.started(store, planned) as outcome:
        return outcome()


def of(validated: Validated, name: str) -> Outcome:
    (found,) = [one for one in validated.outcomes if one.expectation.id == name]
    return found


@pytest.mark.parametrize(("name", "word", "found"), [
    ("WHOLE.parts.1", "failed", "1 of 18 not as expected"),
    ("PART1.parts.1", "held", "17 of 18 not as expected"),
    ("WHOLE.groups.1", "failed", "1 of 18 not as expected"),
    ("HOLES.complete.1", "failed", "1 of 18 without a figure"),
    ("HOLES.complete.2", "held", "1 of 18 without a figure"),
    ("HOLES.complete.3", "held", ""),
    ("TOTAL.monotonic.1", "failed", "1 of 15 not as expected"),
    ("TOTAL.monotonic.2", "held", ""),
    ("SCALED.range.1", "failed", "3,510 %"),
    ("SCALED.drift.1", "failed", None),
    ("STEADY.drift.1", "held", None),
    ("STEADY.range.1", "held", "6 of 18 not as expected"),
    ("STEADY.range.2", "failed", "6 of 18 not as expected"),
    ("STEADY.range.3", "held", ""),
    ("COPY.unique.1", "held", ""),
    ("COPY.unique.2", "failed", "18 of 18 not as expected"),
    ("FLAG.codes.1", "failed", "18 of 18 not as expected"),
    ("FLAG.codes.2", "held", ""),
])
def test_each_kind_of_rule_holds_or_fails(validated: Validated, name: str, word: str, found: str | None) -> None:
    one = of(validated, name)
    assert one.word == word, one
    assert found is None or one.found == found


def test_what_there_is_too_little_of_is_not_looked_at_and_says_why(validated: Validated) -> None:
    assert {one.expectation.id: one.found for one in validated.of("untested")} == {
        "HOLES.complete.4": "no figures in these years", "STEADY.range.4": "figures of 3 areas, needs 10",
        "HOLES.complete.5": "1 of its 3 areas are in this table",
        "COPY.drift.1": "no earlier vintage",
    }


def test_a_failure_names_its_rows_in_words(validated: Validated) -> None:
    assert of(validated, "WHOLE.parts.1").examples == ("Italy, 2018: 243 of 123 people",)
    assert of(validated, "WHOLE.groups.1").examples == ("France, 2017, sex F: 500 of 112 people",)
    assert of(validated, "HOLES.complete.1").examples == ("Germany, 2016",)
    assert of(validated, "TOTAL.monotonic.1").examples == ("France, 2019: 3 % after 18",)


def test_polars_comes_to_the_same_as_great_expectations(planned: validation.Plan, validated: Validated) -> None:
    """One declaration, two tests of it: the one the grade counts, and the one anyone can repeat."""
    mine = {one.expectation.id: one for one in direct.outcomes(planned.expectations, frame(NOW).frame, AREAS)}
    theirs = {one["id"]: one for one in validated.results if one["outcome"] != "crashed"}
    assert len(theirs) >= 18 and theirs.keys() == mine.keys() - {"STEADY.range.9"}
    for name, one in theirs.items():
        assert (one["outcome"] == "held") is mine[name].holds, name
        assert one.get("unexpected", 0) == mine[name].bad.height, name
        if mine[name].observed is None:
            assert one["rows"] == mine[name].rows, name
        else:
            assert one["observed"] == pytest.approx(mine[name].observed), name


def test_what_does_not_hold_warns_at_once_in_each_area_it_does_not_hold_in() -> None:
    found = validation.warnings(frame(NOW).frame, frame(BEFORE), AREAS, INDICATORS, [])
    assert {f.level for f in found} == {Level.WARNING}
    assert sorted({(f.check, f.indicator, f.ref_area) for f in found}) == sorted({
        ("expect.parts", "WHOLE", "ITA"), ("expect.groups", "WHOLE", "FRA"), ("expect.complete", "HOLES", "DEU"),
        ("expect.monotonic", "TOTAL", "FRA"), ("expect.range", "SCALED", ""), ("expect.drift", "SCALED", ""),
        ("expect.range", "STEADY", "ITA"),
        *(("expect.unique", "COPY", area) for area in AREAS), *(("expect.codes", "FLAG", area) for area in AREAS)})
    (parts,) = [f for f in found if f.check == "expect.parts"]
    assert parts.message == ("PART1 (Made up) + PART2 (Made up) is larger than the whole, WHOLE: 243 of 123 (2018), "
                             "people. They are its parts.")
    assert (parts.time_period, parts.count) == ("2018", 1)


def test_an_expectation_that_crashes_is_no_failure_of_the_figures(validated: Validated) -> None:
    (crashed,) = validated.of("crashed")
    assert crashed.expectation.id == "STEADY.range.9" and '"absent"' in crashed.found
    (finding,) = [f for f in validated.findings() if f.check == "validation"]
    assert "says nothing about the figures" in finding.message


def test_what_did_not_change_is_not_tested_again(
    planned: validation.Plan, store: Path, validated: Validated, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("started although nothing changed")

    monkeypatch.setattr(worker.subprocess, "Popen", refuse)
    with validation.started(store, planned) as again:
        assert again() == validated
    changed = validation.Plan(planned.observations + b"\n", planned.expectations, planned.suites)
    with pytest.raises(AssertionError, match="nothing changed"), validation.started(store, changed):
        pass


def test_a_worker_that_dies_is_a_finding_and_no_crash(
    planned: validation.Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "dies.py"
    script.write_text("import sys; print('out of memory'); sys.exit(9)")
    monkeypatch.setattr(worker, "SCRIPT", script)
    with validation.started(tmp_path, planned) as outcome:
        dead = outcome()
    assert dead.problem == "the worker ended with 9: out of memory"
    assert [f.check for f in dead.findings()] == ["validation"]
    assert not (tmp_path / "validation").exists(), "what came to nothing is not kept"
    script.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(worker, "PATIENCE", 0.2)
    with validation.started(tmp_path, planned) as outcome:
        assert outcome().problem == "the worker took more than 0.2 seconds"


def test_without_the_library_a_finding_says_what_to_install(
    planned: validation.Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "LIBRARIES", ("no-such-library",))
    with validation.started(tmp_path, planned) as outcome:
        (finding,) = outcome().findings()
    assert "no-such-library is not installed" in finding.message and finding.level is Level.WARNING


def test_nothing_expected_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker.subprocess, "Popen", None)
    plan = validation.plan(Evidence(Series.empty()), None, AREAS, [indicator("X")], [])
    with validation.started(tmp_path, plan) as outcome:
        assert outcome() == Validated()


def test_a_source_speaks_of_all_that_is_taken_from_it() -> None:
    source = SOURCE.model_copy(update={"expect": type(SOURCE.expect).model_validate(
        {"codes": {"obs_status": ["A"]}, "unique": [{"columns": ["ref_area", "obs_value"]}]})})
    rows = Series(frame(NOW).frame.with_columns(source=pl.lit("fiction")))
    plan = validation.plan(Evidence(rows), None, AREAS, [], [source])
    assert [(e.subject, e.expected) for e in plan.expectations] == [
        ("fiction", "obs_status is A"), ("fiction", "no two rows agree in indicator and ref_area and obs_value")]
    (suite,) = [json.loads(text) for text in plan.suites.values()]
    assert {e["kwargs"]["row_condition"]["pass_through_filter"] for e in suite["expectations"]} == {
        'source == "fiction"', 'source == "fiction" and breakdown in ["_T"]'}


def test_a_list_of_codes_must_not_be_empty() -> None:
    with pytest.raises(ValueError, match="at least 1 item"):
        indicator("X", expect={"codes": {"unit_measure": []}})


def test_only_the_newest_outcomes_are_kept(
    planned: validation.Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "KEPT", 2)
    script = tmp_path / "script.py"
    script.write_text("from pathlib import Path\nPath('quality/results.json').write_text('{\"results\": []}')\n")
    monkeypatch.setattr(worker, "SCRIPT", script)
    for n in range(4):
        with worker.beside(tmp_path, bytes([n]), planned.suites) as testing:
            assert not testing.result().problem
        left = list((tmp_path / "validation").iterdir())
        assert len(left) == min(n + 1, 2)


def test_results_that_are_not_there_leave_the_expectation_untested() -> None:
    one = Expectation("X.range.1", "range", "X", "", "something")
    assert settle([one], worker.Tested(problem="gone")).of("untested")[0].found == "the expectations were not tested"


def test_the_first_test_of_a_store_loads_its_library_ahead(planned: validation.Plan, tmp_path: Path) -> None:
    assert validation.ahead(tmp_path, [indicator("X")], []) is None, "nothing is declared"
    loaded = validation.ahead(tmp_path, INDICATORS, [])
    assert loaded
    with validation.started(tmp_path, planned, loaded) as outcome:
        assert len(outcome().results) >= 18
    assert not loaded.home.exists()
    assert validation.ahead(tmp_path, INDICATORS, []) is None, "a result may be kept"


def test_a_process_that_was_loaded_in_vain_ends_by_itself(tmp_path: Path) -> None:
    loaded = validation.ahead(tmp_path, INDICATORS, [])
    assert loaded
    process, home = loaded.popen, loaded.home
    assert process.stdin
    process.stdin.close()
    assert process.wait(60) == 0
    assert not (home / "quality").exists()
    del loaded
    assert not home.exists()
