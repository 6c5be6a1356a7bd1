"""Coverage-guided fuzzing of readers by atheris: whatever the bytes, a reader answers with rows or an error of ours.

Atheris is heavy (35 MB) and not among the requirements of development: ``pip install atheris`` first. The search begins
at the reader's specimen below ``tests/cases/readers`` and what earlier searches found interesting (``.fuzz/``). Bytes
that crash a reader, or keep it busy for twenty seconds, are kept there too; the same call with their path after ``--``
plays them again.

    python tools/fuzz.py READER [SECONDS] [-- libFuzzer options]
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main(reader: str, seconds: int, more: list[str]) -> None:
    """Search for so many seconds; the process ends with an exit code of libFuzzer, 0 where nothing was found."""
    import atheris

    sys.path.insert(0, str(ROOT))
    with atheris.instrument_imports(include=["monitor"]):
        from monitor import plugins
        from monitor.errors import MonitorError
        from tests.test_readers import first, read

        plugins.function("readers", reader)
    bodies, case = first(reader)

    def one(body: bytes) -> None:
        try:
            read(reader, [body, *bodies[1:]], case)
        except MonitorError as problem:
            assert str(problem), "an error says what is wrong"

    found = ROOT / ".fuzz" / reader
    found.mkdir(parents=True, exist_ok=True)
    (found / "specimen").write_bytes(bodies[0])
    limits = [f"-max_total_time={seconds}", "-timeout=20", "-max_len=4096", "-rss_limit_mb=3000",
              f"-artifact_prefix={found}/crash-"]
    atheris.Setup([sys.argv[0], *limits, *(more or [str(found)])], one)
    atheris.Fuzz()


if __name__ == "__main__":
    at = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    name, *seconds = sys.argv[1:at] or ["sdmx_csv"]
    main(name, int(seconds[0]) if seconds else 60, sys.argv[at + 1:])
