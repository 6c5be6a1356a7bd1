"""Answers in several pages."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Literal

import pytest

from monitor import paging, vintages
from monitor.errors import DefinitionError
from monitor.model import Paging
from tests.fetch.setting import Ask, refused, source
from tests.server import Asked, Publisher


def test_pages_by_number(publisher: Publisher, ask: Ask) -> None:
    publisher.paths["/data/EX.1"] = lambda a: (
        200, {}, json.dumps([{"page": a.query["page"], "pages": "3"}, []]).encode())
    got = ask(source(publisher, paging=Paging(kind="page", pages_at="0.pages")))
    assert [json.loads(body)[0]["page"] for body in got.bodies] == ["1", "2", "3"]
    assert got.url.endswith("/data/EX.1?page=1")
    assert got.sha256 == vintages.sha256("".join(vintages.sha256(b) for b in got.bodies).encode())


def test_an_error_text_in_place_of_pages(publisher: Publisher, ask: Ask) -> None:
    publisher.says("/data/EX.1", b'[{"message": [{"id": "120", "value": "not valid"}]}]')
    of = source(publisher, paging=Paging(kind="page", pages_at="0.pages"))
    refused(ask, of, "no number of pages at '0.pages'; it begins with '[{\"message\"", "'paging' in sources/")


@pytest.mark.parametrize("as_csv", [False, True])
def test_pages_by_offset_end_with_a_short_one(publisher: Publisher, ask: Ask, as_csv: bool) -> None:
    rows = [f"row {n}" for n in range(7)]

    def answer(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        part = rows[int(asked.query["$offset"]) :][:3]
        return 200, {}, "\n".join(["head", *part]).encode() if as_csv else json.dumps(part).encode()

    publisher.paths["/data/EX.1"] = answer
    got = ask(source(publisher, paging=Paging(kind="offset", param="$offset", step=3)))
    assert [a.query["$offset"] for a in publisher.asked] == ["0", "3", "6", "0"]  # the first again: has it changed?
    assert len(got.bodies) == 3


def test_pages_by_year_stop_before_a_year_that_is_not_there_yet(publisher: Publisher, ask: Ask) -> None:
    of = source(publisher, "/figures/{year}/json", paging=Paging(kind="years", param="year", first=2024))
    for year in (2024, 2025):
        publisher.says(f"/figures/{year}/json", f"[{year}]".encode())
    assert ask(of).bodies == (b"[2024]", b"[2025]")
    publisher.says("/figures/2026/json", b"[2026]")
    assert ask(of).bodies[-1] == b"[2026]"
    del publisher.paths["/figures/2025/json"]
    assert "status 404" in ask(of).problem


def test_pages_together_keep_to_the_size_limit(publisher: Publisher, ask: Ask) -> None:
    publisher.paths["/data/EX.1"] = lambda a: (200, {}, json.dumps([{"pages": 9}, a.query, "0" * 300_000]).encode())
    refused(ask, source(publisher, max_megabytes=1.0, paging=Paging(kind="page", pages_at="0.pages")), "more than 1 MB")
    assert publisher.times("/data/EX.1") == 4


def test_a_declaration_that_cannot_be_asked(publisher: Publisher, ask: Ask) -> None:
    for of, series, part in (
        (source(publisher), "EX-2", "offers no 'EX-2', but EX.1, EX.2. Did you mean 'EX.2'?"),
        (source(publisher, "/{table}/{series}"), "EX.1", "nothing fills {table}"),
        (source(publisher, paging=Paging(kind="offset")), "EX.1", "'step' must say how many rows"),
    ):
        with pytest.raises(DefinitionError, match=r"exampleland\.yaml") as caught:
            ask(of, series)
        assert part in str(caught.value)



def test_a_page_that_comes_twice_is_refused(publisher: Publisher, ask: Ask) -> None:
    publisher.says("/data/EX.1", b'[{"pages": 3}, [1]]')
    of = source(publisher, paging=Paging(kind="page", pages_at="0.pages"))
    refused(ask, of, "page 2 is page 1 once more", "correct 'paging' in sources/exampleland.yaml")
    of = source(publisher, paging=Paging(kind="offset", param="offset", step=2))
    publisher.says("/data/EX.1", b"[1, 2]")
    refused(ask, of, "page 2 is page 1 once more")


def test_a_number_of_pages_that_changes_is_read_anew_and_then_refused(publisher: Publisher, ask: Ask) -> None:
    def answer(after: int) -> Callable[[Asked], tuple[int, dict[str, str], bytes]]:
        return lambda a: (200, {}, json.dumps([{"pages": 2 if a.count <= after else 3}, a.query]).encode())

    of = source(publisher, paging=Paging(kind="page", pages_at="0.pages"))
    publisher.paths["/data/EX.1"] = answer(after=1)
    got = ask(of)
    assert len(got.bodies) == 3
    assert publisher.times("/data/EX.1") == 6  # two, then three anew, and the first once more
    publisher.paths["/data/EX.1"] = lambda a: (200, {}, json.dumps([{"pages": 2 + a.count}, a.query]).encode())
    text = ask(of).problem
    assert "the number of pages changed while they were read, twice" in text
    assert "Nobody needs to do anything" in text


def test_all_pages_together_have_a_time_limit(publisher: Publisher, ask: Ask) -> None:
    publisher.paths["/data/EX.1"] = lambda a: (
        time.sleep(0.1), (200, {}, json.dumps([{"pages": 99}, a.query]).encode()))[1]
    of = source(publisher, time_limit=0.6, paging=Paging(kind="page", pages_at="0.pages"))
    refused(ask, of, "not finished within 0.6 seconds", "raise 'time_limit' of the source")
    assert publisher.times("/data/EX.1") < 8


@pytest.mark.parametrize(("at", "text", "number"), [
    ("0.pages", '[{"page": 1, "pages": "3", "x": {}}, []]', 3), ("pages", '\n{"a": "b", "pages" : 12}', 12),
    ("0.pages", '[{"x": {"pages": 9}, "pages": 3}]', 3), ("pages", '{"said": "\\"pages\\": 9,", "pages": 2}', 2),
    ("meta.pages", '{"pages": 9, "meta": {"pages": 4}}', 4), ("1.pages", '[{"pages": 9}, {"pages": 5}]', 5),
    ("pages", '{"data": [{"pages": 9}], "pages": 6}', 6),
])
def test_the_number_of_pages_stands_where_it_is_declared(at: str, text: str, number: int) -> None:
    of = source("http://x", paging=Paging(kind="page", pages_at=at))
    assert of.paging
    assert paging._count(of, of.paging, text.encode()) == number


@pytest.mark.parametrize("kind", ["page", "offset"])
def test_pages_of_two_editions_are_never_mixed(
    publisher: Publisher, ask: Ask, kind: Literal["page", "offset"]
) -> None:
    """As many pages and rows as before, but figures of another day."""
    first, step = (1, 0) if kind == "page" else (0, 2)

    def figures(asked: Asked, edition: int) -> tuple[int, dict[str, str], bytes]:
        at = int(asked.query["p"])
        rows = [[at, edition]] * (2 if at == first else 1)
        return 200, {}, json.dumps([{"pages": 2}, rows] if kind == "page" else rows).encode()

    of = source(publisher, paging=Paging(kind=kind, param="p", pages_at="0.pages", step=step))
    publisher.paths["/data/EX.1"] = lambda a: figures(a, 1 if a.count == 1 else 2)
    got = ask(of)
    assert all(b", 2]" in body and b", 1]" not in body for body in got.bodies)
    assert publisher.times("/data/EX.1") == 6  # page 1 is another one: all three anew
    publisher.paths["/data/EX.1"] = lambda a: figures(a, a.count)
    text = ask(of).problem
    assert "the data of the pages changed while they were read, twice (at last page 1 was another one" in text


def test_pages_that_say_they_are_of_two_days(publisher: Publisher, ask: Ask) -> None:
    """Behind several machines page 1 may stay as it was."""
    publisher.paths["/data/EX.1"] = lambda a: (200, {}, json.dumps(
        [{"pages": 2, "lastupdated": f"2026-11-0{a.query['page']}"}, a.query]).encode())
    refused(ask, source(publisher, paging=Paging(kind="page", pages_at="0.pages")),
            'at last lastupdated "2026-11-02" instead of lastupdated "2026-11-01"')
