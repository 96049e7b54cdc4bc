"""Every kind of change, alone and in pairs: what is judged agrees with partners evaluated under both releases."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from charter import Release
from charter.engine.difference.difference import ReleaseDifference, difference, rest_worsens
from charter.engine.difference.one_partner import Pair
from charter.engine.evaluate.outcome_json import outcome_data
from charter.engine.problems import InvalidInput, InvalidProgramme
from charter.engine.release.load import load_files, read_files
from charter.engine.report.changes import ChangeWords

from ..small_world import write
from ..surfaces.trials import EXAMPLES

DAY = date(2026, 11, 25)
# ruff: noqa: E501  a row of a file stands on one line
FILES = {
    "facts": """
facts:
  orders: {title: {en: Orders}, kind: count}
  sales: {title: {en: Sales}, kind: money, currency: EUR, minimum: -500, maximum: 9000}
  trained: {title: {en: Trained}, kind: yes_no, default: false}
  region: {title: {en: Region}, kind: choice, choices: {north: {title: {en: North}}, south: {title: {en: South}}, west: {title: {en: West}}}, default: north}
  spare: {title: {en: Spare}, kind: count, default: 3}
lists:
  deals:
    title: {en: Deals}
    default: []
    fields:
      worth: {title: {en: Worth}, kind: money, currency: EUR}
      won: {title: {en: Won}, kind: yes_no, default: false}
    values:
      bounty: {title: {en: Bounty}, kind: money, currency: EUR, value: worth * ratio(10), source: [c]}
""",
    "definitions": """
definitions:
  needed: {title: {en: Needed}, kind: count, by_tier: {silver: 2, gold: 5}, source: [c]}
  won_deals: {title: {en: Won deals}, kind: count, take: count, over: deals, where: won, source: [c]}
  rate: {title: {en: Rate}, kind: percent, value: {band: sales, rows: {0: 1, 1000: 2, 5000: 4}, below: 0}, source: [c]}
  area: {title: {en: Area}, kind: percent, better: more, value: {by: region, rows: {north: 1, south: 2}, otherwise: 0}, source: [c]}
  penalty: {title: {en: Penalty}, kind: percent, better: less, value: {cases: [{when: orders < 2, value: 5}, {when: trained, value: 1}], otherwise: 3}, source: [c]}
  per_order: {title: {en: Sales for an order}, kind: money, currency: EUR, value: sales / orders, source: [c]}
  letter: {title: {en: Letter}, kind: count, value: 10, unit: {en: pages}, source: [c]}
""",
    "tiers": """
award: highest
membership: {title: {en: A year}, ends: "add_months(start_of_year(as_of), 12)", source: [c]}
tiers:
  silver:
    title: {en: Silver}
    requirements: {orders: {title: {en: Orders}, rule: orders >= needed, source: [c]}}
    discount: {value: 10, source: [c], negotiable: {minimum: 0, maximum: 20, source: [c]}}
    rights: {logo: {title: {en: The logo}, source: [c]}}
  gold:
    title: {en: Gold}
    requirements:
      orders: {title: {en: Orders}, rule: orders >= needed, source: [c]}
      won: {title: {en: Won}, rule: won_deals >= 1 or trained, source: [c]}
    discount: {value: 20, source: [c]}
    restrictions: {alone: {title: {en: No other vendors}, source: [c]}}
""",
    "bonuses": """
discount: {cap: {title: {en: Cap}, value: 25, source: [c]}}
bonuses:
  training: {title: {en: Training}, when: trained, percent: {silver: 3, gold: 4}, source: [c]}
""",
    "benefits": """
benefits:
  seats: {title: {en: Seats}, kind: count, by_tier: {silver: 1, gold: 2}, source: [c]}
  desk: {title: {en: Desk}, kind: text, by_tier: {gold: {en: A desk of your own}}, source: [c]}
""",
    "rebates": """
rebates:
  volume: {title: {en: Volume}, amount: {slices: sales, rows: {0: 1, 1000: 3}}, currency: EUR, per: quarter, floor: 0, source: [c]}
""",
    "fees": """
fees:
  membership: {title: {en: Membership}, by_tier: {silver: 100, gold: 300}, currency: EUR, per: year, source: [c]}
""",
    "products": "products: {suite: {title: {en: Suite}, source: [c]}}\n",
}
#: what is changed: the file, the old text (or None: at the end) and the new one; one for every kind of change
CHANGES: dict[str, list[tuple[str, str, str]]] = {
    "a row of a table by tier": [("definitions", "silver: 2, gold: 5", "silver: 3, gold: 5")],
    "a row of bands": [("definitions", "5000: 4}", "5000: 3}")],
    "the border of a band": [("definitions", "5000: 4}", "6000: 4}")],
    "what is under the bands": [("definitions", "below: 0", "below: 1")],
    "bands to slices": [("rebates", "{slices: sales, rows: {0: 1, 1000: 3}}", "{band: sales, rows: {0: 0, 1000: 30}}")],
    "a table to a rule": [("definitions", "{by: region, rows: {north: 1, south: 2}, otherwise: 0}", "2 if trained else 1")],
    "a row of options": [("definitions", "north: 1, south: 2", "north: 2, south: 2")],
    "what is else": [("definitions", "otherwise: 0", "otherwise: 1")],
    "the value of a case": [("definitions", "when: trained, value: 1", "when: trained, value: 2")],
    "the condition of a case": [("definitions", "when: orders < 2", "when: orders < 3")],
    "the order of cases": [("definitions", "[{when: orders < 2, value: 5}, {when: trained, value: 1}]", "[{when: trained, value: 1}, {when: orders < 2, value: 5}]")],
    "a figure that nothing reads": [("definitions", "value: 10, unit", "value: 20, unit")],
    "the unit of a figure": [("definitions", "{en: pages}", "{en: chapters}")],
    "a figure dropped": [("definitions", "  letter: {title: {en: Letter}, kind: count, value: 10, unit: {en: pages}, source: [c]}\n", "")],
    "defined for fewer": [("definitions", "value: sales / orders", "value: sales / (orders - 1)")],
    "an aggregate": [("definitions", "over: deals, where: won", "over: deals, where: worth > 10")],
    "a threshold": [("tiers", "won_deals >= 1 or trained", "won_deals >= 2 or trained")],
    "a fact more is asked": [("tiers", "won_deals >= 1 or trained", "(won_deals >= 1 or trained) and (sales >= 0 or sales < 0)")],
    "a requirement dropped": [("tiers", "      won: {title: {en: Won}, rule: won_deals >= 1 or trained, source: [c]}\n", "")],
    "a discount": [("tiers", "value: 20, source", "value: 18, source")],
    "a smaller discount on the higher tier": [("tiers", "value: 20, source", "value: 8, source"), ("definitions", "gold: 5", "gold: 3")],
    "what may be agreed": [("tiers", "maximum: 20", "maximum: 15")],
    "the end of the membership": [("tiers", "start_of_year(as_of), 12", "start_of_year(as_of), 24")],
    "a right": [("tiers", "{en: The logo}", "{en: The logo in blue}")],
    "a restriction dropped": [("tiers", "    restrictions: {alone: {title: {en: No other vendors}, source: [c]}}\n", "")],
    "a tier more": [
        ("tiers", "\n  gold:\n", "\n  bronze:\n    title: {en: Bronze}\n    requirements: {orders: {title: {en: Orders}, rule: orders >= 1, source: [c]}}\n    discount: {value: 5, source: [c]}\n  gold:\n"),
        ("benefits", "seats: {title: {en: Seats}, kind: count, by_tier: {", "seats: {title: {en: Seats}, kind: count, by_tier: {bronze: 0, "),
    ],
    "the award": [("tiers", "award: highest", "award: signed")],
    "a bonus": [("bonuses", "gold: 4", "gold: 6")],
    "the cap": [("bonuses", "value: 25", "value: 21")],
    "the condition of a bonus": [("bonuses", "when: trained", "when: trained or region == 'south'")],
    "a benefit": [("benefits", "silver: 1, gold: 2", "silver: 1, gold: 1")],
    "the text of a benefit": [("benefits", "A desk of your own", "A desk to share")],
    "the slice of a rebate": [("rebates", "1000: 3", "1000: 4")],
    "the period of a rebate": [("rebates", "per: quarter", "per: year")],
    "the currency of a fee": [("fees", "currency: EUR", "currency: USD")],
    "a fee": [("fees", "gold: 300", "gold: 250")],
    "a default": [("facts", "kind: yes_no, default: false}\n  region", "kind: yes_no, default: true}\n  region")],
    "a default that nothing reads": [("facts", "kind: count, default: 3", "kind: count, default: 4")],
    "the default of a field": [("facts", "kind: yes_no, default: false}\n    values", "kind: yes_no, default: true}\n    values")],
    "the default of a list": [("facts", "    default: []\n", "")],
    "an upper bound": [("facts", "maximum: 9000", "maximum: 8000")],
    "an option dropped": [("facts", ", west: {title: {en: West}}", "")],
    "a value of an item": [("facts", "worth * ratio(10)", "worth * ratio(12)")],
    "a product": [("products", "products: {", "products: {desk: {title: {en: Desk}, source: [c]}, ")],
    "a price of use": [("facts", "spare: {title: {en: Spare}", "spare: {title: {en: In spare}")],
    "a fact renamed": [("facts", "trained:", "schooled:"), ("definitions", "when: trained", "when: schooled"), ("tiers", "or trained", "or schooled"), ("bonuses", "when: trained", "when: schooled")],
    "a list renamed": [("facts", "\n  deals:", "\n  sold:"), ("definitions", "over: deals", "over: sold")],
    "a field renamed": [("facts", "      won:", "      closed:"), ("definitions", "where: won", "where: closed")],
    "a tier renamed": [(file, "gold:", "top:") for file in ("definitions", "tiers", "bonuses", "benefits", "fees")] * 3,
    "an option renamed": [("facts", "south:", "east:"), ("definitions", "south: 2", "east: 2")],
    "a definition renamed": [("definitions", "  needed:", "  wanted:"), ("tiers", "needed", "wanted"), ("tiers", "needed", "wanted")],
    "a rebate renamed": [("rebates", "  volume:", "  turnover:")],
    "a title": [("definitions", "{en: Rate}", "{en: The rate}")],
}  # fmt: skip
RENAMED = [name for name in CHANGES if name.endswith("renamed")]
#: what changes nothing for anybody; a bonus is written otherwise in a fact's title
NEUTRAL = {*RENAMED, "a title", "a price of use"}


@cache
def base(folder: Path) -> Release:
    return load_files(read_files(write(folder / "base", **FILES)))


def changed(folder: Path, names: tuple[str, ...]) -> Release:
    files = dict(FILES)
    for file, old, new in itertools.chain.from_iterable(CHANGES[name] for name in names):
        if old in files[file]:
            files[file] = files[file].replace(old, new, 1)
    return load_files(read_files(write(folder, **files)))


def compared(folder: Path, names: tuple[str, ...]) -> tuple[Release, Release, ReleaseDifference]:
    before = base(folder)
    after = changed(folder / "-".join(names).replace(" ", "_"), names)
    pair = Pair(before, after, DAY, seconds=2)
    return before, after, difference(before.files, after.files, pair)


def partners() -> Iterator[dict[str, Any]]:
    """Records at the borders of every rule, some of them with facts, fields and the list left out."""
    deals = [None, [], [{"worth": 5}], [{"worth": 50, "won": True}], [{"worth": 50, "won": True}] * 2, [{"won": True}]]
    grid = itertools.product(
        (None, 0, 1, 2, 3, 5), (None, -500, 0, 999, 1000, 5000, 6000), (None, True), (None, "south")
    )
    chosen = random.Random(17)
    for orders, sales, trained, region in grid:
        facts = {"orders": orders, "sales": sales, "trained": trained, "region": region, "deals": chosen.choice(deals)}
        yield {key: value for key, value in facts.items() if value is not None}
    yield {"orders": 5, "sales": 0, "deals": [{"worth": 50, "won": True}], "region": "west"}
    yield {"orders": 5, "sales": 8500, "deals": [{"worth": 50}]}


def told(release: Release, facts: dict[str, Any]) -> Any:
    """What the interpreter says of a partner, without what names the release, titles and missing facts; None: refused."""
    renamed = {"trained": "schooled", "deals": "sold", "won": "closed", "south": "east"}
    programme = release.programme

    def known(id: Any) -> Any:
        new = renamed.get(id) if isinstance(id, str) else None
        lists = {name for fact in programme.lists.values() for name in fact.fields}
        options = {option for fact in programme.facts.values() for option in fact.choices}
        return new if new in {*programme.facts, *programme.lists, *lists, *options} else id

    def written(value: Any) -> Any:
        if isinstance(value, dict):
            return {known(key): written(part) for key, part in value.items()}
        return [written(part) for part in value] if isinstance(value, list) else known(value)

    try:
        outcome = release.evaluate({"partner": "P", "facts": written(facts)}, as_of=DAY)
    except InvalidInput:
        return None
    return json.loads(json.dumps(plain(outcome_data(outcome)), default=str))


def plain(data: Any) -> Any:
    if isinstance(data, dict):
        unsaid = ("release", "digest", "title", "titles", "unknown", "source", "facts", "problems", "next", "missing")
        return {key: plain(part) for key, part in data.items() if key not in unsaid}
    if isinstance(data, list | tuple):
        return [plain(part) for part in data]
    return str(data.normalize()) if isinstance(data, Decimal) else data


def sides(before: Any, after: Any) -> set[str]:
    """Which way a partner is hit, by outcomes whose better side nobody doubts."""
    shown: set[str] = set()
    if before is None or after is None:
        return {"refused"} if before is not None else set()
    for id in before["tiers"].keys() & after["tiers"].keys():
        statuses = before["tiers"][id]["status"], after["tiers"][id]["status"]
        if set(statuses) == {"qualified", "not_qualified"}:
            shown.add("better" if statuses[1] == "qualified" else "worse")
    for path, more_is_better in ((("discount", "total"), True), (("rebates",), True), (("fees",), False)):
        old, new = figure(before, path), figure(after, path)
        if old is not None and new is not None and old != new:
            shown.add("better" if (new > old) is more_is_better else "worse")
    return shown


def figure(outcome: Any, path: tuple[str, ...]) -> Decimal | None:
    data = outcome
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    if isinstance(data, list):
        amounts = [row["amount"] for row in data]
        return (
            None
            if None in amounts or len({row["currency"] for row in data}) > 1
            else sum(map(Decimal, amounts), Decimal(0))
        )
    return None if data is None else Decimal(data)


def check(names: tuple[str, ...], folder: Path) -> None:
    before, after, found = compared(folder, names)
    seen: set[str] = set()
    differs = False
    for facts in partners():
        old, new = told(before, facts), told(after, facts)
        seen |= sides(old, new)
        differs = differs or old != new
    if found.judgement == "neutral":
        renames_only = set(names) <= NEUTRAL
        assert renames_only or not differs, names
    if found.judgement == "improves":
        assert not {"worse", "refused"} & seen, names
    if found.judgement == "worsens":
        assert "better" not in seen, names
    fails = found.judgement not in ("neutral", "improves")
    assert rest_worsens(found, ()) is fails
    assert not rest_worsens(found, {judged.change.fingerprint for judged in found.changes})
    for lang in ("en", "ru"):
        words = ChangeWords(found.before, found.after, lang)
        for judged in found.changes:
            sentence = words.sentence(judged.change)
            assert not any(sign in sentence for sign in ("{'", "Decimal", "['", "None", "_tier")), sentence


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("changes")


@pytest.mark.parametrize("name", CHANGES)
def test_a_change(name: str, folder: Path) -> None:
    check((name,), folder)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in CHANGES if name not in NEUTRAL])
def test_no_change_of_what_is_printed_is_neutral(name: str, folder: Path) -> None:
    assert compared(folder / "printed", (name,))[2].judgement != "neutral"


@pytest.mark.parametrize("name", sorted(NEUTRAL))
def test_another_name_hits_nobody(name: str, folder: Path) -> None:
    found = compared(folder / "named", (name,))[2]
    assert found.judgement == "neutral"
    assert name not in RENAMED or [judged.change.became for judged in found.changes] == ["renamed"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "names", random.Random(5).sample(list(itertools.combinations(CHANGES, 2)), 60 if EXAMPLES else 25)
)
def test_two_changes(names: tuple[str, str], folder: Path) -> None:
    try:
        check(names, folder / "pairs")
    except InvalidProgramme:
        pytest.skip("the two cannot stand together")


def test_a_default_of_a_field_reaches_what_counts_it(folder: Path) -> None:
    found = compared(folder / "field", ("the default of a field",))[2]
    won = next(one for one in found.effects if one.outcome.id == "won" and one.outcome.tier == "gold")
    assert won.shows("better")
    assert not won.shows("worse")
