"""The web pages: a scorecard, and the start page of an edition. Each is one file that asks nobody for anything.

Templates are looked up in the user's `reports/` first, then in the flagship's. They run in a sandbox; a
page must open with the content security policy made here, so that even a foreign template loads nothing.
"""

from __future__ import annotations

import json
import re
import traceback
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

from monitor.errors import CannotRender, MonitorError
from monitor.outputs import _svg
from monitor.scorecard import Chapter, Citation, Matrix, Point, Scorecard
from monitor.told import HOLLOW
from monitor.words import Words

#: scripts and pictures of pages that need some: files of the edition itself, never those of another host
OWN = "; script-src 'self'"
#: as many figures stand at the head of a scorecard
KEY = 6
#: what so many indicators say of their figures is told once
SHARED = 3
#: everything is forbidden but the page's own style, its data: pictures, and one script known by its hash
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def render(
    card: Scorecard, words: Words, folders: Sequence[Path], tokens: dict[str, Any], charts: Mapping[str, bytes]
) -> bytes:
    """The page of one area.

    Args:
        folders: where templates are looked up, the first that has one wins.
        tokens: the look, as `reports/tokens.yaml` holds it.
        charts: indicator id -> SVG, which stand beside the page as `charts/ID.svg` (`monitor.render`).

    Raises:
        CannotRender: a template or a chart is at fault; the message names the file and the line.
    """
    here = _here(card)
    return _page(
        "scorecard.html.j2", words, folders, tokens, "", page=card, card=card, charts=set(charts), own=True, **here,
        key=card.key_lines()[:KEY], drawing=_data(_drawing(card, charts, words)),
        assets=f"../{words.root}assets/", path=f"{card.area}/scorecard.html",
    )


def figures(card: Scorecard, words: Words, folders: Sequence[Path], tokens: dict[str, Any]) -> bytes:
    """Beside the page of an area: every figure as a table, its limits, and its sources back to the bytes.

    Raises:
        CannotRender: a template is at fault; the message names the file and the line.
    """
    here = _here(card)
    told = [line for line in card.lines() if line.id in here["figures"]]
    often = Counter(text for line in told for text in line.caveats)
    numbered = list(enumerate(card.sources, 1))
    return _page(
        "figures.html.j2", words, folders, tokens, "", page=card, card=card, **here,
        shared=[text for text, times in often.items() if times >= SHARED],  # limits of several figures, told once
        number={(one.source, one.series): n for n, one in numbered},
        publishers=[list(those) for _, those in groupby(numbered, _published)], path=f"{card.area}/figures.html",
    )


def _here(card: Scorecard) -> dict[str, Any]:
    """What the pages of an area share: which indicators have figures, where each is told, who has none at all."""
    figures = {line.id for line in card.lines() if line.latest or _svg.sparkline(line.points).count}
    # an indicator that answers several recommendations is told once, in the first of them
    home = {line.id: block.id for block in reversed(card.blocks) for line in block.lines}
    silent = [block.id for block in card.blocks if not any(line.id in figures for line in block.lines)]
    return {"figures": figures, "home": home, "silent": silent}


def _published(numbered: tuple[int, Citation]) -> tuple[str | bool, ...]:
    """What sources of one publisher have alike, so that it is told once."""
    one = numbered[1]
    return one.source, one.publisher, one.official, one.licence, one.origin, one.came_from


def _data(made: Any) -> Any:
    """JSON that can stand in a script element; nothing where there is nothing."""
    from markupsafe import Markup

    text = json.dumps(made, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return Markup(text) if made else ""  # noqa: S704 - nothing in it can end the element


def _point(p: Point) -> list[Any]:
    """Time, value, printed value, and period where the time does not say it; then bounds, where there are any."""
    t: float | str = int(p.t) if p.t == int(p.t) else round(p.t, 4)
    bounds = (p.lower, p.upper) if p.lower is not None and p.upper is not None else ()
    return [t, p.value, p.text, "" if p.period == str(t) else p.period, *bounds]


def _drawing(card: Scorecard, charts: Mapping[str, bytes], words: Words) -> dict[str, Any]:
    """What the script of the page needs to draw series anew, each by the id of its indicator.

    Returns:
        `words`, and `charts`: `p` and `g`, the area's figures and those of its group (`_point`); `n`: which are not
        final; `b`: which begin a new series; `t`: the target, `c`: the name of the group, `k`: newest figures of
        groups of people; `z`: the axis need not begin at zero. What there is nothing of is left out.
    """
    drawn = {}
    for line in (line for line in card.lines() if line.id in charts):
        made = {
            "p": [_point(p) for p in line.points],
            "g": [_point(p) for p in line.group_points],
            "n": [n for n, p in enumerate(line.points) if p.flag in HOLLOW],
            "b": [n for n, p in enumerate(line.points) if p.flag == "B"],
            "t": line.target and line.target.value is not None and [
                line.target.value, words("chart.target", value=line.target.text, period=line.target.period)],
            "c": line.comparison.label if line.comparison and line.group_points else "",
            "k": [[p.label, p.value, p.text] for p in line.breakdowns if p.value is not None],
            "z": int(line.bounds[1] is not None),
        }
        drawn[line.id] = {name: value for name, value in made.items() if value}
    said = {name: words(f"card.{name}") for name in ("show", "groups", "margin")}
    said |= {"keys": words("card.keys", title="{title}"), "locale": words.language}
    return {"charts": drawn, "words": said} if drawn else {}


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
    return _page("quality.html.j2", words, folders, tokens, "", page=shown, path="")


def composites(
    page: Matrix, shown: Sequence[Any], words: Words, folders: Sequence[Path], tokens: dict[str, Any],
    charts: Mapping[str, bytes],
) -> bytes:
    """The page of the composites that a project declares (`monitor.composite_page.Shown`).

    Args:
        charts: composite id -> SVG.

    Raises:
        CannotRender: a template or a chart is at fault; the message names the file and the line.
    """
    from markupsafe import Markup

    drawn = {
        one.id: Markup(_svg.inline(charts[one.id], one.id, one.chart_title, one.chart_text))  # noqa: S704 - checked
        for one in shown if one.id in charts
    }
    return _page("composites.html.j2", words, folders, tokens, "", page=page, shown=shown, charts=drawn)


def _page(
    name: str, words: Words, folders: Sequence[Path], tokens: dict[str, Any], script: str, own: bool = False,
    **context: Any,
) -> bytes:
    from markupsafe import Markup, escape

    path = context.pop("path", name.removesuffix(".j2"))
    css = _text("style.css.j2", folders, tokens=tokens)
    if "</" in css:
        raise CannotRender("style.css.j2: '</' would end the style sheet early; look for it in tokens.yaml too.")
    policy = POLICY
    if own:
        policy = policy.replace("style-src", "style-src 'self'").replace("data:", "data: 'self'") + OWN
    elif script:
        policy += f"; script-src 'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
    text = _text(
        name, folders, words=words, tokens=tokens, policy=policy, spark=_svg.sparkline,
        others=words.others(path) if path else (),
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
