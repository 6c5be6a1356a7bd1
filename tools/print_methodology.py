"""Print docs/methodology.md from the chapters of tests/spec: what is documented is what is tested.

    python tools/print_methodology.py
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

INTRODUCTION = """<!-- Printed by tools/print_methodology.py from tests/spec. Change those, then print again. -->

# How figures become judgements

Every row of every table on this page is a test that runs with the suite. The cut-off date is {as_of} unless a table
says otherwise, the area is made up, and unless a table says otherwise the indicator is a percentage of which less is
better, without a target.

| column | what it holds |
|---|---|
| figures | period, value, and the SDMX flag unless it is A: `B` break, `F` forecast, `Q` withheld, `O` missing |
| target | the value and when it is due |
| status, and after the colon the reason | see [what cannot be judged](#what-cannot-be-judged) |
| rate, needed | observed change a year; change a year that meets the target in time |
| ratio | the pace: observed over needed |
| note | the key of a sentence about a special case |

Chapters: {chapters}.
"""


def page() -> str:
    """The whole page as Markdown."""
    from tests import spec

    modules = [importlib.import_module(f"tests.spec.test_{name}") for name in spec.CHAPTERS]
    titles = [m.__doc__.splitlines()[0].removeprefix("# ") for m in modules]
    links = ", ".join(f"[{t[0].lower()}{t[1:]}](#{t.lower().replace(' ', '-')})" for t in titles)
    parts = [INTRODUCTION.format(as_of=spec.AS_OF, chapters=links)]
    for module in modules:
        parts.append("#" + module.__doc__.strip())
        for section in module.SECTIONS:
            parts += [f"### {section.title}", section.text, _common(section.common), _table(section.rows)]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def _common(common: dict[str, str]) -> str:
    return "All rows: " + ", ".join(f"{name} {value}" for name, value in common.items()) + "." if common else ""


def _table(rows: list[dict[str, str]]) -> str:
    lines = [list(rows[0]), ["---"] * len(rows[0]), *(list(row.values()) for row in rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


if __name__ == "__main__":
    (ROOT / "docs" / "methodology.md").write_text(page(), encoding="utf-8")
