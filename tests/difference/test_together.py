"""Changes that act together, what the gate lets pass, and an outcome of a kind that nobody has heard of."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from charter import Release, compare
from charter.engine.difference.difference import ReleaseDifference, difference, rest_worsens
from charter.engine.difference.one_partner import Pair
from charter.engine.portfolio.compare.compared import compare_portfolio
from charter.engine.portfolio.compare.release_view import Portfolio, UnprovedOutcome
from charter.engine.programme.owners import Better, Role
from charter.engine.release.load import load_files, read_files
from charter.engine.report.difference import difference_data, difference_page

from ..cli import charter, charter_json
from ..small_world import world, write

DAY = date(2026, 11, 25)
FACTS = "facts: {n: {title: {en: N}, kind: count}, m: {title: {en: M}, kind: count}}\n"
TIERS = """
award: highest
tiers:
  gold:
    title: {en: Gold}
    requirements: {r: {title: {en: R}, rule: "%s", source: [c]}}
    discount: {value: %s, source: [c]}
"""
NEEDED = "definitions: {needed: {title: {en: Needed}, kind: count, value: %s, source: [c]}}\n"


def found(folder: Path, before: dict[str, str], after: dict[str, str]) -> ReleaseDifference:
    old, new = (world(folder / name, facts=FACTS, **files) for name, files in (("a", before), ("b", after)))
    return difference(old.files, new.files, Pair(old, new, DAY))


@pytest.fixture
def together(tmp_path: Path) -> ReleaseDifference:
    """A rule that reads a figure instead of a number, and a higher figure: only the two raise the threshold."""
    before = {"tiers": TIERS % ("n >= 1", 10), "definitions": NEEDED % 1}
    return found(tmp_path, before, {"tiers": TIERS % ("n >= needed", 10), "definitions": NEEDED % 5})


def test_each_says_with_which_it_acts(together: ReleaseDifference) -> None:
    figure, rule = together.changes
    assert (rule.judgement, rule.together, [change.code for change in rule.others]) == (
        "neutral",
        "worsens",
        [figure.change.code],
    )
    page = difference_page(together, "en", {})
    assert page.blocks[0].rows[0].note.endswith(f"together with {figure.change.fingerprint}")


def test_one_approval_of_two_that_worsen_together_is_not_enough(together: ReleaseDifference) -> None:
    fingerprints = [judged.change.fingerprint for judged in together.changes]
    assert rest_worsens(together, [])
    assert [rest_worsens(together, [one]) for one in fingerprints] == [True, True]
    assert not rest_worsens(together, fingerprints)


def test_what_is_not_approved_may_improve(tmp_path: Path) -> None:
    both = found(tmp_path, {"tiers": TIERS % ("n >= 1", 10)}, {"tiers": TIERS % ("n >= 2", 12)})
    rule = next(judged.change for judged in both.changes if judged.change.code == "requirement_rule_changed")
    discount = next(judged.change for judged in both.changes if judged.change.code == "discount_changed")
    assert both.judgement == "both"
    assert not rest_worsens(both, [rule.fingerprint])
    assert rest_worsens(both, [discount.fingerprint])


def test_a_new_tier_is_one_row_with_its_own_under_it(tmp_path: Path) -> None:
    benefits = "benefits: {seats: {title: {en: Seats}, kind: yes_no, by_tier: {%s}, source: [c]}}\n"
    more = TIERS % ("n >= 1", 10) + "  top: {title: {en: Top}, source: [c]}\n"
    before = {"tiers": TIERS % ("n >= 1", 10), "benefits": benefits % "gold: true"}
    told = found(tmp_path, before, {"tiers": more, "benefits": benefits % "gold: true, top: false"})
    (row,) = difference_page(told, "en", {}).blocks[0].rows
    assert "new tier: Top" in row.note
    assert [line.partition("  ")[2] for line in row.details] == ["Seats, Top: now no"]
    seats = [effect for effect in told.effects if effect.outcome.role is Role.BENEFIT and effect.outcome.tier == "top"]
    assert [effect.judgement for effect in seats] == ["neutral"]


def with_made_up(release: Release) -> Release:
    """The release with outcomes of a role that no release shows."""
    values = release.programme.values
    shown = {
        id: value._replace(better=Better.MORE, title={})
        for id, value in values.items()
        if value.role is Role.BONUSES_APPLY
    }
    assert shown
    return release._replace(programme=release.programme._replace(values={**values, **shown}))


def test_an_outcome_of_an_unknown_kind_is_compared_and_told(tmp_path: Path) -> None:
    bonuses = "discount: {bonuses_apply: {title: {en: Apply}, rule: n >= %s, source: [c]}}\nbonuses: {b: {title: {en: B}, when: m >= 1, percent: {gold: 1}, source: [c]}}\n"  # noqa: E501
    folders = [
        write(tmp_path / name, facts=FACTS, tiers=TIERS % ("n >= 1", 10), bonuses=bonuses % least)
        for name, least in (("a", 3), ("b", 2))
    ]
    before, after = (with_made_up(load_files(read_files(folder))) for folder in folders)
    told = difference(before.files, after.files, Pair(before, after, DAY))
    (effect,) = (one for one in told.effects if one.outcome.role is Role.BONUSES_APPLY)
    assert effect.judgement == "improves"
    assert [one["what"] for one in difference_data("done", told, DAY, {})["effects"]].count("bonuses_apply") == 1
    assert any(row.figure == "no → yes" for block in difference_page(told, "en", {}).blocks for row in block.rows)


def test_an_example_has_the_ids_of_each_release(tmp_path: Path) -> None:
    """The second release renames a fact and asks for more of it: each partner is a record of its own release."""
    tiers = TIERS % ("n >= 1", 10)
    old = write(tmp_path / "a", facts=FACTS, tiers=tiers)
    new = write(tmp_path / "b", facts=FACTS.replace("{n:", "{count:"), tiers=tiers.replace("n >= 1", "count >= 2"))
    told = charter_json("diff", old, new, "--as-of", "2026-11-25", schema="diff.schema.json")
    assert [change["code"] for change in told["changes"]] == ["fact_renamed", "requirement_rule_changed"]
    assert told["judgement"] == "worsens"
    ways = [one["ways"]["worse"] for one in told["effects"] if one["what"] == "qualified"]
    assert [[partner["record"]["facts"] for partner in way["partners"]] for way in ways] == [[{"n": 1}, {"count": 1}]]


def test_a_portfolio_says_what_proof_leaves_open(tmp_path: Path) -> None:
    """The sum of two cubes that is a cube and 3 more is beyond the solver; the partners of a file are not."""
    rows = [f"  {id}: {{title: {{en: {id}}}, kind: number, minimum: 0}}\n" for id in "xyz"]
    facts = "facts:\n" + "".join(rows)
    volume = "definitions: {v: {title: {en: Volume}, kind: number, better: more, value: '%s', source: [c]}}\n"
    cubes = "x * y * z + (1 if x * x * x + y * y * y == z * z * z + 3 else 0)"
    old = write(tmp_path / "a", facts=facts, definitions=volume % "x * y * z")
    new = write(tmp_path / "b", facts=facts, definitions=volume % cubes)
    portfolio = tmp_path / "portfolio.csv"
    call = ("diff", old, new, "--as-of", "2026-11-25", "--seconds", "0.2", "--portfolio", portfolio)
    portfolio.write_text("partner,x,y,z\nP-1,1,2,3\nP-2,1.5,3,3\n", "utf-8")
    told = charter_json(*call, schema="diff.schema.json")
    assert told["judgement"] == "not_proved"
    assert told["compared"]["portfolio"]["open"] == [
        {"before": "definitions.v", "after": "definitions.v", "differing": 0}
    ]
    assert "Volume  no partner of the portfolio" in charter(*call).stdout


def test_a_partner_of_the_portfolio_is_found_where_proof_leaves_it_open(tmp_path: Path) -> None:
    old, new = (
        world(tmp_path / name, facts=FACTS, definitions=NEEDED % value) for name, value in (("a", "n"), ("b", "m"))
    )
    portfolio = tmp_path / "portfolio.csv"
    portfolio.write_text("partner,n,m\nP-1,1,1\nP-2,1,2\nP-3,3,2\n", "utf-8")
    needed = UnprovedOutcome("definitions.needed", "definitions.needed", is_number=True)
    compared = compare_portfolio(old, new, Portfolio(portfolio, DAY, open=(needed,)))
    assert compared.open == ((needed, 2),)


REGION = """
facts:
  n: {title: {en: N}, kind: count}
  region: {title: {en: Region}, kind: choice, choices: {north: {title: {en: North}}, south: {title: {en: South}}}}
"""


def test_a_portfolio_is_read_through_what_is_renamed(tmp_path: Path) -> None:
    """The second release renames a fact, an option and a tier: the columns are those of the first; nobody is hit."""
    old = write(tmp_path / "a", facts=REGION, tiers=TIERS % ("n >= 1 and region == 'south'", 10))
    new = write(
        tmp_path / "b",
        facts=REGION.replace("  n:", "  orders:").replace("south:", "east:"),
        tiers=(TIERS % ("orders >= 1 and region == 'east'", 10)).replace("gold:", "top:"),
    )
    portfolio = tmp_path / "portfolio.csv"
    portfolio.write_text("partner,n,region\nP-1,1,south\nP-2,0,south\nP-3,2,north\n", "utf-8")
    told = charter_json("diff", old, new, "--as-of", "2026-11-25", "--portfolio", portfolio, schema="diff.schema.json")
    counted = told["compared"]["portfolio"]
    assert (told["judgement"], counted["rows"], counted["decided"], counted["differing"]) == ("neutral", 3, 3, 0)
    result = compare(load_files(read_files(old)), load_files(read_files(new)), portfolio, as_of=DAY)
    assert (result.decided, result.differing) == (3, 0)


BAND = """
facts: {n: {title: {en: N}, kind: count}}
lists:
  deals:
    title: {en: Deals}
    fields: {amount: {title: {en: Amount}, kind: count}}
    values: {points: {title: {en: Points}, kind: count, value: {band: amount, rows: {%s: 3}, below: 0}, source: [c]}}
"""


def test_a_change_that_leaves_a_part_of_a_wrong_shape_cannot_stand_alone(tmp_path: Path) -> None:
    """The only row of a band begins elsewhere: without its new row, the band has none."""
    old, new = (world(tmp_path / name, facts=BAND % border) for name, border in (("a", 5), ("b", 6)))
    told = difference(old.files, new.files, Pair(old, new, DAY))
    assert [judged.change.became for judged in told.changes] == ["removed", "added"]
    assert told.changes[0].judgement is None
    assert told.judgement == "both"
