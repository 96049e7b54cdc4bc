"""The published schemas, and a validator as anyone would make it from them."""

from __future__ import annotations

import json

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from .programmes import ROOT

SCHEMAS = {path.name: json.loads(path.read_text("utf-8")) for path in (ROOT / "schemas").glob("*.schema.json")}


def validator(name: str) -> Draft202012Validator:
    """A validator of one schema, by the name of its file."""
    registry = Registry().with_resources((key, DRAFT202012.create_resource(it)) for key, it in SCHEMAS.items())
    return Draft202012Validator(SCHEMAS[name], registry=registry)
