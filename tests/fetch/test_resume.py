"""Answers that break off: the rest is asked for where the server allows it, and only the right rest is taken."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest

from tests.fetch.setting import Ask, refused, source
from tests.server import Asked, Publisher

WHOLE = b"[" + b"1234567, " * 400_000 + b"0]"  # 3.6 MB


def breaking(body: bytes, at: list[int], headers: dict[str, str], part: Callable[[int], str] | None = None) -> Any:
    """An answer that breaks off after so many bytes of each request, and can go on in the middle."""
    told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())

    def answer(asked: Asked) -> None:
        begin = int(asked.headers["Range"].removeprefix("bytes=").rstrip("-")) if "Range" in asked.headers else 0
        until = min(begin + at[asked.count - 1], len(body)) if asked.count <= len(at) else len(body)
        where = part(begin) if part else f"bytes {begin}-{len(body) - 1}/{len(body)}"
        first = f"206 Partial Content\r\nContent-Range: {where}" if begin else "200 OK"
        asked.wire.wfile.write(f"HTTP/1.1 {first}\r\nContent-Length: {len(body) - begin}\r\n{told}\r\n".encode())
        asked.wire.wfile.write(body[begin:until])

    return answer


def test_the_rest_is_asked_for_and_joined(publisher: Publisher, ask: Ask) -> None:
    publisher.paths["/data/EX.1"] = breaking(WHOLE, [1_000_000, 700_000, 5], {"ETag": '"7"'})
    assert ask(source(publisher)).bodies == (WHOLE,)
    asked = [(a.headers.get("Range"), a.headers.get("If-Range")) for a in publisher.asked]
    assert asked == [(None, None), ("bytes=1000000-", '"7"'), ("bytes=1700000-", '"7"'), ("bytes=1700005-", '"7"')]


def test_a_packed_answer_goes_on_in_its_packing(publisher: Publisher, ask: Ask) -> None:
    packed = gzip.compress(bytes(range(256)) * 4000, 1)
    headers = {"Last-Modified": "Thu, 01 Oct 2026 08:00:00 GMT", "Content-Encoding": "gzip"}
    publisher.paths["/data/EX.1"] = breaking(packed, [3000], headers)
    assert ask(source(publisher)).bodies == (gzip.decompress(packed),)
    assert publisher.asked[1].headers["If-Range"] == "Thu, 01 Oct 2026 08:00:00 GMT"


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"7"'}, {"ETag": '"7"', "Accept-Ranges": "none"}])
def test_without_a_mark_the_whole_is_asked_for_once_more(
    publisher: Publisher, ask: Ask, headers: dict[str, str]
) -> None:
    publisher.paths["/data/EX.1"] = breaking(WHOLE, [1000], headers)
    assert ask(source(publisher)).bodies == (WHOLE,)
    assert [a.headers.get("Range") for a in publisher.asked] == [None, None]


def test_an_answer_that_changed_meanwhile_begins_anew(publisher: Publisher, ask: Ask) -> None:
    newer = b"[" + b"7, " * 10_000 + b"0]"
    first = breaking(WHOLE, [1000], {"ETag": '"7"'})
    publisher.paths["/data/EX.1"] = lambda a: first(a) if a.count == 1 else (200, {"ETag": '"8"'}, newer)
    assert ask(source(publisher)).bodies == (newer,)


def test_a_server_that_refuses_the_range_is_asked_for_the_whole(publisher: Publisher, ask: Ask) -> None:
    first = breaking(WHOLE, [1000], {"ETag": '"7"'})
    publisher.paths["/data/EX.1"] = lambda a: (
        first(a) if a.count == 1 else (416, {}, b"") if "Range" in a.headers else (200, {}, WHOLE))
    assert ask(source(publisher)).bodies == (WHOLE,)


@pytest.mark.parametrize("part", [
    "bytes 0-3599999/3600003", "bytes 1001-3600002/3600003", "bytes 1000-2000/3600003", "bytes 1000-3600001/3600002",
    "items 1000-2000/3000", ""])
def test_a_wrong_part_is_refused(publisher: Publisher, ask: Ask, part: str) -> None:
    assert len(WHOLE) == 3_600_003
    publisher.paths["/data/EX.1"] = breaking(WHOLE, [1000], {"ETag": '"7"'}, lambda begin: part)
    refused(ask, source(publisher), "sent another part of the answer than the one asked for")


def test_a_part_that_nobody_asked_for_is_refused(publisher: Publisher, ask: Ask) -> None:
    publisher.says("/data/EX.1", b"[1]", 206, Content_Range="bytes 0-2/9")
    refused(ask, source(publisher), "sent another part of the answer than the one asked for")


def test_parts_together_keep_to_the_size_limit(publisher: Publisher, ask: Ask) -> None:
    """The size of the whole is not told, so only what came so far can be counted."""
    endless = breaking(WHOLE, [600_000], {"ETag": '"7"'}, lambda begin: f"bytes {begin}-{len(WHOLE) - 1}/*")

    def answer(asked: Asked) -> None:
        asked.wire.wfile.write(b'HTTP/1.1 200 OK\r\nETag: "7"\r\nTransfer-Encoding: chunked\r\n\r\n927c0\r\n')
        asked.wire.wfile.write(WHOLE[:600_000])

    publisher.paths["/data/EX.1"] = lambda a: answer(a) if a.count == 1 else endless(a)
    refused(ask, source(publisher, max_megabytes=1.0), "more than 1 MB")
    assert publisher.asked[1].headers["Range"] == "bytes=600000-"


def test_an_answer_that_never_ends_is_given_up(publisher: Publisher, ask: Ask) -> None:
    publisher.paths["/data/EX.1"] = breaking(WHOLE, [100_000] * 99, {"ETag": '"7"'})
    refused(ask, source(publisher), "the answer broke off in the middle, time and again")
    assert publisher.times("/data/EX.1") == 6
    publisher.paths["/data/EX.1"] = breaking(WHOLE, [100_000] + [0] * 99, {"ETag": '"7"'})
    publisher.asked.clear()
    refused(ask, source(publisher), "time and again")
    assert publisher.times("/data/EX.1") <= 3
