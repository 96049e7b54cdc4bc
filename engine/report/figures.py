"""Values as cells of a table: a figure with its unit, a formula in words, or for a table its rows under the cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from ..language.tree import Expression, Literal, Name, Undefined
from ..programme.forms import Bands, Cases, Cell, OptionTable, Points, Slices, UpTo, Written, expression_of
from ..programme.model import NamedValue
from ..programme.owners import Role
from ..values import NUMERIC, Kind
from .parts import NO, YES, Line
from .wording import Wording


class Figure(NamedTuple):
    """What stands in a cell, and the rows under it: each a head and a figure, which may have rows in its turn."""

    text: str
    rows: tuple[tuple[str, Figure], ...] = ()


class _Of(NamedTuple):
    """What the cells of a value share: its kind, its currency and its unit, its name, and the list it is of."""

    kind: Kind
    currency: str
    unit: str
    name: Name
    list: str


class Figures:
    """Writes the cells of one programme in one language."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self.say = wording.say
        self._sentences = wording.sentences

    def of(self, id: str, currency: str = "") -> Figure:
        """The figure of a value by its id; `currency` is that of its money where the value names none."""
        value = self.wording.programme.values[id]
        about = self._about(value, currency)
        settled = self.wording.settled(id)
        if settled is not None:
            return Figure(self._expression(settled, about))
        form = value.written
        return self._form(form, about) if form else Figure(self._expression(value.expression, about))

    def cell(self, id: str, cell: Cell, currency: str = "") -> Figure:
        """The figure of one cell of a value, such as the amount that one rule of price sets."""
        return self._cell(cell, self._about(self.wording.programme.values[id], currency))

    def condition(self, id: str, title: str = "") -> str:
        """A condition in words, without its subject where that equals `title`; empty where the title says as much."""
        value = self.wording.programme.values[id]
        tree = value.expression
        if isinstance(tree, Name) and tree.kind is Kind.YES_NO and self.wording.title(tree) == title:
            return ""
        if isinstance(tree, Literal) and tree.value is True:
            return ""
        condition = self._sentences.condition(tree, value.list or "")
        if condition == title:
            return ""
        quoted = self._sentences.part(Name("", Kind.YES_NO, title)) if title else ""
        return condition.removeprefix(f"{title}: ").removeprefix(f"{quoted}: ") if title else condition

    def amount(self, number: Decimal | None, id: str) -> str:
        """A bound of a fact or a value with its unit; – for None."""
        fact, value = self.wording.fact(id), self.wording.programme.values.get(id)
        about = fact or value
        if number is None or about is None:
            return NO
        name = Name(id, about.kind)
        return self._expression(Literal(number, about.kind), self._of_name(name))

    # Forms ------------------------------------------------------------------------------------------------------------

    def _about(self, value: NamedValue, currency: str) -> _Of:
        name = Name(value.id, value.kind)
        about = self._of_name(name)._replace(list=value.list or "")
        return about._replace(currency=currency or about.currency)

    def _of_name(self, name: Name) -> _Of:
        return _Of(name.kind, self.wording.currency(name), self.wording.unit(name.id), name, "")

    def _form(self, form: Written, about: _Of) -> Figure:
        """A value that has a table: its cell, then the condition and the limits on it."""
        figure = self._cell(form.cell, about)
        notes, rows = [figure.text], list(figure.rows)
        if form.when is not None:
            notes.append(self.say["only_if"].format(self._sentences.phrase(form.when, about.list)))
        for key, limit in (("not_under", form.floor), ("not_over", form.cap)):
            if limit is None:
                continue
            limited = self._cell(limit, about)
            if limited.rows:
                rows.append((self.say[key].format(limited.text), Figure("", limited.rows)))
            else:
                notes.append(self.say[key].format(self._part(expression_of(limit), about)))
        if form.unit is not None:
            unit = form.unit
            if isinstance(unit, Literal) and about.kind in (Kind.MONEY, Kind.PERCENT):
                unit = unit._replace(kind=about.kind)
            rounded = self.say[f"{form.rounding}_to"].format(self._part(unit, about._replace(unit="")))
            notes.append(rounded)
        return Figure("; ".join(notes), tuple(rows))

    def _cell(self, cell: Cell, about: _Of) -> Figure:
        match cell:
            case OptionTable():
                rows = [(self.wording.option(cell.choice, option), inner) for option, inner in cell.rows]
                rows += [(self.say["for_others"], cell.otherwise)] if cell.otherwise is not None else []
                text = self.say["by"].format(self._part(cell.choice, about))
            case Bands():
                rows = [
                    *self._below(cell),
                    *((self._border("from_on", start, cell.number), inner) for start, inner in cell.rows),
                ]
                text = self.say["by"].format(self._part(cell.number, about))
            case UpTo():
                rows = [(self._border("up_to", end, cell.number), inner) for end, inner in cell.rows]
                rows.append((self._border("over", cell.rows[-1][0], cell.number), cell.above))
                text = self.say["by"].format(self._part(cell.number, about))
            case Points():
                points = [(self._border("at", start, cell.number), inner) for start, inner in cell.rows[:-1]]
                last, inner = cell.rows[-1]
                rows = [*self._below(cell), *points, (self._border("from_on", last, cell.number), inner)]
                text = self.say["between"].format(self._part(cell.number, about))
            case Slices():
                return self._slices(cell, about)
            case Cases():
                rows = [(self._sentences.condition(when, about.list), inner) for when, inner in cell.rows]
                is_added = cell.take != "first" and not isinstance(cell.otherwise, Undefined)
                rows.append((self.say["in_any_case" if is_added else "otherwise"], cell.otherwise))
                text = self.say[f"cases_{cell.take}"]
            case _:
                return Figure(self._expression(cell, about))
        return Figure(text, tuple((head, self._cell(inner, about)) for head, inner in rows))

    def _below(self, cell: Bands | Points) -> list[tuple[str, Cell]]:
        """The row of what lies under the first one, if there is any."""
        return [] if cell.below is None else [(self._border("under", cell.rows[0][0], cell.number), cell.below)]

    def _slices(self, cell: Slices, about: _Of) -> Figure:
        """Each part of a number at its own rate: a percentage of money, else so much for each unit."""
        number = self._part(cell.number, about)
        after = "" if cell.after is None else self._part(cell.after, about)
        text = self.say["slices_after" if after else "slices"].format(number=number, after=after)
        of_money = cell.number.kind is about.kind is Kind.MONEY
        of_rate = about._replace(kind=Kind.PERCENT, currency="", unit="") if of_money else about
        starts = [start for start, _ in cell.rows]
        rows = []
        for (start, rate), end in zip(cell.rows, [*starts[1:], None], strict=True):
            low = self._number(start, cell.number)
            high = "" if end is None else self._number(end, cell.number)
            head = self.say["slice" if high else "last_slice"].format(low=low, high=high)
            figure = self._cell(rate, of_rate)
            if not of_money:
                figure = figure._replace(text=self.say["for_each"].format(figure.text))
            rows.append((head, figure))
        if not cell.kept and cell.number.kind is not Kind.COUNT:
            rows.insert(0, (self._border("under", cell.rows[0][0], cell.number), Figure("0")))
        return Figure(text, tuple(rows))

    def _border(self, key: str, start: Expression, number: Expression) -> str:
        return self.say[key].format(self._number(start, number))

    def _number(self, start: Expression, number: Expression) -> str:
        """A border of bands in the unit of the number that has them; one that is worked out in words."""
        if not isinstance(start, Literal):
            return self._sentences.part(start)
        of_name = self._of_name(number) if isinstance(number, Name) else None
        literal = Literal(start.value, number.kind)
        if of_name:
            return self._expression(literal, of_name)
        return self._sentences.phrase(literal, currency=self._sentences.currency(number))

    # Expressions ------------------------------------------------------------------------------------------------------

    def _expression(self, tree: Expression, about: _Of) -> str:
        """A formula in words; a figure with its unit."""
        if isinstance(tree, Literal) and isinstance(tree.value, bool):
            return self._yes_no(tree.value, about)
        if tree.kind is Kind.YES_NO:
            return self._sentences.condition(tree, about.list)
        phrase = self._sentences.phrase(tree, about.list, about.name, about.currency)
        has_unit = about.unit and isinstance(tree, Literal) and tree.kind in NUMERIC
        return f"{phrase} {about.unit}" if has_unit else phrase

    def _yes_no(self, value: bool, about: _Of) -> str:
        """A mark for a benefit, a word for anything else."""
        if self.wording.programme.values[about.name.id].role is Role.BENEFIT:
            return YES if value else NO
        return self.say["yes" if value else "no"]

    def _part(self, tree: Expression, about: _Of) -> str:
        return self._sentences.part(tree, about.list, about.name, about.currency)


def with_rows(line: Line, figures: Sequence[Figure | None], labels: Sequence[str] = ("",)) -> Iterator[Line]:
    """The line with a cell for each figure at its end (– for None), then the rows under them.

    Where the figures have rows of their own, each row is named by its label too.
    """
    cells = (NO if figure is None else figure.text for figure in figures)
    yield line._replace(cells=(*line.cells, *cells))
    yield from _under(line, [figure or Figure("") for figure in figures], labels)


def under(figure: Figure, level: int) -> Iterator[Line]:
    """The rows of a figure as lines of one cell, at this level and below."""
    for head, inner in figure.rows:
        yield Line((f"{head}: {inner.text}",), (), level)
        yield from under(inner, level + 1)


def _under(line: Line, figures: Sequence[Figure], labels: Sequence[str]) -> Iterator[Line]:
    blanks = ("",) * (len(line.cells) - 1)
    heads = {tuple(head for head, _ in figure.rows) for figure in figures if figure.rows}
    if len(heads) == 1:
        for at, head in enumerate(heads.pop()):
            inner = [figure.rows[at][1] if figure.rows else Figure("") for figure in figures]
            row = Line((head, *blanks), (), line.level + 1)
            yield row._replace(cells=(*row.cells, *(figure.text for figure in inner)))
            yield from _under(row, inner, labels)
        return
    for place, (figure, label) in enumerate(zip(figures, labels, strict=True)):
        for head, inner_figure in figure.rows:
            alone = [inner_figure if at == place else Figure("") for at in range(len(figures))]
            row = Line((f"{label}: {head}", *blanks), (), line.level + 1)
            yield row._replace(cells=(*row.cells, *(each.text for each in alone)))
            yield from _under(row, alone, labels)
