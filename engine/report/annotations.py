"""Problems as workflow commands of GitHub Actions, which shows each at its line in a pull request."""

from collections.abc import Iterable

from ..problems import Level, Problem

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}
_IN_TEXT = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def annotations(problems: Iterable[Problem], tally: str) -> str:
    """A command a line for each problem, and the tally as a plain last line."""
    return "".join(f"{_command(problem)}\n" for problem in problems) + " ".join(tally.splitlines()) + "\n"


def _command(problem: Problem) -> str:
    place, properties = problem.place, {"title": problem.code}
    if place and place.source.text:
        position = {"line": place.line, "col": place.column, "endColumn": place.column + place.width}
        properties = {"file": place.source.path, **{key: str(number) for key, number in position.items()}, **properties}
    elif place:
        properties = {"file": place.source.path, **properties}
    written = ",".join(f"{key}={text.translate(_IN_PROPERTY)}" for key, text in properties.items())
    text = f"{problem.message}\nhelp: {problem.help}" if problem.help else problem.message
    return f"::{_COMMANDS[problem.level]} {written}::{text.translate(_IN_TEXT)}"
