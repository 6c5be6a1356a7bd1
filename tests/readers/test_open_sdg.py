"""Genuine files of national Open SDG repositories, against a second and independent reading."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from tests.readers.genuine import files, flagship, genuine, lines, read, source, total


def period(printed: str) -> str:
    """The independent reading of a year, a quarter or a span of years."""
    return re.sub(r" to .*", "", printed.replace(" Q", "-Q"))


@genuine
@pytest.mark.parametrize("path", files("open_sdg/*/data/*.csv"))
def test_open_sdg_data(path: Path) -> None:
    given = lines(path)
    frame = read([path], source("open_sdg", options={"ref_area": "GBR"}))
    assert frame.height == len(given)
    assert frame["obs_value"].count() == sum(bool(r["Value"]) for r in given)
    assert total(frame) == math.fsum(float(r["Value"]) for r in given if r["Value"])
    assert Counter(frame["time_period"]) == Counter(period(r["Year"]) for r in given)
    whole = ("Year", "Value", "Units", "Unit measure", "Unit multiplier", "Observation status")
    parts = [h for h in given[0] if h not in whole and not h.startswith("COMMENT_OBS")]
    headline = pl.all_horizontal([pl.lit(True), *(pl.col(c) == "_T" for c in frame.columns[9:])])
    assert len(frame.columns) == 9 + len(parts)
    assert frame.filter(headline).height == sum(not any(r[p] for p in parts) for r in given)
    same = json.dumps({h: [r[h] for r in given] for h in given[0]}).encode()
    assert read(same, source("open_sdg", options={"ref_area": "GBR"})).equals(frame), "the same as JSON by columns"


@genuine
@pytest.mark.parametrize("path", files("open_sdg/uk/data/*.csv"))
def test_the_declared_source_reads_its_files(path: Path) -> None:
    series = path.stem.removeprefix("indicator_")
    declared = flagship("open_sdg_uk")
    frame = read([path], declared, series)
    assert sorted(frame.columns[9:]) == sorted(declared.series[series].dimensions)


@genuine
def test_words_for_the_status_of_an_observation() -> None:
    path = next(p.values[0] for p in files("open_sdg/uk/data/indicator_8-8-2.csv"))
    assert isinstance(path, Path)
    frame = read([path], source("open_sdg", options={"ref_area": "GBR"}))
    assert set(zip(frame["obs_status"], frame["flag_raw"], strict=True)) == {
        ({"Estimated value": "E", "Normal value": "A"}[r["Observation status"]], r["Observation status"])
        for r in lines(path)}
