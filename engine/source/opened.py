"""Opens files to read, so that no call waits for a pipe to which nothing writes."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

_PATIENCE = 5.0  #: seconds to wait for something to write to a pipe


def opened_file(path: Path) -> BinaryIO:
    """A regular file, opened; raises OSError for anything else: a folder, a pipe, a device."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise OSError("it is no file, but a pipe, a socket or a device")
    return path.open("rb")


def opened_stream(path: Path) -> BinaryIO:
    """A file, a device or a pipe, opened; raises OSError where nothing writes to the pipe for some seconds."""
    if not stat.S_ISFIFO(path.stat().st_mode):
        return path.open("rb")
    from concurrent.futures import ThreadPoolExecutor  # slow to load, and pipes are few

    with ThreadPoolExecutor(1) as executor:
        waiting = executor.submit(path.open, "rb")
        try:
            return waiting.result(_PATIENCE)
        except TimeoutError:
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))  # ends the waiting
            waiting.result().close()
            raise OSError("it is a pipe, and nothing writes to it") from None
