"""What tests of readers on the publishers' genuine files share: where they are, a bare source, an independent reading.

The files are not part of this repository. Name their folder in MONITOR_DATA; without it these tests are skipped.
"""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from monitor import plugins
from monitor.model import Source
from monitor.results import Snapshot

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("MONITOR_DATA", ROOT.parent / "shared" / "data"))
genuine = pytest.mark.skipif(
    not DATA.is_dir(), reason="the publishers' own files are not here; name their folder in MONITOR_DATA"
)
FLAGS = {"b": "B", "d": "D", "e": "E", "f": "F", "m": "M", "n": "N", "p": "P", "u": "U"}


def source(reader: str, **given: Any) -> Source:
    """A source with nothing but a reader and what a test gives it."""
    return Source.model_validate({
        "id": "genuine", "title": "Genuine files", "publisher": "Various", "official": True, "reader": reader,
        "homepage": "https://example.org", "licence": {"name": "various", "confirmed": False}, "citation": "{series}",
        "series": {}, **given,
    })


def read(files: list[Path] | bytes, declared: Source, series: str = "example", **fields: str) -> pl.DataFrame:
    bodies = (files,) if isinstance(files, bytes) else tuple(path.read_bytes() for path in files)
    snapshot = Snapshot(
        source=declared.id, series=series, reader=declared.reader, bodies=bodies, sha256="0" * 64,
        url="https://example.org", retrieved="2026-11-22", origin="live", **fields,
    )
    return plugins.function("readers", declared.reader)(snapshot, declared, series)  # type: ignore[no-any-return]


def lines(path: Path, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    """The independent reading of a CSV file."""
    with path.open(encoding=encoding, newline="") as text:
        return list(csv.DictReader(text))


def total(frame: pl.DataFrame) -> float:
    return math.fsum(frame["obs_value"].drop_nulls())


def files(pattern: str) -> list[Any]:
    found = sorted(DATA.glob(pattern))
    return [pytest.param(path, id=path.name) for path in found] or [pytest.param(None, marks=genuine)]


def flagship(name: str, **options: Any) -> Source:
    """A source as the project declares it; options are put over those of each series."""
    declared = yaml.load((ROOT / f"sources/{name}.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
    for offered in declared["series"].values():
        offered["options"] = {**offered.get("options", {}), **options}
    return Source.model_validate(declared)
