"""A browser and a small edition to look at with it, each made once for all tests. Import the fixtures by name.

It is the Chromium of the machine, found by name: nothing is downloaded. Where there is none, tests that need it are
skipped and say so.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from monitor import document, words
from monitor.cli import cli
from monitor.outputs import html
from monitor.validation.page import QualityPage, Row

REPORTS = Path(__file__).parents[1] / "reports"
NAMES = ("chromium", "chromium-browser", "google-chrome")
#: areas of the edition: much, almost nothing, a city
AREAS = ("DEU", "LBN", "USNYC")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium without a window."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install .[dev]")
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"there is no browser: none of {', '.join(NAMES)} was found")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An edition of three areas in English and Arabic, with the page of a validation that was made up."""
    out = tmp_path_factory.mktemp("browser") / "edition"
    areas = [part for one in AREAS for part in ("--area", one)]
    args = ["run", "--offline", "--no-validate", "--to", "html,data", "--lang", "en,ar", "--out", str(out), *areas]
    result = CliRunner().invoke(cli, args)
    assert (out / "index.html").is_file(), result.output
    row = Row("RULE-1", "IND-54a", "between 0 and 100", "one figure of 112", "2021: 112", "")
    shown = QualityPage(
        title="Scorecard", edition="2026-11", as_of="22 November 2026", language="en", direction="ltr", purpose="",
        licence="CC BY 4.0", engine="monitor", made_by="", problem="", tested_with="a library",
        counts=(("failed", 1),), rows=(("failed", (row,)),), suites=(),
    )
    look = dict(document.read(REPORTS / "tokens.yaml", typed=True).tree)
    said = words.Words("en", document.read(REPORTS / "words/en.yaml").tree)
    (out / "quality").mkdir()
    (out / "quality/index.html").write_bytes(html.quality(shown, said, [REPORTS], look))
    return out


@pytest.fixture(scope="session")
def kinds(edition: Path) -> dict[str, Path]:
    """One page of each type there is in the edition."""
    first = {
        "start": "index.html", "area": "DEU/scorecard.html", "figures": "USNYC/figures.html",
        "empty": "LBN/scorecard.html", "city": "USNYC/scorecard.html", "many": "DEU/figures.html",
        "arabic": "ar/USNYC/scorecard.html", "gaps": "gaps.html", "compare": "compare.html",
        "mandate": "mandate.html", "quality": "quality/index.html", "indicator": "indicators/IND-54a.html",
        "recommendation": "recommendations/R2016-1.html", "actors": "actors/index.html",
        "actor": next((f"actors/{one.name}" for one in sorted(edition.glob("actors/[!i]*.html"))), "none"),
    }
    return {kind: edition / path for kind, path in first.items() if (edition / path).is_file()}
