"""Readers: each specimen of a wire form gives the rows written beside it, each spoilt one the sentence it deserves.

`tests/cases/readers/<name>/case.yaml` declares a fictional source and lists the specimens; `<case>.expected.csv` holds
the rows. The specimens are made up, in the publishers' genuine form.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from monitor import errors, plugins
from monitor.entries import Fault
from monitor.errors import DefinitionError, MonitorError, UnreadableData
from monitor.model import Source
from monitor.readers import register
from monitor.results import Snapshot
from monitor.series import ROW

CASES = Path(__file__).parent / "cases" / "readers"
FICTION = {
    "id": "fiction", "title": "Example statistics", "publisher": "Statistics Office of Exampleland", "official": True,
    "homepage": "https://example.org", "licence": {"name": "CC BY 4.0", "confirmed": True}, "citation": "{series}",
}
BINARY = ("excel",)
JSON = ["fbi_cde", "json_rows", "jsonstat", "missing_migrants", "open_sdg", "sdmx_json", "socrata", "un_sdg", "unhcr",
        "world_bank"]


@cache
def declared(reader: str) -> dict[str, Any]:
    """A case file; every scalar is text, as in the project's own YAML."""
    return yaml.load((CASES / reader / "case.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)  # type: ignore[no-any-return]


def read(reader: str, bodies: list[bytes], case: dict[str, Any]) -> pl.DataFrame:
    """The rows of a case."""
    return plugins.function("readers", reader)(*answer(reader, bodies, case))  # type: ignore[no-any-return]


def rows_set_aside(body: bytes, case: dict[str, Any]) -> list[Fault]:
    """What is wrong with single rows of a register; none where it cannot be read at all."""
    try:
        return register.aside(*answer("register", [body], case))
    except MonitorError:
        return []


def answer(reader: str, bodies: list[bytes], case: dict[str, Any]) -> tuple[Snapshot, Source, str]:
    """The answer of a case; its options go over those of the file's source."""
    spec = declared(reader)
    block = spec["source"]
    options = {k: v or None for k, v in case.get("options", {}).items()}
    if case.get("series_options") == "drop":
        block = block | {"series": {k: {**v, "options": {}} for k, v in block["series"].items()}}
    source = Source.model_validate(FICTION | block | {"options": block.get("options", {}) | options})
    series = case.get("series", spec["series"])
    snapshot = Snapshot(
        source=source.id, series=series, reader=reader, bodies=tuple(bodies), sha256="0" * 64, url="https://example.org",
        retrieved="2031-01-01", origin="live", **spec.get("snapshot", {}),
    )
    return snapshot, source, series


def cases(kind: str) -> Iterator[Any]:
    for folder in sorted(CASES.iterdir()):
        for number, case in enumerate(declared(folder.name).get(kind, []), 1):
            yield pytest.param(folder.name, case, id=f"{folder.name}-{case.get('name', number)}")


def as_text(frame: pl.DataFrame) -> list[list[str]]:
    return list(csv.reader(io.StringIO(frame.write_csv())))


@pytest.mark.parametrize(("reader", "case"), list(cases("cases")))
def test_a_specimen_gives_the_expected_rows(reader: str, case: dict[str, Any]) -> None:
    frame = read(reader, [(CASES / reader / name).read_bytes() for name in case["bodies"]], case)
    expected = (CASES / reader / f"{case['name']}.expected.csv").read_text(encoding="utf-8")
    assert as_text(frame) == list(csv.reader(io.StringIO(expected)))
    assert {name: frame.schema[name] for name in ROW} == ROW
    assert {dtype for name, dtype in frame.schema.items() if name not in ROW} <= {pl.String()}


@pytest.mark.parametrize(("reader", "case"), list(cases("bad")))
def test_a_spoilt_specimen_says_what_is_wrong_and_where(reader: str, case: dict[str, Any]) -> None:
    body = (CASES / reader / case["body"]).read_bytes()
    for old, new in case.get("replace", {}).items():
        assert old.encode() in body, f"{case['body']} has no {old}"
        body = body.replace(old.encode(), new.encode())
    body = body[: int(case.get("cut", len(body)))]
    if reader == "register" and (faults := rows_set_aside(body, case)):  # a wrong row costs its own area only
        assert any(case["says"] in fault.said for fault in faults), faults
        return
    with pytest.raises(MonitorError) as caught:
        read(reader, [body], case)
    assert case["says"] in str(caught.value)
    assert type(caught.value) is getattr(errors, case.get("raises", "UnreadableData"))
    assert all(p.startswith("fiction ") for p in caught.value.problems)


@pytest.mark.parametrize("reader", plugins.names("readers"))
def test_every_reader_has_a_case_and_a_spoilt_one(reader: str) -> None:
    spec = declared(reader)
    assert spec["cases"]
    assert spec["bad"]
    used = {name for case in spec["cases"] for name in [*case["bodies"], f"{case['name']}.expected.csv"]}
    used |= {case["body"] for case in spec["bad"]} | {"case.yaml"}
    assert {path.name for path in (CASES / reader).iterdir()} <= used | {"page.html"}, "a specimen no case uses"


def first(reader: str) -> tuple[list[bytes], dict[str, Any]]:
    case = declared(reader)["cases"][0]
    return [(CASES / reader / name).read_bytes() for name in case["bodies"]], case


@pytest.mark.parametrize("reader", plugins.names("readers"))
@pytest.mark.parametrize(("body", "says"), [
    (b"", "the answer is empty (0 bytes)"),
    (b" \r\n\t ", "the answer is empty (5 bytes)"),
    (b"<!DOCTYPE html>\n<html><head><title>Just a moment", "<!DOCTYPE html> <html><head><title>Just a"),
    (b'\xef\xbb\xbf<?xml version="1.0"?><error>Server Error</error>', '<?xml version="1.0"?><error>Server Error'),
], ids=["nothing", "blanks", "html", "xml"])
def test_nothing_and_a_web_page_under_200_are_no_data(reader: str, body: bytes, says: str) -> None:
    _, case = first(reader)
    with pytest.raises(UnreadableData) as caught:
        read(reader, [body], case)
    if reader not in BINARY:
        assert says in str(caught.value)
    else:
        assert "is no workbook that can be read" in str(caught.value)


@pytest.mark.parametrize("reader", JSON)
@pytest.mark.parametrize(("body", "says"), [
    (b'{"value": NaN}', "the JSON holds NaN"),
    (b'{"value": -Infinity}', "the JSON holds -Infinity"),
    (b'{"a": 1, "a": 2}', "the key 'a' twice"),
    (b"[" * 100_000, "nested too deeply"),
    (b'{"a": "\\ud83d"}', "half a character"),
    (b'{"a": ' + b"9" * 5000 + b"}", "cannot be read"),
    (b'{"a": tru', "the JSON breaks at line 1, column 7"),
    (b'{"a": [1,', "the JSON is cut off at line 1"),
    (b'{"a": "\xff"}', "is not utf-8-sig text"),
], ids=["nan", "infinity", "twice", "deep", "surrogate", "long", "broken", "cut", "latin"])
def test_json_is_refused_where_it_is_no_json_or_ambiguous(reader: str, body: bytes, says: str) -> None:
    _, case = first(reader)
    with pytest.raises(UnreadableData, match="fiction ") as caught:
        read(reader, [body], case)
    assert says in str(caught.value)


def test_an_unfinished_answer_loses_no_page_silently() -> None:
    bodies, case = first("world_bank")
    with pytest.raises(UnreadableData, match="promises 7 rows, but 3 came"):
        read("world_bank", bodies[1:], case)


def test_a_workbook_that_unpacks_to_a_flood_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies, case = first("excel")
    monkeypatch.setattr("monitor.readers.excel.LIMIT_BYTES", 1000)
    with pytest.raises(UnreadableData, match=r"unpacks to .* expected at most 1,000"):
        read("excel", bodies, case)


def test_options_are_told_all_at_once() -> None:
    bodies, case = first("csv_table")
    with pytest.raises(DefinitionError) as caught:
        read("csv_table", bodies, {**case, "options": {**case["options"], "skip": "x", "heading": "1", "decimal": ":"}})
    assert len(caught.value.problems) == 3
