"""The handbook and the pages as HTML: one self-contained file, for screens of every width, print and screen readers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..texts.texts import texts_in
from .handbook import Handbook
from .page import BAD, GOOD, MARK_STYLES, OPEN, Page

TEMPLATES = Path(__file__).resolve().parent / "templates"


def handbook_html(book: Handbook) -> str:
    """The handbook as one file of HTML."""
    return _render("handbook.html", book.lang, book=book)


def pages_html(pages: Sequence[Page], lang: str) -> str:
    """Reports on partners, orders or days as one file, in the order of `pages`."""
    spoken = {mark: texts_in(lang).REPORT[word] for mark, word in ((GOOD, "yes"), (BAD, "no"), (OPEN, "unknown"))}
    return _render("page.html", lang, pages=pages, marks=MARK_STYLES, spoken=spoken)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        finalize=_with_fixed_percents, trim_blocks=True, auto_reload=False,
    )  # fmt: skip


def _with_fixed_percents(value: object) -> object:
    """A text with a no-break space before each percent sign; any other value as it is."""
    return value.replace(" %", "\u00a0%") if isinstance(value, str) else value


def _render(template: str, lang: str, **values: object) -> str:
    style = (TEMPLATES / "style.css").read_text("utf-8")
    return _environment().get_template(template).render(lang=lang, style=style, **values) + "\n"
