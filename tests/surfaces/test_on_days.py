"""A value asked for on a day is what the release in force on it says, of every form and every change of a release.

What is asked for is compared with an evaluation on that day under the release in force, of the same facts.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from charter import Release
from charter.engine.compile.on_days import EarlierRelease
from charter.engine.difference.effects import EffectWitness, OutcomeEffect
from charter.engine.difference.either_side import with_other_side
from charter.engine.difference.matched import matched
from charter.engine.difference.one_partner import Pair
from charter.engine.difference.partner_effects import outcome_effects
from charter.engine.language.run.interpret import interpret
from charter.engine.problems import InvalidInput, InvalidProgramme
from charter.engine.release.load import load_files, release_files
from charter.engine.values import Unknown

from .changes import CHANGES, changed
from .expressions import NUMERIC
from .partners import DAY, Partners, reference
from .programmes import Files, compiled, text
from .trials import COMPARED, each, trials

BEGINS = DAY - timedelta(20)  #: the second release
ASKED = "asked_on"


def later(files: Files) -> Files:
    """The files as the release that begins on `BEGINS`, with a day, and each definition asked for on it."""
    about = {**files["programme"], "release": "2.0.0", "effective": {"from": BEGINS}}
    return asking({**files, "programme": about})


def asking(files: Files) -> Files:
    """The files with a day, and each definition asked for on it."""
    after = deepcopy(files)
    day = {"title": {"en": "Asked", "ru": "День"}, "kind": "date"}
    after.setdefault("facts", {}).setdefault("facts", {})[ASKED] = day
    definitions = after.get("definitions", {}).get("definitions", {})
    for id, row in list(definitions.items()):
        if row["kind"] in (*NUMERIC, "yes_no", "date") and "by_tier" not in row:
            keep = {key: row[key] for key in ("kind", "currency", "title", "source") if key in row}
            definitions[f"then_{id}"] = {**keep, "value": f"on({ASKED}, {id})"}
    return after


def with_earlier(files: Files, before: Release) -> Release:
    """The release of these files, after another one."""
    contents = {kind: text(data).encode() for kind, data in files.items()}
    earlier = EarlierRelease("1.0.0", before.programme.effective_from, before.programme)
    return load_files(release_files(Path("world"), contents)._replace(earlier=(earlier,)))


@trials(30)
def test_a_value_on_a_day_is_that_of_the_release_in_force(seeds: range) -> None:
    each(seeds, on_day_fault)


def on_day_fault(files: Files, chance: Random) -> str | None:
    """A definition asked for on a day that is not what the release in force on it says."""
    before = compiled(files)
    change = changed(files, chance, chance.choice(list(CHANGES)))
    if change is None or change.names or change.files.get("facts") != files.get("facts"):
        return None  # facts are read as those of the later release
    try:
        after = with_earlier(later(change.files), before)
    except InvalidProgramme as refused:
        codes = {problem.code for problem in refused.problems if problem.level == "error"}
        return None if codes <= {"not-on-a-day"} else f"refused: {refused.problems}"
    makers = Partners(after.programme, chance, any_term=True, on_days=True)
    for _ in range(10):
        partner = makers.partner()
        partner["facts"][ASKED] = BEGINS + timedelta(chance.choice((-40, -21, -1, 0, 1, 20)))
        if fault := fault_of(before, after, partner):
            return f"{change.kind}: {fault}, of {partner}"
    return None


def fault_of(before: Release, after: Release, partner: dict[str, Any]) -> str | None:
    day: date = partner["facts"][ASKED]
    try:
        asked = after.values(after.evaluate(partner, as_of=DAY))
    except InvalidInput as refused:  # what cannot be said of another day cannot be agreed
        return None if {problem.code for problem in refused.problems} == {"not-on-a-day"} else f"{refused!r}"
    right = reference(after, partner)
    old = {**partner, "facts": {id: value for id, value in partner["facts"].items() if id != ASKED}}
    release, record = (after, partner) if day >= BEGINS else (before, old)
    try:
        then = release.values(release.evaluate(record, as_of=day))
    except InvalidProgramme:
        raise
    except Exception as refused:  # noqa: BLE001 - a term or a tier that the release before does not have
        return None if "Input" in type(refused).__name__ else f"{refused!r}"
    agreed = {agreement["term"] for agreement in partner.get("agreements", ())}
    for id in after.programme.definitions:
        name = after.programme.values[id].name
        if not name.startswith("then_") or id in agreed:  # agreed today, it asks for no other day
            continue
        plain = id.replace("then_", "")
        if asked[id] != right[id]:
            return f"{id} is {asked[id]} in the row, {right[id]} by the interpreter"
        wanted = then.get(plain, Unknown())
        is_known = not isinstance(wanted, Unknown)
        if (not isinstance(asked[id], Unknown)) != is_known or (is_known and asked[id] != wanted):
            return f"{id} is {asked[id]}, on {day} it is {wanted}"
    return None


@pytest.mark.parametrize("seeds", [range(20), pytest.param(range(1000, 1000 + 30 * COMPARED), marks=pytest.mark.slow)])
def test_the_other_side_of_an_effect_is_what_each_release_says_of_it(seeds: range) -> None:
    each(seeds, other_side_fault, share=0.3)


def other_side_fault(files: Files, chance: Random) -> str | None:
    """An effect whose example, with its day moved, comes to something else than `diff` says."""
    raised = deepcopy(files)
    definitions = raised.get("definitions", {}).get("definitions", {})
    kinds = ("number", "count", "percent")
    numbers = [row for row in definitions.values() if row.get("kind") in kinds and "value" in row]
    for row in chance.sample(numbers, min(2, len(numbers))):
        row["value"] = f"({row['value']}) + 1"
    try:
        before = compiled(asking(files))
        after = with_earlier(later(raised), before)
    except InvalidProgramme:
        return None  # the other test holds what is refused
    pair = Pair(before, after, DAY, seconds=0.3)
    outcomes = [outcome for outcome in matched(before.programme, after.programme) if not outcome.of_order]
    for effect in outcome_effects(pair, outcomes):
        shown = with_other_side(pair, effect)
        for way, witness in shown.ways.items():
            if fault := wrong_other_side(pair, shown, witness):
                return f"{effect.outcome.id}, {way}: {fault}"
    return None


def wrong_other_side(pair: Pair, effect: OutcomeEffect, witness: EffectWitness) -> str | None:
    other, examples = witness.other_side, witness.examples
    states = examples is not None and ASKED in examples[1].facts
    asks = effect.outcome.reads & {id for id in pair.after.programme.on_days if "then_" in id}
    if other is None or examples is None:
        return "the other side is not shown" if states and asks else None
    if other.moved != (ASKED,):
        return None  # the programme itself asks for something on days of its own
    is_after = examples[1].facts[ASKED] >= BEGINS
    if other.day != (BEGINS - timedelta(1) if is_after else BEGINS):
        return f"moved to {other.day}"
    rows = [
        reference(
            release,
            example._replace(facts={**example.facts, ASKED: other.day}).record_for(release),
            None,
            example.as_of,
        )
        for release, example in zip((pair.before, pair.after), examples, strict=True)
    ]
    outcome = effect.outcome
    trees = (outcome.before, outcome.after)
    right = tuple(interpret(tree, row) for tree, row in zip(trees, rows, strict=True)) if outcome.list is None else None
    if right is not None and other.values != right:
        return f"{other.values}, by the interpreter {right}"
    if "then_" in outcome.id and is_after and not outcome.list and other.values[0] != other.values[1]:
        return f"{other.values} on a day on which the first release is in force for both"
    return None
