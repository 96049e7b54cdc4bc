"""Chosen rows of a portfolio as the records that each of two releases reads; what becomes of them under both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

import duckdb
from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

from ...evaluate.record import plain_document
from ...problems import Invalid, Level, Problem, in_order
from ...release.load import Release
from ...source.document import Document
from ...values import Number, add
from ..duckdb.batch import row_number
from ..duckdb.sources import Connection, database, misread
from ..duckdb.tables import Opened, belongings, open_tables
from ..files import unreadable_table
from ..job import TWICE, at_row
from ..rows import Decided, row_data
from ..sql.columns import PARTNER
from .agreement_effects import AgreedTerm, AgreementsUnder, of_record
from .release_view import Portfolio, reads


class OrderUnder(NamedTuple):
    """An order under both releases: what the partner pays, None where that is open, and whether every line is priced.

    A sum is of the lines that have a price: what is refused is in none.
    """

    partner: str
    order: str | None
    currency: str
    before: Number | None
    after: Number | None
    complete_before: bool
    complete_after: bool


class CurrencyTotal(NamedTuple):
    """What the orders of a currency come to: those whose sums are known under both; `open` are the others."""

    currency: str
    orders: int
    open: int
    before: Number
    after: Number


class OrdersUnder(NamedTuple):
    """Orders under both releases, totals by currency, and what is wrong with orders and their partners."""

    orders: tuple[OrderUnder, ...]
    totals: tuple[CurrencyTotal, ...]
    problems: tuple[Problem, ...]


class Sides(NamedTuple):
    """A row of the portfolio as the record that each release reads, or what is wrong with it."""

    partner: str
    before: Document | None
    after: Document | None
    problems: tuple[Problem, ...]


def unreached_in_portfolio(before: Release, after: Release, asked: Portfolio) -> AgreementsUnder:
    """What becomes of the agreements in the file of a portfolio, for the partners as its rows have them.

    Raises WrongCall and InvalidInput where the files cannot be read at all.
    """
    looked_at = 0
    found: list[AgreedTerm] = []
    problems: list[Problem] = []
    for row in _sides(before, after, asked, None) if asked.agreements else ():
        problems += row.problems
        if row.before is not None and row.after is not None:
            one = of_record(before, after, row.before, row.after, asked.as_of)
            looked_at += one.agreements
            found += one.found
            problems += [_of_partner(row.partner, problem) for problem in one.problems]
    return AgreementsUnder(looked_at, tuple(found), in_order(problems))


def priced(before: Release, after: Release, asked: Portfolio) -> OrdersUnder:
    """What the orders cost their partners under both releases on the day.

    Raises WrongCall and InvalidInput where the files cannot be read at all.
    """
    problems: list[Problem] = []
    found: dict[str, OrderUnder] = {}
    met: set[str] = set()
    for row in _sides(before, after, asked, list(asked.orders)):
        if row.partner in met:
            found.pop(row.partner, None)
            problems.append(_of_partner(row.partner, TWICE))
            continue
        met.add(row.partner)
        one, told = _order(before, after, asked, row)
        problems += told
        if one:
            found[row.partner] = one
    for partner, order in asked.orders.items():
        if partner not in met:
            message = f"the order of '{partner}': the portfolio has no such partner"
            help = "add the partner, or mend its id"
            problems.append(Problem("unknown-partner", message, order.place(()), help, Level.WARNING))
    orders = tuple(found[partner] for partner in asked.orders if partner in found)
    return OrdersUnder(orders, _totals(orders), in_order(problems))


def _order(
    before: Release, after: Release, asked: Portfolio, row: Sides
) -> tuple[OrderUnder | None, tuple[Problem, ...]]:
    """The order of a row's partner under both, or what is wrong with it."""
    order, problems = asked.orders[row.partner], list(row.problems)
    quotes = []
    for release, record in ((before, row.before), (after, row.after)):
        if record is None:
            continue
        try:
            lines = release.order(order)
        except Invalid as wrong:
            problems += wrong.problems
            continue
        try:
            quotes.append(release.quote(lines, release.record(record), as_of=asked.as_of))
        except Invalid as wrong:
            problems += [_of_partner(row.partner, problem) for problem in wrong.problems]
    if len(quotes) < 2:
        return None, tuple(problems)
    old, new = quotes
    sums = (old.partner_pays, new.partner_pays)
    return OrderUnder(row.partner, old.order, old.currency, *sums, old.complete, new.complete), tuple(problems)


def _totals(orders: Sequence[OrderUnder]) -> tuple[CurrencyTotal, ...]:
    found = []
    for currency in dict.fromkeys(one.currency for one in orders):
        own = [one for one in orders if one.currency == currency]
        sums = [(one.before, one.after) for one in own if one.before is not None and one.after is not None]
        total: list[Number] = [Decimal(0), Decimal(0)]
        for old, new in sums:
            total = [add(total[0], old), add(total[1], new)]  # type: ignore[list-item]
        found.append(CurrencyTotal(currency, len(sums), len(own) - len(sums), *total))
    return tuple(found)


def _sides(before: Release, after: Release, asked: Portfolio, partners: Sequence[str] | None) -> Iterator[Sides]:
    """The rows of these partners, or of all that have agreements."""
    with database() as first, database() as second:
        try:
            ones = _rows(first, before, after, asked, partners)
            others = _rows(second, after, before, asked, partners)
            for (partner, old, told), (_, new, also) in zip(ones, others, strict=True):
                yield Sides(partner, old, new, tuple(dict.fromkeys((*told, *also))))
        except duckdb.Error as error:
            raise unreadable_table(asked.portfolio, error) from error


def _rows(
    connection: Connection, release: Release, other: Release, asked: Portfolio, partners: Sequence[str] | None
) -> Iterator[tuple[str, Document | None, tuple[Problem, ...]]]:
    """Rows as one release reads them, in the order of the file."""
    own = reads(release.programme, other.programme, asked)
    files = (asked.portfolio, own.lists, asked.agreements, own.ignored)
    opened = open_tables(connection, release.programme, *files, own.unread)
    broken = [line - 1 for line, _ in misread(connection, opened.portfolio)]
    for row in belongings(connection, opened, _chosen(connection, opened, partners)):
        number = row_number(row.item, broken)
        data = row_data(release.programme, row.cells, row.lists, row.agreements)
        document, told = plain_document(data, "row")
        problems = (*row.problems, *told)
        one = Decided(number, row.partner, None, problems)
        yield row.partner, None if problems else document, tuple(at_row(one, problem) for problem in problems)


def _chosen(connection: Connection, opened: Opened, partners: Sequence[str] | None) -> duckdb.DuckDBPyRelation:
    rows = connection.view(opened.portfolio.name)
    whose = ColumnExpression(PARTNER).cast("VARCHAR")
    if partners is not None:
        return rows.filter(FunctionExpression("list_contains", ConstantExpression(list(partners)), whose))
    if opened.agreements:
        connection.view(opened.agreements.name).project(f"CAST({PARTNER} AS VARCHAR)").create_view("with_agreements")
    return rows.filter(f"CAST({PARTNER} AS VARCHAR) IN (FROM with_agreements)")


def _of_partner(partner: str, problem: Problem) -> Problem:
    """A problem that says whose it is."""
    return problem._replace(message=f"partner {partner}: {problem.message}")
