"""The tables of the pages as files: figures and judgements of each indicator, recommendations, commitments, gaps."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import polars as pl

from monitor import edition, pages_gaps
from monitor.edition import safe_cell
from monitor.evidence import Evidence
from monitor.project import Project
from monitor.results import Assessment, Reason, Status
from monitor.series import Series


def tables(
    project: Project, evidence: Evidence, assessments: Sequence[Assessment], areas: Sequence[str]
) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """The path of each file, and what makes it."""
    frame = evidence.series.frame.filter(pl.col("ref_area").is_in(list(areas)))
    figures = {str(key[0]): part for key, part in frame.partition_by("indicator", as_dict=True).items()}
    judged: dict[str, list[Assessment]] = {}
    for one in assessments:
        judged.setdefault(one.indicator, []).append(one)
    for name in project.indicators:
        if name in figures:
            mine = replace(evidence, series=Series(figures[name]))
            yield f"data/indicators/{name}.csv", partial(edition.observations_csv, mine, areas)
        yield f"data/indicators/{name}-areas.csv", partial(edition.assessments_csv, judged.get(name, []))
    yield "data/recommendations.csv", partial(_recommendations, project, judged)
    yield "data/commitments.csv", partial(_commitments, project)
    yield "data/gaps_in_data.csv", partial(pages_gaps.as_csv, project, assessments)


def _recommendations(project: Project, judged: dict[str, list[Assessment]]) -> bytes:
    rows = []
    for one in project.recommendations.values():
        for indicator in project.answering(one.id):
            meant = [a for a in judged.get(indicator.id, []) if a.reason is not Reason.NOT_APPLICABLE]
            figures = sum(a.value is not None for a in meant)
            recent = sum(not pages_gaps.task(a) for a in meant)
            rows.append([one.id, one.title, indicator.id, indicator.title, len(meant), figures, recent,
                         *(sum(a.status is s for a in meant) for s in Status)])
    return _csv(["recommendation", "title", "indicator", "indicator_title", "areas", "with_figure", "recent",
                 *map(str, Status)], rows)


def _commitments(project: Project) -> bytes:
    rows = [
        [one.id, one.title, "; ".join(one.actors), one.no_actor, " ".join(one.areas), one.deliverable, one.due or "",
         one.due_text, one.status, one.history[-1].on, one.history[-1].note,
         " ".join(str(url) for url in one.history[-1].evidence), " ".join(project.mandate.linked(one.id)), one.text]
        for one in project.mandate.commitments.values()
    ]
    return _csv(["id", "title", "actors", "no_actor", "areas", "deliverable", "due", "due_text", "status", "status_on",
                 "status_note", "evidence", "linked", "text"], rows)


def _csv(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode()
