"""No input crashes a reader with anything but an error of ours, and none keeps it busy for long."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor import plugins
from monitor.errors import MonitorError
from monitor.model import Source
from monitor.series import ROW
from tests.readers.genuine import DATA, FLAGS, genuine, source
from tests.readers.genuine import read as read_genuine
from tests.test_readers import JSON, first, read

READERS = plugins.names("readers")
XML = ["iati_xml", "sdmx_generic", "sdmx_ml"]
calm = settings(
    max_examples=40, deadline=timedelta(seconds=10),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
BITS = [b"", b'"', b",", b"\n", b"{", b"}", b"[", b"]", b"null", b"-1", b"1e400", b"NaN", b"\x00", b"\xff", b"\xc3\xa9",
        b"999999999999", b"true", b";", b"<", b">", b"</", b"&", b"&amp;", b"&#0;", b"'", b"=", b":", b"2029", b"\r",
        b"9" * 400, b"<!--", b"]]>", b"Obs", b"Series"]


def only_our_errors(found: Any) -> None:
    """Call it; rows are whole, or the error is one of ours."""
    try:
        frame = found()
    except MonitorError as problem:
        assert str(problem)
    else:
        assert {name: frame.schema[name] for name in ROW} == ROW
        assert frame["obs_value"].drop_nulls().is_finite().all()
        assert frame.filter(pl.col("ref_area") == "").is_empty()


def mutated(body: bytes, data: st.DataObject) -> bytes:
    """The bytes with some cut out, some put in, and perhaps without their end."""
    changed = bytearray(body)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(changed)))
        width = data.draw(st.sampled_from([0, 1, 2, 5, 20]))
        changed[at:at + width] = data.draw(st.one_of(st.sampled_from(BITS), st.binary(max_size=3)))
    return bytes(changed[: data.draw(st.integers(0, len(changed)))] if data.draw(st.booleans()) else changed)


@pytest.mark.parametrize("reader", READERS)
@calm
@given(body=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda t: t.encode("utf-8", "ignore"))))
def test_random_bytes_raise_only_our_errors(reader: str, body: bytes) -> None:
    _, case = first(reader)
    only_our_errors(lambda: read(reader, [body], case))


@pytest.mark.parametrize("reader", READERS)
@calm
@given(data=st.data())
def test_mutated_specimens_raise_only_our_errors(reader: str, data: st.DataObject) -> None:
    bodies, case = first(reader)
    which = data.draw(st.integers(0, len(bodies) - 1))
    bodies[which] = mutated(bodies[which], data)
    only_our_errors(lambda: read(reader, bodies, case))


GENUINE: dict[str, tuple[str, Source, str]] = {
    "sdmx_ml": ("eurostat/sdmx_ml/demography-xs.xml", source("sdmx_ml", options={"area": "COUNTRY"}), ""),
    "sdmx_json": ("oecd/sdmx_json/oecd1.json", source("sdmx_json", options={"area": "LOCATION"}), ""),
    "jsonstat": ("eurostat/jsonstat2/lfsa_eoqgan_0.json", source("jsonstat", flags=FLAGS), ""),
    "world_bank": ("worldbank/v2_bodies/SI.RMT.COST.IB.ZS_COL-ECU-PER-DOM-MEX-GTM.json", source("world_bank"),
                   "SI.RMT.COST.IB.ZS"),
    "unhcr": ("unhcr/api/population_2024_coa_TUR.json", source("unhcr", options={"summed": True}), "population"),
    "un_sdg": ("un_sdg/api_v1/Series_Data_DC_TOF_WASHL_p1.json", source("un_sdg"), "DC_TOF_WASHL"),
    "open_sdg": ("open_sdg/uk/data/indicator_10-c-1.csv", source("open_sdg", options={"ref_area": "GBR"}), ""),
    "sdmx_csv": ("oecd/sdmx_csv/oecd_cli_usa.csv", source("sdmx_csv", options={"dataflow": "DF_CLI"}), ""),
}


@genuine
@pytest.mark.parametrize("reader", GENUINE)
@calm
@given(data=st.data())
def test_mutated_genuine_answers_raise_only_our_errors(reader: str, data: st.DataObject) -> None:
    path, declared, series = GENUINE[reader]
    body = mutated((DATA / Path(path)).read_bytes(), data)
    only_our_errors(lambda: read_genuine(body, declared, series or "example"))


@calm
@given(value=st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["value", "dimension", "id", "size", "data", "items", "message", "category", "index", "series",
                         "country", "indicator", "total", "year", "coa_iso", "coo_iso", "applied", "geo", "time",
                         "result", "dataSets", "structure", "dimensions", "observations", "observation", "values",
                         "incident_section", "bias", "Year", "Value"]),
        inner, max_size=5), max_leaves=20))
@pytest.mark.parametrize("reader", JSON)
def test_well_formed_json_of_another_shape_raises_only_our_errors(reader: str, value: object) -> None:
    _, case = first(reader)
    only_our_errors(lambda: read(reader, [json.dumps(value).encode()], case))


@calm
@given(tree=st.recursive(
    st.just(b"") | st.sampled_from([b"12", b"NaN", b"x"]),
    lambda inner: st.lists(st.builds(
        lambda name, held, inside: b"<%s%s>%s</%s>" % (
            name, b"".join(b' %s="%s"' % pair for pair in held.items()), inside, name),
        st.sampled_from([b"Series", b"Obs", b"DataSet", b"Value", b"ObsValue", b"iati-activity", b"transaction",
                         b"value", b"sector", b"transaction-date", b"transaction-type"]),
        st.dictionaries(st.sampled_from([b"TIME_PERIOD", b"OBS_VALUE", b"geo", b"code", b"percentage", b"id", b"value",
                                         b"iso-date", b"currency"]),
                        st.sampled_from([b"2028", b"1", b"-1e308", b"EL", b"", b"NaN", b"&#x41;", b"'"]), max_size=4),
        inner), max_size=3).map(b"".join), max_leaves=12))
@pytest.mark.parametrize(("reader", "root"), [
    ("iati_xml", b"iati-activities"), ("sdmx_generic", b"GenericData"), ("sdmx_ml", b"StructureSpecificData")])
def test_well_formed_xml_of_another_shape_raises_only_our_errors(reader: str, root: bytes, tree: bytes) -> None:
    _, case = first(reader)
    only_our_errors(lambda: read(reader, [b"<%s>%s</%s>" % (root, tree, root)], case))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("body", [
    b"[" * 200_000, b'{"a":' * 200_000, b"<a>" * 200_000, b"<a>" * 100_000 + b"</a>" * 100_000,
    b"<a " + b"".join(b'a%d="1" ' % n for n in range(50_000)) + b"/>", b"<a>" + b"x" * 12_000_000 + b"</a>",
    b'{"a": ' + b"9" * 100_000 + b"}", b"a," * 100_000 + b"\n", b'"' * 99_999, b"\x00" * 1_000_000,
    b"PK\x03\x04" + b"\x00" * 1000,
], ids=["lists", "objects", "open", "nested", "attributes", "long text", "digits", "columns", "quotes", "zeros", "zip"])
def test_monsters_are_refused_in_bounded_time(reader: str, body: bytes) -> None:
    import time

    _, case = first(reader)
    began = time.monotonic()
    with pytest.raises(MonitorError):
        read(reader, [body], case)
    assert time.monotonic() - began < 20
