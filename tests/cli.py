"""Runs the command line in a separate process, as a user does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .programmes import ROOT
from .published import validator

COMMAND = [sys.executable, "-m", "charter.cli"]


def charter(
    *words: str | Path, cwd: Path = ROOT, input: bytes | None = None, env: Mapping[str, str] = {}, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run `charter WORDS` with `env` added to the environment; a traceback or exit code 70 fails the test.

    `timeout` is in seconds. CHARTER_PROGRAM of the environment is left out.
    """
    environment = {name: value for name, value in os.environ.items() if name != "CHARTER_PROGRAM"}
    environment |= {"NO_COLOR": "1", **env}
    command = [*COMMAND, *map(str, words)]
    done = subprocess.run(
        command, cwd=cwd, input=input, env=environment, capture_output=True, timeout=timeout, check=False
    )
    stdout, stderr = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in stderr, stderr
    assert done.returncode != 70, stderr
    return subprocess.CompletedProcess(command, done.returncode, stdout, stderr)


def charter_json(*words: str | Path, schema: str, code: int = 0) -> dict[str, Any]:
    """The JSON that `charter WORDS` writes, valid by a published schema; it ends with the exit code `code`."""
    done = charter(*words, "--format", "json")
    assert done.returncode == code, done.stderr + done.stdout
    data: dict[str, Any] = json.loads(done.stdout)
    validator(schema).validate(data)
    return data
