"""Every source with an address answers, and its answer goes through its reader and the door. Needs the internet."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import evidence, fetch, outcome
from monitor.project import load
from monitor.results import Snapshot
from tests.test_flow import copy

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


@pytest.mark.network
@pytest.mark.parametrize("source", sorted(s.id for s in PROJECT.sources.values() if s.endpoint))
def test_every_endpoint_stands_as_it_is_declared(source: str, tmp_path: Path) -> None:
    project, now = load(copy(ROOT, tmp_path / "project")), datetime.now(UTC)
    found = outcome.matrix(project, [project.sources[source]], now.date(), now.isoformat(timespec="seconds"))
    assert not [one.facts() for one in found if one.state != "ok" and one.key != "missing"]
