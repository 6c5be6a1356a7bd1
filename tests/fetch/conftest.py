"""The local publisher, a network that has learned nothing yet, and a fetch with both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor import fetch
from monitor.model import Source
from monitor.network import Network
from monitor.results import Snapshot
from tests.fetch.setting import NOW, TODAY, Ask
from tests.server import Publisher, serving


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with serving() as found:
        yield found


@pytest.fixture
def network() -> Iterator[Network]:
    with Network("someone@example.org", backoff=0.01) as found:
        yield found


@pytest.fixture
def ask(tmp_path: Path, network: Network) -> Ask:
    def asking(of: Source, series: str = "EX.1", **more: Any) -> Snapshot:
        told: dict[str, Any] = {"layers": [tmp_path], "store": tmp_path / "store", "offline": False, "as_of": TODAY,
                                "now": NOW, "network": network}  # fmt: skip
        return fetch.fetch(of, series, **(told | more))

    return asking
