"""Checks a file against its JSON Schema and gives problems at their places.

The `jsonschema` library decides; this module turns its errors into problems. It is imported only for files that were
not checked before, because loading the library takes as long as an evaluation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from ..problems import Fix, Place, Problem, did_you_mean, latin_skeleton, nearest_name, renamed
from .document import Document, PartPath, unknown_key
from .scalars import certain_fix, how_to_write

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"


def check_shape(document: Document, kind: str) -> list[tuple[PartPath | None, Problem]]:
    """Every breach of the schema `<kind>.schema.json`, with the path of the part it makes unusable, if any."""
    breaches = [
        breach
        for error in _validator(kind).iter_errors(document.data)
        for breach in _problems(document, tuple(error.absolute_path), error)
    ]
    misnamed = {path for path, problem in breaches if problem.code == "bad-id"}
    return [(path, problem) for path, problem in breaches if path not in misnamed or problem.code == "bad-id"]


@cache
def _validator(kind: str) -> Any:
    """The validator of one kind of file, with exact decimals as numbers."""
    registry: Registry[Any] = Registry().with_resources(
        (path.name, DRAFT202012.create_resource(json.loads(path.read_text("utf-8"))))
        for path in sorted(SCHEMAS.glob("*.schema.json"))
    )
    exact = Draft202012Validator.TYPE_CHECKER.redefine_many(
        {
            "number": lambda _, value: isinstance(value, Decimal),
            "integer": lambda _, value: isinstance(value, Decimal) and not value % 1,
        }
    )
    extend: Any = jsonschema.validators.extend
    validator = extend(Draft202012Validator, {"type": _type}, type_checker=exact)
    return validator(registry.contents(f"{kind}.schema.json"), registry=registry)


def _type(validator: Any, types: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """The keyword `type`; a day, which JSON writes as text, is no text but where the schema takes days or any value."""
    takes_days = "string" in types and (schema.get("format") == "date" or isinstance(types, list))
    if not (isinstance(instance, date) and takes_days):
        yield from Draft202012Validator.VALIDATORS["type"](validator, types, instance, schema)


def _problems(document: Document, path: PartPath, error: Any) -> Iterator[tuple[PartPath | None, Problem]]:
    """The problems that one error of the validator stands for, each with the path of the part that cannot be used."""
    instance, described = error.instance, error.schema.get("description")
    if error.validator == "required":
        for key in error.validator_value:
            if key not in instance and not _is_misspelt(key, instance, error.schema):
                help = _purpose(error.schema, key)
                yield None, Problem("missing-key", f"'{key}' is missing", document.place(path), help)
    elif error.validator == "additionalProperties":
        allowed = list(error.schema.get("properties", {}))
        for key in instance:
            if key not in allowed:
                yield (*path, key), unknown_key(document, (*path, key), allowed)
    elif "propertyNames" in error.absolute_schema_path:
        part = (*path, instance)
        place, spelling = document.place(part), _spelling(instance)
        fix, help = Fix(place, latin_skeleton(instance)) if spelling else None, spelling or described
        if document.at(part) is None:  # half of a text that a comma has cut
            fix, help = None, "within { }, a text that holds a comma stands in quotes"
        yield part, Problem("bad-id", f"'{instance}' cannot be a name here", place, help, fix=fix)
    elif error.validator == "anyOf" and "properties" not in error.schema:  # nothing, or a part of one form
        form = len(error.validator_value) - 1
        for inner in error.context:
            if inner.relative_schema_path[0] == form:
                yield from _problems(document, tuple(inner.absolute_path), inner)
    elif error.validator in ("oneOf", "anyOf"):
        allowed = error.schema["properties"]
        # Otherwise the unknown key, or that the part is no map, is the one problem.
        if isinstance(instance, dict) and all(key in allowed for key in instance):
            yield path, Problem("wrong-form", _choice(error.validator_value, instance), document.place(path), described)
    else:
        code, message, help = _finding(error.validator, error.validator_value, instance, described)
        place = document.value_place(path)
        of_percentage = error.schema.get("title") == "Percentage"
        fix = _fix(error.validator, error.validator_value, instance, place, of_percentage=of_percentage)
        yield path, Problem(code, message, place, help, fix=fix)


def _fix(validator: str, wanted: Any, instance: Any, place: Place, *, of_percentage: bool) -> Fix | None:
    """The fix of a value that its schema refuses; None where it is not certain what was meant."""
    if validator == "enum":
        return renamed(str(instance), _texts(wanted), place)
    if validator == "pattern" and _spelling(instance):
        return Fix(place, latin_skeleton(instance))
    text = certain_fix(instance, wanted, of_percentage=of_percentage) if validator == "type" else None
    return Fix(place, text) if text and place.end > place.start else None


def _choice(forms: list[dict[str, Any]], instance: dict[str, Any]) -> str:
    """The message for a part whose keys are those of none of its possible forms."""
    needed = [form["required"] for form in forms]
    begun = [keys for keys in needed if keys[0] in instance]
    if len(begun) == 1 and not all(key in instance for key in begun[0]):
        return f"{', '.join(repr(key) for key in begun[0] if key not in instance)} is missing"
    if any(key in instance for keys in needed for key in keys):
        return "these keys do not go together"
    return f"one of these is missing: {', '.join(' with '.join(map(repr, keys)) for keys in needed)}"


def _is_misspelt(key: str, instance: dict[str, Any], schema: dict[str, Any]) -> bool:
    """Whether a missing key is there but misspelt: then the misspelt name is reported instead of the missing key."""
    allowed = schema["properties"]
    return any(name not in allowed and nearest_name(name, allowed) == key for name in instance)


def _finding(validator: str, wanted: Any, instance: Any, described: str | None) -> tuple[str, str, str | None]:
    """Code, message and help for a value that its schema refuses."""
    match validator:
        case "type":
            help = how_to_write(instance, wanted)
            return "wrong-type", f"{_a(instance)} stands here; {_wanted(wanted)} is needed", help
        case "enum":
            help = did_you_mean(str(instance), _texts(wanted))
            return "unknown-choice", f"'{instance}' is not one of the values possible here", help
        case "pattern":
            return "bad-text", f"'{instance}' is not written as needed", _spelling(instance) or described
        case "minimum" | "maximum":
            side = "under" if validator == "minimum" else "over"
            return "out-of-range", f"{instance} is {side} {wanted}", described
        case "exclusiveMinimum":
            return "out-of-range", f"{instance} is not over {wanted}", described
        case "minItems" | "minProperties" | "minLength":
            return "missing-value", "nothing is written here", described
        case "maxProperties":
            return "too-many", f"more than {wanted} stand here", "split them"
        case "uniqueItems":
            return "duplicate-item", "the same item stands here twice", "keep one of them"
        case _:
            return "wrong-form", f"this breaks the rule '{validator}' of its schema", described


def _texts(choices: list[Any]) -> list[str]:
    """The possible values that are texts; some schemas allow null among them."""
    return [choice for choice in choices if isinstance(choice, str)]


_TYPES = {
    "object": "a map of keys",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}


def _wanted(types: str | list[str]) -> str:
    named = [_TYPES[name] for name in ([types] if isinstance(types, str) else types) if name != "null"]
    return ", ".join(named[:-1]) + (" or " if len(named) > 1 else "") + named[-1]


def _a(instance: Any) -> str:
    """A value of the file in words."""
    match instance:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case dict():
            return "a map of keys"
        case list():
            return "a list"
        case str():
            return f"the text '{instance if len(instance) <= 40 else instance[:37] + '…'}'"
        case date():
            return f"the day {instance}"
        case _:
            return f"the number {instance}"


def _purpose(schema: dict[str, Any], key: str) -> str | None:
    """The help for a missing key: what it is for, by its schema's description; None where it has none."""
    described = schema.get("properties", {}).get(key, {}).get("description")
    return f"add it: {described}" if described else None


def _spelling(name: str) -> str | None:
    """The help for a name with letters that only look Latin; None for other names."""
    plain = latin_skeleton(name)
    return f"its letters only look Latin; write '{plain}'" if plain != name and plain.isascii() else None
