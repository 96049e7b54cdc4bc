"""Runs the command line in a separate process, as a user does; most are forked from one that has imported it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .forked import Server
from .programmes import ROOT
from .published import validator

COMMAND = [sys.executable, "-m", "charter.cli"]
_AT_START = ("PYTHON", "LC_", "LANG", "PATH", "HOME")  #: names in the environment that count when a process begins


def charter(
    *words: str | Path, cwd: Path = ROOT, input: bytes | None = None, env: Mapping[str, str] = {}, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run `charter WORDS` with `env` added to the environment; a traceback or exit code 70 fails the test.

    `timeout` is in seconds. CHARTER_PROGRAM of the environment is left out.
    """
    environment = {name: value for name, value in os.environ.items() if name != "CHARTER_PROGRAM"}
    environment |= {"NO_COLOR": "1", **env}
    command = [*COMMAND, *map(str, words)]
    if any(name.startswith(_AT_START) for name in env):
        done = subprocess.run(
            command, cwd=cwd, input=input, env=environment, capture_output=True, timeout=timeout, check=False
        )
        code, out, err = done.returncode, done.stdout, done.stderr
    else:
        code, out, err = server(environment).run(["charter", *map(str, words)], cwd, environment, input, timeout)
    stdout, stderr = out.decode(), err.decode()
    assert "Traceback" not in stderr, stderr
    assert code != 70, stderr
    return subprocess.CompletedProcess(command, code, stdout, stderr)


_SERVERS: list[Server] = []


def server(environment: Mapping[str, str]) -> Server:
    """The process that calls without an environment of their own are forked from; another after one that hung."""
    if not _SERVERS or _SERVERS[-1].process.poll() is not None:
        _SERVERS.append(Server(environment))
    return _SERVERS[-1]


def charter_json(*words: str | Path, schema: str, code: int = 0) -> dict[str, Any]:
    """The JSON that `charter WORDS` writes, valid by a published schema; it ends with the exit code `code`."""
    done = charter(*words, "--format", "json")
    assert done.returncode == code, done.stderr + done.stdout
    data: dict[str, Any] = json.loads(done.stdout)
    validator(schema).validate(data)
    return data
