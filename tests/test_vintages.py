"""What ships with a project, verified by its lock, and all vintages of a series in one row."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor import run, store, vintages
from monitor.cli import cli
from monitor.errors import DefinitionError, UnreadableData
from monitor.model import Licence, Offered, Source
from monitor.project import Project
from monitor.results import Snapshot
from tests import history

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = [
    "path", "sha256", "bytes", "rows", "source", "series", "unit", "fixed", "retrieved", "url", "origin",
    "origin_sha256", "licence", "publisher", "citation", "first_period", "last_period", "areas",
]  # fmt: skip


def ship(layer: Path, body: bytes, path: str = "vintages/exampleland/EX.1.csv", **more: str) -> None:
    """Put a vintage into a layer, and its line into the lock."""
    file = layer / "sources" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)
    line = dict.fromkeys(COLUMNS, "") | {
        "path": path, "sha256": vintages.sha256(body), "source": "exampleland", "series": "EX.1", "unit": "%",
        "fixed": "sex=T", "retrieved": "2026-05-01", "url": "https://example.org/EX.1", "origin": "publisher file",
        "origin_sha256": "ab", "licence": "CC BY 4.0", "publisher": "Office", "citation": "Office, EX.1",
    } | more  # fmt: skip
    lock = layer / "sources/vintages.lock"
    new = not lock.exists()
    with lock.open("a", newline="") as text:
        writer = csv.DictWriter(text, COLUMNS)
        if new:
            writer.writeheader()
        writer.writerow(line)


def answer(*bodies: bytes, series: str = "EX.1", retrieved: str = "2026-05-01") -> Snapshot:
    sha256 = vintages.digest(bodies)
    return Snapshot("exampleland", series, "json", bodies, sha256, "https://example.org", retrieved, "live")


def laws(file: str = "registers/laws.csv") -> Source:
    return Source(
        id="laws", title="Laws", publisher="We", official=False, homepage="https://example.org", reader="register",
        licence=Licence(name="CC0", confirmed=True), citation="We", file=file, series={"laws": Offered(title="Laws")},
    )  # fmt: skip


# ------------------------------------------------------------------ shipped


def test_a_shipped_vintage_comes_with_everything_its_lock_says(tmp_path: Path) -> None:
    ship(tmp_path, b"a,b\n1,2\n")
    got = vintages.shipped([tmp_path / "no lock here", tmp_path], "exampleland", "EX.1")
    assert got == Snapshot(
        "exampleland", "EX.1", "compact", (b"a,b\n1,2\n",), vintages.sha256(b"a,b\n1,2\n"), "https://example.org/EX.1",
        "2026-05-01", "shipped", "sources/vintages/exampleland/EX.1.csv", "CC BY 4.0", "Office", "Office, EX.1", "%",
        "sex=T", "publisher file", "ab",
    )  # fmt: skip
    assert vintages.shipped([tmp_path], "exampleland", "EX.2") is None
    assert vintages.verify([tmp_path, tmp_path / "no lock here"]) == []


def test_the_nearest_layer_wins_and_in_it_the_newest(tmp_path: Path) -> None:
    near, far = tmp_path / "near", tmp_path / "far"
    ship(far, b"far", retrieved="2026-09-01")
    ship(near, b"old", path="vintages/old.csv", retrieved="2024-01-01")
    ship(near, b"new", path="vintages/new.csv", retrieved="2025-01-01")
    got = vintages.shipped([near, far], "exampleland", "EX.1")
    assert got is not None
    assert got.bodies == (b"new",)


def test_a_changed_vintage_is_refused_with_both_hashes(tmp_path: Path) -> None:
    ship(tmp_path, b"right")
    (tmp_path / "sources/vintages/exampleland/EX.1.csv").write_bytes(b"wrong")
    with pytest.raises(UnreadableData) as caught:
        vintages.shipped([tmp_path], "exampleland", "EX.1")
    [problem] = caught.value.problems
    for part in ("sources/vintages/exampleland/EX.1.csv", vintages.sha256(b"right"), vintages.sha256(b"wrong"),
                 "Restore it, or rebuild the vintages with tools/make_vintages.py."):  # fmt: skip
        assert part in problem
    assert vintages.verify([tmp_path]) == [problem]
    (tmp_path / "sources/vintages/exampleland/EX.1.csv").unlink()
    [missing] = vintages.verify([tmp_path])
    assert "though sources/vintages.lock lists it" in missing


@pytest.mark.parametrize(
    ("text", "part"),
    [("path,sha256\na,b\n", "vintages.lock:2: expected the columns"), ('path,sha256\n"a', "is no CSV in UTF-8"),
     (",".join(COLUMNS) + "\n../up" + "," * 17 + "\n", "vintages.lock:2: path: found '../up'")],
)  # fmt: skip
def test_a_lock_file_that_is_none(tmp_path: Path, text: str, part: str) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/vintages.lock").write_text(text)
    with pytest.raises(DefinitionError) as caught:
        vintages.shipped([tmp_path], "exampleland", "EX.1")
    assert part in str(caught.value)
    assert vintages.verify([tmp_path]) == caught.value.problems


def test_every_vintage_of_the_flagship_has_its_hash() -> None:
    assert vintages.verify([ROOT]) == []
    lines = vintages.locked(ROOT)
    assert len(lines) > 20
    for line in lines:
        got = vintages.shipped([ROOT], line["source"], line["series"])
        assert got is not None
        assert got.reader == ("register" if line["path"].startswith("registers/") else "compact")


def test_a_locked_register_and_one_kept_by_hand(tmp_path: Path) -> None:
    body = b"ref_area,retrieved_on\nDEU,2025-03-01\nFRA,2026-02-01\nITA,\n"
    ship(tmp_path, body, path="registers/laws.csv", source="laws", series="laws")
    got = vintages.register([tmp_path], laws(), "laws")
    assert (got.retrieved, got.reader, got.publisher) == ("2026-05-01", "register", "Office")
    (tmp_path / "sources/registers/laws.csv").write_bytes(body + b"ESP,2026-03-01\n")
    with pytest.raises(UnreadableData, match="take its line out of the lock file"):
        vintages.register([tmp_path], laws(), "laws")
    (tmp_path / "sources/vintages.lock").unlink()
    got = vintages.register([tmp_path], laws(), "laws")
    assert (got.retrieved, got.publisher, got.licence) == ("2026-03-01", "We", "CC0")
    assert got.sha256 == vintages.sha256(body + b"ESP,2026-03-01\n")
    (tmp_path / "sources/registers/laws.csv").write_bytes(b"ref_area\nDEU\n")
    assert vintages.register([tmp_path], laws(), "laws").retrieved == ""
    (tmp_path / "sources/registers/laws.csv").write_bytes(b"ref_area\n\xff\xfe\n")
    with pytest.raises(UnreadableData, match="is no CSV in UTF-8"):
        vintages.register([tmp_path], laws(), "laws")


def test_of_several_shipped_vintages_the_one_known_on_a_date_counts(tmp_path: Path) -> None:
    near, far = tmp_path / "near", tmp_path / "far"
    ship(far, b"first", path="vintages/first.csv", retrieved="2023-01-01")
    ship(near, b"old", path="vintages/old.csv", retrieved="2024-01-01")
    ship(near, b"new", path="vintages/new.csv", retrieved="2025-01-01")

    def known(as_of: date) -> tuple[bytes, ...] | None:
        found = vintages.shipped([near, far], "exampleland", "EX.1", as_of)
        return found and found.bodies

    assert known(date(2025, 1, 1)) == (b"new",)
    assert known(date(2024, 12, 31)) == (b"old",)
    assert known(date(2023, 6, 1)) == (b"first",)
    assert known(date(2022, 6, 1)) is None


def test_every_vintage_of_every_layer_and_of_the_store_by_date(tmp_path: Path) -> None:
    near, far, store = tmp_path / "near", tmp_path / "far", tmp_path / "store"
    ship(far, b"first", path="vintages/first.csv", retrieved="2023-01-01")
    ship(near, b"second", path="vintages/second.csv", retrieved="2024-01-01")
    for retrieved, body in (("2025-01-01", b"third"), ("2025-02-01", b"third"), ("2025-03-01", b"second")):
        vintages.keep(store, answer(body, retrieved=retrieved))
    found = vintages.every([near, far], store, "exampleland", "EX.1")
    assert [(v.snapshot.origin, v.snapshot.retrieved, v.load().bodies, v.size) for v in found] == [
        ("shipped", "2023-01-01", (b"first",), 5), ("shipped", "2024-01-01", (b"second",), 6),
        ("kept", "2025-01-01", (b"third",), 5), ("kept", "2025-03-01", (b"second",), 6),
    ]  # fmt: skip
    assert all(v.snapshot.bodies == () for v in found)
    before = vintages.before([near, far], store, answer(b"second", retrieved="2025-03-01"))
    assert before is not None
    assert before.bodies == (b"third",)
    before = vintages.before([near, far], store, answer(b"third", retrieved="2025-01-01"))
    assert before is not None
    assert before.bodies == (b"second",)
    assert vintages.before([near, far], store, answer(b"first", retrieved="2023-01-01")) is None


# ------------------------------------------------------------------ what was known when


@pytest.fixture
def revised(tmp_path: Path) -> Project:
    """A cost first published in 2024 and revised twice since; one figure was taken back and came again."""
    made = history.project(tmp_path / "project")
    first: dict[str, float | str | None] = {"2019": 8.0, "2021": 6.0, "2022": 5.0}
    history.keep(made, "pay", history.table(history.PAY), "2023-01-01")
    history.keep(made, "cost", history.table(first), "2024-01-01")
    history.keep(made, "cost", history.table(first), "2024-02-01")
    history.keep(made, "cost", history.table({"2019": 8.0, "2021": 6.5, "2023": "4.0 P"}), "2024-06-01")
    history.keep(made, "cost", history.table({"2019": 8.0, "2021": 6.5, "2022": 5.0, "2023": 4.0}), "2025-06-01")
    return made


def called(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(cli, ["vintages", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def test_each_value_is_shown_as_first_published_and_as_revised(revised: Project) -> None:
    where = ("--project", str(revised.folder))
    assert called("COST", "DEU", *where) == (
        "COST  Cost, %: DEU\n"
        "period\t2024-01-01\t2024-06-01\t2025-06-01\n"
        "2019\t8\t\t\n"
        "2021\t6\t6.5\t\n"
        "2022\t5\ttaken back\t5\n"
        "2023\t\t4 P\t4\n"
        "3 vintages; a value stands under the day it came or changed.\n"
    )
    assert called("show", "COST", "DEU", *where) == called("COST", "DEU", *where)
    found = json.loads(called("COST", "DEU", "--json", *where))
    assert [v["retrieved"] for v in found["vintages"]] == ["2024-01-01", "2024-06-01", "2025-06-01"]
    assert {v["time_period"]: [(t["retrieved"][:7], t["change"], t["value"], t["flag"]) for t in v["told"]]
            for v in found["values"]} == {
        "2019": [("2024-01", "first", 8.0, "A")],
        "2021": [("2024-01", "first", 6.0, "A"), ("2024-06", "revised", 6.5, "A")],
        "2022": [("2024-01", "first", 5.0, "A"), ("2024-06", "removed", None, ""), ("2025-06", "returned", 5.0, "A")],
        "2023": [("2024-06", "first", 4.0, "P"), ("2025-06", "reflagged", 4.0, "A")],
    }  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(called("COST", "DEU", "--csv", *where))))
    assert len(rows) == 8
    assert rows[0] == {"indicator": "COST", "ref_area": "DEU", "breakdown": "_T", "time_period": "2019",
                       "retrieved": "2024-01-01", "change": "first", "value": "8.0", "flag": "A"}
    assert "2025-06-01" not in called("COST", "DEU", "--as-of", "2024-12-31", *where)


def test_a_computed_indicator_changes_with_each_of_its_parts(revised: Project) -> None:
    found = json.loads(called("RATIO", "DEU", "--json", "--project", str(revised.folder)))
    assert [v["series"] for v in found["vintages"]] == ["pay", "cost", "cost", "cost"]
    [old, new] = found["values"]
    assert [(t["retrieved"], t["value"]) for t in old["told"]] == [("2024-01-01", 7.5)]
    assert (new["told"][0]["retrieved"], new["told"][0]["value"]) == ("2024-06-01", 17.5)


def test_without_an_area_the_vintages_themselves_are_listed(revised: Project) -> None:
    rows = json.loads(called("COST", "--json", "--project", str(revised.folder)))
    assert [(r["retrieved"], r["origin"], r["bytes"]) for r in rows] == [
        ("2024-01-01", "kept", 105), ("2024-06-01", "kept", 107), ("2025-06-01", "kept", 133)]


def test_a_vintage_that_cannot_be_read_is_named_and_the_others_are_shown(revised: Project) -> None:
    kept = store.answers(revised.store, "office", "cost")[2]
    (revised.store / kept.snapshot.path).write_bytes(b"torn")
    shown = called("COST", "DEU", "--project", str(revised.folder))
    assert "warning: office cost of 2024-06-01: snapshots/" in shown
    assert "2023\t\t4\n" in shown


def test_shipped_vintages_are_vintages(tmp_path: Path) -> None:
    made = history.project(tmp_path / "project")
    for day, value in (("2024-01-01", 6.0), ("2025-01-01", 6.5)):
        ship(made.folder, f"ref_area,time_period,obs_value\nDEU,2021,{value}\n".encode(), path=f"vintages/{day}.csv",
             source="office", series="cost", retrieved=day, fixed="")  # fmt: skip
    shown = called("COST", "DEU", "--project", str(made.folder))
    assert "2021\t6\t6.5\n" in shown
    then, now = (
        run.assess(made, as_of=date(y, 6, 1), now="", offline=True, areas=("DEU",)) for y in (2024, 2025))
    assert [j.evidence.series.of("COST", "DEU").frame["obs_value"].to_list() for j in (then, now)] == [[6.0], [6.5]]
    assert [f.message for f in now.findings if f.check == "revision" and f.ref_area == "DEU"] != []


def test_an_old_edition_comes_back_byte_for_byte(revised: Project) -> None:
    """The figures, what was judged from them, what was found in them, and which answers that took."""
    def made(name: str) -> dict[str, bytes]:
        out = revised.folder / name
        run.run(revised, as_of=date(2024, 12, 31), now="", offline=True, out=out, name="e", formats=("html", "data"))
        return {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}

    history.keep(revised, "cost", history.table({"2019": 1.0}), "2025-07-01")
    later = made("later")
    assert b"revised" in later["data/findings.csv"]
    assert b",6.5," in later["data/observations.csv"]
    (revised.folder / "only").mkdir()
    alone = history.project(revised.folder / "only")  # nothing of 2025 was known here
    for kept in store.answers(revised.store):
        if kept.snapshot.retrieved < "2024-12-31":
            [body] = store.load(revised.store, kept).bodies
            history.keep(alone, kept.snapshot.series, body, kept.snapshot.retrieved)
    out = alone.folder / "e"
    run.run(alone, as_of=date(2024, 12, 31), now="", offline=True, out=out, name="e", formats=("html", "data"))
    then = {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}
    assert then == later


# ------------------------------------------------------------------ prune and verify


def left(project: Project) -> list[str]:
    return [k.snapshot.retrieved for k in store.answers(project.store, "office", "cost") if not k.pruned]


def test_pruning_shows_first_deletes_on_demand_and_keeps_what_is_cited(revised: Project) -> None:
    where = ("--project", str(revised.folder))
    run.run(revised, as_of=date(2024, 12, 31), now="", offline=True, name="cited", formats=("data",))
    manifest = json.loads((revised.folder / "editions/cited/manifest.json").read_text())
    [cost] = [s for s in manifest["snapshots"] if s["series"] == "cost"]
    answers = {k.snapshot.retrieved: k.snapshot.sha256 for k in store.answers(revised.store, "office", "cost")}
    assert (cost["sha256"], cost["compared_with"]) == (answers["2024-06-01"], answers["2024-02-01"])
    history.keep(revised, "cost", history.table({"2019": 1.0}), "2025-07-01")
    shown = called("prune", "--keep", "1", *where)
    assert shown.splitlines()[1].startswith("office\tcost\t2025-06-01\t")
    assert "1 answer, " in shown
    assert "3 older ones stay: editions cite them.\n" in shown
    assert shown.endswith("Nothing was deleted. Add --yes to delete them.\n")
    assert len(left(revised)) == 5
    told = json.loads(called("prune", "--keep", "1", "--json", *where))
    freed = told["freed"]
    assert f"in all {freed + told['rows_freed']} bytes" in shown
    size = sum(path.stat().st_size for path in (revised.store / "snapshots").rglob("*.gz"))
    assert "Deleted." in called("prune", "--keep", "1", "--yes", *where)
    assert size - sum(path.stat().st_size for path in (revised.store / "snapshots").rglob("*.gz")) == freed > 0
    assert left(revised) == ["2024-01-01", "2024-02-01", "2024-06-01", "2025-07-01"]
    assert "kept were the 1 newest" in store.answers(revised.store, "office", "cost")[3].pruned
    assert called("verify", *where).startswith("All is as it was kept: 5 answers in 4 files of the store, ")
    shutil.move(revised.folder / "editions", revised.folder / "elsewhere")
    assert "0 answers" in called("prune", "--keep", "1", *where), "the store knows what it cites"
    shutil.rmtree(revised.store / "cited")
    assert "0 answers" in called("prune", "--keep", "1", "--cited-by", str(revised.folder / "elsewhere"), *where)
    called("prune", "--keep", "1", "--yes", *where)
    assert left(revised) == ["2025-07-01"], "the newest of a series always stays"
    assert len([k for k in store.answers(revised.store, "office", "pay") if not k.pruned]) == 1


def test_pruning_leaves_what_serves_when_the_newest_is_at_fault(revised: Project) -> None:
    newest = history.keep(revised, "cost", history.table({"2019": 8000.0, "2021": 6500.0, "2022": 5000.0,
                                                          "2023": 4000.0}), "2025-07-01")
    run.assess(revised, as_of=date(2025, 8, 1), now="", offline=True)
    assert (revised.store / f"faulty/{newest.sha256}.txt").is_file()
    called("prune", "--keep", "1", "--yes", "--project", str(revised.folder))
    assert left(revised) == ["2025-06-01", "2025-07-01"]


def test_what_was_known_on_a_day_can_be_kept(revised: Project) -> None:
    called("prune", "--keep-since", "2025-01-01", "--yes", "--project", str(revised.folder))
    assert left(revised) == ["2024-06-01", "2025-06-01"]
    assert "kept were since 2025-01-01" in store.answers(revised.store)[1].pruned


@pytest.mark.parametrize(("given", "code", "part"), [
    ([], 2, "Say what to keep"), (["--keep", "0"], 2, "0 is not in the range"),
    (["--keep", "1", "--yes"], 12, "so it is not known which answers it cites. Nothing was deleted."),
])  # fmt: skip
def test_pruning_that_might_lose_something_is_refused(
    revised: Project, given: list[str], code: int, part: str
) -> None:
    torn = revised.folder / "editions/torn/manifest.json"
    torn.parent.mkdir(parents=True)
    torn.write_text('{"snapshots": [')
    assert part in called("prune", *given, "--project", str(revised.folder), code=code)
    assert len(left(revised)) == 4


def test_verify_names_what_is_damaged_kept_and_shipped(revised: Project) -> None:
    where = ("--project", str(revised.folder))
    ship(revised.folder, b"right", path="vintages/a.csv")
    assert json.loads(called("verify", "--json", *where))["problems"] == []
    (revised.folder / "sources/vintages/a.csv").write_bytes(b"wrong")
    kept = store.answers(revised.store, "office", "pay")[0].snapshot
    (revised.store / kept.path).write_bytes(b"")
    said = called("verify", *where, code=12)
    assert f"{kept.path} in the project's store is damaged" in said
    assert "sources/vintages/a.csv: its sha256 is" in said
    assert "2 problems in what is kept and shipped." in said


def test_a_figure_that_is_withheld_now_is_withheld_in_every_vintage(tmp_path: Path) -> None:
    counted = history.PROJECT.replace("bounds: [0, 100], baseline", "disclosure: {k: 5}, baseline").replace(
        "scale: percent", "scale: count")
    made = history.project(tmp_path / "project", text=counted)
    history.keep(made, "cost", history.table({"2019": 800, "2021": 707}), "2024-01-01")
    history.keep(made, "cost", history.table({"2019": 800, "2021": 3}), "2025-01-01")
    where = ("--project", str(made.folder))
    assert "2019\t800\n2021\twithheld\n" in called("COST", "DEU", *where)
    assert "2021,2024-01-01,first,,Q\n" in called("COST", "DEU", "--csv", *where)
    found = json.loads(called("COST", "DEU", "--json", *where))
    assert [t["value"] for v in found["values"] if v["time_period"] == "2021" for t in v["told"]] == [None]
