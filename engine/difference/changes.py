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
from typing import Any, Literal, NamedTuple

from ..language.tree import Expression, children
from ..language.words.words import text
from ..problems import Place
from ..programme.model import Programme
from ..release.load import ReleaseFiles
from ..source.canonical import CanonicalForm, canonical
from ..source.document import Document, PartPath

#: what became of a thing
Became = Literal["added", "removed", "renamed", "changed", "reordered"]
#: what a row of a table is
RowKind = Literal[
    "tier", "track", "requirement", "right", "restriction", "bonus", "bonus_offer", "bonus_rate", "benefit",
    "benefit_offer", "rebate", "fee", "product", "term", "fact", "list", "fact_check", "definition", "order_field",
    "price_rule", "refusal", "order_value", "order_total", "claim", "section", "clause", "other_reading",
]  # fmt: skip
#: what a single part is that has a name of its own
PartKind = Literal["discount", "cap", "reading", "first_day", "notice", "negotiable"]
#: what a changed thing is: a row, a part, a text in several languages, the clauses cited, or any other value
ChangedKind = RowKind | PartKind | Literal["text", "source", "value"]

#: what a row of a table is, by the path of the table; `*` stands for any id
ROWS: Mapping[tuple[str, ...], RowKind] = {
    ("tiers",): "tier",
    ("tracks",): "track",
    ("tiers", "*", "requirements"): "requirement",
    ("tiers", "*", "rights"): "right",
    ("tiers", "*", "restrictions"): "restriction",
    ("eligibility",): "requirement",
    ("joining",): "requirement",
    ("bonuses",): "bonus",
    ("bonuses", "*", "percent"): "bonus_offer",
    ("bonuses", "*", "rates"): "bonus_rate",
    ("bonuses", "*", "rates", "*", "percent"): "bonus_offer",
    ("benefits",): "benefit",
    ("benefits", "*", "by_tier"): "benefit_offer",
    ("rebates",): "rebate",
    ("fees",): "fee",
    ("products",): "product",
    ("terms",): "term",
    ("facts",): "fact",
    ("lists",): "list",
    ("checks",): "fact_check",
    ("definitions",): "definition",
    ("tables",): "definition",
    ("order", "fields"): "order_field",
    ("order", "rules"): "price_rule",
    ("order", "refusals"): "refusal",
    ("order", "values"): "order_value",
    ("order", "totals"): "order_total",
    ("claims",): "claim",
    ("sections",): "section",
    ("clauses",): "clause",
    ("clauses", "*", "other_readings"): "other_reading",
}
#: what a single part is, by its path
PARTS: Mapping[tuple[str, ...], PartKind] = {
    ("tiers", "*", "discount", "value"): "discount",
    ("tiers", "*", "discount"): "discount",
    ("discount", "cap", "value"): "cap",
    ("discount", "cap"): "cap",
    ("clauses", "*", "reading"): "reading",
    ("effective", "from"): "first_day",
    ("notice_days",): "notice",
    ("tiers", "*", "discount", "negotiable"): "negotiable",
}
#: tables whose order of rows decides something
ORDERED = (("tiers",), ("order", "rules"))
_TEXTS = frozenset({"title", "summary", "says", "text", "unit", "vendor", "document"})  #: keys of texts by language
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
        sides = zip(self.trees, (self.before, self.after), strict=True)
        contents = [canonical(data, CanonicalForm.SORTED) if tree is None else text(tree) for tree, data in sides]
        lines = [self.code, self.file_kind, *map(str, self.path), *contents, self.renamed or ""]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


class Side(NamedTuple):
    """One of the two releases that are compared."""

    files: ReleaseFiles
    programme: Programme
    trees: Mapping[tuple[str, int], Expression]  #: rules by the path of their file and the offset where they begin


def side(files: ReleaseFiles, programme: Programme) -> Side:
    """A release with its rules by their places."""
    trees: dict[tuple[str, int], Expression] = {}
    for value in programme.values.values():
        for node in _nodes(value.expression):
            if node.place is not None:  # of those that begin at one place, the outermost comes first
                trees.setdefault((node.place.source.path, node.place.start), node)
    for value in programme.values.values():
        if value.place:
            trees[(value.place.source.path, value.place.start)] = value.expression
    for claim in programme.claims:
        for tree in claim.expressions:
            if tree.place is not None:
                trees[(tree.place.source.path, tree.place.start)] = tree
    return Side(files, programme, trees)


def changes(before: Side, after: Side) -> tuple[Change, ...]:
    """Every change, file by file in the alphabetical order of their kinds."""
    result: list[Change] = []
    for file_kind in sorted({*before.files.documents, *after.files.documents}):
        old, new = before.files.documents.get(file_kind), after.files.documents.get(file_kind)
        walk = _FileWalk(file_kind, old, new, before, after)
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
        if path in _PASSED_OVER or (_says_the_same(before, after) and not _leads_to_order(path)):
            return
        if isinstance(before, dict) and isinstance(after, dict) and not _is_text(path):
            yield from self._table(path, before, after)
            return
        trees = (self._tree(self.old, path, self.before), self._tree(self.new, path, self.after))
        if None in trees or trees[0] != trees[1]:
            yield self._change("changed", path, before, after)._replace(trees=trees)

    def _table(self, path: PartPath, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
        removed = [key for key in before if key not in after]
        added = [key for key in after if key not in before]
        for key, new_key in _renamed_rows(path, before, after).items():
            removed.remove(key)
            added.remove(new_key)
            change = self._change("renamed", (*path, key), before[key], after[new_key])
            yield change._replace(new=self._place(self.new, (*path, new_key)), renamed=str(new_key))
        for key in removed:
            yield self._change("removed", (*path, key), before[key], None)
        for key, part in before.items():
            if key in after:
                yield from self.differences((*path, key), part, after[key])
        for key in added:
            yield self._change("added", (*path, key), None, after[key])
        orders = ([key for key in before if key in after], [key for key in after if key in before])
        if _pattern(path) in ORDERED and orders[0] != orders[1]:
            places = self._place(self.old, path, key=True), self._place(self.new, path, key=True)
            what = ROWS[_pattern(path)]
            yield Change("reordered", what, False, self.file_kind, path, *orders, *places, self._cited(path))

    def _change(self, became: Became, path: PartPath, before: Any, after: Any) -> Change:
        what, is_rule = _kind(path)
        places = self._place(self.old, path), self._place(self.new, path)
        return Change(became, what, is_rule, self.file_kind, path, before, after, *places, self._cited(path))

    def _place(self, document: Document | None, path: PartPath, *, key: bool = False) -> Place | None:
        """The place of a value, or with `key` of its key; None where the document does not have it."""
        if document is None or (path not in document.keys and path not in document.places):
            return None
        return document.place(path) if key or path not in document.places else document.value_place(path)

    def _tree(self, document: Document | None, path: PartPath, of: Side) -> Expression | None:
        """The expression of the rule that is written at a path."""
        place = self._place(document, path)
        return None if place is None else of.trees.get((place.source.path, place.start))

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


def _renamed_rows(path: PartPath, before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    """The rows of a table that stand in the other release under another id: the new ids by the old ones."""
    renamed: dict[str, str] = {}
    if _pattern(path) not in ROWS:
        return renamed
    added = [key for key in after if key not in before]
    for key, row in before.items():
        if key not in after and isinstance(row, dict):
            new_key = next((name for name in added if _says_the_same(row, after[name])), None)
            if new_key is not None:
                added.remove(new_key)
                renamed[key] = new_key
    return renamed


def _says_the_same(before: Any, after: Any) -> bool:
    """Whether two parts have the same data, in whatever order of keys."""
    return canonical(before, CanonicalForm.SORTED) == canonical(after, CanonicalForm.SORTED)


def _leads_to_order(path: PartPath) -> bool:
    """Whether a table whose order decides something is at the path or below."""
    pattern = _pattern(path)
    return any(table[: len(pattern)] == pattern for table in ORDERED)


def _at(data: Any, path: PartPath) -> Any:
    """The part of the data at a path; None where there is none."""
    for key in path:
        if isinstance(data, dict) and key in data:
            data = data[key]
        else:
            return None
    return data


def _pattern(path: PartPath) -> tuple[str, ...]:
    """The path with `*` for the id of each row."""
    pattern: list[str] = []
    for key in path:
        pattern.append("*" if tuple(pattern) in ROWS else str(key))
    return tuple(pattern)


def _kind(path: PartPath) -> tuple[ChangedKind, bool]:
    """What stands at a path; for the rule or condition of a row, the kind of the row, and True."""
    pattern = _pattern(path)
    if pattern in PARTS:
        return PARTS[pattern], False
    if path and pattern[-1] == "*":
        return ROWS[pattern[:-1]], False
    if _is_text(path):
        return "text", False
    if path[-1:] == ("source",):
        return "source", False
    row = ROWS.get(_pattern(path[:-2])) if path[-1:] in (("rule",), ("when",)) and len(path) > 1 else None
    return (row, True) if row else ("value", False)


def _is_text(path: PartPath) -> bool:
    """Whether a text in several languages stands at a path; it is compared as a whole."""
    return bool(path) and (path[-1] in _TEXTS or _pattern(path) == ("clauses", "*", "reading"))
