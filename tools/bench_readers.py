"""How fast the readers are beside the field's general libraries: one message of 200,000 observations, same process.

Ours is the whole reader, from bytes to checked rows (areas, periods, values and flags); theirs is the library's own
reading up to a pandas frame whose values are numbers. Both take turns, the best of several rounds counts; where theirs
takes longer than ten seconds, one round is enough. For CSV the floor stands beside: the same bytes through
``polars.read_csv`` with nothing checked.

    python tools/bench_readers.py
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import itertools
import json
import math
import subprocess
import sys
import tempfile
import textwrap
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from monitor import plugins
from monitor.model import Source
from monitor.results import Snapshot

DIMENSIONS = {
    "freq": ["A"], "unit": ["PC"], "sex": ["M", "F"], "age": [f"Y{n}-{n + 9}" for n in range(15, 65, 10)],
    "citizen": [f"CTZ{n:02}" for n in range(20)],
    "geo": ["AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "EL", "HU", "IE", "IT", "LV", "LT", "LU",
            "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "NO", "CH", "IS", "UK", "TR", "RS", "ME", "MK", "AL",
            "BA", "UA", "MD", "GE"],
}  # fmt: skip
YEARS = [str(year) for year in range(2000, 2025)]
FLOW = "BENCH"
_LONG = 10.0  # seconds after which one round is enough


def observations() -> Iterator[tuple[tuple[str, ...], list[tuple[str, str, str]]]]:
    """Series by series: the codes of its key, and (period, value, flag) of its observations."""
    for number, key in enumerate(itertools.product(*DIMENSIONS.values())):
        yield key, [(year, f"{(number * 7 + n * 13) % 997 / 10:.1f}", "b" if (number + n) % 50 == 0 else "")
                    for n, year in enumerate(YEARS)]


def csv_1() -> bytes:
    """SDMX-CSV 1.0 as Eurostat writes it."""
    head = f"DATAFLOW,LAST UPDATE,{','.join(DIMENSIONS)},TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
    return (head + "".join(f"ESTAT:{FLOW}(1.0),01/02/25 23:00:00,{','.join(key)},{year},{value},{flag}\n"
                           for key, cells in observations() for year, value, flag in cells)).encode()


def csv_2() -> bytes:
    """SDMX-CSV 2.0."""
    head = f"STRUCTURE,STRUCTURE_ID,ACTION,{','.join(DIMENSIONS)},TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
    return (head + "".join(f"dataflow,ESTAT:{FLOW}(1.0),I,{','.join(key)},{year},{value},{flag}\n"
                           for key, cells in observations() for year, value, flag in cells)).encode()


def ml() -> bytes:
    """SDMX-ML 2.1, structure-specific."""
    urn = f"urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=ESTAT:{FLOW}(1.0):ObsLevelDim:TIME_PERIOD"
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<m:StructureSpecificData '
        'xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message" '
        'xmlns:s="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/structurespecific" '
        f'xmlns:u="{urn}" xmlns:c="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><m:Header><m:ID>BENCH</m:ID><m:Test>false</m:Test>'
        '<m:Prepared>2025-01-01T00:00:00</m:Prepared><m:Sender id="ESTAT"/>'
        f'<m:Structure structureID="STR1" namespace="{urn}" dimensionAtObservation="TIME_PERIOD"><c:Structure>'
        f'<Ref agencyID="ESTAT" id="{FLOW}" version="1.0" class="DataStructure"/></c:Structure></m:Structure>'
        '</m:Header><m:DataSet s:structureRef="STR1" xsi:type="u:DataSetType" s:dataScope="DataStructure" '
        's:action="Replace">\n'
    )
    body = "".join(
        "<Series " + " ".join(f'{name}="{code}"' for name, code in zip(DIMENSIONS, key, strict=True)) + ">" + "".join(
            f'<Obs TIME_PERIOD="{year}" OBS_VALUE="{value}"' + (f' OBS_FLAG="{flag}"' if flag else "") + "/>\n"
            for year, value, flag in cells) + "</Series>\n"
        for key, cells in observations())
    return (head + body + "</m:DataSet></m:StructureSpecificData>").encode()


def jsonstat() -> bytes:
    """JSON-stat 2.0 with sparse maps, as Eurostat sends it."""
    flat = [cell for _, cells in observations() for cell in cells]
    dimensions = {**DIMENSIONS, "time": YEARS}
    return json.dumps({
        "version": "2.0", "class": "dataset", "label": FLOW, "source": "ESTAT", "updated": "2025-02-01T23:00:00+0100",
        "value": {str(n): float(value) for n, (_, value, _) in enumerate(flat)},
        "status": {str(n): flag for n, (_, _, flag) in enumerate(flat) if flag},
        "id": list(dimensions), "size": [len(codes) for codes in dimensions.values()],
        "dimension": {name: {"label": name, "category": {"index": {c: n for n, c in enumerate(codes)},
                                                         "label": {c: c for c in codes}}}
                      for name, codes in dimensions.items()},
    }).encode()


def ours(reader: str, body: bytes) -> int:
    """Rows of our reader."""
    source = Source.model_validate({
        "id": "bench", "title": "Bench", "publisher": "Bench", "official": False, "homepage": "https://example.org",
        "licence": {"name": "made up", "confirmed": True}, "citation": "{series}", "reader": reader,
        "flags": {"b": "B"}, "series": {FLOW: {"title": "Bench"}},
    })
    snapshot = Snapshot(source="bench", series=FLOW, reader=reader, bodies=(body,), sha256="0" * 64,
                        url="https://example.org", retrieved="2026-01-01", origin="live")
    return int(plugins.function("readers", reader)(snapshot, source, FLOW).height)


def with_pysdmx(path: Path) -> int:
    """As its manual calls it: messages in XML are checked against the schemas of the standard.

    Every column comes as text, the values too, so they are turned into numbers as everybody must.
    """
    import pandas as pd
    from pysdmx.io import read_sdmx

    return len(pd.to_numeric(read_sdmx(path).data[0].data["OBS_VALUE"]))


def with_sdmx1(path: Path) -> int:
    """sdmx1 must be told the structure, of the standard's version that the form belongs to."""
    import sdmx
    from sdmx.model import v21, v30

    model: Any = v30 if path.suffix == ".csv" else v21
    structure = model.DataStructureDefinition(id=FLOW, maintainer=model.Agency(id="ESTAT"), version="1.0")
    for name in DIMENSIONS:
        structure.dimensions.getdefault(id=name)
    structure.dimensions.getdefault(cls=model.TimeDimension, id="TIME_PERIOD")
    structure.measures.getdefault(id="OBS_VALUE")
    structure.attributes.getdefault(id="OBS_FLAG")
    return len(sdmx.to_pandas(sdmx.read_sdmx(path, structure=structure).data[0]))


def with_pyjstat(path: Path) -> int:
    from pyjstat import pyjstat

    return len(pyjstat.Dataset.read(path.read_text(encoding="utf-8")).write("dataframe"))


def with_polars(path: Path) -> int:
    """Parsing alone: no reader on top of polars can be faster."""
    import polars as pl

    return pl.read_csv(path.read_bytes(), infer_schema=False).height


#: what the project promises, times faster than the general libraries; polars itself is the floor, not one of them
PROMISED = {"sdmx_csv": 10, "sdmx_ml": 10, "jsonstat": 3}
FLOOR = "polars"
#: form -> our reader, the message, its file name, and what else reads it
FORMS: dict[str, tuple[str, Callable[[], bytes], str, dict[str, Callable[[Path], int]]]] = {
    "SDMX-CSV 1.0": ("sdmx_csv", csv_1, "1.csv", {"pysdmx": with_pysdmx, FLOOR: with_polars}),  # sdmx1 reads no 1.0
    "SDMX-CSV 2.0": ("sdmx_csv", csv_2, "2.csv", {"pysdmx": with_pysdmx, "sdmx1": with_sdmx1, FLOOR: with_polars}),
    "SDMX-ML 2.1 structure-specific": ("sdmx_ml", ml, "3.xml", {"pysdmx": with_pysdmx, "sdmx1": with_sdmx1}),
    "JSON-stat 2.0": ("jsonstat", jsonstat, "4.json", {"pyjstat": with_pyjstat}),
}


def _seconds(work: Callable[[], int], expected: int) -> float:
    began = time.perf_counter()
    found = work()
    taken = time.perf_counter() - began
    if found != expected:
        raise SystemExit(f"{found} rows came, expected {expected}")
    return taken


def peak(form: str) -> float | None:
    """Megabytes that reading a message adds at most to a fresh process that holds it; None but on Linux."""
    lines = f"""
        import monitor.readers.{FORMS[form][0]}
        from tools import bench_readers as bench
        held = lambda: [int(row.split()[1]) for row in open("/proc/self/status") if row.startswith("VmHWM")][0]
        reader, make, *_ = bench.FORMS[{form!r}]
        body = make()
        open("/proc/self/clear_refs", "w").write("5")
        before = held()
        bench.ours(reader, body)
        print((held() - before) / 1024)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(lines)], capture_output=True, text=True, check=False,
                          cwd=Path(__file__).parents[1])
    return float(done.stdout) if done.returncode == 0 else None


def measure(rounds: int = 3) -> list[dict[str, Any]]:
    """One row each form and library.

    Seconds of ours and theirs, how many times faster ours is, how many were promised (None beside the floor), and the
    megabytes ours takes at its peak. A library that is not installed has no row.
    """
    rows: list[dict[str, Any]] = []
    expected = sum(len(cells) for _, cells in observations())
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        for form, (reader, make, name, others) in FORMS.items():
            path = Path(folder, name)
            path.write_bytes(body := make())
            most = peak(form)
            for library, other in others.items():
                if importlib.util.find_spec({"sdmx1": "sdmx"}.get(library, library)) is None:
                    continue
                our = their = math.inf
                for _ in range(rounds):
                    our = min(our, _seconds(lambda r=reader, b=body: ours(r, b), expected))  # type: ignore[misc]
                    their = min(their, _seconds(lambda o=other, p=path: o(p), expected))  # type: ignore[misc]
                    if their > _LONG:
                        break
                rows.append({"form": form, "library": library, "observations": expected, "megabytes": len(body) / 1e6,
                             "ours_s": our, "theirs_s": their, "ratio": their / our, "peak_mb": most,
                             "promised": None if library == FLOOR else PROMISED[reader]})
    return rows


if __name__ == "__main__":
    for row in measure(int(sys.argv[1]) if len(sys.argv) > 1 else 3):
        promised = f"promised {row['promised']}" if row["promised"] else "the floor"
        print(f"{row['form']:32} {row['library']:8} ours {row['ours_s']:6.3f} s, theirs {row['theirs_s']:7.3f} s: "
              f"{row['ratio']:5.1f} times ({promised}); {row['observations']:,} observations, "
              f"{row['megabytes']:.0f} MB, peak {row['peak_mb'] or math.nan:.0f} MB more", flush=True)
