"""A plugin of pytest: says under which test each line of the engine runs, in processes that a test starts too.

Used with `-p contexts` under coverage.py. The test's id is the context of what is measured: in this process by a
switch, in its children by CHARTER_TEST, which their configuration of coverage.py names as theirs. What passed, and in
how many seconds, goes into the file CHARTER_TESTS.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from pathlib import Path

import coverage
import pytest

_PASSED: dict[str, float] = {}
_SET_UP: dict[str, float] = {}


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None]:
    """Measure one test under its own name."""
    measuring = coverage.Coverage.current()
    assert measuring is not None, "start this under COVERAGE_PROCESS_START"
    os.environ["CHARTER_TEST"] = item.nodeid
    measuring.switch_context(item.nodeid)
    yield
    os.environ["CHARTER_TEST"] = ""
    measuring.switch_context("")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep the seconds of a test that passed, with what its fixtures took."""
    if report.when == "setup" and report.passed:
        _SET_UP[report.nodeid] = report.duration
    elif report.when == "call" and report.passed:
        _PASSED[report.nodeid] = round(_SET_UP.get(report.nodeid, 0.0) + report.duration, 3)


def pytest_sessionfinish() -> None:
    """Write what passed."""
    Path(os.environ["CHARTER_TESTS"]).write_text(json.dumps(_PASSED), "utf-8")
