"""How what records say of the release before becomes what they say of a release: migration.yaml, compiled.

Frozen data, made by `compile.migration` and applied to records by `evaluate.migrate`.
"""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from ..language.tree import Expression
from .model import Programme


class FactSource(NamedTuple):
    """What a fact, or a field of a list's items, is made of: `reads` are facts, or fields, of the release before.

    Without an expression the value of the one that is read is kept as it is written; an option becomes that of
    `options`, and None there stands for one that is gone.
    """

    id: str
    reads: tuple[str, ...]
    expression: Expression | None = None
    options: Mapping[str, str | None] = {}

    @property
    def is_unchanged(self) -> bool:
        """Whether it is what the release before has under the same id."""
        return self.reads == (self.id,) and self.expression is None and not self.options


class ListSource(NamedTuple):
    """What a list is made of: the list `was` of the release before, and what each field of its items is made of."""

    id: str
    was: str
    fields: Mapping[str, FactSource]


class TermTarget(NamedTuple):
    """What an agreed term becomes: the id of the value, and what the agreed number is multiplied by."""

    id: str
    factor: Decimal = Decimal(1)


class Migration(NamedTuple):
    """How records of the release `before` become records of `after`.

    `facts` and `lists` are by the ids of `after`; `tiers` and `terms` by those of `before`, with None for what is gone.
    What `before` has and no part of this reads is gone: `dropped` are those names of which migration.yaml says so.
    """

    before: Programme
    after: Programme
    facts: Mapping[str, FactSource]
    lists: Mapping[str, ListSource]
    tiers: Mapping[str, str | None]
    terms: Mapping[str, TermTarget | None]
    dropped: frozenset[str]
    is_written: bool  #: whether the release has a migration.yaml; else names alone connect the two
