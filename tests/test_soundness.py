"""A faulty answer never clears its own alarm, a time in the body is no change, and a person can accept a change."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor import bodies, evidence, run, soundness, vintages
from monitor.cli import cli
from monitor.project import Project
from monitor.results import Reason, Snapshot
from tests import history
from tests.fetch import tiny

SCALED = [(area, year, round(value * 1000, 2)) for area, year, value in tiny.FIGURES]
REBASED = [(area, year, round(value * 1.2746, 4)) for area, year, value in tiny.FIGURES]
SHIFTED = [(area, year - 1, value) for area, year, value in tiny.FIGURES]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """One indicator with a good answer of 1 October."""
    made = tiny.project(tmp_path / "project", "http://127.0.0.1:9")
    kept(made, tiny.csv(), 1)
    return made


def kept(project: Project, body: bytes, day: int, hour: int = 8) -> Snapshot:
    one = Snapshot("office", "T.COST", "csv_table", (body,), bodies.sha256(body), "https://example.org",
                   f"2026-10-{day:02}T{hour:02}:00:00+00:00", "live", "", "CC BY 4.0", "Office", "Office")
    return vintages.keep(project.store, one)


def judged(project: Project, day: int) -> run.Judged:
    return run.assess(project, as_of=date(2026, 10, day), now="", offline=True)


def errors(found: run.Judged) -> set[str]:
    return {f.check for f in found.findings if f.level == "error"}


@pytest.mark.parametrize(("figures", "check"), [(SCALED, "jump"), (SHIFTED, "shift")], ids=["scaled", "shifted"])
@pytest.mark.parametrize("looked", [True, False], ids=["each day", "on the last day only"])
def test_an_answer_at_fault_does_not_clear_its_own_alarm(
    project: Project, figures: tiny.Figures, check: str, looked: bool
) -> None:
    newer = [*figures, ("DEU", 2026, 4000.0 if check == "jump" else 4.0)]
    for day, body in ((2, tiny.csv(figures)), (3, tiny.csv(figures) + b"\n"), (4, tiny.csv(newer)),
                      (5, tiny.csv(newer) + b"\n\n")):  # fmt: skip
        kept(project, body, day)
        if looked or day == 5:
            found = judged(project, day)
            assert errors(found) == {check}
            [assessment] = found.assessments
            assert (assessment.reason, assessment.value) == (Reason.FAILED_CHECK, 5.3), "the sound figures are shown"
            [snapshot] = found.evidence.snapshots.values()
            assert snapshot.retrieved[:10] == "2026-10-01"
            assert snapshot.damage.startswith(f"The answer of 2026-10-0{day} was set aside: All figures ")
            assert snapshot.damage.endswith(f"The figures of 2026-10-01 ({day - 1} day{'s' * (day > 2)} old) serve.")
    kept(project, tiny.csv() + b"\n", 6)
    found = judged(project, 6)
    assert errors(found) == set()
    assert found.assessments[0].reason is None


def test_an_answer_at_fault_in_one_area_stays_its_alarm_there(project: Project) -> None:
    others = [(area, year, value + 1) for area in ("ITA", "ESP") for _, year, value in tiny.FIGURES[:11]]
    more = [*tiny.FIGURES, *others]
    bad = [(a, y, round(v * 1000, 2) if a == "DEU" else v) for a, y, v in more]
    kept(project, tiny.csv(more), 2)
    for day in (3, 4, 5):
        kept(project, tiny.csv(bad) + b"\n" * day, day)
        found = judged(project, day)
        assert "jump" in errors(found)
        [snapshot] = found.evidence.snapshots.values()
        assert snapshot.retrieved[:10] == f"2026-10-0{day}", "the other areas are used"
        assert found.evidence.compared
        assert found.evidence.compared["office", "T.COST"].retrieved[:10] == "2026-10-02"
        [assessment] = found.assessments
        assert (assessment.reason, assessment.value) == (Reason.FAILED_CHECK, None), "no wrong figure is the value"
        assert set(found.evidence.aside["ref_area"]) == {"DEU"}
        assert set(found.evidence.series.frame["ref_area"]) == {"ITA", "ESP", "FRA"}


def test_a_person_accepts_a_change_for_good(project: Project) -> None:
    bad = kept(project, tiny.csv(REBASED), 2)
    assert errors(judged(project, 2)) == {"unit"}
    call = ["vintages", "accept", "office", "T.COST", bad.sha256[:9], "--project", str(project.folder)]
    assert CliRunner().invoke(cli, call).exit_code == 2, "a reason is needed"
    wrong = CliRunner().invoke(cli, [*call[:4], "zz", *call[5:], "--reason", "x"])
    assert (wrong.exit_code, "no answer that is kept begins with 'zz'" in wrong.output) == (10, True)
    soundness.accept(project.store, "office", "T.COST", bad.sha256, "2026-10-03T08:00:00+00:00", "Now in euros.")
    assert errors(judged(project, 2)) == {"unit"}, "on that day nobody had accepted it"
    kept(project, tiny.csv(REBASED) + b"\n", 4)
    kept(project, tiny.csv([*REBASED, ("DEU", 2026, 6.7)]), 5)
    for day in (3, 4, 5):
        found = judged(project, day)
        assert errors(found) == set()
        assert found.assessments[0].reason is None
    noted = [f.message for f in judged(project, 3).findings if f.level == "note" and f.check == "source"]
    assert noted == ["The figures of office T.COST of 2026-10-02 were accepted on 2026-10-03: Now in euros."]
    kept(project, tiny.csv(), 6)
    assert errors(judged(project, 6)) == {"unit"}, "the accepted figures are what others are compared with"
    accepted = CliRunner().invoke(cli, [*call, "--reason", "Said so."])
    assert accepted.output == "Accepted. What comes later is compared with these figures.\n"
    assert len(list((project.store / "accepted").iterdir())) == 2


def test_an_answer_without_figures_hides_no_good_one(project: Project) -> None:
    empty = tiny.csv([])
    for day in (2, 3):
        kept(project, empty + b"\n" * day, day)
        found = judged(project, day)
        [snapshot] = found.evidence.snapshots.values()
        assert snapshot.retrieved[:10] == "2026-10-01"
        assert f"The answer of 2026-10-0{day} cannot be read" in snapshot.damage
        assert "the answer holds no figure, though an earlier one did." in snapshot.damage
        assert found.assessments[0].reason is None
    kept(project, tiny.csv([(a, y, v + 0.01) for a, y, v in tiny.FIGURES]), 4)
    found = judged(project, 4)
    assert found.evidence.compared
    assert found.evidence.compared["office", "T.COST"].retrieved[:10] == "2026-10-01"


def test_a_series_that_never_had_figures_is_no_fault(tmp_path: Path) -> None:
    made = tiny.project(tmp_path / "project", "http://127.0.0.1:9")
    for day in (1, 2):
        kept(made, tiny.csv([]) + b"\n" * day, day)
        assert judged(made, day).assessments[0].reason is Reason.NO_DATA


def test_a_time_in_the_body_hides_no_revision(tmp_path: Path) -> None:
    made = history.project(tmp_path / "project")
    history.keep(made, "cost", history.table(history.COST), "2024-01-01")
    rewritten = history.table(history.COST | {"2015": 4.2, "2017": 4.2})
    for day in range(1, 5):  # the time stands in a column that is not read
        stamped = "\n".join(f"{line},{'printed' if not n else f'2025-01-0{day}'}"
                            for n, line in enumerate(rewritten.decode().splitlines())).encode()
        history.keep(made, "cost", stamped, f"2025-01-0{day}")
        found = run.assess(made, as_of=date(2025, 1, day), now="", offline=True)
        assert {f.indicator for f in found.findings if f.check == "material_revision"} == {"COST"}
        assert found.evidence.compared
        assert found.evidence.compared["office", "cost"].retrieved == "2024-01-01"


def test_a_long_past_is_gone_through_once(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(2, 9):
        kept(project, tiny.csv() + b"\n" * day, day)
    read = evidence.read
    asked: list[str] = []

    def counted(project: Project, snapshot: Snapshot) -> object:
        asked.append(snapshot.retrieved[:10])
        return read(project, snapshot)

    monkeypatch.setattr(evidence, "read", counted)
    judged(project, 8)
    assert len(set(asked)) == 8
    asked.clear()
    judged(project, 8)
    assert set(asked) == {"2026-10-08"}
