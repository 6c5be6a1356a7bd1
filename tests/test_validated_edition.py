"""What an edition says of what is expected of its figures, the command for it, and the script that tests it again.

Importing Great Expectations takes seconds, so one edition serves all that is said of editions.
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

import pytest
from click.testing import CliRunner, Result

from monitor import evidence
from monitor import run as line
from monitor import store as answers
from monitor.cli import cli
from monitor.project import Project, load
from monitor.results import Edition, Snapshot
from monitor.validation import worker

ROOT = Path(__file__).parents[1]

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
