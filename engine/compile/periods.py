"""The periods of a balance as a list: the values that each has, and the fields that carry them to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..language.symbols import Symbol
from ..programme.model import FIRST, LAPSED, Balance, ListFact, Texts, plain_fact
from ..programme.owners import Role, id_of, of_list
from ..texts.texts import texts_in
from ..values import Kind
from .file_reader import FilePart, Files
from .programme_functions import before_text

MOVED = ("adds", "uses")  #: what moves a balance: the keys of its rows
_BUILT_IN = ("begins", "ends", "opening", "added", "used", "expired", "closing", "carried")


class PeriodFigure(NamedTuple):
    """A value that a period has without a row of its own under `values`."""

    name: str
    kind: Kind
    row: FilePart | None = None  #: of what adds or uses: its row


def balance_rows(files: Files) -> Iterator[FilePart]:
    """The rows of the balances that have a valid kind."""
    return (row for row in files.rows("balances", "balances") if "kind" in row.data)


def period_figures(row: FilePart) -> Iterator[PeriodFigure]:
    """The values of a period of a balance that have no row under its `values`, in their order."""
    kind, moved = Kind(row.data["kind"]), {key: list(row.inner(key)) for key in MOVED}
    has = {
        "begins": row.holds("begins") or row.holds("ends"),
        "ends": row.holds("ends"),
        "added": bool(moved["adds"]),
        "used": bool(moved["uses"]),
        "expired": any(part.holds("expires") for part in moved["adds"]),
        "carried": row.holds("ends"),
    }
    for name in _BUILT_IN:
        if name == "added":
            yield from (PeriodFigure(part.id, kind, part) for key in MOVED for part in moved[key])
        if has.get(name, True):
            yield PeriodFigure(name, Kind.DATE if name in ("begins", "ends") else kind)


def balance_lists(files: Files) -> dict[str, ListFact]:
    """The list of the periods of each balance; what its periods follow from is added by `compile_balances`."""
    lists = {}
    for row in balance_rows(files):
        names = {figure.name: figure.kind for figure in period_figures(row)}
        names |= {part.id: Kind(part.data["kind"]) for part in row.inner("values") if "kind" in part.data}
        parts = {part.id: part for part in row.inner("values")}
        fields = {FIRST: plain_fact(FIRST, Kind.YES_NO), LAPSED: plain_fact(LAPSED, Kind(row.data["kind"]))}
        fields[FIRST] = fields[FIRST]._replace(title=said(files, "first"))
        fields[LAPSED] = fields[LAPSED]._replace(currency=row.data.get("currency"), title=said(files, "lapsed"))
        for name, kind in names.items():
            part = parts.get(name, row)
            before = plain_fact(before_name(name), kind)
            fields[before.id] = before._replace(
                title=said(files, "before", figure_title(files, row, name)),
                choices={option.id: dict(option.data.get("title") or {}) for option in part.inner("choices")},
                ordered=bool(part.data.get("ordered")) and name in parts,
                currency=part.data.get("currency") if kind is Kind.MONEY else None,
            )
        over = {str(part.data["over"]) for part in row.inner("values") if "over" in part.data}
        lists[row.id] = ListFact(
            id=row.id,
            title=row.texts(),
            fields=fields,
            values=tuple(id_of(of_list(row.id), Role.ITEM_VALUE, name) for name in names),
            default_empty=True,
            source=row.source(),
            looks_at=frozenset(over),
            balance=Balance((), "", None, None, None, {}),
        )
    return lists


def before_name(name: str) -> str:
    """The name of the field of a period that holds a value of the period before."""
    return f"before.{name}"


def said(files: Files, key: str, part: Texts | None = None) -> Texts:
    """A text of ours in each language of the programme; of languages without texts, the English one."""
    texts = {}
    for language in files.languages:
        text = texts_in(language if language == "ru" else "en").BALANCES[key]
        texts[language] = text.format(part.get(language) or next(iter(part.values()), "") if part else "")
    return texts


def figure_title(files: Files, row: FilePart, name: str) -> Texts:
    """The title of a value of a period, as it is written or, where it has no row, in words of ours."""
    for key in (*MOVED, "values"):
        part = row.part(key, name)
        if part is not None:
            return {language: str(text) for language, text in (part.data.get("title") or {}).items()}
    return said(files, name)


def figure_symbols(row: FilePart) -> dict[str, Symbol]:
    """What the names of the values of a period without a row under `values` stand for."""
    owner, currency = of_list(row.id), row.data.get("currency")
    return {
        figure.name: Symbol(
            id_of(owner, Role.ITEM_VALUE, figure.name),
            figure.kind,
            currency=None if figure.kind is Kind.DATE else currency,
        )
        for figure in period_figures(row)
    }


def before_symbols(symbols: Mapping[str, Symbol]) -> dict[str, Symbol]:
    """What the values of the period before stand for, by the text that asks for them: `before(level)`."""
    prefix = before_name("")
    return {
        before_text(name.removeprefix(prefix)): symbol for name, symbol in symbols.items() if name.startswith(prefix)
    }
