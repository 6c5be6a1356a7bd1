"""Open SDG sites and their data repositories: ``data/<indicator>.csv`` and the same as JSON by columns.

Format: https://open-sdg.readthedocs.io/en/latest/data-format/. One row a year and combination of disaggregations; a row
whose disaggregations are all empty is the headline (``_T`` in every dimension). Units stand in a column of their own.
A file with a heading alone means that there are no data.

An answer may hold the site's description of the indicator too (``metadata:`` of the source says where it is): where the
figures have no column of units, its unit counts; where there are no figures, its reporting status says why; where they
are still being prepared, that stands beside each.
"""

from __future__ import annotations

import polars as pl
from pydantic import Field

from monitor.errors import UnreadableData
from monitor.model import Source
from monitor.readers import _json, _open_sdg
from monitor.readers._codes import finish
from monitor.readers._delimited import frame as table
from monitor.readers._delimited import require, snaked
from monitor.readers._reading import Options, options, reading
from monitor.results import Snapshot
from monitor.series import TOTAL

#: what a site may call it -> our column
_OWN = {"year": "time_period", "value": "obs_value", "units": "unit_measure", "unit_measure": "unit_measure"}
_STATUS = "observation_status"
_APART = ("unit_multiplier", _STATUS, "comment_obs")
#: the names of CL_OBS_STATUS as sites print them
_NAMES = {
    "normal value": "A", "time series break": "B", "break": "B", "definition differs": "D", "estimated value": "E",
    "estimated": "E", "forecast value": "F", "provisional value": "P", "provisional": "P", "low reliability": "U",
    "missing value": "O", "missing value; data cannot exist": "M",
    "missing value; data exist but were not collected": "L",
    "missing value; suppressed": "Q", "undefined": "A", "imputed value (cce definition)": "I",
}


class OpenSdg(Options):
    ref_area: str = Field(description="the area the site is about: GBR")


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows of an indicator; every column that is not the year, the value, the unit or a note is a dimension."""
    chosen = options(OpenSdg, source, series)
    said = description(snapshot)
    data = pl.concat([_rows(body) for body in snapshot.bodies if not _open_sdg.found(body)], how="diagonal")
    require(data, ["year", "value"])
    if said:
        data = _described(data, said, snapshot.retrieved[:4])
    notes = [name for name in data.columns if name.startswith("comment_obs")]
    dims = [n for n in data.columns if n not in _OWN and n not in _APART and n not in notes]
    own = {name: to for name, to in _OWN.items() if name in data.columns}
    unit = [pl.col(n) for n in own if own[n] == "unit_measure"]
    times = pl.col("unit_multiplier") if "unit_multiplier" in data.columns else pl.lit(None, pl.String)
    times = pl.when(~times.str.to_lowercase().is_in(["units", "unit", "0"])).then(times)
    flag = pl.col(_STATUS) if _STATUS in data.columns else pl.lit(None, pl.String)
    return finish(data.select(
        pl.lit(chosen.ref_area).alias("ref_area"), pl.col("year").alias("time_period"),
        pl.col("value").alias("obs_value"), flag.alias("flag_raw"),
        pl.concat_str([*unit, times], separator=", ", ignore_nulls=True).alias("unit_measure"),
        pl.concat_str(notes, separator="; ", ignore_nulls=True).alias("comment_obs") if notes
        else pl.lit("").alias("comment_obs"),
        *(pl.col(d).str.strip_chars().replace("", None).fill_null(TOTAL) for d in dims),
    ), chosen, snapshot, source, series, places=[chosen.ref_area], flags=_flags(data))


def description(snapshot: Snapshot) -> _open_sdg.Metadata | None:
    """What the site says of the indicator, where the answer holds it."""
    return next((_open_sdg.metadata(body) for body in snapshot.bodies if _open_sdg.found(body)), None)


def _described(data: pl.DataFrame, said: _open_sdg.Metadata, year: str) -> pl.DataFrame:
    """The table with what the description adds: the unit, and why there is no figure, or none yet to rely on."""
    note = f"the site's reporting status is {said.status}: {_open_sdg.STATES.get(said.status, '')}"
    own = [n for n in data.columns if n not in _OWN and n not in _APART and not n.startswith("comment_obs")]
    if not data.height and not own and said.status in _open_sdg.WITHOUT and year:  # else nobody selects it
        word = next(name for name, code in _NAMES.items() if code == _open_sdg.WITHOUT[said.status])
        data = pl.DataFrame({"year": year, "value": "", _STATUS: word, "comment_obs": note},
                            schema=dict.fromkeys(("year", "value", _STATUS, "comment_obs"), pl.String))
    elif data.height and said.status not in ("", "complete"):
        data = data.with_columns(pl.lit(note).alias("comment_obs_status"))
    if said.unit and not {"units", "unit_measure"} & set(data.columns):
        data = data.with_columns(pl.lit(said.unit).alias("units"))
    return data


def _flags(data: pl.DataFrame) -> dict[str, str]:
    """The statuses the site prints, as written there."""
    if _STATUS not in data.columns:
        return {}
    return {text: code for text in data[_STATUS].unique().drop_nulls() if (code := _NAMES.get(text.strip().lower()))}


def _rows(body: bytes) -> pl.DataFrame:
    """All cells as text, under headings in small letters with underscores."""
    if body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] not in (b"{", b"["):
        found = table(body)
    else:
        columns = _json.mapping(_json.parse(body), "the answer")
        lists = {k: v for k, v in columns.items() if isinstance(v, list)}
        if lists.keys() != columns.keys() or len({len(v) for v in lists.values()}) > 1:
            raise UnreadableData(f"the answer is {_json.shown(columns)}, expected lists of one length, one a column.")
        found = pl.DataFrame({k: pl.Series(_json.scalars(v, k), dtype=pl.String) for k, v in lists.items()})
    found = snaked(found.rename({n: n.strip() for n in found.columns}))
    return found.select(pl.col(n).cast(pl.String) for n in found.columns if n)
