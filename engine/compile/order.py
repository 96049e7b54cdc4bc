"""The order of values: each after those it needs. Values that need each other are a problem that names every step."""

from __future__ import annotations

from collections.abc import Mapping

from ..language.tree import names
from ..problems import Place, Problem, Related, did_you_mean, has_errors
from ..programme.model import NamedValue
from ..programme.owners import Role, agreed_id
from .file_reader import Files


def dependency_order(files: Files, values: Mapping[str, NamedValue]) -> dict[str, NamedValue]:
    """The values, each after those it mentions, otherwise as they stand."""
    _check_terms(files, values)
    ordered: dict[str, NamedValue] = {}
    reported: set[str] = set()
    for start in values:
        _visit(files, values, ordered, reported, start)
    return ordered


def _check_terms(files: Files, values: Mapping[str, NamedValue]) -> None:
    """What `agreed` asks about may be agreed; not asked where a mistake may have kept a term from being read."""
    if has_errors(files.problems):
        return
    terms, asks = [id for id, value in values.items() if value.negotiable], agreed_id("")
    for value in values.values():
        for name in names(value.expression):
            term = name.id.removeprefix(asks)  # as it was typed within agreed('…'), whether or not there is such a term
            if name.id.startswith(asks) and term not in terms:
                help = did_you_mean(term, terms) or "write 'negotiable' at the value that may be agreed"
                message = f"'{term}' is not a term that may be agreed"
                files.problems.append(Problem("unknown-term", message, name.place, help))


def _visit(
    files: Files, values: Mapping[str, NamedValue], ordered: dict[str, NamedValue], reported: set[str], start: str
) -> None:
    """Depth first, on a stack of our own: values may be chained as long as a file allows."""
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
        needed = dict.fromkeys(name.id for name in names(values[id].expression) if name.id in values)
        work.extend((name, False) for name in reversed(needed))


def _known_as(value: NamedValue) -> str:
    """A definition by its name, with its tier where it differs by tier; another value by its id."""
    if value.role is not Role.DEFINITION:
        return value.id
    return f"{value.name}.{value.owner.id}" if value.owner.id else value.name


def _report_circle(files: Files, circle: list[NamedValue]) -> None:
    ids = [_known_as(value) for value in (*circle, circle[0])]
    places = [value.place for value in circle if isinstance(value.place, Place)]
    message = f"{'these need each other' if len(circle) > 1 else 'this needs itself'}: {' → '.join(ids)}"
    related = tuple(
        Related(value.place, f"'{id}' needs '{needed}'")
        for value, id, needed in zip(circle[1:], ids[1:-1], ids[2:], strict=True)
        if isinstance(value.place, Place)
    )
    place = places[0] if places else None
    help = "define one of them without the others" if len(circle) > 1 else "define it without itself"
    files.problems.append(Problem("circular-definition", message, place, help, related=related))
