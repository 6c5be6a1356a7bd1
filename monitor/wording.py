"""Words that are empty, or that a page or the program asks for and no file of words has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from monitor import document, layers
from monitor.project import Project
from monitor.results import Reason, Status

_TEMPLATES = re.compile(r"""\bw(?:ords)?(\.count)?\(['"]([a-z][a-z_.]*[a-z])['"][,)]""")
_CODE = re.compile(r"""\b(?:words|say)(\.count)?\(\s*"([a-z][a-z_.]*[a-z])"[,)]""")


def lacking(project: Project) -> list[str]:
    """One sentence for each word that is missing or empty, in each language of the project, with file and key."""
    used = {*_used(project)}
    return [sentence for language in project.languages for sentence in _lacking(project, language, used)]


def _lacking(project: Project, language: str, used: set[str]) -> Iterator[str]:
    words, relative = project.words(language), f"reports/words/{language}.yaml"
    every = used | {*words.fallback}
    for key in sorted(every - {*words.texts}):
        yield f"{relative} lacks {key}: write it there, in the language of that file."
    read = [document.read(layer / relative, layers.label(layer / relative, project.folder))
            for layer in project.layers if (layer / relative).is_file()]  # fmt: skip
    for key in sorted(key for key, text in words.texts.items() if not text.strip()):
        # the first layer that has the key is the one that counts
        at = (*key.split("."),)
        where = next((f"{one.label}:{one.line(at)}" for one in read if _has(one.tree, at)), relative)
        yield f"{where}: {key} is empty. Write the word that a reader is to see."


def _has(tree: object, at: tuple[str, ...]) -> bool:
    for step in at:
        if not isinstance(tree, dict) or step not in tree:
            return False
        tree = tree[step]
    return True


def _used(project: Project) -> Iterator[str]:
    """Keys that templates and the program name in full, and those of every status and reason."""
    yield from (f"status.{one.value}" for one in Status)
    yield from (f"reason.{one.value}" for one in Reason)
    texts = [(_TEMPLATES, path) for layer in project.layers for path in sorted((layer / "reports").glob("*.*"))
             if path.suffix in (".j2", ".typ")]  # fmt: skip
    texts += [(_CODE, path) for path in sorted(Path(__file__).parent.rglob("*.py"))]
    for pattern, path in texts:
        for counted, key in pattern.findall(path.read_text(encoding="utf-8")):
            yield f"{key}.other" if counted else key
