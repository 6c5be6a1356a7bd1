"""Made-up indicators and series for tests of checks, methods and judgements, written as short texts."""

from __future__ import annotations

from typing import Any

import polars as pl

from monitor.model import Indicator
from monitor.series import COLUMNS, TOTAL, Series


def indicator(key: str = "X", **declared: Any) -> Indicator:
    """A percentage, lower is better, without a target, unless declared otherwise."""
    if declared.get("direction") == "ambiguous_needs_companion":
        declared.setdefault("companions", ["Y"])
    if not declared.get("missing"):
        declared.setdefault("data", {"source": "fiction", "series": "f"})
    return Indicator.model_validate({
        "id": key, "title": "Made up", "definition": "Made up.", "answers": ["R"], "kind": "outcome",
        "direction": "down_good", "unit": "%", "scale": "percent", "no_target": "No number was promised.",
        **declared,
    })


def target(value: float, period: str = "2030", **more: Any) -> dict[str, Any]:
    return {"value": value, "period": period, "announced": "2015", "citation": "Made up.", **more}


def series(text: str, key: str = "X") -> Series:
    """A Series from lines ``DEU 2015 7.2``, with a status and a breakdown where need be: ``DEU 2016 - Q sex=F``."""
    cells = []
    for line in text.replace(";", "\n").splitlines():
        if line.strip():
            area, when, value, *rest = line.split()
            status = rest[0] if rest else "A"
            cells.append((key, area, rest[1] if len(rest) > 1 else TOTAL, when,
                          None if value == "-" else float(value), status))
    return frame(cells)


def frame(cells: list[tuple[Any, ...]]) -> Series:
    """A Series from (indicator, ref_area, breakdown, time_period, obs_value, obs_status)."""
    names = ["indicator", "ref_area", "breakdown", "time_period", "obs_value", "obs_status"]
    made = pl.DataFrame(cells, schema={n: COLUMNS[n] for n in names}, orient="row")
    return Series(made.with_columns(
        pl.lit("" if kind == pl.String else None, dtype=kind).alias(n) for n, kind in COLUMNS.items() if n not in names
    ))
