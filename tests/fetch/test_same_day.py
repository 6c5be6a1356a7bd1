"""Several answers of one day: the last of them is what was known on that day."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.results import Snapshot
from tests.fetch.setting import Ask, source
from tests.server import Publisher

DAY = "2026-10-01"


@pytest.mark.parametrize("hours", [("08:00:00", "17:30:00"), ("17:30:00", "08:00:00")])
def test_the_last_answer_of_a_day_counts(publisher: Publisher, ask: Ask, hours: tuple[str, str]) -> None:
    """By the time it came, in whatever order the two were kept."""
    of = source(publisher)

    def asked(hour: str, body: bytes, day: str = DAY) -> Snapshot:
        publisher.says("/data/EX.1", body)
        return ask(of, as_of=date.fromisoformat(day), now=f"{day}T{hour}+00:00")

    for hour in hours:
        asked(hour, f'[{{"value": "{hour}"}}]'.encode())
    asked("00:00:00", b'[{"value": "the day after"}]', "2026-10-02")
    found = ask(of, as_of=date.fromisoformat(DAY), offline=True)
    assert (found.bodies, found.retrieved) == ((b'[{"value": "17:30:00"}]',), f"{DAY}T17:30:00+00:00")
    assert not found.problem
    assert b"after" in ask(of, as_of=date(2026, 10, 2), offline=True).bodies[0]
