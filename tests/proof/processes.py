"""The command as a user runs it, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ..programmes import ROOT
from ..published import validator


def charter(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """What a call comes to."""
    environment = {**os.environ, "NO_COLOR": "1"}
    environment.pop("CHARTER_PROGRAM", None)
    command = [sys.executable, "-m", "charter.cli", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


def answered(*words: str | Path, schema: str, code: int = 0) -> dict[str, Any]:
    """The JSON that a call writes, which the published schema allows."""
    done = charter(*words, "--format", "json")
    assert done.returncode == code, done.stderr + done.stdout
    data: dict[str, Any] = json.loads(done.stdout)
    validator(schema).validate(data)
    return data
