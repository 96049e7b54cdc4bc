"""The rows that have another id in one of two releases, as the migration that stands between them says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..problems import Level, Problem
from ..release.load import Release, ReleaseFiles
from ..source.document import PartPath


def recomputed(before: Release, after: Release) -> tuple[Problem, ...]:
    """A warning where facts of the second release are worked out of others by its migrations from the first.

    What partners state is compared by name, so that a fact in another unit counts as another figure.
    """
    if not after.lineage.leads_from(before.lineage.number):
        return ()
    migrations = after.lineage.migrations_since(before.lineage.number)
    if isinstance(migrations, Problem):
        return (migrations,)
    names: dict[str, None] = {}
    for migration in migrations:
        names |= {id: None for id, source in migration.facts.items() if source.expression}
        for items in migration.lists.values():
            names |= {f"{items.id}.{id}": None for id, source in items.fields.items() if source.expression}
    if not names:
        return ()
    message = f"{', '.join(names)}: what the migration works out of other facts is compared as if it were stated anew"
    help = "judge those changes by a portfolio, which is read through the migration: --portfolio"
    place = after.files.documents["migration"].place(("facts",)) if "migration" in after.files.documents else None
    return (Problem("migration-not-compared", message, place, help, Level.WARNING),)


FilePath = tuple[str, PartPath]  #: the kind of a file, and a path in it

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def written_renames(before: ReleaseFiles, after: ReleaseFiles) -> dict[FilePath, str]:
    """The ids in `after` of rows of `before`, by their places in `before`; none where no migration is between the two.

    The migration may be that of either release, from the other.
    """
    if _leads(before, after):
        pairs = list(_pairs(after))
    elif _leads(after, before):
        pairs = [(kind, new, old) for kind, old, new in _pairs(before)]
    else:
        return {}
    return {
        (kind, old): str(new[-1])
        for kind, old, new in pairs
        if old[-1] != new[-1]
        and _has(before, kind, old)
        and _has(after, kind, new)
        and not _has(after, kind, _kept(old, new))
    }


def _leads(first: ReleaseFiles, second: ReleaseFiles) -> bool:
    """Whether the second release has a migration from the first."""
    migration = second.documents.get("migration")
    return migration is not None and migration.at(("from",)) == first.documents["programme"].at(("release",))


def _pairs(files: ReleaseFiles) -> Iterator[tuple[str, PartPath, PartPath]]:
    """The kind of a file, and the path of a row there before and since, for each row that a migration renames."""
    data: Any = files.documents["migration"].data
    yield from _facts(("facts",), ("facts",), data.get("facts", {}))
    for new, line in data.get("lists", {}).items():
        old = line if isinstance(line, str) else line.get("was", new)
        yield "facts", ("lists", old), ("lists", new)
        fields = {} if isinstance(line, str) else line.get("fields", {})
        yield from _facts(("lists", old, "fields"), ("lists", new, "fields"), fields)
    for kind in ("tiers", "bonuses"):
        for new, old in data.get(kind, {}).items():
            ids = [old] if isinstance(old, str) else old
            if len(ids) == 1:
                yield kind, (kind, ids[0]), (kind, new)


def _facts(old_path: PartPath, new_path: PartPath, lines: Any) -> Iterator[tuple[str, PartPath, PartPath]]:
    for new, line in lines.items():
        old = line.get("was", new) if isinstance(line, dict) else line
        if isinstance(old, str) and _NAME.fullmatch(old):
            yield "facts", (*old_path, old), (*new_path, new)
            for option, was in line.get("options", {}).items() if isinstance(line, dict) else ():
                if isinstance(was, str):
                    yield "facts", (*old_path, old, "choices", was), (*new_path, new, "choices", option)


def _has(files: ReleaseFiles, kind: str, path: PartPath) -> bool:
    document = files.documents.get(kind)
    return document is not None and document.at(path) is not None


def _kept(old: PartPath, new: PartPath) -> PartPath:
    """Where the row would stand in the second release with its old id."""
    return (*new[:-1], old[-1])
