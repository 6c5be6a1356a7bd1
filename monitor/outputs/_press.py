"""Printing by Typst: templates and data in, PDF/UA-1 and PDF/A-2a out. The only door to typst.

Data reach the templates as one JSON text that they read; nothing is ever pasted into Typst source. Only the
fonts that are installed as packages (`fontpkg-*` and `CJK`) and those inside Typst are used, so that every machine
makes the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from monitor.errors import CannotRender
from monitor.words import Words

STANDARDS = ["ua-1", "a-2a"]
#: sizes of paper that a project may declare in `reports/tokens.yaml`
PAPERS = ("a4", "us-letter")
#: the package with Chinese, Japanese and Korean letters, which is large and so an extra
CJK = "manimgx_fonts_cjk"
#: Typst keeps what it worked out until ten documents later. Empty ones cost nothing and halve the memory
_FORGET = 10
_ONE = Lock()  # a Typst compiler serves one caller at a time
_ASIAN = ("ja", "ko", "zh")
#: what a text needs that no font here can write -> what to install
_SCRIPTS = (
    ("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]",
     "Chinese, Japanese and Korean: pip install 'migration-scorecard[cjk]'"),
    ("[\u0600-\u06ff]", "Arabic: pip install fontpkg-noto-sans-arabic"),
    ("[\u0e00-\u0e7f]", "Thai: pip install fontpkg-noto-sans-thai"),
)


def printed(
    template: str, data: Mapping[str, Any], words: Words, spoken: Collection[str], tokens: Mapping[str, Any],
    folders: Sequence[Path], as_of: str,
) -> bytes:
    """One document. The same input gives the same bytes.

    Args:
        template: name of the main file; it finds `data` as `sys.inputs.data`.
        spoken: prefixes of the words that the template may use.
        folders: where templates are looked up, file by file; the first that has one wins.
        as_of: the ISO date the document says it was made on.

    Raises:
        CannotRender: no template, or one that is wrong (the message names file and line), a size of paper that is
            not known, or a text that no installed font can write.
    """
    home = next((f for f in folders if (f / template).is_file()), None)
    if home is None:
        raise CannotRender(f"there is no template '{template}': looked in {', '.join(map(str, folders))}.")
    if tokens.get("paper", PAPERS[0]) not in PAPERS:
        raise CannotRender(f"tokens.yaml: paper '{tokens['paper']}' is not known: expected {' or '.join(PAPERS)}.")
    said = {k: words(k) for k in sorted({*words.texts, *words.fallback}) if k.startswith(tuple(spoken))}
    foreign = {"original": words.original, "foreign": dict.fromkeys(sorted(words.foreign), True)}
    text = json.dumps(_together({**data, **foreign, "words": said, "tokens": tokens}), ensure_ascii=False)
    if words.direction == "rtl":
        text = re.sub("\u2212(?=\\d)", "\u200e\u2212", text)  # a minus stays to the left of its number
    when = datetime.combine(date.fromisoformat(as_of), datetime.min.time(), UTC)
    return _compile(template, home, _files(folders), text, when)


def picture(svg: bytes, width: float, height: float) -> bytes:
    """A drawing of the project's own as PNG, three pixels for two of its units. The same input gives the same bytes."""
    page = f"#set page(width: {width}pt, height: {height}pt, margin: 0pt)"
    template = f"{page}\n#image(bytes(sys.inputs.svg), width: 100%)"
    with _ONE:
        made = _compiler().compile(
            input={"main.typ": template.encode()}, format="png", ppi=108.0, sys_inputs={"svg": svg.decode()})
        for _ in range(_FORGET):
            _compiler().compile(input={"main.typ": b""}, format="svg", sys_inputs={})
        return bytes(made)


def unprintable(words: Words) -> str:
    """Why nothing can be printed in a language, and what to install; "" where all its letters have a font."""
    if words.language.partition("_")[0] not in _ASIAN or _cjk():
        return ""
    return f"No PDF was made in '{words.language}': no font for it is installed. Install one for {_SCRIPTS[0][1]}"


def _cjk() -> bool:
    from importlib.util import find_spec

    return find_spec(CJK) is not None


def _together(tree: Any) -> Any:
    """Every text with a no-break space between a number and its sign, as in 6.2 %."""
    if isinstance(tree, str):
        return re.sub(r"(?<=\d) (?=[%‰€$])", "\u00a0", tree)
    if isinstance(tree, Mapping):
        return {key: _together(value) for key, value in tree.items()}
    return [_together(item) for item in tree] if isinstance(tree, list | tuple) else tree


def _compile(template: str, home: Path, files: dict[str, bytes], text: str, when: datetime) -> bytes:
    import typst

    try:
        with _ONE:
            made = bytes(_compiler().compile(
                input={**files, "main.typ": f'#include "{template}"'.encode()}, root=home, format="pdf",
                sys_inputs={"data": text}, pdf_standards=STANDARDS, timestamp=when,
            ))
            for _ in range(_FORGET):
                _compiler().compile(input={"main.typ": b""}, format="svg", sys_inputs={})
            return made
    except typst.TypstError as problem:
        place = re.search(r"─ (?:\.\./)*(\S+?):(\d+):\d+", problem.diagnostic)
        where = f"{place[1]}, line {place[2]}" if place else template
        advice = "Correct the template, or remove yours to use the project's own."
        if "could not be displayed" in problem.message:
            advice = next((f"Install a font for {said}" for letters, said in _SCRIPTS if re.search(letters, text)),
                          "Install a font package that can write it, such as fontpkg-noto-sans-thai for Thai.")
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
    paths = [str(files(package) / "files") for package in packages]
    paths += [str(files(CJK))] if _cjk() else []
    return typst.Compiler(font_paths=typst.Fonts(include_system_fonts=False, font_paths=paths))
