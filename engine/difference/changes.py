"""Changes: what one release says otherwise than another, row by row, each at its places in both.

What is only written otherwise is no change: comments, blanks, quotes, the order of rows where it decides nothing, and a
rule that reads as the same expression. A row that goes while an equal one comes under another name was renamed.

The walk here is not that of `source.differences`: it compares rules as expressions found by their places, recognises
renamed rows, and reports the order of rows, none of which plain data can show.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..language.tree import Expression, children
from ..language.words.words import text
from ..problems import Place
from ..programme.model import Programme
from ..release.load import ReleaseFiles
from ..source.canonical import CanonicalForm, canonical
from ..source.document import Document, PartPath

#: what a row of a table is, by the path of the table, `*` for any name
ROWS: Mapping[tuple[str, ...], str] = {
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
PARTS: Mapping[tuple[str, ...], str] = {
    ("tiers", "*", "discount", "value"): "discount",
    ("tiers", "*", "discount"): "discount",
    ("discount", "cap", "value"): "cap",
    ("discount", "cap"): "cap",
    ("clauses", "*", "reading"): "reading",
    ("effective", "from"): "first_day",
    ("notice_days",): "notice",
    ("tiers", "*", "discount", "negotiable"): "negotiable",
}
#: tables of which the order of rows decides something
ORDERED = (("tiers",), ("order", "rules"))
_TEXTS = frozenset({"title", "summary", "says", "text", "unit", "vendor", "document"})
_PASSED_OVER = frozenset({("release",)})


class Change(NamedTuple):
    """Something that one release says otherwise.

    `code` says what kind of thing it is and what became of it: discount_changed, bonus_added, tier_removed,
    requirement_renamed, text_changed, source_changed, order_changed, value_changed. `before` and `after` are the data
    of the part, None where there is none; the trees are those of rules. `source` are the clauses of the row, old and
    new. The fingerprint is over what is said, so that it survives what else is changed.
    """

    code: str
    kind: str  #: of file
    path: PartPath
    before: Any
    after: Any
    old: Place | None
    new: Place | None
    source: tuple[str, ...]
    trees: tuple[Expression | None, Expression | None] = (None, None)
    renamed: str | None = None  #: what the row is called now

    @property
    def fingerprint(self) -> str:
        """The same wherever the same thing is changed in the same way."""
        parts = zip(self.trees, (self.before, self.after), strict=True)
        told = [canonical(data, CanonicalForm.SORTED) if tree is None else text(tree) for tree, data in parts]
        said = [self.code, self.kind, *map(str, self.path), *told, self.renamed or ""]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:12]


class Side(NamedTuple):
    """One of the two releases: its files, and its programme where it can be used."""

    files: ReleaseFiles
    programme: Programme
    trees: Mapping[tuple[str, int], Expression]  #: of each rule by its file and where it begins there


def side(files: ReleaseFiles, programme: Programme) -> Side:
    """A release to be compared."""
    trees: dict[tuple[str, int], Expression] = {}
    for value in programme.values.values():
        for node in _nodes(value.expression):
            if node.place is not None:  # the outermost of those that begin there
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
    """Everything that is said otherwise, file by file in the order of their kinds."""
    found: list[Change] = []
    kinds = dict.fromkeys((*before.files.documents, *after.files.documents))
    for kind in sorted(kinds):
        one, other = before.files.documents.get(kind), after.files.documents.get(kind)
        looked = _Looking(kind, one, other, before, after)
        found += looked.differ((), one.data if one else {}, other.data if other else {})
    return tuple(found)


def _nodes(tree: Expression) -> Iterator[Expression]:
    """Every part of an expression, each before the parts that it is made of."""
    yield tree
    for child in children(tree):
        yield from _nodes(child)


class _Looking:
    """One kind of file in both releases."""

    def __init__(self, kind: str, one: Document | None, other: Document | None, before: Side, after: Side) -> None:
        self.kind = kind
        self.one = one
        self.other = other
        self.before = before
        self.after = after

    def differ(self, path: PartPath, one: Any, other: Any) -> Iterator[Change]:
        """The changes at a path and below."""
        if path in _PASSED_OVER or (_same(one, other) and not _leads_to_order(path)):
            return
        if isinstance(one, dict) and isinstance(other, dict) and not _is_text(path):
            yield from self._table(path, one, other)
            return
        trees = (self._tree(self.one, path, self.before), self._tree(self.other, path, self.after))
        if None in trees or trees[0] != trees[1]:
            yield self._change("changed", path, one, other, trees)

    def _table(self, path: PartPath, one: dict[str, Any], other: dict[str, Any]) -> Iterator[Change]:
        gone = [key for key in one if key not in other]
        come = [key for key in other if key not in one]
        if _row(path) is not None:
            for key in list(gone):
                equal = (name for name in come if isinstance(one[key], dict) and _same(one[key], other[name]))
                same = next(equal, None)
                if same is not None:
                    gone.remove(key)
                    come.remove(same)
                    change = self._change("renamed", (*path, key), one[key], other[same])
                    yield change._replace(new=self._place(self.other, (*path, same)), renamed=str(same))
        for key in gone:
            yield self._change("removed", (*path, key), one[key], None)
        for key, part in one.items():
            if key in other:
                yield from self.differ((*path, key), part, other[key])
        for key in come:
            yield self._change("added", (*path, key), None, other[key])
        kept = ([key for key in one if key in other], [key for key in other if key in one])
        if _pattern(path) in ORDERED and kept[0] != kept[1]:
            yield self._change("order", path, *kept)

    def _change(
        self, became: str, path: PartPath, one: Any, other: Any, trees: tuple[Any, Any] = (None, None)
    ) -> Change:
        what = "order_changed" if became == "order" else f"{_what(path)}_{became}"
        places = self._place(self.one, path), self._place(self.other, path)
        if became == "order":
            places = self._place(self.one, path, key=True), self._place(self.other, path, key=True)
        return Change(what, self.kind, path, one, other, *places, self._source(path), trees)

    def _place(self, document: Document | None, path: PartPath, *, key: bool = False) -> Place | None:
        if document is None or (path not in document.keys and path not in document.places):
            return None
        return document.place(path) if key or path not in document.places else document.value_place(path)

    def _tree(self, document: Document | None, path: PartPath, of: Side) -> Expression | None:
        """The expression of a rule that is written at a path."""
        place = self._place(document, path)
        return None if place is None else of.trees.get((place.source.path, place.start))

    def _source(self, path: PartPath) -> tuple[str, ...]:
        """The clauses that the nearest row around the path cites, in either release."""
        if path[:1] == ("clauses",) and len(path) > 1:
            return (str(path[1]),)
        for end in range(len(path), 0, -1):
            rows = [_at(document.data, path[:end]) for document in (self.one, self.other) if document]
            cited = [row["source"] for row in rows if isinstance(row, dict) and isinstance(row.get("source"), list)]
            if cited:
                return tuple(dict.fromkeys(str(clause) for source in cited for clause in source))
        return ()


def _same(one: Any, other: Any) -> bool:
    """Whether two parts say the same; the order of keys is looked at elsewhere."""
    return canonical(one, CanonicalForm.SORTED) == canonical(other, CanonicalForm.SORTED)


def _leads_to_order(path: PartPath) -> bool:
    """Whether a table stands there, or below, whose order decides something."""
    pattern = _pattern(path)
    return any(table[: len(pattern)] == pattern for table in ORDERED)


def _at(data: Any, path: PartPath) -> Any:
    for key in path:
        if isinstance(data, dict) and key in data:
            data = data[key]
        else:
            return None
    return data


def _pattern(path: PartPath) -> tuple[str, ...]:
    """The path with `*` for each name that its author gave a row."""
    found: list[str] = []
    for key in path:
        found.append("*" if tuple(found) in ROWS else str(key))
    return tuple(found)


def _row(path: PartPath) -> str | None:
    """What a row of the table at a path is."""
    return ROWS.get(_pattern(path))


def _what(path: PartPath) -> str:
    """What stands at a path: a row, a part that has a name, a text, the clauses behind something, or a value."""
    pattern = _pattern(path)
    if pattern in PARTS:
        return PARTS[pattern]
    if path and pattern[-1] == "*":
        return ROWS[pattern[:-1]]
    if _is_text(path):
        return "text"
    if path[-1:] == ("source",):
        return "source"
    if path[-1:] in (("rule",), ("when",)) and len(path) > 1 and _row(path[:-2]) is not None:
        return f"{_row(path[:-2])}_rule"
    return "value"


def _is_text(path: PartPath) -> bool:
    """Whether texts of several languages stand there, which are one thing."""
    return bool(path) and (path[-1] in _TEXTS or _pattern(path) == ("clauses", "*", "reading"))
