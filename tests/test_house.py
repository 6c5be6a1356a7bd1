"""The house rules that a machine can keep: small files, one door for each library, a lesson in every check."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

import pytest

from monitor import plugins

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "monitor").rglob("*.py"))
#: library -> the only rooms that may import it
DOORS = {
    "requests": {"wire"}, "urllib3": {"wire"},
    "pandera": {"checks", "entries"}, "great_expectations": {"validation"},
    "jinja2": {"outputs"}, "typst": {"outputs"}, "matplotlib": {"chart", "chart_card", "chart_rank"},
    "xlsxwriter": {"workbook"},
    "yaml": {"document"}, "rich": {"cli", "terminal"},
    "click": {"agree_cli", "backtest_cli", "cli", "composite_cli", "explain_cli", "metadata_cli", "options", "terminal",
              "register_cli", "register_form", "validate_cli", "vintages_cli"},
    "babel": {"words", "area", "translated"}, "fastexcel": {"readers"},
    "lxml": {"readers", "outputs"}, "jmespath": {"readers"}, "pysdmx": {"readers"},
}
#: imported only where used, so that `monitor --help` is instant and a run pays for what it needs
HEAVY = {"pandera", "great_expectations", "matplotlib", "typst", "jinja2", "requests", "pandas", "rich"}


def _imports(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name.split(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.append((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_each_library_has_one_door(path: Path) -> None:
    room = path.relative_to(ROOT / "monitor").parts[0].removesuffix(".py")
    for library in _imports(ast.parse(path.read_text(encoding="utf-8"))):
        if library in DOORS:
            assert room in DOORS[library], f"{library} is imported in {room}; its door is {DOORS[library]}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_heavy_libraries_are_imported_where_they_are_used(path: Path) -> None:
    if path.name == "wire.py":
        pytest.skip("imported as a whole only when something is asked; see monitor/fetch.py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = ast.Module([n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)], [])
    assert not HEAVY & set(_imports(top))


def test_modules_are_small() -> None:
    lengths = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES}
    assert not [f"{p.name}: {n} lines" for p, n in lengths.items() if n > 400]
    assert statistics.median(lengths.values()) <= 140


@pytest.mark.parametrize("kind", plugins.KINDS)
def test_every_plugin_has_its_one_function_and_says_what_it_does(kind: str) -> None:
    assert plugins.names(kind)
    for name in plugins.names(kind):
        assert callable(plugins.function(kind, name)), name
        assert (plugins.module(kind, name).__doc__ or "").strip(), f"{kind}/{name} has no docstring"


@pytest.mark.parametrize("kind", ["readers", "checks", "methods"])
def test_every_plugin_has_cases(kind: str) -> None:
    lacking = [n for n in plugins.names(kind) if not list((ROOT / "tests/cases" / kind / n).glob("*"))]
    assert not lacking, f"no cases in tests/cases/{kind}/ for {', '.join(lacking)}"


def test_no_clock_below_the_command_line() -> None:
    for path in MODULES:
        if path.name in ("cli.py", "face.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("today", "utcnow"):
                pytest.fail(f"{path.name}:{node.lineno} asks the clock")


def test_no_file_names_a_machine_or_an_index() -> None:
    marks = ("/work" + "/", "/root" + "/", "pypi" + ".org", "index-" + "url =")
    for path in [*ROOT.glob("*.*"), *(ROOT / "docs").rglob("*.md"), *MODULES, *(ROOT / "tools").rglob("*.py")]:
        if path.is_file() and path.suffix in (".md", ".py", ".toml", ".txt", ".yaml"):
            text = path.read_text(encoding="utf-8")
            assert not [m for m in marks if m in text], path
