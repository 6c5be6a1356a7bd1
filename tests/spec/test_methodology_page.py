"""The printed methodology is the tested one."""

from __future__ import annotations

from pathlib import Path

from tests.spec import CHAPTERS
from tools.print_methodology import page

HERE = Path(__file__).parent


def test_the_page_is_fresh() -> None:
    printed = (HERE.parents[1] / "docs" / "methodology.md").read_text(encoding="utf-8")
    assert printed == page(), "run: python tools/print_methodology.py"


def test_every_chapter_is_printed() -> None:
    files = {p.stem.removeprefix("test_") for p in HERE.glob("test_*.py")} - {"methodology_page"}
    assert files == set(CHAPTERS)
