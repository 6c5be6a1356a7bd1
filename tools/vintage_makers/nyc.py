"""NYC Open Data: hate crime complaints (counted, never shipped one by one) and municipal identity cards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from monitor import disclosure
from monitor.model import Disclosure
from vintage_makers.compact import Row, Terms, Vintage, read

CITY = "USNYC"
TOTAL = "_T"
#: a breakdown with fewer complaints than its ``fine`` is not printed, nor what would let a reader work it out
RULE = Disclosure()
#: the last year of the export, and the last day it has
UNFINISHED, DATA_TO = "2024", "2024-09-30"

POLICE = Terms(
    "nyc_open_data",
    "New York City Police Department, NYC Open Data",
    "NYC Open Data terms of use",
    "NYC Open Data, NYPD Hate Crimes (bqiq-cu78)",
)
CARDS = Terms(
    "nyc_open_data",
    "NYC Human Resources Administration, NYC Open Data",
    "NYC Open Data terms of use",
    "NYC Open Data, IDNYC Applications and Cards Issued (rtmc-bhid)",
)

#: (year, offense_category, bias_motive) -> complaint numbers
Cells = dict[tuple[str, str, str], set[str]]


def make(folder: Path) -> Iterator[Vintage]:
    """Both datasets."""
    path = folder / "nyc/NYPD_Hate_Crimes_20241206.csv"
    yield Vintage(
        POLICE,
        "bqiq-cu78",
        "complaints",
        "2024-12-06",
        "https://data.cityofnewyork.us/resource/bqiq-cu78.csv",
        "derived: distinct complaints counted in the publisher's CSV export of 2024-12-06, kept in the "
        "public repository nielsenau/2024-10-nypd-hate-crime-analysis",
        (path,),
        list(_complaints(path)),
    )
    path = folder / "nyc/idnyc_annual_2015_2024.csv"
    yield Vintage(
        CARDS,
        "rtmc-bhid",
        "number per year",
        "2024-07-31",
        "https://data.cityofnewyork.us/resource/rtmc-bhid.csv",
        "transcribed from pages: yearly sums printed in a notebook of the public repository "
        "Eric-Conn/IDNYC_Project, from its export of 2024-07-31",
        (path,),
        list(_cards(path)),
    )


def _complaints(path: Path) -> Iterator[Row]:
    """Distinct complaints, all and with an arrest, by year: in total, by category, by motive.

    The file has a row per violation and per arrest, so rows are never counted.
    """
    every: Cells = defaultdict(set)
    arrested: Cells = defaultdict(set)
    for line in read(path):
        year, complaint = line["Complaint Year Number"], line["Full Complaint ID"]
        cells = (
            (year, TOTAL, TOTAL),
            (year, line["Offense Category"], TOTAL),
            (year, TOTAL, line["Bias Motive Description"]),
        )
        for cell in cells:
            every[cell].add(complaint)
            if line["Arrest Id"]:
                arrested[cell].add(complaint)
    counts = {
        (measure, *cell): len(held[cell])
        for cell in every
        for measure, held in (("complaints", every), ("complaints_with_arrest", arrested))
    }
    for (key, count), gone in zip(counts.items(), _withheld(counts), strict=True):
        yield _cell(*key, count, gone)


def _withheld(counts: dict[tuple[str, str, str, str], int]) -> list[bool]:
    """Which counts are not printed, by the rule that editions follow."""
    cells = []
    for (measure, year, category, motive), count in counts.items():
        broken_down = f"offense_category={category}" if category != TOTAL else f"bias_motive={motive}"
        breakdown = TOTAL if category == motive == TOTAL else broken_down
        at = (measure, CITY, breakdown, year, f"{measure};{category};{motive}")
        cells.append((*at, float(count), "A", True, False, False))
    frame = pl.DataFrame(cells, schema=disclosure.CELLS, orient="row")
    return disclosure.withheld(frame, RULE).to_list()


def _cell(measure: str, year: str, category: str, motive: str, count: int, withheld: bool) -> Row:
    """One count, if it may be printed; the unfinished year is marked."""
    unfinished = year == UNFINISHED
    return {
        "ref_area": CITY,
        "time_period": year,
        "measure": measure,
        "offense_category": category,
        "bias_motive": motive,
        "obs_value": "" if withheld else str(count),
        "obs_status": "Q" if withheld else "D" if unfinished else "",
        "comment_obs": f"{int(DATA_TO[5:7])} of 12 months; complaints recorded to {DATA_TO}" if unfinished else "",
    }


def _cards(path: Path) -> Iterator[Row]:
    """Applications and cards a year; a year without all twelve months is marked D."""
    columns = {"applications": "IDNYC Applications", "cards_issued": "IDNYC Cards Issued"}
    for line in read(path):
        months = int(line["Months with a row"])
        for measure, column in columns.items():
            yield {
                "ref_area": CITY,
                "time_period": line["Year"],
                "measure": measure,
                "obs_value": line[column],
                "obs_status": "" if months == 12 else "D",
                "comment_obs": "" if months == 12 else f"{months} of 12 months",
            }
