"""Reads the rows of a release's files for compiling: their titles, sources and expressions; reports their problems.

A row of the wrong shape is skipped but its name is kept, so that one mistake is reported once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ..language.parse import Scope, parse
from ..language.tree import Expression
from ..problems import Fix, Place, Problem, did_you_mean, renamed
from ..programme.model import ORDER, AnyTerm, Negotiable, Statement, Texts
from ..source.document import Document, PartPath
from ..texts.visible import one_line
from ..values import Kind

Keys = tuple[str | int, ...]  #: where a part of a row is, from the row


class Files:
    """The files of a release by kind, the problems found so far, and the clauses that rows may cite."""

    def __init__(
        self, documents: Mapping[str, Document], broken: Mapping[str, set[PartPath]], agreed: Collection[str] = ()
    ) -> None:
        """`broken` has, for each kind, the parts of the wrong shape; `()` stands for the whole file.

        `agreed` are the ids of terms that a record agrees otherwise, beside those that are marked as negotiable.
        """
        self.agreed = agreed
        self.documents = documents
        self.broken = broken
        self.problems: list[Problem] = []
        self.cited: set[str] = set()
        self._data = {kind: _without(document.data, broken.get(kind, set())) for kind, document in documents.items()}
        programme = self.row("programme")
        written = programme.data.get("languages", ()) if programme else ()
        self.languages = tuple(language for language in written if isinstance(language, str))
        self.clauses = self.names("clauses", "clauses")
        agreements = self.row("programme", "agreements")
        excepted = tuple(map(str, agreements.data.get("except", ()))) if agreements else ()
        self.any_term = AnyTerm(agreements.source(), excepted) if agreements else None  #: as of the programme

    def is_whole(self, kind: str, table: str | None = None) -> bool:
        """Whether all names of the table can be read: it is there, or it is left out of a file without mistakes."""
        document, broken = self.documents.get(kind), self.broken.get(kind, set())
        if () in broken:
            return False
        if document is None or table is None or not broken:
            return True
        return isinstance(document.data, dict) and table in document.data

    def names(self, kind: str, *path: str) -> dict[str, Place]:
        """Every name of the table at this path of a file with its place, rows of the wrong shape included."""
        document = self.documents.get(kind)
        data: Any = document.data if document and self.is_whole(kind) else None
        for key in path:
            data = data.get(key) if isinstance(data, dict) else None
        return {name: document.place((*path, name)) for name in data} if document and isinstance(data, dict) else {}

    def rows(self, kind: str, table: str) -> Iterator[FilePart]:
        """The rows of a table that have the right shape, in order."""
        for name in self.names(kind, table):
            row = self.row(kind, table, name)
            if row:
                yield row

    def list_path(self, id: str) -> tuple[str, ...]:
        """Where a list, or a balance, which is the list of its periods, is written: the kind of file, then the path."""
        return list_path(self.documents, id)

    def row(self, kind: str, *path: str) -> FilePart | None:
        """One part of a file, or None where it is missing or has the wrong shape."""
        data: Any = self._data.get(kind)
        for key in path:
            data = data.get(key) if isinstance(data, dict) else None
        return FilePart(self, self.documents[kind], path, data) if isinstance(data, dict) else None


def _without(data: Any, paths: Collection[PartPath]) -> Any:
    """The data without the parts at these paths: None stands for them in a list, so that its places stay right."""
    if not paths:
        return data
    if () in paths:
        return None
    inner: dict[str | int, set[PartPath]] = {}
    for first, *rest in paths:
        inner.setdefault(first, set()).add(tuple(rest))
    if isinstance(data, dict):
        return {key: _without(value, inner.get(key, ())) for key, value in data.items() if () not in inner.get(key, ())}
    return [_without(value, inner.get(index, ())) for index, value in enumerate(data)]


def list_path(documents: Mapping[str, Document], id: str) -> tuple[str, ...]:
    """As `Files.list_path`, in these documents by kind."""
    paths = ("facts", "lists", id), ("balances", "balances", id)
    for kind, *path in paths:
        document = documents.get(kind)
        if document is not None and tuple(path) in document.keys:
            return (kind, *path)
    return ("prices", ORDER) if id == ORDER else paths[0]


class FilePart:
    """One part of a file: a map with a title, a source and the keys of its kind."""

    def __init__(self, files: Files, document: Document, path: PartPath, data: dict[str, Any]) -> None:
        self.files = files
        self.document = document
        self.path = path
        self.data = data
        self.id = str(path[-1]) if path else ""

    def place(self, *keys: str | int) -> Place:
        """Where a part of the row stands."""
        return self.document.place((*self.path, *keys))

    def problem(self, code: str, message: str, place: Place, help: str | None = None, fix: Fix | None = None) -> None:
        """Report a problem of the row."""
        self.files.problems.append(Problem(code, message, place, help, fix=fix))

    def unknown(self, code: str, what: str, name: str, candidates: Iterable[str], place: Place) -> None:
        """Report a name that is none of the candidates; `what` says what they are, such as "a tier"."""
        names = list(candidates)
        message, help = f"'{name}' is not {what}", did_you_mean(name, names)
        self.files.problems.append(Problem(code, message, place, help, fix=renamed(name, names, place)))

    def inner(self, *keys: str) -> Iterator[FilePart]:
        """The rows of a table within this row."""
        table = self.part(*keys)
        for name in table.data if table else ():
            yield FilePart(self.files, self.document, (*self.path, *keys, name), self.data_of(*keys, name))

    def holds(self, *keys: str | int) -> bool:
        """Whether something is written at these keys, of whatever shape."""
        return (*self.path, *keys) in self.document.keys

    def count(self, key: str) -> int:
        """How many rows a table within this row has, rows of the wrong shape included."""
        table = (*self.path, key)
        return sum(path[:-1] == table for path in self.document.keys)

    def part(self, *keys: str) -> FilePart | None:
        """A map within this row, or None."""
        data = self.data_of(*keys)
        return FilePart(self.files, self.document, (*self.path, *keys), data) if isinstance(data, dict) else None

    def data_of(self, *keys: str | int) -> Any:
        """The plain data of a part, or None where it is missing."""
        data: Any = self.data
        for key in keys:
            if isinstance(key, int):
                data = data[key] if isinstance(data, list) and key < len(data) else None
            else:
                data = data.get(key) if isinstance(data, dict) else None
        return data

    def texts(self, key: str = "title") -> Texts:
        """A text in every language of the programme."""
        return self._texts(self.data.get(key) or {}, (key,))

    def own_texts(self) -> Texts:
        """The row itself as a text in every language of the programme."""
        return self._texts(self.data, ())

    def _texts(self, texts: Mapping[str, str], keys: tuple[str, ...]) -> Texts:
        languages = self.files.languages or tuple(texts)
        for language in languages:
            if texts and language not in texts:
                help = f"add '{language}: …'; the programme's languages are {', '.join(languages)}"
                self.problem("missing-translation", f"the text is not given in '{language}'", self.place(*keys), help)
        for language in texts:
            if language not in languages:
                help = f"the programme's languages are {', '.join(languages)}; add it to programme.yaml or remove it"
                message = f"'{language}' is not a language of the programme"
                self.problem("unknown-language", message, self.place(*keys, language), help)
        return {language: one_line(str(text)) for language, text in texts.items()}  # a text may read as a date

    def optional_texts(self, key: str) -> Texts | None:
        """A text that may be left out; None where it is."""
        return self.texts(key) if key in self.data else None

    def source(self) -> tuple[str, ...]:
        """The clauses that the row cites; one that does not exist is reported."""
        cited = tuple(self.data.get("source", ()))
        for index, clause in enumerate(cited):
            if clause is not None and clause not in self.files.clauses and self.files.is_whole("clauses", "clauses"):
                place = self.document.value_place((*self.path, "source", index))
                self.unknown("unknown-clause", "a clause", clause, self.files.clauses, place)
        self.files.cited.update(cited)
        return cited

    def statement(self) -> Statement:
        """The row as a statement: its title and its source."""
        return Statement(self.id, self.texts(), self.source())

    def negotiable(self) -> Negotiable | None:
        """The limits within which a supplementary agreement may replace the value; None where it may not."""
        part = self.part("negotiable")
        if part is None:
            return None
        least, most = part.data.get("minimum"), part.data.get("maximum")
        if least is not None and most is not None and least > most:
            message = f"the minimum {least} is over the maximum {most}"
            self.problem("bounds", message, part.place("minimum"), "swap them")
        return Negotiable(least, most, part.source())

    def expression(
        self, *keys: str | int, scope: Scope, kind: Kind | None = None, choices: tuple[str, ...] = ()
    ) -> Expression | None:
        """The tree of the expression at these keys, which must be of this kind where one is given.

        None where there is no expression, or it is wrong, which is reported.
        """
        if self.data_of(*keys) is None:
            return None
        tree, problems = parse(self.document.expression((*self.path, *keys)), scope, kind, choices)
        self.files.problems.extend(problems)
        return tree

    def key_expression(self, *keys: str | int, scope: Scope) -> Expression | None:
        """The tree of the expression that is the last of these keys; None where it is wrong, which is reported."""
        tree, problems = parse(self.document.key_expression((*self.path, *keys)), scope)
        self.files.problems.extend(problems)
        return tree
