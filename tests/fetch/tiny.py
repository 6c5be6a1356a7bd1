"""A project with one indicator on one invented source, whose publisher is the local server; and its good answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from monitor.project import Project, load

AS_OF, NOW, EARLIER = date(2026, 11, 22), "2026-11-22T12:00:00+00:00", "2026-10-01T08:00:00+00:00"
Figures = Sequence[tuple[str, int, float]]
#: falling, no value twice in a series
FIGURES: Figures = [(area, year, round(top - 0.71 * (year - 2015) + 0.01 * (year % 3), 2))
                    for area, top in (("DEU", 12.4), ("FRA", 11.3)) for year in range(2015, 2026)]  # fmt: skip
BEFORE = [figure for figure in FIGURES if figure[1] < 2025]  # what an answer of earlier held
PATH = "/data/T.COST"


def csv(figures: Figures = FIGURES, unit: str = "PC", area: str = "area") -> bytes:
    """The figures as the office prints them."""
    return "\n".join([f"{area},year,value,unit,note", *(f"{a},{y},{v},{unit},Zürich" for a, y, v in figures)]).encode()


def page(figures: Figures, number: int = 1, pages: int = 1, total: int | None = None) -> bytes:
    """The figures as the bank prints them."""
    meta = {"page": number, "pages": pages, "total": len(figures) if total is None else total}
    rows = [{"indicator": {"id": "T.COST"}, "country": {"id": a}, "countryiso3code": a, "date": str(y), "value": v}
            for a, y, v in figures]  # fmt: skip
    return json.dumps([meta, rows]).encode()


def project(folder: Path, url: str, kind: str = "csv", **more: Any) -> Project:
    """The project, in a folder of its own.

    Args:
        kind: "csv", a table of the office, or "json", pages of the bank.
        more: keys of the source.
    """
    source: dict[str, Any] = {
        "title": "Statistics of Exampleland", "publisher": "Statistics Office of Exampleland", "official": True,
        "homepage": "https://example.org", "licence": {"name": "CC BY 4.0", "confirmed": True},
        "citation": "Statistics Office of Exampleland, {series}, {retrieved}, {url}",
        "endpoint": url + "/data/{series}", "per_minute": 10_000, "timeout": 3.0, "max_megabytes": 1.0,
        "series": {"T.COST": {"title": "Cost of sending 200 coins", "unit": "% of the amount sent"}},
    }  # fmt: skip
    if kind == "csv":
        source |= {"reader": "csv_table", "options": {"columns": {
            "ref_area": "area", "time_period": "year", "obs_value": "value", "unit_measure": "unit"}}}
    else:
        source |= {"reader": "world_bank", "paging": {"kind": "page", "pages_at": "0.pages"}}
    indicator = {
        "id": "COST", "title": "Cost of sending money home", "definition": "What it costs to send 200 coins home.",
        "answers": ["T1.I1"], "kind": "outcome", "direction": "down_good", "unit": "% of the amount sent",
        "scale": "percent", "bounds": [0, 100], "baseline": {"period": 2015},
        "targets": [{"value": 3, "period": 2030, "announced": 2015, "citation": "Invented."}],
        "data": {"source": "office", "series": "T.COST"},
        "checks": {name: {} for name in ("bounds", "duplicates", "unit", "jump", "schema_drift", "shift")},
    }  # fmt: skip
    tree = {
        "about": {"title": "Faults", "made_by": "The tests", "purpose": "Shows what a publisher can do wrong."},
        "languages": ["en"], "scorecards": ["DEU"], "areas": {"DEU": {}},
        "recommendations": [{"id": "T1", "title": "Cheap", "text": "Cheaper.", "source": "Invented", "year": 2016,
                             "date_certainty": "stated", "addressed_to": ["cities"],
                             "asks": [{"id": "T1.I1", "text": "cost of sending money"}]}],
        "indicators": [indicator],
    }  # fmt: skip
    (folder / "sources").mkdir(parents=True, exist_ok=True)
    (folder / "indicators.yaml").write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    (folder / "sources/office.yaml").write_text(yaml.safe_dump(source | more), encoding="utf-8")
    return load(folder)
