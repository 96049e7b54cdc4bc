"""The words of a programme: titles of its names, of options and lists, and its expressions as phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..language.tree import Expression, Literal, Name, Undefined, subtrees
from ..language.words.sentences import Sentences
from ..language.words.vocabulary import Vocabulary
from ..programme.model import INPUTS, MAIN, NO_TIER, NONE, Fact, NamedValue, Programme, Texts, pick
from ..programme.owners import OwnerKind, Role
from ..texts.texts import texts_in
from ..values import Kind
from .fields import term_title

#: the roles of values that rules name by a title of their own
_TITLED = (Role.DEFINITION, Role.GROUP_KEY, Role.ITEM_VALUE, Role.ORDER_TOTAL)


def sentences(programme: Programme, lang: str) -> Sentences:
    """The object that puts expressions of a programme into words."""
    return Wording(programme, lang).sentences


class Wording:
    """Holds a programme and a language, and the titles that its names have in it: two names never have the same."""

    def __init__(self, programme: Programme, lang: str) -> None:
        self.programme = programme
        self.lang = lang
        self.say = texts_in(lang).REPORT
        names = tuple(_titled(programme))
        self._titles = dict(_distinct(names, lang))
        self._common = {self._titles[name.key].casefold() for name in names if not name.list}
        vocabulary = Vocabulary(
            title=self.title,
            option=self.option,
            list_title=self.list_title,
            figure=self.figure,
            order=self.order,
            currency=self.currency,
        )
        self.sentences = Sentences(vocabulary, lang)

    def title_of(self, id: str) -> str:
        """The title of a fact, a field or a titled value by its id, as rules name it."""
        value = self.programme.values.get(id)
        return self._titles.get(_key(value) if value else id, "")

    def title(self, name: Name, list: str = "") -> str:
        """The title of a name, as rules over the items of `list` (empty: of the partner) name it."""
        id, programme = name.id, self.programme
        if id in programme.agreed:
            return self.say["is_agreed"].format(term=term_title(programme, programme.agreed[id], self.lang))
        if id in INPUTS:
            return self.say[id]
        value, field = programme.values.get(id), programme.fields.get(id)
        of = field.list if field else value.list if value else None
        own = self.title_of(id) or (self.say["line"] if field else self._derived(value) if value else name.written)
        if name.own:
            return self.say["of_this_item"].format(own)
        return f"{own} ({self.list_title(of)})" if of and (of != list or own.casefold() in self._common) else own

    def _derived(self, value: NamedValue) -> str:
        """The words for a value that has no title of its own to be named by."""
        owner = value.owner
        if value.role is Role.TIER:
            return pick(self.programme.tracks[owner.id].title, self.lang) or self.say["tier"]
        if value.role is Role.OWN_DISCOUNT:
            return self.say[f"own_{value.name}"]
        if value.role is Role.OWN_BONUS:
            return self.say["own_bonus"].format(title=pick(value.title, self.lang))
        if owner.kind is OwnerKind.TIER and f"{value.role}_of" in self.say:
            return self.say[f"{value.role}_of"].format(tier=pick(self.programme.tiers[owner.id].title, self.lang))
        return pick(value.title, self.lang) or self.say.get(value.name or value.role, "")

    def table_title(self, node: Undefined) -> str:
        """The title of the value whose table has no row that applies: the one that was written at the same place."""
        for value in self.programme.values.values():
            is_own = any(
                isinstance(part, Undefined) and part.place == node.place for part in subtrees(value.expression)
            )
            if is_own and value.title:
                return pick(value.title, self.lang)
        return node.written

    def none_of(self, id: str) -> str:
        """What it is called that there is none of an optional fact, or of a field of an item (`deals[2].closed_on`)."""
        fact = self.programme.facts.get(id)
        field = self.programme.fields.get(re.sub(r"\[\d+\]", "[]", id))
        optional = fact or (field.fact if field else None)
        return pick(optional.none, self.lang) if optional and optional.none else NONE

    def option(self, name: Name | None, option: str) -> str:
        """The title of an option of a choice."""
        id = name.id if name else ""
        about = self.fact(id) or self.programme.values.get(id)
        if about and option in about.choices:
            return pick(about.choices[option], self.lang)
        if option in self.programme.tiers:
            return pick(self.programme.tiers[option].title, self.lang)
        return self.say["track_not_qualified"] if option == NO_TIER else option

    def list_title(self, list: str) -> str:
        """The title of a list; of the lines of an order, that of the order."""
        list_fact = self.programme.list_fact(list)
        return pick(list_fact.title, self.lang) if list_fact else ""

    def figure(self, name: Name) -> Literal | None:
        """The value that a name has for every partner; None where it varies, may be agreed, or is yes or no."""
        value = self.programme.values.get(name.id)
        settled = self.settled(name.id)
        if settled is None or settled.kind is Kind.YES_NO or not value or value.negotiable:
            return None
        return settled

    def settled(self, id: str) -> Literal | None:
        """The literal that an id names, directly or through other names; None where its value is not a literal."""
        tree: Expression | None = Name(id, Kind.TEXT)
        while isinstance(tree, Name):
            value = self.programme.values.get(tree.id)
            tree = value.expression if value else None
        return tree if isinstance(tree, Literal) else None

    def order(self, name: Name) -> tuple[str, ...]:
        """The options of a choice, the lowest first; empty where they stand in no order."""
        value, tracks = self.programme.values.get(name.id), self.programme.tracks
        track = value.owner.id if value and value.role is Role.TIER else MAIN if name.id == "held_tier" else None
        if track is not None:
            return (NO_TIER, *tracks[track].tiers) if tracks[track].award == "highest" else ()
        about = self.fact(name.id) or value
        return tuple(about.choices) if about and about.ordered else ()

    def currency(self, name: Name) -> str:
        """The currency of an amount, by its code; empty where it has none, or each item one of its own."""
        about = self.fact(name.id) or self.programme.values.get(name.id)
        return about.currency if about and about.currency and about.currency.isupper() else ""

    def unit(self, id: str) -> str:
        """The unit of a fact or a value, empty where it has none."""
        about = self.fact(id) or self.programme.values.get(id)
        return pick(about.unit, self.lang) if about and about.unit else ""

    def field_beside(self, id: str, name: str) -> str:
        """The title of the field with this name of the items that have the field `id`; empty where there is none."""
        field = self.programme.fields.get(id)
        list_fact = self.programme.list_fact(field.list) if field else None
        return pick(list_fact.fields[name].title, self.lang) if list_fact and name in list_fact.fields else ""

    def fact(self, id: str) -> Fact | None:
        """The fact, or the field of an item, that an id names; None where it names something else."""
        field = self.programme.fields.get(id)
        return field.fact if field else self.programme.facts.get(id)


class _Titled(NamedTuple):
    """A name with a title of its own: what the title is kept by, and the list of the items that have it, or ""."""

    key: str
    list: str
    title: Texts


def _key(value: NamedValue) -> str:
    """What the title of a value is kept by: the rows of a definition that differs by tier have one title."""
    return f"{value.role}.{value.name}" if value.role is Role.DEFINITION else value.id


def _titled(programme: Programme) -> Iterator[_Titled]:
    """Every fact, value and field that rules name by its title."""
    yield from (_Titled(id, "", fact.title) for id, fact in programme.facts.items())
    for value in programme.values.values():
        if value.role in _TITLED:
            yield _Titled(_key(value), value.list or "", value.title)
    yield from (_Titled(id, field.list, field.fact.title) for id, field in programme.fields.items())


def _distinct(names: Iterable[_Titled], lang: str) -> Iterator[tuple[str, str]]:
    """The titles in one language by their keys; one that an earlier name beside it has already gets a number."""
    by_title: dict[tuple[str, str], dict[str, int]] = {}
    for name in names:
        title = pick(name.title, lang)
        keys = by_title.setdefault((name.list, title.casefold()), {})
        number = keys.setdefault(name.key, len(keys) + 1)
        yield name.key, f"{title} ({number})" if title and number > 1 else title
