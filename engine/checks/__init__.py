"""Checks: what is odd about a release that can be used. Each is a function of the files and the release."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..problems import Problem
from ..release import Release, ReleaseFiles
from .attainable import attainable
from .conditions import conditions
from .figures import figures
from .letters import letters
from .mentions import mentions

CHECKS: tuple[Callable[[ReleaseFiles, Release], Iterable[Problem]], ...] = (
    attainable,
    conditions,
    figures,
    letters,
    mentions,
)
