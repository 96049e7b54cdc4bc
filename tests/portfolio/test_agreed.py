"""Two releases: agreements that a change does not reach or that are no longer allowed, and the prices of orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from charter import Release, load
from charter.engine.portfolio.compare.agreement_effects import AgreedTerm, AgreementEffect, AgreementsUnder, unreached
from charter.engine.portfolio.compare.compared import compare_portfolio
from charter.engine.portfolio.compare.release_view import Portfolio
from charter.engine.portfolio.compare.row_comparison import CurrencyTotal, unreached_in_portfolio
from charter.engine.source.document import Document, read_bytes, read_text

from ..programmes import ASOFT, ROOT, SMALL, copy_of, edit
from ..random_facts import RELEASES
from . import portfolios
from .portfolios import TODAY
from .test_compared import bonus_gone, discount, precise, release_with, tier_gone

BEFORE = load(ASOFT)
COMPETENCY, SAAS, UPDATES = "tiers.competency.discount", "tiers.saas.discount", "definitions.updates_share"
NEGOTIABLE = "      negotiable: {source: [c6-sales-plan-discount, c10-supplementary]}\n"


def not_negotiable(folder: Path) -> None:
    edit(folder, "tiers.yaml", f"value: 25\n{NEGOTIABLE}", "value: 25\n")
    edit(folder, "programme.yaml", "agreements: {source", "agreements: {except: [tiers.saas.discount], source")


def narrower(folder: Path) -> None:
    edit(folder, "definitions.yaml", "maximum: 50", "maximum: 30")


def agreed(term: str, value: int, begins: str = "2026-01-01", until: str | None = None) -> dict[str, Any]:
    one = {"term": term, "value": value, "document": f"{value}/2026", "from": date.fromisoformat(begins)}
    return one | ({"until": date.fromisoformat(until)} if until else {})


def record(partner: str, *agreements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"partner": partner, "tier": "competency", "facts": {}, **more, "agreements": list(agreements)}


def of(after: Release, *records: Any, before: Release = BEFORE) -> list[tuple[Any, ...]]:
    """Partner, term, effect and the three values of each agreement that a change affects; there are no problems."""
    under = unreached(before, after, records, TODAY)
    assert under.problems == ()
    return [
        (effect.partner, effect.term, effect.effect, effect.agreed, effect.old, effect.new) for effect in under.affected
    ]


def test_a_change_does_not_reach_whoever_has_agreed_otherwise(tmp_path: Path) -> None:
    """An agreement that has ended, or has not begun, has no effect on that day."""
    after = release_with(tmp_path, discount)
    records = [
        record("A", agreed(COMPETENCY, 22)),
        record("B", agreed(SAAS, 26)),
        record("C", agreed(COMPETENCY, 22, until="2026-11-23")),
        record("D", agreed(COMPETENCY, 22, "2026-11-25")),
        record("E", agreed(COMPETENCY, 22, until="2026-11-24"), agreed(UPDATES, 5)),
        record("F"),
    ]
    percents = (Decimal(22), Decimal(20), Decimal(23))
    assert of(after, *records) == [("A", COMPETENCY, "unreached", *percents), ("E", COMPETENCY, "unreached", *percents)]
    assert unreached(BEFORE, after, records, TODAY).agreements == 6
    assert of(BEFORE, *records) == []


def test_it_is_what_evaluate_says_of_the_term(tmp_path: Path) -> None:
    """The old and the new value are those of each release without the agreement."""
    after = release_with(tmp_path, discount)
    one = record("A", agreed(COMPETENCY, 22))
    (found,) = unreached(BEFORE, after, [one], TODAY).affected
    for release, value in ((BEFORE, found.old), (after, found.new)):
        (told,) = release.evaluate(one, as_of=TODAY).agreements
        assert (told.was, told.value, told.begins, told.ends) == (value, found.agreed, found.begins, found.ends)
        assert release.evaluate(one, as_of=TODAY).of("competency").discount.base == found.agreed


@pytest.mark.parametrize(
    ("change", "term", "value", "effect", "old", "new"),
    [
        (tier_gone, SAAS, 30, AgreementEffect.GONE, 25, None),
        (not_negotiable, SAAS, 30, AgreementEffect.NOT_NEGOTIABLE, 25, 25),
        (narrower, UPDATES, 40, AgreementEffect.NOT_ALLOWED, 0, 0),
    ],
)
@pytest.mark.parametrize("days", [("2026-01-01", None), ("2025-01-01", "2025-12-31"), ("2027-01-01", None)])
def test_what_no_longer_may_be_agreed(
    change: Callable[[Path], None], term: str, value: int, effect: AgreementEffect, old: int, new: int | None,
    days: tuple[str, str | None], tmp_path: Path,
) -> None:  # fmt: skip
    """Agreements are listed whether in force or not, because the new release refuses records that name them."""
    after = release_with(tmp_path, change)
    one = record("A", agreed(term, value, *days), agreed(COMPETENCY, 21))
    under = unreached(BEFORE, after, [one], TODAY)
    (found,) = under.affected
    assert (under.agreements, under.problems) == (2, ())
    assert found[:3] == ("A", term, f"{value}/2026")
    assert (found.effect, found.agreed, found.old, found.new) == (effect, value, old, new)
    assert found.in_force == (days[0] == "2026-01-01")
    assert of(after, record("A", agreed(COMPETENCY, 21))) == []


def test_a_term_that_only_the_new_release_lets_be_agreed_is_no_mistake(tmp_path: Path) -> None:
    before = release_with(tmp_path, not_negotiable)
    one = record("A", agreed(SAAS, 30))
    assert of(BEFORE, one, before=before) == []
    assert unreached(before, BEFORE, [one], TODAY).agreements == 1


def negotiable_share(folder: Path, most: str) -> Release:
    """A term that depends on facts: half the revenue of each head, or so."""
    copy = copy_of(SMALL, folder)
    edit(
        copy, "definitions.yaml", "value: revenue / people, source: [s1]",
        f"value: revenue / people * {most}, negotiable: {{minimum: 0, source: [s1]}}, source: [s1]",
    )  # fmt: skip
    return load(copy)


def test_facts_that_are_missing_leave_it_open_unless_nothing_has_changed(tmp_path: Path) -> None:
    before, after = (negotiable_share(tmp_path / most, most) for most in ("1", "2"))
    term = "definitions.per_head"
    known = record("A", agreed(term, 7), tier="gold", facts={"revenue": 10, "people": 3})
    unknown = record("B", agreed(term, 7), tier="gold", facts={"revenue": 10})
    found = of(after, known, unknown, before=before)
    assert [one[:4] for one in found] == [("A", term, "unreached", 7), ("B", term, "open", 7)]
    assert found[0][5] == 2 * found[0][4]
    assert found[1][4:] == (None, None)
    assert of(before, known, unknown, before=before) == []
    same = record("C", agreed(term, 7), tier="gold", facts={"revenue": 0, "people": 3})
    assert of(after, same, before=before) == []


def test_facts_and_a_tier_of_one_release_alone_are_no_mistake(tmp_path: Path) -> None:
    after = release_with(tmp_path, discount, bonus_gone, tier_gone)
    facts = {"own_events_held": 2, "certified_admins": 1}
    one = record("A", agreed(COMPETENCY, 22), tier="saas", since=date(2026, 1, 1), facts=facts)
    by_code = {**one, "partner": "B", "tier": 3}
    found = of(after, one, by_code)
    assert [(row[0], row[2]) for row in found] == [("A", "unreached"), ("B", "unreached")]


def test_a_record_that_does_not_fit_is_told_at_its_place(tmp_path: Path) -> None:
    """The lines are right even where an earlier agreement was skipped."""
    after = release_with(tmp_path, tier_gone)
    text = f"""partner: A
agreements:
  - {{term: {SAAS}, value: 30, document: one, from: 2026-01-01}}
  - {{term: {UPDATES}, value: 51, document: two, from: 2026-01-01}}
facts: {{certified_admin: 1}}
"""
    document, _ = read_text(text, "a.yaml")
    assert document
    under = unreached(BEFORE, after, [document, {"partner": 1.5}], TODAY)
    told = {(one.code, one.place.line if one.place else None) for one in under.problems}
    assert told == {("bad-fact", 4), ("unknown-fact", 5), ("wrong-type", 1)}
    assert under.affected == ()


@pytest.mark.parametrize("release", RELEASES)
def test_nothing_changes_between_a_release_and_itself(release: Release) -> None:
    partners = portfolios.random_partners(release, 20, seed=9, lists=list(release.programme.lists))
    assert unreached(release, release, partners, TODAY) == AgreementsUnder(0, (), ())


# The file of a portfolio ----------------------------------------------------------------------------------------------

PAPERS = f"""partner,term,value,document,from,until
P-103,{COMPETENCY},22,7/2026,2026-01-01,2026-12-31
P-106,{SAAS},30,8/2026,2026-01-01,
P-104,{UPDATES},99,9/2026,2026-01-01,
P-110,{COMPETENCY},22,10/2026,2026-01-01,
"""


def test_agreements_of_a_portfolio_are_those_of_its_records(tmp_path: Path) -> None:
    """Three releases: one changes a discount, and one also removes a tier."""
    papers = tmp_path / "agreements.csv"
    papers.write_text(PAPERS, "utf-8")
    asked = Portfolio(ROOT / "examples" / "portfolios" / "asoft.csv", TODAY, agreements=papers)
    after = release_with(tmp_path, discount, tier_gone)
    under = unreached_in_portfolio(BEFORE, after, asked)
    days = (date(2026, 1, 1), date(2026, 12, 31))
    assert under.affected == (
        AgreedTerm(
            "P-103", COMPETENCY, "7/2026", *days, True, AgreementEffect.UNREACHED, Decimal(22), Decimal(20), Decimal(23)
        ),
        AgreedTerm("P-106", SAAS, "8/2026", days[0], None, True, AgreementEffect.GONE, Decimal(30), Decimal(25), None),
    )
    assert under.agreements == 2
    told = [one.message for one in under.problems]
    assert len(told) == 2
    assert told[0].startswith("partner P-104: definitions.updates_share: 99")
    assert told[1].startswith("partner P-110: certified_admins: 'two'")
    assert unreached_in_portfolio(BEFORE, after, asked._replace(agreements=None)) == AgreementsUnder(0, (), ())
    compared = compare_portfolio(BEFORE, after, asked)
    assert (compared.rows, compared.rejected_before, compared.rejected_after) == (10, 2, 3)


# Orders ---------------------------------------------------------------------------------------------------------------


def order(text: str) -> Document:
    document, _ = read_text(text, "order.yaml")
    assert document
    return document


RESALE = "order: {id}\ncurrency: {currency}\nlines: [{{purpose: resale, product: crm, list_price: 100000}}]\n"


def test_orders_cost_what_each_release_quotes(tmp_path: Path) -> None:
    after = release_with(tmp_path, discount, precise)
    mixed, _ = read_bytes((ROOT / "examples" / "orders" / "mixed.yaml").read_bytes(), "mixed.yaml")
    assert mixed
    orders = {
        "P-101": order(RESALE.format(id="R", currency="EUR")),
        "P-103": order(RESALE.format(id="C", currency="RUB")),
        "P-105": order(RESALE.format(id="U", currency="RUB")),
        "P-102": mixed,
    }
    portfolio, _ = copy_of_example(tmp_path)
    compared = compare_portfolio(BEFORE, after, Portfolio(portfolio, TODAY, orders=orders))
    assert compared.orders is not None
    assert compared.orders.problems == ()
    found = {one.partner: one for one in compared.orders.orders}
    assert list(found) == list(orders)
    records = {row["partner"]: as_record(row) for row in portfolios_rows(portfolio)}
    for partner, one in found.items():
        old, new = (
            release.quote(release.order(orders[partner]), records[partner], as_of=TODAY) for release in (BEFORE, after)
        )
        assert (one.before, one.after) == (old.partner_pays, new.partner_pays)
        assert (one.complete_before, one.complete_after) == (old.complete, new.complete)
        assert (one.order, one.currency) == (old.order, old.currency)
    assert found["P-105"].before is None
    rub = [found["P-103"], found["P-102"]]
    assert compared.orders.totals == (
        CurrencyTotal("EUR", 1, 0, found["P-101"].before, found["P-101"].after),
        CurrencyTotal("RUB", 2, 1, sum(one.before for one in rub), sum(one.after for one in rub)),
    )
    assert found["P-103"].before != found["P-103"].after


def copy_of_example(folder: Path) -> tuple[Path, str]:
    text = (ROOT / "examples" / "portfolios" / "asoft.csv").read_text("utf-8")
    (folder / "asoft.csv").write_text(text, "utf-8")
    return folder / "asoft.csv", text


def portfolios_rows(path: Path) -> list[dict[str, str]]:
    head, *lines = path.read_text("utf-8").splitlines()
    return [dict(zip(head.split(","), line.split(","), strict=True)) for line in lines]


def as_record(row: dict[str, str]) -> dict[str, Any]:
    said = {"true": True, "false": False}
    facts = {
        id: said.get(text, Decimal(text) if text.isdecimal() else text)
        for id, text in row.items()
        if text and id not in ("partner", "tier")
    }
    return {"partner": row["partner"], **({"tier": row["tier"]} if row["tier"] else {}), "facts": facts}


def test_what_is_wrong_with_orders_is_told_and_the_rest_is_priced(tmp_path: Path) -> None:
    portfolio, text = copy_of_example(tmp_path)
    portfolio.write_text(text + text.splitlines()[2] + "\n", "utf-8")
    good = order(RESALE.format(id="R", currency="EUR"))
    orders = {
        "P-101": good,
        "P-102": good,  # twice in the file
        "P-103": order("currency: RUB\nlines: [{purpose: resale, product: crm, price: 1}]\n"),
        "P-110": good,  # whose row is refused
        "P-999": good,
    }
    compared = compare_portfolio(BEFORE, BEFORE, Portfolio(portfolio, TODAY, orders=orders))
    assert compared.orders is not None
    assert [one.partner for one in compared.orders.orders] == ["P-101"]
    assert sorted(one.code for one in compared.orders.problems) == [
        "bad-fact", "duplicate-partner", "unknown-fact", "unknown-partner",
    ]  # fmt: skip
    assert set(compared.orders.problems) <= set(compared.problems)


def test_a_release_that_prices_no_orders_says_so(tmp_path: Path) -> None:
    after = release_with(tmp_path, tier_gone)
    portfolio, _ = copy_of_example(tmp_path)
    orders = {"P-101": order(RESALE.format(id="R", currency="EUR"))}
    compared = compare_portfolio(BEFORE, after, Portfolio(portfolio, TODAY, orders=orders))
    assert compared.orders is not None
    assert (compared.orders.orders, compared.orders.totals) == ((), ())
    assert [one.code for one in compared.orders.problems] == ["no-prices"]
