"""Tells what was changed in the files of a release after it was sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..problems import Place, Problem, Source
from ..source.canonical import CanonicalForm, canonical
from ..source.differences import NOTHING, Pairing, Policy, ValueDifference, differences
from ..source.document import Document, shown

_HELP = "put it back as it was; a change of a sealed release is a new release: charter new"

_FORM = CanonicalForm.IN_ORDER
_PARTS = Policy(Pairing.EQUAL_LENGTH)


def seal_changes(folder: Path, sealed: Mapping[str, Document], now: Mapping[str, Document]) -> Iterator[Problem]:
    """A problem for each changed part, at its place."""
    for kind in dict.fromkeys((*sealed, *now)):
        if kind not in now or kind not in sealed:
            place = Place(Source(shown(folder / f"{kind}.yaml"), ""), 0, 0)
            message = f"the file is {'new' if kind in now else 'gone'} since the release was sealed"
            yield Problem("sealed-changed", message, place, _HELP)
        elif canonical(sealed[kind].data, _FORM) != canonical(now[kind].data, _FORM):
            differing = list(differences(sealed[kind].data, now[kind].data, _PARTS))
            for difference in differing:
                was, is_now = _in_words(difference)
                message = f"'{'.'.join(map(str, difference.keys))}' {is_now}; the sealed release {was}"
                yield Problem("sealed-changed", message, now[kind].value_place(difference.keys), _HELP)
            if not differing:
                message = "the parts stand in another order than in the sealed release"
                yield Problem("sealed-changed", message, now[kind].place(()), _HELP)


def _in_words(difference: ValueDifference) -> tuple[str, str]:
    """What the message says of a part in the sealed release, and of the part now."""
    if difference.before is NOTHING:
        return "has it not", "is new"
    if difference.after is NOTHING:
        return "has it", "is gone"
    return f"says {_shortened(difference.before)}", f"is {_shortened(difference.after)}"


def _shortened(data: Any) -> str:
    """The canonical text of data, of at most 60 characters."""
    text = str(data).lower() if isinstance(data, bool) else canonical(data, _FORM)
    return text if len(text) <= 60 else f"{text[:59]}…"
