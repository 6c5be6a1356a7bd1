"""Rebuild the frozen vintages and the two figure registers from a folder of publishers' files.

    python tools/make_vintages.py --from FOLDER

Writes ``sources/vintages/``, ``sources/registers/{hate_crime_odihr,treaties}.csv`` and
``sources/vintages.lock``. The same folder always gives the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
for place in (ROOT, ROOT / "tools"):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))

from vintage_makers import (  # noqa: E402  the path must be set first
    eurostat,
    law,
    missing_migrants,
    nyc,
    police,
    registers,
    uk_ons,
    un_sdg,
    unhcr,
    world_bank,
)
from vintage_makers.compact import LOCK, Row, Vintage, write, write_csv  # noqa: E402

PUBLISHERS = (world_bank, un_sdg, eurostat, unhcr, missing_migrants, nyc, police, uk_ons, registers, law)


def vintages(folder: Path) -> Iterator[Vintage]:
    """Everything that ships, publisher by publisher."""
    for publisher in PUBLISHERS:
        yield from publisher.make(folder)


def build(folder: Path, sources: Path) -> list[Row]:
    """Write every file under ``sources``, then the lock; gives back the lock's lines."""
    lines = sorted((write(vintage, sources) for vintage in vintages(folder)), key=lambda line: line["path"])
    write_csv(sources / "vintages.lock", LOCK, ([line[column] for column in LOCK] for line in lines))
    return lines


def main() -> None:
    """Read the arguments, build, and say what was written."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--from", dest="folder", type=Path, required=True, help="folder of publishers' files")
    parser.add_argument("--to", type=Path, default=ROOT / "sources", help="where to write (sources/)")
    arguments = parser.parse_args()
    for line in build(arguments.folder, arguments.to):
        print(f"{line['bytes']:>8} bytes {line['rows']:>6} rows  {line['path']}")


if __name__ == "__main__":
    main()
