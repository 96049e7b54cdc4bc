"""A random change of a programme, of every kind that an author makes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

from charter.engine.problems import InvalidProgramme

from .expressions import DAYS, ROUNDING
from .programmes import Files, compiled, text
from .smallest import replaced

Path = tuple[Any, ...]
OPERATORS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", " and ": " or ", " or ": " and ",
             " + ": " - ", " - ": " + ", "min(": "max(", "max(": "min(", "round_up": "round_down"}  # fmt: skip
_OPERATOR = re.compile("|".join(sorted(map(re.escape, OPERATORS), key=len, reverse=True)))
_NUMBER = re.compile(r"(?<![\w.'-])\d+(\.\d+)?(?![\w.'-])")
#: words that stand for a way of doing something, with what may stand in their place
WORDS = {
    "award": ("signed", "highest"), "per": ("once", "month", "quarter", "year"), "rounding": ROUNDING,
    "negative": ("carried", "owed", "dropped", "kept"), "better": ("more", "less"),
    "take": ("count", "sum", "average", "minimum", "maximum", "any", "all", "greatest", "least", "first"),
}  # fmt: skip


class Changed(NamedTuple):
    """A programme after a change; `names` are the new names of facts, lists, tiers and values, by the old ones."""

    kind: str
    files: Files
    names: Mapping[str, str] = {}


def changed(files: Files, chance: Random, kind: str) -> Changed | None:
    """The programme with a change of a kind; None where it has nothing of the kind, or no change of it is valid."""
    choices = list(CHANGES[kind](files, chance))
    chance.shuffle(choices)
    for after in choices[:6]:
        if after.files != files and _is_valid(after.files):
            return after
    return None


def _is_valid(files: Files) -> bool:
    try:
        compiled(files)
    except InvalidProgramme:
        return False
    return True


def parts(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every part of what decides something, with its path."""
    for key, part in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        if key not in ("programme", "clauses", "title", "source", "unit", "en", "ru"):
            yield (*path, key), part
            yield from parts(part, (*path, key))


def _numbers(files: Files, chance: Random) -> Iterator[Changed]:
    for path, part in parts(files):
        step = chance.choice((1, -1, 10, Decimal("0.01")))
        if isinstance(part, int | Decimal) and not isinstance(part, bool):
            yield Changed("number", replaced(files, path, part + step))
        elif isinstance(part, str):
            for match in _NUMBER.finditer(part):
                number = f"{Decimal(match[0]) + step}"
                yield Changed("number", replaced(files, path, part[: match.start()] + number + part[match.end() :]))
        elif isinstance(part, bool):
            yield Changed("number", replaced(files, path, not part))


def _borders(files: Files, chance: Random) -> Iterator[Changed]:
    for path, part in parts(files):
        if path[-1] == "rows" and isinstance(part, dict):
            for key in part:
                if _NUMBER.fullmatch(key):
                    new = str(Decimal(key) + chance.choice((1, -1, Decimal("0.01"))))
                    rows = {new if name == key else name: row for name, row in part.items() if name != new}
                    if len(rows) == len(part):
                        yield Changed("border", replaced(files, path, rows))


def _operators(files: Files, _: Random) -> Iterator[Changed]:
    for path, part in parts(files):
        for match in _OPERATOR.finditer(part) if isinstance(part, str) else ():
            rule = part[: match.start()] + OPERATORS[match[0]] + part[match.end() :]
            yield Changed("operator", replaced(files, path, rule))


def _removed(files: Files, _: Random) -> Iterator[Changed]:
    for path, _part in parts(files):
        yield Changed("removed", replaced(files, path, None))


def _tier_removed(files: Files, _: Random) -> Iterator[Changed]:
    for tier in files.get("tiers", {}).get("tiers", {}):
        after = replaced(files, ("tiers", "tiers", tier), None)
        for path, part in list(parts(after)):
            if path[-1] in ("by_tier", "percent") and isinstance(part, dict) and tier in part:
                after = replaced(after, (*path, tier), None)
        yield Changed("tier removed", after)


def _reordered(files: Files, _: Random) -> Iterator[Changed]:
    for path, part in parts(files):
        if path[-1] in ("tiers", "rules", "choices") and isinstance(part, dict) and len(part) > 1:
            yield Changed("reordered", replaced(files, path, dict(reversed(part.items()))))
        if path[-1] == "cases" and len(part) > 1:
            yield Changed("reordered", replaced(files, path, part[::-1]))


def _defaults(files: Files, chance: Random) -> Iterator[Changed]:
    for path, part in parts(files):
        if isinstance(part, dict) and "kind" in part and (path[0] == "facts" or "fields" in path):
            new = {
                "yes_no": [True, False],
                "date": [],
                "choice": list(part.get("choices", ())),
                "text": ["north", "south"],
            }
            for value in (None, *new.get(part["kind"], [0, 1, 5, 50])):
                yield Changed("default", replaced(files, (*path, "default"), value))
            for bound in ("minimum", "maximum"):
                yield Changed("bound", replaced(files, (*path, bound), chance.choice((None, 0, 1, 50))))
        if path[-1] == "negotiable":
            yield Changed("bound", replaced(files, (*path, "maximum"), chance.choice((None, 10, 60))))


def _words(files: Files, _: Random) -> Iterator[Changed]:
    for path, part in parts(files):
        for word in WORDS.get(path[-1], ()):
            yield Changed("word", replaced(files, path, word))
        if isinstance(part, str) and "date('" in part:
            for day in DAYS:
                yield Changed(
                    "word", replaced(files, path, re.sub(r"date\('[^']*'\)", f"date('{day}')", part, count=1))
                )


def _currency(files: Files, _: Random) -> Iterator[Changed]:
    for old in ("EUR", "JPY", "KWD"):
        after = {kind: _with_words(data, {old: "CHF"}) for kind, data in files.items()}
        yield Changed("currency", after)


def _titles(files: Files, _: Random) -> Iterator[Changed]:
    for path, part in _everything(files):
        if path[-1] == "title" and isinstance(part, dict) and "en" in part and not BINDING & {*path}:
            yield Changed("title", replaced(files, path, {lang: f"{words} anew" for lang, words in part.items()}))


def _renamed(files: Files, _: Random) -> Iterator[Changed]:
    named = {kind: (kind,) for kind in ("definitions", "tiers", "benefits", "rebates", "bonuses")}
    named["facts"] = ("facts", "lists")
    for kind, tables in named.items():
        for table in tables:
            for old in files.get(kind, {}).get(table, {}):
                names = {old: f"{old}_anew"}
                after = {file: _with_words(data, names) for file, data in files.items()}
                yield Changed("renamed", {**after, "programme": files["programme"], "clauses": files["clauses"]}, names)


def _everything(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    for key, part in data.items() if isinstance(data, dict) else ():
        yield (*path, key), part
        yield from _everything(part, (*path, key))


def _with_words(data: Any, names: Mapping[str, str]) -> Any:
    """Plain data in which each of these words is another, in keys and in expressions, but not in texts for people."""
    if isinstance(data, dict):
        return {
            names.get(key, key) if key not in ("title", "source") else key: (
                part if key in ("title", "source", "kind", "take", "unit") else _with_words(part, names)
            )
            for key, part in data.items()
        }
    if isinstance(data, list):
        return [_with_words(part, names) for part in data]
    if isinstance(data, str):
        for old, new in names.items():
            data = re.sub(rf"\b{old}\b", new, data)
    return data


def _texts(files: Files, _: Random) -> Iterator[Changed]:
    for path, part in _everything(files):
        if (
            isinstance(part, dict)
            and "en" in part
            and ((path[-1] not in ("title", "unit") and path[0] in ("benefits", "prices")) or BINDING & {*path})
        ):
            yield Changed("text", replaced(files, path, {lang: f"{words} anew" for lang, words in part.items()}))


CHANGES: Mapping[str, Callable[[Files, Random], Iterator[Changed]]] = {
    "number": _numbers,
    "border": _borders,
    "operator": _operators,
    "removed": _removed,
    "tier removed": _tier_removed,
    "reordered": _reordered,
    "default": _defaults,
    "word": _words,
    "currency": _currency,
    "title": _titles,
    "text": _texts,
    "renamed": _renamed,
}
#: tables whose titles are what a partner gets or is bound by, not names of something else
BINDING = {"rights", "restrictions", "products", "terms"}
#: changes that hit nobody
FOR_NOBODY = ("title", "renamed")


def unlike(before: Files, after: Files) -> str:
    """The lines in which two programmes differ, as text."""
    lines = {kind: text(data) for kind, data in before.items()}
    return "\n".join(
        f"- {lines.get(kind)}\n+ {text(data)}" for kind, data in after.items() if lines.get(kind) != text(data)
    )
