"""Files of CKAN datasets (HDX, data.gov ...): the dataset is asked for first, then the declared file of it."""

# ruff: noqa: E501  made-up files keep their long headings

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitor import paging, store
from monitor.errors import DefinitionError
from monitor.model import Offered, Paging, Source
from monitor.readers import csv_table
from tests.fetch.setting import Ask, refused, source
from tests.readers.genuine import flagship
from tests.server import Asked, Publisher

PACKAGE = "/api/3/action/package_show"
CSV = b"iso3,year,people\n#country+code,#date+year,#affected\nDEU,2024,7\nFRA,2024,9\n"
FILES = [
    {"id": "a1", "name": "People by country", "format": "CSV", "url": "{url}/files/people.csv?signature=abc"},
    {"id": "b2", "name": "People by country", "format": "XLSX", "url": "{url}/files/people.xlsx"},
    {"id": "c3", "name": "Old figures", "format": "CSV", "url": "{url}/files/old.csv", "state": "deleted"},
]


def dataset(publisher: Publisher, files: list[dict[str, Any]] = FILES, **more: Any) -> None:
    """The site describes the dataset, and holds its file."""
    files = [file | {"url": str(file.get("url", "")).replace("{url}", publisher.url)} for file in files]
    result = {"name": "people", "private": False, "state": "active", "resources": files} | more
    publisher.says(PACKAGE, json.dumps({"success": True, "result": result}).encode())
    publisher.says("/files/people.csv", CSV)


def ckan(publisher: Publisher, resource: dict[str, str], **more: Any) -> Source:
    offered = Offered(title="People", unit="persons", params={"dataset": "people"}, resource=resource)
    told: dict[str, Any] = {"reader": "csv_table", "options": {
        "columns": {"ref_area": "iso3", "time_period": "year", "obs_value": "people"}}, "series": {"EX.1": offered}}  # fmt: skip
    return source(publisher, PACKAGE + "?id={dataset}", **(told | more))


@pytest.mark.parametrize("resource", [
    {"id": "a1"}, {"file": "people.csv"}, {"name": "people by  Country", "format": "csv"},
    {"file": "people.csv", "format": "CSV"}])
def test_the_declared_file_of_a_dataset(publisher: Publisher, ask: Ask, tmp_path: Path, resource: dict[str, str]) -> None:
    dataset(publisher)
    of = ckan(publisher, resource)
    got = ask(of)
    assert (got.origin, got.bodies, got.url) == ("live", (CSV,), f"{publisher.url}{PACKAGE}?id=people")
    assert [(a.path, a.query) for a in publisher.asked] == [
        (PACKAGE, {"id": "people"}), ("/files/people.csv", {"signature": "abc"})]
    rows = csv_table.read(got, of, "EX.1")
    assert rows.select("ref_area", "time_period", "obs_value").rows() == [("DEU", "2024", 7.0), ("FRA", "2024", 9.0)]
    [held] = store.answers(tmp_path / "store")
    assert held.pages[0].headers["content-location"] == f"{publisher.url}/files/people.csv", "without its signature"


@pytest.mark.parametrize(("resource", "said"), [
    ({"file": "gone.csv"}, ["no longer has the declared file (file 'gone.csv'); it has 'people.csv' (People by country, "
                            "CSV), 'people.xlsx' (People by country, XLSX)", "'resource' of EX.1"]),
    ({"id": "c3"}, ["no longer has the declared file (id 'c3')"]),  # withdrawn
    ({"id": "b2", "format": "CSV"}, ["the declared file (id 'b2') is no longer CSV, but XLSX", "The reader may have to"]),
    ({"name": "People by country"}, ["2 files of the dataset fit the declaration", "its id, name or file"]),
])
def test_a_file_that_is_not_there_as_declared(
    publisher: Publisher, ask: Ask, resource: dict[str, str], said: list[str]
) -> None:
    dataset(publisher)
    refused(ask, ckan(publisher, resource), *said)
    assert publisher.times("/files/people.csv") == 0


@pytest.mark.parametrize(("answer", "said"), [
    ({"success": False, "error": {"message": "Not found", "__type": "Not Found Error"}}, "the site refused ('Not found')"),
    ({"success": False, "error": {"__type": "Authorization Error"}}, "the site refused ('Authorization Error')"),
    ({"success": False}, "the site refused ('it gives no reason')"),
    ({"success": True, "result": {"private": True, "resources": []}}, "the dataset is private"),
    ({"success": True, "result": {"state": "deleted", "resources": []}}, "the dataset is withdrawn (state deleted)"),
    ({"success": True, "result": {"resources": []}}, "it has no file"),
    ({"success": True, "result": [1]}, "the answer describes no dataset of CKAN"),
    ({"result": {"name": "people"}}, "must be an address of package_show"),
    ("[" * 100_000 + "]" * 100_000, "the answer describes no dataset of CKAN"),
    ("a,b\n1,2\n", "the answer describes no dataset of CKAN"),
])
def test_a_dataset_that_cannot_be_had(publisher: Publisher, ask: Ask, answer: Any, said: str) -> None:
    """Refusals come under status 200, too."""
    publisher.says(PACKAGE, (answer if isinstance(answer, str) else json.dumps(answer)).encode())
    refused(ask, ckan(publisher, {"id": "a1"}), said)


@pytest.mark.parametrize(("url", "said"), [
    ("file:///etc/passwd", "neither http nor https"), ("", "neither http nor https"), ("http://[::1", "neither http nor"),
    ("http://x:port/", "neither http nor https"), ("ftp://example.org/a.csv", "neither http nor https"),
    ("http://127.0.0.1:9/a.csv", "is on 127.0.0.1, an address of a private network"),
    ("http://2130706433:9/a.csv", "an address of a private network"),
    ("https://localhost/a.csv", "an address of a private network"),
])
def test_addresses_in_a_description_lead_nowhere_they_must_not(
    publisher: Publisher, ask: Ask, url: str, said: str
) -> None:
    dataset(publisher, [FILES[0] | {"url": url}])
    refused(ask, ckan(publisher, {"id": "a1"}), said)
    assert [a.path for a in publisher.asked] == [PACKAGE]


def test_the_file_itself_may_be_gone(publisher: Publisher, ask: Ask) -> None:
    dataset(publisher)
    publisher.says("/files/people.csv", b"<!DOCTYPE html><html><title>Sorry</title></html>")
    refused(ask, ckan(publisher, {"id": "a1"}), "a web page instead of data, titled 'Sorry'")
    del publisher.paths["/files/people.csv"]
    assert "status 404" in refused(ask, ckan(publisher, {"id": "a1"}))


def test_one_file_has_no_pages(publisher: Publisher, ask: Ask) -> None:
    of = ckan(publisher, {"id": "a1"}, paging=Paging(kind="offset", param="offset", step=10))
    with pytest.raises(DefinitionError, match="'paging' of the source has no meaning"):
        ask(of)


def table(publisher: Publisher, size: int, most: int, total: Any = None) -> None:
    """A table of the data store, which sends at most so many rows at once."""
    def page(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        begin, limit = int(asked.query["offset"]), min(int(asked.query["limit"]), most)
        records = [{"_id": n} for n in range(size)][begin:][:limit]
        found = {"total": size if total is None else total(begin), "records": records}
        return 200, {}, json.dumps({"success": True, "result": found}).encode()

    publisher.paths["/api/3/action/datastore_search"] = page


def store_of(publisher: Publisher) -> Source:
    return source(publisher, "/api/3/action/datastore_search?resource_id={series}", reader="json_rows",
                  params={"limit": "3"}, paging=Paging(kind="offset", param="offset", step=3))


@pytest.mark.parametrize(("size", "asked"), [(7, ["0", "3", "6", "0"]), (6, ["0", "3", "0"]), (2, ["0"]), (0, ["0"])])
def test_a_table_of_the_data_store_by_pages(publisher: Publisher, ask: Ask, size: int, asked: list[str]) -> None:
    table(publisher, size, 100)
    bodies = ask(store_of(publisher)).bodies
    assert [a.query["offset"] for a in publisher.asked] == asked
    assert [r["_id"] for body in bodies for r in json.loads(body)["result"]["records"]] == list(range(size))


def test_a_data_store_that_sends_less_than_it_was_asked_for(publisher: Publisher, ask: Ask) -> None:
    table(publisher, 7, 2)
    refused(ask, store_of(publisher), "page 1 has 2 rows, fewer than the 3 asked for, though 7 were announced")


def test_a_table_that_grows_while_it_is_read(publisher: Publisher, ask: Ask) -> None:
    table(publisher, 7, 100, total=lambda begin: 7 + begin)
    refused(ask, store_of(publisher), "the number of rows changed while they were read, twice")


def test_a_data_store_that_refuses(publisher: Publisher, ask: Ask) -> None:
    publisher.says("/api/3/action/datastore_search", b'{"success": false, "error": {"message": "no such table"}}')
    refused(ask, store_of(publisher), "the site refused ('no such table')")


@pytest.mark.parametrize(("name", "series", "text", "expected"), [
    ("hdx", "idps_dtm", """id,operation,admin0Name,admin0Pcode,admin1Name,admin1Pcode,admin2Name,admin2Pcode,numPresentIdpInd,reportingDate,assessmentType
#id+code,#operation+name,#country+name,#country+code,#adm1+name,#adm1+code,#adm2+name,#adm2+code,#affected+idps,#date+reported,#assessment+type
1,Crisis,Haiti,HTI,,,,,100,2024-05-31T00:00:00,BA
2,Crisis,Haiti,HTI,Ouest,HT01,,,60,2024-05-31T00:00:00,BA
3,Crisis,Haiti,HTI,Ouest,HT01,Delmas,HT0112,60,2024-05-31T00:00:00,BA
""", [("HTI", "2024-05-31", 100.0)]),
    ("hdx", "refugees_by_asylum", """Year,Country of Origin Code,Country of Asylum Code,Country of Origin Name,Country of Asylum Name,Refugees
#date+year,#country+code+origin,#country+code+asylum,#country+name+origin,#country+name+asylum,#affected+refugees
2024,AFG,IRN,Afghanistan,Iran,100
2024,IRQ,IRN,Iraq,Iran,20
""", [("IRN", "2024", 120.0)]),
    ("open_canada", "permanent_residents", """EN_YEAR\tEN_MONTH\tEN_PROVINCE_TERRITORY\tEN_IMMIGRATION_CATEGORY-MAIN_CATEGORY\tEN_IMMIGRATION_CATEGORY-GROUP\tEN_IMMIGRATION_CATEGORY-COMPONENT\tTOTAL
2024\tJan\tOntario\tEconomic\tWorker\tSkilled\t1005
2024\tJan\tYukon\tEconomic\tWorker\tSkilled\t--
""", [("CAN", "2024", 1005.0), ("CAN", "2024", None)]),
])  # fmt: skip
def test_declared_files_of_the_form_seen(
    publisher: Publisher, ask: Ask, name: str, series: str, text: str, expected: list[tuple[str, str, float | None]]
) -> None:
    """Made-up rows under the headings the declaration names, fetched from a site of the same form."""
    declared = flagship(name)
    here = declared.model_copy(update={"endpoint": publisher.url + PACKAGE + "?id={dataset}", "per_minute": 1000})
    wanted = declared.series[series].resource
    dataset(publisher, [{"id": "x", "format": "CSV", "name": wanted.get("name", "a file"),
                         "url": "{url}/files/" + wanted.get("file", "some.csv")}])
    publisher.says("/files/" + wanted.get("file", "some.csv"), text.encode())
    got = ask(here, series=series)
    assert publisher.asked[0].query == {"id": declared.series[series].params["dataset"]}
    rows = csv_table.read(got, here, series)
    assert rows.select("ref_area", "time_period", "obs_value").rows() == expected
    assert paging.address(declared, series).startswith(str(declared.homepage))
