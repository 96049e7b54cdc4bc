"""Titles, kinds, defaults and options of facts, fields and negotiable terms in words, for forms and JSON Schemas."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal

from ..language.words import words
from ..programme.model import NONE, Fact, ListFact, Programme, pick
from ..programme.owners import OwnerKind, Role
from ..source.scalars import plain_scalar
from ..texts.texts import texts_in
from ..values import Kind, plain

_PLAIN = re.compile(r"\w[\w.-]*")


def title_of(fact: Fact | ListFact, lang: str) -> str:
    """The title of a fact or a list on one line; its id where it has no title."""
    return " ".join(pick(fact.title, lang).split()) or fact.id


def kind_of(fact: Fact, lang: str) -> str:
    """The kind of the fact with its unit and bounds: 'a whole number (people), at most 5'."""
    say = texts_in(lang).INPUT
    kind = say[f"write_{fact.kind.value}"]
    if fact.kind is Kind.MONEY and fact.currency:
        kind = say["write_money_in" if fact.currency.isupper() else "write_money_by"].format(currency=fact.currency)
    unit = f" ({' '.join(pick(fact.unit, lang).split())})" if fact.unit else ""
    none = say["or_none"].format(word=NONE, text=" ".join(pick(fact.none, lang).split())) if fact.none else ""
    return kind + unit + _bounds(fact, lang) + none


def default_words(fact: Fact, lang: str) -> str | None:
    """The default in words: 'if left out, 0 counts'; None where the fact has no default."""
    counts = fact.default_from if fact.default is None else yaml_text(fact.default)
    return None if counts is None else texts_in(lang).INPUT["if_left_out"].format(value=counts)


def options_of(fact: Fact, lang: str) -> tuple[tuple[str, str], ...]:
    """The options of a choice: each id as YAML text, and its title on one line."""
    return tuple((yaml_text(id), " ".join(pick(title, lang).split())) for id, title in fact.choices.items())


def term_title(programme: Programme, id: str, lang: str) -> str:
    """The title of a term that may be agreed, with its tier where it has one; the id of one without a title."""
    value = programme.values[id]
    title = pick(value.title, lang) if value.title else id
    if value.role is Role.DISCOUNT_BASE:  # whose title is that of the tier
        return f"{texts_in(lang).REPORT['base']}: {title}"
    if value.owner.kind is OwnerKind.TIER:
        return f"{pick(programme.tiers[value.owner.id].title, lang)}: {title}"
    return title


def yaml_text(value: bool | Decimal | date | str) -> str:
    """A value as YAML text.

    >>> yaml_text(True), yaml_text(Decimal("2.50")), yaml_text("north"), yaml_text("true"), yaml_text("a: b")
    ('true', '2.5', 'north', '"true"', '"a: b"')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    is_plain = _PLAIN.fullmatch(value) and isinstance(plain_scalar(value), str)
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def _bounds(fact: Fact, lang: str) -> str:
    """The bounds of a fact as they are written in YAML: without a percent sign, with a decimal point."""
    low, high = (None if end is None else plain(end) for end in (fact.minimum, fact.maximum))
    if low is not None and high is not None:
        return f", {texts_in(lang).INPUT['from_to'].format(low=low, high=high)}"
    if low is None and high is None:
        return ""
    return f", {words.threshold('<=' if low is None else '>=', str(high if low is None else low), lang)}"
