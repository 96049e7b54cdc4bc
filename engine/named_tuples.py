"""Public named tuples: equal only to their own kind, and shown in one short line.

A named tuple is far quicker to define than a dataclass, which matters at start-up. By default, though, it equals every
tuple with the same fields, and its `repr` has all that it holds.
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
    """A decorator that makes a named tuple public; `shown` are the dotted names of the attributes in its repr.

    The hash stays that of the tuple: it is the same for equal values, and quicker than a method in Python.
    """

    def decorated(form: type[_Form]) -> type[_Form]:
        untyped: Any = form  # mypy refuses to assign methods to a type
        untyped.__eq__ = _equal
        untyped.__ne__ = _unequal
        untyped.__repr__ = lambda self: f"<{' '.join((form.__name__, *_parts(self, shown)))}>"
        return form

    return decorated


def _equal(value: Any, other: object) -> bool:
    """Whether two values are of one type and have equal fields."""
    return type(value) is type(other) and _same_fields(value, other)


def _unequal(value: Any, other: object) -> bool:
    return not _equal(value, other)


def _parts(value: Any, shown: tuple[str, ...]) -> Iterator[str]:
    """The attributes of a repr: text as it is, numbers and sizes of collections with their names, None left out."""
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
    """A text on one line, its middle replaced by `…` beyond the longest length."""
    line = " ".join(text.split())
    half = _LONGEST // 2
    return line if len(line) <= _LONGEST else f"{line[:half]}…{line[-half:]}"
