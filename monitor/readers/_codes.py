"""The publisher's codes -> ours, for whole frames: areas, periods, dimensions. The last step of every reader."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import polars as pl

from monitor import area, period
from monitor.errors import UnreadableData
from monitor.model import Source
from monitor.readers._reading import Options
from monitor.readers._text import some
from monitor.readers._values import mapped, statuses, values
from monitor.results import Snapshot
from monitor.series import ROW, rows

#: a day as machines write it
_MIDNIGHT = re.compile(r"(?<=-\d\d)[T ]00:00(:00(\.0+)?)?Z?$")
_UNSPECIFIED = "_X"  # SDMX: the publisher gives no code


def finish(
    frame: pl.DataFrame,
    chosen: Options,
    snapshot: Snapshot,
    source: Source,
    series: str,
    *,
    missing: Mapping[str, str] | None = None,
    flags: Mapping[str, str] | None = None,
    places: Collection[str] = (),
) -> pl.DataFrame:
    """A reader's table in the publisher's terms -> rows (`monitor.series.ROW` and the dimensions).

    Args:
        frame: ``ref_area``, ``time_period``, ``obs_value`` and, where there are any, ``flag_raw`` and other
            columns of a row, as text; every other column is a dimension. Values may be Float64 already.
        missing: texts of this wire format that stand for no value -> CL_OBS_STATUS; options add to them.
        flags: flags of this wire format -> CL_OBS_STATUS; the source's declaration adds to them.
        places: codes the declaration itself gives, kept as they are.

    Raises:
        UnreadableData: no area is known, or a period, a value or a flag has no meaning; examples are given.
    """
    frame = _where(_recoded(frame, source), chosen)
    frame = _periods(_areas(frame, {p: p for p in places} | source.recodes.get("ref_area", {})))
    frame = values(frame, {"": ""} | dict(missing or {}) | dict(chosen.missing), chosen.inequalities)
    frame = statuses(frame, dict(flags or {}) | source.flags)
    offered = source.series.get(series)
    default = (offered.unit if offered else "") or snapshot.unit
    unit = pl.col("unit_measure") if "unit_measure" in frame.columns else pl.lit("")
    return rows(frame.with_columns(
        pl.when(unit != "").then(unit).otherwise(pl.lit(default)).alias("unit_measure"),
        *(pl.col(d).replace("", None).fill_null(_UNSPECIFIED) for d in set(frame.columns) - set(ROW)
          if frame[d].null_count() or (frame[d] == "").any()),
    ))


def our_area(code: str) -> str | None:
    """An area's code if it is, or names without doubt, one of ours; None for other groups.

    Known are ISO 3166-1 alpha-3 and alpha-2 (with Eurostat's EL and UK, and XK for Kosovo), ISO 3166-2, M49 numbers and
    the EU of 27.
    """
    if code in area.table():
        return code
    if code in ("EU27", "EU27_2020"):
        return "EU27"
    if re.fullmatch(r"[0-9]{1,3}", code):
        return area.from_m49(code)
    if re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", code):
        return code if area.from_iso2(code[:2]) else None
    return area.from_iso2(code)


def _recoded(frame: pl.DataFrame, source: Source) -> pl.DataFrame:
    return frame.with_columns(
        pl.col(name).fill_null("").replace(dict(codes))
        for name, codes in source.recodes.items() if name in frame.columns and name not in ("ref_area", "obs_value")
    )


def _where(frame: pl.DataFrame, chosen: Options) -> pl.DataFrame:
    for name, codes in chosen.where.items():
        if name not in frame.columns:
            raise UnreadableData(f"options: where: there is no dimension '{name}'; the data have "
                                 f"{', '.join(c for c in frame.columns if c not in ROW) or 'none'}.")
        wanted = [codes] if isinstance(codes, str) else codes
        kept = frame.filter(pl.col(name).is_in(wanted))
        if frame.height and not kept.height:
            raise UnreadableData(f"options: where: no row has {name} {' or '.join(wanted)}; the data have "
                                 f"{some(frame[name].unique().sort())}.")
        frame = kept.drop(name) if isinstance(codes, str) else kept
    return frame


def _areas(frame: pl.DataFrame, declared: Mapping[str, str]) -> pl.DataFrame:
    """Rows of countries and known groups, under our codes; the publisher's other aggregates are left out."""
    found = [str(code) for code in frame["ref_area"].unique().drop_nulls()]
    ours = {code: our_area(declared.get(code.strip(), code.strip())) or declared.get(code.strip()) for code in found}
    kept = frame.with_columns(mapped(frame["ref_area"].cast(pl.String), ours))
    if not all(ours.values()) or kept["ref_area"].null_count():
        kept = kept.filter(pl.col("ref_area").fill_null("") != "")
    if frame.height and not kept.height:
        raise UnreadableData(f"none of the areas is known here ({some(sorted(found)) or 'all empty'}): expected "
                             "ISO 3166, M49 or EU27_2020. Map others under 'recodes: ref_area' of the source.")
    return kept


def _periods(frame: pl.DataFrame) -> pl.DataFrame:
    canonical: dict[str, str] = {}
    refused: list[str] = []
    for text in frame["time_period"].unique().sort():
        try:
            canonical[text] = period.normalise(_MIDNIGHT.sub("", text or ""))
        except UnreadableData:
            refused.append(f"'{text or ''}'")
    if refused:
        raise UnreadableData(f"{', '.join(refused[:5])} is no period: expected 2024, 2024-Q3, 2024-05, 2024-05-17 or "
                             f"2007/08 ({len(refused)} such texts). 'recodes: time_period' can say what is meant.")
    return frame.with_columns(mapped(frame["time_period"], canonical))
