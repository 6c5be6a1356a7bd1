"""YAML read strictly, and what is wrong with it said with file, line and path.

Text stays text: ``NO`` is Norway, ``1.10`` an indicator, ``010`` a code, ``12:30`` a time; the models convert
where they ask for a number. Only below the keys in `OPTIONS`, which the models leave open for plug-ins, are
unquoted numbers and true/false read as such. Custom tags, keys given twice and runaway aliases are refused.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from monitor.errors import DefinitionError

LIMIT_BYTES = 2_000_000
LIMIT_NODES = 200_000  # after aliases are expanded
LIMIT_DEPTH = 40
#: keys below which unquoted numbers, true and false are not text
OPTIONS = frozenset({"checks", "options", "method_options"})

Location = tuple[str | int, ...]

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?")
_STR, _NULL = "tag:yaml.org,2002:str", "tag:yaml.org,2002:null"
_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Loader = type("_Loader", (_BASE,), {
    "yaml_implicit_resolvers": {
        first: [(tag, form) for tag, form in forms if tag == _NULL]
        for first, forms in _BASE.yaml_implicit_resolvers.items()
    }
})


@dataclass(frozen=True)
class Document:
    """One YAML file: its content, its hash, and the nodes that know their lines."""

    label: str  # how messages name it
    sha256: str
    tree: Any
    root: Any

    def at(self, location: Location) -> str:
        """``indicators.yaml:706: indicators[41] (IND-42) direction``; steps the file does not have are left out."""
        node, line, path = self.root, 1, ""
        for step in location:
            if isinstance(node, yaml.MappingNode):
                found = next(((k, v) for k, v in node.value if k.value == str(step)), None)
                if found:
                    line, node = found[0].start_mark.line + 1, found[1]
                    path += f"{'.' if path and path[-1] not in ' )' else ' ' if path[-1:] == ')' else ''}{step}"
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
                path += f"[{step}]" + _named(node)
        return f"{self.label}:{line}:" + (f" {path}:" if path else "")


def _named(node: Any) -> str:
    """`` (IND-42)`` for a block that has an id."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == "id" and isinstance(value, yaml.ScalarNode) and value.value:
                return f" ({value.value})"
    return ""


def read(path: Path, label: str = "", typed: bool = False) -> Document:
    """One YAML file; ``typed`` reads unquoted numbers and true/false as such everywhere.

    Raises:
        DefinitionError: it cannot be read, or not safely; every place is named.
    """
    label = label or path.name
    try:
        body = path.read_bytes()
    except OSError as problem:
        raise DefinitionError(f"{label}: cannot be read: {problem.strerror}.") from None
    if len(body) > LIMIT_BYTES:
        raise DefinitionError(f"{label}: has {len(body):,} bytes, expected at most {LIMIT_BYTES:,}. "
                              "Split it: 'include' names further files.")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = body.count(b"\n", 0, problem.start) + 1
        raise DefinitionError(f"{label}:{line}: is not UTF-8 text; save the file as UTF-8.") from None
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 1 if mark else 1
        raise DefinitionError(
            f"{label}:{line}: is no valid YAML: {problem.problem}. Look at the indentation here and just above, "
            "and put text that holds ': ' or starts with a sign into quotes."
        ) from None
    except (yaml.YAMLError, RecursionError) as problem:
        raise DefinitionError(f"{label}: is no valid YAML: {getattr(problem, 'reason', 'nested too deeply')}.") from None
    if root is None:
        raise DefinitionError(f"{label}: is empty: expected keys and values.")
    builder = _Builder(label)
    tree = builder.build(root, typed, 1)
    if builder.problems:
        raise DefinitionError(builder.problems)
    return Document(label, hashlib.sha256(body).hexdigest(), tree, root)


class _Builder:
    """Nodes to plain values; what is refused is collected."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.nodes = 0
        self.problems: list[str] = []

    def refuse(self, node: Any, sentence: str) -> None:
        self.problems.append(f"{self.label}:{node.start_mark.line + 1}: {sentence}")

    def build(self, node: Any, typed: bool, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > LIMIT_NODES or depth > LIMIT_DEPTH:
            raise DefinitionError(
                f"{self.label}:{node.start_mark.line + 1}: grows beyond {LIMIT_NODES:,} values or {LIMIT_DEPTH} levels "
                "when its aliases (*name) are filled in. Write the values out, or use fewer aliases."
            )
        if isinstance(node, yaml.ScalarNode):
            if node.tag not in (_STR, _NULL):
                self.refuse(node, f"the tag '{_short(node.tag)}' is not allowed here: write plain text.")
            if node.tag == _NULL:
                return None
            return _typed(node.value) if typed and not node.style else node.value
        if not node.tag.startswith("tag:yaml.org,2002:") or node.tag.rpartition(":")[2] not in ("map", "seq"):
            self.refuse(node, f"the tag '{_short(node.tag)}' is not allowed here: write plain lists and keys.")
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, typed, depth + 1) for item in node.value]
        tree: dict[str, Any] = {}
        first: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag != _STR:
                self.refuse(key, "a key must be plain text; put it into quotes.")
            elif key.value in tree:
                self.refuse(key, f"the key '{key.value}' stands twice, first in line {first[key.value]}. Keep one.")
            else:
                tree[key.value] = self.build(value, typed or key.value in OPTIONS, depth + 1)
                first[key.value] = key.start_mark.line + 1
        return tree


def _typed(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    match = _NUMBER.fullmatch(text)
    return text if not match else float(text) if match[2] or match[3] else int(text)


def _short(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")


def nearest(word: str, known: Iterable[str]) -> str:
    """`` Did you mean 'unit'?`` or nothing."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean '{near[0]}'?" if near else ""


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
    "string_type": "text", "list_type": "a list", "tuple_type": "a list", "dict_type": "keys and values",
    "model_type": "keys and values", "model_attributes_type": "keys and values", "int_type": "a whole number",
    "int_parsing": "a whole number", "int_from_float": "a whole number", "float_type": "a number",
    "float_parsing": "a number", "bool_type": "true or false", "bool_parsing": "true or false",
    "too_short": "{min_length} values", "too_long": "{max_length} values", "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less", "finite_number": "a finite number",
}
_PATTERNS = {"^https?": "an http or https address without blanks",
             "^[A-Za-z0-9]": "an id of letters, digits, '-', '_' and '.'",
             "^[a-z]": "a name of small letters, digits and '_' that starts with a letter"}


def _sentence(document: Document, error: dict[str, Any], schema: dict[str, Any]) -> str:
    location, kind, found = tuple(error["loc"]), error["type"], error["input"]
    where = document.at(location)
    if kind == "missing":
        said = _fields(schema, location[:-1]).get(str(location[-1]), {}).get("description", "")
        return f"{where} '{location[-1]}' is missing{f' ({said})' if said else ''}."
    if kind == "extra_forbidden":
        known = _fields(schema, location[:-1])
        hint = nearest(str(location[-1]), known) or f" Known here: {', '.join(known)}."
        return f"{document.at(location)} unknown key '{location[-1]}'.{hint}"
    context = error.get("ctx", {})
    if kind in ("value_error", "assertion_error"):
        return f"{where} {str(context['error']).rstrip('.')}."
    hint = ""
    if kind in ("enum", "literal_error"):
        expected = context["expected"].replace("'", "")
        hint = nearest(str(found), re.split(r", | or ", expected))
    elif kind == "string_pattern_mismatch":
        expected = next((text for start, text in _PATTERNS.items() if context["pattern"].startswith(start)),
                        f"text like {context['pattern']}")
    else:
        expected = _EXPECTED.get(kind, "").format(**context) or error["msg"].removeprefix("Input should be ")
    return f"{where} found {_shown(found)}, expected {expected}.{hint}"


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return f"{'keys and values' if isinstance(value, dict) else f'a list of {len(value)}'}"
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
            if isinstance(step, int):
                inner += plain(part.get("items"))
            else:
                inner += plain(part.get("properties", {}).get(step, part.get("additionalProperties")))
                inner += [q for p in part.get("patternProperties", {}).values() for q in plain(p)]
        here = inner
    return {name: {**field, **next(iter(plain(field)), {}), **field}
            for part in here for name, field in part.get("properties", {}).items()}
