"""JSON-stat 2.0, and the bundles of 1.x: a cube as values by position, row-major over the sizes of its dimensions.

Format: https://json-stat.org/full/. Eurostat's answers: values and flags are sparse maps by position, flags are joined
("bu"), Greece is EL and the United Kingdom UK.
"""

from __future__ import annotations

import math
from typing import Any

import polars as pl
from pydantic import Field

from monitor.errors import UnreadableData
from monitor.model import Source
from monitor.readers import _json
from monitor.readers._codes import finish
from monitor.readers._reading import Options, options, reading
from monitor.readers._text import some
from monitor.results import Snapshot

_MOST = 50_000_000  # cells that one status for all may be spread over
_AREA, _TIME = ("geo", "ref_area", "area", "country"), ("time", "time_period", "year")


class JsonStat(Options):
    dataset: str = Field("", description="which dataset of a 1.x bundle; needed where it holds several")
    area: str = Field("", description="the dimension of areas, where it is not called geo")
    time: str = Field("", description="the dimension of periods, where it is not called time")


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows of a cube; positions with neither value nor flag are no observations."""
    chosen = options(JsonStat, source, series)
    cubes = [_cube(_json.mapping(_json.parse(body), "the answer"), chosen) for body in snapshot.bodies]
    frame = pl.concat(cubes, how="diagonal")
    return finish(frame, chosen, snapshot, source, series, missing={":": "O"}, flags={":": "O"})


def _cube(answer: _json.Record, chosen: JsonStat) -> pl.DataFrame:
    cube = _dataset(answer, chosen)
    dimension = _json.mapping(cube["dimension"], "'dimension'")
    names = cube.get("id", dimension.get("id"))
    sizes = cube.get("size", dimension.get("size"))
    if not isinstance(names, list) or not isinstance(sizes, list) or len(names) != len(sizes) or not all(
        isinstance(n, str) for n in names
    ):
        raise UnreadableData(f"'id' is {_json.shown(names)} and 'size' {_json.shown(sizes)}, "
                             "expected two lists of one length.")
    codes = [_codes(name, size, dimension) for name, size in zip(names, sizes, strict=True)]
    cells = math.prod(len(c) for c in codes)
    if cells > 2**40:
        raise UnreadableData(f"the cube has {cells} cells, which is more than any answer can mean.")
    frame = _cells(cube.get("value"), cells, "value").join(
        _cells(cube.get("status"), cells, "status"), on="position", how="full", coalesce=True
    ).sort("position")
    columns: dict[str, pl.Series] = {}
    stride = cells
    for name, labels in zip(names, codes, strict=True):
        stride //= max(1, len(labels))
        index = frame["position"] // max(1, stride) % max(1, len(labels))
        columns[name.lower()] = pl.Series(labels, dtype=pl.String).gather(index)
    role = dimension.get("role", cube.get("role"))
    place = _named(chosen.area, role, "geo", _AREA, columns)
    time = _named(chosen.time, role, "time", _TIME, columns)
    return frame.select(
        columns.pop(place).alias("ref_area"), columns.pop(time).alias("time_period"),
        pl.col("value").alias("obs_value"), pl.col("status").alias("flag_raw"),
        *(column.alias(name) for name, column in columns.items()),
    )


def _dataset(answer: _json.Record, chosen: JsonStat) -> _json.Record:
    """The one dataset of an answer, of any version."""
    for key in ("error", "warning"):
        if key in answer and "value" not in answer:
            raise UnreadableData(f"the publisher answers with {key} {_json.shown(answer[key])}. Look at the code and "
                                 "the filters of the dataset, or ask for less.")
    if {"value", "dimension"} <= answer.keys():
        return answer
    found = {k: v for k, v in answer.items() if isinstance(v, dict) and {"value", "dimension"} <= v.keys()}
    if chosen.dataset in found:
        return found[chosen.dataset]
    if len(found) == 1 and not chosen.dataset:
        return next(iter(found.values()))
    choice = f"; choose with 'options: dataset' among {some(found)}" if found else ""
    raise UnreadableData(f"the answer has {some(answer) or 'no keys'}, expected a JSON-stat dataset with 'value' and "
                         f"'dimension'{choice}.")


def _codes(name: str, size: Any, dimension: _json.Record) -> list[str]:
    """Codes of a dimension in the order of their positions."""
    category = _json.mapping(_json.mapping(dimension.get(name), f"the dimension '{name}'").get("category"),
                             f"'category' of the dimension '{name}'")
    index = category.get("index", category.get("label"))  # a dimension of one category may have a label alone
    codes = index if isinstance(index, list) else list(index) if isinstance(index, dict) else []
    if isinstance(category.get("index"), dict):
        places = list(category["index"].values())
        if sorted(p for p in places if type(p) is int) != list(range(len(places))):
            raise UnreadableData(f"the positions of the dimension '{name}' are {_json.shown(places)}, "
                                 f"expected 0 to {len(places) - 1}.")
        codes = sorted(codes, key=category["index"].__getitem__)
    if type(size) is not int or len(codes) != size or not all(isinstance(c, str) for c in codes):
        raise UnreadableData(f"the dimension '{name}' has {len(codes)} codes and the size {_json.shown(size)}.")
    return codes


def _cells(found: Any, cells: int, name: str) -> pl.DataFrame:
    """Position and text of every cell that is there, out of a list, a map by position, or one status for all."""
    if name == "status" and isinstance(found, dict) and isinstance(found.get("value"), list | dict):
        found = found["value"]  # Eurostat's retired v1.1
    found = [found] if isinstance(found, str) else found
    if name == "status" and isinstance(found, list) and len(found) == 1:
        found = found * min(cells, _MOST)
    if isinstance(found, list) and len(found) != cells:
        raise UnreadableData(f"'{name}' has {len(found)} cells, but the sizes give {cells}: the answer is cut off.")
    if isinstance(found, dict):
        positions = pl.Series(list(found), dtype=pl.String)
        if not positions.str.contains(r"^[0-9]{1,14}$").all():
            raise UnreadableData(f"'{name}' has {some(found)} as positions, expected whole numbers.")
        positions = positions.cast(pl.Int64)
    elif isinstance(found, list | None):
        positions = pl.int_range(len(found or []), eager=True)
    else:
        raise UnreadableData(f"'{name}' is {_json.shown(found)}, expected a list or a map by position.")
    texts = _json.scalars(found.values() if isinstance(found, dict) else found or [], name)
    table = pl.DataFrame({"position": positions, name: pl.Series(texts, dtype=pl.String)}).drop_nulls(name)
    if (beyond := table.select(pl.max("position").fill_null(-1)).item()) >= cells:
        raise UnreadableData(f"'{name}' has a cell at position {beyond}, but the sizes give {cells} cells.")
    return table


def _named(wanted: str, role: Any, kind: str, usual: tuple[str, ...], columns: dict[str, pl.Series]) -> str:
    """The dimension of areas or of periods: as declared, as the role says, or by its usual name."""
    said = role.get(kind) if isinstance(role, dict) else None
    candidates = [wanted] if wanted else [*(said if isinstance(said, list) else []), *usual]
    for name in candidates:
        if isinstance(name, str) and name.lower() in columns:
            return name.lower()
    raise UnreadableData(f"no dimension of {kind} among {', '.join(columns) or 'none'}; expected {some(candidates)}. "
                         f"Declare it as option '{'area' if kind == 'geo' else 'time'}'.")
