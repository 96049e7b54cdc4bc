"""The names that expressions may use: in general, within a tier, and over the items of a list.

Facts, lists and definitions share one namespace, and the fields of a list use no name of it: a name has one meaning
everywhere.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, get_args

from ..language.calls import FUNCTIONS
from ..language.function_names import PartOfDay
from ..language.parse import Scope
from ..language.symbols import Symbol
from ..language.tree import Name, own_id
from ..limits import MAX_DEPTH
from ..problems import Place, Problem
from ..programme.model import FIRST, INPUTS, LINE, MAIN, NO_TIER, ORDER, Calendar, Fact, ListFact, Texts
from ..programme.owners import PROGRAMME, WHOLE_ORDER, Role, id_of, of_list, of_tier, of_track
from ..values import Kind
from .by_tier import ByTier, cells_by_tier, column_data, has_broken_cell, with_readers
from .calendar import CALENDAR_FUNCTIONS, calendar_functions, compile_calendar
from .facts import by_depth, group_keys
from .file_reader import FilePart, Files
from .periods import balance_rows, before_symbols, figure_symbols, period_figures
from .programme_functions import OWN_ITEM, before_period, own_bonus, own_text, programme_functions
from .required import required_values

#: names in rules of price of the partner's own discounts, and the field of `Discount` that each one is
OWN = {"tier_discount": "base", "partner_discount": "in_price", "bonus_in_kind": "in_kind"}

CAP = "discount_cap"  #: the name in claims of the cap on discount plus bonuses
REFUSED = "refused"  #: the name in rules of price of whether a line is refused

#: words of functions that facts and fields may be called too, as they often are: a call has brackets
_SHARED = {*get_args(PartOfDay), "own", "has", "bonus", "convert", "before", "is_business_day", "fiscal_quarter"}
_FUNCTIONS = {*FUNCTIONS, *programme_functions(), *CALENDAR_FUNCTIONS} - _SHARED
_RESERVED = {*_FUNCTIONS, *INPUTS, *OWN, CAP, LINE, ORDER, REFUSED, "true", "false", "unknown"}


#: columns that stand beside the facts in a table of partners, and beside the fields in a table of a list's items
_TABLES = ("fields", "adds", "uses", "values", "totals")  #: tables of names of what a list has
_COLUMNS_OF_PARTNERS, _COLUMNS_OF_ITEMS = ("partner", "since"), ("partner",)


class Scopes(NamedTuple):
    """The names for rules of the whole programme, for the rules of each tier, and for the items of each list."""

    general: Scope
    by_tier: Mapping[str, Scope]
    by_list: Mapping[str, Scope]
    order: Scope  #: for values of a whole order
    differing: Mapping[str, ByTier]  #: the definitions that differ by tier
    calendar: Calendar  #: what functions over fiscal years and business days go by

    def of(self, list: str) -> Scope:
        """The names that rules over the items of a list share with others."""
        return self.order if list == ORDER else self.general


def tracks_of(files: Files) -> dict[str, tuple[str, ...]]:
    """The ids of the tiers of each track, in order; a tier that names no track is on `main`."""
    tracks: dict[str, list[str]] = {MAIN: [], **{name: [] for name in files.names("tiers", "tracks")}}
    for tier in files.names("tiers", "tiers"):
        row = files.row("tiers", "tiers", tier)
        track = row.data.get("track", MAIN) if row else MAIN
        if track in tracks:
            tracks[track].append(tier)
    return {track: tuple(tiers) for track, tiers in tracks.items()}


def tier_name(track: str) -> str:
    """The name in expressions of the tier that a partner has on a track."""
    return "tier" if track == MAIN else f"{track}_tier"


def compile_scopes(files: Files, facts: Mapping[str, Fact], lists: Mapping[str, ListFact]) -> Scopes:
    """What each name stands for; reports names that are taken or reserved."""
    _check_names(files)
    _check_columns(files)
    named = {name for name, _ in _names(files)}
    symbols = {fact.id: fact_symbol(fact, fact.id) for fact in facts.values()}
    tiers = tuple(files.names("tiers", "tiers"))
    differing = _differing(files, facts, tiers)
    balances = [row for row in balance_rows(files) if row.id not in facts]
    for row in (*(column for _, column in columns(files)), *named_values(files)):
        if row.id not in differing and row.id not in facts:
            symbols[row.id] = _value_symbol(row, id_of(PROGRAMME, Role.DEFINITION, row.id), lists)
    symbols |= {row.id: _value_symbol(row, id_of(PROGRAMME, Role.DEFINITION, row.id), lists) for row in balances}
    symbols |= _tier_symbols(files)
    broken = named - symbols.keys() - differing.keys() - lists.keys()
    partial = not (files.is_whole("facts", "facts") and files.is_whole("definitions", "definitions"))
    elsewhere = dict.fromkeys(differing, "it differs by tier: use it in a rule of a tier")
    for id, list_fact in lists.items():
        elsewhere[id] = "it is a list: define what its items come to, with 'take' and 'over'"
        inner = files.row(*files.list_path(id))
        values = inner.inner("values") if inner else ()
        names = (figure.name for figure in period_figures(inner)) if inner and list_fact.balance else list_fact.fields
        for name in (*names, *(group_keys(inner) if inner else ()), *(row.id for row in values)):
            elsewhere.setdefault(name, f"it is of each item of '{id}': define what they come to, with 'take'")
    discounted = tuple(row.id for row in files.rows("tiers", "tiers") if row.holds("discount"))
    is_whole = files.is_whole("tiers", "tiers") and files.is_whole("eligibility")
    required = required_values(files, differing) if is_whole else None
    named_tiers = (tiers, discounted, required) if files.is_whole("tiers", "tiers") else ()
    calendar = compile_calendar(files)
    functions = {**FUNCTIONS, **programme_functions(*named_tiers), **calendar_functions(files, calendar)}
    general = Scope(symbols, elsewhere, broken, partial, functions)
    by_tier = {tier: _tier_scope(tier, general, differing, lists) for tier in tiers}
    bonus = own_bonus(tuple(files.names("bonuses", "bonuses")), all_known=files.is_whole("bonuses", "bonuses"))
    order = general._replace(
        symbols={**general.symbols, **_order_symbols(files, lists)}, functions={**functions, "bonus": bonus}
    )
    by_list: dict[str, Scope] = {}
    for id in by_depth(lists):
        by_list[id] = item_scope(files, lists[id], order if id == ORDER else general, lists, by_list)
    return Scopes(general, by_tier, by_list, order, differing, calendar)


def fact_symbol(fact: Fact, id: str, item: str = "") -> Symbol:
    """What the name of a fact, or of a field of the item with this id, stands for."""
    currency = fact.currency
    if currency is not None and not currency.isupper():  # a field of the item; of a fact it is no currency, and told
        currency = f"{item}.{currency}" if item else None
    return Symbol(id, fact.kind, tuple(fact.choices), fact.ordered, currency, optional=fact.none is not None)


def named_values(files: Files) -> Iterator[FilePart]:
    """The rows of the definitions that have a valid kind."""
    return (row for row in files.rows("definitions", "definitions") if "kind" in row.data)


def columns(files: Files) -> Iterator[tuple[FilePart, FilePart]]:
    """Each table of several columns, with each of its columns that has a valid kind."""
    for table in files.rows("definitions", "tables"):
        for column in table.inner("columns"):
            if "kind" in column.data:
                yield table, column


def nested_scope(outer: Scope, inner: Scope, own: Mapping[str, Symbol]) -> Scope:
    """The names over the items of a list for a value of an item, which may be of the same list.

    A name of both is that of the items looked at. `own` has what each name of the item whose value is worked out stands
    for, by the text that asks for it: `own(customer)`.
    """
    symbols = {**outer.symbols, **inner.symbols, **own}
    elsewhere = {name: help for name, help in outer.elsewhere.items() if name not in symbols}
    functions = {**inner.functions, "own": OWN_ITEM, "before": outer.functions["before"]}
    return inner._replace(symbols=symbols, elsewhere=elsewhere, functions=functions)


def own_symbols(item: Scope, general: Scope, *, same_list: bool) -> dict[str, Symbol]:
    """What the names of the item whose value is worked out stand for, by the text that asks for them: `own(customer)`.

    `item` has the names over the items of its list; with `same_list` the items looked at are the others of that list.
    """
    own = {own_text(name): symbol for name, symbol in item.symbols.items() if general.symbols.get(name) != symbol}
    if not same_list:
        return own
    return {name: symbol._replace(own=True, currency=_own_currency(symbol)) for name, symbol in own.items()}


def _own_currency(symbol: Symbol) -> str | None:
    """The currency of an amount of the item at hand: that its own field holds is no other item's."""
    code = symbol.currency
    return code if code is None or code.isupper() else own_id(code)


def _tier_symbols(files: Files) -> dict[str, Symbol]:
    """The symbols of the inputs, and of the tier that the partner has on each track."""
    tracks = tracks_of(files)
    options = {Kind.CHOICE: (NO_TIER, *tracks[MAIN])}
    symbols = {name: Symbol(name, kind, options.get(kind, ())) for name, kind in INPUTS.items()}
    whole = files.row("tiers")
    awarded = whole is not None and whole.data.get("award") == "highest"
    for track, tiers in tracks.items():
        ordered = awarded or track != MAIN
        symbols[tier_name(track)] = Symbol(id_of(of_track(track), Role.TIER), Kind.CHOICE, (NO_TIER, *tiers), ordered)
    symbols["held_tier"] = symbols["held_tier"]._replace(ordered=awarded)
    return symbols


def _order_symbols(files: Files, lists: Mapping[str, ListFact]) -> dict[str, Symbol]:
    """The symbols of the partner's own discounts, and of the values of a whole order."""
    symbols = {name: Symbol(id_of(WHOLE_ORDER, Role.OWN_DISCOUNT, name), Kind.PERCENT) for name in OWN}
    row = files.row("prices", ORDER)
    for part in row.inner("totals") if row else ():
        if "kind" in part.data:
            symbols[part.id] = _value_symbol(part, id_of(WHOLE_ORDER, Role.ORDER_TOTAL, part.id), lists)
    return symbols


def _value_symbol(row: FilePart, id: str, lists: Mapping[str, ListFact]) -> Symbol:
    choices = tuple(row.data.get("choices") or choices_taken(row, lists) or ())
    return Symbol(id, Kind(row.data["kind"]), choices, bool(row.data.get("ordered")), row.data.get("currency"))


def choices_taken(row: FilePart, lists: Mapping[str, ListFact]) -> Mapping[str, Texts] | None:
    """The options of the field, key or value that an aggregate takes its choice from; None where it has none."""
    files, taken = row.files, row
    for _ in range(MAX_DEPTH):  # values that take their choices from each other in a circle have none
        name, list_fact = str(taken.data.get("of")), lists.get(str(taken.data.get("over")))
        while list_fact and list_fact.group_of and name in list_fact.keys:
            list_fact = lists[list_fact.group_of]
        if list_fact is None or name in list_fact.fields:
            return list_fact.fields[name].choices if list_fact else None
        inner = files.row(*files.list_path(list_fact.id))
        value = inner.part("values", name) if inner else None
        if value is None:
            return None
        if "choices" in value.data:
            return {option.id: dict(option.data.get("title") or {}) for option in value.inner("choices")}
        taken = value
    return None


def _differing(files: Files, facts: Mapping[str, Fact], tiers: tuple[str, ...]) -> dict[str, ByTier]:
    """The definitions and columns of tables that differ by tier, by their names."""
    own: dict[str, ByTier] = {}
    others: dict[str, tuple[FilePart, Any]] = {}
    for row in named_values(files):
        cells = cells_by_tier(row, "value")
        if row.id in facts:
            continue
        if cells is None:
            others[row.id] = row, row.data
        else:
            is_open = any(key not in tiers for key in cells)  # another row may be a misspelling of a tier
            broken = {tier for tier in tiers if tier not in cells and (is_open or has_broken_cell(row, "value", tier))}
            own[row.id] = ByTier(row, cells, silent=frozenset(broken))
    for table, column in columns(files):
        others.setdefault(column.id, (column, column_data(table, column.id)))
    return with_readers(own, others, tiers)


def _tier_scope(tier: str, general: Scope, differing: Mapping[str, ByTier], lists: Mapping[str, ListFact]) -> Scope:
    """The names within a tier: the general ones, and its row of each definition that differs by tier."""
    own, absent, silent = dict(general.symbols), dict(general.elsewhere), set(general.broken)
    for name, definition in differing.items():
        absent.pop(name, None)
        if tier in definition.cells:
            own[name] = _value_symbol(definition.row, id_of(of_tier(tier), Role.DEFINITION, name), lists)
        elif tier in definition.silent:
            silent.add(name)
        else:
            absent[name] = definition.lacking(tier, differing)
    return general._replace(symbols=own, elsewhere=absent, broken=silent, owner=tier)


def item_scope(
    files: Files, items: ListFact, general: Scope, lists: Mapping[str, ListFact], by_list: Mapping[str, Scope]
) -> Scope:
    """The names over the items of a list: the general ones, or those of a tier, and the items' fields and values.

    Of groups the keys are names; `by_list` has the names over the items that are grouped.
    """
    fields = {fact.id: fact_symbol(fact, id, items.item) for id, fact in items.fields_by_id().items()}
    inner, path = files.row(*files.list_path(items.id)), files.list_path(items.id)
    rows = [row for row in inner.inner("values") if "kind" in row.data] if inner else []
    values = {row.id: _value_symbol(row, id_of(of_list(items.id), Role.ITEM_VALUE, row.id), lists) for row in rows}
    for name, symbol in values.items():
        if symbol.currency and not symbol.currency.isupper():
            values[name] = symbol._replace(currency=items.id_of(symbol.currency))
    written = {*files.names(*path, "fields"), *files.names(*path, "values")}
    if inner and items.group_of:
        grouped, keys = by_list[items.group_of], group_keys(inner)
        written |= {*keys}
        fields |= {key: _key_symbol(items, key, grouped.symbols[key]) for key in keys if key in grouped.symbols}
    functions = general.functions
    if inner and items.balance:
        values = {**figure_symbols(inner), **values}
        fields |= before_symbols(fields)
        first = Name(items.id_of(FIRST), Kind.YES_NO, FIRST)
        functions = {**functions, "before": before_period(first)}
    if items.id == ORDER:
        values[REFUSED] = Symbol(id_of(of_list(ORDER), Role.REFUSED), Kind.YES_NO)
    symbols = {**general.symbols, **fields, **values}
    elsewhere = {name: help for name, help in general.elsewhere.items() if name not in symbols}
    broken = {*general.broken, *(written - symbols.keys())}
    return general._replace(symbols=symbols, elsewhere=elsewhere, broken=broken, functions=functions)


def _key_symbol(groups: ListFact, key: str, symbol: Symbol) -> Symbol:
    """What the name of a key stands for: what the items of a group have in common."""
    currency = symbol.currency if symbol.currency and symbol.currency.isupper() else None
    return symbol._replace(id=id_of(of_list(groups.id), Role.GROUP_KEY, key), currency=currency)


def _keys(files: Files, path: tuple[str, ...]) -> dict[str, Place]:
    """The names of the keys of a list of groups with their place."""
    row = files.row(*path)
    return {} if row is None else dict.fromkeys(group_keys(row), row.place("by"))


def _figures(files: Files, path: tuple[str, ...]) -> dict[str, Place]:
    """The names of the values of a period of a balance that have no row of their own, with the place of the balance."""
    row = files.row(*path)
    is_balance = row is not None and path[0] == "balances" and "kind" in row.data
    own = [figure.name for figure in period_figures(row) if figure.row is None] if row and is_balance else []
    return dict.fromkeys(own, row.place()) if row else {}


def _names(files: Files) -> Iterator[tuple[str, Place]]:
    """Every name of the shared namespace with its place, rows of the wrong shape included."""
    for kind, table in (
        ("facts", "facts"),
        ("facts", "lists"),
        ("definitions", "definitions"),
        ("balances", "balances"),
    ):
        yield from files.names(kind, table).items()
    for table in files.names("definitions", "tables"):
        yield from files.names("definitions", "tables", table, "columns").items()


def _check_names(files: Files) -> None:
    """Report names that are taken twice, and names that are words of the language."""
    reserved = _RESERVED | {tier_name(track) for track in tracks_of(files)}
    first: dict[str, Place] = {}
    ids = (*files.names("facts", "lists"), *files.names("balances", "balances"), ORDER)
    lists = [files.list_path(id) for id in dict.fromkeys(ids)]
    by_list = [
        [_keys(files, path), _figures(files, path), *(files.names(*path, table) for table in _TABLES)] for path in lists
    ]
    fields = [name for tables in by_list for table in tables for name in table.items()]
    for name, place in (*_names(files), *fields):
        if keyword.iskeyword(name) or name in reserved:
            message = f"'{name}' is a word of the language"
            files.problems.append(Problem("reserved-name", message, place, "choose another name"))
    for name, place in files.names("tiers", "tiers").items():
        if name == NO_TIER:
            message = f"'{name}' is what the tier of a partner without one is called"
            files.problems.append(Problem("reserved-name", message, place, "choose another name"))
    for name, place in _names(files):
        earlier = first.setdefault(name, place)
        if earlier is not place:
            _taken(files, name, place, earlier)
    for tables in by_list:
        own: dict[str, Place] = {}
        for table in tables:
            for name, place in table.items():
                earlier = first.get(name) or own.setdefault(name, place)
                if earlier is not place:
                    _taken(files, name, place, earlier)


def _check_columns(files: Files) -> None:
    """Report facts and fields of lists with the name of another column of their table (`tier` is a word anyway)."""
    facts = [(files.names("facts", "facts"), _COLUMNS_OF_PARTNERS, "partners")]
    fields = [
        (files.names(*files.list_path(id), "fields"), _COLUMNS_OF_ITEMS, f"the items of '{id}'")
        for id in files.names("facts", "lists")
    ]
    for names, taken, rows in (*facts, *fields):
        for name in taken:
            if name in names:
                message = f"'{name}' is already the name of a column in tables of {rows}"
                files.problems.append(Problem("ambiguous-column", message, names[name], "choose another name"))


def _taken(files: Files, name: str, place: Place, earlier: Place) -> None:
    file = earlier.source.path.replace("\\", "/").rpartition("/")[2]
    what = "a fact" if name in files.names("facts", "facts") else "a name"
    help = f"'{name}' is {what} already, in {file}:{earlier.line}; choose another name"
    files.problems.append(Problem("duplicate-id", f"the name '{name}' is taken", place, help))
