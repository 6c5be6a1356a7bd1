"""The documentation is true: every page is a story that is played from its first command to its last.

In a fresh copy of the flagship, block by block: ``sh`` commands are run (`monitor` without a network, `make` as a dry
run, anything else by bash) and must end as the page says (``# exit 11``, else 0); ``python`` is executed; ``yaml``,
``csv`` and plug-ins that begin with ``# path: at the end`` or ``: the whole file`` are written; ``output`` must have
been printed by the block before it.
"""

from __future__ import annotations

import importlib
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from monitor import plugins
from monitor.cli import cli
from monitor.project import load
from tests.server import closed_port
from tools import print_docs

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "sources/vintages/README.md"])
GENERATED = print_docs.pages()
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# (\S+): (at the end|the whole file)\n")
STORIES = [p for p in PAGES if p not in GENERATED and re.search(r"^```(sh|python|yaml)$", p.read_text(), re.MULTILINE)]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One store for all stories: what was read once is not read again."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def home(tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the flagship to work in, and no network."""
    for item in ("indicators.yaml", "Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / item, tmp_path / item)
    for folder in ("indicators", "mandate", "sources", "reports", "tools"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / ".monitor").symlink_to(store)
    monkeypatch.chdir(tmp_path)
    for proxy in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(proxy, f"http://127.0.0.1:{closed_port()}")
        monkeypatch.delenv(proxy.lower(), raising=False)
    for kind in plugins.KINDS:
        package = importlib.import_module(f"monitor.{kind}")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path / "monitor" / kind)])
    return tmp_path


def run(line: str) -> str:
    """One command of a page; what it printed, when it ended as the page says."""
    command, _, said = line.partition("  #")
    expected = int(m[1]) if (m := re.search(r"exit (\d+)", said)) else 0
    first, _, rest = command.strip().partition(" | ")
    if first.startswith("monitor "):
        arguments = shlex.split(first)[1:]
        if arguments[0] == "run" and "--offline" not in arguments:
            arguments.append("--offline")
        if arguments[0] == "run" and "--validate" not in arguments:
            arguments.append("--no-validate")  # it takes seconds each time; docs/howto/validation.md tries it
        done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
        code, printed = done.exit_code, done.output
        if rest:
            piped = subprocess.run(["bash", "-c", rest], input=done.stdout, capture_output=True, text=True, check=False)
            code, printed = code or piped.returncode, piped.stdout
    else:
        dry = re.sub(r"^make\b", "make --dry-run", command.strip())
        ran = subprocess.run(["bash", "-c", dry], capture_output=True, text=True, check=False)
        code, printed = ran.returncode, ran.stdout + ran.stderr
    assert code == expected, f"{line}\nended with {code}, the page says {expected}\n{printed[-3000:]}"
    return printed


def plain(text: str) -> str:
    """One kind of blank: figures are printed with no-break spaces."""
    return " ".join(text.split())


@cache
def anchors(page: Path) -> set[str]:
    """What a link to a heading of a page may end with."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {print_docs.slug(re.sub(r"[`*]", "", head)) for head in heads}


def write(home: Path, path: str, manner: str, text: str) -> None:
    target = home / path
    assert (manner == "at the end") == target.exists(), f"'{manner}', but is {path} there?"
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("a", encoding="utf-8") as file:
        file.write("\n" * (manner == "at the end") + text)
    importlib.invalidate_caches()


@pytest.mark.parametrize("page", STORIES, ids=name)
def test_everything_a_page_shows_works(page: Path, home: Path) -> None:
    printed, names, broken = "", {"__name__": "docs"}, False
    for kind, text in FENCE.findall(page.read_text(encoding="utf-8")):
        if file := FILE.match(text):
            write(home, file[1], file[2], text[file.end():])
        elif kind == "sh":
            printed = "".join(run(line) for line in text.splitlines() if line.strip() and not line.startswith("#"))
            broken = broken or "exit 10" in text
        elif kind == "python":
            exec(compile(text, name(page), "exec"), names)
        elif kind == "yaml":
            assert yaml.safe_load(text)
        elif kind == "output":
            lacking = [line for line in text.splitlines() if plain(line) not in plain(printed)]
            assert not lacking, f"not printed: {lacking}\nbut:\n{printed[-3000:]}"
    if not broken:  # what the page declares is right, and reads
        for indicator in load(home).indicators.keys() - load(ROOT).indicators.keys():
            shown = CliRunner().invoke(cli, ["show", indicator, "DEU", "--json"], catch_exceptions=False)
            assert json.loads(shown.stdout)["reason"] not in ("unreadable", "unavailable"), shown.output
    for module in [m for m in sys.modules if str(getattr(sys.modules[m], "__file__", "")).startswith(str(home))]:
        del sys.modules[module]


def test_commands_stand_only_where_they_are_run() -> None:
    for page in STORIES:
        for kind, text in FENCE.findall(page.read_text(encoding="utf-8")):
            if kind != "sh":
                assert not re.search(r"^(monitor|make) ", text, re.MULTILINE), f"{name(page)}: a command in '{kind}'"


@pytest.mark.parametrize("path", sorted(GENERATED), ids=name)
def test_generated_pages_are_fresh(path: Path) -> None:
    assert path.is_file(), "run: make docs"
    assert path.read_text(encoding="utf-8") == GENERATED[path], "run: make docs"


def test_every_how_to_is_in_the_list_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [p.name for p in (ROOT / "docs/howto").glob("*.md") if f"(docs/howto/{p.name})" not in readme] == []


def test_no_page_of_what_is_gone() -> None:
    assert print_docs.stale() == [], "run: make docs"


def test_every_indicator_and_recommendation_has_a_page_that_says_what_is_declared() -> None:
    """Drawn from the declarations and not from the printer: what a reader needs stands on the page, and marked."""
    project = load(ROOT)
    for indicator in project.indicators.values():
        page = GENERATED[print_docs.REFERENCE / f"indicators/{indicator.id}.md"]
        said = [indicator.definition, indicator.unit, indicator.numerator, indicator.denominator, indicator.purpose,
                indicator.do_no_harm, indicator.self_identification, *indicator.caveats, *indicator.sdg,
                *(f"**unconfirmed**: {text}" for text in indicator.unconfirmed),
                *(t.citation for t in indicator.targets), *(f"{n} {project.gcm[n]}" for n in indicator.gcm)]
        for part in indicator.data.parts.values() if indicator.data else ():
            if part.source:
                licence = project.sources[part.source].licence
                said += [part.series, *part.breakdowns, licence.name + " (**unconfirmed**)" * (not licence.confirmed)]
        owners = {found[1].id for answer in indicator.answers if (found := project.mandate.find(answer))}
        said += [f"(../recommendations/{owner}.md)" for owner in owners & {*project.recommendations}]
        assert [text for text in said if text not in page] == [], indicator.id
    for recommendation in project.recommendations.values():
        page = GENERATED[print_docs.REFERENCE / f"recommendations/{recommendation.id}.md"]
        said = [*recommendation.text.splitlines(), recommendation.source, *recommendation.gaps.values(),
                *(ask.text for ask in recommendation.asks), *project.mandate.linked(recommendation.id),
                *(f"(../indicators/{i.id}.md)" for i in project.answering(recommendation.id))]
        assert [text for text in said if text not in page] == [], recommendation.id


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_and_option_is_documented(command: str) -> None:
    page = GENERATED[ROOT / "docs/reference/cli.md"]
    section = page.split(f"## monitor {command}\n")[1].split("\n## ")[0]
    for parameter in cli.commands[command].params:
        assert parameter.param_type_name != "option" or parameter.help, f"{parameter.name} has no help"
        assert all(option in section for option in parameter.opts if option.startswith("-"))
    assert f"monitor {command} " in (ROOT / "README.md").read_text(encoding="utf-8") or command == "doctor"
    assert "monitor doctor" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for alt, target in re.findall(r"!?\[([^\]]*)\]\(([^)\s]+)\)", text):
        if re.match(r"https?:|mailto:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{target}: no such file"
        if anchor:
            assert anchor in anchors(there), f"{target}: no heading"
        if target.endswith(".png"):
            assert len(alt) > 40, f"{target}: describe the picture"
            assert there.stat().st_size <= 250_000


@pytest.mark.parametrize("page", [p for p in PAGES if p not in GENERATED], ids=name)
def test_files_that_are_named_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    made = {m[1] for m in FILE.finditer(text)}
    for path in re.findall(r"`((?:monitor|sources|reports|tests|tools|docs|indicators)/[\w./-]*\w)`", text):
        assert path in made or (ROOT / path).exists() or (page.parent / path).exists(), f"{path}: no such file"


def test_the_floors_on_the_page_are_those_that_are_checked() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    floors = "\n".join(settings["contracts"][0]["layers"]).replace("monitor.", "")
    assert f"```text\n{floors}\n```" in (ROOT / "docs/architecture.md").read_text(encoding="utf-8")


def test_every_reason_and_status_is_in_the_glossary() -> None:
    words = load(ROOT).words("en")
    glossary = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    for key, text in words.texts.items():
        if key.startswith("reason."):
            assert f"| `{key.removeprefix('reason.')}` | {text} |" in glossary
        if key.startswith("status."):
            assert text in glossary


def test_what_the_readme_says_is_declared_and_missing_is() -> None:
    """Fails when something of the list 'Not yet' has come: then the list must say so."""
    readme, project = (ROOT / "README.md").read_text(encoding="utf-8"), load(ROOT)
    assert "All 38 recommendations" in readme and len(project.recommendations) == 38
    assert "no evidence for a\n  commitment" in readme and not any(
        standing.evidence for c in project.mandate.commitments.values() for standing in c.history)
    judged = {i.method for i in project.indicators.values() if i.data}
    assert "judged by three methods" in readme and judged == {"binary", "statcan", "ordinal"}
    spoken = {p.stem for p in (ROOT / "reports/words").glob("*.yaml")}
    assert "--lang en,fr,es,ar,zh,ru" in readme and spoken == {"en", "fr", "es", "ar", "zh", "ru"}
    assert "no person has confirmed them" in readme and not any(
        project.words(language).texts.get("confirmed_by") for language in spoken - {"en"})


def test_decisions_are_numbered_and_say_what_they_cost() -> None:
    records = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [r.name[:3] for r in records] == [f"{n:03}" for n in range(1, len(records) + 1)]
    for record in records:
        text = record.read_text(encoding="utf-8")
        positions = [text.find(f"**{part}.**") for part in ("Context", "Decision", "Why", "What it costs")]
        assert -1 not in positions and positions == sorted(positions), record.name
