"""How long a fetch takes in which nothing has changed: all sources of the flagship, each a local server 50 ms away.

The endpoints of the sources are rewritten to servers on this machine, one for each source, which wait before each
answer, know ETags and pack nothing. Their answers have the outer form that paging needs, and 3,000 rows for each page.

    python tools/bench_fetch.py
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from monitor import evidence, fetch  # noqa: E402  the path must be set first
from monitor.model import Source  # noqa: E402
from monitor.project import Project, load  # noqa: E402
from tests.server import Answering, serving  # noqa: E402

LATENCY = 0.05  # seconds before each answer
ROWS = [{"area": f"A{n:03}", "period": str(1990 + n % 30), "value": str(n / 7), "note": "x" * 200} for n in range(3000)]


class Row(NamedTuple):
    """A line of docs/performance.md."""

    what: str
    promise: str
    seconds: float
    cpu: float


def _body(source: Source, path: str) -> bytes:
    """Rows in the form that the paging of this source expects: one page, or fewer rows than a full one."""
    at = source.paging.pages_at if source.paging and source.paging.kind == "page" else ""
    rows = [{**row, "of": path} for row in ROWS]
    if not at:
        return json.dumps(rows).encode()
    meta = {at.split(".")[-1]: 1, "page": 1, "total": len(rows)}
    return json.dumps([meta, rows] if at[0].isdigit() else {**meta, "data": rows}).encode()


def _answering(source: Source) -> Answering:
    bodies: dict[str, tuple[str, bytes]] = {}

    def answer(asked):  # type: ignore[no-untyped-def]
        if asked.wire.path not in bodies:
            body = _body(source, asked.wire.path)
            bodies[asked.wire.path] = (f'"{hashlib.sha256(body).hexdigest()[:16]}"', body)
        tag, body = bodies[asked.wire.path]
        time.sleep(LATENCY)
        same = asked.headers.get("If-None-Match") == tag
        return (304, {"ETag": tag}, b"") if same else (200, {"ETag": tag, "Content-Type": "application/json"}, body)

    return answer


class _Any(dict):  # type: ignore[type-arg]
    """Every path has the same answering function."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering

    def get(self, path, default=None):  # type: ignore[no-untyped-def]
        return self.answering


@contextlib.contextmanager
def flagship(folder: Path) -> Iterator[Project]:
    """A copy of the flagship whose sources are servers on this machine."""
    folder.mkdir()
    for name in ("indicators.yaml", "indicators", "mandate", "sources", "reports"):
        source = ROOT / name
        shutil.copytree(source, folder / name) if source.is_dir() else shutil.copy(source, folder / name)
    with contextlib.ExitStack() as stack:
        for source in load(ROOT, strict=False).sources.values():
            if source.endpoint:
                publisher = stack.enter_context(serving())
                publisher.paths = _Any(_answering(source))
                path = folder / f"sources/{source.id}.yaml"
                text = re.sub(r"(?m)^endpoint: https?://[^/]+", f"endpoint: {publisher.url}", path.read_text("utf-8"))
                path.write_text(text, encoding="utf-8")
        yield load(folder, strict=False)


def measure() -> list[Row]:
    """A first fetch, in which every body is new, then the whole command with nothing new, the best of three."""
    with tempfile.TemporaryDirectory() as scratch, flagship(Path(scratch) / "project") as project:
        now = datetime.now(UTC)
        wanted = dict.fromkeys((part.source, part.series) for _, part in
                               evidence.selections(project, project.indicators.values()))  # fmt: skip
        requests = [(project.sources[source], series) for source, series in wanted if project.sources[source].endpoint]
        begun, used = time.perf_counter(), time.process_time()
        answers = fetch.fetch_all(requests, layers=project.layers, store=project.store, offline=False,
                                  as_of=now.date(), now=now.isoformat(timespec="seconds"))  # fmt: skip
        first = Row(f"first fetch of {len(requests)} series, {LATENCY * 1000:.0f} ms away (with the servers)", "-",
                    time.perf_counter() - begun, time.process_time() - used)  # fmt: skip
        if wrong := [answer for answer in answers.values() if getattr(answer, "origin", "") != "live"]:
            raise SystemExit(f"a first fetch failed: {wrong[0]}")
        rows = [_again(project, len(requests)) for _ in range(3)]
    return [first, min(rows, key=lambda row: row.seconds)]


def _again(project: Project, number: int) -> Row:
    begun, used = time.perf_counter(), os.times()
    done = subprocess.run([sys.executable, "-m", "monitor", "fetch", "--project", str(project.folder), "--json"],
                          cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    seconds, after = time.perf_counter() - begun, os.times()
    states = [row["state"] for row in json.loads(done.stdout)]
    if states.count("not modified") != number:
        raise SystemExit(f"not every answer was unchanged: {sorted(set(states))}. {done.stderr[-2000:]}")
    cpu = after.children_user + after.children_system - used.children_user - used.children_system
    return Row(f"monitor fetch, nothing changed: {number} series, {LATENCY * 1000:.0f} ms away", "3 s", seconds, cpu)


if __name__ == "__main__":
    for row in measure():
        print(f"{row.what:80} {row.seconds:6.2f} s, {row.cpu:.2f} s of CPU   (promised: {row.promise})")
