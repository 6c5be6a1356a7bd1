"""UN Statistics Division, Global SDG Indicators Database, API v1 (``Series/Data``), JSON.

Publisher's page: https://unstats.un.org/SDGAPI/swagger/
Areas are M49 numbers, values are text. ``Nature`` (C country, CA adjusted, E estimated, G global monitoring,
M modelled, N not relevant, NA) is kept as the raw flag. Dimensions keep the publisher's codes, their names in small
letters with underscores. Units were a dimension in 2018 and are an attribute since.
"""

from __future__ import annotations

import re
from functools import cache

import polars as pl
from pydantic import Field

from monitor.errors import UnreadableData
from monitor.model import Source
from monitor.readers import _json
from monitor.readers._codes import finish
from monitor.readers._delimited import snake
from monitor.readers._reading import Options, options, reading
from monitor.results import Snapshot

#: what the database prints for a value it does not have
_MISSING = {"N": "O", "NaN": "O", "NA": "O"}
_NATURE = {"E": "E", "M": "E"}
_CARRIED = ("units", "unit_multiplier", "nature", "observation_status", "reporting_type")


class UnSdg(Options):
    reporting_type: str = Field("G", description="whose figures: G global, N national, R regional")


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows of one series, one text column for each of the publisher's dimensions."""
    chosen = options(UnSdg, source, series)
    rows: list[_json.Record] = []
    promised: int | None = 0
    for body in snapshot.bodies:
        answer = _json.mapping(_json.parse(body), "the answer")
        if "data" not in answer:
            raise UnreadableData(f"the answer is {_json.shown(answer)}, expected an envelope with 'data'.")
        promised = _json.whole(answer.get("totalElements"), "'totalElements' of the answer")
        rows += _json.records(answer["data"], "'data' of the answer")
    _json.complete(len(rows), promised, len(snapshot.bodies))
    if strange := sorted({str(row.get("series")) for row in rows} - {series}):
        raise UnreadableData(f"the answer holds {', '.join(strange[:5])}, expected {series}.")
    frame = pl.DataFrame({
        "ref_area": _json.texts(rows, "geoAreaCode"),
        "time_period": _json.texts(rows, "timePeriodStart"),
        "obs_value": _json.texts(rows, "value"),
        "lower_bound": _json.texts(rows, "lowerBound", required=False),
        "upper_bound": _json.texts(rows, "upperBound", required=False),
        "comment_obs": [_footnotes(row.get("footnotes")) for row in rows],
        **_coded(rows),
    }).cast(pl.String)
    frame = _carried(frame, chosen)
    natures = dict.fromkeys(frame["flag_raw"].drop_nulls(), "A")  # they say who computed, `obs_status` says the rest
    return finish(frame, chosen, snapshot, source, series, missing=_MISSING, flags=natures)


def _footnotes(notes: object) -> str | None:
    if notes is None or isinstance(notes, str):
        return notes
    if isinstance(notes, list) and all(isinstance(n, str | None) for n in notes):
        return "; ".join(n for n in notes if n)
    raise UnreadableData(f"'footnotes' of a row are {_json.shown(notes)}, expected a list of texts.")


def _coded(rows: list[_json.Record]) -> dict[str, list[str | None]]:
    """Attributes and dimensions of every row, by their names in our spelling."""
    coded: list[_json.Record] = []
    for row in rows:
        both: _json.Record = {}
        for part in ("attributes", "dimensions"):
            both |= {_name(k): v for k, v in _json.mapping(row.get(part) or {}, f"'{part}' of a row").items()}
        coded.append(both)
    return {name: _json.texts(coded, name) for name in dict.fromkeys(name for row in coded for name in row)}


@cache
def _name(printed: str) -> str:
    """``Reporting Type`` -> ``reporting_type``, ``UnitMultiplier`` -> ``unit_multiplier``."""
    return snake(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", printed))


def _carried(frame: pl.DataFrame, chosen: UnSdg) -> pl.DataFrame:
    """Units, nature and observation status out of the dimensions; only rows of the reporting type asked for."""
    frame = frame.with_columns(pl.lit(None, pl.String).alias(c) for c in _CARRIED if c not in frame.columns)
    kept = frame.filter(pl.col("reporting_type").fill_null(chosen.reporting_type) == chosen.reporting_type)
    if frame.height and not kept.height:
        raise UnreadableData(f"no row is of the reporting type {chosen.reporting_type}; the answer has "
                             f"{', '.join(frame['reporting_type'].unique().drop_nulls().sort())}.")
    status, times = pl.col("observation_status"), pl.col("unit_multiplier").replace("UNITS", None)
    return kept.with_columns(
        pl.concat_str("units", times, separator=", ", ignore_nulls=True).alias("unit_measure"),
        pl.col("nature").alias("flag_raw"),
        pl.when(status.fill_null("A") != "A").then(status)
        .otherwise(pl.col("nature").replace_strict(_NATURE, default="A")).alias("obs_status"),
    ).drop(_CARRIED)
