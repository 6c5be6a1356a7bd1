"""What ``monitor doctor`` says: what is configured, reachable, stale, missing."""

from __future__ import annotations

import os
import sys
from datetime import date
from importlib.metadata import PackageNotFoundError, version

from monitor import __version__, evidence, fetch, vintages
from monitor.errors import MonitorError
from monitor.model import Source
from monitor.period import days
from monitor.project import Project

#: what, state (ok, stale, missing, offline, broken), detail
Report = list[tuple[str, str, str]]
LIBRARIES = ("polars", "pandera", "great-expectations", "requests", "jinja2", "matplotlib", "typst")
FONTS = (("fontpkg-noto-sans", "Latin, Cyrillic, Greek"), ("fontpkg-noto-sans-arabic", "Arabic"))


def examine(project: Project, as_of: date) -> Report:
    """One row for each thing a person may have to mend, in the order they would look."""
    report: Report = [
        ("engine", "ok", f"migration-scorecard {__version__}, Python {sys.version.split()[0]}"),
        ("project", "broken" if project.problems else "ok", f"{project.folder} ({len(project.indicators)} indicators, "
         f"{len(project.sources)} sources, {len(project.problems)} problems)"),
        *(("declaration", "broken", problem) for problem in project.problems),
        ("store", "ok" if os.access(project.store.parent, os.W_OK) else "broken", str(project.store)),
    ]
    report += [_library(name) for name in LIBRARIES]
    report += [_font(name, script) for name, script in FONTS]
    torn = vintages.verify(project.layers)
    report += [("vintage", "broken", problem) for problem in torn]
    report += [] if torn else [("vintages", "ok", "every shipped file has its hash")]
    for name, crosswalk in project.crosswalks.items():
        filled = f"{len(crosswalk.indicators)} indicators filled in, version {crosswalk.version}"
        report.append((name, "ok" if crosswalk.indicators else "missing", f"{filled}: {crosswalk.title}"))
    return report + [_source(project, source, as_of) for source in project.sources.values()]


def _library(name: str) -> tuple[str, str, str]:
    try:
        return (name, "ok", version(name))
    except PackageNotFoundError:
        return (name, "broken", f"not installed: pip install {name}")


def _font(name: str, script: str) -> tuple[str, str, str]:
    try:
        return (f"font for {script}", "ok", f"{name} {version(name)}")
    except PackageNotFoundError:
        return (f"font for {script}", "missing", f"pip install {name}")


def _source(project: Project, source: Source, as_of: date) -> tuple[str, str, str]:
    used = {p.series for _, p in evidence.selections(project, project.indicators.values()) if p.source == source.id}
    key = f"; no key in {source.auth_env}" if source.auth_env and source.auth_env not in os.environ else ""
    if not used:
        return (source.id, "ok", "declared, used by no indicator yet")
    newest: list[str] = []
    lacking = []
    for series in sorted(used):
        try:
            answer = fetch.at_hand(source, series, layers=project.layers, store=project.store, as_of=as_of)
            newest.append(answer.retrieved[:10])
        except MonitorError:
            lacking.append(series)
    if lacking:
        nothing = f"nothing kept or shipped for {', '.join(lacking)}"
        return (source.id, "missing", f"{nothing}: run monitor fetch {source.id}{key}")
    dated = [d for d in newest if d]
    age = (as_of - date.fromisoformat(min(dated))).days if dated else 0
    state = "stale" if age > days(source.cadence) else "ok"
    held = f"{len(used)} series at hand, the oldest answer {age} days old"
    return (source.id, state, f"{held}, published every {source.cadence}{key}")
