"""What ships with a project, and the store of answers: whole after a kill, safe with two writers, never overwritten."""

from __future__ import annotations

import csv
import gzip
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from monitor import vintages
from monitor.errors import DefinitionError, SourceUnavailable, UnreadableData
from monitor.model import Licence, Offered, Source
from monitor.results import Snapshot

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = [
    "path", "sha256", "bytes", "rows", "source", "series", "unit", "fixed", "retrieved", "url", "origin",
    "origin_sha256", "licence", "publisher", "citation", "first_period", "last_period", "areas",
]  # fmt: skip


def ship(layer: Path, body: bytes, path: str = "vintages/exampleland/EX.1.csv", **more: str) -> None:
    """Put a vintage into a layer, and its line into the lock."""
    file = layer / "sources" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)
    line = dict.fromkeys(COLUMNS, "") | {
        "path": path, "sha256": vintages.sha256(body), "source": "exampleland", "series": "EX.1", "unit": "%",
        "fixed": "sex=T", "retrieved": "2026-05-01", "url": "https://example.org/EX.1", "origin": "publisher file",
        "origin_sha256": "ab", "licence": "CC BY 4.0", "publisher": "Office", "citation": "Office, EX.1",
    } | more  # fmt: skip
    lock = layer / "sources/vintages.lock"
    new = not lock.exists()
    with lock.open("a", newline="") as text:
        writer = csv.DictWriter(text, COLUMNS)
        if new:
            writer.writeheader()
        writer.writerow(line)


def answer(*bodies: bytes, series: str = "EX.1", retrieved: str = "2026-05-01") -> Snapshot:
    sha256 = vintages.digest(bodies)
    return Snapshot("exampleland", series, "json", bodies, sha256, "https://example.org", retrieved, "live")


def laws(file: str = "registers/laws.csv") -> Source:
    return Source(
        id="laws", title="Laws", publisher="We", official=False, homepage="https://example.org", reader="register",
        licence=Licence(name="CC0", confirmed=True), citation="We", file=file, series={"laws": Offered(title="Laws")},
    )  # fmt: skip


# ------------------------------------------------------------------ shipped


def test_a_shipped_vintage_comes_with_everything_its_lock_says(tmp_path: Path) -> None:
    ship(tmp_path, b"a,b\n1,2\n")
    got = vintages.shipped([tmp_path / "no lock here", tmp_path], "exampleland", "EX.1")
    assert got == Snapshot(
        "exampleland", "EX.1", "compact", (b"a,b\n1,2\n",), vintages.sha256(b"a,b\n1,2\n"), "https://example.org/EX.1",
        "2026-05-01", "shipped", "sources/vintages/exampleland/EX.1.csv", "CC BY 4.0", "Office", "Office, EX.1", "%",
        "sex=T", "publisher file", "ab",
    )  # fmt: skip
    assert vintages.shipped([tmp_path], "exampleland", "EX.2") is None
    assert vintages.verify([tmp_path, tmp_path / "no lock here"]) == []


def test_the_nearest_layer_wins_and_in_it_the_newest(tmp_path: Path) -> None:
    near, far = tmp_path / "near", tmp_path / "far"
    ship(far, b"far", retrieved="2026-09-01")
    ship(near, b"old", path="vintages/old.csv", retrieved="2024-01-01")
    ship(near, b"new", path="vintages/new.csv", retrieved="2025-01-01")
    got = vintages.shipped([near, far], "exampleland", "EX.1")
    assert got is not None
    assert got.bodies == (b"new",)


def test_a_changed_vintage_is_refused_with_both_hashes(tmp_path: Path) -> None:
    ship(tmp_path, b"right")
    (tmp_path / "sources/vintages/exampleland/EX.1.csv").write_bytes(b"wrong")
    with pytest.raises(UnreadableData) as caught:
        vintages.shipped([tmp_path], "exampleland", "EX.1")
    [problem] = caught.value.problems
    for part in ("sources/vintages/exampleland/EX.1.csv", vintages.sha256(b"right"), vintages.sha256(b"wrong"),
                 "Restore it, or rebuild the vintages with tools/make_vintages.py."):  # fmt: skip
        assert part in problem
    assert vintages.verify([tmp_path]) == [problem]
    (tmp_path / "sources/vintages/exampleland/EX.1.csv").unlink()
    [missing] = vintages.verify([tmp_path])
    assert "though sources/vintages.lock lists it" in missing


@pytest.mark.parametrize(
    ("text", "part"),
    [("path,sha256\na,b\n", "vintages.lock:2: expected the columns"), ('path,sha256\n"a', "is no CSV in UTF-8"),
     (",".join(COLUMNS) + "\n../up" + "," * 17 + "\n", "vintages.lock:2: path: found '../up'")],
)  # fmt: skip
def test_a_lock_file_that_is_none(tmp_path: Path, text: str, part: str) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/vintages.lock").write_text(text)
    with pytest.raises(DefinitionError) as caught:
        vintages.shipped([tmp_path], "exampleland", "EX.1")
    assert part in str(caught.value)
    assert vintages.verify([tmp_path]) == caught.value.problems


def test_every_vintage_of_the_flagship_has_its_hash() -> None:
    assert vintages.verify([ROOT]) == []
    lines = vintages.locked(ROOT)
    assert len(lines) > 20
    for line in lines:
        got = vintages.shipped([ROOT], line["source"], line["series"])
        assert got is not None
        assert got.reader == ("register" if line["path"].startswith("registers/") else "compact")


def test_a_locked_register_and_one_kept_by_hand(tmp_path: Path) -> None:
    body = b"ref_area,retrieved_on\nDEU,2025-03-01\nFRA,2026-02-01\nITA,\n"
    ship(tmp_path, body, path="registers/laws.csv", source="laws", series="laws")
    got = vintages.register([tmp_path], laws(), "laws")
    assert (got.retrieved, got.reader, got.publisher) == ("2026-05-01", "register", "Office")
    (tmp_path / "sources/registers/laws.csv").write_bytes(body + b"ESP,2026-03-01\n")
    with pytest.raises(UnreadableData, match="take its line out of the lock file"):
        vintages.register([tmp_path], laws(), "laws")
    (tmp_path / "sources/vintages.lock").unlink()
    got = vintages.register([tmp_path], laws(), "laws")
    assert (got.retrieved, got.publisher, got.licence) == ("2026-03-01", "We", "CC0")
    assert got.sha256 == vintages.sha256(body + b"ESP,2026-03-01\n")
    (tmp_path / "sources/registers/laws.csv").write_bytes(b"ref_area\nDEU\n")
    assert vintages.register([tmp_path], laws(), "laws").retrieved == ""
    (tmp_path / "sources/registers/laws.csv").write_bytes(b"ref_area\n\xff\xfe\n")
    with pytest.raises(UnreadableData, match="is no CSV in UTF-8"):
        vintages.register([tmp_path], laws(), "laws")


# ------------------------------------------------------------------ the store


def test_a_body_is_kept_once_and_an_answer_each_time(tmp_path: Path) -> None:
    one, two = b"one" * 1000, b"two" * 1000
    kept = vintages.keep(tmp_path, answer(one, two), [(200, {"etag": '"7"'}), (200, {})])
    numbers = [path.stat().st_ino for path in sorted((tmp_path / "snapshots").rglob("*.gz"))]
    vintages.keep(tmp_path, answer(one, retrieved="2026-06-01"))
    bodies = sorted((tmp_path / "snapshots").rglob("*.gz"))
    assert [path.stat().st_ino for path in bodies] == numbers
    assert [gzip.decompress(p.read_bytes()) for p in bodies] == sorted([one, two], key=vintages.sha256)
    assert kept.path == f"snapshots/{vintages.sha256(one)[:2]}/{vintages.sha256(one)}.gz"
    lines, problems = vintages.index(tmp_path)
    assert [line["retrieved"] for line in lines] == ["2026-05-01", "2026-06-01"]
    assert lines[0]["pages"] == [{"status": 200, "etag": '"7"'}, {"status": 200}]
    assert problems == []


def test_the_newest_answer_and_the_newest_known_on_a_date(tmp_path: Path) -> None:
    assert vintages.newest(tmp_path / "nothing", "exampleland", "EX.1") is None
    for retrieved, body in (("2026-03-01", b"a"), ("2026-01-01T08:00:00Z", b"b"), ("2026-03-01", b"c")):
        vintages.keep(tmp_path, answer(body, retrieved=retrieved))
    vintages.keep(tmp_path, answer(b"other", series="EX.2", retrieved="2026-09-01"))

    def bodies(as_of: date | None) -> tuple[bytes, ...] | None:
        found = vintages.newest(tmp_path, "exampleland", "EX.1", as_of)
        return found and found.bodies

    assert bodies(None) == (b"c",)  # of two on one day, the later one
    assert bodies(date(2026, 2, 28)) == bodies(date(2026, 1, 1)) == (b"b",)
    assert bodies(date(2025, 12, 31)) is None


def test_a_damaged_body_is_refused(tmp_path: Path) -> None:
    kept = vintages.keep(tmp_path, answer(b"right"))
    for damage in (gzip.compress(b"wrong"), b"no gzip", gzip.compress(b"right")[:-4], b""):
        (tmp_path / kept.path).write_bytes(damage)
        with pytest.raises(UnreadableData, match="is damaged") as caught:
            vintages.newest(tmp_path, "exampleland", "EX.1")
        assert kept.path in str(caught.value)
    (tmp_path / kept.path).unlink()
    vintages.keep(tmp_path, answer(b"right", retrieved="2026-06-01"))
    got = vintages.newest(tmp_path, "exampleland", "EX.1", date(2026, 5, 2))
    assert got is not None
    assert got.bodies == (b"right",)


def test_a_torn_last_line_is_ignored_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    vintages.keep(tmp_path, answer(b"whole"))
    with (tmp_path / "index.jsonl").open("ab") as index:
        index.write(b'{"source": "exampleland", "series": "EX.1", "retr')
    for expected in (b"whole", b"after"):
        got = vintages.newest(tmp_path, "exampleland", "EX.1")
        assert got is not None
        assert got.bodies == (expected,)
        assert vintages.index(tmp_path)[1] == [
            "index.jsonl:2: is no whole line (its writer was stopped); it was ignored."
        ]
        vintages.keep(tmp_path, answer(b"after", retrieved="2026-07-01"))
    assert "index.jsonl:2" in caplog.text
    assert len(vintages.index(tmp_path)[0]) == 3


WRITER = """
import os, sys
from pathlib import Path
from monitor import vintages
from monitor.results import Snapshot
name, many, dies = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
writes, fsync = 0, os.fsync

def torn(file):
    global writes
    writes += 1
    if writes == dies:  # the process ends in the middle of this write
        os.ftruncate(file, os.fstat(file).st_size - 10)
        os.kill(os.getpid(), 9)
    fsync(file)

os.fsync = torn
print("ready", flush=True)
for n in range(many):
    bodies = tuple(f"{name} {n} {page} ".encode() * 20000 for page in range(3))
    sha256 = vintages.digest(bodies)
    vintages.keep(Path(sys.argv[1]), Snapshot(
        "exampleland", name, "json", bodies, sha256, "https://example.org", f"2026-01-01T{n:06}", "live"))
"""


def writer(store: Path, name: str, many: int, dies: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(store), name, str(many), str(dies)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def whole(store: Path) -> int:
    """How many answers the index has; every one of them must load, and no file may be half there."""
    lines, _ = vintages.index(store)
    for line in lines:
        for name in line["bodies"]:
            assert vintages.sha256(vintages._load(store, name)) == name
    named = {name for line in lines for name in line["bodies"]}
    for path in (store / "snapshots").rglob("*"):
        if path.is_file():
            assert vintages.sha256(gzip.decompress(path.read_bytes())) == path.stem
    assert len(named) == 3 * len(lines)
    return len(lines)


def test_a_kill_at_any_moment_leaves_the_store_whole(tmp_path: Path) -> None:
    for dies, answers in ((1, 0), (4, 0), (7, 1), (8, 2)):  # three bodies, then a line of the index
        writer(tmp_path, f"torn{dies}", 10, dies).communicate()
        assert whole(tmp_path) == answers
    for pause in (0.03, 0.11):
        process = writer(tmp_path, f"killed{pause}", 10_000)
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        whole(tmp_path)
    vintages.keep(tmp_path, answer(b"x", b"y", b"z"))
    assert len(vintages.index(tmp_path)[1]) == 2
    assert whole(tmp_path) > 2
    assert list((tmp_path / "aside").iterdir()) == []
    got = vintages.newest(tmp_path, "exampleland", "EX.1")
    assert got is not None
    assert got.bodies == (b"x", b"y", b"z")


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    both = [writer(tmp_path, name, 25) for name in ("first", "second")]
    for process in both:
        process.communicate(timeout=20)
        assert process.returncode == 0
    assert whole(tmp_path) == 50
    assert {line["series"] for line in vintages.index(tmp_path)[0]} == {"first", "second"}


def test_a_store_in_use_is_named_with_its_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setattr(vintages, "PATIENCE", 0.05)
    with vintages._alone(tmp_path), pytest.raises(SourceUnavailable, match=f"by process {os.getpid()}"):
        vintages.keep(tmp_path, answer(b"x"))


# ------------------------------------------------------------------ rows


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    frame = pl.DataFrame({"ref_area": ["DEU", "FRA"], "obs_value": [1.5, None]})
    assert vintages.rows_get(tmp_path, "ab12") is None
    vintages.rows_put(tmp_path, "ab12", frame)
    found = vintages.rows_get(tmp_path, "ab12")
    assert found is not None
    assert_frame_equal(found, frame)
    (tmp_path / "rows/ab12.parquet").write_bytes(b"PAR1 but no more")
    assert vintages.rows_get(tmp_path, "ab12") is None
    vintages.rows_put(tmp_path, "ab12", frame)
    assert vintages.rows_get(tmp_path, "ab12") is not None


def test_rows_that_cannot_be_kept_stop_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "store").write_text("a file where the folder should be")
    vintages.rows_put(tmp_path / "store", "ab12", pl.DataFrame({"a": [1]}))
    assert "rows could not be kept" in caplog.text
