"""Proof: what holds of all partners of a release, decided by a solver, with a partner as an example."""

from __future__ import annotations

from importlib.util import find_spec


def is_installed() -> bool:
    """Whether the solver is there: the extra `prove`."""
    return find_spec("z3") is not None
