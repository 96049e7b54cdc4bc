"""Compiles migration.yaml: what facts, lists, tiers and agreed terms of the release before became.

On the left of each line stands a name of this release, on the right what it was: a name of the release before, or an
expression over its facts. What has one name in both releases needs no line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..language.parse import Scope, parse
from ..language.run.interpret import interpret
from ..language.tree import Name, names
from ..problems import Level, Place, Problem, Source, did_you_mean, renamed
from ..programme.migration import FactSource, ListSource, Migration, TermTarget
from ..programme.model import Fact, ListFact, NamedValue, Programme
from ..programme.owners import Role
from ..source.document import Document, PartPath
from ..values import NUMERIC, UNDEFINED, Kind, Unknown, Value, plain
from .scopes import fact_symbol

_NOTHING = Document(Source("", ""), {}, {}, {}, {})
_NAME = re.compile(r"[A-Za-z_]\w*")


def compile_migration(
    document: Document | None, before: Programme, after: Programme
) -> tuple[Migration, tuple[Problem, ...]]:
    """What became of each part of `before` in `after`, and the problems of what is written about it.

    `document` has the right shape; None where the release has no migration.yaml: then equal names are the same.
    """
    compiling = _Compiling(document or _NOTHING, before, after, is_written=document is not None)
    return compiling.migration(), tuple(compiling.problems)


def droppable(programme: Programme) -> dict[str, str]:
    """The names under `dropped` of all that a record of a release can state, each with what it is."""
    all_names = dict.fromkeys(programme.facts, "fact")
    for fact in programme.facts.values():
        all_names |= {f"{fact.id}.{option}": "option" for option in fact.choices}
    for items in programme.lists.values():
        all_names[items.id] = "list"
        for field in items.fields.values():
            all_names[f"{items.id}.{field.id}"] = "field"
            all_names |= {f"{items.id}.{field.id}.{option}": "option" for option in field.choices}
    all_names |= {f"tiers.{id}": "tier" for id in programme.tiers}
    return all_names | {value.id: "term" for value in programme.values.values() if value.negotiable}


class _Compiling:
    """One migration, as far as it is compiled, and its problems."""

    def __init__(self, document: Document, before: Programme, after: Programme, *, is_written: bool) -> None:
        self.document, self.before, self.after = document, before, after
        self.data: Any = document.data
        self.is_written = is_written
        self.problems: list[Problem] = []
        self.used: set[str] = set()  #: names under `dropped` of what becomes a part of this release
        self.dropped = self._dropped()

    def migration(self) -> Migration:
        """The compiled migration."""
        facts = self._facts(("facts",), self.before.facts, self.after.facts, "a fact", "")
        lists = self._lists()
        tiers = self._tiers()
        terms = self._terms(tiers, lists)
        if self.is_written and not self.problems:
            self._report_left()
        return Migration(
            before=self.before,
            after=self.after,
            facts=facts,
            lists=lists,
            tiers=tiers,
            terms=terms,
            dropped=self.dropped,
            is_written=self.is_written,
        )

    # Problems -----------------------------------------------------------------------------------------------------

    def _problem(self, code: str, message: str, place: Place, help: str | None, level: Level = Level.ERROR) -> None:
        self.problems.append(Problem(code, message, place, help, level))

    def _unknown(self, code: str, name: str, what: str, of: Programme, names_there: Any, place: Place) -> None:
        """Report a name that the release does not have; `what` says what it should be: a fact."""
        message = f"'{name}' is not {what} of {of.release}"
        fix = renamed(name, list(names_there), place)
        self.problems.append(Problem(code, message, place, did_you_mean(name, names_there), fix=fix))

    def _dropped(self) -> frozenset[str]:
        names_there, kept = droppable(self.before), set()
        for index, name in enumerate(self.data.get("dropped", ())):
            if name in names_there:
                kept.add(name)
            else:
                place = self.document.value_place(("dropped", index))
                self._unknown("unknown-name", name, "a name", self.before, names_there, place)
        return frozenset(kept)

    def _report_left(self) -> None:
        """A warning on each part of the release before that becomes nothing, and of which nothing is said."""
        place = self.document.value_place(("from",))
        names_there = droppable(self.before)
        silent = names_there.keys() - self.used
        for name in (name for name in names_there if name in silent - self.dropped):
            if not {name[:at] for at, letter in enumerate(name) if letter == "."} & silent:
                message = (
                    f"the {names_there[name]} '{name}' of {self.before.release} becomes nothing in {self.after.release}"
                )
                help = "say what it became, or list it under 'dropped'"
                self._problem("no-successor", message, place, help, Level.WARNING)

    # Facts and fields -----------------------------------------------------------------------------------------------

    def _facts(
        self, path: PartPath, old: Mapping[str, Fact], new: Mapping[str, Fact], what: str, within: str
    ) -> dict[str, FactSource]:
        """What each fact, or each field of a list, is made of; `within` begins its names under `dropped`: `deals.`."""
        written = self.document.at(path)
        lines: Mapping[str, Any] = written if isinstance(written, dict) else {}
        sources: dict[str, FactSource] = {}
        for id, line in lines.items():
            if id not in new:
                code = "unknown-fact"
                self._unknown(code, id, what, self.after, new, self.document.place((*path, id)))
            elif isinstance(line, dict):
                source = self._table((*path, id), line, old, new[id], what, within)
                sources |= {id: source} if source else {}
            elif source := self._expression((*path, id), old, new[id], within):
                sources[id] = source
        read = {name: source.id for source in sources.values() for name in source.reads}
        misread = {word for id in lines if id not in sources for word in self._words((*path, id))}
        for id in (id for id in new if id in old and id not in lines and f"{within}{id}" not in self.dropped):
            if id in read:
                message = f"'{read[id]}' is made of '{id}', and {self.after.release} has a '{id}' too"
                help = f"say what that is made of: write '{id}: {id}' where it stays, or list it under 'dropped'"
                self._problem("migration-unclear", message, self.document.place((*path, read[id])), help)
            elif id not in misread and (source := self._kept(old[id], new[id], {}, path, within)):
                sources[id] = source
        self.used |= {f"{within}{name}" for name in (*read, *misread, *(id for id in sources if id not in lines))}
        kept = {source.reads[0] for source in sources.values() if source.expression is None}
        for name in (read.keys() | misread) & old.keys() - kept:  # the expression decides what becomes of each option
            self.used |= {f"{within}{name}.{option}" for option in old[name].choices}
        return {id: sources[id] for id in new if id in sources}

    def _words(self, path: PartPath) -> set[str]:
        """The names in a line that has a mistake, so that nothing else is reported of them."""
        place = self.document.places[path]
        return set(_NAME.findall(place.source.text[place.start : place.end]))

    def _expression(self, path: PartPath, old: Mapping[str, Fact], new: Fact, within: str) -> FactSource | None:
        """What a fact is made of by a name or an expression; None where that is wrong, which is reported."""
        scope = Scope({id: fact_symbol(fact, id) for id, fact in old.items()})
        tree, problems = parse(self.document.expression(path), scope, new.kind, tuple(new.choices))
        self.problems += problems
        if tree is None:
            return None
        if isinstance(tree, Name):
            return self._kept(old[tree.id], new, {}, path, within)
        reads = tuple(dict.fromkeys(name.id for name in names(tree)))
        source = FactSource(new.id, reads, tree)
        self._check_default(source, old, new, path)
        return source

    def _table(
        self, path: PartPath, line: Mapping[str, Any], old: Mapping[str, Fact], new: Fact, what: str, within: str
    ) -> FactSource | None:
        """What a fact is made of by a line with keys: another name, and a table of options."""
        was = line.get("was", new.id)
        if was not in old:
            place = self.document.value_place((*path, "was"))
            self._unknown("unknown-fact", was, what, self.before, old, place)
            return None
        options: dict[str, str] = {}
        for option, written in line.get("options", {}).items():
            at = (*path, "options", option)
            if option not in new.choices:
                place, choice = self.document.place(at), f"an option of '{new.id}'"
                self._unknown("unknown-choice", option, choice, self.after, new.choices, place)
            for earlier, place in self._listed(at, written):
                if earlier not in old[was].choices:
                    choice = f"an option of '{was}'"
                    self._unknown("unknown-choice", earlier, choice, self.before, old[was].choices, place)
                elif earlier in options:
                    self._twice(earlier, options[earlier], option, place)
                else:
                    options[earlier] = option
        return self._kept(old[was], new, options, path, within)

    def _twice(self, earlier: str, first: str, second: str, place: Place) -> None:
        message = f"'{earlier}' becomes both '{first}' and '{second}'"
        help = "name it once; where something else decides, write an expression: 'a' if people > 5 else 'b'"
        self._problem("migration-unclear", message, place, help)

    def _listed(self, path: PartPath, written: Any) -> Iterator[tuple[str, Place]]:
        """Each id that is written at a path, one or a list of them, with its place."""
        if isinstance(written, list):
            for index, id in enumerate(written):
                yield id, self.document.value_place((*path, index))
        else:
            yield written, self.document.value_place(path)

    def _kept(self, was: Fact, new: Fact, options: Mapping[str, str], path: PartPath, within: str) -> FactSource | None:
        """A fact whose value is kept as it is written, an option as another one; None where the kinds do not fit."""
        place = self.document.place(path) if path in self.document.places else self.document.value_place(("from",))
        if not _fits(was.kind, new.kind):
            if self.is_written:
                message = f"'{was.id}' is {was.kind.value} in {self.before.release}, and '{new.id}' {new.kind.value}"
                self._problem("wrong-kind", message, place, "write an expression that makes the one of the other")
                self.used |= {f"{within}{was.id}", *(f"{within}{was.id}.{option}" for option in was.choices)}
            return None
        whole: dict[str, str | None] = {}
        for option in was.choices if new.kind is Kind.CHOICE else ():
            name = f"{within}{was.id}.{option}"
            target: str | None = options.get(option, option)
            if option in options or (option in new.choices and name not in self.dropped):
                self.used.add(name)
            else:
                target = None if name in self.dropped else option
            whole |= {option: target} if target != option else {}
        source = FactSource(new.id, (was.id,), None, whole)
        if path[-1] == new.id:
            self._check_default(source, {was.id: was}, new, path)
        return source

    def _check_default(self, source: FactSource, old: Mapping[str, Fact], new: Fact, path: PartPath) -> None:
        """A warning where a record that states nothing of a fact comes to mean something else."""
        so_far, now = _default_of(source, old), new.default
        if not isinstance(so_far, Unknown) and so_far != now:
            names = ", ".join(f"'{id}'" for id in source.reads)
            message = f"a record without {names} had {_shown(so_far)} here, and now has {_shown(now)}"
            help = "let the defaults agree, unless that is meant"
            place = self.document.place(path)
            self._problem("default-differs", message, place, help, Level.WARNING)

    # Lists ----------------------------------------------------------------------------------------------------------

    def _lists(self) -> dict[str, ListSource]:
        old, new = self.before.lists, self.after.lists
        lines: Mapping[str, Any] = self.data.get("lists", {})
        sources: dict[str, ListSource] = {}
        for id, line in lines.items():
            was = line if isinstance(line, str) else line.get("was", id)
            place = self.document.value_place(("lists", id) if isinstance(line, str) else ("lists", id, "was"))
            if id not in new:
                place = self.document.place(("lists", id))
                self._unknown("unknown-list", id, "a list", self.after, new, place)
            elif was not in old:
                self._unknown("unknown-list", was, "a list", self.before, old, place)
            else:
                sources[id] = self._list(id, old[was], new[id])
        read = {source.was for source in sources.values()}
        for id in new:
            if id in old and id not in lines and id not in read | self.dropped:
                sources[id] = self._list(id, old[id], new[id])
        self.used |= {source.was for source in sources.values()}
        return {id: sources[id] for id in new if id in sources}

    def _list(self, id: str, was: ListFact, new: ListFact) -> ListSource:
        path = ("lists", id, "fields")
        return ListSource(id, was.id, self._facts(path, was.fields, new.fields, f"a field of '{id}'", f"{was.id}."))

    # Tiers and terms ------------------------------------------------------------------------------------------------

    def _tiers(self) -> dict[str, str | None]:
        """What each tier of the release before became; None for one that is dropped."""
        tiers: dict[str, str | None] = {}
        for new, written in self.data.get("tiers", {}).items():
            if new not in self.after.tiers:
                place = self.document.place(("tiers", new))
                self._unknown("unknown-tier", new, "a tier", self.after, self.after.tiers, place)
            for old, place in self._listed(("tiers", new), written):
                if old not in self.before.tiers:
                    self._unknown("unknown-tier", old, "a tier", self.before, self.before.tiers, place)
                elif old in tiers:
                    self._twice(old, str(tiers[old]), new, place)
                else:
                    tiers[old] = new
        for old in self.before.tiers:
            if old not in tiers and f"tiers.{old}" in self.dropped:
                tiers[old] = None
            elif old not in tiers and old in self.after.tiers:
                tiers[old] = old
        self.used |= {f"tiers.{old}" for old, new in tiers.items() if new}
        return tiers

    def _terms(self, tiers: Mapping[str, str | None], lists: Mapping[str, ListSource]) -> dict[str, TermTarget | None]:
        """What each negotiable term of the release before became; None for one that is dropped."""
        old = {id: value for id, value in self.before.values.items() if value.negotiable}
        new = {id: value for id, value in self.after.values.items() if value.negotiable}
        terms: dict[str, TermTarget | None] = {}
        for id, line in self.data.get("terms", {}).items():
            was = line if isinstance(line, str) else line.get("was", id)
            place = self.document.value_place(("terms", id) if isinstance(line, str) else ("terms", id, "was"))
            if id not in new:
                self._unknown("unknown-term", id, "a term", self.after, new, self.document.place(("terms", id)))
            elif was not in old:
                self._unknown("unknown-term", was, "a term", self.before, old, place)
            elif not _fits(old[was].kind, new[id].kind):
                message = f"'{was}' is {old[was].kind.value}, and '{id}' {new[id].kind.value}"
                help = "an agreement on it cannot go over: list it under 'dropped'"
                self._problem("wrong-kind", message, place, help)
            elif was in terms:
                self._twice(was, terms[was].id if terms[was] else "", id, place)  # type: ignore[union-attr]
            else:
                terms[was] = TermTarget(id) if isinstance(line, str) else TermTarget(id, line.get("factor", Decimal(1)))
        new_lists, bonuses = {source.was: id for id, source in lists.items()}, self._bonuses()
        by_part = {(value.owner, value.role, value.names): id for id, value in new.items()}
        for id in (id for id in old if id not in terms):
            target = by_part.get(_part(old[id], {**new_lists, **tiers}, bonuses))
            if id in self.dropped or tiers.get(old[id].tier or "", "") is None:
                terms[id] = None
            elif target and _fits(old[id].kind, new[target].kind):
                terms[id] = TermTarget(target)
        self.used |= terms.keys()
        return terms

    def _bonuses(self) -> dict[str, str]:
        """The new ids of bonuses by the old ones."""
        old, new = (
            {value.names[0] for value in programme.values.values() if value.role in _OF_BONUS}
            for programme in (self.before, self.after)
        )
        bonuses: dict[str, str] = {}
        for id, was in self.data.get("bonuses", {}).items():
            if id not in new:
                place = self.document.place(("bonuses", id))
                self._unknown("unknown-name", id, "a bonus", self.after, new, place)
            elif was not in old:
                place = self.document.value_place(("bonuses", id))
                self._unknown("unknown-name", was, "a bonus", self.before, old, place)
            else:
                bonuses[was] = id
        return bonuses


_OF_BONUS = (Role.BONUS_EARNED, Role.BONUS_PERCENT, Role.RATE_EARNED, Role.RATE_PERCENT)


def _part(value: NamedValue, owners: Mapping[str, str | None], bonuses: Mapping[str, str]) -> Any:
    """The owner, the role and the names that a term would have with the new ids of tiers, lists and bonuses."""
    names, id = value.names, owners.get(value.owner.id)
    if value.role in _OF_BONUS:
        names = (bonuses.get(names[0], names[0]), *names[1:])
    return value.owner._replace(id=id or value.owner.id), value.role, names


def _default_of(source: FactSource, old: Mapping[str, Fact]) -> Value | None:
    """What a fact is where a record states none of the facts that it is made of."""
    defaults: dict[str, Value] = {}
    for id in source.reads:
        default = old[id].default
        defaults[id] = Unknown(frozenset((id,))) if default is None else default
    if source.expression is not None:
        return interpret(source.expression, defaults) if source.reads else UNDEFINED
    value = defaults[source.reads[0]]
    return source.options.get(value, value) if isinstance(value, str) else value


def _shown(value: Value | None) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "nothing known" if value is None else plain(value) if isinstance(value, Decimal | Fraction) else str(value)


def _fits(was: Kind, new: Kind) -> bool:
    """Whether each value of a kind is one of another."""
    return was is new or (was is Kind.COUNT and new in NUMERIC)
