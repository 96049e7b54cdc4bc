"""Finds what two releases say differently: each change with its kind, and its places in both releases.

A difference in form only is no change: comments, blanks, quotes, the order of rows where it decides nothing, and a
rule that reads as the same expression. Where a row is removed and an equal one is added under another id, the row was
renamed.

`source.differences` does not serve here: this walk compares rules as expressions found by their places, recognises
renamed rows, and reports the order of rows, none of which plain data can show.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from ..language.tree import Expression, children
from ..language.words.words import text
from ..problems import Place, Source
from ..programme.model import Programme
from ..release.load import ReleaseFiles
from ..source.canonical import CanonicalForm, canonical
from ..source.document import Document, PartPath
from .renaming import Renaming
from .rows import ORDERED, ROWS, Became, ChangedKind, is_text, leads_to_order, pattern_of, what_stands_at, written_forms

#: percentages that may be rules, of which a plain number keeps the fingerprint that it had before they could be
_PERCENTAGES: frozenset[ChangedKind] = frozenset({"discount", "bonus_offer", "cap"})
_PASSED_OVER = frozenset({("release",)})  #: paths that differ between any two releases


class Change(NamedTuple):
    """One thing that the two releases say differently.

    - added: `after` and `new` are set; removed: `before` and `old`.
    - changed: `before` and `after`, and `trees` where they are rules.
    - renamed: `path` has the old id, and `renamed` is the new one.
    - reordered: `path` is the table, `what` the kind of its rows; `before` and `after` are the ids of the rows that
      both releases have, in their order.
    """

    became: Became
    what: ChangedKind
    is_rule: bool  #: whether it is the rule or condition of a row of this kind, and not the row
    file_kind: str  #: tiers, bonuses, claims, ...
    path: PartPath
    before: Any  #: as written, None where the first release does not have it
    after: Any
    old: Place | None
    new: Place | None
    source: tuple[str, ...]  #: the clauses that the row cites, in either release
    trees: tuple[Expression | None, Expression | None] = (None, None)
    renamed: str | None = None

    @property
    def code(self) -> str:
        """The code in JSON: discount_changed, bonus_added, requirement_rule_changed, order_changed."""
        if self.became == "reordered":
            return "order_changed"
        return f"{self.what}{'_rule' if self.is_rule else ''}_{self.became}"

    @property
    def fingerprint(self) -> str:
        """12 hexadecimal digits of what is said, so that it stays the same when other things are changed too."""
        contents = [
            canonical(data, CanonicalForm.SORTED)
            if tree is None or (self.what in _PERCENTAGES and isinstance(data, Decimal))
            else text(tree)
            for tree, data in zip(self.trees, (self.before, self.after), strict=True)
        ]
        lines = [self.code, self.file_kind, *map(str, self.path), *contents, self.renamed or ""]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


class Side(NamedTuple):
    """One of the two releases that are compared."""

    files: ReleaseFiles
    programme: Programme
    trees: Mapping[tuple[Source, int], Expression]  #: rules by their file and the offset where they begin

    def tree(self, file_kind: str, path: PartPath, *, key: bool = False) -> Expression | None:
        """The expression of the rule that is written at a path, or with `key` as its key; None where there is none."""
        document = self.files.documents.get(file_kind)
        place = None if document is None else written_at(document, path, key=key)
        return None if place is None else self.trees.get((place.source, place.start))


def written_at(document: Document, path: PartPath, *, key: bool = False) -> Place | None:
    """The place of a value, or with `key` of its key; None where the document does not have it."""
    if path not in document.keys and path not in document.places:
        return None
    return document.place(path) if key or path not in document.places else document.value_place(path)


def side(files: ReleaseFiles, programme: Programme) -> Side:
    """A release with its rules by their places."""
    trees: dict[tuple[Source, int], Expression] = {}
    for value in programme.values.values():
        for node in _nodes(value.expression):
            if node.place is not None:  # of those that begin at one place, the outermost comes first
                trees.setdefault((node.place.source, node.place.start), node)
    for value in programme.values.values():
        if value.place:
            trees[(value.place.source, value.place.start)] = value.expression
    for claim in programme.claims:
        for tree in claim.expressions:
            if tree.place is not None:
                trees[(tree.place.source, tree.place.start)] = tree
    return Side(files, programme, trees)


def changes(before: Side, after: Side, renaming: Renaming) -> tuple[Change, ...]:
    """Every change, file by file in the alphabetical order of their kinds; `before` has the ids of the second release.

    `renaming` are the rows that have these ids only in the second release.
    """
    result: list[Change] = []
    old_files, new_files = before.files.rules, after.files.rules
    for file_kind in sorted({*old_files, *new_files}):
        old, new = old_files.get(file_kind), new_files.get(file_kind)
        walk = _FileWalk(file_kind, old, new, before, after)
        result += [walk.renamed(*paths) for paths in renaming.of_file(file_kind).items()]
        result += walk.differences((), old.data if old else {}, new.data if new else {})
    return tuple(result)


def _nodes(tree: Expression) -> Iterator[Expression]:
    """An expression and all its parts, each before its own parts."""
    yield tree
    for child in children(tree):
        yield from _nodes(child)


class _FileWalk(NamedTuple):
    """The walk through one kind of file in both releases; a document is None where the release has no such file."""

    file_kind: str
    old: Document | None
    new: Document | None
    before: Side
    after: Side

    def differences(self, path: PartPath, before: Any, after: Any) -> Iterator[Change]:
        """The changes at a path and below, where the two releases have these data."""
        if path in _PASSED_OVER or (_says_the_same(before, after) and not leads_to_order(path)):
            return
        if (
            isinstance(before, dict)
            and isinstance(after, dict)
            and not is_text(path)
            and written_forms(before) == written_forms(after)
        ):
            yield from self._table(path, before, after)
            return
        trees = (self.before.tree(self.file_kind, path), self.after.tree(self.file_kind, path))
        if None in trees or trees[0] != trees[1]:
            yield self._change("changed", path, before, after)._replace(trees=trees)

    def _table(self, path: PartPath, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
        removed = [key for key in before if key not in after]
        added = [key for key in after if key not in before]
        for key in removed:
            yield from self._only_in_one("removed", (*path, key), before[key])
        for key, part in before.items():
            if key in after:
                yield from self.differences((*path, key), part, after[key])
        for key in added:
            yield from self._only_in_one("added", (*path, key), after[key])
        orders = ([key for key in before if key in after], [key for key in after if key in before])
        if pattern_of(path) in ORDERED and orders[0] != orders[1]:
            places = self._place(self.old, path, key=True), self._place(self.new, path, key=True)
            what = ROWS[pattern_of(path)]
            yield Change("reordered", what, False, self.file_kind, path, *orders, *places, self._cited(path))

    def _only_in_one(self, became: Became, path: PartPath, data: Any) -> Iterator[Change]:
        """The change of what only one release has; of a table, that of each of its rows."""
        before, after = (data, None) if became == "removed" else (None, data)
        if isinstance(data, dict) and pattern_of(path) in ROWS:
            yield from self._table(path, before or {}, after or {})
        else:
            yield self._change(became, path, before, after)

    def renamed(self, path: PartPath, old_path: PartPath) -> Change:
        """The change of a row that had another id."""
        rows = [document.at(path) if document else None for document in (self.old, self.new)]
        return self._change("renamed", path, *rows)._replace(path=old_path, renamed=str(path[-1]))

    def _change(self, became: Became, path: PartPath, before: Any, after: Any) -> Change:
        what, is_rule = what_stands_at(path)
        places = self._place(self.old, path), self._place(self.new, path)
        return Change(became, what, is_rule, self.file_kind, path, before, after, *places, self._cited(path))

    def _place(self, document: Document | None, path: PartPath, *, key: bool = False) -> Place | None:
        """The place of a value, or with `key` of its key; None where the document does not have it."""
        return None if document is None else written_at(document, path, key=key)

    def _cited(self, path: PartPath) -> tuple[str, ...]:
        """The clauses that the nearest row around the path cites, in either release."""
        if path[:1] == ("clauses",) and len(path) > 1:
            return (str(path[1]),)
        for end in range(len(path), 0, -1):
            rows = [_at(document.data, path[:end]) for document in (self.old, self.new) if document]
            cited = [row["source"] for row in rows if isinstance(row, dict) and isinstance(row.get("source"), list)]
            if cited:
                return tuple(dict.fromkeys(str(clause) for source in cited for clause in source))
        return ()


def _says_the_same(before: Any, after: Any) -> bool:
    """Whether two parts have the same data, in whatever order of keys."""
    return canonical(before, CanonicalForm.SORTED) == canonical(after, CanonicalForm.SORTED)


def _at(data: Any, path: PartPath) -> Any:
    """The part of the data at a path; None where there is none."""
    for key in path:
        if isinstance(data, dict) and key in data:
            data = data[key]
        else:
            return None
    return data
