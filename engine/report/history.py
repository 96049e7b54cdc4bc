"""Writes the history of a programme as a change log for partners, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from ..difference.history import LogEntry
from ..evaluate.outcome_json import Json, head
from ..language.words import words
from ..programme.model import pick
from ..texts.texts import texts_in
from ..values import Kind
from .changes import ChangeWords
from .page import PLAIN, Block, Page


def history_page(entries: Sequence[LogEntry], lang: str) -> Page:
    """The page: a block for each release, the last one first."""
    say, last = texts_in(lang).CHANGES, entries[-1].after.programme
    blocks = tuple(Block(_title(entry, lang), items=_sentences(entry, lang)) for entry in reversed(entries))
    return Page(pick(last.title, lang), say["log"], PLAIN, say["releases"].format(count=len(entries)), (), blocks)


def _title(entry: LogEntry, lang: str) -> str:
    day = words.amount(entry.first_day, Kind.DATE, lang)
    return f"{entry.release}, {texts_in(lang).CHANGES['first_day']} {day}"


def _sentences(entry: LogEntry, lang: str) -> tuple[str, ...]:
    """One sentence for each change of the release, or one that says that there is none."""
    say = texts_in(lang).CHANGES
    if entry.before is None:
        return (say["first_release"],)
    change_words = ChangeWords(entry.before, entry.after, lang)
    items = tuple(_capital(change_words.sentence(change)) for change in entry.changes)
    return items or (say["nothing_for_partners"],)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def history_data(entries: Sequence[LogEntry]) -> Json:
    """The history as data, with the keys of schemas/log.schema.json."""
    return {
        **head("done"),
        "programme": entries[-1].after.programme.id,
        "releases": [
            {
                "release": entry.release,
                "first_day": entry.first_day.isoformat(),
                "changes": [
                    {
                        "code": change.code,
                        "path": ".".join(map(str, change.path)),
                        "sentence": {
                            lang: ChangeWords(entry.before, entry.after, lang).sentence(change) for lang in ("en", "ru")
                        },
                        "source": list(change.source),
                    }
                    for change in entry.changes
                    if entry.before is not None
                ],
            }
            for entry in entries
        ],
    }
