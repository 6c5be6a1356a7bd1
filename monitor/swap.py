"""Put a finished folder in the place of another in one step, and mend what a killed process left beside it.

Linux and macOS can exchange two folders at once: at no moment is there none. Where the system or the disk cannot, the
old folder is moved away first; a process killed in between leaves it beside its place, and `mend` moves it back.
A folder that is being written is locked by its writer; the system takes the lock from a process that dies, whatever
machine or container it ran in, and its folder is swept.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def beside(folder: Path) -> Iterator[Path]:
    """A new empty folder beside ``folder``, to be written and then `put` in its place; gone when the block ends.

    Raises:
        OSError: it cannot be made.
    """
    new = folder.with_name(f".{folder.name}.writing-{os.getpid()}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        lock = os.open(new, os.O_RDONLY)
        with suppress(OSError):  # a disk without locks
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        yield new
    finally:
        os.close(lock)
        shutil.rmtree(new, ignore_errors=True)


def put(new: Path, folder: Path) -> None:
    """Put ``new`` where ``folder`` is or shall be; what was there is gone.

    Raises:
        OSError: it cannot; ``folder`` is as it was.
    """
    before = folder.with_name(f".{folder.name}.before-{os.getpid()}")
    with _alone(folder):
        if not folder.exists() or not any(folder.iterdir()):
            new.rename(folder)
        elif not _exchange(new, folder):
            folder.rename(before)
            try:
                new.rename(folder)
            except OSError:
                before.rename(folder)
                raise
    shutil.rmtree(before, ignore_errors=True)


def mend(folder: Path) -> None:
    """Move back what a killed process had moved away, and sweep what dead processes left. Run before a new start."""
    if not folder.parent.is_dir():
        return
    ours = re.compile(rf"\.{re.escape(folder.name)}\.(writing|before)-\d+")
    with _alone(folder):
        left = [path for path in folder.parent.iterdir() if ours.fullmatch(path.name)]
        moved = [path for path in left if ".before-" in path.name]
        if moved and not folder.exists():
            max(moved, key=lambda path: path.stat().st_mtime).rename(folder)
        dead = [path for path in left if path.is_dir() and _free(path)]
    for path in dead:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time changes what stands in the folder's parent: for an instant only."""
    parent = os.open(folder.parent, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(parent, fcntl.LOCK_EX)
        yield
    finally:
        os.close(parent)


def _free(path: Path) -> bool:
    """Has its writer ended?"""
    try:
        lock = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError:
        return False
    finally:
        os.close(lock)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change names in one step; False where the system or the disk cannot."""
    import ctypes

    libc, names = ctypes.CDLL(None, use_errno=True), (os.fsencode(one), os.fsencode(other))
    with suppress(AttributeError):  # an older C library
        if sys.platform == "darwin":
            return bool(libc.renamex_np(*names, 2) == 0)  # RENAME_SWAP
        return bool(libc.renameat2(-100, names[0], -100, names[1], 2) == 0)  # AT_FDCWD, RENAME_EXCHANGE
    return False
