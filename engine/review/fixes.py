"""Applies the fixes that problems offer to the files of a release.

A fix may reveal another problem, so a copy of the release is mended and reviewed until no problem offers a fix.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from ..problems import Fix
from ..source.edit import Mended, overwrite, read_unmarked, with_fixes
from .review import review

_ROUNDS = 20


def mend(folder: Path) -> tuple[Mended, ...]:
    """The files that the fixes change, before and after them; the release itself is not written.

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
            for name, of_file in fixes.items():
                overwrite(Path(name), with_fixes(of_file[0].place.source.text, of_file))
            if not fixes:
                break
            changed.update(Path(name).resolve().relative_to(copy.resolve()) for name in fixes)
        files = ((folder / path, copy / path) for path in sorted(changed))
        return tuple(Mended(file, read_unmarked(file), read_unmarked(mended)) for file, mended in files)
