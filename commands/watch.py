"""Runs a command again whenever a file under a folder is saved, until it is interrupted."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import typer
from charter.engine.texts.visible import visible

from .console import write_message

_PAUSE = 0.1  #: seconds between two checks of the files


def run_on_changes(folder: Path, run: Callable[[], None]) -> NoReturn:
    """Call `run` now and after each change of a file; the exit code of a run does not end the watch."""
    while True:
        before = _state(folder)
        with suppress(typer.Exit):
            run()
        write_message(f"-- watching {visible(str(folder))}; Ctrl-C ends --\n")
        while _state(folder) == before:
            time.sleep(_PAUSE)


def _state(folder: Path) -> dict[str, tuple[int, int]]:
    """The time in nanoseconds and the size in bytes of each file, by path."""
    state = {}
    for path in folder.rglob("*"):
        try:
            status = path.stat()
        except OSError:  # deleted since it was listed
            continue
        state[str(path)] = (status.st_mtime_ns, status.st_size)
    return state
