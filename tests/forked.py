"""Runs the command line in processes that are forked from one which has imported it: each call begins at once.

A process has its own arguments, folder, input and output, and ends as charter ends.
The environment is that of the tests.
"""

from __future__ import annotations

import atexit
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

_SERVER = """
import io, json, os, sys
import charter.cli, charter.api
import jsonschema, simplejson, yaml

for line in sys.stdin:
    call = json.loads(line)
    child = os.fork()
    if child == 0:
        break
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
else:
    sys.exit()
os.chdir(call["folder"])
os.environ.clear()
os.environ.update(call["environment"])
for number, path in enumerate(call["files"]):
    opened = os.open(path, os.O_RDWR) if path else 1
    os.dup2(opened, number)
    if path:
        os.close(opened)
sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False), line_buffering=False)
sys.argv = call["words"]
charter.cli.main()
"""


class Server:
    """One process that forks another for each call; calls follow each other."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _SERVER],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(environment), start_new_session=True, text=True,
        )  # fmt: skip
        atexit.register(self.end)

    def end(self) -> None:
        """End the server, and a call that still runs."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def run(
        self,
        words: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        input: bytes | None,
        timeout: float,
        *,
        apart: bool = True,
    ) -> tuple[int, bytes, bytes]:
        """The exit code, stdout and stderr of a call; raises TimeoutExpired after so many seconds.

        If they are not to be kept apart, stdout has both, as they are written.
        """
        with tempfile.TemporaryDirectory() as place:
            files = [Path(place, name) for name in ("in", "out", "err")]
            for file, content in zip(files, (input or b"", b"", b""), strict=True):
                file.write_bytes(content)
            call = {"words": list(words), "folder": str(folder), "environment": dict(environment)}
            call["files"] = [str(file) if apart or file.name != "err" else None for file in files]
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            self.process.stdin.write(json.dumps(call) + "\n")
            self.process.stdin.flush()
            with selectors.DefaultSelector() as selector:
                selector.register(self.process.stdout, selectors.EVENT_READ)
                if not selector.select(timeout):
                    self.end()
                    raise subprocess.TimeoutExpired(list(words), timeout)
            code = int(self.process.stdout.readline())
            return code, files[1].read_bytes(), files[2].read_bytes()
