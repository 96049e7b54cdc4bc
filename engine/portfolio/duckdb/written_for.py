"""Finds for which release the files of a portfolio were written: as said, or by the names of their columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import duckdb

from ...problems import InvalidInput, Problem
from ...programme.migration import FactSource, Migration
from ...programme.model import Programme
from ...release.load import Release
from ..files import format_of, known_columns, read_header
from ..job import Job
from ..rows import OF_PARTNER
from ..sql.columns import PARTNER, list_fields
from .sources import database


def migrations_for(release: Release, job: Job) -> tuple[Migration, ...]:
    """The migrations from the release that the files were written for; none where it is the one that decides.

    Raises InvalidInput where that release, or a way from it, is not there, and where the files may be of either of two.
    """
    lineage = release.lineage
    if job.written_for == lineage.number:
        return ()
    if job.written_for is not None:
        migrations = lineage.migrations_since(job.written_for)
        if isinstance(migrations, Problem):
            raise InvalidInput(
                [migrations._replace(message=migrations.message.replace("the record is", "the files are"))]
            )
        return migrations
    if not any(link.document for link in lineage.chain):
        return ()
    columns = {id: frozenset(_columns(path)) for id, path in {"": job.portfolio, **job.lists}.items()}
    columns[""] -= set(job.ignored)
    fitting: list[str] = [lineage.number] if _knows(release.programme, columns) else []
    for link in lineage.chain:
        before = lineage.programme_of(link)
        if before is None:
            break
        if _knows(before, columns):
            fitting.append(link.before)
    if not fitting:
        return ()
    newest, *others = fitting
    for older in others:
        between = _between(release, older, newest)
        if not all(_keeps(migration, columns, with_agreements=job.agreements is not None) for migration in between):
            message = f"'{job.portfolio}' may be written for {newest} or for {older}, which read it differently"
            help = f"say for which: --written-for {newest}"
            raise InvalidInput([Problem("release-unclear", message, None, help)])
    return _between(release, newest, lineage.number)


def _between(release: Release, older: str, newer: str) -> tuple[Migration, ...]:
    """The migrations from a release of the lineage to a later one."""
    if older == newer:
        return ()
    migrations = release.lineage.migrations_since(older)
    later = () if newer == release.lineage.number else release.lineage.migrations_since(newer)
    if isinstance(migrations, Problem) or isinstance(later, Problem):
        raise InvalidInput([problem for problem in (migrations, later) if isinstance(problem, Problem)])
    return migrations[: len(migrations) - len(later)]


def _knows(programme: Programme, columns: Mapping[str, frozenset[str]]) -> bool:
    """Whether a release has all columns of the portfolio, and the lists with theirs."""
    if not columns[""] <= set(known_columns(programme)):
        return False
    lists = {id: names for id, names in columns.items() if id}
    return all(id in programme.lists and names <= {PARTNER, *list_fields(programme, id)} for id, names in lists.items())


def _keeps(migration: Migration, columns: Mapping[str, frozenset[str]], *, with_agreements: bool) -> bool:
    """Whether the columns mean the same before and after a migration, whatever stands in them."""
    terms = any(target is None or target.id != id or target.factor != 1 for id, target in migration.terms.items())
    tiers = any(old != new for old, new in migration.tiers.items())
    if (tiers and "tier" in columns[""]) or (terms and with_agreements):
        return False
    if not _same(migration.facts, columns[""] - set(OF_PARTNER)):
        return False
    lists = migration.lists
    return all(
        id in lists and lists[id].was == id and _same(lists[id].fields, names - {PARTNER})
        for id, names in columns.items()
        if id
    )


def _same(sources: Mapping[str, FactSource], names: frozenset[str]) -> bool:
    """Whether each of these names is kept, and nothing else is made of them or of nothing."""
    touched = {id for id, source in sources.items() if not source.reads or names & set(source.reads)}
    return touched == names and all(sources[id].is_unchanged for id in touched)


def _columns(path: Path) -> Iterator[str]:
    """The names of the columns of a file, or the keys of its lines; none where it cannot be read."""
    with suppress(OSError, UnicodeError, duckdb.Error):
        match format_of(path):
            case "csv":
                yield from read_header(path).names
            case "parquet":
                with database() as connection:
                    yield from connection.read_parquet(str(path)).columns
            case _:
                seen: set[str] = set()
                with path.open(encoding="utf-8", errors="replace") as file:
                    for line in file:
                        with suppress(ValueError, RecursionError):
                            row = json.loads(line)
                            keys = set(row) - seen if isinstance(row, dict) else set()
                            seen |= keys
                            yield from keys
