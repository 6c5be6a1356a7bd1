"""The web pages: a scorecard, and the start page of an edition. Each is one file that asks nobody for anything.

Templates are looked up in the user's `reports/` first, then in the flagship's. They run in a sandbox; a
page must open with the content security policy made here, so that even a foreign template loads nothing.
"""

from __future__ import annotations

import re
import traceback
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from monitor.errors import CannotRender, MonitorError
from monitor.outputs import _svg
from monitor.scorecard import Chapter, Matrix, Scorecard
from monitor.words import Words

#: everything is forbidden but the page's own style, its data: pictures, and one script known by its hash
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def render(
    card: Scorecard, words: Words, folders: Sequence[Path], tokens: dict[str, Any], charts: Mapping[str, bytes]
) -> bytes:
    """The page of one area.

    Args:
        folders: where templates are looked up, the first that has one wins.
        tokens: the look, as `reports/tokens.yaml` holds it.
        charts: indicator id -> SVG. A single value with nothing to set it beside is shown without its chart.

    Raises:
        CannotRender: a template or a chart is at fault; the message names the file and the line.
    """
    from markupsafe import Markup

    lines = card.lines()
    drawn = {
        one.id: Markup(_svg.inline(charts[one.id], one.id, one.chart_title, one.chart_text))  # noqa: S704 - checked
        for one in lines if one.id in charts and (one.group_points or _svg.sparkline(one.points).count > 1)
    }
    # an indicator that answers several recommendations is told once, in the first of them
    home = {line.id: block.id for block in reversed(card.blocks) for line in block.lines}
    return _page("scorecard.html.j2", words, folders, tokens, "", page=card, card=card, charts=drawn, home=home)


def index(matrix: Matrix, words: Words, folders: Sequence[Path], tokens: dict[str, Any]) -> bytes:
    """The start page of an edition: areas by indicators. It sorts by a small script and works without it.

    Raises:
        CannotRender: a template is at fault; the message names the file and the line.
    """
    script = _text("sort.js.j2", folders)
    if "</" in script:
        raise CannotRender("sort.js.j2: '</' would end the script early. Write the sign '<' apart from '/'.")
    return _page("index.html.j2", words, folders, tokens, script, page=matrix, matrix=matrix)


def mandate(
    page: Matrix, chapters: Sequence[Chapter], words: Words, folders: Sequence[Path], tokens: dict[str, Any]
) -> bytes:
    """The page of the whole mandate, the same for every area of an edition.

    Raises:
        CannotRender: a template is at fault; the message names the file and the line.
    """
    known = {one.id for chapter in chapters for one in chapter.entries}
    return _page("mandate.html.j2", words, folders, tokens, "", page=page, chapters=chapters, known=known)


def quality(shown: Any, words: Words, folders: Sequence[Path], tokens: dict[str, Any]) -> bytes:
    """The page of a validation (`monitor.validation.page.QualityPage`).

    Raises:
        CannotRender: a template is at fault; the message names the file and the line.
    """
    return _page("quality.html.j2", words, folders, tokens, "", page=shown)


def _page(
    name: str, words: Words, folders: Sequence[Path], tokens: dict[str, Any], script: str, **context: Any
) -> bytes:
    from markupsafe import Markup, escape

    css = _text("style.css.j2", folders, tokens=tokens)
    if "</" in css:
        raise CannotRender("style.css.j2: '</' would end the style sheet early; look for it in tokens.yaml too.")
    policy = POLICY
    if script:
        policy += f"; script-src 'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
    text = _text(
        name, folders, words=words, tokens=tokens, policy=policy, spark=_svg.sparkline,
        css=Markup(css), script=Markup(script), **context,  # noqa: S704 - cannot end their elements, see above
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
    opening = r'<!doctype html>\s*<html[^>]*>\s*<head>\s*<meta charset="utf-8">\s*' + re.escape(meta)
    if not re.match(opening, text, re.IGNORECASE):
        raise CannotRender(
            f"{name}: the page must begin with doctype, html, head, <meta charset> and then the content security "
            "policy ({{ policy }}), so that nothing is loaded before it holds. Extend _page.html.j2, which does."
        )
    return text.encode()


def _text(name: str, folders: Sequence[Path], **context: Any) -> str:
    """A template filled in, its indentation taken off."""
    from jinja2 import TemplateNotFound, TemplateSyntaxError

    try:
        filled = _environment(tuple(folders)).get_template(name).render(context)
    except MonitorError:
        raise
    except TemplateNotFound as problem:
        places = ", ".join(map(str, folders))
        raise CannotRender(f"there is no template '{problem.name}': looked in {places}.") from problem
    except TemplateSyntaxError as problem:
        raise CannotRender(_sentence(problem.filename or name, problem.lineno, problem)) from problem
    except Exception as problem:  # whatever a template does wrong, a person must find its line
        frames = [f for f in traceback.extract_tb(problem.__traceback__) if f.filename.endswith(".j2")]
        where, line = (frames[-1].filename, frames[-1].lineno) if frames else (name, None)
        raise CannotRender(_sentence(where, line, problem)) from problem
    return re.sub(r"\s*\n\s*", "\n", filled)


def _sentence(where: str, line: int | None, problem: Exception) -> str:
    kind, what = type(problem).__name__, str(problem).rstrip(".")
    return f"{where}, line {line or '?'}: {kind}: {what}. Correct the template, or remove it to use the project's own."


@lru_cache(maxsize=8)
def _environment(folders: tuple[Path, ...]) -> Any:
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        autoescape=lambda name: not (name or "").endswith((".css.j2", ".js.j2")),
    )
