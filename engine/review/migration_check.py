"""Checks the migration of a release: that it starts at the release before, and what it says of each part of that."""

from __future__ import annotations

from collections.abc import Iterator

from ..compile.migration import compile_migration
from ..problems import Level, Problem
from ..programme.migration import Migration
from ..release.load import Release
from ..source.document import Document


def migration_problems(release: Release) -> Iterator[Problem]:
    """The problems of migration.yaml; none where there is no such file."""
    document = release.files.documents.get("migration")
    if document is None:
        return
    lineage, place = release.lineage, document.value_place(("from",))
    link = lineage.chain[0]
    if link.folder is None:
        message = f"there is no release '{link.before}' before {link.after} in the folder"
        numbers = ", ".join(release_there.id for release_there in lineage.earlier) or "none"
        help = f"put it beside {link.after}, or name the release before; those in the folder: {numbers}"
        yield Problem("no-release", message, place, help)
        return
    nearest = lineage.earlier[-1].id
    if nearest != link.before:
        message = f"{nearest} comes between {link.before} and {link.after}, and its records would become nothing"
        yield Problem("migration-unclear", message, place, f'write from: "{nearest}"')
    before = lineage.programme_of(link)
    if before is None:
        help = f"mend it first: charter check --release {link.before}"
        yield Problem("no-release", f"{link.before} cannot be used, as it has errors", place, help)
        return
    migration, problems = compile_migration(document, before, release.programme)
    yield from problems
    yield from _same_names(migration, document)


def _same_names(migration: Migration, document: Document) -> Iterator[Problem]:
    """A note on each fact whose name stays and whose meaning does not: no record shows which one it means."""
    for id, source in migration.facts.items():
        if id in source.reads and not source.is_unchanged:
            message = f"'{id}' has another meaning in {migration.after.release} than in {migration.before.release}"
            help = "records that state it have to say for which release they were written; a new name saves them that"
            yield Problem("release-needed", message, document.place(("facts", id)), help, Level.NOTE)
