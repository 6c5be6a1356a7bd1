"""Test the figures of an edition again: python quality/revalidate.py

Needs Great Expectations and pandas, and nothing else of the project that made the edition. Reads data/observations.csv
and quality/suites/*.json, prints what does not hold, and says whether quality/results.json is right.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

CELL = ["indicator", "ref_area", "breakdown", "time_period"]


def tables(csv: Path, suites: list[Any]) -> dict[str, Any]:
    """What the suites speak of: the observations, and areas and periods by indicators."""
    import pandas as pd

    rows = pd.read_csv(csv, dtype=str, keep_default_na=False)
    rows["obs_value"] = pd.to_numeric(rows["obs_value"])
    filled = rows.assign(obs_value=rows.groupby(CELL[:3])["obs_value"].ffill())
    rows["previous"] = filled.groupby(CELL[:3])["obs_value"].shift()
    key = ["ref_area", "time_period", "indicator"]
    total = rows[rows["breakdown"] == "_T"].drop_duplicates(key).set_index(key)["obs_value"]
    rows["total"] = total.reindex(pd.MultiIndex.from_frame(rows[key])).to_numpy()
    found = {"observations": rows}
    for meta in (suite["meta"] for suite in suites if suite["meta"]["table"] == "cells"):
        grid = pd.MultiIndex.from_product([meta["areas"], meta["periods"]], names=key[:2])
        found["cells"] = total.unstack("indicator").reindex(index=grid, columns=meta["indicators"]).reset_index()
        for name, parts in meta["sums"].items():
            found["cells"][name] = found["cells"][parts].sum(axis=1, min_count=len(parts))
    return found


def validate(edition: Path) -> list[dict[str, Any]]:
    """Run the suites: one plain result for each expectation, in the order of their ids."""
    import great_expectations as gx

    suites = [json.loads(path.read_text("utf-8")) for path in sorted((edition / "quality/suites").glob("*.json"))]
    context, results = gx.get_context(mode="ephemeral"), []
    context.variables.progress_bars = {"globally": False}
    assets = context.data_sources.add_pandas("edition")
    for name, table in tables(edition / "data/observations.csv", suites).items():
        batch = assets.add_dataframe_asset(name).add_batch_definition_whole_dataframe("all")
        for suite in (suite for suite in suites if suite["meta"]["table"] == name):
            got = batch.get_batch({"dataframe": table}).validate(gx.ExpectationSuite(**suite), result_format={
                "result_format": "SUMMARY", "partial_unexpected_count": 5,
                "unexpected_index_column_names": [column for column in CELL if column in table]})
            results += [plain(one.to_json_dict()) for one in got.results]
    return sorted(results, key=lambda one: one["id"])


def plain(one: dict[str, Any]) -> dict[str, Any]:
    """Held, failed, or crashed: one that could not be tested comes back as a failure too, and says nothing."""
    told, found = one["exception_info"], one["result"]
    crashes = [told] if "raised_exception" in told else [*told.values()]
    crash = [str(c["exception_message"]) for c in crashes if c["raised_exception"]]
    observed = found.get("observed_value")
    result = {
        "id": one["expectation_config"]["meta"]["id"],
        "outcome": "crashed" if crash else "held" if one["success"] else "failed", "crash": "; ".join(crash),
        "observed": observed.get("values") if isinstance(observed, dict) else observed,
        "rows": found.get("element_count", 0) - found.get("missing_count", 0),
        "unexpected": found.get("unexpected_count"), "examples": found.get("partial_unexpected_index_list") or [],
    }
    numpy = json.dumps(result, default=lambda value: value.item())
    return {name: value for name, value in json.loads(numpy).items() if value not in (None, "", [])}


if __name__ == "__main__":
    home = Path(__file__).resolve().parents[1]
    again = validate(home)
    for broken in (one for one in again if one["outcome"] != "held"):
        print(json.dumps(broken, ensure_ascii=False))
    if "--write" in sys.argv:
        (home / "quality/results.json").write_text(json.dumps({"results": again}), "utf-8")
    same = again == json.loads((home / "quality/results.json").read_text("utf-8"))["results"]
    print(f"{len(again)} expectations tested; quality/results.json says {'the same' if same else 'SOMETHING ELSE'}")
    sys.exit(not same)
