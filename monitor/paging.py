"""From the declaration of a source to the addresses of a series, page by page."""

from __future__ import annotations

import csv
import difflib
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from monitor import ckan
from monitor.errors import DefinitionError
from monitor.model import Paging, Source
from monitor.network import LATER, PUBLISHER, Trouble
from monitor.payload import excerpt, too_big

#: more pages than any honest answer has
MOST = 2000


@dataclass(frozen=True)
class Answer:
    """One page of an answer: 200, or 304 where the bytes are those of the last time."""

    body: bytes
    status: int
    headers: dict[str, str]


def address(source: Source, series: str, page: dict[str, str] | None = None) -> str:
    """The address of a series, or of one page of it; without any key.

    ``{series}`` and other names in braces are filled from the series, its parameters and the page; what the
    endpoint does not name goes into the query.

    Raises:
        DefinitionError: the source has no endpoint, offers no such series, or names something nobody fills.
    """
    where = f"sources/{source.id}.yaml"
    if source.endpoint is None:
        raise DefinitionError(f"{where}: 'endpoint' is missing, so nothing can be asked of {source.title}.")
    if series not in source.series:
        near = difflib.get_close_matches(series, source.series, n=1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise DefinitionError(f"{where}: series: offers no '{series}', but {', '.join(source.series)}.{hint}")
    values = {**source.params, **source.series[series].params, **(page or _first_page(source))}
    used: set[str] = set()

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        used.add(name)
        if name != "series" and name not in values:
            raise DefinitionError(f"{where}: endpoint: nothing fills {match[0]}; declare it under 'params'.")
        return quote(series if name == "series" else values[name], safe="")

    url = re.sub(r"\{(\w+)\}", fill, source.endpoint)
    query = urlencode([(n, v) for n, v in values.items() if n not in used], safe="$,:;*()/'")
    return url + ("&" if "?" in url else "?") * bool(query) + query


def pages(source: Source, series: str, until: int, ask: Callable[[str], Answer]) -> list[Answer]:
    """Every page of an answer, in order; of a CKAN dataset, the declared file.

    Args:
        until: the last calendar year asked for, where pages are years.
        ask: fetches one address.

    Raises:
        Trouble: a page could not be had, the number of pages is not where it is declared or keeps changing, a page
            comes twice, or there are too many pages or bytes.
    """
    if source.series[series].resource:
        return [_file(source, series, ask)]
    try:
        return _collect(source, series, until, ask) + _metadata(source, series, ask)
    except _Moved:
        try:
            return _collect(source, series, until, ask) + _metadata(source, series, ask)
        except _Moved as moved:
            what, last = moved.args
            raise Trouble(f"{what} changed while they were read, twice (at last {last})", LATER) from None


def _metadata(source: Source, series: str, ask: Callable[[str], Answer]) -> list[Answer]:
    """What the publisher says of a series, where that is declared; figures do without it where it is not there."""
    if source.metadata is None:
        return []
    try:
        return [ask(source.metadata.replace("{series}", quote(series, safe="")))]
    except Trouble as trouble:
        if trouble.status == 404:
            return []
        raise


def _file(source: Source, series: str, ask: Callable[[str], Answer]) -> Answer:
    """The declared file of a dataset, which is asked for first; its address is kept among the headers."""
    if source.paging:
        raise DefinitionError(f"sources/{source.id}.yaml: series: {series}: a 'resource' is one file, so 'paging' of "
                              "the source has no meaning: leave one of them out.")  # fmt: skip
    url = ckan.address(ask(address(source, series)).body, source, series)
    found = ask(url)
    where = urlsplit(url)._replace(query="", fragment="").geturl()  # what is signed in a query is nobody's business
    return Answer(found.body, found.status, found.headers | {"content-location": where})


class _Moved(Exception):
    """The publisher has changed its data between two pages: what, and how."""


def _collect(source: Source, series: str, until: int, ask: Callable[[str], Answer]) -> list[Answer]:
    found: list[Answer] = []
    limit = int(source.max_megabytes * 1e6)
    for answer in _each(source, series, until, ask):
        if source.paging and source.paging.kind != "years":
            for number, earlier in enumerate(found, start=1):
                if earlier.body == answer.body:
                    raise Trouble(f"page {len(found) + 1} is page {number} once more",
                                  "If the publisher counts pages otherwise, correct 'paging' in "
                                  f"sources/{source.id}.yaml; else it must repair it.")  # fmt: skip
        found.append(answer)
        if sum(len(a.body) for a in found) > limit:
            raise too_big(source)
        if len(found) > MOST:
            raise Trouble(f"more than {MOST} pages, which is no end", f"Look at 'paging' in sources/{source.id}.yaml.")
    several = len(found) > 1 and source.paging and source.paging.kind != "years"
    if several and any(page.status == 200 for page in found) and ask(address(source, series)).body != found[0].body:
        raise _Moved("the data of the pages", "page 1 was another one when it was asked for again")
    return found


def _each(source: Source, series: str, until: int, ask: Callable[[str], Answer]) -> Iterator[Answer]:
    paging = source.paging

    def page(number: int) -> Answer:
        return ask(address(source, series, {paging.param: str(number)} if paging else None))

    if paging is None:
        yield page(0)
    elif paging.kind == "page":
        first = page(paging.first)
        yield first
        announced = _count(source, paging, first.body)
        for number in range(paging.first + 1, paging.first + announced):
            answer = page(number)
            if (now := _count(source, paging, answer.body)) != announced:
                raise _Moved("the number of pages", f"{now} instead of {announced}")
            if (now_said := _state(answer.body)) != (said := _state(first.body)):
                raise _Moved("the data of the pages", f"{now_said} instead of {said}")
            yield answer
    elif paging.kind == "offset":
        if paging.step < 1:
            raise DefinitionError(f"sources/{source.id}.yaml: paging: 'step' must say how many rows a page has.")
        before = -1
        for number in range(MOST + 1):
            answer = page(number * paging.step)
            yield answer
            count, total = ckan.rows(answer.body) or (_rows(answer.body), -1)
            if before != total and number:
                raise _Moved("the number of rows", f"{total} instead of {before}")
            before = total
            if number * paging.step + count < total and count < paging.step:
                raise Trouble(
                    f"page {number + 1} has {count} rows, fewer than the {paging.step} asked for, though {total} were "
                    "announced", f"'limit' and 'step' in sources/{source.id}.yaml must be what the site sends at most."
                )  # fmt: skip
            if count < paging.step or number * paging.step + count == total:
                return
    else:
        for year in range(paging.first, until + 1):
            try:
                answer = page(year)
            except Trouble as trouble:
                if year == until > paging.first and trouble.status == 404:
                    return  # a year that has just begun need not be there yet
                raise
            yield answer


def _first_page(source: Source) -> dict[str, str]:
    paging = source.paging
    return {} if paging is None else {paging.param: str(0 if paging.kind == "offset" else paging.first)}


def _count(source: Source, paging: Paging, body: bytes) -> int:
    """The number of pages the first one announces at the declared path."""
    found: Any = None
    *lists, key = paging.pages_at.split(".")
    if set(lists) <= {"0"}:  # most stand at the very beginning: no need to read a whole answer for one number
        begin = r"\s*\[" * len(lists) + r'\s*\{[^{}\[\]]*"' + re.escape(key) + r'"\s*:\s*"?(\d{1,9})"?\s*[,}]'
        if early := re.match(begin.encode(), body[:4096]):
            return int(early[1])
    try:
        found = json.loads(body)
        for step in paging.pages_at.split("."):
            found = found[int(step)] if isinstance(found, list) else found[step]
        return int(found)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError):
        raise Trouble(
            f"the answer has no number of pages at '{paging.pages_at}'; it begins with {excerpt(body)}",
            f"If it is an error text, {PUBLISHER[0].lower()}{PUBLISHER[1:-1]}; if the form has changed, "
            f"'paging' in sources/{source.id}.yaml must follow.",
        ) from None


def _state(body: bytes) -> str:
    """What the head of a page says of all of them, where it does: when they were made, and how many rows there are."""
    head = re.match(rb"\s*(?:\[\s*)?\{[^{}\[\]]*", body[:4096])
    found = re.findall(rb'"(lastupdated|total|totalElements)"\s*:\s*("[^"]*"|\d+)', head[0]) if head else []
    return ", ".join(f"{name.decode()} {value.decode('utf-8', 'replace')}" for name, value in found)


def _rows(body: bytes) -> int:
    """Rows of a page: items of a JSON list, activities of IATI's XML, or lines of a CSV below its heading."""
    if b"<iati-activities" in body[:4096]:
        return len(re.findall(rb"<iati-activity[\s>]", body))
    try:
        items = json.loads(body)
    except (ValueError, RecursionError):
        return sum(1 for _ in csv.reader(io.StringIO(body.decode("utf-8", "replace")))) - 1
    if isinstance(items, list):
        return len(items)
    raise Trouble(f"pages by offset should be JSON lists, but this one begins with {excerpt(body)}", PUBLISHER)

