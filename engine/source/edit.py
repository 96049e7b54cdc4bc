"""Edits the texts of files by fixes, keeping all the rest, and shows the changes as a patch."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from ..problems import Fix
from .document import shown
from .whole_files import move, part_path, refusing

_MARK = "\ufeff"  #: the byte order mark, which some editors write first


class Mended(NamedTuple):
    """A file that fixes change, and its text before and after."""

    path: Path
    before: str
    after: str


def with_fixes(text: str, fixes: Iterable[Fix]) -> str:
    """The text with the fixes made; of fixes that overlap, only the one that comes later in the text."""
    begun = len(text) + 1
    for fix in sorted(set(fixes), key=lambda fix: (fix.place.start, fix.place.end), reverse=True):
        if fix.place.end <= begun:
            text = text[: fix.place.start] + fix.text + text[fix.place.end :]
            begun = fix.place.start
    return text


def write_mended(mended: Iterable[Mended]) -> None:
    """Write the files as they are mended, each whole; none is replaced before all are on the disk. Raises WrongCall."""
    with ExitStack() as parts:
        written: list[tuple[Path, Path]] = []
        for file in mended:
            path = Path(shown(file.path))
            part = parts.enter_context(part_path(path))
            with refusing(path):
                part.write_bytes(_marked(path, file.after))
            written.append((part, path))
        for part, path in written:
            move(part, path)


def patch(mended: Iterable[Mended]) -> str:
    """The changes as a unified diff that `git apply` and `patch -p1` take."""
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for file in mended
        for line in difflib.unified_diff(
            file.before.splitlines(keepends=True),
            file.after.splitlines(keepends=True),
            f"a/{shown(file.path)}",
            f"b/{shown(file.path)}",
        )
    )


def read_unmarked(path: Path) -> str:
    """The text of a file, its line ends kept, without its byte order mark; raises OSError."""
    return path.read_bytes().decode().removeprefix(_MARK)


def _marked(path: Path, text: str) -> bytes:
    """The bytes of a new text for a file, with a byte order mark if the file has one; raises OSError."""
    mark = _MARK if path.read_bytes().decode().startswith(_MARK) else ""
    return (mark + text).encode()
