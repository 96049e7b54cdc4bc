"""Statements, forms and schemas of random programmes can be written, and show no id or word of the language."""

from __future__ import annotations

import re
from random import Random
from typing import Any, Literal

import simplejson
from charter import form, schema, statement
from jsonschema import Draft202012Validator

from .partners import DAY, Partners
from .programmes import Files, compiled
from .trials import each, trials

LANGUAGES: tuple[Literal["en", "ru"], ...] = ("en", "ru")
FORMATS: tuple[Literal["text", "markdown", "html"], ...] = ("text", "markdown", "html")
#: what only expressions and ids of values have: a name with a point in it, a call, an operator
INNER = re.compile(r"\b(definitions|tiers|benefits|rebates|fees|deals|people)\.\w|\[\]|Unknown\(|Decimal\(|Fraction\(|"
                   r"\b(\w+_between|add_\w+|at_least|round_\w+|start_of_\w+|share|modulo|weekday)\(")  # fmt: skip


def statement_fault(files: Files, chance: Random) -> str | None:
    """A statement that shows an id or a call, or a record that the schema of the release refuses."""
    release = compiled(files)
    makers = Partners(release.programme, chance, any_term=True)
    validator = Draft202012Validator(as_json(schema(release)))
    for lang in LANGUAGES:
        if not form(release, lang=lang):
            return "the form is empty"
    for _ in range(2):
        partner = makers.partner()
        if problem := next(validator.iter_errors(as_json(partner)), None):
            return f"the schema refuses {partner}: {problem.message}"
        partner.pop("agreements", None)  # the id of a term is shown, for those who write agreements
        outcome = release.evaluate(partner, as_of=DAY)
        for lang in LANGUAGES:
            for format in FORMATS:
                text = statement(release, outcome, lang=lang, format=format)
                if (inner := INNER.search(text)) is not None:
                    return f"{lang} {format}: {text[max(0, inner.start() - 100) : inner.end() + 40]!r} for {partner}"
            statement(release, outcome, lang=lang, explain=True)
    return None


def as_json(data: Any) -> Any:
    """Plain data as JSON has it."""
    return simplejson.loads(simplejson.dumps(data, use_decimal=True, default=str))


@trials(6)
def test_a_statement_shows_no_id_and_no_call(seeds: range) -> None:
    each(seeds, statement_fault)
