"""One portfolio under two releases: every number is the count over the outcomes of `evaluate`, one by one."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from charter import Outcome, Release, load
from charter.engine.portfolio.compare.compared import Compared, compare_portfolio
from charter.engine.portfolio.compare.comparison_sql import DiscountChanges, HolderCounts
from charter.engine.portfolio.compare.release_view import Portfolio
from charter.engine.portfolio.sql.columns import tier_names
from charter.engine.problems import InvalidInput, WrongCall
from charter.engine.programme.model import MAIN, Programme
from charter.engine.values import NUMERIC

from ..programmes import ASOFT, ROOT, copy_of, edit
from ..small_world import world
from . import portfolios
from .portfolios import TODAY, Partner, shown

BEFORE = load(ASOFT)
BESIDE = """
award: highest
tracks: {security: {title: {en: Security}, source: [c]}}
tiers:
  silver:
    title: {en: Silver}
    discount: {value: 3, source: [c]}
    requirements: {sells: {title: {en: Sells}, rule: revenue >= 50, source: [c]}}
  gold:
    title: {en: Gold}
    requirements: {sells: {title: {en: Sells more}, rule: revenue >= %s, source: [c]}}
  secured:
    title: {en: Secured}
    track: security
    requirements: {sells: {title: {en: Sells}, rule: revenue >= %s, source: [c]}}
"""


def discount(folder: Path) -> None:
    edit(folder, "tiers.yaml", "value: 20\n", "value: 23\n")


def threshold(folder: Path) -> None:
    edit(folder, "tiers.yaml", "marketing_activities >= required_activities", "marketing_activities >= 3")


def bonus_gone(folder: Path) -> None:
    """Removes a bonus and the facts that only it reads, which remain as columns of the file."""
    text = (folder / "bonuses.yaml").read_text("utf-8")
    (folder / "bonuses.yaml").write_text(text[: text.index("  events:\n")], "utf-8")
    facts = yaml.safe_load((folder / "facts.yaml").read_text("utf-8"))
    del facts["facts"]["asoft_events_attended"], facts["facts"]["own_events_held"]
    prices = folder / "prices.yaml"
    if prices.exists():
        text = re.sub(r"\n        (own|asoft)_event_bonus: .*", "", prices.read_text("utf-8"))
        prices.write_text(text, "utf-8")
    (folder / "facts.yaml").write_text(yaml.safe_dump(facts, allow_unicode=True), "utf-8")
    (folder / "claims.yaml").unlink(missing_ok=True)


def new_fact(folder: Path) -> None:
    """Adds a fact for which the file has no column, so that it is unknown for every partner."""
    audited = "facts:\n  audited: {title: {ru: Проверен, en: Audited}, kind: yes_no, source: [c2-it-company]}\n"
    edit(folder, "facts.yaml", "\nfacts:\n", f"\n{audited}")
    edit(
        folder,
        "tiers.yaml",
        "rule: marketing_activities >= required_activities",
        "rule: marketing_activities >= required_activities and audited",
    )


def tier_gone(folder: Path) -> None:
    for path in folder.glob("*.yaml"):
        data = without_saas(yaml.safe_load(path.read_text("utf-8")))
        if path.name == "definitions.yaml":
            del data["definitions"]["saas_ready"]
        if path.name == "facts.yaml":
            del data["checks"]["discount_agreed_with_a_plan"]
        path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
    for name in ("claims", "prices"):
        (folder / f"{name}.yaml").unlink(missing_ok=True)


def without_saas(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: without_saas(value) for key, value in data.items() if key != "saas"}
    return [without_saas(value) for value in data] if isinstance(data, list) else data


def precise(folder: Path) -> None:
    """Totals over the cap, and more decimals than those of the release before."""
    edit(folder, "bonuses.yaml", "value: 40\n", "value: 45\n")
    edit(folder, "tiers.yaml", "value: 10\n", "value: 10.000000000001\n")
    edit(folder, "tiers.yaml", "value: 25\n", "value: 30\n")


EDITS = [discount, threshold, bonus_gone, new_fact, tier_gone]


def release_with(folder: Path, *edits: Callable[[Path], None]) -> Release:
    copy = copy_of(ASOFT, folder)
    for change in edits:
        change(copy)
    return load(copy)


def named(value: object) -> str:
    return value if isinstance(value, str) else " and ".join(change.__name__ for change in value)  # type: ignore[attr-defined]


def as_read(partner: Partner, own: Programme, other: Programme) -> Partner:
    """A partner without the facts and the tier that only the other release has."""
    facts = {id: value for id, value in partner["facts"].items() if id in own.facts or id in own.lists}
    reduced = {**partner, "facts": facts}
    if partner.get("tier") in tier_names(other) and partner.get("tier") not in tier_names(own):
        reduced = {id: value for id, value in reduced.items() if id not in ("tier", "since")}
    return reduced


Pairs = dict[str, tuple[Outcome, Outcome]]


def both(before: Release, after: Release, partners: list[Partner]) -> Pairs:
    """The outcomes of the partners that both releases decide."""
    pairs = {}
    for partner in partners:
        try:
            old = before.evaluate(as_read(partner, before.programme, after.programme), as_of=TODAY)
            new = after.evaluate(as_read(partner, after.programme, before.programme), as_of=TODAY)
        except InvalidInput:
            continue
        pairs[partner["partner"]] = (old, new)
    return pairs


# Counted in the simplest way ------------------------------------------------------------------------------------------


def own_discount(outcome: Outcome) -> Decimal | None:
    if outcome.tier is None:
        return None if outcome.status == "undetermined" else Decimal(0)
    return shown(outcome.discount.total) if outcome.discount else Decimal(0)


def would_be(outcome: Outcome, tier: str) -> Decimal | None:
    discount = outcome.of(tier).discount
    return shown(discount.total) if discount else Decimal(0)


def status_of(outcome: Outcome, tier: str) -> str | None:
    return next((own.status for own in outcome.tiers if own.id == tier), None)


def has(outcome: Outcome, tier: str) -> bool:
    if any(track.tier == tier for track in outcome.tracks):
        return True
    return outcome.tier == tier and outcome.status in ("qualified", "retained")


def may_have(outcome: Outcome, release: Release, tier: str) -> bool:
    track = next((id for id, track in release.programme.tracks.items() if tier in track.tiers), None)
    if track is None:
        return False
    own = (outcome.tier, outcome.status)
    if track != MAIN:
        own = next((result.tier, result.status) for result in outcome.tracks if result.id == track)
    if own[1] != "undetermined":
        return False
    return own[0] == tier or (own[0] is None and status_of(outcome, tier) != "not_qualified")


def held(pairs: list[tuple[bool, bool]], opened: list[tuple[bool, bool]]) -> HolderCounts:
    counts = Counter(pairs)
    had, have = (sum(pair[side] for pair in pairs) for side in (0, 1))
    may = [sum(pair[side] for pair in opened) for side in (0, 1)]
    return HolderCounts(had, have, counts[False, True], counts[True, False], *may)


def moved(pairs: list[tuple[Decimal | None, Decimal | None]]) -> DiscountChanges:
    known = [(old, new) for old, new in pairs if old is not None and new is not None]
    up = [new - old for old, new in known if new > old]
    down = [old - new for old, new in known if new < old]
    return DiscountChanges(
        len(up), len(down), len(known) - len(up) - len(down),
        sum(old is None and new is not None for old, new in pairs),
        sum(old is not None and new is None for old, new in pairs),
        sum(old is None and new is None for old, new in pairs),
        sum(up, Decimal(0)), sum(down, Decimal(0)), max(up, default=None), max(down, default=None),
    )  # fmt: skip


PAID = ("rebates", "fees", "settlements")


def has_besides(outcome: Outcome, programme: Programme) -> dict[str, Any]:
    """Money and benefits by the names of their columns: nothing where the own tier does not have one."""
    benefits = {benefit.id: benefit for tier in programme.tiers.values() for benefit in tier.benefits}
    is_number = {id: benefit.kind in NUMERIC for id, benefit in benefits.items()}
    besides: dict[str, Any] = {f"benefits.{id}": 0 if number else False for id, number in is_number.items()}
    besides |= {f"{kind}.{payment.id}": 0 for tier in programme.tiers.values()
                for kind in PAID for payment in getattr(tier, kind).rows}  # fmt: skip
    if outcome.tier is None and programme.tiers:
        return dict.fromkeys(besides)
    besides |= {f"benefits.{benefit.id}": benefit.value for benefit in outcome.benefits or ()}
    paid = ((kind, payment) for kind in PAID for payment in getattr(outcome, kind) or ())
    return besides | {f"{kind}.{payment.id}": payment.amount for kind, payment in paid}


def standing(outcome: Outcome, before: Release, after: Release) -> dict[str, Any]:
    """Everything that is compared between the outcomes of a partner, by name."""
    common = [id for id in before.programme.tiers if id in after.programme.tiers]
    values: dict[str, Any] = {"tier": outcome.tier, "status": outcome.status, "discount": own_discount(outcome)}
    values |= {f"track_{track.id}": (track.tier, track.status) for track in outcome.tracks}
    values |= {f"status_{id}": status_of(outcome, id) for id in common}
    return values | {f"discount_{id}": would_be(outcome, id) for id in common}


def check(compared: Compared, before: Release, after: Release, pairs: Pairs, rows: int) -> dict[str, set[str]]:
    """Checks every number against the outcomes; returns the names of what differs, by partner."""
    outcomes = list(pairs.values())
    assert compared.rows == rows == compared.decided + compared.rejected
    assert compared.decided == len(pairs)
    assert compared.discount == moved([(own_discount(old), own_discount(new)) for old, new in outcomes])
    assert sum(compared.discount[:6]) == compared.decided
    alone = [(outcome.tier is None and outcome.status != "undetermined") for pair in outcomes for outcome in pair]
    opened = [(outcome.tier is None and outcome.status == "undetermined") for pair in outcomes for outcome in pair]
    sides = [list(zip(flat[::2], flat[1::2], strict=True)) for flat in (alone, opened)]
    assert compared.without_tier == held(*sides)
    assert {tier.id for tier in compared.tiers} == {*before.programme.tiers, *after.programme.tiers}
    for tier in compared.tiers:
        may = [(may_have(old, before, tier.id), may_have(new, after, tier.id)) for old, new in outcomes]
        assert tier.own == held([(has(old, tier.id), has(new, tier.id)) for old, new in outcomes], may), tier.id
        could = [(status_of(old, tier.id), status_of(new, tier.id)) for old, new in outcomes]
        yes, perhaps = (
            [(old == status, new == status) for old, new in could] for status in ("qualified", "undetermined")
        )
        assert tier.could == held(yes, perhaps), tier.id
        there = (tier.id in before.programme.tiers, tier.id in after.programme.tiers)
        assert (tier.in_before, tier.in_after) == there
        if tier.discount:
            totals = [(would_be(old, tier.id), would_be(new, tier.id)) for old, new in outcomes]
            assert tier.discount == moved(totals), tier.id
    moves = Counter((old.tier, old.status, new.tier, new.status) for old, new in outcomes)
    counted = {move[:4]: move.partners for move in compared.moves}
    assert counted == {key: number for key, number in moves.items() if key[:2] != key[2:]}
    differing = {}
    for partner, (old, new) in pairs.items():
        was, becomes = standing(old, before, after), standing(new, before, after)
        changed = {name for name in was if name in becomes and was[name] != becomes[name]}
        had, has_now = has_besides(old, before.programme), has_besides(new, after.programme)
        changed |= {id for id in had if id in has_now and had[id] != has_now[id]}
        changed |= {id for id in had.keys() ^ has_now.keys() if (had | has_now)[id] not in (None, False, 0)}
        if changed:
            differing[partner] = changed
    assert compared.differing == len(differing)
    return differing


def changes(path: Path) -> list[dict[str, Any]]:
    with duckdb.connect() as database:
        rows = database.read_parquet(str(path))
        return [dict(zip(rows.columns, row, strict=True)) for row in rows.fetchall()]


@pytest.mark.parametrize("format", ["csv", "parquet", "jsonl"])
@pytest.mark.parametrize("edits", [*((one,) for one in EDITS), (discount, precise, threshold)], ids=named)
def test_the_numbers_are_those_of_the_outcomes(
    edits: tuple[Callable[[Path], None], ...], format: str, tmp_path: Path
) -> None:
    """By the query, but for partners that the interpreter decides; some rows are refused, by one release or by both."""
    after = release_with(tmp_path, *edits)
    partners = portfolios.random_partners(BEFORE, 150, seed=11)
    for one in partners[::7]:
        one["partner"] = f"Ж-{one['partner']}"
    partners[3]["tier"] = "platinum"
    partners[5]["facts"]["implementations"] = Decimal("1.5")
    portfolio, _ = portfolios.write(tmp_path, BEFORE, partners, format)
    target = tmp_path / "changes.parquet"
    compared = compare_portfolio(BEFORE, after, Portfolio(portfolio, TODAY, changes_file=target))
    pairs = both(BEFORE, after, partners)
    assert 140 < len(pairs) < 150
    differing = check(compared, BEFORE, after, pairs, 150)
    assert differing
    rows = changes(target)
    assert [row["partner"] for row in rows] == sorted(differing)
    for row in rows:
        old, new = pairs[row["partner"]]
        assert set(row["differs"].split()) == differing[row["partner"]]
        assert (row["tier_before"], row["tier_after"]) == (old.tier, new.tier)
        assert (row["status_before"], row["status_after"]) == (old.status, new.status)
        totals = (own_discount(old), own_discount(new))
        assert (row["discount_before"], row["discount_after"]) == totals
        assert row["discount_change"] == (None if None in totals else totals[1] - totals[0])
    assert compared.rejects_before is not None
    with compared.rejects_before.open(encoding="utf-8") as file:
        assert len(list(csv.reader(file))) == 1 + compared.rejected_before


def test_back_again_gains_and_losses_change_places(tmp_path: Path) -> None:
    """A tier and facts that only the release before has; the same file the other way round."""
    after = release_with(tmp_path, tier_gone, bonus_gone)
    partners = portfolios.random_partners(BEFORE, 100, seed=4)
    portfolio, _ = portfolios.write(tmp_path, BEFORE, partners)
    there = compare_portfolio(BEFORE, after, Portfolio(portfolio, TODAY))
    back = compare_portfolio(after, BEFORE, Portfolio(portfolio, TODAY))
    check(back, after, BEFORE, both(after, BEFORE, partners), 100)
    forth = {one.id: one for one in there.tiers}
    assert forth["saas"].own.lost > 0
    assert forth["saas"].own.after == 0
    for one in back.tiers:
        ours, theirs = one.own, forth[one.id].own
        assert (ours.gained, ours.lost, ours.before) == (theirs.lost, theirs.gained, theirs.after)
    assert (back.discount.risen, back.discount.greatest_fall) == (there.discount.fallen, there.discount.greatest_rise)


def test_two_equal_releases_differ_for_nobody(tmp_path: Path) -> None:
    portfolio, _ = portfolios.write(tmp_path, BEFORE, portfolios.random_partners(BEFORE, 60, seed=1))
    compared = compare_portfolio(BEFORE, BEFORE, Portfolio(portfolio, TODAY, changes_file=tmp_path / "changes.csv"))
    assert (compared.rows, compared.decided, compared.differing, compared.moves) == (60, 60, 0, ())
    assert compared.discount.stays + compared.discount.stays_unknown == 60
    assert (tmp_path / "changes.csv").read_text("utf-8").count("\n") == 1
    assert (compared.changes, compared.rejects_before) == (tmp_path / "changes.csv", None)


def test_awarded_tiers_and_tracks_beside(tmp_path: Path) -> None:
    before = world(tmp_path / "one", tiers=BESIDE % (100, 25))
    after = world(tmp_path / "two", tiers=BESIDE % (1000, 60))
    partners = portfolios.random_partners(before, 120, seed=8)
    portfolio, _ = portfolios.write(tmp_path, before, partners)
    compared = compare_portfolio(before, after, Portfolio(portfolio, TODAY))
    differing = check(compared, before, after, both(before, after, partners), 120)
    assert any("track_security" in apart for apart in differing.values())
    assert any("tier" in apart for apart in differing.values())


def test_a_list_that_has_another_field_and_a_list_that_is_new(tmp_path: Path) -> None:
    facts = """
lists:
  deals:
    title: {en: Deals}
    fields: {amount: {title: {en: Amount}, kind: number}%s}
    source: [c]
%sfacts: {revenue: {title: {en: Revenue}, kind: money}}
"""
    tiers = """
award: highest
tiers:
  gold:
    title: {en: Gold}
    discount: {value: 5, source: [c]}
    requirements: {sells: {title: {en: Sells}, rule: sold >= %s, source: [c]}}
"""
    sold = "definitions: {sold: {title: {en: Sold}, kind: number, take: sum, of: %s, over: deals, source: [c]}}\n"
    visits = "  visits: {title: {en: Visits}, fields: {hours: {title: {en: Hours}, kind: number}}, source: [c]}\n"
    more = ", extra: {title: {en: Extra}, kind: number, default: 0}"
    before = world(tmp_path / "one", facts=facts % ("", ""), tiers=tiers % 10, definitions=sold % "amount")
    after = world(tmp_path / "two", facts=facts % (more, visits), tiers=tiers % 12, definitions=sold % "amount + extra")
    partners = portfolios.random_partners(after, 60, seed=6, lists=["deals", "visits"])
    partners[0]["partner"] = "Ж-1"
    for format in ("csv", "jsonl", "parquet"):
        folder = tmp_path / format
        folder.mkdir()
        portfolio, lists = portfolios.write(folder, after, partners, format)
        compared = compare_portfolio(before, after, Portfolio(portfolio, TODAY, lists))
        reduced = [{**one, "facts": without_new_fields(one["facts"])} for one in partners]
        pairs = {
            one["partner"]: (before.evaluate(old, as_of=TODAY), after.evaluate(one, as_of=TODAY))
            for old, one in zip(reduced, partners, strict=True)
        }
        assert check(compared, before, after, pairs, 60)


def without_new_fields(facts: dict[str, Any]) -> dict[str, Any]:
    found = {id: value for id, value in facts.items() if id != "visits"}
    if "deals" in found:
        found["deals"] = [{id: value for id, value in deal.items() if id != "extra"} for deal in found["deals"]]
    return found


# What is wrong --------------------------------------------------------------------------------------------------------


def test_what_neither_release_knows_is_refused(tmp_path: Path) -> None:
    after = release_with(tmp_path, new_fact)
    (tmp_path / "p.csv").write_text("partner,tier,audited,certified_admin\nA,retail,true,1\n", "utf-8")
    with pytest.raises(InvalidInput) as refused:
        compare_portfolio(BEFORE, after, Portfolio(tmp_path / "p.csv", TODAY))
    assert [one.message for one in refused.value.problems] == ["'certified_admin' is not a fact of the programme"]
    (tmp_path / "p.csv").write_text("partner,tier,audited\nA,retail,true\n", "utf-8")
    assert compare_portfolio(BEFORE, after, Portfolio(tmp_path / "p.csv", TODAY)).decided == 1
    with pytest.raises(WrongCall, match="'deals' is not a list"):
        compare_portfolio(BEFORE, after, Portfolio(tmp_path / "p.csv", TODAY, {"deals": tmp_path / "p.csv"}))
    with pytest.raises(WrongCall, match="none of CSV"):
        compare_portfolio(BEFORE, after, Portfolio(tmp_path / "p.csv", TODAY, changes_file=tmp_path / "list.txt"))


def test_a_problem_of_one_release_alone_says_so(tmp_path: Path) -> None:
    """What both say is said once; the list that stood there stays where the run fails."""
    after = release_with(tmp_path, new_fact)
    (tmp_path / "p.csv").write_text("partner,tier,it_company\nA,retail,perhaps\nA,retail,true\nA,retail\n", "utf-8")
    compared = compare_portfolio(BEFORE, after, Portfolio(tmp_path / "p.csv", TODAY))
    assert (compared.rows, compared.decided, compared.rejected) == (3, 0, 3)
    told = [one.message for one in compared.problems if one.code != "facts-left-out"]
    assert len(told) == len(set(told)) == 4
    left_out = [one.message for one in compared.problems if one.code == "facts-left-out"]
    assert ["before" in one[:20] for one in left_out] == [True, False]
    assert "audited" in left_out[1]
    (tmp_path / "changes.csv").write_text("old", "utf-8")
    (tmp_path / "p.csv").write_text("partner,nonsense\n", "utf-8")
    with pytest.raises(InvalidInput):
        compare_portfolio(BEFORE, after, Portfolio(tmp_path / "p.csv", TODAY, changes_file=tmp_path / "changes.csv"))
    assert (tmp_path / "changes.csv").read_text("utf-8") == "old"
    assert sorted(path.name for path in tmp_path.glob(".*")) == []


@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_the_list_is_written_in_each_format(format: str, tmp_path: Path) -> None:
    after = release_with(tmp_path, discount)
    portfolio = ROOT / "examples" / "portfolios" / "asoft.csv"
    target = tmp_path / f"changes.{format}"
    seen: list[float] = []
    compared = compare_portfolio(BEFORE, after, Portfolio(portfolio, TODAY, changes_file=target), seen.append)
    assert seen == sorted(seen)
    assert compared.rejects_after == tmp_path / "changes.rejects-after.csv"
    lines = target.read_text("utf-8").splitlines()
    assert len(lines) == compared.differing + (format == "csv")
    if format == "csv":
        header = "partner,tier_before,tier_after,status_before,status_after,discount_before,discount_after"
        assert lines[0] == f"{header},discount_change,differs"


# Memory ---------------------------------------------------------------------------------------------------------------

_PEAK = """
import resource, sys
from datetime import date
from pathlib import Path
from charter import load
from charter.engine.portfolio.compare.release_view import Portfolio
from charter.engine.portfolio.compare.compared import compare_portfolio
before, after, portfolio, target = map(Path, sys.argv[1:])
found = compare_portfolio(load(before), load(after), Portfolio(portfolio, date(2026, 11, 24), changes_file=target))
assert found.rows == found.decided + found.rejected
print(found.differing, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Of two million partners more differ than could be held as objects within what the process may use."""
    copy = copy_of(ASOFT, tmp_path)
    discount(copy)
    found = []
    for number in (200_000, 2_000_000):
        target = tmp_path / f"{number}.parquet"
        with duckdb.connect() as database:
            select = f"""
                SELECT 'P-' || range AS partner, ['retail', 'competency', 'saas'][1 + range % 3] AS tier,
                    true AS it_company, true AS technical_base, true AS trained_specialists,
                    true AS registered_on_site, true AS accession_agreement_signed, true AS licence_agreement_signed,
                    range % 5 AS certified_admins, range % 3 AS marketing_activities, 0 AS implementations,
                    0 AS customer_reviews, false AS sales_plan_agreed, false AS sales_plan_fulfilled,
                    0 AS asoft_events_attended, 0 AS own_events_held,
                    true AS announces_participation FROM range({number})
            """
            database.execute(f"COPY ({select}) TO '{target}' (FORMAT parquet)")
        (tmp_path / "peak.py").write_text(_PEAK, "utf-8")
        call = [
            sys.executable,
            str(tmp_path / "peak.py"),
            str(ASOFT),
            str(copy),
            str(target),
            str(tmp_path / "changes.parquet"),
        ]
        told = subprocess.run(call, check=True, capture_output=True, text=True).stdout.split()
        found.append([int(one) for one in told])
    (few, small), (many, large) = found
    assert many > 9 * few > 0
    assert large < 900_000  # kilobytes
    assert large < 2.5 * small


def test_money_of_a_programme_without_tiers_differs(tmp_path: Path) -> None:
    """The rate falls, a fee is new, and another is gone: for whom the sales or the staff make it so."""
    facts = "facts: {sales: {title: {en: S}, kind: money, currency: EUR}, staff: {title: {en: N}, kind: count}}\n"
    rebate = "rebates: {share: {title: {en: Share}, amount: sales * %s, currency: EUR, source: [c]}}\n"
    fee = "fees: {%s: {title: {en: Fee}, amount: 5, when: staff > %s, currency: EUR, source: [c]}}\n"
    before = world(tmp_path / "one", facts=facts, rebates=rebate % "0.2", fees=fee % ("entry", 10))
    after = world(tmp_path / "two", facts=facts, rebates=rebate % "0.1", fees=fee % ("listing", 20))
    (tmp_path / "p.csv").write_text("partner,sales,staff\nA,100,1\nB,0,10\nC,0,11\nD,0,21\nE,,1\n", "utf-8")
    target = tmp_path / "changes.parquet"
    compared = compare_portfolio(before, after, Portfolio(tmp_path / "p.csv", TODAY, changes_file=target))
    assert compared.differing == 3
    assert {row["partner"]: set(row["differs"].split()) for row in changes(target)} == {
        "A": {"rebates.share"},
        "C": {"fees.entry"},
        "D": {"fees.entry", "fees.listing"},
    }
