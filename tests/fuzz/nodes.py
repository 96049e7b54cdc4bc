"""A file of YAML or JSON as a tree that can also hold what no data can: a key twice, odd scalars, half a list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from .expressions import spoilt_expression

_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*|\d+(\.\d+)?")
_YAML_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_TEXTS = {"title", "en", "ru", "source", "says", "summary"}  #: keys under which no rule stands


class Raw(str):
    """A scalar, or anything else, as it is written."""

    __slots__ = ()


class Map(list[tuple[str, Any]]):
    """The pairs of a map as they are written: a key may stand twice."""

    __slots__ = ()


def node(data: Any) -> Any:
    """Plain data as a tree of Map, list and Raw."""
    if isinstance(data, dict):
        return Map((str(key), node(part)) for key, part in data.items())
    if isinstance(data, list | tuple):
        return [node(part) for part in data]
    if isinstance(data, bool) or data is None:
        return Raw({True: "true", False: "false", None: "null"}[data])
    if isinstance(data, Decimal | int):
        return Raw(f"{data:f}" if isinstance(data, Decimal) else str(data))
    return Raw(data.isoformat() if isinstance(data, date) else json.dumps(str(data), ensure_ascii=False))


def flow(tree: Any) -> str:
    """The tree on one line, as JSON is written."""
    if isinstance(tree, Map):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {flow(part)}" for key, part in tree) + "}"
    return "[" + ", ".join(map(flow, tree)) + "]" if isinstance(tree, list) else str(tree)


def block(tree: Any, chance: Random, indent: int = 0) -> str:
    """The tree in lines, as people write YAML, some of its parts on one line."""
    if not tree or isinstance(tree, Raw) or (indent and chance.random() < 0.2):
        return f" {flow(tree)}\n"
    space, lines = " " * indent, []
    pairs = tree if isinstance(tree, Map) else [(None, part) for part in tree]
    for key, part in pairs:
        plain = key is not None and _WORD.fullmatch(key) and key not in _YAML_WORDS
        head = "-" if key is None else f"{key if plain else json.dumps(key, ensure_ascii=False)}:"
        lines.append(f"{space}{head}{block(part, chance, indent + 2)}")
    return ("\n" if indent else "") + "".join(lines)


def slots(tree: Any, key: str = "") -> Iterator[tuple[Any, int, str]]:
    """Each part of the tree: what contains it, its position there, and the nearest key above it."""
    if isinstance(tree, Raw):
        return
    for position, part in enumerate(tree):
        name, inner = part if isinstance(tree, Map) else (key, part)
        yield tree, position, name
        yield from slots(inner, name)


def part_at(container: Any, position: int) -> Any:
    """The part at a position, without its key."""
    return container[position][1] if isinstance(container, Map) else container[position]


def put(container: Any, position: int, part: Any) -> None:
    """Put another part at a position, under the same key."""
    container[position] = (container[position][0], part) if isinstance(container, Map) else part


def spoil(tree: Any, chance: Random, donors: Any) -> Any:
    """A copy of the tree with one slip in it; `donors` is a tree that parts may come from."""
    tree = deepcopy(tree)
    places = list(slots(tree))
    if not places:
        return odd(chance)
    container, position, key = chance.choice(places)
    part = part_at(container, position)
    match chance.randrange(14):
        case 0 | 1:
            put(container, position, odd(chance))
        case 2:
            other_container, other, _ = chance.choice(places)
            put(container, position, deepcopy(part_at(other_container, other)))
        case 3 | 4:
            _transplant(container, position, key, chance, donors)
        case 5:
            del container[position]
        case 6:
            container.insert(chance.randrange(len(container) + 1), deepcopy(container[position]))
        case 7:
            _rename(container, position, chance, places)
        case 8:
            other_container, other, _ = chance.choice(places)
            first, second = deepcopy(part), deepcopy(part_at(other_container, other))
            put(other_container, other, first)
            if position < len(container):
                put(container, position, second)
        case 9:
            wrapped = chance.choice(([part], Map([(odd_key(chance), part)]), Map([("value", part)]), [part, part]))
            put(container, position, wrapped)
        case 10:
            put(container, position, part_at(part, 0) if part and not isinstance(part, Raw) else odd(chance))
        case _:
            _change_scalar(chance, places)
    return tree


def _transplant(container: Any, position: int, key: str, chance: Random, donors: Any) -> None:
    """Put a part of the donors in place, of the same key where there is one; or add it under its own key."""
    pool = list(slots(donors))
    if not pool:
        return
    alike = [slot for slot in pool if slot[2] == key]
    donor, index, _ = chance.choice(alike if alike and chance.random() < 0.8 else pool)
    if isinstance(container, Map) and isinstance(donor, Map) and chance.random() < 0.4:
        container.append(deepcopy(donor[index]))
    else:
        put(container, position, deepcopy(part_at(donor, index)))


def _rename(container: Any, position: int, chance: Random, places: list[tuple[Any, int, str]]) -> None:
    """Another key for a pair: that of another pair, or an odd one."""
    if isinstance(container, Map):
        key = odd_key(chance) if chance.random() < 0.4 else chance.choice(places)[2]
        container[position] = (key, container[position][1])


def _change_scalar(chance: Random, places: list[tuple[Any, int, str]]) -> None:
    """A rule with a token changed, or a number with other digits; of texts nothing is made of."""
    scalars = [slot for slot in places if isinstance(part_at(*slot[:2]), Raw) and slot[2] not in _TEXTS]
    if not scalars:
        return
    container, position, _ = chance.choice(scalars)
    text = part_at(container, position)
    if text.startswith('"'):
        try:
            rule = json.loads(text)
        except ValueError:
            return
        put(container, position, Raw(json.dumps(spoilt_expression(rule, chance), ensure_ascii=False)))
    else:
        put(container, position, Raw(chance.choice((*NUMBERS, f"-{text}", f"{text}0", f"{text}.5", f"{text}1"))))


NUMBERS = (
    "0", "1", "-1", "2", "100", "100.5", "-0", "0.000000000001", "999999999999999999", "1e17", "1e-12", "0.1", "50",
)  # fmt: skip
SCALARS = (
    *NUMBERS, "null", "~", "", "true", "false", "yes", "no", ".inf", "-.inf", ".nan", "1e999", "1e999999", "-1e-999",
    "1_000", "0x10", "010", "0o10", "1:30", "12:30:45.5", "2,5", "20%", "1e5000000000", "9" * 400, "1" + "0" * 4999,
    "0." + "0" * 400 + "1", "9999-12-31", "0001-01-01", "2026-02-30", "2026-02-29", "0000-00-00", "2026-1-1",
    "2026-01-01T00:00:00Z", "'x'", '"x"', "x", "'gold'", "none", "as_of", "tier", "partner", "count", "order", "line",
    "'a''b'", '"a\\nb"', '"\\u0000"', '"\\ud800"', '"\\ud83d\\ude00"', '"\\udc00\\ud800"', '"\\u202e"', '"\\e[31m"',
    '"\\u2028"', "é", "e\u0301", "й", "и\u0306", "реople", "\u200b", "\ufeff", "ſ", "ﬁ", "１", "²", "٣", "😀",
    '"' + "x" * 3000 + '"', "x" * 70, "x" * 64, '"' + "я" * 301 + '"', "EUR", "XXX", "JPY", "eur", "'£'", "USDT", "KWD",
    "&a x", "*a", "&a [*a]", "&a {b: *a}", "<<", "!!str 5", "!!python/object/apply:os.system [ls]", "!!binary aGk=",
    "!!set {a, b}", "!x 5", "? [a]", "|\n  text", ">-\n  text", "@x", "`x`", "%x", "#x", "a: b", "- a", "[", "]", "{",
    "}", "'", '"', "revenue > 0", "1 if true else 2", "n >= 1 and n", "1/0", "0/0", "9**9**9", "date('9999-12-31')",
    "add_days(as_of, 1)", "add_months(date('9999-12-31'), 1)", "min()", "max(1)", "share(0, 0)", "round(1, 0)",
    "''", "'a' == 'b'", "not", "()", "x.y", "x[0]", "lambda: 1", "1.", ".5", "1 2", "a.b.c", "definitions.a", "c", "s1",
    "highest", "signed", "1.0.0", "=1+1", "+1", "--1", "1-", "1e", "e1", "\\", "\t", "\x01", "\x7f", "\x85", "\ud7ff",
)  # fmt: skip


def odd(chance: Random) -> Any:
    """A part that does not belong anywhere: a scalar of another kind, a deep list, a long map."""
    form = chance.randrange(20)
    depth = chance.choice((2, 10, 23, 24, 25, 30, 500))
    if form == 0:
        return Raw("[" * depth + "]" * depth)
    if form == 1:
        return Raw("{a: " * depth + "1" + "}" * depth)
    if form == 2:
        return [Raw(chance.choice(SCALARS)) for _ in range(chance.choice((0, 1, 2, 60)))]
    if form == 3:
        return Map((odd_key(chance), Raw(chance.choice(SCALARS))) for _ in range(chance.choice((0, 1, 2, 130))))
    if form == 4:
        return [[], Map()][chance.randrange(2)]
    if form == 5:
        return Map([("en", Raw(chance.choice(SCALARS))), ("ru", Raw("x"))])
    return Raw(chance.choice(SCALARS))


KEYS = (
    "", " ", "a", "x" * 64, "x" * 4000, "é", "e\u0301", "й", "и\u0306", "реople", "1", "1.5", "true", "null", "2026-01-01",
    "a b", "a.b", "a[0]", "a'b", 'a"b', "a\nb", "a\x00b", "\x07", "\u202e", "\u200b", "\ufeff", "\u2028", "<<", "=", "-",
    "?", "&a", "*a", "!!str", "__class__", "as_of", "tier", "partner", "none", "order", "line", "facts", "value", "rule",
    "when", "by_tier", "cases", "otherwise", "count", "sum", "where", "of", "select", "True", "and", "not", "if", "None",
    "qualified", "definitions", "min", "held_since", "held_tier", "title", "source", "kind", "$schema", "😀", "A", "_", "__",
)  # fmt: skip


def odd_key(chance: Random) -> str:
    """A key that no schema knows, or one that means something elsewhere."""
    return chance.choice(KEYS)
