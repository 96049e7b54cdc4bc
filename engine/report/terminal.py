"""A page as text for a terminal: aligned columns, and colour where the caller gives it."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ..texts.visible import visible
from .page import MARK_STYLES, Block, Page, Row

WIDTH = 100
_BAR = 10  #: the columns of a full bar
_NOTE = 30  #: the least width of a note
_FIXED_PERCENT = "\u00a0%"
Style = Callable[[str, str], str]  #: text and one of good, bad, open, strong, dim -> text


def without_style(text: str, _style: str) -> str:
    """The text without colour."""
    return text


def page_text(page: Page, style: Style = without_style) -> str:
    """The page as lines of about WIDTH characters at most, ending in a newline."""
    page = _shown(page)
    lines = [page.programme, style(page.partner, "strong"), *(["", _headline(page, style)] if page.headline else [])]
    lines += [f"  {line}" for remark in page.remarks for line in textwrap.wrap(remark, WIDTH - 2)]
    for block in page.blocks:
        lines += ["", style(block.title, "strong"), *_block(block, style)]
    return "\n".join(line.rstrip() for line in lines).replace(_FIXED_PERCENT, " %") + "\n"


def _shown(part: Any) -> Any:
    """A page, or a part of it, with every text of it as `visible` shows it; no line breaks before a percent sign."""
    if isinstance(part, tuple):
        shown = map(_shown, part)
        return type(part)(*shown) if hasattr(part, "_fields") else tuple(shown)
    return visible(part).replace(" %", _FIXED_PERCENT) if isinstance(part, str) else part


def _headline(page: Page, style: Style) -> str:
    return style(f"{page.mark} {page.headline}".strip(), MARK_STYLES.get(page.mark, "strong"))


def _block(block: Block, style: Style) -> list[str]:
    if block.flow:
        # no line breaks within a title
        titles = " · ".join(title.replace(" ", "\u00a0") for title in block.flow)
        return [line.replace("\u00a0", " ") for line in _wrap(titles, "  ", "  ")]
    if block.items:
        return [line for item in block.items for line in _wrap(item, "  · ", "    ")]
    title = min(50, max(1, *(len(row.title) for row in block.rows)))
    figure = max(len(row.figure) for row in block.rows)
    return [line for row in block.rows for line in _row(row, title, figure, style)]


def _row(row: Row, title_width: int, figure_width: int, style: Style) -> list[str]:
    """Mark, title, figure and note in columns; long titles and notes continue on the next line of their column."""
    titles = textwrap.wrap(row.title, title_width) or [""]
    note_width = max(_NOTE, WIDTH - title_width - figure_width - 8)
    bar = "" if row.bar is None else f"{_bar(row.bar):<{_BAR}}  "
    wrapped = textwrap.wrap(row.note, note_width, initial_indent=bar, subsequent_indent=" " * len(bar))
    notes = [(line, "") for line in wrapped] or [(bar, "")]
    if row.source:
        notes = _with_source(notes, f"[{', '.join(row.source)}]", note_width)
    lines = []
    for index in range(max(len(titles), len(notes))):
        mark = row.mark if index == 0 else " "
        title = (titles[index] if index < len(titles) else "").ljust(title_width)
        figure = (row.figure if index == 0 else "").rjust(figure_width)
        note, source = notes[index] if index < len(notes) else ("", "")
        figure = f"  {style(figure, 'strong') if row.strong else figure}" if figure_width else ""
        text = "  ".join(part for part in (note, source and style(source, "dim")) if part)
        mark = style(mark, MARK_STYLES[mark]) if mark in MARK_STYLES else mark
        lines.append(f"  {mark} {style(title, 'strong') if row.strong else title}{figure}  {text}")
    for detail in row.lines:
        blanks = " " * (6 + len(detail) - len(detail.lstrip()))
        lines += [style(line, "dim") for line in _wrap(detail.lstrip(), blanks, blanks + "  ")]
    return lines


def _bar(share: Decimal) -> str:
    """A share from 0 to 1 as a bar, rounded up to an eighth of a column."""
    whole, eighths = divmod(math.ceil(share * _BAR * 8), 8)
    return "█" * whole + " ▏▎▍▌▋▊▉"[eighths].strip()


def _with_source(notes: list[tuple[str, str]], source: str, width: int) -> list[tuple[str, str]]:
    """The lines of a note, each with the clauses after it: after the last line, or on a new one if they do not fit."""
    last = notes[-1][0]
    if last and len(last) + len(source) + 2 > width:
        return [*notes, ("", source)]
    return [*notes[:-1], (last, source)]


def _wrap(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
