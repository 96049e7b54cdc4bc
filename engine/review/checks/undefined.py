"""Finds tiers whose status can be undefined: a requirement divides by zero, or takes the greatest of nothing.

Each is shown by a partner that the solver finds; without the solver none is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ...language.tree import Literal, Undefined
from ...problems import Level, Place, Problem
from ...release.load import release_of
from ...values import plain
from .reviewed import Reviewed


def undefined(reviewed: Reviewed) -> Iterator[Problem]:
    """A warning for each operation without a result that leaves a tier undetermined for some partner."""
    if reviewed.solver is None:
        return
    from ...proof.undefined import causes_of, undefined_partner  # the solver is an optional library

    programme = reviewed.programme
    release = release_of(programme, (), reviewed.files)
    reported: set[Place] = set()
    for tier in reviewed.progress.each("statuses that may be undefined", programme.tiers.values()):
        if tier.qualified not in reviewed.undefined:
            continue
        example = undefined_partner(release, tier.qualified, reviewed.solver.budget)
        if example is None:
            continue
        for cause in causes_of(release, tier.qualified, example):
            place = cause.subject.place or reviewed.files.documents["tiers"].place(("tiers", tier.id))
            if place not in reported:
                reported.add(place)
                who = ", ".join(f"{id}: {_shown(value)}" for id, value in example.facts.items()) or "any partner"
                message = (
                    f"'{cause.expression}' can be undefined, and with it the status of tier '{tier.id}': for {who}"
                )
                help = "give 'share' a third argument, or put a condition before it for this case"
                if isinstance(cause.subject, Undefined):
                    help = "write a value in place of 'unknown', or put a condition before it for this case"
                    if isinstance(cause.subject.by, Literal):
                        help = "give the tier a value in this row, or write 'otherwise'"
                yield Problem("undefined-status", message, place, help, Level.WARNING)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"{len(value)} item{'s' * (len(value) != 1)}"
    return plain(value) if isinstance(value, Decimal) else str(value)
