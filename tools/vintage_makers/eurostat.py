"""Eurostat: data browser exports (SDMX-CSV 1.0 with labels, or 2.0 with codes and labels)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from vintage_makers.areas import from_eurostat
from vintage_makers.compact import Row, Terms, Vintage, read
from vintage_makers.eurostat_codes import CODES

TERMS = Terms("eurostat", "Eurostat", "CC-BY-4.0", "Eurostat")
API = "https://ec.europa.eu/eurostat/api/dissemination/sdmx/2.1/data"

#: one SDMX status from joined flags: the first of these that is there
ORDER = "bduepfnm"
NOT_DIMENSIONS = {
    "DATAFLOW", "LAST UPDATE", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "geo",
    "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG", "CONF_STATUS",
}  # fmt: skip


@dataclass(frozen=True)
class Export:
    """One export: its file, what it measures, and the slice that ships.

    ``retrieved`` is the LAST UPDATE printed in the file, else the last day of the span in which the
    exports were made (March to June 2025).
    """

    name: str
    unit: str
    retrieved: str = "2025-06-30"
    since: str = "0000"
    only: dict[str, tuple[str, ...]] = field(default_factory=dict)


CITIZENS = ("EU27_2020_FOR", "FOR", "NAT", "NEU27_2020_FOR", "TOTAL")
EXPORTS = {
    "lfsa_ergan": Export("employment_rates_yearly", "% of the population of the age group", since="2005"),
    "lfsa_urgan": Export("unemployment_rates_yearly", "% of the labour force", since="2005"),
    "hlth_silc_24": Export(
        "self_perceived_health_by_citizenship",
        "% of persons",
        "2025-03-21",
        only={"citizen": CITIZENS, "lev_perc": ("VG_G", "FAIR", "B_VB")},
    ),
    "ilc_di15": Export(
        "mean_and_median_income_by_citizenship", "EUR a year", "2025-03-21", only={"citizen": CITIZENS}
    ),
    "ilc_pw03b": Export("level_of_trust", "average rating, 0 to 10", "2024-08-22"),
    "edat_lfs_9911": Export("population_by_educational_attainment_level_and_citizenship", "% of persons"),
    "migr_asyappctza": Export("asylum_applicants_total", "persons", only={"citizen": ("TOTAL",)}),
    "migr_asytpsm": Export("temporary_protection_beneficiaries_monthly", "persons"),
    "tps00170": Export("migration_permits_issued", "persons", "2025-03-03"),
    "demo_gind": Export("country_population", "persons", "2025-03-27"),
}


def make(folder: Path) -> Iterator[Vintage]:
    """Every export above."""
    for series, export in EXPORTS.items():
        path = folder / "eurostat/sdmx_csv" / f"{export.name}.csv"
        yield Vintage(
            TERMS,
            series,
            export.unit,
            export.retrieved,
            f"{API}/{series}/?format=SDMX-CSV",
            "publisher file: data browser export kept in the public repository "
            "natix-x/Data-mining-in-Migration-Analysis",
            (path,),
            list(_rows(path, series, export)),
        )


def _rows(path: Path, series: str, export: Export) -> Iterator[Row]:
    """The slice of one export, with codes, for areas of ours."""
    for line in read(path):
        _require_dataflow(line, series, path)
        codes = {dim: _code(dim, line[dim]) for dim in line if _is_dimension(dim)}
        area = from_eurostat(_code("geo", line["geo"]))
        wanted = all(codes[dim] in allowed for dim, allowed in export.only.items())
        if area is None or not wanted or line["TIME_PERIOD"] < export.since:
            continue
        yield codes | {"ref_area": area, "time_period": line["TIME_PERIOD"]} | _value(line)


def _require_dataflow(line: Row, series: str, path: Path) -> None:
    """An export names its dataset in every row: a file with another one in it must not pass."""
    named = line.get("DATAFLOW") or line["STRUCTURE_ID"]
    if not named.startswith((f"ESTAT:{series.upper()}(", f"ESTAT:{series.upper()}$")):
        raise ValueError(f"{path.name} holds {named}, expected {series}")


def _is_dimension(column: str) -> bool:
    """Code columns are lower case; the label columns beside them begin with a capital."""
    return column not in NOT_DIMENSIONS and column[0].islower()


def _code(dimension: str, printed: str) -> str:
    """The code of a label; what is a code already stays as it is."""
    known = CODES.get(dimension, {})
    if printed in known:
        return known[printed]
    if " " in printed or not printed.isascii():
        raise ValueError(f"Eurostat {dimension} '{printed}' has no code in eurostat_codes.py")
    return printed


def _value(line: Row) -> Row:
    """Value, status and the flag as printed.

    An empty value with flag u is one Eurostat does not publish because too few were asked: Q (suppressed).
    """
    flag, value = line["OBS_FLAG"], line["OBS_VALUE"]
    status = next((letter.upper() for letter in ORDER if letter in flag), "")
    if not value:
        status = "M" if "m" in flag else "Q" if "u" in flag else "O"
    return {"obs_value": value, "obs_status": status, "flag_raw": flag}
