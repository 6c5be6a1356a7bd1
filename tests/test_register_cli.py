"""``monitor register`` as a person meets it: looking, checking, adding a row field by field or at once."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from monitor import append, links, register_form
from monitor.cli import cli
from monitor.errors import SourceUnavailable
from monitor.network import Network
from monitor.register_cli import register
from tests import kept
from tests.server import serving

ROOT = Path(__file__).resolve().parents[1]
#: the fields of the made-up register in the order they are asked, with good answers
ANSWERS = {
    "ref_area": "KEN", "level": "local", "date_from": "2020-05", "date_to": "", "city": "Nairobi", "open": "yes",
    "open_1": "", "open_2": "", "data_safe": "no", "kind": "card", "issued": "1200",
    "source_url": "https://www.iana.org/nairobi", "archived_url": "https://web.archive.org/nairobi",
    "retrieved_on": "2024-06-01", "quote": "Open to all, it says.", "language": "en", "coder_1": "", "coder_2": "",
    "agreement": "", "confidence": "high", "status": "", "notes": "", "linked_r": "T1", "linked_gcm": "4 15",
    "supersedes": "", "id": "",
}
SETS = [x for name, value in ANSWERS.items() if value for x in ("--set", f"{name}={value}")]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    kept.project(tmp_path, kept.table({}))
    return tmp_path


def rows(home: Path) -> Path:
    return home / "sources/registers/cards.csv"


def call(home: Path, *arguments: str, answers: str = "") -> Result:
    called = ["register", *arguments, "--project", str(home)]
    return CliRunner().invoke(cli, called, input=answers, catch_exceptions=False)


def typed(**changed: str) -> str:
    """What a person types: an answer for each field; several, for one that is asked again."""
    return "".join(f"{answer}\n" for answer in ({**ANSWERS, **changed}).values())


@pytest.mark.parametrize("command", sorted(register.commands))
def test_every_command_and_option_has_help(command: str) -> None:
    result = CliRunner().invoke(cli, ["register", command, "--help"])
    assert result.exit_code == 0
    assert register.commands[command].help
    assert all(p.help for p in register.commands[command].params if isinstance(p, click.Option))


def test_list_says_who_reads_a_register_and_what_is_wrong(home: Path) -> None:
    listed = {row["register"]: row for row in json.loads(call(home, "list", "--json").stdout)}
    cards = listed["cards"]
    assert (cards["rows"], cards["areas"], cards["newest"], cards["errors"]) == (1, 1, "2024-05-01", 0)
    assert cards["indicators"] == "CARD-1 CARD-2"
    assert {"law", "cityid"} <= {*listed}, "the flagship's registers lie below"
    plain = call(home, "list").stdout.splitlines()
    assert len(plain) == len(listed) + 1


def test_show_gives_codebook_agreement_and_rows(home: Path) -> None:
    text = call(home, "show", "cards").stdout
    for part in ("# City cards", "## Worked examples", "no kappa: 0 rows coded by two people", "https://www.iana.org/1"):
        assert part in text
    data = json.loads(call(home, "show", "cards", "--json").stdout)
    assert data["rows"][0]["city"] == "Berlin"
    assert data["agreement"]["open"]["kappa"] is None
    assert data["register"]["rules"]["programmes"]["rule"] == "count"
    missing = call(home, "show", "card")
    assert (missing.exit_code, "Did you mean 'cards'?" in missing.output) == (10, True)


def test_check_is_silent_about_good_rows_and_loud_about_bad_ones(home: Path) -> None:
    good = call(home, "check", "cards", "--strict")
    assert (good.exit_code, "1 register, 0 errors, 0 warnings." in good.stdout) == (0, True)
    rows(home).write_text(kept.table({"archived_url": ""}), encoding="utf-8")
    assert call(home, "check", "cards").exit_code == 0
    assert call(home, "check", "cards", "--strict").exit_code == 13
    rows(home).write_text(kept.table({"source_url": "", "notes": "jane@example.org"}), encoding="utf-8")
    bad = call(home, "check", "cards")
    assert bad.exit_code == 10
    assert "error: sources/registers/cards.csv:2: source_url: found ''" in bad.stdout
    data = json.loads(call(home, "check", "cards", "--json").stdout)
    assert [r["level"] for r in data["remarks"]] == ["error", "error"]


def test_check_survives_a_file_that_is_no_table(home: Path) -> None:
    rows(home).write_bytes(b"id,ref_area\n\xff\xfe\n")
    result = call(home, "check", "cards")
    assert (result.exit_code, "is no text in UTF-8" in result.output) == (10, True)
    assert call(home, "check").exit_code == 10, "the other registers are looked at all the same"
    assert call(home, "list").exit_code == 0
    rows(home).write_text("id,ref_area\nx\n", encoding="utf-8")
    result = call(home, "check", "cards")
    assert result.exit_code == 10
    assert "has 1 cells, expected 2" in result.output
    assert "the table has no column 'city'" in result.output


def test_a_wrong_row_is_told_by_the_general_check_too_and_the_rest_runs(home: Path) -> None:
    rows(home).write_text(kept.table({"retrieved_on": "2999-01-01"}), encoding="utf-8")
    result = CliRunner().invoke(cli, ["check", "--project", str(home)], catch_exceptions=False)
    assert result.exit_code == 10
    assert "sources/registers/cards.csv:2: retrieved_on: found '2999-01-01', which is after today" in result.output
    out = home / "out"
    run = CliRunner().invoke(cli, ["run", "--project", str(home), "--offline", "--to", "data", "--out", str(out)])
    assert run.exit_code == 0, run.output


def test_a_run_sets_a_wrong_row_aside_names_it_and_ends_with_3(home: Path) -> None:
    rows(home).write_text(kept.table({}, {"id": "CARDS-KEN-001", "ref_area": "KEN", "open": "maybe"}), encoding="utf-8")
    out = home / "out"
    result = run("run", home, "--offline", "--as-of", "2026-11-22", "--to", "data", "--out", str(out))
    said = "sources/registers/cards.csv:3: open: found 'maybe'"
    assert (result.exit_code, said in result.stderr) == (3, True), result.output
    assert said in (out / "data/findings.csv").read_text(encoding="utf-8")


def test_a_register_without_its_file_is_an_error_and_the_flagships_rows_do_not_stand_in(home: Path) -> None:
    shutil.copy(ROOT / "sources/registers/cityid.yaml", home / "sources/registers/cityid.yaml")
    result = run("check", home)
    assert result.exit_code == 10
    assert "cityid.yaml:1: there is no sources/registers/cityid.csv beside it" in result.output


def test_links_into_what_cannot_be_read_are_not_judged_in_registers_either(flagship: Path) -> None:
    path = flagship / "indicators/R2016-1.yaml"
    path.write_text("a: [", encoding="utf-8")
    said = run("check", flagship).output
    assert "links into it were not checked" in " ".join(said.split())
    assert "is no item of the mandate" not in said


def test_a_broken_list_of_objectives_is_one_problem_and_stops_no_run(flagship: Path) -> None:
    (flagship / "sources/frameworks").mkdir(exist_ok=True)
    (flagship / "sources/frameworks/gcm.yaml").write_text("titles: [", encoding="utf-8")
    checked = run("check", flagship)
    assert checked.output.strip().endswith("1 problems in the declarations and registers."), checked.output[-500:]
    assert "guiding principle" not in checked.output
    made = run("run", flagship, "--offline", "--area", "DEU", "--to", "html,data", "--out", str(flagship / "out"))
    assert made.exit_code == 3, made.output[-500:]


def test_what_may_be_a_name_is_a_warning_of_check_and_in_the_edition_and_masked(home: Path) -> None:
    rows(home).write_text(kept.table({"notes": "Zubaida Karimova told us"}), encoding="utf-8")
    result = run("check", home)
    said = "sources/registers/cards.csv:2: notes: 'Z… K…' may be the name of a private person"
    assert said in " ".join(result.output.split()) and "Karimova" not in result.output
    out = home / "out"
    assert run("run", home, "--offline", "--to", "data", "--out", str(out)).exit_code == 0
    assert said in (out / "data/findings.csv").read_text(encoding="utf-8")


def test_a_name_does_not_pass_silently_and_a_row_is_not_written_twice(home: Path) -> None:
    before = rows(home).read_bytes()
    named = call(home, "add", "cards", *SETS, "--set", "notes=Zubaida Karimova told us", "--yes")
    assert (named.exit_code, rows(home).read_bytes()) == (10, before)
    assert "--names-checked" in named.output
    assert call(home, "add", "cards", *SETS, "--set", "notes=Zubaida Karimova", "--yes",
                "--names-checked").exit_code == 0
    after = rows(home).read_bytes()
    again = call(home, "add", "cards", *SETS, "--yes")
    assert (again.exit_code, "says the same as 'CARDS-KEN-001'" in again.output) == (10, True)
    assert rows(home).read_bytes() == after
    assert call(home, "add", "cards", *SETS, "--set", "supersedes=CARDS-KEN-001", "--yes").exit_code == 0


def test_only_the_wrong_field_is_asked_again_as_soon_as_it_is_wrong(home: Path) -> None:
    result = call(home, "add", "cards", answers=typed(
        date_from="2031\n2020-05", date_to="2019\n2021", linked_r="T7\nT1",
        notes="Zubaida Karimova\nn\nnothing") + "y\n")
    assert result.exit_code == 0, result.output
    for said in ("found '2031', which is after today", "found '2019', which is before date_from", "'T7' is no item",
                 "'Z… K…' may be the name", "What the first reader found: for everybody",
                 "What the second reader found, without knowing the first's"):
        assert said in result.output
    assert result.output.count("Country (DEU)") == 1
    assert "KEN,local,2020-05,2021" in rows(home).read_text(encoding="utf-8")


def test_a_form_that_is_refused_in_the_end_is_kept(home: Path) -> None:
    assert call(home, "add", "cards", *SETS, "--yes").exit_code == 0
    result = call(home, "add", "cards", answers=typed())
    assert result.exit_code == 10
    draft = home / ".monitor/cards-row.json"
    assert json.loads(draft.read_text(encoding="utf-8"))[0]["city"] == "Nairobi"
    assert str(draft) in result.output


@pytest.mark.parametrize(("name", "says"), [
    ("REG-TREATY", "treaties  "), ("reg-treaty", "treaties  "), ("GCM-6", "Fair and ethical recruitment"),
    ("r2016-1", "R2016-1  "), ("ind-17", "IND-17a"),
])
def test_every_id_of_the_catalogue_is_shown_in_any_capitals(name: str, says: str) -> None:
    result = run("show", ROOT, name)
    assert (result.exit_code, says in result.output) == (0, True), result.output


def test_a_wrong_declaration_is_an_error_of_check_and_no_warning(home: Path) -> None:
    path = home / "indicators.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("kind: structure", "kind: structural", 1), encoding="utf-8")
    found = json.loads(run("check", home, "--json").stdout.partition("\nDefinitionError")[0])["findings"]
    assert {f["level"] for f in found if f["check"] == "declaration"} == {"error"}


def test_loading_a_project_imports_no_library_for_tables_of_its_own() -> None:
    code = "import sys; from monitor import project, formula, entries; assert 'polars' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_dead_links_are_listed_and_each_page_is_asked_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_ALLOW_PRIVATE", "1")
    with serving() as page:
        page.says("/alive", b"<html>")
        page.says("/shut", b"", 403)
        good, gone, shut = (f"{page.url}/{name}" for name in ("alive", "gone", "shut"))
        rows(home).write_text(kept.table(
            {"source_url": good, "archived_url": good},
            {"id": "B", "city": "Bonn", "source_url": gone, "archived_url": good},
            {"id": "C", "city": "Ulm", "source_url": gone, "archived_url": gone},
            {"id": "D", "city": "Kiel", "source_url": shut, "archived_url": ""}), encoding="utf-8")
        result = call(home, "check", "cards", "--links")
        assert [page.times(f"/{name}") for name in ("alive", "gone", "shut")] == [1, 1, 1]
    assert result.exit_code == 10
    printed = result.stdout.replace(page.url, "").replace("sources/registers/cards.csv:", "")
    said = printed.splitlines()
    for expected in (
        "warning: 3: source_url: /gone: answered with status 404. Its archived copy serves.",
        "error: 4: source_url: /gone: answered with status 404. Find the page's new address, or a copy of it.",
        "error: 4: archived_url: /gone: answered with status 404. Find the page's new address, or a copy of it.",
        "note: 5: source_url: /shut: answered with status 403, so only a person with a browser can tell.",
    ):
        assert expected in said
    assert not [line for line in said if "/alive: answered" in line]


def test_without_a_network_no_link_is_called_dead(home: Path) -> None:
    closed = [f"http://nowhere-{n}.invalid/x" for n in (2, 3)]
    network = Network(patience=0.5)
    with pytest.raises(SourceUnavailable, match="No link was judged"):
        links.ask(closed, network)


def test_a_run_leaves_out_what_is_wrong_says_so_everywhere_and_ends_with_3(home: Path) -> None:
    path = home / "indicators.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(
        "id: CARD-2, title: Made up, definition: Invented., answers: [T1], kind: structure",
        "id: CARD-2, title: Made up, definition: Invented., answers: [T1], kind: structural"), encoding="utf-8")
    out = home / "out"
    result = run("run", home, "--offline", "--as-of", "2026-11-22", "--to", "html,data", "--out", str(out))
    assert result.exit_code == 3, result.output
    problem = "indicators[1] (CARD-2) kind: found 'structural', expected"
    assert problem in result.stderr and problem not in result.stdout
    assert "1 problem in the declarations" in result.stdout
    assert problem in (out / "data/findings.csv").read_text(encoding="utf-8")
    page = (out / "DEU/scorecard.html").read_text(encoding="utf-8")
    assert "1 problem in the declarations of this project" in page
    assert "The indicator CARD-2 is left out of this edition" in page
    assert "1 problem in the declarations" in (out / "index.html").read_text(encoding="utf-8")
    data = run("run", home, "--offline", "--to", "data", "--out", str(home / "more"), "--json")
    assert (data.exit_code, json.loads(data.stdout)["areas"]) == (3, ["DEU", "KEN"])
    for (command, *arguments), code in ((["list", "indicators"], 3), (["show", "CARD-1", "DEU"], 3),
                                        (["show", "CARD-2"], 10), (["check"], 10), (["where", "CARD-1"], 0)):
        assert run(command, home, *arguments).exit_code == code, (command, arguments)


def test_a_run_refuses_where_nothing_is_left(home: Path) -> None:
    path = home / "indicators.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("kind: structure", "kind: structural"), encoding="utf-8")
    result = run("run", home, "--offline", "--out", str(home / "out"))
    assert (result.exit_code, "nothing is left to make an edition of" in result.stderr) == (10, True)
    assert not (home / "out").exists()


def run(command: str, home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [command, *arguments, "--project", str(home)], catch_exceptions=False)


def test_a_register_is_listed_and_shown_by_either_name(home: Path) -> None:
    listed = json.loads(run("list", home, "registers", "--json").stdout)
    assert listed == json.loads(call(home, "list", "--json").stdout)
    text = run("show", home, "REG-CARDS").stdout
    assert text == run("show", home, "cards").stdout
    for part in ("cards  City cards", "counts: A card.", "series: programmes: In force, programmes (count)",
                 "two readers: open: no kappa", "read by: CARD-1  Made up", "rows: 1 on 1 area", "https://www.iana.org/1"):
        assert part in text
    assert json.loads(run("show", home, "cards", "--json").stdout)["indicators"] == ["CARD-1", "CARD-2"]
    assert run("where", home, "REG-CARDS").stdout.strip().endswith("sources/registers/cards.yaml")


def test_a_family_of_indicators_is_shown_with_what_is_known_of_each(home: Path) -> None:
    path = home / "indicators.yaml"
    text = path.read_text(encoding="utf-8").replace("CARD-1", "CARD-9a").replace("CARD-2", "CARD-9b")
    path.write_text(text, encoding="utf-8")
    rows = json.loads(run("show", home, "CARD-9", "--as-of", "2026-11-22", "--json").stdout)
    assert [(row["id"], row["figures"].split(",")[0]) for row in rows] == [
        ("CARD-9a", "1 of 2 areas with figures"), ("CARD-9b", "1 of 1 areas with figures")]
    assert "awaiting entries" in rows[0]["figures"]


# ------------------------------------------------------------------ add


def test_a_row_is_asked_for_field_by_field_and_appended(home: Path) -> None:
    before = rows(home).read_bytes()
    result = call(home, "add", "cards", "--as-of", "2026-11-22", answers=typed() + "y\n")
    assert result.exit_code == 0, result.output
    after = rows(home).read_bytes()
    assert after.startswith(before)
    assert after.decode().splitlines()[-1] == (
        'CARDS-KEN-001,KEN,local,2020-05,,Nairobi,yes,,,no,card,1200,https://www.iana.org/nairobi,'
        'https://web.archive.org/nairobi,2024-06-01,"Open to all, it says.",en,,,,high,,,T1,4 15,')
    assert call(home, "check", "cards", "--strict").exit_code == 0
    assert [p.name for p in rows(home).parent.iterdir() if p.name.startswith(".")] == []


def test_what_the_row_changes_is_shown_before_it_is_written(home: Path) -> None:
    result = call(home, "add", "cards", "--as-of", "2026-11-22", answers=typed() + "n\n")
    (line,) = (x for x in result.output.splitlines() if x.startswith("CARD-1\tKEN"))
    before, after = line.split("\t")[2:]
    assert before == "not assessed: the register kept by hand has no complete entry for this area yet"
    assert after.startswith("1.00 (2024), ")
    assert "CARD-1\tDEU" not in result.output
    assert "CARD-2" not in result.output, "it does not apply to Kenya"
    assert "Nothing was written." in result.output
    assert rows(home).read_text(encoding="utf-8") == kept.table({})


def test_a_bad_answer_is_asked_again_with_a_helpful_sentence(home: Path) -> None:
    answers = typed(ref_area="Kenya\nKEN", date_from="May 2020\n2020-05", open="maybe\nyes", confidence="\nhigh",
                    issued="1,200\n1200", id="CARDS-DEU-001\nCARDS-KEN-009")
    result = call(home, "add", "cards", answers=answers + "y\n")
    assert result.exit_code == 0, result.output
    for said in ("found 'Kenya'", "Did you mean 'KEN'?", "found 'May 2020', expected 2024", "expected yes or no.",
                 "found '1,200', expected a number", "found '', expected something", "an id no other row has"):
        assert said in result.output
    assert "CARDS-KEN-009,KEN" in rows(home).read_text(encoding="utf-8")


@pytest.mark.parametrize("stop", [3, 10, len(ANSWERS)])
def test_an_interruption_writes_nothing(home: Path, stop: int) -> None:
    before = rows(home).read_bytes()
    answers = "".join(f"{answer}\n" for answer in [*ANSWERS.values()][:stop])
    result = call(home, "add", "cards", answers=answers)  # the input ends: as Ctrl-C or a closed terminal
    assert result.exit_code == 1
    assert "Aborted" in result.output
    assert rows(home).read_bytes() == before


def test_an_interruption_while_writing_leaves_the_old_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows(home).read_bytes()

    def stop(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(append.Path, "replace", stop)
    assert call(home, "add", "cards", *SETS, "--yes").exit_code == 1
    assert rows(home).read_bytes() == before
    assert [p.name for p in rows(home).parent.iterdir() if p.name.startswith(".")] == []


def test_values_on_the_command_line_need_no_terminal(home: Path) -> None:
    result = call(home, "add", "cards", *SETS, "--yes")
    assert result.exit_code == 0, result.output
    assert "CARDS-KEN-001" in rows(home).read_text(encoding="utf-8")
    again = call(home, "add", "cards", *SETS, "--set", "city=Mombasa", "--yes")
    assert again.exit_code == 0
    assert "CARDS-KEN-002" in rows(home).read_text(encoding="utf-8")


@pytest.mark.parametrize(("arguments", "code", "says"), [
    (["--set", "cty=Nairobi"], 2, "Did you mean 'city'?"),
    (["--set", "city"], 2, "is not COLUMN=VALUE"),
    (["--set", "ref_area=Kenya"], 10, "ref_area: found 'Kenya'"),
    (["--set", "source_url="], 10, "source_url: found ''"),
    (["--set", "retrieved_on=2999-01-01"], 10, "which is after today"),
    (["--set", "notes=write to jane@example.org"], 10, "e-mail address"),
    (["--set", "id=CARDS-DEU-001"], 10, "expected an id no other row has"),
    (["--set", "supersedes=CARDS-9"], 10, "there is no row 'CARDS-9'"),
    (["--as-of", "yesterday"], 2, "is no date"),
])
def test_a_wrong_row_is_refused_and_nothing_is_written(home: Path, arguments: list[str], code: int, says: str) -> None:
    before = rows(home).read_bytes()
    result = call(home, "add", "cards", *SETS, *arguments, "--yes")
    assert (result.exit_code, says in result.output) == (code, True), result.output
    assert rows(home).read_bytes() == before


@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_rows_come_from_a_file_all_or_none(home: Path, tmp_path: Path, suffix: str) -> None:
    given = [{"ref_area": "KEN", "date_from": "2020", "city": name, "open": "yes", "source_url": "https://www.iana.org/x",
              "retrieved_on": "2024-06-01", "confidence": "high"} for name in ("Nairobi", "Mombasa")]
    path = tmp_path / f"new.{suffix}"

    def write() -> None:
        lines = [",".join(given[0]), *(",".join(row.values()) for row in given)]
        path.write_text(json.dumps(given) if suffix == "json" else "\n".join(lines), encoding="utf-8")

    write()
    assert call(home, "add", "cards", "--from", str(path), "--yes").exit_code == 0
    assert rows(home).read_text(encoding="utf-8").count("KEN") == 4
    before = rows(home).read_bytes()
    given[1]["open"] = "perhaps"
    write()
    result = call(home, "add", "cards", "--from", str(path), "--yes")
    assert (result.exit_code, "open: found 'perhaps'" in result.output) == (10, True)
    assert rows(home).read_bytes() == before


@pytest.mark.parametrize(("name", "text"), [("x.json", "{"), ("x.json", "[1]"), ("x.json", "[]"), ("x.csv", ""),
                                            ("x.csv", 'a\n"b'), ("x.csv", "a,b\n1\n"), ("x.csv", "colour\nred\n")])
def test_a_file_that_is_none_says_so(home: Path, tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    result = call(home, "add", "cards", "--from", str(tmp_path / name), "--yes")
    assert result.exit_code in (10, 12), result.output
    assert "Traceback" not in result.output


def test_what_was_wrong_before_does_not_keep_a_good_row_out(home: Path) -> None:
    rows(home).write_text(kept.table({"retrieved_on": "2999-01-01"}), encoding="utf-8")
    result = call(home, "add", "cards", *SETS, "--yes")
    assert result.exit_code == 0, result.output
    assert "CARDS-KEN-001" in rows(home).read_text(encoding="utf-8")


def test_a_locked_register_is_rebuilt_and_not_added_to() -> None:
    result = call(ROOT, "add", "treaties", "--set", "ref_area=DEU", "--yes")
    assert (result.exit_code, "tools/make_vintages.py rebuilds it" in result.output) == (10, True)


def test_a_project_of_ones_own_begins_with_the_rows_of_the_flagship(home: Path) -> None:
    there = (ROOT / "sources/registers/firewall.csv").read_bytes()
    new = {"ref_area": "KEN", "date_from": "2020", "domain": "health", "as_of": "2024", "firewall": "no",
           "source_url": "https://www.iana.org/x", "retrieved_on": "2024-06-01", "confidence": "med"}
    result = call(home, "add", "firewall", *(x for k, v in new.items() for x in ("--set", f"{k}={v}")), "--yes")
    assert result.exit_code == 0, result.output
    own = (home / "sources/registers/firewall.csv").read_bytes()
    assert own.startswith(there)
    assert own.count(b"\n") == there.count(b"\n") + 1
    assert (ROOT / "sources/registers/firewall.csv").read_bytes() == there


@pytest.fixture
def flagship(tmp_path: Path) -> Path:
    """A copy of the flagship to write to."""
    for name in ("indicators.yaml", "indicators", "sources", "reports", "mandate"):
        source = ROOT / name
        shutil.copytree(source, tmp_path / name) if source.is_dir() else shutil.copy(source, tmp_path / name)
    return tmp_path


def test_the_flagship_of_the_package_is_not_written_to(flagship: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.layers.packaged", lambda: flagship)
    monkeypatch.setattr("monitor.project.packaged", lambda: flagship)
    result = call(flagship, "add", "firewall", "--set", "ref_area=KEN", "--yes")
    assert (result.exit_code, "Begin your own: monitor init DIR" in result.output) == (10, True)


def test_ids_are_proposed_and_never_used_again() -> None:
    declared = kept.declared()
    assert register_form.next_id(declared, "KEN", {"CARDS-KEN-001", "CARDS-KEN-003"}) == "CARDS-KEN-002"
    assert register_form.next_id(declared, "", set()) == "CARDS-ROW-001"


def test_a_row_on_the_real_declarations_changes_a_real_scorecard(flagship: Path) -> None:
    new = {"ref_area": "DEU", "date_from": "2020", "city": "Bremen", "programme": "Invented", "kind": "card",
           "open_to_all": "yes", "as_of": "2024", "source_url": "https://www.iana.org/x",
           "retrieved_on": "2024-06-01", "confidence": "med"}
    result = call(flagship, "add", "cityid", *(x for k, v in new.items() for x in ("--set", f"{k}={v}")), "--yes")
    assert result.exit_code == 0, result.output
    assert [x for x in result.output.splitlines() if x.startswith("IND-32\tDEU\tnot assessed: ") and "1.00 (2024)" in x]
