"""Compiles rebates, which are paid to the partner, and fees, which the partner owes; both are written alike.

A settlement sets rebates and fees of one currency and period against each other.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from ..language.parse import Scope
from ..language.tree import And, Arithmetic, Call, Choose, Compare, Expression, Literal, Name
from ..problems import Place
from ..programme.forms import Written, expression_of
from ..programme.model import Payment, Payments, PaymentTotal
from ..programme.owners import Owner, Role, WrittenForm
from ..values import Kind
from .bounded import bounded
from .by_tier import cells_by_tier
from .file_reader import FilePart, Files, Keys
from .references import check_cells_by_tier, check_currency
from .table_trees import added
from .tables import Wanted, compile_cell, form_of
from .values import Values

_TRUE = Literal(True, Kind.YES_NO)
_NOTHING = Literal(Decimal(0), Kind.MONEY)


class _Roles(NamedTuple):
    """The roles of the values of a payment, and of the sums of several."""

    applies: Role
    full: Role
    amount: Role
    total: Role


#: by the kind of the file, which is also the key of its table
ROLES = {
    "rebates": _Roles(Role.REBATE_EARNED, Role.REBATE_FULL, Role.REBATE_AMOUNT, Role.REBATE_TOTAL),
    "fees": _Roles(Role.FEE_DUE, Role.FEE_FULL, Role.FEE_AMOUNT, Role.FEE_TOTAL),
}
_SET_OFF = ("rebates", "fees")  #: what a settlement lists


def payment_rows(files: Files, kind: str) -> list[FilePart]:
    """The valid rows of the rebates or the fees, as `kind` says; reports tiers that do not exist."""
    rows = [row for row in files.rows(kind, kind) if "currency" in row.data]
    for row in rows:
        check_cells_by_tier(row, "amount", files.names("tiers", "tiers"))
    return rows


def compile_payments(rows: list[FilePart], kind: str, owner: Owner, scope: Scope, values: Values) -> Payments:
    """The rebates or fees of a tier, or of a programme without tiers: those for all, and those with a row for it."""
    cells = [(row, cells_by_tier(row, "amount")) for row in rows]
    own = [(row, ("amount",) if keys is None else keys[owner.id]) for row, keys in cells
           if keys is None or owner.id in keys]  # fmt: skip
    payments = tuple(_payment(row, keys, ROLES[kind], owner, scope, values) for row, keys in own)
    return Payments(payments, _totals(payments, ROLES[kind], owner, values))


def settlement_rows(files: Files) -> list[FilePart]:
    """The valid rows of the settlements; reports parts that do not exist, or that differ in currency or period."""
    rows = [row for row in files.rows("settlements", "settlements") if any(kind in row.data for kind in _SET_OFF)]
    for row in rows:
        first: tuple[str, str, str] | None = None
        for kind in _SET_OFF:
            ids = files.names(kind, kind)
            for index, id in enumerate(row.data.get(kind, ())):
                place, part = row.document.value_place((*row.path, kind, index)), files.row(kind, kind, id)
                if id not in ids and files.is_whole(kind, kind):
                    row.unknown("unknown-name", f"one of the {kind}", id, ids, place)
                if part is not None and "currency" in part.data:
                    own = (id, part.data["currency"], part.data.get("per", "once"))
                    first = first or own
                    _check_alike(row, first, own, place)
    return rows


def _check_alike(row: FilePart, first: tuple[str, str, str], own: tuple[str, str, str], place: Place) -> None:
    """Report a part of a settlement, its id, currency and period, that cannot be set against the first one."""
    if own[2] == "event":
        message = f"'{own[0]}' is paid each time of an event, and how often that is is not known"
        row.problem("wrong-form", message, place, "leave it out, or count the events in its amount")
    elif own[1:] != first[1:]:
        kinds = [f"{currency} {per if per == 'once' else f'a {per}'}" for _, currency, per in (first, own)]
        message = f"'{first[0]}' is in {kinds[0]}, and '{own[0]}' in {kinds[1]}"
        row.problem("wrong-form", message, place, "a settlement is of one currency and period: write one for each")


def compile_settlements(
    rows: list[FilePart], rebates: Payments, fees: Payments, owner: Owner, scope: Scope, values: Values
) -> Payments:
    """The settlements of a tier, or of a programme without tiers, each of those of its parts that there are."""
    settlements = []
    for row in rows:
        added_to = [payment for payment in rebates.rows if payment.id in row.data.get("rebates", ())]
        taken_off = [payment for payment in fees.rows if payment.id in row.data.get("fees", ())]
        if added_to or taken_off:
            example = (*added_to, *taken_off)[0]
            tree = _less(added_to, taken_off)
            settlements.append(_settlement(row, tree, example, owner, scope, values))
    return Payments(tuple(settlements))


def _less(added_to: list[Payment], taken_off: list[Payment]) -> Expression:
    """The sum of the first payments less that of the others."""
    whole, off = (
        added([Name(payment.amount, Kind.MONEY, payment.amount) for payment in payments], Kind.MONEY)
        if payments
        else None
        for payments in (added_to, taken_off)
    )
    if off is None:
        return whole or _NOTHING
    return Arithmetic("-", whole or _NOTHING, off, Kind.MONEY)


def _settlement(
    row: FilePart, tree: Expression, example: Payment, owner: Owner, scope: Scope, values: Values
) -> Payment:
    """A settlement of this amount; `example` is one of its parts. What is under 0 is owed by the partner."""
    title, source = row.texts(), row.source()

    def named(role: Role, kind: Kind, tree: Expression, form: WrittenForm) -> Name:
        currency = example.currency if kind is Kind.MONEY else None
        return values.name(
            owner, role, row.id, kind=kind, tree=tree, form=form, title=title, source=source, per=example.per,
            currency=currency,
        )  # fmt: skip

    full = named(Role.SETTLEMENT_FULL, Kind.MONEY, tree, WrittenForm.DERIVED)
    least = row.expression("pays_from", scope=scope, kind=Kind.MONEY) if "pays_from" in row.data else None
    whole: Expression = _TRUE if least is None else Compare(">=", full, least, least.place)
    form = WrittenForm.DERIVED if least is None else WrittenForm.RULE
    applies = named(Role.SETTLEMENT_PAID, Kind.YES_NO, whole, form)
    otherwise: Expression = _NOTHING if least is None else Call("min", (full, _NOTHING), Kind.MONEY)
    worth = Choose(applies, full, otherwise, Kind.MONEY)
    amount = named(Role.SETTLEMENT_AMOUNT, Kind.MONEY, worth, WrittenForm.DERIVED)
    return Payment(
        id=row.id,
        title=title,
        applies=applies.id,
        full=full.id,
        amount=amount.id,
        currency=example.currency,
        per=example.per,
        negative="owed",
        source=source,
    )


def _payment(row: FilePart, keys: Keys, roles: _Roles, owner: Owner, scope: Scope, values: Values) -> Payment:
    title, source = row.texts(), row.source()
    currency, per, event = row.data.get("currency", ""), row.data.get("per", "once"), row.optional_texts("event")
    if (per == "event") != (event is not None):
        help = "write 'per: event' and 'event: {en: for each deal registered}' together"
        row.problem("wrong-form", "'per: event' and 'event' go together", row.place("event" if event else "per"), help)

    def named(role: Role, kind: Kind, tree: Expression, form: WrittenForm, written: Written | None = None) -> Name:
        return values.name(
            owner, role, row.id, kind=kind, tree=tree, form=form, title=title, source=source, written=written, per=per,
            currency=currency if kind is Kind.MONEY else None,
        )  # fmt: skip

    condition = row.expression("when", scope=scope, kind=Kind.YES_NO) if "when" in row.data else None
    cell = compile_cell(row, keys, scope, Wanted(Kind.MONEY)) or _NOTHING
    form = form_of(row.data_of(*keys), expression_of(cell))
    tree, written = bounded(row, cell, scope, Kind.MONEY) or (expression_of(cell), Written(cell))
    check_currency(row, tree, scope)
    negative = row.data.get("negative", "carried")
    if negative == "dropped":
        tree = Call("max", (tree, _NOTHING), Kind.MONEY, tree.place)
    full = named(roles.full, Kind.MONEY, tree, form, written)
    conditions: list[Expression] = [condition] if condition is not None else []
    least = row.expression("pays_from", scope=scope, kind=Kind.MONEY) if "pays_from" in row.data else None
    if least is not None:
        conditions.append(Compare(">=", full, least, least.place))
    whole = conditions[0] if len(conditions) == 1 else And(tuple(conditions)) if conditions else _TRUE
    applies = named(roles.applies, Kind.YES_NO, whole, WrittenForm.RULE if conditions else WrittenForm.DERIVED)
    otherwise: Expression = _NOTHING
    if least is not None and negative != "dropped":  # a small debt is still a debt
        debt = Call("min", (full, _NOTHING), Kind.MONEY)
        otherwise = debt if condition is None else Choose(condition, debt, _NOTHING, Kind.MONEY)
    amount = named(roles.amount, Kind.MONEY, Choose(applies, full, otherwise, Kind.MONEY), WrittenForm.DERIVED)
    return Payment(
        id=row.id,
        title=title,
        applies=applies.id,
        full=full.id,
        amount=amount.id,
        currency=currency,
        per=per,
        negative=negative,
        source=source,
        event=event,
    )


def _totals(payments: tuple[Payment, ...], roles: _Roles, owner: Owner, values: Values) -> tuple[PaymentTotal, ...]:
    """The sum for each currency and period; payments that differ in these are not added, nor those of events."""
    sums: dict[tuple[str, str], list[Name]] = {}
    for payment in payments:
        if payment.per == "event":
            continue  # how often the event happens is not known here
        sums.setdefault((payment.currency, payment.per), []).append(Name(payment.amount, Kind.MONEY, payment.amount))
    totals = []
    for (currency, per), names in sums.items():
        total = values.name(
            owner, roles.total, currency.lower(), per,
            kind=Kind.MONEY, tree=added(names, Kind.MONEY), form=WrittenForm.DERIVED, title={}, currency=currency,
            per=per,
        )  # fmt: skip
        totals.append(PaymentTotal(currency, per, total.id))
    return tuple(totals)
