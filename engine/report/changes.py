"""Writes a change between two releases as one sentence, in Russian or English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, assert_never

from ..difference.changes import Change, ChangedKind, Side
from ..language.tree import Expression, Literal
from ..language.words import words
from ..language.words.sentences import lowered
from ..programme.model import pick
from ..texts.texts import texts_in
from ..values import Kind
from .wording import sentences

_PERCENT: frozenset[ChangedKind] = frozenset({"discount", "cap", "bonus_offer"})
_BY_TIER: frozenset[ChangedKind] = frozenset({"bonus_offer", "benefit_offer"})  #: rows whose id is that of a tier


class ChangeWords:
    """The words for the changes between two releases, in one language."""

    def __init__(self, before: Side, after: Side, lang: str) -> None:
        self.sides = (before, after)
        self.lang = lang
        self.say = texts_in(lang).CHANGES
        self.phrases = tuple(sentences(side.programme, lang) for side in self.sides)

    def sentence(self, change: Change) -> str:
        """One sentence: what the change is about, and from what to what."""
        subject = self._subject(change)
        match change.became:
            case "renamed":
                noun = texts_in(self.lang).ROW_CHANGES[change.code]
                return self._of(subject, f"{noun}: {change.path[-1]} → {change.renamed}")
            case "added":
                return self._added_or_removed(change, subject, change.after, "offered", "key_added")
            case "removed":
                return self._added_or_removed(change, subject, change.before, "withdrawn", "key_removed")
            case "reordered":
                order = f"{', '.join(change.before)} → {', '.join(change.after)}"
                return self._of(subject, f"{self.say['order']}: {order}")
            case "changed":
                return self._changed(change, subject)
            case _:
                assert_never(change.became)

    def _added_or_removed(self, change: Change, subject: str, part: Any, offer_key: str, other_key: str) -> str:
        """The sentence for a part that only one release has; the keys are those of texts for offers and other parts."""
        if change.what == "bonus_offer":
            return f"{subject}: {self.say[offer_key].format(amount=self._figure(change, part))}"
        noun = texts_in(self.lang).ROW_CHANGES.get(change.code)
        if noun is not None:
            return self._of(subject, f"{noun}: {self._own_title(change)}")
        return self._of(subject, f"{self._key(change)}: {self.say[other_key].format(value=self._figure(change, part))}")

    def _changed(self, change: Change, subject: str) -> str:
        old, new = change.trees
        if old is not None and new is not None and not (isinstance(old, Literal) and isinstance(new, Literal)):
            return self._rule(subject, old, new)
        if isinstance(change.before, dict) and isinstance(change.after, dict) and change.what in ("text", "reading"):
            return self._of(subject, f"{self.say[change.what]} {self._texts(change.before, change.after)}")
        before, after = (self._figure(change, value) for value in (change.before, change.after))
        needs_no_key = change.what in _BY_TIER or change.what == "cap"
        key = self.say.get(change.what) or ("" if needs_no_key else self._key(change))
        return self._of(subject, f"{key} {before} → {after}".strip())

    def _texts(self, before: Mapping[str, str], after: Mapping[str, str]) -> str:
        """A text before and after, in the asked language if it changed there, else in the first one in which it did."""
        languages = dict.fromkeys((self.lang, *before, *after))
        lang = next((lang for lang in languages if before.get(lang) != after.get(lang)), self.lang)
        both = " → ".join(self._quoted(text.get(lang, "")) for text in (before, after))
        return both if lang == self.lang else f"({lang}) {both}"

    def _rule(self, subject: str, before: Expression, after: Expression) -> str:
        """'Certified administrators: at least 2 → at least 3': a common beginning is written once."""
        old, new = (
            phrases.condition(tree) if tree.kind is Kind.YES_NO else phrases.phrase(tree)
            for phrases, tree in zip(self.phrases, (before, after), strict=True)
        )
        first, colon, old_rest = old.partition(": ")
        if colon and new.startswith(f"{first}: ") and "; " not in old + new:
            about = subject if subject.endswith(first) else f"{subject}, {lowered(first)}" if subject else first
            return f"{about}: {old_rest} → {new.removeprefix(f'{first}: ')}"
        return self._of(subject, f"{old} → {new}")

    def _of(self, subject: str, text: str) -> str:
        return f"{subject}: {text}" if subject else text

    def _subject(self, change: Change) -> str:
        """The titles of the rows around the change; a row that was added, removed or renamed is not one of them."""
        whole = change.path if change.became in ("changed", "reordered") else change.path[:-1]
        titles = [title for end in range(1, len(whole) + 1) if (title := self._title_at(change, whole[:end]))]
        if change.what in _BY_TIER:
            titles.append(self._tier(str(change.path[-1])))
        return ", ".join(titles)

    def _title_at(self, change: Change, path: tuple[Any, ...]) -> str:
        """The title of a row, in the second release if it has it; of a clause its id; empty if there is no title."""
        if path[:1] == ("clauses",) and len(path) == 2:
            return str(path[1])
        for side in reversed(self.sides):
            document = side.files.documents.get(change.file_kind)
            row: Any = document.at(path) if document else None
            if isinstance(row, dict) and isinstance(row.get("title"), dict):
                return pick(row["title"], self.lang)
        return ""

    def _own_title(self, change: Change) -> str:
        """The title of a row that was added or removed; its id if it has none."""
        row = change.before if change.after is None else change.after
        title = pick(row["title"], self.lang) if isinstance(row, dict) and isinstance(row.get("title"), dict) else ""
        return title or str(change.path[-1])

    def _tier(self, id: str) -> str:
        for side in reversed(self.sides):
            if id in side.programme.tiers:
                return pick(side.programme.tiers[id].title, self.lang)
        return id

    def _key(self, change: Change) -> str:
        """The last key of the path that says something; for a row by tier, the title of the tier."""
        if change.path[-2:-1] == ("by_tier",):
            return self._tier(str(change.path[-1]))
        names = [str(key) for key in change.path[-2:] if str(key) not in ("value", "from")]
        return ".".join(names[-1:] or map(str, change.path[-1:]))

    def _figure(self, change: Change, value: Any) -> str:
        """A value as a person reads it."""
        if isinstance(value, bool):
            return texts_in(self.lang).REPORT["yes" if value else "no"]
        if isinstance(value, Decimal):
            return words.amount(value, Kind.PERCENT if self._is_percent(change) else Kind.NUMBER, self.lang)
        if isinstance(value, date):
            return words.amount(value, Kind.DATE, self.lang)
        if isinstance(value, dict) and set(value) & {"ru", "en"}:
            return self._quoted(pick(value, self.lang))
        if isinstance(value, list):
            return ", ".join(map(str, value))
        return self.say["part"] if isinstance(value, dict) else str(value)

    def _quoted(self, text: str) -> str:
        return texts_in(self.lang).FORMS["quoted"].format(text)

    def _is_percent(self, change: Change) -> bool:
        if change.what in _PERCENT:
            return True
        document = self.sides[1].files.documents.get(change.file_kind)
        row = document.at(change.path[:2]) if document else None
        return isinstance(row, dict) and row.get("kind") == "percent"
