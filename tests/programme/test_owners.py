"""Each value says who owns it, what it is to its owner and how it was written; the views of the programme agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from charter.engine.programme.model import LINE, MAIN, ORDER, NamedValue, Programme, Requirement, Tier
from charter.engine.programme.owners import (
    PROGRAMME,
    WHOLE_ORDER,
    Owner,
    OwnerKind,
    Role,
    WrittenForm,
    agreed_id,
    id_of,
    of_list,
    of_tier,
    of_track,
)
from charter.engine.release.load import load

from ..programmes import ASOFT, ROOT, SMALL
from ..small_world import world

SHIPPED = [ASOFT, SMALL, *sorted((ROOT / "examples" / "programmes").glob("*/[0-9]*"))]
FORMS = {
    "by": WrittenForm.TABLE,
    "band": WrittenForm.BANDS,
    "up_to": WrittenForm.UP_TO,
    "slices": WrittenForm.SLICES,
    "cases": WrittenForm.CASES,
}

Seen = tuple[str, Owner, Role, tuple[str, ...]]


def of_requirements(requirements: tuple[Requirement, ...], tier: str, around: tuple[str, ...] = ()) -> Iterator[Seen]:
    for one in requirements:
        owner = of_tier(tier) if one.scope == "tier" else PROGRAMME
        names = (*around, one.id)
        yield one.value, owner, Role(one.scope) if one.scope != "tier" else Role.REQUIREMENT, names
        yield from of_requirements(one.parts, tier, names)


def of_view(tier: Tier) -> Iterator[Seen]:
    owner, discount = of_tier(tier.id), tier.discount
    yield tier.qualified, owner, Role.QUALIFIED, ()
    yield from of_requirements(tier.requirements, tier.id)
    if discount:
        yield discount.base, owner, Role.DISCOUNT_BASE, ()
        yield discount.uncapped, owner, Role.DISCOUNT_UNCAPPED, ()
        yield discount.total, owner, Role.DISCOUNT_TOTAL, ()
        yield discount.in_price, owner, Role.DISCOUNT_IN_PRICE, ()
        yield discount.in_kind, owner, Role.DISCOUNT_IN_KIND, ()
        yield discount.bonuses_apply, PROGRAMME, Role.BONUSES_APPLY, ()
        if discount.cap:
            yield discount.cap, PROGRAMME, Role.DISCOUNT_CAP, ()
        for bonus in discount.bonuses:
            yield bonus.earned, owner, Role.BONUS_EARNED, (bonus.id,)
            yield bonus.percent, owner, Role.BONUS_PERCENT, (bonus.id,)
            for rate in bonus.rates:
                if rate.percent != bonus.percent:
                    yield rate.earned, owner, Role.RATE_EARNED, (bonus.id, rate.id)
                    yield rate.percent, owner, Role.RATE_PERCENT, (bonus.id, rate.id)
    for benefit in tier.benefits:
        yield benefit.value, owner, Role.BENEFIT, (benefit.id,)
    yield from of_payments(tier, owner)


def of_payments(of: Tier | Programme, owner: Owner) -> Iterator[Seen]:
    """The values of the rebates, fees and settlements of a tier, or of a programme without tiers."""
    rebate_roles = (Role.REBATE_EARNED, Role.REBATE_FULL, Role.REBATE_AMOUNT, Role.REBATE_TOTAL)
    fee_roles = (Role.FEE_DUE, Role.FEE_FULL, Role.FEE_AMOUNT, Role.FEE_TOTAL)
    for payments, (applies, full, amount, sum_of_all) in ((of.rebates, rebate_roles), (of.fees, fee_roles)):
        for payment in payments.rows:
            yield payment.applies, owner, applies, (payment.id,)
            yield payment.full, owner, full, (payment.id,)
            yield payment.amount, owner, amount, (payment.id,)
        for total in payments.totals:
            yield total.amount, owner, sum_of_all, (total.currency.lower(), total.per)
    for settled in of.settlements.rows:
        yield settled.applies, owner, Role.SETTLEMENT_PAID, (settled.id,)
        yield settled.full, owner, Role.SETTLEMENT_FULL, (settled.id,)
        yield settled.amount, owner, Role.SETTLEMENT_AMOUNT, (settled.id,)


def of_views(programme: Programme) -> Iterator[Seen]:
    """What the views say of values: whose each is, what it is to its owner, and its names."""
    for tier in programme.tiers.values():
        yield from of_view(tier)
    yield from of_payments(programme, PROGRAMME)
    for track in programme.tracks.values():
        yield track.tier, of_track(track.id), Role.TIER, ()
        if track.kept_until:
            yield track.kept_until, PROGRAMME, Role.KEPT_UNTIL, ()
        if track.promotes:
            yield track.promotes, PROGRAMME, Role.PROMOTES, ()
        for tier_id, kept in track.kept.items():
            yield kept, of_tier(tier_id), Role.KEPT, ()
    for check in programme.checks:
        yield check.value, PROGRAMME, Role.FACT_CHECK, (check.id,)
    if programme.membership_ends:
        yield programme.membership_ends, PROGRAMME, Role.MEMBERSHIP_ENDS, ()
    if programme.membership_renews:
        yield programme.membership_renews, PROGRAMME, Role.MEMBERSHIP_RENEWS, ()
    order = programme.order
    for one in (*programme.lists.values(), *programme.made_lists.values(), *([order.lines] if order else [])):
        for id in one.values:
            role = Role.GROUP_KEY if id in one.key_ids else Role.ITEM_VALUE
            yield id, of_list(one.id), role, programme.values[id].names
    if order:
        for rule in order.rules:
            yield rule.when, of_list(ORDER), Role.PRICE_CONDITION, (rule.id,)
        for refusal in order.refusals:
            yield refusal.when, of_list(ORDER), Role.REFUSAL, (refusal.id,)
        for total_id in order.totals:
            yield total_id, WHOLE_ORDER, Role.ORDER_TOTAL, programme.values[total_id].names
        for id, names in ((order.customer_pays, ("customer_pays",)), (order.partner_pays, ("partner_pays",))):
            if id:
                yield id, of_list(ORDER), Role.AMOUNT, names
        for item in order.becomes:
            owner = of_list(ORDER) if item.one_for == "line" else WHOLE_ORDER
            yield item.where, owner, Role.PLACED, (item.list,)
            for name, field in item.fields.items():
                yield field, owner, Role.PLACED_FIELD, (item.list, name)
        if order.rule:
            yield order.rule, of_list(ORDER), Role.PRICE_RULE, ()


#: values that no view names: parts of others, and what rules alone read
_UNSEEN = {
    Role.BONUSES_APPLY, Role.BONUSES_IN_PRICE, Role.BONUS_TOTAL, Role.BONUS_WORTH, Role.DEFINITION, Role.DISCOUNT_CAP,
    Role.ORDER_TOTAL, Role.OWN_BONUS, Role.OWN_DISCOUNT, Role.RATE_WORTH, Role.REFUSED,
}  # fmt: skip


def check_views(programme: Programme) -> None:
    seen = {id: (owner, role, names) for id, owner, role, names in of_views(programme)}
    for id, value in programme.values.items():
        assert value.id == id == id_of(value.owner, value.role, *value.names)
        if id in seen:
            assert (value.owner, value.role, value.names) == seen[id], id
        else:
            assert value.role in _UNSEEN, id
        assert isinstance(value.form, WrittenForm)
        owners: Mapping[OwnerKind, Any] = {
            OwnerKind.PROGRAMME: [""],
            OwnerKind.TIER: programme.tiers,
            OwnerKind.TRACK: programme.tracks,
            OwnerKind.LIST: [*programme.lists, *programme.made_lists, *([ORDER] if programme.order else [])],
            OwnerKind.ORDER: [""],
        }
        assert value.owner.id in owners[value.owner.kind]
    assert [programme.values[id].id for id in programme.definitions] == [
        id_of(PROGRAMME, Role.DEFINITION, programme.values[id].name) for id in programme.definitions
    ]
    assert set(seen) <= set(programme.values)


@pytest.fixture(scope="module")
def every_role(tmp_path_factory: pytest.TempPathFactory) -> Programme:
    """A programme that has a value of every role."""
    return world(
        tmp_path_factory.mktemp("world"),
        programme="id: world\nrelease: 1.0.0\ntitle: {en: World}\nlanguages: [en]\n"
        "effective: {from: 2020-01-01}\nagreements: {source: [c]}\n",
        facts="""
facts:
  staff: {title: {en: Staff}, kind: count, default: 0, source: [c]}
  region:
    title: {en: Region}
    kind: choice
    choices: {north: {title: {en: North}}, south: {title: {en: South}}}
    default: north
    source: [c]
  joined: {title: {en: Joined}, kind: date, source: [c]}
lists:
  deals:
    title: {en: Deals}
    source: [c]
    fields: {amount: {title: {en: Amount}, kind: money, currency: EUR}}
    values: {half: {title: {en: Half}, kind: money, currency: EUR, value: amount / 2, source: [c]}}
  sizes: {title: {en: Sizes}, group: deals, by: amount, values: {
    deals_of_size: {title: {en: Deals}, kind: count, take: count, over: deals, source: [c]}}}
checks: {sane: {title: {en: Too many}, rule: staff < 100}}
""",
        definitions="""
definitions:
  sold: {title: {en: Sold}, kind: money, currency: EUR, take: sum, over: deals, of: half, source: [c]}
  goal: {title: {en: Goal}, kind: count, by_tier: {gold: 5, silver: 2}, source: [c]}
  by_region: {title: {en: By region}, kind: count, value: {by: region, rows: {north: 1, south: 2}}, source: [c]}
  on_lines: {title: {en: On lines}, kind: number, value: {between: staff, rows: {0: 0, 9: 5}}, source: [c]}
  banded: {title: {en: Banded}, kind: count, value: {band: staff, rows: {0: 1, 10: 2}}, source: [c]}
  fee_band: {title: {en: Fee}, kind: count, value: {up_to: staff, rows: {10: 1}, above: 2}, source: [c]}
  sliced:
    title: {en: Sliced}
    kind: money
    currency: EUR
    value: {slices: sold, rows: {0: 1, 10: 2}}
    source: [c]
  chosen:
    title: {en: Chosen}
    kind: count
    value: {cases: [{when: staff > 3, value: 2}], otherwise: 1}
    source: [c]
  part:
    title: {en: Part}
    kind: percent
    value: 30
    negotiable: {minimum: 10, maximum: 50, source: [c]}
    source: [c]
  twice: {title: {en: Twice}, kind: count, value: staff * 2, source: [c]}
""",
        eligibility="""
eligibility: {fit: {title: {en: Fit}, rule: staff > 0, source: [c]}}
joining: {signed: {title: {en: Signed}, rule: "true", source: [c]}}
""",
        tiers="""
award: highest
promotion: {title: {en: Quarterly}, when: as_of == start_of_quarter(as_of), source: [c]}
retention: {title: {en: Kept}, until: "add_months(joined, 12)", source: [c]}
membership: {title: {en: Year}, ends: "add_months(joined, 12)", source: [c]}
tracks: {training: {title: {en: Training}, source: [c]}}
tiers:
  silver: {title: {en: Silver}, discount: {value: 10, source: [c]}, source: [c]}
  gold:
    title: {en: Gold}
    source: [c]
    discount: {value: 20, source: [c]}
    requirements:
      enough:
        title: {en: Enough}
        source: [c]
        any_of: {people: {title: {en: People}, rule: staff >= goal, source: [c]}}
  school: {title: {en: School}, track: training, source: [c]}
""",
        bonuses="""
discount: {cap: {title: {en: Cap}, value: 40, source: [c]}}
bonuses:
  one: {title: {en: One}, when: staff > 1, percent: {gold: 1}, source: [c]}
  many:
    title: {en: Many}
    take: greatest
    source: [c]
    rates:
      few: {title: {en: Few}, when: staff > 2, percent: {gold: 1}}
      lots: {title: {en: Lots}, when: staff > 9, percent: {gold: 2}}
""",
        benefits="""
benefits:
  logo: {title: {en: Logo}, kind: text, by_tier: {gold: {en: Large}}, source: [c]}
  seats: {title: {en: Seats}, kind: count, by_tier: {silver: 1, gold: twice, school: 0}, source: [c]}
""",
        rebates="""
rebates:
  back: {title: {en: Back}, currency: EUR, amount: sold * ratio(part), when: staff > 1, source: [c]}
""",
        fees="""
fees:
  entry: {title: {en: Entry}, currency: EUR, amount: 100, when: staff > 1, source: [c]}
""",
        settlements="""
settlements:
  balance: {title: {en: Balance}, rebates: [back], fees: [entry], pays_from: 10, source: [c]}
""",
        prices="""
order:
  title: {en: Order}
  source: [c]
  fields: {list_price: {title: {en: List price}, kind: money}}
  values:
    net: {title: {en: Net}, kind: money, value: list_price - list_price * ratio(partner_discount), source: [c]}
  totals: {sum_of_all: {title: {en: Sum}, kind: money, take: sum, over: order, of: net, show: true, source: [c]}}
  refusals: {free: {title: {en: Free}, when: list_price == 0, source: [c]}}
  rules:
    usual: {title: {en: Usual}, when: list_price > 0, customer_pays: list_price, partner_pays: net, source: [c]}
  becomes:
    deals: {fields: {amount: net}, source: [c]}
""",
    ).programme


@pytest.mark.parametrize("release", SHIPPED, ids=lambda release: f"{release.parent.name}-{release.name}")
def test_values_agree_with_the_views(release: Path) -> None:
    check_views(load(release).programme)


def test_a_programme_of_every_role_agrees_with_its_views(every_role: Programme) -> None:
    check_views(every_role)
    assert {value.role for value in every_role.values.values()} == set(Role) - {Role.MEMBERSHIP_RENEWS}
    assert {value.form for value in every_role.values.values()} == set(WrittenForm)
    assert {value.owner.kind for value in every_role.values.values()} == set(OwnerKind)


def test_what_renews_a_membership_is_a_value_of_the_programme(tmp_path: Path) -> None:
    renews = "{title: {en: Signs}, rule: revenue > 0, source: [c]}"
    membership = f"{{title: {{en: Year}}, ends: as_of, renews: {renews}, source: [c]}}"
    programme = world(tmp_path, tiers=f"membership: {membership}\ntiers: {{gold: {{title: {{en: Gold}}}}}}\n").programme
    check_views(programme)
    assert programme.values["membership.renews"].role is Role.MEMBERSHIP_RENEWS


@pytest.mark.parametrize(
    ("owner", "role", "names", "form"),
    [
        (PROGRAMME, Role.DEFINITION, ("sold",), WrittenForm.AGGREGATE),
        (PROGRAMME, Role.DEFINITION, ("by_region",), WrittenForm.TABLE),
        (PROGRAMME, Role.DEFINITION, ("banded",), WrittenForm.BANDS),
        (PROGRAMME, Role.DEFINITION, ("fee_band",), WrittenForm.UP_TO),
        (PROGRAMME, Role.DEFINITION, ("sliced",), WrittenForm.SLICES),
        (PROGRAMME, Role.DEFINITION, ("chosen",), WrittenForm.CASES),
        (PROGRAMME, Role.DEFINITION, ("part",), WrittenForm.FIGURE),
        (PROGRAMME, Role.DEFINITION, ("twice",), WrittenForm.RULE),
        (of_tier("gold"), Role.DEFINITION, ("goal",), WrittenForm.FIGURE),
        (PROGRAMME, Role.ELIGIBILITY, ("fit",), WrittenForm.RULE),
        (of_tier("gold"), Role.REQUIREMENT, ("enough",), WrittenForm.GROUP),
        (of_tier("gold"), Role.REQUIREMENT, ("enough", "people"), WrittenForm.RULE),
        (of_tier("gold"), Role.DISCOUNT_BASE, (), WrittenForm.FIGURE),
        (of_tier("gold"), Role.DISCOUNT_TOTAL, (), WrittenForm.DERIVED),
        (of_tier("gold"), Role.RATE_EARNED, ("many", "lots"), WrittenForm.RULE),
        (of_tier("gold"), Role.BENEFIT, ("logo",), WrittenForm.TEXT),
        (of_tier("gold"), Role.BENEFIT, ("seats",), WrittenForm.RULE),
        (of_tier("silver"), Role.BENEFIT, ("seats",), WrittenForm.FIGURE),
        (of_tier("gold"), Role.QUALIFIED, (), WrittenForm.DERIVED),
        (of_list(ORDER), Role.REFUSAL, ("free",), WrittenForm.RULE),
        (WHOLE_ORDER, Role.ORDER_TOTAL, ("sum_of_all",), WrittenForm.AGGREGATE),
    ],
)
def test_a_value_says_how_it_was_written(
    every_role: Programme, owner: Owner, role: Role, names: tuple[str, ...], form: WrittenForm
) -> None:
    assert every_role.values[id_of(owner, role, *names)].form is form


def written_forms(release: Path) -> Iterator[tuple[str, Any]]:
    """Every definition of a release by its name, as definitions.yaml has it."""
    path = release / "definitions.yaml"
    written = yaml.safe_load(path.read_text("utf-8")) if path.exists() else {}
    yield from (written.get("definitions") or {}).items()


@pytest.mark.parametrize("release", SHIPPED, ids=lambda release: f"{release.parent.name}-{release.name}")
def test_definitions_keep_the_form_of_their_file(release: Path) -> None:
    programme = load(release).programme

    def wrong(value: NamedValue, row: Any, cell: Any) -> bool:
        if "take" in row:
            return value.form is not WrittenForm.AGGREGATE
        if isinstance(cell, dict):
            return value.form is not next(form for key, form in FORMS.items() if key in cell)
        return value.form not in (WrittenForm.RULE, WrittenForm.FIGURE)

    for name, row in written_forms(release):
        cells = row.get("by_tier", {}).items() if "by_tier" in row else [("", row.get("value"))]
        for tier, cell in cells:
            value = programme.values[id_of(of_tier(tier) if tier else PROGRAMME, Role.DEFINITION, name)]
            assert not wrong(value, row, cell), value.id


def test_a_programme_knows_whose_item_a_field_or_a_value_is_of(every_role: Programme) -> None:
    deals, lines = every_role.lists["deals"], every_role.order.lines if every_role.order else None
    assert lines is not None
    assert {every_role.list_of(id) for id in (*deals.fields_by_id(), *deals.values)} == {"deals"}
    assert {every_role.list_of(id) for id in (*lines.fields_by_id(), *lines.values)} == {ORDER}
    assert f"{lines.item}.{LINE}" in every_role.fields
    partner = (*every_role.facts, *every_role.definitions, every_role.tracks[MAIN].tier, "as_of", "deals", ORDER)
    assert {every_role.list_of(id) for id in partner} == {None}


def test_a_programme_knows_the_term_that_is_asked_about(every_role: Programme) -> None:
    part = id_of(PROGRAMME, Role.DEFINITION, "part")
    assert every_role.agreed == {agreed_id(part): part}
