"""A page as Markdown, for a ticket or a letter."""

from __future__ import annotations

import re

from .page import Block, Page, Row


def markdown(page: Page) -> str:
    """The page with headings and tables, ending in a newline."""
    lines = [
        f"# {_plain(page.partner)}",
        "",
        _plain(page.programme),
        "",
        f"**{f'{page.mark} {_plain(page.headline)}'.strip()}**",
    ]
    for remark in page.remarks:
        lines += ["", _plain(remark)]
    for block in page.blocks:
        lines += ["", f"## {_plain(block.title)}", "", *_block(block)]
    return "\n".join(lines) + "\n"


def _block(block: Block) -> list[str]:
    if block.flow:
        return [" · ".join(_plain(title) for title in block.flow)]
    if block.items:
        return [f"- {_plain(item)}" for item in block.items]
    lines = ["| | | | | |", "|-|-|-:|-|-|", *(_row(row) for row in block.rows)]
    for row in block.rows:
        if row.details:
            lines += ["", f"**{_plain(row.title)}**", "", "```text", *row.details, "```"]
    return lines


def _row(row: Row) -> str:
    title = f"**{_plain(row.title)}**" if row.strong else _plain(row.title)
    cells = (row.mark.strip(), title, _plain(row.figure), _plain(row.note), ", ".join(f"`{id}`" for id in row.source))
    return "| " + " | ".join(cells) + " |"


def _plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", text)
