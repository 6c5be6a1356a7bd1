"""What the files of a project may hold, and what is wrong with one, in sentences that name file, line and path."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from monitor import items
from monitor.composite_model import Composite
from monitor.document import Document, Location
from monitor.model import About, Checks, Declared, Indicator, Place


class IncludedFile(Declared):
    """What a file named by 'include' may hold."""

    documents: list[items.Document] = Field([], description="the texts that items were taken from")
    recommendations: list[items.Recommendation] = Field([], description="what was recommended, verbatim")
    commitments: list[items.Commitment] = Field([], description="who undertook what, by when")
    messages: list[items.Message] = Field([], description="what governments were to be told first")
    questions: list[items.Question] = Field([], description="what was asked, and of whom")
    practices: list[items.Practice] = Field([], description="examples held up as good")
    lessons: list[items.Lesson] = Field([], description="what works against the aim, what was learnt")
    mechanisms: list[items.Mechanism] = Field([], description="bodies and frameworks to use or improve")
    claims: list[items.Claim] = Field([], description="statements that can be checked")
    quotes: list[items.Quote] = Field([], description="words of participants")
    themes: list[items.Theme] = Field([], description="what runs through several documents")
    indicators: list[Indicator] = Field([], description="what measures it")


class ProjectFile(IncludedFile):
    """What indicators.yaml may hold."""

    about: About
    languages: list[str] = Field(
        ["en"], min_length=1, description="of the scorecards; each has a file in reports/words/"
    )
    scorecards: list[str] = Field([], description="areas that get a scorecard by default: DEU, USNYC")
    areas: dict[str, Place] = Field({}, description="code -> roles of a country, name and country of a place")
    organisations: list[str] = Field(
        [], description="names in these files that look like a person's and are none: organisations, prizes, laws"
    )
    include: list[str] = Field([], description="further files beside this one: indicators/*.yaml")
    checks: Checks = Field({}, description="of every indicator: name of a check -> its options, or {off: why}")
    composites: list[Composite] = Field([], description="several indicators in one number; needed by no scorecard")


class FrameworkFile(Declared):
    """What a file in sources/frameworks/ may hold: the objectives of a framework, by number."""

    title: str
    source: str
    titles: dict[int, str] = Field(description="number of the objective -> shortened title")
    principles: dict[str, str] = Field({}, description="guiding principles: key -> title")
    unconfirmed: list[int] = Field([], description="titles not yet compared with the official text")
    notes: list[str] = Field([], description="how the titles were compared")


def nearest(word: str, known: Iterable[str]) -> str:
    """`` Did you mean 'unit'?`` or nothing."""
    names = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    return f" Did you mean '{names[near[0]]}'?" if near else ""


def problems(document: Document, model: type[BaseModel]) -> list[str]:
    """Everything a model finds wrong with a document, one sentence each; none when it is right."""
    try:
        model.model_validate(document.tree)
    except ValidationError as error:
        schema = model.model_json_schema()
        return [_sentence(document, dict(e), schema) for e in error.errors(include_url=False)]
    return []


#: Pydantic's kind of error -> what was expected
_EXPECTED = {
    "string_type": "text",
    "list_type": "a list such as [one, two]",
    "tuple_type": "a list such as [one, two]",
    "dict_type": "keys and values",
    "model_type": "keys and values",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "too_short": "{min_length} values or more",
    "too_long": "{max_length} values or fewer",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
}
#: how the patterns of `model` begin -> what they ask for
_PATTERNS = {
    "^https?": "an address that begins with https:// and has no blanks",
    "^[A-Za-z0-9]": "an id of letters, digits, '-', '_' and '.'",
    "^[a-z]": "a name of small letters, digits and '_' that begins with a letter",
}


def _sentence(document: Document, error: dict[str, Any], schema: dict[str, Any]) -> str:
    location, kind, found = tuple(error["loc"]), error["type"], error["input"]
    where, context = document.at(location), error.get("ctx", {})
    if kind == "missing":
        said = _fields(schema, location[:-1]).get(str(location[-1]), {}).get("description", "")
        meaning = f" ({said.rstrip('.')})" if said else ""
        return f"{where} '{location[-1]}' is missing{meaning}."
    if kind == "extra_forbidden":
        known = _fields(schema, location[:-1])
        hint = nearest(str(location[-1]), known) or f" Known here: {', '.join(known)}."
        return f"{where} unknown key.{hint}"
    if kind == "value_error":
        return f"{where} {str(context['error']).rstrip('.')}."
    expected, hint = error["msg"].removeprefix("Input should be "), ""
    if kind in ("enum", "literal_error"):
        expected = context["expected"].replace("'", "")
        hint = nearest(str(found), re.split(r", | or ", expected))
    elif kind == "string_pattern_mismatch":
        expected = next((p for start, p in _PATTERNS.items() if context["pattern"].startswith(start)), expected)
    elif kind in _EXPECTED:
        expected = _EXPECTED[kind].format(**context)
        hint = " Put text that holds ': ' into quotes." if kind == "string_type" and isinstance(found, dict) else ""
    return f"{where} found {_shown(found)}, expected {expected}.{hint}"


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return "keys and values" if isinstance(value, dict) else f"a list of {len(value)}"
    text = str(value)
    return f"'{text[:60]}{'...' if len(text) > 60 else ''}'"


def _fields(schema: dict[str, Any], location: Location) -> dict[str, Any]:
    """The keys a JSON Schema knows at a place: name -> its schema."""

    def plain(part: Any) -> list[dict[str, Any]]:
        if not isinstance(part, dict):
            return []
        if "$ref" in part:
            return plain(schema["$defs"][part["$ref"].rpartition("/")[2]])
        return [q for p in part["anyOf"] for q in plain(p)] if "anyOf" in part else [part]

    here = plain(schema)
    for step in location:
        inner = []
        for part in here:
            inner += plain(part.get("items")) if isinstance(step, int) else []
            inner += plain(part.get("properties", {}).get(step) or part.get("additionalProperties"))
            inner += [q for p in part.get("patternProperties", {}).values() for q in plain(p)]
        here = inner
    found: dict[str, Any] = {}
    for part in here:
        for name, field in part.get("properties", {}).items():
            found[name] = {**next(iter(plain(field)), {}), **field}
    return found
