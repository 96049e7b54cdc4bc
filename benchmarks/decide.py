"""Decide one partner in process: charter beside regorus, ZEN, OpenFisca and plain Python, for the same outputs.

First every contender decides the same random partners, and all answers must agree. Then they are timed in turn, round
after round, each called in its fastest way, with what it reads prepared beforehand.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import opa_eval
import zen
from charter import Outcome, Release, load
from charter.engine.evaluate.evaluate import all_values
from charter.engine.evaluate.record import Record, record_of
from charter.engine.evaluate.row_layout import KnownInputs, fill
from charter.engine.language.run.compiled import by_closures
from charter.engine.report.outcome_page import outcome_page
from charter.engine.report.page import Page
from charter.engine.values import Kind
from measure import in_turns, machine, table
from peers import asoft_openfisca, asoft_python

HERE = Path(__file__).resolve().parent
RELEASE = "1.0.0"  # the release whose rules stand in peers/

Facts = dict[str, Any]
Answer = dict[str, dict[str, Any]]  # what is compared, by tier


class Contender(NamedTuple):
    """One way to decide a partner; without `answer` it does only a part of the work, and is timed but not compared."""

    name: str
    reads: str
    prepare: Callable[[Facts], Any]  # before the clock starts: the facts in the form that this contender takes
    decide: Callable[[Any], Any]  # what is timed
    answer: Callable[[Any], Answer] | None  # after the clock has stopped


def contenders(release: Release) -> list[Contender]:
    """The contenders; the ratios of times are to the first."""
    today, programme = date.today(), release.programme

    def checked(facts: Facts) -> Record:
        record, problems = record_of(as_document(facts), programme)
        if record is None:
            raise ValueError(problems)
        return record

    def known_inputs(facts: Facts) -> KnownInputs:
        record = checked(facts)
        return KnownInputs(today, record.tier, record.since, record.facts)

    def with_values(record: Record) -> tuple[Outcome, dict[str, Any]]:
        outcome = release.evaluate(record, as_of=today)
        return outcome, all_values(release.plan, outcome)

    def with_page(record: Record) -> tuple[Outcome, Page]:
        outcome, values = with_values(record)
        return outcome, outcome_page(outcome, programme, values, "en", explain=True)

    layout = release.plan.layout
    closures = layout._replace(fill=lambda row: by_closures(layout.steps, row))  # never compiled
    rego = opa_eval.OpaEval(str(HERE / "peers" / "asoft.rego"), query="data.asoft.decision")
    graph = json.loads((HERE / "peers" / "asoft.jdm.json").read_text("utf-8"))
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"asoft": graph}}})  # compiled here, once

    def traced(facts: Facts) -> Any:
        return engine.evaluate("asoft", facts, {"trace": True})

    return [
        Contender(
            "charter", "a checked record", checked, lambda record: release.evaluate(record, as_of=today), of_outcome
        ),
        Contender(
            "charter, checking too", "a dict", as_document, lambda it: release.evaluate(it, as_of=today), of_outcome
        ),
        Contender(
            "charter, values only", "a checked record", known_inputs, lambda it: fill(release.plan.layout, it), None
        ),
        Contender(
            "charter, values only, by closures", "a checked record", known_inputs, lambda it: fill(closures, it), None
        ),
        Contender("regorus", "JSON text", json.dumps, rego.evaluate_parsed, of_peer),
        Contender("ZEN", "JSON text", json.dumps, lambda text: engine.evaluate("asoft", text), of_zen),
        Contender("ZEN", "a dict", dict, lambda facts: engine.evaluate("asoft", facts), of_zen),
        Contender("OpenFisca", "arrays", asoft_openfisca.arrays, asoft_openfisca.Decider().decide, of_peer),
        Contender("plain Python", "a dict", dict, asoft_python.decide, of_peer),
        Contender(
            "charter, with every value", "a checked record", checked, with_values, lambda result: of_outcome(result[0])
        ),
        Contender("ZEN, with its trace", "a dict", dict, traced, of_zen),
        Contender(
            "charter, with the page of `--explain`",
            "a checked record",
            checked,
            with_page,
            lambda result: of_outcome(result[0]),
        ),
    ]


# Answers, in one form -------------------------------------------------------------------------------------------------


def of_outcome(outcome: Outcome) -> Answer:
    """The answer of charter, by tier."""
    answer = {}
    for tier in outcome.tiers:
        assert tier.discount is not None
        answer[tier.id] = {
            "qualified": {"qualified": True, "not_qualified": False}[tier.status],
            "requirements": {own.id: {"met": True, "not_met": False}[own.status] for own in tier.requirements},
            "base": tier.discount.base,
            "bonuses": {bonus.id: bonus.percent for bonus in tier.discount.bonuses},
            "uncapped": tier.discount.uncapped,
            "total": tier.discount.total,
        }
    return answer


def of_peer(decision: dict[str, Any]) -> Answer:
    """The answer of a peer, which gives the requirements that all tiers share only once."""
    exact = _exact(decision)
    return {
        id: {**tier, "requirements": {**exact["requirements"], **tier["requirements"]}}
        for id, tier in exact["tiers"].items()
    }


def of_zen(response: Any) -> Answer:
    """The answer of ZEN, which is inside an envelope."""
    return of_peer(response["result"])


def _exact(data: Any) -> Any:
    """The data with each float as a decimal."""
    if isinstance(data, dict):
        return {key: _exact(value) for key, value in data.items()}
    return Decimal(str(round(data, 6))) if isinstance(data, float) else data


def differences(entrants: Sequence[Contender], partners: Sequence[Facts]) -> Iterator[str]:
    """A line for each partner whom a contender decides differently from the first."""
    answering = [entrant for entrant in entrants if entrant.answer]
    for facts in partners:
        answers = [entrant.answer(entrant.decide(entrant.prepare(facts))) for entrant in answering if entrant.answer]
        for entrant, answer in zip(answering[1:], answers[1:], strict=True):
            if answer != answers[0]:
                yield f"{entrant.name} ({entrant.reads}) differs for {facts}:\n  {answer}\n  {answers[0]}"


# Partners -------------------------------------------------------------------------------------------------------------


def random_partners(release: Release, number: int) -> list[Facts]:
    """Complete records, the same in every run: small counts, so that thresholds are met about as often as not."""
    chance = random.Random(number)

    def value(kind: Kind, choices: Sequence[str]) -> bool | int | str:
        match kind:
            case Kind.YES_NO:
                return chance.random() < 0.9
            case Kind.COUNT:
                return chance.choice((0, 1, 1, 2, 2, 3, 3, 4, 6, 8, 9, 12))
            case Kind.CHOICE:
                return chance.choice(choices)
            case _:
                raise NotImplementedError(kind)

    facts = release.programme.facts.values()
    return [{fact.id: value(fact.kind, tuple(fact.choices)) for fact in facts} for _ in range(number)]


def as_document(facts: Facts) -> dict[str, Any]:
    """The facts as a partner's record in plain data."""
    return {"partner": "P-001", "tier": "competency", "facts": facts}


# Times ----------------------------------------------------------------------------------------------------------------


def timed(contender: Contender, partners: Sequence[Facts]) -> Callable[[], float]:
    """A call that decides all these partners and gives the mean time of a partner in microseconds."""
    decide, inputs = contender.decide, [contender.prepare(facts) for facts in partners]

    def run() -> float:
        start = time.perf_counter()
        for partner in inputs:
            decide(partner)
        return (time.perf_counter() - start) / len(inputs) * 1e6

    return run


def main() -> int:
    """Compare the answers, then time the contenders; the exit code is 1 where answers differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--partners", type=int, default=500, help="random partners on whom all must agree")
    parser.add_argument("--rounds", type=int, default=400, help="rounds of timing, each over 50 of them")
    arguments = parser.parse_args()

    release = load(HERE.parent / "program", release=RELEASE)
    entrants, partners = contenders(release), random_partners(release, arguments.partners)
    differing = list(differences(entrants, partners))
    if differing:
        print(differing[0], f"{len(differing)} answers differ.", sep="\n", file=sys.stderr)
        return 1
    qualified = Counter(
        tier.id
        for facts in partners
        for tier in release.evaluate(as_document(facts)).tiers
        if tier.status == "qualified"
    )
    spread = ", ".join(f"{id} {qualified[id]}" for id in release.programme.tiers)
    print(f"The same answers for {len(partners)} random partners (qualified: {spread}).\n")
    taken = in_turns([timed(entrant, partners[:50]) for entrant in entrants], arguments.rounds)
    print(table(("contender", "reads"), [(entrant.name, entrant.reads) for entrant in entrants], taken, "µs"))
    peers = ", ".join(f"{name} {version(name)}" for name in ("charter", "opa-eval", "zen-engine", "openfisca-core"))
    print(f"\n{arguments.rounds} rounds of {len(partners[:50])} decisions. {peers}. {machine()}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
