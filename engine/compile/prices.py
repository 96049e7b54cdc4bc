"""Compiles prices.yaml: rules of price, refusals and totals of orders.

A line of an order is an item of a list, and everything computed for it is a value like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from ..language.parse import Scope
from ..language.tree import Call, Choose, Compare, Expression, Literal, Name, Or
from ..problems import did_you_mean
from ..programme.forms import Cases, Cell, Written, expression_of
from ..programme.model import MAIN, ORDER, ListFact, Order, OrderGroup, PriceRule, Refusal, Texts, Tier
from ..programme.owners import WHOLE_ORDER, Role, WrittenForm, id_of, of_list, of_track
from ..values import Kind
from .file_reader import FilePart, Files
from .order_items import compile_order_items
from .scopes import OWN, Scopes
from .tables import Wanted, compile_cell, form_of
from .values import Values

_NO_RULE = ""  #: the option of the value that says the rule of a line, where no rule applies
_NOTHING = Literal(Decimal(0), Kind.PERCENT)
_NO_AMOUNT = Literal(Decimal(0), Kind.MONEY)


def _own_discounts(files: Files, tiers: Sequence[Tier], values: Values) -> None:
    """Add the values of the partner's own discounts and bonuses: those of its tier, 0 where it does not qualify."""
    discounts = [(tier, tier.discount) for tier in tiers if tier.discount]
    for name, part in OWN.items():
        granted = [(tier, _percent(getattr(discount, part))) for tier, discount in discounts]
        _own(Role.OWN_DISCOUNT, name, granted, {}, values)
    for row in files.rows("bonuses", "bonuses"):
        offers = [
            (tier, Choose(_yes_no(discount.bonuses_apply), _percent(bonus.percent), _NOTHING, Kind.PERCENT))
            for tier, discount in discounts
            for bonus in discount.bonuses
            if bonus.id == row.id
        ]
        _own(Role.OWN_BONUS, row.id, offers, row.texts(), values)


def _own(role: Role, name: str, granted: Sequence[tuple[Tier, Expression]], title: Texts, values: Values) -> None:
    """Add what the tier that the partner has, and qualifies for, grants it, in percent; else 0."""
    own_tier = Name(id_of(of_track(MAIN), Role.TIER), Kind.CHOICE, "tier")
    tree: Expression = _NOTHING
    for tier, percent in granted:
        qualified = Name(tier.qualified, Kind.YES_NO, f"qualified('{tier.id}')")
        has = Compare("==", own_tier, Literal(tier.id, Kind.CHOICE))
        tree = Choose(has, Choose(qualified, percent, _NOTHING, Kind.PERCENT), tree, Kind.PERCENT)
    values.name(WHOLE_ORDER, role, name, kind=Kind.PERCENT, tree=tree, form=WrittenForm.DERIVED, title=title)


def _percent(id: str) -> Name:
    return Name(id, Kind.PERCENT, id)


def _yes_no(id: str) -> Name:
    return Name(id, Kind.YES_NO, id)


def compile_order(
    files: Files, scopes: Scopes, lists: Mapping[str, ListFact], tiers: Sequence[Tier], values: Values
) -> Order | None:
    """How an order is priced, or None where the programme prices none; `tiers` are those of the main track."""
    lines = lists.get(ORDER)
    if lines is None:
        return None
    _own_discounts(files, tiers, values)
    row, scope = files.row("prices", "order"), scopes.by_list[ORDER]
    if row is None:
        return Order(lines=lines, rules=(), refusals=(), totals=(), customer_pays="", partner_pays="", rule="")
    row.texts()
    row.source()
    rows = [part for part in row.inner("rules") if "when" in part.data]
    rules = tuple(_rule(part, scope, values) for part in rows)
    ids = {}
    for amount in ("customer_pays", "partner_pays"):
        cells = [_cell(part, amount, scope) for part in rows]
        place = row.place("round") if "round" in row.data else None
        unit = Literal(row.data.get("round", Decimal("0.01")), Kind.NUMBER, place)
        amounts = [_amount(cell, unit) for cell in cells]
        tree = _first(rules, amounts, _NO_AMOUNT, Kind.MONEY)
        written = Written(_cases(rules, cells, tree), unit=unit)
        ids[amount] = _named(values, Role.AMOUNT, amount, kind=Kind.MONEY, tree=tree, written=written)
    names = [Literal(rule.id, Kind.CHOICE) for rule in rules]
    chosen = _first(rules, names, Literal(_NO_RULE, Kind.CHOICE), Kind.CHOICE)
    rule = _named(values, Role.PRICE_RULE, kind=Kind.CHOICE, tree=chosen)
    refusals = tuple(_refusal(part, scope, values) for part in row.inner("refusals"))
    refused = [_yes_no(refusal.when) for refusal in refusals]
    is_refused = Or(tuple(refused)) if refused else Literal(False, Kind.YES_NO)
    _named(values, Role.REFUSED, kind=Kind.YES_NO, tree=is_refused)
    shown = [part for part in row.inner("totals") if part.data.get("show")]
    return Order(
        lines=lines,
        rules=rules,
        refusals=refusals,
        totals=tuple(id_of(WHOLE_ORDER, Role.ORDER_TOTAL, part.id) for part in shown),
        customer_pays=ids["customer_pays"],
        partner_pays=ids["partner_pays"],
        rule=rule,
        becomes=tuple(compile_order_items(row, scopes, lists, ids, values)),
        groups=tuple(_groups(row)),
    )


def _groups(row: FilePart) -> Iterator[OrderGroup]:
    """The groups of lines whose sums are shown apart; reports names that are no rules, and rules of two groups."""
    rules, taken = row.data.get("rules", {}), dict[str, str]()
    for part in row.inner("groups"):
        own = tuple(part.data.get("rules", ()))
        for index, rule in enumerate(own):
            place = part.document.value_place((*part.path, "rules", index))
            if rule not in rules:
                part.problem("unknown-name", f"'{rule}' is not a rule of price", place, did_you_mean(rule, rules))
            elif rule in taken:
                help = "leave it in one of the two: a line counts once"
                part.problem("duplicate-id", f"'{rule}' is in the group '{taken[rule]}' already", place, help)
            taken.setdefault(rule, part.id)
        yield OrderGroup(part.id, part.texts(), own)


def _named(
    values: Values,
    role: Role,
    *names: str,
    kind: Kind,
    tree: Expression,
    form: WrittenForm = WrittenForm.DERIVED,
    written: Written | None = None,
    title: Texts | None = None,
) -> str:
    """Add a value that every line has, and return its id."""
    owner = of_list(ORDER)
    return values.name(owner, role, *names, kind=kind, tree=tree, form=form, title=title or {}, written=written).id


def _rule(row: FilePart, scope: Scope, values: Values) -> PriceRule:
    title, source = row.texts(), row.source()
    when = _condition(row, Role.PRICE_CONDITION, scope, values)
    amounts = tuple(key for key in ("customer_pays", "partner_pays") if key in row.data)
    return PriceRule(id=row.id, title=title, when=when, amounts=amounts, says=row.optional_texts("says"), source=source)


def _cell(rule: FilePart, key: str, scope: Scope) -> Cell | None:
    """The amount that a rule of price sets, as it is written; None where it sets none."""
    return compile_cell(rule, (key,), scope, Wanted(Kind.MONEY)) if key in rule.data else None


def _amount(cell: Cell | None, unit: Expression) -> Expression:
    """The amount that a rule of price sets, rounded once; 0 where it sets none.

    A unit that is not written is that of most currencies; `in_currency` puts that of the order's in its place.
    """
    if cell is None:
        return _NO_AMOUNT
    tree = expression_of(cell)
    return Call("round", (tree, unit), Kind.MONEY, tree.place)


def _cases(rules: Sequence[PriceRule], cells: Sequence[Cell | None], tree: Expression) -> Cases:
    """The amounts of the rules of price as they are written, each with the condition of its rule."""
    pairs = zip(rules, cells, strict=True)
    rows = tuple((_yes_no(rule.when), _NO_AMOUNT if cell is None else cell) for rule, cell in pairs)
    return Cases("first", rows, _NO_AMOUNT, tree)


def _first(rules: Sequence[PriceRule], cells: Sequence[Expression], otherwise: Expression, kind: Kind) -> Expression:
    """The cell of the first rule that applies, else `otherwise`."""
    tree = otherwise
    for rule, cell in reversed(list(zip(rules, cells, strict=True))):
        tree = Choose(_yes_no(rule.when), cell, tree, kind)
    return tree


def _refusal(row: FilePart, scope: Scope, values: Values) -> Refusal:
    title, source = row.texts(), row.source()
    return Refusal(row.id, title, _condition(row, Role.REFUSAL, scope, values), source)


def _condition(row: FilePart, role: Role, scope: Scope, values: Values) -> str:
    """The id of the value that says whether a rule of price or a refusal applies to a line."""
    when = row.expression("when", scope=scope, kind=Kind.YES_NO) or Literal(False, Kind.YES_NO)
    form, title = form_of(row.data.get("when"), when), row.texts()
    return _named(values, role, row.id, kind=Kind.YES_NO, tree=when, form=form, title=title)
