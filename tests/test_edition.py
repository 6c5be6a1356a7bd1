"""An edition takes its place only when it is whole, carries over what did not change, never loses the one before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor import edition
from monitor.edition import Part
from monitor.errors import CannotRender


def part(path: str, text: str, inputs: str = "") -> Part:
    return Part(path, inputs or text, lambda: text.encode())


def refuse() -> bytes:
    raise AssertionError("made again although nothing changed")


def test_what_did_not_change_is_carried_over_and_the_build_note_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "2026-11"
    assert edition.publish(folder, [part("a.html", "A"), part("b.html", "B")], [], {}) == (2, 0)
    again = [Part("a.html", "A", refuse), part("b.html", "changed")]
    assert edition.publish(folder, again, [], {}) == (1, 1)
    assert (folder / "b.html").read_text() == "changed"
    assert json.loads((folder / "build.json").read_text()) == {"made": ["b.html"], "carried_over": ["a.html"]}


def test_a_file_changed_by_hand_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "e"
    edition.publish(folder, [part("a.html", "A")], [], {})
    (folder / "a.html").write_text("tampered")
    assert edition.publish(folder, [part("a.html", "A")], [], {}) == (1, 0)
    assert (folder / "a.html").read_text() == "A"


def test_a_failure_while_writing_leaves_the_edition_before_untouched(tmp_path: Path) -> None:
    folder = tmp_path / "e"
    edition.publish(folder, [part("a.html", "A")], [], {})
    before = {p.name: p.read_bytes() for p in folder.iterdir()}

    def full() -> bytes:
        raise OSError(28, "No space left on device")

    with pytest.raises(CannotRender, match="untouched"):
        edition.publish(folder, [Part("a.html", "new", full)], [], {})
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["e"], "nothing is left lying beside it"


def test_a_folder_that_is_no_edition_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(CannotRender, match="is no edition"):
        edition.publish(tmp_path, [part("a.html", "A")], [], {})
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_broken_manifest_is_not_trusted(tmp_path: Path) -> None:
    folder = tmp_path / "e"
    edition.publish(folder, [part("a.html", "A")], [], {})
    (folder / "manifest.json").write_text("{")
    assert edition.reusable(folder) == {}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_text_cell_never_starts_a_spreadsheet_formula(text: str) -> None:
    assert edition.safe_cell(text) == "'" + text


def test_numbers_are_left_alone() -> None:
    assert edition.safe_cell(-1.5) == -1.5
    assert edition.safe_cell("hello") == "hello"
