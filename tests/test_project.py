"""Projects: found, read strictly, laid over the flagship; and what is said of those that are wrong."""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import jsonschema
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor import document, project, schema
from monitor.errors import DefinitionError

ROOT = Path(__file__).parents[1]
TINY = ROOT / "tests/projects/tiny"
BAD = sorted((ROOT / "tests/cases/projects/bad").glob("*.yaml"))
ABOUT = "about: {title: T, made_by: M, purpose: P}\n"


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A flagship of nothing but the tiny source, the framework and the English words."""
    folder = tmp_path / "flagship"
    for name in ("sources/frameworks/gcm.yaml", "reports/words/en.yaml", "reports/tokens.yaml"):
        write(folder / name, (ROOT / name).read_text(encoding="utf-8"))
    write(folder / "sources/tiny.yaml", (TINY / "sources/tiny.yaml").read_text(encoding="utf-8"))
    monkeypatch.setattr(project, "flagship", lambda: folder)
    return folder


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A copy of the tiny project to break."""
    return Path(shutil.copytree(TINY, tmp_path / "mine"))


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        project.load(folder)
    return caught.value.problems


# ------------------------------------------------------------------ what is wrong is said


@pytest.mark.parametrize("case", BAD, ids=lambda path: path.stem)
def test_a_broken_project_is_refused_in_exactly_these_words(case: Path, ground: Path, mine: Path) -> None:
    head = [line[2:] for line in case.read_text(encoding="utf-8").splitlines() if line.startswith("# ")]
    expected = [line.removeprefix("expect: ") for line in head if line.startswith("expect: ")]
    place = next((line.removeprefix("as: ") for line in head if line.startswith("as: ")), "indicators.yaml")
    shutil.copy(case, mine / place)
    assert expected
    assert refused(mine) == expected


def test_many_ways_to_be_wrong_are_tried() -> None:
    assert len(BAD) >= 25


def test_a_file_that_is_no_text_is_refused(ground: Path, mine: Path) -> None:
    (mine / "indicators.yaml").write_bytes(ABOUT.encode() + b"# \xff\xfe\n")
    assert refused(mine) == ["indicators.yaml:2: is no UTF-8 text. Save the file as UTF-8."]
    (mine / "indicators.yaml").write_bytes(ABOUT.encode() + b"# \x00\n")
    assert refused(mine) == ["indicators.yaml: is no valid YAML: control characters are not allowed."]


def test_a_file_that_is_too_big_is_refused(ground: Path, mine: Path) -> None:
    write(mine / "indicators.yaml", ABOUT + "# " + "x" * document.LIMIT_BYTES)
    assert refused(mine) == [
        "indicators.yaml: has 2,000,044 bytes, expected at most 2,000,000. Split it: 'include' names further files."
    ]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
@pytest.mark.parametrize("times", [60, 400_000])
def test_deep_nesting_is_refused_and_crashes_nothing(opening: str, times: int, ground: Path, mine: Path) -> None:
    write(mine / "indicators.yaml", opening * times)
    assert refused(mine) == ["indicators.yaml:1: is nested deeper than 40 levels. Write it flatter."]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=60) | st.text("ab:-[]{}&*!'\"#\n ~?|>%@,", max_size=60).map(str.encode))
@example(b"a: &x {b: *x}")
@example(b"? [a]\n: b")
@example(b"--- a\n--- b")
def test_any_bytes_are_read_or_refused_with_a_sentence(body: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "any.yaml"
        path.write_bytes(body)
        try:
            document.read(path)
        except DefinitionError as problem:
            assert all(p.startswith("any.yaml") and p.endswith(".") for p in problem.problems)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_project_with_any_line_spoilt_is_read_or_refused_with_a_sentence(data: st.DataObject) -> None:
    lines = (TINY / "indicators.yaml").read_text(encoding="utf-8").splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    key, _, _ = lines[at].partition(":")
    lines[at] = data.draw(st.sampled_from(
        ["", key + ":", key + ": [1, {a: b}]", key + ": {a: [b]}", key + ": 1.5", "  " + lines[at], "- x"]
    ))
    with TemporaryDirectory() as folder:
        home = Path(shutil.copytree(TINY, Path(folder) / "p"))
        write(home / "indicators.yaml", "\n".join(lines) + "\n")
        for strict in (True, False):
            try:
                project.load(home, strict=strict)
            except DefinitionError as problem:
                assert problem.problems
                assert all(p.startswith("indicators.yaml") for p in problem.problems)


def test_problems_of_all_files_come_at_once_in_the_order_of_files_and_lines(ground: Path, mine: Path) -> None:
    text = (mine / "indicators.yaml").read_text(encoding="utf-8")
    text = text.replace("T.COST", "T.LOST").replace("include", "").replace("direction: up_good", "direction: up")
    write(mine / "indicators.yaml", text + "include: [more/*.yaml]\n")
    write(mine / "more/a.yaml", "indicators: []\nsources: []\n")
    source = (mine / "sources/tiny.yaml").read_text(encoding="utf-8")
    write(mine / "sources/tiny.yaml", source.replace("official: false", "official: perhaps"))
    assert [p.split(" ")[0] for p in refused(mine)] == ["indicators.yaml:63:", "more/a.yaml:2:", "sources/tiny.yaml:4:"]
    write(mine / "sources/tiny.yaml", source)
    assert [p.split(" ")[0] for p in refused(mine)] == ["indicators.yaml:52:", "indicators.yaml:63:", "more/a.yaml:2:"]


# ------------------------------------------------------------------ strict=False


def test_what_is_broken_is_left_out_and_the_rest_serves(ground: Path, mine: Path) -> None:
    text = (mine / "indicators.yaml").read_text(encoding="utf-8")
    text = text.replace("unit: percentage points", "unit: []").replace("[XAA, XBB]", "[XAA, XBC]")
    write(mine / "indicators.yaml", text)
    loaded = project.load(mine, strict=False)
    assert list(loaded.indicators) == ["TINY-1", "TINY-2"]
    assert loaded.scorecards == ("XAA",)
    assert [p.split(":")[1] for p in loaded.problems] == ["11", "80"]


def test_an_indicator_falls_with_its_source_and_says_so(ground: Path, mine: Path) -> None:
    write(mine / "sources/other.yaml", (mine / "sources/tiny.yaml").read_text(encoding="utf-8") + "headres: {}\n")
    text = (mine / "indicators.yaml").read_text(encoding="utf-8")
    text = text.replace("{source: tiny, series: T.COST}", "{source: other, series: T.COST}")
    text = text.replace("    caveats: [Samplonia", "    companions: [TINY-1]\n    caveats: [Samplonia")
    write(mine / "indicators.yaml", text)
    loaded = project.load(mine, strict=False)
    assert list(loaded.sources) == ["tiny"]
    assert loaded.indicators["TINY-3"].companions == []  # a companion that fell is none
    assert "TINY-1" not in loaded.indicators
    assert loaded.problems == (
        "indicators.yaml:52: indicators[0] (TINY-1) data.source: left out, as its source 'other' is.",
        "sources/other.yaml:27: headres: unknown key. Did you mean 'headers'?",
    )
    assert refused(mine) == [loaded.problems[1]]  # the indicator is not blamed for its source


def test_a_recommendation_stays_when_one_of_its_asks_is_unanswered(ground: Path, mine: Path) -> None:
    text = (mine / "indicators.yaml").read_text(encoding="utf-8")
    write(mine / "indicators.yaml", text.replace("answers: [T1.I3]", "answers: [T1]"))
    loaded = project.load(mine, strict=False)
    assert list(loaded.recommendations) == ["T1"]
    assert [p.split(" ")[-1] for p in loaded.problems] == ["needs_register'."]
    assert "TINY-3" in loaded.indicators


def test_a_link_that_leads_nowhere_costs_nothing_but_itself(ground: Path, mine: Path) -> None:
    text = (mine / "indicators.yaml").read_text(encoding="utf-8")
    text = text.replace("    gcm: [4, 16, 20]\n", "    gcm: [4, 16, 20]\n    links: [T9]\n", 1)
    text = text.replace("answers: [T1.I1, T1.A1]", "answers: [T1.I1, T1.A9]\n    companions: [TINY-9]")
    write(mine / "indicators.yaml", text)
    loaded = project.load(mine, strict=False)
    assert (list(loaded.recommendations), len(loaded.indicators), loaded.left_out) == (["T1"], 3, {})
    assert [p.split("'")[1] for p in loaded.problems] == ["T9", "T1.A9", "TINY-9"]
    write(mine / "indicators.yaml", text.replace("answers: [T1.I1, T1.A9]", "answers: [T1.A9]"))
    loaded = project.load(mine, strict=False)
    assert loaded.left_out == {"TINY-1": ("T1.A9",)}
    with pytest.raises(DefinitionError, match="'TINY-1' is declared, and left out because its declaration is wrong"):
        loaded.indicator("TINY-1")


def test_a_file_that_cannot_be_read_has_no_cascade(ground: Path, mine: Path) -> None:
    """What it declares is unknown, so nobody who links to it is blamed, and that is said once."""
    text = (mine / "indicators.yaml").read_text(encoding="utf-8")
    split = text.index("recommendations:")
    write(mine / "indicators.yaml", text[:split] + "include: [mandate.yaml]\n" + text[text.index("indicators:"):])
    write(mine / "mandate.yaml", text[split:text.index("indicators:")].replace("id: T1.A1,", "id: {T1.A1,"))
    said = refused(mine)
    assert len(said) == 2 and said[0].startswith("mandate.yaml:"), said
    assert said[1] == ("mandate.yaml: could not be read, so what it declares is left out, and links into it were not "
                       "checked.") or said[0].startswith("mandate.yaml: could")
    loaded = project.load(mine, strict=False)
    assert (len(loaded.indicators), len(loaded.recommendations)) == (3, 0)
    assert len(loaded.problems) == 2


def test_a_project_without_anybody_behind_it_is_none(ground: Path, mine: Path) -> None:
    write(mine / "indicators.yaml", "indicators: []\n")
    with pytest.raises(DefinitionError, match="'about' is missing"):
        project.load(mine, strict=False)


# ------------------------------------------------------------------ text stays text


def test_text_stays_text(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", "k: [NO, 1.10, 010, 12:30, 2015-09-25, 1e3, 0x1F, ~, 'null', '']\nNO: off\n")
    assert document.read(path).tree == {
        "k": ["NO", "1.10", "010", "12:30", "2015-09-25", "1e3", "0x1F", None, "null", ""], "NO": "off",
    }


def test_options_of_plug_ins_are_numbers_unless_quoted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", """value: 3
checks: {bounds: {low: 0, high: 99.5, step: 1e3, all: true, code: 010, number: '3', area: NO, day: 2015-09-25}}
""")
    assert document.read(path).tree == {"value": "3", "checks": {"bounds": {
        "low": 0, "high": 99.5, "step": 1000.0, "all": True, "code": "010", "number": "3", "area": "NO",
        "day": "2015-09-25",
    }}}


def test_anchors_serve_and_every_use_is_a_value_of_its_own(tmp_path: Path) -> None:
    tree = document.read(write(tmp_path / "a.yaml", "one: &x {k: [v]}\ntwo: *x\n")).tree
    assert tree == {"one": {"k": ["v"]}, "two": {"k": ["v"]}}
    assert tree["one"] is not tree["two"]


def test_a_byte_order_mark_is_no_content(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfkey: v\n")
    assert document.read(path).tree == {"key": "v"}


# ------------------------------------------------------------------ where a project is, and its layers


def test_the_tiny_project_stands_beside_the_flagship() -> None:
    loaded = project.load(TINY)
    assert list(loaded.indicators) == ["TINY-1", "TINY-2", "TINY-3"]  # none inherited
    assert loaded.layers == (TINY, ROOT)
    assert {"tiny", "world_bank", "un_sdg"} <= loaded.sources.keys()
    assert loaded.scorecards == ("XAA", "XBB")
    words = loaded.words("en")
    assert [loaded.area_name(code, words) for code in ("XAA", "DEU", "150")] == ["Exampleland", "Germany", "Europe"]
    assert loaded.recommendations["T1"].asks[0].text == "cost of sending money"
    assert [i.id for i in loaded.answering("T1")] == ["TINY-1", "TINY-2", "TINY-3"]
    assert loaded.indicators["TINY-1"].targets[0].value == 3.0
    assert loaded.gcm[20].startswith("Faster")
    assert loaded.problems == ()


def test_the_vintages_of_the_tiny_project_are_what_their_lock_says() -> None:
    with (TINY / "sources/vintages.lock").open(encoding="utf-8", newline="") as lines:
        locked = {row["path"]: row["sha256"] for row in csv.DictReader(lines)}
    files = {f"vintages/tiny/{p.name}": p.read_bytes() for p in (TINY / "sources/vintages/tiny").iterdir()}
    assert locked == {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}


def test_the_flagship_has_no_problem_and_titles_of_all_23_objectives() -> None:
    loaded = project.load(ROOT)
    assert loaded.layers == (ROOT,)
    assert sorted(loaded.gcm) == list(range(1, 24))
    assert loaded.indicators
    assert loaded.announced == ""


def test_a_source_of_the_same_name_replaces_the_flagships_whole(ground: Path, mine: Path) -> None:
    source = (mine / "sources/tiny.yaml").read_text(encoding="utf-8")
    write(ground / "sources/tiny.yaml", source + "headers: {Accept: text/csv}\n")
    write(ground / "sources/below.yaml", source)
    loaded = project.load(mine)
    assert loaded.sources["tiny"].headers == {}
    assert loaded.sources["below"].id == "below"
    assert loaded.where("tiny") == [str(mine / "sources/tiny.yaml"), str(ground / "sources/tiny.yaml")]
    assert loaded.find("sources/tiny.yaml") == mine / "sources/tiny.yaml"
    assert loaded.files["sources/tiny.yaml"] == hashlib.sha256(source.encode()).hexdigest()
    assert set(loaded.files) == {
        "indicators.yaml", "sources/tiny.yaml", "sources/below.yaml", "sources/frameworks/gcm.yaml",
        "reports/words/en.yaml", "reports/tokens.yaml",
    }


def test_a_problem_in_the_flagship_names_its_full_path(ground: Path, mine: Path) -> None:
    write(ground / "sources/below.yaml", "title: [\n")
    (problem,) = refused(mine)
    assert problem.startswith(f"{ground / 'sources/below.yaml'}:2: is no valid YAML: ")


def test_words_are_laid_over_each_other_key_by_key(ground: Path, mine: Path) -> None:
    write(mine / "reports/words/en.yaml", "status: {achieved: done}\n")
    write(mine / "reports/words/fr.yaml", "status: {achieved: atteint}\n")
    loaded = project.load(mine)
    assert loaded.words("en")("status.achieved") == "done"
    assert loaded.words("en")("status.too_slow") == "too slow"
    french = loaded.words("fr")
    assert french("status.achieved") == "atteint"
    assert french("status.too_slow") == "too slow [en]"
    assert "status.too_slow" in loaded.untranslated("fr")
    assert loaded.untranslated("en") == []


def test_words_that_are_no_keys_are_refused(ground: Path, mine: Path) -> None:
    write(mine / "reports/words/en.yaml", "# nothing but a list\n- achieved\n")
    with pytest.raises(DefinitionError, match=r"words/en\.yaml:2: found a list or text, expected keys"):
        project.load(mine).words("en")


def test_tokens_are_colours_and_lengths(ground: Path, mine: Path) -> None:
    tokens = project.load(mine).tokens()
    assert tokens["ink"] == "#1b1f24"
    assert tokens["chart"]["width"] == 6.2


def test_what_is_not_there_is_named_with_the_nearest(ground: Path, mine: Path) -> None:
    loaded = project.load(mine)
    with pytest.raises(DefinitionError, match=r"no indicator 'TINY1' in this project. Did you mean 'TINY-1'\?"):
        loaded.indicator("TINY1")
    with pytest.raises(DefinitionError, match=r"there is no source 'tinny' in this project. Did you mean 'tiny'\?"):
        loaded.source("tinny")
    with pytest.raises(DefinitionError) as caught:
        loaded.find("reports/cover.html.j2")
    assert str(caught.value) == f"reports/cover.html.j2: no such file in {mine} nor in {ground}."
    with pytest.raises(DefinitionError, match="'XYZ' is no indicator, item of the mandate, area, source"):
        loaded.where("XYZ")
    assert loaded.where("TINY-2") == [f"{mine / 'indicators.yaml'}:58"]
    assert loaded.where("XBB") == [f"{mine / 'indicators.yaml'}:17"]
    for name, kind in (("bounds", "checks"), ("csv_table", "readers"), ("statcan", "methods")):
        assert loaded.where(name)[0].endswith(f"monitor/{kind}/{name}.py")


def test_included_files_are_read_in_their_order_and_only_once(ground: Path, mine: Path) -> None:
    text = (mine / "indicators.yaml").read_text(encoding="utf-8")
    head, _, tail = text.partition("indicators:\n")
    first, _, second = tail.partition("\n  - id: TINY-2")
    write(mine / "more/b.yaml", "indicators:\n" + first)
    write(mine / "more/a.yaml", "indicators:\n  - id: TINY-2" + second)
    write(mine / "indicators.yaml", head + "include: ['more/b.yaml', 'more/*.yaml', '*.yaml']\n")
    loaded = project.load(mine)
    assert list(loaded.indicators) == ["TINY-1", "TINY-2", "TINY-3"]
    assert loaded.where("TINY-2") == [f"{mine / 'more/a.yaml'}:2"]
    assert {"more/a.yaml", "more/b.yaml"} <= loaded.files.keys()


def test_the_project_above_serves_and_without_one_the_flagship(
    ground: Path, mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(mine / "sources")
    assert project.load().folder == mine
    assert project.load().announced == ""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DefinitionError, match="Begin a project: monitor init"):
        project.load()
    write(ground / "indicators.yaml", ABOUT)
    loaded = project.load()
    assert (loaded.folder, loaded.layers) == (ground, (ground,))
    assert loaded.announced == (
        f"No indicators.yaml in {tmp_path} or above it: this is the project that comes with the package."
    )


def test_a_folder_without_a_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"there is no indicators.yaml here. Name a folder that holds one"):
        project.load(tmp_path)
    assert project.load(str(TINY / "indicators.yaml")).folder == TINY


def test_what_is_kept_stands_beside_the_project_or_in_the_cache_of_the_user(
    mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert project.load(mine).store == mine / ".monitor"
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    kept, other = project.load(mine).store, project.load(TINY).store
    assert kept.parent == other.parent
    assert kept.parent.name == "migration-scorecard"
    assert not kept.is_relative_to(mine)
    assert kept.name.startswith("mine-")
    assert other.name.startswith("tiny-")


# ------------------------------------------------------------------ schemas for editors


def test_the_committed_schemas_are_fresh() -> None:
    kept = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "docs/schema").glob("*.json")}
    made = {name: schema.text(each) for name, each in schema.schemas().items()}
    assert kept == made, "write them anew: python -c \"from monitor.schema import *; write(Path('docs/schema'))\""


@pytest.mark.parametrize("folder", [TINY, ROOT], ids=["tiny", "flagship"])
def test_what_loads_also_satisfies_the_schemas(folder: Path) -> None:
    rules = {name: jsonschema.Draft202012Validator(each) for name, each in schema.schemas().items()}
    kinds = {"indicators": "included", "mandate": "included", "sources": "source"}
    for path in [folder / "indicators.yaml", *(p for kind in kinds for p in folder.glob(f"{kind}/*.yaml"))]:
        name = kinds.get(path.parent.name, "indicators")
        rules[name].validate(document.read(path, typed=True).tree)


SEEN = ["unknown_key", "missing_key", "not_among", "text_for_list", "no_address", "only_a_list"]


@pytest.mark.parametrize("name", SEEN)
def test_an_editor_sees_what_the_loader_refuses(name: str) -> None:
    rules = jsonschema.Draft202012Validator(schema.schemas()["indicators"])
    tree = document.read(ROOT / f"tests/cases/projects/bad/{name}.yaml", typed=True).tree
    assert not rules.is_valid(tree)
