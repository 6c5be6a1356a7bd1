"""Registers: single figures and facts kept as cited rows (ODIHR official figures, UN treaty status)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from monitor import area
from vintage_makers.compact import Row, Terms, Vintage, read

ODIHR = Terms(
    "odihr",
    "OSCE Office for Democratic Institutions and Human Rights",
    "OSCE: free for educational and other non-commercial use with acknowledgement",
    "OSCE/ODIHR, Hate Crime Report, official data",
)
TREATIES = Terms(
    "un_treaty_collection",
    "United Nations Treaty Collection",
    "facts (site terms not seen)",
    "United Nations Treaty Collection, status of treaties",
)
CITED = ("source_url", "archived_url", "retrieved_on", "confidence", "note")
ODIHR_COLUMNS = ("id", "ref_area", "time_period", "measure", "obs_value", "obs_status", "raw", *CITED)
TREATY_COLUMNS = ("id", "ref_area", "instrument", "action", "date", "status_as_of", *CITED)

MEASURES = {
    "recorded": "Hate crimes recorded by police",
    "prosecuted": "Prosecuted",
    "sentenced": "Sentenced",
}
#: what a cell without a number says, in SDMX's words: exists but not collected, missing, cannot exist
EMPTY = {"Not available": "L", "-": "O", "N/A": "M"}
#: the pages were read between 2021 and 2025; the register keeps the last day of that span
ODIHR_READ = "2025-12-31"
OTHER_SYSTEM = "from another system and other years than the police figure: no rate can be formed"
ODIHR_NOTES = {
    ("FIN", "", "prosecuted"): "covers other offences than the police figure",
    ("FIN", "", "sentenced"): "covers other offences than the police figure",
    ("SWE", "2022", "recorded"): "the page first printed '-'; the figure was added later",
    ("CAN", "2022", "prosecuted"): "added to the page in October 2024",
}

#: treaty -> its number on the publisher's page
INSTRUMENTS = {"ICRMW": "13", "ICERD": "2", "CEDAW": "8", "CRC": "11", "ICCPR": "4", "CAT": "9", "OP-CRC-SC": "11-c"}
FILES = {"ICRMW": "icmw", "OP-CRC-SC": "op_crc_sc"}
#: the file counts a state as party by the United Kingdom's ratification before independence
COLONIAL = "tied to"
#: codes ISO 3166-1 has withdrawn, still in the files
WITHDRAWN = {"TP": "TL"}
ACTIONS = {"state party": "party", "signatory state": "signatory", "no action": "none"}
TREATY_PAGE = "https://treaties.un.org/Pages/ViewDetails.aspx?src=TREATY&mtdsg_no=IV-{}&chapter=4"


def make(folder: Path) -> Iterator[Vintage]:
    """Both registers."""
    pages = folder / "hate_crime/odihr"
    files = (pages / "odihr_official_data.csv", pages / "odihr_official_data_more.csv")
    yield Vintage(
        ODIHR,
        "hate_crime_odihr",
        "crimes recorded by police; persons or cases prosecuted, sentenced",
        ODIHR_READ,
        "https://hatecrime.osce.org/hate-crime-data",
        "transcribed from pages: the official data table of each country page, cells kept as printed",
        files,
        _official(files),
        columns=ODIHR_COLUMNS,
    )
    law = folder / "law/unt_2022"
    by_instrument = {name: law / f"hr_status_{FILES.get(name, name.lower())}.csv" for name in INSTRUMENTS}
    yield Vintage(
        TREATIES,
        "treaties",
        "status",
        "2022-08-31",
        "https://treaties.un.org/Pages/Treaties.aspx?id=4&subid=A",
        "re-serialised by a third party: the public repository "
        "world-politics-datalab/humanrights-treaties-ratification-status",
        tuple(by_instrument.values()),
        [row for name, path in by_instrument.items() for row in _status(name, path)],
        columns=TREATY_COLUMNS,
    )


def _official(files: tuple[Path, ...]) -> list[Row]:
    """Every cell of the tables, one row; the later file wins a cell that stands in both, and says so."""
    cells: dict[str, Row] = {}
    for path in files:
        for line in read(path):
            for row in _cells(line):
                before = cells.get(row["id"])
                if before and before["raw"] != row["raw"]:
                    row["note"] = "; ".join(filter(None, (row["note"], f"earlier page: {before['raw']}")))
                cells[row["id"]] = row
    return list(cells.values())


def _cells(line: Row) -> Iterator[Row]:
    """Recorded, prosecuted and sentenced of one country and year."""
    country, year = line["iso3"], line["Year"]
    for measure, column in MEASURES.items():
        raw = line[column]
        value = "" if raw in EMPTY else str(int(raw.replace(",", "")))
        notes = [
            OTHER_SYSTEM if value and measure != "recorded" else "",
            ODIHR_NOTES.get((country, "", measure), "") if value else "",
            ODIHR_NOTES.get((country, year, measure), "") if value else "",
        ]
        yield {
            "id": f"ODIHR-{country}-{year}-{measure}",
            "ref_area": country,
            "time_period": year,
            "measure": measure,
            "obs_value": value,
            "obs_status": EMPTY.get(raw, ""),
            "raw": raw,
            "source_url": line["page_url"],
            "archived_url": "",
            "retrieved_on": ODIHR_READ,
            "confidence": "high",
            "note": "; ".join(filter(None, notes)),
        }


def _status(instrument: str, path: Path) -> Iterator[Row]:
    """One row per UN member. Columns that contradict each other, and colonial ratifications, count as low."""
    for line in read(path):
        code = area.from_iso2(WITHDRAWN.get(line["iso2"], line["iso2"]))
        if code is None:
            raise ValueError(f"{path.name}: {line['member']} has the unknown code {line['iso2']}")
        flags = (line["state party"], line["signatory"], line["no action"])
        consistent = flags.count("1") == 1 and flags.count("0") == 2
        clear = consistent and COLONIAL not in line["note"]
        notes = ["" if consistent else "the source's columns contradict each other", line["note"]]
        notes += [] if clear else ["check the page"]
        yield {
            "id": f"UNTC-{code}-{instrument}",
            "ref_area": code,
            "instrument": instrument,
            "action": ACTIONS[line["status"]],
            "date": line["year ratification or accession"],
            "status_as_of": "2022-08",
            "source_url": TREATY_PAGE.format(INSTRUMENTS[instrument]),
            "archived_url": "",
            "retrieved_on": "2022-08-31",
            "confidence": "high" if clear else "low",
            "note": "; ".join(filter(None, notes)),
        }
