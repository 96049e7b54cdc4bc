"""What the programme guarantees holds for every partner; a breach of it is refuted by a partner that breaks it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from charter.engine.proof.claims_by_solver import prove_claims
from charter.engine.proof.decide import Setting
from charter.engine.release.load import load_files, read_files
from charter.engine.review.readings import other_readings

from ..cli import charter, charter_json
from ..programmes import ASOFT, ROOT, copy_of, edit
from ..small_world import write

TODAY = date(2026, 11, 25)
Outcome = dict[str, Any]


def verdicts(folder: Path, *named: str, seconds: float = 5) -> dict[str, Any]:
    files = read_files(folder)
    readings = {reading.name: reading.release for reading in other_readings(files)[0]}
    proved = prove_claims(Setting(load_files(files), TODAY, seconds), readings, named)
    return {verdict.claim.id: verdict for verdict in proved}


def test_every_claim_of_the_programme_is_proved() -> None:
    by_claim = verdicts(ASOFT)
    assert {id: verdict.status for id, verdict in by_claim.items()} == dict.fromkeys(by_claim, "proved")
    assert {
        "no_total_over_40",
        "cap_takes_nothing",
        "cap_takes_under_both",
        "every_tier",
        "every_bonus",
        "bonuses_are_no_condition",
        "no_bonus_no_loss",
        "more_is_never_less",
        "saas_no_less_than_retail",
    } < set(by_claim)


def test_what_can_be_has_a_partner_for_each_tier_and_each_bonus() -> None:
    by_claim, programme = verdicts(ASOFT, "every_tier", "every_bonus"), load_files(read_files(ASOFT)).programme
    assert len(by_claim["every_tier"].partners) == len(programme.tiers)
    bonuses = [bonus for tier in programme.tiers.values() if tier.discount for bonus in tier.discount.bonuses]
    assert len(by_claim["every_bonus"].partners) == len(bonuses) == 10


# Breaches -------------------------------------------------------------------------------------------------------------

REVIEWS = "percent: {competency: 5, saas: 5}\n    source: [c9-reviews]"


def total(tier: str) -> Callable[[Outcome], Any]:
    return lambda outcome: outcome["tiers"][tier]["discount"]["total"]


#: the claim; what is changed in which file; and what shows in the outcomes of its partners that it is broken
BREACHES: dict[str, tuple[list[tuple[str, str, str]], Callable[..., bool]]] = {
    "competency_up_to_40": (
        [("bonuses.yaml", REVIEWS, REVIEWS.replace("competency: 5", "competency: 6"))],
        lambda partner: (
            partner["tiers"]["competency"]["status"] == "qualified"
            and partner["tiers"]["competency"]["discount"]["uncapped"] == 41
        ),
    ),
    "retail_up_to_22_5": (
        [("bonuses.yaml", "percent: {retail: 2.5,", "percent: {retail: 2.6,")],
        lambda partner: partner["tiers"]["retail"]["discount"]["uncapped"] == 22.6,
    ),
    "cap_takes_nothing": (
        [("bonuses.yaml", REVIEWS, REVIEWS.replace("saas: 5", "saas: 5.5"))],
        lambda partner: partner["tiers"]["saas"]["discount"]["uncapped"] == 40.5 and total("saas")(partner) == 40,
    ),
    "saas_highest": (
        [("tiers.yaml", "value: 20\n", "value: 25\n")],
        lambda partner: (
            partner["tiers"]["competency"]["discount"]["base"] == partner["tiers"]["saas"]["discount"]["base"]
        ),
    ),
    "no_total_over_40": (
        [("bonuses.yaml", "value: 40", "value: 45"), ("bonuses.yaml", REVIEWS, REVIEWS.replace("saas: 5", "saas: 7"))],
        lambda partner: total("saas")(partner) == 42,
    ),
    "bonuses_are_no_condition": (
        [
            (
                "tiers.yaml",
                "rule: marketing_activities >= required_activities",
                "rule: marketing_activities >= required_activities or own_events_held >= 1",
            )
        ],
        lambda first, second: (
            {first["tiers"]["competency"]["status"], second["tiers"]["competency"]["status"]}
            == {"qualified", "not_qualified"}
        ),
    ),
    "no_bonus_no_loss": (
        [("bonuses.yaml", "value: 40", "value: 24")],
        lambda partner: total("saas")(partner) == 24 and partner["tiers"]["saas"]["discount"]["base"] == 25,
    ),
    "more_is_never_less": (
        [
            (
                "bonuses.yaml",
                "when: own_events_held > own_events_used",
                "when: own_events_held > own_events_used and own_events_held < 4",
            )
        ],
        lambda first, second: any(
            total(tier)(first) > total(tier)(second) for tier in ("retail", "competency", "saas")
        ),
    ),
    "saas_no_less_than_retail": (
        [("tiers.yaml", "value: 25\n", "value: 5\n")],
        lambda partner: total("saas")(partner) < total("retail")(partner),
    ),
}


@pytest.mark.parametrize("claim", BREACHES)
def test_a_breach_is_refuted_by_a_partner_that_evaluate_confirms(claim: str, tmp_path: Path) -> None:
    release = copy_of(ASOFT, tmp_path)
    edits, shows = BREACHES[claim]
    for change in edits:
        edit(release, *change)
    examples = tmp_path / "examples"
    call = ("prove", claim, "--program", release, "--examples", examples)
    (verdict,) = charter_json(*call, schema="proof.schema.json", code=1)["claims"]
    assert (verdict["id"], verdict["status"]) == (claim, "refuted")
    files = sorted(examples.iterdir())
    assert len(files) == len(verdict["partners"]) > 0
    outcomes = [
        charter_json("evaluate", file, "--program", release, "--as-of", partner["as_of"], schema="outcome.schema.json")
        for file, partner in zip(files, verdict["partners"], strict=True)
    ]
    assert shows(*outcomes), outcomes


@pytest.mark.parametrize(
    ("claim", "file", "old", "new", "never"),
    [
        (
            "every_tier",
            "tiers.yaml",
            "rule: implementations == 0 or review_share >= required_review_share",
            "rule: implementations > 4 and customer_reviews < 2 and review_share >= required_review_share",
            ["competency"],
        ),
        (
            "every_bonus",
            "bonuses.yaml",
            "when: certified_admins > required_admins",
            "when: certified_admins > required_admins and certified_admins < required_admins + 1",
            ["competency.extra_specialists", "saas.extra_specialists"],
        ),
        ("cap_takes_under_both", "bonuses.yaml", "value: 40", "value: 41", ["max(discount_uncapped('competency'), "]),
    ],
)
def test_what_nobody_reaches_is_refuted(
    claim: str, file: str, old: str, new: str, never: list[str], tmp_path: Path
) -> None:
    """No partner can show that; nor does the interpreter find one, as the bounds of the values cannot tell either."""
    release = copy_of(ASOFT, tmp_path)
    edit(release, file, old, new)
    (verdict,) = charter_json("prove", claim, "--program", release, schema="proof.schema.json", code=1)["claims"]
    assert verdict["status"] == "refuted"
    assert [id[: len(start)] for id, start in zip(verdict["never"], never, strict=True)] == never


# Small programmes -----------------------------------------------------------------------------------------------------

TIERS = """
tiers:
  gold:
    title: {en: Gold}
    discount: {value: 20, source: [c]}
    requirements:
      deals: {title: {en: Deals}, rule: closed >= 2, source: [c]}
"""
FACTS = """
facts:
  joined: {title: {en: Joined}, kind: date}
  revenue: {title: {en: Revenue}, kind: money, minimum: 0}
  region: {title: {en: Region}, kind: choice, choices: {north: {title: {en: N}}, south: {title: {en: S}}}}
lists:
  deals:
    title: {en: Deals}
    fields:
      amount: {title: {en: Amount}, kind: money, minimum: 0}
      day: {title: {en: Day}, kind: date}
"""
DEFINITIONS = """
definitions:
  closed: {title: {en: Closed}, kind: count, take: count, over: deals, where: "last_months(day, 12)", source: [c]}
  sold: {title: {en: Sold}, kind: money, take: sum, over: deals, of: amount, source: [c]}
  largest: {title: {en: Largest}, kind: money, take: maximum, over: deals, of: amount, empty: 0, source: [c]}
"""


def claim(form: str, tmp_path: Path, seconds: float = 5) -> Any:
    text = (
        "claims:\n  it:\n    title: {en: It}\n    source: [c]\n"
        + textwrap.indent(form.replace("; ", "\n"), "    ")
        + "\n"
    )
    folder = write(tmp_path, facts=FACTS, definitions=DEFINITIONS, tiers=TIERS, claims=text)
    return verdicts(folder, seconds=seconds)["it"]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ("always: sold >= 0", "proved"),
        ("always: closed < 2", "refuted"),
        ("always: largest <= sold", "undecided"),  # it is so, and of lists of any length it is not known
        ("possible: closed == 3 and sold > 1000", "proved"),
        ("possible: closed >= 50", "undecided"),  # lists of more items than are looked at
        ("possible: sold < 0", "refuted"),
        ("possible: days_between(joined, as_of) > 365", "proved"),
        ("always: add_days(joined, 30) > joined", "proved"),
        ("reachable: tiers", "proved"),
        ("reachable: bonuses", "proved"),
        ("greatest: min(revenue, 100); is: 100", "proved"),
        ("greatest: min(revenue, 100); is: 99", "refuted"),
        ("greatest: revenue; is: 100", "refuted"),
        ("least: revenue; is: 0", "proved"),
        ("least: revenue + 1; is: 0", "refuted"),
        ("greatest: min(revenue, sold); is: revenue", "proved"),
        ("more: [revenue]; never_lowers: ['min(revenue, 7)']", "proved"),
        ("more: [revenue]; never_lowers: [revenue < 7]", "refuted"),
        ("whatever: [region]; never_changes: [revenue, sold, closed]", "proved"),
        ("whatever: [region]; never_changes: [\"region == 'north'\"]", "refuted"),
        ("whatever: [joined]; never_changes: [\"qualified('gold')\", closed]", "proved"),
    ],
)
def test_claims_of_a_programme_with_a_list(form: str, status: str, tmp_path: Path) -> None:
    verdict = claim(form, tmp_path)
    assert verdict.status == status


def test_an_example_holds_what_matters_and_nothing_else(tmp_path: Path) -> None:
    (partner,) = claim("possible: closed == 1 and revenue > 2.5 and region == 'south'", tmp_path).partners
    assert {id: str(value) for id, value in partner.facts.items() if id != "deals"} == {
        "revenue": "3",
        "region": "south",
    }
    (deal,) = partner.facts["deals"]
    assert set(deal) == {"day"}


def test_what_the_solver_cannot_say_in_time_is_undecided(tmp_path: Path) -> None:
    """Three numbers whose cubes add up to a fourth's: nobody has them, and no solver says so in a tenth of a second."""
    cubes = " + ".join(f"{fact} * {fact} * {fact}" for fact in ("a", "b"))
    facts = "facts:\n" + "".join(f"  {fact}: {{title: {{en: N}}, kind: count, minimum: 1}}\n" for fact in "abd")
    text = f"claims:\n  it: {{title: {{en: It}}, possible: '{cubes} == d * d * d', source: [c]}}\n"
    folder = write(tmp_path, facts=facts, claims=text)
    assert verdicts(folder, seconds=0.1)["it"].status == "undecided"


def test_a_sum_of_many_parts_is_compared_part_by_part(tmp_path: Path) -> None:
    """Sixty bonuses, each of its own rule: too much for one question, and easy once no part is lower."""
    facts = "facts:\n" + "".join(f"  n{number}: {{title: {{en: N}}, kind: count}}\n" for number in range(12))
    rules = [f"n{number % 12} + n{(number * 5 + 1) % 12} >= {number % 7 + 1}" for number in range(60)]
    bonuses = "bonuses:\n" + "".join(
        f"  b{index}: {{title: {{en: B}}, when: '{rule}', percent: {{gold: 0.5}}, source: [c]}}\n"
        for index, rule in enumerate(rules)
    )
    tiers = "tiers: {gold: {title: {en: Gold}, discount: {value: 10, source: [c]}}}\n"
    more = f"more: [{', '.join(f'n{number}' for number in range(12))}]"
    text = f"claims: {{it: {{title: {{en: It}}, {more}, never_lowers: [\"discount_total('gold')\"], source: [c]}}}}\n"
    folder = write(tmp_path, facts=facts, tiers=tiers, bonuses=bonuses, claims=text)
    assert verdicts(folder)["it"].status == "proved"


# The command ----------------------------------------------------------------------------------------------------------


def test_prove_ends_with_0_where_all_is_proved_and_1_where_not(tmp_path: Path) -> None:
    good = charter("prove", "saas_highest", "cap_takes_nothing")
    assert (good.returncode, good.stderr) == (0, "")
    assert "2 of 2 proved" in good.stdout
    bad = charter("prove", "saas_highest", "--set", "tiers.saas.discount.value=15", "--lang", "ru")
    assert bad.returncode == 1
    assert "опровергнуто 1" in bad.stdout
    assert charter("prove", "no_such").returncode == 2
    assert charter("prove", "--seconds", "0").returncode == 2
    unwritable = tmp_path / "file"
    unwritable.write_text("", "utf-8")
    assert charter("prove", "saas_up_to_40", "--examples", unwritable / "x").returncode == 2


def test_undecided_fails_a_call_that_asks_for_it(tmp_path: Path) -> None:
    text = "claims:\n  it: {title: {en: It}, possible: closed >= 50, source: [c]}\n"
    folder = write(tmp_path, facts=FACTS, definitions=DEFINITIONS, tiers=TIERS, claims=text)
    assert charter("prove", "--program", folder).returncode == 0
    assert charter("prove", "--program", folder, "--fail-on", "warning").returncode == 1


@pytest.mark.parametrize("format", ["markdown", "html"])
def test_other_formats(format: str) -> None:
    done = charter("prove", "every_tier", "--format", format)
    assert done.returncode == 0
    assert "Every tier can be reached." in done.stdout


def test_without_the_solver_a_call_says_what_to_install_and_check_notes_what_is_open() -> None:
    import subprocess
    import sys

    script = (
        "import sys; from importlib.util import find_spec as found; import importlib.util as it; "
        "it.find_spec = lambda name, *more: None if name == 'z3' else found(name, *more); sys.modules['z3'] = None; "
        "from charter.cli import main; main()"
    )

    def without(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", script, *words]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    for command in (["prove"], ["advise", "examples/competency.yaml"]):
        done = without(*command)
        assert done.returncode == 2
        assert "in the clone: pip install '.[prove]'; with the wheel: pip install './charter-" in done.stderr
    done = without("check")
    assert done.returncode == 0
    assert "note[claim-undecided]  the claim 'more_is_never_less' is not proved" in done.stdout
    assert "in the clone: pip install '.[prove]'; with the wheel: pip install './charter-" in done.stdout


def test_a_release_without_claims_says_so(tmp_path: Path) -> None:
    done = charter("prove", "--program", write(tmp_path))
    assert done.returncode == 0
    assert "the release claims nothing of all partners" in done.stdout
