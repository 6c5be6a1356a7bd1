"""Genuine files of the United Nations, against a second and independent reading."""

from __future__ import annotations

import json
import math
from pathlib import Path

import polars as pl
import pytest

from monitor import area
from monitor.errors import UnreadableData
from tests.readers.genuine import DATA, files, flagship, genuine, lines, read, source, total


@genuine
def test_un_sdg_envelope_of_one_page_in_thousands() -> None:
    path = DATA / "un_sdg/api_v1/Series_Data_DC_TOF_WASHL_p1.json"
    with pytest.raises(UnreadableData, match="promises 2923 rows, but 1 came"):
        read([path], source("un_sdg"), "DC_TOF_WASHL")
    whole = path.read_bytes().replace(b'"totalElements": 2923', b'"totalElements": 1')
    row, = read(whole, source("un_sdg"), "DC_TOF_WASHL").to_dicts()
    given, = json.loads(whole)["data"]
    assert (row["ref_area"], row["time_period"], row["obs_value"]) == ("AFG", "2000", float(given["value"]))
    assert (row["unit_measure"], row["flag_raw"]) == ("CON_USD, MILLION", given["attributes"]["Nature"])
    assert row["comment_obs"] == given["footnotes"][0]


@genuine
def test_undesa_migrant_stock_workbook() -> None:
    frame = read([DATA / "undesa/UN_MigrantStockTotal_2019.xlsx"], source("excel", options={
        "sheet": "Table 1", "header": 15, "header_rows": 2, "columns": {"ref_area": "Code"},
        "melt": r"International migrant stock at mid-year \((?P<sex>.*)\) \| (?P<time_period>[0-9]{4})",
    }))
    assert set(frame["sex"]) == {"both sexes", "male", "female"}
    found = frame.filter(pl.col("sex") == "both sexes")
    # the same table, tidied by the repository it was found in; codes of 900 and over are groups of DESA's own
    tidied = {(r["Code"], r["Year"]): r["Stock"] for r in lines(DATA / "undesa/data_clean.csv", "latin-1")}
    ours = {(area.from_m49(code), year): stock for (code, year), stock in tidied.items() if area.from_m49(code)}
    numbers = [float(stock) for stock in ours.values() if stock not in ("", "NA", "..")]
    assert found["obs_value"].count() == len(numbers) == 1601
    assert found.height == 1617, "16 cells are printed as .. and left out of the tidied table"
    assert total(found) == math.fsum(numbers)
    assert set(found.filter(pl.col("obs_value").is_null())["comment_obs"]) == {"printed as .."}


@genuine
@pytest.mark.parametrize("path", files("un_sdg/*/ddf--datapoints--*.csv"))
def test_un_sdg_tables_of_an_archive(path: Path) -> None:
    """Every dimension of the file stays one; the rows of its breakdowns are never added up."""
    given = lines(path)
    figure = path.name.split("--")[2]
    dims = [h for h in given[0] if h not in ("geo_area", "year", figure)]
    places = {r["geo_area"]: r["geo_area"] for r in given}
    frame = read([path], source("csv_table", recodes={"ref_area": places}, options={
        "columns": {"ref_area": "geo_area", "time_period": "year", "obs_value": figure, **{d: d for d in dims}},
        "missing": {"N": "O", "NaN": "O", "nan": "O"},
    }))
    figures = [float(r[figure]) for r in given if r[figure] not in ("", "N", "NaN", "nan")]
    assert frame.height == len(given)
    assert frame["obs_value"].count() == len(figures)
    assert math.isclose(total(frame), math.fsum(figures), rel_tol=1e-12)
    assert sorted(frame.columns[9:]) == sorted(dims)


@genuine
def test_undesa_source_reads_its_workbook() -> None:
    frame = read([DATA / "undesa/UN_MigrantStockTotal_2019.xlsx"], flagship("un_desa"), "UN_MigrantStockTotal_2019")
    stock = next(r["Stock"] for r in lines(DATA / "undesa/data_clean.csv", "latin-1")
                 if (r["Code"], r["Year"]) == ("276", "2019"))
    found = frame.filter(pl.col("ref_area") == "DEU", pl.col("sex") == "both sexes", pl.col("time_period") == "2019")
    assert found["obs_value"].to_list() == [float(stock)]
