"""United Nations Treaty Collection, page of a treaty: the table of participants -> party or not, year by year.

Publisher's page: https://treaties.un.org/Pages/ViewDetails.aspx. The heading and its order differ by treaty
("Ratification, Accession(a), Succession(d)" or "Accession(a), Succession(d), Ratification"); the letter behind a date
says which it was and is kept as the raw flag. A signature alone does not bind and counts as 0. Figures behind a name
point to notes below the table. A withdrawal stands only in those notes and is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl
from pydantic import Field

from monitor.errors import UnreadableData
from monitor.model import Source
from monitor.readers._codes import finish, our_area
from monitor.readers._reading import Options, options, reading
from monitor.readers._text import excerpt, some
from monitor.results import Snapshot

_BINDS = re.compile(r"ratification|accession|succession|acceptance|approval", re.IGNORECASE)
_DATE = re.compile(r"\b(\d{1,2})\s+([A-Z][a-z]{2})[a-z]*\.?\s+(\d{4})\s*([A-Za-z]{0,2})\b")
_MONTHS = {name: f"{number:02}" for number, name in enumerate(
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1)}


class Treaty(Options):
    since: int = Field(1990, ge=1900, le=2100, description="the first year of the rows")
    names: dict[str, str] = Field({}, description="a participant as printed -> its area, beside the usual names")


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows of 1 (party) and 0 (not, or not yet) by participant and year, up to the year the page was fetched."""
    chosen = options(Treaty, source, series)
    acts = [act for body in snapshot.bodies for act in _participants(body)]
    names = _names() | chosen.names
    if unknown := sorted({name for name, *_ in acts if name not in names}):
        raise UnreadableData(f"no area is known for {some(unknown)}. Give it under 'options: names' of the source.")
    last = int(snapshot.retrieved[:4])
    rows = [(names[name], str(year), "1" if bound and int(bound[:4]) <= year else "0",
             letter if bound and int(bound[:4]) <= year else "", f"bound since {bound}" if bound else signed)
            for name, signed, bound, letter in acts for year in range(chosen.since, last + 1)]
    frame = pl.DataFrame(rows, orient="row", schema=dict.fromkeys(
        ("ref_area", "time_period", "obs_value", "flag_raw", "comment_obs"), pl.String))
    return finish(frame, chosen, snapshot, source, series, flags=dict.fromkeys(frame["flag_raw"].unique(), "A"))


def _names() -> dict[str, str]:
    """Names of States as the United Nations write them -> our codes."""
    import pycountry

    known = {}
    for country in pycountry.countries:
        if code := our_area(country.alpha_3):
            for attribute in ("name", "official_name", "common_name"):
                if name := getattr(country, attribute, None):
                    known[name] = code
    short = {"Iran (Islamic Republic of)": "IRN", "Bolivia (Plurinational State of)": "BOL",
             "Venezuela (Bolivarian Republic of)": "VEN", "Türkiye": "TUR", "Turkey": "TUR", "Cabo Verde": "CPV",
             "Cape Verde": "CPV", "Côte d'Ivoire": "CIV", "Democratic People's Republic of Korea": "PRK",
             "Democratic Republic of the Congo": "COD", "Republic of Korea": "KOR", "Republic of Moldova": "MDA",
             "United Republic of Tanzania": "TZA", "State of Palestine": "PSE", "The Gambia": "GMB", "Congo": "COG",
             "Lao People's Democratic Republic": "LAO", "Micronesia (Federated States of)": "FSM",
             "Netherlands (Kingdom of the)": "NLD", "St. Vincent and the Grenadines": "VCT", "North Macedonia": "MKD",
             "United Kingdom of Great Britain and Northern Ireland": "GBR", "United States of America": "USA",
             "Libyan Arab Jamahiriya": "LBY", "Swaziland": "SWZ", "Czech Republic": "CZE"}
    return known | short


Act = tuple[str, str, str, str]


def _participants(body: bytes) -> Iterator[Act]:
    """Name, what was signed, the date a State is bound since ("" for none) and the letter behind it."""
    from lxml import etree, html

    if not body.strip():
        raise UnreadableData(f"the answer is empty ({len(body)} bytes), expected a page. Fetch it again; if it stays "
                             "so, look at the address.")
    begins = f"it begins with {excerpt(body[:400].decode('utf-8', 'replace'))}"
    if re.search(rb"<[^<>]{20000}", body):  # thousands of attributes would keep the parser busy for minutes
        raise UnreadableData(f"the page has a tag of more than 20,000 characters, expected one of a treaty; {begins}.")
    try:
        parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
        page = html.document_fromstring(body, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as problem:
        raise UnreadableData(f"the answer is no page that can be read ({problem}); {begins}.") from None
    for table in page.iter("table"):
        lines = [[" ".join(" ".join(map(str, cell.itertext())).split()) for cell in row.iterchildren("td", "th")]
                 for row in table.iter("tr")]
        head = next((n for n, line in enumerate(lines) if line and line[0].rstrip(" 0123456789,").lower()
                     in ("participant", "state", "country")), None)
        if head is None:
            continue
        yield from _acts(lines[head], lines[head + 1:])
        return
    raise UnreadableData(f"the page has no table whose heading begins with 'Participant'; {begins}.")


def _acts(heading: list[str], lines: list[list[str]]) -> Iterator[Act]:
    bound = next((n for n, name in enumerate(heading) if n and _BINDS.search(name)
                  and not re.match(r"signature", name, re.IGNORECASE)), None)
    if bound is None:
        raise UnreadableData(f"no column of the table names ratification or accession; it has {some(heading)}.")
    for line in lines:
        if len(line) != len(heading) or not line[0]:
            continue  # a line between parts of the table, or a note
        name = re.sub(r"(?<=[^\d\s])[\s\d,]*$", "", line[0])
        signed = "; ".join(f"{heading[n]}: {cell}" for n, cell in enumerate(line) if n not in (0, bound) and cell)
        if not line[bound]:
            yield name, signed, "", ""
            continue
        if not (date := _DATE.search(line[bound])) or date[2] not in _MONTHS:
            raise UnreadableData(f"'{line[bound][:40]}' ({name}) is no date of an act; expected one such as "
                                 "'5 Jun 2007 a'.")
        yield name, signed, f"{date[3]}-{_MONTHS[date[2]]}-{int(date[1]):02}", date[4]
