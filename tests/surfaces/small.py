"""Small programmes that a surface once got wrong, each written as its author would."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from .programmes import HEAD, Files

_FACTS = "facts: {n: {title: {en: N}, kind: count}}"
_TIERS = "award: highest\ntiers: {gold: {title: {en: Gold}}}"
#: what a test that shows a fault may raise: a programme that is refused shows none
FAULTS = (AssertionError, pytest.fail.Exception, KeyError, TypeError, AttributeError, ValueError)


def small(**files: str) -> Files:
    """A programme of these files, in English, with one fact and one tier where they do not say otherwise."""
    written = {kind: yaml.safe_load(text) for kind, text in {"facts": _FACTS, "tiers": _TIERS, **files}.items()}
    head: dict[str, Any] = {**HEAD["programme"], "languages": ["en"], "title": {"en": "World"}}
    sections = {"all": {"title": {"en": "All"}}}
    clauses = {"sections": sections, "clauses": {"c": {"section": "all", "title": {"en": "A clause."}}}}
    return {"programme": head, "clauses": clauses, **written}


def known_fault(reason: str, *, strict: bool = True) -> pytest.MarkDecorator:
    """The mark of a test that fails because of a fault of a surface, told in one line."""
    return pytest.mark.xfail(strict=strict, raises=FAULTS, reason=reason)


OF_OWN_FACT = small(
    facts=f"{_FACTS}\nlists: {{deals: {{title: {{en: Deals}}, fields: {{k: {{title: {{en: K}}, kind: count}}}}}}}}",
    definitions="definitions: {d: {title: {en: D}, kind: count, take: sum, of: n, over: deals, source: [c]}}",
)
OF_AN_AGREEMENT = small(
    definitions="definitions: {d: {title: {en: D}, kind: count, value: 3, negotiable: {source: [c]}, source: [c]}}",
    tiers="""
tiers:
  gold:
    title: {en: Gold}
    requirements: {r: {title: {en: R}, rule: agreed('definitions.d'), source: [c]}}
""",
)
