"""Writes a change between two releases as one sentence, in Russian or English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, assert_never

from ..difference.changes import Change, Side
from ..difference.rows import TIER_KEYS, ChangedKind, pattern_of, what_stands_at, written_forms
from ..language.tree import Expression, Literal
from ..language.words.sentences import lowered
from ..programme.model import pick
from ..source.document import PartPath
from ..texts.texts import in_quotes, texts_in
from ..values import Kind
from .written import WrittenWords

_PERCENT: frozenset[ChangedKind] = frozenset({"discount", "cap", "bonus_offer"})
_BY_TIER: frozenset[ChangedKind] = frozenset({"bonus_offer", "benefit_offer"})  #: rows whose id is that of a tier


class ChangeWords:
    """The words for the changes between two releases, in one language."""

    def __init__(self, before: Side, after: Side, lang: str) -> None:
        self.sides = (before, after)
        self.lang = lang
        self.say = texts_in(lang).CHANGES
        self.written = (WrittenWords(before, lang), WrittenWords(after, lang))

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
                order = " → ".join(", ".join(map(self._name, ids)) for ids in (change.before, change.after))
                return self._of(subject, f"{self.say['order']}: {order}")
            case "changed":
                return self._changed(change, subject)
            case _:
                assert_never(change.became)

    def _added_or_removed(self, change: Change, subject: str, part: Any, offer_key: str, other_key: str) -> str:
        """The sentence for a part that only one release has; the keys are those of texts for offers and other parts."""
        new = change.became == "added"
        if change.what in _BY_TIER:
            return f"{subject}: {self.say[offer_key].format(amount=self._figure(change, part, new))}"
        noun = texts_in(self.lang).ROW_CHANGES.get(change.code)
        if noun is not None:
            return self._of(subject, f"{noun}: {self._own_title(change)}")
        return self._of(
            subject, f"{self._head(change)}: {self.say[other_key].format(value=self._figure(change, part, new))}"
        )

    def _changed(self, change: Change, subject: str) -> str:
        old, new = change.trees
        tables = isinstance(change.before, dict | list) or isinstance(change.after, dict | list)
        if old is not None and new is not None and not tables:
            if not (isinstance(old, Literal) and isinstance(new, Literal)):
                head = self._head(change)
                return self._rule(subject, old, new, f"{head}:" if head and change.file_kind == "balances" else head)
        elif isinstance(change.before, dict) and isinstance(change.after, dict) and change.what in ("text", "reading"):
            return self._of(subject, f"{self.say[change.what]} {self._texts(change.before, change.after)}")
        elif change.path[-1:] == ("cases",) and isinstance(change.before, list) and isinstance(change.after, list):
            return self._of(subject, "; ".join(self._cases(change)))
        before, after = (self._figure(change, value, new) for new, value in enumerate((change.before, change.after)))
        needs_no_key = change.what in (*_BY_TIER, "cap") or (tables and bool(written_forms(change.after)))
        key = self.say.get(change.what) or ("" if needs_no_key else self._head(change))
        return self._of(subject, f"{key} {before} → {after}".strip())

    def _cases(self, change: Change) -> Iterator[str]:
        """Each case that another release has otherwise: by its condition where both have it, else as a whole."""
        kind = self._kind(change)
        old, new = change.before, change.after
        paths = [(change.file_kind, (*change.path, place)) for place in range(max(len(old), len(new)))]
        conditions = [[str(row.get("when")) for row in rows] for rows in (old, new)]
        if len(set(conditions[0])) == len(old) and set(conditions[0]) == set(conditions[1]) and old != new:
            for place, row in enumerate(old):
                other = conditions[1].index(conditions[0][place])
                if row != new[other] or place != other:
                    file_kind, path = paths[place]
                    condition = self.written[0].value(file_kind, (*path, "when"), row.get("when"), Kind.YES_NO)
                    was = self.written[0].value(file_kind, (*path, "value"), row.get("value"), kind)
                    now = self.written[1].value(file_kind, (*paths[other][1], "value"), new[other].get("value"), kind)
                    moved = (
                        f"{was} → {now}" if was != now else self.say["moved_case"].format(was=place + 1, now=other + 1)
                    )
                    yield self.say["when_case"].format(condition=condition, value=moved)
            return
        for place, (file_kind, path) in enumerate(paths):
            rows = [rows[place] if place < len(rows) else None for rows in (old, new)]
            if rows[0] != rows[1]:
                was, now = (
                    self.say["nothing_before"] if row is None else words.case(file_kind, path, row, kind)
                    for words, row in zip(self.written, rows, strict=True)
                )
                yield f"{was} → {now}"

    def _texts(self, before: Mapping[str, str], after: Mapping[str, str]) -> str:
        """A text before and after, in the asked language if it changed there, else in the first one in which it did."""
        languages = dict.fromkeys((self.lang, *before, *after))
        lang = next((lang for lang in languages if before.get(lang) != after.get(lang)), self.lang)
        both = " → ".join(in_quotes(text.get(lang, ""), self.lang) for text in (before, after))
        return both if lang == self.lang else f"({lang}) {both}"

    def _rule(self, subject: str, before: Expression, after: Expression, head: str) -> str:
        """'Certified administrators: at least 2 → at least 3': a common beginning is written once."""
        old, new = (words.rule(tree) for words, tree in zip(self.written, (before, after), strict=True))
        first, colon, old_rest = old.partition(": ")
        if colon and new.startswith(f"{first}: ") and "; " not in old + new:
            about = subject if subject.endswith(first) else f"{subject}, {lowered(first)}" if subject else first
            return f"{about}: {old_rest} → {new.removeprefix(f'{first}: ')}"
        return self._of(subject, f"{head} {old} → {new}" if head.endswith(":") else f"{old} → {new}")

    def _of(self, subject: str, text: str) -> str:
        return f"{subject}: {text}" if subject else text

    def _subject(self, change: Change) -> str:
        """The titles of the rows around the change; a row that was added, removed or renamed is not one of them."""
        whole = change.path if change.became in ("changed", "reordered") else change.path[:-1]
        titles = [title for end in range(1, len(whole) + 1) if (title := self._title_at(change, whole[:end]))]
        if change.what in _BY_TIER:
            titles.append(self._name(str(change.path[-1])))
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

    def _name(self, id: str) -> str:
        """The title of a tier or an option, in the second release if it has it."""
        return next((name for words in reversed(self.written) if (name := words.name(id)) != id), id)

    def _head(self, change: Change) -> str:
        """What a changed part is to the row around it: the head of a row of a table, or its key as a word."""
        *around, key = map(str, change.path)
        if around[-1:] == ["rows"]:
            return self._row(change, change.path[:-2], key)
        if around and around[-1] in TIER_KEYS:
            return self._name(key)
        if around[-2:-1] == ["rows"]:
            table: Any = self.sides[1].files.documents[change.file_kind].at(change.path[:-3])
            title = table.get("columns", {}).get(key, {}).get("title", {}) if isinstance(table, dict) else {}
            cell = pick(title, self.lang) or self._name(key)
            return f"{self._row(change, change.path[:-3], around[-1])} {cell}".strip()
        if key not in ("value", "from"):
            return self.written[1].key(key)
        is_of_row = pattern_of(change.path[:-1])[-1:] in (("*",), ())
        return "" if is_of_row else self.written[1].key(around[-1])

    def _row(self, change: Change, path: PartPath, key: str) -> str:
        """The head of a row of the table at a path, in the second release if it has the row."""
        words = self.written[0 if change.became == "removed" else 1]
        document = words.side.files.documents.get(change.file_kind)
        table = document.at(path) if document else None
        return words.row(change.file_kind, path, table if isinstance(table, dict) else {}, key)

    def _figure(self, change: Change, value: Any, new: bool | int) -> str:
        """A value as a person reads it, in the second release or the first."""
        words = self.written[1 if new else 0]
        path = change.path
        return words.value(change.file_kind, path, value, self._kind(change))

    def _kind(self, change: Change) -> Kind:
        """The kind of a changed figure, as far as its own row says it."""
        if any(what_stands_at(change.path[:end])[0] in _PERCENT for end in range(1, len(change.path) + 1)):
            return Kind.PERCENT
        document = self.sides[1].files.documents.get(change.file_kind)
        row = document.at(change.path[:2]) if document else None
        return Kind.PERCENT if isinstance(row, dict) and row.get("kind") == "percent" else Kind.NUMBER
