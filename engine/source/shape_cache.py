"""Remembers which releases have passed the check of their shape, so that the next call need not repeat it.

The memory is a folder of empty files in the user's cache, each named by a digest of the release's bytes, the schemas
and the version of charter: whatever changes, the check runs again. Without a cache folder it always runs.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ..version import VERSION

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
    with suppress(OSError, RuntimeError):
        return (_folder() / key).is_file()
    return False


def remember(key: str) -> None:
    """Record that files with this key have passed; does nothing where the cache cannot be written."""
    with suppress(OSError, RuntimeError):
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / key).touch()


def _folder() -> Path:
    """Raises RuntimeError where the user has no home."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache and Path(cache).is_absolute() else Path.home() / ".cache") / "charter" / "checked"
