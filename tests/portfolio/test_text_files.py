"""Rows of CSV and JSON Lines: each has its place in the file and one answer, whatever stands in the rows around it."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from charter import load
from charter.engine.limits import MAX_ROW_BYTES
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import BatchResult, Job
from charter.engine.portfolio.text_files import TextRow, csv_values, rows_of
from charter.engine.problems import InvalidInput
from hypothesis import given, settings
from hypothesis import strategies as st

from ..programmes import ROOT, SMALL
from ..thorough import examples
from .portfolios import TODAY

RELEASE = load(SMALL)

cells = st.text(st.sampled_from('ab,;"\n\t Жé\u2028'), max_size=6)
tables = st.lists(st.lists(cells, min_size=2, max_size=4), max_size=8)


def rows(content: bytes, format: str = "csv", separator: str = ",") -> list[TextRow]:
    return list(rows_of(io.BytesIO(content), format, separator))


@given(
    tables,
    st.sampled_from(",;\t"),
    st.sampled_from(("\n", "\r\n")),
    st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
)
def test_csv_is_read_as_it_was_written(table: list[list[str]], separator: str, end: str, quoting: int) -> None:
    """Every row that a writer of CSV writes has its values, and is read alike where it stands."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting).writerows(table)
    content = out.getvalue().encode()
    read = rows(content, "csv", separator)
    values = [csv_values(row, separator, len(row.values or row.text.split(separator)))[0] for row in read]
    assert values == [[cell or None for cell in row] for row in table]
    for row in read:
        assert next(rows_of(io.BytesIO(content), "csv", separator, row.at, row.line)) == row
        assert content[: row.at].count(b"\n") + 1 == row.line


@pytest.mark.thorough
@settings(max_examples=examples(300))
@given(
    st.lists(st.one_of(st.binary(max_size=12), st.sampled_from([b'"', b"\n", b"\r", b',"', b'""', b"\xef\xbb\xbf"])))
)
def test_any_bytes_are_rows_that_are_read_alike_where_they_stand(parts: list[bytes]) -> None:
    content = b"".join(parts)
    lines = [line.decode(errors="surrogateescape") for line in re.split(rb"\r\n|\r|\n", content)]
    lines[0] = lines[0].removeprefix("\ufeff")
    assert [row.text for row in rows(content, "jsonl")] == [line for line in lines if line and not line.isspace()]
    for format in ("csv", "jsonl"):
        for row in rows(content, format):
            assert next(rows_of(io.BytesIO(content), format, ",", row.at, row.line)) == row


def test_a_quote_that_is_not_closed_costs_its_own_line_only() -> None:
    """Also where a thousand lines have one: each is read again from the next line, in time that grows with the file."""
    lines = [f'P-{number},"x' for number in range(1000)] + ["A,1", "B,2"]
    read = rows("\n".join(lines).encode())
    assert [row.line for row in read] == list(range(1, 1003))
    assert [row.wrong is None for row in read] == [False] * 1000 + [True, True]


def test_a_line_without_end_is_one_row_that_is_too_long() -> None:
    content = b"A,1\n" + b"x" * (3 * MAX_ROW_BYTES) + b"\nB,2\n" + b"y" * (MAX_ROW_BYTES + 1)
    for format in ("csv", "jsonl"):
        read = rows(content, format)
        assert [row.line for row in read] == [1, 2, 3, 4]
        assert [row.wrong is None for row in read] == [True, False, True, False]
    (longest,) = rows(b"z" * MAX_ROW_BYTES, "jsonl")
    assert longest.wrong is None


def decided(folder: Path, content: bytes, suffix: str) -> tuple[BatchResult, list[str], dict[int, str]]:
    """The result, the partners decided in order, and the problems of each rejected row by its number."""
    (folder / f"p{suffix}").write_bytes(content)
    result = batch(RELEASE, Job(folder / f"p{suffix}", folder / "out.csv", TODAY))
    partners = [row["partner"] for row in csv.DictReader((folder / "out.csv").read_text("utf-8").splitlines())]
    problems = {}
    if result.rejects:
        with result.rejects.open(encoding="utf-8", newline="") as file:
            problems = {int(row["row"]): row["problems"] for row in csv.DictReader(file)}
    assert result.rows == len(partners) + len(problems)
    assert list(problems) == sorted(problems)
    return result, partners, problems


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b'{"partner": "B", "people": 1, "people": 1}', "'people' stands here a second time"),
        (b'{"partner": "B", "people": {"many": 1}}', "people: a list or a map is no value of a row"),
        (b'{"partner": "B", "people": [{"value": 1, "from": "2020-01-01"}]}', "a list or a map is no value of a row"),
        (b'{"partner": ["B"]}', "partner: a list or a map is no value of a row"),
        (b'["B"]', "a row is one object"),
        (b'[["partner", "B"]]', "a row is one object"),
        (b"{}", "'partner' is missing"),
        (b"5", "a row is one object"),
        (b"null", "a row is one object"),
        (b'{"partner": "B"', "it is not JSON"),
        (b'{"partner": "B"} {"partner": "C"}', "it is not JSON"),
        (b"{partner: B}", "it is not JSON"),
        (b'{"partner": "\xff"}', "it is not UTF-8 text"),
        (b'{"partner": "B\\u0000"}', "U+0000"),
        (b'{"partner": "B", "people": ' + b"[" * 9000 + b"]" * 9000 + b"}", "within each other"),
        (b'{"partner": "B", "people": ' + b"9" * 5000 + b"}", "is not a number"),
        (b'{"partner": "B", "revenue": Infinity}', "is not a number"),
        (b'{"partner": "B", "people": true}', "true is not a number"),
        (b'{"partner": "B", "audited": 1}', "1 is not true or false"),
        (b'{"partner": "B", "region": ""}', "'' is not one of the choices"),
        (b'{"partner": "' + b"x" * MAX_ROW_BYTES + b'"}', "it is longer than 200000 bytes"),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\n\n  \n"])
def test_one_line_of_json_in_error_is_rejected_alone(line: bytes, problem: str, end: bytes, tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + end.join((b'{"partner": "A", "people": 3}', line, b'{"tier": "gold", "partner": "D"}'))
    _, partners, problems = decided(tmp_path, content, ".jsonl")
    assert partners == ["A", "D"]
    assert list(problems) == [2]
    assert problem in problems[2]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"B,gold,north,1", "it has 4 values, and the file 3 columns"),
        (b"B", "it has 1 values, and the file 3 columns"),
        (b'B,"gold,north', "other text stands after a closing quote"),  # which is that of the next line
        (b'B,"gold,north\nC', "other text stands after a closing quote"),
        (b'"B"x,gold,north', "other text stands after a closing quote"),
        (b"B,go\x00ld,north", "it is not UTF-8 text"),
        (b"\xc6,gold,north", "it is not UTF-8 text"),
        (b'"B\nC",gold,north', "'partner' holds an invisible character"),
        (b"B,gold," + b"x" * MAX_ROW_BYTES, "it is longer than 200000 bytes"),
        (b"B,gold," + b"x" * 5000, "is not one of the choices"),
        (b'B,gold,"' + b"x" * 150_000 + b'"', "a value in it is too long"),
    ],
)
def test_one_line_of_csv_in_error_is_rejected_alone(line: bytes, problem: str, tmp_path: Path) -> None:
    content = b"partner,tier,region\n\nA,gold,north\n" + line + b'\r\n"D",gold,"so""uth"\nE,silver,south,,\n\nF,,'
    _, partners, problems = decided(tmp_path, content, ".csv")
    assert partners == ["A", "E", "F"]
    assert next(iter(problems)) == 2
    assert problem in problems[2]
    assert "'so\"uth' is not one of the choices" in problems[max(problems)]


def test_a_line_in_error_of_a_list_refuses_the_run(tmp_path: Path) -> None:
    """Also a key that stands twice, which leaves open which value is meant: the first hundred are listed."""
    release = load(ROOT / "examples" / "programmes" / "odoo")
    (tmp_path / "p.csv").write_text("partner,tier\nA,gold\n")
    items = tmp_path / "items.jsonl"
    line = json.dumps({"partner": "A", "person": "Z", "version": "v16"})
    broken = line.replace("}", ', "person": "Y"}')
    items.write_text("\n".join((line, *[broken] * 150, line)))
    job = Job(tmp_path / "p.csv", tmp_path / "out.csv", TODAY, {"certificates": items})
    with pytest.raises(InvalidInput) as refused:
        batch(release, job)
    problems = refused.value.problems
    assert len(problems) == 101
    assert any("row 2: 'person' stands here a second time" in problem.message for problem in problems)
    assert any("50 more rows like these" in problem.message for problem in problems)


def test_a_file_in_another_encoding_is_refused_whole(tmp_path: Path) -> None:
    for encoding in ("cp1251", "utf-16"):
        content = "\n".join(json.dumps({"partner": name}, ensure_ascii=False) for name in ("Жук", "Ёж"))
        with pytest.raises(InvalidInput) as refused:
            decided(tmp_path, content.encode(encoding), ".jsonl")
        assert refused.value.problems[0].code == "not-utf-8"


def test_columns_without_end_are_refused_with_the_first_hundred(tmp_path: Path) -> None:
    names = [f"column_{number}" for number in range(10_000)]
    for content, suffix in (
        (",".join(["partner", *names]) + "\nA" + "," * 10_000, ".csv"),
        ("\n".join(json.dumps({"partner": "A", name: 1}) for name in names), ".jsonl"),
        ("partner," + "x" * MAX_ROW_BYTES, ".csv"),
    ):
        with pytest.raises(InvalidInput) as refused:
            decided(tmp_path, content.encode(), suffix)
        assert len(refused.value.problems) in (1, 101)


def test_after_a_hundred_problems_rows_are_counted(tmp_path: Path) -> None:
    """Their kinds are told by number; the file of rejects has every row."""
    lines = ["partner,people", *(f"P-{number},x" for number in range(250)), *(f"Q-{number}" for number in range(30))]
    result, _, problems = decided(tmp_path, "\n".join(lines).encode(), ".csv")
    counted = [problem.message for problem in result.problems if "more rows" in problem.message]
    assert counted == ["151 more rows with this problem", "30 more rows with this problem"]
    assert [problem.code for problem in result.problems[-2:]] == ["bad-fact", "bad-row"]
    assert len(result.problems) == 102
    assert len(problems) == 280
