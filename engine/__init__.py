"""Charter's interpreter: a partner programme in YAML, and what it says of a partner.

Read in this order: `problems` and `values` (what everything shares), `language` (an expression and its readers),
`document` (load), `shape` (check against the schemas), `programme` and `compile` (a release as values), `record`,
`outcome` and `evaluate`, `explain`, `report`, and `release`, which puts them together.
"""

from .evaluate.outcome import Outcome
from .problems import Invalid, InvalidInput, InvalidProgramme, Level, Place, Problem, WrongCall
from .release.load import Release, load
from .source.document import Document, file_bytes, read_bytes
from .version import VERSION

__all__ = [
    "VERSION",
    "Document",
    "Invalid",
    "InvalidInput",
    "InvalidProgramme",
    "Level",
    "Outcome",
    "Place",
    "Problem",
    "Release",
    "WrongCall",
    "file_bytes",
    "load",
    "read_bytes",
]
