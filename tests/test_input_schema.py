"""The schemas of what one release takes in accept what is read without an error, and nothing else."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from charter import Release, WrongCall
from charter.commands.console import json_text
from charter.engine.evaluate.quote import read_order, written_lines
from charter.engine.evaluate.record import read_record
from charter.engine.problems import has_errors
from charter.engine.programme.model import Fact
from charter.engine.report.form import record_form
from charter.engine.report.input_schema import order_schema, record_schema, row_schema
from charter.engine.source.document import read_bytes
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from .random_facts import NAMED, PROGRAM, RELEASES, values_of
from .small_world import report
from .thorough import examples

#: what a schema cannot say: days that are out of order or meet
BEYOND = {"periods-overlap", "agreements-overlap", "dates-out-of-order"}
JOINERS = re.compile("[\u180b-\u180f\u200c\u200d\ufe00-\ufe0f]")
MAKERS = [record_schema, row_schema, order_schema]
Data = dict[str, Any]


def checker(schema: Data) -> Draft202012Validator:
    """A validator as anyone would make it of the schema that was written."""
    written = json.loads(json_text(schema))
    return Draft202012Validator(written, format_checker=Draft202012Validator.FORMAT_CHECKER)


RECORDS = [checker(record_schema(release.programme)) for release in RELEASES]
ROWS = [checker(row_schema(release.programme)) for release in RELEASES]
ORDERS = checker(order_schema(PROGRAM.programme))


def codes(data: Any, release: Release, read: Any = read_record) -> set[str]:
    """What reading says against data that was sent as JSON."""
    document, problems = read_bytes(json_text(data).encode(), "sent.json")
    if document is None or has_errors(problems):
        return {problem.code for problem in problems}
    found, more = read(document, release.plan if read is read_order else release.programme)
    assert (found is None) == has_errors(more)
    return {problem.code for problem in more} if found is None else set()


def agree(schema: Draft202012Validator, data: Any, release: Release, written: Data | None = None) -> None:
    """The schema and reading say the same of the data; `written` is the record, where the data is not one."""
    if JOINERS.search(json_text(data)):
        return  # whether these are hidden depends on the letters beside them, which a schema cannot say
    accepted = schema.is_valid(json.loads(json_text(data)))
    refused = codes(data if written is None else written, release, read_order if schema is ORDERS else read_record)
    assert accepted == (not refused - BEYOND), (data, refused)


# Whole and right ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("release", RELEASES, ids=NAMED)
def test_a_schema_is_one(release: Release, lang: str) -> None:
    makers = MAKERS if release.programme.order else MAKERS[:2]
    for schema in [make(release.programme, lang) for make in makers]:
        text = json_text(schema)
        Draft202012Validator.check_schema(json.loads(text))
        assert re.findall(r"https?://[^\"]*", text) == ["https://json-schema.org/draft/2020-12/schema"]
        assert schema["$id"].startswith(f"urn:charter:{release.programme.id}:{release.programme.release}:")


@pytest.mark.parametrize("release", RELEASES, ids=NAMED)
def test_a_schema_holds_the_facts_of_the_release_and_no_others(release: Release) -> None:
    record, row = record_schema(release.programme), row_schema(release.programme)
    assert list(record["properties"]["facts"]["properties"]) == [*release.programme.facts, *release.programme.lists]
    assert list(row["properties"]) == ["partner", "tier", *release.programme.facts]
    for id, fact in release.programme.facts.items():
        assert record["properties"]["facts"]["properties"][id]["title"] == fact.title["en"]
        assert record["$defs"][id].get("enum", []) == list(fact.choices)


def test_a_form_fits_the_schema_of_its_release() -> None:
    for release, schema in zip(RELEASES, RECORDS, strict=True):
        document, _ = read_bytes(record_form(release.programme, "ru").encode(), "form.yaml")
        assert document is not None
        assert schema.is_valid(document.data)


def test_a_programme_without_prices_has_no_schema_of_orders() -> None:
    with pytest.raises(WrongCall) as refused:
        order_schema(RELEASES[1].programme)
    assert [problem.code for problem in refused.value.problems] == ["no-prices"]


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ("facts: {partner: {title: {en: P}, kind: yes_no}}", "facts.yaml:1:9"),
        ("facts:\n  since: {title: {en: S}, kind: date}", "facts.yaml:2:3"),
        ("lists: {deals: {title: {en: D}, fields: {partner: {title: {en: P}, kind: text}}}}", "facts.yaml:1:42"),
    ],
)
def test_a_fact_that_is_called_as_another_column_is_refused(facts: str, place: str, tmp_path: Any) -> None:
    assert f"{place}  error[ambiguous-column]" in report(tmp_path, facts=facts)


# Accepted and refused -------------------------------------------------------------------------------------------------

RIGHT = [
    {},
    {"name": None, "tier": None, "since": None, "facts": None, "agreements": None},
    {"tier": 2},
    {"tier": "2", "since": "2026-01-31"},
    {"tier": Decimal("2.0")},
    {"tier": []},
    {"also_held": None},
    {"tier": [{"value": 1, "until": "2026-01-31"}, {"value": "saas", "from": "2026-02-01"}]},
    {"facts": {"certified_admins": 2, "it_company": None}},
    {"facts": {"certified_admins": Decimal("2.0")}},
    {"facts": {"certified_admins": []}},
    {"facts": {"certified_admins": [{"value": 2, "from": "2026-01-31", "until": None}]}},
    {"facts": {"bonus_return": "licences"}},
    {"agreements": [{"term": "tiers.saas.discount", "value": 40, "document": "7", "from": "2026-03-01"}]},
    {"name": "ООО\u00a0«Ромашка»"},
]
WRONG = [
    {"partner": None},
    {"partner": "  "},
    {"partner": "x" * 101},
    {"name": ""},
    {"name": "a\u200bb"},
    {"name": "a\n"},
    {"tier": "gold"},
    {"tier": 4},
    {"tier": True},
    {"tier": ["saas"]},
    {"tier": "saas", "since": "2026-01-31", "also_held": {"retail": "2026-01-31"}},
    {"tier": [{"value": None}]},
    {"tier": [{"value": "gold"}]},
    {"tier": [{"value": "saas", "to": "2026-01-31"}]},
    {"tier": [{"value": "saas"}], "since": "2026-01-31"},
    {"since": "2026-01-31"},
    {"tier": None, "since": "2026-01-31"},
    {"tier": 1, "since": "2026-02-30"},
    {"tier": 1, "since": "0000-01-01"},
    {"extra": 1},
    {"facts": []},
    {"facts": {"certified_admin": 2}},
    {"facts": {"certified_admins": -1}},
    {"facts": {"certified_admins": Decimal("1.5")}},
    {"facts": {"certified_admins": True}},
    {"facts": {"certified_admins": "2"}},
    {"facts": {"certified_admins": 10**18}},
    {"facts": {"it_company": "yes"}},
    {"facts": {"bonus_return": "cash"}},
    {"facts": {"certified_admins": [2]}},
    {"facts": {"certified_admins": [{"value": None}]}},
    {"facts": {"certified_admins": [{"from": "2026-01-31"}]}},
    {"facts": {"certified_admins": [{"value": 2, "to": "2026-01-31"}]}},
    {"facts": {"certified_admins": [{"value": 2, "from": "tomorrow"}]}},
    {"agreements": [{"term": "definitions.updates_share", "value": 51, "document": "7", "from": "2026-03-01"}]},
    {"agreements": [{"term": "tiers.saas.cap", "value": 1, "document": "7", "from": "2026-03-01"}]},
    {"agreements": [{"term": "tiers.saas.discount", "value": 1, "document": " ", "from": "2026-03-01"}]},
    {"agreements": [{"term": "tiers.saas.discount", "value": 1, "document": "7"}]},
]


@pytest.mark.parametrize(("change", "right"), [*((one, True) for one in RIGHT), *((one, False) for one in WRONG)])
def test_a_record_is_accepted_or_refused_as_reading_does(change: Data, right: bool) -> None:
    record = {"partner": "P-1", **change}
    assert RECORDS[0].is_valid(json.loads(json_text(record))) == right
    assert (not codes(record, PROGRAM)) == right


def test_what_a_schema_cannot_say_is_left_to_reading() -> None:
    meeting = [{"value": 1, "until": "2026-03-01"}, {"value": 2, "from": "2026-03-01"}]
    turned = [{"value": 1, "from": "2026-03-02", "until": "2026-03-01"}]
    for periods, code in ((meeting, "periods-overlap"), (turned, "dates-out-of-order")):
        record = {"partner": "P-1", "facts": {"certified_admins": periods}}
        assert RECORDS[0].is_valid(record)
        assert codes(record, PROGRAM) == {code}


# At random ------------------------------------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """The value as JSON has it."""
    return value.isoformat() if isinstance(value, date) else value


junk = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([-1, 0, 1, 5, 6, 40, 41, Decimal("2.5"), Decimal("-0.01"), Decimal("100.01")]),
    st.sampled_from(
        ["", " ", "1", "true", "retail", "gold", "2026-01-31", "2026-02-30", "2,5", "a\u00a0b", "a\u200bb"]
    ),
    st.just([]),
    st.just({}),
)
days = st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(plain), st.sampled_from(["2026-13-01", 1]))


def mostly(right: st.SearchStrategy) -> st.SearchStrategy:
    """Right values, and now and then a wrong one."""
    return st.integers(0, 19).flatmap(lambda draw: right if draw else junk)


def values(fact: Fact) -> st.SearchStrategy:
    """Values for a fact, as JSON has them."""
    return mostly(values_of(fact).map(plain))


def dated(fact: Fact) -> st.SearchStrategy:
    """Values for a fact, or periods of it."""
    period = st.fixed_dictionaries({"value": values(fact)}, optional={"from": days, "until": days})
    return st.one_of(values(fact), values(fact), st.lists(period, max_size=2))


def records(release: Release) -> st.SearchStrategy:
    """Records of a release, right and wrong."""
    programme = release.programme
    lists = {
        id: mostly(st.lists(st.fixed_dictionaries({}, optional=fields(one.fields)), max_size=2))
        for id, one in programme.lists.items()
    }
    facts = st.fixed_dictionaries({}, optional={**{id: dated(one) for id, one in programme.facts.items()}, **lists})
    terms = [id for id, value in programme.values.items() if value.negotiable]
    agreement = st.fixed_dictionaries(
        {"term": mostly(st.sampled_from([*terms, "definitions.none"])), "value": mostly(st.integers(0, 45))},
        optional={
            "document": mostly(st.just("7/2026") | st.text("7 \u00a0\u200b\n", max_size=3)),
            "from": days,
            "until": days,
        },
    )
    tiers = [value for tier in programme.tiers.values() for value in (tier.id, tier.code, str(tier.code))]
    period = st.fixed_dictionaries({"value": mostly(st.sampled_from(tiers or [None]))}, optional={"from": days})
    signed = st.lists(period, max_size=1)
    return st.fixed_dictionaries(
        {"partner": mostly(st.just("P-1")), "facts": facts},
        optional={
            "name": mostly(st.text("aя 1\u00a0\u200b\n", max_size=5)),
            "tier": mostly(st.sampled_from(tiers or [None])) | mostly(signed),
            "since": days,
            "agreements": mostly(st.lists(agreement, max_size=2)),
        },
    )


def fields(known: Any) -> dict[str, st.SearchStrategy]:
    """Values for the fields of an item."""
    return {id: values(field) for id, field in known.items()}


@pytest.mark.thorough
@settings(max_examples=examples(400), deadline=None)
@given(st.data())
def test_a_record_at_random_is_accepted_if_it_can_be_read(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(RELEASES) - 1))
    agree(RECORDS[at], data.draw(records(RELEASES[at])), RELEASES[at])


@pytest.mark.thorough
@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_a_row_at_random_is_accepted_if_its_record_can_be_read(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(RELEASES) - 1))
    facts = {id: values(fact) for id, fact in RELEASES[at].programme.facts.items()}
    row = data.draw(st.fixed_dictionaries({"partner": mostly(st.just("P-1"))}, optional={"tier": junk, **facts}))
    if not any(isinstance(value, list) for value in row.values()):  # periods have no place in a row
        record = {key: row[key] for key in ("partner", "tier") if key in row}
        record["facts"] = {key: value for key, value in row.items() if key not in record}
        agree(ROWS[at], row, RELEASES[at], record)


@pytest.mark.thorough
@settings(max_examples=examples(200), deadline=None)
@given(
    st.fixed_dictionaries(
        {"currency": mostly(st.just("RUB"))},
        optional={
            "order": mostly(st.text("aя 1\u00a0\u200b\n", max_size=5)),
            "lines": mostly(
                st.lists(
                    st.fixed_dictionaries({}, optional=fields(written_lines(PROGRAM.programme).fields)), max_size=2
                )
            ),
            "line": st.just(1),
        },
    )
)
def test_an_order_at_random_is_accepted_if_it_can_be_read(order: Data) -> None:
    agree(ORDERS, order, PROGRAM)
