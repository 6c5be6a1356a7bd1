"""YAML read strictly, into values that remember their lines.

Text stays text: ``NO`` is Norway, ``1.10`` an indicator, ``010`` a code, ``12:30`` a time; the models convert
where they ask for a number. Only below the keys in `OPTIONS`, which the models leave open for plug-ins, are
unquoted numbers and true/false read as such. Custom tags, keys given twice and runaway aliases are refused.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from monitor.errors import DefinitionError

LIMIT_BYTES = 2_000_000
LIMIT_VALUES = 200_000  # after aliases are filled in
LIMIT_LEVELS = 40
#: keys below which unquoted numbers, true and false are not text
OPTIONS = frozenset({"checks", "options", "method_options"})

Location = tuple[str | int, ...]

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?")  # as in JSON: 010 and .5 are text
_OWN = "tag:yaml.org,2002:"
_TEXT, _NOTHING = _OWN + "str", _OWN + "null"
_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where PyYAML was built with it
_Loader = type("_Loader", (_BASE,), {"yaml_implicit_resolvers": {
    first: [(tag, form) for tag, form in forms if tag == _NOTHING]
    for first, forms in _BASE.yaml_implicit_resolvers.items()
}})


def _resolve(self: Any, kind: Any, value: str, implicit: Any) -> Any:
    """As PyYAML does it, and at once for the many texts that cannot be ``null``, ``~`` or nothing."""
    plain = kind is yaml.ScalarNode and value and value[0] not in "~nN"
    return _TEXT if plain else _BASE.resolve(self, kind, value, implicit)


_Loader.resolve = _resolve  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Document:
    """One YAML file: its content, its hash, and the nodes that know their lines."""

    path: Path
    label: str  # how messages name it
    sha256: str
    tree: Any
    root: Any

    def line(self, location: Location) -> int:
        return self._walk(location)[0]

    def at(self, location: Location) -> str:
        """``indicators.yaml:706: indicators[41] (IND-42) direction:``; steps the file does not have are left out."""
        line, path = self._walk(location)
        return f"{self.label}:{line}:" + (f" {path}:" if path else "")

    def _walk(self, location: Location) -> tuple[int, str]:
        node, path = self.root, ""
        line = node.start_mark.line + 1
        for step in location:
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if key.value == str(step):
                        node, line = value, key.start_mark.line + 1
                        path += f".{step}" if path and not path.endswith(" ") else f"{step}"
                        break
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
                path += f"[{step}]" + _named(node)
        return line, path.strip()


def _named(node: Any) -> str:
    """`` (IND-42) `` for a block that has an id."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == "id" and isinstance(value, yaml.ScalarNode) and value.value:
                return f" ({value.value}) "
    return ""


def read(path: Path, label: str = "", typed: bool = False) -> Document:
    """One YAML file; ``typed`` reads unquoted numbers, true and false as such everywhere.

    Raises:
        DefinitionError: it cannot be read, or not safely; every place is named.
    """
    label = label or path.name
    try:
        body = path.read_bytes()
    except OSError as problem:
        raise DefinitionError(f"{label}: cannot be read: {problem.strerror}.") from None
    root = _compose(body, label)
    return Document(path, label, hashlib.sha256(body).hexdigest(), _built(root, label, typed), root)


def tree(body: bytes, label: str) -> Any:
    """The content of YAML that is no file of the project, every value text. Raises DefinitionError as `read` does."""
    return _built(_compose(body, label), label, typed=False)


def _built(root: Any, label: str, typed: bool) -> Any:
    builder = _Builder(label)
    found = builder.build(root, typed)
    if builder.problems:
        raise DefinitionError(builder.problems)
    return found


def _compose(body: bytes, label: str) -> Any:
    if len(body) > LIMIT_BYTES:
        raise DefinitionError(
            f"{label}: has {len(body):,} bytes, expected at most {LIMIT_BYTES:,}. "
            "Split it: 'include' names further files."
        )
    try:
        text = body.decode("utf-8-sig")
        _measure(text, label)
        root = yaml.compose(text, Loader=_Loader)
    except UnicodeDecodeError as problem:
        line = body.count(b"\n", 0, problem.start) + 1
        raise DefinitionError(f"{label}:{line}: is no UTF-8 text. Save the file as UTF-8.") from None
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        raise DefinitionError(
            f"{label}:{mark.line + 1 if mark else 1}: is no valid YAML: {problem.problem}. Look at the indentation "
            "here and just above, and put text that holds ': ' or begins with a sign into quotes."
        ) from None
    except yaml.YAMLError as problem:
        reason = getattr(problem, "reason", problem)
        raise DefinitionError(f"{label}: is no valid YAML: {reason}.") from None
    if root is None:
        raise DefinitionError(f"{label}: is empty, expected keys and values.")
    return root


def _measure(text: str, label: str) -> None:
    """Refuse deep nesting before the composer, which calls itself for each level, exhausts the stack."""
    level = 0
    for event in yaml.parse(text, Loader=_Loader):
        level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if level > LIMIT_LEVELS:
            mark: Any = event.start_mark
            where = f"{label}:{mark.line + 1}"
            raise DefinitionError(f"{where}: is nested deeper than {LIMIT_LEVELS} levels. Write it flatter.")


class _Builder:
    """Nodes to plain values; what is refused is collected."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.values = 0
        self.problems: list[str] = []

    def build(self, node: Any, typed: bool, level: int = 1) -> Any:
        self.values += 1
        if self.values > LIMIT_VALUES or level > LIMIT_LEVELS:
            raise DefinitionError(
                f"{self.label}:{node.start_mark.line + 1}: grows beyond {LIMIT_VALUES:,} values or {LIMIT_LEVELS} "
                "levels when its aliases (*name) are filled in. Write the values out."
            )
        if isinstance(node, yaml.ScalarNode):
            if node.tag not in (_TEXT, _NOTHING):
                self.refuse(node, f"the tag '{_short(node.tag)}' is not allowed: write plain text.")
            if node.tag == _NOTHING:
                return None
            return _typed(node.value) if typed and not node.style else node.value
        if node.tag not in (_OWN + "map", _OWN + "seq"):
            self.refuse(node, f"the tag '{_short(node.tag)}' is not allowed: write plain keys or a plain list.")
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, typed, level + 1) for item in node.value]
        tree: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag != _TEXT:
                self.refuse(key, "a key must be text: put it into quotes.")
            elif key.value in tree:
                self.refuse(key, f"the key '{key.value}' stands twice, first in line {lines[key.value]}. Keep one.")
            else:
                tree[key.value] = self.build(value, typed or key.value in OPTIONS, level + 1)
                lines[key.value] = key.start_mark.line + 1
        return tree

    def refuse(self, node: Any, sentence: str) -> None:
        self.problems.append(f"{self.label}:{node.start_mark.line + 1}: {sentence}")


def _typed(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    match = _NUMBER.fullmatch(text)
    return text if not match else float(text) if match[2] or match[3] else int(text)


def _short(tag: str) -> str:
    return tag.replace(_OWN, "!!")
