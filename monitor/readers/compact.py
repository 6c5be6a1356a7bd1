"""Shipped vintages: our own compact CSV, ``ref_area,time_period,<dimensions>,obs_value[,obs_status,...]``.

Codes are ours already. Dimensions with one code only stand in the lock (``fixed``: ``sex=T;age=TOTAL``), and so
does the unit.
"""

from __future__ import annotations

import polars as pl

from monitor.errors import UnreadableData
from monitor.model import Source
from monitor.period import CANONICAL
from monitor.readers._delimited import frame as table
from monitor.readers._delimited import require
from monitor.readers._reading import reading
from monitor.results import Snapshot
from monitor.series import CL_OBS_STATUS, rows


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows of a vintage, as they stand."""
    data = pl.concat([table(body) for body in snapshot.bodies], how="diagonal")
    require(data, ["ref_area", "time_period", "obs_value"])
    fixed = dict(pair.split("=", 1) for pair in snapshot.fixed.split(";") if "=" in pair)
    if both := sorted(fixed.keys() & set(data.columns)):
        raise UnreadableData(f"{', '.join(both)} is both a column and fixed in vintages.lock; leave one out.")
    if "obs_status" not in data.columns:
        data = data.with_columns(pl.lit("").alias("obs_status"))
    value = pl.col("obs_value").cast(pl.Float64, strict=False)
    faulty = {
        "ref_area": pl.col("ref_area").is_null(),
        "time_period": ~pl.col("time_period").str.contains(CANONICAL).fill_null(False),
        "obs_value": ~value.is_finite().fill_null(pl.col("obs_value").is_null()),
        "obs_status": ~pl.col("obs_status").fill_null("").is_in([*CL_OBS_STATUS, ""]),
    }
    for column, wrong in faulty.items():
        bad = data.filter(wrong)
        if bad.height:
            at = f"{bad['ref_area'][0]}, {bad['time_period'][0]}"
            raise UnreadableData(f"'{bad[column][0] or ''}' ({at}) is no {column}; {bad.height} such rows. Make the "
                                 "vintage again from the publisher's file.")
    return rows(data.with_columns(
        pl.lit(snapshot.unit).alias("unit_measure"), *(pl.lit(code).alias(dim) for dim, code in fixed.items())
    ))
