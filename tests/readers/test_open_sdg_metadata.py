"""What an Open SDG site says of its indicators: genuine descriptions, and made-up ones of the documented form."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest
import yaml
from click.testing import CliRunner

from monitor import document, paging
from monitor.cli import cli
from monitor.errors import UnreadableData
from monitor.metadata_cli import drafted, facts
from monitor.model import Indicator, Source
from monitor.readers import _open_sdg, open_sdg
from monitor.results import Snapshot
from tests.fetch.conftest import ask, network, publisher  # noqa: F401  fixtures
from tests.fetch.setting import Ask
from tests.readers.genuine import DATA, ROOT, files, flagship, genuine, source
from tests.server import Publisher


def read(bodies: list[bytes], declared: Source, series: str = "X") -> pl.DataFrame:
    answer = Snapshot(declared.id, series, "open_sdg", tuple(bodies), "", "", "2026-11-22", "live")
    return open_sdg.read(answer, declared, series)


GBR = source("open_sdg", options={"ref_area": "GBR"})
META = b"""---
indicator_number: 3.1.1
indicator_name: global_indicators.3-1-1-title
graph_title: Maternal deaths
computation_units: deaths per 100,000
reporting_status: complete
licence: CC BY 4.0
source_active_1: true
source_organisation_1: Office of Exampleland
source_active_2: false
source_organisation_2: Nobody
auto_progress_calculation: true
progress_calculation_options:
- direction: negative
  target: 70
  limit: 5
- group:
  - series: Fatality claims
    disaggregation:
    - field: Age group
      value: 15 to 24
    direction: positive
    limit: 100
    base_year: 2014
---
Free text: with a colon, and no YAML.
"""
WITHOUT = b"---\nreporting_status: %s\n---\n"


@genuine
@pytest.mark.parametrize("path", files("open_sdg/uk/meta/*.md"))
def test_genuine_descriptions(path: Path) -> None:
    """Against PyYAML itself."""
    front = yaml.safe_load(path.read_text(encoding="utf-8").split("\n---")[0].removeprefix("---"))
    said = _open_sdg.metadata(path.read_bytes())
    assert said.number == front["indicator_number"]
    assert (said.unit, said.status) == (front["computation_units"], front["reporting_status"])
    assert said.name == " ".join(front["indicator_available"].split())
    assert said.coverage == front["national_geographical_coverage"]
    assert said.sources == tuple(dict.fromkeys(
        " ".join(front[f"source_organisation_{n}"].split()) for n in range(1, 7) if front.get(f"source_active_{n}")))
    assert said.proxy == ("proxy" in front)
    assert _open_sdg.metadata(json.dumps(front).encode()) == said, "the same as JSON"


@genuine
@pytest.mark.parametrize("path", files("open_sdg/uk/data/*.csv"))
def test_a_description_beside_the_figures_changes_nothing_that_the_figures_say(path: Path) -> None:
    series = path.stem.removeprefix("indicator_")
    meta = DATA / f"open_sdg/uk/meta/{series}.md"
    declared = flagship("open_sdg_uk")
    assert read([path.read_bytes(), meta.read_bytes()], declared, series).equals(
        read([path.read_bytes()], declared, series))


def test_what_is_said_and_what_progress_means() -> None:
    said = _open_sdg.metadata(META)
    assert (said.number, said.name) == ("3.1.1", "Maternal deaths"), "no key of a translation"
    assert (said.unit, said.licence) == ("deaths per 100,000", "CC BY 4.0")
    assert said.sources == ("Office of Exampleland",), "the second is not active"
    one, two = said.progress
    assert (one.direction, one.target, one.limit) == ("negative", 70.0, None), "a limit has no meaning beside a target"
    assert (one.base_year, one.target_year) == (2015, 2030)
    assert (two.direction, two.target, two.limit, two.base_year) == ("positive", None, 100.0, 2014)
    assert two.select == {"series": "Fatality claims", "Age group": "15 to 24"}


def test_the_unit_of_the_description_counts_where_the_figures_have_none() -> None:
    rows = read([b"Year,Value\n2024,7\n", META], GBR)
    assert rows.select("time_period", "obs_value", "unit_measure").rows() == [("2024", 7.0, "deaths per 100,000")]
    rows = read([b"Year,Units,Value\n2024,per cent,7\n", META], GBR)
    assert rows["unit_measure"].to_list() == ["per cent"]


@pytest.mark.parametrize(("status", "code"), [("notapplicable", "M"), ("notstarted", "L"), ("inprogress", "L")])
def test_why_there_are_no_figures(status: str, code: str) -> None:
    rows = read([b"Year,Units,Value\n", WITHOUT % status.encode()], GBR)
    [(area, value, found, comment)] = rows.select("ref_area", "obs_value", "obs_status", "comment_obs").rows()
    assert (area, value, found) == ("GBR", None, code)
    assert comment == f"the site's reporting status is {status}: {_open_sdg.STATES[status]}"


def test_complete_without_figures_and_figures_in_preparation() -> None:
    assert read([b"Year,Value\n", WITHOUT % b"complete"], GBR).is_empty()
    rows = read([b"Year,Value\n2024,7\n", WITHOUT % b"inprogress"], GBR)
    assert rows.select("obs_value", "comment_obs").rows() == [
        (7.0, "the site's reporting status is inprogress: the publisher is preparing figures")]


@pytest.mark.parametrize(("body", "said"), [
    (b"---\nreporting_status: maybe\n---\n", "say 'reporting_status: maybe', expected complete, inprogress"),
    (b"---\nindicator_name: !!python/object:os.system x\n---\n", "the tag .* is not allowed"),
    (b"---\nindicator_name: a\nindicator_name: b\n---\n", "the key 'indicator_name' stands twice"),
    (b"---\n- a\n---\n", "no keys with values"), (b"---\n: : :\n", "the metadata"),
    (b"---\na: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
     b"d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\n"
     b"f: [*e, *e, *e, *e, *e, *e, *e, *e, *e]\n---\n", "grows beyond"),
    (b"---\nprogress_calculation_options: up\n---\n", "is no list of series"),
    (b"---\nprogress_calculation_options:\n- direction: sideways\n---\n", "the direction 'sideways'"),
    (b"---\nprogress_calculation_options:\n- target: soon\n---\n", "'target: soon' of the metadata is no number"),
    (b'{"reporting_status": NaN}', "NaN"),
])  # fmt: skip
def test_descriptions_that_mean_nothing(body: bytes, said: str) -> None:
    with pytest.raises(UnreadableData, match=said):
        read([b"Year,Value\n2024,7\n", body], GBR)


def test_a_description_is_asked_for_beside_the_figures(publisher: Publisher, ask: Ask) -> None:  # noqa: F811
    declared = flagship("open_sdg_uk")
    assert declared.metadata == "https://sdgdata.gov.uk/sdg-data/en/meta/{series}.json"
    assert paging.address(declared, "10-c-1") == "https://sdgdata.gov.uk/sdg-data/en/data/10-c-1.csv"
    here = declared.model_copy(update={"endpoint": publisher.url + "/data/{series}.csv", "per_minute": 1000,
                                       "metadata": publisher.url + "/meta/{series}.json"})
    data = b"Year,Series,Units,Value\n2024,Cost,Percentage (%),7\n"
    publisher.says("/data/10-c-1.csv", data)
    assert ask(here, series="10-c-1").bodies == (data,), "a site without descriptions is read all the same"
    publisher.says("/meta/10-c-1.json", b'{"indicator_number": "10.c.1", "reporting_status": "complete"}')
    got = ask(here, series="10-c-1")
    assert [a.path for a in publisher.asked[-2:]] == ["/data/10-c-1.csv", "/meta/10-c-1.json"]
    told = open_sdg.description(got)
    assert told is not None
    assert told.number == "10.c.1"
    assert open_sdg.read(got, here, "10-c-1")["obs_value"].to_list() == [7.0]
    publisher.says("/meta/10-c-1.json", b"", 500)
    assert "status 500" in ask(here, series="10-c-1").problem


def test_the_command_lays_both_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "10-c-1.md"
    path.write_bytes(META.replace(b"deaths per 100,000", b"Percentage (%)"))
    call = ["metadata", "open_sdg_uk", "10-c-1", "--file", str(path), "--project", str(ROOT)]
    shown = CliRunner().invoke(cli, call)
    text = " ".join(shown.stdout.split())
    assert shown.exit_code in (0, 3), shown.output
    for part in ("3.1.1: Maternal deaths", "complete (figures are published)", "Percentage (%) (as declared here)",
                 "Office of Exampleland", "CC BY 4.0",
                 "the headline: down is better, base year 2015, target 70 in 2030",
                 "series Fatality claims, Age group 15 to 24: up is better, base year 2014, no target, limit 100"):
        assert part in text
    assert json.loads(CliRunner().invoke(cli, [*call, "--json"]).stdout)["progress"][0]["target"] == 70
    refused = CliRunner().invoke(cli, ["metadata", "open_sdg_uk", "10-c-1", "--project", str(ROOT)])
    assert refused.exit_code != 0, "nothing is at hand"
    assert "none of" not in refused.output
    assert "is no series" in CliRunner().invoke(cli, ["metadata", "open_sdg_uk", "x", "--project", str(ROOT)]).output


def test_units_that_differ_are_said() -> None:
    declared = flagship("open_sdg_uk")
    assert dict(facts(_open_sdg.metadata(META), declared, "10-c-1"))["unit"] == "deaths per 100,000 (declared here: %)"


def test_a_draft_becomes_an_indicator_once_it_is_finished() -> None:
    declared = flagship("open_sdg_uk")
    text = drafted(_open_sdg.metadata(META), declared, "10-c-1")
    assert "announced: WRITE" in text
    finished = re.sub(r"announced: WRITE.*", "announced: 2015", text).replace("scale: WRITE", "scale: percent")
    first, second = (Indicator.model_validate(one | {"answers": ["T1"]})
                     for one in document.tree(finished.encode(), "draft"))
    assert (first.id, first.direction, first.targets[0].value, first.targets[0].period) == (
        "OPEN-SDG-UK-10-C-1-1", "down_good", 70, "2030")
    assert (second.direction, second.bounds, second.baseline.period if second.baseline else "") == (
        "up_good", (None, 100), "2014")
    assert 'select: {"series": "Fatality claims", "age_group": "15 to 24"}' in text
    without = drafted(_open_sdg.metadata(WITHOUT % b"complete"), declared, "10-c-1")
    assert "direction: WRITE" in without
