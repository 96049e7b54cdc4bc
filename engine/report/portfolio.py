"""What a portfolio looks like, as a page and as the promised JSON."""

from __future__ import annotations
