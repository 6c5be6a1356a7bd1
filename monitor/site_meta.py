"""What machines read of an edition: a schema.org Dataset, a site map, and a text for language models (`llms.txt`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from monitor.scorecard import Matrix, Scorecard
from monitor.words import Words

#: addresses of licences that a project is likely to name; any other is given by its name
LICENCES = {
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC BY-SA 4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}
#: file of the edition -> its media type
TYPES = {"csv": "text/csv", "json": "application/json", "xml": "application/atom+xml",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_HTML = ".html"


def data_set(words: Words, matrix: Matrix, cards: Sequence[Scorecard]) -> dict[str, Any]:
    """The edition as a schema.org Dataset (JSON-LD). Addresses are whole where the project declares its home."""
    files = [href.removeprefix(words.root) for href, _ in matrix.downloads if href.rpartition(".")[2] in TYPES]
    years = sorted(p.period[:4] for card in cards for line in card.lines() for p in line.points if p.value is not None)
    made: dict[str, Any] = {
        "@context": "https://schema.org", "@type": "Dataset", "name": matrix.title, "description": matrix.purpose,
        "version": matrix.edition, "dateModified": cards[0].as_of_iso, "inLanguage": words.language,
        "isAccessibleForFree": True, "creator": {"@type": "Organization", "name": matrix.made_by},
        "license": LICENCES.get(matrix.licence) or {"@type": "CreativeWork", "name": matrix.licence},
        "spatialCoverage": [card.name for card in cards],
        "variableMeasured": [title for _, title, _ in matrix.columns],
        "distribution": [
            {"@type": "DataDownload", "name": path, "encodingFormat": TYPES[path.rpartition(".")[2]],
             "contentUrl": (words.home or words.root) + path} for path in files
        ],
    }
    if years:
        made["temporalCoverage"] = f"{years[0]}/{years[-1]}"
    if words.home:
        made["url"] = f"{words.home}{words.at}index.html"
    return {key: value for key, value in made.items() if value not in ("", [])}


def site_map(home: str, day: str, pages: Sequence[str], languages: Sequence[str]) -> bytes:
    """``sitemap.xml`` of all pages in all languages.

    Args:
        pages: paths of the first language, which stands at the root; those of the others are below their folder.
        languages: the edition's, the first first.
    """
    shared = ("quality/",)  # made in the first language only
    found = ['<?xml version="1.0" encoding="utf-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for path in sorted(page for page in pages if page.endswith(_HTML)):
        for number, language in enumerate(languages or [""]):
            if not (number and path.startswith(shared)):
                address = escape(f"{home}{f'{language}/' if number else ''}{path}")
                found.append(f"<url><loc>{address}</loc><lastmod>{day}</lastmod></url>")
    return "\n".join([*found, "</urlset>", ""]).encode()


def llms(words: Words, matrix: Matrix, cards: Sequence[Scorecard], pages: Sequence[str]) -> bytes:
    """``llms.txt`` (llmstxt.org): what the edition is, where its data are, how to cite it, what not to do with it."""
    def links(paths: Sequence[str]) -> list[str]:
        return [f"- [{path}]({words.home}{path})" for path in paths]

    data = [p for p in pages if p.startswith("data/")]
    cited = words("site.llms.cite_text", made_by=matrix.made_by, title=matrix.title, edition=matrix.edition,
                  as_of=matrix.as_of)
    top = [page for page in sorted(pages) if page.endswith(_HTML) and "/" not in page]
    lines = [
        f"# {matrix.title}", "", f"> {matrix.purpose}", "",
        f"## {words('site.llms.what')}", "", words("page.foot", title=matrix.title, edition=matrix.edition,
                                                   as_of=matrix.as_of), *([matrix.offline] if matrix.offline else []),
        words("page.foot_licence", licence=matrix.licence, engine=matrix.engine), "",
        *(f"- {each}" for each in matrix.limits), "",
        f"## {words('site.llms.data')}", "", *links(data), "",
        f"## {words('site.llms.cite')}", "", cited, "",
        f"## {words('site.llms.not')}", "",
        *(f"- {words(f'site.llms.{key}')}" for key in ("no_rank", "no_side", "no_status", "no_crime", "no_person")), "",
        f"## {words('site.llms.pages')}", "", *links(top),
        *(f"- [{card.name}]({words.home}{card.area}/scorecard.html)" for card in cards), "",
    ]
    return "\n".join(lines).encode()
