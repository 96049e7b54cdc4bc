"""How many programmes each test tries, and how it says which of them went wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from random import Random

import pytest

from .programmes import Files, programme, text
from .smallest import smallest

#: how many programmes a slow test tries: few where CI runs with each change, 60 at night, and more for a search as long
#: as there is time; where it is set, a fault is shown at its smallest
EXAMPLES = os.environ.get("CHARTER_SURFACE_EXAMPLES")
MANY = int(EXAMPLES or "20")
COMPARED = int(EXAMPLES or "4")  #: of pairs of releases, for each of which the solver is asked about every outcome


def trials(few: int, *marks: pytest.MarkDecorator) -> pytest.MarkDecorator:
    """A test runs with `few` programmes, and again, as a slow one with these marks, with other and many more."""
    many = pytest.param(range(1000, 1000 + MANY), id="many", marks=[pytest.mark.slow, *marks])
    return pytest.mark.parametrize("seeds", [pytest.param(range(few), id="few"), many])


def each(seeds: Iterable[int], wrong: Callable[[Files, Random], str | None], share: float | None = None) -> None:
    """Fail at the first programme with which something is wrong, or at the smallest one with which it still is.

    `wrong` gets a programme and a source of chance, and says what is wrong with it, or None.
    """
    for seed in seeds:
        files = programme(seed, share)
        if (fault := wrong(files, Random(seed))) is None:
            continue
        if EXAMPLES:
            files = smallest(files, lambda part, seed=seed: wrong(part, Random(seed)) is not None)
            fault = f"{fault}, and of the smallest: {wrong(files, Random(seed))}"
        pytest.fail(f"seed {seed}: {fault}\n{shown(files)}")


def shown(files: Files) -> str:
    """The files of a programme as text."""
    return "\n".join(f"# {kind}.yaml\n{text(data)}" for kind, data in files.items())
