"""Tables of others: what is read of CSV and DMN, what is written for them, and what is named as left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import charter
import pytest
from charter import InvalidInput, Release, WrongCall, export_table, import_table, load
from charter.engine.language.tree import Literal
from charter.engine.limits import MAX_BYTES, MAX_NESTING, MAX_ROWS
from charter.engine.tables import from_forms
from charter.engine.tables.feel import Refused, output_text, read_output, read_test, test_text
from charter.engine.values import Kind, Unknown

from .cli import charter as command
from .programmes import SMALL, copy_of, edit

text_of_test = test_text
del test_text  # pytest takes the name for a test
MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"
DAY = date(2026, 11, 23)
RATE = "  rate: {title: {en: Rate}, kind: number, value: 0, source: [s1]}\n"
FUNDS = """tables:
  funds:
    title: {en: Funds}  # of each region
    by: region
    columns: {fund: {title: {en: Fund}, kind: money, currency: EUR}, seats: {title: {en: Seats}, kind: count}}
    rows:
      north: {fund: 100, seats: 1}  # the first
    otherwise: {fund: 0, seats: 0}
    source: [s1]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small programme with a value to fill, `rate`, and a table of two columns, `funds`."""
    release = copy_of(SMALL, tmp_path)
    with (release / "definitions.yaml").open("a", encoding="utf-8") as file:
        file.write(RATE + FUNDS)
    return release


@pytest.fixture
def release(folder: Path) -> Release:
    """The same, loaded."""
    return load(folder)


def written(folder: Path, value: str, name: str = "rate") -> Release:
    """The small programme with another value of `rate`."""
    edit(folder, "definitions.yaml", "value: 0,", f"value: {value},")
    return load(folder)


def rate(release: Release, **facts: object) -> Any:
    """The rate of a partner with these facts."""
    outcome = release.evaluate({"partner": "P", "facts": facts}, as_of=DAY)
    return release.values(outcome)["definitions.rate"]


# FEEL -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("-", "-"),
        ("  ", "-"),
        ("5", "5"),
        ("-5.50", "-5.5"),
        ("<5", "< 5"),
        ("[1..5)", "[1..5)"),
        ("]1..5[", "(1..5)"),
        ("(1..5]", "(1..5]"),
        ('"a","b"', '"a", "b"'),
        ('not("a", "b")', 'not("a", "b")'),
        ("not(< 5, [7..8])", "not(< 5, [7..8])"),
        ('date("2026-01-31")', 'date("2026-01-31")'),
        ('>= @"2026-01-31"', '>= date("2026-01-31")'),
        ("true", "true"),
        (r'"a \"b\""', r'"a \"b\""'),
    ],
)
def test_a_test_of_feel_is_read(text: str, read: str) -> None:
    assert text_of_test(read_test(text)) == read
    assert read_test(read) == read_test(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("> today()", "the function 'today' is not carried over"),
        ("north", "'north' is a name, and a test has values alone"),
        ("null", "a value that is missing is unknown, and nothing tests it"),
        ("[5..1]", "no value is in this interval"),
        ("(5..5)", "no value is in this interval"),
        ("[1..2", "'its end' is not carried over here"),
        ("5 or 6", "'or' is not carried over here"),
        ("< true", "only numbers and days are compared by size"),
        ('date("2026-02-30")', "'2026-02-30' is not a day"),
        ('@"2026-01-31T10:00:00"', "'2026-01-31T10:00:00' is not a day"),
        ("1234567890123456789", "'1234567890123456789' has too many digits"),
        ('duration("P1D")', "the function 'duration' is not carried over"),
        ("?", "'?' is not read"),
        ("5" * 3000, "it is longer than 2000 characters"),
    ],
)
def test_a_test_that_has_no_form_here_is_refused(text: str, why: str) -> None:
    with pytest.raises(Refused) as refused:
        read_test(text)
    assert refused.value.why == why
    assert refused.value.instead


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("a + 2 * -b", "a + 2 * (-b)"),
        ("not(a = b) and c", "(not (a == b)) and c"),
        ("min(a, 5) - (b + 1)", "min(a, 5) - (b + 1)"),
        ("a or b and c", "a or b and c"),
    ],
)
def test_a_formula_is_read(text: str, expression: str) -> None:
    assert read_output(text).charter == expression  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "a / 2",
        "if a then 1 else 2",
        "Annual Revenue",
        "sum(a)",
        "a.b",
        "a[1]",
        "a ** 2",
        "(" * 70 + "a" + ")" * 70,
        "-" * 99 + "a",
    ],
)
def test_a_formula_that_means_something_else_here_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_output(text)


def test_a_comma_in_a_number_is_not_taken_for_a_list(release: Release) -> None:
    """Some spreadsheets write 1.5 as 1,5: in DMN these are two numbers."""
    read = import_table(release, b"F;revenue;out: rate\n1;1,5;2\n2;-;3\n")
    assert [(problem.message, problem.help) for problem in read.problems] == [
        ("row 1, column 'revenue': '1,5' is left out: '1,5' may be one number or two", "write 1.5; or 1, 5 for two")
    ]


# Forms ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "yaml"),
    [
        (
            "U,revenue,out: rate\n1,[0..1000),1\n2,>= 1000,2\n",
            "band: revenue\nrows:\n  0: 1\n  1000: 2\n",
        ),
        (  # of whole numbers, up to 9 is under 10
            "U,people,out: rate\n1,<= 9,1\n2,[10..20],2\n3,> 20,3\n",
            "band: people\nrows:\n  0: 1\n  10: 2\n  21: 3\n",
        ),
        (  # of others it is not
            "F,revenue,out: rate\n1,<= 9,1\n2,-,2\n",
            "up_to: revenue\nrows:\n  9: 1\nabove: 2\n",
        ),
        (
            "U,revenue,out: rate\n1,<= 10,1\n2,(10..100.5],2\n",
            "up_to: revenue\nrows:\n  10: 1\n  100.5: 2\nabove: unknown\n",
        ),
        (  # a table has bands that begin with their numbers or end with them, and not both
            "U,revenue,out: rate\n1,< 10,1\n2,[10..100],2\n3,> 100,3\n",
            "cases:\n  - {when: revenue < 10, value: 1}\n  - {when: 10 <= revenue <= 100, value: 2}\notherwise: 3\n",
        ),
        (
            "U,revenue,out: rate\n1,> 10,1\n",
            "cases:\n  - {when: revenue > 10, value: 1}\notherwise: unknown\n",
        ),
        (
            "U,revenue,out: rate\n1,>= 1000,2\n",
            "band: revenue\nbelow: unknown\nrows:\n  1000: 2\n",
        ),
        (
            "region,out: rate\nnorth,1\nsouth,2\n",
            "by: region\nrows:\n  north: 1\n  south: 2\notherwise: unknown\n",
        ),
        (
            'F,region,out: rate\n,"north, south",1\n,-,2\n',
            "by: region\nrows:\n  north: 1\n  south: 1\notherwise: 2\n",
        ),
        (
            "F,region,audited,out: rate\n,north,true,1\n,-,false,2\n",
            ("cases:\n  - {when: region == 'north' and audited, value: 1}\n  - {when: not audited, value: 2}\n"
            "otherwise: unknown\n"),
        ),
        (  # whatever the region, one of the rows holds: the last one is what is left
            'U,region,audited,out: rate\n,north,-,1\n,"south, centre",true,2\n,not(north),false,3\n',
            ("cases:\n  - {when: region == 'north', value: 1}\n"
            "  - {when: \"region in ('south', 'centre') and audited\", value: 2}\notherwise: 3\n"),
        ),
        (
            "C+,people,out: rate\n,> 5,1\n,> 9,revenue * 2\n",
            ("take: sum\ncases:\n  - {when: people > 5, value: 1}\n  - {when: people > 9, value: revenue * 2}\n"
            "otherwise: unknown\n"),
        ),
        ("C<,people,out: rate\n,> 5,1\n,-,7\n", "take: least\ncases:\n  - {when: people > 5, value: 1}\notherwise: 7\n"),
        ("joined,out: rate\n< 2026-01-01,1\n>= 2026-01-01,2\n",
         "cases:\n  - {when: joined < date('2026-01-01'), value: 1}\notherwise: 2\n"),
        ("people,out: rate\n-,7\n", "7\n"),
        ("F,region,out: a,out: b\n,north,1,2\n,-,3,\n",
         "by: region\nrows:\n  north: {a: 1, b: 2}\notherwise: {a: 3, b: unknown}\n"),
    ],
)  # fmt: skip
def test_the_form_that_says_it_most_simply_is_written(release: Release, rows: str, yaml: str) -> None:
    read = import_table(release, rows.encode())
    assert (read.text, read.problems) == (yaml, ())


def test_several_results_of_several_inputs_are_a_table_each(release: Release) -> None:
    read = import_table(release, b"F,region,audited,out: a,out: b\n,north,true,1,2\n,-,-,3,4\n")
    assert read.text == (
        "a: {cases: [{when: region == 'north' and audited, value: 1}], otherwise: 3}\n"
        "b: {cases: [{when: region == 'north' and audited, value: 2}], otherwise: 4}\n"
    )


def test_bands_decide_at_their_borders(folder: Path, release: Release) -> None:
    import_table(release, b"U,revenue,out: rate\n,[100..1000),1\n,>= 1000,2.5\n", into="rate")
    changed = load(folder)
    rates = [rate(changed, revenue=Decimal(number)) for number in ("99.99", "100", "999.99", "1000")]
    assert isinstance(rates[0], Unknown)
    assert rates[0].missing == frozenset()
    assert rates[1:] == [1, 1, Decimal("2.5")]
    assert rate(changed).missing == {"revenue"}


# What is left out -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("F,region,out: rate\n,west,1\n,-,2\n",
         ["row 1, column 'region': 'west' is left out: 'west' is not one of the choices of 'region'"]),
        ("F,people,out: rate\n,\"\"\"many\"\"\",1\n,-,2\n",
         ["row 1, column 'people': '\"many\"' is left out: 'people' is a count"]),
        ("F,Umsatz,region,out: rate\n,> 5,north,1\n,-,-,2\n",
         ["the column: 'Umsatz' is left out: 'Umsatz' is not a fact or a value",
          "row 1, column 'Umsatz': '> 5' is left out: its column is left out"]),
        ("F,region,out: rate\n,north,people / 2\n,-,2\n",
         ["row 1, column 'rate': 'people / 2' is left out: FEEL rounds a quotient to 34 digits, and Charter does not"]),
        ("U,people,out: rate\n,<= 9,1\n,[9..20],2\n",
         ["rows 1 and 2 can hold at once, and UNIQUE says that they cannot"]),
        ("A,people,out: rate\n,<= 9,1\n,[9..20],2\n",
         ["rows 1 and 2 can hold at once, and ANY that they agree"]),
        ("A,people,out: rate\n,<= 9,1\n,[9..20],1\n", []),
        ("F,people,audited,out: rate\n,<= 9,-,1\n,<= 12,true,\n,-,-,2\n",
         ["row 2 is left out: a row without a value stands before others"]),
        ("C+,people,out: rate\n,<= 9,\n,-,2\n",
         ["row 1, column 'rate' is left out: a row that is collected needs a value"]),
        ("F,people,out: rate\n,-,1\n,<= 9,2\n", ["row 2 never counts: row 1 holds always"]),
        ("F,people,out: rate\n,< 9,wages\n,-,2\n",
         ["row 1, column 'rate': 'wages' is left out: 'wages' is not a fact or a value"]),
    ],
)  # fmt: skip
def test_what_is_left_out_is_named_with_row_column_text_and_why(release: Release, rows: str, told: list[str]) -> None:
    read = import_table(release, rows.encode())
    assert [problem.message for problem in read.problems] == told
    assert all(problem.help and problem.place for problem in read.problems)
    for problem in read.problems:
        assert problem.level is not charter.Level.ERROR or f"# {problem.message}" in read.text


def test_a_table_of_which_something_is_left_out_changes_no_file(folder: Path, release: Release) -> None:
    before = (folder / "definitions.yaml").read_text("utf-8")
    read = import_table(release, b"F,region,out: rate\n,west,1\n,-,2\n", into="rate")
    assert [problem.code for problem in read.problems] == ["not-carried"]
    assert (folder / "definitions.yaml").read_text("utf-8") == before


def test_a_name_of_others_may_be_said_to_be_ours(release: Release) -> None:
    content = b"F,Annual revenue,out: The rate\n,> 5,1\n,-,2\n"
    read = import_table(release, content, names={"Annual revenue": "revenue"})
    assert read.text == "up_to: revenue\nrows:\n  5: 2\nabove: 1\n"


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        ("C", "COLLECT without SUM, MIN or MAX gives a list of results"),
        ("C#", "COLLECT with COUNT gives how many rows hold"),
        ("R", "RULE ORDER gives a list of results"),
        ("OUTPUT ORDER", "OUTPUT ORDER gives a list of results"),
    ],
)
def test_a_hit_policy_that_gives_a_list_is_refused_by_name(release: Release, policy: str, why: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        import_table(release, f"{policy},people,out: rate\n,< 9,1\n".encode())
    assert [problem.message for problem in refused.value.problems] == [f"this hit policy is not carried over: {why}"]


class _Odd(NamedTuple):
    """A form that a decision table does not have."""

    expression: Literal


def test_a_form_that_is_not_known_is_named() -> None:
    whole = from_forms.carried(_Odd(Literal(Decimal(1), Kind.COUNT)))  # type: ignore[arg-type]
    assert whole.rules == ()
    assert [problem.message for problem in whole.problems] == [
        "the table is left out: a decision table has no such form"
    ]


# Writing --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "csv"),
    [
        ("{by: region, rows: {north: 1}, otherwise: 2}",
         'U,region,out: rate\n1,"""north""",1\n2,"not(""north"")",2\n'),
        ("{by: region, rows: {north: 1}, otherwise: unknown}", 'U,region,out: rate\n1,"""north""",1\n'),
        ("{band: revenue, rows: {0: 1, 1000: 2}}", "U,revenue,out: rate\n1,< 1000,1\n2,>= 1000,2\n"),
        ("{up_to: revenue, rows: {0: 0, 1000.5: 1}, above: 2}",
         "U,revenue,out: rate\n1,<= 0,0\n2,(0..1000.5],1\n3,> 1000.5,2\n"),
        ("{up_to: people, rows: {5: 0, 9: 1}, above: unknown}", "U,people,out: rate\n1,<= 5,0\n2,(5..9],1\n"),
        ("{up_to: people, rows: {5: {by: region, rows: {north: 1}, otherwise: 2}}, above: 3}",
         'U,people,region,out: rate\n1,<= 5,"""north""",1\n2,<= 5,"not(""north"")",2\n3,> 5,-,3\n'),
        ("{band: people, below: 7, rows: {5 to 9: 1, 10 and up: 2}}",
         "U,people,out: rate\n1,< 5,7\n2,[5..10),1\n3,>= 10,2\n"),
        ("{slices: people, rows: {0: 1, 10: 0.5}}",
         'U,out: rate\n1,"(min(people, 10)) * 1 + (max(people, 10) - 10) * 0.5"\n'),
        (("{cases: [{when: \"5 < people <= 9 and audited\", value: 1}, {when: \"region in ('north', 'south')\", "
         "value: people + 1}], otherwise: 0}"),
         'F,people,audited,region,out: rate\n1,(5..9],true,-,1\n2,-,-,"""north"", ""south""",(people + 1)\n3,-,-,-,0\n'),
        ("{take: greatest, cases: [{when: not audited, value: 1}], otherwise: 0}",
         "C>,audited,out: rate\n1,false,1\n2,-,0\n"),
        ("{by: region, rows: {north: {band: people, rows: {0: 1, 10: 2}}}, otherwise: 0}",
         'U,region,people,out: rate\n1,"""north""",< 10,1\n2,"""north""",>= 10,2\n3,"not(""north"")",-,0\n'),
    ],
)  # fmt: skip
def test_a_table_is_written_and_read_back(folder: Path, value: str, csv: str) -> None:
    release = written(folder, value)
    exported = export_table(release, "rate")
    assert (exported.text, exported.problems) == (csv, ())
    for format in ("csv", "dmn"):
        import_table(release, export_table(release, "rate", format=format).text.encode(), into="rate")  # type: ignore[arg-type]
        again = load(folder)
        for people in range(12):
            for region in ("north", "south", "centre"):
                for audited in (True, False):
                    facts = {"people": people, "region": region, "audited": audited, "revenue": people * 200}
                    if people == 11:
                        facts["revenue"] = Decimal("1000.5")
                    assert rate(again, **facts) == rate(release, **facts)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ('{cases: [{when: "last_days(joined, 30)", value: 1}], otherwise: 0}',
         "case 1, 'when': 'last_days(joined, 30)' is left out: FEEL has no 'add_days' that means the same"),
        ("{by: region, rows: {north: people / 2}, otherwise: 0}",
         "row 1, 'north': 'people / 2' is left out: FEEL rounds a quotient to 34 digits"),
        ("{by: region, rows: {north: {take: sum, cases: [{when: audited, value: 1}], otherwise: 0}}, otherwise: 0}",
         "row 1, 'north': 'cases' is left out: it takes the sum of cases inside another table"),
        ("{by: region, rows: {north: 1}, otherwise: (1 if audited else 2)}",
         "otherwise: '1 if audited else 2' is left out: FEEL has no such form, or takes what is unknown for false in it"),
        ("{cases: [{when: audited, value: {by: region, rows: {north: 1}, otherwise: unknown}}], otherwise: 0}",
         "case 1, otherwise: 'unknown' is left out: FEEL has no row without a value that others may follow"),
        ("{slices: people, after: 5, rows: {0: 1}}",
         "slices: 'people' is left out: slices of a running total have no form there"),
        ("{by: region, rows: {north: 1}, otherwise: 2}, cap: 10",
         "'cap' of 'rate' is left out: it is no part of the table"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_named_in_the_file_too(folder: Path, value: str, told: str) -> None:
    release = written(folder, value)
    for format in ("csv", "dmn"):
        exported = export_table(release, "rate", format=format)  # type: ignore[arg-type]
        assert [problem.message for problem in exported.problems] == [told]
        assert all(problem.help for problem in exported.problems)
        text = exported.text.replace("&gt;", ">").replace('""', '"')
        assert not text or f"Not carried over: {told}" in text


def test_the_file_of_dmn_has_the_published_structure(release: Release) -> None:
    root = ET.fromstring(export_table(release, "funds", format="dmn").text)
    names = [part.tag.removeprefix(f"{{{MODEL}}}") for part in root.iter()]
    assert root.tag == f"{{{MODEL}}}definitions"
    decision = root.find(f"{{{MODEL}}}decision")
    assert decision is not None
    inner = [part.tag.removeprefix(f"{{{MODEL}}}") for part in decision]
    assert inner == ["description", "variable", "informationRequirement", "decisionTable"]
    table = decision[-1]
    assert table.get("hitPolicy") == "UNIQUE"
    assert [part.tag.removeprefix(f"{{{MODEL}}}") for part in table] == ["input", "output", "output", "rule", "rule"]
    assert [part.get("typeRef") for part in table.iter(f"{{{MODEL}}}output")] == ["number", "number"]
    assert names.count("inputEntry") == 2
    assert names.count("outputEntry") == 4
    ids = [part.get("id") for part in root.iter() if part.get("id")]
    assert len(ids) == len(set(ids))
    required = {part.get("href") for part in root.iter(f"{{{MODEL}}}requiredInput")}
    assert required == {f"#{part.get('id')}" for part in root.iter(f"{{{MODEL}}}inputData")}


def test_a_title_in_the_file_is_in_the_language_asked_for() -> None:
    release = load(SMALL.parent.parent.parent / "program", release="1.0.0")
    text = export_table(release, "required_admins", format="dmn", lang="ru").text
    assert 'label="Сколько сертифицированных администраторов нужно"' in text
    assert "Записано программой Charter" in text


# Into the files -------------------------------------------------------------------------------------------------------


def test_comments_and_all_the_rest_of_the_file_stay(folder: Path, release: Release) -> None:
    before = (folder / "definitions.yaml").read_text("utf-8")
    import_table(release, b"F,region,out: seats,out: fund\n,north,1,100.5\n,-,0,0\n", into="funds")
    after = (folder / "definitions.yaml").read_text("utf-8")
    assert after == before.replace("fund: 100,", "fund: 100.5,")
    content = b"revenue,out: seats,out: fund\n< 0,0,0\n>= 0,2,3\n"
    import_table(load(folder), content, into="funds")
    changed = (folder / "definitions.yaml").read_text("utf-8")
    assert "    title: {en: Funds}  # of each region\n    columns: " in changed
    assert "    band: revenue\n    below: {fund: 0, seats: 0}\n    rows:\n" in changed
    assert "    rows:\n      0: {fund: 3, seats: 2}  # the first\n" in changed
    assert "otherwise" not in changed
    assert changed.startswith(before.partition("tables:")[0])
    exported = export_table(load(folder), "funds").text
    assert exported == "U,revenue,out: fund,out: seats\n1,< 0,0,0\n2,>= 0,3,2\n"


BLOCK = """
      # Agreed in spring
      by: region
      rows:
        north: 1  # cold
        # and all the rest
        south: 2
      otherwise: 3  # far
    source: [s1]
"""


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        ("F,region,out: rate\n,north,1\n,south,2\n,-,4\n", BLOCK.replace("otherwise: 3", "otherwise: 4")),
        ("F,region,out: rate\n,north,7\n,south,2\n,-,3\n", BLOCK.replace("north: 1", "north: 7")),
        ("region,out: rate\nnorth,1\n",
         ("\n      # Agreed in spring\n      by: region\n      rows:\n        # cold\n        # and all the rest\n"
         "        north: 1\n"
         "      otherwise: unknown  # far\n    source: [s1]\n")),
        ("region,out: rate\n-,1\n", None),
    ],
)  # fmt: skip
def test_comments_within_a_table_stay(folder: Path, rows: str, value: str | None) -> None:
    edit(folder, "definitions.yaml", RATE, f"  rate:\n    title: {{en: Rate}}\n    kind: number\n    value:{BLOCK}")
    before = (folder / "definitions.yaml").read_text("utf-8")
    if value is None:
        with pytest.raises(WrongCall, match="comments within the table would be lost"):
            import_table(load(folder), rows.encode(), into="rate")
        value = BLOCK
    else:
        import_table(load(folder), rows.encode(), into="rate")
    assert (folder / "definitions.yaml").read_text("utf-8") == before.replace(BLOCK, value)


def test_what_differs_by_tier_is_read_back(folder: Path) -> None:
    edit(
        folder,
        "definitions.yaml",
        "by_tier: {gold: 3}",
        "by_tier: {gold: 3, silver: {band: people, rows: {0: 1, 9: 2}}}",
    )
    release = load(folder)
    text = export_table(release, "enough").text
    assert text == ('U,tier,people,out: enough\n1,"""silver""",< 9,1\n2,"""silver""",>= 9,2\n3,"""gold""",-,3\n')
    read = import_table(release, text.replace("-,3", "-,4").encode(), into="enough")
    assert read.problems == ()
    again = export_table(load(folder), "enough").text
    assert again == text.replace("-,3", "-,4")


REQUIREMENTS = """requirements:
  size: {title: {en: Size}, measure: people, at_least: {silver: 2, gold: 5}, source: [s1]}
  debt: {title: {en: Revenue}, measure: revenue, at_most: {gold: 900}, source: [s1]}
  rest: {title: {en: Audit}, rule: audited, tiers: [gold], source: [s1]}
"""


def test_the_table_of_what_tiers_ask_for_is_carried_over(folder: Path) -> None:
    edit(folder, "tiers.yaml", "tiers:\n", f"{REQUIREMENTS}tiers:\n")
    release = load(folder)
    exported = export_table(release, "requirements")
    assert [problem.message for problem in exported.problems] == [
        "row 3, 'rest' is left out: it has a rule or parts, and no limits"
    ]
    rows = [line for line in exported.text.splitlines() if "Not carried over" not in line]
    assert rows == [
        "U,tier,out: size at least,out: debt at most,note:",
        '1,"""silver""",2,null,',
        '2,"""gold""",5,900,',
    ]
    import_table(release, exported.text.replace("5,900", "6,800").encode(), into="requirements")
    changed = (folder / "tiers.yaml").read_text("utf-8")
    assert "at_least: {silver: 2, gold: 6}" in changed
    assert "at_most: {gold: 800}" in changed
    assert "rest: {title: {en: Audit}, rule: audited, tiers: [gold], source: [s1]}" in changed


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("per_heads", "there is no table 'per_heads'"),
        ("fund", "'fund' is a column of the table 'funds'"),
        ("per_head", "'per_head' is no table"),
    ],
)
def test_a_name_that_is_no_table_is_a_wrong_call(release: Release, name: str, message: str) -> None:
    with pytest.raises(WrongCall) as refused:
        export_table(release, name)
    assert [problem.message for problem in refused.value.problems] == [message]


def test_a_sealed_release_is_not_changed(folder: Path, release: Release) -> None:
    (folder / "seal.json").write_text("{}", "utf-8")
    with pytest.raises(WrongCall, match="is sealed"):
        import_table(release, b"region,out: rate\n-,1\n", into="rate")


def test_a_table_with_which_the_release_could_not_be_used_is_not_written(folder: Path, release: Release) -> None:
    before = (folder / "definitions.yaml").read_text("utf-8")
    with pytest.raises(charter.InvalidProgramme) as refused:  # rate needs itself
        import_table(release, b"F,rate,out: rate\n,> 5,1\n,-,2\n", into="rate")
    assert [problem.message for problem in refused.value.problems] == ["this needs itself: rate → rate"]
    assert (folder / "definitions.yaml").read_text("utf-8") == before


# Files from outside ---------------------------------------------------------------------------------------------------

LAUGHS = f'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><definitions xmlns="{MODEL}">&b;</definitions>'
OUTSIDE = f'<!DOCTYPE d SYSTEM "file:///etc/passwd"><definitions xmlns="{MODEL}"/>'
XXE = f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions xmlns="{MODEL}">&x;</definitions>'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (LAUGHS, "a document type is not read"),
        (OUTSIDE, "a document type is not read"),
        (XXE, "a document type is not read"),
        ("<definitions>&lol;</definitions>", "this cannot be read as XML: undefined entity"),
        ("<a>" * 9, "this cannot be read as XML: no element found"),
        ("<a>" * (MAX_NESTING + 1), "the file has too many elements, or too many within each other"),
        ("<a>" + "<b/>" * 60_000 + "</a>", "the file has too many elements, or too many within each other"),
        ("<html/>", "this is XML, and not DMN 1.1 to 1.5"),
        (f'<definitions xmlns="{MODEL}"/>', "it has no decision table"),
        ("<a" + " " * MAX_BYTES + "/>", "the file is larger than 1024 KiB"),
        ('<?xml version="1.0" encoding="klingon"?><a/>', "the encoding of the file is not known"),
        ("", "the file is empty"),
        ("region,rate\nnorth,1\n", "no column is marked as a result"),
        ('region,out: rate\n"north,1\n', "this row cannot be read: a quote in it is not closed"),
        ("region,out: rate\nnorth,1,2\n", "this row cannot be read: it has 3 values, and the file 2 columns"),
        ("region,out: rate\n" + "north,1\n" * (MAX_ROWS + 1), "the table has 51 rows; the limit is 50"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_place(release: Release, content: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        import_table(release, content.encode())
    (problem,) = refused.value.problems
    assert problem.message == message
    assert problem.place is not None
    assert problem.help


def test_bytes_that_are_no_text_are_refused(release: Release) -> None:
    for content in ("регион,out: rate\nnorth,1\n".encode("cp1251"), b"<a>\xff</a>", b"\xff\xfe<\x00", b"\x00,out: a\n"):
        with pytest.raises(InvalidInput):
            import_table(release, content)


def test_a_mark_and_other_separators_are_read(release: Release) -> None:
    for content in (
        "\ufeffF;region;out: rate;;\n;north;1;;\n;;2;;\n",
        "F\tregion\tout: rate\r\n\tnorth\t1\r\n\t-\t2\r\n",
    ):
        assert import_table(release, content.encode()).text == "by: region\nrows:\n  north: 1\notherwise: 2\n"


def dmn(table: str, attributes: str = "", model: str = MODEL) -> bytes:
    """A file of DMN with a decision table of these inputs, outputs and rules."""
    decision = f'<decision name="rate"><decisionTable {attributes}>{table}</decisionTable></decision>'
    return f'<definitions xmlns="{model}" name="d" namespace="n">{decision}</definitions>'.encode()


def rows_of(*rows: Sequence[str]) -> str:
    """Rules of DMN, whose last cell is the result."""

    def cell(name: str, text: str) -> str:
        return f"<{name}><text>{text.replace('<', '&lt;')}</text></{name}>"

    return "".join(
        f"<rule>{''.join(cell('inputEntry', text) for text in row[:-1])}{cell('outputEntry', row[-1])}</rule>"
        for row in rows
    )


def column(text: str) -> str:
    """An input of DMN."""
    return f"<input><inputExpression><text>{text}</text></inputExpression></input>"


@pytest.mark.parametrize(
    "model",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        MODEL,
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_every_version_of_dmn_is_read(release: Release, model: str) -> None:
    table = column("region") + "<output/>" + rows_of(['"north"', "1"], ["-", "2"])
    read = import_table(release, dmn(table, 'hitPolicy="FIRST"', model))
    assert read.text == "by: region\nrows:\n  north: 1\notherwise: 2\n"


def test_the_result_where_no_row_holds_is_read(release: Release) -> None:
    output = "<output><defaultOutputEntry><text>9</text></defaultOutputEntry></output>"
    read = import_table(release, dmn(column("region") + output + rows_of(['"north"', "1"])))
    assert (read.text, read.problems) == ("by: region\nrows:\n  north: 1\notherwise: 9\n", ())
    read = import_table(release, dmn(column("people") + output + rows_of(["< 5", "1"]),
                                     'hitPolicy="COLLECT" aggregation="SUM"'))  # fmt: skip
    assert [problem.message for problem in read.problems] == [
        "the result where no row holds: '9' is left out: in Charter it would be collected too"
    ]


def test_the_row_of_the_highest_priority_counts(release: Release) -> None:
    output = "<output><outputValues><text>3, 2, 1</text></outputValues></output>"
    table = column("people") + output + rows_of(["< 9", "1"], ["< 5", "2"], ["< 7", "3"])
    read = import_table(release, dmn(table, 'hitPolicy="PRIORITY"'))
    assert read.text == "up_to: people\nrows:\n  6: 3\n  8: 1\nabove: unknown\n"
    read = import_table(release, dmn(column("people") + output + rows_of(["< 9", "4"]), 'hitPolicy="PRIORITY"'))
    assert [problem.message for problem in read.problems] == ["row 1 is left out: PRIORITY does not rank its result"]


def test_another_language_than_feel_is_refused(release: Release) -> None:
    content = dmn(column("people") + "<output/>" + rows_of(["< 5", "1"]), 'expressionLanguage="javascript"')
    with pytest.raises(InvalidInput, match="this is in 'javascript'"):
        import_table(release, content)


def test_of_several_decisions_one_is_named(release: Release) -> None:
    content = dmn(column("people") + "<output/>" + rows_of(["-", "1"])).replace(
        b"</definitions>", b'<decision name="other"><decisionTable><output/></decisionTable></decision></definitions>'
    )
    with pytest.raises(InvalidInput) as refused:
        import_table(release, content)
    assert refused.value.problems[0].help == "say which: 'rate', 'other'"
    assert import_table(release, content, decision="rate").text == "1\n"


# Rules at random ------------------------------------------------------------------------------------------------------

REGIONS = ("north", "south", "centre")
DAYS = (date(2026, 1, 1), date(2026, 6, 30), date.max)
NUMBERS = tuple(map(Decimal, ("0", "5", "5.5", "9", "10")))


class Cell(NamedTuple):
    """A cell of a test: its text, and whether a value passes."""

    text: str
    passes: Any


def random_cell(chance: Random, name: str) -> Cell:
    """A test at random of one of the facts of the small programme."""
    if chance.random() < 0.3:
        return Cell("-", lambda value: True)
    if name == "audited":
        wanted = chance.random() < 0.5
        return Cell(str(wanted).lower(), lambda value: value is wanted)
    if name == "region":
        some = chance.sample(REGIONS, chance.choice((1, 2)))
        text = ", ".join(f'"{region}"' for region in some)
        if chance.random() < 0.4:
            return Cell(f"not({text})", lambda value: value not in some)
        return Cell(text, lambda value: value in some)
    ends: Sequence[Any] = sorted(chance.sample(DAYS if name == "joined" else NUMBERS, 2))
    low, high = (f'date("{end}")' if isinstance(end, date) else str(end) for end in ends)
    first, second = ends
    cells = [
        Cell(f"< {high}", lambda value: value < second),
        Cell(f"<= {low}", lambda value: value <= first),
        Cell(f"> {low}", lambda value: value > first),
        Cell(f">= {high}", lambda value: value >= second),
        Cell(f"[{low}..{high})", lambda value: first <= value < second),
        Cell(f"({low}..{high}]", lambda value: first < value <= second),
        Cell(f"not({low}, > {high})", lambda value: value != first and not value > second),
        Cell(f"{low}, {high}", lambda value: value in ends),
    ]
    return chance.choice(cells)


def decided(policy: str, rows: Sequence[tuple[Sequence[Cell], int | None]], values: Sequence[Any]) -> Any:
    """What DMN says of these values: the result of the first row, or of all; None where there is none."""
    results = [result for cells, result in rows
               if all(cell.passes(value) for cell, value in zip(cells, values, strict=True))]  # fmt: skip
    if not results or policy == "F":
        return results[0] if results else None
    return {"C+": sum, "C<": min, "C>": max}[policy](results)  # type: ignore[operator]


@pytest.mark.parametrize("seed", range(120))
def test_rules_of_others_decide_as_dmn_says(folder: Path, release: Release, seed: int) -> None:
    chance = Random(seed)
    policy = chance.choice(("F", "F", "F", "C+", "C<", "C>"))
    names = chance.sample(("people", "revenue", "region", "audited", "joined"), chance.choice((1, 1, 2, 3)))
    holes = (1, 2, 3, 5, *([None] if policy == "F" else []))
    rows = [
        ([random_cell(chance, name) for name in names], chance.choice(holes)) for _ in range(chance.choice((1, 2, 4)))
    ]
    lines = [
        ",".join('"' + text.replace('"', '""') + '"' for text in (*(cell.text for cell in cells), str(result or "")))
        for cells, result in rows
    ]
    content = "\n".join([f"{policy},{','.join(names)},out: rate", *(f",{line}" for line in lines), ""])
    read = import_table(release, content.encode(), into="rate")
    told = [problem.message for problem in read.problems if problem.level is charter.Level.ERROR]
    if told or not read.text:
        assert all("a row without a value stands before others" in message for message in told)
        return
    changed = load(folder)
    for _ in range(40):
        facts = {
            "people": Decimal(chance.choice((0, 4, 5, 6, 9, 10, 11))),
            "revenue": chance.choice(NUMBERS) + chance.choice((0, Decimal("0.01"))),
            "region": chance.choice(REGIONS),
            "audited": chance.random() < 0.5,
            "joined": chance.choice(DAYS) - timedelta(chance.choice((0, 0, 1))),
        }
        value = rate(changed, **facts)
        wanted = decided(policy, rows, [facts[name] for name in names])
        assert (None if isinstance(value, Unknown) else value) == wanted, (content, read.text, facts)


# The command ----------------------------------------------------------------------------------------------------------


def test_the_command_writes_and_reads(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "funds.dmn"
    done = command("table", "export", "funds", "--format", "dmn", "--program", folder, "-o", file)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = command("table", "import", file, "--program", folder)
    assert done.stdout == "by: region\nrows:\n  north: {fund: 100, seats: 1}\notherwise: {fund: 0, seats: 0}\n"
    done = command("table", "import", "-", "--program", folder, "--into", "rate", input=b"region,out: rate\n-,4\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "4\n", "definitions.yaml: changed\n")
    assert rate(load(folder)) == 4


@pytest.mark.parametrize(
    ("words", "input", "code"),
    [
        (("table", "import", "-"), b"F,region,out: rate\n,west,1\n,-,2\n", 1),
        (("table", "import", "-"), b"<a>", 4),
        (("table", "import", "-", "--into", "nothing"), b"region,out: rate\n-,1\n", 2),
        (("table", "import", "no-such-file.csv"), b"", 2),
        (("table", "import", "-", "--name", "x"), b"region,out: rate\n-,1\n", 2),
        (("table", "export", "nothing"), b"", 2),
        (("table", "export", "funds", "--format", "xlsx"), b"", 2),
        (("table",), b"", 2),
    ],
)
def test_the_command_ends_with_the_code_of_what_happened(
    folder: Path, words: tuple[str, ...], input: bytes, code: int
) -> None:
    more = ("--program", str(folder)) if len(words) > 1 else ()
    assert command(*words, *more, input=input).returncode == code


def test_a_row_that_is_left_out_is_told_at_its_line(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text("F,region,out: rate\n1,west,1\n2,-,2\n", "utf-8")
    done = command("table", "import", file.name, "--program", folder, cwd=tmp_path)
    assert done.stderr == (
        "rates.csv:2:1  error[not-carried]  row 1, column 'region': 'west' is left out: 'west' is not one of the "
        "choices of 'region'\n    2 | 1,west,1\n      | ^^^^^^^^\n   help: known here: north, south, centre\n"
    )


def test_outputs_are_the_same_text_again() -> None:
    for text in ("2.5", "true", '"a"', 'date("2026-01-31")', "null"):
        assert output_text(read_output(text)) == text


@pytest.mark.parametrize(
    "value",
    [
        "{by: region, rows: {north: 1}, otherwise: 2}",
        "{by: region, rows: {north: \"max(people, 2)\", south: '1'}, otherwise: people  }",
        "{cases: [{when: \"region in ('north', 'south')\", value: 1}], otherwise: 2}",
        "{by: region,\n      rows: {north: 1},\n      otherwise: 2}",
    ],
)
def test_a_table_on_one_line_is_replaced_to_its_last_bracket(folder: Path, value: str) -> None:
    edit(folder, "definitions.yaml", "value: 0, source: [s1]}", f"value: {value}, source: [s1]}}  # it's {{open")
    before = (folder / "definitions.yaml").read_text("utf-8")
    import_table(load(folder), b"U,people,out: rate\n,< 5,1\n,>= 5,2\n", into="rate")
    after = "{band: people, rows: {0: 1, 5: 2}}"
    assert (folder / "definitions.yaml").read_text("utf-8") == before.replace(value, after)
