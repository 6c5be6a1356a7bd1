"""Where a request may go, and with which key."""

from __future__ import annotations

import gzip
import json
import logging
import socket
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from monitor import run
from monitor.errors import SourceUnavailable
from monitor.model import Source
from monitor.network import Network, is_public
from tests.fetch import tiny
from tests.fetch.setting import BODY, KEY, Ask, cut_when, refused, source
from tests.server import Publisher, serving


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
    publisher.paths["/data/EX.2"] = cut_when(lambda a: True)
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



def test_a_key_stands_in_no_edition(publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXAMPLE_KEY", KEY)
    project = tiny.project(tmp_path / "project", publisher.url, auth_env="EXAMPLE_KEY", auth_param="api_key",
                           headers={"X-Token": "{key}"})  # fmt: skip
    publisher.says(tiny.PATH, tiny.csv())
    made = run.run(project, as_of=tiny.AS_OF, now=tiny.NOW, out=tmp_path / "out", formats=("html", "data"))
    assert publisher.asked[0].query == {"api_key": KEY}
    texts = [repr(made), *(p.read_bytes().decode("latin-1") for p in tmp_path.rglob("*") if p.is_file())]
    assert any('"snapshots"' in text and publisher.url + tiny.PATH in text for text in texts), "the manifest is there"
    for form in (KEY, "s3cr3t%2Fof%2Bmine", "s3cr3t/of%2Bmine"):
        assert not [text for text in texts if form in text]


def test_a_source_can_allow_its_own_private_network(publisher: Publisher, ask: Ask) -> None:
    with serving() as inside:
        inside.says("/data", BODY)
        publisher.says("/data/EX.1", b"", 302, Location=f"{inside.url}/data")
        assert ask(source(publisher, allow_private=True)).bodies == (BODY,)


def test_nothing_is_sent_to_a_private_address(publisher: Publisher, ask: Ask) -> None:
    """Not even a connection: that a port is open would be told by the time it takes."""
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        port.listen()
        port.settimeout(0.2)
        publisher.says("/data/EX.1", b"", 302, Location=f"http://127.0.0.1:{port.getsockname()[1]}/")
        refused(ask, source(publisher), "an address of a private network")
        with pytest.raises(TimeoutError):
            port.accept()


def test_a_certificate_somebody_vouches_for_is_taken(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trustme = pytest.importorskip("trustme")
    authority = trustme.CA()
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "office.pem"))
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    with serving(str(tmp_path / "office.pem")) as office:
        office.says("/data/EX.1", BODY)
        refused(ask, source(office), "its certificate could not be verified")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))
        assert ask(source(office)).bodies == (BODY,)


@pytest.mark.parametrize(("address", "public"), [
    ("2130706433", False), ("0x7f.1", False), ("127.1", False), ("0177.0.0.1", False), ("134744072", True),
    ("64:ff9b::7f00:1", False), ("64:ff9b::808:808", True), ("::ffff:10.0.0.1", False), ("2002:7f00:1::", False),
    ("224.0.0.1", False), ("99999999999", False), ("12.example.org", True), ("0xcafe.example", True),
])
def test_an_address_in_disguise_counts_as_the_one_it_leads_to(address: str, public: bool) -> None:
    assert is_public(address) is public
