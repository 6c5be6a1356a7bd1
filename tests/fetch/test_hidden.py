"""A key of a publisher is found however a service writes it, and nothing else is taken away."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from monitor import hidden
from tests.fetch.setting import BODY, KEY, Ask, source
from tests.server import Publisher

WAYS = {
    "plain": KEY, "percent": quote(KEY, safe=""), "lower": quote(KEY, safe="").lower(), "form": quote_plus(KEY),
    "twice": quote(quote(KEY, safe=""), safe=""), "JSON": KEY.replace("/", "\\/"),
    "JSON in JSON": KEY.replace("/", "\\\\/"),
    "JSON codes": "".join(f"\\u{ord(c):04X}" for c in KEY), "HTML": KEY.replace("/", "&#47;").replace("+", "&#x2b;"),
    "HTML names": KEY.replace("/", "&sol;").replace("+", "&plus;"),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_writing_a_key_is_taken_out(way: str) -> None:
    assert hidden.clean(f"Zürich {WAYS[way]}, 12".encode(), KEY) == "Zürich ***, 12".encode()
    hidden.hide(KEY)
    assert hidden.scrub(f"a {WAYS[way]} b") == "a *** b"


@pytest.mark.parametrize("key", ['a"b<c>&d e', "schlüssel=", "a.b*c(d"])
def test_keys_of_any_characters(key: str) -> None:
    for text in (key, json.dumps(key)[1:-1], escape(key), quote(key), quote_plus(key), quote(key).lower()):
        assert hidden.clean(f"x{text}y".encode(), key) == b"x***y"
    assert hidden.clean(f"x{key}y".encode("utf-16"), key) == "x***y".encode("utf-16")
    assert hidden.clean(b"abcd", key) == b"abcd"
    assert hidden.clean(b"as it is", "") == b"as it is"


@pytest.mark.parametrize("way", WAYS)
def test_nothing_that_is_kept_holds_the_key(
    publisher: Publisher, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setenv("OFFICE_KEY", KEY)
    publisher.says("/data/EX.1", BODY.replace(b"DEU", WAYS[way].encode()))
    assert ask(source(publisher, auth_env="OFFICE_KEY", auth_param="key")).bodies == (BODY.replace(b"DEU", b"***"),)
