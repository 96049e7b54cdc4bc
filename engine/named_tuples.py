"""Public named tuples: equal only to their own kind, and shown in one short line.

A named tuple is far quicker to define than a dataclass, which counts at every start. As Python makes it, though, it
equals every tuple of the same fields, and its `repr` spells out all that it holds.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

_Form = TypeVar("_Form")
_same_fields: Callable[[Any, Any], bool] = tuple.__eq__
_LONGEST = 110  #: characters of one attribute in a repr


def public(*shown: str) -> Callable[[type[_Form]], type[_Form]]:
    """A decorator that makes a named tuple public; `shown` are the attributes in its repr, by their dotted names.

    The hash stays that of the tuple: what is equal has the same, and Python computes it without a call of ours.
    """

    def decorated(form: type[_Form]) -> type[_Form]:
        methods: Any = form
        methods.__eq__ = _equal
        methods.__ne__ = _unequal
        methods.__repr__ = lambda self: f"<{' '.join((form.__name__, *_parts(self, shown)))}>"
        return form

    return decorated


def _equal(value: Any, other: object) -> bool:
    return type(value) is type(other) and _same_fields(value, other)


def _unequal(value: Any, other: object) -> bool:
    return not _equal(value, other)


def _parts(value: Any, shown: tuple[str, ...]) -> Iterator[str]:
    """The attributes of a repr: words as they are, numbers and how many items there are by name, None left out."""
    for name in shown:
        part = attrgetter(name)(value)
        label = f"{name.rpartition('.')[2]}="
        if isinstance(part, str | date | Path):
            yield _short(str(part))
        elif hasattr(part, "_fields"):
            yield repr(part)
        elif isinstance(part, tuple | frozenset | Mapping):
            yield f"{label}{len(part)}"
        elif part is not None:
            yield f"{label}{_short(str(part))}"


def _short(text: str) -> str:
    """One line of a text, its middle left out where it is long."""
    line = " ".join(text.split())
    half = _LONGEST // 2
    return line if len(line) <= _LONGEST else f"{line[:half]}…{line[-half:]}"
