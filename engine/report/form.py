"""A form: an empty record of a partner as YAML, made from the facts of a release, for a person to fill in.

The form is a valid record in which every fact is left out. A line that begins with `#` and a name is YAML too: without
the sign it sets the value shown.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ..compile.facts import fact_value
from ..evaluate.periods import agreed_as
from ..language.tree import Literal
from ..problems import Problem, WrongCall, did_you_mean
from ..programme.agreeable import agreeable
from ..programme.find_tier import find_tier
from ..programme.model import MAIN, Fact, ListFact, NamedValue, Programme, Tier, pick
from ..programme.reads import clauses_of, read_for
from ..texts.texts import texts_in
from ..values import Kind
from .fields import default_words, kind_of, options_of, term_title, title_of, yaml_text

SCHEMA = "record.schema.json"  #: the file that the first line names; `charter schema` writes it
_PARTNER = "P-000"
_PERIODS = "[{value: 2, until: 2026-10-15}, {value: 3, from: 2026-10-16}]"
_DAY = "2026-01-31"
_WIDTH = 110
_LEAST = 40  #: the least width of the text beside a field


def record_form(programme: Programme, lang: str = "en", tiers: Sequence[str] = ()) -> str:
    """An empty record as YAML; comments in Russian or English say what may be written for each fact.

    `tiers` are ids or codes: with them the form has only the facts that decide these tiers. Raises WrongCall for an
    unknown tier.
    """
    named = {tier.id: tier for tier in (_tier(programme, name) for name in tiers)}
    return "\n".join(_Form(programme, lang, list(named.values())).lines()) + "\n"


def _tier(programme: Programme, name: str) -> Tier:
    if tier := find_tier(programme.tiers.values(), name):
        return tier
    help = did_you_mean(name, programme.tiers)
    raise WrongCall([Problem("unknown-tier", f"'{name}' is not a tier", None, help)])


class _Form:
    """Writes one form: it holds the facts, lists and terms to ask for, the clauses that read each, and the language."""

    def __init__(self, programme: Programme, lang: str, tiers: Sequence[Tier]) -> None:
        self.programme = programme
        self.lang = lang
        self.say = texts_in(lang).INPUT
        self.tiers = tiers
        read = read_for(programme, tiers or programme.tiers.values())
        self.since = "held_since" in read
        self.facts = [fact for fact in programme.facts.values() if not tiers or fact.id in read]
        self.lists = [fact for fact in programme.lists.values() if not tiers or fact.id in read]
        terms = [value for value in agreeable(programme).values() if not tiers or value.id in read]
        self.terms = [term for term in terms if term.negotiable]  #: those listed
        self.agreed = (self.terms or terms)[:1]  #: the one of the example
        self.clauses = clauses_of(programme)

    def lines(self) -> Iterator[str]:
        """The whole form."""
        yield f"# yaml-language-server: $schema={SCHEMA}"
        yield from self._head()
        yield ""
        yield from _comment(f"{self.say['ask_partner']}; {self.say['ask_partner_here'].format(example=_PARTNER)}")
        yield f"partner: {_PARTNER}"
        yield from _comment(self.say["ask_name"])
        yield "name:"
        yield ""
        yield from self._tier()
        yield "facts:"
        for number, block in enumerate([*map(self._fact, self.facts), *map(self._list, self.lists)]):
            yield from [""] * (number > 0)
            yield from block
        if self.agreed:
            yield ""
            yield from self._agreements()

    def _head(self) -> Iterator[str]:
        title = pick(self.programme.title, self.lang)
        yield from _comment(self.say["schema_record"].format(programme=title, release=self.programme.release))
        if self.tiers:
            named = ", ".join(pick(tier.title, self.lang) for tier in self.tiers)
            yield from _comment(self.say["form_for"].format(tiers=named))
        yield "#"
        lang = "" if self.lang == "en" else f" --lang {self.lang}"
        commands = {
            "periods": _PERIODS,
            "handbook": f"charter handbook{lang}",
            "schema": f"charter schema --release {self.programme.release}{lang} -o {SCHEMA}",
        }
        shown = {
            "form_unknown": True,
            "form_defaults": any(fact.default is not None for fact in self.facts),
            "form_lists": self.lists or self.agreed,
            "form_periods": self.facts,
            "form_clauses": True,
            "form_schema": True,
        }
        for key in (key for key, holds in shown.items() if holds):
            text = self.say[key].format(**{name: _unbroken(text) for name, text in commands.items()})
            yield from _comment(text, hanging="  ", first="- ")

    def _tier(self) -> Iterator[str]:
        """The line `tier`, where a record may name one; filled in where the form is for one tier that is signed for."""
        main = self.programme.tracks[MAIN]
        if not self.programme.tiers:
            return
        signed, held = not main.is_awarded, main.remembers
        yield from _comment(self.say["ask_tier_signed" if signed else "ask_tier_held" if held else "ask_no_tier"])
        for id in main.tiers:
            tier = self.programme.tiers[id]
            code = "" if tier.code is None else f" ({tier.code})"
            yield from _comment(f"{yaml_text(id)}{code}: {pick(tier.title, self.lang)}", first="  ", hanging="    ")
        if signed or held:
            only = [yaml_text(tier.id) for tier in self.tiers if signed and tier.id in main.tiers]
            yield f"tier: {only[0]}" if len(only) == 1 else "tier:"
            if self.since:
                yield from _comment(self.say["ask_since"])
                yield "since:"
        yield ""

    def _fact(self, fact: Fact) -> Iterator[str]:
        yield from _comment(self._about(fact, self.clauses[fact.id]), "  ")
        yield from (line for option in self._options(fact) for line in _comment(option, "  ", "  ", "    "))
        yield f"  {fact.id}:" if fact.default is None else f"  #{fact.id}: {yaml_text(fact.default)}"

    def _list(self, list_fact: ListFact) -> Iterator[str]:
        """A list without items, and under it in comments an item to copy."""
        kind = self.say["write_list_none" if list_fact.default_empty else "write_list"]
        of_list = self.clauses[list_fact.id]
        yield from _comment(f"{title_of(list_fact, self.lang)}{self.say['is']}{kind}{_behind(of_list)}", "  ")
        yield f"  {list_fact.id}:"
        keys, texts = [], []
        for id, field in list_fact.fields.items():
            keys.append(f"{id}: {'' if field.default is None else yaml_text(field.default)}")
            own = self.clauses[list_fact.id_of(id)]
            texts.append((self._about(field, () if own == of_list else own), *self._options(field)))
        yield from _item("    ", keys, texts)

    def _agreements(self) -> Iterator[str]:
        """The negotiable terms, and in comments an agreement to copy."""
        yield from _comment(self.say["ask_agreements"])
        for term in self.terms:
            fact = agreed_as(term)
            clauses = _behind(term.negotiable.source if term.negotiable else ())
            title = " ".join(term_title(self.programme, term.id, self.lang).split())
            text = f"{term.id}: {title}{self.say['is']}{kind_of(fact, self.lang)}{clauses}"
            yield from _comment(text, first="  ", hanging="    ")
        if any_term := self.programme.any_term:
            excepted = ", ".join(any_term.excepted)
            others = self.say["ask_any_term_but" if excepted else "ask_any_term"].format(terms=excepted)
            text = f"{others}{_behind(any_term.source)}"
            yield from _comment(text, first="  ", hanging="    ")
        yield "agreements:"
        first = self.agreed[0]
        keys = (f"term: {first.id}", f"value: {_example(first)}", 'document: "7/2026"', f"from: {_DAY}", "until: ")
        names = ("term", "value", "document", "from", "until")
        yield from _item("  ", keys, [(self.say[f"ask_agreement_{name}"],) for name in names])

    def _about(self, fact: Fact, clauses: Sequence[str]) -> str:
        otherwise = default_words(fact, self.lang)
        text = f"{title_of(fact, self.lang)}{self.say['is']}{kind_of(fact, self.lang)}"
        return text + (f"; {otherwise}" if otherwise else "") + _behind(clauses)

    def _options(self, fact: Fact) -> Sequence[str]:
        return [f"{id}: {title}" for id, title in options_of(fact, self.lang)]


def _item(indent: str, keys: Sequence[str], notes: Sequence[Sequence[str]]) -> Iterator[str]:
    """An item of a list in comments, each key with its notes beside it."""
    column = max(map(len, keys)) + 2
    for number, (key, texts) in enumerate(zip(keys, notes, strict=True)):
        beside = f"{indent}#{'  ' if number else '- '}{key:<{column}}"
        width = max(_LEAST, _WIDTH - len(beside))
        for under, text in enumerate(texts):
            for line in _wrapped(text, width, "  " * (under > 0), "    "):
                yield f"{beside}# {line}"
                beside = f"{indent}#{' ' * (column + 2)}"


def _comment(text: str, indent: str = "", first: str = "", hanging: str = "") -> Iterator[str]:
    """A text as comment lines, as many as it needs."""
    for line in _wrapped(text, _WIDTH - len(indent) - 2, first, hanging):
        yield f"{indent}# {line}"


_GLUE = "\x1f"  #: stands for a space at which no line is broken, while the text is wrapped


def _unbroken(text: str) -> str:
    return text.replace(" ", _GLUE)


def _behind(clauses: Sequence[str]) -> str:
    """The clauses in brackets after two spaces, unbroken, so that they move to the next line together, if they fit."""
    named = f"[{', '.join(clauses)}]"
    return f"  {_unbroken(named) if len(named) < _LEAST else named}" if clauses else ""


def _wrapped(text: str, width: int, first: str, hanging: str) -> list[str]:
    lines = textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )
    return [line.replace(_GLUE, " ") for line in lines]


def _example(term: NamedValue) -> str:
    """A value that may be agreed: the one without an agreement where it is a literal within the limits."""
    fact = agreed_as(term)
    own = term.expression.value if isinstance(term.expression, Literal) else None
    if own is not None and fact_value(fact, own)[1] is None:
        return yaml_text(own)
    ends = [end for end in (fact.minimum, fact.maximum) if end is not None]
    match fact.kind:
        case Kind.YES_NO:
            return yaml_text(True)
        case Kind.DATE:
            return _DAY
        case Kind.CHOICE | Kind.TEXT:
            return yaml_text(next(iter(fact.choices), "…"))
    return yaml_text(ends[0] if ends else Decimal(0))
