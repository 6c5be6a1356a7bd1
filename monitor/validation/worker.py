"""Run the suites in a process of their own, beside rendering: importing Great Expectations takes ten seconds.

What it found is kept in the store by the hash of everything that decides it (observations, suites, script, versions
of the libraries), so that nothing is started where nothing changed.
"""

from __future__ import annotations

import json
import os
import shutil
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


@dataclass(frozen=True)
class Tested:
    """What the worker gave back: the plain results of `revalidate.plain`, or why there are none."""

    results: Sequence[Mapping[str, Any]] = ()
    problem: str = ""
    engine: Mapping[str, str] = field(default_factory=dict)


class Worker:
    """A validation under way, or one that was kept. Ask for `result` when everything else is done."""

    def __init__(self, store: Path, observations: bytes, suites: Mapping[str, bytes]) -> None:
        self.engine: dict[str, str] = {}
        self._known: Tested | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = Path()
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
        self._start(observations, suites)

    def _start(self, observations: bytes, suites: Mapping[str, bytes]) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="validation-"))
        lay_out(self._folder, observations, suites)
        with (self._folder / "said").open("wb") as said:
            self._process = subprocess.Popen(  # noqa: S603 - our own script, no shell
                [sys.executable, str(self._folder / "quality/revalidate.py"), "--write"], stdin=subprocess.DEVNULL,
                stdout=said, stderr=said, cwd=self._folder,
                env={**os.environ, "GX_ANALYTICS_ENABLED": "false", "PYTHONWARNINGS": "ignore"},
            )

    def result(self) -> Tested:
        """Wait for it. A worker that died or took too long is a problem in words, never an exception."""
        if self._known is None and self._process:
            try:
                code = self._process.wait(PATIENCE)
                self._known = self._read(code)
            except subprocess.TimeoutExpired:
                self._known = Tested(problem=f"the worker took more than {PATIENCE:g} seconds", engine=self.engine)
        return self._known or Tested()

    def _read(self, code: int) -> Tested:
        try:
            text = (self._folder / "quality/results.json").read_text(encoding="utf-8")
            found = Tested(json.loads(text)["results"], engine=self.engine)
        except (OSError, ValueError, KeyError):
            said = (self._folder / "said").read_text(encoding="utf-8", errors="replace").strip().splitlines()
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
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._process:
            shutil.rmtree(self._folder, ignore_errors=True)


def lay_out(folder: Path, observations: bytes, suites: Mapping[str, bytes]) -> None:
    """Write what the script needs where an edition has it."""
    for path, data in {
        "data/observations.csv": observations, "quality/revalidate.py": SCRIPT.read_bytes(),
        **{f"quality/suites/{name}.json": text for name, text in suites.items()},
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


@contextmanager
def beside(store: Path, observations: bytes, suites: Mapping[str, bytes]) -> Iterator[Worker]:
    """Start a validation; leaving the block ends it, whatever happened meanwhile."""
    worker = Worker(store, observations, suites)
    try:
        yield worker
    finally:
        worker.close()
