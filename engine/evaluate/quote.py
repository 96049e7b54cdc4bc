"""Quote: the price of each line of a partner's order, or the reason why a line has none.

Rules of price are values of the programme; this module reads them from a filled row, as `evaluate` does for tiers. The
rules round the amounts once for each line; a total is the sum of the rounded lines, unknown where one is undetermined.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from ..language.run.causes import Cause, causes
from ..limits import MAX_ORDER_TEXT
from ..named_tuples import public
from ..problems import Problem, WrongCall, has_errors, in_order
from ..programme.model import LINE, ORDER, ListFact, NamedValue, Order, Programme, Texts
from ..programme.order_currency import in_currency
from ..programme.owners import WHOLE_ORDER, Role, id_of
from ..source.document import Document, unknown_keys
from ..source.letters import is_visible
from ..source.scalars import Data
from ..values import Number, Unknown, Value, add, merge_any, missing, or_none, subtract
from .evaluate import Plan, inputs_of, make_plan
from .outcome import Outcome, Scalar
from .placed import OrderedLine, PlacedItem, placed_items
from .record import Record, read_items
from .row_layout import fill, named_row

LineStatus = Literal["priced", "refused", "without_amount", "no_rule", "undetermined"]
_KEYS = ("order", "currency", "lines")


@public("id", "currency", "lines")
class OrderLines(NamedTuple):
    """An order as written: its id, its currency, and its lines, each a map of values by the ids of fields."""

    id: str | None
    currency: str
    lines: tuple[Mapping[str, Any], ...]


@public("id")
class Reason(NamedTuple):
    """Why a line is refused."""

    id: str
    title: Texts
    source: tuple[str, ...]


@public("line", "status", "rule")
class LineQuote(NamedTuple):
    """The quote of a line: its fields, the rule that prices it, and the amounts; None where the rule sets none.

    `unknown` names the facts that may decide an undetermined line, `undefined` the operations without a result in it,
    `open` the sums that it leaves open; `says` is the text that the rule gives in place of an amount.
    """

    line: int
    status: LineStatus
    fields: Mapping[str, Scalar]
    rule: str | None = None
    title: Texts | None = None
    says: Texts | None = None
    customer_pays: Number | None = None
    partner_pays: Number | None = None
    margin: Number | None = None
    refusals: tuple[Reason, ...] = ()
    unknown: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    open: tuple[str, ...] = ()  #: customer_pays, partner_pays, margin
    undefined: tuple[Cause, ...] = ()


@public("id", "value")
class Total(NamedTuple):
    """A value of the whole order: its id in the programme, its name in prices.yaml, and what it is."""

    id: str
    name: str
    title: Texts
    value: Scalar | None
    source: tuple[str, ...]


@public("id", "customer_pays", "partner_pays")
class GroupSums(NamedTuple):
    """The sums over the lines of a group that have the amount, None where one is open; and the numbers of its lines.

    A line of which it is open by what rule it is priced may be of any group: the sums of all are open then.
    """

    id: str
    title: Texts
    lines: tuple[int, ...]
    customer_pays: Number | None
    partner_pays: Number | None
    margin: Number | None
    complete: bool


@public("outcome", "order", "lines", "currency", "customer_pays")
class Quote(NamedTuple):
    """The quote of an order for a partner on a day; sums are over the lines with the amount, None where one is open.

    `complete` says whether every line is priced, and none has a text in place of an amount; `discounts` are the
    partner's own, in percent, by name.
    """

    outcome: Outcome
    order: str | None
    currency: str
    lines: tuple[LineQuote, ...]
    customer_pays: Number | None
    partner_pays: Number | None
    margin: Number | None
    complete: bool
    discounts: Mapping[str, Number | None]
    totals: tuple[Total, ...]
    #: what it adds to the record once it is placed; None where the programme says nothing of that
    becomes: tuple[PlacedItem, ...] | None = None
    groups: tuple[GroupSums, ...] = ()  #: in the order of the programme, those without lines left out


def written_lines(programme: Programme) -> ListFact:
    """The lines of an order with the fields that people write; WrongCall where the programme prices no orders."""
    if programme.order is None:
        help = "a programme that prices orders has prices.yaml"
        raise WrongCall([Problem("no-prices", "this programme does not price orders", None, help)])
    lines = programme.order.lines
    return lines._replace(fields={id: field for id, field in lines.fields.items() if id != LINE})


def read_order(document: Document, plan: Plan) -> tuple[OrderLines | None, tuple[Problem, ...]]:
    """The order of a document, or None, and the problems; raises WrongCall where the programme prices no orders."""
    fields = written_lines(plan.programme)
    problems: list[Problem] = []
    data = document.data
    if not isinstance(data, dict):
        place = document.value_place(())
        return None, (Problem("wrong-type", "an order is a map of keys", place, "begin with 'lines:'"),)
    if "orders" in data:
        help = "give one of them by itself; 'charter quote' prices several"
        return None, (Problem("unknown-key", "one order is needed here", document.place(("orders",)), help),)
    problems += unknown_keys(document, (), data, _KEYS)
    currency, id = (_word(document, data, key, problems) for key in ("currency", "order"))
    if data.get("currency") is None:
        help = "say which: currency: EUR"
        problems.append(Problem("missing-key", "'currency' is missing", document.place(()), help))
    lines = read_items(document, ("lines",), data.get("lines", []), fields, problems)
    if not lines and not has_errors(problems):
        help = "write each line as - {product: …}"
        problems.append(Problem("missing-key", "there are no lines", document.place(("lines",)), help))
    if has_errors(problems):
        return None, in_order(problems)
    return OrderLines(id, currency or "", lines), in_order(problems)


def _word(document: Document, data: Mapping[str, Data], key: str, problems: list[Problem]) -> str | None:
    """The short text at a key; None where it is missing or wrong, which is added to `problems`."""
    written = data.get(key)
    if written is None or (isinstance(written, str) and 0 < len(written) <= MAX_ORDER_TEXT and is_visible(written)):
        return written
    message, help = f"'{key}' is a short text", "write it in quotes"
    if isinstance(written, str):
        message, help = f"'{key}' is text without invisible characters", "remove them" if written else "write it"
        if len(written) > MAX_ORDER_TEXT:
            message, help = f"'{key}' has {len(written)} characters; the limit is {MAX_ORDER_TEXT}", "shorten it"
    problems.append(Problem("wrong-type", message, document.value_place((key,)), help))
    return None


def quote(plan: Plan, record: Record, order: OrderLines, outcome: Outcome, as_of: date) -> Quote:
    """The quote of the order; `outcome` is that of the partner on the same day."""
    programme = in_currency(plan.programme, order.currency)
    if programme is not plan.programme:
        plan = make_plan(programme)
    definition = plan.programme.order
    if definition is None:
        raise TypeError("read_order refuses this")
    lines = tuple({**line, LINE: Decimal(number)} for number, line in enumerate(order.lines, 1))
    inputs = inputs_of(record, as_of)
    values = named_row(plan.layout, fill(plan.layout, inputs._replace(facts={**inputs.facts, ORDER: lines})))
    items = values[ORDER]
    quoted = tuple(_line(plan.programme, line, item) for line, item in zip(order.lines, items, strict=True))
    own = {name: id_of(WHOLE_ORDER, Role.OWN_DISCOUNT, name) for name in ("tier_discount", "partner_discount")}
    return Quote(
        outcome=outcome,
        order=order.id,
        currency=order.currency,
        lines=quoted,
        customer_pays=sum_of(quoted, "customer_pays"),
        partner_pays=sum_of(quoted, "partner_pays"),
        margin=sum_of(quoted, "margin"),
        complete=all(map(is_priced_in_full, quoted)),
        discounts={name: or_none(values[id]) for name, id in own.items()},
        totals=tuple(_total(plan.programme.values[id], values[id]) for id in definition.totals),
        becomes=_becomes(plan.programme, quoted, values, order.currency) if definition.becomes else None,
        groups=tuple(_groups(definition, quoted)),
    )


def is_priced_in_full(line: LineQuote) -> bool:
    """Whether a line is priced, and nothing is said in place of an amount."""
    return line.status == "priced" and not line.says


def _groups(definition: Order, lines: Sequence[LineQuote]) -> Iterator[GroupSums]:
    """The sums of each group that has lines."""
    unsettled = [line for line in lines if line.status == "undetermined" and line.rule is None]
    for group in definition.groups:
        own = [line for line in lines if line.rule in group.rules]
        counted = [*own, *unsettled]
        if own:
            yield GroupSums(
                id=group.id,
                title=group.title,
                lines=tuple(line.line for line in own),
                customer_pays=sum_of(counted, "customer_pays"),
                partner_pays=sum_of(counted, "partner_pays"),
                margin=sum_of(counted, "margin"),
                complete=all(map(is_priced_in_full, counted)),
            )


def _becomes(
    programme: Programme, lines: Iterable[LineQuote], values: Mapping[str, Any], currency: str
) -> tuple[PlacedItem, ...]:
    """What the order adds to the record; `values` are those of the partner and the order by their ids."""
    definition = programme.order
    if definition is None:
        raise TypeError("read_order refuses this")
    ordered = [_ordered(programme, line, item) for line, item in zip(lines, values[ORDER], strict=True)]
    return placed_items(programme, definition, ordered, values.__getitem__, currency)


def _ordered(programme: Programme, line: LineQuote, item: Mapping[str, Value]) -> OrderedLine:
    """Whether a line is ordered, and what a value of it comes to."""

    def value(id: str) -> Value:
        return item[programme.values[id].inner_id]

    is_ordered = None if line.status == "undetermined" and line.rule is None else line.rule is not None
    return OrderedLine(is_ordered, line.unknown if is_ordered is None else (), value)


def _total(named: NamedValue, value: Value) -> Total:
    return Total(id=named.id, name=named.name, title=named.title, value=or_none(value), source=named.source)


def _line(programme: Programme, line: Mapping[str, Scalar], item: Mapping[str, Value]) -> LineQuote:
    """The quote of a line; `item` has the values of the line by name."""
    definition = programme.order
    if definition is None:
        raise TypeError("read_order refuses this")

    def value(id: str) -> Value:
        return item[programme.values[id].inner_id]

    refusals = [(refusal, value(refusal.when)) for refusal in definition.refusals]
    reasons = tuple(Reason(refusal.id, refusal.title, refusal.source) for refusal, holds in refusals if holds is True)
    number = int(item[LINE])  # type: ignore[arg-type]
    nothing = LineQuote(line=number, status="no_rule", fields=line, refusals=reasons)
    if reasons:
        cited = tuple(dict.fromkeys(clause for reason in reasons for clause in reason.source))
        return nothing._replace(status="refused", source=cited)
    chosen = value(definition.rule)
    deciding = [chosen, *(holds for _, holds in refusals)]
    if any(isinstance(condition, Unknown) for condition in deciding):
        may_apply = [rule for rule in definition.rules if value(rule.when) is not False]
        is_open = _sums({amount for rule in may_apply for amount in rule.amounts})
        condition = merge_any(*deciding)
        return nothing._replace(
            status="undetermined", unknown=missing(condition), undefined=causes(condition), open=is_open
        )
    rule = next((rule for rule in definition.rules if rule.id == chosen), None)
    if rule is None:
        return nothing
    customer = value(definition.customer_pays) if "customer_pays" in rule.amounts else None
    partner = value(definition.partner_pays) if "partner_pays" in rule.amounts else None
    margin = None if customer is None or partner is None else subtract(customer, partner)
    sums = {"customer_pays": customer, "partner_pays": partner, "margin": margin}
    is_open = tuple(name for name, amount in sums.items() if isinstance(amount, Unknown))
    open_amounts = merge_any(*(amount for amount in sums.values() if amount is not None))
    status: LineStatus = "undetermined" if is_open else "priced" if rule.amounts else "without_amount"
    return nothing._replace(
        status=status,
        rule=rule.id,
        title=rule.title,
        says=rule.says,
        customer_pays=or_none(customer),
        partner_pays=or_none(partner),
        margin=or_none(margin),
        unknown=missing(open_amounts),
        undefined=causes(open_amounts),
        source=rule.source,
        open=is_open,
    )


def _sums(amounts: Collection[str]) -> tuple[str, ...]:
    """The sums to which a line with these amounts contributes."""
    return (*sorted(amounts), "margin") if len(amounts) == 2 else tuple(amounts)


def sum_of(lines: Iterable[LineQuote], name: str) -> Number | None:
    """The sum of an amount over the lines that have it; None where a line that may have it is open."""
    total: Value = Decimal(0)
    for line in lines:
        if name in line.open:
            return None
        amount = getattr(line, name)
        if amount is not None:
            total = add(total, amount)
    return total  # type: ignore[return-value]
