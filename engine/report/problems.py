"""Problems as text for people: the place, the message, the line with the place marked, the help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ..problems import Level, Place, Problem
from .terminal import Style, without_style

_STYLES = {Level.ERROR: "bad", Level.WARNING: "open", Level.NOTE: "dim"}


def problems_text(problems: Iterable[Problem], style: Style = without_style) -> str:
    """The problems as text, one after the other; empty where there are none."""
    return "".join(_problem(problem, style) for problem in problems)


def tally(problems: Sequence[Problem]) -> str:
    """'no problems', '2 errors, 1 warning'."""
    counts = Counter(problem.level for problem in problems)
    counted = [f"{count} {level.value}{'s' if count > 1 else ''}" for level in Level if (count := counts[level])]
    return ", ".join(counted) or "no problems"


def _problem(problem: Problem, style: Style) -> str:
    place = problem.place
    code = style(f"{problem.level.value}[{problem.code}]", _STYLES[problem.level])
    if place is None:
        lines = [f"{code}  {problem.message}"]
    elif not place.source.text:
        lines = [f"{place.source.path}  {code}  {problem.message}"]
    else:
        lines = [f"{place.where}  {code}  {problem.message}", *_excerpt(place, problem.level, style)]
    lines += [f"   {related.place.where}  {related.message}" for related in problem.related]
    if problem.help:
        lines.append(f"   help: {problem.help}")
    return "\n".join(lines) + "\n"


def _excerpt(place: Place, level: Level, style: Style) -> list[str]:
    """The line, cut to 100 characters around the place, and under it a mark below the place."""
    begin = max(0, place.column - 60)
    text = _visible(place.line_text)[begin : begin + 100]
    width = max(1, min(place.width, len(text) - (place.column - 1 - begin)))
    mark = style("^" * width, _STYLES[level])
    return [f"{place.line:>5} | {text}", f"{'':5} | {'':{place.column - 1 - begin}}{mark}"]


def _visible(line: str) -> str:
    """The line with each character that is not printable replaced: a tab by a space, any other by U+FFFD."""
    line = line.replace("\t", " ")
    return "".join(character if character.isprintable() else "\ufffd" for character in line)
