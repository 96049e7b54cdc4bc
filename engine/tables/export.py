"""Writes a table of a release for others: as CSV or as DMN; what cannot be carried over is named."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from ..language.tree import Compare, Expression, Name, Undefined, names
from ..language.tree import Literal as Figure
from ..named_tuples import public
from ..problems import Problem, in_order, wrong_call
from ..programme.forms import Bands, Cell, OptionTable, UpTo, expression_of
from ..programme.model import NamedValue, Programme, pick
from ..programme.owners import PROGRAMME, Role, id_of, of_list, of_tier
from ..release.load import Release
from ..texts.texts import texts_in
from ..texts.visible import visible
from ..values import Kind
from .csv_table import csv_text
from .decision_table import DecisionTable, Formula, HitPolicy, Input, Output, OutputColumn, Rule, value_span
from .decision_table import Test as Tested
from .dmn import dmn_text
from .feel import Refused, formula_of
from .find_table import LIMITS, Shape, Target, find_table
from .from_forms import Carried, carried, not_carried, written

TIER = "tier"  #: the input of what differs by tier
_AROUND = ("floor", "cap", "round", "negotiable")  #: keys beside a table that change what it comes to


@public("problems")
class ExportedTable(NamedTuple):
    """A table of a release as the text of a file, empty where no row can be carried over; and what is left out."""

    text: str
    problems: tuple[Problem, ...]


def export_table(release: Release, name: str, format: Literal["csv", "dmn"], lang: str) -> ExportedTable:
    """The table of this name in a format; labels in Russian or English. Raises WrongCall where there is none."""
    target = find_table(release, name)
    table, problems = _tables(release, target, lang)
    if not table.rules:
        return ExportedTable("", in_order(problems))
    say = texts_in(lang).TABLES
    notes = [f"{say['left_out']} {visible(problem.message)}" for problem in problems]
    text = csv_text(table, notes) if format == "csv" else dmn_text(table, "\n".join([say["missing"], *notes]))
    return ExportedTable(text, in_order(problems))


def _tables(release: Release, target: Target, lang: str) -> tuple[DecisionTable, list[Problem]]:
    match target.shape:
        case Shape.COLUMNS:
            found_rows, outputs = _columns(release, target, lang)
        case Shape.LIMITS:
            found_rows, outputs = _limits(release, target, lang)
        case Shape.TIERS:
            found_rows, outputs = _by_tier(release, target, lang)
        case _:
            found_rows, outputs = _cell(release, target, lang)
    inputs = tuple(part._replace(label=_label(release.programme, part, target, lang)) for part in found_rows.inputs)
    title = _title(release, target, lang)
    name = target.names[0] if target.shape in (Shape.CELL, Shape.TIERS) else target.name
    table = DecisionTable(name, title, found_rows.policy, inputs, outputs, found_rows.rules)
    return table, [*found_rows.problems, *_around(release, target)]


def _title(release: Release, target: Target, lang: str) -> str:
    row: Any = release.files.documents[target.file].at(target.row)
    titles = row.get("title") if isinstance(row, dict) else None
    return pick(titles, lang) if isinstance(titles, dict) else target.name


def _label(programme: Programme, part: Input, target: Target, lang: str) -> str:
    """The title of the fact, field or value that an input is; its text where it is a formula."""
    items = programme.lists.get(target.list or "")
    facts = items.fields if items else {}
    fact = facts.get(part.feel) or programme.facts.get(part.feel)
    value = programme.values.get(id_of(PROGRAMME, Role.DEFINITION, part.feel))
    named = fact or value
    return " ".join(pick(named.title, lang).split()) if named else part.feel


def _around(release: Release, target: Target) -> Iterator[Problem]:
    """A problem for each limit that a definition puts on what its table gives."""
    document = release.files.documents[target.file]
    row = document.at(target.row)
    for key in _AROUND if target.shape in (Shape.CELL, Shape.TIERS) else ():
        if isinstance(row, dict) and key in row:
            why = (
                "it is no part of the table" if key != "negotiable" else "an agreement may replace what the table gives"
            )
            place = document.place((*target.row, key))
            yield not_carried(f"'{key}' of '{target.name}'", "", why, "see to it where the file is used", place)


def _column(value: NamedValue, lang: str) -> OutputColumn:
    return OutputColumn(value.name, " ".join(pick(value.title, lang).split()), value.kind)


def _cell(release: Release, target: Target, lang: str) -> tuple[Carried, tuple[OutputColumn, ...]]:
    """The table of a definition, or of a value of a list's items."""
    (name,) = target.names
    owner, role = (of_list(target.list), Role.ITEM_VALUE) if target.list else (PROGRAMME, Role.DEFINITION)
    value = release.programme.values.get(id_of(owner, role, name))
    if value is None:  # what it reads differs by tier
        raise wrong_call(f"'{target.name}' differs by tier, as what it reads does", "name what it reads")
    if not isinstance(release.files.documents[target.file].at(target.cells), dict):
        raise wrong_call(f"'{target.name}' is no table", "name a value that is written by options, bands or cases")
    return carried(value.written.cell if value.written else value.expression), (_column(value, lang),)


def _by_tier(release: Release, target: Target, lang: str) -> tuple[Carried, tuple[OutputColumn, ...]]:
    """A definition with a value for each tier: its rows are those of a table by the tier."""
    (name,) = target.names
    values = {tier: release.programme.values.get(id_of(of_tier(tier), Role.DEFINITION, name))
              for tier in release.programme.tiers}  # fmt: skip
    rows: list[tuple[str, Cell]] = []
    problems: list[Problem] = []
    for tier, value in values.items():
        if value is None:
            continue
        cell = value.written.cell if value.written else value.expression
        if any(part.written == TIER for part in names(value.expression)):
            why = "it depends on the tier that the partner has, and the rows are of each tier"
            problems.append(not_carried(f"the row of '{tier}'", "", why, "make it a definition", value.place))
        else:
            rows.append((tier, cell))
    first = next(value for value in values.values() if value is not None)
    whole = carried(OptionTable(Name(TIER, Kind.CHOICE, TIER), tuple(rows), None, first.expression))
    tested = {span.low for rule in whole.rules for span in rule.tests[0].spans}
    for tier, cell in rows:
        if tier not in tested and not whole.problems:
            why = "it has no row, and a tier without a row has no value at all"
            problems.append(
                not_carried(f"the row of '{tier}'", "", why, "leave the tier out", expression_of(cell).place)
            )
    return whole._replace(problems=(*problems, *whole.problems)), (_column(first, lang),)


def _columns(release: Release, target: Target, lang: str) -> tuple[Carried, tuple[OutputColumn, ...]]:
    """A table of several columns: one row for each row, where no cell is a table of its own."""
    values = [release.programme.values[id_of(PROGRAMME, Role.DEFINITION, name)] for name in target.names]
    outputs = tuple(_column(value, lang) for value in values)
    cells = [value.written.cell if value.written else value.expression for value in values]
    forms = [cell for cell in cells if isinstance(cell, OptionTable | Bands | UpTo)]
    if len(forms) < len(cells):
        problem = not_carried("the table", "", "a decision table has no such form", "write it by options or bands")
        return Carried(HitPolicy.UNIQUE, (), (), (problem,)), outputs
    joined, rows = _with_numbers(forms[0]), [_cells_of(form) for form in forms]
    whole = carried(joined)
    problems = list(whole.problems)
    rules: list[Rule] = []
    for rule in whole.rules:
        number = int(rule.outputs[0])  # type: ignore[arg-type]  # the number of the row stands in place of its cell
        try:
            made_of = tuple(_output(row[number]) for row in rows)
        except Refused as refused:
            label = _row_label(forms[0], number)
            problems.append(not_carried(label, "", refused.why, refused.instead, target_place(release, target)))
        else:
            rules.append(rule._replace(number=len(rules) + 1, outputs=made_of))
    return whole._replace(rules=tuple(rules), problems=tuple(problems)), outputs


def target_place(release: Release, target: Target) -> Any:
    """Where a table stands in the files of its release."""
    return release.files.documents[target.file].place(target.row)


def _with_numbers(form: OptionTable | Bands | UpTo) -> OptionTable | Bands | UpTo:
    """The table with the number of the row, from 0, in place of each cell, that without a row of its own the last."""
    numbers = [Figure(Decimal(number), Kind.COUNT) for number in range(len(form.rows) + 1)]
    if isinstance(form, OptionTable):
        options = tuple((option, number) for (option, _), number in zip(form.rows, numbers, strict=False))
        return form._replace(rows=options, otherwise=numbers[-1] if form.otherwise is not None else None)
    bands = tuple((border, number) for (border, _), number in zip(form.rows, numbers, strict=False))
    if isinstance(form, UpTo):
        return form._replace(rows=bands, above=numbers[-1])
    return form._replace(rows=bands, below=numbers[-1] if form.below is not None else None)


def _default_of(form: OptionTable | Bands | UpTo) -> tuple[str, Cell | None]:
    """The key of the cell that counts where no row does, and the cell; None where there is none."""
    match form:
        case OptionTable():
            return "otherwise", form.otherwise
        case Bands():
            return "below", form.below
        case UpTo():
            return "above", form.above


def _cells_of(form: OptionTable | Bands | UpTo) -> list[Cell]:
    _, default = _default_of(form)
    return [*(cell for _, cell in form.rows), *(() if default is None else (default,))]


def _row_label(form: OptionTable | Bands | UpTo, number: int) -> str:
    if number < len(form.rows):
        return f"row {number + 1}, '{form.rows[number][0]}'"
    return _default_of(form)[0]


def _output(cell: Cell) -> Output:
    """A cell of a table of several columns as an output; raises Refused where it is a table itself."""
    if isinstance(cell, Undefined):
        return None
    if cell is not expression_of(cell):
        raise Refused("a cell of it is a table itself", "make the cell a definition, and name that in the row")
    return _figure(cell)


def _figure(tree: Any) -> Output:
    if isinstance(tree, Figure):
        return tree.value
    used = tuple(dict.fromkeys((name.written, name.kind) for name in names(tree)))
    return Formula(formula_of(tree), "", used)


def _limits(release: Release, target: Target, lang: str) -> tuple[Carried, tuple[OutputColumn, ...]]:
    """The table of what tiers ask for: a row for each tier, a column for each limit."""
    document = release.files.documents[target.file]
    asked_rows: Any = document.at(target.cells)
    tiers = [tier for tier in release.programme.tiers if any(tier in row.get(key, ()) for row in asked_rows.values()
                                                             for key in LIMITS)]  # fmt: skip
    outputs: list[OutputColumn] = []
    columns: list[dict[str, Output]] = []
    problems: list[Problem] = []
    for number, (name, row) in enumerate(asked_rows.items(), 1):
        key = next((key for key in LIMITS if key in row), None)
        label, place = f"row {number}, '{name}'", document.place((*target.cells, name))
        if key is None or not isinstance(row[key], dict):
            problems.append(not_carried(label, "", "it has a rule or parts, and no limits", "keep it as it is", place))
            continue
        if any(isinstance(limit, dict) for limit in row[key].values()):
            why = "a limit of it is a table itself"
            problems.append(not_carried(label, key, why, "make the limit a definition, and name that", place))
            continue
        values = {tier: release.programme.values[id_of(of_tier(tier), Role.REQUIREMENT, name)] for tier in row[key]}
        try:
            columns.append({tier: _figure(_limit(value.expression)) for tier, value in values.items()})
        except Refused as refused:
            problems.append(not_carried(label, key, refused.why, refused.instead, place))
            continue
        first = next(iter(values.values()))
        limited = OutputColumn(
            f"{name} {key.replace('_', ' ')}", _column(first, lang).label, _limit(first.expression).kind
        )
        outputs.append(limited)
    rules = tuple(
        Rule(number, (_tier_test(tier),), tuple(column.get(tier) for column in columns))
        for number, tier in enumerate(tiers, 1)
        if columns
    )
    tier_input = Input(TIER, None, Kind.CHOICE, names=((TIER, Kind.CHOICE),))
    return Carried(HitPolicy.UNIQUE, (tier_input,), rules, tuple(problems)), tuple(outputs)


def _limit(tree: Expression) -> Expression:
    """The limit that a requirement compares with; raises Refused where it is written in another way."""
    if not isinstance(tree, Compare):
        raise Refused(f"'{written(tree)}' has no form there", "write a figure")
    return tree.right


def _tier_test(tier: str) -> Tested:
    return Tested((value_span(tier),))
