"""A made-up project with a past: two indicators whose figures their publisher revises, and a store to keep answers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from monitor import vintages
from monitor.project import Project, load
from monitor.results import Snapshot

PROJECT = """
about: {title: Made up, made_by: The tests, purpose: To test a past.}
languages: [en]
scorecards: [DEU, KEN]
recommendations:
  - {id: T1, title: Cheaper, text: Make it cheaper., source: Invented, year: 2016, date_certainty: stated,
     addressed_to: [states]}
indicators:
  - {id: COST, title: Cost, definition: Invented., answers: [T1], kind: outcome, direction: down_good, unit: "%",
     scale: percent, bounds: [0, 100], baseline: {period: 2015}, max_age: P9Y, checks: {revision: {}},
     targets: [{value: 3, period: 2030, announced: 2015, citation: SDG target 10.c}],
     data: {source: office, series: cost}}
  - {id: RATIO, title: Ratio, definition: Invented., answers: [T1], kind: outcome, direction: up_good, unit: "%",
     scale: ratio, max_age: P9Y, no_target: None was promised.,
     data: {parts: {a: {source: office, series: cost}, b: {source: office, series: pay}}, formula: b / a}}
"""
SOURCE = """
title: An office
publisher: Office
official: true
homepage: https://example.org
licence: {{name: CC0, confirmed: true}}
citation: "Office, {{series}}"
reader: csv_table
endpoint: "{endpoint}/{{series}}"
per_minute: 100000
options: {{columns: {{ref_area: area, time_period: year, obs_value: value, obs_status: flag}}}}
series: {{cost: {{title: Cost, unit: "%"}}, pay: {{title: Pay, unit: "%"}}}}
"""
#: falls fast enough for 3 % by 2030
COST = {"2015": 10.0, "2017": 9.0, "2019": 8.0, "2021": 6.0, "2023": 4.0}
PAY = {"2015": 50.0, "2019": 60.0, "2023": 70.0}


def table(values: Mapping[str, float | str | None], areas: tuple[str, ...] = ("DEU", "KEN")) -> bytes:
    """The publisher's CSV: the same figures for each area; ``"5 E"`` is a value with a flag, None a missing one."""
    lines = ["area,year,value,flag"]
    for area in areas:
        for year, value in values.items():
            number, _, flag = ("" if value is None else str(value)).partition(" ")
            lines.append(f"{area},{year},{number},{flag}")
    return ("\n".join(lines) + "\n").encode()


def project(folder: Path, endpoint: str = "https://example.org", text: str = PROJECT) -> Project:
    """The project in a folder of its own, with nothing kept."""
    (folder / "sources").mkdir(parents=True, exist_ok=True)
    (folder / "indicators.yaml").write_text(text, encoding="utf-8")
    (folder / "sources/office.yaml").write_text(SOURCE.format(endpoint=endpoint), encoding="utf-8")
    return load(folder)


def keep(held: Project, series: str, body: bytes, retrieved: str) -> Snapshot:
    """Keep an answer as if it had been fetched then."""
    given = Snapshot("office", series, "csv_table", (body,), vintages.sha256(body), f"https://example.org/{series}",
                     retrieved, "live", licence="CC0", publisher="Office", citation=f"Office, {series}", unit="%")
    return vintages.keep(held.store, given)
