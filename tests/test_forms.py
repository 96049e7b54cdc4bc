"""Forms: an empty record that says nothing as it is written, and takes whatever is filled in."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest
from charter import Outcome, Release, WrongCall
from charter.engine.evaluate.record import Record, read_record
from charter.engine.report.fields import yaml_text
from charter.engine.report.form import record_form
from charter.engine.source.document import read_bytes
from hypothesis import given, settings
from hypothesis import strategies as st

from .cli import charter
from .programmes import ASOFT
from .random_facts import NAMED, PROGRAM, RELEASES, values_of
from .small_world import TODAY, world
from .thorough import examples

#: what no programme here has: words that YAML takes for something else, texts, and terms of other kinds
FACTS = """
facts:
  state:
    title: {en: State}
    kind: choice
    choices: {'on': {title: {en: Switched on}}, 'null': {title: {en: Nothing}}}
    default: 'null'
  note: {title: {en: "A note: with a colon"}, kind: text, default: "a: b # c"}
  begun: {title: {en: Begun}, kind: date, default: 2020-02-29}
  nothing: {title: {en: Nothing reads this}, kind: number, minimum: 0.5, maximum: 7}
  people: {title: {en: People}, kind: count, unit: {en: people}}
lists:
  deals:
    title: {en: Deals}
    fields:
      amount: {title: {en: Amount}, kind: money, currency: EUR}
      stage: {title: {en: Stage}, kind: choice, choices: {'null': {title: {en: Nothing}}}, default: 'null'}
"""
DEFINITIONS = """
definitions:
  needed: {title: {en: People needed}, kind: count, value: 2, negotiable: {minimum: 1, source: [c]}, source: [c]}
  level:
    title: {en: Level}
    kind: choice
    choices: {low: {title: {en: Low}}}
    value: "'low'"
    negotiable: {source: [c]}
    source: [c]
  deals_made: {title: {en: Deals}, kind: count, take: count, over: deals, source: [c]}
"""
TIERS = """
award: highest
tiers:
  gold: {title: {en: Gold}, requirements: {staff: {title: {en: Staff}, rule: people >= needed, source: [c]}}}
  platinum: {title: {en: Platinum}, requirements: {deals: {title: {en: Deals}, rule: deals_made >= 1, source: [c]}}}
"""


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release of what is seldom."""
    return world(tmp_path_factory.mktemp("odd"), facts=FACTS, definitions=DEFINITIONS, tiers=TIERS)


def read(form: str, release: Release) -> Record:
    """The record that a form is; nothing may be said against it."""
    document, problems = read_bytes(form.encode(), "form.yaml")
    assert document is not None, form
    record, more = read_record(document, release.programme)
    assert (problems, more) == ([], ()), form
    assert record is not None
    return record


def says_nothing(release: Release, form: str, tier: str | None = None) -> None:
    """The form gives the outcome of a record that holds no fact."""
    empty = {"partner": "P-000", **({"tier": tier} if tier else {})}
    assert release.evaluate(read(form, release), as_of=TODAY) == release.evaluate(empty, as_of=TODAY)


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("release", RELEASES, ids=NAMED)
def test_a_form_says_nothing(release: Release, lang: str) -> None:
    says_nothing(release, record_form(release.programme, lang))
    signed = release.programme.tracks["main"].award == "signed"
    for tier in release.programme.tiers.values():
        on_ladder = tier.id in release.programme.tracks["main"].tiers
        says_nothing(
            release, record_form(release.programme, lang, [tier.id]), tier.id if signed and on_ladder else None
        )


@pytest.mark.parametrize("release", RELEASES, ids=NAMED)
def test_a_form_holds_every_fact_in_order_with_its_title_and_choices(release: Release) -> None:
    form = record_form(release.programme, "en")
    blocks = form.split("facts:\n")[1].split("\nagreements:")[0].split("\n\n")
    facts = list(release.programme.facts.values())
    keys = [re.findall(r"^  #?([a-z]\w*):", block, re.MULTILINE) for block in blocks]
    assert [id for block in keys for id in block] == [*release.programme.facts, *release.programme.lists]
    for fact, block in zip(facts, blocks, strict=False):
        assert block.startswith(f"  # {fact.title['en']} – ")
        assert re.findall(r"^  #   (\w+): ", block, re.MULTILINE) == list(fact.choices)
        last = block.splitlines()[-1]
        assert last == (f"  {fact.id}:" if fact.default is None else f"  #{fact.id}: {yaml_text(fact.default)}")
        assert all(clause in block for clause in fact.source)


def test_a_form_is_no_wider_than_a_page() -> None:
    for release in RELEASES:
        for lang in ("ru", "en"):
            assert max(map(len, record_form(release.programme, lang).splitlines())) <= 120


def test_what_is_written_in_a_form(odd: Release) -> None:
    form = record_form(odd.programme)
    says_nothing(odd, form)
    assert form.split("facts:\n")[1] == (
        '  # State – one of these; if left out, "null" counts\n'
        "  #   on: Switched on\n"
        '  #   "null": Nothing\n'
        '  #state: "null"\n'
        "\n"
        '  # A note: with a colon – text; if left out, "a: b # c" counts\n'
        '  #note: "a: b # c"\n'
        "\n"
        "  # Begun – a date, such as 2026-01-31; if left out, 2020-02-29 counts\n"
        "  #begun: 2020-02-29\n"
        "\n"
        "  # Nothing reads this – a number, such as 2.5, from 0.5 to 7\n"
        "  nothing:\n"
        "\n"
        "  # People – a whole number (people)  [c]\n"
        "  people:\n"
        "\n"
        "  # Deals – a list; [] says that there are none, empty that it is not known  [c]\n"
        "  deals:\n"
        "    #- amount:        # Amount – an amount in EUR\n"
        '    #  stage: "null"  # Stage – one of these; if left out, "null" counts\n'
        '    #                 #   "null": Nothing\n'
        "\n"
        "# Supplementary agreements: a paper that replaces a term for some time. It may replace:\n"
        "#   definitions.needed: People needed – a whole number, at least 1  [c]\n"
        "#   definitions.level: Level – one of these  [c]\n"
        "agreements:\n"
        "  #- term: definitions.needed  # The term, by its id\n"
        "  #  value: 2                  # What counts in its place\n"
        '  #  document: "7/2026"        # The paper\n'
        "  #  from: 2026-01-31          # The first day\n"
        "  #  until:                    # The last day; open, if left out\n"
    )


def test_without_the_signs_a_form_says_what_counts_anyway(odd: Release) -> None:
    """Lines that begin with # and a name, or with - or two spaces and a name, are YAML as they stand."""
    for release in (*RELEASES, odd):
        form = record_form(release.programme, "en")
        opened = re.sub(r"^( *)#(?=[a-z]\w*:|- [a-z]|  [a-z])", r"\1", form, flags=re.MULTILINE)
        record = read(opened, release)
        defaults = {id: fact.default for id, fact in release.programme.facts.items() if fact.default is not None}
        assert {id: record.facts[id] for id in record.facts if id in release.programme.facts} == defaults
        assert [len(record.facts[id]) for id in release.programme.lists] == [1] * len(release.programme.lists)
        assert len(record.agreements) == any(value.negotiable for value in release.programme.values.values())


@pytest.mark.thorough
@settings(max_examples=examples(100), deadline=None)
@given(st.data())
def test_a_form_takes_what_is_filled_in(data: st.DataObject) -> None:
    release = RELEASES[data.draw(st.integers(0, len(RELEASES) - 1))]
    form = record_form(release.programme, data.draw(st.sampled_from(["ru", "en"])))
    filled = {id: data.draw(st.none() | values_of(fact)) for id, fact in release.programme.facts.items()}
    filled = {id: value for id, value in filled.items() if value is not None}
    for id, value in filled.items():
        form, times = re.subn(
            rf"^  #?{id}:.*$", lambda _, at=id, it=value: f"  {at}: {yaml_text(it)}", form, flags=re.M
        )
        assert times == 1
    record = read(form, release)
    assert record.facts == filled
    assert isinstance(release.evaluate(record, as_of=TODAY), Outcome)


# For one tier ---------------------------------------------------------------------------------------------------------


def facts_of(form: str) -> set[str]:
    """The facts and lists that a form asks for."""
    facts = form.partition("facts:\n")[2].partition("\nagreements:")[0]
    return set(re.findall(r"^  #?([a-z]\w*):", facts, re.MULTILINE))


def test_a_form_for_a_tier_leaves_out_what_only_others_ask() -> None:
    """As the document has it: Retail asks for nothing beyond joining, and its bonuses are for sales and events."""
    saas, retail, both = (record_form(PROGRAM.programme, "en", tiers) for tiers in (["saas"], ["1"], ["1", "2"]))
    of_saas = {"isolation_module_purchased", "rental_licences", "licences_rented_out", "extended_support_paid"}
    of_staff = {"certified_admins", "implementations", "customer_reviews", "announces_participation"}
    of_staff |= {"year_implementations", "year_reviews"}
    everything = set(PROGRAM.programme.facts)
    unread = {"year_sales", "year_turnover"}  # other readings ask for them, and no rule
    everything -= unread
    assert everything - facts_of(saas) == {"marketing_activities"}
    assert everything - facts_of(both) == of_saas
    assert everything - facts_of(retail) == of_saas | of_staff | {"marketing_activities"}
    assert "\ntier: saas\n" in saas
    assert record_form(PROGRAM.programme, "en", ["saas", "3"]) == saas
    assert "\ntier:\n" in both
    assert "tiers.saas.discount" in saas
    assert "tiers.retail.discount" not in saas


def test_a_form_for_a_tier_holds_a_list_that_is_only_counted(odd: Release) -> None:
    assert facts_of(record_form(odd.programme, "en", ["platinum"])) == {"deals"}
    assert facts_of(record_form(odd.programme, "en", ["gold"])) == {"people"}


@pytest.mark.thorough
@settings(max_examples=examples(100), deadline=None)
@given(st.data())
def test_what_a_form_for_a_tier_leaves_out_makes_no_difference_to_it(data: st.DataObject) -> None:
    release = data.draw(st.sampled_from([release for release in RELEASES if release.programme.tiers]))
    tier = data.draw(st.sampled_from(list(release.programme.tiers)))
    asked = facts_of(record_form(release.programme, "en", [tier]))
    facts = {id: data.draw(st.none() | values_of(fact)) for id, fact in release.programme.facts.items()}
    whole, part = (
        release.evaluate({"partner": "P", "facts": known}, as_of=TODAY).of(tier)
        for known in (facts, {id: value for id, value in facts.items() if id in asked})
    )
    assert whole == part


def test_a_tier_that_is_not_there_is_told() -> None:
    with pytest.raises(WrongCall) as refused:
        record_form(PROGRAM.programme, "en", ["sas"])
    assert [(one.code, one.message) for one in refused.value.problems] == [("unknown-tier", "'sas' is not a tier")]
    assert refused.value.problems[0].help == "did you mean 'saas'?"


# The command ----------------------------------------------------------------------------------------------------------


def test_the_command_writes_a_form_that_the_next_command_reads(tmp_path: Path) -> None:
    run = partial(charter, cwd=tmp_path, env={"CHARTER_PROGRAM": str(ASOFT.parent)})
    made = run("form", "--tier", "saas", "--lang", "ru", "-o", "partner.yaml")
    assert (made.returncode, made.stdout, made.stderr) == (0, "", "")
    schema = run("schema", "-o", "record.schema.json")
    assert (schema.returncode, schema.stdout, schema.stderr) == (0, "", "")
    first = (tmp_path / "partner.yaml").read_text("utf-8").splitlines()[0]
    assert (tmp_path / first.partition("$schema=")[2]).is_file()
    evaluated = run("evaluate", "partner.yaml", "--fail-on", "undetermined")
    assert (evaluated.returncode, evaluated.stderr) == (1, "")
    assert run("form", "--tier", "gold").returncode == 2
