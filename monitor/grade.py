"""Grade the evidence behind each judgement from A to D: how far can a reader rely on the figures?

The grade says nothing about a government: a bad result can rest on good figures, and a good one on bad. It begins at
no points, and each thing in `RULES` that holds adds some: `GRADES` says how many points make which letter. An
error that withholds the judgement makes a D. Where there is no figure there is no grade.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import polars as pl

from monitor import period
from monitor.model import Indicator
from monitor.project import Project
from monitor.results import Assessment, Finding, Level
from monitor.series import TOTAL, Series

#: letter -> the most points it is given for; what has more is a D
GRADES = {"A": 1, "B": 3, "C": 5}
#: periods looked back on, and how many of them must be there for no, and for one point
WINDOW, ENOUGH, SOME = 5, 4, 2
#: warnings count up to this many
WARNINGS = 3
#: flags of the newest figure (SDMX CL_OBS_STATUS) that take two points; any other but A and B takes one
DOUBTFUL = {"U": "low reliability", "N": "not significant", "G": "experimental", "S": "affected by a strike"}
_WHERE = ["indicator", "ref_area"]


class Rule(NamedTuple):
    """One thing that takes points, as it is published."""

    key: str  # of its words: ``grade.why.<key>``
    points: str
    what: str


RULES = (
    Rule("age", "1 or 2", "The period of the newest figure ended longer ago than half of the indicator's `max_age` "
         "(1), or than all of it (2)."),
    Rule("gaps", "1 or 2", f"Of the last {WINDOW} periods up to the newest figure, counted by the indicator's "
         f"`cadence`, fewer than {ENOUGH} have a figure (1), or fewer than {SOME} (2)."),
    Rule("flag", "1 or 2", "The newest figure is flagged by its publisher as estimated, provisional or otherwise not "
         f"normal (1), or as of {', '.join(DOUBTFUL.values())} (2). A break in the series takes no points here."),
    Rule("unofficial", "1", "A publisher it comes from is not an official one."),
    Rule("unconfirmed", "1", "Something declared about the indicator or its source has not been confirmed at the "
         "publisher's: the licence, or a fact."),
    Rule("warnings", f"1 to {WARNINGS}", f"Each check, and each kind of expectation (`expect:`), that warns of these "
         f"figures takes 1, up to {WARNINGS} in all. The check `freshness` is not counted: age is."),
    Rule("aside", "1", "Figures of the series were set aside because they failed a check."),
    Rule("error", "D", "An error withholds the judgement: the grade is D, whatever the points."),
)


def grade(
    project: Project, indicators: Mapping[str, Indicator], series: Series, aside: pl.DataFrame,
    findings: Sequence[Finding], assessments: Sequence[Assessment], as_of: date,
) -> list[Assessment]:
    """The assessments, each with its grade and what took points ("age 1, gaps 2").

    Args:
        series: what was judged.
        aside: the rows that were set aside (`monitor.quarantine.ROWS`).
        findings: of all levels; one without an area holds for every area.
    """
    known = pl.DataFrame(
        [(a.indicator, a.ref_area, a.time_period, a.obs_status) for a in assessments if a.value is not None],
        schema=dict.fromkeys([*_WHERE, "time_period", "obs_status"], pl.String), orient="row")
    if not known.height:
        return list(assessments)
    per = {key: _declared(project, i) for key, i in indicators.items()}
    frame = (
        known.join(_aged(known, indicators, as_of), on=_WHERE)
        .join(_there(known, series, indicators), on=_WHERE, how="left")
        .join(_warned(findings, known), on=_WHERE, how="left")
        .join(aside.group_by(_WHERE).agg(aside=pl.lit(1)), on=_WHERE, how="left")
        .with_columns(
            flag=pl.when(pl.col("obs_status").is_in(list(DOUBTFUL))).then(2)
            .when(pl.col("obs_status").is_in(["A", "B"])).then(0).otherwise(1),
            **{name: _of({k: p[n] for k, p in per.items()}) for n, name in enumerate(("unofficial", "unconfirmed"))},
        ).with_columns(pl.col("aside", "warnings", "gaps", "error").fill_null(0))
    )
    parts = [rule.key for rule in RULES if rule.key != "error"]
    total, letter = pl.sum_horizontal(parts), pl.lit("D")
    for one, most in reversed(GRADES.items()):
        letter = pl.when(total <= most).then(pl.lit(one)).otherwise(letter)
    why = pl.concat_str([pl.when(pl.col(k) > 0).then(pl.format(f"{k} {{}}", k)) for k in (*parts, "error")],
                        separator=", ", ignore_nulls=True)
    letter = pl.when(pl.col("error") > 0).then(pl.lit("D")).otherwise(letter)
    graded = {(i, a): (g, w) for i, a, g, w in frame.select(*_WHERE, letter.alias("g"), why.alias("w")).iter_rows()}
    return [replace(a, grade=found[0], grade_why=found[1]) if (found := graded.get((a.indicator, a.ref_area))) else a
            for a in assessments]


def _declared(project: Project, indicator: Indicator) -> tuple[int, int]:
    sources = [project.sources[name] for name in dict.fromkeys(p.source for p in project.selections(indicator))]
    unconfirmed = indicator.unconfirmed or indicator.confidence != "V" or any(not s.licence.confirmed for s in sources)
    return int(any(not s.official for s in sources)), int(bool(unconfirmed))


def _ends(texts: pl.Series) -> dict[str, int]:
    """period -> its last day, as a number of days."""
    return {text: period.end(text).toordinal() for text in texts.unique()}


def _of(by: Mapping[str, int]) -> pl.Expr:
    """What each row's indicator has."""
    return pl.col("indicator").replace_strict(dict(by), default=None, return_dtype=pl.Int64)


def _aged(known: pl.DataFrame, indicators: Mapping[str, Indicator], as_of: date) -> pl.DataFrame:
    ends = _ends(known["time_period"])
    age = as_of.toordinal() - pl.col("time_period").replace_strict(ends, default=None, return_dtype=pl.Int64)
    most = _of({key: period.days(i.max_age) for key, i in indicators.items()})
    return known.select(*_WHERE, age=pl.when(age > most).then(2).when(2 * age > most).then(1).otherwise(0))


def _there(known: pl.DataFrame, series: Series, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    """How many points the gaps of the last periods take."""
    cells = series.frame.lazy().filter(pl.col("breakdown") == TOTAL, pl.col("obs_value").is_finite())
    ends = _ends(pl.concat([known["time_period"], series.frame["time_period"]]))
    last = known.lazy().select(*_WHERE, newest=pl.col("time_period"))

    def day(column: str) -> pl.Expr:
        return pl.col(column).replace_strict(ends, default=None, return_dtype=pl.Int64)

    # a tenth more than the window: months and leap years are not of one length
    back = _of({key: round(period.days(i.cadence) * (WINDOW - 0.5)) for key, i in indicators.items()})
    there = (
        cells.join(last, on=_WHERE)
        .filter(day("time_period") <= day("newest"), day("newest") - day("time_period") < back)
        .group_by(_WHERE).agg(n=pl.col("time_period").n_unique()).collect(engine="in-memory")
    )
    enough, some = pl.col("n") >= ENOUGH, pl.col("n") >= SOME
    return there.select(*_WHERE, gaps=pl.when(enough).then(0).when(some).then(1).otherwise(2))


def _warned(findings: Sequence[Finding], known: pl.DataFrame) -> pl.DataFrame:
    """How many checks warn of a series, and whether an error withholds its judgement; indicator-wide ones for all."""
    areas: dict[str, list[str]] = {}
    for indicator, area in known.select(_WHERE).iter_rows():
        areas.setdefault(indicator, []).append(area)
    found = {
        (f.indicator, area, f.check, f.level is Level.ERROR) for f in findings
        if f.level is Level.ERROR or (f.level is Level.WARNING and f.check != "freshness")
        for area in ([f.ref_area] if f.ref_area else areas.get(f.indicator, ()))
    }
    warned, wrong = (Counter((i, a) for i, a, _, error in found if error is level) for level in (False, True))
    rows = [(*pair, min(WARNINGS, warned[pair]), int(wrong[pair] > 0)) for pair in sorted({*warned, *wrong})]
    return pl.DataFrame(rows, schema={**dict.fromkeys(_WHERE, pl.String), "warnings": pl.Int64, "error": pl.Int64},
                        orient="row")
