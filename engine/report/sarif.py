"""Problems as SARIF 2.1.0, the format that code scanning and editors read."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from ..evaluate.outcome_json import Json
from ..problems import Fix, Place, Problem
from ..version import VERSION


def sarif_data(problems: Sequence[Problem], here: Path) -> Json:
    """One run with a result for each problem; `here` is the folder that relative paths start from."""
    codes = list(dict.fromkeys(problem.code for problem in problems))
    seen: Counter[str] = Counter()
    driver = {"name": "charter", "version": VERSION, "rules": [_rule(code, problems) for code in codes]}
    results = [_result(problem, codes.index(problem.code), here, seen) for problem in problems]
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _rule(code: str, problems: Sequence[Problem]) -> Json:
    level = next(problem.level for problem in problems if problem.code == code)
    words = code.replace("-", " ")
    return {"id": code, "shortDescription": {"text": words}, "defaultConfiguration": {"level": level.value}}


def _result(problem: Problem, index: int, here: Path, seen: Counter[str]) -> Json:
    text = f"{problem.message}\nhelp: {problem.help}" if problem.help else problem.message
    related = [{**_location(related.place, here), "message": {"text": related.message}} for related in problem.related]
    return {
        "ruleId": problem.code,
        "ruleIndex": index,
        "level": problem.level.value,
        "message": {"text": text},
        "locations": [_location(problem.place, here)] if problem.place else [],
        "partialFingerprints": {"charter/v1": _fingerprint(problem, here, seen)},
        **({"relatedLocations": related} if related else {}),
        **({"fixes": [_fix(problem.fix, here)]} if problem.fix else {}),
    }


def _fix(fix: Fix, here: Path) -> Json:
    """The replacement of a place, which may extend over several lines, by a text."""
    source, _, end = fix.place
    last = Place(source, end, end)
    start = {"startLine": fix.place.line, "startColumn": fix.place.column}
    region = {**start, "endLine": last.line, "endColumn": last.column}
    file = {"uri": _uri(source.path, here)}
    replacement = {"deletedRegion": region, "insertedContent": {"text": fix.text}}
    return {"artifactChanges": [{"artifactLocation": file, "replacements": [replacement]}]}


def _location(place: Place, here: Path) -> Json:
    where: Json = {"artifactLocation": {"uri": _uri(place.source.path, here)}}
    if place.source.text:
        end = place.column + place.width
        where["region"] = {"startLine": place.line, "startColumn": place.column, "endColumn": end}
    return {"physicalLocation": where}


def _uri(path: str, here: Path) -> str:
    """The path as a URI: relative where it is below `here`, else absolute."""
    whole = Path(os.path.normpath(here / path))
    below = whole.is_relative_to(here)
    name = (whole.relative_to(here) if below else whole).as_posix()
    try:
        written = os.fsencode(name)
    except UnicodeEncodeError:  # no file can have this name
        written = name.encode("utf-8", "surrogatepass")
    return quote(written) if below else f"file://{quote(written)}"


def _fingerprint(problem: Problem, here: Path, seen: Counter[str]) -> str:
    """A hash of the problem's code, message, file and text of the line; the number of the line does not change it.

    `seen` counts equal problems, which get different hashes.
    """
    place = problem.place
    where = [_uri(place.source.path, here), place.line_text.strip()] if place else []
    own = "\n".join([problem.code, problem.message, *where])
    seen[own] += 1
    return sha256(f"{own}\n{seen[own]}".encode("utf-8", "surrogatepass")).hexdigest()
