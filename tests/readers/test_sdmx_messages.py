"""Genuine SDMX messages: the fast readers against the field's libraries and an independent reading, and code lists."""

from __future__ import annotations

import base64
import json
import math
import warnings
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest

from monitor.errors import UnreadableData
from monitor.readers import sdmx_generic, sdmx_ml
from tests.readers.genuine import DATA, FLAGS, genuine, read, source, total

ML = DATA / "eurostat/sdmx_ml"
RWANDA = DATA / "un_sdg/sdmx_rwanda/2025_RWA-SDG_Data.xml"
Cells = Counter[tuple[str, ...]]


def recorded(name: str) -> bytes:
    return base64.b64decode(json.loads((DATA / name).read_text(encoding="utf-8"))["_content"])


def by_elements(body: bytes) -> list[dict[str, str]]:
    """The independent reading: the attributes of each Obs and its Series, by the standard library's tree."""
    rows = []
    for element in ElementTree.fromstring(body).iter():
        name = element.tag.rpartition("}")[2]
        if name == "Series":
            rows += [{**element.attrib, **obs.attrib} for obs in element]
    return rows


def by_pysdmx(body: bytes) -> list[dict[str, str]]:
    import io

    from pysdmx.io import read_sdmx

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = read_sdmx(io.BytesIO(body), validate=False).data
    assert found
    return [{k: str(v) for k, v in row.items() if isinstance(v, str) and v} for each in found
            for row in each.data.to_dict("records")]


def by_sdmx1(body: bytes) -> dict[tuple[str, ...], float]:
    """Key in alphabetical order of the dimensions -> value."""
    import io

    import sdmx

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        series = sdmx.to_pandas(sdmx.read_sdmx(io.BytesIO(body)).data[0])
    order = sorted(range(len(series.index.names)), key=lambda n: str(series.index.names[n]))
    return {tuple(str(key[n]) for n in order): float(value) for key, value in series.items() if value == value}


@genuine
@pytest.mark.parametrize(("path", "area"), [
    pytest.param(ML / "NAMA_10_GDP-ss.xml", "geo", id="Eurostat"),
    pytest.param(ML / "demography-xs.xml", "COUNTRY", id="across measures"),
    pytest.param(RWANDA, "REF_AREA", id="Rwanda"),
])
def test_structure_specific_messages(path: Path, area: str) -> None:
    body = path.read_bytes()
    given = by_elements(body)
    places = {r[area]: r[area] for r in given}
    frame = read(body, source("sdmx_ml", options={"area": area}, recodes={"ref_area": places}))
    assert frame.height == len(given)
    assert frame["obs_value"].count() == sum(r.get("OBS_VALUE", "NaN") != "NaN" for r in given)
    assert total(frame) == math.fsum(float(r["OBS_VALUE"]) for r in given if r.get("OBS_VALUE", "NaN") != "NaN")
    assert Counter(frame["time_period"]) == Counter(r["TIME_PERIOD"] for r in given)
    assert Counter(frame["flag_raw"]) == Counter(r.get("OBS_STATUS", "") for r in given)


@genuine
@pytest.mark.parametrize("path", [pytest.param(ML / "demography-xs.xml", id="across measures"),
                                  pytest.param(RWANDA, id="Rwanda")])
def test_structure_specific_messages_as_pysdmx_reads_them(path: Path) -> None:
    body = path.read_bytes()
    table, keys = sdmx_ml._page(body)
    theirs = by_pysdmx(body)
    names = sorted({name for row in theirs for name in row} & {*table.columns})
    assert {"OBS_VALUE", "TIME_PERIOD", *keys} - {"DEMO"} <= {*names}

    def cells(rows: list[dict[str, Any]]) -> Cells:
        return Counter(tuple(str(row.get(n) or "") for n in names) for row in rows)

    assert cells(table.to_dicts()) == cells(theirs)


@genuine
def test_both_ways_of_cutting_a_message_agree() -> None:
    for path in (ML / "NAMA_10_GDP-ss.xml", ML / "demography-xs.xml", RWANDA):
        body = path.read_bytes()
        quick, slow = sdmx_ml._split(body), sdmx_ml._walked(body)
        assert quick is not None
        assert quick[1] == slow[1]
        names = sorted(slow[0].columns)
        assert quick[0].select(names).sort(names).equals(slow[0].select(names).sort(names))


@genuine
@pytest.mark.parametrize(("body", "count", "area"), [
    pytest.param("eurostat", 23, "GEO", id="Eurostat"), pytest.param("istat", 22, "REF_AREA", id="ISTAT"),
])
def test_generic_messages(body: str, count: int, area: str) -> None:
    if body == "eurostat":
        with zipfile.ZipFile(ML / "footer2.zip") as packed:
            content = packed.read(packed.namelist()[0])
    else:
        content = recorded("sdmx_other/istat_recorded_data_b1957b05ba522041.json")
    generic = "{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/generic}"
    values = [o.get("value", "") for o in ElementTree.fromstring(content).iter(f"{generic}ObsValue")]
    places = {v.get("value", ""): v.get("value", "") for v in ElementTree.fromstring(content).iter(f"{generic}Value")
              if v.get("id") == area}
    frame = read(content, source("sdmx_generic", flags={**FLAGS, "na": "O"}, recodes={"ref_area": places}))
    figures = [float(v) for v in values if v != "NaN"]
    assert frame.height == len(values) >= count
    assert frame["obs_value"].count() == len(figures)
    assert total(frame) == math.fsum(figures)
    theirs = by_sdmx1(content)
    dims = sorted([*frame.columns[9:], "ref_area", "time_period"], key=lambda n: area if n == "ref_area" else n.upper())
    assert sorted(theirs.values()) == sorted(frame["obs_value"].drop_nulls())
    assert len(dims) == len(next(iter(theirs)))


@genuine
def test_sdmx_json_of_series() -> None:
    path = DATA / "oecd/sdmx_json/oecd1.json"
    answer = json.loads(path.read_text(encoding="utf-8"))
    given = [o[0] for s in answer["dataSets"][0]["series"].values() for o in s["observations"].values()]
    frame = read([path], source("sdmx_json", options={"area": "LOCATION"}))
    assert frame.height == len(given) == 60
    assert total(frame) == math.fsum(given)
    assert set(frame["ref_area"]) == {"AUS", "AUT", "BEL", "CAN", "CHL"}
    assert frame.filter(pl.col("ref_area") == "AUS", pl.col("time_period") == "2009-Q1")["obs_value"].to_list() == [
        1321158.283224]
    theirs = by_sdmx1(path.read_bytes())
    assert sorted(theirs.values()) == sorted(frame["obs_value"])


@genuine
def test_flat_sdmx_json_without_periods() -> None:
    path = DATA / "oecd/sdmx_json/data-PART2-all-all.json"
    given = json.loads(path.read_text(encoding="utf-8"))["dataSets"][0]["observations"].values()
    options = {"area": "LOCATION", "period": "2013"}
    places = json.loads(path.read_text(encoding="utf-8"))["structure"]["dimensions"]["observation"][0]["values"]
    frame = read([path], source("sdmx_json", options=options, flags={"x": "A", "w": "A", "y": "A"}, recodes={
        "ref_area": {p["id"]: p["id"] for p in places}}))
    assert frame.height == len(given)
    assert total(frame) == math.fsum(o[0] for o in given)
    assert Counter(frame["flag_raw"]) == Counter("xwy"[o[1]] if o[1] is not None else "" for o in given)
    with pytest.raises(UnreadableData, match="the table has no column 'TIME_PERIOD'"):
        read([path], source("sdmx_json", options={"area": "LOCATION"}))


@genuine
@pytest.mark.parametrize("name", ["footer.xml", "footer2.xml"])
def test_too_much_asked_of_eurostat_is_told_as_such(name: str) -> None:
    for reader in ("sdmx_ml", "sdmx_generic", "sdmx_csv", "jsonstat"):
        with pytest.raises(UnreadableData, match="more was asked for than the publisher sends at once"):
            read([ML / name], source(reader))


@genuine
def test_code_lists_of_structure_messages() -> None:
    ilo = sdmx_generic.code_lists(recorded("ilo/recorded/8ef5b1633e82e0ac.json"))
    rwanda = sdmx_generic.code_lists((DATA / "un_sdg/sdmx_rwanda/RWA_2025_SDG DSD.xml").read_bytes())
    for found, path in ((rwanda, "un_sdg/sdmx_rwanda/RWA_2025_SDG DSD.xml"), (ilo, None)):
        body = (DATA / path).read_bytes() if path else recorded("ilo/recorded/8ef5b1633e82e0ac.json")
        codes = [e for e in ElementTree.fromstring(body).iter() if e.tag.endswith("}Code")]
        assert found.height == len(codes) > 1000
    none = rwanda.filter(pl.col("code_list") == "CL_ACTIVITY", pl.col("code") == "_T")
    assert none["name"].to_list() == ["No breakdown"]


@genuine
@pytest.mark.parametrize(("path", "says"), [
    (ML / "GOV_10Q_GGNFA.xml", "the XML is a 'Structure', expected structure-specific SDMX-ML"),
    (ML / "demography-structure.xml", "the XML is a 'Structure'"),
    (DATA / "un_sdg/sdmx/IAEG-SDGs_metadatastructure-0.xml", "the XML is a 'Structure'"),
    (DATA / "un_sdg/sdmx/UNSD_codelist_partial.xml", "the XML is a 'Structure'"),
], ids=lambda v: v.name if isinstance(v, Path) else "")
def test_structures_are_no_data(path: Path, says: str) -> None:
    with pytest.raises(UnreadableData) as caught:
        read([path], source("sdmx_ml"))
    assert says in str(caught.value)
