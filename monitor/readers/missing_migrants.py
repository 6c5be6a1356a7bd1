"""IOM Missing Migrants Project: incidents, a JSON list for each year or the CSV download, summed by year and region.

Publisher's page: https://missingmigrants.iom.int/downloads. All values are text, "" is missing. An incident split over
several lines counts on every line. Only sums leave this reader, never an incident.
"""

from __future__ import annotations

import polars as pl

from monitor.errors import UnreadableData
from monitor.model import Source
from monitor.readers import _json
from monitor.readers._codes import finish
from monitor.readers._delimited import frame as table
from monitor.readers._delimited import snaked
from monitor.readers._months import month, partial, year
from monitor.readers._reading import Options, options, reading
from monitor.results import Snapshot
from monitor.series import TOTAL

#: what we need -> its names over the years (answers of 2025; downloads of 2020 and of 2023)
_NAMES: dict[str, tuple[str, ...]] = {
    "year": ("reported_date", "reported_year", "incident_year"),
    "month": ("reported_date", "reported_month"),
    "region": ("region", "region_of_incident"),
    "total": ("total_dead_and_missing", "total_number_of_dead_and_missing"),
}


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows for the world by year: the dimension ``region`` of the incident, ``_T`` in total. Unfinished years are D."""
    chosen = options(Options, source, series)
    incidents = pl.concat([_incidents(body) for body in snapshot.bodies])
    if (bad := incidents.filter(pl.col("year").is_null())).height:
        raise UnreadableData(f"{bad.height} incidents have no year (the first has {bad['total'][0]} dead and missing).")
    number = pl.col("total").cast(pl.Float64, strict=False)
    if (bad := incidents.filter(pl.col("total").is_not_null() & ~number.is_finite().fill_null(False))).height:
        raise UnreadableData(f"'{bad['total'][0]}' ({bad['year'][0]}) is no number of people; {bad.height} such "
                             "incidents.")
    months = incidents.group_by("year").agg(pl.col("month").drop_nulls().n_unique().alias("months"))
    named = incidents.filter(pl.col("region").is_not_null())
    sums = pl.concat([
        frame.group_by("year", "region").agg(number.sum().alias("obs_value"))
        for frame in (incidents.with_columns(pl.lit(TOTAL).alias("region")), named)
    ]).join(months, on="year").sort("region", "year")
    return finish(
        partial(sums).rename({"year": "time_period"}).with_columns(pl.lit("001").alias("ref_area")),
        chosen, snapshot, source, series,
    )


def _incidents(body: bytes) -> pl.DataFrame:
    """Year, month, region and number of dead and missing of each incident, null where nothing is printed."""
    if body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"[", b"{"):
        rows = _json.records(_json.parse(body), "the answer")
        keys = dict.fromkeys(key for row in rows for key in row)
        data = pl.DataFrame({k: pl.Series(_json.texts(rows, k), dtype=pl.String) for k in keys})
        if not rows:
            return pl.DataFrame(schema={"year": pl.String, "month": pl.Int8, "region": pl.String, "total": pl.String})
    else:
        data = table(body)
    data = snaked(data)
    columns = {}
    for need, names in _NAMES.items():
        here = next((n for n in names if n in data.columns), None)
        if here is None:
            raise UnreadableData(f"no column {' or '.join(names)}; the answer has {', '.join(data.columns[:20])}.")
        columns[need] = pl.col(here).str.strip_chars().replace("", None)
    dated = year(columns["year"])
    if "web_id" in data.columns:  # "2019.MMP00259": one incident of 2019 has no date
        dated = pl.coalesce(dated, year(pl.col("web_id").str.extract(r"^(\d{4})\.")))
    return data.select(dated.alias("year"), month(columns["month"]).alias("month"),
                       columns["region"].alias("region"), columns["total"].alias("total"))
