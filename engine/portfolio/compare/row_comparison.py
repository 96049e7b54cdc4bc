"""Evaluates selected rows of a portfolio under two releases: prices of orders, and effects on agreements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import NamedTuple

import duckdb
from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

from ...evaluate.record import plain_document
from ...problems import Invalid, Level, Problem, in_order
from ...release.load import Release
from ...source.document import Document
from ...values import Number, add
from ..duckdb.carried_files import carried_files
from ..duckdb.sources import Connection, database
from ..duckdb.stored_rows import belongings
from ..duckdb.tables import Opened, open_tables
from ..files import SHOWN, unreadable_table
from ..job import TWICE, Job, at_row
from ..rows import Decided, row_data
from ..sql.columns import PARTNER
from .agreement_effects import AgreedTerm, AgreementsUnder, of_record, refuse_other_terms
from .release_view import Portfolio, reads


class OrderUnder(NamedTuple):
    """An order under both releases: what the partner pays, and whether every line has a price.

    `before` and `after` are sums over the lines that have a price, in `currency`; None where undetermined.
    """

    partner: str
    order: str | None
    currency: str
    before: Number | None
    after: Number | None
    complete_before: bool
    complete_after: bool


class CurrencyTotal(NamedTuple):
    """The sums over the `orders` of a currency whose sums are known under both releases; `open` counts the others."""

    currency: str
    orders: int
    open: int
    before: Number
    after: Number


class OrdersUnder(NamedTuple):
    """Orders under both releases, totals by currency, and the problems of orders and their partners."""

    orders: tuple[OrderUnder, ...]
    totals: tuple[CurrencyTotal, ...]
    problems: tuple[Problem, ...]


class Sides(NamedTuple):
    """A row of the portfolio as the record that each release reads; None where it has problems."""

    partner: str
    before: Document | None
    after: Document | None
    problems: tuple[Problem, ...]


def unreached_in_portfolio(before: Release, after: Release, portfolio: Portfolio) -> AgreementsUnder:
    """The effects of a new release on the agreements in a portfolio's file, with the first problems of its rows.

    Raises WrongCall and InvalidInput where the files cannot be read at all.
    """
    looked_at = 0
    terms: list[AgreedTerm] = []
    problems: list[Problem] = []
    for row in _sides(before, after, portfolio, None) if portfolio.agreements else ():
        problems += row.problems if len(problems) < SHOWN else ()
        if row.before is not None and row.after is not None:
            agreements = of_record(before, after, row.before, row.after, portfolio.as_of)
            looked_at += agreements.agreements
            terms += agreements.affected
            if len(problems) < SHOWN:
                problems += [_of_partner(row.partner, problem) for problem in agreements.problems]
    return AgreementsUnder(looked_at, tuple(terms), in_order(problems))


def priced_orders(before: Release, after: Release, portfolio: Portfolio) -> OrdersUnder:
    """The prices of the orders under both releases on the day.

    Raises WrongCall and InvalidInput where the files cannot be read at all.
    """
    problems: list[Problem] = []
    by_partner: dict[str, OrderUnder] = {}
    seen: set[str] = set()
    for row in _sides(before, after, portfolio, list(portfolio.orders)):
        if row.partner in seen:
            by_partner.pop(row.partner, None)
            problems.append(_of_partner(row.partner, TWICE))
            continue
        seen.add(row.partner)
        order_under, order_problems = _order(before, after, portfolio, row)
        problems += order_problems
        if order_under:
            by_partner[row.partner] = order_under
    for partner, order in portfolio.orders.items():
        if partner not in seen:
            message = f"the order of '{partner}': the portfolio has no such partner"
            help = "add the partner, or mend its id"
            problems.append(Problem("unknown-partner", message, order.place(()), help, Level.WARNING))
    orders = tuple(by_partner[partner] for partner in portfolio.orders if partner in by_partner)
    return OrdersUnder(orders, _totals(orders), in_order(problems))


def _order(
    before: Release, after: Release, portfolio: Portfolio, row: Sides
) -> tuple[OrderUnder | None, tuple[Problem, ...]]:
    """The order of a row's partner under both releases; None with its problems where either cannot price it."""
    order, problems = portfolio.orders[row.partner], list(row.problems)
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
            quotes.append(release.quote(lines, release.record(record), as_of=portfolio.as_of))
        except Invalid as wrong:
            problems += [_of_partner(row.partner, problem) for problem in wrong.problems]
    if len(quotes) < 2:
        return None, tuple(problems)
    old, new = quotes
    sums = (old.partner_pays, new.partner_pays)
    return OrderUnder(row.partner, old.order, old.currency, *sums, old.complete, new.complete), tuple(problems)


def _totals(orders: Sequence[OrderUnder]) -> tuple[CurrencyTotal, ...]:
    totals = []
    for currency in dict.fromkeys(order.currency for order in orders):
        own = [order for order in orders if order.currency == currency]
        sums = [(order.before, order.after) for order in own if order.before is not None and order.after is not None]
        total: list[Number] = [Decimal(0), Decimal(0)]
        for old, new in sums:
            total = [add(total[0], old), add(total[1], new)]  # type: ignore[list-item]
        totals.append(CurrencyTotal(currency, len(sums), len(own) - len(sums), *total))
    return tuple(totals)


def _sides(before: Release, after: Release, portfolio: Portfolio, partners: Sequence[str] | None) -> Iterator[Sides]:
    """The rows of these partners; with None, of all partners that have agreements."""
    with database() as first, database() as second, _read_by(after, before, portfolio) as carried:
        try:
            old_rows = _rows(first, before, after, portfolio, partners)
            new_rows = _rows(second, after, before, carried, partners)
            for (partner, old, old_problems), (_, new, new_problems) in zip(old_rows, new_rows, strict=True):
                yield Sides(partner, old, new, tuple(dict.fromkeys((*old_problems, *new_problems))))
        except duckdb.Error as error:
            raise unreadable_table(portfolio.portfolio, error) from error


@contextmanager
def _read_by(after: Release, before: Release, portfolio: Portfolio) -> Iterator[Portfolio]:
    """The portfolio as the second release reads it: carried over where a migration leads to it from the first.

    Raises WrongCall where that gives terms of agreements other names, as they are compared by their ids.
    """
    number = before.lineage.number
    if not after.lineage.leads_from(number):
        yield portfolio
        return
    if portfolio.agreements:
        refuse_other_terms(before, after)
    job = Job(portfolio.portfolio, portfolio.portfolio, portfolio.as_of, portfolio.lists, portfolio.agreements,
              ignored=portfolio.ignored, written_for=number)  # fmt: skip
    with carried_files(after, job) as carried:
        own = carried.job
        yield portfolio._replace(
            portfolio=own.portfolio, lists=own.lists, agreements=own.agreements, ignored=own.ignored
        )


def _rows(
    connection: Connection, release: Release, against: Release, portfolio: Portfolio, partners: Sequence[str] | None
) -> Iterator[tuple[str, Document | None, tuple[Problem, ...]]]:
    """The rows as one release reads them, in file order: partner, record (None where it has problems), problems."""
    own = reads(release.programme, against.programme, portfolio)
    files = (portfolio.portfolio, own.lists, portfolio.agreements, own.ignored)
    opened = open_tables(connection, release.programme, *files, own.unread)
    chosen = _chosen(connection, opened, partners)
    for row in belongings(connection, opened.portfolio, opened.lists, opened.agreements, chosen):
        data = row_data(release.programme, row.row.cells, row.lists, row.agreements)
        undecided = Decided(row.row.item, row.partner, None, row.problems)
        document = None if row.problems else plain_document(data, "row")
        yield row.partner, document, tuple(at_row(undecided, problem) for problem in row.problems)


def _chosen(connection: Connection, opened: Opened, partners: Sequence[str] | None) -> duckdb.DuckDBPyRelation:
    rows = connection.view(opened.portfolio.name)
    whose = ColumnExpression(PARTNER).cast("VARCHAR")
    if partners is not None:
        return rows.filter(FunctionExpression("list_contains", ConstantExpression(list(partners)), whose))
    if opened.agreements:
        connection.view(opened.agreements.name).project(f"CAST({PARTNER} AS VARCHAR)").create_view("with_agreements")
    return rows.filter(f"CAST({PARTNER} AS VARCHAR) IN (FROM with_agreements)")


def _of_partner(partner: str, problem: Problem) -> Problem:
    """The problem with its partner named in the message."""
    return problem._replace(message=f"partner {partner}: {problem.message}")
