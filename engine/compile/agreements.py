"""Makes the terms negotiable that a record agrees, in a programme where any term may be agreed with one partner."""

from __future__ import annotations

from collections.abc import Mapping, Set

from ..language.tree import Choose, Expression, Literal, Name, children, names, with_children
from ..problems import Problem, did_you_mean, has_errors
from ..programme.agreeable import is_term
from ..programme.model import ListFact, NamedValue, Negotiable
from ..programme.owners import agreed_id, agreement_id
from ..values import Kind
from .file_reader import Files


def negotiable(files: Files, value: NamedValue) -> NamedValue:
    """The value as one that may be agreed, within no limits but those that it is marked with."""
    source = files.any_term.source if files.any_term else ()
    return value._replace(negotiable=value.negotiable or Negotiable(None, None, source))


def check_excepted(files: Files, values: Mapping[str, NamedValue], lists: Mapping[str, ListFact]) -> None:
    """Report terms that are excepted from those that may be agreed, and are none; skipped after errors."""
    row = files.row("programme", "agreements")
    if row is None or files.any_term is None or has_errors(files.problems):
        return
    terms = {id for id, value in values.items() if is_term(value, lists)}
    for index, id in enumerate(files.any_term.excepted):
        place = row.document.value_place((*row.path, "except", index))
        if id not in terms:
            message, help = f"'{id}' is not a term of the programme", did_you_mean(id, terms)
            files.problems.append(Problem("unknown-term", message, place, help))
        elif values[id].negotiable:
            message = f"'{id}' is excepted here, and marked as negotiable where it is written"
            files.problems.append(Problem("unknown-term", message, place, "leave one of the two out"))


def answered(files: Files, values: Mapping[str, NamedValue], lists: Mapping[str, ListFact]) -> dict[str, NamedValue]:
    """The values, those that ask whether a term is agreed with the answer no, where nothing marks it as negotiable.

    So it is, where any term may be agreed, of a partner that has not agreed it.
    """
    unmarked = {agreed_id(id) for id, value in values.items() if value.negotiable is None and is_term(value, lists)}
    if files.any_term is None:
        return dict(values)
    return {
        id: value._replace(expression=_without(value.expression, unmarked))
        if any(name.id in unmarked for name in names(value.expression))
        else value
        for id, value in values.items()
    }


def _without(tree: Expression, unmarked: Set[str]) -> Expression:
    if isinstance(tree, Name):
        return Literal(False, Kind.YES_NO, tree.place) if tree.id in unmarked else tree
    parts = children(tree)
    return with_children(tree, [_without(part, unmarked) for part in parts]) if parts else tree


def unless_agreed(value: NamedValue) -> NamedValue:
    """A value of items that each of them has as agreed, where it is agreed."""
    agreed = Name(agreed_id(value.id), Kind.YES_NO, f"agreed('{value.id}')")
    agreement = Name(agreement_id(value.id), value.kind, value.id)
    return value._replace(expression=Choose(agreed, agreement, value.expression, value.kind))
