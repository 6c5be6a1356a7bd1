"""JSON Schemas of the files people write, for editors that complete and check while one types.

A YAML file says which one it follows in its first line:
``# yaml-language-server: $schema=docs/schema/indicators.json``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from monitor.declarations import FrameworkFile, IncludedFile, ProjectFile
from monitor.items import Crosswalk
from monitor.model import Source
from monitor.registers import Register

DRAFT = "https://json-schema.org/draft/2020-12/schema"
#: name of the schema -> what it describes, and the model behind it
_FILES: dict[str, tuple[str, type[BaseModel]]] = {
    "indicators": ("indicators.yaml: a monitoring project", ProjectFile),
    "included": ("a file that indicators.yaml includes", IncludedFile),
    "source": ("sources/<id>.yaml: a public dataset", Source),
    "register": ("sources/registers/<name>.yaml: evidence people keep by hand", Register),
    "framework": ("sources/frameworks/<name>.yaml: the objectives of a framework", FrameworkFile),
    "crosswalk": ("sources/frameworks/<name>.yaml: a published list of indicators beside ours", Crosswalk),
}
#: an editor reads unquoted 2015 and 1.10 as numbers; here they are text until a model asks for a number
_TEXT = ["string", "number"]


def schemas() -> dict[str, dict[str, Any]]:
    """Name -> JSON Schema of `indicators.yaml`, of the files it includes, and of the files in `sources/`."""
    return {name: _schema(title, model) for name, (title, model) in _FILES.items()}


def write(folder: Path) -> list[Path]:
    """Write ``<name>.json`` for each schema, always the same bytes; gives back what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schemas().items():
        written.append(folder / f"{name}.json")
        written[-1].write_text(text(schema), encoding="utf-8")
    return written


def text(schema: dict[str, Any]) -> str:
    """A schema as its file holds it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _schema(title: str, model: type[BaseModel]) -> dict[str, Any]:
    schema: dict[str, Any] = _as_written(model.model_json_schema())
    parts = schema.get("$defs", {})
    if "Data" in parts:  # the short form: one selection without 'parts'
        parts["Data"] = {"anyOf": [parts["Data"], {"$ref": "#/$defs/Selection"}]}
    if "Companion" in parts:  # its id alone will do
        parts["Companion"] = {"anyOf": [parts["Companion"], {"type": "string"}]}
    if model in (Source, Crosswalk, Register):
        schema["required"].remove("id")  # the file's name is its id
    return {"$schema": DRAFT, **schema, "title": title}


def _as_written(node: Any) -> Any:
    """The same schema for YAML as an editor reads it: text may look like a number; made-up titles are left out."""
    if isinstance(node, list):
        return [_as_written(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _as_written(value) for key, value in node.items() if key != "title" or isinstance(value, dict)}
    if node.get("type") == "string" and not {"enum", "const"} & node.keys():
        kept["type"] = _TEXT
    return kept
