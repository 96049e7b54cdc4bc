"""Spoilt rows of a portfolio: in memory by the interpreter, and many of them as a file that DuckDB reads."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from charter import InvalidInput, WrongCall, batch
from charter.engine.portfolio.rows import Cells, decide, json_row
from charter.engine.problems import has_errors

from ..surfaces.partners import DAY, Partners
from ..surfaces.programmes import text
from .bases import a_name, base
from .faults import REFUSED, TAKEN, check_problems, require
from .nodes import SCALARS
from .records import Input, a_day, show, spoilt
from .spoilt import spoilt_bytes, spoilt_text

ROWS = 60
CELLS = (
    *SCALARS, "Да", "нет", "TRUE", "False", "t", "31.01.2026", "01/02/2026", "1 000", "1\u00a0000", "1.000,50", " 5", "5 ",
    "600.0", "6e2", "NaN", "NULL", "None", "-", "+5", "00", "1e400", "9" * 39, "0.1234567890123", "'5'", '"5"', "=A1", "@x",
    "2026-11-25 00:00:00", "2026-11-25T12:00", "20261125", "5%", "€5", "５", "P-1", "P-1 ", "p-1", "Р-1", "\ufeffP-1", "a,b", "a;b",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    1.5, 0.1, 1e300, -1e-300, float("nan"), float("inf"), -0.0, 2**53 + 1, 10**18, -(10**18), 10**30, True, False, Decimal("1.50"),
    Decimal("1e-20"), Decimal("1e17"), date.max, date.min, datetime(2026, 1, 1), datetime(2026, 1, 1, 12), datetime.max, b"x",
    ["x"], {"a": 1}, [], {}, (1, 2), 0, -1, 5,
)  # fmt: skip


def a_row(makers: Partners, chance: Random, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A row of a partner and the items of its lists."""
    partner = makers.partner(name, missing=0.3)
    lists = makers.programme.lists
    facts = partner.pop("facts")
    row = {key: partner[key] for key in ("partner", "tier", "since") if key in partner}
    return {**row, **{id: fact for id, fact in facts.items() if id not in lists}}, {
        id: facts[id] for id in lists if id in facts
    }


def make_row(chance: Random) -> Input:
    """A row as JSON; odd cells are put in by the run."""
    name = a_name(chance)
    row, lists = a_row(Partners(base(name).release.programme, chance), chance, "P-1")
    return Input(name, {"row": text({"row": row, "lists": lists}).encode()}, chance.randrange(2**32))


def run_row(case: Input) -> str:
    """Decide the row by the interpreter, as a row of text or of typed columns; then as a line of JSON."""
    chance, release = Random(case.dice), base(case.base).release
    data, _ = json_row(case.files["row"].decode())
    row, lists = _texts(data.get("row", {})), data.get("lists", {})
    is_text = chance.random() < 0.6
    columns = [*row, *release.programme.facts, "partner", "tier", "since", "x"]
    for _ in range(chance.choice((0, 1, 1, 2))):
        row[chance.choice(columns)] = chance.choice(CELLS if is_text or chance.random() < 0.4 else VALUES)
    items = {
        id: [Cells({key: chance.choice(CELLS) if chance.random() < 0.1 else value for key, value in item.items()}, is_text)
             for item in rows if isinstance(item, dict)]
        for id, rows in lists.items() if isinstance(rows, list)
    }  # fmt: skip
    agreements = []
    if chance.random() < 0.3:
        fields = ("term", "value", "document", "from", "until")
        agreements = [
            Cells({field: chance.choice((*CELLS, *VALUES, "tiers.gold.discount")) for field in fields}, is_text)
        ]
    decided = decide(release, 1, Cells(row, is_text), items, agreements, a_day(chance))
    require((decided.outcome is None) == has_errors(decided.problems), "neither an outcome nor an error")
    if decided.outcome is None:
        return check_problems(decided.problems, placed=False)
    show(release, decided.outcome, chance)
    return TAKEN


def _texts(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value if isinstance(value, bool | Decimal | date) or value is None else str(value)
        for key, value in row.items()
    }


def make_line(chance: Random) -> Input:
    """A line of JSON Lines."""
    name = a_name(chance)
    row, _ = a_row(Partners(base(name).release.programme, chance), chance, "P-1")
    return Input(name, {"row": spoilt(text(row), chance, name)}, chance.randrange(2**32))


def run_line(case: Input) -> str:
    """Read the line as JSON, and decide it."""
    release = base(case.base).release
    row, problems = json_row(case.files["row"].decode("utf-8", "replace"))
    check_problems(problems, placed=False)
    decided = decide(release, 1, Cells(row, True), {}, [], DAY)
    return check_problems(decided.problems, placed=False)


def make_table(chance: Random) -> Input:
    """A portfolio as a file with odd cells; lists and agreements are files of their own now and then."""
    name = a_name(chance, slow=False)
    release = base(name).release
    makers = Partners(release.programme, chance)
    made = [a_row(makers, chance, f"P-{number:02}") for number in range(ROWS)]
    columns = ["partner", *(["tier", "since"] if release.programme.tiers else []), *release.programme.facts]
    form = chance.choice(("csv", "csv", "jsonl", "jsonl", "parquet"))
    files = {f"portfolio.{form}": _table(form, columns, [row for row, _ in made], chance)}
    for id, items in release.programme.lists.items():
        if id != "order" and chance.random() < 0.5:
            rows = [{"partner": row["partner"], **item} for row, lists in made for item in lists.get(id, ())]
            files[f"list-{id}.{form}"] = _table(form, ["partner", *items.fields], rows, chance)
    if chance.random() < 0.2:
        fields = ["partner", "term", "value", "document", "from", "until"]
        rows = [{field: chance.choice(CELLS) for field in fields} | {"partner": "P-01"} for _ in range(5)]
        files[f"agreements.{form}"] = _table(form, fields, rows, chance)
    return Input(name, files, chance.randrange(2**32))


def _table(form: str, columns: list[str], rows: list[dict[str, Any]], chance: Random) -> bytes:
    share = chance.choice((0, 0.01, 0.1))
    cells = [
        {column: chance.choice(CELLS) if chance.random() < share else _written(row.get(column)) for column in columns}
        for row in rows
    ]
    if form == "parquet":
        return _parquet(columns, cells, chance)
    if form == "jsonl":
        lines = [text({key: row.get(key) for key in columns if key in row}) for row in rows]
        lines = [spoilt(line, chance, "small").decode("utf-8", "replace").replace("\n", " ") if chance.random() < share else line
                 for line in lines]  # fmt: skip
        content = ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")
    else:
        out = io.StringIO()
        writer = csv.DictWriter(
            out, columns, lineterminator=chance.choice(("\n", "\r\n")), delimiter=chance.choice(",,,;\t")
        )
        writer.writeheader()
        writer.writerows(cells)
        content = out.getvalue().encode("utf-8", "surrogatepass")
    slip = chance.random()
    if slip < 0.15:
        return spoilt_text(content.decode("utf-8", "replace"), chance)
    return spoilt_bytes(content, chance) if slip < 0.25 else content


def _written(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _parquet(columns: list[str], rows: list[dict[str, str]], chance: Random) -> bytes:
    """The rows as Parquet, each column of a type that takes what it can of them."""
    types = ("VARCHAR", "VARCHAR", "DOUBLE", "FLOAT", "BIGINT", "HUGEINT", "DECIMAL(38,12)", "DATE", "TIMESTAMP", "BOOLEAN", "BLOB",
             "VARCHAR[]", "UUID", "INTERVAL", "TIME", "TINYINT", "UBIGINT", "TIMESTAMPTZ")  # fmt: skip
    with TemporaryDirectory() as name, duckdb.connect() as database:
        path = Path(name) / "t.parquet"
        lines = "\n".join(json.dumps({column: row[column] or None for column in columns}) for row in rows)
        (Path(name) / "t.jsonl").write_text(lines, "utf-8", "surrogatepass")
        casts = ", ".join(
            f"{_cast(column, 'VARCHAR' if chance.random() < 0.5 else chance.choice(types))} AS {column}"
            for column in (f'"{column}"' for column in columns)
        )
        texts = "{" + ", ".join(f"'{column}': 'VARCHAR'" for column in columns) + "}"
        source = f"read_json('{name}/t.jsonl', columns = {texts}, format = 'newline_delimited', ignore_errors = true)"
        database.execute(f"COPY (SELECT {casts} FROM {source}) TO '{path}' (FORMAT parquet)")
        return path.read_bytes()


def _cast(column: str, type: str) -> str:
    """The value of a column as a type, null where it is none; Parquet holds no negative interval."""
    if type == "INTERVAL":
        return f"to_days(abs(TRY_CAST({column} AS UTINYINT)))"
    return f"TRY_CAST({column} AS {type})"


def run_table(case: Input) -> str:
    """Decide the files as a batch: every row is decided or rejected."""
    release = base(case.base).release
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in case.files.items():
            (folder / file).write_bytes(content)
        paths = {file.partition(".")[0]: folder / file for file in case.files}
        lists = {stem.removeprefix("list-"): path for stem, path in paths.items() if stem.startswith("list-")}
        try:
            result = batch(release, paths["portfolio"], folder / "out.csv", as_of=DAY, lists=lists,
                           agreements=paths.get("agreements"), columns=("*",))  # fmt: skip
        except (InvalidInput, WrongCall) as refused:
            return check_problems(refused.problems, placed=False)
        check_problems(result.problems, placed=False)
        require(result.rows == result.decided + result.rejected, "rows are lost")
        with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
            require(sum(1 for _ in csv.reader(file)) == result.decided + 1, "rows of the output are lost")
    return TAKEN if result.decided else REFUSED
