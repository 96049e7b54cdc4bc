"""Checks: what is odd about a release that can be used. Each is a function of what is reviewed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..bounded import known_bounds
from ..problems import Problem
from ..programme import Programme
from ..release import ReleaseFiles
from .attainable import attainable
from .conditions import conditions
from .figures import figures
from .letters import letters
from .mentions import mentions
from .reviewed import Reviewed

CHECKS: tuple[Callable[[Reviewed], Iterable[Problem]], ...] = (
    attainable,
    conditions,
    figures,
    letters,
    mentions,
)


def check_all(files: ReleaseFiles, programme: Programme) -> Iterator[Problem]:
    """All that the checks say of a release, by the files and the programme that they are."""
    reviewed = Reviewed(files, programme, known_bounds(programme, agreements=True))
    for check in CHECKS:
        yield from check(reviewed)
