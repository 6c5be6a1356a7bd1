"""Hate crime recorded by police: FBI (states of the US) and Home Office (England and Wales)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from vintage_makers.compact import Row, Terms, Vintage, read

FBI = Terms(
    "fbi",
    "Federal Bureau of Investigation",
    "Public domain (US federal work)",
    "FBI, Uniform Crime Reporting Program, Hate Crime Statistics",
)
HOME_OFFICE = Terms(
    "uk_home_office",
    "Home Office",
    "OGL-UK-3.0 (unconfirmed)",
    "Home Office, Hate crime, England and Wales",
)
#: the FBI's one postal code that is not the code of ISO 3166-2
NEBRASKA = {"NB": "NE"}
ENGLAND_AND_WALES = "GB-EAW"


def make(folder: Path) -> Iterator[Vintage]:
    """Both publishers."""
    path = folder / "hate_crime/fbi/incidents_by_state_year_2009_2020.DERIVED.csv"
    yield Vintage(
        FBI,
        "hate_crime_incidents",
        "incidents",
        "2021-12-31",
        "https://cde.ucr.cjis.gov/LATEST/webapp/#/pages/downloads",
        "derived: incidents of the publisher's hate crime file counted by state and year, from the public "
        "repository jeffdubo/us-hate-crimes",
        (path,),
        list(_incidents(path)),
    )
    path = folder / "hate_crime/uk/england_wales_key_results.csv"
    yield Vintage(
        HOME_OFFICE,
        "hate_crime_recorded",
        "offences",
        "2024-12-31",
        "https://www.gov.uk/government/collections/hate-crime-statistics",
        "transcribed from pages: key results as printed; the page is named in each row's comment",
        (path,),
        list(_recorded(path)),
    )


def _incidents(path: Path) -> Iterator[Row]:
    """States, and the United States as their sum; agencies report voluntarily, and states are missing."""
    years: dict[str, list[int]] = defaultdict(list)
    for line in read(path):
        years[line["incident_year"]].append(int(line["incidents"]))
        state = NEBRASKA.get(line["state_abbr"], line["state_abbr"])
        yield {
            "ref_area": f"US-{state}",
            "time_period": line["incident_year"],
            "obs_value": line["incidents"],
        }
    for year, counts in years.items():
        yield {
            "ref_area": "USA",
            "time_period": year,
            "obs_value": str(sum(counts)),
            "comment_obs": f"sum of the {len(counts)} areas (states, DC) in the file",
        }


def _recorded(path: Path) -> Iterator[Row]:
    """Years ending in March: 'year ending March 2024' is 2023/24. A caveat printed with a row makes it D."""
    for line in read(path):
        end = int(line["period"].removeprefix("year ending March "))
        partial = line["note"].startswith("excluding")
        comment = "; ".join(part for part in (line["note"], line["page_url"]) if part)
        for strand, column in (("_T", "hate crimes recorded"), ("race", "of which race")):
            yield {
                "ref_area": ENGLAND_AND_WALES,
                "time_period": f"{end - 1}/{end % 100:02}",
                "strand": strand,
                "obs_value": line[column].replace(",", ""),
                "obs_status": "D" if partial else "",
                "comment_obs": comment,
            }
