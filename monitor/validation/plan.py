"""From a project and its evidence to a validation: what is expected, in suites, of which bytes; and its outcome."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import polars as pl

from monitor.edition import observations_csv
from monitor.errors import CannotRender
from monitor.evidence import Evidence
from monitor.model import Indicator, Source
from monitor.results import Finding
from monitor.series import Series
from monitor.validation import direct, worker
from monitor.validation import suites as compiled
from monitor.validation.outcomes import Validated, settle
from monitor.validation.suites import Compiler, Expectation


@dataclass(frozen=True)
class Plan:
    """What is to be tested: the same bytes as the edition's ``data/observations.csv``."""

    observations: bytes
    expectations: Sequence[Expectation]
    suites: Mapping[str, bytes]


def plan(
    evidence: Evidence, before: Series | None, areas: Sequence[str], indicators: Collection[Indicator],
    sources: Collection[Source],
) -> Plan:
    """Compile what is expected of the figures of some areas.

    Args:
        before: the same figures as the answers before these gave them, for drift; None where there are none.
        areas: the areas whose figures are published and tested.
    """
    frame = evidence.series.frame
    then = None if before is None else before.frame
    expectations = Compiler(frame, then, areas).compile(indicators, sources)
    return Plan(observations_csv(evidence, areas), expectations, compiled.suites(expectations, frame, areas))


def warnings(
    frame: pl.DataFrame, before: Series | None, areas: Sequence[str], indicators: Collection[Indicator],
    sources: Collection[Source],
) -> list[Finding]:
    """What of the same does not hold, known at once and without Great Expectations: the grade counts it."""
    then = None if before is None else before.frame
    return direct.findings(direct.outcomes(Compiler(frame, then, areas).compile(indicators, sources), frame, areas))


def data_docs(planned: Plan, target: Path) -> None:
    """Great Expectations' own pages of it, written to a folder.

    Raises:
        CannotRender: it is not installed, or it failed.
    """
    from monitor.validation import data_docs as pages

    with tempfile.TemporaryDirectory() as scratch:
        worker.lay_out(Path(scratch), planned.observations, planned.suites)
        try:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as beside:
                beside.submit(pages.write, Path(scratch), target).result()
        except Exception as problem:  # whatever that library raises, some of it no pickle can carry
            raise CannotRender(f"{target}: Great Expectations could not write its pages ({problem}).") from problem


def ahead(store: Path, indicators: Iterable[Indicator], sources: Iterable[Source]) -> worker.Process | None:
    """A process that loads Great Expectations meanwhile, where it is certainly needed; None where it may not be."""
    expected = [*(one.expect for one in indicators), *(one.expect for one in sources)]
    return worker.ahead(store) if any(one.model_fields_set for one in expected) else None


@contextmanager
def started(
    store: Path, planned: Plan | None, loaded: worker.Process | None = None
) -> Iterator[Callable[[], Validated]]:
    """Start testing beside whatever is done meanwhile; the value waits for the outcome when it is called.

    Args:
        loaded: a process that was started `ahead`.
    """
    if planned is None:
        yield Validated
        return
    with worker.beside(store, planned.observations, planned.suites, loaded) as testing:
        yield lambda: settle(planned.expectations, testing.result())
