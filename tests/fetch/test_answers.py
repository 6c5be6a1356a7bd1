"""Good answers: cited, kept, asked for again on condition, and failures that pass."""

from __future__ import annotations

import gzip
import time
from datetime import date
from pathlib import Path

import pytest

from monitor import vintages
from monitor.network import Network
from monitor.store import answers as kept_answers
from tests.fetch.setting import BODY, NOW, Ask, cut_when, source
from tests.server import Asked, Publisher


def test_an_answer_is_live_cited_and_kept(publisher: Publisher, ask: Ask, tmp_path: Path) -> None:
    publisher.says("/data/EX.1", BODY, ETag='"7"', Content_Type="application/json")
    got = ask(source(publisher, params={"format": "json", "$order": ":id"}))
    assert (got.origin, got.bodies, got.retrieved, got.problem, got.unit) == ("live", (BODY,), NOW, "", "%")
    assert got.url == publisher.url + "/data/EX.1?format=json&$order=:id"
    assert got.sha256 == vintages.sha256(BODY)
    assert gzip.decompress((tmp_path / "store" / got.path).read_bytes()) == BODY
    [line] = kept_answers(tmp_path / "store")
    assert [(page.status, page.headers) for page in line.pages] == [
        (200, {"etag": '"7"', "content-type": "application/json"})]
    [asked] = publisher.asked
    assert "migration-scorecard/" in asked.headers["User-Agent"]
    assert "someone@example.org" in asked.headers["User-Agent"]
    assert asked.query == {"format": "json", "$order": ":id"}


def test_an_unchanged_answer_is_not_sent_again(publisher: Publisher, ask: Ask, tmp_path: Path) -> None:
    def answer(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        same = asked.headers.get("If-None-Match") == '"7"'
        return (304, {"ETag": '"7"'}, b"") if same else (200, {"ETag": '"7"'}, BODY)

    publisher.paths["/data/EX.1"] = answer
    ask(source(publisher))
    with Network() as another_run:
        got = ask(source(publisher), network=another_run, as_of=date(2026, 11, 23), now="2026-11-23")
    assert (got.origin, got.bodies, got.retrieved) == ("live", (BODY,), "2026-11-23")
    assert [a.headers.get("If-None-Match") for a in publisher.asked] == [None, '"7"']
    assert [line.pages[0].status for line in kept_answers(tmp_path / "store")] == [200, 304]
    assert len(list((tmp_path / "store/snapshots").rglob("*.gz"))) == 1


def test_bytes_survive_the_cache_and_packing(publisher: Publisher, ask: Ask) -> None:
    body = bytes(range(256)) * 40
    publisher.paths["/data/EX.1"] = lambda asked: (
        (304, {}, b"") if "If-None-Match" in asked.headers
        else (200, {"ETag": '"x"', "Content-Encoding": "gzip"}, gzip.compress(body[:5000]) + gzip.compress(body[5000:]))
    )  # fmt: skip
    assert ask(source(publisher)).bodies == (body,)
    assert ask(source(publisher)).bodies == (body,)
    assert publisher.times("/data/EX.1") == 2




def test_429_waits_as_long_as_it_is_told(publisher: Publisher, ask: Ask) -> None:
    publisher.paths["/data/EX.1"] = lambda a: (429, {"Retry-After": "1"}, b"") if a.count == 1 else (200, {}, BODY)
    begun = time.monotonic()
    assert ask(source(publisher)).origin == "live"
    assert time.monotonic() - begun >= 1


def test_500_then_good_is_good(publisher: Publisher, ask: Ask) -> None:
    publisher.paths["/data/EX.1"] = lambda a: (500, {}, b"oops") if a.count < 4 else (200, {}, BODY)
    assert ask(source(publisher)).bodies == (BODY,)
    assert publisher.times("/data/EX.1") == 4


def test_an_answer_that_breaks_off_once_is_asked_again(publisher: Publisher, ask: Ask) -> None:
    publisher.paths["/data/EX.1"] = cut_when(lambda a: a.count == 1)
    assert ask(source(publisher)).bodies == (BODY,)
    assert publisher.times("/data/EX.1") == 2


def test_one_connection_serves_many_requests(publisher: Publisher, ask: Ask) -> None:
    publisher.paths["/data/EX.1"] = lambda a: (
        (304, {"ETag": '"7"'}, b"") if "If-None-Match" in a.headers else (200, {"ETag": '"7"'}, BODY))
    for _ in range(4):
        ask(source(publisher))
    ask(source(publisher, "/data/EX.1?more={series}"))
    assert len(publisher.asked) == 5
    assert len({a.wire.client_address for a in publisher.asked}) == 1


def test_an_answer_whose_kept_bytes_are_gone_or_damaged_is_asked_for_as_if_new(
    publisher: Publisher, ask: Ask, tmp_path: Path
) -> None:
    publisher.paths["/data/EX.1"] = lambda a: (
        (304, {"ETag": '"7"'}, b"") if "If-None-Match" in a.headers else (200, {"ETag": '"7"'}, BODY))
    kept = tmp_path / "store" / ask(source(publisher)).path
    kept.write_bytes(b"damaged")
    assert ask(source(publisher)).bodies == (BODY,)
    assert [a.headers.get("If-None-Match") for a in publisher.asked] == [None, '"7"', None]
    kept.unlink()
    assert ask(source(publisher)).bodies == (BODY,)
    assert "If-None-Match" not in publisher.asked[-1].headers
    assert kept.exists()


def test_a_date_is_a_condition_too(publisher: Publisher, ask: Ask) -> None:
    day = "Thu, 01 Oct 2026 08:00:00 GMT"
    publisher.paths["/data/EX.1"] = lambda a: (
        (304, {}, b"") if a.headers.get("If-Modified-Since") == day else (200, {"Last-Modified": day}, BODY))
    for _ in range(2):
        assert ask(source(publisher)).bodies == (BODY,)
    assert [a.headers.get("If-Modified-Since") for a in publisher.asked] == [None, day]


def test_pauses_between_tries_grow_and_are_never_the_same(publisher: Publisher, ask: Ask) -> None:
    """Once at once; then after a second, doubled each time, and a little more by chance."""
    publisher.paths["/data/EX.1"] = lambda a: (500, {}, b"") if a.count < 5 else (200, {}, BODY)
    slept: list[float] = []
    with pytest.MonkeyPatch.context() as patch, Network(backoff=0.5) as network:
        patch.setattr("urllib3.util.retry.time.sleep", slept.append)
        ask(source(publisher), network=network)
    chance = [pause - least for pause, least in zip(slept, (1.0, 2.0, 4.0), strict=True)]
    assert all(0 < more <= 0.5 for more in chance)
    assert len(set(chance)) == 3
