"""Files and folders written beside their place and moved there when complete: whoever looks sees the old or the new."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_END = ".part"


@contextmanager
def part_path(target: Path) -> Iterator[Path]:
    """A path in the same folder to write to; what still stands there at the end is removed.

    What a run left that was killed is removed too.
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
    """Put a complete file in its place, in one step that survives a loss of power."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.replace(target)


def move_folder(path: Path, target: Path) -> None:
    """Put a complete folder in its place; what stood there goes once the new one is there."""
    with part_path(target.with_name(f"{target.name}.old")) as old:
        if target.exists():
            target.rename(old)
        path.rename(target)


def remove(path: Path) -> None:
    """Remove a file or a folder, or nothing where none is."""
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
