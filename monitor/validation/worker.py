"""Run the suites in a process of their own, beside rendering: importing Great Expectations takes ten seconds.

What it found is kept in the store by the hash of everything that decides it (observations, suites, script, versions
of the libraries), so that nothing is started where nothing changed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

#: the script that does the work; an edition carries the same bytes
SCRIPT = Path(__file__).with_name("revalidate.py")
#: seconds after which a worker is given up
PATIENCE = 600.0
#: how many outcomes are kept, the last used: an older one is tested again where somebody goes back
KEPT = 20
#: what tests; another version may test otherwise
LIBRARIES = ("great-expectations", "pandas")
#: loads the libraries, then waits for a line; where the other end is closed without one, there is nothing to test
_WAITING = """import runpy, sys, pandas, great_expectations
if sys.stdin.readline():
    sys.argv[1:] = ["--write"]
    runpy.run_path("quality/revalidate.py", run_name="__main__")
"""


@dataclass(frozen=True)
class Tested:
    """What the worker gave back: the plain results of `revalidate.plain`, or why there are none."""

    results: Sequence[Mapping[str, Any]] = ()
    problem: str = ""
    engine: Mapping[str, str] = field(default_factory=dict)


class Process:
    """The process that tests, in a folder of its own. Let go of, it ends and the folder goes: it waits for a line."""

    def __init__(self, *command: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="validation-", ignore_cleanup_errors=True)
        self.home = Path(self._folder.name)
        with (self.home / "said").open("wb") as said:
            self.popen = subprocess.Popen(  # noqa: S603 - our own script, no shell
                [sys.executable, *command], stdin=subprocess.PIPE, stdout=said, stderr=said, cwd=self.home,
                env={**os.environ, "GX_ANALYTICS_ENABLED": "false", "PYTHONWARNINGS": "ignore"},
            )

    def hand(self, observations: bytes, suites: Mapping[str, bytes]) -> None:
        """What it is to test. One that has died meanwhile is found out by its results."""
        lay_out(self.home, observations, suites)
        assert self.popen.stdin
        with suppress(BrokenPipeError):
            self.popen.stdin.write(b"all is there\n")
            self.popen.stdin.close()

    def close(self) -> None:
        if self.popen.poll() is None:
            self.popen.kill()
            self.popen.wait()
        self._folder.cleanup()


def ahead(store: Path) -> Process | None:
    """Load the libraries beside reading, where something is tested for the first time: the process is then done before
    the pages are printed, and the two are not in memory together. None where a result may already be kept."""
    with suppress(PackageNotFoundError):
        if all(map(version, LIBRARIES)) and not any((store / "validation").glob("*.json")):
            return Process("-c", _WAITING)
    return None


class Worker:
    """A validation under way, or one that was kept. Ask for `result` when everything else is done."""

    def __init__(
        self, store: Path, observations: bytes, suites: Mapping[str, bytes], loaded: Process | None = None
    ) -> None:
        self.engine: dict[str, str] = {}
        self._known: Tested | None = None
        self._process: Process | None = None
        if not suites:
            self._known = Tested()
            return
        try:
            self.engine = {name: version(name) for name in LIBRARIES}
        except PackageNotFoundError as absent:
            self._known = Tested(problem=f"{absent.name} is not installed: pip install 'great-expectations'")
            return
        parts = [observations, SCRIPT.read_bytes(), *(name.encode() + text for name, text in sorted(suites.items()))]
        key = sha256(json.dumps([[sha256(part).hexdigest() for part in parts], self.engine]).encode()).hexdigest()
        self._kept = store / "validation" / f"{key}.json"
        with suppress(OSError, ValueError, KeyError):
            self._known = Tested(json.loads(self._kept.read_text(encoding="utf-8"))["results"], engine=self.engine)
            with suppress(OSError):
                self._kept.touch()
            return
        self._start(observations, suites, loaded)

    def _start(self, observations: bytes, suites: Mapping[str, bytes], loaded: Process | None) -> None:
        self._process = loaded or Process("-c", _WAITING)
        self._process.hand(observations, suites)

    def result(self) -> Tested:
        """Wait for it. A worker that died or took too long is a problem in words, never an exception."""
        if self._known is None and self._process:
            try:
                code = self._process.popen.wait(PATIENCE)
                self._known = self._read(code, self._process.home)
            except subprocess.TimeoutExpired:
                self._known = Tested(problem=f"the worker took more than {PATIENCE:g} seconds", engine=self.engine)
        return self._known or Tested()

    def _read(self, code: int, home: Path) -> Tested:
        try:
            text = (home / "quality/results.json").read_text(encoding="utf-8")
            found = Tested(json.loads(text)["results"], engine=self.engine)
        except (OSError, ValueError, KeyError):
            said = (home / "said").read_text(encoding="utf-8", errors="replace").strip().splitlines()
            last = said[-1] if said else "it said nothing"
            return Tested(problem=f"the worker ended with {code}: {last[:300]}", engine=self.engine)
        with suppress(OSError):  # a store that cannot be written to is no reason to have no results
            self._kept.parent.mkdir(parents=True, exist_ok=True)
            aside = self._kept.with_suffix(f".{os.getpid()}")
            aside.write_text(text, encoding="utf-8")
            aside.replace(self._kept)
            by_use = sorted(self._kept.parent.glob("*.json"), key=lambda path: path.stat().st_mtime)
            for path in by_use[:-KEPT]:
                path.unlink(missing_ok=True)
        return found

    def close(self) -> None:
        if self._process:
            self._process.close()


def lay_out(folder: Path, observations: bytes, suites: Mapping[str, bytes]) -> None:
    """Write what the script needs where an edition has it."""
    for path, data in {
        "data/observations.csv": observations, "quality/revalidate.py": SCRIPT.read_bytes(),
        **{f"quality/suites/{name}.json": text for name, text in suites.items()},
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


@contextmanager
def beside(
    store: Path, observations: bytes, suites: Mapping[str, bytes], loaded: Process | None = None
) -> Iterator[Worker]:
    """Start a validation; leaving the block ends it, whatever happened meanwhile.

    Args:
        loaded: a process that was started `ahead`.
    """
    worker = Worker(store, observations, suites, loaded)
    try:
        yield worker
    finally:
        worker.close()
