"""Compiles the benefits of a tier."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..language.parse import Scope
from ..language.tree import And, Choose, Expression, Literal
from ..problems import Problem
from ..programme.forms import Written, expression_of
from ..programme.model import Benefit
from ..programme.owners import Role, WrittenForm, of_tier
from ..values import Kind
from .bounded import bounded
from .by_tier import cells_by_tier
from .definitions import stated_better
from .facts import check_form
from .file_reader import FilePart, Files, Keys
from .references import check_cells_by_tier, check_currency
from .tables import Wanted, compile_cell, form_of
from .values import Values

_TRUE = Literal(True, Kind.YES_NO)


def compile_benefits(row: FilePart, tier: str, scope: Scope, values: Values) -> Iterator[Benefit]:
    """What the tier gives of a benefit: one value, or of cases that are all taken a line for each of them."""
    kind, cells = Kind(row.data["kind"]), cells_by_tier(row, "value")
    when = row.expression("when", scope=scope, kind=Kind.YES_NO) if "when" in row.data else None
    lines = {of: cell["cases"] for of, cell in row.data.get("by_tier", {}).items() if _has_lines(row, cell)}
    if tier in lines:
        for place, case in enumerate(lines[tier]):
            if not isinstance(case, dict) or "id" not in case:
                continue  # a mistake of its shape, which is told
            keys = ("by_tier", tier, "cases", place)
            holds = row.expression(*keys, "when", scope=scope, kind=Kind.YES_NO)
            both = [part for part in (when, holds) if part is not None]
            condition = both[0] if len(both) == 1 else And(tuple(both)) if both else None
            yield _text_benefit(row, (row.id, case["id"]), tier, (*keys, "value"), condition, values)
    elif kind is Kind.TEXT:
        if tier in row.data.get("by_tier", {}) or not lines:
            yield _text_benefit(row, (row.id,), tier, ("by_tier", tier), when, values)
    elif cells is None or tier in cells:
        yield _figure(row, tier, ("value",) if cells is None else cells[tier], when, scope, values)


def _has_lines(row: FilePart, cell: object) -> bool:
    """Whether the cell of a text has cases, each of which is a line of its own."""
    return row.data.get("kind") == Kind.TEXT and isinstance(cell, dict) and isinstance(cell.get("cases"), list)


def _text_benefit(
    row: FilePart, names: tuple[str, ...], tier: str, keys: Keys, when: Expression | None, values: Values
) -> Benefit:
    """A text that the tier gives where the condition holds; a tier without one does not give it."""
    data = row.data_of(*keys)
    text = FilePart(row.files, row.document, (*row.path, *keys), data).own_texts() if isinstance(data, dict) else None
    gives = when or _TRUE if text else Literal(False, Kind.YES_NO)
    benefit = _benefit(row, names, tier, Kind.YES_NO, gives, WrittenForm.TEXT, values)
    return benefit._replace(kind=Kind.TEXT, text=text)


def _figure(row: FilePart, tier: str, keys: Keys, when: Expression | None, scope: Scope, values: Values) -> Benefit:
    """A benefit other than a text: no, or 0, where its condition does not hold."""
    kind = Kind(row.data["kind"])
    cell = compile_cell(row, keys, scope, Wanted(kind)) or _TRUE
    tree = expression_of(cell)
    form = form_of(row.data_of(*keys), tree)
    if when is not None:
        nothing = Literal(False if kind is Kind.YES_NO else Decimal(0), kind)
        tree = And((when, tree)) if kind is Kind.YES_NO else Choose(when, tree, nothing, kind)
    tree, limits = bounded(row, tree, scope, kind) or (tree, Written(tree))
    check_currency(row, tree, scope)
    return _benefit(row, (row.id,), tier, kind, tree, form, values, limits._replace(cell=cell, when=when))


def _benefit(
    row: FilePart,
    names: tuple[str, ...],
    tier: str,
    kind: Kind,
    tree: Expression,
    form: WrittenForm,
    values: Values,
    written: Written | None = None,
) -> Benefit:
    """The benefit with its value; `names` are its id, and that of its line where it has several."""
    owner, title, source = of_tier(tier), row.texts(), row.source()
    of_line = {lang: f"{text} ({', '.join(names[1:])})" if names[1:] else text for lang, text in title.items()}
    value = values.name(
        owner, Role.BENEFIT, *names, kind=kind, tree=tree, form=form, title=of_line, source=source, written=written,
        currency=row.data.get("currency"), better=stated_better(row),
    )  # fmt: skip
    return Benefit(
        id=".".join(names),
        title=title,
        group=row.data.get("group"),
        kind=kind,
        value=value.id,
        source=source,
        unit=row.data.get("currency"),
    )


def check_benefits(files: Files) -> list[FilePart]:
    """The valid rows of the benefits; reports wrong kinds, and tiers without a value or groups that do not exist."""
    groups, tiers = files.names("benefits", "groups"), files.names("tiers", "tiers")
    without_tiers = files.is_whole("tiers") and not tiers
    benefits = list(files.rows("benefits", "benefits"))
    for benefit in benefits:
        complete = benefit.data.get("kind") != Kind.TEXT
        check_cells_by_tier(benefit, "value", tiers, complete=complete)
        group, kind = benefit.data.get("group"), benefit.data.get("kind")
        if group is not None and group not in groups:
            message = f"'{group}' is not a group of benefits"
            files.problems.append(Problem("unknown-group", message, benefit.place("group"), "add it under 'groups'"))
        if kind in (Kind.CHOICE, Kind.DATE):
            help = "use yes_no, count, number, percent, money or text"
            benefit.problem("wrong-kind", f"a benefit cannot be of kind '{kind}'", benefit.place("kind"), help)
        if kind == Kind.TEXT and "value" in benefit.data:
            help = "write it under by_tier: {gold: {en: …}}"
            benefit.problem("wrong-form", "the text of a benefit is that of each tier", benefit.place("value"), help)
        if kind is not None:
            check_form(benefit, Kind(kind))
        if "value" in benefit.data and kind != Kind.TEXT and without_tiers:
            message, help = "a benefit is of a tier, and the programme has none", "write it as a definition"
            benefit.problem("wrong-form", message, benefit.place("value"), help)
        _check_lines(benefit)
    return [benefit for benefit in benefits if "kind" in benefit.data]


def _check_lines(row: FilePart) -> None:
    """Report two lines of one id."""
    for tier, cell in row.data.get("by_tier", {}).items():
        ids = [case.get("id") for case in cell["cases"] if isinstance(case, dict)] if _has_lines(row, cell) else []
        for place, id in enumerate(ids):
            if id is not None and id in ids[:place]:
                at = row.place("by_tier", tier, "cases", place, "id")
                row.problem("duplicate-id", f"'{id}' is already the id of a line", at, "choose another one")
