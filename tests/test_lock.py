"""What was promised and quoted is never changed silently: a copy of the flagship, tampered with, and what is said."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from monitor import lock, project, wording
from monitor.errors import DefinitionError

ROOT = Path(__file__).parents[1]
DAY = date(2026, 11, 22)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """The flagship's declarations, with their lock; sources and templates come from the flagship itself."""
    for name in ("indicators", "mandate"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "indicators.yaml", tmp_path)
    return tmp_path


def swap(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def found(folder: Path) -> list[str]:
    return lock.problems(project.load(folder, strict=False))[0]


def test_the_flagship_is_as_it_was_locked(mine: Path) -> None:
    assert lock.problems(project.load(ROOT)) == ([], [])
    assert lock.problems(project.load(mine)) == ([], [])


def test_a_rewritten_target_is_named(mine: Path) -> None:
    path = mine / "indicators/wider-compact.yaml"
    text = path.read_text(encoding="utf-8")
    begin = text.index("id: IND-54a\n")
    path.write_text(text[:begin] + re.sub(r"value: 3\b", "value: 5", text[begin:], count=1), encoding="utf-8")
    said = next(one for one in found(mine) if "(IND-54a)" in one)  # others share the target by an anchor
    line = text[:begin].count("\n") + 1
    assert said.startswith(f"indicators/wider-compact.yaml:{line} (IND-54a): target 1 was “3 by 2030;")
    assert "is “5 by 2030;" in said and "never rewritten" in said and "add the later one below" in said


def test_a_later_target_below_the_old_one_is_only_to_be_added(mine: Path) -> None:
    loaded = project.load(mine)
    one = loaded.indicators["IND-54a"]
    later = one.targets[-1].model_copy(update={"value": 2.0, "announced": "2026"})
    loaded.indicators["IND-54a"] = one.model_copy(update={"targets": [*one.targets, later]})
    said, notes = lock.problems(loaded)
    assert not said and "1 ids, targets and texts are not in mandate/mandate.lock yet" in notes[0]


def test_an_indicator_under_another_id_is_missed(mine: Path) -> None:
    path = mine / "indicators/wider-compact.yaml"
    swap(path, "id: IND-54a\n", "id: IND-54z\n")
    said = [one for one in found(mine) if "'IND-54a'" in one]
    assert len(said) == 1 and said[0].startswith("mandate/mandate.lock:") and "declared no more" in said[0]
    at = int(said[0].split(":")[1])
    assert (ROOT / lock.LOCK).read_text(encoding="utf-8").splitlines()[at - 1] == "id\tIND-54a\t"


def test_a_changed_word_of_a_quotation_is_named(mine: Path) -> None:
    path = mine / "mandate/recommendations-2018.yaml"
    text = path.read_text(encoding="utf-8")
    begin = text.index("text:", text.index("id: R2018-7\n"))
    after = re.sub(r"(text:(?: >-\n)?\s+\w+)", r"\1 really", text[begin:], count=1)
    path.write_text(text[:begin] + after, encoding="utf-8")
    (said,) = found(mine)
    assert said.startswith("mandate/recommendations-2018.yaml:") and "(R2018-7): its verbatim text (text)" in said
    assert "monitor lock --update REASON" in said


def test_an_entry_of_a_history_is_never_rewritten(mine: Path) -> None:
    swap(mine / "mandate/commitments.yaml", "status: pledged", "status: unknown")
    (said,) = found(mine)
    assert "entry 1 of its history was “pledged;" in said


def test_a_correction_is_recorded_and_a_retired_id_never_used_again(mine: Path) -> None:
    path, before = mine / "mandate/quotes.yaml", (mine / "mandate/quotes.yaml").read_text(encoding="utf-8")
    last = before.rindex("  - id: ")
    name = before[last:].split()[2]
    path.write_text(before[:last], encoding="utf-8")
    swap(mine / "mandate/commitments.yaml", "status: pledged", "status: unknown")
    with pytest.raises(DefinitionError, match="declared no more"):
        lock.write(project.load(mine), "", DAY)
    said = lock.write(project.load(mine), "a slip\tof the pen", DAY)
    assert said.endswith("0 added, 1 corrected, 1 ids given up.")
    kept = (mine / lock.LOCK).read_text(encoding="utf-8")
    assert f"retired\t{name}\t2026-11-22\ta slip of the pen" in kept and "\tstanding 1\t2026-11-22\ta slip" in kept
    assert found(mine) == []
    path.write_text(before, encoding="utf-8")
    assert len(again := found(mine)) == 1 and "given up for good (2026-11-22: a slip of the pen)" in again[0]
    with pytest.raises(DefinitionError, match="given up for good"):
        lock.write(project.load(mine), "please", DAY)


def test_a_declaration_that_is_left_out_is_not_called_missing(mine: Path) -> None:
    swap(mine / "mandate/recommendations-2018.yaml", "    addressed_to:", "    adressed_to:")
    loaded = project.load(mine, strict=False)
    assert loaded.problems and lock.problems(loaded)[0] == []
    (mine / "mandate/recommendations-2018.yaml").write_text("- [", encoding="utf-8")
    said, notes = lock.problems(project.load(mine, strict=False))
    assert not said and "not all files could be read" in notes[0]


def test_a_project_without_a_lock_is_told_how_to_begin_one(mine: Path) -> None:
    (mine / lock.LOCK).unlink()
    said, notes = lock.problems(project.load(mine))
    assert not said and "monitor lock" in notes[0]
    lock.write(project.load(mine), "", DAY)
    assert lock.problems(project.load(mine)) == ([], [])


def test_a_damaged_lock_is_no_traceback(mine: Path) -> None:
    swap(mine / lock.LOCK, "id\tIND-54a\t", "id IND-54a")
    (said,) = found(mine)
    assert re.match(r"mandate/mandate\.lock:\d+: found 'id IND-54a'", said)


def test_an_empty_or_missing_word_is_named_with_its_key(mine: Path) -> None:
    assert wording.lacking(project.load(ROOT)) == []
    (mine / "reports/words").mkdir(parents=True)
    (mine / "reports/words/en.yaml").write_text("status:\n  on_track: ''\n", encoding="utf-8")
    (mine / "reports/own.html.j2").write_text("{{ words('account.unheard_of') }}", encoding="utf-8")
    assert wording.lacking(project.load(mine)) == [
        "reports/words/en.yaml lacks account.unheard_of: write it there, in the language of that file.",
        "reports/words/en.yaml:2: status.on_track is empty. Write the word that a reader is to see.",
    ]
