"""Every genuine file is accounted for: read and checked here, checked in a module beside this one, or not, and why.

The independent reading is plain csv, json and openpyxl: how many numbers the file holds, and their sum.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import UnreadableData
from tests.readers.genuine import DATA, genuine, read, source, total


@dataclass(frozen=True)
class Elsewhere:
    """Read, and compared with an independent reading, in another module of this folder."""

    module: str


@dataclass(frozen=True)
class Unread:
    """No figures of a kind the project reads."""

    why: str


@dataclass(frozen=True)
class Table:
    """A table by declaration alone. A name that begins with "=" is a constant."""

    area: str
    time: str
    values: str  # regular expression of the columns with figures
    dims: tuple[str, ...] = ()
    reader: str = "csv_table"
    years: dict[str, str] = field(default_factory=dict)  # period as printed -> canonical
    options: dict[str, Any] = field(default_factory=dict)


ODIHR = Table("iso3", "Year", "Hate crimes.*|Prosecuted|Sentenced",
              options={"thousands": ",", "missing": {"Not available": "L", "-": "O", "N/A": "M"}})
UNHCR = ("refugees|asylum_seekers|returned_refugees|idps|returned_idps|stateless|ooc|oip|hst|resettlement|"
         "naturalisation")
#: glob below the folder -> what happens to the files; the first that fits counts
TABLE: list[tuple[str, Elsewhere | Unread | Table]] = [
    ("*.md", Unread("says where the files come from")),
    ("attitudes/*", Unread("answers of single respondents, not to be passed on")),
    ("city_id/*", Unread("figures in words, kept by hand as a register")),
    ("eurostat/jsonstat2/*", Elsewhere("test_statistical_offices")),
    ("eurostat/legacy_jsonstat1/*", Elsewhere("test_statistical_offices")),
    ("eurostat/sdmx_csv/*", Elsewhere("test_statistical_offices")),
    ("eurostat/sdmx_ml/*", Elsewhere("test_sdmx_messages")),
    ("hate_crime/fbi/incidents_by_state_year_2009_2020.DERIVED.csv",
     Table("state_abbr", "incident_year", "incidents|victims")),
    ("hate_crime/fbi/*", Elsewhere("test_cities_and_police")),
    ("hate_crime/fivethirtyeight_hate_crimes.csv",
     Table("state", "=2016", "hate_crimes_per_100k_splc|avg_hatecrimes_per_100k_fbi")),
    ("hate_crime/germany/pmk_cases.csv", Table("=DEU", "Year", "cases", ("category",), options={"thousands": "'"})),
    ("hate_crime/odihr/*.csv", ODIHR),
    ("hate_crime/uk/*.csv", Table("area", "period", "hate crimes recorded|of which race", options={
        "thousands": ","}, years={f"year ending March {y}": f"{y - 1}/{y % 100}" for y in (2022, 2023, 2024)})),
    ("iati/codelists/*", Unread("a code list in IATI's own form; no figures")),
    ("iati/dportal/*", Elsewhere("test_aid_and_treaties")),
    ("iati/unhcr/*.xlsx", Table("=001", "transaction_date", "transaction_value", (
        "transaction_value_currency", "transaction_type_code"), reader="excel")),
    ("ilo/explorer/*.xlsx", Table("ref_area.label", "time", "obs_value", ("sex.label", "classif1.label"),
                                  reader="excel")),
    ("ilo/recorded/*", Elsewhere("test_sdmx_messages")),
    ("iom/dtm_api/displacement-admin0*", Elsewhere("test_people")),
    ("iom/dtm_api/*", Unread("lists of countries and operations; no figures")),
    ("iom/missing_migrants_csv/neocarto_1993_2026.csv", Table("=001", "year", "nb", ("cause",))),
    ("iom/missing_migrants_*/*", Elsewhere("test_people")),
    ("law/citrix_mipex.csv", Table("iso3", "year", "CITRIX_v2|dualcit_v2", options={"missing": {"NA": "O"}})),
    ("law/globalcit_*.csv", Table("iso3", "year", "L05_bin", options={"missing": {"NA": "O"}})),
    ("law/ilo/*.csv", Unread("dates of acts, no figures; kept by hand as a register")),
    ("law/unt_2022/*.csv", Table("iso2", "=2022", "state party")),
    ("law/untc_2015/*", Elsewhere("test_aid_and_treaties")),
    ("nyc/HRA_IDNYC_Sites_20171011.csv", Unread("addresses of offices, no figures")),
    ("nyc/hate-crime-arrests-*", Unread("one line for each person arrested, with age and race: never read")),
    ("nyc/idnyc_annual_2015_2024.csv", Table("=USNYC", "Year", "IDNYC .*")),
    ("nyc/*", Elsewhere("test_cities_and_police")),
    ("oecd/sdmx_csv/*", Elsewhere("test_statistical_offices")),
    ("oecd/jsonstat/*", Elsewhere("test_statistical_offices")),
    ("oecd/sdmx_json/*", Elsewhere("test_sdmx_messages")),
    ("oecd/sdmx_ml/*", Unread("a constraint on keys, no figures")),
    ("open_sdg/*/data/*.csv", Elsewhere("test_open_sdg")),
    ("open_sdg/*/meta/*", Elsewhere("test_open_sdg_metadata")),
    ("populism/1999-2019_CHES_v3.csv", Table("country", "year", "vote|seat", ("party_id",))),
    ("populism/The PopuList 4.0.csv", Table("country_name", "=2023", "populist|farright|farleft|eurosceptic",
                                            ("party_name",), options={"delimiter": ";"})),
    ("populism/vparty.RData", Unread("a workspace of R, which would run as a program")),
    ("populism/vparty_*.csv", Table("country_text_id", "year", "v2xpa_popul|v2pavote", ("v2paid",))),
    ("reference/*", Unread("names, codes and shapes of countries")),
    ("sdmx_other/*", Elsewhere("test_sdmx_messages")),
    ("socrata/catalog/*", Unread("a catalogue of datasets, no figures")),
    ("socrata/sodapy_cassettes/test_get_csv.yaml", Elsewhere("test_cities_and_police")),
    ("socrata/sodapy_cassettes/test_get_missing.yaml", Elsewhere("test_cities_and_police")),
    ("socrata/*/*", Unread("recordings of catalogues and descriptions")),
    ("un_sdg/api_v1/*", Elsewhere("test_united_nations")),
    ("un_sdg/availability/*", Unread("a list of what is available, in prose")),
    ("un_sdg/*/ddf--entities--*", Unread("names of codes")),
    ("un_sdg/*/ddf--datapoints--*", Elsewhere("test_united_nations")),
    ("un_sdg/sdmx/*", Elsewhere("test_sdmx_messages")),
    ("un_sdg/sdmx_rwanda/*", Elsewhere("test_sdmx_messages")),
    ("undesa/gapminder_ims_2024/*.csv", Table("country", "time", "(?:e|im)migrant_(?:n|pc)")),
    ("undesa/*", Elsewhere("test_united_nations")),
    ("unhcr/api/*", Elsewhere("test_people")),
    ("unhcr/download/*.csv", Table("Country of Asylum ISO", "Year", "Refugees|Asylum Seekers|Stateless|HST|OOC",
                                   ("Country of Origin",))),
    ("unhcr/hdx_csv/*", Elsewhere("test_people")),
    ("unhcr/operational/*.json", Elsewhere("test_people")),
    ("unhcr/refugees_2025_12/*.rda", Unread("objects of R; the CSV files beside them hold the same")),
    ("unhcr/refugees_2025_12/population_pairs*.csv", Table("coa_iso", "year", UNHCR, ("coo_iso",))),
    ("unhcr/refugees_2025_12/asylum_*_by_asylum*.csv", Table(
        "coa_iso", "year", "applied|dec_(?!pc|level).*", ("procedure_type", "dec_level"))),
    ("unhcr/refugees_2025_12/asylum_*_by_origin*.csv", Table("coo_iso", "year", "applied", ("app_type", "app_pc"))),
    ("unhcr/refugees_2025_12/*_by_asylum*.csv", Table("coa_iso", "year", UNHCR)),
    ("unhcr/refugees_2025_12/*_by_origin*.csv", Table("coo_iso", "year", UNHCR)),
    ("worldbank/api/*", Elsewhere("test_world_bank")),
    ("worldbank/download/*", Elsewhere("test_world_bank")),
    ("worldbank/download_2023/*.csv", Table("Country Code", "Year", "Value")),
    ("worldbank/download_2023/knomad*.xlsx", Table("Remittance inflows .*", "(?P<time_period>[0-9]{4}).*",
                                                   "[0-9]{4}.*", reader="excel", options={"missing": {}})),
    ("worldbank/download_2023/*.xls", Elsewhere("test_world_bank")),
    ("worldbank/download_2026/*.csv", Table("Country Code", "(?P<time_period>[0-9]{4})", "[0-9]{4}")),
    ("worldbank/population.csv", Table("Country Code", "Year", "Value")),
    ("worldbank/population.datapackage.json", Unread("a description")),
    ("worldbank/v2_bodies/*", Elsewhere("test_world_bank")),
    ("worldbank/v2_cassettes/*", Unread("recordings, whose bodies stand in v2_bodies")),
]


def fate(path: Path) -> Elsewhere | Unread | Table:
    """What the table says of a file."""
    name = path.relative_to(DATA)
    return next((how for pattern, how in TABLE if name.match(pattern) and len(Path(pattern).parts) == len(name.parts)),
                Unread(""))


EVERY = sorted(path for path in DATA.rglob("*") if path.is_file()) if DATA.is_dir() else []


@genuine
def test_every_file_is_accounted_for() -> None:
    fates = {path: fate(path) for path in EVERY}
    assert len(EVERY) == 245  # 243 in PROVENANCE.md, itself and COVERAGE.md
    assert [str(p) for p, how in fates.items() if isinstance(how, Unread) and not how.why] == []
    used = {id(how) for how in fates.values()}
    assert [pattern for pattern, how in TABLE if id(how) not in used] == []
    modules = {how.module for how in fates.values() if isinstance(how, Elsewhere)}
    assert [m for m in modules if not Path(__file__).with_name(f"{m}.py").is_file()] == []


def grid(path: Path, how: Table) -> Iterator[dict[str, str]]:
    """The independent reading: rows as text, by heading."""
    if path.suffix == ".xlsx":
        import openpyxl

        sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
        head, *rows = sheet.iter_rows(values_only=True)
        for row in rows:
            yield {str(h): "" if c is None else str(c) for h, c in zip(head, row, strict=False) if h is not None}
    else:
        with path.open(encoding="utf-8-sig", newline="") as text:
            yield from csv.DictReader(text, delimiter=how.options.get("delimiter", ","))


def numbers(cells: Iterator[str], how: Table) -> list[float]:
    plain = (cell.strip().replace(how.options.get("thousands") or "\0", "") for cell in cells)
    return [float(cell) for cell in plain if re.fullmatch(r"[-+]?[0-9.]+(e[-+]?[0-9]+)?", cell, re.IGNORECASE)]


def declared(path: Path, how: Table) -> tuple[Any, list[float]]:
    """The source of a file, and the numbers that stand in it."""
    rows = list(grid(path, how))
    columns, constants = {}, {}
    for name, given in (("ref_area", how.area), ("time_period", how.time)):
        if given.startswith("="):
            constants[name] = given[1:]
        elif not given.startswith("(?P"):
            columns[name] = next(h for h in rows[0] if re.fullmatch(given, h))
    columns |= {f"dim_{n}": heading for n, heading in enumerate(how.dims)}
    melt = how.time if how.time.startswith("(?P") else f"(?P<measure>{how.values})"
    figures = [h for h in rows[0] if re.fullmatch(how.values, h)]
    at = columns.get("time_period", "")
    years = how.years or {r[at]: r[at][:10].removesuffix(".0") for r in rows if at}
    recodes = {"ref_area": {r[columns["ref_area"]].strip(): r[columns["ref_area"]].strip() for r in rows
                            if r[columns["ref_area"]].strip()}} if "ref_area" in columns else {}
    options = {"columns": columns, "constants": constants, "melt": melt, **how.options}
    kept = [r for r in rows if "ref_area" not in columns or r[columns["ref_area"]].strip()]
    return (source(how.reader, options=options, recodes=recodes | ({"time_period": years} if years else {})),
            numbers((r[h] or "" for r in kept for h in figures), how))


@genuine
@pytest.mark.parametrize("path", [pytest.param(p, id=p.relative_to(DATA).as_posix()) for p in EVERY
                                  if isinstance(fate(p), Table)])
def test_a_table_is_read_by_declaration_alone(path: Path) -> None:
    how = fate(path)
    assert isinstance(how, Table)
    given, expected = declared(path, how)
    frame = read([path], given)
    assert expected, "the independent reading found no numbers"
    assert frame["obs_value"].count() == len(expected)
    assert math.isclose(total(frame), math.fsum(expected), rel_tol=1e-12)


@genuine
def test_lists_and_descriptions_are_refused_in_words() -> None:
    answer = json.loads((DATA / "iom/dtm_api/displacement-country-list.json").read_text(encoding="utf-8"))
    body = json.dumps(answer).encode()
    with pytest.raises(UnreadableData, match="no row has 'numPresentIdpInd'"):
        read(body, source("json_rows", options={"rows": "result", "columns": {
            "ref_area": "admin0Pcode", "time_period": "admin0Name", "obs_value": "numPresentIdpInd"}}))
