"""Every quirk of a publisher that the project knows of, by name: what they send, and what becomes of it."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from monitor import area
from monitor.errors import UnreadableData
from monitor.model import Source
from tests.readers.genuine import flagship, read, source


def says(body: bytes, declared: Source, words: str, series: str = "example") -> None:
    """The answer is refused with these words."""
    with pytest.raises(UnreadableData) as caught:
        read(body, declared, series)
    assert words in str(caught.value)


def dump(answer: Any) -> bytes:
    return json.dumps(answer).encode()


# ------------------------------------------------------------------ World Bank


def test_world_bank_errors_come_with_status_200() -> None:
    message = {"id": "120", "key": "Invalid value", "value": "The provided parameter value is not valid"}
    says(dump([{"message": [message]}]), flagship("world_bank"), "answers with an error, '120 Invalid value",
         "SP.POP.TOTL")


def test_world_bank_no_data_is_meta_and_null() -> None:
    meta = {"page": 0, "pages": 0, "per_page": 0, "total": 0, "sourceid": None, "lastupdated": None}
    assert read(dump([meta, None]), flagship("world_bank"), "SP.POP.TOTL").is_empty()


def test_world_bank_archived_codes_are_named_with_their_successors() -> None:
    message = {"id": "175", "key": "Invalid format", "value": "The indicator was deleted or archived"}
    says(dump([{"message": [message]}]), flagship("world_bank"), "Use SM.POP.RHCR.EA in its place.", "SM.POP.REFG")
    empty = dump([{"page": 0, "pages": 0, "per_page": 0, "total": 0}, None])
    says(empty, flagship("world_bank"), "archives and has no rows any more; SM.POP.RHCR.EO took its place",
         "SM.POP.REFG.OR")


def row(**given: Any) -> dict[str, Any]:
    return {"indicator": {"id": "SP.POP.TOTL", "value": ""}, "country": {"id": "DE", "value": "Germany"},
            "countryiso3code": "DEU", "date": "2027", "value": 5, "unit": "", "obs_status": "", "decimal": 0} | given


def test_world_bank_counts_may_be_text_and_groups_are_mixed_with_countries() -> None:
    rows = [row(), row(countryiso3code="EUU"), row(countryiso3code="AFE"), row(countryiso3code="XKX"),
            row(countryiso3code="", country={"id": "FR", "value": "France"}, value=None)]
    frame = read(dump([{"page": "1", "pages": "1", "total": "5"}, rows]), flagship("world_bank"), "SP.POP.TOTL")
    assert dict(zip(frame["ref_area"], frame["obs_value"], strict=True)) == {
        "DEU": 5, "EU27": 5, "XKX": 5, "FRA": None}  # Africa Eastern and Southern is no group of ours


# ------------------------------------------------------------------ United Nations


def sdg(*rows: dict[str, Any]) -> bytes:
    full = [{"series": "S", "geoAreaCode": "4", "timePeriodStart": 2020.0, "value": "1.5"} | r for r in rows]
    return dump({"size": 9, "totalElements": len(rows), "totalPages": 1, "pageNumber": 1, "data": full})


def test_un_sdg_units_stand_in_attributes_now_and_stood_in_dimensions_in_2018() -> None:
    now = read(sdg({"attributes": {"Nature": "C", "Units": "PERCENT"}, "dimensions": {}}), source("un_sdg"), "S")
    then = read(sdg({"attributes": {"Nature": "C"}, "dimensions": {"Units": "PERCENT"}}), source("un_sdg"), "S")
    assert now.equals(then)
    assert now["unit_measure"].to_list() == ["PERCENT"]


def test_un_sdg_rows_of_one_breakdown_only_are_taken() -> None:
    from monitor.errors import MonitorError
    from monitor.model import Selection
    from monitor.series import Series

    sexes = [{"attributes": {}, "dimensions": {"Sex": s, "Age": "ALLAGE"}, "value": v}
             for s, v in (("BOTHSEX", "3"), ("MALE", "1"), ("FEMALE", "2"))]
    frame = read(sdg(*sexes), source("un_sdg"), "S")
    with pytest.raises(MonitorError, match="the dimension 'sex' has several codes"):
        Series.pick(frame, "X", Selection(source="un_sdg", series="S"), "0")
    one = Series.pick(frame, "X", Selection(source="un_sdg", series="S", select={"sex": "BOTHSEX"}), "0")
    assert one.frame["obs_value"].to_list() == [3]


def test_un_sdg_areas_have_no_leading_zeros_and_kosovo_is_412() -> None:
    frame = read(sdg({"geoAreaCode": "4"}, {"geoAreaCode": "412"}, {"geoAreaCode": "1"}), flagship("un_sdg").model_copy(
        update={"series": {"S": next(iter(flagship("un_sdg").series.values()))}}), "S")
    assert frame["ref_area"].to_list() == ["AFG", "XKX", "001"]


def test_un_treaty_columns_stand_in_another_order_on_other_pages() -> None:
    page = "<table><tr><th>Participant</th>{}</tr><tr><td>Fiji 1</td>{}</tr></table>"
    date, none = "<td>5 Jun 2007 a</td>", "<td></td>"
    heads = ["<th>Signature</th><th>Accession(a), Succession(d), Ratification</th>",
             "<th>Ratification, Accession(a), Succession(d)</th><th>Signature</th>"]
    frames = [read(page.format(head, cells).encode(), source("untc_html"))
              for head, cells in zip(heads, (none + date, date + none), strict=True)]
    for frame in frames:
        bound = frame.filter(pl.col("obs_value") == 1)
        assert bound["time_period"].min() == "2007"
        assert set(bound["flag_raw"]) == {"a"}
        assert set(frame["ref_area"]) == {"FJI"}, "a figure behind the name points to a note"


# ------------------------------------------------------------------ UNHCR


def people(**given: Any) -> dict[str, Any]:
    return {"year": 2024, "coo_iso": "-", "coa_iso": "TUR", "refugees": 2940735, "asylum_seekers": "0", "idps": "-",
            "stateless": ""} | given


def test_unhcr_sums_where_a_side_is_left_out_and_says_so_with_a_dash() -> None:
    body = dump({"page": 1, "maxPages": 1, "items": [people()]})
    says(body, source("unhcr"), "the answer is summed over the country of origin (coo_iso is '-')")
    frame = read(body, source("unhcr", options={"summed": True}))
    found = dict(zip(frame["population_type"], frame["obs_value"], strict=True))
    assert found == {"refugees": 2940735, "asylum_seekers": 0}, "zero is the text 0; a dash and nothing are no figure"


def test_unhcr_codes_that_are_no_countries_are_left_out() -> None:
    items = [people(coa_iso=code) for code in ("TUR", "UNK", "XXA", "TIB", "KOS")]
    frame = read(dump({"page": 1, "maxPages": 1, "items": items}), flagship("unhcr"), "population")
    assert sorted(set(frame["ref_area"])) == ["TUR", "XKX"]


# ------------------------------------------------------------------ Eurostat


def cube(values: dict[str, Any], status: dict[str, str]) -> bytes:
    geo, time = ["EL", "UK", "XK", "DE"], ["2027", "2028"]
    codes = {name: {"category": {"index": {code: n for n, code in enumerate(given)}}}
             for name, given in (("geo", geo), ("time", time))}
    return dump({
        "class": "dataset", "id": ["geo", "time"], "size": [4, 2], "value": values, "status": status,
        "dimension": codes,
        "extension": {"positions-with-no-data": {"geo": [3]}}})


def test_eurostat_maps_are_sparse_and_flags_are_joined() -> None:
    frame = read(cube({"0": 1.5, "3": 2}, {"0": "bu", "1": "u", "3": "p"}), flagship("eurostat"), "demo_gind")
    found = {(r["ref_area"], r["time_period"]): (r["obs_value"], r["obs_status"], r["flag_raw"])
             for r in frame.iter_rows(named=True)}
    assert found == {("GRC", "2027"): (1.5, "B", "bu"), ("GRC", "2028"): (None, "Q", "u"),
                     ("GBR", "2028"): (2, "P", "p")}


def test_eurostat_greece_the_united_kingdom_and_kosovo_have_codes_of_their_own() -> None:
    frame = read(cube({"0": 1, "2": 2, "4": 3, "6": 4}, {}), flagship("eurostat"), "demo_gind")
    assert frame["ref_area"].to_list() == ["GRC", "GBR", "XKX", "DEU"]
    assert area.from_iso2("EL") == "GRC"
    assert area.from_iso2("UK") == "GBR"


@pytest.mark.parametrize(("body", "words"), [
    (b'<S:Fault xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><faultcode>413</faultcode><faultstring>'
     b"EXTRACTION_TOO_BIG: The requested extraction is too big, estimated 42 rows, max authorised is 5</faultstring>"
     b"</S:Fault>",
     "more was asked for than the publisher sends at once"),
    (b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><queued><id>98de05ea-540a</id>'
     b"<status>SUBMITTED</status></queued></e:Body></e:Envelope>",
     "prepares the answer for later (number 98de05ea-540a)"),
    (dump({"warning": {"status": 413, "label": "ASYNCHRONOUS_RESPONSE. Your request will be treated asynchronously"}}),
     "the publisher answers with warning"),
], ids=["too big", "queued", "queued JSON"])
def test_eurostat_answers_that_are_later_or_too_big(body: bytes, words: str) -> None:
    says(body, flagship("eurostat"), words, "demo_gind")


# ------------------------------------------------------------------ others


def test_socrata_numbers_are_text_and_empty_cells_are_left_out() -> None:
    body = dump([{"_month": "January 2027", "idnyc_applications": "120", "idnyc_cards_issued": "80"},
                 {"_month": "February 2027", "idnyc_applications": "5"}])
    frame = read(body, flagship("nyc_open_data"), "rtmc-bhid")
    found = {r["measure"]: (r["obs_value"], r["obs_status"]) for r in frame.iter_rows(named=True)}
    assert found == {"applications": (125, "D"), "cards_issued": (80, "D")}, "two months are no year"


def test_odihr_cells_say_why_there_is_no_figure() -> None:
    table = 'iso3,Year,Recorded\nDEU,2020,"10,240"\nSWE,2022,Not available\nFRA,2022,-\nITA,2022,N/A\nESP,2022,3046\n'
    frame = read(table.encode(), source("csv_table", options={
        "columns": {"ref_area": "iso3", "time_period": "Year", "obs_value": "Recorded"}, "thousands": ",",
        "missing": {"Not available": "L", "-": "O", "N/A": "M"}}))
    assert dict(zip(frame["ref_area"], zip(frame["obs_value"], frame["obs_status"], strict=True), strict=True)) == {
        "DEU": (10240, "A"), "SWE": (None, "L"), "FRA": (None, "O"), "ITA": (None, "M"), "ESP": (3046, "A")}


def test_fbi_line_ends_are_carriage_returns_and_names_end_in_footnote_digits() -> None:
    table = b'Agency,Race,Population\rMurrieta3,5,"39,481"\rDavis2,1,""\r'
    frame = read(table, source("csv_table", options={
        "columns": {"agency": "Agency", "obs_value": "Race"}, "constants": {"ref_area": "US-CA", "time_period": "2013"},
        "footnote_digits": ["agency"]}))
    assert dict(zip(frame["agency"], frame["obs_value"], strict=True)) == {"Murrieta": 5, "Davis": 1}


@pytest.mark.parametrize(("printed", "kept"), [
    ("2007/08 to 2008/09", "2007/08"), ("2013 Q1", "2013-Q1"), ("2021/22", "2021/22"), ("2025M03", "2025-03")])
def test_years_may_be_spans_quarters_or_months(printed: str, kept: str) -> None:
    frame = read(f"Year,Value\n{printed},5\n".encode(), source("open_sdg", options={"ref_area": "GBR"}))
    assert frame["time_period"].to_list() == [kept]


def test_oecd_rows_come_in_no_order_and_some_take_an_observation_back() -> None:
    table = ("STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,TIME_PERIOD,OBS_VALUE\n" + "".join(
        f"DATAFLOW,OECD:DF_CLI(4.1),{action},USA,{year},{value}\n"
        for action, year, value in (("I", "2028", "2"), ("I", "2027", "1"), ("D", "2026", ""), ("R", "2025", "0"))))
    frame = read(table.encode(), flagship("oecd"), "DF_CLI")
    assert sorted(zip(frame["time_period"], frame["obs_value"], strict=True)) == [("2025", 0), ("2027", 1), ("2028", 2)]
