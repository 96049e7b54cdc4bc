"""Sorts values so that each comes after those it needs; reports values that need each other, with every step."""

from __future__ import annotations

from collections.abc import Mapping

from ..language.tree import names
from ..problems import Place, Problem, Related, did_you_mean, has_errors
from ..programme.model import ListFact, NamedValue
from ..programme.owners import Role, agreed_id
from ..programme.reads import needed
from .file_reader import Files


def dependency_order(
    files: Files, values: Mapping[str, NamedValue], groups: Mapping[str, ListFact]
) -> dict[str, NamedValue]:
    """The values, each after those that it needs, otherwise in their present order; `groups` are lists of groups."""
    _check_terms(files, values)
    ordered: dict[str, NamedValue] = {}
    reported: set[str] = set()
    for start in values:
        _visit(files, values, groups, ordered, reported, start)
    return ordered


def _check_terms(files: Files, values: Mapping[str, NamedValue]) -> None:
    """Report calls of `agreed` whose term is not negotiable; skipped after errors, which may hide a term."""
    if has_errors(files.problems):
        return
    terms, asks = [id for id, value in values.items() if value.negotiable], agreed_id("")
    for value in values.values():
        for name in names(value.expression):
            term = name.id.removeprefix(asks)  # as written within agreed('…'), even where no such term exists
            if name.id.startswith(asks) and term not in terms:
                help = did_you_mean(term, terms) or "write 'negotiable' at the value that may be agreed"
                message = f"'{term}' is not a term that may be agreed"
                files.problems.append(Problem("unknown-term", message, name.place, help))


def _visit(
    files: Files, values: Mapping[str, NamedValue], groups: Mapping[str, ListFact],
    ordered: dict[str, NamedValue], reported: set[str], start: str,
) -> None:  # fmt: skip
    """Add a value and what it needs to `ordered`, depth first; not recursive, because chains can be very long."""
    path: list[str] = []
    work: list[tuple[str, bool]] = [(start, False)]
    while work:
        id, done = work.pop()
        if done:
            path.pop()
            ordered[id] = values[id]
            continue
        if id in ordered or id in reported:
            continue
        if id in path:
            circle = path[path.index(id) :]
            reported.update(circle)
            _report_circle(files, [values[step] for step in circle])
            continue
        path.append(id)
        work.append((id, True))
        wanted = dict.fromkeys(name for name in needed(values[id], groups) if name in values)
        work.extend((name, False) for name in reversed(wanted))


def _label(value: NamedValue) -> str:
    """How messages name a value: a definition by its name, with its tier if it differs by tier; others by id."""
    if value.role is not Role.DEFINITION:
        return value.id
    return f"{value.name}.{value.owner.id}" if value.owner.id else value.name


def _report_circle(files: Files, circle: list[NamedValue]) -> None:
    ids = [_label(value) for value in (*circle, circle[0])]
    places = [value.place for value in circle if isinstance(value.place, Place)]
    message = f"{'these need each other' if len(circle) > 1 else 'this needs itself'}: {' → '.join(ids)}"
    related = tuple(
        Related(value.place, f"'{id}' needs '{needed}'")
        for value, id, needed in zip(circle[1:], ids[1:-1], ids[2:], strict=True)
        if isinstance(value.place, Place)
    )
    place = places[0] if places else None
    if place and any(problem.code == "circular-definition" and problem.place == place for problem in files.problems):
        return  # the same circle of another tier
    help = "define one of them without the others" if len(circle) > 1 else "define it without itself"
    files.problems.append(Problem("circular-definition", message, place, help, related=related))
