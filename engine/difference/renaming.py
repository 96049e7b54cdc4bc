"""Recognises rows that have another id in the second release and say the same, and gives the first release that id.

A row is renamed where the first release has it under an id that the second one lacks, and the two become equal when the
id is replaced wherever it is used. That the release means the same afterwards is checked value by value; if it does
not, nothing counts as renamed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..compile.migration import compile_migration
from ..language.tree import Aggregate, Expression, Literal, Name, children
from ..problems import InvalidProgramme, Place, Problem, Source
from ..programme.migration import Migration
from ..programme.model import MAIN, Programme
from ..programme.owners import agreed_id, periods_id
from ..proof.example import Example
from ..release.load import Release, ReleaseFiles, compile_release, release_of
from ..source.canonical import CanonicalForm, canonical
from ..source.document import Document, PartPath
from .rows import BY_TIER, ROWS, RowKind, is_text, pattern_of
from .written_renames import FilePath, written_renames

#: what is named elsewhere: in expressions, as an option, or as the key of another table
_NAMED: frozenset[RowKind] = frozenset(
    {
        "fact", "option", "list", "field", "definition", "tier", "track", "order_field", "order_value", "order_total",
        "bonus",
    }
)  # fmt: skip


class Renaming(NamedTuple):
    """The rows with another id in the second release, by their places in the first release."""

    rows: Mapping[FilePath, str]
    values: Mapping[str, str] = {}  #: the ids that values have in the first release, by those that they get

    @property
    def words(self) -> Mapping[str, str]:
        """The new ids of what is named elsewhere, by the old ones."""
        return {str(path[-1]): new for (_, path), new in self.rows.items() if ROWS[pattern_of(path[:-1])] in _NAMED}

    def of_file(self, kind: str) -> dict[PartPath, PartPath]:
        """The old paths of the renamed rows of a file, by their new paths."""
        rows = {path: new for (file, path), new in self.rows.items() if file == kind}
        return {new_path(path, rows, self.words): path for path in rows}

    def in_first(self, example: Example) -> Example:
        """A partner with the ids of the first release, as its record is written."""
        old = {new: id for id, new in self.words.items()}
        tier = old.get(example.tier, example.tier) if example.tier else None
        agreements = {self.values.get(id, id): value for id, value in example.agreements.items()}
        return example._replace(facts=_record(example.facts, old), tier=tier, agreements=agreements)


def renaming_of(before: Release, after: ReleaseFiles) -> tuple[Renaming, Release]:
    """The rows that have another id in `after`, and the first release with these ids.

    What a migration between the two says counts before what is recognised.
    """
    written = written_renames(before.files, after)
    renaming, renamed = _renaming_from(Renaming(written), before, after)
    return _renaming_from(Renaming({}), before, after) if written and not renaming.rows else (renaming, renamed)


def _renaming_from(renaming: Renaming, before: Release, after: ReleaseFiles) -> tuple[Renaming, Release]:
    """The renaming with all that is recognised besides; none where the release would mean something else then."""
    own = before.files._replace(documents=before.files.rules)
    files = _files(own, renaming) if renaming.rows else own
    while more := dict(_renamed(files, after, renaming)):
        renaming = Renaming({**renaming.rows, **more})
        files = _files(own, renaming)
    if not renaming.rows:
        return renaming, before
    programme, _ = compile_release(files)
    if programme is None or not _means_the_same(before.programme, programme, renaming.words):
        return Renaming({}), before
    values = dict(zip(programme.values, before.programme.values, strict=True))
    renamed = release_of(programme, before.problems, files)
    return renaming._replace(values=values), renamed


def with_ids_of(first: Release, second: Release) -> Release:
    """The second release with the ids that the first has for the same rows, so that it reads what the first reads."""
    return renaming_of(second, first.files)[1]


def for_columns_of(first: Release, second: Release) -> Release:
    """The second release as it is compared over a portfolio that has the columns of the first.

    Where a migration leads from the first to it and does more than give other names, it is the second itself, which
    reads the portfolio through the migration; else the second with the ids that the first has.
    """
    with_old_ids = with_ids_of(first, second)
    if not second.lineage.leads_from(first.lineage.number):
        return with_old_ids
    migrations = second.lineage.migrations_since(first.lineage.number)
    if isinstance(migrations, Problem):
        raise InvalidProgramme([migrations])
    sources = [
        source
        for migration in migrations
        for table in (migration.facts, *(items.fields for items in migration.lists.values()))
        for source in table.values()
    ]
    is_renaming = all(source.expression is None for source in sources)
    if is_renaming and _reads_all(with_old_ids.programme, first.programme):
        return with_old_ids
    return _with_tiers_of(second, migrations)


def _with_tiers_of(second: Release, migrations: Sequence[Migration]) -> Release:
    """The second release with the ids that its tiers had, so that a tier with another id is compared with itself.

    Where several tiers became one, and where an id would mean something else then, they keep their own.
    """
    became: dict[str, str | None] = {id: id for id in migrations[0].tiers}
    for migration in migrations:
        became = {old: migration.tiers.get(new) if new else None for old, new in became.items()}
    old_ids = {new: old for old, new in became.items() if new and list(became.values()).count(new) == 1 and new != old}
    if not old_ids or second.programme.tiers.keys() & old_ids.values():
        return second
    renaming = Renaming({("tiers", ("tiers", new)): old for new, old in old_ids.items()})
    files = _files(second.files._replace(documents=second.files.rules), renaming)
    programme, _ = compile_release(files)
    if programme is None or not _means_the_same(second.programme, programme, renaming.words):
        return second
    written = {"tiers": {old: new for new, old in old_ids.items()}}
    document = Document(Source("", ""), written, {}, {}, {})  # type: ignore[arg-type]
    last, _ = compile_migration(document, second.programme, programme)
    return release_of(programme, second.problems, files)._replace(lineage=second.lineage.under_other_ids(last))


def _reads_all(programme: Programme, first: Programme) -> bool:
    """Whether a programme has the facts, lists and tiers of another, by their ids, kinds and options."""
    pairs = [(programme.facts, first.facts), (programme.lists, first.lists), (programme.tiers, first.tiers)]
    if any(old.keys() - new.keys() for new, old in pairs):
        return False
    facts = [(programme.facts, first.facts)]
    facts += [(programme.lists[id].fields, items.fields) for id, items in first.lists.items()]
    return all(
        id in new and (new[id].kind, new[id].choices.keys()) == (fact.kind, fact.choices.keys())
        for new, old in facts
        for id, fact in old.items()
    )


def _renamed(before: ReleaseFiles, after: ReleaseFiles, renaming: Renaming) -> Iterator[tuple[FilePath, str]]:
    """Rows of `before`, which already has the ids of `renaming`, that stand in `after` under another id."""
    for kind in sorted(before.rules.keys() & after.rules.keys()):
        old_paths = renaming.of_file(kind)
        for path, rows, new_rows in _tables((), before.documents[kind].data, after.documents[kind].data):
            added = [id for id in new_rows if id not in rows]
            for id in [id for id in rows if id not in new_rows]:
                new_id = next((new for new in added if _is_same_row(rows[id], new_rows[new], id, new)), None)
                if new_id is not None:
                    added.remove(new_id)
                    yield (kind, (*_old_path(path, old_paths), id)), new_id


def _old_path(path: PartPath, old_paths: Mapping[PartPath, PartPath]) -> PartPath:
    """A path with the ids of the first release as it was written."""
    return tuple(old_paths.get(path[: end + 1], path[: end + 1])[-1] for end in range(len(path)))


def _tables(path: PartPath, before: Any, after: Any) -> Iterator[tuple[PartPath, dict[str, Any], dict[str, Any]]]:
    """Each table of rows that both releases have, with its path and its rows in each."""
    if not isinstance(before, dict) or not isinstance(after, dict) or is_text(path):
        return
    pattern = pattern_of(path)
    if pattern in ROWS and pattern not in BY_TIER:
        yield path, before, after
    for key in before:
        if key in after:
            yield from _tables((*path, key), before[key], after[key])


def _is_same_row(row: Any, new_row: Any, id: str, new_id: str) -> bool:
    """Whether a row says the same as another once its id is replaced; a row without content is not recognised."""
    if not isinstance(row, dict) or not isinstance(new_row, dict):
        return False
    replaced = _replaced((), row, {}, {id: new_id})
    return canonical(replaced, CanonicalForm.SORTED) == canonical(new_row, CanonicalForm.SORTED)


def _files(files: ReleaseFiles, renaming: Renaming) -> ReleaseFiles:
    """The files with the new ids; every part keeps the place where it was written."""
    documents = {kind: _document(document, kind, renaming) for kind, document in files.documents.items()}
    return files._replace(documents=documents)


def _document(document: Document, kind: str, renaming: Renaming) -> Document:
    """A document with the new ids in its data, and in the text of its expressions, which is read from the places."""
    rows = {path: new for (file, path), new in renaming.rows.items() if file == kind}
    words = renaming.words
    paths = {path: new_path(path, rows, words) for path in {**document.places, **document.keys}}
    places = {paths[path]: _place(path, place, words, document) for path, place in document.places.items()}
    keys = {paths[path]: _key_place(path, place, words) for path, place in document.keys.items()}
    styles = {paths[path]: style for path, style in document.styles.items()}
    data = _replaced((), document.data, rows, words)
    if kind == "settlements":
        data = _with_parts(data, document.data, renaming)
    return Document(document.source, data, places, keys, styles)


def _with_parts(data: Any, old: Any, renaming: Renaming) -> Any:
    """The settlements with the new ids of the rebates and fees in them; `old` are those of the first release.

    No expression names these, and a fact may be called as one of them is.
    """
    settlements = {}
    for (id, row), old_row in zip(data["settlements"].items(), old["settlements"].values(), strict=True):
        parts = {
            kind: [renaming.rows.get((kind, (kind, part)), part) for part in old_row[kind]]
            for kind in ("rebates", "fees")
        }
        settlements[id] = {**row, **parts}
    return {**data, "settlements": settlements}


def _place(path: PartPath, place: Place, words: Mapping[str, str], document: Document) -> Place:
    """The place of a part; that of an expression with new ids is in a text that has them."""
    if not isinstance(document.at(path), str) or _is_for_people(path):
        return place
    return _with_new_words(place, words)


def _key_place(path: PartPath, place: Place, words: Mapping[str, str]) -> Place:
    """The place of a key; that of a row that begins at an expression is in a text that has the new ids."""
    return _with_new_words(place, words) if path[-2:-1] == ("rows",) and not _is_for_people(path) else place


def _with_new_words(place: Place, words: Mapping[str, str]) -> Place:
    text = place.source.text
    old = text[place.start : place.end]
    new = _with_words(old, words)
    if new == old:
        return place
    source = Source(place.source.path, text[: place.start] + new + text[place.end :])
    return Place(source, place.start, place.start + len(new))


def _is_for_people(path: PartPath) -> bool:
    """Whether a text that no rule reads stands at a path."""
    return any(is_text(path[:end]) or path[end - 1] == "source" for end in range(1, len(path) + 1))


def _with_words(text: str, words: Mapping[str, str]) -> str:
    return re.sub(r"\w+", lambda match: words.get(match[0], match[0]), text)


def new_path(path: PartPath, rows: Mapping[PartPath, str], words: Mapping[str, str]) -> PartPath:
    """A path of the first release with the new ids in it."""
    return tuple(_new_key(path[:end], key, rows, words) for end, key in enumerate(path))


def _new_key(path: PartPath, key: Any, rows: Mapping[PartPath, str], words: Mapping[str, str]) -> Any:
    """The key of a map at a path: the new id of a row, or of an option that the key names."""
    if (*path, key) in rows:
        return rows[(*path, key)]
    pattern = pattern_of(path)
    is_row = pattern in ROWS and pattern not in BY_TIER
    if is_row or len(path) < 2 or not isinstance(key, str):
        return key
    return _with_words(key, words) if path[-1] == "rows" else words.get(key, key)


def _replaced(path: PartPath, data: Any, rows: Mapping[PartPath, str], words: Mapping[str, str]) -> Any:
    """The data with the new ids as keys and in expressions; not in texts for people."""
    if path and _is_for_people(path):
        return data
    if isinstance(data, dict):
        return {
            _new_key(path, key, rows, words): _replaced((*path, key), value, rows, words) for key, value in data.items()
        }
    if isinstance(data, list):
        return [_replaced((*path, place), value, rows, words) for place, value in enumerate(data)]
    return _with_words(data, words) if isinstance(data, str) else data


def _record(facts: Mapping[str, Any], old: Mapping[str, str]) -> dict[str, Any]:
    """Facts, or the fields of an item, with other ids and options."""
    return {
        old.get(id, id): [_record(item, old) for item in value]
        if isinstance(value, list)
        else old.get(value, value)
        if isinstance(value, str)
        else value
        for id, value in facts.items()
    }


# Whether the meaning stays --------------------------------------------------------------------------------------------


def _means_the_same(before: Programme, renamed: Programme, words: Mapping[str, str]) -> bool:
    """Whether two programmes are equal but for ids: what has an id in one has one id in the other, everywhere."""
    pairs = list(zip(before.values.values(), renamed.values.values(), strict=False))
    if len(before.values) != len(renamed.values) or [*_shape(before)] != [*_shape(renamed)]:
        return False
    ids = dict(zip(_all_ids(before), _all_ids(renamed), strict=True))
    if len(set(ids.values())) != len(ids):
        return False
    terms = [(old.id, new.id) for old, new in pairs]
    ids |= {agreed_id(old): agreed_id(new) for old, new in terms}
    keys = {**words, **{periods_id(old): periods_id(new) for old, new in terms}}
    return all(_is_same_tree(old.expression, new.expression, ids, keys) for old, new in pairs)


def _shape(programme: Programme) -> Iterator[object]:
    """What stays under every renaming: the number and kinds of facts, fields, values, tiers."""
    yield [(fact.kind, len(fact.choices), fact.minimum, fact.maximum) for fact in programme.facts.values()]
    yield [(field.fact.kind, len(field.fact.choices)) for field in programme.fields.values()]
    yield [(value.kind, value.role, value.owner.kind, len(value.names)) for value in programme.values.values()]
    yield (
        len(programme.lists),
        len(programme.made_lists),
        len(programme.tiers),
        programme.tracks[MAIN].award,
        len(programme.tracks[MAIN].tiers),
    )


def _all_ids(programme: Programme) -> list[str]:
    """The ids of facts, lists, fields and values, in their order."""
    return [*programme.facts, *programme.lists, *programme.made_lists, *programme.fields, *programme.values]


def _is_same_tree(old: Expression, new: Expression, ids: Mapping[str, str], words: Mapping[str, str]) -> bool:
    """Whether an expression is another one with these ids and options in the place of the old ones."""
    if type(old) is not type(new) or old.kind is not new.kind:
        return False
    if isinstance(old, Name) and isinstance(new, Name):
        return ids.get(old.id, old.id) == new.id and old.own == new.own
    if isinstance(old, Literal) and isinstance(new, Literal):
        option = words.get(old.value, old.value) if isinstance(old.value, str) else old.value
        return option == new.value
    if isinstance(old, Aggregate) and isinstance(new, Aggregate):
        same = (old.function, ids.get(old.list, old.list)) == (new.function, new.list)
        if not same:
            return False
    parts, new_parts = children(old), children(new)
    own = [getattr(tree, "operator", getattr(tree, "function", None)) for tree in (old, new)]
    return (
        own[0] == own[1]
        and len(parts) == len(new_parts)
        and all(_is_same_tree(part, new_part, ids, words) for part, new_part in zip(parts, new_parts, strict=True))
    )
