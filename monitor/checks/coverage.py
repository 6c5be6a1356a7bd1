"""Enough of the areas that should be there have a figure.

Why it matters:
    A source that answers for twelve countries instead of two hundred looks healthy to every other check. Who is
    missing is seldom chance: places that count nobody are not the places where nobody suffers.

Levels:
    warning: figures for fewer than ``at_least`` of the expected areas, one finding for the whole indicator.
    It is never an error: the areas that do have figures can be judged.

Options:
    areas: codes of areas or groups (DEU, EU27, 150). By default the member states of the United Nations and the
        named places that the indicator applies to
    at_least: a share from 0 to 1. 0.5 by default

Bad:
    areas [EU27], at_least 0.8: figures for DEU, FRA and ITA only

Good:
    areas [EU27], at_least 0.8: figures for 24 of the 27
"""

from __future__ import annotations

from datetime import date

import polars as pl

from monitor import area
from monitor.checks._rules import EXAMPLES, Rules, codes, named, observed, settle, share
from monitor.model import KINDS_OF_AREA
from monitor.results import Finding, Level
from monitor.series import TOTAL, Series


def check(series: Series, rules: Rules, as_of: date, before: Series | None) -> list[Finding]:
    options = settle("coverage", rules, {"areas": (codes, None), "at_least": (share, 0.5)})
    present: dict[str, set[str]] = {
        key: set(areas) for key, areas in observed(series, rules)
        .filter(pl.col("breakdown") == TOTAL, pl.col("obs_value").is_finite())
        .group_by("indicator").agg(pl.col("ref_area").unique()).collect(engine="in-memory").iter_rows()
    }
    found = []
    for key, (indicator, _) in rules.items():
        listed = options[key]["areas"] or [
            *filter(indicator.applies, area.members_of_the_un()),
            *(a for a in indicator.applies_to if area.kind(a) == "place" and a not in KINDS_OF_AREA),
        ]
        expected = dict.fromkeys(a for code in listed for a in area.members(code) or (code,))
        missing = [a for a in expected if a not in present.get(key, set())]
        covered = 1 - len(missing) / max(1, len(expected))
        if covered < options[key]["at_least"]:
            found.append(Finding(
                "coverage", Level.WARNING, key,
                f"Figures for {len(expected) - len(missing)} of {len(expected)} areas ({covered:.0%}), expected at "
                f"least {options[key]['at_least']:.0%}. Without a figure: "
                f"{named([*map(area.english, missing[:EXAMPLES])], len(missing))}.",
                count=len(missing), hint="See whether the source or its 'recodes' lost them.",
            ))
    return found
