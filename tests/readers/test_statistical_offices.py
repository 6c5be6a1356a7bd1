"""Genuine files of Eurostat and the OECD, against a second and independent reading."""

from __future__ import annotations

import itertools
import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from monitor.errors import UnreadableData
from tests.readers.genuine import DATA, FLAGS, files, genuine, lines, read, source, total


def cells(cube: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """The independent reading of JSON-stat: every position, with its codes, value and status."""
    dimension = cube["dimension"]
    names, sizes = cube.get("id") or dimension["id"], cube.get("size") or dimension["size"]
    codes = []
    for name in names:
        index = dimension[name]["category"].get("index") or list(dimension[name]["category"]["label"])
        codes.append(sorted(index, key=index.get) if isinstance(index, dict) else index)
    assert [len(c) for c in codes] == sizes
    status = cube.get("status", {})
    status = status.get("value", status) if isinstance(status, dict) else status
    status = status * math.prod(sizes) if len(status) == 1 else status  # one for all

    def at(given: Any, position: int) -> Any:
        return given.get(str(position)) if isinstance(given, dict) else given[position] if given else None

    for position, key in enumerate(itertools.product(*codes)):
        yield key, at(cube["value"], position), at(status, position)


@genuine
@pytest.mark.parametrize("path", files("eurostat/jsonstat2/*.json") + files("eurostat/legacy_jsonstat1/*.json"))
def test_eurostat_jsonstat(path: Path) -> None:
    answer = json.loads(path.read_text(encoding="utf-8"))
    cube = answer if "value" in answer else next(iter(answer.values()))
    # EA21 is no area of ours: named here so that its rows are kept
    frame = read([path], source("jsonstat", flags=FLAGS, recodes={"ref_area": {"EA21": "EA21"}}))
    given = [(k, v, s) for k, v, s in cells(cube) if v is not None or s is not None]
    assert frame.height == len(given)
    assert total(frame) == math.fsum(v for _, v, _ in given if v is not None)
    assert Counter(frame["flag_raw"]) == Counter(s or "" for _, _, s in given)
    dims = [n for n in (cube.get("id") or cube["dimension"]["id"]) if n not in ("geo", "time")]
    names = cube.get("id") or cube["dimension"]["id"]
    assert Counter(frame.select("time_period", "obs_value", *dims).iter_rows()) == Counter(
        (k[names.index("time")], None if v is None else float(v), *(k[names.index(d)] for d in dims))
        for k, v, _ in given
    )


@genuine
def test_eurostat_over_qualification_statuses() -> None:
    frame = read([DATA / "eurostat/jsonstat2/lfsa_eoqgan_0.json"], source("jsonstat", flags=FLAGS))
    by = {(c, t): (v, s, f) for c, t, v, s, f in
          frame.select("citizen", "time_period", "obs_value", "obs_status", "flag_raw").iter_rows()}
    assert set(frame["ref_area"]) == {"EU27"}
    assert by["NEU27_2020_FOR", "2024"] == (39.8, "A", "")
    assert by["NRP", "2014"] == (27.0, "B", "bu"), "a break outranks low reliability"
    assert by["STLS", "2014"] == (None, "Q", "bu"), "empty and unreliable is withheld"


@genuine
@pytest.mark.parametrize("name", ["oecd", "canada"])
def test_oecd_jsonstat_bundle(name: str) -> None:
    path = DATA / "oecd/jsonstat/oecd-canada.json"
    with pytest.raises(UnreadableData, match="choose with 'options: dataset' among 'oecd', 'canada'"):
        read([path], source("jsonstat"))
    cube = json.loads(path.read_text(encoding="utf-8"))[name]
    names = cube["dimension"]["id"]
    place = next((n for n in names if n in ("area", "country")), names[0])
    given = [(k[names.index(place)], v) for k, v, _ in cells(cube) if v is not None]
    frame = read([path], source("jsonstat", flags={"e": "E", "a": "A"}, options={"dataset": name}, recodes={
        "ref_area": {code: code for code, _ in given}}))
    assert frame.height == len(given)
    assert total(frame) == math.fsum(v for _, v in given)


@genuine
@pytest.mark.parametrize("path", files("eurostat/sdmx_csv/*.csv"))
def test_eurostat_sdmx_csv(path: Path) -> None:
    given = lines(path)
    flow = given[0].get("DATAFLOW") or given[0]["STRUCTURE_ID"]
    series = re.sub(r"^ESTAT:|[$(].*", "", flow).lower()
    declared = source("sdmx_csv", flags=FLAGS, recodes={"ref_area": {r["geo"]: r["geo"] for r in given}})
    frame = read([path], declared, series)
    assert frame.height == len(given)
    assert total(frame) == math.fsum(float(r["OBS_VALUE"]) for r in given if r["OBS_VALUE"])
    assert Counter(frame["flag_raw"]) == Counter(r["OBS_FLAG"] for r in given)
    statuses = Counter(frame["obs_status"])
    assert statuses["B"] == sum("b" in r["OBS_FLAG"] for r in given if r["OBS_VALUE"])
    assert statuses["Q"] == sum("u" in r["OBS_FLAG"] for r in given if not r["OBS_VALUE"])
    assert statuses["M"] == sum("m" in r["OBS_FLAG"] for r in given if not r["OBS_VALUE"])
    dims = [n for n in given[0] if re.fullmatch("[a-z][a-z0-9_]*", n) and n != "geo"]
    assert sorted(frame.columns[9:]) == sorted(dims)
    for dim in dims:
        assert Counter(frame[dim]) == Counter(r[dim] for r in given)
    if "STRUCTURE_ID" in given[0]:  # codes: known countries come out as ISO3, EL and UK too
        assert set(frame.filter(pl.col("ref_area").str.len_chars() == 2)["ref_area"]) <= {"XK"}
        assert set(frame["ref_area"]) >= {"GRC", "DEU"}


@genuine
def test_oecd_sdmx_csv_with_labels_and_actions() -> None:
    path = DATA / "oecd/sdmx_csv/oecd_cli_usa.csv"
    given = lines(path)
    frame = read([path], source("sdmx_csv", options={"dataflow": "DF_CLI"}))
    assert frame.height == len(given) == len(set(frame["time_period"]))
    assert total(frame) == math.fsum(float(r["OBS_VALUE"]) for r in given)
    assert set(frame["ref_area"]) == {"USA"}
    assert set(frame["unit_measure"]) == {"IX"}
    assert frame.columns[9:] == ["freq", "measure", "unit", "activity", "adjustment", "transformation", "time_horiz",
                                 "methodology"]
