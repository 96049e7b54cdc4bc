"""JSON Schemas (draft 2020-12) of the input of one release: a record, a row of facts, an order.

A program can check its data before it sends them. Data that the schema accepts are read without an error, and data that
it refuses are refused, except for what a schema cannot say:

- periods or agreements that share a day, or end before they begin;
- a day that its month does not have, unless the validator checks `format`;
- numbers with more than MAX_DECIMALS decimals; numbers of more than MAX_WHOLE_DIGITS digits, which count as text
  where text is expected;
- invisible characters beyond the usual ones;
- a key that is written twice, and the size of a file and of lists whose items refer to each other.

Numbers in a schema are int or Decimal: serialise it with a library that keeps decimals exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ..evaluate.periods import agreed_as
from ..evaluate.quote import written_lines
from ..limits import MAX_NAME, MAX_ORDER_TEXT, MAX_PARTNER, MAX_TEXT, MAX_WHOLE_DIGITS
from ..programme.agreeable import agreeable
from ..programme.model import MAIN, NONE, Fact, ListFact, Programme, pick
from ..programme.reads import clauses_of
from ..texts.texts import texts_in
from ..values import Kind
from .fields import default_words, kind_of, options_of, term_title, title_of

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TOO_LARGE = 10**MAX_WHOLE_DIGITS
#: characters that are hidden wherever they stand; joiners and selectors of forms depend on the letters beside them
_HIDDEN = (
    r"\u0000-\u001F\u007F-\u009F\u00AD\u034F\u061C\u115F-\u1160\u17B4-\u17B5\u200B\u200E-\u200F"
    r"\u2028-\u202E\u2060-\u206F\u3164\uE000-\uF8FF\uFDD0-\uFDEF\uFEFF\uFFA0\uFFF0-\uFFFB\uFFFE-\uFFFF"
)
_DAY: Schema = {
    "type": "string",
    "format": "date",
    "pattern": "^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
}
_NULL: Schema = {"type": "null"}
_OPEN_DAY = "Day"  #: the name of a definition; no fact can have this name


def record_schema(programme: Programme, lang: str = "en") -> Schema:
    """The schema of a partner's record, with titles in Russian or English."""
    say = texts_in(lang).INPUT
    clauses = clauses_of(programme)
    facts = {id: _dated(fact, clauses[id], lang) for id, fact in programme.facts.items()}
    lists = {id: _list(list_fact, clauses, lang) for id, list_fact in programme.lists.items()}
    properties = {
        "partner": _described(say["ask_partner"], _text(MAX_PARTNER)),
        "name": _described(say["ask_name"], _or_null(_text(MAX_NAME))),
        "release": _described(say["ask_release"], {"enum": [programme.release, None]}),
        "tier": _dated_tier(programme, lang),
        "since": _described(say["ask_since"], _or_null(_DAY) if _may_name_tier(programme) else _NULL),
        "also_held": _also_held(programme, lang),
        "facts": _described(say["ask_facts"], {**_closed({**facts, **lists}), "type": ["object", "null"]}),
        "agreements": _agreements(programme, lang),
    }
    return {
        **_head(programme, "record", lang),
        **_closed(properties, required=["partner"]),
        "allOf": [
            {  # a record with `since` names one tier
                "if": {"properties": {"since": {"type": "string"}}, "required": ["since"]},
                "then": {"properties": {"tier": {"not": {"type": ["null", "array"]}}}, "required": ["tier"]},
            },
            {  # and one that holds others too says since when
                "if": {"properties": {"also_held": {"type": "object"}}, "required": ["also_held"]},
                "then": {"properties": {"since": {"type": "string"}}, "required": ["since"]},
            },
        ],
        "$defs": {_OPEN_DAY: _or_null(_DAY), **{id: _value(fact) for id, fact in programme.facts.items()}},
    }


def row_schema(programme: Programme, lang: str = "en") -> Schema:
    """The schema of a flat row: the partner, its tier, and a column for each fact but no lists."""
    clauses = clauses_of(programme)
    properties = {
        "partner": _described(texts_in(lang).INPUT["ask_partner"], _text(MAX_PARTNER)),
        "tier": _tier(programme, lang),
        **{id: _field(fact, clauses[id], lang) for id, fact in programme.facts.items()},
    }
    return {**_head(programme, "row", lang), **_closed(properties, required=["partner"])}


def order_schema(programme: Programme, lang: str = "en") -> Schema:
    """The schema of an order; raises WrongCall where the programme has no price rules."""
    say = texts_in(lang).INPUT
    lines = written_lines(programme)
    word = _line(MAX_ORDER_TEXT)
    items = {"type": "array", "minItems": 1, "items": _item(lines, clauses_of(programme), lang)}
    properties = {
        "order": _described(say["ask_order"], _or_null(word)),
        "currency": _described(say["ask_currency"], word),
        "lines": _described(say["ask_lines"], items),
    }
    return {**_head(programme, "order", lang), **_closed(properties, required=["currency", "lines"])}


def _head(programme: Programme, what: str, lang: str) -> Schema:
    title = pick(programme.title, lang)
    return {
        "$schema": DIALECT,
        "$id": f"urn:charter:{programme.id}:{programme.release}:{what}",
        "$comment": programme.digest,
        "title": texts_in(lang).INPUT[f"schema_{what}"].format(programme=title, release=programme.release),
    }


def _closed(properties: Mapping[str, Schema], required: Iterable[str] = ()) -> Schema:
    """An object with these keys and no others."""
    needed = {"required": list(required)} if required else {}
    return {"type": "object", "properties": dict(properties), **needed, "additionalProperties": False}


def _described(description: str, schema: Schema) -> Schema:
    return {"description": description, **schema}


def _or_null(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def _defined(id: str) -> Schema:
    return {"$ref": f"#/$defs/{id}"}


def _text(longest: int) -> Schema:
    """A text with a visible character and no hidden ones; `longest` is in characters."""
    return {"type": "string", "maxLength": longest, "pattern": rf"^(?![\s\S]*[{_HIDDEN}])[\s\S]*\S"}


def _line(longest: int) -> Schema:
    """A text of one line without hidden characters; `longest` is in characters."""
    return {"type": "string", "minLength": 1, "maxLength": longest, "pattern": rf"^(?![\s\S]*[{_HIDDEN}])"}


def _may_name_tier(programme: Programme) -> bool:
    main = programme.tracks[MAIN]
    return main.remembers


def _dated_tier(programme: Programme, lang: str) -> Schema:
    """A tier, or where partners sign for one, tiers by periods."""
    tier = _tier(programme, lang)
    if programme.tracks[MAIN].is_awarded or not programme.tiers:
        return tier
    named = [option for option in tier["enum"] if option is not None]
    about = {"description": tier["description"]}
    return {**about, "anyOf": [{"enum": tier["enum"]}, _periods({"enum": named}, lang)]}


def _also_held(programme: Programme, lang: str) -> Schema:
    """Since when lower tiers are held; null where none is kept."""
    main = programme.tracks[MAIN]
    is_kept = main.is_awarded and main.kept_until is not None
    named = [*main.tiers, *(str(tier.code) for id in main.tiers if (tier := programme.tiers[id]).code is not None)]
    days = _or_null(_closed(dict.fromkeys(named, _DAY)))
    return _described(texts_in(lang).INPUT["ask_also_held"], days if is_kept else _NULL)


def _tier(programme: Programme, lang: str) -> Schema:
    """A tier by its id or by its code, as number or text; null for no tier."""
    say, main = texts_in(lang).INPUT, programme.tracks[MAIN]
    if not _may_name_tier(programme):
        return _described(say["ask_no_tier" if programme.tiers else "ask_tierless"], _NULL)
    tiers = [programme.tiers[id] for id in main.tiers]
    codes = [tier.code for tier in tiers if tier.code is not None]
    named = [f"{tier.id}{'' if tier.code is None else f' ({tier.code})'}: {pick(tier.title, lang)}" for tier in tiers]
    description = f"{say['ask_tier_held' if main.is_awarded else 'ask_tier_signed']}. {'; '.join(named)}"
    return _described(description, {"enum": [*main.tiers, *codes, *map(str, codes), None]})


def _value(fact: Fact) -> Schema:
    """The schema of a value of the fact."""
    if fact.none:
        return {"anyOf": [_value(fact._replace(none=None)), {"const": NONE}]}
    match fact.kind:
        case Kind.YES_NO:
            return {"type": "boolean"}
        case Kind.CHOICE:
            return {"type": "string", "enum": list(fact.choices)}
        case Kind.TEXT:
            return _line(MAX_TEXT)
        case Kind.DATE:
            return dict(_DAY)
    is_count = fact.kind is Kind.COUNT
    least = fact.minimum if fact.minimum is not None or not is_count else Decimal(0)
    low = {"exclusiveMinimum": -_TOO_LARGE} if least is None else {"minimum": _number(least)}
    high = {"exclusiveMaximum": _TOO_LARGE} if fact.maximum is None else {"maximum": _number(fact.maximum)}
    return {"type": "integer" if is_count else "number", **low, **high}


def _number(number: Decimal) -> int | Decimal:
    return number if number % 1 else int(number)


def _about(fact: Fact, clauses: tuple[str, ...], lang: str) -> Schema:
    """Title, description and default of a fact."""
    options = "; ".join(f"{id}: {title}" for id, title in options_of(fact, lang))
    parts = [kind_of(fact, lang) + (f": {options}" if options else ""), default_words(fact, lang)]
    default: Any = fact.default
    if isinstance(default, date):
        default = default.isoformat()
    elif isinstance(default, Decimal):
        default = _number(default)
    return {
        "title": title_of(fact, lang),
        "description": "; ".join(filter(None, parts)) + _behind(clauses),
        **({} if default is None else {"default": default}),
    }


def _behind(clauses: Iterable[str]) -> str:
    named = ", ".join(clauses)
    return f"  [{named}]" if named else ""


def _field(fact: Fact, clauses: tuple[str, ...], lang: str) -> Schema:
    """A value of the fact, or null for unknown."""
    return {**_about(fact, clauses, lang), "anyOf": [_value(fact), _NULL]}


def _dated(fact: Fact, clauses: tuple[str, ...], lang: str) -> Schema:
    """A value of the fact, or its values by periods, or null for unknown."""
    value = _defined(fact.id)
    return {**_about(fact, clauses, lang), "anyOf": [value, _periods(value, lang), _NULL]}


def _periods(value: Schema, lang: str) -> Schema:
    """Values with their days."""
    say = texts_in(lang).INPUT
    period = {
        "value": _described(say["ask_period_value"], value),
        "from": _described(say["ask_period_from"], _defined(_OPEN_DAY)),
        "until": _described(say["ask_agreement_until"], _defined(_OPEN_DAY)),
    }
    return {"type": "array", "items": _closed(period, required=["value"])}


def _list(list_fact: ListFact, clauses: Mapping[str, tuple[str, ...]], lang: str) -> Schema:
    kind = texts_in(lang).INPUT["write_list_none" if list_fact.default_empty else "write_list"]
    return {
        "title": title_of(list_fact, lang),
        "description": kind + _behind(clauses[list_fact.id]),
        "type": ["array", "null"],
        "items": _item(list_fact, clauses, lang),
    }


def _item(list_fact: ListFact, clauses: Mapping[str, tuple[str, ...]], lang: str) -> Schema:
    return _closed({id: _field(field, clauses[list_fact.id_of(id)], lang) for id, field in list_fact.fields.items()})


def _agreements(programme: Programme, lang: str) -> Schema:
    """Agreements on negotiable terms, each value within the limits of its term."""
    say = texts_in(lang).INPUT
    terms = {id: agreed_as(value) for id, value in agreeable(programme).items()}
    listed = "; ".join(f"{id}: {term_title(programme, id, lang)} ({kind_of(fact, lang)})" for id, fact in terms.items())
    if not terms:
        return {"type": ["array", "null"], "maxItems": 0}
    item = _closed(
        {
            "term": {"description": say["ask_agreement_term"], "enum": list(terms)},
            "value": {"description": say["ask_agreement_value"]},
            "document": _described(say["ask_agreement_document"], _text(MAX_TEXT)),
            "from": _described(say["ask_agreement_from"], _DAY),
            "until": _described(say["ask_agreement_until"], _defined(_OPEN_DAY)),
        },
        required=["term", "value", "document", "from"],
    )
    item["allOf"] = [
        {
            "if": {"properties": {"term": {"const": id}}, "required": ["term"]},
            "then": {"properties": {"value": _value(fact)}},
        }
        for id, fact in terms.items()
    ]
    return {"description": f"{say['ask_agreements']} {listed}", "type": ["array", "null"], "items": item}
