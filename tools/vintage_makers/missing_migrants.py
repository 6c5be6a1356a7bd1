"""IOM Missing Migrants Project: dead and missing a year, by region of incident. No incident ships."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from vintage_makers.compact import Row, Terms, Vintage, read

TERMS = Terms(
    "iom_missing_migrants",
    "International Organization for Migration",
    "CC-BY-4.0",
    "IOM, Missing Migrants Project",
)
TOTAL = "_T"
ANSWERS = ("2014", "2019", "2023")
ANSWER = "per-year answer (JSON), saved in 2025"
DOWNLOAD = "publisher's download of 2023 (data to July 2023)"
MERGED = "incidents recoded by neocarto/missing-migrants, 2026-04-17; no region named"

#: year -> region of incident -> dead and missing
Sums = dict[str, Counter[str]]


def make(folder: Path) -> Iterator[Vintage]:
    """One file: per year the newest complete genuine incident file, named in the comment of each row."""
    iom = folder / "iom"
    answers = [iom / "missing_migrants_api" / f"{year}-json.json" for year in ANSWERS]
    download = iom / "missing_migrants_csv/global_2014_2023-05.csv"
    merged = iom / "missing_migrants_csv/neocarto_1993_2026.csv"
    used = [(_merged(merged), MERGED), (_download(download), DOWNLOAD)]
    used += [({year: _answer(path)}, ANSWER) for year, path in zip(ANSWERS, answers, strict=True)]
    best = {year: (sums, comment) for by_year, comment in used for year, sums in by_year.items()}
    yield Vintage(
        TERMS,
        "deaths",
        "persons dead or missing",
        "2026-04-17",
        "https://missingmigrants.iom.int/downloads",
        "derived: sums of incident files in the public repositories OCHA-DAP/hdx-scraper-iom-missingmigrants "
        "(2014, 2019, 2023), Dantedanette0/Global-missing-migrants-data-analysis (2015-2018, 2020-2022) and "
        "neocarto/missing-migrants (2024, 2025)",
        (*answers, download, merged),
        [row for year, (sums, comment) in best.items() for row in _rows(year, sums, comment)],
    )


def _answer(path: Path) -> Counter[str]:
    """A per-year answer; every line counts, split incidents share an id."""
    sums: Counter[str] = Counter()
    for incident in json.loads(path.read_text(encoding="utf-8")):
        sums[incident["region"]] += int(incident["total_dead_and_missing"] or 0)
    return sums


def _download(path: Path) -> Sums:
    """The publisher's CSV, its complete years."""
    sums: Sums = {}
    for incident in read(path):
        year = incident["Incident year"]
        if "2014" <= year <= "2022":
            count = int(incident["Total Number of Dead and Missing"])
            sums.setdefault(year, Counter())[incident["Region of Incident"]] += count
    return sums


def _merged(path: Path) -> Sums:
    """The two years no other file has; it names no region."""
    sums: Sums = {}
    for incident in read(path):
        if incident["year"] in ("2024", "2025"):
            sums.setdefault(incident["year"], Counter())[""] += int(incident["nb"])
    return sums


def _rows(year: str, sums: Counter[str], comment: str) -> Iterator[Row]:
    """The world total, and the regions where the file names them."""
    regions = {TOTAL: sum(sums.values())} | {region: count for region, count in sums.items() if region}
    for region, count in regions.items():
        yield {
            "ref_area": "001",
            "time_period": year,
            "region": region,
            "obs_value": str(count),
            "comment_obs": comment,
        }
