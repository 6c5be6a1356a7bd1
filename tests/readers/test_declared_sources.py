"""What every source of the flagship says of itself, and that each public source the mandate needs is declared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor import paging, plugins, vintages
from monitor.errors import SourceUnavailable
from tests.readers.genuine import ROOT, flagship

EVERY = sorted(path.stem for path in (ROOT / "sources").glob("*.yaml"))
#: the publishers the mandate names -> the reader that reads their answers
NEEDED = {
    "world_bank": "world_bank", "un_sdg": "un_sdg", "un_sdg_sdmx": "sdmx_csv", "eurostat": "jsonstat",
    "oecd": "sdmx_csv",
    "ilostat": "sdmx_csv", "unhcr": "unhcr", "iom_missing_migrants": "missing_migrants", "iom_dtm": "json_rows",
    "nyc_open_data": "socrata", "chicago_open_data": "socrata", "hdx": "csv_table", "open_canada": "csv_table",
    "iati": "iati_xml",
    "fbi_cde": "fbi_cde", "odihr": "register", "un_treaty_pages": "untc_html", "un_treaty_collection": "register",
    "un_desa": "excel", "vparty": "csv_table", "mipex": "csv_table", "open_sdg_uk": "open_sdg",
    "open_sdg_armenia": "open_sdg",
}


@pytest.mark.parametrize(("name", "reader"), NEEDED.items())
def test_every_public_source_of_the_mandate_is_declared(name: str, reader: str) -> None:
    assert flagship(name).reader == reader


@pytest.mark.parametrize("name", EVERY)
def test_a_source_says_what_a_citizen_would_ask(name: str) -> None:
    declared = flagship(name)
    assert declared.reader in plugins.names("readers")
    assert declared.release, "when new figures appear"
    assert declared.quirks, "what surprised us"
    assert declared.licence.confirmed or declared.licence.note, "why the licence is not confirmed"
    assert "{retrieved}" in declared.citation
    assert not declared.auth_env or re.fullmatch("[A-Z][A-Z0-9_]+", declared.auth_env), "a name, never a key"
    if declared.endpoint:
        for series in declared.series:
            assert paging.address(declared, series).startswith("https://")


def test_the_limits_that_publishers_state_are_kept() -> None:
    assert flagship("oecd").per_hour == 20
    assert flagship("oecd").at_once == 1


@pytest.mark.parametrize("name", ["mipex", "vparty"])
def test_files_people_download_come_with_their_terms(name: str) -> None:
    from click.testing import CliRunner

    from monitor.cli import cli

    assert not flagship(name).licence.confirmed
    shown = CliRunner().invoke(cli, ["where", name, "--project", str(ROOT)])
    assert shown.exit_code in (0, 3), shown.output
    terms = " ".join(flagship(name).licence.terms.split())
    assert f"Before you download its file: {terms}" in " ".join(shown.stderr.split())


FILES = {
    "vparty": ("v2paimmig", "country,year,v2xpa_popul,v2paimmig\nDEU,2017,0.31,0.4\nFRA,2017,0.28,NA\n",
               [("DEU", "2017", 0.4), ("FRA", "2017", None)]),
    "mipex": ("scores", "country,year,area,score\nDEU,2019,Health,63\nDEU,2019,Access to nationality,42\n",
              [("DEU", "2019", 63.0), ("DEU", "2019", 42.0)]),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_people_download_is_read_from_where_it_is_said_to_go(name: str, tmp_path: Path) -> None:
    """A made-up file of the declared form; and without it, an error that says where it comes from and on what terms."""
    declared, (series, text, expected) = flagship(name), FILES[name]
    with pytest.raises(SourceUnavailable) as absent:
        vintages.register([tmp_path], declared, series)
    for said in (declared.homepage, f"sources/{declared.file}", declared.licence.terms):
        assert said in str(absent.value)
    assert declared.file
    path = tmp_path / "sources" / declared.file
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    answer = vintages.register([tmp_path], declared, series)
    rows = plugins.function("readers", answer.reader)(answer, declared, series)
    assert rows.select("ref_area", "time_period", "obs_value").rows() == expected
