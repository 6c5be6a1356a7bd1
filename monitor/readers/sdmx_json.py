"""SDMX-JSON 1.0 (also OECD's draft of it) and 2.0, data messages: values by positions in lists of codes.

Format: https://github.com/sdmx-twg/sdmx-json. Series by series or flat. Attributes of observations are positions too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
from pydantic import Field

from monitor.errors import UnreadableData
from monitor.model import Source
from monitor.readers import _json, _sdmx
from monitor.readers._reading import options, reading
from monitor.readers._text import some
from monitor.results import Snapshot


class SdmxJson(_sdmx.Sdmx):
    time: str = Field("TIME_PERIOD", description="the dimension of periods")


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows of a message, one text column for each dimension."""
    chosen = options(SdmxJson, source, series)
    pages = [_page(body) for body in snapshot.bodies]
    data = pl.concat([table for table, _ in pages], how="diagonal")
    if chosen.time in data.columns:
        data = data.rename({chosen.time: "TIME_PERIOD"})
    dims = dict.fromkeys("TIME_PERIOD" if name == chosen.time else name for _, names in pages for name in names)
    return _sdmx.rows(data, dims, chosen, snapshot, source, series, missing=_sdmx.NAN)


def _page(body: bytes) -> tuple[pl.DataFrame, list[str]]:
    """One row an observation, all text; and the dimensions among its columns."""
    answer = _json.mapping(_json.parse(body), "the answer")
    if answer.get("errors"):
        raise UnreadableData(f"the publisher answers with an error, {_json.shown(answer['errors'])}.")
    data = _json.mapping(answer.get("data", answer), "'data'")
    sets = _json.records(data.get("dataSets"), "'dataSets'")
    structures = data.get("structures") or [data.get("structure")]  # 2.0 has a list of them
    structure = _json.records(structures, "'structures'")[0] if isinstance(structures, list) else {}
    dimensions = _json.mapping(structure.get("dimensions"), "'dimensions' of the structure")
    attributes = _json.mapping(structure.get("attributes") or {}, "'attributes' of the structure")
    across, along = _components(dimensions, "series"), _components(dimensions, "observation")
    fixed = _components(dimensions, "dataSet")
    noted = [each for each in _components(attributes, "observation") if each[1]]  # one without codes has no place
    names = [*(name for name, _ in fixed), *(name for name, _ in across), *(name for name, _ in along)]
    rows: list[list[str | None]] = []
    for each in sets:
        whole = [codes[0] if codes else None for _, codes in fixed]
        for key, observations in _series(each):
            before = [*whole, *_picked(across, key, "series")]
            for at, values in _json.mapping(observations, "'observations'").items():
                if not isinstance(values, list):
                    raise UnreadableData(f"the observation '{at}' is {_json.shown(values)}, expected a list.")
                value, *marks = values or [None]
                rows.append([*before, *_picked(along, at, "observations"), *_json.scalars([value], "value"),
                             *_noted(noted, marks)])
    columns = [*names, "OBS_VALUE", *(name for name, _ in noted)]
    if twice := sorted({name for name in columns if columns.count(name) > 1}):
        raise UnreadableData(f"the structure names {', '.join(twice)} twice.")
    table = {name: pl.Series([row[n] for row in rows], dtype=pl.String) for n, name in enumerate(columns)}
    return pl.DataFrame(table), names


Component = tuple[str, list[str | None]]


def _components(structure: _json.Record, level: str) -> list[Component]:
    """The dimensions or attributes of one level, with the codes their positions mean."""
    found = []
    for each in _json.records(structure.get(level) or [], f"the components of '{level}'"):
        values = _json.records(each.get("values") or [], f"'values' of {_json.shown(each.get('id'))}")
        if not isinstance(each.get("id"), str):
            raise UnreadableData(f"a component of '{level}' has the id {_json.shown(each.get('id'))}.")
        codes = _json.scalars([v.get("id", v.get("value", v.get("name"))) for v in values], each["id"])
        found.append((each["id"], codes))
    return found


def _series(each: _json.Record) -> Iterator[tuple[str, Any]]:
    """Key and observations; the key is empty where the data set is flat."""
    if "series" not in each:
        yield "", each.get("observations") or {}
        return
    for key, one in _json.mapping(each["series"], "'series'").items():
        yield key, _json.mapping(one, f"the series '{key}'").get("observations") or {}


def _picked(components: list[Component], key: str, what: str) -> list[str | None]:
    """``0:2:1`` -> the codes at these positions."""
    places = key.split(":") if key else []
    if len(places) != len(components):
        raise UnreadableData(f"the key '{key}' of {what} has {len(places)} positions, but the structure names "
                             f"{some(name for name, _ in components) or 'none'}.")
    return [_code(name, codes, place) for (name, codes), place in zip(components, places, strict=True)]


def _code(name: str, codes: list[str | None], place: object) -> str | None:
    text = str(place)
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) >= len(codes):
        raise UnreadableData(f"position {_json.shown(place)} of {name} is not among its {len(codes)} codes.")
    return codes[int(text)]


def _noted(components: list[Component], marks: list[Any]) -> list[str | None]:
    """Attributes of an observation: a position, or null; a list may end early."""
    marks = [*marks, *[None] * (len(components) - len(marks))]
    return [None if mark is None else _code(name, codes, mark)
            for (name, codes), mark in zip(components, marks, strict=False)]
