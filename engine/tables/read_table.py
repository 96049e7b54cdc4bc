"""Reads the texts of a table of others as rules; what cannot be carried over is named, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ..compile.facts import compile_facts, compile_lists
from ..compile.file_reader import Files
from ..compile.scopes import compile_scopes
from ..language.kinds import KIND_WORDS
from ..language.parse import Scope, parse
from ..language.syntax import Text, short
from ..language.tree import Expression, Name
from ..problems import Place, Problem, Source, did_you_mean
from ..release.load import Release
from ..values import NUMERIC, Kind
from .decision_table import DecisionTable, Formula, HitPolicy, Input, Output, OutputColumn, Rule, Test
from .feel import Refused, charter_text, read_formula, read_output, read_test, read_values, refuse_text
from .find_table import Shape, Target
from .from_forms import not_carried
from .raw_table import RawColumn, RawRow, RawTable, refuse_file

TIER = "tier"

#: why a hit policy of DMN is refused, and what to write instead
_REFUSED = {
    "R": ("RULE ORDER gives a list of results", "collect them: COLLECT with SUM, MIN or MAX"),
    "O": ("OUTPUT ORDER gives a list of results", "collect them: COLLECT with SUM, MIN or MAX"),
    "C": ("COLLECT without SUM, MIN or MAX gives a list of results", "say which of these is meant"),
    "C#": ("COLLECT with COUNT gives how many rows hold", "let each row give 1, and take the SUM"),
}
_WORDS = {"UNIQUE": "U", "FIRST": "F", "ANY": "A", "PRIORITY": "P", "RULE ORDER": "R", "OUTPUT ORDER": "O",
          "COLLECT": "C"}  # fmt: skip


class Names(NamedTuple):
    """The names that the expressions of a table may use, and the least value of each fact that has one."""

    scope: Scope
    least: Mapping[str, Decimal]


def names_for(release: Release, target: Target | None) -> Names:
    """The names for a table: of a list's items where it is a value of theirs; of a tier where it differs by tier."""
    files = Files(release.files.documents, release.files.broken)
    facts, lists = compile_facts(files), compile_lists(files)
    scopes = compile_scopes(files, facts, lists)
    scope, fields = scopes.general, facts
    if target is not None and target.list:
        scope, fields = scopes.by_list[target.list], {**facts, **lists[target.list].fields}
    least = {fact.id: fact.minimum for fact in fields.values() if fact.minimum is not None}
    return Names(scope, least)


class _Reading(NamedTuple):
    """What is read so far: the names, those of others that stand for ours, and the problems."""

    names: Names
    renamed: Mapping[str, str]
    problems: list[Problem]
    is_loose: bool


def read_table(
    raw: RawTable, names: Names, tiers: Sequence[str], target: Target | None, renamed: Mapping[str, str]
) -> tuple[DecisionTable, list[Problem]]:
    """The rules of a table, without those that cannot be carried over, and a problem for each of these.

    Of a target that differs by tier, the column `tier` has the tiers of the programme. Raises InvalidInput for a hit
    policy that gives a list.
    """
    reading = _Reading(names, renamed, [], raw.is_loose)
    policy = _policy(raw)
    differs = target is not None and target.shape in (Shape.TIERS, Shape.LIMITS)
    at_inputs = [at for at, column in enumerate(raw.columns) if not column.is_output]
    at_outputs = [at for at, column in enumerate(raw.columns) if column.is_output]
    inputs = {at: _input(raw.columns[at], reading, tuple(tiers) if differs else ()) for at in at_inputs}
    outputs = {at: _output_column(raw.columns[at], reading) for at in at_outputs}
    heads = [" ".join(column.text.split()) or f"column {at}" for at, column in enumerate(raw.columns, 1)]
    rules = [rule for row in raw.rows if (rule := _rule(row, heads, inputs, outputs, reading))]
    rules += _default(raw, policy, [inputs[at] for at in at_inputs], at_outputs, reading)
    kept = [at for at in at_inputs if inputs[at] is not None]
    table = DecisionTable(
        raw.name, raw.name, policy, tuple(part for at in kept if (part := inputs[at])), tuple(outputs.values()),
        tuple(rules),
    )  # fmt: skip
    return table, reading.problems


def _policy(raw: RawTable) -> HitPolicy:
    letters = _WORDS.get(raw.policy, raw.policy)
    if letters in _REFUSED:
        why, instead = _REFUSED[letters]
        refuse_file(f"this hit policy is not carried over: {why}", instead, raw.place)
    try:
        return HitPolicy(letters)
    except ValueError:
        names = "UNIQUE, FIRST, ANY, PRIORITY, or COLLECT with SUM, MIN or MAX"
        refuse_file(f"'{short(raw.policy)}' is not a hit policy", f"write {names}", raw.place)


def _input(column: RawColumn, reading: _Reading, tiers: tuple[str, ...]) -> Input | None:
    """The input of a column; None where it cannot be carried over, which is reported."""
    written = " ".join(column.text.split())
    text = reading.renamed.get(written, written)
    if tiers and text == TIER:
        return Input(text, text, Kind.CHOICE, tiers)
    try:
        if not text:
            refuse_text("it does not say what it tests", "write a name or a formula as its head")
        charter = read_formula(text).charter
        tree = parsed(charter, reading.names.scope)
    except Refused as refused:
        reading.problems.append(_column_problem(written, refused, column.place))
        return None
    symbol = reading.names.scope.symbols.get(charter) if isinstance(tree, Name) else None
    simple = charter if symbol else f"({charter})"
    least = Decimal(0) if tree.kind is Kind.COUNT else reading.names.least.get(charter) if symbol else None
    return Input(text, simple, tree.kind, symbol.choices if symbol else (), least=least)


def _column_problem(written: str, refused: Refused, place: Place) -> Problem:
    instead = f"{refused.instead}; or say which name it is: --name '{short(written) or 'THEIRS'}=OURS'"
    return not_carried("the column", short(written), refused.why, instead, place)


def parsed(text: str, scope: Scope, kind: Kind | None = None, choices: tuple[str, ...] = ()) -> Expression:
    """The tree of an expression of Charter; raises Refused where it is wrong here."""
    tree, problems = parse(Text(Source("table", text), text, range(len(text) + 1)), scope, kind, choices)
    if tree is None:
        first = next(iter(problems), None)
        raise Refused(
            first.message if first else "it names something that is wrong", (first and first.help) or "mend it"
        )
    return tree


def _output_column(column: RawColumn, reading: _Reading) -> OutputColumn:
    name = reading.renamed.get(column.text, column.text)
    ranked: tuple[Output, ...] = ()
    if column.ranked:
        try:
            ranked = read_values(column.ranked)
        except Refused as refused:
            what = f"the values of the result '{short(name)}'"
            reading.problems.append(not_carried(what, short(column.ranked), refused.why, refused.instead, column.place))
    return OutputColumn(name, ranked=ranked)


def _rule(
    row: RawRow,
    heads: Sequence[str],
    inputs: Mapping[int, Input | None],
    outputs: Mapping[int, OutputColumn],
    reading: _Reading,
) -> Rule | None:
    """A row as a rule; None where one of its cells cannot be carried over; each of those is reported."""
    tests: list[Test] = []
    results: list[Output] = []
    before = len(reading.problems)
    for at, text in enumerate(row.cells):
        column = inputs.get(at)
        try:
            if at in outputs:
                results.append(_with_names(read_output(text, loose=reading.is_loose), reading))
            elif column is not None:
                tests.append(_test(text, column, reading))
            elif not read_test(text, loose=reading.is_loose).is_any:
                refuse_text("its column is left out", "mend the head of the column")
        except Refused as refused:
            where = f"row {row.number}, column '{short(heads[at])}'"
            reading.problems.append(not_carried(where, short(text), refused.why, refused.instead, row.places[at]))
    if len(reading.problems) > before:
        return None
    return Rule(row.number, tuple(tests), tuple(results), row.places[0] if row.places else None)


def _with_names(output: Output, reading: _Reading) -> Output:
    """The output; a formula that is a single name of others becomes our name."""
    if isinstance(output, Formula) and output.feel in reading.renamed:
        return read_formula(reading.renamed[output.feel])
    return output


def _test(text: str, column: Input, reading: _Reading) -> Test:
    """A cell as a test of its column; raises Refused where it does not fit."""
    test = read_test(text, loose=reading.is_loose)
    for span in test.spans:
        for end in (span.low, span.high):
            if end is not None and not _fits(end, column.kind):
                raise Refused(f"'{column.feel}' is {KIND_WORDS[column.kind]}", f"write {_EXAMPLES[column.kind]}")
            if column.choices and end not in (None, *column.choices):
                help = did_you_mean(str(end), column.choices) or "write one of its choices"
                raise Refused(f"'{short(str(end))}' is not one of the choices of '{column.feel}'", help)
            if isinstance(end, str):
                charter_text(end)
    return test


_EXAMPLES = {
    **dict.fromkeys(NUMERIC, "a number: >= 1000, or [1000..2000)"),
    Kind.YES_NO: "true or false",
    Kind.DATE: 'a day: date("2026-01-31")',
    Kind.CHOICE: 'an option: "gold"',
    Kind.TEXT: 'a text: "gold"',
}


def _fits(value: object, kind: Kind) -> bool:
    if kind in NUMERIC:
        return isinstance(value, Decimal)
    return isinstance(value, {Kind.YES_NO: bool, Kind.DATE: date}.get(kind, str))


def _default(
    raw: RawTable, policy: HitPolicy, inputs: Sequence[Input | None], outputs: Sequence[int], reading: _Reading
) -> list[Rule]:
    """The row of the results where no other row holds, as DMN can say it beside the rows; none where it does not."""
    texts = [raw.columns[at].default for at in outputs]
    if not any(texts):
        return []
    try:
        if policy in (HitPolicy.SUM, HitPolicy.LEAST, HitPolicy.GREATEST):
            refuse_text("in Charter it would be collected too", "leave it out, and write 'otherwise' by hand")
        results = tuple(read_output(text) for text in texts)
    except Refused as refused:
        where, text = "the result where no row holds", short(", ".join(texts))
        reading.problems.append(not_carried(where, text, refused.why, refused.instead, raw.place))
        return []
    tests = tuple(Test((), negated=True) for part in inputs if part is not None)
    return [Rule(len(raw.rows) + 1, tests, results, raw.place, is_default=True)]
