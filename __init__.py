"""Charter: a vendor's partner programme kept as data, and what it says of a partner.

import charter
release = charter.load("program")
outcome = release.evaluate({"partner": "P-001", "tier": "gold", "facts": {"certified_people": 3}})
"""

from .engine.version import VERSION

__all__ = ["__version__"]

__version__ = VERSION
