"""Seals a release when it is published: a file beside it with its digest and content, so that later changes are found.

The digest covers the data and the order of rows, but not comments, blanks and quotes. The seal holds the files as they
were, packed, so that each change can be named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from ..limits import MAX_BYTES, MAX_SAVED_BYTES
from ..problems import Place, Problem, Source
from ..source.canonical import CanonicalForm, canonical
from ..source.document import Document, file_bytes, read_text, shown
from ..version import VERSION
from .find import SEAL, unreadable

_FORM = CanonicalForm.IN_ORDER


class Seal(NamedTuple):
    """The seal of a release: its number, the day, the digest of its content, and its packed files by kind."""

    release: str
    sealed_on: date
    digest: str
    files: Mapping[str, str]

    def documents(self) -> dict[str, Document] | None:
        """The sealed files by kind; None where they do not have the digest of the seal."""
        texts = {kind: _unpacked(packed) for kind, packed in self.files.items()}
        read = {kind: document for kind, text in texts.items() if text and (document := read_text(text, kind)[0])}
        return read if len(read) == len(texts) and content_digest(read) == self.digest else None


def content_digest(documents: Mapping[str, Document]) -> str:
    """The digest of the content of a release: its data in order, without formatting and comments."""
    content = "".join(f"{kind}={canonical(documents[kind].data, _FORM)}\n" for kind in sorted(documents))
    return "sha256:" + hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def seal_text(release: str, documents: Mapping[str, Document], day: date) -> str:
    """The seal of a release that is sealed on a day, as the text of its file."""
    import json

    packed = {kind: _packed(document.source.text) for kind, document in sorted(documents.items())}
    about = {"format_version": 1, "charter": VERSION, "release": release, "sealed_on": day.isoformat()}
    return json.dumps({**about, "digest": content_digest(documents), "files": packed}, indent=1) + "\n"


def read_seal(folder: Path) -> Seal | Problem | None:
    """The seal of the release in a folder, None where it is not sealed, or the problem of a seal that is broken."""
    path = folder / SEAL
    try:
        content = file_bytes(path, MAX_SAVED_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        return unreadable(path, error)
    import json  # most releases have no seal to read

    try:
        data = json.loads(content)
        files = {str(kind): str(packed) for kind, packed in data["files"].items()}
        return Seal(str(data["release"]), date.fromisoformat(data["sealed_on"]), str(data["digest"]), files)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return _broken(folder, "this is not a seal as 'charter seal' writes it")


def check_seal(folder: Path, documents: Mapping[str, Document]) -> tuple[Problem, ...]:
    """A problem for each part of the files in a folder that changed since the seal; none where there is no seal."""
    seal = read_seal(folder)
    if seal is None or isinstance(seal, Problem):
        return () if seal is None else (seal,)
    if seal.digest == content_digest(documents):
        return ()
    sealed = seal.documents()
    if sealed is None:
        return (_not_its_own(folder),)
    from .seal_changes import seal_changes  # few releases were changed after they were sealed

    return tuple(seal_changes(folder, sealed, documents))


def check_own_files(folder: Path) -> tuple[Problem, ...]:
    """The problem of a seal whose digest is not that of the files in it."""
    seal = read_seal(folder)
    return (_not_its_own(folder),) if isinstance(seal, Seal) and seal.documents() is None else ()


def _not_its_own(folder: Path) -> Problem:
    return _broken(folder, "the digest is not that of the files in the seal")


def _broken(folder: Path, message: str) -> Problem:
    place = Place(Source(shown(folder / SEAL), ""), 0, 0)
    return Problem("broken-seal", message, place, "take the file from where it was sealed")


def _packed(text: str) -> str:
    import base64
    import zlib

    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def _unpacked(packed: str) -> str | None:
    """The text of a packed file, at most one byte over the limit of a file; None where it cannot be unpacked."""
    import base64
    import zlib

    try:
        return zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), MAX_BYTES + 1).decode()
    except (ValueError, zlib.error):
        return None
