"""A page or the handbook as Markdown, for a ticket, a letter or a repository."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..texts.visible import visible
from .handbook import Handbook, HandbookRow, Piece
from .page import Block, Page, Row


def page_markdown(page: Page) -> str:
    """The page with headings and tables, ending in a newline."""
    headline = f"{page.mark} {_plain(page.headline)}".strip()
    lines = [f"# {_plain(page.partner)}", "", _plain(page.programme), *(["", f"**{headline}**"] if headline else [])]
    for remark in page.remarks:
        lines += ["", _plain(remark)]
    for block in page.blocks:
        lines += ["", f"## {_plain(block.title)}", "", *_block(block)]
    return "\n".join(lines) + "\n"


def handbook_markdown(book: Handbook) -> str:
    """The handbook with its contents, headings and tables; the reading of a clause comes after the row it is about."""
    lines = [f"# {_plain(book.title)}", "", *(f"{_plain(line)}  " for line in book.about), ""]
    lines += [f"**{book.say['contents']}**", ""]
    titles = {chapter.id: _plain(f"{chapter.number}. {chapter.title}".removeprefix(". ")) for chapter in book.chapters}
    lines += [f"- [{title}](#{id})" for id, title in titles.items()]
    for chapter in book.chapters:
        lines += ["", f'<a id="{chapter.id}"></a>', "", f"## {titles[chapter.id]}"]
        for piece in chapter.pieces:
            lines += ["", *_piece(piece, book)]
    return "\n".join([*lines, "", "---", "", _plain(book.colophon)]) + "\n"


def _piece(piece: Piece, book: Handbook) -> list[str]:
    lines = [f"{'#' * piece.level} {_plain(piece.title)}{_clauses(piece.source)}", ""] if piece.title else []
    lines += [_plain(piece.intro), ""] * bool(piece.intro)
    if piece.columns:
        first, *rest = map(_plain, piece.columns)
        first += "" if piece.title else _clauses(piece.source)
        lines.append(f"| {' | '.join((first, *rest))} |")
        lines.append("|" + "|".join("-" if wordy else ":-:" for wordy in piece.wordy) + "|")
        return lines + [f"| {' | '.join(_cells(entry, book))} |" for entry in piece.entries]
    mark, gap = ("- ", []) if piece.bullets else ("", [""])
    for entry in piece.entries:
        lines += [mark + "<br>".join(_with_clauses(entry, book)), *gap]
    return lines if lines[-1] else lines[:-1]


def _cells(entry: HandbookRow, book: Handbook) -> list[str]:
    """The cells of a row; the first also has the texts and the readings of its clauses."""
    first, *rest = entry.cells
    lines = _with_clauses(entry._replace(cells=(f"{'– ' * entry.level}{first}",)), book)
    return ["<br>".join(lines), *(_plain(cell) for cell in rest)]


def _with_clauses(entry: HandbookRow, book: Handbook) -> list[str]:
    """The first cell of a row, then a line for each text and each reading of its clauses."""
    title = _plain(entry.cells[0])
    lines = [(f"**{title}**" if entry.strong or entry.texts else title) + _clauses(entry.source)]
    lines += [_plain(text) for text in entry.texts]
    for remark in entry.remarks:
        lines.append(f"*{book.say['reading_is']}* {_plain(remark.reading)}")
        lines += [f"*{book.say['reading_is_not']}* {_plain(reading)}" for reading in remark.others]
    return lines


def _clauses(source: tuple[str, ...]) -> str:
    return "".join(f" `{id}`" for id in source)


def _block(block: Block) -> list[str]:
    if block.flow:
        return [" · ".join(_plain(title) for title in block.flow)]
    if block.items:
        return [f"- {_plain(item)}" for item in block.items]
    lines = ["| | | | | |", "|-|-|-:|-|-|", *(_row(row) for row in block.rows)]
    for row in block.rows:
        if row.lines:
            lines += ["", f"**{_plain(row.title)}**", "", *_fenced(row.lines)]
    return lines


def _fenced(lines: Sequence[str]) -> list[str]:
    """Lines as they are, between fences that are longer than any in them."""
    shown = [visible(line) for line in lines]
    fence = "`" * max(3, *(len(run) + 1 for line in shown for run in re.findall("`+", line)), 0)
    return [f"{fence}text", *shown, fence]


def _row(row: Row) -> str:
    title = f"**{_plain(row.title)}**" if row.strong else _plain(row.title)
    cells = (row.mark.strip(), title, _plain(row.figure), _plain(row.note), ", ".join(f"`{id}`" for id in row.source))
    return "| " + " | ".join(cells) + " |"


def _plain(text: str) -> str:
    """The text on one line, what means something in Markdown escaped, and a no-break space before a percent sign."""
    return re.sub(r"([\\`*_{}\[\]<>|#~]|&(?=#?\w+;))", r"\\\1", visible(text).replace(" %", "\u00a0%"))
