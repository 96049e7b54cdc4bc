"""Watching: a real process that answers again when a file is saved, until it is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest

from .programmes import edit, with_a_scenario


@pytest.mark.parametrize(
    ("command", "first", "then"),
    [("check", "no problems", "1 error"), ("test", "1 as expected, 0 not", "error[unknown-name]")],
)
def test_a_saved_file_is_answered_at_once(tmp_path: Path, command: str, first: str, then: str) -> None:
    release = with_a_scenario(tmp_path)
    process = subprocess.Popen(
        [Path(sys.executable).parent / "charter", command, release, "--watch"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    lines: Queue[str] = Queue()
    reader = Thread(target=lambda: [lines.put(line) for line in process.stdout])
    reader.start()
    try:
        _until(lines, first)
        _until(lines, "watching")
        edit(release, "tiers.yaml", "people >= enough", "poeple >= enough")
        _until(lines, then)
        _until(lines, "watching")
        edit(release, "tiers.yaml", "poeple >= enough", "people >= enough")
        _until(lines, first)
    finally:
        process.send_signal(signal.SIGINT)
        ended = process.wait(20)
        reader.join(20)
        process.stdout.close()
    assert ended == -signal.SIGINT


def _until(lines: Queue[str], wanted: str) -> None:
    """Read on to a line that holds the words; the queue gives up after a while, and so does the test."""
    while wanted not in lines.get(timeout=60):
        pass
