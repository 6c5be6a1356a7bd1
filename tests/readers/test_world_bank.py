"""The World Bank's genuine answers and files, against a second and independent reading."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import pytest

from monitor import area
from monitor.errors import UnreadableData
from tests.readers.genuine import DATA, files, genuine, lines, read, source, total


@genuine
def test_world_bank_costs_to_six_countries() -> None:
    path = DATA / "worldbank/v2_bodies/SI.RMT.COST.IB.ZS_COL-ECU-PER-DOM-MEX-GTM.json"
    _, rows = json.loads(path.read_text(encoding="utf-8"))
    frame = read([path], source("world_bank"), "SI.RMT.COST.IB.ZS")
    assert frame.height == len(rows) == 30
    assert total(frame) == math.fsum(r["value"] for r in rows if r["value"] is not None)
    assert dict(zip(frame["ref_area"] + frame["time_period"], frame["obs_value"], strict=True)) == {
        r["countryiso3code"] + r["date"]: r["value"] for r in rows
    }


@genuine
def test_world_bank_without_rows_is_empty_not_an_error() -> None:
    path = DATA / "worldbank/v2_bodies/SI.RMT.COST.IB.ZS_VEN.json"
    assert read([path], source("world_bank"), "SI.RMT.COST.IB.ZS").is_empty()


@genuine
@pytest.mark.parametrize("path", files("worldbank/v2_bodies/Test*") + files("worldbank/api/*.json"))
def test_world_bank_bodies_are_refused_with_a_reason_or_read_when_whole(path: Path) -> None:
    """Errors under HTTP 200, lists of countries, a web page; pages of figures alone miss their other pages."""
    with pytest.raises(UnreadableData) as caught:
        read([path], source("world_bank"), "NY.GDP.MKTP.CD")
    said = str(caught.value)
    text = path.read_text(encoding="utf-8-sig")
    if text.startswith("<"):
        assert "is a web page or XML" in said
        return
    answer = json.loads(text)
    if "message" in answer[0]:
        assert answer[0]["message"][0]["value"] in said
    elif "ListByCountryIDs" in path.name:
        assert f"promises {answer[0]['total']} rows, but {len(answer[1])} came" in said
        answer[0]["total"] = len(answer[1])
        frame = read(json.dumps(answer).encode(), source("world_bank"), "NY.GDP.MKTP.CD")
        mine = [r for r in answer[1] if r["indicator"]["id"] == "NY.GDP.MKTP.CD"]
        assert frame.height == len(mine)
        assert total(frame) == math.fsum(r["value"] or 0 for r in mine)
    else:
        assert "promises" in said or "'indicator' of a row" in said


@genuine
@pytest.mark.parametrize(("name", "series"), [
    ("sending-cost-to-country", "SI.RMT.COST.IB.ZS"), ("sending-cost-from-country", "SI.RMT.COST.OB.ZS"),
    ("remittances-received-percent-gdp", "BX.TRF.PWKR.DT.GD.ZS"), ("personal-remittances-paid", "BM.TRF.PWKR.CD.DT"),
    ("personal-remittances-received", "BX.TRF.PWKR.CD.DT"),
])
def test_world_bank_workbooks(name: str, series: str) -> None:
    folder = DATA / "worldbank/download_2023"
    names = {"WLD": "001", "EUU": "EU27"}
    frame = read([folder / f"{name}.xls"], source("excel", recodes={"ref_area": names}, options={
        "sheet": "Data", "header": 4, "columns": {"ref_area": "Country Code", "indicator": "Indicator Code"},
        "melt": "(?P<time_period>[0-9]{4})", "where": {"indicator": series},
    }), series).drop_nulls("obs_value")
    expected = {
        (names.get(r["Country Code"], r["Country Code"]), r["Year"]): float(r["Value"])
        for r in lines(folder / f"{series}.DERIVED.csv") if names.get(r["Country Code"], r["Country Code"]) in
        {*area.table(), *names.values()}
    }
    assert len(expected) == frame.height
    found = {(a, t): v for a, t, v in frame.select("ref_area", "time_period", "obs_value").iter_rows()}
    assert found.keys() == expected.keys()
    assert all(math.isclose(found[k], v, rel_tol=1e-12, abs_tol=1e-15) for k, v in expected.items())


@genuine
def test_world_bank_download_with_lines_above_its_heading() -> None:
    path = DATA / "worldbank/download/API_SM.POP.REFG.OR_DS2_en_csv_v2_24183.csv"
    rows = list(csv.reader(path.open(encoding="utf-8-sig", newline="")))
    head = next(i for i, row in enumerate(rows) if row[:2] == ["Country Name", "Country Code"])
    numbers = [float(c) for row in rows[head + 1:] if row[1] in area.table() for c in row[4:] if c]
    frame = read([path], source("csv_table", options={
        "skip": 4, "columns": {"ref_area": "Country Code"}, "melt": "(?P<time_period>[0-9]{4})",
    }))
    assert frame["obs_value"].count() == len(numbers) == 6817
    assert total(frame) == math.fsum(numbers)
