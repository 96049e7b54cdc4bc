"""Remembers which releases have passed the check of their shape, so that the next call need not repeat it.

The memory is in the user's cache, under a digest of the release's bytes, the schemas and the version of charter:
whatever changes, the check runs again. Without a cache folder it always runs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from ..version import VERSION
from .user_cache import keep, kept

_KIND = "checked"
_MOST = 500  #: releases that are remembered; then the oldest go

_SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"


def key_of(files: Iterable[tuple[str, bytes]]) -> str:
    """The digest that stands for these files under these schemas and this version."""
    digest = hashlib.sha256(VERSION.encode())
    schemas = ((path.name, path.read_bytes()) for path in sorted(_SCHEMAS.glob("*.json")))
    for name, content in (*sorted(files), *schemas):
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def was_checked(key: str) -> bool:
    """Whether files with this key have passed before."""
    return kept(_KIND, key) is not None


def remember(key: str) -> None:
    """Record that files with this key have passed; does nothing where the cache cannot be written."""
    keep(_KIND, key, "", _MOST)
