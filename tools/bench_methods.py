"""How fast series are judged: every formula method over 10,000, 100,000 and 1,000,000 series of 15 yearly figures.

Each size runs in a process of its own, whose peak memory is told with the series in it. The reading of the series,
which the methods share, is timed apart; the methods follow one after the other in the same process. `outlook` uses
every figure and gives a chance: it is no formula, so it comes after them, on a line of its own, outside the promise.

    python tools/bench_methods.py [10000 100000 1000000]
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from monitor import plugins
from monitor.methods._history import history
from monitor.model import Indicator
from monitor.series import COLUMNS, Series

ROOT = Path(__file__).parents[1]
AS_OF = date(2026, 11, 22)
SIZES = (10_000, 100_000, 1_000_000)
POINTS, INDICATORS = 15, 1000
MODEL = "outlook"
PROMISED_S, PROMISED_MB = 20.0, 3000
_TARGET = {"period": "2030", "announced": "2015", "citation": "Made up."}
#: formula method -> what its indicators declare; binary and ordinal have no formula
DECLARED: dict[str, dict[str, Any]] = {
    **{name: {"targets": [{"value": 10, **_TARGET}]} for name in (
        "statcan", "eurostat", "un_progress_chart", "un_progress_chart_undata", "unescap", "germany")},
    "sdsn": {"method_options": {"green": 10, "red": 60, "by": 2030}},
    "milestones": {"targets": [{"value": 30, **_TARGET, "period": "2020"}, {"value": 10, **_TARGET}]},
    "interval": {"direction": "target", "method_options": {"low": 10, "high": 20, "by": 2030}},
    "relative": {"method_options": {"factor": 0.5, "by": 2030}},
}


def series(n: int) -> Series:
    """n series of 2010 to 2024: values from 1 to 100 that fall or rise by up to 5 % a year."""
    grid = pl.select(n=pl.int_range(n * POINTS, dtype=pl.Int64)).lazy()
    number, year = pl.col("n") // POINTS, pl.col("n") % POINTS
    text = {"indicator": ("I", number % INDICATORS), "ref_area": ("A", number // INDICATORS)}
    start, growth = (number * 7919 % 9901) / 100 + 1, 0.95 + (number * 104729 % 997) / 9970
    frame = grid.select(
        *((pl.lit(letter) + code.cast(pl.String)).alias(name) for name, (letter, code) in text.items()),
        time_period=(2010 + year).cast(pl.String), obs_value=start * growth ** year,
    ).collect()
    fixed = {"breakdown": "_T", "obs_status": "A"}
    return Series(frame.with_columns(
        pl.lit(fixed.get(name, "") if kind == pl.String else None, dtype=kind).alias(name)
        for name, kind in COLUMNS.items() if name not in frame.columns))


def indicators(method: str) -> dict[str, Indicator]:
    """As many indicators as `INDICATORS`, with what the method needs."""
    return {key: Indicator.model_validate({
        "id": key, "title": "Bench", "definition": "Made up.", "answers": ["R"], "kind": "outcome",
        "direction": "down_good", "unit": "%", "scale": "percent", "bounds": [0, 100], "no_target": "None.",
        "data": {"source": "bench", "series": "BENCH"}, "method": method, **DECLARED[method],
    }) for key in (f"I{n}" for n in range(INDICATORS))}


def measure(sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    """One row for each size: seconds of reading, of each method and together, and peak megabytes of the process."""
    told = []
    for n in sizes:
        done = subprocess.run([sys.executable, __file__, "--one", str(n)], cwd=ROOT, check=True, text=True,
                              capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
        told.append(json.loads(done.stdout))
    return told


def _one(n: int) -> dict[str, Any]:
    made_of = {str(told): indicators(method) for method, told in DECLARED.items()}
    declared = {method: made_of[str(told)] for method, told in DECLARED.items()}  # as methods that are compared
    model = declared["statcan"]  # the same declarations
    few = series(INDICATORS)
    for method, theirs in (declared | {MODEL: model}).items():  # what is imported on the way is not counted
        plugins.function("methods", method)(theirs, few, AS_OF)
    made = series(n)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    begun = time.perf_counter()
    history(made)
    seconds = {"reading": time.perf_counter() - begun}
    for method, theirs in declared.items():
        begun = time.perf_counter()
        judged = plugins.function("methods", method)(theirs, made, AS_OF)
        seconds[method] = time.perf_counter() - begun
        if judged.height != n or judged["status"].n_unique() < 3:
            raise SystemExit(f"{method}: {judged.height} of {n} series were judged")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    begun = time.perf_counter()
    judged = plugins.function("methods", MODEL)(model, made, AS_OF)
    if judged.height != n or judged["status"].n_unique() < 3:
        raise SystemExit(f"{MODEL}: {judged.height} of {n} series were judged")
    modelled = {"method": MODEL, "seconds": time.perf_counter() - begun,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    return {"what": "all formula methods", "series": n, "points": POINTS, "seconds": sum(seconds.values()),
            "promise_s": PROMISED_S, "peak_mb": peak,
            "series_mb": before, "promise_mb": PROMISED_MB, "methods": seconds, "model": modelled}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(_one(int(sys.argv[2]))))
        sys.exit()
    for row in measure(tuple(map(int, sys.argv[1:])) or SIZES):
        parts = ", ".join(f"{name} {s:.2f}" for name, s in row["methods"].items())
        print(f"{row['series']:>9,} series: {row['seconds']:.2f} s, peak {row['peak_mb']:.0f} MB "
              f"({row['series_mb']:.0f} MB before), {1e6 * row['seconds'] / row['series']:.1f} µs a series\n  {parts}")
        model = row["model"]
        print(f"  and {model['method']}, which is no formula: {model['seconds']:.2f} s, peak {model['peak_mb']:.0f} MB")
