"""UN Statistics Division, Global SDG Indicators Database, from its re-serialisation as DDF files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from vintage_makers.areas import from_m49
from vintage_makers.compact import Row, Terms, Vintage, read

TERMS = Terms(
    "un_sdg",
    "United Nations Statistics Division",
    "UNdata terms of use (unconfirmed)",
    "United Nations Statistics Division, Global SDG Indicators Database",
)
SERIES = (
    "SG_CPA_MIGRS", "SI_RMT_COST", "SI_RMT_COST_SND", "SM_DTH_MIGR", "SM_POP_REFG_OR", "SL_LBR_NTLCPL",
    "VC_VOV_GDSD", "VC_HTF_DETV", "VC_HTF_DETVFL", "VC_HTF_DETVSX", "SG_NHR_IMPLN", "SG_REG_BRTH",
    "SE_GCEDESD_CUR", "SE_GCEDESD_NEP", "SE_GCEDESD_SAS", "SE_GCEDESD_TED", "SL_EMP_RCOST_MO",
    "SG_CPA_MIGRP", "VC_HTF_DETVOG", "VC_HTF_DETVOP",
)  # fmt: skip
#: columns of a DDF file that are no dimensions of the publisher's answer
NOT_DIMENSIONS = ("geo_area", "year", "nature", "units", "observation_status")


def make(folder: Path) -> Iterator[Vintage]:
    """Every series above, all areas with an M49 code, all breakdowns."""
    ddf = folder / "un_sdg/ddf_2023-12"
    for series in SERIES:
        (path,) = ddf.glob(f"ddf--datapoints--{series.lower()}--by--*.csv")
        rows = list(_rows(path, series))
        units = {row.pop("units") for row in rows}
        yield Vintage(
            TERMS,
            series,
            ", ".join(sorted(units)),
            "2023-12-17",
            f"https://unstats.un.org/SDGAPI/v1/sdg/Series/Data?seriesCode={series}",
            "re-serialised by a third party: the answer of Series/DataCSV with its columns renamed, "
            "in the public repository open-numbers/ddf--unstats--sdg_indicators",
            (path,),
            rows,
        )


def _rows(path: Path, series: str) -> Iterator[Row]:
    """One row per observation, codes as the publisher writes them; areas without an M49 code are left out."""
    lines = list(read(path))
    dims = [column for column in lines[0] if column not in (*NOT_DIMENSIONS, series.lower())]
    codes = {dim: _codes(path.parent, dim) for dim in (*dims, "units", "nature")}
    for line in lines:
        area = from_m49(line["geo_area"])
        if area is None:
            continue
        row = {dim: codes[dim][line[dim]] for dim in (*dims, "units")}
        row |= {"ref_area": area, "time_period": line["year"], "flag_raw": codes["nature"][line["nature"]]}
        yield row | _value(line[series.lower()], line["nature"], line.get("observation_status", "a"))


def _value(printed: str, nature: str, status: str) -> Row:
    """Value and status. The publisher prints ``N`` for a value it does not have."""
    if printed == "N":
        return {"obs_value": "", "obs_status": "O", "comment_obs": "printed as N"}
    if status == "a" and nature in ("e", "m"):
        status = "e"
    return {"obs_value": printed, "obs_status": "" if status == "a" else status.upper()}


def _codes(ddf: Path, dimension: str) -> dict[str, str]:
    """DDF identifier -> the publisher's code: ``lt18y`` -> ``<18Y``."""
    return {row[dimension]: row["name"] for row in read(ddf / f"ddf--entities--{dimension}.csv")}
