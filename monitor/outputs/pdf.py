"""The printed scorecard: PDF/UA-1 and PDF/A-2a by Typst, from `reports/scorecard.typ`. The only door to typst.

Data reach the templates as one JSON text that they read; nothing is ever pasted into Typst source. Only the
fonts that are installed as packages (`fontpkg-*`) and those inside Typst are used, so that every machine
makes the same bytes.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from monitor.errors import CannotRender
from monitor.outputs import _svg
from monitor.scorecard import Scorecard
from monitor.words import Words

STANDARDS = ["ua-1", "a-2a"]
_MAIN = b'#include "scorecard.typ"'
_SPOKEN = ("account.", "page.", "print.", "reason.", "status.")  # the words templates may use
#: Typst keeps what it worked out until ten documents later. Empty ones cost nothing and halve the memory
_FORGET = 10
_ONE = Lock()  # a Typst compiler serves one caller at a time


def render(
    card: Scorecard, words: Words, folders: Sequence[Path], tokens: dict[str, Any], charts: Mapping[str, bytes]
) -> bytes:
    """The PDF of one area. The same input gives the same bytes.

    Args:
        folders: where templates are looked up, file by file; the first that has one wins.
        tokens: the look, as `reports/tokens.yaml` holds it.
        charts: indicator id -> SVG; an indicator without one is shown without a chart.

    Raises:
        CannotRender: no template, or one that is wrong (the message names file and line), or a text that
            no installed font can write.
    """
    lines = card.lines()
    data = {
        "card": card.as_dict(),
        "words": {k: words(k) for k in sorted({*words.texts, *words.fallback}) if k.startswith(_SPOKEN)},
        "tokens": tokens,
        "charts": {line.id: charts[line.id].decode() for line in lines if line.id in charts},
        "sparks": {line.id: dataclasses.asdict(_svg.sparkline(line.points)) for line in lines},
        "home": {line.id: block.id for block in reversed(card.blocks) for line in block.lines},
    }
    return _compile(folders, _together(data), datetime.fromisoformat(card.as_of_iso).replace(tzinfo=UTC))


def _together(tree: Any) -> Any:
    """Every text with a no-break space between a number and its sign, as in 6.2 %."""
    if isinstance(tree, str):
        return re.sub(r"(?<=\d) (?=[%‰€$])", "\u00a0", tree)
    if isinstance(tree, dict):
        return {key: _together(value) for key, value in tree.items()}
    return [_together(item) for item in tree] if isinstance(tree, list | tuple) else tree


def _compile(folders: Sequence[Path], data: dict[str, Any], when: datetime) -> bytes:
    import typst

    home = next((f for f in folders if (f / "scorecard.typ").is_file()), None)
    if home is None:
        raise CannotRender(f"there is no template 'scorecard.typ': looked in {', '.join(map(str, folders))}.")
    try:
        with _ONE:
            made = bytes(_compiler().compile(
                input={**_files(folders), "main.typ": _MAIN}, root=home, format="pdf",
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, pdf_standards=STANDARDS, timestamp=when,
            ))
            for _ in range(_FORGET):
                _compiler().compile(input={"main.typ": b""}, format="pdf", sys_inputs={})
            return made
    except typst.TypstError as problem:
        place = re.search(r"─ (?:\.\./)*(\S+?):(\d+):\d+", problem.diagnostic)
        where = f"{place[1]}, line {place[2]}" if place else "scorecard.typ"
        missing = "could not be displayed" in problem.message
        advice = (
            "Install a font package that can write it, such as fontpkg-noto-sans-thai for Thai." if missing
            else "Correct the template, or remove yours to use the project's own."
        )
        hints = "".join(f" Hint: {hint}." for hint in problem.hints)
        raise CannotRender(f"{where}: {problem.message.rstrip('.')}.{hints} {advice}") from problem


def _files(folders: Sequence[Path]) -> dict[str, bytes]:
    """Templates and pictures by name, each from the first folder that has it."""
    kinds = {".typ", ".svg", ".png", ".jpg", ".jpeg"}
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for folder in reversed(folders) for path in sorted(folder.rglob("*")) if path.suffix in kinds
    }


@cache
def _compiler() -> Any:
    """One compiler for all documents, with its fonts read once."""
    from importlib.metadata import entry_points
    from importlib.resources import files

    import typst

    packages = sorted({entry.value for entry in entry_points(group="fontpkg.family")})
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(files(p) / "files") for p in packages])
    return typst.Compiler(font_paths=fonts)
