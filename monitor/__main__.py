"""``python -m monitor`` and the ``monitor`` command."""

from __future__ import annotations

from monitor.cli import cli


def main() -> None:
    """Run the command line; every MonitorError becomes its sentences and its exit code."""
    cli(prog_name="monitor")


if __name__ == "__main__":
    main()
