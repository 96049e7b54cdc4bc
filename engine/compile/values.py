"""Collects the values of a release while its tiers and prices are compiled."""

from __future__ import annotations

from collections.abc import Iterable

from ..language.tree import Expression, Name
from ..problems import Place
from ..programme.forms import Written
from ..programme.model import NamedValue, Negotiable, Texts
from ..programme.owners import SHOWN, Better, Owner, Role, WrittenForm, id_of
from ..values import Kind


class Values:
    """Every value so far, by its id."""

    def __init__(self, values: Iterable[NamedValue]) -> None:
        self.by_id = {value.id: value for value in values}

    def name(
        self,
        owner: Owner,
        role: Role,
        *names: str,
        kind: Kind,
        tree: Expression,
        form: WrittenForm,
        title: Texts,
        source: tuple[str, ...] = (),
        negotiable: Negotiable | None = None,
        currency: str | None = None,
        per: str = "once",
        better: Better | None = None,
        written: Written | None = None,
        place: Place | None = None,
    ) -> Name:
        """Add a value with this expression, and return its name as an expression; `names` as in `NamedValue`.

        `better` is which way the release says is better; where None, that of the role counts. `place` is where it is
        written; where None, that of its expression counts.
        """
        id = id_of(owner, role, *names)
        self.by_id[id] = NamedValue(
            id=id,
            owner=owner,
            role=role,
            names=names,
            form=form,
            kind=kind,
            expression=tree,
            title=title,
            source=source,
            place=place or tree.place,
            negotiable=negotiable,
            currency=currency,
            per=per,
            better=better or SHOWN.get(role),
            written=written if written and written.has_rows else None,
        )
        return Name(id, kind, id)
