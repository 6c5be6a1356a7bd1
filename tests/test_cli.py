"""The command line as a person meets it: words, JSON, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import cli

ROOT = Path(__file__).parents[1]
HERE = ["--project", str(ROOT)]


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), catch_exceptions=False)


def test_help_imports_nothing_heavy() -> None:
    heavy = ("polars", "pydantic", "rich", "matplotlib", "pandera", "yaml", "requests")
    code = f"import sys, monitor.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_has_help(command: str) -> None:
    result = call(command, "--help")
    assert result.exit_code == 0
    assert cli.commands[command].help


@pytest.mark.parametrize(
    "kind", ["indicators", "recommendations", "sources", "areas", "checks", "methods", "readers", "reports"])
def test_every_list_is_data_too(kind: str) -> None:
    rows = json.loads(call("list", kind, *HERE, "--json").stdout)
    assert rows
    assert len({json.dumps(r) for r in rows}) == len(rows)
    plain = call("list", kind, *HERE).stdout
    assert len(plain.splitlines()) == len(rows) + 1
    assert "\x1b" not in plain, "no colour when piped"


def test_show_gives_the_chain_back_to_the_bytes() -> None:
    text = call("show", "IND-54a", "NGA", *HERE, "--as-of", "2026-11-22").stdout
    for word in ("World Bank", "sha256", "https://api.worldbank.org", "licence"):
        assert word in text
    data = json.loads(call("show", "IND-54a", "NGA", *HERE, "--as-of", "2026-11-22", "--json").stdout)
    assert data["id"] == "IND-54a"
    assert data["citations"][0]["sha256"] in text


def test_an_indicator_without_public_figures_says_what_is_needed() -> None:
    result = call("show", "IND-09", "DEU", *HERE)
    assert result.exit_code == 0
    assert "register" in result.stdout


@pytest.mark.parametrize(("arguments", "code", "words"), [
    (("show", "IND-99", "DEU"), 10, "IND-99"),
    (("show", "IND-54a", "Germany"), 10, "Did you mean 'DEU'"),
    (("run", "--area", "XXX"), 10, "no area"),
    (("run", "--area", "EU27"), 10, "group"),
    (("run", "--to", "docx"), 2, "docx"),
    (("run", "--as-of", "22.11.2026"), 2, "2026-11-22"),
    (("fetch", "no_such_source"), 10, "no_such_source"),
    (("where", "IND-99"), 10, "IND-99"),
    (("list", "cats"), 2, "indicators"),
])
def test_a_wrong_call_says_what_was_found_and_what_to_do(arguments: tuple[str, ...], code: int, words: str) -> None:
    extra = [] if arguments[0] == "list" else HERE
    result = call(*arguments, *extra)
    assert result.exit_code == code, result.output
    assert words in result.output
    assert "Traceback" not in result.output


def test_a_project_begun_with_init_runs_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert call("init", str(folder)).exit_code == 0
    out = tmp_path / "edition"
    result = call("run", "--project", str(folder), "--offline", "--out", str(out), "--json", "--as-of", "2026-11-22")
    assert result.exit_code == 0, result.output
    made = json.loads(result.stdout)
    assert made["areas"] == ["KEN", "PHL"]
    assert (out / "KEN/scorecard.pdf").is_file()
    second = call("init", str(folder))
    assert second.exit_code == 10
    assert "nothing was written" in second.output


def test_where_names_the_file_that_wins(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    call("init", str(folder))
    (folder / "reports").mkdir()
    (folder / "reports/tokens.yaml").write_text((ROOT / "reports/tokens.yaml").read_text(encoding="utf-8"))
    found = json.loads(call("where", "reports/tokens.yaml", "--project", str(folder), "--json").stdout)
    assert found == [str(folder / "reports/tokens.yaml"), str(ROOT / "reports/tokens.yaml")]
    assert "indicators" in call("where", "IND-54a", *HERE).stdout
    assert "sources/world_bank.yaml" in call("where", "world_bank", *HERE).stdout


def test_doctor_says_what_is_configured() -> None:
    rows = json.loads(call("doctor", *HERE, "--json").stdout)
    assert {"engine", "project", "store", "vintages", "world_bank"} <= {r["what"] for r in rows}
    assert all(r["state"] in ("ok", "stale", "missing", "offline", "broken") for r in rows)


def test_check_on_the_flagship_finds_no_broken_declaration() -> None:
    result = call("check", *HERE, "--json", "--as-of", "2026-11-22")
    assert result.exit_code in (0, 13), result.output
    assert json.loads(result.stdout)["problems"] == []
