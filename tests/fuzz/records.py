"""Spoilt inputs about one partner: records, plain data, orders, agreements, timelines, saved outcomes, settings."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from charter import InvalidInput, InvalidProgramme, Outcome, Release, WrongCall, statement, to_json, verify, what_if
from charter.engine.problems import has_errors
from charter.engine.release.timeline import timeline
from charter.engine.report.quote import quote_page
from charter.engine.report.terminal import page_text
from charter.engine.report.timeline import timeline_page
from charter.engine.source.document import read_bytes
from charter.engine.verify.certificate import read_saved

from ..surfaces.partners import DAY
from .bases import a_name, all_parts, base, order_text, record_text, saved_outcome, tree_of
from .faults import REFUSED, TAKEN, check_problems, require
from .nodes import NUMBERS, SCALARS, Map, Raw, block, flow, odd, part_at, slots, spoil
from .spoilt import bomb, spoilt_bytes, spoilt_text


class Input(NamedTuple):
    """One case: the base it belongs to, its files by name, and what further choices of the run follow from."""

    base: str
    files: dict[str, bytes]
    dice: int


DAYS = (
    DAY,
    date.min,
    date.max,
    date(1, 1, 2),
    date(9999, 12, 30),
    date(9998, 12, 31),
    date(2024, 2, 29),
    date(1900, 1, 1),
)


def spoilt(written: str, chance: Random, name: str, times: tuple[int, ...] = (0, 1, 1, 1, 2, 3)) -> bytes:
    """A text of YAML or JSON with slips in its structure, its text or its bytes; now and then with none."""
    if chance.random() < 0.02:
        return bomb(chance)
    tree = tree_of(written)
    for _ in range(chance.choice(times)):
        tree = spoil(tree, chance, all_parts(name))
    content = flow(tree) if chance.random() < 0.4 else block(tree, chance)
    form = chance.random()
    if form < 0.15:
        return spoilt_text(content, chance)
    encoded = content.encode("utf-8", "surrogatepass")
    return spoilt_bytes(encoded, chance) if form < 0.25 else encoded


def show(release: Release, outcome: Outcome, chance: Random) -> None:
    """The outcome on each of its surfaces."""
    check_problems(outcome.problems)
    json.loads(to_json(outcome))
    lang, form = chance.choice(("en", "ru")), chance.choice(("text", "markdown", "html"))
    statement(release, outcome, lang=lang, format=form, explain=chance.random() < 0.5)


def a_day(chance: Random) -> date:
    """A day of evaluation, one in three at an end of the calendar."""
    return chance.choice(DAYS) if chance.random() < 0.35 else DAY


def make_record(chance: Random) -> Input:
    """A record of a partner."""
    name = a_name(chance)
    return Input(name, {"record": spoilt(record_text(name, chance), chance, name)}, chance.randrange(2**32))


def run_record(case: Input) -> str:
    """Read the record as a file, and evaluate it."""
    chance, release = Random(case.dice), base(case.base).release
    document, problems = read_bytes(case.files["record"], "record.yaml")
    check_problems(problems)
    require(document is not None or has_errors(problems), "neither a document nor an error")
    if document is None or has_errors(problems):
        return REFUSED
    try:
        outcome = release.evaluate(document, as_of=a_day(chance))
    except InvalidInput as refused:
        return check_problems(refused.problems)
    show(release, outcome, chance)
    return TAKEN


def make_agreement(chance: Random) -> Input:
    """A record whose agreements, tier or days are spoilt."""
    name, terms = a_name(chance), ["x"]
    for _ in range(20):
        if any(value.negotiable for value in base(name).release.programme.values.values()):
            terms = [id for id, value in base(name).release.programme.values.items() if value.negotiable]
            break
        name = a_name(chance)
    tree = tree_of(record_text(name, chance))
    own = Map(pair for pair in tree if pair[0] != "agreements")
    rows = [
        Map(
            [("term", Raw(json.dumps(chance.choice(terms)))), ("value", Raw(chance.choice(("1", "0.5", "40")))),
             ("document", Raw("A-1")), ("from", Raw("2026-01-01")), ("until", Raw("2026-12-31"))][: chance.choice((4, 5))]
        )
        for _ in range(chance.choice((1, 1, 2, 3)))
    ]  # fmt: skip
    part: Any = rows
    for _ in range(chance.choice((0, 1, 1, 2))):
        part = spoil(part, chance, rows)
    written = Map([*own, ("agreements", part)])
    return Input(name, {"record": block(written, chance).encode("utf-8", "surrogatepass")}, chance.randrange(2**32))


def nested(depth: int) -> Any:
    """Lists within each other."""
    part: Any = []
    for _ in range(depth):
        part = [part]
    return part


def own_part() -> Any:
    """A list that is its own item."""
    part: Any = {"a": []}
    part["a"].append(part)
    return part


_OBJECTS: tuple[Callable[[], Any], ...] = (
    lambda: 1.5, lambda: float("nan"), lambda: float("inf"), lambda: Decimal("NaN"), lambda: Decimal("sNaN"),
    lambda: Decimal("Infinity"), lambda: Decimal("1e999999"), lambda: Decimal("1e-999999"), lambda: Decimal("-0"),
    lambda: 10**400, lambda: -(10**400), lambda: 10**18, lambda: 10**18 - 1, lambda: Fraction(1, 3), lambda: 1j, lambda: b"x",
    lambda: {1, 2}, lambda: (1, 2), object, lambda: object, lambda: len, lambda: date.max, lambda: date.min,
    lambda: timedelta(1), lambda: "\ud800", lambda: "a\x00b",
    lambda: "x" * 5000, lambda: True, lambda: None, dict, list, lambda: {1: 2}, lambda: {None: 1}, lambda: {(1, 2): 3},
    lambda: {"a": {"b": {"c": [1]}}}, lambda: nested(30), lambda: nested(5000), own_part, lambda: Path("x"),
    lambda: iter([1]), lambda: range(3), lambda: memoryview(b"x"), lambda: bytearray(b"x"), lambda: NotImplemented,
)  # fmt: skip


def make_data(chance: Random) -> Input:
    """A record as plain data of Python."""
    name = a_name(chance)
    return Input(name, {"record": record_text(name, chance).encode()}, chance.randrange(2**32))


def run_data(case: Input) -> str:
    """Evaluate plain data, of which a part is an object that no file can hold."""
    chance, release = Random(case.dice), base(case.base).release
    document, _ = read_bytes(case.files["record"], "record")
    if document is None:
        return REFUSED
    data: Any = document.data
    paths = _data_slots(data)
    for _ in range(chance.choice((1, 1, 2)) if paths else 0):
        inner = [slot for slot in paths if slot[0] is not data] if chance.random() < 0.8 else []
        container, key = chance.choice(inner or paths)
        if chance.random() < 0.15 and isinstance(container, dict):
            container[chance.choice((1, None, True, (1,), "\ud800", 1.5, date.min, "x" * 99, "a\nb"))] = container.pop(
                key, None
            )
        else:
            container[key] = chance.choice(_OBJECTS)()
    try:
        show(release, release.evaluate(data, as_of=a_day(chance)), chance)
    except InvalidInput as refused:
        return check_problems(refused.problems, placed=False)
    return TAKEN


def _data_slots(data: Any) -> list[tuple[Any, Any]]:
    """Each part of plain data: what contains it, and its key or position there."""
    parts = list(data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ())
    return [(data, key) for key, _ in parts] + [slot for _, part in parts for slot in _data_slots(part)]


def make_order(chance: Random) -> Input:
    """An order and a record."""
    name = "asoft" if chance.random() < 0.2 else a_name(chance)
    order = spoilt(order_text(name, chance), chance, name)
    return Input(name, {"order": order, "record": record_text(name, chance).encode()}, chance.randrange(2**32))


def run_order(case: Input) -> str:
    """Price the order."""
    chance, release = Random(case.dice), base(case.base).release
    document, problems = read_bytes(case.files["order"], "order.yaml")
    check_problems(problems)
    if document is None or has_errors(problems):
        return REFUSED
    record, _ = read_bytes(case.files["record"], "record.yaml")
    try:
        quote = release.quote(document, record, as_of=a_day(chance))
    except InvalidInput as refused:
        return check_problems(refused.problems)
    except WrongCall as refused:
        return check_problems(refused.problems, placed=False)
    json.loads(to_json(quote))
    page_text(quote_page(quote, release.programme, chance.choice(("en", "ru"))))
    return TAKEN


def make_timeline(chance: Random) -> Input:
    """A record with days."""
    name = a_name(chance, slow=False)
    return Input(name, {"record": spoilt(record_text(name, chance), chance, name, (0, 0, 1))}, chance.randrange(2**32))


def run_timeline(case: Input) -> str:
    """The timeline of the record between two days, which may be in no order."""
    chance, release = Random(case.dice), base(case.base).release
    document, problems = read_bytes(case.files["record"], "record.yaml")
    if document is None or has_errors(problems):
        return REFUSED
    first = chance.choice((*DAYS, *[DAY, release.programme.effective_from] * 4))
    last = (
        chance.choice((first, *DAYS)) if chance.random() < 0.3 else _after(first, chance.choice((0, 1, 40, 400, 3701)))
    )
    try:
        line = timeline([release], document, first, last)
    except InvalidInput as refused:
        return check_problems(refused.problems)
    except WrongCall as refused:
        return check_problems(refused.problems, placed=False)
    json.loads(to_json(line))
    page_text(timeline_page(line, chance.choice(("en", "ru"))))
    return TAKEN


def _after(day: date, days: int) -> date:
    return day + timedelta(min(days, (date.max - day).days))


def make_certificate(chance: Random) -> Input:
    """A saved outcome."""
    name = a_name(chance)
    written = saved_outcome(name, chance.randrange(3))
    if chance.random() < 0.1:
        written = "\n".join([written] * chance.choice((2, 30)))
        return Input(name, {"saved": spoilt_text(written, chance)}, chance.randrange(2**32))
    tree = tree_of(written)
    for _ in range(chance.choice((0, 1, 1, 1, 2))):
        tree = spoil(tree, chance, tree)
    content = flow(tree)
    if chance.random() < 0.15:
        return Input(name, {"saved": spoilt_text(content, chance)}, chance.randrange(2**32))
    encoded = content.encode("utf-8", "surrogatepass")
    content_bytes = spoilt_bytes(encoded, chance) if chance.random() < 0.1 else encoded
    return Input(name, {"saved": content_bytes}, chance.randrange(2**32))


_folders: dict[str, TemporaryDirectory[str]] = {}


def folder_of(name: str) -> Path:
    """A folder with the release of a base, made once."""
    if name not in _folders:
        _folders[name] = TemporaryDirectory()
        release = Path(_folders[name].name) / "1.0.0"
        release.mkdir()
        for kind, content in base(name).contents.items():
            (release / f"{kind}.yaml").write_bytes(content)
    return Path(_folders[name].name)


def run_certificate(case: Input) -> str:
    """Verify the saved outcome."""
    content = case.files["saved"]
    for saved in read_saved(content, "saved.json"):
        check_problems(saved.problems)
        require((saved.data is None) == bool(saved.problems), "neither an outcome nor a problem")
    try:
        verdict = verify(content, folder_of(case.base))
    except (InvalidInput, WrongCall, InvalidProgramme) as refused:
        return check_problems(refused.problems, placed=False)
    return TAKEN if verdict.status == "equal" else verdict.status


def make_setting(chance: Random) -> Input:
    """A setting of --set: a path and a value."""
    name = a_name(chance, slow=False)
    kind, tree = chance.choice(list(all_parts(name)))
    places = list(slots(tree)) or [(Map([("x", Raw("1"))]), 0, "x")]
    scalars = [slot for slot in places if isinstance(part_at(*slot[:2]), Raw)] if chance.random() < 0.8 else []
    container, position, _ = chance.choice(scalars or places)
    path, value = [kind, *_path(tree, container, position)], chance.choice((*NUMBERS * 4, *SCALARS, flow(odd(chance))))
    if chance.random() < 0.15:
        path[chance.randrange(len(path))] = chance.choice(("", "x", "0", "[1]", "\x00", "é", "*", "a.b"))
    written = ".".join(path[chance.choice((0, 1, 1, 1, 1)) :])
    setting = chance.choice(
        (f"{written}={value}", f"{written} = {value}", written, f"={value}", f"{written}[0]={value}")
    )
    return Input(name, {"setting": setting.encode("utf-8", "surrogatepass")}, chance.randrange(2**32))


def _path(tree: Any, container: Any, position: int) -> list[str]:
    """The keys that lead to a part of a tree."""
    if tree is container:
        return [tree[position][0] if isinstance(tree, Map) else str(position)]
    if isinstance(tree, Raw):
        return []
    for index in range(len(tree)):
        below = _path(part_at(tree, index), container, position)
        if below:
            return [tree[index][0] if isinstance(tree, Map) else str(index), *below]
    return []


def run_setting(case: Input) -> str:
    """What the release would be with the setting."""
    release = base(case.base).release
    try:
        what_if(release, [case.files["setting"].decode("utf-8", "surrogatepass")])
    except (WrongCall, InvalidProgramme) as refused:
        return check_problems(refused.problems, placed=False)
    return TAKEN
