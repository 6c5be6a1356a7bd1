"""Print docs/design.md: the design system as reports/tokens.yaml declares it, with the contrast of every pair.

Run: python tools/print_design.py
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/design.md"


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2 between two colours written as #rrggbb: 1 to 21."""
    lights = sorted(map(_light, (one, other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _light(colour: str) -> float:
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _table(heads: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, ["---"] * len(heads), *rows])


def page(tokens: dict[str, Any], words: dict[str, Any]) -> str:
    """The text of docs/design.md."""
    dark, chart = tokens["dark"], tokens["chart"]
    palettes = [
        [name, f"`{tokens[name]}`", f"{contrast(tokens[name], tokens['ground']):.1f}",
         f"`{dark[name]}`", f"{contrast(dark[name], dark['ground']):.1f}"]
        for name in ("ink", "muted", "accent", "link", "line", "soft", "ground")
    ]
    statuses = [[words[key], f"`{look['fill']}`", f"`{look['on']}`", f"{contrast(look['fill'], look['on']):.1f}"]
                for key, look in tokens["status"].items()]
    lines = [[name, f"`{chart[name]}`", f"{contrast(chart[name], tokens['ground']):.1f}", f"`{colour}`",
              f"{contrast(colour, dark['ground']):.1f}"] for name, colour in dark["chart"].items()]
    sizes = [[name, f"{value} rem", f"{16 * float(value):g} px"] for name, value in tokens["size"].items()]
    spaces = [[name, f"{value} rem", f"{16 * float(value):g} px"] for name, value in tokens["space"].items()]
    return f"""# Design system

<!-- printed by tools/print_design.py from reports/tokens.yaml; change that file, then print this one anew -->

One file of tokens, `reports/tokens.yaml`, is read by the web pages (CSS), the PDF (Typst) and the charts (matplotlib).
Nothing else holds a colour, and `tests/test_html.py` fails if a style sheet does. Contrast is the ratio of WCAG 2.2:
text needs 4.5, symbols and lines that carry meaning 3.0.

## Rules

- A status is a colour, a symbol and a word together, never a colour alone. Where a reader's own colours are forced on
  the page, symbol and word remain.
- A recommendation without enough recent figures has no colour as a whole: its chips are dashed.
- What is not assessed is hatched grey with a dash. It is never white, never the colour of a failure.
- A chart says its message in its title, names its lines beside them and its unit above the axis, and says where an axis
  does not begin at zero. Breaks cut the line, figures that are not final are hollow, margins of uncertainty are bands,
  a target is a dotted line with a diamond. No third dimension, no pie, no rainbow.
- Everything there is to read is there without scripts. A script may add values to a chart, nothing else.
- Movement only where a reader has not asked for less of it.

## Colours

{_table(["Name", "Light", "on its ground", "Dark", "on its ground"], palettes)}

`line` and `soft` part areas of a page and carry no meaning.

## Statuses

{_table(["Status", "Ground", "Word and symbol", "Contrast"], statuses)}

The symbols are drawn from the paths in the tokens, in a box of 16 by 16. The statuses differ in lightness as well as in
hue, so that greyscale and the three kinds of colour blindness keep them apart.

## Charts

{_table(["Line", "Light", "on its ground", "Dark", "on its ground"], lines)}

{chart['width']} by {chart['height']} inches; words at 7.5 points. The file of a chart carries its title, its source and
both palettes.

## Type

{tokens['font']['print']} in print and charts; on pages {tokens['font']['sans'].replace('"', '')}.

{_table(["Step", "Size", "at 16 px"], sizes)}

## Spaces

{_table(["Step", "Size", "at 16 px"], spaces)}

Pages have three widths: below 48 rem rows become cards, from 60 rem details stand in two columns; text is never wider
than 42 rem. At 320 px, a page of 1280 px at a zoom of 400 %, nothing but tables in their own scrollers moves sideways
(`tests/test_browser.py`).
"""


def main() -> None:
    # every value as it is written: to YAML 1.1 the word "on" would be true
    tokens, words = (
        yaml.load((ROOT / "reports" / name).read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - it makes texts only
        for name in ("tokens.yaml", "words/en.yaml")
    )
    PAGE.write_text(page(tokens, words["status"]), encoding="utf-8")


if __name__ == "__main__":
    main()
