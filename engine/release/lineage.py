"""Reads records that were written for an earlier release: by its migrations they become records of the release asked.

A record says with `release: 1.0.0` which release it was written for. One that does not say it is read as of every
release, from this one back, that knows all its names; where that makes no difference, the answer stands, and where it
does, the record is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import copy
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from ..compile.migration import compile_migration
from ..evaluate.migrate import migrated
from ..evaluate.record import read_record
from ..problems import InvalidProgramme, Problem, has_errors, in_order
from ..programme.migration import Migration
from ..programme.model import Programme
from ..source.document import Document, file_bytes, read_bytes, shown
from .find import FoundRelease, published_beside, release_number

_OF_NAMES = {"unknown-fact", "unknown-tier", "unknown-term"}  #: codes of names that a release does not know
_Loaded = TypeVar("_Loaded")
_KEPT = 32  #: how many sets of terms that records agree a release is kept for, each as a release of its own
_WAYS_OUT = "say in the record which release it was written for: release: "

Carried = tuple[Document | None, tuple[Problem, ...]]  #: a record of this release, None where it has errors
LoadProgramme = Callable[[Path], tuple[Programme | None, tuple[Problem, ...]]]


class Link(NamedTuple):
    """One step back: the release `before` another, where it is (None: not in the folder), and the other's migration."""

    before: str
    folder: Path | None
    after: str
    document: Document | None


class Lineage:
    """A release and those before it in its folder, which are looked for, and loaded, when a record first asks."""

    def __init__(self, folder: Path, programme: Programme, documents: Mapping[str, Document], load: LoadProgramme):
        """`documents` are the files of the release in `folder`; `load` gives the programme in another folder."""
        self.programme, self._folder, self._load = programme, folder, load
        self.number = str(documents["programme"].at(("release",)))
        self._document = documents.get("migration")
        self._programmes: dict[str, Programme] = {}
        self._migrations: dict[str, Migration] = {}  #: by the release before
        self._loaded: dict[str, Any] = {}
        self._under_agreements: dict[frozenset[str], Any] = {}
        self._last: tuple[Migration, ...] = ()  #: from the release itself to what it is called elsewhere

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lineage) and (other._folder, other.programme) == (self._folder, self.programme)

    def __hash__(self) -> int:
        return hash(self._folder)

    def carry(self, document: Document) -> Carried:
        """A record as one of this release; the document itself where it is one already, or no record at all.

        Raises InvalidProgramme where a migration that it needs has errors.
        """
        data: Any = document.data
        written = data.get("release") if isinstance(data, dict) else None
        if written == self.number or not isinstance(data, dict) or not isinstance(written, str | None):
            return document, ()
        return self._guessed(document) if written is None else self._of(document, written)

    # The releases before this one -----------------------------------------------------------------------------------

    @cached_property
    def _found(self) -> tuple[FoundRelease, ...]:
        """The published releases of the programme in the folder, but for this one, in order."""
        beside = published_beside(self._folder, self.programme.id)
        return tuple(release for release in beside if release.id != self.number)

    @property
    def _turn(self) -> Any:
        return self.programme.effective_from, release_number(self.number)

    @property
    def earlier(self) -> tuple[FoundRelease, ...]:
        """The published releases before this one, in order."""
        return tuple(release for release in self._found if release.turn < self._turn)

    @cached_property
    def chain(self) -> tuple[Link, ...]:
        """The steps back from this release, the newest first."""
        links: list[Link] = []
        number, turn, document = self.number, self._turn, self._document
        while True:
            earlier = [release for release in self._found if release.turn < turn]
            if document is not None:
                named = str(document.at(("from",)))
                release = next((release for release in earlier if release.id == named), None)
            elif earlier:
                release, named = earlier[-1], earlier[-1].id
            else:
                return tuple(links)
            links.append(Link(named, release.folder if release else None, number, document))
            if release is None:
                return tuple(links)
            number, turn, document = release.id, release.turn, _migration_in(release.folder)

    def programme_of(self, link: Link) -> Programme | None:
        """The programme of the release before a link; None where it is not in the folder or has errors."""
        return None if link.folder is None else self._programme(link.before, link.folder)

    @property
    def programme_before(self) -> Programme | None:
        """The programme of the last release before this one that has no errors; None where there is none."""
        before = (self._programme(release.id, release.folder) for release in reversed(self.earlier))
        return next(filter(None, before), None)

    def loaded(self, release: FoundRelease, load: Callable[[Path], _Loaded]) -> _Loaded:
        """What `load` gives for the folder of a release before this one, which is asked only once."""
        if release.id not in self._loaded:
            self._loaded[release.id] = load(release.folder)
        return self._loaded[release.id]  # type: ignore[no-any-return]

    def under_agreements(self, terms: frozenset[str], make: Callable[[frozenset[str]], _Loaded]) -> _Loaded:
        """What `make` gives for the terms that a record of the release agrees; the last ones are kept."""
        kept = self._under_agreements
        if terms not in kept:
            if len(kept) == _KEPT:
                del kept[next(iter(kept))]
            kept[terms] = make(terms)
        return kept[terms]  # type: ignore[no-any-return]

    def _programme(self, number: str, folder: Path) -> Programme | None:
        if number not in self._programmes:
            programme, _ = self._load(folder)
            if programme is not None:
                self._programmes[number] = programme
        return self._programmes.get(number)

    def migrations_since(self, number: str) -> tuple[Migration, ...] | Problem:
        """The migrations from a release to this one, in turn; or the problem that one of them cannot be had."""
        at = next((index for index, link in enumerate(self.chain) if link.before == number), None)
        if at is None:
            return self._no_way(number)
        migrations = []
        for index in range(at, -1, -1):
            migration = self._migration(index)
            if isinstance(migration, Problem):
                return migration
            migrations.append(migration)
        return (*migrations, *self._last)

    def _migration(self, index: int) -> Migration | Problem:
        """The migration of a link of the chain; or the problem that a release that it needs cannot be had."""
        link = self.chain[index]
        if link.before not in self._migrations:
            before = self.programme_of(link)
            own = self._last[0].before if self._last else self.programme
            after = self.programme_of(self.chain[index - 1]) if index else own
            if before is None or after is None:
                return _not_there(link if before is None else self.chain[index - 1])
            migration, problems = compile_migration(link.document, before, after)
            if has_errors(problems):
                raise InvalidProgramme(problems)
            self._migrations[link.before] = migration
        return self._migrations[link.before]

    def under_other_ids(self, last: Migration) -> Lineage:
        """The lineage of the same release under other ids, to which a last migration leads."""
        lineage = copy(self)
        lineage.programme, lineage._last = last.after, (last,)
        return lineage

    def leads_from(self, number: str) -> bool:
        """Whether a migration is written on the way from a release to this one."""
        numbers = [link.before for link in self.chain]
        return number in numbers and any(link.document for link in self.chain[: numbers.index(number) + 1])

    def _no_way(self, number: str) -> Problem:
        """The problem that no way leads from a release to this one."""
        of_record = f"the record is written for {number}"
        if any(release.id == number and release.turn > self._turn for release in self._found):
            message = f"{of_record}, and {self.number} is asked, which is earlier"
            return Problem(
                "not-carried-over", message, None, "a record becomes one of a later release, never of an earlier"
            )
        message = f"{of_record}, and no way leads from there to {self.number}"
        numbers = ", ".join((self.number, *(link.before for link in self.chain)))
        return Problem("no-release", message, None, f"the releases that lead here are {numbers}")

    # Records --------------------------------------------------------------------------------------------------------

    def _of(self, document: Document, number: str) -> Carried:
        """A record that says it was written for another release."""
        if self._is_as_later(number):
            return document, ()
        migrations = self.migrations_since(number)
        if isinstance(migrations, Problem):
            return None, (migrations._replace(place=document.value_place(("release",))),)
        record, problems = read_record(document, migrations[0].before)
        if record is None:
            return None, problems
        return through(document, migrations)

    def _is_as_later(self, number: str) -> bool:
        """Whether a later release, and all between, have no migration: then equal names are the same."""
        later = [release for release in self._found if release.turn > self._turn]
        numbers = [release.id for release in later]
        if number not in numbers:
            return False
        return all(_migration_in(release.folder) is None for release in later[: numbers.index(number) + 1])

    def _guessed(self, document: Document) -> Carried:
        """A record that does not say for which release it was written."""
        if not any(link.document for link in self.chain):
            return document, ()
        own, own_problems = read_record(document, self.programme)
        readings: dict[str, Carried] = {self.number: (document, ())} if own is not None else {}
        has_names = not _of_names(own_problems)
        for link in self.chain:
            before = self.programme_of(link)
            if before is None:
                if problem := _needed(document, link, is_known=has_names or bool(readings)):
                    return None, (problem,)
                break
            record, problems = read_record(document, before)
            if record is None:
                if not has_names and not readings and not _of_names(problems):
                    return None, problems
                continue
            migrations = self.migrations_since(link.before)
            if isinstance(migrations, Problem):
                break
            carried = through(document, migrations)
            if not any(problem.code == "fact-gone" for problem in _through_unwritten(document, migrations)):
                readings[link.before] = carried
        return self._agreed(document, readings) if readings else (document, ())

    def _agreed(self, document: Document, readings: Mapping[str, Carried]) -> Carried:
        """The one reading, where all come to the same; else the problem that they differ."""
        numbers = list(readings)
        meanings = [self._meaning(readings[number]) for number in numbers]
        other = next((at for at, meaning in enumerate(meanings) if meaning != meanings[0]), None)
        if other is None:
            return readings[numbers[0]]
        name = _differing(meanings[0], meanings[other])
        message = f"the record is one of {numbers[0]} or of {numbers[other]}"
        message += f", in which '{name}' would be different" if name else ", which would read it differently"
        data: Any = document.data
        facts = data.get("facts")
        at = ("facts", name) if name and isinstance(facts, dict) and name in facts else ()
        place = document.place(at)
        return None, (Problem("release-unclear", message, place, f"{_WAYS_OUT}{numbers[0]}"),)

    def _meaning(self, carried: Carried) -> dict[str, Any] | None:
        """What a record says to this release, by name; facts that are as by default are left out."""
        document, problems = carried
        record = None if document is None or has_errors(problems) else read_record(document, self.programme)[0]
        if record is None:
            return None
        facts = self.programme.facts
        stated = {id: value for id, value in record.facts.items() if id not in facts or facts[id].default != value}
        agreements = [tuple(agreement)[:-1] for agreement in record.agreements]  # but for its place
        held = (record.tier, record.since, record.signed, record.also_held)
        return {**stated, **record.dated, "tier": held, "agreements": agreements}


def _differing(first: dict[str, Any] | None, second: dict[str, Any] | None) -> str | None:
    """The first name of which two readings say something else."""
    if first is None or second is None:
        return None
    return next(name for name in (*first, *second) if first.get(name) != second.get(name))


def through(document: Document, migrations: tuple[Migration, ...]) -> Carried:
    """A record through the migrations in turn; None where one of them cannot carry it over."""
    problems: list[Problem] = []
    for migration in migrations:
        document, more = migrated(document, migration)
        problems += more
        if has_errors(more):
            return None, in_order(problems)
    return document, in_order(problems)


def _through_unwritten(document: Document, migrations: tuple[Migration, ...]) -> list[Problem]:
    """The problems of the steps of which no migration is written."""
    problems: list[Problem] = []
    for migration in migrations:
        document, more = migrated(document, migration)
        problems += () if migration.is_written else more
    return problems


def _of_names(problems: tuple[Problem, ...]) -> bool:
    return any(problem.code in _OF_NAMES for problem in problems)


def _migration_in(folder: Path) -> Document | None:
    """The migration.yaml of a release; None where there is none."""
    path = folder / "migration.yaml"
    try:
        return read_bytes(file_bytes(path), shown(path))[0]
    except OSError:
        return None


def _not_there(link: Link) -> Problem:
    where = "cannot be used" if link.folder else "is not in the folder"
    message = f"what became of {link.before} in {link.after} cannot be told: {link.before} {where}"
    return Problem("no-release", message, None, f"put {link.before} beside {link.after}, as it was published")


def _needed(document: Document, link: Link, *, is_known: bool) -> Problem | None:
    """The problem that a release is missing without which the record cannot be read; None where it is not needed.

    `is_known` says whether a later release knows all its names. It may be misread all the same where a name has another
    meaning since: the line of migration.yaml that makes it of itself.
    """
    data: Any = document.data
    stated = data.get("facts") if isinstance(data.get("facts"), dict) else {}
    lines: Any = link.document.at(("facts",)) if link.document else None
    if not is_known:
        old = {word for name, line in (lines or {}).items() for word in _words(name, line)}
        names = [name for name in stated if name in old]
    else:
        names = [
            name
            for name, line in (lines or {}).items()
            if name in stated and name in _words(name, line) and line != name
        ]
    if not names:
        return None
    problem = _not_there(link)
    return problem._replace(place=document.place(("facts", names[0])))


def _words(name: str, line: Any) -> set[str]:
    """The names in the line of a migration for a name; a table of options is made of what it was, or of itself."""
    if isinstance(line, dict):
        return {str(line.get("was", name))}
    return set(re.findall(r"[A-Za-z_]\w*", str(line)))
