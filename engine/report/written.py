"""Writes values as a release writes them: a figure, a rule, rows of a table, bands, cases; in Russian or English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ..difference.changes import Side
from ..difference.rows import written_forms
from ..language.tree import Expression, Literal
from ..language.words import words
from ..programme.model import pick
from ..source.document import PartPath
from ..texts.texts import in_quotes, texts_in
from ..values import Kind
from .wording import sentences

_PARTS = ("rows", "by_tier", "cases")  #: keys of tables of values


class WrittenWords:
    """The words for what stands at the places of one release's files, in one language."""

    def __init__(self, side: Side, lang: str) -> None:
        self.side, self.lang = side, lang
        self.say, self.keys = texts_in(lang).CHANGES, texts_in(lang).CHANGE_KEYS
        self._phrases = sentences(side.programme, lang)

    def rule(self, tree: Expression) -> str:
        """An expression in words."""
        return self._phrases.condition(tree) if tree.kind is Kind.YES_NO else self._phrases.phrase(tree)

    def value(self, file_kind: str, path: PartPath, data: Any, kind: Kind) -> str:
        """What is written at a path, of this kind of value; `data` is what stands there."""
        if isinstance(data, dict):
            is_row = self._is_row_of_cells(file_kind, path, data)
            return self._cells(file_kind, path, data, kind) if is_row else self._map(file_kind, path, data, kind)
        if data == []:
            return self.say["empty_list"]
        if isinstance(data, list):
            if all(isinstance(row, dict) for row in data):
                return "; ".join(self.case(file_kind, (*path, place), row, kind) for place, row in enumerate(data))
            return ", ".join(self.name(str(part)) for part in data)
        if data == "unknown" and {*path[-2:]} & {"otherwise", "below", "above", "empty"}:
            return texts_in(self.lang).REPORT["no_value"]
        tree = self.side.tree(file_kind, path)
        if isinstance(data, str) and tree is not None and not isinstance(tree, Literal):
            return self.rule(tree)
        return self.figure(data, tree.kind if isinstance(tree, Literal) else kind)

    def figure(self, data: Any, kind: Kind) -> str:
        """A plain value as a person reads it; None as nothing."""
        if data is None:
            return self.say["nothing_before"]
        if isinstance(data, bool):
            return texts_in(self.lang).REPORT["yes" if data else "no"]
        if isinstance(data, Decimal):
            return words.amount(
                data, kind if kind in (Kind.PERCENT, Kind.COUNT, Kind.MONEY) else Kind.NUMBER, self.lang
            )
        if isinstance(data, date):
            return words.amount(data, Kind.DATE, self.lang)
        return self.name(str(data))

    def case(self, file_kind: str, path: PartPath, row: Mapping[str, Any], kind: Kind) -> str:
        """A case: its condition, and the value where it holds."""
        condition = self.value(file_kind, (*path, "when"), row.get("when"), Kind.YES_NO)
        value = self.value(file_kind, (*path, "value"), row.get("value"), kind)
        return self.say["when_case"].format(condition=condition, value=value)

    def row(self, file_kind: str, table: PartPath, data: Mapping[str, Any], key: str) -> str:
        """The head of a row of a table: the number from or to which it holds, or the title of the option or tier.

        `table` is the path of the table, and `data` are those that stand there.
        """
        if not data.keys() & {"band", "up_to", "between", "slices"}:
            return self.name(key)
        try:
            limit = words.amount(Decimal(key), Kind.NUMBER, self.lang)
        except ArithmeticError:
            tree = self.side.tree(file_kind, (*table, "rows", key), key=True)
            limit = key if tree is None else self.rule(tree)
        is_point = "between" in data and key != next(reversed(data.get("rows") or {key: None}))
        border = "up_to_band" if "up_to" in data else "at_point" if is_point else "from_band"
        return self.say[border].format(limit=limit)

    def name(self, id: str) -> str:
        """The title of a tier, or of an option that every choice calls so; the id where there is none."""
        programme = self.side.programme
        if id in programme.tiers:
            return pick(programme.tiers[id].title, self.lang)
        facts = [*programme.facts.values(), *(field.fact for field in programme.fields.values())]
        titles = {pick(fact.choices[id], self.lang) for fact in facts if id in fact.choices}
        return titles.pop() if len(titles) == 1 else id

    def key(self, key: str) -> str:
        """A key of the files as a word; the title of a tier or option."""
        return self.keys.get(key) or self.name(key)

    def _map(self, file_kind: str, path: PartPath, data: Mapping[str, Any], kind: Kind) -> str:
        """A text in the asked language; a table with its rows; any other map by its keys."""
        if data.keys() & {"ru", "en"}:
            return in_quotes(pick(data, self.lang), self.lang)
        form = written_forms(data)
        if form == {"value"}:
            return self.value(file_kind, (*path, "value"), data["value"], kind)
        if not form:
            rest = {key: part for key, part in data.items() if key not in ("title", "source")}
            return "; ".join(
                f"{self.key(key)} {self.value(file_kind, (*path, key), part, kind)}" for key, part in rest.items()
            )
        return "; ".join(self._table(file_kind, path, data, kind))

    def _table(self, file_kind: str, path: PartPath, data: Mapping[str, Any], kind: Kind) -> Iterator[str]:
        """The form of a table, and its rows."""
        form = next(
            key for key in ("band", "up_to", "between", "slices", "by", "cases", "by_tier", "take") if key in data
        )
        of = "" if form in _PARTS else self._subject(file_kind, (*path, form), data[form])
        passed_over = (form, "across", "title", "source", "kind", *_PARTS)
        rest = {key: part for key, part in data.items() if key not in passed_over}
        head = self.say[f"form_{form}"].format(of=of)
        if "across" in data:
            head = f"{head}, {self.across(file_kind, (*path, 'across'), data['across'])}"
        rows = list(self._rows(file_kind, path, data, kind))
        more = [f"{self.key(key)} {self.value(file_kind, (*path, key), part, kind)}" for key, part in rest.items()]
        yield f"{head}: {rows[0]}" if rows else head
        yield from (*rows[1:], *more)

    def across(self, file_kind: str, path: PartPath, data: Any) -> str:
        """The second key of a table: the tiers, or a choice."""
        by = self.say["form_by"].format(of=self._subject(file_kind, path, data))
        return self.say["form_by_tier"] if data == "tier" else by

    def _is_row_of_cells(self, file_kind: str, path: PartPath, data: Mapping[str, Any]) -> bool:
        """Whether a map is a row of a table with two keys, not one cell of it."""
        above = path[:-2] if path[-2:-1] == ("rows",) else path[:-1]
        document = self.side.files.documents.get(file_kind)
        table = document.at(above) if document and above != path else None
        if not isinstance(table, dict) or "across" not in table:
            return False
        return path[-2:-1] == ("rows",) or (path[-1] in ("otherwise", "below", "above") and not written_forms(data))

    def _cells(self, file_kind: str, path: PartPath, data: Mapping[str, Any], kind: Kind) -> str:
        """A row of a table with two keys."""
        cells = (f"{self.name(id)} {self.value(file_kind, (*path, id), cell, kind)}" for id, cell in data.items())
        return ", ".join(cells)

    def _subject(self, file_kind: str, path: PartPath, data: Any) -> str:
        """What a table goes by: the title of a fact or value, or a rule in words."""
        facts = self.side.programme.facts
        if isinstance(data, str) and data in facts:
            return pick(facts[data].title, self.lang)
        return self.value(file_kind, path, data, Kind.NUMBER)

    def _rows(self, file_kind: str, path: PartPath, data: Mapping[str, Any], kind: Kind) -> Iterator[str]:
        for key in _PARTS:
            part = data.get(key)
            if isinstance(part, dict):
                for id, cell in part.items():
                    value = self.value(file_kind, (*path, key, id), cell, kind)
                    yield (
                        f"{self.row(file_kind, path, data, str(id))}: {value}"
                        if key == "rows"
                        else f"{self.name(str(id))}: {value}"
                    )
            elif isinstance(part, list):
                for place, row in enumerate(part):
                    yield self.case(file_kind, (*path, key, place), row, kind)
