"""Measure what the project promises and write docs/performance.md. Nothing here fails on a time.

Each command runs in processes of its own, as a person would run it. Peak memory is that of the command and all
its workers together, sampled ten times a second; pages that several processes share count once (PSS, on Linux).
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
MONITOR = [sys.executable, "-m", "monitor"]
AS_OF = "2026-11-22"  # a fixed cut-off, so that two benches make the same edition


@dataclass
class Measured:
    what: str
    promise: str
    seconds: float
    megabytes: float


def _own(pid: int, rss: int) -> int:
    """Kilobytes of a process: its share of pages that several map (PSS) where the system tells, else its RSS."""
    try:
        for row in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if row.startswith("Pss:"):
                return int(row.split()[1])
    except OSError:
        pass
    return rss


def _tree_memory(root: int) -> float:
    """Megabytes in memory of a process and everything below it."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=False).stdout
    children: dict[int, list[int]] = {}
    size = {}
    for row in listed.splitlines():
        pid, parent, rss = (int(x) for x in row.split())
        children.setdefault(parent, []).append(pid)
        size[pid] = rss
    total, open_ = 0, [root]
    while open_:
        pid = open_.pop()
        total += _own(pid, size[pid]) if pid in size else 0
        open_ += children.get(pid, [])
    return total / 1024


#: read and check every declaration of the flagship, imports included: what each command begins with
LOAD = [sys.executable, "-c", "from monitor.project import load; load()"]


def measure(
    what: str, promise: str, arguments: list[str], times: int = 1, cwd: Path = ROOT, command: list[str] = MONITOR
) -> Measured:
    """The least of several runs for seconds, the most for memory. A short command is weighed in a run of its own."""
    seconds, peak = [], 0.0
    for turn in range(times + (times > 1)):
        weighed = times == 1 or turn == times
        begin = time.perf_counter()
        process = subprocess.Popen([*command, *arguments], cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        while weighed and process.poll() is None:
            peak = max(peak, _tree_memory(process.pid))
            time.sleep(0.02 if times > 1 else 0.1)
        process.wait()
        seconds.append(time.perf_counter() - begin)
        if process.returncode:
            sys.exit(f"{what}: exit {process.returncode}: {process.stderr.read().decode() if process.stderr else ''}")
    print(f"{what:58} {min(seconds):8.2f} s {peak:7.0f} MB   (promised: {promise})", flush=True)
    return Measured(what, promise, min(seconds), peak)


def commands(quick: bool) -> list[Measured]:
    """Whole commands on the flagship, in fresh processes."""
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch) / "project"  # a store of its own: what is measured as cold is cold
        project.mkdir()
        for name in ("indicators.yaml", "indicators", "mandate", "sources", "reports"):
            source = ROOT / name
            shutil.copytree(source, project / name) if source.is_dir() else shutil.copy(source, project / name)
        there = ["--project", str(project), "--offline", "--as-of", AS_OF]
        out = ["--out", str(Path(scratch) / "edition")]
        results = [
            measure("monitor --help", "0.3 s", ["--help"], times=5),
            measure("load and check the whole project", "1 s", [], times=5, command=LOAD),
            measure("default edition, offline, cold store", "40 s, 600 MB", ["run", *there, *out]),
            measure("the same again, nothing changed", "5 s", ["run", *there, *out], times=2),
            measure("monitor show IND-54a DEU, warm store", "1 s",
                    ["show", "IND-54a", "DEU", "--project", str(ROOT), "--as-of", AS_OF], times=5),
            measure("monitor list indicators", "-", ["list", "indicators", "--project", str(ROOT)], times=3),
        ]
        if not quick:
            out = ["--out", str(Path(scratch) / "world")]
            results.append(measure("all 193 member states, HTML, PDF and data", "240 s",
                                   ["run", "--all-members", *there, *out]))
    return results


#: the country cards of one language by themselves, in two processes as a run prints them
CARDS = """
import sys, time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from monitor import area, compose, page, run
from monitor.project import load

if __name__ == "__main__":
    project = load()
    areas = area.members_of_the_un()[:int(sys.argv[2])]
    day = date.fromisoformat(sys.argv[1])
    judged = run.assess(project, as_of=day, now=sys.argv[1], areas=areas, offline=True)
    words = project.words(project.languages[0])
    cards = compose.compose(project, words, judged.evidence, judged.assessments, judged.findings, areas, day, "bench")
    look = page.Look(tuple(str(layer / "reports") for layer in project.layers), words, project.tokens())
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        [f.result() for f in [pool.submit(page.render, cards[0], "pdf", look, {}) for _ in range(4)]]  # both are there
        begin = time.perf_counter()
        made = [pool.submit(page.render, card, "pdf", look, {}) for card in cards]
        size = sum(len(one.result()) for one in made)
        print(len(cards), time.perf_counter() - begin, size)
"""


def printing(quick: bool) -> list[str]:
    """Country cards on two pages, in one language, a second: what, promised, measured, beside it."""
    with tempfile.TemporaryDirectory() as scratch:
        script = Path(scratch) / "cards.py"  # a file: workers that are spawned read it again
        script.write_text(CARDS, encoding="utf-8")
        ran = subprocess.run([sys.executable, str(script), AS_OF, "40" if quick else "193"], capture_output=True,
                             text=True, check=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    number, seconds, size = ran.stdout.split()
    pace = int(number) / float(seconds)
    return ["country PDFs per second, two processes", "8", f"{pace:.1f}",
            f"{number} PDFs in {float(seconds):.1f} s, {int(size) / int(number) / 1000:.0f} kB each"]


def parts(quick: bool) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """What single steps take: a title, a heading and rows for each; things compared take turns in one process."""
    sys.path.insert(0, str(ROOT))
    from tools import bench_checks, bench_fetch, bench_methods, bench_readers

    yield "Reading, beside the field's general libraries", [
        "form", "beside", "promised", "ours", "theirs", "times faster", "our memory"
    ], [
        [r["form"], r["library"] if r["promised"] else f"{r['library']}, parsing alone",
         f"{r['promised']:g} times" if r["promised"] else "-", f"{r['ours_s']:.2f} s", f"{r['theirs_s']:.2f} s",
         f"{r['ratio']:.1f}", f"{r['peak_mb']:.0f} MB"] for r in bench_readers.measure(2 if quick else 3)
    ]
    yield "Fetching, from local servers that answer after 50 ms", ["what", "promised", "seconds", "processor"], [
        [r.what, r.promise, f"{r.seconds:.2f} s", f"{r.cpu:.2f} s"] for r in bench_fetch.measure()
    ]
    yield "Printing", ["what", "promised", "measured", "beside it"], [printing(quick)]
    checked = [[r["what"], f"{r['observations']:,}", f"{r['promise_s']:g} s", f"{r['ours_s']:.2f} s",
                f"by hand in polars {r['by_hand_s']:.2f} s"] for r in bench_checks.measure()]
    if not quick:
        r = bench_checks.many()
        checked.append([f"{r['what']}, ten answers one after another", f"{r['observations']:,}",
                        f"{r['promise_mb']:,} MB", f"{r['seconds']:.0f} s", f"peak {r['peak_mb']:.0f} MB"])
    yield "Checking", ["what", "observations", "promised", "seconds", "beside it"], checked
    sizes = (10_000, 100_000) if quick else (10_000, 100_000, 1_000_000)
    judged = bench_methods.measure(sizes)
    yield "Judging: every formula method on the same series", ["series", "promised", "seconds", "peak memory"], [
        [f"{r['series']:,}", f"{r['promise_s']:g} s, {r['promise_mb']:,} MB" if r["series"] == 1_000_000 else "-",
         f"{r['seconds']:.2f} s", f"{r['peak_mb']:.0f} MB"] for r in judged
    ]
    yield "Judging by outlook, which uses every figure and gives a chance", ["series", "seconds", "peak memory"], [
        [f"{r['series']:,}", f"{r['model']['seconds']:.2f} s", f"{r['model']['peak_mb']:.0f} MB"] for r in judged
    ]


def main() -> None:
    """Run every measurement; ``--quick`` leaves out the largest of each kind."""
    quick = "--quick" in sys.argv
    rows = [[r.what, r.promise, f"{r.seconds:.2f} s", f"{r.megabytes:.0f} MB"] for r in commands(quick)]
    tables = [("Whole commands", ["what", "promised", "seconds", "peak memory"], rows)]
    write(tables)
    for title, heading, rows in parts(quick):
        print(title, *("  " + ", ".join(row) for row in rows), sep="\n", flush=True)
        tables.append((title, heading, rows))
        write(tables)  # after each part: what was measured is not lost where a later part is stopped


def write(tables: list[tuple[str, list[str], list[list[str]]]]) -> None:
    """docs/performance.md, with the machine described in general terms."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    text = f"""# Performance

Printed by `make bench` on {datetime.now(UTC).date()}: {machine}. Times are wall-clock seconds, the least of several
runs where something is short. Whole commands run in fresh processes; their memory is the peak of the command and its
workers together, pages that several of them share counted once (PSS, on Linux). What is compared ran by turns in one
process on the same bytes. Other work may have run beside; measure on your own machine before you compare.
"""
    for title, heading, rows in tables:
        lines = [heading, ["---"] * len(heading), *rows]
        text += f"\n## {title}\n\n" + "".join("| " + " | ".join(line) + " |\n" for line in lines)
    (ROOT / "docs/performance.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
