"""No network, no wish to use it, many at once."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from monitor import bodies, fetch
from monitor.errors import DefinitionError, SourceUnavailable
from monitor.model import Offered
from monitor.network import Network
from monitor.results import Snapshot
from tests.fetch.setting import BODY, NOW, TODAY, Ask, refused, renamed, source
from tests.server import Publisher, closed_port


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


def _no_names(monkeypatch: pytest.MonkeyPatch, slow: float = 0.0) -> None:
    """No name can be looked up; other addresses are reached after so many seconds."""
    genuine = socket.create_connection

    def connect(address: tuple[str, int], *more: Any, **named: Any) -> Any:
        if address[0].endswith(".example"):
            raise socket.gaierror(-2, "Name or service not known")
        time.sleep(slow)
        return genuine(address, *more, **named)

    monkeypatch.setattr("monitor.network.socket.create_connection", connect)


def test_two_hosts_out_of_reach_take_the_run_offline(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    _no_names(monkeypatch)
    dead = [renamed(source(f"http://host{n}.example"), f"dead{n}") for n in range(3)]
    begun = time.monotonic()
    with Network() as network:
        with pytest.raises(SourceUnavailable, match="could not be reached"):
            ask(dead[0], network=network)
        for of in dead[1:]:
            with pytest.raises(SourceUnavailable, match="the rest of the run was offline"):
                ask(of, network=network)
        assert "there seems to be no network (host0.example and host1.example: " in network.down
    assert time.monotonic() - begun < 1


def test_a_host_that_is_reached_shows_that_there_is_a_network(
    publisher: Publisher, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    _no_names(monkeypatch, slow=0.15)
    publisher.says("/data/EX.1", BODY)
    with Network() as network:
        for number in range(2):
            with pytest.raises(SourceUnavailable):
                ask(renamed(source(f"http://host{number}.example"), f"dead{number}"), network=network)
        assert network.down
        assert ask(source(publisher), network=network).bodies == (BODY,)
        assert not network.down


def test_nothing_is_decided_while_a_host_may_still_answer(
    publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _no_names(monkeypatch, slow=0.5)
    many = {f"S{n}": Offered(title="t") for n in range(12)}
    for name in many:
        publisher.says(f"/data/{name}", BODY)
    wanted = [(source(publisher, series=many), name) for name in many]
    wanted += [(renamed(source(f"http://host{n}.example"), f"dead{n}"), "EX.1") for n in range(2)]
    with Network() as network:
        got = fetch.fetch_all(wanted, layers=[], store=tmp_path, offline=False, as_of=TODAY, now=NOW, network=network)
    assert [name for name, answer in got.items() if not isinstance(answer, Snapshot)] == [
        ("dead0", "EX.1"), ("dead1", "EX.1")]
    assert not network.down


def test_a_host_that_refuses_is_there(publisher: Publisher, ask: Ask) -> None:
    publisher.says("/data/EX.1", BODY)
    with Network(backoff=0.01) as network:
        for number in range(2):
            dead = renamed(source(f"http://127.0.0.1:{closed_port()}"), f"dead{number}")
            with pytest.raises(SourceUnavailable, match=r"Connection refused.*The publisher must repair it"):
                ask(dead, network=network)
        assert not network.down
        assert ask(source(publisher), network=network).bodies == (BODY,)


def test_hosts_that_swallow_every_packet_cost_the_run_one_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def swallow(address: tuple[str, int], timeout: float) -> Any:
        over.wait(20)
        raise TimeoutError

    monkeypatch.setattr("monitor.network.socket.create_connection", swallow)
    wanted = [(renamed(source(f"http://host{n}.example"), f"host{n}"), "EX.1") for n in range(12)]
    begun = time.monotonic()
    with Network(patience=0.5) as network:
        got = fetch.fetch_all(wanted, layers=[], store=tmp_path, offline=False, as_of=TODAY, now=NOW, network=network)
    assert time.monotonic() - begun < 1.5
    over.set()
    assert all(isinstance(answer, SourceUnavailable) for answer in got.values())
    assert network.down


def test_all_at_once_and_one_dead_source_stops_no_other(publisher: Publisher, tmp_path: Path) -> None:
    many = {f"S{n}": Offered(title=str(n)) for n in range(40)}
    for name in many:
        publisher.paths[f"/data/{name}"] = lambda a: (time.sleep(0.05), (200, {}, a.path.encode()))[1]
    good = source(publisher, series=many)
    bad = renamed(source(f"http://127.0.0.1:{closed_port()}"), "dead")
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


def test_what_cannot_be_kept_is_not_used(
    publisher: Publisher, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    publisher.says("/data/EX.1", BODY)
    assert ask(source(publisher)).bodies == (BODY,)
    publisher.says("/data/EX.1", BODY + b"\n")
    monkeypatch.setattr(bodies, "place", full)
    served = ask(source(publisher))
    assert (served.origin, served.bodies, served.unasked) == ("kept", (BODY,), False)
    assert "could not be kept, and is not used. The figures of" in served.damage
    assert "No space left on device" in served.problem


def test_a_store_that_cannot_be_used_is_said(publisher: Publisher, ask: Ask, tmp_path: Path) -> None:
    publisher.says("/data/EX.1", BODY)
    (tmp_path / "store").mkdir()
    (tmp_path / "store/requests.sqlite").write_bytes(b"no database" * 99)
    refused(ask, source(publisher), "file is not a database", "delete requests.sqlite in it")
    (tmp_path / "file").write_text("")
    refused(ask, source(publisher), "Make it writable", store=tmp_path / "file")


def test_an_offline_run_imports_no_http_client() -> None:
    code, root = "import sys, monitor.fetch; sys.exit('requests' in sys.modules)", Path(fetch.__file__).parents[1]
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 0


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
