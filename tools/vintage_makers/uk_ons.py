"""Office for National Statistics: the survey of crime in England and Wales, as its SDG site gives it (16.b.1)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from vintage_makers.compact import Row, Terms, Vintage, read

TERMS = Terms(
    "uk_ons",
    "Office for National Statistics",
    "OGL-UK-3.0",
    "Office for National Statistics, Crime Survey for England and Wales, UK data for the SDGs, 16.b.1",
)
PAGE = "https://github.com/ONSdigital/sdg-data/blob/{}/data/indicator_16-b-1.csv"
COMMIT = "b68b9d92341d106c2ce1535d6efe7cc0a30b322c"
#: the dimensions that ship; an empty cell is the total, a row broken down by anything else is left out
DIMENSIONS = {"strand": "Type of hate crime", "ethnicity": "Ethnicity", "sex": "Sex", "area_type": "Urban or rural"}
OTHERS = ("Age", "Disability status", "Household income")


def make(folder: Path) -> Iterator[Vintage]:
    """Adults who met a hate crime: years of two or three surveys joined, named by the last of them."""
    path = folder / "open_sdg/uk/data/indicator_16-b-1.csv"
    yield Vintage(
        TERMS,
        "hate_crime_survey",
        "% of adults",
        "2020-10-13",
        PAGE.format(COMMIT),
        "publisher file: the CSV of the publisher's public repository ONSdigital/sdg-data",
        (path,),
        list(_rows(path)),
    )


def _rows(path: Path) -> Iterator[Row]:
    """Rows broken down by one dimension at most. ``2017/18 to 2019/20`` is kept as 2019/20, with a comment."""
    for line in read(path):
        codes = {name: line[column] or "_T" for name, column in DIMENSIONS.items()}
        broken_down = [code for code in codes.values() if code != "_T"]
        if len(broken_down) > 1 or any(line[column] for column in OTHERS):
            continue
        yield codes | {
            "ref_area": "GB-EAW",
            "time_period": line["Year"].split(" to ")[-1],
            "obs_value": line["Value"],
            "obs_status": "" if line["Value"] else "O",
            "comment_obs": f"surveys of {line['Year']} joined",
        }
