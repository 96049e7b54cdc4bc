"""Rules as phrases: every tree has words in both languages, and those that are read most read well."""

from __future__ import annotations

import pytest
from charter.engine.language.tree import Expression
from charter.engine.language.words.sentences import Sentences
from charter.engine.values import Kind
from hypothesis import given, settings
from hypothesis import strategies as st

from .names import read
from .trees import aggregates, trees

TITLES = {
    "en": {"p": "Plan agreed", "q": "IT company", "n": "Certified people", "m": "Licences rented out", "x": "Score",
           "r": "Share of reviews", "a": "Price", "c": "Colour", "d": "Joined", "as_of": "The day", "o": "Level"},
    "ru": {"p": "План согласован", "q": "ИТ-компания", "n": "Специалисты", "m": "Сданные лицензии", "x": "Счёт",
           "r": "Доля отзывов", "a": "Цена", "c": "Цвет", "d": "Вступление", "as_of": "День", "o": "Ступень"},
}  # fmt: skip


def sentences(lang: str) -> Sentences:
    titles = TITLES[lang]
    return Sentences(lambda name: titles.get(name.id, name.id), lambda _, option: option.title(), lang)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(list(Kind)).flatmap(lambda kind: st.one_of(trees(kind), aggregates(kind))))
def test_every_tree_has_words(tree: Expression) -> None:
    for lang in TITLES:
        assert sentences(lang).phrase(tree).strip()


@pytest.mark.parametrize(
    ("text", "en", "ru"),
    [
        ("n >= 2", "Certified people: at least 2", "Специалисты: не менее 2"),
        ("2 < n", "Certified people: more than 2", "Специалисты: более 2"),
        ("r > 75", "Share of reviews: more than 75%", "Доля отзывов: более 75 %"),
        ("n == 0 or r >= 50", "Certified people: exactly 0 or share of reviews: at least 50%",
         "Специалисты: ровно 0 или доля отзывов: не менее 50 %"),
        ("p and q", "Plan agreed and IT company", "План согласован и ИТ-компания"),
        ("p and (q or n > 1)", "Plan agreed and (IT company or certified people: more than 1)",
         "План согласован и (ИТ-компания или специалисты: более 1)"),
        ("not p", "not: Plan agreed", "неверно, что: План согласован"),
        ("n >= max(1, m)", "Certified people: at least 1 and at least “Licences rented out”",
         "Специалисты: не менее 1 и не меньше, чем «Сданные лицензии»"),
        ("n > m", "Certified people: more than “Licences rented out”",
         "Специалисты: больше, чем «Сданные лицензии»"),
        ("n == m", "Certified people: equal to “Licences rented out”",
         "Специалисты: равно показателю «Сданные лицензии»"),
        ("c == 'red'", "Colour: Red", "Цвет: Red"),
        ("c != 'red'", "Colour: other than Red", "Цвет: не Red"),
        ("d < date('2026-02-01')", "Joined: earlier than 2026-02-01", "Вступление: раньше 01.02.2026"),
        ("share(n, m)", "“Certified people” as a percentage of “Licences rented out”",
         "«Специалисты» в процентах от показателя «Сданные лицензии»"),
        ("a * (1 - ratio(20)) + a", "price × (1 − 20%) + price", "цена × (1 − 20 %) + цена"),
        ("a - (a - a) / 2", "price − (price − price) ÷ 2", "цена − (цена − цена) ÷ 2"),
        ("5 if p else 2.5", "5 if plan agreed, otherwise 2.5", "5, если план согласован, иначе 2,5"),
        ("at_least(2, p, q, n > 1)", "at least 2 of: plan agreed; IT company; certified people: more than 1",
         "не менее 2 из: план согласован; ИТ-компания; специалисты: более 1"),
        ("round(a, 0.01)", "price, rounded to 0.01", "цена с округлением до 0,01"),
        ("min(n, 3)", "the least of: certified people; 3", "наименьшее из: специалисты; 3"),
        ("add_months(d, 3) == as_of",
         "add_months(d, 3): equal to “The day”", "add_months(d, 3): равно показателю «День»"),
    ],
)  # fmt: skip
def test_the_words_of_a_rule(text: str, en: str, ru: str) -> None:
    tree, problems = read(text)
    assert tree is not None, problems
    assert sentences("en").phrase(tree) == en
    assert sentences("ru").phrase(tree) == ru


def test_what_has_to_hold_all_together_is_parted_by_semicolons_where_it_stands_alone() -> None:
    tree, _ = read("p and (q or n > 1) and n >= 2")
    assert tree is not None
    told = "Plan agreed; IT company or certified people: more than 1; certified people: at least 2"
    assert sentences("en").condition(tree) == told
    tree, _ = read("p or q and n > 1")
    assert tree is not None
    assert sentences("en").condition(tree) == sentences("en").phrase(tree)
