"""A value asked for on the day of an item: the release and the agreements of that day decide it, on every surface."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from charter import check, load, timeline, to_json, verify
from charter.engine.language.tree import Name
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import Job
from charter.engine.problems import InvalidProgramme
from charter.engine.proof.solve import Question
from charter.engine.proof.symbolic_record import symbolic_record
from charter.engine.proof.symbols import term
from charter.engine.release.load import read_files
from charter.engine.release.seal import seal_text
from charter.engine.values import Kind

from .cli import charter

CLAUSES = 'sections: {"1": {title: {en: All}}}\nclauses: {c: {section: "1", title: {en: Commission.}}}\n'
FACTS = """
lists:
  deals:
    title: {en: Deals}
    fields:
      amount: {title: {en: Amount}, kind: money, currency: EUR}
      closed_on: {title: {en: Closed}, kind: date}
    values:
      commission: {title: {en: Commission}, kind: money, currency: EUR, value: "VALUE", source: [c]}
""".replace("VALUE", "amount * ratio(on(closed_on, rate))")
MONEY = "kind: money, currency: EUR"
TOTAL = f"total: {{title: {{en: Total}}, {MONEY}, take: sum, of: commission, over: deals, empty: 0, source: [c]}}"
NEGOTIABLE = "negotiable: {maximum: 30, source: [c]}"
LAST = date(2026, 12, 31)


def release(program: Path, number: str, begins: str, *definitions: str, facts: str = FACTS, id: str = "kiosk") -> None:
    """Write a release of a programme of deals."""
    folder = program / number
    folder.mkdir(parents=True)
    about = f"id: {id}\nrelease: {number}\nlanguages: [en]\ntitle: {{en: Kiosk}}\neffective: {{from: {begins}}}\n"
    rows = "".join(f"  {row}\n" for row in definitions)
    files = {"programme": about, "clauses": CLAUSES, "facts": facts, "definitions": f"definitions:\n{rows}"}
    for kind, text in files.items():
        (folder / f"{kind}.yaml").write_text(text, "utf-8")


def rate(percent: str, more: str = NEGOTIABLE) -> str:
    return f"rate: {{title: {{en: Rate}}, kind: percent, value: {percent}, {more}, source: [c]}}"


@pytest.fixture
def kiosk(tmp_path: Path) -> Path:
    """10% until the end of June 2026, 5% from July."""
    program = tmp_path / "kiosk"
    release(program, "1.0.0", "2026-01-01", rate("10"), TOTAL)
    release(program, "2.0.0", "2026-07-01", rate("5"), TOTAL)
    return program


def deals(*days: str) -> dict[str, Any]:
    """A partner with a deal of 1 000 on each day."""
    closed = [{"amount": 1000, "closed_on": date.fromisoformat(day)} for day in days]
    return {"partner": "P", "facts": {"deals": closed}}


AGREED = {
    "term": "definitions.rate",
    "value": 20,
    "document": "7/2026",
    "from": date(2026, 7, 1),
    "until": date(2026, 10, 31),
}


def total(program: Path, record: Mapping[str, Any], as_of: date = LAST) -> Decimal | None:
    outcome = load(program, as_of=as_of).evaluate(record, as_of=as_of)
    return next(value.value for value in outcome.definitions if value.id == "total")


@pytest.mark.parametrize(
    ("days", "worth"),
    [
        (["2026-05-10", "2026-08-10"], 150),
        (["2026-06-30"], 100),
        (["2026-07-01"], 50),
        (["2026-01-01"], 100),
        (["2025-12-31"], None),
        ([], 0),
    ],
)
def test_a_deal_has_the_rate_of_its_day(kiosk: Path, days: list[str], worth: int | None) -> None:
    assert total(kiosk, deals(*days)) == worth


@pytest.mark.parametrize(
    ("days", "worth"),
    [
        (["2026-09-10"], 200),
        (["2026-06-10", "2026-09-10"], 300),
        (["2026-07-01", "2026-10-31"], 400),
        (["2026-06-30", "2026-11-01"], 150),
    ],
)
@pytest.mark.parametrize("as_of", [date(2026, 11, 30), date(2026, 8, 1)])
def test_an_agreement_counts_for_the_deals_of_its_days(kiosk: Path, days: list[str], worth: int, as_of: date) -> None:
    """Whenever it is asked: while the agreement is in force, and after."""
    assert total(kiosk, {**deals(*days), "agreements": [AGREED]}, as_of) == worth


def test_an_agreement_of_a_day_is_not_called_without_effect(kiosk: Path) -> None:
    day = date(2026, 11, 30)
    outcome = load(kiosk, as_of=day).evaluate({**deals("2026-09-10"), "agreements": [AGREED]}, as_of=day)
    assert outcome.problems == ()


def test_a_deal_whose_day_is_not_known_is_unknown_by_its_day(kiosk: Path) -> None:
    record = {"partner": "P", "facts": {"deals": [{"amount": 1000}]}}
    for agreements in ([], [AGREED]):
        outcome = load(kiosk, as_of=LAST).evaluate({**record, "agreements": agreements}, as_of=LAST)
        (value,) = [value for value in outcome.definitions if value.id == "total"]
        assert (value.value, value.unknown) == (None, ("deals[1].closed_on",))


def test_a_release_of_another_programme_beside_it_does_not_count(kiosk: Path) -> None:
    release(kiosk, "1.5.0", "2026-03-01", rate("25"), TOTAL, id="other")
    assert load(kiosk, release="2.0.0").evaluate(deals("2026-05-10"), as_of=LAST).definitions[1].value == 100


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_a_portfolio_says_the_same(kiosk: Path, format: str) -> None:
    days = ("2026-05-10", "2026-08-10", "2026-09-10", "2025-01-01", "")
    texts = {
        "partners.csv": "partner\n" + "".join(f"P{number}\n" for number in range(len(days) + 1)),
        "deals.csv": "partner,amount,closed_on\n" + "".join(f"P{at},1000,{day}\n" for at, day in enumerate(days)),
        "agreements.csv": "partner,term,value,document,from,until\n"
        "P2,definitions.rate,20,7/2026,2026-07-01,2026-10-31\n",
    }
    for name, text in texts.items():
        (kiosk / name).write_text(text, "utf-8")
    output, lists = kiosk / f"outcomes.{format}", {"deals": kiosk / "deals.csv"}
    job = Job(kiosk / "partners.csv", output, LAST, lists, kiosk / "agreements.csv", more=("definitions.total",))
    result = batch(load(kiosk, as_of=LAST), job)
    assert (result.decided, result.one_by_one) == (6, 1)
    import duckdb

    rows = dict(duckdb.sql(f"SELECT partner, \"definitions.total\" FROM '{output}'").fetchall())
    assert {id: value if value is None else int(value) for id, value in rows.items()} == {
        "P0": 100, "P1": 50, "P2": 200, "P3": None, "P4": None, "P5": 0,
    }  # fmt: skip


def test_another_rate_before_is_not_the_query_of_before(kiosk: Path) -> None:
    """What is kept of a query is of this release after these releases."""
    (kiosk / "partners.csv").write_text("partner\nP0\n", "utf-8")
    (kiosk / "deals.csv").write_text("partner,amount,closed_on\nP0,1000,2026-05-10\n", "utf-8")
    words = ("batch", kiosk / "partners.csv", "-o", kiosk / "out.csv", "--list", f"deals={kiosk / 'deals.csv'}",
             "--program", kiosk, "--as-of", "2026-12-31", "--with", "definitions.total")  # fmt: skip
    seen = []
    for percent in ("10", "12"):
        path = kiosk / "1.0.0" / "definitions.yaml"
        path.write_text(path.read_text("utf-8").replace("value: 10,", f"value: {percent},"), "utf-8")
        assert charter(*words).returncode == 0
        seen.append((kiosk / "out.csv").read_text("utf-8").splitlines()[1].split(",")[-1])
    assert [float(value) for value in seen] == [100, 120]


def test_a_certificate_holds_with_the_releases_that_it_was_made_with(kiosk: Path) -> None:
    record = {**deals("2026-06-10", "2026-09-10"), "agreements": [AGREED]}
    saved = json.loads(to_json(load(kiosk, as_of=LAST).evaluate(record, as_of=LAST)))
    assert verify(saved, kiosk).status == "equal"


def test_the_timeline_goes_through_both_releases(kiosk: Path) -> None:
    moments = timeline(kiosk, deals("2026-05-10"), date(2026, 6, 1), date(2026, 8, 1)).moments
    assert [(moment.day, moment.release) for moment in moments] == [
        (date(2026, 6, 1), "1.0.0"),
        (date(2026, 7, 1), "2.0.0"),
    ]


def test_what_a_rate_depends_on_is_of_that_day_too(tmp_path: Path) -> None:
    """A rate by the turnover of the year up to the deal, by bands that the second release moves."""
    program = tmp_path / "bands"
    taken = (
        "take: sum, of: amount, over: deals, where: closed_on >= start_of_year(as_of) and closed_on <= as_of, empty: 0"
    )
    turnover = f"turnover: {{title: {{en: Turnover}}, {MONEY}, {taken}, source: [c]}}"
    for number, begins, border in (("1.0.0", "2026-01-01", 2000), ("2.0.0", "2026-07-01", 3000)):
        bands = f"{{band: turnover, rows: {{0: 5, {border}: 10}}}}"
        release(program, number, begins, turnover, rate(bands, "better: more"), TOTAL)
    # of March by 1 000: 5%; of May by 2 000: 10%; of August by 3 000: 10%; the last of the year by 4 000: 10%
    assert total(program, deals("2026-03-01", "2026-05-01", "2026-08-01")) == 50 + 100 + 100
    assert total(program, deals("2026-05-01", "2026-08-01")) == 50 + 50
    assert total(program, deals("2026-05-01", "2026-08-01", "2026-12-01")) == 50 + 50 + 100


def test_a_value_that_a_release_does_not_have_yet_is_undefined_by_name(tmp_path: Path) -> None:
    program = tmp_path / "new"
    release(
        program, "1.0.0", "2026-01-01", TOTAL.replace("commission", "amount"), facts=FACTS.partition("    values")[0]
    )
    release(program, "2.0.0", "2026-07-01", rate("5"), TOTAL)
    record = program / "record.yaml"
    record.write_text("partner: P\nfacts: {deals: [{amount: 1000, closed_on: 2026-05-01}]}\n", "utf-8")
    done = charter("evaluate", record, "--program", program, "--as-of", LAST)
    assert "undefined: release 1.0.0 has no ‘rate’" in done.stdout
    assert total(program, deals("2026-08-01")) == 50


def test_a_release_with_errors_is_undefined_by_name(kiosk: Path) -> None:
    (kiosk / "1.0.0" / "definitions.yaml").write_text("definitions: 5\n", "utf-8")
    record = kiosk / "record.yaml"
    record.write_text("partner: P\nfacts: {deals: [{amount: 1000, closed_on: 2026-05-01}]}\n", "utf-8")
    done = charter("evaluate", record, "--program", kiosk, "--as-of", LAST)
    assert "undefined: release 1.0.0 cannot be used" in done.stdout


def test_what_cannot_be_asked_on_a_day_is_told_at_its_place(tmp_path: Path) -> None:
    program = tmp_path / "refused"
    choices = "{west: {title: {en: West}}, east: {title: {en: East}}}"
    region = f"facts: {{region: {{title: {{en: Region}}, kind: choice, choices: {choices}}}}}"
    by_region = rate("{by: region, rows: {west: 10, east: 12}}", "better: more")
    release(program, "1.0.0", "2026-01-01", by_region, TOTAL, facts=region + FACTS)
    release(program, "2.0.0", "2026-07-01", rate("5", "better: more"), TOTAL)
    with pytest.raises(InvalidProgramme) as refused:
        load(program, release="2.0.0")
    (problem,) = refused.value.problems
    assert problem.code == "not-on-a-day"
    assert problem.message == "release 1.0.0 decides it by 'region', which is no fact of this one"
    assert problem.place is not None
    assert problem.place.line == 9


@pytest.mark.parametrize(("asked", "is_told"), [("rate", True), ("on(closed_on, rate)", False)])
def test_a_changed_rate_that_reaches_back_is_told(tmp_path: Path, asked: str, is_told: bool) -> None:
    program, facts = tmp_path / "p", FACTS.replace("on(closed_on, rate)", asked)
    release(program, "1.0.0", "2026-01-01", rate("10"), TOTAL, facts=facts)
    release(program, "2.0.0", "2026-07-01", rate("5"), TOTAL, facts=facts)
    assert ("reaches-back" in {problem.code for problem in check(program)}) is is_told


def test_a_chain_of_definitions_too_long_to_write_out_is_refused(tmp_path: Path) -> None:
    program = tmp_path / "long"
    steps = [f"s{at}: {{title: {{en: S}}, kind: percent, value: s{at - 1} + 1, source: [c]}}" for at in range(1, 400)]
    first = "s0: {title: {en: S}, kind: percent, value: \"1 if as_of >= date('2026-05-01') else 2\", source: [c]}"
    release(program, "1.0.0", "2026-01-01", first, *steps, rate("s399", "better: more"), TOTAL)
    with pytest.raises(InvalidProgramme) as refused:
        load(program)
    assert {problem.code for problem in refused.value.problems} == {"not-on-a-day"}


def test_a_revision_reads_the_releases_beside_it_in_that_revision(kiosk: Path) -> None:
    """And `diff` says of both what the folder says: on the day of a deal of before, nothing changes."""
    git = ("git", "-c", "user.name=A", "-c", "user.email=a@b.c", "-C", str(kiosk.parent))
    for words in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message", "Two releases")):
        subprocess.run([*git, *words], check=True)
    shown = [
        charter("diff", first, second, "--program", kiosk, cwd=kiosk.parent)
        for first, second in (("1.0.0", "2.0.0"), ("HEAD:kiosk/1.0.0", "HEAD:kiosk/2.0.0"))
    ]
    assert "100 → 50" in shown[0].stdout
    assert "unknown" not in shown[0].stdout
    assert shown[1].stdout.replace("HEAD:", "") == shown[0].stdout
    (kiosk / "1.0.0" / "definitions.yaml").unlink()
    assert charter("diff", "HEAD:kiosk/1.0.0", "HEAD:kiosk/2.0.0", "--program", kiosk, cwd=kiosk.parent).returncode == 0


def test_a_sealed_release_that_was_changed_is_read_with_those_before_it(kiosk: Path) -> None:
    record = deals("2026-05-10", "2026-08-10")
    for number in ("1.0.0", "2.0.0"):
        documents = read_files(kiosk / number).documents
        (kiosk / number / "seal.json").write_text(seal_text(number, documents, date(2025, 12, 1)), "utf-8")
    saved = json.loads(to_json(load(kiosk, as_of=LAST).evaluate(record, as_of=LAST)))
    path = kiosk / "2.0.0" / "definitions.yaml"
    path.write_text(path.read_text("utf-8").replace("value: 5,", "value: 7,"), "utf-8")
    verdict = verify(saved, kiosk)
    assert (verdict.status, verdict.files_changed) == ("equal", True)


def test_fixes_are_tried_beside_the_releases_before(kiosk: Path) -> None:
    facts = kiosk / "2.0.0" / "facts.yaml"
    facts.write_text(facts.read_text("utf-8").replace("on(closed_on, rate)", "on(\u0441losed_on, rate)"), "utf-8")
    done = charter("check", "--release", "2.0.0", "--program", kiosk, "--fix")
    assert "on(closed_on, rate)" in facts.read_text("utf-8"), done.stdout
    assert total(kiosk, deals("2026-05-10")) == 100


@pytest.mark.parametrize("asked", ["claim", "migration"])
def test_what_is_of_one_day_cannot_ask_for_another(kiosk: Path, asked: str) -> None:
    folder = kiosk / "2.0.0"
    if asked == "claim":
        claim = '{title: {en: A rate.}, always: "on(as_of, rate) <= 30", source: [c]}'
        (folder / "claims.yaml").write_text(f"claims: {{most: {claim}}}\n", "utf-8")
    else:
        with (folder / "facts.yaml").open("a", encoding="utf-8") as file:
            file.write("facts: {open: {title: {en: Open}, kind: yes_no, default: false}}\n")
        (folder / "migration.yaml").write_text('from: 1.0.0\nfacts: {open: "on(as_of, 1) > 0"}\n', "utf-8")
    messages = {problem.message for problem in check(kiosk) if problem.code == "unknown-function"}
    assert messages == {"'on' cannot be used here"}


def test_a_timeline_of_a_programme_without_tiers_calls_nothing_undetermined(kiosk: Path) -> None:
    record = kiosk / "record.yaml"
    record.write_text("partner: P\nfacts: {deals: []}\n", "utf-8")
    done = charter("timeline", record, "--program", kiosk, "--from", "2026-06-01", "--to", "2026-08-01")
    assert "release 2.0.0 applies" in done.stdout
    assert "?" not in done.stdout


def test_a_handbook_does_not_say_the_figure_of_today_of_another_day(tmp_path: Path) -> None:
    """Of a table whose cells are asked for on a day it names the value, and not what that is now."""
    program = tmp_path / "p"
    table = '{by: product, rows: {book: "on(closed_on, rate)", course: 3}}'
    fields = (
        "product: {title: {en: Product}, kind: choice, choices: {book: {title: {en: Book}}, course: {title: {en: C}}}}"
    )
    facts = FACTS.replace("      amount:", f"      {fields}\n      amount:")
    facts += f"      percent: {{title: {{en: Percent}}, kind: percent, value: {table}, source: [c]}}\n"
    release(program, "1.0.0", "2026-01-01", rate("10", "better: more"), TOTAL, facts=facts)
    release(program, "2.0.0", "2026-07-01", rate("5", "better: more"), TOTAL, facts=facts)
    page = charter("handbook", "--program", program, "--release", "2.0.0", "--format", "markdown").stdout
    assert "| – Book | rate as of closed |" in page


def test_a_value_on_a_day_that_asks_for_another_day_is_both(kiosk: Path) -> None:
    """The bonus on the day of a deal is the rate on the day of signing, whatever the deal's day is."""
    signed = "facts: {signed_on: {title: {en: Signed}, kind: date}, asked_on: {title: {en: Asked}, kind: date}}\n"
    rows = (
        rate("10 if as_of < date('2026-04-01') else 8"),
        f'bonus: {{title: {{en: Bonus}}, kind: percent, value: "on(signed_on, rate)", {NEGOTIABLE}, source: [c]}}',
        'then: {title: {en: Then}, kind: percent, value: "on(asked_on, bonus)", source: [c]}',
    )
    program = kiosk.parent / "nested"
    release(program, "1.0.0", "2026-01-01", *rows, facts=signed)
    for signed_on, worth in (("2026-03-31", 10), ("2026-04-01", 8), (None, None)):
        facts = {"asked_on": date(2026, 5, 1)} | ({"signed_on": date.fromisoformat(signed_on)} if signed_on else {})
        outcome = load(program).evaluate({"partner": "P", "facts": facts}, as_of=LAST)
        assert {value.id: value.value for value in outcome.definitions}["then"] == worth


#: a rate of 5% that may be agreed up to 30%, and what goes by it on the day of joining
JOINED = "facts: {joined: {title: {en: Joined}, kind: date}}\n"
CASES = '{cases: [{when: "on(joined, rate) > %s", value: 1}], otherwise: 0}'
SUMMER = {"term": "definitions.rate", "value": 20, "document": "A", "from": date(2026, 4, 1), "until": date(2026, 9, 1)}


def joined(program: Path, number: str, begins: str, border: int) -> None:
    """Write a release in which more than so many percent on the day of joining is high."""
    case = f"high: {{title: {{en: High}}, kind: count, value: {CASES % border}, better: less, source: [c]}}"
    release(program, number, begins, rate("5"), case, facts=JOINED)


def test_what_an_agreement_makes_true_is_not_called_never_true(tmp_path: Path) -> None:
    """Of up to 30%, more than 10% may be agreed for the day of joining, and more than 30% may not."""
    joined(tmp_path / "may", "1.0.0", "2026-01-01", 10)
    assert check(tmp_path / "may") == ()
    record = {"partner": "P", "facts": {"joined": date(2026, 5, 1)}, "agreements": [SUMMER]}
    outcome = load(tmp_path / "may").evaluate(record, as_of=LAST)
    assert {value.id: value.value for value in outcome.definitions}["high"] == 1
    joined(tmp_path / "never", "1.0.0", "2026-01-01", 30)
    assert {problem.code for problem in check(tmp_path / "never")} == {"constant-condition"}


def test_a_change_that_an_agreement_alone_makes_felt_is_not_called_neutral(tmp_path: Path) -> None:
    """Nobody without an agreement has more than 10% or 20%; who agreed on 15% for the day of joining is better off."""
    program = tmp_path / "p"
    joined(program, "1.0.0", "2026-01-01", 10)
    joined(program, "1.1.0", "2026-01-02", 20)
    page = charter("diff", program / "1.0.0", program / "1.1.0", "--as-of", "2026-12-31").stdout
    assert "High" in page.partition("For whom")[2].partition("For nobody")[0]


@pytest.mark.parametrize(
    ("day", "is_high"), [("2026-03-31", False), ("2026-04-01", True), ("2026-09-01", True), ("2026-09-02", False)]
)
def test_the_solver_reads_the_agreement_of_the_day(tmp_path: Path, day: str, is_high: bool) -> None:
    """Of a record it knows which days an agreement covers, as the interpreter does."""
    joined(tmp_path / "p", "1.0.0", "2026-01-01", 10)
    kiosk = load(tmp_path / "p")
    record = kiosk.record({"partner": "P", "facts": {"joined": date.fromisoformat(day)}, "agreements": [SUMMER]})
    symbolic = symbolic_record(kiosk, record, LAST)
    value = term(symbolic.partner, Name("definitions.high", Kind.COUNT))
    question = Question(symbolic.fixed())
    assert symbolic.values["definitions.high"] == is_high
    assert (question.can_be(value.known, value.value == 1), question.can_be(value.value == 0)) == (is_high, not is_high)


def test_a_difference_is_shown_on_both_sides_of_its_day(kiosk: Path) -> None:
    """A deal of the second release's time has another rate; the same deal of the day before has not."""
    effects = difference_of(kiosk)
    assert effects["total"] == {
        "before": 100, "after": 50,
        "other_side": {"day": "2026-06-30", "moved": ["deals[].closed_on"], "before": 100, "after": 100},
    }  # fmt: skip
    assert effects["commission"] == effects["total"]
    assert effects["rate"] == {"before": 10, "after": 5, "other_side": None}


def test_a_difference_that_reaches_back_is_shown_as_such(kiosk: Path) -> None:
    """Three times the commission: 10% of then become 30% of then, and 15% of now."""
    path = kiosk / "2.0.0" / "facts.yaml"
    path.write_text(path.read_text("utf-8").replace("amount * ratio", "3 * amount * ratio"), "utf-8")
    shown = difference_of(kiosk)["total"]
    other = shown.pop("other_side")
    times = {side["after"] / side["before"] for side in (shown, other)}
    assert {round(factor, 6) for factor in times} == {3.0, 1.5}


def difference_of(program: Path) -> dict[str, Any]:
    """The values of the first example of each outcome that differs between the two releases, as `diff` has them."""
    done = charter("diff", program / "1.0.0", program / "2.0.0", "--format", "json")
    shown = {}
    for effect in json.loads(done.stdout)["effects"]:
        ways = [way for way in effect["ways"].values() if way["status"] == "yes"]
        if ways:
            shown[effect["id"]] = {key: ways[0][key] for key in ("before", "after", "other_side")}
    return shown


def test_a_term_with_another_name_is_not_asked_for_on_a_day_without_its_agreements(tmp_path: Path) -> None:
    """The commission of then goes by a term of then; under its new name the agreements of then would not count."""
    program = tmp_path / "kiosk"
    release(program, "1.0.0", "2026-01-01", rate("10"), "total: " + _TOTAL_OF_THEN, facts=_PLAIN)
    renamed = rate("10").replace("rate: {", "share_paid: {", 1)
    facts = _PLAIN.replace("ratio(rate)", "ratio(share_paid)")
    release(program, "2.0.0", "2026-07-01", renamed, "total: " + _TOTAL_OF_THEN, facts=facts)
    terms = 'from: "1.0.0"\nterms: {definitions.share_paid: definitions.rate}\n'
    (program / "2.0.0" / "migration.yaml").write_text(terms, "utf-8")
    problems = [problem for problem in check(program) if problem.level == "error"]
    assert [problem.code for problem in problems] == ["not-on-a-day"]
    assert "by the term 'rate'" in problems[0].message


_PLAIN = FACTS.replace("amount * ratio(on(closed_on, rate))", "amount * ratio(rate)")
_TOTAL_OF_THEN = (
    f'{{title: {{en: T}}, {MONEY}, take: sum, of: "on(closed_on, commission)", over: deals, empty: 0, source: [c]}}'
)
