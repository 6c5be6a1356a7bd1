"""What is printed: accessible, archivable, the same every time, and deaf to what a text tries to command."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import page
import pikepdf
import pytest

from monitor import chart, document, plugins
from monitor.errors import CannotRender
from monitor.outputs import _press
from monitor.page import without
from monitor.scorecard import Line, Scorecard
from monitor.words import Words
from tests import sample

ROOT = Path(__file__).parents[1]
REPORTS = ROOT / "reports"
TOKENS = dict(document.read(REPORTS / "tokens.yaml", typed=True).tree)
ENGLISH = document.read(REPORTS / "words/en.yaml").tree
WORDS = {"en": Words("en", ENGLISH), "ar": Words("ar", {}, ENGLISH)}
LONG = "Erwerbstätigenquotenunterschied zwischen Staatsangehörigen und Ausländerinnen und Ausländern " * 4
NASTY = "#panic(\"x\") ] } $a$ *b* _c_ `d` // e <f> @g \\ = h & “i” #sys.inputs"


@cache
def drawn(card: Scorecard) -> dict[str, bytes]:
    return {line.id: chart.svg(line, WORDS[card.language], TOKENS) for line in card.lines() if line.points}


def make(
    card: Scorecard, folders: tuple[Path, ...] = (REPORTS,), form: str = "pdf", tokens: dict[str, Any] = TOKENS
) -> bytes:
    charts = drawn(card) if form == "annex" else {}
    made: bytes = plugins.function("outputs", form)(card, WORDS[card.language], folders, tokens, charts)
    return made


def lines_changed(card: Scorecard, **changes: Any) -> Scorecard:
    return replace(card, blocks=tuple(
        replace(b, lines=tuple(replace(line, **changes) for line in b.lines)) for b in card.blocks
    ))


def without_figures(line: Line) -> Line:
    return replace(
        line, status="not_assessed", status_text="not assessed", reason="no_data", latest=None, base=None, target=None,
        comparison=None, points=(), group_points=(), breakdowns=(), citations=(), chart_title="", chart_text="",
    )


@cache
def card(kind: str) -> Scorecard:
    """The sample scorecard, as it is or made difficult."""
    plain = sample.scorecard()
    if kind == "no figures":
        blocks = tuple(replace(b, lines=tuple(map(without_figures, b.lines)), coloured=False) for b in plain.blocks)
        return replace(plain, blocks=blocks, sources=(), quality=())
    if kind == "nothing at all":
        return replace(plain, blocks=(), roles=(), summary=(), limits=(), missing=(), sources=(), quality=(), counts=(),
                       offline="", made_by="", contact="", purpose="", participation="", next_update="")
    if kind == "hostile":
        hostile = lines_changed(plain, title=NASTY, sentence=NASTY, unit=NASTY, reading=NASTY, caveats=(NASTY,))
        blocks = tuple(replace(b, title=NASTY, text=NASTY, actions=(NASTY,)) for b in hostile.blocks)
        return replace(hostile, name=NASTY, title=NASTY, made_by=NASTY, contact=NASTY, blocks=blocks, summary=(NASTY,))
    if kind == "long":
        long = lines_changed(plain, title=LONG, reason_text=LONG, unit=LONG[:120])
        url = "https://example.org/" + "folder/" * 40 + "?a=" + "b" * 90
        return replace(long, name=LONG[:80], title=LONG, sources=tuple(replace(s, url=url) for s in long.sources))
    if kind == "right to left":
        arabic = lines_changed(plain, title="تكلفة إرسال الأموال إلى الوطن", unit="% من المبلغ", chart_title="التكلفة")
        return replace(arabic, name="جمهورية المثال", title="بطاقة وعود الهجرة", language="ar", direction="rtl")
    return plain


@cache
def rendered(kind: str, form: str = "annex") -> bytes:
    return make(card(kind), form=form)


KINDS = ["plain", "no figures", "nothing at all", "hostile", "long", "right to left"]
FORMS = ["pdf", "annex", "onepage", "shadow", "reply"]


def _is_a_slip(made: bytes, failure: Any) -> bool:
    """The validator takes a carriage return at the end of compressed bytes for a part of the line end after them;
    true only where the declared length is exactly right and such a byte is the last one."""
    start = made.index(b"\n%d 0 obj" % failure.object_id.object_number)
    length = int(re.search(rb"/Length (\d+)", made[start:])[1])  # type: ignore[index]
    begin = made.index(b"stream\n", start) + 7
    return made[begin + length - 1:begin + length + 10] == b"\r\nendstream"


@pytest.mark.parametrize("profile", ["PDF_UA_1", "PDF_A_2A"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", FORMS)
def test_it_keeps_the_standards_of_accessible_and_of_archived_documents(form: str, kind: str, profile: str) -> None:
    made = rendered(kind, form)
    report = page.validate_pdf_bytes(made, profile=getattr(page.ValidationProfile, profile))
    assert report.rules.total > 100
    real = [f for f in report.failures if not (f.rule_id == "PDFA2A-STREAM-LENGTH-001" and _is_a_slip(made, f))]
    assert not real, [(f.rule_id, f.message) for f in real]


# ------------------------------------------------------------------ what is inside


def structure(node: Any) -> Iterator[Any]:
    """Every element of the structure tree."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from structure(child)
    elif isinstance(node, pikepdf.Dictionary):
        yield node
        if "/K" in node:
            yield from structure(node.K)


def _letters(font: Any) -> dict[bytes, str]:
    """Two bytes of a font's own code -> what they stand for, by its ToUnicode map."""
    text = font.ToUnicode.read_bytes().decode()
    return {
        bytes.fromhex(code): bytes.fromhex(letters).decode("utf-16-be")
        for part in re.findall(r"beginbfchar\n(.*?)\nendbfchar", text, re.DOTALL)
        for code, letters in re.findall(r"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>", part)
    }


def _text(holder: Any, resources: Any) -> str:
    fonts = {name: _letters(font) for name, font in resources.get("/Font", {}).items()}
    forms, said, now = resources.get("/XObject", {}), [], {}
    for operands, operator in pikepdf.parse_content_stream(holder):
        if str(operator) == "Tf":
            now = fonts[str(operands[0])]
        elif str(operator) == "Do" and forms[str(operands[0])].get("/Subtype") == "/Form":
            form = forms[str(operands[0])]
            said.append(_text(form, form.get("/Resources", {})))
        elif str(operator) in ("Tj", "TJ"):
            parts = operands[0] if str(operator) == "TJ" else [operands[0]]
            codes = b"".join(bytes(p) for p in parts if isinstance(p, pikepdf.String))
            said.append("".join(now.get(codes[i:i + 2], "?") for i in range(0, len(codes), 2)))
        elif str(operator) == "ET":
            said.append(" ")
    return "".join(said)


@cache
def texts(kind: str, form: str = "annex") -> list[str]:
    """The text of each page, as a reader's program finds it."""
    with pikepdf.open(BytesIO(rendered(kind, form))) as opened:
        found = [_text(p, p.Resources) for p in opened.pages]
    return [re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u200b", "")) for text in found]


@pytest.mark.parametrize("form", FORMS)
def test_it_says_its_language_its_title_and_its_structure(form: str) -> None:
    with pikepdf.open(BytesIO(rendered("plain", form))) as opened:
        assert str(opened.Root.Lang) == "en"
        assert str(opened.docinfo["/Title"]).startswith("Exampleland")
        assert bool(opened.Root.MarkInfo.Marked) and "/Outlines" in opened.Root
        nodes = list(structure(opened.Root.StructTreeRoot.K))
        kinds = [str(n.get("/S", "")) for n in nodes]
        figures = [n for n in nodes if n.get("/S") == "/Figure"]
        assert bool(figures) == (form == "annex") and all(str(n.get("/Alt", "")) for n in figures)
        tables = [n for n in nodes if n.get("/S") == "/Table"]
        assert len(tables) >= {"shadow": 0, "onepage": 1, "reply": 1}.get(form, 2)
        for table in tables:
            assert any(n.get("/S") == "/TH" for n in structure(table))
    levels = [int(k[2]) for k in kinds if re.fullmatch(r"/H\d", k)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_font_is_inside_and_comes_from_the_packages() -> None:
    with pikepdf.open(BytesIO(rendered("right to left", "pdf"))) as opened:
        fonts = [o for o in opened.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"]
        names = {str(f.FontName).partition("+")[2].partition("-")[0] for f in fonts}
        assert all("/FontFile2" in f or "/FontFile3" in f for f in fonts)
    assert "NotoSansArabic" in names <= {"NotoSans", "NotoSansArabic"}


def test_text_can_be_copied_out_of_it() -> None:
    every = " ".join(texts("plain"))
    for words in ("Exampleland", "preaching to the converted", "Civil Society Days, Dhaka, 2016", "Small samples.",
                  "0.82 of the pace needed", "A rise can mean that more victims report", "CC BY 4.0",
                  "monitor@example.org"):
        assert words in every
    assert "9.8,baseline2014" in every.replace(" ", "")  # words inside a chart are text too
    assert "Page 1 of" in texts("plain")[0]


def test_all_indicators_stand_on_the_card_measured_or_not_and_in_the_annex() -> None:
    short, full = " ".join(texts("plain", "pdf")), " ".join(texts("plain"))
    for line in card("plain").lines():
        assert line.title in short and line.title in full


@pytest.mark.parametrize("paper", ["a4", "us-letter"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_card_has_two_pages_whatever_it_says(kind: str, paper: str) -> None:
    made = make(card(kind), tokens={**TOKENS, "paper": paper})
    with pikepdf.open(BytesIO(made)) as opened:
        assert len(opened.pages) == 2
        assert [float(x) for x in opened.pages[0].MediaBox[2:]] == pytest.approx(
            {"a4": [595.28, 841.89], "us-letter": [612, 792]}[paper], abs=0.1)


def test_an_unknown_paper_is_said() -> None:
    with pytest.raises(CannotRender, match="paper 'a5' is not known: expected a4 or us-letter"):
        make(card("plain"), tokens={**TOKENS, "paper": "a5"})


def test_a_figure_can_be_walked_back_to_its_bytes() -> None:
    last = texts("plain")[-1].replace(" ", "")
    assert "ab" * 32 in last and "cd" * 32 in last and "https://example.org/data/EX.REM.COST" in last
    assert "Where the figures come from: [1]" in " ".join(texts("plain"))


def _painted(made: bytes, colour: str, pages: slice) -> int:
    """How often a colour is taken up to paint with."""
    wanted, found = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)], 0
    with pikepdf.open(BytesIO(made)) as opened:
        for one in list(opened.pages)[pages]:
            for operands, operator in pikepdf.parse_content_stream(one):
                found += str(operator) == "scn" and len(operands) == 3 and all(
                    abs(float(a) - b) < 0.002 for a, b in zip(operands, wanted, strict=True)  # type: ignore[arg-type]
                )
    return found


def test_a_recommendation_with_too_little_evidence_has_no_colour_as_a_whole_and_says_why() -> None:
    plain = card("plain")
    made = {
        on: make(replace(plain, blocks=tuple(replace(b, coloured=on) for b in plain.blocks))) for on in (True, False)
    }
    seen = {line.status for block in plain.blocks for line in block.lines} - {"not_assessed"}
    assert len(seen) > 3
    more = {
        key: _painted(made[True], colour, slice(0, 1)) - _painted(made[False], colour, slice(0, 1))
        for key in seen for colour in [TOKENS["status"][key]["fill"]]
    }
    assert min(more.values()) >= 0 and sum(more.values()) >= 3, more
    assert "Chips without colour" in texts("plain", "pdf")[0]
    assert any("Insufficient evidence: 1 of 4 indicators has recent figures." in text for text in texts("plain"))


def test_an_indicator_keeps_its_colour_under_such_a_recommendation() -> None:
    plain = card("plain")
    made = make(replace(plain, blocks=tuple(replace(b, coloured=False) for b in plain.blocks)))
    assert all(_painted(made, TOKENS["status"][key]["fill"], slice(1, 2)) for key in ("too_slow", "limited"))


# ------------------------------------------------------------------ the same every time, whatever the texts say


def test_the_same_scorecard_gives_the_same_bytes_here_and_in_another_process() -> None:
    assert make(card("plain"), form="annex") == rendered("plain")
    script = "import hashlib; from tests.test_pdf import *; print(hashlib.sha256(rendered('plain')).hexdigest())"
    other = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)},
    )
    assert other.stdout.strip() == hashlib.sha256(rendered("plain")).hexdigest()


def test_a_text_is_printed_and_never_obeyed() -> None:
    every = " ".join(texts("hostile"))
    assert every.count('#panic("x") ] } $a$ *b* _c_') > 20
    assert "@g" in every and "#sys.inputs" in every


def test_a_number_never_parts_from_its_sign() -> None:
    said = {"a": ["3 % by 2030", ("1 €",)], "b": 4}
    assert _press._together(said) == {"a": ["3\u00a0% by 2030", ["1\u00a0€"]], "b": 4}


def test_every_word_of_the_templates_is_in_the_words() -> None:
    flat = WORDS["en"].texts
    for template in REPORTS.glob("*.typ"):
        for key in re.findall(r'\bw\("([a-z_.]+)"[,)]', template.read_text(encoding="utf-8")):
            assert key in flat, f"{template.name}: {key}"
    assert not any("[page." in text or "[print." in text or "[reason." in text for text in texts("plain"))


# ------------------------------------------------------------------ templates of one's own, and what goes wrong


def own(folder: Path, **files: str) -> tuple[Path, Path]:
    """A folder of reports with templates of its own, above the flagship's."""
    for name, text in files.items():
        (folder / f"{name}.typ").write_text(text, encoding="utf-8")
    return folder, REPORTS


TITLE = '#import "_data.typ": *\n#set document(title: card.name)\n#set text(lang: "en")\n'


def test_a_project_may_have_its_own_page_with_the_pieces_of_the_flagship(tmp_path: Path) -> None:
    made = make(card("plain"), own(tmp_path, scorecard=TITLE + "= Mine: #card.name\n"))
    with pikepdf.open(BytesIO(made)) as opened:
        assert len(opened.pages) == 1
        assert "Mine: Exampleland" in _text(opened.pages[0], opened.pages[0].Resources)


def test_a_project_may_replace_one_part_only(tmp_path: Path) -> None:
    made = make(card("plain"), own(tmp_path, _account="== Evidence of our own\n"), "annex")
    with pikepdf.open(BytesIO(made)) as opened:
        assert any("Evidence of our own" in _text(p, p.Resources) for p in opened.pages)
    made = make(card("plain"), own(tmp_path, _front="#let front(level, gap: 0pt) = [= A front of our own]\n"))
    with pikepdf.open(BytesIO(made)) as opened:
        assert "A front of our own" in _text(opened.pages[0], opened.pages[0].Resources)
        assert len(opened.pages) == 2


@pytest.mark.parametrize(("template", "said"), [
    ("#panic()", "scorecard.typ, line 4: panicked"),
    ("\n#let x = ", "scorecard.typ, line"),
    ("#nothing-of-this-name", "scorecard.typ, line 4: unknown variable: nothing-of-this-name"),
    ('#read("/etc/hostname")', "file not found"),
    ('#read("../../../../../../../../etc/hostname")', "scorecard.typ, line 4"),
    ('#image("picture.svg")', "scorecard.typ, line 4"),
])
def test_a_wrong_template_is_named_with_its_line(tmp_path: Path, template: str, said: str) -> None:
    with pytest.raises(CannotRender) as caught:
        make(card("plain"), own(tmp_path, scorecard=TITLE + template))
    assert said in str(caught.value) and "Correct the template" in str(caught.value)
    assert make(card("plain")) == rendered("plain", "pdf")  # the compiler has taken no harm


def test_a_missing_template_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotRender, match=r"no template 'scorecard.typ'"):
        make(card("plain"), (tmp_path,))


@pytest.fixture
def no_asian_font(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As where the extra with Chinese, Japanese and Korean letters is not installed."""
    monkeypatch.setattr(_press, "CJK", "no_font_of_this_name")
    _press._compiler.cache_clear()
    yield
    _press._compiler.cache_clear()


@pytest.mark.usefixtures("no_asian_font")
def test_letters_that_no_font_has_are_said_with_what_to_install() -> None:
    with pytest.raises(CannotRender, match=r"Install a font for Chinese, Japanese and Korean: pip install .*\[cjk\]"):
        make(replace(card("nothing at all"), name="中文"))
    with pytest.raises(CannotRender, match="Install a font for Thai: pip install fontpkg-noto-sans-thai"):
        make(replace(card("nothing at all"), name="ประเทศ"))
    with pytest.raises(CannotRender, match="Install a font package that can write it"):
        make(replace(card("nothing at all"), name="ភាសា"))


def test_promises_questions_groups_and_objectives_are_printed_and_every_word_is_there() -> None:
    text = " ".join(texts("plain"))
    for word in ("Government of Exampleland", "How will you listen", "The form was left blank", "Accurate data",
                 "A library for all", "no evidence on record", "Share practice", "nobody counts", "A festival",
                 "mandate.html"):
        assert word in text
    assert not re.search(r"\[(account|page|print|reason|status)\.", text), "a word that the template lacks"


@pytest.mark.usefixtures("no_asian_font")
def test_a_language_without_a_font_goes_without_its_pdfs_and_the_others_do_not() -> None:
    chinese, forms = Words("zh", {}, ENGLISH), ["html", "pdf", "annex", "data"]
    left, told = without(forms, chinese)
    assert left == ["html", "data"]
    assert told == ("No PDF was made in 'zh': no font for it is installed. Install one for Chinese, Japanese and "
                    "Korean: pip install 'migration-scorecard[cjk]'")
    assert without(forms, WORDS["ar"]) == (forms, "")
    assert without(["html"], chinese) == (["html"], "")


@pytest.mark.skipif(find_spec(_press.CJK) is None, reason="needs the extra: pip install 'migration-scorecard[cjk]'")
def test_chinese_is_printed_where_its_font_is_installed() -> None:
    made = make(replace(card("plain"), name="德国 移民记分卡"))
    with pikepdf.open(BytesIO(made)) as opened:
        assert "德国 移民记分卡" in re.sub(r"\s+", " ", _text(opened.pages[0], opened.pages[0].Resources))
    assert page.validate_pdf_bytes(made, profile=page.ValidationProfile.PDF_UA_1).is_compliant


def test_a_card_with_an_address_has_a_code_that_says_it() -> None:
    there = replace(card("plain"), address="https://example.org/2026-11/EXA/scorecard.html")
    with pikepdf.open(BytesIO(make(there))) as opened:
        figures = [n for n in structure(opened.Root.StructTreeRoot.K) if n.get("/S") == "/Figure"]
        assert [str(f.Alt) for f in figures] == [
            "This scorecard and its data on the web: https://example.org/2026-11/EXA/scorecard.html"]


def test_an_overdue_commitment_says_for_how_long() -> None:
    plain = card("plain")
    late = replace(plain, promises=(replace(plain.promises[0], overdue=2152), plain.promises[1]))
    made = make(late)
    with pikepdf.open(BytesIO(made)) as opened:
        assert "2,152 days overdue" in _text(opened.pages[0], opened.pages[0].Resources)


def test_a_minus_stays_to_the_left_of_its_number_on_a_page_from_right_to_left() -> None:
    lines = lines_changed(card("right to left"), sentence="الرقم \u22126.4")
    with pikepdf.open(BytesIO(make(lines, form="annex"))) as opened:
        every = "".join(_text(p, p.Resources) for p in opened.pages)
    assert "\u22126.4" in every
