"""The formulas of the solver give every value that the interpreter gives, with facts missing at random."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import z3
from charter import Release
from charter.engine.language.smt.formula import literal
from charter.engine.language.smt.terms import Codes
from charter.engine.language.tree import Name
from charter.engine.language.words import words
from charter.engine.problems import InvalidProgramme
from charter.engine.programme.model import INPUTS
from charter.engine.programme.reads import all_read, reads_balance
from charter.engine.proof.symbolic_record import symbolic_record
from charter.engine.proof.symbols import term
from charter.engine.values import Kind, Unknown
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ..language.formulas import Given, same, value_of
from ..language.trees import CALENDAR_FILE, trees
from ..portfolio.portfolios import TODAY, random_partners
from ..portfolio.test_small_programmes import DEFINED, FACTS, facts
from ..random_facts import NAMED, PROGRAM, RELEASES
from ..small_world import world
from ..thorough import examples

pytestmark = pytest.mark.thorough


def assert_agreement(release: Release, record: dict[str, Any]) -> int:
    """Compares every value of a partner, except those of orders and list items; returns how many of them are known."""
    symbolic = symbolic_record(release, release.record(record), TODAY, free="nothing")
    partner, programme = symbolic.partner, release.programme
    kinds = {**INPUTS, **{fact.id: fact.kind for fact in programme.facts.values()}}
    given: Given = [
        (symbol, as_formula(symbolic.values[id], kinds[id], symbol, partner.codes))
        for id, symbol in partner.symbols.items()
        if not isinstance(symbolic.values[id], Unknown)
    ]
    for id in partner.symbols.keys() & programme.optional:
        value, symbol = symbolic.values[id], partner.symbols[id]
        is_none = isinstance(value, Unknown) and not value.missing
        given.append((z3.Bool(f"has {symbol}"), z3.BoolVal(not is_none)))
        given += [(symbol, z3.RealVal(0) if z3.is_real(symbol) else z3.IntVal(0))] if is_none else []
    known = 0
    for id in decided_of(release):
        kind = programme.values[id].kind
        result = value_of(term(partner, Name(id, kind)), kind, given, partner.codes)
        assert same(result, symbolic.values[id]), (id, result, symbolic.values[id])
        known += result is not None
    return known


def decided_of(release: Release) -> list[str]:
    """The ids of the values of a partner, without those of orders, of items, and what depends on a balance."""
    programme = release.programme
    values = [id for id, value in programme.values.items() if value.list is None]
    own = [id for id in values if id.partition(".")[0] not in ("order", "own", "becomes")]
    return [id for id in own if not reads_balance(programme, all_read(programme, [id]))]


def as_formula(value: Any, kind: Kind, symbol: Any, codes: Codes) -> Any:
    formula = literal(value, kind, codes)
    if isinstance(formula, bool):
        return z3.BoolVal(formula)
    return z3.ToReal(formula) if z3.is_real(symbol) and z3.is_int(formula) else formula


@pytest.mark.parametrize("release", RELEASES, ids=NAMED)
def test_formula_and_interpreter_agree(release: Release) -> None:
    """Partners without agreements."""
    known = [
        assert_agreement(release, record)
        for record in random_partners(release, 25, seed=7, lists=list(release.programme.lists))
    ]
    assert max(known) > min(10, len(decided_of(release)) // 2) or not decided_of(release)


def test_with_agreements() -> None:
    """An agreement replaces a term on the days on which it is in force, and on no others."""
    for begins, discount in (("2026-01-01", 33), ("2027-01-01", 20)):
        term_of = {
            "term": "tiers.competency.discount",
            "value": 33,
            "document": "A",
            "from": date.fromisoformat(begins),
        }
        for record in random_partners(PROGRAM, 5, seed=9):
            symbolic = symbolic_record(PROGRAM, PROGRAM.record({**record, "agreements": [term_of]}), TODAY)
            assert symbolic.values["tiers.competency.discount"] == discount
            assert_agreement(PROGRAM, {**record, "agreements": [term_of]})


@settings(max_examples=examples(40), deadline=None)
@given(
    st.lists(st.sampled_from(DEFINED).flatmap(trees), min_size=1, max_size=4), st.lists(facts, min_size=4, max_size=4)
)
def test_random_programmes(tmp_path_factory: pytest.TempPathFactory, expressions: list, partners: list[dict]) -> None:
    definitions = "definitions:\n" + "".join(
        f"  d{index}: {{title: {{en: D}}, kind: {tree.kind.value}, value: {text}, source: [c]}}\n"
        for index, (tree, text) in enumerate((tree, json.dumps(words.text(tree))) for tree in expressions)
    )
    try:
        release = world(
            tmp_path_factory.mktemp("programme"), facts=FACTS, definitions=definitions, calendar=CALENDAR_FILE
        )
    except InvalidProgramme as refused:
        assume(not refused.problems)
        raise
    for known_facts in partners:
        assert_agreement(release, {"partner": "P", "facts": known_facts})
