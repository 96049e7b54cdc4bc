"""Problems as workflow commands of GitHub Actions, which shows each at its line in a pull request."""

from collections.abc import Iterable

from ..problems import Level, Problem
from ..texts.visible import visible, visible_lines

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}
_IN_TEXT = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def annotations(problems: Iterable[Problem], tally: str) -> str:
    """A command a line for each problem, and the tally as a plain last line."""
    return "".join(f"{_command(problem)}\n" for problem in problems) + f"{visible_lines(visible(tally))}\n"


def _command(problem: Problem) -> str:
    place, properties = problem.place, {"title": problem.code}
    if place and place.source.text:
        position = {"line": place.line, "col": place.column, "endColumn": place.column + place.width}
        properties = {"file": place.source.path, **{key: str(number) for key, number in position.items()}, **properties}
    elif place:
        properties = {"file": place.source.path, **properties}
    written = ",".join(f"{key}={visible(text).translate(_IN_PROPERTY)}" for key, text in properties.items())
    text = visible(problem.message) + (f"\nhelp: {visible(problem.help)}" if problem.help else "")
    return f"::{_COMMANDS[problem.level]} {written}::{text.translate(_IN_TEXT)}"
