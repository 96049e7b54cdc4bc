"""The random programmes use every form of the language and every key of the files."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

import pytest
from charter.engine.compile.programme_functions import programme_functions
from charter.engine.language.calls import FUNCTIONS
from charter.engine.language.function_names import AggregateName, OfBusinessDays
from charter.engine.language.operators import Comparison, Operator
from charter.engine.language.tree import Aggregate, Arithmetic, Compare, Expression, children
from charter.engine.programme.model import Programme
from charter.engine.programme.owners import OwnerKind, Role, WrittenForm
from charter.engine.values import Kind

from ..published import SCHEMAS
from .programmes import Files, compiled, programme, text

NUMBER = 250
#: the files of the random programmes: claims are made by the test of proofs
KINDS = ("balances", "benefits", "bonuses", "clauses", "definitions", "eligibility", "facts", "fees", "prices",
         "products", "programme", "rebates", "settlements", "terms", "tiers")  # fmt: skip
#: keys of readings not taken, which have tests of their own
NO_USE = {"reading", "other_readings", "changes"}


@cache
def programmes() -> tuple[tuple[Files, Programme], ...]:
    """The files and the compiled programmes of all seeds."""
    return tuple((files, compiled(files).programme) for files in map(programme, range(NUMBER)))


def trees() -> Iterator[Expression]:
    """Every expression of every programme, and each part of it."""
    left = [value.expression for _, release in programmes() for value in release.values.values()]
    while left:
        tree = left.pop()
        yield tree
        left += children(tree)


def test_every_role_owner_form_and_kind_is_generated() -> None:
    values = [value for _, release in programmes() for value in release.values.values()]
    assert {value.role for value in values} == set(Role)
    assert {value.owner.kind for value in values} == set(OwnerKind)
    assert {value.form for value in values} == set(WrittenForm)
    assert {value.kind for value in values} == set(Kind)
    assert {fact.kind for _, release in programmes() for fact in release.facts.values()} == set(Kind)
    fields = [
        field for _, release in programmes() for items in release.lists.values() for field in items.fields.values()
    ]
    assert {field.kind for field in fields} == set(Kind)


def test_every_form_is_generated_in_every_place_that_takes_a_cell() -> None:
    of_numbers = set(WrittenForm) - {WrittenForm.AGGREGATE, WrittenForm.GROUP, WrittenForm.TEXT, WrittenForm.DERIVED}
    with_lists = {*of_numbers, WrittenForm.AGGREGATE}
    forms = dict.fromkeys((Role.DEFINITION, Role.ITEM_VALUE), with_lists)
    forms |= dict.fromkeys((Role.BENEFIT, Role.FEE_FULL, Role.REBATE_FULL), of_numbers)
    for role, wanted in forms.items():
        values = [value for _, release in programmes() for value in release.values.values() if value.role is role]
        assert wanted <= {value.form for value in values}, role
    percentages = (Role.DISCOUNT_BASE, Role.BONUS_PERCENT, Role.RATE_PERCENT, Role.DISCOUNT_CAP)
    values = [value for _, release in programmes() for value in release.values.values() if value.role in percentages]
    assert of_numbers <= {value.form for value in values}
    assert {value.role for value in values if value.form is not WrittenForm.FIGURE} == set(percentages)


def test_every_operator_and_aggregate_is_generated() -> None:
    assert {tree.operator for tree in trees() if isinstance(tree, Arithmetic)} == set(get_args(Operator))
    assert {tree.operator for tree in trees() if isinstance(tree, Compare)} == set(get_args(Comparison))
    aggregates = [tree for tree in trees() if isinstance(tree, Aggregate)]
    names = [name for part in get_args(AggregateName) for name in get_args(part) or (part,)]
    assert {tree.function for tree in aggregates} == set(names)
    assert any(tree.best is not None for tree in aggregates)
    assert any(tree.empty is not None for tree in aggregates)


def test_every_shape_of_a_programme_is_generated() -> None:
    """Without tiers, without facts, with lists alone, with orders alone."""
    shapes = {
        (bool(release.tiers), bool(release.facts), bool(release.lists), release.order is not None)
        for _, release in programmes()
    }
    assert {(True, False, True, False), (False, True, False, False), (False, False, True, False)} <= shapes
    assert {(False, False, False, True), (True, True, True, True)} <= shapes


def test_every_word_for_what_is_better_negative_or_taken_is_generated() -> None:
    contents = [text(files) for files, _ in programmes()]
    bonuses = [row for files, _ in programmes() for row in files.get("bonuses", {}).get("bonuses", {}).values()]
    assert {row["take"] for row in bonuses if "take" in row} == {"greatest", "least", "sum"}
    for key, words in {"better": ("more", "less"), "negative": ("carried", "owed", "dropped", "kept")}.items():
        assert all(any(f'"{key}": "{word}"' in content for content in contents) for word in words)
    payments = [payment for _, release in programmes() for tier in release.tiers.values() for payment in tier.fees.rows]
    assert {payment.negative for payment in payments} == {"carried", "owed", "dropped"}
    assert {payment.per for payment in payments} == {"once", "month", "quarter", "year", "event"}


#: functions of a release's calendar, which the random programmes do not have: tests/language/test_business_days.py
OF_A_CALENDAR = frozenset(get_args(OfBusinessDays))


@pytest.mark.parametrize("name", [*(name for name in FUNCTIONS if name not in OF_A_CALENDAR), *programme_functions()])
def test_every_function_is_generated(name: str) -> None:
    assert any(f"{name}(" in text(files) for files, _ in programmes())


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_a_file_is_generated(kind: str) -> None:
    """A new key of the language needs its place in the generator."""
    contents = [files[kind] for files, _ in programmes() if kind in files]
    assert keys_of(SCHEMAS[f"{kind}.schema.json"]) - NO_USE <= keys_in(contents)


def test_every_key_that_files_share_is_generated() -> None:
    contents = [content for files, _ in programmes() for kind, content in files.items() if kind != "clauses"]
    of_migrations = {"was", "options"}  # which are of two releases: tests/test_migration_parts.py
    assert keys_of(SCHEMAS["common.schema.json"]) - of_migrations <= keys_in(contents)


def keys_of(schema: Any) -> set[str]:
    """The keys that a schema names itself, at every depth."""
    own = (
        set(schema["properties"]) if isinstance(schema, dict) and isinstance(schema.get("properties"), dict) else set()
    )
    parts = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    return own.union(*map(keys_of, parts))


def keys_in(content: Any) -> set[str]:
    """The keys of plain data, at every depth."""
    own = set(content) if isinstance(content, dict) else set()
    parts = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return own.union(*map(keys_in, parts))
