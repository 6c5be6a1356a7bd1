"""The pages of one scorecard. All that the worker process needs: no polars, no YAML, no declarations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from monitor import plugins
from monitor.scorecard import Line, Scorecard
from monitor.words import Words

#: the formats that Typst makes
PRINTED = frozenset({"annex", "onepage", "pdf", "reply", "shadow"})


class Look:
    """What decides how a page looks: folders of templates, words, tokens. Small, so that workers get a copy."""

    def __init__(self, folders: Sequence[str], words: Words, tokens: dict[str, Any]) -> None:
        self.folders, self.words, self.tokens = tuple(folders), words, tokens


def charts(card: Scorecard, look: Look) -> dict[str, bytes]:
    """Indicator -> SVG, drawn once for all formats. What never moved has no course to draw; its sentence says so."""
    from monitor import chart

    return {line.id: chart.svg(line, look.words, look.tokens) for line in _moving(card)}


def file(form: str) -> str:
    """The name of a form's page in the folder of its area."""
    return str(getattr(plugins.module("outputs", form), "FILE", f"scorecard.{form}"))


def without(forms: Sequence[str], words: Words) -> tuple[list[str], str]:
    """The forms that can be made in a language, and a sentence where some cannot, for want of a font."""
    from monitor.outputs import _press

    printed = [form for form in forms if form in PRINTED]
    told = _press.unprintable(words) if printed else ""
    return [form for form in forms if not told or form not in printed], told


def draws(form: str) -> bool:
    """Whether a form shows charts."""
    return bool(getattr(plugins.module("outputs", form), "CHARTS", True))


def _moving(card: Scorecard) -> list[Line]:
    return [line for line in card.lines() if len({p.value for p in line.points if p.value is not None}) > 1]


def beside(card: Scorecard, form: str) -> list[str]:
    """Files that are made with the page of a form and stand beside it: tables and charts belong to the web page."""
    if form == "html":
        return ["figures.html", *(f"charts/{line.id}.svg" for line in _moving(card))]
    return list(getattr(plugins.module("outputs", form), "BESIDE", ()))


def accompany(card: Scorecard, form: str, look: Look, drawn: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """The files that `beside` names, with their bytes."""
    if form == "html":
        from monitor.outputs import _svg, html

        yield "figures.html", html.figures(card, look.words, [Path(f) for f in look.folders], look.tokens)
        lines = {line.id: line for line in card.lines()}
        for id, svg in drawn.items():
            yield f"charts/{id}.svg", _svg.alone(svg, lines[id], look.words, look.tokens)
    for name, make in getattr(plugins.module("outputs", form), "BESIDE", {}).items():
        yield name, make(card, look.words)


def render(card: Scorecard, form: str, look: Look, drawn: Mapping[str, bytes]) -> bytes:
    """One page in one format."""
    folders = [Path(f) for f in look.folders]
    page: bytes = plugins.function("outputs", form)(card, look.words, folders, look.tokens, drawn)
    return page
