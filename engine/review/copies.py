"""Copies the files of a release folder, without what editors and systems leave in it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from ..problems import Problem, WrongCall
from ..source.document import shown


def copy_release(folder: Path, target: Path, *, without: Collection[str] = ()) -> None:
    """Copy a release to a new folder. Links become files; hidden files and those with a name in `without` are left out.

    Raises WrongCall where a file cannot be read, OSError where one cannot be written.
    """
    contents = {path.relative_to(folder): _content(path) for path in _files(folder) if path.name not in without}
    for relative, content in contents.items():
        copy = target / relative
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(content)


def _files(folder: Path) -> Iterator[Path]:
    """The files in a folder and below, but for hidden ones, such as the lock of an editor, and its backups (`~`)."""
    for place, folders, files in os.walk(folder, followlinks=True, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(files) if not name.startswith(".") and not name.endswith("~"))


def _content(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():  # to read a pipe would be to wait for it
            raise _unreadable(path, "it is no file")
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error


def _refuse(error: OSError) -> None:
    raise _unreadable(Path(error.filename), error.strerror or str(error)) from error


def _unreadable(path: Path, reason: str) -> WrongCall:
    message = f"'{shown(path)}' cannot be copied: {reason}"
    return WrongCall([Problem("unreadable-file", message, None, "remove it, or check its permissions")])
