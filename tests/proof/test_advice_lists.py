"""Advice on lists takes the least there is: compared with every combination of a few changes of items."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from charter import Release
from charter.engine.language.tree import Name
from charter.engine.problems import InvalidProgramme
from charter.engine.proof.advice import Advice, advise
from charter.engine.proof.decide import Setting
from charter.engine.proof.solve import Question
from charter.engine.proof.symbolic_record import symbolic_record
from charter.engine.proof.symbols import condition
from charter.engine.values import Kind

from ..cli import charter, charter_json
from ..small_world import world
from .item_steps import facts_with

TODAY = date(2026, 11, 25)
LISTS = """
facts:
  audited: {title: {en: Audited, ru: Аудит}, kind: yes_no, effort: 9, default: false}
lists:
  certificates:
    title: {en: Certificates, ru: Сертификаты}
    effort: {add: 5, end: 2}
    fields:
      person: {title: {en: Person, ru: Сотрудник}, kind: text}
      level:
        title: {en: Level, ru: Уровень}
        kind: choice
        ordered: true
        effort: 3
        choices: {basic: {title: {en: Basic, ru: Базовый}}, expert: {title: {en: Expert, ru: Эксперт}}}
      valid_until: {title: {en: Valid until, ru: Действует до}, kind: date, effort: 2}
  complaints:
    title: {en: Complaints, ru: Жалобы}
    default: []
    effort: {end: 4}
    fields:
      open: {title: {en: Open, ru: Открыта}, kind: yes_no, default: true}
"""
DEFINITIONS = """
definitions:
  experts: {title: {en: Experts, ru: Эксперты}, kind: count, take: distinct, of: person, over: certificates,
            where: "level == 'expert' and valid_until >= as_of", source: [c]}
  valid: {title: {en: Valid, ru: Действуют}, kind: count, take: count, over: certificates,
          where: valid_until >= as_of, source: [c]}
  open_complaints: {title: {en: Open complaints, ru: Жалобы}, kind: count, take: count, over: complaints,
                    where: open, source: [c]}
"""
TIERS = """
tiers:
  gold:
    title: {en: Gold, ru: Золото}
    requirements:
      experts: {title: {en: Experts, ru: Эксперты}, rule: experts >= 2 or audited, source: [c]}
      valid: {title: {en: Three valid, ru: Три действующих}, rule: valid >= 3, source: [c]}
      quiet: {title: {en: No complaints, ru: Без жалоб}, rule: open_complaints == 0, source: [c]}
"""
PROGRAMME = (
    "id: world\nrelease: 1.0.0\ntitle: {en: World, ru: Мир}\nlanguages: [en, ru]\neffective: {from: 2020-01-01}\n"
)
CLAUSES = (
    "sections: {one: {title: {en: One, ru: Раздел}}}\nclauses: {c: {section: one, title: {en: Clause, ru: Пункт}}}\n"
)
FILES = {"programme": PROGRAMME, "clauses": CLAUSES, "facts": LISTS, "definitions": DEFINITIONS, "tiers": TIERS}
LATER = date(2027, 1, 31)
EXPIRED = date(2026, 11, 24)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return world(tmp_path_factory.mktemp("advice"), **FILES)


def item_changes(item: dict[str, Any]) -> Iterator[tuple[dict[str, Any] | None, int]]:
    """What a certificate can become, None where it ends, and what that takes."""
    yield None, 2
    for level, day in itertools.product(("basic", "expert"), {item["valid_until"], max(item["valid_until"], TODAY)}):
        taken = 3 * (level != item["level"]) + 2 * (day != item["valid_until"])
        yield {**item, "level": level, "valid_until": day}, taken


def combinations(facts: dict[str, Any], under: Decimal) -> Iterator[dict[str, Any]]:
    """The facts after every combination of changes that takes less than so much."""
    complaints = len(facts["complaints"])
    new = [{"person": person, "level": "expert", "valid_until": TODAY} for person in ("new 1", "new 2", "new 3")]
    for changed in itertools.product(*(list(item_changes(item)) for item in facts["certificates"])):
        items = [item for item, _ in changed if item is not None]
        taken = sum(effort for _, effort in changed)
        for added, ended, audited in itertools.product(range(4), range(complaints + 1), (False, True)):
            effort = taken + 5 * added + 4 * ended + 9 * (audited and not facts["audited"])
            if effort < under:
                yield {
                    "certificates": [*items, *new[:added]],
                    "complaints": facts["complaints"][ended:],
                    "audited": facts["audited"] or audited,
                }


@pytest.mark.parametrize("seed", range(25))
def test_no_combination_of_changes_of_items_takes_less(seed: int, small: Release) -> None:
    chance = random.Random(seed)
    facts: dict[str, Any] = {
        "audited": chance.random() < 0.3,
        "certificates": [
            {
                "person": chance.choice(("Ana", "Bo")),
                "level": chance.choice(("basic", "expert")),
                "valid_until": chance.choice((EXPIRED, TODAY, LATER)),
            }
            for _ in range(chance.randrange(4))
        ],
        "complaints": [{"open": True}] * chance.choice((0, 0, 1, 2)),
    }
    advice = advised(small, facts)
    if advice.status == "reached":
        assert reaches(small, facts)
        return
    assert advice.status == "possible"
    assert advice.most_added is None
    for way in advice.ways:
        assert reaches(small, facts_with(small, facts, way.steps)), way.steps
        assert way.outcome.of("gold").status == "qualified"
        assert way.effort == sum(step.effort for step in way.steps)
    for other in combinations(facts, advice.ways[0].effort):
        assert not reaches(small, other), other


def advised(release: Release, facts: dict[str, Any]) -> Advice:
    return advise(Setting(release, TODAY), release.record({"partner": "P", "facts": facts}), "gold")


def reaches(release: Release, facts: dict[str, Any]) -> bool:
    return release.evaluate({"partner": "P", "facts": facts}, as_of=TODAY).of("gold").status == "qualified"


def certificate(person: str, level: str = "expert", day: date = LATER) -> dict[str, Any]:
    return {"person": person, "level": level, "valid_until": day}


def test_the_steps_of_a_certificate(small: Release) -> None:
    """Two experts, one expired yesterday: to renew it takes 2, to certify one more person 5."""
    facts = {"certificates": [certificate("Ana"), certificate("Bo", day=EXPIRED), certificate("Ana")], "complaints": []}
    steps = [way.steps for way in advised(small, facts).ways]
    assert [(step.fact, step.item, step.before, step.after, step.effort) for step in steps[0]] == [
        ("certificates[].valid_until", 2, EXPIRED, TODAY, 2)
    ]
    assert [(step.fact, step.item, step.became, step.effort) for step in steps[1]] == [("certificates", 4, "added", 5)]
    assert set(steps[1][0].after) == {"person", "level", "valid_until"}  # type: ignore[arg-type]


def test_an_item_that_ends(small: Release) -> None:
    facts = {
        "certificates": [certificate("Ana"), certificate("Bo"), certificate("Bo", "basic", TODAY)],
        "complaints": [{"open": False}, {}],
    }
    (way,) = advised(small, facts).ways
    assert [(step.fact, step.item, step.became, step.effort) for step in way.steps] == [("complaints", 2, "ended", 4)]


def test_a_list_that_the_record_leaves_out_is_missing(small: Release) -> None:
    advice = advised(small, {})
    assert (advice.status, advice.missing) == ("unknown", ("certificates",))


def test_many_new_items(tmp_path: Path) -> None:
    """Seven new certificates are within eight; nine are not, and nothing is said to be impossible."""
    few, many = (
        world(tmp_path / name, **{**FILES, "tiers": TIERS.replace("valid >= 3", f"valid >= {number}")})
        for name, number in (("few", 7), ("many", 9))
    )
    facts = {"certificates": [], "complaints": []}
    assert advised(few, facts).ways[0].effort == 35
    advice = advised(many, facts)
    assert (advice.status, advice.ways) == ("undecided", ())


def test_a_way_past_the_number_of_items_that_are_tried_says_so(tmp_path: Path) -> None:
    """An audit takes 100, and nine more items would take 45: with more than eight nothing was tried."""
    tiers = TIERS.replace("valid >= 3", "valid >= 20 or audited").replace("experts >= 2 or ", "")
    release = world(tmp_path, **{**FILES, "facts": LISTS.replace("effort: 9", "effort: 100"), "tiers": tiers})
    facts = {"certificates": [], "complaints": []}
    advice = advised(release, facts)
    assert (advice.status, advice.ways[0].effort, advice.most_added) == ("possible", 100, 8)


def test_what_no_item_can_mend_is_impossible(tmp_path: Path) -> None:
    tiers = TIERS.replace("valid >= 3", "valid >= 3 and revoked == 0")
    facts = LISTS.replace("lists:", "  revoked: {title: {en: Revoked, ru: Отозваны}, kind: count}\nlists:")
    release = world(tmp_path, **{**FILES, "facts": facts, "tiers": tiers})
    advice = advised(release, {"certificates": [], "complaints": [], "revoked": 1})
    assert (advice.status, advice.lacks) == ("impossible", ("valid",))


def test_each_item_has_an_aggregate_of_its_own(tmp_path: Path) -> None:
    """Of a list of any length each item may come to another number: not both are the same unknown one."""
    facts = """
lists:
  regions: {title: {en: Regions}, fields: {floor: {title: {en: Floor}, kind: count}}, values: {
    deals_over: {title: {en: Deals}, kind: count, take: count, over: deals, where: size >= floor, source: [c]}}}
  deals: {title: {en: Deals}, fields: {size: {title: {en: Size}, kind: count}}}
"""
    definitions = """
definitions:
  most: {title: {en: Most}, kind: count, take: maximum, of: deals_over, over: regions, empty: 0, source: [c]}
  least: {title: {en: Least}, kind: count, take: minimum, of: deals_over, over: regions, empty: 0, source: [c]}
"""
    tiers = "tiers: {gold: {title: {en: Gold}, requirements: {a: {title: {en: A}, rule: most > least, source: [c]}}}}"
    release = world(tmp_path, facts=facts, definitions=definitions, tiers=tiers)
    record = release.record({"partner": "P", "facts": {"regions": [{"floor": 5}, {"floor": 10}]}})
    symbolic = symbolic_record(release, record, TODAY, free="all")
    wanted = condition(symbolic.partner, Name(release.programme.tiers["gold"].qualified, Kind.YES_NO))
    assert Question([*symbolic.fixed(), wanted], 5).can_be()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind: text}", "kind: text, effort: 2}", "'effort' has no meaning for the kind 'text'"),
        ("effort: {end: 4}", "effort: {end: 0}", "0 is not over 0"),
        ("effort: {end: 4}", "effort: {}", "nothing is written here"),
        ("kind: date, effort: 2", "kind: date, effort: 2, effort_for: 7", "'effort_for' has no meaning for the kind"),
    ],
)
def test_effort_that_makes_no_sense_is_refused(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert LISTS.count(old) == 1
    with pytest.raises(InvalidProgramme) as refused:
        world(tmp_path, **{**FILES, "facts": LISTS.replace(old, new)})
    assert any(message in problem.message for problem in refused.value.problems), refused.value.problems


def test_the_page_and_the_data(tmp_path: Path) -> None:
    world(tmp_path / "program", **FILES)
    record = tmp_path / "p.yaml"
    record.write_text(
        "partner: P\nfacts:\n  complaints: [{}]\n  certificates:\n"
        "    - {person: Ana, level: expert, valid_until: 2027-01-31}\n"
        "    - {person: Bo, level: basic, valid_until: 2026-11-24}\n",
        "utf-8",
    )
    command = ["advise", str(record), "--program", str(tmp_path / "program"), "--tier", "gold", "--as-of", "2026-11-25"]
    data = charter_json(*command, schema="advice.schema.json")
    first = data["advice"][0]["ways"][0]
    renewed, added, ended = first["steps"]
    assert renewed == {
        "fact": "certificates[].valid_until", "item": 2, "became": "changed",
        "before": "2026-11-24", "after": "2026-11-25", "effort": 2,
    }  # fmt: skip
    assert added["after"] == {"person": added["after"]["person"], "level": "expert", "valid_until": "2026-11-25"}
    assert {**added, "after": None} == {
        "fact": "certificates", "item": 3, "became": "added", "before": None, "after": None, "effort": 5,
    }  # fmt: skip
    assert ended == {
        "fact": "complaints", "item": 1, "became": "ended", "before": None, "after": None, "effort": 4,
    }  # fmt: skip
    english, russian = (" ".join(charter(*command, "--lang", lang).stdout.split()) for lang in ("en", "ru"))
    assert (
        "Way 1 effort 11 Certificates, no. 2: Valid until: 2026-11-24 → 2026-11-25 "
        "one more in “Certificates”: Person: any other, Level: Expert, Valid until: 2026-11-25 "
        "“Complaints”, no. 1: taken off"
    ) in english
    assert (
        "Вариант 1 трудоёмкость 11 Сертификаты, № 2: Действует до: 2026-11-24 → 2026-11-25 "
        "добавить в список «Сертификаты»: Сотрудник: любое другое, Уровень: Эксперт, Действует до: 2026-11-25 "
        "Жалобы, № 1: убрать из списка"
    ) in russian
