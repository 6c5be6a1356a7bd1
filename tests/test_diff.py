"""What changed: revisions that would change a judgement, and every change between two editions or two dates."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

from monitor import changes
from monitor import run as line
from monitor.cli import cli
from monitor.project import Project
from monitor.results import Finding
from tests import history
from tests.history import COST, PAY, table

AS_OF = date(2026, 1, 1)


def judged(project: Project, as_of: date = AS_OF) -> line.Judged:
    return line.assess(project, as_of=as_of, now="2026-01-01T00:00:00+00:00", offline=True)


def material(project: Project) -> list[Finding]:
    return [f for f in judged(project).findings if f.check == "material_revision"]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """First published in 2024: the cost falls fast enough."""
    made = history.project(tmp_path)
    history.keep(made, "cost", table(COST), "2024-01-01")
    history.keep(made, "pay", table(PAY), "2024-01-01")
    return made


def statuses(project: Project) -> dict[tuple[str, str], str]:
    return {(a.indicator, a.ref_area): a.status for a in judged(project).assessments}


# ------------------------------------------------------------------ material revisions


def test_a_rewritten_past_that_changes_a_judgement_stands_on_the_card(project: Project) -> None:
    assert statuses(project)["COST", "DEU"] == "on_track"
    assert material(project) == []
    history.keep(project, "cost", table(COST | {"2015": 4.2, "2017": 4.2}, ("DEU",)) + table(COST, ("KEN",))[20:],
                 "2025-01-01")
    assert statuses(project)["COST", "DEU"] == "limited"
    found = material(project)
    assert [(f.indicator, f.ref_area, f.level) for f in found] == [("COST", "DEU", "warning")]
    assert found[0].message == (
        "The publisher has changed figures that it had published before. With the earlier figures the judgement would "
        f"be: on track. With those of now it is: {project.words('en')('status.limited')}.")
    line.run(project, as_of=AS_OF, now="", offline=True, out=project.folder / "e", formats=("html", "data"))
    assert found[0].message in (project.folder / "e/DEU/scorecard.html").read_text(encoding="utf-8")
    assert found[0].message not in (project.folder / "e/KEN/scorecard.html").read_text(encoding="utf-8")
    with (project.folder / "e/data/findings.csv").open(encoding="utf-8") as rows:
        assert found[0].message in {row["message"] for row in csv.DictReader(rows)}


@pytest.mark.parametrize("then", [
    COST | {"2025": 9.9},  # a new figure is no revision, whatever it does to the judgement
    COST | {"2017": 9.01},  # a revision that changes no judgement
], ids=["a new period", "a small revision"])  # fmt: skip
def test_other_changes_are_no_material_revision(project: Project, then: dict[str, float]) -> None:
    history.keep(project, "cost", table(then), "2025-01-01")
    assert material(project) == []


def test_a_figure_that_was_taken_back_is_a_revision(project: Project) -> None:
    history.keep(project, "cost", table({"2023": 4.0}), "2025-01-01")
    found = material(project)
    assert {f.indicator for f in found} == {"COST", "RATIO"}, "and what is computed from it"
    assert "would be: on track. With those of now it is: not assessed (too few years to see a trend)." in {
        f.message for f in found if f.indicator == "COST"}.pop()


def test_a_break_added_later_is_a_revision(project: Project) -> None:
    history.keep(project, "cost", table(COST | {"2023": "4.0 B"}), "2025-01-01")
    assert {f.ref_area for f in material(project)} == {"DEU", "KEN"}


def test_earlier_figures_are_checked_like_those_of_now(project: Project) -> None:
    """With the faulty figures of before the judgement would have been withheld; so it is said, not computed."""
    history.keep(project, "cost", table(dict.fromkeys(COST, 900.0)), "2025-01-01")
    history.keep(project, "cost", table(COST), "2025-06-01")
    [before] = {f.message for f in material(project) if f.indicator == "COST"}
    assert "would be: not assessed" in before


# ------------------------------------------------------------------ the difference between two editions


def edition(project: Project, name: str, as_of: date = AS_OF, areas: tuple[str, ...] = ()) -> Path:
    out = project.folder / "editions" / name
    line.run(project, as_of=as_of, now="", offline=True, out=out, name=name, formats=("data",), areas=areas)
    return out


def told(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(cli, ["diff", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)  # type: ignore[no-any-return]


def short(found: dict[str, Any], kind: str) -> list[tuple[Any, ...]]:
    return [(c["indicator"], c["ref_area"], c["time_period"], c["before"], c["after"]) for c in found["changes"]
            if c["kind"] == kind]


def cell(value: float | None, flag: str = "A") -> dict[str, Any]:
    return {"value": value, "flag": flag}


def test_two_editions_alike_have_no_difference(project: Project) -> None:
    edition(project, "a"), edition(project, "b")
    found = told("a", "b", "--project", str(project.folder))
    assert (found["counts"], found["changes"]) == ({}, [])
    said = CliRunner().invoke(cli, ["diff", "a", "b", "--project", str(project.folder)])
    assert said.output == "From a (as of 2026-01-01) to b (as of 2026-01-01): nothing changed.\n"


def test_every_change_of_a_figure_has_its_class(project: Project) -> None:
    edition(project, "a", areas=("DEU",))
    values: dict[str, float | str | None] = {"2015": 10.0, "2017": "9.0 E", "2019": 8.5, "2023": 4.0, "2024": 3.9}
    history.keep(project, "cost", table(values), "2025-01-01")
    edition(project, "b", areas=("DEU",))
    found = told(str(project.folder / "editions/a"), str(project.folder / "editions/b"))
    cost = {kind: [c[2:] for c in short(found, kind) if c[0] == "COST"] for kind in changes.KINDS}
    assert {kind: rows for kind, rows in cost.items() if rows} == {
        "new_period": [("2024", None, cell(3.9))],
        "revised": [("2019", cell(8.0), cell(8.5))],
        "reflagged": [("2017", cell(9.0), cell(9.0, "E"))],
        "removed": [("2021", cell(6.0), None)],
    }
    assert {c[0] for c in short(found, "revised")} == {"COST", "RATIO"}


def test_a_status_says_what_changed_under_it(project: Project) -> None:
    edition(project, "a")
    history.keep(project, "cost", table(COST | {"2015": 4.2, "2017": 4.2}), "2025-01-01")
    edition(project, "b", date(2026, 1, 2))
    found = told("a", "b", "--project", str(project.folder))
    [deu, _] = [c for c in found["changes"] if c["kind"] == "status_changed" and c["indicator"] == "COST"]
    assert (deu["ref_area"], deu["before"], deu["after"]) == ("DEU", "on_track", "limited")
    assert deu["because"] == ["revised", "time_passed"]
    assert "status changed\tCOST\tDEU\t\ton_track\tlimited\tbecause revised, time passed" in CliRunner().invoke(
        cli, ["diff", "a", "b", "--project", str(project.folder)]).output


def test_what_was_declared_otherwise_is_told_by_its_kind(project: Project, tmp_path: Path) -> None:
    edition(project, "a", areas=("DEU",))
    text = (history.PROJECT.replace("value: 3, period: 2030", "value: 5, period: 2030")
            .replace("bounds: [0, 100]", "bounds: [0, 90]").replace("id: RATIO", "id: SHARE"))
    changed = history.project(tmp_path, "https://example.org/v2", text)
    edition(changed, "b", areas=("DEU", "KEN"))
    found = told("a", "b", "--project", str(tmp_path))
    details = {(c["kind"], c["indicator"], c["detail"]) for c in found["changes"] if c["kind"] != "status_changed"}
    assert details == {
        ("target_changed", "COST", "targets"), ("declaration_changed", "COST", "bounds"),
        ("declaration_changed", "RATIO", "is declared no more"), ("declaration_changed", "SHARE", "is new"),
        ("declaration_changed", "", "source office: endpoint"), ("area_added", "", ""),
    }


def test_a_method_declared_otherwise_is_told_with_the_status_it_changed(project: Project, tmp_path: Path) -> None:
    edition(project, "a")
    changed = history.project(tmp_path, text=history.PROJECT.replace("max_age: P9Y, checks", "least_points: 9, checks"))
    edition(changed, "b")
    found = told("a", "b", "--project", str(tmp_path))
    assert ("method_changed", "COST", 2, 9) in {
        (c["kind"], c["indicator"], c["before"], c["after"]) for c in found["changes"]}
    deu = next(c for c in found["changes"] if c["kind"] == "status_changed")
    assert (deu["after"], "method_changed" in deu["because"]) == ("not_assessed (too_few_points)", True)


def test_a_figure_that_was_set_aside_is_told_with_its_reason(project: Project) -> None:
    edition(project, "a")
    history.keep(project, "cost", table(COST | {"2017": 900.0}), "2025-01-01")
    edition(project, "b")
    gone = [c for c in told("a", "b", "--project", str(project.folder))["changes"]
            if c["kind"] == "removed" and c["indicator"] == "COST"]
    assert {c["time_period"] for c in gone} == {"2017"}
    assert all(c["detail"].startswith("set aside: ") for c in gone)


def test_no_value_of_a_withheld_figure_is_told() -> None:
    def side(value: float | None, flag: str) -> changes.Side:
        cells = pl.DataFrame([("I", "DEU", "_T", "2020", value, flag)], schema=changes._CELLS, orient="row")
        judged = pl.DataFrame(schema=dict.fromkeys(changes._JUDGED, pl.String))
        return changes.Side("x", "2026-01-01", ("DEU",), cells, judged, {"indicators": {"I": {}}, "sources": {}})

    for a, b in ((side(3.0, "A"), side(None, "Q")), (side(None, "Q"), side(3.0, "A"))):
        [change] = changes.compare(a, b)
        assert (change.kind, change.before["value"], change.after["value"]) == ("reflagged", None, None)
    assert changes.compare(side(3.0, "Q"), side(4.0, "Q")) == []


def test_two_dates_are_compared_for_one_indicator_in_one_area(project: Project) -> None:
    history.keep(project, "cost", table(COST | {"2015": 4.2, "2017": 4.2, "2024": 3.9}), "2025-01-01")
    found = told("--as-of", "2024-06-01", "2025-06-01", "COST", "DEU", "--project", str(project.folder))
    assert found["counts"] == {"status_changed": 1, "revised": 2, "new_period": 1}
    assert found["changes"][0]["because"] == ["revised", "new_period", "time_passed"]


@pytest.mark.parametrize(("given", "exit_code", "part"), [
    (["a", "nothing"], 10, "'nothing' is no folder of an edition and no edition's name: here are a."),
    (["a", "torn"], 12, "is no edition with data that can be compared"),
    (["--as-of", "2024-06-01", "soon", "COST", "DEU"], 2, "'soon' is no date"),
], ids=["unknown", "without data", "no date"])  # fmt: skip
def test_what_cannot_be_compared_is_said(project: Project, given: list[str], exit_code: int, part: str) -> None:
    edition(project, "a")
    (project.folder / "editions/torn").mkdir()
    (project.folder / "editions/torn/manifest.json").write_text("{}")
    if given[1] == "nothing":
        (project.folder / "editions/torn/manifest.json").unlink()
    result = CliRunner().invoke(cli, ["diff", *given, "--project", str(project.folder)])
    assert (result.exit_code, part in result.output.replace("\n", " ")) == (exit_code, True), result.output
