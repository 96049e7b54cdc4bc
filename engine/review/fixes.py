"""Fixes: what is certain to be meant, put into the text of a release's files; all the rest of the text stays.

A fix may bring another slip to light, so a copy of the release is mended and reviewed until nothing certain is left.
"""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from ..problems import Fix
from ..release.find import shown
from .review import review

_ROUNDS = 20
_MARK = "\ufeff"  #: of byte order, which some editors write first


class Mended(NamedTuple):
    """A file that fixes change, and its text before and after."""

    path: Path
    before: str
    after: str


def mend(folder: Path) -> tuple[Mended, ...]:
    """The files of a release as all certain fixes would have them; nothing is written.

    Raises OSError where the release cannot be copied.
    """
    with TemporaryDirectory() as place:
        copy = Path(shutil.copytree(folder, Path(place) / folder.resolve().name))
        changed: set[Path] = set()
        for _ in range(_ROUNDS):
            fixes: dict[str, list[Fix]] = {}
            for problem in review(copy):
                if problem.fix:
                    fixes.setdefault(problem.fix.place.source.path, []).append(problem.fix)
            for name, found in fixes.items():
                _write(Path(name), with_fixes(found[0].place.source.text, found))
            if not fixes:
                break
            changed.update(Path(name).resolve().relative_to(copy.resolve()) for name in fixes)
        return tuple(Mended(folder / path, _read(folder / path), _read(copy / path)) for path in sorted(changed))


def with_fixes(text: str, fixes: Iterable[Fix]) -> str:
    """The text with the fixes made; of two that touch the same characters, the later one in the text."""
    begun = len(text) + 1
    for fix in sorted(set(fixes), key=lambda fix: (fix.place.start, fix.place.end), reverse=True):
        if fix.place.end <= begun:
            text = text[: fix.place.start] + fix.text + text[fix.place.end :]
            begun = fix.place.start
    return text


def write_mended(mended: Iterable[Mended]) -> None:
    """Write the files as they are mended; raises OSError."""
    for one in mended:
        _write(one.path, one.after)


def patch(mended: Iterable[Mended]) -> str:
    """What is changed, as a unified diff that `git apply` and `patch -p1` take."""
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for one in mended
        for line in difflib.unified_diff(
            one.before.splitlines(keepends=True),
            one.after.splitlines(keepends=True),
            f"a/{shown(one.path)}",
            f"b/{shown(one.path)}",
        )
    )


def _read(path: Path) -> str:
    """The text, its line ends and without its mark of byte order."""
    return path.read_bytes().decode().removeprefix(_MARK)


def _write(path: Path, text: str) -> None:
    """Put the text into a file that is there, which keeps its mark of byte order."""
    mark = _MARK if path.read_bytes().decode().startswith(_MARK) else ""
    path.write_bytes((mark + text).encode())
