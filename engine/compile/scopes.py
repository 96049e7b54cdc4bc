"""The names that expressions may use: in general, within a tier, and over the items of a list.

Facts, lists and definitions share one space of names, and a list's fields take none of theirs: a name means one thing
wherever it stands.
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

#: the partner's own discounts, by their names in rules of price: its tier's, what lowers the price, what does not
OWN = {"tier_discount": "base", "partner_discount": "in_price", "bonus_in_kind": "in_kind"}

CAP = "discount_cap"  #: the cap on discount plus bonuses, by its name in claims
REFUSED = "refused"  #: whether a line is, by its name in rules of price

_RESERVED = {*FUNCTIONS, *programme_functions(), *INPUTS, *OWN, CAP, LINE, ORDER, REFUSED, "true", "false"}


class Scopes(NamedTuple):
    """The names for rules of the whole programme, for the rules of each tier, and for the items of each list."""

    general: Scope
    by_tier: Mapping[str, Scope]
    by_list: Mapping[str, Scope]
    order: Scope  #: for values of a whole order


def tracks_of(files: Files) -> dict[str, tuple[str, ...]]:
    """The tiers of each track, in order; those that name none are of the programme's own."""
    tracks: dict[str, list[str]] = {MAIN: [], **{name: [] for name in files.names("tiers", "tracks")}}
    for tier in files.names("tiers", "tiers"):
        row = files.row("tiers", "tiers", tier)
        track = row.data.get("track", MAIN) if row else MAIN
        if track in tracks:
            tracks[track].append(tier)
    return {track: tuple(tiers) for track, tiers in tracks.items()}


def tier_name(track: str) -> str:
    """As what the tier that a partner has on a track is known in expressions."""
    return "tier" if track == MAIN else f"{track}_tier"


def compile_scopes(files: Files, facts: Mapping[str, Fact], lists: Mapping[str, ListFact]) -> Scopes:
    """What each name stands for."""
    _check_names(files)
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
    for one in lists.values():
        elsewhere[one.id] = "it is a list: define what its items come to, with 'take' and 'over'"
        inner = files.row(*list_path(one.id))
        own = [*one.fields, *(row.id for row in inner.inner("values"))] if inner else [*one.fields]
        for name in own:
            elsewhere.setdefault(name, f"it is of each item of '{one.id}': define what they come to, with 'take'")
    discounted = tuple(row.id for row in files.rows("tiers", "tiers") if row.holds("discount"))
    asked = (tiers, discounted) if files.is_whole("tiers", "tiers") else ()
    general = Scope(symbols, elsewhere, broken, partial, {**FUNCTIONS, **programme_functions(*asked)})
    by_tier = {tier: _tier_scope(tier, general, tables, tiers, lists) for tier in tiers}
    order = general._replace(symbols={**general.symbols, **_order_symbols(files, lists)})
    by_list = {one.id: _item_scope(files, one, order if one.id == ORDER else general, lists) for one in lists.values()}
    return Scopes(general, by_tier, by_list, order)


def fact_symbol(fact: Fact, id: str, item: str = "") -> Symbol:
    """What the name of a fact, or of a field of an item, stands for."""
    varies = fact.currency is not None and not fact.currency.isupper()
    return Symbol(
        id, fact.kind, tuple(fact.choices), fact.ordered, f"{item}.{fact.currency}" if varies else fact.currency
    )


def named_values(files: Files) -> Iterator[FilePart]:
    """The definitions whose kind is known."""
    return (row for row in files.rows("definitions", "definitions") if "kind" in row.data)


def columns(files: Files) -> Iterator[tuple[FilePart, FilePart]]:
    """Each table of several columns with each of its columns whose kind is known."""
    for table in files.rows("definitions", "tables"):
        for column in table.inner("columns"):
            if "kind" in column.data:
                yield table, column


def nested(outer: Scope, inner: Scope, lists: tuple[str, str]) -> Scope:
    """The names over the items of one list, for a value of the items of another: those that both have are in doubt."""
    twice = {name for name, symbol in inner.symbols.items() if name in outer.symbols and outer.symbols[name] != symbol}
    symbols = {name: symbol for name, symbol in {**outer.symbols, **inner.symbols}.items() if name not in twice}
    doubt = f"the items of '{lists[0]}' and of '{lists[1]}' both have it: give one of them another name"
    elsewhere = {name: help for name, help in outer.elsewhere.items() if name not in symbols}
    return inner._replace(symbols=symbols, elsewhere={**elsewhere, **dict.fromkeys(twice, doubt)})


def _tier_symbols(files: Files) -> dict[str, Symbol]:
    """The day, the tier held, and the tier that the partner has on each track."""
    tracks = tracks_of(files)
    found = {name: Symbol(name, kind, (NO_TIER, *tracks[MAIN]) if kind is Kind.CHOICE else ())
             for name, kind in INPUTS.items()}  # fmt: skip
    whole = files.row("tiers")
    awarded = whole is not None and whole.data.get("award") == "highest"
    for track, tiers in tracks.items():
        ordered = awarded or track != MAIN
        found[tier_name(track)] = Symbol(id_of(of_track(track), Role.TIER), Kind.CHOICE, (NO_TIER, *tiers), ordered)
    found["held_tier"] = found["held_tier"]._replace(ordered=awarded)
    return found


def _order_symbols(files: Files, lists: Mapping[str, ListFact]) -> dict[str, Symbol]:
    """The partner's own discounts, and the values of a whole order."""
    found = {name: Symbol(id_of(WHOLE_ORDER, Role.OWN_DISCOUNT, name), Kind.PERCENT) for name in OWN}
    row = files.row("prices", ORDER)
    for part in row.inner("totals") if row else ():
        if "kind" in part.data:
            found[part.id] = _value_symbol(part, id_of(WHOLE_ORDER, Role.ORDER_TOTAL, part.id), lists)
    return found


def _value_symbol(row: FilePart, id: str, lists: Mapping[str, ListFact]) -> Symbol:
    choices = tuple(row.data.get("choices") or choices_taken(row, lists) or ())
    return Symbol(id, Kind(row.data["kind"]), choices, bool(row.data.get("ordered")), row.data.get("currency"))


def choices_taken(row: FilePart, lists: Mapping[str, ListFact]) -> Mapping[str, Texts] | None:
    """The options of the field that an aggregate takes its choice from; None where there is no field."""
    one = lists.get(str(row.data.get("over")))
    field = one.fields.get(str(row.data.get("of"))) if one else None
    return field.choices if field else None


def _tier_scope(
    tier: str, general: Scope, tables: Mapping[str, FilePart], tiers: tuple[str, ...], lists: Mapping[str, ListFact]
) -> Scope:
    """The names in a tier: also its row of each table by tier."""
    own, absent, silent = dict(general.symbols), dict(general.elsewhere), set(general.broken)
    for name, row in tables.items():
        absent.pop(name, None)
        if tier in row.data["by_tier"]:
            own[name] = _value_symbol(row, id_of(of_tier(tier), Role.DEFINITION, name), lists)
        elif row.holds("by_tier", tier) or any(key not in tiers for key in row.data["by_tier"]):
            silent.add(name)  # its row is mistaken, or the tier may be one that is misspelt
        else:
            absent[name] = f"it has no value for the tier '{tier}': add one under its 'by_tier'"
    return general._replace(symbols=own, elsewhere=absent, broken=silent)


def _item_scope(files: Files, one: ListFact, general: Scope, lists: Mapping[str, ListFact]) -> Scope:
    """The names over the items of a list: also their fields and values."""
    fields = {fact.id: fact_symbol(fact, id, one.item) for id, fact in one.fields_by_id().items()}
    inner, path = files.row(*list_path(one.id)), list_path(one.id)
    rows = [row for row in inner.inner("values") if "kind" in row.data] if inner else []
    values = {row.id: _value_symbol(row, id_of(of_list(one.id), Role.ITEM_VALUE, row.id), lists) for row in rows}
    for name, symbol in values.items():
        if symbol.currency and not symbol.currency.isupper():
            values[name] = symbol._replace(currency=one.id_of(symbol.currency))
    written = {*files.names_of(*path, "fields"), *files.names_of(*path, "values")}
    if one.id == ORDER:
        values[REFUSED] = Symbol(id_of(of_list(ORDER), Role.REFUSED), Kind.YES_NO)
    known = {**general.symbols, **fields, **values}
    elsewhere = {name: help for name, help in general.elsewhere.items() if name not in known}
    return general._replace(symbols=known, elsewhere=elsewhere, broken={*general.broken, *(written - known.keys())})


def _names(files: Files) -> Iterator[tuple[str, Place]]:
    """Every name of the shared space, misshapen rows included, with its place."""
    for kind, table in (("facts", "facts"), ("facts", "lists"), ("definitions", "definitions")):
        yield from files.names(kind, table).items()
    for one in files.names("definitions", "tables"):
        yield from files.names_of("definitions", "tables", one, "columns").items()


def _check_names(files: Files) -> None:
    """A name is taken once, and is not a word of the language."""
    reserved = _RESERVED | {tier_name(track) for track in tracks_of(files)}
    first: dict[str, Place] = {}
    lists = [list_path(one) for one in (*files.names("facts", "lists"), ORDER)]
    tables = [[files.names_of(*path, table) for table in ("fields", "values", "totals")] for path in lists]
    fields = [name for one in tables for table in one for name in table.items()]
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
    for one in tables:
        own: dict[str, Place] = {}
        for table in one:
            for name, place in table.items():
                earlier = first.get(name) or own.setdefault(name, place)
                if earlier is not place:
                    _taken(files, name, place, earlier)


def _taken(files: Files, name: str, place: Place, earlier: Place) -> None:
    file = earlier.source.path.replace("\\", "/").rpartition("/")[2]
    what = "a fact" if name in files.names("facts", "facts") else "a name"
    help = f"'{name}' is {what} already, in {file}:{earlier.line}; choose another name"
    files.problems.append(Problem("duplicate-id", f"the name '{name}' is taken", place, help))
