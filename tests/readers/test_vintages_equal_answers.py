"""One selection serves live answers and shipped vintages."""

from __future__ import annotations

import math
import sys

import polars as pl
import pytest

from tests.readers.genuine import DATA, ROOT, flagship, genuine, lines, read, total


def lock() -> list[dict[str, str]]:
    return lines(ROOT / "sources/vintages.lock")


def vintage(path: str) -> pl.DataFrame:
    line = next(entry for entry in lock() if entry["path"] == f"vintages/{path}.csv")
    declared = flagship(line["source"]).model_copy(update={"reader": "compact"})
    return read([ROOT / "sources" / line["path"]], declared, line["series"], unit=line["unit"], fixed=line["fixed"])


def same(live: pl.DataFrame, shipped: pl.DataFrame) -> None:
    """Every row of the vintage is in the live answer, with the same dimensions, codes, value and status."""
    keys = [c for c in shipped.columns if c in ("ref_area", "time_period") or c not in shipped.columns[:9]]
    assert sorted(live.columns) == sorted(shipped.columns)
    both = shipped.join(live, on=keys, how="left", suffix="_live")
    assert both.height == shipped.height
    assert both.filter(
        ~pl.col("obs_value").eq_missing(pl.col("obs_value_live")) | (pl.col("obs_status") != pl.col("obs_status_live"))
    ).is_empty()


EUROSTAT = {
    "lfsa_ergan": "employment_rates_yearly", "lfsa_urgan": "unemployment_rates_yearly",
    "hlth_silc_24": "self_perceived_health_by_citizenship", "ilc_di15": "mean_and_median_income_by_citizenship",
    "ilc_pw03b": "level_of_trust", "edat_lfs_9911": "population_by_educational_attainment_level_and_citizenship",
    "migr_asyappctza": "asylum_applicants_total", "migr_asytpsm": "temporary_protection_beneficiaries_monthly",
    "demo_gind": "country_population",
}


@genuine
@pytest.mark.parametrize(("series", "name"), EUROSTAT.items())
def test_eurostat_vintages_equal_the_exports(series: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    from vintage_makers.eurostat_codes import CODES

    recodes = {dim: codes for dim, codes in CODES.items() if dim != "geo"}
    recodes["ref_area"] = {**CODES["geo"], "Kosovo*": "XKX", "XK": "XKX"}
    declared = flagship("eurostat").model_copy(update={"reader": "sdmx_csv", "recodes": recodes})
    same(read([DATA / f"eurostat/sdmx_csv/{name}.csv"], declared, series), vintage(f"eurostat/{series}"))
    sys.modules.pop("vintage_makers.eurostat_codes", None)


@genuine
def test_new_york_vintage_equals_the_export() -> None:
    live = read([DATA / "nyc/NYPD_Hate_Crimes_20241206.csv"], flagship("nyc_open_data"), "bqiq-cu78")
    shipped = vintage("nyc_open_data/bqiq-cu78")
    assert live.height == shipped.height
    keys = ["ref_area", "time_period", "measure", "offense_category", "bias_motive"]
    # the shipped file withholds more: editions withhold the same of a live answer (monitor.disclosure)
    both = live.join(shipped, on=keys, suffix="_shipped")
    assert both.height == live.height
    printed = both.filter(pl.col("obs_status_shipped") != "Q")
    assert printed.filter(pl.col("obs_value").ne_missing(pl.col("obs_value_shipped"))).is_empty()
    assert both.filter(pl.col("obs_status") == "Q")["obs_status_shipped"].unique().to_list() == ["Q"]


@genuine
def test_iom_vintage_equals_the_answers() -> None:
    years = ("2014", "2019", "2023")
    answers = [DATA / f"iom/missing_migrants_api/{year}-json.json" for year in years]
    live = read(answers, flagship("iom_missing_migrants"), "deaths")
    same(live, vintage("iom_missing_migrants/deaths").filter(pl.col("time_period").is_in(years)))


@pytest.mark.parametrize(
    "line", [pytest.param(e, id=e["path"]) for e in lock() if e["path"].startswith("vintages/")]
)
def test_every_shipped_vintage_is_read_whole(line: dict[str, str]) -> None:
    frame = vintage(line["path"].removeprefix("vintages/").removesuffix(".csv"))
    given = lines(ROOT / "sources" / line["path"])
    assert frame.height == len(given) == int(line["rows"])
    assert total(frame) == math.fsum(float(r["obs_value"]) for r in given if r["obs_value"])
    assert frame["ref_area"].to_list() == [r["ref_area"] for r in given]
    assert set(frame["unit_measure"]) == {line["unit"]}
    for dim, code in (pair.split("=") for pair in line["fixed"].split(";") if pair):
        assert set(frame[dim]) == {code}
