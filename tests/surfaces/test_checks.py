"""What `check` says of all partners, no partner contradicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from charter import Problem, Programme, Release, check, load
from charter.engine.language.run.interpret import interpret
from charter.engine.language.tree import Aggregate, And, Expression, Or, children
from charter.engine.problems import Place
from charter.engine.programme.model import NamedValue
from charter.engine.values import Kind, Unknown, Value

from .partners import DAY, Partners, reference
from .programmes import Files, written
from .small import OF_A_QUOTIENT, OF_A_SHARE, OF_EMPTY_LISTS, OF_NOT_IN
from .trials import each, trials

PARTNERS = 80
Values = Mapping[str, Any]


def check_fault(files: Files, chance: Random) -> str | None:
    """A problem that `check` tells and a partner contradicts."""
    with TemporaryDirectory() as name:
        folder = written(files, Path(name) / "1.0.0")
        release, problems = load(folder), check(folder, as_of=DAY)  # whose places are of the same files
    judged = [problem for problem in problems if problem.code in CONTRADICTED]
    if not judged:
        return None
    makers = Partners(release.programme, chance)
    partners = [makers.partner(missing=chance.choice((0, 0, 0.1))) for _ in range(PARTNERS)]
    values = [reference(release, partner) for partner in partners]
    for problem in judged:
        for partner, row in zip(partners, values, strict=True):
            if CONTRADICTED[problem.code](release, problem, row):
                assert problem.place is not None
                at = problem.place.source.text[problem.place.start : problem.place.end]
                return f"{problem.code}: {problem.message}: {at!r}, and not so for {partner}"
    return None


def results(
    tree: Expression, values: Values, wanted: Callable[[Expression], bool]
) -> Iterator[tuple[Expression, Values]]:
    """The parts of an expression that are wanted, each with the values that it reads: in an aggregate, for each item.

    Of parts at one place, as `not in` and the `in` that it is made of, the outermost is meant.
    """
    if is_wanted := wanted(tree):
        yield tree, values
    for child in children(tree):
        if is_wanted and child.place == tree.place:
            continue
        if isinstance(tree, Aggregate) and child in (tree.value, tree.counts, tree.by):
            for item in values[tree.list] if not isinstance(values[tree.list], Unknown) else ():
                own = {f"{tree.item}.{name}": value for name, value in item.items()}
                yield from results(child, {**values, **own}, wanted)
        else:
            yield from results(child, values, wanted)


def rows_of(named: NamedValue, values: Values) -> Iterator[Values]:
    """The values that the expression of a named value reads: those of the partner, and of each item of its list."""
    if named.of_order:
        return
    if named.list is None:
        yield values
    elif not isinstance(values[named.list], Unknown):
        for item in values[named.list]:
            yield {**values, **{f"{named.list}[].{name}": value for name, value in item.items()}}


def at_place(programme: Programme, place: Place | None, values: Values) -> Iterator[tuple[Expression, Value]]:
    """Every condition that stands at a place of a file, with what it is."""
    for named in programme.values.values():
        for row in rows_of(named, values):
            parts = results(named.expression, row, lambda tree: tree.kind is Kind.YES_NO and tree.place == place)
            yield from ((tree, interpret(tree, own)) for tree, own in parts)


def constant(release: Release, problem: Problem, values: Values) -> bool:
    """Whether a condition is something else than what it is said to be for everybody."""
    always, expected = "always" in problem.message, "never" not in problem.message
    shown = [value for _, value in at_place(release.programme, problem.place, values)]
    return any(value is (not expected) or (always and is_undefined(value)) for value in shown)


def is_undefined(value: Value) -> bool:
    return isinstance(value, Unknown) and not value.missing


def repeated(release: Release, problem: Problem, values: Values) -> bool:
    """Whether an `and` or `or` is another one without the part that is said to add nothing."""

    def holds_it(tree: Expression) -> bool:
        """The parts that the compiler makes of one comparison stand where it stands: they are not meant."""
        has_part = isinstance(tree, And | Or) and any(part.place == problem.place for part in tree.operands)
        return has_part and tree.place != problem.place

    for named in release.programme.values.values():
        for row in rows_of(named, values):
            for tree, own in results(named.expression, row, holds_it):
                assert isinstance(tree, And | Or)
                rest = tuple(part for part in tree.operands if part.place != problem.place)
                value, without = interpret(tree, own), interpret(tree._replace(operands=rest), own)
                if (without, type(without)) != (value, type(value)) and not isinstance(without, Unknown):
                    return True
    return False


def implied(release: Release, problem: Problem, values: Values) -> bool:
    """Whether the requirement is not met where all others of its tier are."""
    for tier in release.programme.tiers.values():
        ids = [requirement.value for requirement in tier.requirements]
        own = [id for id in ids if release.programme.values[id].place == problem.place]
        others = [values[requirement.value] for requirement in tier.requirements if requirement.value not in own]
        if own and all(value is True for value in others) and any(values[id] is False for id in own):
            return True
    return False


def reached(release: Release, problem: Problem, values: Values) -> bool:
    """Whether a partner qualifies for the tier that none is said to reach."""
    return any(
        values[tier.qualified] is True for tier in release.programme.tiers.values() if f"'{tier.id}'" in problem.message
    )


def earned(release: Release, problem: Problem, values: Values) -> bool:
    """Whether a partner earns the bonus on the tier where none is said to."""
    bonuses = [bonus for tier in release.programme.tiers.values() if tier.discount for bonus in tier.discount.bonuses]
    named = [bonus for bonus in bonuses if f"'{bonus.id}'" in problem.message]
    return bool(named) and all(values[bonus.earned] is True for bonus in named)


def taken(release: Release, problem: Problem, values: Values) -> bool:
    """Whether the choice comes to the option that it is said never to be."""
    ids = [
        id
        for id, named in release.programme.values.items()
        if named.place == problem.place and named.kind is Kind.CHOICE
    ]
    return any(f"to '{values[id]}'" in problem.message for id in ids)


def capped(release: Release, _: Problem, values: Values) -> bool:
    """Whether a sum of discounts is over the cap."""
    discounts = [tier.discount for tier in release.programme.tiers.values() if tier.discount]
    sums = [values[discount.uncapped] for discount in discounts]
    return any(isinstance(total, Decimal) and total > values["discount.cap"] for total in sums)


def percentage(release: Release, problem: Problem, values: Values) -> bool:
    """Whether a percentage is not always over 100, or under 0."""
    ids = [
        id
        for id, named in release.programme.values.items()
        if named.place == problem.place and named.kind is Kind.PERCENT
    ]
    numbers = [values[id] for id in ids if id in values and not isinstance(values[id], Unknown)]
    return any(number <= 100 if "over 100" in problem.message else number >= 0 for number in numbers)


#: by the code of a problem, whether a partner with these values contradicts it
CONTRADICTED: Mapping[str, Callable[[Release, Problem, Values], bool]] = {
    "constant-condition": constant,
    "repeated-condition": repeated,
    "implied-requirement": implied,
    "unreachable-tier": reached,
    "unearnable-bonus": earned,
    "choice-never-taken": taken,
    "cap-never-binds": capped,
    "odd-percentage": percentage,
}


@trials(6)
def test_no_partner_contradicts_a_problem_of_a_release(seeds: range) -> None:
    each(seeds, check_fault, share=0.15)


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(OF_NOT_IN, id="not in"),
        pytest.param(OF_A_SHARE, id="share"),
        pytest.param(OF_A_QUOTIENT, id="quotient"),
        pytest.param(OF_EMPTY_LISTS, id="no items"),
    ],
)
def test_no_partner_contradicts_a_problem_of_a_small_programme(files: Files) -> None:
    assert [check_fault(files, Random(seed)) for seed in range(3)] == [None] * 3
