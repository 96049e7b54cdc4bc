"""Rules as phrases: no two meanings have one phrase, and the rules that are read most read well, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from random import Random
from typing import get_args

import pytest
from charter.engine.language.function_names import AggregateName, FunctionName
from charter.engine.language.operators import Operator
from charter.engine.language.run.interpret import interpret
from charter.engine.language.tree import (
    Aggregate,
    And,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Expression,
    Literal,
    Name,
    Not,
    Or,
    children,
)
from charter.engine.language.words.sentences import Sentences
from charter.engine.language.words.vocabulary import Vocabulary
from charter.engine.language.words.words import text
from charter.engine.values import NUMERIC, Kind, Unknown, Value
from hypothesis import given, settings
from hypothesis import strategies as st

from ..thorough import examples
from .names import COLOURS, FIELDS, KINDS, read
from .trees import aggregates, tables, trees

pytestmark = pytest.mark.thorough

TITLES = {
    "en": {"p": "Plan agreed", "q": "IT company", "n": "Certified people", "m": "Licences rented out", "x": "Score",
           "r": "Share of reviews", "a": "Price", "c": "Colour", "d": "Joined", "as_of": "The day", "o": "Level",
           "e": "Left", "t": "Region",
           "l[].p": "Registered", "l[].n": "Seats", "l[].a": "Amount", "l[].d": "Closed on", "l[].t": "Customer"},
    "ru": {"p": "План согласован", "q": "ИТ-компания", "n": "Специалисты", "m": "Сданные лицензии", "x": "Счёт",
           "r": "Доля отзывов", "a": "Цена", "c": "Цвет", "d": "Вступление", "as_of": "День", "o": "Ступень",
           "e": "Уход", "t": "Регион",
           "l[].p": "Зарегистрирована", "l[].n": "Места", "l[].a": "Сумма", "l[].d": "Закрыта", "l[].t": "Клиент"},
}  # fmt: skip
LISTS = {"en": "Deals", "ru": "Сделки"}


def sentences(lang: str) -> Sentences:
    titles = TITLES[lang]
    vocabulary = Vocabulary(
        title=lambda name, _: titles[name.id],
        option=lambda _, option: option.title(),
        list_title=lambda _: LISTS[lang],
        order=lambda name: COLOURS if name.id == "o" else (),
        currency=lambda name: "EUR" if name.id == "a" else "",
    )
    return Sentences(vocabulary, lang)


# Different meanings, different phrases --------------------------------------------------------------------------------

AMOUNTS = [Decimal(number) for number in ("0", "1", "2", "3.5", "-2", "60")]
COUNTS = [Decimal(number) for number in (0, 1, 2, 3, 7)]
DAYS = [date(2023, 12, 31), date(2024, 2, 29), date(2024, 7, 1), date(2025, 3, 31)]


def samples(kinds: dict[str, Kind], random: Random) -> dict[str, Value]:
    """A random value for each name, from a few that comparisons are likely to tell apart."""
    few: dict[Kind, list] = {
        Kind.YES_NO: [True, False],
        Kind.COUNT: COUNTS,
        Kind.DATE: DAYS,
        Kind.CHOICE: list(COLOURS),
        Kind.TEXT: ["north", "south"],
    }
    return {id: random.choice(few.get(kind, AMOUNTS)) for id, kind in kinds.items()}


def points(number: int) -> list[dict[str, Value]]:
    """So many partners, each with up to three items in the list; always the same ones."""
    random = Random(17)
    return [
        {**samples(KINDS, random), "l": tuple(samples(FIELDS, random) for _ in range(random.randrange(4)))}
        for _ in range(number)
    ]


POINTS = points(60)


def meaning(tree: Expression) -> tuple[object, ...]:
    """What the tree comes to at each point: a percentage as the fraction that it is, None where it is undefined."""
    values = (interpret(tree, point) for point in POINTS)
    scale = 100 if tree.kind is Kind.PERCENT else 1
    return tuple(
        None
        if isinstance(value, Unknown)
        else Fraction(value) / scale
        if isinstance(value, Decimal | Fraction)
        else value
        for value in values
    )


class Phrases:
    """The phrases so far with their meanings; refuses one that has two."""

    def __init__(self, lang: str) -> None:
        self.say = sentences(lang)
        self.meanings: dict[tuple[object, str], tuple[Expression, tuple[object, ...]]] = {}

    def add(self, tree: Expression) -> None:
        words = self.say.phrase(tree).casefold()
        kind = "number" if tree.kind in NUMERIC else tree.kind
        comes_to = meaning(tree)
        other, its_meaning = self.meanings.setdefault((kind, words), (tree, comes_to))
        assert comes_to == its_meaning, (words, text(tree), text(other))


NUMBERS: list[Expression] = [
    Name("x", Kind.NUMBER, "x"),
    Literal(Decimal(2), Kind.NUMBER),
    Literal(Decimal(-3), Kind.NUMBER),
]
CONDITIONS: list[Expression] = [Name("p", Kind.YES_NO, "p"), Name("q", Kind.YES_NO, "q")]


def number_forms(parts: list[Expression], conditions: list[Expression]) -> Iterator[Expression]:
    """Every number made of two of these parts, and of a condition where one is needed."""
    for left, right in product(parts, repeat=2):
        for operator in get_args(Operator):
            yield Arithmetic(operator, left, right, Kind.NUMBER)
        for extreme in ("min", "max"):
            yield Call(extreme, (left, right), Kind.NUMBER)
        yield Choose(conditions[0], left, right, Kind.NUMBER)
    for part in parts:
        yield Call("round_down", (part, NUMBERS[1]), Kind.NUMBER)
        yield Call("every", (NUMBERS[1], part), Kind.NUMBER)


def conditions_of(parts: list[Expression], conditions: list[Expression]) -> Iterator[Expression]:
    """Every condition made of two of these conditions, or that compares two of these numbers."""
    for left, right in product(conditions, repeat=2):
        yield And((left, right))
        yield Or((left, right))
        yield Choose(left, right, CONDITIONS[0], Kind.YES_NO)
        yield Compare("==", left, right)
        yield Call("at_least", (Literal(Decimal(1), Kind.COUNT), left, right), Kind.YES_NO)
    yield from map(Not, conditions)
    for left, right in product(parts, repeat=2):
        yield Compare(">=", left, right)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_grouping_of_numbers_has_a_phrase_of_its_own(lang: str) -> None:
    """All trees of two levels over one fact and two figures: (the greatest of x and 2) times x reads as that alone."""
    phrases = Phrases(lang)
    inner = [*NUMBERS, *number_forms(NUMBERS[:2], CONDITIONS)]
    for tree in (*inner, *number_forms(inner, [CONDITIONS[1]])):
        phrases.add(tree)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_grouping_of_conditions_has_a_phrase_of_its_own(lang: str) -> None:
    phrases = Phrases(lang)
    numbers = [*NUMBERS, *number_forms(NUMBERS[:1], CONDITIONS)]
    inner = [*CONDITIONS, *conditions_of(NUMBERS[:2], CONDITIONS)]
    for tree in (*inner, *conditions_of(numbers, inner)):
        phrases.add(tree)


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("junction", [And, Or])
def test_an_option_written_twice_is_phrased_as_written_once(lang: str, junction: type) -> None:
    sign = "!=" if junction is And else "=="
    once = Compare(sign, Name("c", Kind.CHOICE, "c"), Literal("red", Kind.CHOICE))
    assert sentences(lang).phrase(junction((once, once))) == sentences(lang).phrase(once)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_rules_with_different_meanings_have_different_phrases(lang: str) -> None:
    """Random trees of every form and kind, each with all of its parts, and with its numbers raised by one."""
    phrases = Phrases(lang)

    @settings(max_examples=examples(600), deadline=None)
    @given(st.sampled_from(list(Kind)).flatmap(lambda kind: st.one_of(trees(kind), aggregates(kind), tables(kind))))
    def is_told_apart(tree: Expression) -> None:
        for part in (tree, raised(tree), *parts_of(tree)):
            phrases.add(part)

    is_told_apart()


def parts_of(tree: Expression) -> Iterator[Expression]:
    """The parts of a tree that are not of the items of a list."""
    for part in () if isinstance(tree, Aggregate) else children(tree):
        yield part
        yield from parts_of(part)


def raised(tree: Expression) -> Expression:
    """The tree with every written number raised by one, but for the days and months of the calendar."""
    if isinstance(tree, Literal) and isinstance(tree.value, Decimal):
        return tree._replace(value=tree.value + 1)
    if isinstance(tree, Compare | Arithmetic):
        return tree._replace(left=raised(tree.left), right=raised(tree.right))
    if isinstance(tree, And | Or):
        return tree._replace(operands=tuple(map(raised, tree.operands)))
    return tree._replace(operand=raised(tree.operand)) if isinstance(tree, Not) else tree


@settings(max_examples=examples(300), deadline=None)
@given(st.sampled_from(list(Kind)).flatmap(lambda kind: st.one_of(trees(kind), aggregates(kind), tables(kind))))
def test_no_phrase_has_the_name_of_a_function_or_an_id(tree: Expression) -> None:
    names = {*get_args(FunctionName), *get_args(AggregateName), *TITLES["en"]}
    for lang in TITLES:
        words = sentences(lang).phrase(tree)
        assert words.strip()
        in_notation = {name for name in names if "_" in name or lang == "ru"} - {"as_of"}
        assert not in_notation & set(re.findall(r"[a-z_]+", words)), words
        assert not re.search(r"[=<>\[\]'\"*/]", words), words


# Plain words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "en", "ru"),
    [
        ("n >= 2", "Certified people: at least 2", "Специалисты: не менее 2"),
        ("2 < n", "Certified people: more than 2", "Специалисты: более 2"),
        ("r > 75", "Share of reviews: more than 75%", "Доля отзывов: более 75 %"),
        ("n == 0 or r >= 50", "Certified people: none or share of reviews: at least 50%",
         "Специалисты: нет или доля отзывов: не менее 50 %"),
        ("n > 0", "Certified people: at least 1", "Специалисты: не менее 1"),
        ("not n >= 2", "Certified people: less than 2", "Специалисты: менее 2"),
        ("p and q", "Plan agreed and IT company", "План согласован и ИТ-компания"),
        ("p and (q or n > 1)", "Plan agreed and (IT company or certified people: more than 1)",
         "План согласован и (ИТ-компания или специалисты: более 1)"),
        ("not p", "Plan agreed: no", "План согласован: нет"),
        ("not (p and q)", "not: (plan agreed and IT company)", "неверно, что (план согласован и ИТ-компания)"),
        ("not p and q", "Plan agreed: no and IT company", "План согласован: нет и ИТ-компания"),
        ("n >= max(1, m)", "Certified people: at least 1 and at least “Licences rented out”",
         "Специалисты: не менее 1 и не меньше, чем «Сданные лицензии»"),
        ("n > m", "Certified people: more than “Licences rented out”",
         "Специалисты: больше, чем «Сданные лицензии»"),
        ("n == m", "Certified people: equal to “Licences rented out”",
         "Специалисты: совпадает с «Сданные лицензии»"),
        ("n >= m + 1", "Certified people: at least (licences rented out + 1)",
         "Специалисты: не меньше, чем (сданные лицензии + 1)"),
        ("a > 100", "Price: more than 100 EUR", "Цена: более 100 EUR"),
        ("c == 'red'", "Colour: Red", "Цвет: Red"),
        ("c != 'red'", "Colour: other than Red", "Цвет: любое значение, кроме «Red»"),
        ("c in ('red', 'blue')", "Colour: Red or Blue", "Цвет: Red или Blue"),
        ("c not in ('red', 'blue')", "Colour: neither Red nor Blue", "Цвет: ни Red, ни Blue"),
        ("o >= 'green'", "Level: at least Green", "Ступень: не менее Green"),
        ("o < 'blue'", "Level: at most Green", "Ступень: не более Green"),
        ("rank(o) > 1", "Level: more than Red", "Ступень: более Red"),
        ("rank_from_last(o) <= 2", "Level: at least Green", "Ступень: не менее Green"),
        ("d < date('2026-02-01')", "Joined: earlier than 2026-02-01", "Вступление: раньше 01.02.2026"),
        ("d <= e", "Joined: “Left” or earlier", "Вступление: не позже «Уход»"),
        ("last_months(d, 12)",
         "Joined: within the 12 months to “The day”", "Вступление: за 12 мес. по дату «День» включительно"),
        ("share(n, m)", "“Certified people” as a percentage of “Licences rented out”",
         "«Специалисты» в процентах от показателя «Сданные лицензии»"),
        ("a * (1 - ratio(20)) + a", "price × (1 − 20%) + price", "цена × (1 − 20 %) + цена"),
        ("max(a, a) * ratio(20)", "(the greatest of: price; price) × 20%", "(наибольшее из: цена; цена) × 20 %"),
        ("a - (a - a) / 2", "price − (price − price) ÷ 2", "цена − (цена − цена) ÷ 2"),
        ("x - -5", "score − (-5)", "счёт − (-5)"),
        ("5 if p else 2.5", "5 if plan agreed, otherwise 2.5", "5, если план согласован, иначе 2,5"),
        ("5 if p else 3 if q else 1", "5 if plan agreed; 3 if IT company; otherwise 1",
         "5, если план согласован; 3, если ИТ-компания; иначе 1"),
        ("at_least(2, p, q, n > 1)", "at least 2 of: plan agreed; IT company; certified people: more than 1",
         "не менее 2 из: план согласован; ИТ-компания; специалисты: более 1"),
        ("round(a, 0.01)", "price, rounded to 0.01 EUR", "цена с округлением до 0,01 EUR"),
        ("round_down(a + a, 1)", "(price + price), rounded down to 1 EUR", "(цена + цена) с округлением вниз до 1 EUR"),
        ("round_half_even(a, 0.01)", "price, rounded to 0.01 EUR (a half to the even multiple)",
         "цена с банковским округлением до 0,01 EUR (половина — к чётному)"),
        ("round_towards_zero(a, 1)", "price, rounded towards zero to 1 EUR", "цена с округлением к нулю до 1 EUR"),
        ("round_away_from_zero(a, 1)", "price, rounded away from zero to 1 EUR",
         "цена с округлением от нуля до 1 EUR"),
        ("min(n, 3)", "the least of: certified people; 3", "наименьшее из: специалисты; 3"),
        ("2 * every(5, n)", "2 × (one for every full 5 of “Certified people”)",
         "2 × (по 1 за каждые полные 5 показателя «Специалисты»)"),
        ("abs(x - n) <= 2", "the absolute value of (score − certified people): at most 2",
         "абсолютная величина показателя (счёт − специалисты): не более 2"),
        ("modulo(n, 12) == 0", "the remainder of “Certified people” divided by 12: exactly 0",
         "остаток от деления показателя «Специалисты» на 12: ровно 0"),
        ("modulo(a, 100) + a", "(the remainder of “Price” divided by 100 EUR) + price",
         "(остаток от деления показателя «Цена» на 100 EUR) + цена"),
        ("add_months(d, -3) == as_of",
         "3 months before “Joined”: equal to “The day”", "«Вступление» − 3 мес.: совпадает с «День»"),
        ("months_between(d, as_of) >= 6", "the number of whole months from “Joined” to “The day”: at least 6",
         "число полных месяцев от даты «Вступление» до даты «День»: не менее 6"),
        ("year(as_of) - year(d) >= 5", "(the year of “The day”) − (the year of “Joined”): at least 5",
         "(год даты «День») − (год даты «Вступление»): не менее 5"),
        ("month(d) == 12", "the month of “Joined”: exactly 12", "месяц даты «Вступление»: ровно 12"),
        ("day(add_days(d, 1)) == 1", "the day of the month of (a day after “Joined”): exactly 1",
         "число месяца даты («Вступление» + 1 день): ровно 1"),
        ("weekday(d) > 5", "the day of the week of “Joined” (1 is Monday): more than 5",
         "день недели даты «Вступление» (1 — понедельник): более 5"),
        ("quarter(d) == 4", "the quarter of “Joined”: exactly 4", "квартал даты «Вступление»: ровно 4"),
        ("quarter(d, 8)", "the quarter of “Joined” (a year begins with month 8)",
         "квартал даты «Вступление» (год начинается с месяца 8)"),
        ("is_business_day(d)", "“Joined” is a business day", "«Вступление» — рабочий день"),
        ("add_business_days(d, 10)", "10 business days after “Joined”", "«Вступление» + 10 раб. дн."),
        ("add_business_days(d, 1)", "the first business day after “Joined”", "«Вступление» + 1 рабочий день"),
        ("add_business_days(d, -1)", "the last business day before “Joined”", "«Вступление» − 1 рабочий день"),
        ("business_days_between(d, as_of) > 5",
         "the number of business days after “Joined”, up to and including “The day”: more than 5",
         "число рабочих дней после даты «Вступление» по дату «День»: более 5"),
        ("add_days(start_of_year(add_days(d, -5), 4), 5)",
         "the first day of the year of “Joined” (a year begins on day 6 of month 4)",
         "первый день года, на который приходится «Вступление» (год начинается 6-го числа месяца 4)"),
        ("add_days(start_of_year(add_days(d, -5), 4), 6)",
         "6 days after (the first day of the year of (5 days before “Joined”) (a year begins with month 4))",
         "(первый день года, на который приходится («Вступление» − 5 дн.) (год начинается с месяца 4)) + 6 дн."),
        ("start_of_week(d) == as_of", "the Monday of the week of “Joined”: equal to “The day”",
         "понедельник недели, на которую приходится «Вступление»: совпадает с «День»"),
        ("start_of_year(d, 7)", "the first day of the year of “Joined” (a year begins with month 7)",
         "первый день года, на который приходится «Вступление» (год начинается с месяца 7)"),
    ],
)  # fmt: skip
def test_the_words_of_a_rule(text: str, en: str, ru: str) -> None:
    tree, problems = read(text)
    assert tree is not None, problems
    assert sentences("en").phrase(tree) == en
    assert sentences("ru").phrase(tree) == ru


def test_the_words_of_a_list() -> None:
    """What is taken, of what, of which items, how many of them, and what no items come to."""
    seats, registered = Name("l[].n", Kind.COUNT, "n"), Name("l[].p", Kind.YES_NO, "p")
    two, nothing = Literal(Decimal(2), Kind.COUNT), Literal(Decimal(0), Kind.COUNT)
    total = Aggregate("sum", "l", "l[]", seats, registered, None, two, nothing, Kind.COUNT)
    assert sentences("en").phrase(total) == "the sum of “Seats” in “Deals” where registered, only the 2 greatest"
    assert sentences("ru").phrase(total) == "сумма «Места» в списке «Сделки», где зарегистрирована, только 2 наибольших"
    least = total._replace(function="minimum", best=None, empty=None)
    assert (
        sentences("en").phrase(least) == "the least “Seats” in “Deals” where registered (undefined if there are none)"
    )


def test_a_title_that_reads_as_several_parts_stands_in_quotes() -> None:
    tree, _ = read("n + m")
    assert tree is not None
    titles = {"n": "Reviews: score", "m": "Staff or partners"}
    vocabulary = Vocabulary(lambda name, _: titles[name.id], lambda _, option: option, lambda key: key)
    assert Sentences(vocabulary, "en").phrase(tree) == "“Reviews: score” + “Staff or partners”"


def test_what_has_to_hold_all_together_is_parted_by_semicolons_where_it_stands_alone() -> None:
    tree, _ = read("p and (q or n > 1) and n >= 2")
    assert tree is not None
    parts = "Plan agreed; IT company or certified people: more than 1; certified people: at least 2"
    assert sentences("en").condition(tree) == parts
    tree, _ = read("p or q and n > 1")
    assert tree is not None
    assert sentences("en").condition(tree) == sentences("en").phrase(tree)
