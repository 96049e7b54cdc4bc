"""Compiles balances: what is added and used, period by period, what expires, and what is carried on.

A balance is a list whose items are its periods, each of which goes by the one before, and a definition of the same
name, which is what the balance stands at. `FIGURES` are the values that every period has; the programme adds its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from ..language.tree import Aggregate, Arithmetic, Call, Choose, Compare, Expression, Literal, Name, subtrees
from ..programme.model import FIRST, LAPSED, Balance, ListFact, Movement, NamedValue, Texts
from ..programme.owners import PROGRAMME, Better, Role, WrittenForm, id_of, of_list
from ..values import Kind
from .aggregates import ValuePlace, and_also, compile_aggregate
from .file_reader import FilePart, Files
from .periods import MOVED, balance_rows, before_name, figure_title, period_figures, said
from .references import check_currency
from .scopes import Scopes
from .tables import form_of

_TRUE, _NOTHING = Literal(True, Kind.YES_NO), Decimal(0)
_AS_OF = Name("as_of", Kind.DATE, "as_of")


class Balances(NamedTuple):
    """The values of balances, and the lists that change by them: of their periods, and of what expires."""

    values: list[NamedValue]
    lists: dict[str, ListFact]


def compile_balances(files: Files, scopes: Scopes, lists: Mapping[str, ListFact]) -> Balances:
    """The values of every balance but those under its `values`; its list with how its periods follow."""
    compiled = Balances([], {})
    for row in balance_rows(files):
        if not lists[row.id].balance:
            continue  # the name is another list's, which is reported
        balance = _Compiled(row, scopes, lists)
        compiled.values.extend(balance.values)
        compiled.lists[row.id] = lists[row.id]._replace(balance=balance.balance)
        for movement in balance.movements:
            items = compiled.lists.get(movement.list, lists[movement.list])
            if movement.expires:
                compiled.lists[movement.list] = items._replace(values=(*items.values, movement.expires))
    return compiled


class _Compiled:
    """One balance: its values, and how its periods follow from each other."""

    def __init__(self, row: FilePart, scopes: Scopes, lists: Mapping[str, ListFact]) -> None:
        self.row, self.scopes, self.lists = row, scopes, lists
        self.items, self.kind = lists[row.id], Kind(row.data["kind"])
        self.scope, self.currency = scopes.by_list[row.id], row.data.get("currency")
        self.figures = {figure.name: figure for figure in period_figures(row)}
        self.values: list[NamedValue] = []
        self.movements = [
            movement for key in MOVED for part in row.inner(key) if (movement := self._movement(part, key))
        ]
        self._check()
        trees = {"begins": self._begins(), "ends": row.expression("ends", scope=self.scope, kind=Kind.DATE)}
        trees |= {"opening": self._opening(), "added": self._sum("adds"), "used": self._sum("uses")}
        trees |= {"expired": self._field(LAPSED), "closing": self._closing(), "carried": self._carried()}
        for name, tree in trees.items():
            if name in self.figures and tree is not None:
                self._add(name, tree, figure_title(row.files, row, name))
        self._add_definition()
        before = {id: before_name(name) for id, name in zip(self.items.values, self._names(), strict=True)}
        self.balance = Balance(
            movements=tuple(self.movements),
            opening=self._id("opening"),
            begins=self._id("begins") if "begins" in self.figures else None,
            ends=self._id("ends") if "ends" in self.figures else None,
            expired=self._id("expired") if "expired" in self.figures else None,
            before=before,
        )

    def _names(self) -> Iterator[str]:
        yield from self.figures
        yield from (part.id for part in self.row.inner("values") if "kind" in part.data)

    def _id(self, name: str) -> str:
        return id_of(of_list(self.row.id), Role.ITEM_VALUE, name)

    def _name(self, name: str) -> Name:
        return Name(self._id(name), self.figures[name].kind, name)

    def _field(self, name: str) -> Name:
        symbol = self.scope.symbols[name]
        return Name(symbol.id, symbol.kind, name)

    def _add(self, name: str, tree: Expression, title: Texts, part: FilePart | None = None) -> None:
        """Add a value of each period."""
        kind, written = self.figures[name].kind, part or self.row
        key = "opening" if name == "opening" else "carries" if name == "carried" else name
        aggregate = isinstance(tree, Aggregate)
        stated = not part and self.row.holds(key)
        self.values.append(
            NamedValue(
                id=self._id(name),
                owner=of_list(self.row.id),
                role=Role.ITEM_VALUE,
                names=(name,),
                form=WrittenForm.AGGREGATE if aggregate else WrittenForm.RULE if stated else WrittenForm.DERIVED,
                kind=kind,
                expression=tree,
                title=title,
                source=self.items.source,
                place=written.place(*([key] if stated else [])),
                unit=None if kind is Kind.DATE else self.row.optional_texts("unit"),
                currency=None if kind is Kind.DATE else self.currency,
                better=Better.NEITHER,
                show=name not in ("begins", "ends") and self._is_worth_showing(name),
            )
        )

    def _is_worth_showing(self, name: str) -> bool:
        """Whether the partner's page shows a value: not a sum of one row, which is shown by itself."""
        key = {"added": "adds", "used": "uses"}.get(name)
        return key is None or len(list(self.row.inner(key))) > 1

    def _add_definition(self) -> None:
        """Add what the balance stands at: the closing of its last period."""
        by = self._name("begins") if "begins" in self.figures else _AS_OF
        tree = Aggregate(
            "latest", self.items.id, self.items.item, self._name("closing"), _TRUE, by, None, None, self.kind
        )
        stated = self.row.data.get("better")
        self.values.append(
            NamedValue(
                id=id_of(PROGRAMME, Role.DEFINITION, self.row.id),
                owner=PROGRAMME,
                role=Role.DEFINITION,
                names=(self.row.id,),
                form=WrittenForm.AGGREGATE,
                kind=self.kind,
                expression=tree,
                title=self.items.title,
                source=self.items.source,
                place=self.row.place(),
                unit=self.row.optional_texts("unit"),
                currency=self.currency,
                better=Better(stated) if stated else Better.NEITHER,
            )
        )

    def _check(self) -> None:
        """Report keys that do not go together."""
        row = self.row
        if "ends" in row.data and "begins" not in row.data:
            help = "say when the first one begins: begins: joined"
            row.problem("missing-key", "periods that end need 'begins'", row.place("ends"), help)
        for key in ("carries", "negative"):
            if key in row.data and "ends" not in row.data and row.data[key] != "carried":
                message = f"'{key}' is of periods, and this balance has one for ever"
                row.problem("wrong-form", message, row.place(key), "write 'ends', or remove it")
        if "expired" in self.figures and ("carries" in row.data or row.data.get("negative") == "dropped"):
            key = "carries" if "carries" in row.data else "negative"
            message = f"'{key}' and 'expires' do not go together"
            help = "let what is not used expire, or say at the end of a period what is carried on"
            row.problem("wrong-form", message, row.place(key), help)
        if "uses" in row.data and "negative" not in row.data:
            help = "write 'negative: carried', or 'negative: dropped' at the end of a period"
            row.problem("missing-key", "it is not said what becomes of less than 0", row.place("uses"), help)
        if (self.kind is Kind.MONEY) != ("currency" in row.data):
            help = "write currency: EUR" if self.kind is Kind.MONEY else "remove it"
            message = "a balance of money needs its currency" if self.kind is Kind.MONEY else "this is no money"
            row.problem("wrong-form", message, row.place("kind"), help)

    def _begins(self) -> Expression | None:
        first = self.row.expression("begins", scope=self.scopes.general, kind=Kind.DATE)
        if first is None or "ends" not in self.figures:
            return first
        day = Literal(Decimal(1), Kind.COUNT)
        after = Call("add_days", (self._field(before_name("ends")), day), Kind.DATE)
        return Choose(self._field(FIRST), first, after, Kind.DATE)

    def _opening(self) -> Expression:
        first = self.row.expression("opening", scope=self.scopes.general, kind=self.kind)
        if first is None:
            first = Literal(_NOTHING, self.kind)
        check_currency(self.row, first, self.scopes.general)
        if "ends" not in self.figures:
            return first
        return Choose(self._field(FIRST), first, self._field(before_name("carried")), self.kind)

    def _sum(self, key: str) -> Expression | None:
        tree: Expression | None = None
        for part in self.row.inner(key):
            name = self._name(part.id)
            tree = name if tree is None else Arithmetic("+", tree, name, self.kind)
        return tree

    def _closing(self) -> Expression:
        tree: Expression = self._name("opening")
        if "added" in self.figures:
            tree = Arithmetic("+", tree, self._name("added"), self.kind)
        for name in ("used", "expired"):
            if name in self.figures:
                tree = Arithmetic("-", tree, self._name(name), self.kind)
        return tree

    def _carried(self) -> Expression | None:
        tree: Expression | None = self._name("closing")
        if "carries" in self.row.data:
            tree = self.row.expression("carries", scope=self.scope, kind=self.kind)
            if tree is not None:
                check_currency(self.row, tree, self.scope)
        if tree is not None and self.row.data.get("negative") == "dropped":
            tree = Call("max", (tree, Literal(_NOTHING, self.kind)), self.kind)
        return tree

    def _movement(self, part: FilePart, key: str) -> Movement | None:
        """What adds to the balance or uses it, with its values; None where it is wrong, which is reported."""
        title, over = part.texts(), str(part.data.get("over", ""))
        place = ValuePlace(of_list(self.row.id), Role.ITEM_VALUE, (), self.scope, self.row.id)
        data = {**part.data, "take": "sum", "kind": self.kind.value, "currency": self.currency}
        written = FilePart(part.files, part.document, part.path, data)
        tree = compile_aggregate(written, place, self.kind, (), self.scopes, self.lists)
        scope = self.scopes.by_list.get(over)
        if scope is None or over not in self.lists:
            return None
        day = part.expression("on", scope=scope, kind=Kind.DATE)
        expires = part.expression("expires", scope=scope, kind=Kind.DATE) if "expires" in part.data else None
        if not isinstance(tree, Aggregate) or day is None or ("expires" in part.data and expires is None):
            return None
        if any(isinstance(inner, Call) and inner.function == "on" for inner in subtrees(day)):
            part.problem("not-on-a-day", "the day itself is not asked for on a day", part.place("on"), "name a field")
        if key == "uses" and "expires" in part.data:
            part.problem("wrong-form", "what is used does not expire", part.place("expires"), "remove it")
        self._add(part.id, tree._replace(counts=self._within(day, tree.counts)), title, part)
        movement = Movement(self._id(part.id), over, day, None, key == "uses")
        return movement if expires is None else movement._replace(expires=self._add_expiry(part, over, expires, title))

    def _within(self, day: Expression, counts: Expression) -> Expression:
        """That an item counts, and its day is within the period and not after the day of the evaluation."""
        window: list[Expression] = [Compare("<=", day, _AS_OF)]
        if "begins" in self.figures:
            window.append(Compare(">=", day, self._name("begins")))
        if "ends" in self.figures:
            window.append(Compare("<=", day, self._name("ends")))
        return and_also(window, counts)

    def _add_expiry(self, part: FilePart, over: str, tree: Expression, title: Texts) -> str:
        """Add the last day of what an item adds, a value of the item; returns its id."""
        names = (self.row.id, part.id, "expires")
        value = NamedValue(
            id=id_of(of_list(over), Role.ITEM_VALUE, *names),
            owner=of_list(over),
            role=Role.ITEM_VALUE,
            names=names,
            form=form_of(part.data["expires"], tree),
            kind=Kind.DATE,
            expression=tree,
            title=said(part.files, "expires", title),
            source=self.items.source,
            place=part.place("expires"),
            better=Better.MORE,
        )
        self.values.append(value)
        return value.id
