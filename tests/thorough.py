"""How many examples a property tries: with every change a third of them, and all of them where CI is thorough."""

import os

IS_THOROUGH = bool(os.environ.get("CHARTER_THOROUGH"))


def examples(number: int) -> int:
    """The number of examples of a property that tries `number` of them where CHARTER_THOROUGH is set.

    A module that asks for it is marked `thorough`, so that CI runs it again so.
    """
    return number if IS_THOROUGH else max(10, number // 3)
