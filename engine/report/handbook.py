"""The handbook: a programme as a document, in the sections and the order of its source.

Every part of the programme goes to the section of the clauses it cites; a clause that no row there tells is told in its
own words. So each clause is shown once in its section, with how it is read where it is unclear.
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
from .rules import Group, Line, Part, groups

FIGURE = 12  #: characters that a figure takes at most


class Remark(NamedTuple):
    """How an unclear clause is read, and how it is not."""

    clause: str
    reading: str
    others: tuple[str, ...]


class HandbookRow(NamedTuple):
    """One row as the document shows it; `anchors` are the clauses that are first shown here, `texts` what they say."""

    cells: tuple[str, ...]
    level: int
    strong: bool
    source: tuple[str, ...]
    anchors: tuple[str, ...]
    texts: tuple[str, ...]
    remarks: tuple[Remark, ...]


class Piece(NamedTuple):
    """A table; without columns a list or sentences; `source` are the clauses that stand behind all of it."""

    title: str
    level: int
    intro: str
    columns: tuple[str, ...]
    bullets: bool
    source: tuple[str, ...]
    entries: tuple[HandbookRow, ...]

    @property
    def wordy(self) -> tuple[bool, ...]:
        """Of each column, whether it holds words and not figures."""
        longest = [max((len(entry.cells[at]) for entry in self.entries), default=0) for at in range(len(self.columns))]
        return tuple(at == 0 or length > FIGURE for at, length in enumerate(longest))


class Chapter(NamedTuple):
    """A section of the source; `number` is its own, if it is one."""

    id: str
    number: str
    title: str
    pieces: tuple[Piece, ...]


class Handbook(NamedTuple):
    """The whole document in one language; `say` holds the words that are not the programme's."""

    lang: str
    title: str
    about: tuple[str, ...]
    colophon: str
    chapters: tuple[Chapter, ...]
    say: Mapping[str, str]


def handbook(programme: Programme, lang: str) -> Handbook:
    """The document on a release, from its data alone."""
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
    """The sections in order, and what cites none of their clauses behind them."""
    by_section: dict[str, list[Group]] = {id: [] for id in programme.sections}
    homeless: list[Group] = []
    shown: set[str] = set()
    for group in groups(programme, lang):
        home = _home(group, programme, shown)
        own = [id for id in _cited(group.rows) if id not in shown]
        if home is None:
            homeless.append(group)
        elif own or not group.repeats:
            by_section[home].append(group)
            shown |= {id for id in _told(group) if programme.clauses[id].section == home}
    for id, title in programme.sections.items():
        number = id if id[:1].isdigit() else ""
        yield Chapter(
            f"s{id}", number, pick(title, lang), _joined(_Section(programme, lang, id).pieces(by_section[id]))
        )
    if homeless:
        pieces = _joined(_Section(programme, lang, None).pieces(homeless))
        yield Chapter("further", "", texts_in(lang).REPORT["further"], pieces)


def _joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The pieces, lists without a heading that follow each other as one."""
    found: list[Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last and not (last.columns or last.bullets or piece.title or piece.columns or piece.bullets):
            found[-1] = last._replace(entries=(*last.entries, *piece.entries))
        else:
            found.append(piece)
    return tuple(found)


def _cited(rows: Sequence[Line]) -> dict[str, int]:
    """How many rows cite each clause."""
    return Counter(id for row in rows for id in dict.fromkeys(row.source))


def _told(group: Group) -> Iterator[str]:
    """The clauses that a group tells: with their text, or each by one row that is about it."""
    for part in group.parts:
        for id, times in _cited(part.rows).items():
            if part.in_full or times == 1:
                yield id


def _home(group: Group, programme: Programme, shown: set[str]) -> str | None:
    """The section that most of its rows cite, of clauses not shown yet where there are any; the first of several."""
    cited = [id for row in group.rows for id in row.source]
    fresh = [id for id in cited if id not in shown] or cited
    sections = Counter(programme.clauses[id].section for id in fresh)
    return max(programme.sections, key=lambda section: sections[section]) if sections else None


class _Section:
    """One section while it is written: which of its clauses are shown by now."""

    def __init__(self, programme: Programme, lang: str, id: str | None) -> None:
        self.programme = programme
        self.lang = lang
        self.title = pick(programme.sections[id], lang) if id else ""
        self.clauses = {clause.id: clause for clause in programme.clauses.values() if clause.section == id}
        self.order = {id: place for place, id in enumerate(self.clauses)}
        self.shown: set[str] = set()

    def pieces(self, parts: Sequence[Group]) -> Iterator[Piece]:
        """Groups and the clauses that they leave out, in the order of the clauses."""
        told = {id for group in parts for id in _told(group) if id in self.clauses}
        alone = [clause for id, clause in self.clauses.items() if id not in told]
        listed = [Group(tuple(self._with_clauses(part, alone) for part in group.parts)) for group in parts]
        placed: list[tuple[float, Group]] = [(self.order[clause.id], self._paragraph(clause)) for clause in alone]
        placed += [(self._place(group), group) for group in listed]
        for _, group in sorted(placed, key=lambda pair: pair[0]):
            for part in group.parts:
                if part.rows or part.intro:
                    yield self._piece(part)

    def _with_clauses(self, part: Part, alone: list[Clause]) -> Part:
        """A list with the clauses that stand among its own in the source; they are taken out of those told alone."""
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
        """In the place of the first clause that it shows; where it shows none, behind the last that it cites."""
        shows = [self.order[id] - 0.5 for id in _told(group) if id in self.order]
        cites = [self.order[id] + 0.5 for id in _cited(group.rows) if id in self.order]
        return min(shows) if shows else max(cites, default=len(self.order))

    def _paragraph(self, clause: Clause) -> Group:
        return Group((Part("", (self._sentence(clause),)),))

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
        # A list that only spells out the clause before it needs no heading, nor one that repeats the section's.
        spelled_out = part.bullets and not any(entry.anchors for entry in entries)
        title = "" if spelled_out or part.title == self.title else part.title
        return _without_empty_columns(
            Piece(title, part.level, part.intro.strip(), part.columns, part.bullets, common, tuple(entries))
        )

    def _remark(self, clause: Clause) -> Remark:
        others = tuple(pick(title, self.lang) for title in clause.other_readings.values())
        return Remark(clause.id, pick(clause.reading or {}, self.lang), others)


def _without_empty_columns(piece: Piece) -> Piece:
    """The table without the columns in which no row has anything."""
    kept = [at for at in range(len(piece.columns)) if at == 0 or any(entry.cells[at] for entry in piece.entries)]
    if len(kept) == len(piece.columns):
        return piece
    entries = tuple(entry._replace(cells=tuple(entry.cells[at] for at in kept)) for entry in piece.entries)
    return piece._replace(columns=tuple(piece.columns[at] for at in kept), entries=entries)
