"""Problems as text for people: the place, the message, the line with the place marked, the help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ..problems import Level, Place, Problem
from ..texts.visible import visible, visible_characters
from .terminal import Style, without_style

SHOWN = 100  #: problems that are written to a terminal; of further ones only the counts are
_RELATED = 10  #: places that a problem concerns besides its own, of which further ones are only counted
_STYLES = {Level.ERROR: "bad", Level.WARNING: "open", Level.NOTE: "dim"}


def problems_text(problems: Iterable[Problem], style: Style = without_style, most: int | None = None) -> str:
    """The problems as text, one after the other; empty where there are none.

    Of more than `most` only so many are written, the worst first, and the rest counted by code; None writes all.
    """
    problems = list(problems)
    rest: list[Problem] = []
    if most is not None and len(problems) > most:
        problems = [problem for level in Level for problem in problems if problem.level is level]
        problems, rest = problems[:most], problems[most:]
    return "".join(_problem(problem, style) for problem in problems) + (_counts(rest) if rest else "")


def _counts(problems: Sequence[Problem]) -> str:
    """'204 more are not shown: 3 error[unknown-name], 201 warning[unused-fact]'."""
    counts = Counter(f"{problem.level.value}[{problem.code}]" for problem in problems)
    counted = ", ".join(f"{count} {code}" for code, count in counts.items())
    return f"{len(problems)} more are not shown: {counted}\n"


def tally(problems: Sequence[Problem]) -> str:
    """'no problems', '2 errors, 1 warning'."""
    counts = Counter(problem.level for problem in problems)
    counted = [f"{count} {level.value}{'s' if count > 1 else ''}" for level in Level if (count := counts[level])]
    return ", ".join(counted) or "no problems"


def _problem(problem: Problem, style: Style) -> str:
    place, message = problem.place, visible(problem.message)
    code = style(f"{problem.level.value}[{problem.code}]", _STYLES[problem.level])
    if place is None:
        lines = [f"{code}  {message}"]
    elif not place.source.text:
        lines = [f"{visible(place.source.path)}  {code}  {message}"]
    else:
        lines = [f"{visible(place.where)}  {code}  {message}", *_excerpt(place, problem.level, style)]
    for related in problem.related[:_RELATED]:
        lines.append(f"   {visible(related.place.where)}  {visible(related.message)}")
    if len(problem.related) > _RELATED:
        lines.append(f"   … and {len(problem.related) - _RELATED} more places")
    if problem.help:
        lines.append(f"   help: {visible(problem.help)}")
    return "\n".join(lines) + "\n"


def _excerpt(place: Place, level: Level, style: Style) -> list[str]:
    """The line, cut to 100 characters around the place, and under it a mark below the place."""
    first = max(0, place.column - 60)
    characters = visible_characters(place.line_text.replace("\t", " ")[first : first + 100])
    before = "".join(characters[: place.column - 1 - first])
    marked = "".join(characters[place.column - 1 - first :][: place.width])
    mark = style("^" * max(1, len(marked)), _STYLES[level])
    return [f"{place.line:>5} | {''.join(characters)}", f"{'':5} | {'':{len(before)}}{mark}"]
