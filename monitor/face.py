"""The Python face: a project one can ask. Everything the command line does, as three-line programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.model import Indicator
from monitor.project import Project
from monitor.project import load as load_project
from monitor.results import Assessment, Edition, Reasoning
from monitor.scorecard import Line, Scorecard
from monitor.series import Series

if TYPE_CHECKING:
    from monitor.evidence import Evidence
    from monitor.run import Judged


def load(folder: str | Path | None = None) -> Monitor:
    """Open a project: a folder with an ``indicators.yaml``, or without one the nearest above, or the flagship.

    Raises:
        DefinitionError: something in its declarations is wrong; every problem is named with file and line.
    """
    return Monitor(load_project(folder))


class Monitor:
    """An open project. ``as_of`` is the cut-off date everything is judged at; ``offline`` asks no public source."""

    def __init__(self, project: Project, as_of: date | None = None, offline: bool = True) -> None:
        self.project = project
        self.as_of = as_of or datetime.now(UTC).date()  # the day `now` is of
        self.offline = offline
        self._known: dict[tuple[str | None, tuple[str, ...]], Judged] = {}

    def indicator(self, name: str) -> Indicator:
        """A declared indicator.

        Raises:
            DefinitionError: there is none of that id; the message names the nearest.
        """
        return self.project.indicator(name)

    def series(self, indicator: str, area: str | None = None) -> Series:
        """All observations of an indicator, with breakdowns; of one area if given."""
        judged = self._judged(indicator, (area,) if area else ())
        return judged.evidence.series.of(indicator, area, breakdown=None)

    def assess(self, indicator: str | None = None, areas: str | Sequence[str] = ()) -> list[Assessment]:
        """Judgements: one for every indicator (or the one named) in every area (default: the project's own list)."""
        return self._judged(indicator, (areas,) if isinstance(areas, str) else tuple(areas)).assessments

    def scorecard(self, area: str, language: str = "") -> Scorecard:
        """What the page of an area says, as values."""
        from monitor import compose

        judged = self._judged(None, (area,))
        words = self.project.words(language or self.project.languages[0])
        return compose.compose(self.project, words, judged.evidence, judged.assessments, judged.findings,
                               judged.areas, self.as_of, self.as_of.isoformat(), (), judged.reasonings)[0]

    def area_name(self, area: str) -> str:
        return self.project.area_name(area, self.project.words(self.project.languages[0]))

    def line(
        self, indicator: str, area: str, reasonings: Mapping[tuple[str, str], Reasoning] = {}
    ) -> Line:
        """One indicator of a scorecard: figures as printed, sentence, sources."""
        from monitor import line

        judged = self._judged(indicator, (area,))
        words = self.project.words(self.project.languages[0])
        seen = line.Observations(judged.evidence.series, judged.areas)
        sayer = line.Sayer(self.project, words, judged.evidence, judged.findings, seen, reasonings)
        return sayer.line(self.indicator(indicator), judged.assessments[0])

    def evidence(self, indicator: str, area: str) -> Evidence:
        """What a line rests on: observations, the answers they were read from, and what went wrong."""
        return self._judged(indicator, (area,)).evidence

    def explained(self, indicator: str, area: str) -> tuple[Line, Reasoning | None]:
        """The same with the whole reasoning in its sentences ``why``, and the numbers of it; None without a status."""
        judged = self._judged(indicator, (area,))
        return self.line(indicator, area, judged.reasonings), judged.reasonings.get((indicator, area))

    def chart(self, indicator: str, area: str) -> Chart:
        """The chart of one indicator in one area; notebooks show it, ``.svg`` and ``.png`` are its bytes."""
        return Chart(self.line(indicator, area), self.project)

    def run(self, *, areas: Sequence[str] = (), out: str | Path | None = None, formats: Sequence[str] = ()) -> Edition:
        """Make an edition of scorecards; see `monitor.run.run`."""
        from monitor import run

        return run.run(self.project, as_of=self.as_of, now=_now(), areas=areas, out=Path(out) if out else None,
                       formats=formats or (*run.FORMATS, "quality"), offline=self.offline)

    def _judged(self, indicator: str | None, areas: tuple[str, ...]) -> Judged:
        from monitor import run

        key = (indicator, areas)
        if key not in self._known:
            wanted = [self.indicator(indicator)] if indicator else None
            self._known[key] = run.assess(self.project, as_of=self.as_of, now=_now(), areas=areas,
                                          indicators=wanted, offline=self.offline)
        return self._known[key]

    def __repr__(self) -> str:
        p = self.project
        held = f"{len(p.indicators)} indicators, {len(p.sources)} sources"
        return f"Monitor({p.about.title!r}, {held}, as of {self.as_of})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(i.id)}</td><td>{escape(i.title)}</td><td>{escape(i.kind)}</td><td>{escape(i.unit)}</td></tr>"
            for i in self.project.indicators.values()
        )
        head = "<tr><th>id</th><th>indicator</th><th>kind</th><th>unit</th></tr>"
        return f"<h3>{escape(self.project.about.title)}</h3><table>{head}{rows}</table>"


class Chart:
    """A drawn line of a scorecard."""

    def __init__(self, line: Line, project: Project) -> None:
        self.line, self._project = line, project

    @property
    def svg(self) -> bytes:
        from monitor import chart

        return chart.svg(self.line, self._project.words(self._project.languages[0]), self._project.tokens())

    @property
    def png(self) -> bytes:
        from monitor import chart

        return chart.png(self.line, self._project.words(self._project.languages[0]), self._project.tokens())

    def _repr_svg_(self) -> str:
        return self.svg.decode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
