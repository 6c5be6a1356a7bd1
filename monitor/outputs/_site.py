"""The start page of an edition and the page that compares two areas: each one file with one script of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from monitor.errors import CannotRender
from monitor.outputs import html
from monitor.site import LETTERS, Start, grid
from monitor.words import Words


def start(
    shown: Start, data_set: Mapping[str, Any], words: Words, folders: Sequence[Path], tokens: dict[str, Any]
) -> bytes:
    """The start page.

    Args:
        data_set: the edition as a schema.org Dataset (`monitor.site_meta`), for search engines of data.

    Raises:
        CannotRender: a template is at fault; the message names the file and the line.
    """
    from markupsafe import Markup

    size = tuple(max(place[n] for place in grid().values()) for n in (0, 1))
    css = html._text("_start.css.j2", folders, tokens=tokens, letters=LETTERS, size=size)
    return html._page(
        "index.html.j2", words, folders, tokens, _script("start.js.j2", folders), page=shown.matrix,
        matrix=shown.matrix, start=shown, letters=LETTERS, size=size, decimal=words.number(1.5)[1:2],
        css_of_page=Markup(_style(css)), data_set=_data("application/ld+json", data_set),  # noqa: S704 - see _style
    )


def compare(
    page: Any, data: Mapping[str, Any], words: Words, folders: Sequence[Path], tokens: dict[str, Any]
) -> bytes:
    """The page that sets two areas beside each other, with all its figures as data (`monitor.site_compare`).

    Raises:
        CannotRender: a template is at fault; the message names the file and the line.
    """
    from markupsafe import Markup

    css = html._text("_start.css.j2", folders, tokens=tokens, letters=LETTERS, size=(1, 1))
    return html._page(
        "compare.html.j2", words, folders, tokens, _script("compare.js.j2", folders), page=page, data=data,
        css_of_page=Markup(_style(css)), figures=_data("application/json", data),  # noqa: S704 - see _style
    )


def _script(name: str, folders: Sequence[Path]) -> str:
    script = html._text(name, folders)
    if "</" in script:
        raise CannotRender(f"{name}: '</' would end the script early. Write the sign '<' apart from '/'.")
    return script


def _style(css: str) -> str:
    if "</" in css:
        raise CannotRender("_start.css.j2: '</' would end the style sheet early; look for it in tokens.yaml too.")
    return css


def _data(kind: str, data: Any) -> Any:
    """Data in a page: no browser runs it, and nothing in it can end its element."""
    from markupsafe import Markup

    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return Markup('<script type="{}">{}</script>').format(kind, Markup(text))  # noqa: S704 - cannot hold '<'
