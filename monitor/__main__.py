"""``python -m monitor`` and the ``monitor`` command."""

from __future__ import annotations

import gc

from monitor.cli import cli


def main() -> None:
    """Run the command line; every MonitorError becomes its sentences and its exit code."""
    # a run makes many small things and keeps most of them: looking for garbage less often saves a tenth of a short call
    gc.set_threshold(100_000, 50, 100)
    cli(prog_name="monitor")


if __name__ == "__main__":
    main()
