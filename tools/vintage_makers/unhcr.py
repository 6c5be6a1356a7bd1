"""UNHCR Refugee Population Statistics, from sums over the R data package of UNHCR's statisticians."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from vintage_makers.areas import from_iso3
from vintage_makers.compact import Row, Terms, Vintage, read

TERMS = Terms("unhcr", "UNHCR", "CC-BY-4.0", "UNHCR, Refugee Population Statistics Database")
API = "https://api.unhcr.org/population/v1"
#: stocks go further back than the larger tables of procedures
STOCKS_FROM, FLOWS_FROM = "2005", "2010"
#: the publisher's columns, of which each becomes a code of one dimension
STOCKS = (
    "refugees", "asylum_seekers", "returned_refugees", "idps", "returned_idps",
    "stateless", "ooc", "oip", "hst",
)  # fmt: skip
DECISIONS = ("dec_recognized", "dec_other", "dec_rejected", "dec_closed", "dec_total")
SOLUTIONS = ("returned_refugees", "resettlement", "naturalisation", "returned_idps")
#: first instance, alone or in one step with the appeal, and the two first instances of the United States
FIRST_INSTANCE = ("FI", "FA", "EO", "IN")


def make(folder: Path) -> Iterator[Vintage]:
    """Stocks by asylum and by origin, applications, decisions, solutions."""
    package = folder / "unhcr/refugees_2025_12"

    def of(series: str, name: str, unit: str, answer: str, rows: Callable[[Path], Iterator[Row]]) -> Vintage:
        path = package / f"{name}.DERIVED.csv"
        origin = (
            "derived: sums over the other country of each pair, from the R data package in the public "
            "repository PopulationStatistics/refugees (version 2025.12.1)"
        )
        return Vintage(
            TERMS, series, unit, "2026-06-30", f"{API}/{answer}/", origin, (path,), list(rows(path))
        )

    yield of("population", "population_by_asylum", "persons", "population", _population)
    yield of("population_origin", "population_by_origin", "persons", "population", _origin)
    yield of(
        "asylum_applications",
        "asylum_applications_by_asylum",
        "persons",
        "asylum-applications",
        _applications,
    )
    yield of("asylum_decisions", "asylum_decisions_by_asylum", "persons", "asylum-decisions", _decisions)
    yield of("solutions", "solutions_by_asylum", "persons a year", "solutions", _solutions)


def _lines(path: Path, country: str, since: str = FLOWS_FROM) -> Iterator[Row]:
    """Lines of the years that ship, of countries (UNK, XXA and TIB are none)."""
    for line in read(path):
        if line["year"] >= since and from_iso3(line[country]):
            yield line | {"ref_area": line[country], "time_period": line["year"]}


def _long(line: Row, dimension: str, codes: tuple[str, ...], keep: tuple[str, ...] = ()) -> Iterator[Row]:
    """One row per code; an empty cell is no observation."""
    for code in codes:
        if line[code]:
            kept = {column: line[column] for column in ("ref_area", "time_period", *keep)}
            yield kept | {dimension: code, "obs_value": line[code]}


def _population(path: Path) -> Iterator[Row]:
    """Stocks by country of asylum. A type that is 0 in every year of a country is left out."""
    series: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for line in _lines(path, "coa_iso", STOCKS_FROM):
        for row in _long(line, "population_type", STOCKS):
            series[row["ref_area"], row["population_type"]].append(row)
    for rows in series.values():
        if any(row["obs_value"] != "0" for row in rows):
            yield from rows


def _origin(path: Path) -> Iterator[Row]:
    """Refugees by country of origin."""
    for line in _lines(path, "coo_iso", STOCKS_FROM):
        yield from _long(line, "population_type", ("refugees",))


def _applications(path: Path) -> Iterator[Row]:
    """New applications, persons; procedure and level stay apart and are never added here."""
    for line in _lines(path, "coa_iso"):
        if (line["app_type"], line["app_pc"]) == ("N", "P"):
            kept = ("ref_area", "time_period", "procedure_type", "app_type", "dec_level", "app_pc")
            yield {column: line[column] for column in kept} | {"obs_value": line["applied"]}


def _decisions(path: Path) -> Iterator[Row]:
    """Decisions at first instance, persons, by outcome."""
    for line in _lines(path, "coa_iso"):
        if line["dec_pc"] == "P" and line["dec_level"] in FIRST_INSTANCE:
            yield from _long(line, "decision", DECISIONS, ("procedure_type", "dec_level", "dec_pc"))


def _solutions(path: Path) -> Iterator[Row]:
    """Flows of a year: returns, resettlement, naturalisation."""
    for line in _lines(path, "coa_iso"):
        yield from _long(line, "solution", SOLUTIONS)
