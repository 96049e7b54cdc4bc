"""docs/reference.md lists every key of every file and every limit of input, made from the schemas and `limits.py`.

With CHARTER_WRITE_DOCS=1 it is written again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from charter.engine.compile.compile import KINDS
from charter.engine.limits import LIMITS

from .programmes import ROOT
from .published import SCHEMAS

PAGE = ROOT / "docs" / "reference.md"
COMMON = SCHEMAS["common.schema.json"]["$defs"]
HEAD = """# Every key of every file

Made from the [schemas](../schemas); a test keeps it so. `…` stands for a name of your own, and a key in bold must be
there. The [limits of input](#limits-of-input) stand at the end.
"""
LIMITS_HEAD = """
## Limits of input

Input beyond a limit is refused. Whatever passes is decided, fast.

| limit | at most | of |
| --- | --- | --- |
"""


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with what it refers to; its own description counts."""
    if "$ref" not in schema:
        return schema
    return {
        **COMMON[schema["$ref"].rpartition("/")[2]],
        **{key: value for key, value in schema.items() if key != "$ref"},
    }


def form(schema: dict[str, Any]) -> str:
    """What may be written, in a few words."""
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    names = {"object": "map", "array": "list", "string": "text", "boolean": "true or false", "integer": "whole number"}
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    told = ", ".join(names.get(name, name) for name in types if name != "null")
    low, high = schema.get("minimum"), schema.get("maximum")
    return told + (f", {low} to {high}" if high is not None else f", at least {low}" if low is not None else "")


def rows(schema: dict[str, Any], path: str, seen: tuple[str, ...]) -> Iterator[str]:
    """A row for each key under a part of a file, keys of keys included; a part within itself is told once."""
    for key, value in schema.get("properties", {}).items():
        inner = resolved(value)
        shown = f"**`{path}{key}`**" if key in schema.get("required", []) else f"`{path}{key}`"
        yield f"| {shown} | {form(inner)} | {inner['description']} |"
        yield from below(value, f"{path}{key}", seen)


def below(schema: dict[str, Any], path: str, seen: tuple[str, ...]) -> Iterator[str]:
    """The rows under a key: its own keys, or those of each entry of its table."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if name in ("text", "source", "cell") or name in seen:
        return
    inner, seen = resolved(schema), (*seen, name) if name else seen
    yield from rows(inner, f"{path}.", seen)
    entry = inner.get("additionalProperties") or inner.get("items")
    if isinstance(entry, dict):
        yield from below(entry, f"{path}.…", seen)


def reference() -> str:
    """The whole page."""
    parts = [HEAD]
    for kind in (*KINDS, "record"):
        name = f"{kind}.yaml" if kind != "record" else "A partner's record"
        parts.append(section(name, SCHEMAS[f"{kind}.schema.json"], ()))
    parts.append(section("A table in place of a value", COMMON["table"], ("cell",)))
    return "".join([*parts, LIMITS_HEAD, *limit_rows()])


def limit_rows() -> Iterator[str]:
    """A row for each limit: its name in `engine/limits.py`, its number with the unit, and what it bounds."""
    for name, limit in LIMITS.items():
        number = limit.written()
        yield f"| `{name}` | {number if number.endswith('iB') else f'{number} {limit.unit}'} | {limit.bounds} |\n"


def section(title: str, schema: dict[str, Any], seen: tuple[str, ...]) -> str:
    """One heading, what it is about, and the table of its keys."""
    table = "\n".join(["| key | is | what it is |", "| --- | --- | --- |", *rows(schema, "", seen)])
    return f"\n## {title}\n\n{schema['description']}\n\n{table}\n"


def test_the_reference_is_what_the_schemas_say() -> None:
    if os.environ.get("CHARTER_WRITE_DOCS"):
        PAGE.write_text(reference(), "utf-8")
    assert PAGE.read_text("utf-8") == reference()


def test_the_reference_holds_every_key() -> None:
    """Each property of each schema of a file stands in it by name."""
    page = PAGE.read_text("utf-8")
    for kind in (*KINDS, "record"):
        stack: list[Any] = [SCHEMAS[f"{kind}.schema.json"]]
        while stack:
            node = stack.pop()
            for key in node.get("properties", {}) if isinstance(node, dict) else ():
                assert f".{key}`" in page or f"`{key}`" in page, (kind, key)
            stack += node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
