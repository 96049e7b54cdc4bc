"""What may be written for a fact, a field or a term, in words of one language: for people who fill it in."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal

from ..language.words import words
from ..programme.model import Fact, Programme, pick
from ..source.scalars import plain_scalar
from ..texts.texts import texts_in
from ..values import Kind, plain

_PLAIN = re.compile(r"\w[\w.-]*")


def title_of(fact: Fact, lang: str) -> str:
    """The title on one line; the id where there is none."""
    return " ".join(pick(fact.title, lang).split()) or fact.id


def kind_of(fact: Fact, lang: str) -> str:
    """Its kind with the unit and the bounds: 'a whole number (people), at most 5'."""
    say = texts_in(lang).INPUT
    told = say[f"write_{fact.kind.value}"]
    if fact.kind is Kind.MONEY and fact.currency:
        told = say["write_money_in" if fact.currency.isupper() else "write_money_by"].format(currency=fact.currency)
    unit = f" ({' '.join(pick(fact.unit, lang).split())})" if fact.unit else ""
    return told + unit + _bounds(fact, lang)


def default_words(fact: Fact, lang: str) -> str | None:
    """What counts where nothing is written, if anything does: 'if left out, 0 counts'."""
    counts = fact.default_from if fact.default is None else written(fact.default)
    return None if counts is None else texts_in(lang).INPUT["if_left_out"].format(value=counts)


def options_of(fact: Fact, lang: str) -> tuple[tuple[str, str], ...]:
    """The options of a choice, each as it is written and what it means."""
    return tuple((written(id), " ".join(pick(title, lang).split())) for id, title in fact.choices.items())


def term_title(programme: Programme, id: str, lang: str) -> str:
    """What a term that may be agreed is called: of a tier's own discount, that it is one."""
    value = programme.values[id]
    title = pick(value.title, lang)
    return f"{texts_in(lang).REPORT['base']}: {title}" if value.tier else title


def written(value: bool | Decimal | date | str) -> str:
    """A value as it is written in YAML.

    >>> written(True), written(Decimal("2.50")), written("north"), written("true"), written("a: b")
    ('true', '2.5', 'north', '"true"', '"a: b"')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    return (
        value
        if _PLAIN.fullmatch(value) and isinstance(plain_scalar(value), str)
        else json.dumps(value, ensure_ascii=False)
    )


def _bounds(fact: Fact, lang: str) -> str:
    """Without the percent sign and with a point, for so they are written."""
    low, high = (None if end is None else plain(end) for end in (fact.minimum, fact.maximum))
    if low is not None and high is not None:
        return f", {texts_in(lang).INPUT['from_to'].format(low=low, high=high)}"
    if low is None and high is None:
        return ""
    return f", {words.threshold('<=' if low is None else '>=', str(high if low is None else low), lang)}"
