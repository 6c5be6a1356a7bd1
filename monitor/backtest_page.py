"""The page docs/backtest.md: what the backtest found, as tables and sentences, with how it was made."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import polars as pl

from monitor import backtest
from monitor.backtest_scores import BASE_RATE, OWN, STATUSES, Scores, both_better, verdict

NOTE = "<!-- Printed by monitor backtest; do not edit by hand. -->"


def page(found: Scores, methods: Sequence[str], as_of: date) -> str:
    """The whole page as Markdown."""
    return "\n\n".join(_blocks(found, methods, as_of)) + "\n"


def _blocks(found: Scores, methods: Sequence[str], as_of: date) -> Iterator[str]:
    yield NOTE
    yield "# Backtest: do calls come true?"
    yield (f"Made by `monitor backtest --as-of {as_of}` from the vintages that ship with the project: {found.calls:,} "
           f"calls on {found.series:,} series, {found.declared:,} of them about declared targets.")
    yield "## How it is made"
    text = inspect.cleandoc(backtest.__doc__ or "").partition("\n\n")[2]
    for name in ("BASE_AGO", "LEAST_POINTS", "RESAMPLES"):
        text = text.replace(f"`{name}`", str(getattr(backtest, name)))
    yield text.replace("`PACES`", ", ".join(f"{100 * p:g} %" for p in backtest.PACES))
    yield ("The Brier score is the mean squared difference between the chance and what happened (1 met, 0 not): less "
           "is better. A call is right where the chance is on the side of what happened. A flip is another status "
           "a year later for the same target and date; at one year the date itself is then reached, so none are "
           "counted. "
           "All methods are compared on the calls that all of them could judge; the last column is the share of all "
           "calls that a method refuses. In brackets: 95 % intervals.")
    own = OWN in methods
    for part in ("holdout", "tuning"):
        rows = found.methods.filter(part=part)
        if rows.is_empty():
            continue
        yield f"## {'The holdout' if part == 'holdout' else 'The tuning part'}"
        yield ("Series on which nothing was chosen." if part == "holdout" else
               f"Series on which the shares and the constants of `{OWN}` were chosen: told for comparison only.")
        for horizon in rows["horizon"].unique().sort():
            here = rows.filter(horizon=horizon).sort("brier")
            yield f"### {_years(horizon)} ahead{'' if part == 'holdout' else ' (tuning)'}"
            yield f"{here['calls'][0]:,} calls on {here['series'][0]:,} series."
            behind = [f"Brier score less that of {OWN}"] if own else []
            yield table(("method", "Brier score", *behind, "right", "flips in a year", "refused"), [
                (_name(r["method"]), _told(r, "brier"), *([_told(r, "brier_behind")] if own else []),
                 _percent(r["accuracy"]), _told(r, "flips", percent=True), _percent(r["refused"]))
                for r in here.iter_rows(named=True)])
    if own:
        yield f"## Is {OWN} better?"
        others = [m for m in methods if m != OWN]
        yield ("A rule of the project's own may become the default only where its Brier score and its flips beat those "
               "of the published formulas by more than the interval. On the holdout:")
        yield "\n".join(f"- {said}" for said in verdict(found.methods, others))
        beaten = both_better(found.methods, others)
        yield (f"In both, wherever they are counted: {', '.join(map(_name, beaten)) or 'none'}. Not in both: "
               f"{', '.join(_name(m) for m in others if m not in beaten) or 'none'}. "
               + ("It may become the default." if beaten == others else "So it is not the default."))
        yield f"## What the chances of {OWN} came to"
        yield "On the holdout. Said: the mean of the chances; came true: the share of targets that were met."
        yield table(("years ahead", "chance", "calls", "said", "came true"), [
            (str(r["horizon"]), f"{100 * r['from']:.0f} to {100 * r['to']:.0f} %", f"{r['calls']:,}",
             _percent(r["said"]), f"{_percent(r['came_true'])} ({_percent(r['low'])} to {_percent(r['high'])})")
            for r in found.calibration.iter_rows(named=True)])
    yield "## What a status has been worth"
    yield "The share of calls with a status whose target was met, on the tuning part, and how many calls there were."
    shares = found.shares.filter(~pl.col("method").is_in([STATUSES, BASE_RATE]))
    for horizon in shares["horizon"].unique().sort():
        here = shares.filter(horizon=horizon)
        names = ["achieved", "on_track", "too_slow", "limited", "backwards"]
        yield f"### {_years(horizon)} ahead, by status"
        rows_ = []
        for method in here["method"].unique().sort():
            cells = {r["status"]: f"{_percent(r['share'])} of {r['calls']:,}"
                     for r in here.filter(method=method).iter_rows(named=True)}
            rows_.append((_name(method), *(cells.get(n, "–") for n in names)))
        yield table(("method", *names), rows_)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head),
                      *("| " + " | ".join(r) + " |" for r in rows)])


def _name(method: str) -> str:
    return method if method in (BASE_RATE, STATUSES) else f"`{method}`"


def _years(horizon: int) -> str:
    return "One year" if horizon == 1 else f"{horizon} years"


def _percent(x: float | None) -> str:
    return "–" if x is None else f"{100 * x:.1f} %"


def _told(row: dict[str, Any], what: str, percent: bool = False) -> str:
    value, low, high = (row[c] for c in (what, f"{what}_low", f"{what}_high"))
    if value is None:
        return "–"
    if what.endswith("behind") and value == low == high == 0:
        return "–"
    many, digits = (100, 1) if percent else (1, 4)
    unit = " %" if percent else ""
    return f"{many * value:.{digits}f}{unit} ({many * low:.{digits}f} to {many * high:.{digits}f})"
