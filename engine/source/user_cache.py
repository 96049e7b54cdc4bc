"""Keeps texts in the user's cache folder, each with a digest that proves it to be what was kept under its key.

A file that is empty, torn, altered or copied from elsewhere proves nothing and is passed over, and so is a folder that
others may write to. Without a cache folder nothing is kept. The digest is no signature: whoever may write to the user's
own folders may do anything as that user.
"""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path

from ..problems import WrongCall
from .whole_files import write_whole

_MAX_BYTES = 64 * 1024**2  #: a longer file is none of ours


def kept(kind: str, key: str) -> str | None:
    """The text kept under this key among those of a kind; None where there is none that is proved."""
    with suppress(OSError, RuntimeError, ValueError):
        folder = _folder(kind)
        path = folder / key
        if _is_ours(folder.parent) and _is_ours(folder) and path.is_file() and path.stat().st_size <= _MAX_BYTES:
            proof, _, text = path.read_bytes().decode().partition("\n")
            return text if proof == _proof(kind, key, text) else None
    return None


def keep(kind: str, key: str, text: str, most: int) -> None:
    """Keep a text under a key, and of its kind the `most` newest; does nothing where the cache cannot be written."""
    with suppress(OSError, RuntimeError, WrongCall):
        folder = _folder(kind)
        folder.parent.parent.mkdir(parents=True, exist_ok=True)
        for own in (folder.parent, folder):
            own.mkdir(mode=0o700, exist_ok=True)
            if not _is_ours(own):
                return
        write_whole(folder / key, f"{_proof(kind, key, text)}\n{text}".encode())
        files = [path for path in folder.iterdir() if path.is_file()]
        for old in sorted(files, key=lambda path: path.stat().st_mtime)[:-most]:
            old.unlink()


def _proof(kind: str, key: str, text: str) -> str:
    return hashlib.sha256("\0".join(("charter", kind, key, text)).encode()).hexdigest()


def _is_ours(folder: Path) -> bool:
    """Whether it is a folder, of this user, that no other may write to; raises OSError."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        return False
    return not hasattr(os, "geteuid") or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)


def _folder(kind: str) -> Path:
    """The folder of a kind of texts; raises RuntimeError where the user has no home folder."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache and Path(cache).is_absolute() else Path.home() / ".cache") / "charter" / kind
