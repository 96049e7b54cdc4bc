"""Extras: the optional parts of Charter, the libraries that each needs, and how they are installed.

Charter is published on no package index: an extra is installed from the clone or from a wheel, never by name alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from importlib.util import find_spec

from .problems import wrong_call
from .version import VERSION


class Extra(StrEnum):
    """An optional part, by its name in pyproject.toml."""

    BATCH = "batch"
    SPARK = "spark"
    PROVE = "prove"


_LIBRARIES = {
    Extra.BATCH: ("duckdb", "sqlglot"),
    Extra.SPARK: ("pyspark", "py4j", "sqlglot"),
    Extra.PROVE: ("z3",),
}


def is_installed(extra: Extra) -> bool:
    """Whether every library of the extra can be imported."""
    return all(find_spec(library) is not None for library in _LIBRARIES[extra])


def how_to_install(extra: Extra) -> str:
    """The commands that install an extra, in a clone and from a wheel.

    >>> how_to_install(Extra.PROVE).partition(";")[0]
    "in the clone: pip install '.[prove]'"
    """
    return (
        f"in the clone: pip install '.[{extra}]'; "
        f"with the wheel: pip install './charter-{VERSION}-py3-none-any.whl[{extra}]'"
    )


@contextmanager
def importing(extra: Extra, what: str) -> Iterator[None]:
    """Import modules that need the extra within this block; `what` begins the message where a library is missing.

    Raises WrongCall that names the missing library and how to install it.
    """
    try:
        yield
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] not in _LIBRARIES[extra]:
            raise
        message = f"{what} needs {missing.name}, which is not installed"
        raise wrong_call(message, how_to_install(extra)) from missing
