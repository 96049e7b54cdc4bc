"""Turns one row of a portfolio into a partner's record, and decides it with the interpreter."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from ..evaluate.outcome import Outcome
from ..evaluate.record import plain_document, read_record
from ..language.syntax import short
from ..problems import InvalidInput, Problem, has_errors, in_order
from ..programme.model import Fact, Programme
from ..release.load import Release
from ..source.document import read_bytes
from ..source.plain_data import day_in
from ..source.scalars import NotData, plain_scalar
from ..values import Kind
from .sql.columns import Form

AS_TEXT = (Kind.TEXT, Kind.CHOICE)
OF_PARTNER = ("partner", "tier", "since")


class Cells(NamedTuple):
    """The values of a row by column; `is_text` where texts of the file may mean numbers, dates, true and false."""

    values: Mapping[str, Any]
    is_text: bool


class Decided(NamedTuple):
    """A row with its number (from 1), its partner where it names one, and its outcome or its problems."""

    number: int
    partner: str | None
    outcome: Outcome | None
    problems: tuple[Problem, ...]


def decide(
    release: Release, number: int, row: Cells, lists: Mapping[str, Sequence[Cells]], agreements: Sequence[Cells],
    as_of: date,
) -> Decided:  # fmt: skip
    """Decide a row on a day, with the list items (by list) and the agreements of its partner."""
    document = plain_document(row_data(release.programme, row, lists, agreements), "row")
    record, problems = read_record(document, release.programme)
    named = row.values.get("partner")
    if record is None:
        return Decided(number, None if named is None else str(named), None, problems)
    try:
        return Decided(number, record.partner, release.evaluate(record, as_of=as_of), problems)
    except InvalidInput as refused:
        return Decided(number, record.partner, None, (*problems, *refused.problems))


def row_data(
    programme: Programme, row: Cells, lists: Mapping[str, Sequence[Cells]], agreements: Sequence[Cells]
) -> dict[str, Any]:
    """The data of a record, from a row and the list items and agreements of its partner."""
    values, is_text = row
    data: dict[str, Any] = {name: values[name] for name in OF_PARTNER if values.get(name) is not None}
    if type(data.get("partner")) is int:
        data["partner"] = str(data["partner"])
    data = {name: cell(value, is_text=name == "since" and is_text) for name, value in data.items()}
    data["facts"] = _facts(programme.facts, row)
    for id, items in lists.items():
        data["facts"][id] = [_facts(programme.lists[id].fields, item) for item in items]
    if agreements:
        data["agreements"] = [_agreement(programme, agreement) for agreement in agreements]
    return data


def json_row(line: str) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """The values of a line of JSON by key, and its problems; no values where it cannot be read."""
    try:
        json.loads(line, parse_int=str)
    except RecursionError:
        pass  # said in other words below
    except ValueError as error:
        reason = f"{error.msg} at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else str(error)
        return {}, (Problem("bad-row", f"it is not JSON: {reason}", None, "write one object on each line"),)
    document, unsorted = read_bytes(line.encode(), "row.json")
    problems = in_order(unsorted)
    if document is None or has_errors(problems):
        return {}, problems
    if not isinstance(document.data, dict):
        return {}, (Problem("wrong-type", "a row is one object: {…}", None, "write one object on each line"),)
    nested = tuple(
        Problem("wrong-type", f"{key}: a list or a map is no value of a row", None, "write one value, or leave it out")
        for key, value in document.data.items()
        if isinstance(value, list | dict)
    )
    return dict(document.data), (*problems, *nested)


def typed_cell(value: Any, form: Form) -> Any:
    """A value of a typed column as a cell; of a column of days, times or another type it is the database's own text."""
    if value is None or form not in (Form.DATE, Form.TIME, Form.OTHER):
        return value
    return (
        NotData(f"'{short(value)}'", "its column is of a type that no fact has")
        if form is Form.OTHER
        else day_in(value)
    )


def cell(value: Any, *, is_text: bool) -> Any:
    """A cell as a value of a record: text as YAML would read it, where texts of the file may mean other things."""
    return plain_scalar(value) if is_text and isinstance(value, str) else value


def _facts(facts: Mapping[str, Fact], row: Cells) -> dict[str, Any]:
    """The facts of a row; unknown names are kept, so that reading the record reports them."""
    data = {}
    for id, value in row.values.items():
        if id not in OF_PARTNER and value is not None:
            of_text = id in facts and facts[id].kind in AS_TEXT
            data[id] = cell(value, is_text=row.is_text and not of_text)
    return data


def _agreement(programme: Programme, row: Cells) -> dict[str, Any]:
    term = programme.values.get(str(row.values.get("term")))
    of_text = ("term", "document", *(("value",) if term and term.kind in AS_TEXT else ()))
    keys = {id: value for id, value in row.values.items() if id != "partner" and value is not None}
    return {id: cell(value, is_text=row.is_text and id not in of_text) for id, value in keys.items()}
