"""What the names of an expression stand for."""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from typing import NamedTuple

from ..values import Kind


class Symbol(NamedTuple):
    """A fact or value that a name stands for; `ordered` says that its options stand in order, the lowest first."""

    id: str
    kind: Kind
    choices: tuple[str, ...] = ()
    ordered: bool = False
    currency: str | None = None  #: of an amount of money; None where the programme does not say it
    own: bool = False  #: whether the names of it are `own` (see `tree.Name`)
    optional: bool = False  #: whether a record may say of the fact that there is none
