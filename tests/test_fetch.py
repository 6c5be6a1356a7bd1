"""Fetching, against a publisher on the loopback address that does everything a publisher can do."""

from __future__ import annotations

import gzip
import json
import logging
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from monitor import fetch, payload, vintages
from monitor.errors import DefinitionError, SourceUnavailable
from monitor.model import Licence, Offered, Paging, Source
from monitor.network import Network, Trouble, is_public
from monitor.results import Snapshot
from tests.server import Asked, Publisher, closed_port, serving

TODAY, NOW = date(2026, 11, 22), "2026-11-22T12:00:00+00:00"
BODY = b'[{"area": "DEU", "value": "4.2"}]'
KEY = "s3cr3t/of+mine"


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with serving() as found:
        yield found


@pytest.fixture
def network() -> Iterator[Network]:
    with Network("someone@example.org", backoff=0.01) as found:
        yield found


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


@pytest.fixture
def ask(tmp_path: Path, network: Network) -> Ask:
    def asking(of: Source, series: str = "EX.1", **more: Any) -> Snapshot:
        told: dict[str, Any] = {"layers": [tmp_path], "store": tmp_path / "store", "offline": False, "as_of": TODAY,
                                "now": NOW, "network": network}  # fmt: skip
        return fetch.fetch(of, series, **(told | more))

    return asking


def refused(ask: Ask, of: Source, *parts: str, **more: Any) -> str:
    """The message of a fetch that cannot succeed: it names the source, the address, the cause, and who acts."""
    with pytest.raises(SourceUnavailable) as caught:
        ask(of, **more)
    message = str(caught.value)
    for part in ("Statistics of Exampleland (exampleland), series EX.1, ", (of.endpoint or "").split("{")[0], *parts):
        assert part in message
    return message


# ------------------------------------------------------------------ a good answer


def test_an_answer_is_live_cited_and_kept(publisher: Publisher, ask: Ask, tmp_path: Path) -> None:
    publisher.says("/data/EX.1", BODY, ETag='"7"', Content_Type="application/json")
    got = ask(source(publisher, params={"format": "json", "$order": ":id"}))
    assert (got.origin, got.bodies, got.retrieved, got.problem, got.unit) == ("live", (BODY,), NOW, "", "%")
    assert got.url == publisher.url + "/data/EX.1?format=json&$order=:id"
    assert got.sha256 == vintages.sha256(BODY)
    assert gzip.decompress((tmp_path / "store" / got.path).read_bytes()) == BODY
    [line] = vintages.index(tmp_path / "store")[0]
    assert line["pages"] == [{"status": 200, "etag": '"7"', "content-type": "application/json"}]
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
    assert [line["pages"][0]["status"] for line in vintages.index(tmp_path / "store")[0]] == [200, 304]
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


# ------------------------------------------------------------------ failures that pass


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
    publisher.paths["/data/EX.1"] = _cut_when(lambda a: a.count == 1)
    assert ask(source(publisher)).bodies == (BODY,)
    assert publisher.times("/data/EX.1") == 2


def _cut_when(cut: Callable[[Asked], bool]) -> Callable[[Asked], Any]:
    def answer(asked: Asked) -> tuple[int, dict[str, str], bytes] | None:
        if not cut(asked):
            return 200, {}, BODY
        asked.wire.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + BODY)
        return None

    return answer


# ------------------------------------------------------------------ failures that stay


def stream(head: bytes, chunk: bytes, pause: float = 0.0) -> Callable[[Asked], None]:
    """An answer without end."""

    def answer(asked: Asked) -> None:
        asked.wire.wfile.write(head + b"\r\n\r\n")
        while True:
            asked.wire.wfile.write(chunk)
            asked.wire.wfile.flush()
            time.sleep(pause)

    return answer


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
    "cut off": (_cut_when(lambda asked: True), ("broke off in the middle, twice",)),
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
    assert not (tmp_path / "store/index.jsonl").exists()
    assert not list((tmp_path / "store").rglob("*.gz"))


def test_the_newest_answer_kept_serves_with_its_problem(publisher: Publisher, ask: Ask) -> None:
    publisher.says("/data/EX.1", BODY, ETag='"7"')
    ask(source(publisher), now="2026-11-01")
    publisher.says("/data/EX.1", b"<html>we are closed</html>", ETag='"8"')
    got = ask(source(publisher))
    assert (got.origin, got.bodies, got.retrieved) == ("kept", (BODY,), "2026-11-01")
    assert "web page" in got.problem
    assert "The answer of 2026-11-01 serves in its place." in got.problem


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


# ------------------------------------------------------------------ where a request may go


def test_a_redirect_to_a_private_address_is_refused(publisher: Publisher, ask: Ask) -> None:
    with serving() as inside:
        inside.says("/secret", BODY)
        for host in ("127.0.0.1", "localhost"):
            there = inside.url.replace("127.0.0.1", host)
            publisher.says("/data/EX.1", b"", 302, Location=f"{there}/secret")
            refused(ask, source(publisher), "an address of a private network, and was not followed")
        assert not inside.asked
        with Network(allow_private=True) as network:
            assert ask(source(publisher), network=network).bodies == (BODY,)


def test_a_redirect_within_the_declared_host_is_followed(publisher: Publisher, ask: Ask) -> None:
    publisher.says("/data/EX.1", b"", 301, Location="/new")
    publisher.says("/new", BODY)
    assert ask(source(publisher)).url == publisher.url + "/data/EX.1"


def test_a_private_address_behind_a_proxy_is_refused(
    publisher: Publisher, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", publisher.url)
    publisher.says("/data/EX.1", b"", 302, Location="http://10.0.0.1/secret")
    refused(ask, source("http://stat.example.org"), "redirected to 10.0.0.1")
    assert len(publisher.asked) == 1


def test_a_certificate_nobody_vouches_for_is_refused(ask: Ask, tmp_path: Path) -> None:
    with serving(certificate(tmp_path)) as impostor:
        impostor.says("/data/EX.1", BODY)
        refused(ask, source(impostor), "its certificate could not be verified", "The publisher must renew it")
        assert not impostor.asked


def certificate(folder: Path) -> str:
    """A certificate for 127.0.0.1, signed by itself."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    signed = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime(2120, 1, 1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "self.pem").write_bytes(private + signed.public_bytes(pem))
    return str(folder / "self.pem")


@pytest.mark.parametrize(
    ("address", "public"),
    [("93.184.216.34", True), ("2606:2800:220:1::1", True), ("127.0.0.1", False), ("10.1.2.3", False),
     ("192.168.0.1", False), ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False), ("::1", False),
     ("fe80::1%eth0", False), ("fd00::1", False), ("::ffff:127.0.0.1", False), ("localhost", False),
     ("a.localhost.", False), ("example.org", True)],
)  # fmt: skip
def test_what_counts_as_public(address: str, public: bool) -> None:
    assert is_public(address) is public


# ------------------------------------------------------------------ keys


def test_a_key_is_sent_and_found_nowhere(
    publisher: Publisher, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("EXAMPLE_KEY", KEY)
    keyed = source(publisher, auth_env="EXAMPLE_KEY", auth_param="api_key", headers={"X-Token": "Bearer {key}"})
    echo = lambda a: (200, {"ETag": '"7"', "X-Echo": a.query["api_key"]}, json.dumps([a.query["api_key"]]).encode())  # noqa: E731
    publisher.paths["/data/EX.1"] = lambda a: (
        500, {}, b"") if a.count == 1 else (302, {"Location": "/on?" + a.wire.path.split("?")[1]}, b"")
    publisher.paths["/on"] = echo
    got = ask(keyed)
    assert {(a.query["api_key"], a.headers["X-Token"]) for a in publisher.asked} == {(KEY, f"Bearer {KEY}")}
    assert [a.path for a in publisher.asked] == ["/data/EX.1", "/data/EX.1", "/on"]
    publisher.paths["/data/EX.2"] = _cut_when(lambda a: True)
    texts = [repr(got), _message(ask, keyed, "EX.2")]
    for status in (500, 403):
        publisher.says("/data/EX.2", b"", status)
        texts.append(_message(ask, keyed, "EX.2"))
    for series in ("EX.1", "EX.2"):
        publisher.paths[f"/data/{series}"] = lambda a: None
        with Network(backoff=0.01) as fresh:
            texts.append(_message(ask, keyed, series, network=fresh))
    texts += [record.getMessage() for record in caplog.records]
    assert any("/data/EX.2" in record.getMessage() for record in caplog.records)
    files = [path for path in (tmp_path / "store").rglob("*") if path.is_file()]
    texts += [gzip.decompress(p.read_bytes()).decode() for p in files if p.suffix == ".gz"]
    texts += [p.read_bytes().decode("latin-1") for p in files if p.suffix != ".gz"]
    assert len(texts) > 20
    for text in texts:
        for form in (KEY, "s3cr3t%2Fof%2Bmine", "s3cr3t/of%2Bmine", "czNjcjN0L29mK21pbm"):
            assert form not in text


def _message(ask: Ask, of: Source, series: str, **more: Any) -> str:
    try:
        return ask(of, series, **more).problem
    except SourceUnavailable as error:
        return str(error)


def test_a_key_does_not_follow_a_redirect_to_another_host(
    publisher: Publisher, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXAMPLE_KEY", KEY)
    with serving() as other, Network(allow_private=True) as network:
        other.says("/on", BODY)
        publisher.paths["/data/EX.1"] = lambda a: (
            302, {"Location": f"{other.url}/on?" + a.wire.path.split("?")[1]}, b"")
        keyed = source(publisher, auth_env="EXAMPLE_KEY", auth_param="api_key", headers={"X-Token": "{key}"})
        ask(keyed, network=network)
        [asked] = other.asked
        assert "api_key" not in asked.query
        assert "X-Token" not in asked.headers


def test_passwords_of_the_user_are_not_sent(
    publisher: Publisher, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password something\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    publisher.says("/data/EX.1", BODY)
    ask(source(publisher))
    assert "Authorization" not in publisher.asked[0].headers


def test_a_missing_key_is_named(publisher: Publisher, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXAMPLE_KEY", raising=False)
    publisher.says("/data/EX.1", b"", 401)
    of = source(publisher, auth_env="EXAMPLE_KEY", auth_param="api_key")
    refused(ask, of, "Set the environment variable EXAMPLE_KEY to a valid key.")
    assert fetch.probe(of) == ("missing", "answered with status 401 without a key (EXAMPLE_KEY is not set)")


# ------------------------------------------------------------------ pages


def test_pages_by_number(publisher: Publisher, ask: Ask) -> None:
    publisher.paths["/data/EX.1"] = lambda a: (
        200, {}, json.dumps([{"page": a.query["page"], "pages": "3"}, []]).encode())
    got = ask(source(publisher, paging=Paging(kind="page", pages_at="0.pages")))
    assert [json.loads(body)[0]["page"] for body in got.bodies] == ["1", "2", "3"]
    assert got.url.endswith("/data/EX.1?page=1")
    assert got.sha256 == vintages.sha256("".join(vintages.sha256(b) for b in got.bodies).encode())


def test_an_error_text_in_place_of_pages(publisher: Publisher, ask: Ask) -> None:
    publisher.says("/data/EX.1", b'[{"message": [{"id": "120", "value": "not valid"}]}]')
    of = source(publisher, paging=Paging(kind="page", pages_at="0.pages"))
    refused(ask, of, "no number of pages at '0.pages'; it begins with '[{\"message\"", "'paging' in sources/")


@pytest.mark.parametrize("as_csv", [False, True])
def test_pages_by_offset_end_with_a_short_one(publisher: Publisher, ask: Ask, as_csv: bool) -> None:
    rows = [f"row {n}" for n in range(7)]

    def answer(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        part = rows[int(asked.query["$offset"]) :][:3]
        return 200, {}, "\n".join(["head", *part]).encode() if as_csv else json.dumps(part).encode()

    publisher.paths["/data/EX.1"] = answer
    got = ask(source(publisher, paging=Paging(kind="offset", param="$offset", step=3)))
    assert [a.query["$offset"] for a in publisher.asked] == ["0", "3", "6"]
    assert len(got.bodies) == 3


def test_pages_by_year_stop_before_a_year_that_is_not_there_yet(publisher: Publisher, ask: Ask) -> None:
    of = source(publisher, "/figures/{year}/json", paging=Paging(kind="years", param="year", first=2024))
    for year in (2024, 2025):
        publisher.says(f"/figures/{year}/json", f"[{year}]".encode())
    assert ask(of).bodies == (b"[2024]", b"[2025]")
    publisher.says("/figures/2026/json", b"[2026]")
    assert ask(of).bodies[-1] == b"[2026]"
    del publisher.paths["/figures/2025/json"]
    assert "status 404" in ask(of).problem


def test_pages_together_keep_to_the_size_limit(publisher: Publisher, ask: Ask) -> None:
    publisher.says("/data/EX.1", json.dumps([{"pages": 9}, "0" * 300_000]).encode())
    refused(ask, source(publisher, max_megabytes=1.0, paging=Paging(kind="page", pages_at="0.pages")), "more than 1 MB")
    assert publisher.times("/data/EX.1") == 4


def test_a_declaration_that_cannot_be_asked(publisher: Publisher, ask: Ask) -> None:
    for of, series, part in (
        (source(publisher), "EX-2", "offers no 'EX-2', but EX.1, EX.2. Did you mean 'EX.2'?"),
        (source(publisher, "/{table}/{series}"), "EX.1", "nothing fills {table}"),
        (source(publisher, paging=Paging(kind="offset")), "EX.1", "'step' must say how many rows"),
    ):
        with pytest.raises(DefinitionError, match=r"exampleland\.yaml") as caught:
            ask(of, series)
        assert part in str(caught.value)


# ------------------------------------------------------------------ no network, no wish to use it, many at once


def test_offline_asks_nobody(publisher: Publisher, ask: Ask) -> None:
    publisher.says("/data/EX.1", BODY)
    with pytest.raises(SourceUnavailable, match=r"was not asked \(offline"):
        ask(source(publisher), offline=True)
    ask(source(publisher))
    got = ask(source(publisher), offline=True)
    assert (got.origin, got.problem, len(publisher.asked)) == ("kept", "", 1)


def test_a_past_date_is_answered_from_what_was_known_then(publisher: Publisher, ask: Ask) -> None:
    for day, body in (("2026-03-01", b"[1]"), ("2026-06-01", b"[2]")):
        publisher.says("/data/EX.1", body)
        ask(source(publisher), now=day)
    assert ask(source(publisher), as_of=date(2026, 4, 1)).bodies == (b"[1]",)
    assert ask(source(publisher), as_of=date(2026, 6, 1)).bodies == (b"[2]",)
    early = ask(source(publisher), as_of=date(2026, 1, 1))
    assert "no answer from 2026-01-01 or before is at hand" in early.problem
    assert len(publisher.asked) == 2


def test_the_newer_of_kept_and_shipped_serves(publisher: Publisher, ask: Ask, tmp_path: Path) -> None:
    from tests.test_vintages import ship

    ship(tmp_path, b"ref_area,time_period,obs_value\nDEU,2024,1\n", retrieved="2026-05-01")
    publisher.says("/data/EX.1", BODY)
    ask(source(publisher), now="2026-04-01")
    assert ask(source(publisher), offline=True).origin == "shipped"
    ask(source(publisher), now="2026-06-01")
    assert ask(source(publisher), offline=True).origin == "kept"
    (tmp_path / "sources/vintages/exampleland/EX.1.csv").write_bytes(b"changed")
    got = ask(source(publisher), offline=True)
    assert got.origin == "kept"
    assert "its sha256 is" in got.problem


def test_two_hosts_out_of_reach_take_the_run_offline(publisher: Publisher, ask: Ask, tmp_path: Path) -> None:
    publisher.says("/data/EX.1", BODY)
    dead = [replace_id(source(f"http://127.0.0.1:{closed_port()}"), f"dead{n}") for n in range(2)]
    begun = time.monotonic()
    with Network() as network:
        for of in dead:
            with pytest.raises(SourceUnavailable, match="could not be reached"):
                ask(of, network=network)
        assert "there seems to be no network" in network.down
        refused(ask, source(publisher), "the rest of the run was offline", "Check this machine", network=network)
    assert time.monotonic() - begun < 1
    assert not publisher.asked


def test_hosts_that_swallow_every_packet_cost_the_run_one_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def swallow(address: tuple[str, int], timeout: float) -> Any:
        over.wait(20)
        raise TimeoutError

    monkeypatch.setattr("monitor.network.socket.create_connection", swallow)
    wanted = [(replace_id(source(f"http://host{n}.example"), f"host{n}"), "EX.1") for n in range(12)]
    begun = time.monotonic()
    with Network(patience=0.5) as network:
        got = fetch.fetch_all(wanted, layers=[], store=tmp_path, offline=False, as_of=TODAY, now=NOW, network=network)
    assert time.monotonic() - begun < 1.5
    over.set()
    assert all(isinstance(answer, SourceUnavailable) for answer in got.values())
    assert network.down


def replace_id(of: Source, name: str) -> Source:
    return of.model_copy(update={"id": name})


def test_all_at_once_and_one_dead_source_stops_no_other(publisher: Publisher, tmp_path: Path) -> None:
    many = {f"S{n}": Offered(title=str(n)) for n in range(40)}
    for name in many:
        publisher.paths[f"/data/{name}"] = lambda a: (time.sleep(0.05), (200, {}, a.path.encode()))[1]
    good = source(publisher, series=many)
    bad = replace_id(source(f"http://127.0.0.1:{closed_port()}"), "dead")
    done: list[str] = []
    begun = time.monotonic()
    got = fetch.fetch_all(
        [(bad, "EX.1"), *((good, name) for name in many)], layers=[], store=tmp_path, offline=False, as_of=TODAY,
        now=NOW, done=lambda name, series: done.append(series),
    )  # fmt: skip
    assert time.monotonic() - begun < 3
    assert list(got) == [("dead", "EX.1"), *(("exampleland", name) for name in many)]
    assert isinstance(got["dead", "EX.1"], SourceUnavailable)
    for name in many:
        answer = got["exampleland", name]
        assert isinstance(answer, Snapshot)
        assert answer.bodies == (f"/data/{name}".encode(),)
    assert sorted(done) == sorted(["EX.1", *many])


def test_a_host_is_asked_no_faster_than_declared(publisher: Publisher, ask: Ask) -> None:
    publisher.says("/data/EX.1", BODY)
    with Network(minute=0.4) as network:
        begun = time.monotonic()
        for _ in range(5):
            ask(source(publisher, per_minute=2), network=network)
    assert time.monotonic() - begun >= 0.8


def test_a_store_that_cannot_be_written_loses_no_answer(
    publisher: Publisher, ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    publisher.says("/data/EX.1", BODY)
    monkeypatch.setattr(vintages, "_place", full)
    assert ask(source(publisher)).bodies == (BODY,)
    assert "could not be kept" in caplog.text


def test_a_store_that_cannot_be_used_is_said(publisher: Publisher, ask: Ask, tmp_path: Path) -> None:
    publisher.says("/data/EX.1", BODY)
    (tmp_path / "store/http").mkdir(parents=True)
    (tmp_path / "store/http/exampleland.sqlite").write_bytes(b"no database" * 99)
    refused(ask, source(publisher), "file is not a database", "delete http/exampleland.sqlite in it")
    (tmp_path / "file").write_text("")
    refused(ask, source(publisher), "Make it writable", store=tmp_path / "file")


def test_an_offline_run_imports_no_http_client() -> None:
    code, root = "import sys, monitor.fetch; sys.exit('requests' in sys.modules)", Path(fetch.__file__).parents[1]
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 0


def test_probe_reads_no_data(publisher: Publisher) -> None:
    publisher.paths["/data/EX.1"] = stream(b"HTTP/1.1 200 OK", b"1,2\n", 0.1)
    assert fetch.probe(source(publisher)) == ("ok", "reachable")
    publisher.says("/data/EX.1", b"", 500)
    assert fetch.probe(source(publisher)) == ("broken", "answered with status 500")
    state, sentence = fetch.probe(source(f"http://127.0.0.1:{closed_port()}"))
    assert state == "offline"
    assert "could not be reached" in sentence
    assert fetch.probe(source(publisher).model_copy(update={"endpoint": None}))[0] == "ok"


def test_a_register_is_read_from_its_file(tmp_path: Path, ask: Ask) -> None:
    of = source("http://unused.example").model_copy(update={"endpoint": None, "file": "registers/laws.csv"})
    with pytest.raises(DefinitionError, match=r"there is no sources/registers/laws\.csv"):
        ask(of)
    (tmp_path / "sources/registers").mkdir(parents=True)
    (tmp_path / "sources/registers/laws.csv").write_text("ref_area,retrieved_on\nDEU,2026-01-05\n")
    assert ask(of).retrieved == "2026-01-05"


def test_a_snapshot_is_the_same_when_it_comes_back(publisher: Publisher, ask: Ask) -> None:
    publisher.says("/data/EX.1", BODY)
    live = ask(source(publisher))
    assert ask(source(publisher), offline=True) == replace(live, origin="kept")
