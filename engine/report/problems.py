"""Problems as text for people: the place, the sentence, the line with the place marked, the way out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ..problems import Level, Place, Problem
from .terminal import Style, without_style

_STYLES = {Level.ERROR: "bad", Level.WARNING: "open", Level.NOTE: "dim"}


def problems_text(problems: Iterable[Problem], style: Style = without_style) -> str:
    """Every problem as a paragraph of its own."""
    return "".join(_problem(problem, style) for problem in problems)


def tally(problems: Sequence[Problem]) -> str:
    """'no problems', '2 errors, 1 warning'."""
    counts = Counter(problem.level for problem in problems)
    told = [f"{count} {level.value}{'s' if count > 1 else ''}" for level in Level if (count := counts[level])]
    return ", ".join(told) or "no problems"


def _problem(problem: Problem, style: Style) -> str:
    place = problem.place
    code = style(f"{problem.level.value}[{problem.code}]", _STYLES[problem.level])
    if place is None:
        lines = [f"{code}  {problem.message}"]
    elif not place.source.text:
        lines = [f"{place.source.path}  {code}  {problem.message}"]
    else:
        lines = [
            f"{place.where}  {code}  {problem.message}",
            *_excerpt(place, problem.level, style),
        ]
    for other in problem.related:
        lines.append(f"   {other.place.where}  {other.message}")
    if problem.help:
        lines.append(f"   help: {problem.help}")
    return "\n".join(lines) + "\n"


def _excerpt(place: Place, level: Level, style: Style) -> list[str]:
    """The line, cut to what fits around the place, and a mark under the place."""
    begin = max(0, place.column - 60)
    text = _visible(place.line_text)[begin : begin + 100]
    width = max(1, min(place.width, len(text) - (place.column - 1 - begin)))
    mark = style("^" * width, _STYLES[level])
    return [f"{place.line:>5} | {text}", f"{'':5} | {'':{place.column - 1 - begin}}{mark}"]


def _visible(line: str) -> str:
    """The line with what would disturb a terminal made harmless, one character for one."""
    return "".join(
        character if character.isprintable() else " " if character == "\t" else "\ufffd" for character in line
    )
