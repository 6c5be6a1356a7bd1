"""What the terminal is told of answers that could not be had: one cause on this machine is said once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from monitor import network
from monitor.project import load
from monitor.run import assess, notes

TINY = Path(__file__).parent / "projects/tiny"


def test_a_missing_network_is_said_once_and_a_publishers_fault_for_each_series() -> None:
    project = load(TINY)
    judged = assess(project, as_of=date(2026, 11, 22), now="2026-11-22T12:00:00+00:00", offline=True)
    snapshots = judged.evidence.snapshots
    one = next(iter(snapshots.values()))

    def told(problem: str, times: int) -> str:
        snapshots.clear()
        snapshots.update({("tiny", str(n)): replace(one, series=str(n), problem=problem) for n in range(times)})
        return "\n".join(notes(project.words("en"), judged))

    said = told(f"No network. {network.YOU}", 41)
    assert "41 series could not be asked" in said and said.count(network.YOU) == 1
    said = told("The publisher is down.", 12)
    assert said.count("The publisher is down.") == 10 and "and 2 more" in said
