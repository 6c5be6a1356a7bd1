"""Genuine files of New York and the FBI, against a second and independent reading."""

from __future__ import annotations

import csv
import io
from collections import defaultdict

import polars as pl
import pytest
import yaml

from monitor.errors import UnreadableData
from tests.readers.genuine import DATA, flagship, genuine, lines, read, source, total


@genuine
def test_new_york_complaints_are_counted_once() -> None:
    path = DATA / "nyc/NYPD_Hate_Crimes_20241206.csv"
    every: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    for r in lines(path):
        for motive in ("_T", r["Bias Motive Description"]):
            every["complaints", r["Complaint Year Number"], motive].add(r["Full Complaint ID"])
            arrested = every["complaints_with_arrest", r["Complaint Year Number"], motive]
            arrested |= {r["Full Complaint ID"]} if r["Arrest Id"] else set()
    frame = read([path], flagship("nyc_open_data", withhold_below=0), "bqiq-cu78")
    frame = frame.filter(pl.col("offense_category") == "_T")
    found = frame.select("measure", "time_period", "bias_motive", "obs_value").iter_rows()
    assert {(m, t, b): v for m, t, b, v in found} == {key: len(ids) for key, ids in every.items()}
    assert set(frame.filter(pl.col("obs_status") == "D")["time_period"]) == {"2024"}
    assert set(frame.filter(pl.col("time_period") == "2024")["comment_obs"]) == {"9 of 12 months"}


@genuine
def test_new_york_complaints_workbook() -> None:
    frame = read([DATA / "nyc/hate-crime-complaints-by-motivation-annual-2023.xlsx"], source("excel", options={
        "sheet": "Data", "header": 5, "columns": {"precinct": "PRECINCT"}, "melt": "(?P<bias_motive>ANTI-.*)",
        "constants": {"ref_area": "USNYC", "time_period": "2023"},
    }))
    totals = frame.filter(pl.col("precinct") == "Grand Total")
    parts = frame.filter(pl.col("precinct") != "Grand Total")
    assert frame.shape == (78 * 16, 11)
    assert total(totals) == total(parts) == 669
    assert parts.group_by("bias_motive").agg(pl.col("obs_value").sum()).sort("bias_motive").equals(
        totals.select("bias_motive", "obs_value").sort("bias_motive"))


@genuine
def test_socrata_recordings() -> None:
    folder = DATA / "socrata/sodapy_cassettes"

    def body(name: str) -> bytes:
        recorded = yaml.load((folder / name).read_text(encoding="utf-8"), yaml.BaseLoader)
        return str(recorded["interactions"][0]["response"]["body"]["string"]).encode()

    declared = source("socrata", options={
        "ref_area": "USNYC", "time": "date",
        "measures": {"bicycles": {"sum": "counts"}, "counters": {"count_distinct": "id"}},
    })
    export = body("test_get_csv.yaml")
    rows = list(csv.DictReader(io.StringIO(export.decode())))
    frame = read(export, declared)
    assert dict(zip(frame["measure"], frame["obs_value"], strict=True)) == {
        "bicycles": sum(int(r["counts"]) for r in rows), "counters": len({r["id"] for r in rows}),
    }
    with pytest.raises(UnreadableData, match="the portal answers with an error, 'Not found'"):
        read(body("test_get_missing.yaml"), declared)


@genuine
def test_fbi_table_with_old_line_ends_and_footnotes_in_names() -> None:
    path = DATA / "hate_crime/fbi/2013_table13.csv"
    motives = ["Race", "Religion", "Sexual orientation", "Ethnicity", "Disability", "Gender", "Gender Identity"]
    given = list(csv.DictReader(io.StringIO(path.read_bytes().decode().replace("\r", "\n"))))
    frame = read([path], source("csv_table", options={
        "columns": {"state": "State", "agency_type": "Agency type", "agency": "Agency name"},
        "constants": {"ref_area": "USA", "time_period": "2013"}, "melt": f"(?P<bias>{'|'.join(motives)})",
        "thousands": ",", "footnote_digits": ["agency"],
    }))
    assert frame.height == len(given) * len(motives)
    assert total(frame) == sum(int(r[m].replace(",", "")) for r in given for m in motives if r[m].strip())
    assert any(r["Agency name"] == "Murrieta3" for r in given)
    assert frame.filter(pl.col("agency") == "Murrieta").height == len(motives)
    assert frame.filter(pl.col("agency").str.contains(r"\d$")).is_empty()
    people = read([path], source("csv_table", options={
        "columns": {"state": "State", "agency": "Agency name", "obs_value": "Population"}, "thousands": ",",
        "constants": {"ref_area": "USA", "time_period": "2013"},
    }))
    assert total(people) == sum(int(r["Population"].replace(",", "")) for r in given if r["Population"])


@genuine
@pytest.mark.parametrize(("name", "header", "rows", "heading", "year", "sum_of_all", "alabama"), [
    ("Table_11_2016.xls", 5, 2, "Total offenses", "2016", 7321, 17),
    ("annual_2017.xls", 3, 1, "Total number of incidents reported", "2017", 7175, 9),
])
def test_fbi_workbooks(
    name: str, header: int, rows: int, heading: str, year: str, sum_of_all: int, alabama: int
) -> None:
    import pycountry

    states = {s.name: s.code for s in pycountry.subdivisions.get(country_code="US")}
    frame = read([DATA / "hate_crime/fbi" / name], source("excel", recodes={"ref_area": states}, options={
        "header": header, "header_rows": rows, "columns": {"ref_area": "Participating state", "obs_value": heading},
        "constants": {"time_period": year},
    }))
    assert 49 <= frame.height <= 51, "the total and the notes below the table are no states"
    assert frame.filter(pl.col("ref_area") == "US-AL")["obs_value"].to_list() == [alabama]
    assert total(frame) == sum_of_all
