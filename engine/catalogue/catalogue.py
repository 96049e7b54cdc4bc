"""The catalogue of problems: what each code means, with a wrong and a right example, in Russian and English.

The entries stand in the YAML files of this folder, where `{MAX_DEPTH}` in a text is the number of that limit. A code is
stable: it is never given another meaning.
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
    """One code: what it means and what to do; `wrong` stands in `file` where the problem is, `right` where it is not.

    `command` is what finds it, `charter check` if not another. Without a file, `wrong` and `right` are what is typed in
    a shell, in the folder that holds the release.
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
    """Every entry by its code, in order."""
    found: dict[str, CatalogueEntry] = {}
    for path in sorted(_FOLDER.glob("*.yaml")):
        document, _ = read_bytes(file_bytes(path), path.name)
        data: Any = document.data if document else {}
        found |= {code: _entry(code, one) for code, one in data.items()}
    return MappingProxyType(dict(sorted(found.items())))


def entry(code: str) -> CatalogueEntry:
    """The entry of a code; raises WrongCall where there is none."""
    known = catalogue()
    if code not in known:
        message = f"'{code}' is not the code of a problem"
        help = did_you_mean(code, known) or "'charter explain' lists them all"
        raise WrongCall([Problem("unknown-code", message, None, help)])
    return known[code]


def _entry(code: str, one: dict[str, Any]) -> CatalogueEntry:
    texts = {
        key: MappingProxyType({lang: filled(text.strip(), lang) for lang, text in one[key].items()})
        for key in ("title", "text")
    }
    examples = (one.get("file", ""), one["wrong"], one["right"], one.get("command", "check"))
    return CatalogueEntry(code, Level(one["level"]), texts["title"], texts["text"], *examples)
