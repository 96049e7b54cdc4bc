"""The handbook: a programme as a document, with the sections of the vendor's document in their order.

Every part of the programme goes to the section whose clauses it cites. A clause that no row of its section covers is
shown in its own words. So each clause is shown once in its section, with its reading where it is unclear.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..language.words import words
from ..programme.model import Clause, Programme, pick
from ..texts.texts import texts_in
from ..values import Kind
from ..version import VERSION
from .parts import Group, Line, Part
from .rules import rule_groups

FIGURE = 12  #: the most characters of a figure; a longer text is words


class Remark(NamedTuple):
    """The reading of an unclear clause, and the other readings that are not taken."""

    clause: str
    reading: str
    others: tuple[str, ...]


class HandbookRow(NamedTuple):
    """One row of the document; `anchors` are the clauses first shown here, `texts` the words of those clauses."""

    cells: tuple[str, ...]
    level: int
    strong: bool
    source: tuple[str, ...]
    anchors: tuple[str, ...]
    texts: tuple[str, ...]
    remarks: tuple[Remark, ...]


class Piece(NamedTuple):
    """A table, or without columns a list or sentences; `source` are the clauses that all its rows cite."""

    title: str
    level: int
    intro: str
    columns: tuple[str, ...]
    bullets: bool
    source: tuple[str, ...]
    entries: tuple[HandbookRow, ...]

    @property
    def wordy(self) -> tuple[bool, ...]:
        """For each column whether it has words rather than figures."""
        longest = [max((len(entry.cells[at]) for entry in self.entries), default=0) for at in range(len(self.columns))]
        return tuple(at == 0 or length > FIGURE for at, length in enumerate(longest))


class Chapter(NamedTuple):
    """A section of the vendor's document; `number` is empty where the section has none."""

    id: str
    number: str
    title: str
    pieces: tuple[Piece, ...]


class Handbook(NamedTuple):
    """The whole document in one language; `say` has the words that are not the programme's."""

    lang: str
    title: str
    about: tuple[str, ...]
    colophon: str
    chapters: tuple[Chapter, ...]
    say: Mapping[str, str]


def handbook(programme: Programme, lang: str) -> Handbook:
    """The handbook of a release in the language, 'en' or 'ru'."""
    say = texts_in(lang).REPORT
    since = say["in_force_from"].format(date=words.amount(programme.effective_from, Kind.DATE, lang))
    release = say["release"].format(release=programme.release)
    vendor = (pick(programme.vendor, lang),) if programme.vendor else ()
    return Handbook(
        lang,
        pick(programme.document or programme.title, lang),
        (*vendor, f"{release}, {since}"),
        say["made_from"].format(version=VERSION, digest=programme.digest),
        tuple(_chapters(programme, lang)),
        say,
    )


def _chapters(programme: Programme, lang: str) -> Iterator[Chapter]:
    """The sections in order, then a last chapter with the groups that cite no clause of any section."""
    by_section: dict[str, list[Group]] = {id: [] for id in programme.sections}
    homeless: list[Group] = []
    shown: set[str] = set()
    for group in rule_groups(programme, lang):
        home = _home(group, programme, shown)
        own = [id for id in _cited(group.rows) if id not in shown]
        if home is None:
            homeless.append(group)
        elif own or not group.repeats:
            by_section[home].append(group)
            shown |= {id for id in _covered(group) if programme.clauses[id].section == home}
    for id, title in programme.sections.items():
        number = id if id[:1].isdigit() else ""
        pieces = _joined(_Section(programme, lang, id).pieces(by_section[id]))
        yield Chapter(f"s{id}", number, pick(title, lang), pieces)
    if homeless:
        pieces = _joined(_Section(programme, lang, None).pieces(homeless))
        yield Chapter("further", "", texts_in(lang).REPORT["further"], pieces)


def _joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The pieces, with neighbouring sentences without a heading joined into one piece."""
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and not (last.columns or last.bullets or piece.title or piece.columns or piece.bullets):
            joined[-1] = last._replace(entries=(*last.entries, *piece.entries))
        else:
            joined.append(piece)
    return tuple(joined)


def _cited(rows: Sequence[Line]) -> dict[str, int]:
    """For each clause how many rows cite it."""
    return Counter(id for row in rows for id in dict.fromkeys(row.source))


def _covered(group: Group) -> Iterator[str]:
    """The clauses that a group covers: those shown with their text, and those that only one row cites."""
    for part in group.parts:
        for id, times in _cited(part.rows).items():
            if part.in_full or times == 1:
                yield id


def _home(group: Group, programme: Programme, shown: set[str]) -> str | None:
    """The section that its rows cite most, the first of several; None where they cite none.

    Only clauses not shown yet count, where there are any.
    """
    cited = [id for row in group.rows for id in row.source]
    fresh = [id for id in cited if id not in shown] or cited
    sections = Counter(programme.clauses[id].section for id in fresh)
    return max(programme.sections, key=lambda section: sections[section]) if sections else None


class _Section:
    """Writes one section, or where `id` is None the last chapter: it holds the clauses and those already shown."""

    def __init__(self, programme: Programme, lang: str, id: str | None) -> None:
        self.programme = programme
        self.lang = lang
        self.title = pick(programme.sections[id], lang) if id else ""
        self.clauses = {clause.id: clause for clause in programme.clauses.values() if clause.section == id}
        self.order = {id: place for place, id in enumerate(self.clauses)}
        self.shown: set[str] = set()

    def pieces(self, parts: Sequence[Group]) -> Iterator[Piece]:
        """The pieces of the section in the order of its clauses: its groups, and the clauses that they do not cover."""
        covered = {id for group in parts for id in _covered(group)}
        alone = [clause for id, clause in self.clauses.items() if id not in covered]
        listed = [Group(tuple(self._with_clauses(part, alone) for part in group.parts)) for group in parts]
        placed = [(float(self.order[clause.id]), Group((Part("", (self._sentence(clause),)),))) for clause in alone]
        placed += [(self._place(group), group) for group in listed]
        for _, group in sorted(placed, key=lambda pair: pair[0]):
            for part in group.parts:
                if part.rows or part.intro:
                    yield self._piece(part)

    def _with_clauses(self, part: Part, alone: list[Clause]) -> Part:
        """The part, and where it is a list with the clauses of `alone` whose places are between its own.

        Those clauses are removed from `alone`.
        """
        rows = list(part.rows)
        own = {id: self.order[id] for row in rows for id in row.source if id in self.order}
        if not part.bullets or not own:
            return part
        first, last = min(own.values()), max(own.values())
        for clause in tuple(alone):
            place = self.order[clause.id]
            if first < place < last and clause.id not in own:
                alone.remove(clause)
                behind = [at for at, row in enumerate(rows) if any(own.get(id, -1) > place for id in row.source)]
                rows.insert(behind[0], self._sentence(clause))
                own[clause.id] = place
        return part._replace(rows=tuple(rows))

    def _place(self, group: Group) -> float:
        """The place of a group: before the first clause that it covers, or else after the last that it cites."""
        before = [self.order[id] - 0.5 for id in _covered(group) if id in self.order]
        after = [self.order[id] + 0.5 for id in _cited(group.rows) if id in self.order]
        return min(before) if before else max(after, default=len(self.order))

    def _sentence(self, clause: Clause) -> Line:
        return Line((pick(clause.title, self.lang),), (clause.id,))

    def _piece(self, part: Part) -> Piece:
        cited = _cited(part.rows)
        several = len(part.rows) > 1 and not part.in_full
        common = tuple(id for id, times in cited.items() if times == len(part.rows)) if several else ()
        entries = []
        for row in part.rows:
            fresh = [id for id in row.source if id in self.clauses and id not in self.shown]
            fresh = [id for id in fresh if part.in_full or cited[id] == 1]
            self.shown |= set(fresh)
            texts = tuple(pick(self.clauses[id].title, self.lang) for id in fresh) if part.in_full else ()
            remarks = tuple(self._remark(self.clauses[id]) for id in fresh if self.clauses[id].reading)
            source = tuple(id for id in row.source if id not in common)
            entries.append(HandbookRow(row.cells, row.level, row.strong, source, tuple(fresh), texts, remarks))
        # A list that only spells out the clause before it has no heading, nor has a part with the section's title.
        spelled_out = part.bullets and not any(entry.anchors for entry in entries)
        title = "" if spelled_out or part.title == self.title else part.title
        piece = Piece(title, part.level, part.intro.strip(), part.columns, part.bullets, common, tuple(entries))
        return _without_empty_columns(piece)

    def _remark(self, clause: Clause) -> Remark:
        others = tuple(pick(title, self.lang) for title in clause.other_readings.values())
        return Remark(clause.id, pick(clause.reading or {}, self.lang), others)


def _without_empty_columns(piece: Piece) -> Piece:
    """The piece without the columns that are empty in every row; the first column stays."""
    kept = [at for at in range(len(piece.columns)) if at == 0 or any(entry.cells[at] for entry in piece.entries)]
    if len(kept) == len(piece.columns):
        return piece
    entries = tuple(entry._replace(cells=tuple(entry.cells[at] for at in kept)) for entry in piece.entries)
    return piece._replace(columns=tuple(piece.columns[at] for at in kept), entries=entries)
