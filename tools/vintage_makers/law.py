"""Law: two citizenships at once (GLOBALCIT, since 2000), and domestic work (ILO convention 189, since 2012)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from monitor import area
from vintage_makers import areas
from vintage_makers.compact import Row, Terms, Vintage, read

GLOBALCIT = Terms(
    "globalcit",
    "Global Citizenship Observatory, European University Institute",
    "CC BY 4.0 (stated for version 3.0 on the publisher's page; version 3.1 not read)",
    "Vink, van der Baaren, Bauböck, Džankić, Honohan and Manby (2025), GLOBALCIT Citizenship Law Dataset, v3.1",
)
ILO = Terms(
    "ilo",
    "International Labour Organization",
    "facts (terms of the page not read)",
    "International Labour Organization, ratifications of convention 189, as listed by the Swiss Federal Chancellery",
)
SINCE = 2000
#: rules of law, present 1 or absent 0; an absent rule is a second citizenship allowed
MODES = {"L05": "L05_bin", "A06b": "A06b_bin"}
#: category of A06b in states without naturalisation by residence, where the question does not arise
NO_NATURALISATION = "9"
C189_SINCE, C189_AS_OF = 2012, "2020-10-05"


def make(folder: Path) -> Iterator[Vintage]:
    """Both publishers."""
    path = folder / "law/globalcit_data_v3.1_country-year.csv"
    yield Vintage(
        GLOBALCIT,
        "dual_citizenship",
        "1 = allowed, 0 = not allowed",
        "2026-05-04",
        "https://hdl.handle.net/1814/73190",
        "publisher file: country-year data of version 3.1, in the public repository maarten-vink/globalcit-L05-europe",
        (path,),
        list(_allowed(path)),
    )
    ratified, members = folder / "law/ilo/c189_ratifications_2020-10-05.csv", folder / "law/unt_2022/hr_status_crc.csv"
    yield Vintage(
        ILO,
        "C189",
        "1 = party, 0 = not party",
        C189_AS_OF,
        "https://lexaris.io/book/version/documentflat/head/229609",
        "transcribed from pages: the Swiss list of the States party on 5 October 2020; all other members of the United "
        "Nations are not party",
        (ratified, members),
        list(_parties(ratified, members)),
    )


def _allowed(path: Path) -> Iterator[Row]:
    """The law on 1 January of each year: 1 where the rule that takes the other citizenship away is absent."""
    for line in read(path):
        code = areas.from_iso3(line["iso3"])  # None for States that are no more
        for mode, column in MODES.items():
            open_question = mode == "A06b" and line["A06b_cat"] == NO_NATURALISATION
            if code and int(line["year"]) >= SINCE and line[column] in ("0", "1") and not open_question:
                yield {"ref_area": code, "time_period": line["year"], "mode": mode,
                       "obs_value": str(1 - int(line[column]))}


def _parties(ratified: Path, members: Path) -> Iterator[Row]:
    """1 from the year of ratification on. The list is complete, so whoever is not on it is not party."""
    since = {line["iso3"]: int(line["ratification"][:4]) for line in read(ratified)}
    codes = {area.from_iso2({"TP": "TL"}.get(line["iso2"], line["iso2"])) for line in read(members)}
    if unknown := since.keys() - codes:
        raise ValueError(f"{ratified.name}: {sorted(unknown)} are no members of the United Nations")
    for code in filter(None, codes):
        for year in range(C189_SINCE, int(C189_AS_OF[:4]) + 1):
            yield {"ref_area": code, "time_period": str(year), "obs_value": str(int(since.get(code, 9999) <= year))}
