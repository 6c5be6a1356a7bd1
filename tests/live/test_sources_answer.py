"""Every source with an address answers, and its answer goes through its reader and the door. Needs the internet."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import evidence, fetch
from monitor.project import load
from monitor.results import Snapshot

ROOT = Path(__file__).parents[2]
PROJECT = load(ROOT)
USED = sorted({
    (p.source, p.series) for _, p in evidence.selections(PROJECT, PROJECT.indicators.values())
    if PROJECT.sources[p.source].endpoint
})


@pytest.mark.network
@pytest.mark.parametrize(("source", "series"), USED)
def test_a_live_answer_is_read(source: str, series: str, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    answer = fetch.fetch_all(
        [(PROJECT.sources[source], series)], layers=(), store=tmp_path, offline=False, as_of=now.date(),
        now=now.isoformat(timespec="seconds"), contact=PROJECT.about.contact,
    )[source, series]
    assert isinstance(answer, Snapshot), answer
    rows = evidence.read(PROJECT, answer)
    assert rows["obs_value"].is_not_null().sum() > 0
