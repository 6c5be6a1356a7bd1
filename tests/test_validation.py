"""What is expected of the figures together: compiled from declarations, tested by Great Expectations, told as findings.

Importing that library takes seconds, so one worker serves all outcomes, and one edition all that is said of editions.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result

from monitor import evidence
from monitor import run as line
from monitor import store as answers
from monitor.cli import cli
from monitor.evidence import Evidence
from monitor.project import Project, load
from monitor.results import Edition, Level, Snapshot
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


# ------------------------------------------------------------------ an edition

EXPECT = """\
    expect:
      range: [{of: median, between: [0, 50], least: 2}, {between: [0, 5], at_least: 0.9, least: 2}]
      monotonic: [{never: rises}]
      complete: [{since: 2015, until: 2020}]
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    home = tmp_path_factory.mktemp("tiny") / "tiny"
    shutil.copytree(ROOT / "tests/projects/tiny", home)
    text = (home / "indicators.yaml").read_text(encoding="utf-8")
    said = "    checks: {bounds: {}, freshness: {}, duplicates: {}}\n"
    assert text.count(said) == 1
    (home / "indicators.yaml").write_text(text.replace(said, said + EXPECT), encoding="utf-8")
    return load(home)


def test_what_does_not_hold_lowers_the_grade_and_stands_on_the_scorecard(edition: Path) -> None:
    with (edition / "data/assessments.csv").open(encoding="utf-8", newline="") as file:
        (mine,) = [row for row in csv.DictReader(file) if (row["indicator"], row["ref_area"]) == ("TINY-1", "XAA")]
    assert "warnings" in mine["grade_why"]
    page = (edition / "XAA/scorecard.html").read_text(encoding="utf-8")
    assert "Outside of what is expected (90% of the figures lie between 0 and 5)" in page
    assert "TINY-1.range.2" not in page, "what a maintainer needs stands on the terminal"


def run(project: Project, out: Path, *formats: str) -> Edition:
    return line.run(project, as_of=date(2026, 11, 22), now="2026-11-22T12:00:00+00:00", out=out, offline=True,
                    formats=formats, name="one")


@pytest.fixture(scope="module")
def edition(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    out = tmp_path_factory.mktemp("edition") / "one"
    made = run(project, out, "html", "data", "quality")
    assert any("expectations of the figures tested" in note for note in made.notes)
    yield out


def test_an_edition_carries_its_validation(edition: Path, project: Project) -> None:
    names = {str(p.relative_to(edition)) for p in edition.rglob("*") if p.is_file()}
    mine = {"quality/index.html", "quality/results.json", "quality/revalidate.py", "quality/suites/cells.json",
            "quality/suites/observations.json"}
    assert mine == {name for name in names if name.startswith("quality/")}
    assert mine | {"data/findings.csv"} <= json.loads((edition / "manifest.json").read_text("utf-8"))["files"].keys()
    page = (edition / "quality/index.html").read_text(encoding="utf-8")
    assert "default-src &#39;none&#39;" in page and "<script" not in page and "http" not in page.split("</style>")[1]
    assert "TINY-1.range.2" in page
    for other in ("index.html", "XAA/scorecard.html"):
        assert "quality/index.html" in (edition / other).read_text(encoding="utf-8")
    with (edition / "data/findings.csv").open(encoding="utf-8", newline="") as file:
        assert {"expect.range"} <= {row["check"] for row in csv.DictReader(file)}


def test_the_same_input_gives_the_same_bytes_without_a_new_test(
    edition: Path, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker.Worker, "_start", None)
    run(project, tmp_path / "two", "html", "data", "quality")
    for path in edition.rglob("*"):
        if path.is_file() and path.name not in ("manifest.json", "build.json"):
            assert (tmp_path / "two" / path.relative_to(edition)).read_bytes() == path.read_bytes(), path


def test_an_edition_without_validation_has_no_trace_of_it(project: Project, tmp_path: Path) -> None:
    run(project, tmp_path / "plain", "html", "data")
    assert not (tmp_path / "plain/quality").exists()
    assert "quality/" not in (tmp_path / "plain/index.html").read_text(encoding="utf-8")


def test_a_ministry_tests_the_edition_again_without_this_package(edition: Path, tmp_path: Path) -> None:
    """The script of the edition, moved elsewhere, where the package cannot be imported.

    The suites are what Great Expectations itself would write.
    """
    copy = shutil.copytree(edition, tmp_path / "moved")
    (copy / "again.py").write_text(
        "import json, runpy, sys\nfrom pathlib import Path\n"
        "sys.modules['monitor'] = None\nimport great_expectations as gx\n"
        "for path in sorted(Path('quality/suites').glob('*.json')):\n"
        "    mine = json.loads(path.read_text('utf-8'))\n"
        "    theirs = gx.ExpectationSuite(**json.loads(json.dumps(mine))).to_json_dict()\n"
        "    theirs['meta'].pop('great_expectations_version')\n"
        "    assert theirs == mine, (theirs, mine)\n"
        "def again():\n"
        "    try: runpy.run_path('quality/revalidate.py', run_name='__main__')\n"
        "    except SystemExit as end: return end.code\n"
        "print('right:', again())\n"
        "results = Path('quality/results.json'); text = results.read_text('utf-8')\n"
        "results.write_text(text.replace('\"failed\"', '\"held\"'), 'utf-8')\n"
        "print('forged:', again())\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", "again.py"], cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "right: False" in done.stdout and "forged: True" in done.stdout
    assert '"TINY-1.range.2", "outcome": "failed"' in done.stdout


def call(project: Project, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["validate", "--project", str(project.folder), "--as-of", "2026-11-22", *arguments])


def test_the_command_prints_what_does_not_hold_and_ends_with_13(
    edition: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker.Worker, "_start", None)  # the same figures as in the edition: nothing is tested twice
    done = call(project, "--json")
    assert done.exit_code == 13, done.output
    rows = {row["expectation"]: row for row in json.loads(done.stdout)}
    assert rows["TINY-1.range.2"]["outcome"] == "failed"
    assert rows["TINY-1.range.2"]["expected"] == "90% of the figures lie between 0 and 5"
    assert rows["TINY-1.range.2"]["first rows"].startswith("XAA, 2015: 9.8 %")
    assert rows["TINY-1.range.1"]["outcome"] == "held"
    assert "do not hold" in done.stderr and "Traceback" not in done.output
    assert call(project).stdout.startswith("outcome\texpectation\texpected\tfound")


def test_one_indicator_or_source_can_be_asked_for(project: Project) -> None:
    done = call(project, "--indicator", "TINY-2")
    assert done.exit_code == 0 and "TINY-1" not in done.stdout
    assert call(project, "--source", "no_such_source").exit_code == 10
    assert call(project, "--indicator", "TINY-9").exit_code == 10
    assert call(project, "--area", "XZZ").exit_code == 10
    assert call(project, "--as-of", "22.11.2026").exit_code == 2


def test_drift_is_measured_from_the_answer_before(tmp_path: Path) -> None:
    """Two answers in the store: the quantiles of the older one are the expectation of the newer."""
    home = tmp_path / "tiny"
    shutil.copytree(ROOT / "tests/projects/tiny", home)
    text = (home / "indicators.yaml").read_text(encoding="utf-8")
    said = "    checks: {bounds: {}, freshness: {}, duplicates: {}}\n"
    text = text.replace(said, said + "    expect: {drift: {least: 5}}\n")
    (home / "indicators.yaml").write_text(text, encoding="utf-8")
    project = load(home)
    for retrieved, more in (("2026-01-01T00:00:00+00:00", 0), ("2026-02-01T00:00:00+00:00", 40)):
        lines = [f"{area},{year},{more + year - 2014}" for area in ("XAA", "XBB") for year in range(2015, 2025)]
        body = "\n".join(["ref_area,time_period,obs_value", *lines]).encode()
        answers.keep(project.store, Snapshot("tiny", "T.COST", "compact", (body,), hashlib.sha256(body).hexdigest(),
                                             "https://example.org/data", retrieved, "live", unit="%"))
    gathered = evidence.gather(project, project.indicators.values(), date(2026, 11, 22), offline=True, now="")
    planned = line.plan_of(project, gathered, ["XAA", "XBB"], project.indicators.values(), [])
    (drift,) = planned.expectations
    assert not drift.untested
    low, median, high = (drift.kwargs["quantile_ranges"]["value_ranges"][n] for n in (0, 2, 4))
    assert low[0] >= 0 and median[0] < 5.5 < median[1] and high[1] < 11, "of 1 to 10, not of 41 to 50"


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
