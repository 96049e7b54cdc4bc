"""The names that expressions may use: in general, within a tier, and over the items of a list.

Facts, lists and definitions share one namespace, and the fields of a list use no name of it: a name has one meaning
everywhere.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..language.calls import FUNCTIONS, Symbol
from ..language.parse import Scope
from ..problems import Place, Problem
from ..programme.model import INPUTS, LINE, MAIN, NO_TIER, ORDER, Fact, ListFact, Texts
from ..programme.owners import PROGRAMME, WHOLE_ORDER, Role, id_of, of_list, of_tier, of_track
from ..values import Kind
from .file_reader import FilePart, Files, list_path
from .programme_functions import programme_functions

#: names in rules of price of the partner's own discounts, and the field of `Discount` that each one is
OWN = {"tier_discount": "base", "partner_discount": "in_price", "bonus_in_kind": "in_kind"}

CAP = "discount_cap"  #: the name in claims of the cap on discount plus bonuses
REFUSED = "refused"  #: the name in rules of price of whether a line is refused

_RESERVED = {*FUNCTIONS, *programme_functions(), *INPUTS, *OWN, CAP, LINE, ORDER, REFUSED, "true", "false"}


#: columns that stand beside the facts in a table of partners, and beside the fields in a table of a list's items
_COLUMNS_OF_PARTNERS, _COLUMNS_OF_ITEMS = ("partner", "since"), ("partner",)


class Scopes(NamedTuple):
    """The names for rules of the whole programme, for the rules of each tier, and for the items of each list."""

    general: Scope
    by_tier: Mapping[str, Scope]
    by_list: Mapping[str, Scope]
    order: Scope  #: for values of a whole order


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
    for _, column in columns(files):
        symbols[column.id] = _value_symbol(column, id_of(PROGRAMME, Role.DEFINITION, column.id), lists)
    tables: dict[str, FilePart] = {}
    for row in named_values(files):
        if row.id in facts:
            continue
        if "by_tier" in row.data:
            tables[row.id] = row
        else:
            symbols[row.id] = _value_symbol(row, id_of(PROGRAMME, Role.DEFINITION, row.id), lists)
    symbols |= _tier_symbols(files)
    tiers = tuple(files.names("tiers", "tiers"))
    broken = named - symbols.keys() - tables.keys() - lists.keys()
    partial = not (files.is_whole("facts", "facts") and files.is_whole("definitions", "definitions"))
    elsewhere = dict.fromkeys(tables, "it differs by tier: use it in a rule of a tier")
    for id, list_fact in lists.items():
        elsewhere[id] = "it is a list: define what its items come to, with 'take' and 'over'"
        inner = files.row(*list_path(id))
        values = inner.inner("values") if inner else ()
        for name in (*list_fact.fields, *(row.id for row in values)):
            elsewhere.setdefault(name, f"it is of each item of '{id}': define what they come to, with 'take'")
    discounted = tuple(row.id for row in files.rows("tiers", "tiers") if row.holds("discount"))
    named_tiers = (tiers, discounted) if files.is_whole("tiers", "tiers") else ()
    general = Scope(symbols, elsewhere, broken, partial, {**FUNCTIONS, **programme_functions(*named_tiers)})
    by_tier = {tier: _tier_scope(tier, general, tables, tiers, lists) for tier in tiers}
    order = general._replace(symbols={**general.symbols, **_order_symbols(files, lists)})
    by_list = {id: _item_scope(files, lists[id], order if id == ORDER else general, lists) for id in lists}
    return Scopes(general, by_tier, by_list, order)


def fact_symbol(fact: Fact, id: str, item: str = "") -> Symbol:
    """What the name of a fact, or of a field of the item with this id, stands for."""
    varies = fact.currency is not None and not fact.currency.isupper()
    currency = f"{item}.{fact.currency}" if varies else fact.currency
    return Symbol(id, fact.kind, tuple(fact.choices), fact.ordered, currency)


def named_values(files: Files) -> Iterator[FilePart]:
    """The rows of the definitions that have a valid kind."""
    return (row for row in files.rows("definitions", "definitions") if "kind" in row.data)


def columns(files: Files) -> Iterator[tuple[FilePart, FilePart]]:
    """Each table of several columns, with each of its columns that has a valid kind."""
    for table in files.rows("definitions", "tables"):
        for column in table.inner("columns"):
            if "kind" in column.data:
                yield table, column


def nested_scope(outer: Scope, inner: Scope, lists: tuple[str, str]) -> Scope:
    """The names over the items of one list for a value of another list's items; names of both are ambiguous.

    `lists` are the ids of the outer and the inner list.
    """
    ambiguous = {name for name, symbol in inner.symbols.items() if outer.symbols.get(name, symbol) != symbol}
    symbols = {name: symbol for name, symbol in {**outer.symbols, **inner.symbols}.items() if name not in ambiguous}
    help = f"the items of '{lists[0]}' and of '{lists[1]}' both have it: give one of them another name"
    elsewhere = {name: help for name, help in outer.elsewhere.items() if name not in symbols}
    return inner._replace(symbols=symbols, elsewhere={**elsewhere, **dict.fromkeys(ambiguous, help)})


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
    """The options of the field that an aggregate takes its choice from; None where there is no such field."""
    list_fact = lists.get(str(row.data.get("over")))
    field = list_fact.fields.get(str(row.data.get("of"))) if list_fact else None
    return field.choices if field else None


def _tier_scope(
    tier: str, general: Scope, tables: Mapping[str, FilePart], tiers: tuple[str, ...], lists: Mapping[str, ListFact]
) -> Scope:
    """The names within a tier: the general ones, and its row of each definition that differs by tier."""
    own, absent, silent = dict(general.symbols), dict(general.elsewhere), set(general.broken)
    for name, row in tables.items():
        absent.pop(name, None)
        if tier in row.data["by_tier"]:
            own[name] = _value_symbol(row, id_of(of_tier(tier), Role.DEFINITION, name), lists)
        elif row.holds("by_tier", tier) or any(key not in tiers for key in row.data["by_tier"]):
            silent.add(name)  # its row is broken, or another row may be a misspelling of this tier
        else:
            absent[name] = f"it has no value for the tier '{tier}': add one under its 'by_tier'"
    return general._replace(symbols=own, elsewhere=absent, broken=silent)


def _item_scope(files: Files, items: ListFact, general: Scope, lists: Mapping[str, ListFact]) -> Scope:
    """The names over the items of a list: the general ones, and the items' fields and values."""
    fields = {fact.id: fact_symbol(fact, id, items.item) for id, fact in items.fields_by_id().items()}
    inner, path = files.row(*list_path(items.id)), list_path(items.id)
    rows = [row for row in inner.inner("values") if "kind" in row.data] if inner else []
    values = {row.id: _value_symbol(row, id_of(of_list(items.id), Role.ITEM_VALUE, row.id), lists) for row in rows}
    for name, symbol in values.items():
        if symbol.currency and not symbol.currency.isupper():
            values[name] = symbol._replace(currency=items.id_of(symbol.currency))
    written = {*files.names(*path, "fields"), *files.names(*path, "values")}
    if items.id == ORDER:
        values[REFUSED] = Symbol(id_of(of_list(ORDER), Role.REFUSED), Kind.YES_NO)
    symbols = {**general.symbols, **fields, **values}
    elsewhere = {name: help for name, help in general.elsewhere.items() if name not in symbols}
    return general._replace(symbols=symbols, elsewhere=elsewhere, broken={*general.broken, *(written - symbols.keys())})


def _names(files: Files) -> Iterator[tuple[str, Place]]:
    """Every name of the shared namespace with its place, rows of the wrong shape included."""
    for kind, table in (("facts", "facts"), ("facts", "lists"), ("definitions", "definitions")):
        yield from files.names(kind, table).items()
    for table in files.names("definitions", "tables"):
        yield from files.names("definitions", "tables", table, "columns").items()


def _check_names(files: Files) -> None:
    """Report names that are taken twice, and names that are words of the language."""
    reserved = _RESERVED | {tier_name(track) for track in tracks_of(files)}
    first: dict[str, Place] = {}
    lists = [list_path(id) for id in (*files.names("facts", "lists"), ORDER)]
    by_list = [[files.names(*path, table) for table in ("fields", "values", "totals")] for path in lists]
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
        (files.names(*list_path(id), "fields"), _COLUMNS_OF_ITEMS, f"the items of '{id}'")
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
