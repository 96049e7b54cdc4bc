"""The catalogue of problem codes as text and as Markdown."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from ..catalogue.catalogue import CatalogueEntry
from ..programme.model import pick
from ..texts.texts import texts_in
from .terminal import Style, without_style

_MOST_LINES = 18  #: the most lines of a command's output that a page shows


def entry_text(entry: CatalogueEntry, lang: str, style: Style = without_style) -> str:
    """What a code means, with its wrong and its right example."""
    words, level = texts_in(lang).CATALOGUE, {"error": "bad", "warning": "open", "note": "dim"}[entry.level]
    place = words["in"].format(file=entry.file) if entry.file else ""
    lines = [f"{style(f'{entry.level.value}[{entry.code}]', level)}  {style(pick(entry.title, lang), 'strong')}", ""]
    lines += [*textwrap.wrap(pick(entry.text, lang), 96), ""]
    for name, mark, example in (("wrong", "bad", entry.wrong), ("right", "good", entry.right)):
        lines += [f"{style(words[name], mark)}{place}:", textwrap.indent(example, "    ")]
    return "\n".join(lines).rstrip() + "\n"


def entries_text(entries: Iterable[CatalogueEntry], lang: str) -> str:
    """A line for each code: the code, its level and its title."""
    rows = [(entry.code, entry.level.value, pick(entry.title, lang)) for entry in entries]
    width = max(len(code) for code, _, _ in rows)
    return "".join(f"{code:<{width}}  {level:<7}  {title}\n" for code, level, title in rows)


def entry_markdown(entry: CatalogueEntry, printed: str) -> str:
    """The section on a code in Markdown; `printed` is the output of a command on its wrong example."""
    title, text = pick(entry.title, "en"), pick(entry.text, "en")
    place, kind = (f", in `{entry.file}`", "yaml") if entry.file else ("", "sh")
    lines = printed.splitlines(keepends=True)
    if len(lines) > _MOST_LINES:  # the same problem at many places
        printed = "".join([*lines[: _MOST_LINES - 2], "…\n", lines[-1]])
    blocks = [(f"Wrong{place}", kind, entry.wrong), (f"Right{place}", kind, entry.right), ("Printed", "text", printed)]
    sections = [f"{name}:\n\n```{kind}\n{block}```\n" for name, kind, block in blocks]
    return "\n".join([f"## {entry.code}\n", f"*{entry.level.value}* · {title}.\n", f"{text}\n", *sections])
