"""Kinds of inputs and how often each is tried; a search that follows from its seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from random import Random
from typing import NamedTuple

from . import calls, records, releases, tables
from .faults import Hang, bounded, signature
from .records import Input


class Kind(NamedTuple):
    """How an input of a kind is made and run, its share of all cases, and the seconds that one may take."""

    make: Callable[[Random], Input]
    run: Callable[[Input], str]
    share: float
    seconds: float = 10


class Tried(NamedTuple):
    """One case: its number, kind, input (None where it could not be made), what came of it, and the fault if any."""

    number: int
    kind: str
    input: Input | None
    result: str
    fault: BaseException | None


KINDS: Mapping[str, Kind] = {
    "record": Kind(records.make_record, records.run_record, 22),
    "data": Kind(records.make_data, records.run_data, 8),
    "agreement": Kind(records.make_agreement, records.run_record, 8),
    "order": Kind(records.make_order, records.run_order, 8),
    "timeline": Kind(records.make_timeline, records.run_timeline, 2),
    "certificate": Kind(records.make_certificate, records.run_certificate, 8),
    "setting": Kind(records.make_setting, records.run_setting, 3),
    "row": Kind(tables.make_row, tables.run_row, 8),
    "line": Kind(tables.make_line, tables.run_line, 5),
    "table": Kind(tables.make_table, tables.run_table, 0.4, 60),
    "expression": Kind(calls.make_expression, calls.run_expression, 10),
    "command": Kind(calls.make_command, calls.run_command, 1, 30),
    "release": Kind(releases.make_release, releases.run_release, 14, 60),
    "scenario": Kind(releases.make_scenario, releases.run_scenario, 1, 30),
    "seal": Kind(releases.make_seal, releases.run_seal, 1.5, 30),
}


def search(
    seed: int, numbers: Iterable[int], kinds: Iterable[str] = (), begin: Callable[[int, str], object] = lambda *_: None
) -> Iterator[Tried]:
    """Try the cases of these numbers; a case follows from the seed, the kinds and its number alone.

    `begin` is called with the number and the kind of each case before it is tried.
    """
    names = list(kinds) or list(KINDS)
    shares = [KINDS[name].share for name in names]
    for number in numbers:
        chance = Random(f"{seed}:{number}")
        kind = chance.choices(names, shares)[0]
        begin(number, kind)
        yield tried(number, kind, chance)


def tried(number: int, name: str, chance: Random) -> Tried:
    """Make and run one case of a kind."""
    kind = KINDS[name]
    case: Input | None = None
    try:
        with bounded(kind.seconds):
            case = kind.make(chance)
            result = kind.run(case)
    except (Exception, Hang) as fault:  # noqa: BLE001 - whatever it is, it is a finding
        return Tried(number, name, case, signature(fault), fault)
    return Tried(number, name, case, result, None)


def still(name: str, case: Input, wanted: str) -> bool:
    """Whether a case of a kind still ends with the fault of this signature."""
    kind = KINDS[name]
    try:
        with bounded(kind.seconds):
            kind.run(case)
    except (Exception, Hang) as fault:  # noqa: BLE001 - as above
        return signature(fault) == wanted
    return False


def smallest(name: str, case: Input, wanted: str, tries: int = 150) -> Input:
    """The case with as few lines and characters as show the same fault; `tries` bounds the search."""
    for file in list(case.files):
        content, size = case.files[file], max(1, len(case.files[file]) // 2)
        while size >= 1 and tries > 0:
            at = 0
            while at < len(content) and tries > 0:
                shorter = content[:at] + content[at + size :]
                tries -= 1
                if still(name, case._replace(files={**case.files, file: shorter}), wanted):
                    content = shorter
                else:
                    at += size
            size //= 2
        case = case._replace(files={**case.files, file: content})
    return case
