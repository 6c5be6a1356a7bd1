"""The page docs/backtest.md: what the backtest found, as tables and sentences, with how it was made."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import polars as pl

from monitor import backtest, backtest_free
from monitor.backtest_scores import BASE_RATE, OWN, STATUSES, Scores, both_better, verdict

#: a Brier score that is better by less says next to nothing
LITTLE = 0.02
NOTE = "<!-- Printed by monitor backtest; do not edit by hand. -->"


def page(found: Scores, methods: Sequence[str], as_of: date, free: Scores | None = None) -> str:
    """The whole page as Markdown; ``free``: with the judgements without a target."""
    blocks = [*_blocks(found, methods, as_of), *(_free(free) if free else [])]
    return "\n\n".join(blocks) + "\n"


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
        yield _chances(found)
    yield "## What a status has been worth"
    yield ("The calibration of a method without a chance: what a status stands for, the share of its calls that came "
           "true on the tuning part, and behind the arrow what it came to on the holdout, with the 95 % interval.")
    yield from _worth(found.shares.filter(~pl.col("method").is_in([STATUSES, BASE_RATE])), "by status")


def _worth(shares: pl.DataFrame, what: str) -> Iterator[str]:
    names = ["achieved", "on_track", "too_slow", "limited", "backwards"]
    for horizon in shares["horizon"].unique().sort():
        here = shares.filter(horizon=horizon)
        yield f"### {_years(horizon)} ahead, {what}"
        rows = []
        for method in here["method"].unique().sort():
            cells = {r["status"]: f"{_percent(r['share'])} → {_percent(r['came_true'])} "
                                  f"({_percent(r['low'])} to {_percent(r['high'])}) of {r['held_calls'] or 0:,}"
                     for r in here.filter(method=method).iter_rows(named=True)}
            rows.append((_name(method), *(cells.get(n, "–") for n in names)))
        yield table(("method", *names), rows)


def _free(found: Scores) -> Iterator[str]:
    yield "## Without a target"
    text = inspect.cleandoc(backtest_free.__doc__ or "").partition("\n\n")[2]
    yield f"{text} {found.calls:,} calls on {found.series:,} series."
    yield ("Brier score and right: of the direction in which the figure went afterwards, by the status alone. Same "
           "status again: how often the method, judging only the years that came, gave the same status; a method that "
           "calls most changes noise finds it easier, and – stands where it refuses so short a time. On the holdout:")
    rows = found.methods.filter(part="holdout")
    for horizon in rows["horizon"].unique().sort():
        here = rows.filter(horizon=horizon).sort("brier")
        yield f"### {_years(horizon)} afterwards"
        yield f"{here['calls'][0]:,} calls on {here['series'][0]:,} series."
        yield table(("method", "Brier score", "right", "same status again", "flips in a year", "refused"), [
            (_name(r["method"]), _told(r, "brier"), _told(r, "accuracy", percent=True), _told(r, "kept", percent=True),
             _told(r, "flips", percent=True), _percent(r["refused"])) for r in here.iter_rows(named=True)])
    usual = rows.filter(method=BASE_RATE)["brier"].to_list()
    if usual and min(usual) - min(rows["brier"].drop_nulls().to_list()) < LITTLE:
        yield (f"A direction seen is hardly a direction to come: no method is {LITTLE:g} better than the mere share of "
               "all calls, which knows nothing of the figures. A status without a target tells what has happened, and "
               "should be read as that.")
    yield from _worth(found.shares.filter(pl.col("method") != BASE_RATE), "without a target")
    if found.calibration.is_empty():
        return
    yield f"### The chance of {OWN} without a target"
    yield ("It is the chance that the true change since the base was at least 1 % a year: of the past, no forecast. "
           "Came true: how often the years after were as fast.")
    yield _chances(found)


def _chances(found: Scores) -> str:
    return table(("years ahead", "chance", "calls", "said", "came true"), [
        (str(r["horizon"]), f"{100 * r['from']:.0f} to {100 * r['to']:.0f} %", f"{r['calls']:,}",
         _percent(r["said"]), f"{_percent(r['came_true'])} ({_percent(r['low'])} to {_percent(r['high'])})")
        for r in found.calibration.iter_rows(named=True)])


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
