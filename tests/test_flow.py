"""The straight line from end to end: the tiny fictional project, and the flagship, offline."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from monitor import area, vintages
from monitor import run as line
from monitor.errors import CannotRender, DefinitionError
from monitor.project import Project, load
from monitor.results import Edition

ROOT = Path(__file__).parents[1]
TINY = ROOT / "tests/projects/tiny"
AS_OF = date(2026, 11, 22)
NOW = "2026-11-22T12:00:00+00:00"


def copy(source: Path, target: Path) -> Path:
    """A project of its own to break: the declarations only, no store."""
    for name in ("indicators.yaml", "indicators", "mandate", "sources", "reports"):
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name)
        elif (source / name).exists():
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / name, target / name)
    return target


def run(project: Project, out: Path, **options: object) -> Edition:
    return line.run(project, as_of=AS_OF, now=NOW, out=out, offline=True, **options)  # type: ignore[arg-type]


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "build.json"
    }


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def flagship(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Path, Edition]:
    """The flagship, three areas, in a store of its own."""
    home = tmp_path_factory.mktemp("flagship")
    project = load(copy(ROOT, home / "project"))
    out = home / "edition"
    return project, out, run(project, out, areas=("DEU", "NGA", "USNYC"))


def test_the_tiny_project_runs(tmp_path: Path) -> None:
    project = load(copy(TINY, tmp_path / "tiny"))
    made = run(project, tmp_path / "out")
    assert set(made.areas) == set(project.scorecards)
    for code in made.areas:
        assert (tmp_path / "out" / code / "scorecard.pdf").read_bytes().startswith(b"%PDF")
        assert "<!doctype html>" in (tmp_path / "out" / code / "scorecard.html").read_text(encoding="utf-8").lower()


def test_an_edition_holds_what_it_promises(flagship: tuple[Project, Path, Edition]) -> None:
    _, out, _ = flagship
    names = set(hashes(out))
    areas = ("DEU", "NGA", "USNYC")
    wanted = {"index.html", "compare.html", "gaps.html", "llms.txt", "feed.xml", "assets/card.png", "assets/uplot.js",
              "actors/index.html", "recommendations/R2016-1.html", "indicators/IND-13.html",
              "data/indicators/IND-13.csv",
              "data/reasoning.csv", "data/changes.csv", "data/tables.xlsx", "data/gaps_in_data.csv",
              "mandate.html", "manifest.json",
              "data/observations.csv", "data/assessments.csv", "data/findings.csv",
              "data/gaps.csv", "data/quarantine.csv", "data/metadata.json"}
    wanted |= {f"{a}/{f}" for a in areas for f in ("scorecard.html", "scorecard.pdf", "annex.pdf", "figures.html")}
    assert wanted <= names
    folders = {*areas, "actors", "assets", "data", "data/indicators", "indicators", "recommendations"}
    assert {str(Path(n).parent) for n in names} == {".", *folders, *(f"{a}/charts" for a in areas)}


def test_every_indicator_and_area_has_a_judgement_with_a_reason_or_a_status(
    flagship: tuple[Project, Path, Edition],
) -> None:
    project, out, _ = flagship
    rows = table(out / "data/assessments.csv")
    assert {(r["indicator"], r["ref_area"]) for r in rows} == {
        (i, a) for i in project.indicators for a in ("DEU", "NGA", "USNYC")}
    assert len(rows) == 3 * len(project.indicators)
    assert all((r["status"] == "not_assessed") == bool(r["reason"]) for r in rows)


def test_ambiguous_and_context_indicators_are_never_coloured(flagship: tuple[Project, Path, Edition]) -> None:
    project, out, _ = flagship
    never = ("context_only", "ambiguous_needs_companion")
    guarded = {i.id for i in project.indicators.values() if i.direction in never}
    assert guarded
    for row in table(out / "data/assessments.csv"):
        assert row["indicator"] not in guarded or row["status"] == "not_assessed"


def test_the_manifest_hashes_every_file_and_names_every_answer(flagship: tuple[Project, Path, Edition]) -> None:
    project, out, _ = flagship
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    found = hashes(out)
    found.pop("manifest.json")
    assert {path: entry["sha256"] for path, entry in manifest["files"].items()} == found
    assert manifest["as_of"] == AS_OF.isoformat()
    cited = {s["source"] + "/" + s["series"]: s for s in manifest["snapshots"]}
    used = {f"{p.source}/{p.series}" for i in project.indicators.values() for p in project.selections(i)}
    assert set(cited) == used
    assert all(s["url"] and s["licence"] and len(s["sha256"]) == 64 for s in cited.values())
    # an empty register has no row that was retrieved on any day
    assert {s["came_from"] for s in cited.values() if not s["retrieved"]} <= {"register of this project"}


def test_two_builds_give_the_same_bytes(flagship: tuple[Project, Path, Edition], tmp_path: Path) -> None:
    project, out, _ = flagship
    other = load(copy(project.folder, tmp_path / "elsewhere"))
    run(other, tmp_path / "edition", areas=("DEU", "NGA", "USNYC"))
    assert hashes(tmp_path / "edition") == hashes(out)


def test_a_second_run_makes_nothing_anew(flagship: tuple[Project, Path, Edition]) -> None:
    project, out, _ = flagship
    before = hashes(out)
    again = run(project, out, areas=("DEU", "NGA", "USNYC"))
    assert again.written == 0
    assert hashes(out) == before


def test_a_damaged_vintage_costs_its_own_indicators_only(tmp_path: Path) -> None:
    project = load(copy(ROOT, tmp_path / "project"))
    hurt = project.folder / "sources/vintages/world_bank/SI.RMT.COST.IB.ZS.csv"
    hurt.write_text(hurt.read_text(encoding="utf-8").replace("2016", "2017", 1), encoding="utf-8")
    run(project, tmp_path / "out", areas=("DEU", "NGA"), formats=("data",))
    rows = table(tmp_path / "out/data/assessments.csv")
    lost = {r["indicator"] for r in rows if r["reason"] == "unreadable"}
    uses = {i.id for i in project.indicators.values() if i.data and
            any(p.series == "SI.RMT.COST.IB.ZS" for p in i.data.parts.values())}
    assert lost == uses
    said = " ".join(r["message"] for r in table(tmp_path / "out/data/findings.csv"))
    assert "SI.RMT.COST.IB.ZS.csv" in said


def test_an_observation_walks_back_to_the_publishers_bytes(flagship: tuple[Project, Path, Edition]) -> None:
    """From a printed figure to the row of the vintage whose hash the lock, the manifest and the page all name."""
    project, out, _ = flagship
    rows = [r for r in table(out / "data/observations.csv")
            if r["indicator"] == "IND-54a" and r["ref_area"] == "NGA" and r["breakdown"] == "_T"]
    newest = max(rows, key=lambda r: r["time_period"])
    vintage = project.folder / "sources/vintages/world_bank/SI.RMT.COST.IB.ZS.csv"
    assert hashlib.sha256(vintage.read_bytes()).hexdigest() == newest["snapshot"]
    shipped = [r for r in table(vintage) if (r["ref_area"], r["time_period"]) == ("NGA", newest["time_period"])]
    assert float(shipped[0]["obs_value"]) == float(newest["obs_value"])
    page = (out / "NGA/figures.html").read_text(encoding="utf-8")
    assert newest["snapshot"] in page


@pytest.mark.slow
def test_all_member_states(flagship: tuple[Project, Path, Edition], tmp_path: Path) -> None:
    project, _, _ = flagship
    made = run(project, tmp_path / "world", areas=area.members_of_the_un())
    assert len(made.areas) == 193
    assert all((tmp_path / "world" / a / "scorecard.pdf").stat().st_size > 10_000 for a in made.areas)


def test_a_newer_answer_is_compared_with_the_one_before(tmp_path: Path) -> None:
    project = load(copy(ROOT, tmp_path / "project"))
    old = vintages.shipped(project.layers, "world_bank", "SI.RMT.COST.IB.ZS")
    assert old
    revised = old.bodies[0].replace(b"NGA,2020,", b"NGA,2020,9", 1)
    assert revised != old.bodies[0]
    vintages.keep(project.store, replace(old, bodies=(revised,), sha256=hashlib.sha256(revised).hexdigest(),
                                         retrieved="2026-11-01T00:00:00+00:00", origin="live"))
    run(project, tmp_path / "out", areas=("NGA",), formats=("data",))
    said = [r for r in table(tmp_path / "out/data/findings.csv") if r["check"] == "revision"]
    assert {r["indicator"] for r in said} == {"IND-54a"}
    assert [r["ref_area"] for r in said] == ["NGA"]
    assert "1 revised" in said[0]["message"] and "(2020)" in said[0]["message"]


def test_each_indicator_alone_can_be_asked_for(flagship: tuple[Project, Path, Edition]) -> None:
    """A frame of one indicator is cut into other chunks than a frame of all: each is asked for by itself."""
    project, _, _ = flagship
    for indicator in project.indicators.values():
        judged = line.assess(project, as_of=AS_OF, now=NOW, areas=("DEU",), indicators=[indicator], offline=True)
        assert len(judged.assessments) == 1


def test_an_edition_with_other_areas_or_of_another_project_is_not_replaced(
    flagship: tuple[Project, Path, Edition], tmp_path: Path
) -> None:
    project, out, _ = flagship
    before = hashes(out)
    with pytest.raises(CannotRender, match="also holds NGA, USNYC"):
        run(project, out, areas=("DEU",), formats=("data",))
    with pytest.raises(CannotRender, match="is an edition of"):
        run(load(copy(TINY, tmp_path / "tiny")), out, formats=("data",))
    assert hashes(out) == before


@pytest.mark.parametrize("name", ["../x", "a/b", ".."])
def test_the_name_of_an_edition_is_no_path(flagship: tuple[Project, Path, Edition], name: str) -> None:
    with pytest.raises(DefinitionError, match="is no name for an edition"):
        line.run(flagship[0], as_of=AS_OF, now=NOW, name=name, offline=True)


def test_nothing_that_was_not_over_at_the_cut_off_is_shown(
    flagship: tuple[Project, Path, Edition], tmp_path: Path
) -> None:
    out = tmp_path / "old"
    line.run(flagship[0], as_of=date(2020, 1, 1), now=NOW, out=out, areas=("DEU",), formats=("data",), offline=True)
    assert max(r["time_period"] for r in table(tmp_path / "old/data/observations.csv")) < "2020"
