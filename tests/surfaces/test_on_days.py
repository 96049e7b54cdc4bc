"""A value asked for on a day is what the release in force on it says, of every form and every change of a release.

What is asked for is compared with an evaluation on that day under the release in force, of the same facts.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from charter import Release
from charter.engine.compile.on_days import EarlierRelease
from charter.engine.evaluate.evaluate import all_values
from charter.engine.problems import InvalidProgramme
from charter.engine.release.load import load_files, release_files
from charter.engine.values import Unknown

from .changes import CHANGES, changed
from .expressions import NUMERIC
from .partners import DAY, Partners, reference
from .programmes import Files, compiled, text
from .trials import each, trials

BEGINS = DAY - timedelta(20)  #: the second release
ASKED = "asked_on"


def later(files: Files) -> Files:
    """The files as the release that begins on `BEGINS`, with a day, and each definition asked for on it."""
    after = deepcopy(files)
    after["programme"] = {**after["programme"], "release": "2.0.0", "effective": {"from": BEGINS}}
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
    makers = Partners(after.programme, chance)
    for _ in range(10):
        partner = makers.partner()
        partner["facts"][ASKED] = BEGINS + timedelta(chance.choice((-40, -21, -1, 0, 1, 20)))
        if fault := fault_of(before, after, partner):
            return f"{change.kind}: {fault}, of {partner}"
    return None


def fault_of(before: Release, after: Release, partner: dict[str, Any]) -> str | None:
    day: date = partner["facts"][ASKED]
    asked = all_values(after.plan, after.evaluate(partner, as_of=DAY))
    right = reference(after, partner)
    old = {**partner, "facts": {id: value for id, value in partner["facts"].items() if id != ASKED}}
    release, record = (after, partner) if day >= BEGINS else (before, old)
    try:
        then = all_values(release.plan, release.evaluate(record, as_of=day))
    except InvalidProgramme:
        raise
    except Exception as refused:  # noqa: BLE001 - a term or a tier that the release before does not have
        return None if "Input" in type(refused).__name__ else f"{refused!r}"
    for id in after.programme.definitions:
        name = after.programme.values[id].name
        if not name.startswith("then_"):
            continue
        plain = id.replace("then_", "")
        if asked[id] != right[id]:
            return f"{id} is {asked[id]} in the row, {right[id]} by the interpreter"
        wanted = then.get(plain, Unknown())
        is_known = not isinstance(wanted, Unknown)
        if (not isinstance(asked[id], Unknown)) != is_known or (is_known and asked[id] != wanted):
            return f"{id} is {asked[id]}, on {day} it is {wanted}"
    return None
