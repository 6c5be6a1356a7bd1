"""How fast figures are checked, and how much memory a large load takes.

``measure`` times shape, bounds, duplicates and coverage on 1,000,000 observations, libraries imported before, and in
the same process by turns what the same four rules cost when they are written by hand in polars, without findings.
``many`` sends 10,000,000 observations, in ten answers of SDMX-CSV, through the reader, the door, the store and the
four checks, one answer after the other as a run reads them, in a process of its own whose peak memory is told.

    python tools/bench_checks.py [--many]
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from monitor import area, bodies, period, plugins
from monitor.checks.shape import REF_AREA, door
from monitor.model import Indicator, Selection, Source
from monitor.results import Snapshot
from monitor.series import CL_OBS_STATUS, COLUMNS, KEY, MISSING, Series

ROOT = Path(__file__).parents[1]
AS_OF = date(2026, 11, 22)
CHECKS = ("shape", "bounds", "duplicates", "coverage")
YEARS = [str(year) for year in range(1974, 2024)]
MILLION, ANSWERS = 1_000_000, 10


def cells(n: int) -> pl.DataFrame:
    """n cells of sound figures: areas, breakdowns ``sex`` and ``age``, years, a value from 0 to 100."""
    codes = pl.DataFrame({"ref_area": area.members_of_the_un()[:190]})
    for name, known in (("sex", ["T", "F"]), ("age", [f"Y{k}" for k in range(60)]), ("time_period", YEARS)):
        codes = codes.join(pl.DataFrame({name: known}), how="cross")
    value = (pl.int_range(pl.len()) * 7919 % 99991) / 1000
    return codes.head(n).with_columns(obs_value=value, obs_status=pl.lit("A"))


def series(n: int) -> tuple[Series, dict[str, tuple[Indicator, dict[str, Any]]]]:
    """n observations of indicators that are the ages, and the rules for them."""
    frame = cells(n).rename({"age": "indicator"}).with_columns(
        breakdown=pl.when(pl.col("sex") == "T").then(pl.lit("_T")).otherwise(pl.lit("sex=F")))
    rest = {name: pl.lit("" if kind == pl.String else None, dtype=kind)
            for name, kind in COLUMNS.items() if name not in frame.columns}
    made = Series(frame.with_columns(**rest))
    return made, {key: (_indicator(key), {}) for key in made.frame["indicator"].unique().sort()}


def _indicator(key: str) -> Indicator:
    return Indicator.model_validate({
        "id": key, "title": "Bench", "definition": "Made up.", "answers": ["R"], "kind": "outcome",
        "direction": "down_good", "unit": "%", "scale": "percent", "bounds": [0, 100], "no_target": "None.",
        "data": {"source": "bench", "series": "BENCH"},
    })


def checked(made: Series, rules: dict[str, tuple[Indicator, dict[str, Any]]]) -> int:
    """How many findings the four checks have."""
    return sum(len(plugins.function("checks", name)(made, rules, AS_OF, None)) for name in CHECKS)


def by_hand(made: Series, rules: dict[str, tuple[Indicator, dict[str, Any]]]) -> int:
    """The same rules as four polars expressions: how many cells break them, and how many areas are missing."""
    frame, value = made.frame, pl.col("obs_value")
    shape = frame.select((
        ~pl.col("ref_area").str.contains(REF_AREA) | ~pl.col("time_period").str.contains(period.CANONICAL)
        | ~value.is_finite() | ~pl.col("obs_status").is_in(sorted(CL_OBS_STATUS))
        | (value.is_null() != pl.col("obs_status").is_in(list(MISSING)))).sum()).item()
    bounds = frame.select(((value < 0) | (value > 100)).sum()).item()
    twice = frame.group_by(KEY).len().filter(pl.col("len") > 1).height
    present = frame.filter(value.is_finite()).group_by("indicator").agg(pl.col("ref_area").n_unique())
    return int(shape + bounds + twice + present.filter(pl.col("ref_area") < 97).height)


def measure(rounds: int = 3) -> list[dict[str, Any]]:
    """One row: seconds of the four checks and of the same by hand on 1,000,000 observations, the best of rounds."""
    made, rules = series(MILLION)
    checked(*series(1000))  # what is imported on the way is not counted

    def seconds(work: Callable[[], int]) -> float:
        began = time.perf_counter()
        if work() > len(rules):  # an age with few areas may lack coverage, nothing else is to be found
            raise SystemExit("sound figures were found wrong")
        return time.perf_counter() - began

    times = [(seconds(lambda: checked(made, rules)), seconds(lambda: by_hand(made, rules))) for _ in range(rounds)]
    our, hand = (min(column) for column in zip(*times, strict=True))
    return [{"what": "shape, bounds, duplicates, coverage", "observations": MILLION, "promise_s": 2.0,
             "ours_s": our, "by_hand_s": hand, "ratio": our / hand}]


# ------------------------------------------------------------------ ten million


def many() -> dict[str, Any]:
    """10,000,000 observations through read, check and store, in a process of its own: seconds, peak megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run([sys.executable, __file__, "--portions", folder], cwd=ROOT, check=True, text=True,
                              capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    return dict(json.loads(told.stdout))


def _portions(folder: Path) -> None:
    source = Source.model_validate({
        "id": "bench", "title": "Bench", "publisher": "Bench", "official": False, "homepage": "https://example.org",
        "licence": {"name": "made up", "confirmed": True}, "citation": "{series}", "reader": "sdmx_csv",
        "series": {"BENCH": {"title": "Bench"}},
    })
    chosen = Selection(source="bench", series="BENCH", select={"group": "TY0"},
                       breakdowns={"group": [f"{sex}Y{k}" for sex in "TF" for k in range(60)]})
    answer = folder / "answer.csv"
    cells(MILLION).select(
        pl.lit("ESTAT:BENCH(1.0)").alias("DATAFLOW"), (pl.col("sex") + pl.col("age")).alias("GROUP"),
        pl.col("ref_area").alias("REF_AREA"), pl.col("time_period").alias("TIME_PERIOD"),
        pl.col("obs_value").alias("OBS_VALUE"), pl.col("obs_status").alias("OBS_STATUS")).write_csv(answer)
    rules: dict[str, tuple[Indicator, dict[str, Any]]] = {"X": (_indicator("X"), {})}
    seconds, read, seen, found = 0.0, 0, 0, 0
    for n in range(ANSWERS):
        body = answer.read_bytes() + b"\n" * n  # ten answers, each with its own hash
        snapshot = Snapshot("bench", "BENCH", "sdmx_csv", (body,), f"{n:064}", "https://example.org", "2026", "live")
        began = time.perf_counter()
        rows = door(plugins.function("readers", "sdmx_csv")(snapshot, source, "BENCH"), source, "BENCH")
        bodies.rows_put(folder, snapshot.sha256, rows)
        read += rows.height
        picked = Series.pick(rows, "X", chosen, snapshot.sha256)
        seen, found = seen + len(picked), found + checked(picked, rules)
        seconds += time.perf_counter() - began
        del rows, picked, body, snapshot
    if {read, seen} != {ANSWERS * MILLION} or found > ANSWERS:
        raise SystemExit(f"{read} rows came, {seen} were checked, with {found} findings")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"what": "read, check and store", "observations": read, "promise_mb": 2000, "seconds": seconds,
                      "peak_mb": peak, "stored_mb": sum(p.stat().st_size for p in folder.rglob("*.parquet")) / 1e6}))


if __name__ == "__main__":
    if "--portions" in sys.argv:
        _portions(Path(sys.argv[-1]))
        sys.exit()
    for row in measure():
        print(f"{row['what']}: {row['ours_s']:.2f} s for {row['observations']:,} observations "
              f"(promised {row['promise_s']} s); by hand in polars {row['by_hand_s']:.2f} s, ratio {row['ratio']:.1f}")
    if "--many" in sys.argv:
        row = many()
        print(f"{row['what']}: {row['observations']:,} observations, {row['seconds']:.0f} s, "
              f"peak {row['peak_mb']:.0f} MB (promised {row['promise_mb']} MB), {row['stored_mb']:.0f} MB stored")
