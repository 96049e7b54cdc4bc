"""Changes between two releases in words: one sentence each, in Russian or English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ..difference.changes import Change, Side
from ..language.tree import Expression, Literal
from ..language.words import words
from ..language.words.sentences import lowered
from ..programme.model import pick
from ..texts.texts import texts_in
from ..values import Kind
from .rules import sentences

_PERCENT = ("discount_changed", "cap_changed", "bonus_offer_changed", "bonus_offer_added", "bonus_offer_removed")


class ChangeWords:
    """Changes in words: both releases, and the language."""

    def __init__(self, before: Side, after: Side, lang: str) -> None:
        self.sides = (before, after)
        self.lang = lang
        self.say = texts_in(lang).CHANGES
        self.phrases = tuple(sentences(one.programme, lang) for one in self.sides)

    def sentence(self, change: Change) -> str:
        """One sentence: what it is about, and from what to what."""
        what, _, became = change.code.rpartition("_")
        subject = self._subject(change)
        if became == "renamed":
            noun = texts_in(self.lang).ROW_CHANGES[change.code]
            return self._of(subject, f"{noun}: {change.path[-1]} → {change.renamed}")
        if what == "bonus_offer" and became != "changed":
            amount = self._figure(change, change.after if became == "added" else change.before)
            return f"{subject}: {self.say['offered' if became == 'added' else 'withdrawn'].format(amount=amount)}"
        if became in ("added", "removed") and change.code in texts_in(self.lang).ROW_CHANGES:
            return self._of(subject, f"{texts_in(self.lang).ROW_CHANGES[change.code]}: {self._own_title(change)}")
        if became in ("added", "removed"):
            told = self._figure(change, change.after if became == "added" else change.before)
            return self._of(subject, f"{self._key(change)}: {self.say[f'key_{became}'].format(value=told)}")
        return self._changed(what, subject, change)

    def _changed(self, what: str, subject: str, change: Change) -> str:
        if what == "order":
            return self._of(subject, f"{self.say['order']}: {', '.join(change.before)} → {', '.join(change.after)}")
        one, other = change.trees
        if one is not None and other is not None and not (isinstance(one, Literal) and isinstance(other, Literal)):
            return self._rule(subject, one, other)
        if isinstance(change.before, dict) and isinstance(change.after, dict) and what in ("text", "reading"):
            return self._of(subject, f"{self.say[what]} {self._texts(change.before, change.after)}")
        before, after = (self._figure(change, value) for value in (change.before, change.after))
        key = self.say.get(what) or ("" if what in ("bonus_offer", "benefit_offer", "cap") else self._key(change))
        return self._of(subject, f"{key} {before} → {after}".strip())

    def _texts(self, before: Mapping[str, str], after: Mapping[str, str]) -> str:
        """A text before and after, in this language where it changed in it, else in one in which it did."""
        languages = dict.fromkeys((self.lang, *before, *after))
        lang = next((one for one in languages if before.get(one) != after.get(one)), self.lang)
        told = " → ".join(self._quoted(text.get(lang, "")) for text in (before, after))
        return told if lang == self.lang else f"({lang}) {told}"

    def _rule(self, subject: str, before: Expression, after: Expression) -> str:
        """'Certified administrators: at least 2 → at least 3'; what both say of the same thing is said once."""
        told = [one.condition(tree) if tree.kind is Kind.YES_NO else one.phrase(tree)
                for one, tree in zip(self.phrases, (before, after), strict=True)]  # fmt: skip
        first, colon, _ = told[0].partition(": ")
        if colon and told[1].startswith(f"{first}: ") and "; " not in told[0] + told[1]:
            one, other = (text.removeprefix(f"{first}: ") for text in told)
            about = subject if subject.endswith(first) else f"{subject}, {lowered(first)}" if subject else first
            return f"{about}: {one} → {other}"
        return self._of(subject, f"{told[0]} → {told[1]}")

    def _of(self, subject: str, told: str) -> str:
        return f"{subject}: {told}" if subject else told

    def _subject(self, change: Change) -> str:
        """What it is about, by the titles of the rows around it; the row that came or went is not one of them."""
        whole = change.path if change.after is not None and change.before is not None else change.path[:-1]
        if change.renamed:
            whole = change.path[:-1]
        titles = []
        for end in range(1, len(whole) + 1):
            title = self._title_at(change, whole[:end])
            if title:
                titles.append(title)
        if change.code.startswith(("bonus_offer", "benefit_offer")):
            titles.append(self._tier(str(change.path[-1])))
        return ", ".join(titles)

    def _title_at(self, change: Change, path: tuple[Any, ...]) -> str:
        """The title of a row, new or old; of a clause its id."""
        if path[:1] == ("clauses",) and len(path) == 2:
            return str(path[1])
        for one in reversed(self.sides):
            document = one.files.documents.get(change.kind)
            row: Any = document.at(path) if document else None
            if isinstance(row, dict) and isinstance(row.get("title"), dict):
                return pick(row["title"], self.lang)
        return ""

    def _own_title(self, change: Change) -> str:
        row = change.before if change.after is None else change.after
        title = pick(row["title"], self.lang) if isinstance(row, dict) and isinstance(row.get("title"), dict) else ""
        return title or str(change.path[-1])

    def _tier(self, id: str) -> str:
        for one in reversed(self.sides):
            if id in one.programme.tiers:
                return pick(one.programme.tiers[id].title, self.lang)
        return id

    def _key(self, change: Change) -> str:
        if change.path[-2:-1] == ("by_tier",):
            return self._tier(str(change.path[-1]))
        names = [str(key) for key in change.path[-2:] if str(key) not in ("value", "from")]
        return ".".join(names[-1:] or map(str, change.path[-1:]))

    def _figure(self, change: Change, value: Any) -> str:
        """A part as a person reads it."""
        if isinstance(value, bool):
            return texts_in(self.lang).REPORT["yes" if value else "no"]
        if isinstance(value, Decimal):
            return words.amount(value, Kind.PERCENT if self._is_percent(change) else Kind.NUMBER, self.lang)
        if isinstance(value, date):
            return words.amount(value, Kind.DATE, self.lang)
        if isinstance(value, dict) and set(value) & {"ru", "en"}:
            return self._quoted(pick(value, self.lang))
        if isinstance(value, list):
            return ", ".join(str(one) for one in value)
        return self.say["part"] if isinstance(value, dict) else str(value)

    def _quoted(self, text: str) -> str:
        return texts_in(self.lang).FORMS["quoted"].format(text)

    def _is_percent(self, change: Change) -> bool:
        if change.code in _PERCENT:
            return True
        document = self.sides[1].files.documents.get(change.kind)
        row = document.at(change.path[:2]) if document else None
        return isinstance(row, dict) and row.get("kind") == "percent"
