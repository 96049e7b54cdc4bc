"""Reader 7 says of a partner what the interpreter says: every value of every programme, facts missing at random."""

from __future__ import annotations

from typing import Any

import pytest
import z3
from charter.engine import Release
from charter.engine.language.logic.formula import literal
from charter.engine.language.logic.terms import Codes
from charter.engine.language.tree import Name
from charter.engine.proof.known import known_partner
from charter.engine.proof.symbols import term
from charter.engine.values import Unknown

from ..language.formulas import Given, same, value_of
from ..portfolio.portfolios import TODAY, random_partners
from ..random_facts import NAMED, RELEASES


def assert_agreement(release: Release, record: dict[str, Any]) -> int:
    """Every value of the partner, those of an order and of a list's items apart; how many of them are known."""
    known = known_partner(release, release.record(record), TODAY, any_missing=False)
    of, programme = known.of, release.programme
    given: Given = [
        (symbol, as_formula(known.values[id], symbol, of.codes))
        for id, symbol in of.given.items()
        if not isinstance(known.values[id], Unknown)
    ]
    told = 0
    for id, value in programme.values.items():
        if value.list is None and id.partition(".")[0] not in ("order", "own"):
            found = value_of(term(of, Name(id, value.kind)), value.kind, given, of.codes)
            assert same(found, known.values[id]), (id, found, known.values[id])
            told += found is not None
    return told


def as_formula(value: Any, symbol: Any, codes: Codes) -> Any:
    found = literal(value, codes)
    if isinstance(found, bool):
        return z3.BoolVal(found)
    return z3.ToReal(found) if z3.is_real(symbol) and z3.is_int(found) else found


@pytest.mark.parametrize("release", RELEASES, ids=NAMED)
def test_formula_and_interpreter_agree(release: Release) -> None:
    """Agreements apart; those are below."""
    told = [
        assert_agreement(release, record)
        for record in random_partners(release, 25, seed=7, lists=list(release.programme.lists))
    ]
    assert max(told) > 10
