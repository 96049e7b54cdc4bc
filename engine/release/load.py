"""Loads a release from its folder, checks and compiles it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..compile.compile import KINDS, REQUIRED, compile_programme
from ..compile.on_days import EarlierRelease
from ..evaluate.evaluate import Plan, all_values, evaluate, make_plan
from ..evaluate.outcome import Outcome
from ..evaluate.record import Record, plain_document, read_record
from ..named_tuples import public
from ..problems import InvalidInput, InvalidProgramme, Level, Place, Problem, Source, did_you_mean, has_errors, in_order
from ..programme.agreeable import may_be_agreed
from ..programme.model import Programme
from ..source import shape_cache
from ..source.document import Document, PartPath, file_bytes, read_bytes, shown
from .find import (
    FoundRelease,
    published,
    published_beside,
    refuse_overlaps,
    release_folder,
    release_folders,
    releases_of,
    unreadable,
)
from .lineage import Lineage
from .seal import check_seal, content_digest

if TYPE_CHECKING:
    from ..evaluate.quote import OrderLines, Quote


_ON_A_DAY = re.compile(r"\bon\s*\(")


@public("programme.id", "programme.release")
class Release(NamedTuple):
    """A release without errors, ready to evaluate, with its files; `problems` holds its warnings and notes."""

    programme: Programme
    plan: Plan
    problems: tuple[Problem, ...]
    files: ReleaseFiles
    lineage: Lineage  #: the releases before it, for which records may have been written

    def read(self, document: Document) -> tuple[Record | None, tuple[Problem, ...]]:
        """The record of this or an earlier release in a document, None where it has errors; and the problems."""
        carried, problems = self.lineage.carry(document)
        if carried is None:
            return None, problems
        record, more = read_record(carried, self.programme)
        return record and record._replace(document=document, remarks=problems), in_order((*problems, *more))

    def record(self, written: Document | Mapping[str, Any]) -> Record:
        """A partner's record, from a document or from plain data with the keys of a record file.

        One of an earlier release is read through the migrations since. A float in plain data is the shortest decimal
        that gives it. Raises InvalidInput with all problems.
        """
        record, problems = self.read(written if isinstance(written, Document) else plain_document(written, "record"))
        if record is None:
            raise InvalidInput(problems)
        return record

    def evaluate(self, record: Record | Document | Mapping[str, Any], as_of: date | None = None) -> Outcome:
        """The outcome of a partner on a day (None: today).

        `record` is a result of `record()`, or an argument for it. Raises InvalidInput where it does not fit.
        """
        day = as_of or date.today()
        return self.outcome(self.record_on(record, day), day)

    def outcome(self, record: Record, day: date) -> Outcome:
        """The outcome on a day of a partner's record by itself, which is a result of `record_on`."""
        return evaluate(self.under(record).plan, record, day)

    def values(self, outcome: Outcome) -> dict[str, Any]:
        """Every fact and value that an outcome was made from, by id."""
        return all_values(self.under(outcome).plan, outcome)

    def under(self, agreed: Record | Outcome) -> Release:
        """The release with the terms negotiable that the agreements of a record, or of its outcome, name.

        The release itself where they name none but those that are marked as negotiable. Raises InvalidInput where a
        rule that asks for another day cannot go by what is agreed.
        """
        if not agreed.agreements:
            return self
        values, named = self.programme.values, {agreement.term for agreement in agreed.agreements}
        terms = frozenset(term for term in named if term in values and may_be_agreed(self.programme, values[term]))
        if all(values[term].negotiable for term in terms):
            return self
        return self.lineage.under_agreements(terms, self._with_negotiable)

    def _with_negotiable(self, terms: frozenset[str]) -> Release:
        """The release with these terms negotiable, also those that nothing marks in its files."""
        files, own = self.files, self.programme
        compiled, problems = compile_programme(files.documents, files.broken, own.digest, files.earlier, terms)
        if compiled is None:  # a rule that asks for another day cannot go by periods of these terms
            named = ", ".join(f"'{term}'" for term in sorted(terms))
            help = "let a new release, or a term that the rule reads, say it"
            reasons = (problem.message for problem in problems if problem.level is Level.ERROR)
            raise InvalidInput(
                Problem("not-on-a-day", f"{named} cannot be agreed with one partner: {reason}", None, help)
                for reason in dict.fromkeys(reasons)
            )
        programme = compiled._replace(release=own.release)  # which may name settings
        return self._replace(programme=programme, plan=make_plan(programme))

    def record_on(self, record: Record | Document | Mapping[str, Any], day: date) -> Record:
        """The record of a partner on a day, by itself: the facts of that day, and the tier that its history has left.

        `record` is a result of `record()`, or an argument for it. Raises InvalidInput where it does not fit.
        """
        if not isinstance(record, Record):
            record = self.record(record)
        if not record.dated and not record.signed and not record.also_held:
            return record
        from .history import record_on  # loaded only for a record with a history

        return record_on(self, record, day, _release_or_none)

    def order(self, written: Document | Mapping[str, Any]) -> OrderLines:
        """The lines of an order, from a document or from plain data with the keys of an order file.

        Raises InvalidInput with all problems, WrongCall where the programme has no prices of orders.
        """
        from ..evaluate.quote import read_order  # loaded only when an order is priced

        document = written if isinstance(written, Document) else plain_document(written, "order")
        lines, problems = read_order(document, self.plan)
        if lines is None:
            raise InvalidInput(problems)
        return lines

    def quote(
        self,
        order: OrderLines | Document | Mapping[str, Any],
        record: Record | Document | Mapping[str, Any],
        *,
        as_of: date | None = None,
    ) -> Quote:
        """The prices of an order for a partner on a day (None: today), line by line.

        `order` and `record` are results of `order()` and `record()`, or arguments for them. Raises what these raise.
        """
        from ..evaluate.quote import OrderLines, quote

        day = as_of or date.today()
        record = self.record_on(record, day)
        if not isinstance(order, OrderLines):
            order = self.order(order)
        plan = self.under(record).plan
        return quote(plan, record, order, evaluate(plan, record, day), day)


def _release_or_none(folder: Path) -> Release | None:
    """The release in a folder; None where it has errors."""
    try:
        return load_files(read_files(folder))
    except InvalidProgramme:
        return None


def load(program: str | Path = "program", *, release: str | None = None, as_of: date | None = None) -> Release:
    """The release in force on a day (None: today), or the release with this number.

    `program` is a folder of releases, or the folder of one. Raises WrongCall where there is no such release,
    InvalidProgramme with every problem where it has errors.
    """
    return load_files(read_files(release_folder(Path(program), release, as_of or date.today())))


def load_published(program: Path, first: date, last: date) -> Iterator[Release]:
    """Each release of a folder that is in force on some day, in the order of their first days; drafts are left out.

    Raises WrongCall where there is none, InvalidProgramme where one cannot be used or two are in force on one of the
    days from `first` to `last`.
    """
    releases = published(releases_of(release_folders(program)))
    refuse_overlaps(releases, first, last)
    return (load_files(read_files(release.folder)) for release in releases)


def load_files(files: ReleaseFiles) -> Release:
    """The release compiled from these files; raises InvalidProgramme with every problem where it has errors."""
    programme, problems = compile_release(files)
    if programme is None:
        raise InvalidProgramme(problems)
    return release_of(programme, problems, files)


def release_of(programme: Programme, problems: tuple[Problem, ...], files: ReleaseFiles) -> Release:
    """The release of a programme that was compiled from these files."""
    lineage = Lineage(files.folder, programme, files.documents, read_release)
    return Release(programme, make_plan(programme), problems, files, lineage)


@public("folder")
class ReleaseFiles(NamedTuple):
    """The files of a release, read and checked against their schemas."""

    folder: Path
    documents: Mapping[str, Document]  #: by kind: `tiers` of tiers.yaml
    broken: Mapping[str, set[PartPath]]  #: the misshapen parts of each kind; the path () is the whole file
    problems: tuple[Problem, ...]
    earlier: tuple[EarlierRelease, ...] = ()  #: the releases before it in its folder, if it asks for values on a day

    @property
    def rules(self) -> dict[str, Document]:
        """The files that say what the programme is: all but the migration, which is about records of another."""
        return {kind: document for kind, document in self.documents.items() if kind != "migration"}


def read_release(folder: Path) -> tuple[Programme | None, tuple[Problem, ...]]:
    """The programme in a folder, None where it has errors; and all its problems, in order."""
    return compile_release(read_files(folder))


def read_files(folder: Path) -> ReleaseFiles:
    """The files in a folder, with the problems of reading them, of their shapes and of the seal."""
    contents, problems = _contents(folder)
    files = release_files(folder, contents, problems)
    whole = not problems and files.documents.keys() == contents.keys() and contents.keys() >= set(REQUIRED)
    sealed = check_seal(folder, dict(files.documents)) if whole else []
    earlier = earlier_releases(folder) if asks_on_days(files.documents) else ()
    return files._replace(problems=(*sealed, *files.problems), earlier=earlier)


def asks_on_days(documents: Mapping[str, Document]) -> bool:
    """Whether the files may ask for a value on a day, for which the releases before are needed."""
    return any(_ON_A_DAY.search(document.source.text) for document in documents.values())


def earlier_releases(folder: Path) -> tuple[EarlierRelease, ...]:
    """The published releases of the same programme beside a folder that begin before it does, compiled, in order."""
    about = releases_of([folder])[0]
    beside = published_beside(folder, about.about.at(("id",)))
    before = [release for release in beside if release.turn < about.turn]
    return in_turn((release, release_files(release.folder, *_contents(release.folder))) for release in before)


def in_turn(releases: Iterable[tuple[FoundRelease, ReleaseFiles]]) -> tuple[EarlierRelease, ...]:
    """Releases in the order of their days, each compiled with those before it."""
    earlier: tuple[EarlierRelease, ...] = ()
    for release, files in releases:
        programme, _ = compile_release(files._replace(earlier=earlier))
        earlier = (*earlier, EarlierRelease(release.id, release.effective_from, programme))
    return earlier


def release_files(folder: Path, contents: Mapping[str, bytes], earlier: Sequence[Problem] = ()) -> ReleaseFiles:
    """The files of a release from their bytes by kind, as if they were in a folder, after the `earlier` problems."""
    problems = list(earlier)
    documents: dict[str, Document] = {}
    broken: dict[str, set[PartPath]] = {}
    for kind, content in contents.items():
        document, syntax_problems = read_bytes(content, shown(folder / f"{kind}.yaml"))
        problems += syntax_problems
        if document is None:
            broken[kind] = {()}
        else:
            documents[kind] = document
    refused = {problem.place.source.path for problem in earlier if problem.place}
    for kind in (kind for kind in KINDS if kind not in contents):
        path = shown(folder / f"{kind}.yaml")
        if path in refused or kind in REQUIRED:
            broken[kind] = {()}
        if path not in refused and kind in REQUIRED:
            place = Place(Source(path, ""), 0, 0)
            problems.append(Problem("missing-file", f"{kind}.yaml is missing", place, "add it to the release"))
    key = shape_cache.key_of(contents.items())
    if not shape_cache.was_checked(key):
        problems += check_shapes(documents, broken)
        if not problems:
            shape_cache.remember(key)
    return ReleaseFiles(folder, documents, broken, tuple(problems))


def compile_release(files: ReleaseFiles) -> tuple[Programme | None, tuple[Problem, ...]]:
    """The programme compiled from these files, None where it has errors; and all its problems, in order."""
    documents, folder = files.documents, files.folder
    digest = content_digest(documents)
    programme, compile_problems = compile_programme(documents, files.broken, digest, files.earlier)
    problems = [*files.problems, *compile_problems]
    if programme and programme.release != folder.resolve().name and folder.resolve().name[:1].isdigit():
        place = documents["programme"].value_place(("release",))
        message = f"the release calls itself {programme.release}; its folder is {folder.resolve().name}"
        problems.append(Problem("wrong-folder", message, place, "make the two agree"))
    return (None if has_errors(problems) else programme), in_order(problems)


def _contents(folder: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """The bytes of the files in a folder by kind, and problems of files that cannot be read or have another name."""
    contents: dict[str, bytes] = {}
    problems: list[Problem] = []
    for path in sorted(folder.iterdir()):
        if path.suffix not in (".yaml", ".yml") or path.name.startswith("."):
            continue  # a hidden file is an editor's
        if path.suffix == ".yaml" and path.stem in KINDS:
            try:
                contents[path.stem] = file_bytes(path)
            except OSError as error:
                problems.append(unreadable(path, error))
        elif path.is_file():
            place = Place(Source(shown(path), ""), 0, 0)
            help = f"rename it to {path.stem}.yaml" if path.stem in KINDS else did_you_mean(path.stem, KINDS)
            problems.append(Problem("unknown-file", f"'{path.name}' is not a file of a release", place, help))
    return contents, problems


def check_shapes(documents: Mapping[str, Document], broken: dict[str, set[PartPath]]) -> list[Problem]:
    """The problems of files, by kind, that do not fit their schemas; misshapen parts are added to `broken`."""
    from ..source.shape import check_shape  # the validator takes long to load

    problems = []
    for kind, document in documents.items():
        for path, problem in check_shape(document, kind):
            problems.append(problem)
            unusable = broken.setdefault(kind, set())
            if path is not None:
                unusable.add(path)
    return problems
