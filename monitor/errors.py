"""What can go wrong, as one small family: one class for each exit code of the command line.

A message is public writing. It says where (file, line, YAML path, area, period), what was found,
what was expected, and what to do. Several problems of one kind are collected and raised together.
"""

from __future__ import annotations

from collections.abc import Iterable


class MonitorError(Exception):
    """The base of every error this package raises on purpose.

    Attributes:
        exit_code: what the command line returns to the shell.
        problems: every problem found, one sentence each, in the order they were found.
    """

    exit_code = 1

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems: list[str] = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


class LeftOut(MonitorError):
    """The work was done without the declarations that are wrong: what there is stands, and a person edits a file."""

    exit_code = 3


class DefinitionError(MonitorError):
    """A declaration (YAML, CSV, template) is wrong: a person edits a file."""

    exit_code = 10


class SourceUnavailable(MonitorError):
    """A public source did not answer, or not in time: the only failure worth trying again."""

    exit_code = 11


class UnreadableData(MonitorError):
    """A source answered, but not with what its declaration says: the reader or the declaration must follow."""

    exit_code = 12


class ChecksFailed(MonitorError):
    """Data arrived and broke a declared rule, and the caller asked for failure (``--strict``)."""

    exit_code = 13


class CannotRender(MonitorError):
    """A page could not be made: a template, a font or a file system is in the way."""

    exit_code = 14
