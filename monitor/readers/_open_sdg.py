"""What an Open SDG site says of an indicator: ``meta/<indicator>.md`` of its repository, ``.json`` of the site.

Format: https://open-sdg.readthedocs.io/en/latest/metadata-format/ (YAML, often as the front matter of Markdown).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from monitor import document
from monitor.errors import DefinitionError, UnreadableData
from monitor.readers import _json

_FRONT = re.compile(rb"\A\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_KEYS = (b"reporting_status", b"indicator_number", b"indicator_name", b"graph_title")
#: the states an indicator can be in, and what the documentation says they mean
STATES = {
    "complete": "figures are published", "inprogress": "the publisher is preparing figures",
    "notstarted": "the publisher is looking for a source", "notapplicable": "the indicator does not apply here",
}
#: the state of an indicator without figures -> CL_OBS_STATUS
WITHOUT = {"notapplicable": "M", "notstarted": "L", "inprogress": "L"}


@dataclass(frozen=True)
class Progress:
    """How the site measures progress of one series of the indicator; the site's defaults are filled in."""

    direction: Literal["negative", "positive"]
    base_year: int
    target_year: int
    target: float | None
    limit: float | None
    select: Mapping[str, str]  # column of the data -> code


@dataclass(frozen=True)
class Metadata:
    """The description of an indicator. Texts are as printed, "" where there is none."""

    number: str
    name: str
    description: str
    unit: str
    coverage: str
    status: str
    proxy: bool
    sources: tuple[str, ...]  # organisations
    licence: str
    progress: tuple[Progress, ...]


def found(body: bytes) -> bool:
    """Are these bytes the description of an indicator, and not its figures?"""
    head = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] == b"{":
        return any(b'"' + key + b'"' in body for key in _KEYS)
    return head[:3] == b"---" or re.match(rb"[a-z0-9_]+:(\s|$)", head) is not None


def metadata(body: bytes) -> Metadata:
    """The description out of YAML, Markdown with front matter, or JSON.

    Raises:
        UnreadableData: it is none of these, its state is unknown, or its options of progress have no meaning.
    """
    body = body.lstrip(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    if body.lstrip()[:1] == b"{":
        told = _json.mapping(_json.parse(body), "the metadata")
    else:
        front = _FRONT.match(body)
        try:
            told = document.tree(front[1] if front else body, "the metadata")
        except DefinitionError as problem:
            raise UnreadableData(problem.problems) from None
        if not isinstance(told, dict):
            raise UnreadableData("the metadata are no keys with values, expected indicator_name, reporting_status ...")
    text = {key: " ".join(str(value).split()) for key, value in told.items() if isinstance(value, str | int | float)}
    status = text.get("reporting_status", "")
    if status and status not in STATES:
        raise UnreadableData(f"the metadata say 'reporting_status: {status}', expected {', '.join(STATES)}.")
    return Metadata(
        text.get("indicator_number") or text.get("indicator", ""), _name(text),
        text.get("national_indicator_description") or text.get("indicator_definition", ""),
        text.get("computation_units", ""), text.get("national_geographical_coverage", ""), status,
        text.get("proxy", "") in ("proxy", "both"), tuple(_organisations(told, text)),
        next((text[key] for key in text if "licen" in key), ""), tuple(_progress(told)),
    )


def _name(text: Mapping[str, str]) -> str:
    """The name in words: keys of a translation (``global_indicators.10-c-1-title``) are none."""
    keys = ("indicator_available", "national_indicator_available", "graph_title", "indicator_name")
    named = [text[key] for key in keys if text.get(key)]
    return next((name for name in named if not re.fullmatch(r"[\w.-]+", name)), "")


def _organisations(told: Mapping[str, Any], text: Mapping[str, str]) -> list[str]:
    listed = told.get("sources")
    new = [str(s["organisation"]) for s in listed if isinstance(s, dict) and s.get("organisation")] if isinstance(
        listed, list) else []
    old = [text[f"source_organisation_{n}"] for n in range(1, 10)
           if text.get(f"source_active_{n}", "true").lower() == "true" and text.get(f"source_organisation_{n}")]
    return list(dict.fromkeys([*old, *new]))


def _progress(told: Mapping[str, Any]) -> list[Progress]:
    """The declared series of progress, those of groups among them."""
    listed = told.get("progress_calculation_options") or []
    if not isinstance(listed, list):
        raise UnreadableData("'progress_calculation_options' of the metadata is no list of series.")
    each = [inner for one in listed if isinstance(one, dict)
            for inner in (one["group"] if isinstance(one.get("group"), list) else [one])]
    return [_one(one) for one in each if isinstance(one, dict)]


def _one(one: Mapping[str, Any]) -> Progress:
    direction = str(one.get("direction") or "negative")
    if direction not in ("negative", "positive"):
        raise UnreadableData(f"the metadata want progress in the direction '{direction}', expected negative or "
                             "positive.")
    select = {key: str(one[key]) for key in ("series", "unit") if one.get(key)}
    for part in one.get("disaggregation") or []:
        if not isinstance(part, dict) or not part.get("field"):
            raise UnreadableData("a 'disaggregation' of the metadata has no 'field'.")
        select[str(part["field"])] = str(part.get("value") or "")
    target = _number(one, "target")
    return Progress("positive" if direction == "positive" else "negative", int(_number(one, "base_year") or 2015),
                    int(_number(one, "target_year") or 2030), target,
                    None if target is not None else _number(one, "limit"), select)  # as documented: only without target


def _number(one: Mapping[str, Any], key: str) -> float | None:
    if one.get(key) in (None, ""):
        return None
    try:
        number = float(str(one[key]))
    except ValueError:
        number = float("nan")
    if not abs(number) < 1e15:
        raise UnreadableData(f"'{key}: {one[key]}' of the metadata is no number.")
    return number
