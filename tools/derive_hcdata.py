"""Derive three items of the register hcdata from ODIHR's official data, row by row.

    python tools/derive_hcdata.py

For each country and year of sources/registers/hate_crime_odihr.csv: did ODIHR's page show a number in the columns of
the police, of prosecution and of sentencing? A printed zero is a number; `Not available`, `-` and `N/A` are none.
Whether the bias is named and victims were asked cannot be told from that table, so both stay empty. Rows people wrote
(any id that does not begin with HCDATA-ODIHR) are kept as they stand, below the derived ones.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from monitor.project import load  # noqa: E402  the path must be set first

REGISTERS = ROOT / "sources/registers"
MARK = "HCDATA-ODIHR-"
ITEMS = {"recorded": "police_published", "prosecuted": "prosecution_published", "sentenced": "sentencing_published"}


def derived(official: list[dict[str, str]]) -> list[dict[str, str]]:
    """One row for each country and year."""
    lines: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
    for row in official:
        lines.setdefault((row["ref_area"], row["time_period"]), {})[row["measure"]] = row
    return [_row(area, year, cells) for (area, year), cells in sorted(lines.items())]


def _row(area: str, year: str, cells: dict[str, dict[str, str]]) -> dict[str, str]:
    printed = [f"{measure} printed {cells[measure]['raw']}" for measure in ITEMS if not cells[measure]["obs_value"]]
    return {
        "id": f"{MARK}{area}-{year}", "ref_area": area, "level": "national", "date_from": year, "date_to": year,
        **{item: "yes" if cells[measure]["obs_value"] else "no" for measure, item in ITEMS.items()},
        "source_url": cells["recorded"]["source_url"], "retrieved_on": cells["recorded"]["retrieved_on"],
        "confidence": "high", "status": "entered", "linked_r": "R2016-1.I2 R2016-4.I3", "linked_gcm": "1 17",
        "notes": "; ".join([f"derived from the rows ODIHR-{area}-{year}", *printed]),
    }  # fmt: skip


def rows(kept: list[dict[str, str]], official: list[dict[str, str]], header: list[str]) -> list[dict[str, str]]:
    """The derived rows, then those people wrote."""
    every = [*derived(official), *(row for row in kept if not row["id"].startswith(MARK))]
    return [{name: row.get(name, "") for name in header} for row in every]


def read(name: str) -> list[dict[str, str]]:
    with (REGISTERS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def main() -> None:
    """Write the register anew."""
    header = [column.name for column in load(ROOT).register("hcdata").header()]
    written = rows(read("hcdata"), read("hate_crime_odihr"), header)
    with (REGISTERS / "hcdata.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(written)
    print(f"{len(written)} rows in sources/registers/hcdata.csv")


if __name__ == "__main__":
    main()
