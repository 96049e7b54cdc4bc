"""Small random programmes, and every kind of partner that they can have: for comparing proofs with brute force.

Facts have two to four values that matter, and lists items of a few kinds, so that what is true of all partners can be
found by evaluating them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from charter import Release
from charter.engine.programme.model import Fact
from charter.engine.values import Kind, Unknown
from hypothesis import strategies as st

DAY = date(2026, 11, 25)
Record = dict[str, Any]

CHOICES = "choices: {low: {title: {en: Low}}, mid: {title: {en: Mid}}, high: {title: {en: High}}}, ordered: true"
CLAUSE = "source: [c]"


class Bounded(NamedTuple):
    """How a numeric fact is bounded, as the release writes it."""

    kind: str
    minimum: int | None
    maximum: int | None

    def text(self, more: str = "") -> str:
        ends = {"minimum": self.minimum, "maximum": self.maximum}
        parts = [f"kind: {self.kind}", *(f"{key}: {end}" for key, end in ends.items() if end is not None)]
        return "{title: {en: F}, " + ", ".join(parts) + more + "}"


counts = st.builds(Bounded, st.just("count"), st.sampled_from([None, 1]), st.sampled_from([2, 3]))
numbers = st.sampled_from([Bounded("number", -3, -1), Bounded("number", -2, 1), Bounded("number", 0, 2)])
endless = st.sampled_from([Bounded("number", 0, None), Bounded("number", None, None), Bounded("number", None, 1)])


@st.composite
def fact_files(draw: st.DrawFn, *, unbounded: bool = False) -> str:
    """Facts of every kind, some with an effort, and a list with fields of every kind."""
    number = draw(st.one_of(numbers, endless) if unbounded else numbers)
    effort = {id: draw(st.sampled_from(["", ", effort: 1", ", effort: 2"])) for id in ("n", "z", "y", "u", "c")}
    step = ", effort_for: 0.5" if effort["z"] else ""
    default = draw(st.sampled_from(["", "default: [], "]))
    field = draw(st.one_of(numbers, endless) if unbounded else numbers)
    flag, choice = "{title: {en: K}, kind: yes_no}", f"{{title: {{en: O}}, kind: choice, {CHOICES}}}"
    fields = f"{{v: {draw(counts).text()}, w: {field.text()}, k: {flag}, o: {choice}}}"
    return f"""
facts:
  n: {draw(counts).text(effort["n"])}
  z: {number.text(effort["z"] + step)}
  y: {{title: {{en: F}}, kind: yes_no{effort["y"]}}}
  u: {{title: {{en: F}}, kind: yes_no{effort["u"]}}}
  c: {{title: {{en: F}}, kind: choice, {CHOICES}{effort["c"]}}}
lists: {{deals: {{title: {{en: Deals}}, {default}fields: {fields}}}}}
"""


@st.composite
def aggregates(draw: st.DrawFn, kind: str) -> str:
    """What the list comes to, as a definition of this kind: count, number or yes_no."""
    where = draw(st.sampled_from(["", ", where: k", ", where: v > 1", ", where: v >= n", ", where: o > 'low' and k"]))
    best = draw(st.sampled_from(["", ", best: 2", ", best: n"]))
    empty = draw(st.sampled_from(["unknown", "1"]))
    forms = {
        "count": [
            "take: count",
            f"take: sum, of: v{best}",
            *(f"take: distinct, of: {field}" for field in ("v", "w", "k", "o")),
            f"take: maximum, of: v, empty: {empty}{best}",
        ],
        "number": [
            f"take: sum, of: w{best}",
            *(f"take: {name}, of: w, empty: {empty}{best}" for name in ("average", "median", "minimum", "maximum")),
        ],
        "yes_no": [
            "take: any, of: w > 0",
            f"take: all, of: v > 1, empty: {'unknown' if empty == 'unknown' else 'true'}",
        ],
    }
    return f"{{title: {{en: D}}, kind: {kind}, over: deals, {draw(st.sampled_from(forms[kind]))}{where}, {CLAUSE}}}"


NUMBERS = ["n", "z", "how_many", "figure", "n + z", "n * 2 - how_many", "n + figure / 2", "z / n", "min(n, how_many)"]
PLAIN = ["y", "u", "holds", "c == 'mid'", "c >= 'mid'", "c in ('low', 'high')", "share(n, how_many) >= 50"]
MARKS = ["1", "2", "0", "n", "0.5"]
compared = st.tuples(st.sampled_from(NUMBERS), st.sampled_from([">=", "<", "==", ">"]), st.sampled_from(MARKS))
conditions = st.recursive(
    st.one_of(st.sampled_from(PLAIN), compared.map(" ".join)),
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=3,
)
figures = st.one_of(
    st.sampled_from(NUMBERS),
    st.builds("{} if {} else {}".format, st.sampled_from(NUMBERS), conditions, st.sampled_from(NUMBERS)),
    st.builds("max({}, {}) - z".format, st.sampled_from(NUMBERS), st.sampled_from(NUMBERS)),
    st.sampled_from(["n / how_many", "rank(c) * how_many", "how_many * n", "round(figure, 0.5)"]),
)


@st.composite
def programmes(draw: st.DrawFn, *, unbounded: bool = False) -> dict[str, str]:
    """The files of a programme: facts, a list, what it comes to, a figure, and a tier with rules and bonuses."""
    definitions = f"""
definitions:
  how_many: {draw(aggregates("count"))}
  figure: {draw(aggregates("number"))}
  holds: {draw(aggregates("yes_no"))}
  worth: {{title: {{en: W}}, kind: number, value: "{draw(figures)}", {CLAUSE}}}
"""
    rules = [draw(conditions), draw(conditions)]
    requirements = ", ".join(
        f'r{number}: {{title: {{en: R{number}}}, rule: "{rule}", {CLAUSE}}}' for number, rule in enumerate(rules, 1)
    )
    discount = f"discount: {{value: 10, {CLAUSE}}}"
    tiers = f"award: highest\ntiers: {{gold: {{title: {{en: G}}, {discount}, requirements: {{{requirements}}}}}}}\n"
    bonuses = f"""
discount: {{cap: {{title: {{en: Cap}}, value: {draw(st.sampled_from(["16", "40"]))}, {CLAUSE}}}}}
bonuses:
  b1: {{title: {{en: B1}}, when: "{draw(conditions)}", percent: {{gold: 5}}, {CLAUSE}}}
  b2: {{title: {{en: B2}}, when: "{draw(conditions)}", percent: {{gold: 2.5}}, {CLAUSE}}}
"""
    facts = draw(fact_files(unbounded=unbounded))
    return {"facts": facts, "definitions": definitions, "tiers": tiers, "bonuses": bonuses}


# Partners -------------------------------------------------------------------------------------------------------------


def values_of(fact: Fact) -> list[Any]:
    """The values of a fact that matter: all that it can have, or its ends and some between and beyond."""
    if fact.kind is Kind.YES_NO:
        return [True, False]
    if fact.kind is Kind.CHOICE:
        return list(fact.choices)
    low = fact.minimum if fact.minimum is not None else Decimal(0 if fact.kind is Kind.COUNT else -3)
    high = fact.maximum if fact.maximum is not None else low + 5
    step = Decimal(1) if fact.kind is Kind.COUNT else Decimal("0.5")
    return [low + step * place for place in range(int((high - low) / step) + 1)]


def items_of(release: Release, chance: random.Random, most: int, missing: float = 0) -> list[Record]:
    """The items of a list, up to so many; a field is left out with the probability `missing`."""
    fields = release.programme.lists["deals"].fields
    return [
        {id: chance.choice(values_of(field)) for id, field in fields.items() if chance.random() >= missing}
        for _ in range(chance.randrange(most + 1))
    ]


def partners(release: Release, chance: random.Random, count: int, *, missing: float = 0) -> Iterator[Record]:
    """Partners at random, with lists of 0 to 5 items; facts, lists and fields are missing with a probability."""
    for _ in range(count):
        facts = {
            id: chance.choice(values_of(fact))
            for id, fact in release.programme.facts.items()
            if chance.random() >= missing
        }
        if chance.random() >= missing:
            facts["deals"] = items_of(release, chance, 5, missing / 2)
        yield {"partner": "P", "facts": facts}


def completions(release: Release, chance: random.Random, record: Record, count: int) -> Iterator[Record]:
    """The partner with what is missing filled in at random, so many times."""
    programme = release.programme
    fields = programme.lists["deals"].fields
    for _ in range(count):
        facts = {id: chance.choice(values_of(fact)) for id, fact in programme.facts.items()} | record["facts"]
        if "deals" in facts:
            facts["deals"] = [
                {id: chance.choice(values_of(field)) for id, field in fields.items()} | item for item in facts["deals"]
            ]
        elif not programme.lists["deals"].default_empty:
            facts["deals"] = items_of(release, chance, 4)
        yield {**record, "facts": facts}


def values(release: Release, record: Record, day: date = DAY) -> dict[str, Any]:
    return release.values(release.evaluate(record, as_of=day))


def known_values(values: Sequence[Any]) -> list[Any]:
    """Those of the values that are known."""
    return [value for value in values if not isinstance(value, Unknown)]
