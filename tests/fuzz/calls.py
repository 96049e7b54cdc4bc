"""Odd words on the command line, and expressions by themselves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from charter.cli import app
from charter.engine.language.run.closures import closure
from charter.engine.language.run.interpret import interpret
from charter.engine.language.tree import names
from charter.engine.values import NUMERIC, Kind
from typer.testing import CliRunner

from ..language.names import COLOURS, KINDS, read
from ..programmes import ROOT
from .expressions import TOKENS, long_expression, spoilt_expression
from .faults import REFUSED, TAKEN, check_problems, require
from .nodes import KEYS, SCALARS
from .records import Input, folder_of

DAYS = (
    "2026-11-25", "2020-01-01", "9999-12-31", "0001-01-01", "0000-01-01", "10000-01-01", "2026-02-30", "yesterday", "20261125",
    "2026-W48-3", "26-1-1", "-2026-01-01", "+2026-01-01", "２０２６-11-25", "2026-11-25T00:00", "", " ", "\ud800", "a\x00b", "x" * 5000,
)  # fmt: skip
WORDS = (*SCALARS, *KEYS, "1.0.0", "gold", "silver", "../1.0.0", "/", ".", "..", "-", "--", "--help", "-h", "*", "tiers.*", "[",
         "[a-", "**", "a=b", "=", "people", "revenue", "tiers.gold.discount", "no-release", "bad-fact", "\udcff", "é" * 300)  # fmt: skip


def make_command(chance: Random) -> Input:
    """A command whose options have odd words."""

    def word() -> str:
        return chance.choice(WORDS)

    def day() -> str:
        return chance.choice(DAYS)

    program = ["--program", "{program}"]
    more = ["--as-of", day()] if chance.random() < 0.5 else []
    more += ["--release", word()] if chance.random() < 0.2 else []
    words = chance.choice((
        ["evaluate", "{record}", *program, *more, "--format", chance.choice(("json", "text", "markdown", "html", "x"))],
        ["evaluate", "{record}", *program, "--set", word(), *more],
        ["evaluate", word(), *program, *more],
        ["timeline", "{record}", *program, "--from", day(), "--to", day()],
        ["sql", *program, "--table", word(), "--without", word(), "--list", word(), "--with", word()],
        ["form", *program, "--tier", word()],
        ["schema", chance.choice(("record", "row", "order", word())), *program, *more],
        ["explain", word()],
        ["prove", word(), *program, *more, "--seconds", chance.choice(("0.01", word()))],
        ["prove", "--range", word(), *program, "--seconds", "0.01", *more],
        ["advise", "{record}", *program, "--tier", word(), "--seconds", "0.01"],
        ["advise", "{record}", *program, "--discount", word(), "--seconds", "0.01"],
        ["handbook", *program, *more, "--lang", chance.choice(("ru", "en", word()))],
        ["diff", "{program}", chance.choice(("{program}", word())), "--as-of", day()],
        ["log", *program, *more],
        ["verify", chance.choice(("{record}", word())), *program],
        ["check", chance.choice(("{program}", word())), "--format", chance.choice(("text", "json", "sarif", "junit", "github"))],
        ["test", "{program}", "--set", word()],
        ["quote", "{record}", "--partner", "{record}", *program, *more],
        ["readings", "{record}", *program, *more],
        [word(), word()],
    ))  # fmt: skip
    text = "\n\x1f".join(words)
    return Input(chance.choice(("small", "tracks", "marketplace")), {"words": text.encode("utf-8", "surrogatepass")}, 0)


def run_command(case: Input) -> str:
    """Run the command in this process."""
    with TemporaryDirectory() as name:
        record = Path(name) / "r.yaml"
        record.write_text("partner: P-1\n", "utf-8")
        words = case.files["words"].decode("utf-8", "surrogatepass").split("\n\x1f")
        places = {"{program}": str(folder_of(case.base)), "{record}": str(record)}
        done = CliRunner().invoke(app, [places.get(word, word) for word in words], prog_name="charter")
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    require(done.exit_code in (0, 1, 2, 3, 4), f"exit code {done.exit_code}")
    return REFUSED if done.exit_code > 1 else TAKEN


@cache
def own_expressions() -> tuple[str, ...]:
    """Expressions that mean something with the names of the tests of the language."""
    folder = ROOT / "tests" / "language" / "cases"
    rows = [row for path in sorted(folder.glob("*.yaml")) for row in yaml.safe_load(path.read_text("utf-8"))]
    return tuple(row["expression"] for row in rows if "expression" in row)


def make_expression(chance: Random) -> Input:
    """An expression, one or two of its tokens changed; a long one; or tokens at random."""
    form = chance.random()
    if form < 0.1:
        text = long_expression(chance)
    elif form < 0.25:
        text = " ".join(chance.choice(TOKENS) for _ in range(chance.randrange(12)))
    else:
        text = spoilt_expression(chance.choice(own_expressions()), chance)
    return Input("small", {"expression": text.encode("utf-8", "surrogatepass")}, chance.randrange(2**32))


def run_expression(case: Input) -> str:
    """Read the expression; two readers give one value of it."""
    text = case.files["expression"].decode("utf-8", "surrogatepass")
    tree, problems = read(text)
    check_problems(problems)
    require((tree is None) == bool(problems), "neither a tree nor a problem")
    if tree is None:
        return REFUSED
    chance = Random(case.dice)
    numbers = ("0", "1", "-1", "0.1", "3", "999999999999999999", "0.000000000001")
    values: dict[str, Any] = {
        id: Decimal(chance.choice(numbers)) if kind in NUMERIC else chance.random() < 0.5 for id, kind in KINDS.items()
    }
    days = (date.min, date.max, date(2026, 1, 31), date(2024, 2, 29))
    values |= {"c": "red", "o": chance.choice(COLOURS), "t": chance.choice(("", "red", "x"))}
    values |= {id: chance.choice(days) for id, kind in KINDS.items() if kind is Kind.DATE}
    for name in names(tree):  # of what a programme has: the status of a tier, its discount
        values.setdefault(name.id, Decimal(chance.choice(numbers)) if name.kind in NUMERIC else chance.random() < 0.5)
    fast = closure(tree, {id: index for index, id in enumerate(values)})
    require(interpret(tree, values) == fast(list(values.values())), "the readers of the expression disagree")
    return TAKEN
