"""The shipped vintages: what the lock says of them is true, and a rebuild gives the same bytes."""

from __future__ import annotations

import csv
import importlib.util
import os
import re
from collections import Counter, defaultdict
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import pytest

from monitor import period

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "sources"
DATA = Path(os.environ.get("MONITOR_DATA", ROOT.parent / "shared" / "data"))

MEGABYTE = 1_000_000
TAIL = ["obs_value", "obs_status", "flag_raw", "lower_bound", "upper_bound", "comment_obs"]
AREA = re.compile(r"[A-Z]{3}|\d{3}|EU27|US-[A-Z]{2}|GB-EAW|USNYC")
STATUSES = set("ABDEFGHIJKLMNOPQSTUVW") | {""}
MISSING = set("HLMOQ")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


LOCK = read(SOURCES / "vintages.lock")
VINTAGES = [line for line in LOCK if line["path"].startswith("vintages/")]
REGISTERS = [line for line in LOCK if line["path"].startswith("registers/")]


def each(lines: list[dict[str, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("line", lines, ids=[line["path"] for line in lines])


@each(LOCK)
def test_the_lock_tells_the_truth(line: dict[str, str]) -> None:
    body = (SOURCES / line["path"]).read_bytes()
    rows = read(SOURCES / line["path"])
    assert sha256(body).hexdigest() == line["sha256"]
    assert len(body) == int(line["bytes"])
    assert len(rows) == int(line["rows"])
    assert len({row["ref_area"] for row in rows}) == int(line["areas"])
    assert b"\r" not in body
    assert body.endswith(b"\n")


@each(LOCK)
def test_every_file_is_cited(line: dict[str, str]) -> None:
    for column in ("source", "series", "unit", "licence", "publisher", "citation"):
        assert line[column], column
    assert line["url"].startswith("https://")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", line["retrieved"])
    assert re.match(
        r"(publisher file|recorded answer|re-serialised by a third party|transcribed from pages|derived): .",
        line["origin"],
    )
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in line["origin_sha256"].split(" "))


@each(VINTAGES)
def test_a_vintage_has_the_compact_form(line: dict[str, str]) -> None:
    rows = read(SOURCES / line["path"])
    header = list(rows[0])
    dims = [column for column in header[2:] if column not in TAIL]
    assert header == ["ref_area", "time_period", *sorted(dims), *(c for c in TAIL if c in header)]
    keys = [(row["ref_area"], *(row[dim] for dim in dims), row["time_period"]) for row in rows]
    assert keys == sorted(keys)
    assert len(keys) == len(set(keys))
    assert all(all(key) for key in keys), "an empty code"
    assert not {pair.split("=")[0] for pair in line["fixed"].split(";")} & set(header)
    assert (line["first_period"], line["last_period"]) == (min(k[-1] for k in keys), max(k[-1] for k in keys))


@each(VINTAGES)
def test_values_and_codes_can_be_read(line: dict[str, str]) -> None:
    for row in read(SOURCES / line["path"]):
        status = row.get("obs_status", "")
        assert AREA.fullmatch(row["ref_area"]), row
        assert period.normalise(row["time_period"]) == row["time_period"]
        assert status in STATUSES, row
        assert (row["obs_value"] == "") == (status in MISSING), row
        assert row["obs_value"] == "" or re.fullmatch(r"-?\d+(\.\d+)?", row["obs_value"]), row


@each(REGISTERS)
def test_a_register_cites_every_row(line: dict[str, str]) -> None:
    rows = read(SOURCES / line["path"])
    ids = [row["id"] for row in rows]
    assert ids == sorted(set(ids))
    assert all(row["source_url"].startswith("https://") and row["retrieved_on"] for row in rows)


def test_no_vintage_without_a_line_in_the_lock() -> None:
    found = {path.relative_to(SOURCES).as_posix() for path in (SOURCES / "vintages").rglob("*.csv")}
    assert found == {line["path"] for line in VINTAGES}


def test_the_vintages_stay_small() -> None:
    sizes: Counter[str] = Counter()
    for line in LOCK:
        sizes[line["source"]] += int(line["bytes"])
    assert max(sizes.values()) <= MEGABYTE
    assert sum(sizes.values()) <= 10 * MEGABYTE


def test_no_path_of_a_machine() -> None:
    text = (SOURCES / "vintages.lock").read_text(encoding="utf-8")
    assert not re.search(r"(^|[\s,\"])(/|[A-Z]:\\|file://)", text)


@pytest.mark.parametrize(("year", "count"), [("2014", 5548), ("2019", 5420), ("2023", 8606)])
def test_dead_and_missing_add_up_to_the_known_sums(year: str, count: int) -> None:
    rows = [
        row
        for row in read(SOURCES / "vintages/iom_missing_migrants/deaths.csv")
        if row["time_period"] == year
    ]
    by_region: dict[bool, int] = defaultdict(int)
    for row in rows:
        by_region[row["region"] == "_T"] += int(row["obs_value"])
    assert by_region == {True: count, False: count}


def test_cards_of_new_york_add_up_to_the_known_sum() -> None:
    rows = read(SOURCES / "vintages/nyc_open_data/rtmc-bhid.csv")
    assert sum(int(row["obs_value"]) for row in rows if row["measure"] == "cards_issued") == 2_210_823


def test_small_breakdowns_of_complaints_are_withheld() -> None:
    """And so many others that what is missing from a year's total is no single count; see tests/test_disclosure.py."""
    for row in read(SOURCES / "vintages/nyc_open_data/bqiq-cu78.csv"):
        headline = row["offense_category"] == row["bias_motive"] == "_T"
        assert row["obs_status"] == "Q" or headline or not 0 < int(row["obs_value"]) < 10, row


needs_data = pytest.mark.skipif(
    not (DATA / "PROVENANCE.md").exists(),
    reason="no folder of publishers' files: set MONITOR_DATA to one to prove the vintages' origin",
)


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_vintages", ROOT / "tools" / "make_vintages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_data
def test_a_rebuild_gives_the_same_bytes(tmp_path: Path) -> None:
    maker().build(DATA, tmp_path)
    for path in ["vintages.lock", *(line["path"] for line in LOCK)]:
        assert (tmp_path / path).read_bytes() == (SOURCES / path).read_bytes(), path


@needs_data
def test_parties_of_2015_are_parties_in_2022() -> None:
    """The register's ICRMW years against the participants' table of March 2015, scraped by other hands."""
    printed = [
        row["Ratification, Accession(a), Succession(d)"] for row in read(DATA / "law/untc_2015/4-13.csv")
    ]
    then = Counter(match[0] for cell in printed if (match := re.search(r"\d{4}", cell)))
    now = Counter(
        row["date"]
        for row in read(SOURCES / "registers/treaties.csv")
        if (row["instrument"], row["action"]) == ("ICRMW", "party")
    )
    assert sum(then.values()) == 47
    assert then <= now
