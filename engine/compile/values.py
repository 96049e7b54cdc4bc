"""The values of a release while they are made."""

from __future__ import annotations

from collections.abc import Iterable

from ..language.tree import Expression, Name
from ..programme.model import NamedValue, Texts
from ..values import Kind


class Values:
    """Every value so far by its id."""

    def __init__(self, values: Iterable[NamedValue]) -> None:
        self.by_id = {value.id: value for value in values}

    def name(self, id: str, kind: Kind, tree: Expression, title: Texts, source: tuple[str, ...] = ()) -> Name:
        """Give an expression a name, and the name as an expression."""
        self.by_id[id] = NamedValue(id, kind, tree, title, source, tree.place)
        return Name(id, kind, id)
