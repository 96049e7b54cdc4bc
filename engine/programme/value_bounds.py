"""Between which bounds each fact and value of a programme lies, whoever the partner is."""

from __future__ import annotations

from ..language.bounds.bounds import EITHER, Bounds, NumberRange, anything, bounds
from ..values import NUMERIC
from .model import INPUTS, Fact, Programme


def known_bounds(programme: Programme, *, agreements: bool = False) -> dict[str, Bounds]:
    """The bounds of every fact and value by its id: under the programme's own terms, or whatever is agreed."""
    known: dict[str, Bounds] = {id: anything(kind) for id, kind in INPUTS.items()}
    known |= {id: _of_fact(fact) for id, fact in programme.facts.items()}
    for one in programme.lists.values():
        known |= {id: _of_fact(field) for id, field in one.fields_by_id().items()}
    agreed = EITHER if agreements else frozenset((False,))
    known |= dict.fromkeys(programme.agreed, agreed)
    for id, value in programme.values.items():
        negotiated = agreements and value.negotiable
        known[id] = anything(value.kind) if negotiated else bounds(value.expression, known)
    return known


def _of_fact(fact: Fact) -> Bounds:
    found = anything(fact.kind)
    if not isinstance(found, NumberRange) or fact.kind not in NUMERIC:
        return found
    low = max((end for end in (found.low, fact.minimum) if end is not None), default=None)
    return NumberRange(low, fact.maximum)
