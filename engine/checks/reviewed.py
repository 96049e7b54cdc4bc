"""What every check looks at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..language.bounds import Bounds
from ..programme import Programme
from ..release import ReleaseFiles


class Reviewed(NamedTuple):
    """A release that can be used: its files, what they say, and the bounds of its values whatever is agreed."""

    files: ReleaseFiles
    programme: Programme
    known: Mapping[str, Bounds]
