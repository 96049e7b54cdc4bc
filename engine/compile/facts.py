"""Compiles the facts, lists and checks of facts.yaml, and checks the values written for facts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal

from ..language.parse import Scope
from ..language.syntax import short
from ..language.tree import names
from ..limits import MAX_TEXT
from ..problems import Fix, did_you_mean
from ..programme.model import LINE, NONE, ORDER, Fact, FactCheck, ListFact, NamedValue, plain_fact
from ..programme.owners import PROGRAMME, Role, id_of, of_list
from ..source.letters import is_visible
from ..source.scalars import DIGITS, Data, NotData, certain_fix, day_of, how_to_write
from ..values import NUMERIC, Kind
from .file_reader import FilePart, Files
from .tables import form_of


def compile_facts(files: Files) -> dict[str, Fact]:
    """Every valid fact by its name."""
    for row in files.rows("facts", "facts"):
        currency = row.data.get("currency")
        if currency and not currency.isupper():
            help = "write a code of three capital letters: EUR"
            row.problem("unknown-currency", f"'{currency}' is not a currency", row.place("currency"), help)
    return _usable(files.rows("facts", "facts"))


def _usable(rows: Iterable[FilePart]) -> dict[str, Fact]:
    """The facts of these rows that rules can use, by their names; a choice without options is left out."""
    facts = (_fact(row) for row in rows if "kind" in row.data)
    return {fact.id: fact for fact in facts if fact.kind is not Kind.CHOICE or fact.choices}


def compile_lists(files: Files) -> dict[str, ListFact]:
    """Every list by its name, with the valid fields of its items."""
    lists = {}
    order = files.row(*files.list_path(ORDER))
    for row in (*files.rows("facts", "lists"), *([order] if order else [])):
        fields = _usable(row.inner("fields"))
        if row.id == ORDER:
            fields[LINE] = plain_fact(LINE, Kind.COUNT)
        for field in fields.values():
            _check_default_from(row, field, fields)
            if field.currency and not field.currency.isupper():
                _check_currency_field(row, field, fields)
        values = tuple(id_of(of_list(row.id), Role.ITEM_VALUE, value.id) for value in row.inner("values"))
        keys = group_keys(row)
        empty = row.data.get("default") == [] or row.id == ORDER
        looks_at = frozenset(str(value.data["over"]) for value in row.inner("values") if "over" in value.data)
        lists[row.id] = ListFact(
            id=row.id,
            title=row.texts(),
            fields=fields,
            values=(*(id_of(of_list(row.id), Role.GROUP_KEY, key) for key in keys), *values),
            default_empty=empty,
            source=row.source(),
            looks_at=looks_at,
            effort_to_add=row.data_of("effort", "add"),
            effort_to_end=row.data_of("effort", "end"),
            group_of=row.data.get("group"),
            keys=keys,
        )
        row.optional_texts("unit")
    for id in [id for id, list_fact in lists.items() if list_fact.group_of and not _has_base(files, lists, id)]:
        del lists[id]
    return lists


def by_depth(lists: Mapping[str, ListFact]) -> list[str]:
    """The ids of the lists, each list of groups after the list whose items it groups."""

    def depth(id: str) -> int:
        group_of = lists[id].group_of
        return 0 if group_of is None else 1 + depth(group_of)

    return sorted(lists, key=depth)


def group_keys(row: FilePart) -> tuple[str, ...]:
    """The names of the fields or values by which a list groups the items of another; none of a list with fields."""
    written = row.data.get("by", ()) if "group" in row.data else ()
    return (written,) if isinstance(written, str) else tuple(written)


def _has_base(files: Files, lists: Mapping[str, ListFact], id: str) -> bool:
    """Whether the items of a list of groups come from a list that a record states; where not, that is reported."""
    row, seen, at = files.row(*files.list_path(id)), [id], lists[id].group_of
    while row is not None and at is not None:
        place = row.document.value_place((*row.path, "group"))
        if at in seen:
            if at == id == min(seen):
                message = f"'{id}' groups itself: {' → '.join((*seen, at))}"
                row.problem("circular-definition", message, place, "group the items of a list that has fields")
            return False
        if at not in lists or at == ORDER:
            if seen == [id] and at not in files.names("facts", "lists"):
                stated = [name for name in lists if name not in (id, ORDER)]
                row.unknown("unknown-list", "a list", at, stated, place)
            return False
        seen.append(at)
        at = lists[at].group_of
    return True


def _check_default_from(row: FilePart, field: Fact, fields: Mapping[str, Fact]) -> None:
    """Report a `default_from` that is not another field of the same kind with no `default_from` of its own."""
    valid = [id for id, candidate in fields.items()
             if candidate.kind is field.kind and not candidate.default_from and not candidate.none]  # fmt: skip
    if field.default_from and field.default_from not in valid:
        message = f"'{field.default_from}' is not a field of '{row.id}' of this kind"
        help = did_you_mean(field.default_from, valid)
        row.problem("unknown-name", message, row.place("fields", field.id, "default_from"), help)


def _check_currency_field(row: FilePart, field: Fact, fields: Mapping[str, Fact]) -> None:
    """Report a currency that is not the name of a field of kind choice."""
    valid = [id for id, choice in fields.items() if choice.kind is Kind.CHOICE]
    if field.currency not in valid:
        message = f"'{field.currency}' is not a choice among the fields of '{row.id}'"
        help = did_you_mean(str(field.currency), valid) or "write a code of three capital letters: EUR"
        row.problem("unknown-currency", message, row.place("fields", field.id, "currency"), help)


def compile_checks(files: Files, scope: Scope) -> tuple[list[FactCheck], list[NamedValue]]:
    """The conditions that plausible facts satisfy, and their values."""
    checks, values = [], []
    for row in files.rows("facts", "checks"):
        title, condition = row.texts(), row.expression("rule", scope=scope, kind=Kind.YES_NO)
        if condition is not None:
            value = NamedValue(
                id=id_of(PROGRAMME, Role.FACT_CHECK, row.id),
                owner=PROGRAMME,
                role=Role.FACT_CHECK,
                names=(row.id,),
                form=form_of(row.data["rule"], condition),
                kind=Kind.YES_NO,
                expression=condition,
                title=title,
                source=(),
                place=row.place("rule"),
            )
            checks.append(FactCheck(row.id, title, value.id, tuple(name.id for name in names(condition))))
            values.append(value)
    return checks, values


def _fact(row: FilePart) -> Fact:
    kind = Kind(row.data["kind"])
    choices = {choice.id: choice.texts() for choice in row.inner("choices")}
    if row.data.get("choices_from") == "products":
        choices = {product.id: product.texts() for product in row.files.rows("products", "products")}
    check_choices(row, kind, choices)
    bounds = {}
    for key in ("minimum", "maximum"):
        bounds[key] = row.data.get(key)
        if bounds[key] is not None and kind not in NUMERIC:
            row.problem("bounds", f"'{key}' has no meaning for the kind '{kind.value}'", row.place(key), "remove it")
    least, most = bounds["minimum"], bounds["maximum"]
    if least is not None and most is not None and least > most:
        row.problem("bounds", f"the minimum {least} is over the maximum {most}", row.place("minimum"), "swap them")
    ordered, currency = bool(row.data.get("ordered")), row.data.get("currency")
    check_form(row, kind)
    _check_effort(row, kind)
    _check_none(row, kind)
    fact = Fact(
        id=row.id,
        title=row.texts(),
        kind=kind,
        unit=row.optional_texts("unit"),
        choices=choices,
        default=None,
        minimum=least,
        maximum=most,
        source=row.source(),
        ordered=ordered,
        currency=currency,
        default_from=row.data.get("default_from"),
        effort=row.data.get("effort"),
        effort_for=row.data.get("effort_for", Decimal(1)),
        none=row.optional_texts("none"),
    )
    return fact._replace(default=_default(row, fact))


def _check_none(row: FilePart, kind: Kind) -> None:
    """Report `none` at a kind that says by itself that there is none, and beside a value that counts instead."""
    if "none" not in row.data:
        return
    if kind is not Kind.DATE and kind not in NUMERIC:
        help = "remove it; write an option 'none' among the choices, or a yes/no of its own"
        row.problem("wrong-form", f"'none' has no meaning for the kind '{kind.value}'", row.place("none"), help)
    for key in ("default_from", *(["default"] if row.data.get("default") != NONE else [])):
        if key in row.data:
            message = f"'{key}' and 'none' do not go together"
            help = "write 'default: none', or remove it" if key == "default" else "remove one of them"
            row.problem("wrong-form", message, row.place(key), help)


def _check_effort(row: FilePart, kind: Kind) -> None:
    """Report `effort` and `effort_for` in a line of an order or at a wrong kind, and a fractional step of a count."""
    of_order = row.path[0] == ORDER
    for key, fits in (("effort", kind is not Kind.TEXT), ("effort_for", kind in NUMERIC)):
        if key in row.data and (of_order or not fits):
            what = "a line of an order" if of_order else f"the kind '{kind.value}'"
            row.problem("wrong-form", f"'{key}' has no meaning for {what}", row.place(key), "remove it")
    step = row.data.get("effort_for")
    if kind is Kind.COUNT and step is not None and step % 1:
        row.problem("wrong-form", "a count changes by whole numbers", row.place("effort_for"), "write a whole number")


def check_form(row: FilePart, kind: Kind) -> None:
    """Report keys that the kind of the row cannot have."""
    for key, wanted in (("ordered", Kind.CHOICE), ("currency", Kind.MONEY)):
        if key in row.data and kind is not wanted:
            message = f"'{key}' has no meaning for the kind '{kind.value}'"
            row.problem("wrong-form", message, row.place(key), "remove it")


def check_choices(row: FilePart, kind: Kind, choices: Collection[str]) -> None:
    """Report a choice without options, and options of another kind; options of a wrong shape are reported already."""
    written = choices or row.document.at((*row.path, "choices"))
    if (kind is Kind.CHOICE) != bool(written):
        help = "list its options under 'choices'" if kind is Kind.CHOICE else "remove them, or write 'kind: choice'"
        message = "a choice needs its options" if kind is Kind.CHOICE else "only a choice has options"
        row.problem("choices", message, row.place("kind"), help)


def _default(row: FilePart, fact: Fact) -> bool | Decimal | date | str | None:
    if "default" not in row.data:
        return None
    value, wrong = fact_value(fact, row.data["default"])
    if wrong:
        place = row.document.value_place((*row.path, "default"))
        wanted, of_percentage = _JSON_TYPES.get(fact.kind, ()), fact.kind is Kind.PERCENT
        text = certain_fix(row.data["default"], wanted, of_percentage=of_percentage)
        row.problem("wrong-type", wrong[0], place, wrong[1], fix=Fix(place, text) if text else None)
    return value


#: the JSON type of a default by its kind, for kinds whose values people also write in other ways
_JSON_TYPES: Mapping[Kind, str] = {Kind.YES_NO: "boolean", Kind.COUNT: "integer", Kind.NUMBER: "number",
                                   Kind.PERCENT: "number", Kind.MONEY: "number"}  # fmt: skip


_WANTED = {Kind.YES_NO: "true or false", Kind.CHOICE: "one of the choices", Kind.TEXT: "a text", Kind.DATE: "a date"}


def fact_value(fact: Fact, written: Data) -> tuple[bool | Decimal | date | str | None, tuple[str, str | None] | None]:
    """What is written as a value of the fact; or None, with a message and the help, which may be None."""
    if fact.none and written == NONE:
        return NONE, None
    if isinstance(written, NotData):
        return None, (f"{written.shown} is not {_WANTED.get(fact.kind, 'a number')}", written.help)
    match fact.kind:
        case Kind.YES_NO:
            if isinstance(written, bool):
                return written, None
            help = how_to_write(written, "boolean") or "write true or false"
            return None, (f"{_shown(written)} is not true or false", help)
        case Kind.CHOICE:
            if isinstance(written, str) and written in fact.choices:
                return written, None
            return None, (f"{_shown(written)} is not one of the choices", did_you_mean(str(written), fact.choices))
        case Kind.TEXT:
            if isinstance(written, str) and 0 < len(written) <= MAX_TEXT and is_visible(written):
                return written, None
            long = isinstance(written, str) and len(written) > MAX_TEXT
            help = f"at most {MAX_TEXT} characters" if long else how_to_write(written, "string") or "write it in quotes"
            return None, (f"{_shown(written)} is not a text", help)
        case Kind.DATE:
            day = day_of(written)
            return day, None if day else (f"{_shown(written)} is not a date", "write it as 2026-01-31")
    if not isinstance(written, Decimal):
        help = how_to_write(written, "integer" if fact.kind is Kind.COUNT else "number") or DIGITS
        return None, (f"{_shown(written)} is not a number", help)
    return _number(fact, written)


def _number(fact: Fact, written: Decimal) -> tuple[Decimal | None, tuple[str, str | None] | None]:
    if fact.kind is Kind.COUNT and written % 1:
        return None, (f"{written} is not a whole number", "a count is 0, 1, 2 …")
    least = fact.minimum if fact.minimum is not None else Decimal(0) if fact.kind is Kind.COUNT else None
    if least is not None and written < least:
        return None, (f"{written} is under {least}", f"the least possible is {least}")
    if fact.maximum is not None and written > fact.maximum:
        return None, (f"{written} is over {fact.maximum}", f"the greatest possible is {fact.maximum}")
    return written, None


def _shown(written: Data) -> str:
    match written:
        case bool():
            return str(written).lower()
        case str():
            return f"'{short(written)}'"
        case dict():
            return "a map of keys"
        case list():
            return "a list"
        case None:
            return "nothing"
        case _:
            return str(written)
