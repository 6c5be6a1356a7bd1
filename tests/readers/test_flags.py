"""Breaks, estimates, provisional and unreliable figures, suppressed and missing ones: different things in every format.

Where a publisher says why, the SDMX code is kept in ``obs_status`` and its own flag, as printed, in ``flag_raw``.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from monitor.errors import UnreadableData
from tests.readers.genuine import read, source

#: status -> value that goes with it
STATES = {"A": "1", "B": "2", "E": "3", "P": "4", "U": "5", "Q": "", "M": "", "L": "", "H": "", "D": "6", "F": "7"}
RAW = {s: f"raw-{s}" for s in STATES}
YEARS = {s: str(2020 + n) for n, s in enumerate(STATES)}


def sdmx_csv(flags: dict[str, str], column: str) -> bytes:
    return ("STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,TIME_PERIOD,OBS_VALUE," + column + "\n" + "".join(
        f"dataflow,F:EXAMPLE(1.0),I,DE,{YEARS[s]},{STATES[s]},{flags[s]}\n" for s in STATES)).encode()


def sdmx_ml(flags: dict[str, str], column: str) -> bytes:
    values = {s: f' OBS_VALUE="{v}"' if v else "" for s, v in STATES.items()}
    name = "OBS_FLAG" if column == "OBS_FLAG" else "OBS_STATUS"
    return (b"<StructureSpecificData><DataSet><Series REF_AREA='DE'>" if column == "walk" else
            b'<StructureSpecificData><DataSet><Series REF_AREA="DE">') + "".join(
        f'<Obs TIME_PERIOD="{YEARS[s]}"{values[s]} {name}="{flags[s]}"/>' for s in STATES
    ).encode() + b"</Series></DataSet></StructureSpecificData>"


def generic(flags: dict[str, str], column: str) -> bytes:
    obs = "".join(
        f'<g:Obs><g:ObsDimension id="TIME_PERIOD" value="{YEARS[s]}"/><g:ObsValue value="{STATES[s] or "NaN"}"/>'
        f'<g:Attributes><g:Value id="{column}" value="{flags[s]}"/></g:Attributes></g:Obs>' for s in STATES)
    return (
        '<m:GenericData xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message" '
        'xmlns:g="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/generic" '
        'xmlns:c="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common"><m:Header><m:ID>F</m:ID>'
        '<m:Test>false</m:Test><m:Prepared>2031-01-01T00:00:00</m:Prepared><m:Sender id="F"/>'
        '<m:Structure structureID="S1" '
        'dimensionAtObservation="TIME_PERIOD"><c:Structure><Ref agencyID="F" id="EXAMPLE" version="1.0" '
        'class="DataStructure"/></c:Structure></m:Structure></m:Header><m:DataSet structureRef="S1"><g:Series>'
        f'<g:SeriesKey><g:Value id="REF_AREA" value="DE"/></g:SeriesKey>{obs}</g:Series></m:DataSet>'
        "</m:GenericData>").encode()


def sdmx_json(flags: dict[str, str], column: str) -> bytes:
    numbers = {str(n): [float(STATES[s]) if STATES[s] else None, n] for n, s in enumerate(STATES)}
    values: dict[str, Any] = {
        "dimensions": {"series": [{"id": "REF_AREA", "values": [{"id": "DE"}]}],
                       "observation": [{"id": "TIME_PERIOD", "values": [{"id": YEARS[s]} for s in STATES]}]},
        "attributes": {"observation": [{"id": column, "values": [{"id": flags[s]} for s in STATES]}]}}
    sets = [{"series": {"0": {"observations": numbers}}}]
    return json.dumps({"data": {"structures": [values], "dataSets": sets}}).encode()


def jsonstat(flags: dict[str, str], column: str) -> bytes:
    return json.dumps({
        "id": ["geo", "time"], "size": [1, len(STATES)], "dimension": {
            "geo": {"category": {"index": ["DE"]}}, "time": {"category": {"index": [YEARS[s] for s in STATES]}}},
        "value": {str(n): float(v) for n, v in enumerate(STATES.values()) if v},
        "status": {str(n): flags[s] for n, s in enumerate(STATES)}}).encode()


def world_bank(flags: dict[str, str], column: str) -> bytes:
    rows = [{"indicator": {"id": "example"}, "country": {"id": "DE"}, "countryiso3code": "DEU", "date": YEARS[s],
             "value": float(v) if v else None, "obs_status": flags[s]} for s, v in STATES.items()]
    return json.dumps([{"total": len(rows)}, rows]).encode()


def open_sdg(flags: dict[str, str], column: str) -> bytes:
    rows = "".join(f"{YEARS[s]},{flags[s]},{v}\n" for s, v in STATES.items())
    return f"Year,Observation status,Value\n{rows}".encode()


def compact(flags: dict[str, str], column: str) -> bytes:
    return ("ref_area,time_period,obs_value,obs_status\n" + "".join(
        f"DEU,{YEARS[s]},{v},{s}\n" for s, v in STATES.items())).encode()


DECLARED = {raw: status for status, raw in RAW.items()}
SAME = {s: s for s in STATES}


@pytest.mark.parametrize(("reader", "make", "flags", "column", "options"), [
    ("sdmx_csv", sdmx_csv, SAME, "OBS_STATUS", {}), ("sdmx_csv", sdmx_csv, RAW, "OBS_FLAG", {}),
    ("sdmx_ml", sdmx_ml, SAME, "OBS_STATUS", {}), ("sdmx_ml", sdmx_ml, RAW, "OBS_FLAG", {}),
    ("sdmx_ml", sdmx_ml, SAME, "walk", {}),
    ("sdmx_generic", generic, SAME, "OBS_STATUS", {}), ("sdmx_generic", generic, RAW, "OBS_FLAG", {}),
    ("sdmx_json", sdmx_json, SAME, "OBS_STATUS", {}), ("sdmx_json", sdmx_json, RAW, "OBS_FLAG", {}),
    ("jsonstat", jsonstat, RAW, "", {}), ("world_bank", world_bank, RAW, "", {}),
    ("open_sdg", open_sdg, RAW, "", {"ref_area": "DEU"}), ("compact", compact, SAME, "", {}),
], ids=lambda v: v if isinstance(v, str) else None)
def test_each_status_stays_what_it_is(
    reader: str, make: Any, flags: dict[str, str], column: str, options: dict[str, Any]
) -> None:
    series = "EXAMPLE" if reader == "sdmx_csv" else "example"
    frame = read(make(flags, column), source(reader, flags=DECLARED if flags is RAW else {}, options=options), series)
    found = {r["time_period"]: (r["obs_status"], r["obs_value"]) for r in frame.iter_rows(named=True)}
    assert found == {YEARS[s]: (s, float(v) if v else None) for s, v in STATES.items()}
    if reader != "compact":  # a vintage holds our own statuses alone
        assert dict(zip(frame["time_period"], frame["flag_raw"], strict=True)) == {YEARS[s]: flags[s] for s in STATES}


@pytest.mark.parametrize(("reader", "make", "column", "options"), [
    ("sdmx_csv", sdmx_csv, "OBS_FLAG", {}), ("sdmx_ml", sdmx_ml, "OBS_FLAG", {}),
    ("sdmx_json", sdmx_json, "OBS_FLAG", {}), ("sdmx_generic", generic, "OBS_FLAG", {}),
    ("jsonstat", jsonstat, "", {}), ("world_bank", world_bank, "", {}),
    ("open_sdg", open_sdg, "", {"ref_area": "DEU"}),
], ids=lambda v: v if isinstance(v, str) else None)
def test_a_flag_nobody_declared_is_never_dropped_in_silence(
    reader: str, make: Any, column: str, options: dict[str, Any]
) -> None:
    with pytest.raises(UnreadableData, match="has no meaning: declare it under 'flags' of the source"):
        read(make(RAW, column), source(reader, options=options), "EXAMPLE" if reader == "sdmx_csv" else "example")


def test_a_figure_and_its_flag_may_disagree_and_the_figure_stays() -> None:
    body = sdmx_csv(SAME, "OBS_STATUS").replace(b",2025,,Q", b",2025,9,Q").replace(b",2020,1,A", b",2020,,A")
    frame = read(body, source("sdmx_csv"), "EXAMPLE")
    found = {r["time_period"]: (r["obs_status"], r["obs_value"]) for r in frame.iter_rows(named=True)}
    assert found["2025"] == ("Q", 9.0), "kept as flagged; a check sees it"
    assert found["2020"] == ("O", None), "no figure, and nobody says why"
