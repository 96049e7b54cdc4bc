"""Applies the fixes that problems offer to the files of a release.

A fix may reveal another problem, so a copy of the release is mended and reviewed until no problem offers a fix.
"""

from __future__ import annotations

from pathlib import Path

from ..problems import Fix
from ..release.find import release_folders
from ..source.edit import Mended, read_unmarked, with_fixes, write_mended
from ..source.whole_files import refusing, scratch_folder
from .copies import copy_release
from .review import review

_ROUNDS = 20


def mend(folder: Path) -> tuple[Mended, ...]:
    """The files that the fixes change, before and after them; the release itself is not written.

    Raises WrongCall where the release cannot be copied.
    """
    with scratch_folder() as place:
        copy = place / folder.resolve().name
        with refusing(copy):
            copy_release(folder, copy)
            for beside in release_folders(folder.resolve().parent):  # it may ask for values of these
                if beside.name != copy.name:
                    (place / beside.name).symlink_to(beside.resolve())
        changed: set[Path] = set()
        for _ in range(_ROUNDS):
            fixes: dict[str, list[Fix]] = {}
            for problem in review(copy):
                if problem.fix:
                    fixes.setdefault(problem.fix.place.source.path, []).append(problem.fix)
            texts = {name: of_file[0].place.source.text for name, of_file in fixes.items()}
            write_mended(Mended(Path(name), text, with_fixes(text, fixes[name])) for name, text in texts.items())
            if not fixes:
                break
            changed.update(Path(name).resolve().relative_to(copy.resolve()) for name in fixes)
        files = ((folder / path, copy / path) for path in sorted(changed))
        return tuple(Mended(file, read_unmarked(file), read_unmarked(mended)) for file, mended in files)
