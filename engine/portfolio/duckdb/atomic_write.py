"""Replaces files and folders atomically: they are written under a temporary name and renamed when complete."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_END = ".part"


@contextmanager
def part_path(target: Path) -> Iterator[Path]:
    """A temporary path in the target's folder; what is not moved from there is removed at the end.

    Files left behind by killed processes are removed first.
    """
    for left in target.parent.glob(f".{target.name}.*{_END}"):
        if not _is_running(left.name.split(".")[-2]):
            remove(left)
    path = target.with_name(f".{target.name}.{os.getpid()}{_END}")
    try:
        yield path
    finally:
        remove(path)


def move(path: Path, target: Path) -> None:
    """Move a complete file to its target in one step, synced to disk first."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.replace(target)


def move_folder(path: Path, target: Path) -> None:
    """Move a complete folder to its target; a folder that was there is removed afterwards."""
    with part_path(target.with_name(f"{target.name}.old")) as old:
        if target.exists():
            target.rename(old)
        path.rename(target)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it exists."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _is_running(process: str) -> bool:
    with suppress(ProcessLookupError, ValueError, OverflowError):
        try:
            os.kill(int(process), 0)
        except PermissionError:
            return True
        return True
    return False
