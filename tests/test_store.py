"""The store of answers: whole after a kill, safe with two writers, never overwritten, pruned only by rule."""

from __future__ import annotations

import gzip
import json
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from monitor import bodies, pruning, store, vintages
from monitor.errors import SourceUnavailable, UnreadableData
from monitor.results import Snapshot

ROOT = Path(__file__).resolve().parents[1]


def answer(*bodies: bytes, series: str = "EX.1", retrieved: str = "2026-05-01") -> Snapshot:
    sha256 = vintages.digest(bodies)
    return Snapshot("exampleland", series, "json", bodies, sha256, "https://example.org", retrieved, "live")


def newest(folder: Path, as_of: date | None = None) -> tuple[bytes, ...] | None:
    found = store.newest(folder, "exampleland", "EX.1", as_of)
    return found and found.bodies


# ------------------------------------------------------------------ keep and find


def test_a_body_is_kept_once_and_an_answer_each_time(tmp_path: Path) -> None:
    one, two = b"one" * 1000, b"two" * 1000
    first = store.keep(tmp_path, answer(one, two), [(200, {"etag": '"7"'}), (200, {})])
    numbers = [path.stat().st_ino for path in sorted((tmp_path / "snapshots").rglob("*.gz"))]
    store.keep(tmp_path, answer(one, retrieved="2026-06-01"))
    files = sorted((tmp_path / "snapshots").rglob("*.gz"))
    assert [path.stat().st_ino for path in files] == numbers
    assert [gzip.decompress(p.read_bytes()) for p in files] == sorted([one, two], key=bodies.sha256)
    assert first.path == f"snapshots/{bodies.sha256(one)[:2]}/{bodies.sha256(one)}.gz"
    kept = store.answers(tmp_path)
    assert [k.snapshot.retrieved for k in kept] == ["2026-05-01", "2026-06-01"]
    assert kept[0].pages == (store.Page(bodies.sha256(one), 3000, 200, {"etag": '"7"'}),
                             store.Page(bodies.sha256(two), 3000, 200, {}))  # fmt: skip
    assert store.verify(tmp_path) == ([], 2, 2)


def test_an_answer_comes_back_with_everything_it_was_kept_with(tmp_path: Path) -> None:
    given = Snapshot("exampleland", "EX.1", "csv_table", (b"a", b"b"), vintages.digest([b"a", b"b"]), "https://x.org/1",
                     "2026-05-01T10:00:00+00:00", "live", licence="CC BY", publisher="Office", citation="Office, EX.1",
                     unit="%", fixed="sex=T", came_from="a file", came_from_sha256="ab")  # fmt: skip
    path = store.keep(tmp_path, given).path
    got = store.newest(tmp_path, "exampleland", "EX.1")
    assert got is not None
    assert asdict(got) == asdict(given) | {"origin": "kept", "path": path}
    [kept] = store.answers(tmp_path)
    assert kept.reader_version == store.reader_version("csv_table")
    assert "+" in kept.reader_version


def test_the_newest_answer_and_the_newest_known_on_a_date(tmp_path: Path) -> None:
    assert newest(tmp_path / "nothing") is None
    assert not (tmp_path / "nothing").exists()
    for retrieved, body in (("2026-03-01", b"a"), ("2026-01-01T08:00:00Z", b"b"), ("2026-03-01", b"c")):
        store.keep(tmp_path, answer(body, retrieved=retrieved))
    store.keep(tmp_path, answer(b"other", series="EX.2", retrieved="2026-09-01"))
    assert newest(tmp_path) == (b"c",)  # of two on one day, the later one
    assert newest(tmp_path, date(2026, 2, 28)) == newest(tmp_path, date(2026, 1, 1)) == (b"b",)
    assert newest(tmp_path, date(2025, 12, 31)) is None


def test_a_damaged_body_is_refused_and_the_answer_before_serves(tmp_path: Path) -> None:
    kept = store.keep(tmp_path, answer(b"right"))
    for damage in (gzip.compress(b"wrong"), b"no gzip", gzip.compress(b"right")[:-4], b""):
        (tmp_path / kept.path).write_bytes(damage)
        with pytest.raises(UnreadableData, match="is damaged") as caught:
            newest(tmp_path)
        assert kept.path in str(caught.value)
        assert store.verify(tmp_path)[0] == caught.value.problems
    store.keep(tmp_path, answer(b"older", retrieved="2025-01-01"))
    got = store.newest(tmp_path, "exampleland", "EX.1")
    assert got is not None
    assert got.bodies == (b"older",)
    assert got.damage == caught.value.problems[0]
    (tmp_path / kept.path).unlink()
    store.keep(tmp_path, answer(b"right", retrieved="2026-06-01"))
    assert newest(tmp_path, date(2026, 5, 2)) == (b"right",)


# ------------------------------------------------------------------ an index that only grows


@pytest.mark.parametrize("table", ["answer", "page", "pruned"])
@pytest.mark.parametrize("change", ["update {0} set {1} = {1}", "delete from {0}", "replace into {0} select * from {0}",
                                    "insert or replace into {0} select * from {0}"])  # fmt: skip
def test_the_index_itself_refuses_to_change_a_line(tmp_path: Path, table: str, change: str) -> None:
    store.keep(tmp_path, answer(b"a"))
    store.keep(tmp_path, answer(b"b", retrieved="2026-06-01"))
    store.prune(tmp_path, [1], "2026-07-01", "a test")
    index = sqlite3.connect(tmp_path / "index.sqlite")
    before = list(index.iterdump())
    with pytest.raises(sqlite3.IntegrityError, match="the index only grows"):
        index.execute(change.format(table, "why" if table == "pruned" else "sha256"))
    index.rollback()
    assert list(index.iterdump()) == before


def test_a_damaged_index_is_named_and_nothing_crashes(tmp_path: Path) -> None:
    store.keep(tmp_path, answer(b"a"))
    whole = (tmp_path / "index.sqlite").read_bytes()
    for damage in (b"no database" * 1000, whole[:5000]):
        (tmp_path / "index.sqlite").write_bytes(damage)
        [problem] = store.verify(tmp_path)[0]
        assert problem.startswith("index.sqlite in the project's store cannot be used (")
        with pytest.raises(OSError, match="put the index back"):
            store.keep(tmp_path, answer(b"b"))
    assert (tmp_path / "index.sqlite").read_bytes() == whole[:5000]


def test_an_index_of_an_earlier_version_is_taken_over_once_and_kept_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def former(body: bytes, retrieved: str) -> str:
        told = asdict(answer(body, retrieved=retrieved))
        told = {n: v for n, v in told.items() if n not in ("bodies", "origin", "problem", "path")}
        pages = [{"status": 200, "etag": '"7"'}]
        return json.dumps(told | {"bodies": [bodies.sha256(body)], "pages": pages, "url": "https://x.org/é"})

    for body in (b"first", b"second"):
        with bodies.alone(tmp_path):
            bodies.keep(tmp_path, body)
    lines = [former(b"first", "2026-01-01"), former(b"second", "2026-02-01"), '{"source": "exampleland", "retr']
    (tmp_path / "index.jsonl").write_text("\n".join(lines))
    assert newest(tmp_path, date(2026, 1, 15)) == (b"first",)
    assert newest(tmp_path) == (b"second",)
    assert "index.jsonl:3: is no whole line" in caplog.text
    assert not (tmp_path / "index.jsonl").exists()
    assert (tmp_path / "index.jsonl.taken-over").read_text() == "\n".join(lines)
    [first, _] = store.answers(tmp_path)
    assert (first.snapshot.url, first.pages[0].status, first.pages[0].headers) == (
        "https://x.org/é", 200, {"etag": '"7"'})  # fmt: skip
    # a kill after the lines were taken over and before the file was put aside: they are not taken twice
    (tmp_path / "index.jsonl").write_text("\n".join([*lines[:2], former(b"second", "2026-03-01")]))
    store.keep(tmp_path, answer(b"third", retrieved="2026-04-01"))
    assert [k.snapshot.retrieved[:7] for k in store.answers(tmp_path)] == ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert (tmp_path / "index.jsonl.taken-over2").is_file()
    assert store.verify(tmp_path) == ([], 4, 3)


def test_a_store_that_may_not_be_written_can_be_read(tmp_path: Path) -> None:
    store.keep(tmp_path, answer(b"a"))
    index = sqlite3.connect(f"file:{tmp_path}/index.sqlite?mode=ro", uri=True)
    index.execute("select * from answer").fetchone()  # another reader does not disturb
    (tmp_path / "index.sqlite").chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        assert newest(tmp_path) == (b"a",)
    finally:
        tmp_path.chmod(0o755)


def test_nothing_kept_costs_no_database(tmp_path: Path) -> None:
    code = ("import sys; from pathlib import Path; from monitor import store\n"
            "assert store.newest(Path(sys.argv[1]), 'a', 'b') is None; print('sqlite3' in sys.modules)")  # fmt: skip
    told = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert (told.stdout, told.stderr) == ("False\n", "")


# ------------------------------------------------------------------ prune


def test_pruning_leaves_a_line_and_takes_no_body_that_another_answer_has(tmp_path: Path) -> None:
    store.keep(tmp_path, answer(b"old", b"shared"))
    new = store.keep(tmp_path, answer(b"new", b"shared", retrieved="2026-06-01"))
    store.prune(tmp_path, [1], "2026-07-01T12:00:00+00:00", "older than 2026-06-01")
    left = {path.stem for path in (tmp_path / "snapshots").rglob("*.gz")}
    assert left == {bodies.sha256(b"new"), bodies.sha256(b"shared")}
    assert [k.pruned for k in store.answers(tmp_path)] == ["on 2026-07-01: older than 2026-06-01", ""]
    assert newest(tmp_path) == (b"new", b"shared")
    assert newest(tmp_path, date(2026, 5, 2)) is None
    with pytest.raises(UnreadableData, match="was pruned on 2026-07-01: older than 2026-06-01"):
        store.load(tmp_path, store.answers(tmp_path)[0])
    assert store.verify(tmp_path) == ([], 1, 2)
    assert [v.snapshot.path for v in vintages.every([], tmp_path, "exampleland", "EX.1")] == [new.path]


# ------------------------------------------------------------------ kills, and two at once

WRITER = """
import os, sys
from pathlib import Path
from monitor import store, vintages
from monitor.results import Snapshot
name, many, dies = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
writes, fsync = 0, os.fsync

def torn(file):
    global writes
    writes += 1
    if writes == dies:  # the process ends in the middle of this write
        if os.path.isfile(f"/dev/fd/{file}"):
            os.ftruncate(file, os.fstat(file).st_size - 10)
        os.kill(os.getpid(), 9)
    fsync(file)

os.fsync = torn
print("ready", flush=True)
for n in range(many):
    pages = tuple(f"{name} {n} {page} ".encode() * 20000 for page in range(3))
    sha256 = vintages.digest(pages)
    store.keep(Path(sys.argv[1]), Snapshot(
        "exampleland", name, "json", pages, sha256, "https://example.org", f"2026-01-01T{n:06}", "live"))
"""


def writer(folder: Path, name: str, many: int, dies: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), name, str(many), str(dies)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def whole(folder: Path) -> int:
    """How many answers the index has; every one of them must load, and no file may be half there."""
    problems, answers, _ = store.verify(folder)
    assert problems == []
    for path in (folder / "snapshots").rglob("*"):
        if path.is_file():
            assert bodies.sha256(gzip.decompress(path.read_bytes())) == path.stem
    return answers


def test_a_kill_at_any_moment_leaves_the_store_whole(tmp_path: Path) -> None:
    for dies, answers in ((1, 0), (2, 0), (5, 0), (7, 1), (13, 3)):  # each body and its folder, three times an answer
        writer(tmp_path, f"torn{dies}", 10, dies).communicate()
        assert whole(tmp_path) == answers
    for pause in (0.03, 0.11):
        process = writer(tmp_path, f"killed{pause}", 10_000)
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        whole(tmp_path)
    store.keep(tmp_path, answer(b"x", b"y", b"z"))
    assert whole(tmp_path) > 3
    assert list((tmp_path / "aside").iterdir()) == []
    assert newest(tmp_path) == (b"x", b"y", b"z")


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    both = [writer(tmp_path, name, 25) for name in ("first", "second")]
    for process in both:
        process.communicate(timeout=20)
        assert process.returncode == 0
    assert whole(tmp_path) == 50
    assert {kept.snapshot.series for kept in store.answers(tmp_path)} == {"first", "second"}


def test_a_store_in_use_is_named_with_its_process_and_since_when(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    monkeypatch.setattr(bodies, "PATIENCE", 0.05)
    expected = rf"by process {os.getpid()} \(.+\) since \d\d:\d\d:\d\d UTC on \d{{4}}-\d\d-\d\d, for more than 0.05 sec"
    with bodies.alone(tmp_path), pytest.raises(SourceUnavailable, match=expected):
        store.keep(tmp_path, answer(b"x"))


# ------------------------------------------------------------------ rows


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    frame = pl.DataFrame({"ref_area": ["DEU", "FRA"], "obs_value": [1.5, None]})
    assert bodies.rows_get(tmp_path, "ab12") is None
    bodies.rows_put(tmp_path, "ab12", frame)
    found = bodies.rows_get(tmp_path, "ab12")
    assert found is not None
    assert_frame_equal(found, frame)
    (tmp_path / "rows/ab12.parquet").write_bytes(b"PAR1 but no more")
    assert bodies.rows_get(tmp_path, "ab12") is None
    bodies.rows_put(tmp_path, "ab12", frame)
    assert bodies.rows_get(tmp_path, "ab12") is not None


def test_rows_that_cannot_be_kept_stop_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "store").write_text("a file where the folder should be")
    bodies.rows_put(tmp_path / "store", "ab12", pl.DataFrame({"a": [1]}))
    assert "rows could not be kept" in caplog.text


def test_an_index_without_tables_yet_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader beside the first writer, or after one that was stopped at once."""
    monkeypatch.setattr(store, "BEGINNING", 2)
    (tmp_path / store.INDEX).touch()
    assert store.answers(tmp_path) == []


def test_rows_go_with_their_answer_and_with_the_engine_that_read_them(tmp_path: Path) -> None:
    old, new = (store.keep(tmp_path, answer(body, retrieved=f"2026-0{n}-01")).sha256
                for n, body in ((5, b"old"), (6, b"new")))
    mine, other = "a" * 64, "b" * 64
    keys = [bodies.rows_key(engine, sha256, "json", "EX.1") for engine in (mine, other) for sha256 in (old, new, "")]
    for key in [*keys, "c" * 64]:  # the last as earlier versions named them
        bodies.rows_put(tmp_path, key, pl.DataFrame({"a": [1]}))
    planned = pruning.plan(tmp_path, 1, None, frozenset(), mine)
    assert [kept.snapshot.sha256 for kept in planned.answers] == [old]
    assert {path.stem for path in planned.rows} == {keys[0], *keys[3:], "c" * 64}
    assert planned.rows_size == sum(path.stat().st_size for path in planned.rows) > 0
    store.prune(tmp_path, [kept.number for kept in planned.answers], "2026-07-01", "a test")
    pruning.sweep(tmp_path, planned.rows)
    assert {path.stem for path in (tmp_path / "rows").iterdir()} == {keys[1], keys[2]}
    assert store.verify(tmp_path) == ([], 1, 1)
    assert pruning.plan(tmp_path, 1, None, frozenset(), mine) == pruning.Plan((), 0, 0)
    cited = pruning.plan(tmp_path, 1, None, frozenset([old]), mine)
    assert not cited.answers
