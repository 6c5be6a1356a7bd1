"""What the tests of fetching share: an invented source on the local publisher, and answers that break the rules."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from monitor.errors import SourceUnavailable
from monitor.model import Licence, Offered, Source
from monitor.results import Snapshot
from tests.server import Asked, Publisher

TODAY, NOW = date(2026, 11, 22), "2026-11-22T12:00:00+00:00"
BODY = b'[{"area": "DEU", "value": "4.2"}]'
KEY = "s3cr3t/of+mine"


def source(publisher: Publisher | str, path: str = "/data/{series}", **more: Any) -> Source:
    url = publisher if isinstance(publisher, str) else publisher.url
    told: dict[str, Any] = {
        "id": "exampleland", "title": "Statistics of Exampleland", "publisher": "Statistics Office of Exampleland",
        "official": True, "homepage": "https://example.org", "licence": Licence(name="CC BY 4.0", confirmed=True),
        "citation": "Statistics Office of Exampleland", "reader": "json", "endpoint": url + path, "timeout": 5.0,
        "per_minute": 10_000, "series": {"EX.1": Offered(title="One", unit="%"), "EX.2": Offered(title="Two")},
    }  # fmt: skip
    return Source(**(told | more))


Ask = Callable[..., Snapshot]


def refused(ask: Ask, of: Source, *parts: str, **more: Any) -> str:
    """The message of a fetch that cannot succeed: it names the source, the address, the cause, and who acts."""
    with pytest.raises(SourceUnavailable) as caught:
        ask(of, **more)
    message = str(caught.value)
    for part in ("Statistics of Exampleland (exampleland), series EX.1, ", (of.endpoint or "").split("{")[0], *parts):
        assert part in message
    return message


def renamed(of: Source, name: str) -> Source:
    return of.model_copy(update={"id": name})


def cut_when(cut: Callable[[Asked], bool]) -> Callable[[Asked], Any]:
    def answer(asked: Asked) -> tuple[int, dict[str, str], bytes] | None:
        if not cut(asked):
            return 200, {}, BODY
        asked.wire.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + BODY)
        return None

    return answer


def stream(head: bytes, chunk: bytes, pause: float = 0.0) -> Callable[[Asked], None]:
    """An answer without end."""

    def answer(asked: Asked) -> None:
        asked.wire.wfile.write(head + b"\r\n\r\n")
        while True:
            asked.wire.wfile.write(chunk)
            asked.wire.wfile.flush()
            time.sleep(pause)

    return answer


def dripping(head: bytes) -> Callable[[Asked], None]:
    """A byte comes in good time for every single read, and the answer never ends."""

    def answer(asked: Asked) -> None:
        asked.wire.wfile.write(head)
        while True:
            asked.wire.wfile.write(b"0")
            asked.wire.wfile.flush()
            time.sleep(0.05)

    return answer
