"""World Bank, World Development Indicators: costs of sending money, remittances, population."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from vintage_makers.areas import from_iso3
from vintage_makers.compact import Row, Terms, Vintage, number, read

TERMS = Terms(
    "world_bank",
    "World Bank",
    "CC-BY-4.0 (unconfirmed)",
    "World Bank, World Development Indicators",
)
FIRST_YEAR = "2000"
#: the only two World Bank aggregates whose members are those of a group of ours
AGGREGATES = {"WLD": "001", "EUU": "EU27"}

WORKBOOKS = {
    "SI.RMT.COST.IB.ZS": ("sending-cost-to-country.xls", "% of the amount sent (200 US$)"),
    "SI.RMT.COST.OB.ZS": ("sending-cost-from-country.xls", "% of the amount sent (200 US$)"),
    "BX.TRF.PWKR.DT.GD.ZS": ("remittances-received-percent-gdp.xls", "% of GDP"),
}


def make(folder: Path) -> Iterator[Vintage]:
    """Three indicators from the publisher's workbooks, and the population denominators."""
    for series, (name, unit) in WORKBOOKS.items():
        path = folder / "worldbank/download_2023" / name
        yield Vintage(
            TERMS,
            series,
            unit,
            "2023-05-10",
            f"https://api.worldbank.org/v2/en/indicator/{series}?downloadformat=excel",
            "publisher file: workbook kept in the public repository kietnguyen01/Remittance-Fees-Analysis",
            (path,),
            list(_workbook(path, series)),
        )
    path = folder / "worldbank/population.csv"
    yield Vintage(
        TERMS,
        "SP.POP.TOTL",
        "persons",
        "2026-01-01",
        "https://api.worldbank.org/v2/country/all/indicator/SP.POP.TOTL?format=json",
        "re-serialised by a third party: long form in the public repository datasets/population",
        (path,),
        [
            row
            for line in read(path)
            if (row := _row(line["Country Code"], line["Year"], line["Value"])) is not None
        ],
    )


def _workbook(path: Path, series: str) -> Iterator[Row]:
    """The wide sheet ``Data`` (its header stands in line 4), one row per country and year with a value."""
    # read as numbers: as text the engine cuts them to nine decimals
    sheet = pl.read_excel(path, sheet_name="Data", read_options={"header_row": 3}, infer_schema_length=None)
    years = [column for column in sheet.columns if column.isdigit()]
    for line in sheet.iter_rows(named=True):
        if line["Indicator Code"] != series:
            raise ValueError(f"{path.name} holds {line['Indicator Code']}, expected {series}")
        for year in years:
            row = _row(line["Country Code"], year, "" if line[year] is None else repr(float(line[year])))
            if row is not None:
                yield row


def _row(code: str, year: str, value: str) -> Row | None:
    area = AGGREGATES.get(code) or from_iso3(code)
    if area is None or not value or year < FIRST_YEAR:
        return None
    return {"ref_area": area, "time_period": year, "obs_value": number(value)}
