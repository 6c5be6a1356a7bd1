"""Kills at any moment of a run: nothing kept is lost or torn, an edition is always a whole one, the next run completes.

Half of the processes end right before a file operation drawn by lot, which reaches every step of keeping and
publishing; the other half are killed from outside at a moment drawn by lot.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from monitor import store, swap
from tests import history
from tests.server import Asked, serving

ROOT = Path(__file__).resolve().parents[1]
#: loads everything once, then forks a child for each line it reads: "N S" makes a run that dies before its Nth file
#: operation (0: at none) and is killed after S seconds
NURSERY = """
import os, select, signal, sys
from datetime import date
from pathlib import Path
from monitor import bodies, chart, evidence, page, project, run, store, swap, wire
from monitor.checks import shape
from monitor.methods import statcan
from monitor.outputs import html
from monitor.readers import csv_table
import sqlite3, pandera.polars

folder, out = Path(sys.argv[1]), Path(sys.argv[2])
touching = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.listdir", "os.scandir", "shutil.rmtree",
            "sqlite3.connect", "shutil.copyfile", "os.truncate", "shutil.copystat"}

def child(dies):
    done = 0

    def count(event, args):
        nonlocal done
        if event in touching and str(folder) in str(args[:1]):
            done += 1
            if done == dies:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    loaded = project.load(folder)
    run.run(loaded, as_of=date(2026, 1, 1), now="2026-01-01T00:00:00+00:00", areas=("DEU",), out=out,
            formats=sys.argv[3].split(","))
    return done

print("ready", flush=True)
for line in sys.stdin:
    dies, seconds = line.split()
    there, back = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            done = child(int(dies))
            os.write(back, f"done {done}".encode())
            os._exit(0)
        except BaseException as problem:
            os.write(back, f"failed {problem!r}".encode())
            os._exit(1)
    os.close(back)
    if not select.select([there], [], [], float(seconds))[0]:
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    print(os.read(there, 10_000).decode().replace("\\n", " ") or "killed", flush=True)
    os.close(there)
"""


class Nursery:
    """A process with everything loaded, whose children make one run each."""

    def __init__(self, folder: Path, formats: str) -> None:
        command = [sys.executable, "-c", NURSERY, str(folder), str(folder / "editions/e"), formats]
        self.process = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.heard() == "ready"

    def run(self, dies_at: int = 0, seconds: float = 60.0) -> str:
        """One run: how it ended. Killed before its ``dies_at``-th file operation, or after some seconds."""
        self.start(dies_at, seconds)
        return self.heard()

    def start(self, dies_at: int = 0, seconds: float = 60.0) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{dies_at} {seconds}\n")
        self.process.stdin.flush()

    def heard(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()


@pytest.fixture
def nursery(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Nursery]:
    """A project, its publisher, and a nursery whose runs make the formats asked for: ``data`` alone is quick."""
    def figures(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        values = dict(history.COST) | {"2023": round(5.0 + 0.001 * asked.count, 3)}  # never the same twice
        return 200, {"Content-Type": "text/csv"}, history.table(values)

    with serving() as publisher:
        publisher.paths |= {"/cost": figures, "/pay": figures}
        history.project(tmp_path / "project", publisher.url)
        made = Nursery(tmp_path / "project", getattr(request, "param", "data"))
        yield made
        made.process.stdin.close()  # type: ignore[union-attr]
        made.process.wait(10)


def whole(edition: Path) -> None:
    """Every file of an edition is there and is the one its manifest names, and there is no other."""
    listed = json.loads((edition / "manifest.json").read_text(encoding="utf-8"))["files"]
    found = {str(p.relative_to(edition)): hashlib.sha256(p.read_bytes()).hexdigest()
             for p in edition.rglob("*") if p.is_file()}
    assert found.keys() - {"manifest.json", "build.json"} == listed.keys()
    assert all(found[path] == entry["sha256"] for path, entry in listed.items())


def killed(nursery: Nursery, folder: Path, kills: int, seed: int) -> None:
    lot, edition, held = random.Random(seed), folder / "editions/e", folder / ".monitor"
    began = time.monotonic()
    said = nursery.run()
    length, done = time.monotonic() - began, re.fullmatch(r"done (\d+)", said)
    assert done, said
    whole(edition)
    ends = tries = 0
    while ends < kills:
        tries += 1
        if tries % 2:
            ends += nursery.run(dies_at=lot.randint(1, int(done[1]))) == "killed"
        else:
            ends += nursery.run(seconds=lot.uniform(0, length)) == "killed"
        answers = len(store.answers(held))
        problems, counted, _ = store.verify(held)
        assert (problems, counted) == ([], answers)
        for rows in (held / "rows").glob("*"):
            pl.read_parquet(rows)
        whole(edition)
        assert tries < 2 * kills, "most are to be killed before they are done"
    assert nursery.run().startswith("done")
    whole(edition)
    assert [p.name for p in edition.parent.iterdir()] == ["e"], "what the dead left is swept"
    assert list((held / "aside").iterdir()) == []
    assert len(store.answers(held)) > answers
    assert store.verify(held)[0] == []


def test_twenty_kills_lose_nothing(nursery: Nursery, tmp_path: Path) -> None:
    killed(nursery, tmp_path / "project", 20, seed=20)


def test_two_runs_at_once_both_complete(nursery: Nursery, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    other = Nursery(folder, "data")
    try:
        for _ in range(4):
            nursery.start()
            other.start()
            heard = [each.heard() for each in (nursery, other)]
            assert [said[:4] for said in heard] == ["done", "done"], heard
            whole(folder / "editions/e")
    finally:
        other.process.stdin.close()  # type: ignore[union-attr]
        other.process.wait(10)
    assert store.verify(folder / ".monitor")[:2] == ([], 16)


@pytest.mark.slow
@pytest.mark.parametrize("nursery", ["html,data"], indirect=True)
def test_two_hundred_kills_lose_nothing(nursery: Nursery, tmp_path: Path) -> None:
    killed(nursery, tmp_path / "project", 200, seed=200)


# ------------------------------------------------------------------ where the system cannot exchange two folders


@pytest.mark.parametrize("able", [True, False])
def test_a_folder_takes_the_place_of_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, able: bool) -> None:
    if not able:
        monkeypatch.setattr(swap, "_exchange", lambda one, other: False)
    for text in ("first", "second"):
        with swap.beside(tmp_path / "e") as new:
            (new / "a").write_text(text)
            swap.put(new, tmp_path / "e")
        assert [p.name for p in tmp_path.iterdir()] == ["e"]
        assert (tmp_path / "e/a").read_text() == text


def test_folders_are_exchanged_without_a_moment_of_none(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        (folder / folder.name).touch()
    assert swap._exchange(one, other) is (sys.platform in ("linux", "darwin"))
    assert (one / "other").exists()
    assert swap._exchange(one, tmp_path / "nothing") is False


def test_what_a_killed_process_moved_away_is_moved_back(tmp_path: Path) -> None:
    (tmp_path / ".e.before-17").mkdir()
    (tmp_path / ".e.before-17/a").write_text("the edition")
    (tmp_path / ".e.writing-17").mkdir()
    (tmp_path / ".f.writing-17").mkdir()
    with swap.beside(tmp_path / "e") as mine:
        swap.mend(tmp_path / "e")
        assert mine.exists(), "its writer is alive"
    swap.mend(tmp_path / "e")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".f.writing-17", "e"]
    assert (tmp_path / "e/a").read_text() == "the edition"
    swap.mend(tmp_path / "nowhere/e")
