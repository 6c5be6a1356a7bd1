"""Find a plug-in by its name: a module of this package, else an entry point of another one.

A plug-in is a module with one function of one signature (``read``, ``check``, ``assess``, ``render``).
There is no table to register it in: its file name is its name.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from monitor.errors import DefinitionError

#: kind of plug-in -> the one function a module of that kind has
KINDS = {"readers": "read", "checks": "check", "methods": "assess", "outputs": "render"}


@cache
def _installed(kind: str) -> dict[str, EntryPoint]:
    """Plug-ins of other packages. Asked once: looking through all that is installed takes its time."""
    return {e.name: e for e in entry_points(group=f"monitor.{kind}")}


def _ours(kind: str) -> frozenset[str]:
    package = importlib.import_module(f"monitor.{kind}")
    return frozenset(m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_"))


def names(kind: str) -> list[str]:
    """All plug-ins of a kind, ours and installed ones, sorted."""
    return sorted(_ours(kind) | set(_installed(kind)))


def module(kind: str, name: str) -> Any:
    """The module of a plug-in.

    Raises:
        DefinitionError: there is no such plug-in; the message names the nearest one.
    """
    if name in _installed(kind):
        return _installed(kind)[name].load()
    if name in _ours(kind):
        return importlib.import_module(f"monitor.{kind}.{name}")
    near = difflib.get_close_matches(name, names(kind), n=1)
    hint = f"did you mean '{near[0]}'? " if near else ""
    raise DefinitionError(f"there is no {kind[:-1]} named '{name}': {hint}Known are {', '.join(names(kind))}.")


def function(kind: str, name: str) -> Callable[..., Any]:
    """The one function of a plug-in (see `KINDS`)."""
    return getattr(module(kind, name), KINDS[kind])  # type: ignore[no-any-return]
