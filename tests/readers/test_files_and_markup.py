"""Entity bombs, foreign entities and spreadsheets of every kind: what is refused, and what is read alike."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from monitor.errors import CannotRender, UnreadableData
from monitor.readers import sdmx_generic, sdmx_ml
from tests.readers.genuine import flagship, read, source

ROOTS = {"sdmx_ml": "StructureSpecificData", "sdmx_generic": "GenericData", "iati_xml": "iati-activities"}
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
SUBSETS = {
    "entities that swell": f'[<!ENTITY l0 "ha">{LAUGHS}]',
    "one long entity": f'[<!ENTITY l11 "{"x" * 100_000}">]',
    "a file": '[<!ENTITY l11 SYSTEM "file:///etc/hostname">]',
    "an address": '[<!ENTITY l11 SYSTEM "http://127.0.0.1:9/secret">]',
    "a parameter entity": '[<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd"> %p;]',
    "a foreign document type": 'SYSTEM "http://127.0.0.1:9/x.dtd"',
    "attributes by default": '[<!ATTLIST Obs OBS_VALUE CDATA "666">]',
}


@pytest.mark.parametrize("reader", ROOTS)
@pytest.mark.parametrize("kind", SUBSETS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_with_a_document_type_is_refused(reader: str, kind: str, encoding: str) -> None:
    root = ROOTS[reader]
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE {root} {SUBSETS[kind]}>'
    text += f'<{root} a="&l11;">&l11;</{root}>'
    with pytest.raises(UnreadableData, match=r"the XML has a document type .*, through which it could swell"):
        read(text.encode(encoding), source(reader))


def test_a_page_of_a_treaty_opens_nothing() -> None:
    page = ('<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/hostname">]><html><head><base href="http://127.0.0.1:9/">'
            '<script src="x.js"></script></head><body><table><tr><th>Participant</th><th>Ratification</th></tr>'
            "<tr><td>Fiji</td><td>&x;5 Jun 2007</td></tr></table></body></html>")
    frame = read(page.encode(), flagship("un_treaty_pages"), "IV-13")
    assert set(frame["ref_area"]) == {"FJI"}
    assert not any(Path("/etc/hostname").read_text().strip() in text for text in frame["comment_obs"])


@pytest.mark.parametrize("text", [
    "<Obs geo='DE' TIME_PERIOD='2028' OBS_VALUE='1' F=\"x='2\"/>",
    '<Obs geo="DE" TIME_PERIOD="2028" F="a" OBS_VALUE=\'1\'/>',
    '<x:Obs xmlns:x="u" geo="DE" TIME_PERIOD="2028" OBS_VALUE="1"/>',
    '<Obs geo = "DE"\n TIME_PERIOD\t=\n"2028" OBS_VALUE="1" F="&lt;Obs &quot;&#65;&#x42;"/>',
    '<!-- <Obs geo="FR" TIME_PERIOD="2028" OBS_VALUE="9"/> --><Obs geo="DE" TIME_PERIOD="2028" OBS_VALUE="1"/>'
    '<![CDATA[<Obs geo="FR" TIME_PERIOD="2028" OBS_VALUE="9"/>]]>',
    '<Obs F=" OBS_VALUE=" geo="DE" TIME_PERIOD="2028" OBS_VALUE="1"/>'
    '<ObsNote geo="FR" TIME_PERIOD="2028" OBS_VALUE="9"/>',
    "<Series geo='DE'><Obs TIME_PERIOD=\"2028\" OBS_VALUE=\"1\"/></Series>",
], ids=["single quotes", "mixed quotes", "prefix", "blanks", "comments", "look-alikes", "single quotes on series"])
def test_markup_written_in_any_way_means_the_same(text: str) -> None:
    declared = source("sdmx_ml", options={"attributes": ["F"]})
    text = f"<StructureSpecificData><DataSet>{text}</DataSet></StructureSpecificData>"
    frame = read(text.encode(), declared)
    assert frame.select("ref_area", "time_period", "obs_value").rows() == [("DEU", "2028", 1.0)]
    wide = '<?xml version="1.0" encoding="UTF-16"?>' + text
    assert read(wide.encode("utf-16"), declared).equals(frame)


def test_references_in_attributes_are_resolved() -> None:
    body = b'<StructureSpecificData><Obs T="&lt;a&gt; &amp;amp; &quot;&#65;&#x42;&apos;\n"/></StructureSpecificData>'
    quick, slow = sdmx_ml._split(body), sdmx_ml._walked(body)
    assert quick is not None
    assert quick[0]["T"].to_list() == slow[0]["T"].to_list() == ["<a> &amp; \"AB' "]


def test_without_its_extra_the_generic_reader_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pysdmx.io", None)
    with pytest.raises(CannotRender, match=r"pip install 'migration-scorecard\[sdmx\]'"):
        read(b"<GenericData/>", source("sdmx_generic"))
    with pytest.raises(CannotRender, match="pip install"):
        sdmx_generic.code_lists(b"<Structure/>")


def ods(rows: list[list[Any]]) -> bytes:
    """The smallest OpenDocument spreadsheet."""
    names = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"' for short, long in (
        ("office", "office"), ("table", "table"), ("text", "text")))
    lines = "".join("<table:table-row>" + "".join(
        f'<table:table-cell office:value-type="float" office:value="{c}"><text:p>{c}</text:p></table:table-cell>'
        if isinstance(c, int | float) else
        f'<table:table-cell office:value-type="string"><text:p>{escape(c)}</text:p></table:table-cell>'
        for c in row) + "</table:table-row>" for row in rows)
    content = (f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names} office:version="1.2">'
               f'<office:body><office:spreadsheet><table:table table:name="Data">{lines}</table:table>'
               '</office:spreadsheet>'
               "</office:body></office:document-content>")
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = ('<?xml version="1.0"?><m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
                f'<m:file-entry m:full-path="/" m:media-type="{kind}"/></m:manifest>')
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return packed.getvalue()


def xlsx(rows: list[list[Any]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Data"
    for row in rows:
        sheet.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def test_the_same_table_as_csv_xlsx_ods_and_json_gives_the_same_rows() -> None:
    import json

    head, *data = rows = [["iso", "sex", "2027", "2028"], ["DEU", "F", 5.25, 1234567], ["FRA", "M", "..", 0.1]]
    table = {"columns": {"ref_area": "iso", "sex": "sex"}, "melt": "(?P<time_period>[0-9]{4})", "missing": {"..": "O"}}
    text = "\n".join(",".join(map(str, row)) for row in rows).encode()
    records = json.dumps([dict(zip(head, row, strict=True)) for row in data]).encode()
    frames = [read(text, source("csv_table", options=table)), read(xlsx(rows), source("excel", options=table)),
              read(ods(rows), source("excel", options=table)), read(records, source("json_rows", options=table))]
    for frame in frames:
        assert frame.drop("comment_obs").equals(frames[0].drop("comment_obs"))
    assert frames[0]["obs_value"].to_list() == [5.25, None, 1234567.0, 0.1]
