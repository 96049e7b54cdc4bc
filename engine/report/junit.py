"""Files and scenarios with their problems as JUnit XML, which CI systems show as tests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from ..problems import Level, Problem
from ..review.findings import ScenarioRun, not_reached, reaches, scenario_differences, unnoticed
from ..source.document import shown
from ..texts.visible import visible, visible_lines
from .problems import problems_text

#: What XML cannot hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Case(NamedTuple):
    """One test of a CI system: its name, its group, the file and the line of its source, and its problems."""

    name: str
    group: str
    file: str | None
    line: int | None
    problems: tuple[Problem, ...]


def file_cases(files: Iterable[str], problems: Iterable[Problem]) -> list[Case]:
    """A case for each of `files` and each file with a problem, grouped by folder; one for problems without a file."""
    by_file: dict[str | None, list[Problem]] = {path: [] for path in files}
    for problem in problems:
        by_file.setdefault(problem.place.source.path if problem.place else None, []).append(problem)
    return [
        Case(path or "charter", str(Path(path).parent) if path else "charter", path, None, tuple(problems))
        for path, problems in by_file.items()
    ]


def scenario_cases(ran: ScenarioRun) -> list[Case]:
    """A case for each scenario, in the group of its file; one for parts not reached, and one for mutants if tried."""
    cases = []
    for result in ran.results:
        place = result.scenario.place
        path, problems = place.source.path, scenario_differences(result)
        cases.append(Case(result.scenario.id, path, path, place.line, problems))
    folder = shown(ran.files.folder)
    cases.append(Case("everything is reached", folder, None, None, not_reached(ran)))
    if ran.tried:
        cases.append(Case("every mutant is noticed", folder, None, None, unnoticed(ran)))
    return cases


def junit_xml(name: str, cases: Sequence[Case], level: Level) -> str:
    """One suite; a case fails by problems of at least this level, and shows the others as its output."""
    root = ET.Element("testsuites")
    suite = ET.SubElement(root, "testsuite", name=name)
    failures = [_case(suite, case, level) for case in cases]
    for element in (root, suite):
        element.attrib.update(tests=str(len(cases)), failures=str(sum(failures)), errors="0", skipped="0")
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written.decode() + "\n"


def _case(suite: ET.Element, case: Case, level: Level) -> bool:
    """Add a case to the suite; True where it fails."""
    about = {"name": case.name, "classname": case.group, "file": case.file, "line": case.line}
    attributes = {key: _writable(visible(str(value))) for key, value in about.items() if value is not None}
    element = ET.SubElement(suite, "testcase", attributes)
    bad = [problem for problem in case.problems if reaches(problem, level)]
    minor = [problem for problem in case.problems if not reaches(problem, level)]
    if bad:
        message = bad[0].message if len(bad) == 1 else f"{bad[0].message} (and {len(bad) - 1} more)"
        failure = ET.SubElement(element, "failure", message=_writable(visible(message)), type=bad[0].code)
        failure.text = _writable(problems_text(bad))
    if minor:
        ET.SubElement(element, "system-out").text = _writable(problems_text(minor))
    return bool(bad)


def _writable(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", visible_lines(text))
