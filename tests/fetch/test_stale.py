"""What fails or cannot be read is served from the last good answer, with its age, on the terminal and on the page."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor import cli, fetch, options, run, soundness, store, unreadable
from monitor.network import Network
from monitor.project import Project
from tests.fetch import tiny
from tests.server import Publisher

SAYS = "the publisher gave no usable answer; the figures of 1 October 2026 (52 days old) serve."


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "Network", partial(Network, backoff=0.01))
    monkeypatch.setattr("monitor.network.Network", partial(Network, backoff=0.01))
    monkeypatch.setattr(options, "date", lambda text: tiny.AS_OF)
    monkeypatch.setattr(options, "now", lambda: tiny.NOW)


def at(project: Project, now: str) -> None:
    """Ask as if it were then."""
    fetch.fetch(project.sources["office"], "T.COST", layers=project.layers, store=project.store, offline=False,
                as_of=tiny.AS_OF.replace(year=2027), now=now)  # fmt: skip


def call(project: Project, *arguments: str) -> Result:
    return CliRunner().invoke(cli.cli, [*arguments, "--project", str(project.folder)], catch_exceptions=False)


def fetched(project: Project) -> tuple[int, dict[str, Any]]:
    result = call(project, "fetch", "--json")
    [row] = json.loads(result.stdout)
    return result.exit_code, row


def test_the_page_shows_the_age_of_figures_that_serve(publisher: Publisher, tmp_path: Path) -> None:
    project = tiny.project(tmp_path / "project", publisher.url)
    publisher.says(tiny.PATH, tiny.csv())
    at(project, tiny.EARLIER)
    publisher.says(tiny.PATH, b"", 500)
    made = run.run(project, as_of=tiny.AS_OF, now=tiny.NOW, out=tmp_path / "out", formats=("html", "data"))
    html = " ".join((tmp_path / "out/DEU/figures.html").read_text(encoding="utf-8").split())
    assert f"Asked on 22 November 2026, {SAYS}" in html
    assert "answered with status 500" in " ".join(made.notes)
    assert "Asked on 2026-11-22; the figures of 2026-10-01 (52 days old) serve." in " ".join(made.notes)
    said = (tmp_path / "out/data/findings.csv").read_text(encoding="utf-8")
    assert "Asked on 2026-11-22, the publisher gave no usable answer; the figures of 2026-10-01 (52 days old)" in said


def test_an_answer_that_cannot_be_read_hides_no_good_one(publisher: Publisher, tmp_path: Path) -> None:
    project = tiny.project(tmp_path / "project", publisher.url)
    publisher.says(tiny.PATH, tiny.csv())
    at(project, tiny.EARLIER)
    for day, heading in (("2026-11-20", "country"), ("2026-11-21", "land"), ("2026-11-22", "place")):
        publisher.says(tiny.PATH, tiny.csv(area=heading))
        at(project, day)
    run.run(project, as_of=tiny.AS_OF, now=tiny.NOW, out=tmp_path / "out", formats=("html",), offline=True)
    html = " ".join((tmp_path / "out/DEU/figures.html").read_text(encoding="utf-8").split())
    assert "The answer of 2026-11-22 cannot be read: office T.COST: the table has no column" in html
    assert "The figures of 2026-10-01 (52 days old) serve." in html
    kept = store.answers(project.store)
    assert len(kept) == 4, "what cannot be read stays"
    assert [bool(unreadable.said(project.store, one.snapshot.sha256)) for one in kept] == [False, False, False, True]


def test_a_reader_that_has_learned_takes_the_mark_away(publisher: Publisher, tmp_path: Path) -> None:
    project = tiny.project(tmp_path / "project", publisher.url)
    publisher.says(tiny.PATH, tiny.csv(area="country"), ETag='"1"')
    code, row = fetched(project)
    assert (code, row["state"], row["who"], row["retrieved"]) == (12, "unreadable", "you", "")
    assert "the table has no column 'area'" in row["cause"]
    code, row = fetched(project)
    assert (code, row["state"]) == (12, "unreadable"), "the same bytes again are no better"
    told = (project.folder / "sources/office.yaml").read_text(encoding="utf-8")
    (project.folder / "sources/office.yaml").write_text(told.replace("ref_area: area", "ref_area: country"))
    code, row = fetched(project)
    assert (code, row["state"], row["problem"]) == (0, "not modified", "")
    assert not list((project.store / "unreadable").iterdir())


def test_fetch_tells_state_cause_and_who_as_fields(publisher: Publisher, tmp_path: Path) -> None:
    project = tiny.project(tmp_path / "project", publisher.url)
    publisher.says(tiny.PATH, b"", 404)
    code, row = fetched(project)
    assert (code, row["state"], row["who"], row["retrieved"], row["age_days"]) == (11, "failed", "you", "", None)
    assert row["cause"] == "answered with status 404 (Not Found)"
    assert row["remedy"] == "'endpoint', 'params' or 'series' in sources/office.yaml must follow the publisher."
    publisher.says(tiny.PATH, tiny.csv())
    code, row = fetched(project)
    assert (code, row["state"], row["age_days"], row["cause"], row["who"]) == (0, "fetched", 0, "", "")
    assert len(row["sha256"]) == 64
    assert fetched(project)[1]["state"] == "not modified", "the same bytes, though the publisher has no ETag"
    publisher.says(tiny.PATH, b"", 503)
    code, row = fetched(project)
    assert (code, row["state"], row["who"], row["age_days"]) == (11, "stale", "wait", 0)
    plain = call(project, "fetch")
    [heading, line] = plain.stdout.splitlines()
    assert heading.split("\t") == ["source", "series", "state", "retrieved", "days old", "sha256", "who can mend it",
                                   "problem"]  # fmt: skip
    assert line.split("\t")[2:5] == ["stale", tiny.NOW, "0"]
    assert plain.stderr.splitlines()[-2:] == [
        "1 stale.", "SourceUnavailable: 1 of 1 series could not be fetched, 0 cannot be used; the table says why, and "
        "who can mend it."]  # fmt: skip


def scaled(times: float) -> bytes:
    return tiny.csv([(area, year, round(value * times, 2)) for area, year, value in tiny.FIGURES])


def test_fetch_says_that_what_came_cannot_be_used(publisher: Publisher, tmp_path: Path) -> None:
    project = tiny.project(tmp_path / "project", publisher.url)
    publisher.says(tiny.PATH, tiny.csv())
    at(project, tiny.EARLIER)
    publisher.says(tiny.PATH, scaled(1000))
    for _ in range(2):  # the same bytes again are no better
        code, row = fetched(project)
        assert (code, row["state"], row["who"], row["age_days"]) == (12, "unusable", "you", 52)
        assert row["cause"].startswith("All figures are 1,000 times what they were in the vintage before")
        assert row["problem"].startswith("The answer of 2026-11-22 was set aside: All figures are 1,000 times")
        assert row["problem"].endswith("The figures of 2026-10-01 (52 days old) serve.")
        assert "monitor vintages accept office T.COST " in row["remedy"]
    told = call(project, "fetch").stderr.splitlines()
    assert told[-2:] == ["1 unusable.", "UnreadableData: 0 of 1 series could not be fetched, 1 cannot be used; the "
                         "table says why, and who can mend it."]  # fmt: skip
    bad = store.answers(project.store)[-1].snapshot.sha256
    soundness.accept(project.store, "office", "T.COST", bad, tiny.NOW, "They print thousandths now.")
    code, row = fetched(project)
    assert (code, row["state"], row["problem"]) == (0, "not modified", "")


def test_show_tells_what_became_of_asking_and_how_old_the_figures_are(publisher: Publisher, tmp_path: Path) -> None:
    project = tiny.project(tmp_path / "project", publisher.url)
    publisher.says(tiny.PATH, tiny.csv())
    at(project, tiny.EARLIER)
    assert "retrieved 1 October 2026, 52 days old" in call(project, "show", "COST", "DEU").stdout
    publisher.says(tiny.PATH, b"", 503)
    lines = call(project, "show", "COST", "DEU", "--online").stdout.splitlines()
    assert lines[-1].startswith("Statistics of Exampleland (office), series T.COST, ")
    assert lines[-1].endswith("Asked on 2026-11-22; the figures of 2026-10-01 (52 days old) serve.")
    [answer] = json.loads(call(project, "show", "COST", "DEU", "--online", "--json").stdout)["answers"]
    assert (answer["state"], answer["age_days"], answer["problem"]) == ("stale", 52, lines[-1])
    publisher.says(tiny.PATH, scaled(1000))
    [answer] = json.loads(call(project, "show", "COST", "DEU", "--online", "--json").stdout)["answers"]
    assert (answer["state"], answer["age_days"]) == ("unusable", 52)
    empty = tiny.project(tmp_path / "empty", publisher.url)
    publisher.says(tiny.PATH, b"", 404)
    shown = call(empty, "show", "COST", "DEU", "--online").stdout.splitlines()
    assert "answered with status 404" in shown[-1], "also where there is no figure at all"


def matrix(project: Project) -> dict[str, dict[str, str]]:
    rows = json.loads(call(project, "doctor", "--sources", "--json").stdout)
    return {row["series"]: row for row in rows if row.get("source") == "office"}


def test_doctor_asks_every_endpoint(publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OFFICE_KEY", raising=False)
    offered = {name: {"title": name, "unit": "%"} for name in ("T.COST", "T.GONE", "T.SHUT", "T.ODD")}
    project = tiny.project(tmp_path / "project", publisher.url, series=offered, auth_env="OFFICE_KEY", auth_param="k",
                           options={"columns": {"ref_area": "area", "time_period": "year", "obs_value": "value",
                                                "sex": "unit"}})  # fmt: skip
    monkeypatch.setattr("monitor.project.load", lambda *a, **k: _only(project))
    publisher.says(tiny.PATH, tiny.csv())
    publisher.says("/data/T.SHUT", b"", 401)
    publisher.says("/data/T.ODD", b"year;value\n2020;1\n")
    rows = matrix(project)
    assert {name: (r["reachable"], r["shape"], r["key"], r["state"]) for name, r in rows.items()} == {
        "T.COST": ("yes", "first of its kind", "missing", "ok"), "T.GONE": ("no", "unknown", "missing", "broken"),
        "T.SHUT": ("refused", "unknown", "missing", "missing"), "T.ODD": ("yes", "unreadable", "missing", "broken")}
    assert "OFFICE_KEY" in rows["T.SHUT"]["detail"]
    assert rows["T.GONE"]["detail"] == "Answered with status 404 (Not Found). No key: set OFFICE_KEY."
    assert rows["T.COST"]["url"] == publisher.url + tiny.PATH
    monkeypatch.setenv("OFFICE_KEY", "s3cret")
    publisher.says(tiny.PATH, tiny.csv(tiny.BEFORE))
    rows = matrix(project)
    assert (rows["T.COST"]["shape"], rows["T.COST"]["key"]) == ("as expected", "set")
    assert (rows["T.SHUT"]["reachable"], rows["T.SHUT"]["who"]) == ("no", "you"), "the key is wrong"
    assert "s3cret" not in json.dumps(rows)


def _only(project: Project) -> Project:
    """Without the sources of the flagship, which are not to be asked here."""
    for name in [name for name in project.sources if name != "office"]:
        del project.sources[name]
    return project


def test_doctor_sees_a_dimension_that_is_gone(
    publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = {"ref_area": "area", "time_period": "year", "obs_value": "value"}
    body = tiny.csv(unit="T")
    with_sex = tiny.project(tmp_path / "project", publisher.url, options={"columns": {**columns, "sex": "unit"}})
    publisher.says(tiny.PATH, body)
    monkeypatch.setattr("monitor.project.load", lambda *a, **k: _only(with_sex))
    assert matrix(with_sex)["T.COST"]["shape"] == "first of its kind"
    publisher.says(tiny.PATH, tiny.csv(tiny.BEFORE, unit="T"))
    monkeypatch.setattr("monitor.evidence.read", _without_sex_now)
    row = matrix(with_sex)["T.COST"]
    assert (row["shape"], row["state"], row["who"]) == ("drifted", "stale", "you")
    assert "without 'sex' as a dimension since the vintage before" in row["detail"].replace("sex as", "'sex' as")


def test_doctor_compares_with_the_last_sound_answer(
    publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = {"ref_area": "area", "time_period": "year", "obs_value": "value", "sex": "unit"}
    made = tiny.project(tmp_path / "project", publisher.url, options={"columns": columns})
    monkeypatch.setattr("monitor.project.load", lambda *a, **k: _only(made))
    publisher.says(tiny.PATH, tiny.csv())
    at(made, tiny.EARLIER)
    publisher.says(tiny.PATH, scaled(1000).replace(b"PC", b"PM"))
    row = matrix(made)["T.COST"]
    assert (row["shape"], row["state"], row["who"]) == ("unusable", "broken", "you")
    publisher.says(tiny.PATH, tiny.csv() + b"\n")
    row = matrix(made)["T.COST"]
    assert (row["shape"], row["detail"]) == ("as expected", ""), "beside the faulty one another code would be new"


def _without_sex_now(project: Project, snapshot: fetch.Snapshot) -> Any:
    """A reader for which the column is a dimension only while the answer has it."""
    from monitor import plugins

    rows = plugins.function("readers", snapshot.reader)(snapshot, project.sources["office"], "T.COST")
    return rows.drop("sex") if snapshot.bodies == (tiny.csv(tiny.BEFORE, unit="T"),) else rows


def test_doctor_without_a_network_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offered = {name: {"title": name} for name in ("T.COST", "T.MORE")}
    project = tiny.project(tmp_path / "project", "http://office.invalid", series=offered)
    monkeypatch.setattr("monitor.project.load", lambda *a, **k: _only(project))
    monkeypatch.setattr("monitor.outcome.Network", _Down)
    rows = matrix(project)
    assert {(r["reachable"], r["state"], r["who"], r["detail"]) for r in rows.values()} == {
        ("no network", "offline", "you", "This machine has no network.")}


class _Down(Network):
    """As after two hosts that could not be reached."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.down = "there seems to be no network"
