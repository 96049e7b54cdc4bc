"""How many examples a property tries: with every change an eighth of them, and all where CI is thorough."""

import os

IS_THOROUGH = bool(os.environ.get("CHARTER_THOROUGH"))


def examples(number: int) -> int:
    """The number of examples of a property that tries `number` of them where CHARTER_THOROUGH is set.

    A test or a module that asks for it is marked `thorough`, so that CI runs it again so.
    """
    return number if IS_THOROUGH else max(10, number // 8)
