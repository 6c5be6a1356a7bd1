"""Genuine files of UNHCR and IOM, against a second and independent reading."""

from __future__ import annotations

import json
from collections import Counter

import polars as pl
import pytest

from monitor import area
from monitor.errors import UnreadableData
from tests.readers.genuine import DATA, flagship, genuine, lines, read, source, total


@genuine
def test_unhcr_answer_summed_over_origin() -> None:
    path = DATA / "unhcr/api/population_2024_coa_TUR.json"
    with pytest.raises(UnreadableData, match="summed over the country of origin"):
        read([path], source("unhcr"), "population")
    frame = read([path], source("unhcr", options={"summed": True}), "population")
    item, = json.loads(path.read_text(encoding="utf-8"))["items"]
    figures = {k: float(v) for k, v in item.items() if k in
               ("refugees", "asylum_seekers", "returned_refugees", "idps", "returned_idps", "stateless", "ooc", "hst")}
    assert dict(zip(frame["population_type"], frame["obs_value"], strict=True)) == figures
    assert set(frame["ref_area"]) == {"TUR"}
    with pytest.raises(UnreadableData, match="expected an object with 'items'"):
        read([DATA / "unhcr/api/api_root.json"], source("unhcr"), "population")


@genuine
def test_unhcr_tables_added_up_over_origin() -> None:
    path = DATA / "unhcr/hdx_csv/HDX_AsylumApplications.csv"
    sums: Counter[tuple[str, ...]] = Counter()
    for r in lines(path):
        if r["ISO3CoA"] in area.table():
            sums[r["ISO3CoA"], r["Year"], r["ProcedureType"], r["ApplicationType"], r["ApplicationDataType"]] += int(
                r["Applications"])
    frame = read([path], source("csv_table", options={"add_up": True, "columns": {
        "ref_area": "ISO3CoA", "time_period": "Year", "obs_value": "Applications", "procedure_type": "ProcedureType",
        "app_type": "ApplicationType", "app_pc": "ApplicationDataType",
    }}))
    found = frame.select("ref_area", "time_period", "procedure_type", "app_type", "app_pc", "obs_value").iter_rows()
    assert {tuple(key): value for *key, value in found} == dict(sums)
    path = DATA / "unhcr/hdx_csv/HDX_Solutions.csv"
    frame = read([path], source("csv_table", options={
        "add_up": True, "columns": {"ref_area": "ISO3CoA", "time_period": "Year"},
        "melt": "(?P<solution>RST|NAT|RET|RDP)",
    }))
    assert total(frame) == sum(int(r[c]) for r in lines(path) for c in ("RST", "NAT", "RET", "RDP")
                               if r["ISO3CoA"] in area.table())


@genuine
def test_iom_answers_of_three_years() -> None:
    years = {"2014": 5548, "2019": 5420, "2023": 8606}
    paths = [DATA / f"iom/missing_migrants_api/{year}-json.json" for year in years]
    frame = read(paths, source("missing_migrants"), "deaths")
    sums: Counter[tuple[str, str]] = Counter()
    for year, path in zip(years, paths, strict=True):
        for incident in json.loads(path.read_text(encoding="utf-8")):
            count = int(incident["total_dead_and_missing"] or 0)
            sums[year, incident["region"]] += count
            sums[year, "_T"] += count
    found = frame.select("time_period", "region", "obs_value").iter_rows()
    assert {(t, r): v for t, r, v in found} == dict(sums)
    assert {y: sums[y, "_T"] for y in years} == years
    assert set(frame["ref_area"]) == {"001"}
    assert set(frame["obs_status"]) == {"A"}


@genuine
@pytest.mark.parametrize(("name", "year", "region", "count", "unfinished"), [
    ("global_2014_2023-05", "Incident year", "Region of Incident", "Total Number of Dead and Missing", {"2023"}),
    ("data_2020-01", "Reported Year", "Region of Incident", "Total Dead and Missing", {"2020"}),
])
def test_iom_downloads(name: str, year: str, region: str, count: str, unfinished: set[str]) -> None:
    path = DATA / f"iom/missing_migrants_csv/{name}.csv"
    sums: Counter[tuple[str, str]] = Counter()
    for r in lines(path):
        sums[r[year], "_T"] += int(r[count] or 0)
        if r[region]:
            sums[r[year], r[region]] += int(r[count] or 0)
    frame = read([path], source("missing_migrants"), "deaths")
    assert {(t, r): v for t, r, v in frame.select("time_period", "region", "obs_value").iter_rows()} == dict(sums)
    assert set(frame.filter(pl.col("obs_status") == "D")["time_period"]) == unfinished


@genuine
def test_dtm_rounds_of_chad() -> None:
    path = DATA / "iom/dtm_api/displacement-admin0-admin0pcode-tcd.json"
    given = json.loads(path.read_text(encoding="utf-8"))["result"]
    frame = read([path], flagship("iom_dtm"), "chad")
    assert frame.height == len(given) == 56
    assert total(frame) == sum(r["numPresentIdpInd"] or 0 for r in given)
    assert Counter(frame["time_period"]) == Counter(r["reportingDate"][:10] for r in given)
    assert set(frame["ref_area"]) == {"TCD"}


@genuine
def test_unhcr_operational_portal_by_declaration() -> None:
    path = DATA / "unhcr/operational/get-origin-geo-id-259-population-collection-429.json"
    given = json.loads(path.read_text(encoding="utf-8"))["data"]
    frame = read([path], source("json_rows", options={
        "rows": "data", "columns": {"time_period": "date", "obs_value": "individuals", "origin": "pop_origin_code"},
        "constants": {"ref_area": "SSD"}}))
    assert frame.height == len(given) == 10
    assert total(frame) == sum(int(r["individuals"]) for r in given if r["individuals"])
