"""No host is asked more often than it allows: at once, in a minute, and in an hour, whichever processes ask."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from monitor import asked, fetch, store
from monitor.errors import SourceUnavailable
from monitor.model import Offered
from monitor.network import Network
from tests.fetch import tiny
from tests.fetch.setting import BODY, NOW, TODAY, Ask, source
from tests.server import Asked, Publisher, serving

ROOT = Path(__file__).parents[2]


def test_requests_of_an_hour_are_remembered_in_the_store(publisher: Publisher, ask: Ask, tmp_path: Path) -> None:
    publisher.says("/data/EX.1", BODY)
    of = source(publisher, per_hour=2)
    for _ in range(2):
        with Network() as another_run:
            assert ask(of, network=another_run).origin == "live"
    with Network() as third:
        got = ask(of, network=third)
    assert (got.origin, publisher.times("/data/EX.1")) == ("kept", 2)
    assert "its limit of 2 requests an hour is used up, and the next one may be sent in 60 minutes" in got.problem
    assert "Nobody needs to do anything: try again later." in got.problem
    with pytest.raises(SourceUnavailable, match="is used up"):
        ask(of, "EX.2")
    assert ask(of, store=tmp_path / "another").origin == "live"


def test_an_hour_that_is_nearly_over_is_waited_for(publisher: Publisher, ask: Ask) -> None:
    publisher.says("/data/EX.1", BODY)
    begun = time.monotonic()
    with Network(hour=0.5) as network:
        for _ in range(5):
            assert ask(source(publisher, per_hour=2), network=network).origin == "live"
    assert time.monotonic() - begun >= 1


def test_counting_by_many_processes_is_exact(tmp_path: Path) -> None:
    code = ("import sys; from pathlib import Path; from monitor import asked\n"
            "print(sum(not asked.take(Path(sys.argv[1]), 'h', 20) for _ in range(12)))")  # fmt: skip
    many = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE)
            for _ in range(3)]  # fmt: skip
    assert sum(int(one.communicate()[0]) for one in many) == 20
    assert 3590 < asked.take(tmp_path, "h", 20) <= 3600
    assert asked.take(tmp_path, "another host", 20) == 0.0


def test_a_host_answers_few_requests_at_once(publisher: Publisher, tmp_path: Path) -> None:
    busy, most, lock = 0, 0, threading.Lock()

    def answer(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        nonlocal busy, most
        with lock:
            busy, most = busy + 1, max(most, busy + 1)
        time.sleep(0.03)
        with lock:
            busy -= 1
        return 200, {}, asked.path.encode()

    many = {f"S{n}": Offered(title=str(n)) for n in range(12)}
    publisher.paths = {f"/data/{name}": answer for name in many}
    of = source(publisher, series=many, at_once=2)
    got = fetch.fetch_all([(of, name) for name in many], layers=[], store=tmp_path, offline=False, as_of=TODAY, now=NOW)
    assert all(isinstance(one, fetch.Snapshot) for one in got.values())
    assert most == 2


def test_hosts_take_turns(tmp_path: Path) -> None:
    order: list[str] = []
    with serving() as slow, serving() as quick:
        many = {f"S{n}": Offered(title=str(n)) for n in range(30)}
        for name in many:
            slow.paths[f"/data/{name}"] = lambda a: (time.sleep(0.05), (200, {}, b"[1]"))[1]
            quick.paths[f"/data/{name}"] = lambda a: (200, {}, b"[1]")
        of = source(slow, series=many, at_once=2)
        # two hosts of one machine differ by name only
        other = source(quick.url.replace("127.0.0.1", "localhost"), series=many).model_copy(update={"id": "other"})
        wanted = [*((of, name) for name in many), *((other, name) for name in many)]
        fetch.fetch_all(wanted, layers=[], store=tmp_path, offline=False, as_of=TODAY, now=NOW,
                        done=lambda name, series: order.append(name))  # fmt: skip
    assert order.count("other") == 30
    assert "exampleland" in order[order.index("other") + 1 :], "the quick host did not have to wait for the slow one"


FETCH = """
import sys, json
from datetime import date
from pathlib import Path
from monitor import fetch
from monitor.project import load
from tests.fetch import tiny
project = load(Path(sys.argv[1]))
office = project.sources["office"]
got = fetch.fetch_all([(office, name) for name in office.series], layers=project.layers, store=project.store,
                      offline=False, as_of=tiny.AS_OF, now=tiny.NOW)
print(json.dumps([getattr(one, "origin", str(one)) for one in got.values()]))
"""


@pytest.mark.parametrize("processes", [3])
def test_several_fetches_at_once_on_one_store(publisher: Publisher, tmp_path: Path, processes: int) -> None:
    offered = {name: {"title": name} for name in ("T.COST", *(f"S{n}" for n in range(14)))}
    for name in offered:
        publisher.paths[f"/data/{name}"] = lambda a: (
            (304, {}, b"") if "If-None-Match" in a.headers else (200, {"ETag": '"1"'}, tiny.csv(unit=a.path)))
    project = tiny.project(tmp_path / "project", publisher.url, series=offered)
    many = [subprocess.Popen([sys.executable, "-c", FETCH, str(project.folder)], cwd=ROOT, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True) for _ in range(processes)]  # fmt: skip
    for one in many:
        out, error = one.communicate(timeout=60)
        assert json.loads(out) == ["live"] * 15, error
    kept = store.answers(project.store)
    assert len(kept) == 15 * processes
    assert len({one.snapshot.sha256 for one in kept}) == 15
    assert store.verify(project.store)[0] == []
