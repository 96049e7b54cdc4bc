"""Watch: a command run again whenever a file under a folder is saved, until it is interrupted."""

import gc
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import typer

_PAUSE = 0.1  #: seconds between two looks at the files


def watched(folder: Path, run: Callable[[], None]) -> NoReturn:
    """Run, and again after each change; what a run ends with is no end here."""
    gc.enable()  # a watch may go on for days
    while True:
        before = _state(folder)
        with suppress(typer.Exit):
            run()
        sys.stderr.write(f"-- watching {folder}; Ctrl-C ends --\n")
        sys.stderr.flush()
        while _state(folder) == before:
            time.sleep(_PAUSE)


def _state(folder: Path) -> dict[str, tuple[int, int]]:
    """What tells that a file was saved: its time and size."""
    found = {}
    for path in folder.rglob("*"):
        try:
            about = path.stat()
        except OSError:  # gone between the two looks
            continue
        found[str(path)] = (about.st_mtime_ns, about.st_size)
    return found
