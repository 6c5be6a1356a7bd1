"""Failures that stay: said with their cause and who can mend it, and nothing of them is kept."""

from __future__ import annotations

import gzip
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from monitor import outcome, payload
from monitor.errors import SourceUnavailable
from monitor.network import LATER, Network, Trouble
from tests.fetch import tiny
from tests.fetch.setting import BODY, Ask, cut_when, refused, source, stream
from tests.server import Publisher

BOMB = gzip.compress(b"0" * 30_000_000)  # 29 kB on the wire
WEB_PAGE = b"\xef\xbb\xbf\n<!DOCTYPE html><html><title>Just a\nmoment</title>"
FAILURES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "still 500": ((500, {}, b"oops"), ("status 500", "The publisher must repair it")),
    "503 for an hour": ((503, {"Retry-After": "3600"}, b""), ("left alone for 3600 seconds", "try again later")),
    "429 for ever": ((429, {}, b""), ("status 429", "lower 'per_minute' in sources/exampleland.yaml")),
    "404": ((404, {}, b"gone"), ("status 404 (Not Found)", "sources/exampleland.yaml must follow")),
    "403": ((403, {}, b""), ("status 403", "does not let programs in")),
    "HTML under 200": (
        (200, {"Content-Type": "application/json"}, WEB_PAGE),
        ("web page instead of data, titled 'Just a moment'", "The publisher must repair it"),
    ),
    "empty body": ((200, {}, b"\n"), ("the answer is empty",)),
    "no content": ((204, {}, b""), ("status 204",)),
    "JSON without its end": ((200, {}, BODY[:-9]), ("stops in the middle",)),
    "cut off": (cut_when(lambda asked: True), ("broke off in the middle, time and again",)),
    "packed and cut off": ((200, {"Content-Encoding": "gzip"}, gzip.compress(BODY)[:-6]), ("cut off",)),
    "packed and damaged": ((200, {"Content-Encoding": "gzip"}, b"no gzip"), ("damaged",)),
    "packed otherwise": ((200, {"Content-Encoding": "br"}, BODY), ("packed as 'br'",)),
    "gzip bomb": ((200, {"Content-Encoding": "gzip"}, BOMB), ("more than 1 MB", "'max_megabytes'")),
    "10 GB declared": (stream(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000", b"0"), ("more than 1 MB",)),
    "endless": (stream(b"HTTP/1.1 200 OK", b"1,2,3\n" * 9999), ("more than 1 MB", "Raise 'max_megabytes'")),
    "endless error": (stream(b"HTTP/1.1 500 Oops", b"oops" * 9999), ("status 500",)),
    "drop by drop": (stream(b"HTTP/1.1 200 OK", b"1,2\n", 0.05), ("not finished within 0.5 seconds", "'timeout'")),
    "silent": (lambda asked: time.sleep(1.5), ("not finished within 0.5 seconds",)),
    "hangs up": (lambda asked: None, ("closed without an answer",)),
    "to a file": ((302, {"Location": "file:///etc/passwd"}, b""), ("neither http nor https",)),
    "in a circle": ((302, {"Location": "/data/EX.1"}, b""), ("redirected more than 5 times",)),
}


def test_a_bomb_is_never_unpacked_beyond_the_limit() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(Trouble, match="more than 1 MB"):
            payload.unpack(BOMB, "gzip", source("http://x", max_megabytes=1.0))
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_said_and_nothing_is_kept(publisher: Publisher, ask: Ask, tmp_path: Path, name: str) -> None:
    answer, parts = FAILURES[name]
    publisher.paths["/data/EX.1"] = answer if callable(answer) else lambda asked: answer
    slow = name in ("drop by drop", "silent")
    refused(ask, source(publisher, max_megabytes=1.0, timeout=0.5 if slow else 5.0), *parts)
    assert publisher.times("/data/EX.1") <= 6
    assert not (tmp_path / "store/index.sqlite").exists()
    assert not list((tmp_path / "store").rglob("*.gz"))


def test_the_newest_answer_kept_serves_with_its_problem(publisher: Publisher, ask: Ask) -> None:
    publisher.says("/data/EX.1", BODY, ETag='"7"')
    ask(source(publisher), now="2026-11-01")
    publisher.says("/data/EX.1", b"<html>we are closed</html>", ETag='"8"')
    got = ask(source(publisher))
    assert (got.origin, got.bodies, got.retrieved) == ("kept", (BODY,), "2026-11-01")
    assert "web page" in got.problem
    assert "Asked on 2026-11-22; the figures of 2026-11-01 (21 days old) serve." in got.problem


def test_a_web_page_is_not_remembered_by_its_etag(publisher: Publisher, ask: Ask) -> None:
    publisher.says("/data/EX.1", WEB_PAGE, ETag='"always the same"')
    refused(ask, source(publisher), "web page")
    publisher.paths["/data/EX.1"] = lambda a: (304, {}, b"") if "If-None-Match" in a.headers else (200, {}, BODY)
    assert ask(source(publisher)).bodies == (BODY,)


def test_a_host_that_failed_twice_is_left_alone(publisher: Publisher, ask: Ask) -> None:
    publisher.says("/data/EX.1", b"", 404)
    for _ in range(3):
        refused(ask, source(publisher), "status 404")  # an answer is no failure of the host
    publisher.says("/data/EX.1", b"", 500)
    for _ in range(2):
        refused(ask, source(publisher), "status 500")
    asked = len(publisher.asked)
    refused(ask, source(publisher), "failed twice in this run and was not asked again")
    assert len(publisher.asked) == asked



def test_a_broken_store_is_said_before_what_the_publisher_did(tmp_path: Path) -> None:
    met = Trouble("busy (status 503)", LATER, 503)
    project = tiny.project(tmp_path / "project", "http://127.0.0.1:9")
    with Network() as network:
        network.told["office", "T.COST"] = met
        broken = SourceUnavailable("index.sqlite cannot be used.")
        [said] = outcome.outcomes(project, {("office", "T.COST"): broken}, network, tiny.AS_OF)
        assert (said.who, said.cause) == ("you", "index.sqlite cannot be used.")
        assert said.problem.endswith("Besides, the publisher was asked in vain: busy (status 503). " + LATER)
        nothing = SourceUnavailable(f"Office: {met} Nothing is kept.")
        [said] = outcome.outcomes(project, {("office", "T.COST"): nothing}, network, tiny.AS_OF)
        assert (said.who, said.cause) == ("wait", "busy (status 503)")
