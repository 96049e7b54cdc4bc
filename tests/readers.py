"""Each reader's answer to one cell: what a record, a row or an item of a list makes of a value of a fact."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
from charter import Release
from charter.engine.evaluate.record import plain_document, read_record
from charter.engine.portfolio.duckdb.batch import batch
from charter.engine.portfolio.job import Job, problem_line
from charter.engine.problems import has_errors
from charter.engine.source.document import Document, read_bytes
from charter.engine.values import Unknown, plain

from .portfolio import portfolios
from .small_world import TODAY, world

FIELDS = """
  n: {title: {en: N}, kind: count}
  x: {title: {en: X}, kind: number}
  p: {title: {en: P}, kind: yes_no}
  d: {title: {en: D}, kind: date}
  t: {title: {en: T}, kind: text}
  c: {title: {en: C}, kind: choice, choices: {low: {title: {en: L}}, high: {title: {en: H}}}}
"""
IDS = ("n", "x", "p", "d", "t", "c")
PARTNERS = ("P-{}", "Партнёр-{}")  #: the query decides those of the first form, where it can
_LIST = FIELDS.replace("\n  ", "\n      i_")  # a field has no name of a fact
FACTS = f"facts:{FIELDS}lists:\n  things:\n    title: {{en: Things}}\n    fields:{_LIST}\n    default: []\n"
DEFINITIONS = """definitions:
  item_n: {title: {en: N}, kind: count, take: sum, of: i_n, over: things, source: [c]}
  item_x: {title: {en: X}, kind: number, take: sum, of: i_x, over: things, source: [c]}
  item_p: {title: {en: P}, kind: yes_no, take: any, over: things, where: i_p, source: [c]}
  item_d: {title: {en: D}, kind: date, take: maximum, of: i_d, over: things, empty: unknown, source: [c]}
"""

Cell = tuple[str, str]  #: the id of a fact, and a text or a value in SQL


def cells_world(folder: Path) -> Release:
    """A programme with a fact of each kind, and a list whose items have the same."""
    return world(folder, facts=FACTS, definitions=DEFINITIONS)


def shown(value: Any) -> str:
    """A value as an answer."""
    if value is None or isinstance(value, Unknown):
        return "unknown"
    if isinstance(value, bool):
        return str(value).lower()
    return plain(value) if isinstance(value, Decimal | Fraction | int) else str(value)


def of_document(release: Release, document: Document, id: str) -> str:
    """The answer of a record, in the words of its refusal."""
    record, problems = read_record(document, release.programme)
    if record is None:
        return "refused: " + "; ".join(map(problem_line, problems))
    return shown(release.values(release.evaluate(record, as_of=TODAY))[id])


def of_file(release: Release, text: str, id: str) -> str:
    """The answer of a record file with this text."""
    document, problems = read_bytes(text.encode(), "r.yaml")
    if document is None or has_errors(problems):
        return "refused: " + "; ".join(map(problem_line, problems))
    return of_document(release, document, id)


def of_python(release: Release, value: Any, id: str) -> str:
    """The answer of a record in plain data."""
    return of_document(release, plain_document({"partner": "P", "facts": {id: value}}, "record"), id)


def of_portfolio(release: Release, path: Path, number: int, columns: Sequence[str], **job: Any) -> list[list[str]]:
    """The answers of the rows of a portfolio, which has the partners of PARTNERS in turn."""
    output = path.with_name("out.parquet")
    result = batch(release, Job(path, output, TODAY, more=tuple(columns), **job))
    assert result.rows == result.decided + result.rejected == number * len(PARTNERS)
    outcomes = portfolios.read(output)
    answers: dict[int, list[str]] = {}
    if result.rejects:
        with result.rejects.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            answers |= {int(row["row"]) - 1: ["refused: " + row["problems"]] * len(columns) for row in rows}
    for index in range(number):
        for turn, form in enumerate(PARTNERS):
            if outcome := outcomes.get(form.format(index)):
                names = [column if column in outcome else f"definitions.{column}" for column in columns]
                answers[index * len(PARTNERS) + turn] = [shown(outcome[name]) for name in names]
    return [answers[row] for row in range(number * len(PARTNERS))]


def partners(number: int) -> list[str]:
    return [form.format(index) for index in range(number) for form in PARTNERS]


def write_texts(path: Path, rows: Sequence[dict[str, str]], ids: Sequence[str] = IDS) -> Path:
    """A file of CSV, or of Parquet with columns of text."""
    columns = ["partner", *ids]
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
        return path
    with duckdb.connect() as database:
        database.execute(f"CREATE TABLE texts ({', '.join(f'{name} VARCHAR' for name in columns)})")
        values = [[row.get(name) for name in columns] for row in rows]
        database.executemany(f"INSERT INTO texts VALUES ({', '.join('?' * len(columns))})", values)
        database.table("texts").write_parquet(str(path))
    return path


def of_texts(release: Release, path: Path, cells: Sequence[Cell]) -> list[set[str]]:
    """For each cell the answers of rows with this text, in the format of the path."""
    rows = [{"partner": form.format(index), id: text} for index, (id, text) in enumerate(cells) for form in PARTNERS]
    answers = of_portfolio(release, write_texts(path, rows), len(cells), IDS)
    return _chosen(answers, [IDS.index(id) for id, _ in cells])


def of_items(release: Release, path: Path, cells: Sequence[Cell]) -> list[set[str]]:
    """For each cell the answers of items with this text; only numbers, yes or no, and days are told."""
    path.parent.mkdir(exist_ok=True)
    portfolio = path.with_name(f"partners{path.suffix}")
    write_texts(portfolio, [{"partner": partner, "n": "1"} for partner in partners(len(cells))])
    rows = [
        {"partner": form.format(index), f"i_{id}": text} for index, (id, text) in enumerate(cells) for form in PARTNERS
    ]
    lists = {"things": write_texts(path, rows, [f"i_{id}" for id in IDS])}
    answers = of_portfolio(release, portfolio, len(cells), [f"item_{id}" for id in IDS[:4]], lists=lists)
    answers = [[answer.replace("refused: i_", "refused: ") for answer in row] for row in answers]
    return _chosen(answers, [IDS.index(id) for id, _ in cells])


def of_lines(release: Release, path: Path, cells: Sequence[Cell], write: Callable[[str], str] = str) -> list[set[str]]:
    """For each cell the answers of lines of JSON with the text as `write` writes it."""
    lines = [
        f'{{"partner": {json.dumps(form.format(index))}, "{id}": {write(text)}}}'
        for index, (id, text) in enumerate(cells)
        for form in PARTNERS
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return _chosen(of_portfolio(release, path, len(cells), IDS), [IDS.index(id) for id, _ in cells])


def _chosen(answers: list[list[str]], places: Sequence[int]) -> list[set[str]]:
    """The answers to each cell, of its own column."""
    turns = len(PARTNERS)
    return [
        {answer[place] for answer in answers[index * turns : (index + 1) * turns]} for index, place in enumerate(places)
    ]


def is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
