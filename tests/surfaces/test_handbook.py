"""Two programmes of which a partner shows that they differ do not have the same handbook, in any language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from random import Random
from typing import Any

import pytest
from charter import Release, handbook

from .changes import CHANGES, FOR_NOBODY, changed, unlike
from .partners import Partner
from .programmes import Files, compiled
from .small import PAIRS
from .test_difference import shown_by
from .trials import MANY, each

#: changes of what a programme says to partners: not of how a record is read
TOLD = [kind for kind in CHANGES if kind not in (*FOR_NOBODY, "default")]
#: keys of facts that say how a record is read, which no handbook has to show
_READING = {"default", "default_from", "minimum", "maximum", "effort", "effort_for"}


def pages(release: Release) -> dict[str, str]:
    """The handbook in each language, without the digest of the release."""
    texts = {lang: handbook(release, lang=lang, format="markdown") for lang in release.programme.languages}  # type: ignore[arg-type]
    return {lang: text.replace(release.programme.digest, "") for lang, text in texts.items()}


def handbook_fault(kind: str, files: Files, chance: Random) -> str | None:
    """A change that a partner shows, and the handbook does not."""
    change = changed(files, chance, kind)
    if change is None or rules(files) == rules(change.files):
        return None
    before, after = compiled(files), compiled(change.files)
    same = [lang for lang, text in pages(before).items() if text == pages(after)[lang]]
    if not same:
        return None
    for path, _, shown in shown_by(before, after, change, chance):
        partner = shown[0] if isinstance(shown, tuple) else shown
        if not is_complete(partner, before):
            continue  # rules that come to the same may be decided by other facts
        page = f"the handbook is the same in {', '.join(same)}"
        return f"{kind}: {page}, and {path} differs for {partner}\n{unlike(files, change.files)}"
    return None


def is_complete(partner: Partner, release: Release) -> bool:
    """Whether a record states each fact, and each field of its items, that has no default."""
    programme, facts = release.programme, partner["facts"]
    needed = {id for id, fact in programme.facts.items() if fact.default is None} | {*programme.lists}
    items = [(id, item) for id in programme.lists for item in facts.get(id, ())]
    return needed <= facts.keys() and all(programme.lists[id].fields.keys() <= item.keys() for id, item in items)


def rules(files: Files) -> Any:
    """The files without what says how a record is read."""
    return _without(files, _READING)


def _without(data: Any, keys: set[str]) -> Any:
    if isinstance(data, Mapping):
        return {key: _without(part, keys) for key, part in data.items() if key not in keys}
    return [_without(part, keys) for part in data] if isinstance(data, list) else data


@pytest.mark.parametrize("kind", TOLD)
def test_what_a_partner_shows_is_in_the_handbook(kind: str) -> None:
    each(range(4), partial(handbook_fault, kind), share=0.3)


@pytest.mark.slow
@pytest.mark.parametrize("kind", TOLD)
def test_what_a_partner_shows_of_many_changes_is_in_the_handbook(kind: str) -> None:
    each(range(1000, 1000 + MANY), partial(handbook_fault, kind), share=0.3)


@pytest.mark.parametrize("name", [name for name in PAIRS if name != "default of a fact"])
def test_a_pair_of_programmes_has_two_handbooks(name: str) -> None:
    before, after = map(compiled, PAIRS[name])
    assert pages(before) != pages(after)
