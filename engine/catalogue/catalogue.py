"""Reads the catalogue of problems: what each code means, in Russian and English, with a wrong and a right example.

The entries are the YAML files of this folder; `{MAX_DEPTH}` in a text stands for the number of that limit. A code never
gets another meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from ..limits import filled
from ..problems import Level, Problem, WrongCall, did_you_mean
from ..programme.model import Texts
from ..source.document import file_bytes, read_bytes

_FOLDER = Path(__file__).parent


class CatalogueEntry(NamedTuple):
    """What one code means and what to do about it.

    `wrong` and `right` are texts of `file` with and without the problem; where `file` is empty, they are commands for a
    shell in the folder that holds the release. `command` is the subcommand of charter that finds the problem.
    """

    code: str
    level: Level
    title: Texts
    text: Texts
    file: str
    wrong: str
    right: str
    command: str


@cache
def catalogue() -> Mapping[str, CatalogueEntry]:
    """Every entry by its code, in alphabetical order."""
    entries: dict[str, CatalogueEntry] = {}
    for path in sorted(_FOLDER.glob("*.yaml")):
        document, _ = read_bytes(file_bytes(path), path.name)
        data: Any = document.data if document else {}
        entries |= {code: _entry(code, written) for code, written in data.items()}
    return MappingProxyType(dict(sorted(entries.items())))


def entry(code: str) -> CatalogueEntry:
    """The entry of a code; raises WrongCall where there is none."""
    entries = catalogue()
    if code not in entries:
        message = f"'{code}' is not the code of a problem"
        help = did_you_mean(code, entries) or "'charter explain' lists them all"
        raise WrongCall([Problem("unknown-code", message, None, help)])
    return entries[code]


def _entry(code: str, written: dict[str, Any]) -> CatalogueEntry:
    texts = {
        key: MappingProxyType({lang: filled(text.strip(), lang) for lang, text in written[key].items()})
        for key in ("title", "text")
    }
    examples = (written.get("file", ""), written["wrong"], written["right"], written.get("command", "check"))
    return CatalogueEntry(code, Level(written["level"]), texts["title"], texts["text"], *examples)
