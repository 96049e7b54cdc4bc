"""Compares two releases: each change with its effect on partners by itself, and the effect of all changes together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from ..named_tuples import public
from ..proof.example import Example
from ..release.find import release_number
from ..release.load import Release, ReleaseFiles, compile_release, release_of
from ..source.document import Document, PartPath
from ..source.parts import part, with_part, without
from ..source.shape import check_shape
from .change_groups import groups_of
from .changes import Change, Side, changes, side
from .effects import Judgement, OutcomeEffect, judgement_of
from .either_side import with_other_side
from .matched import matched
from .one_partner import Pair
from .order_effects import order_effects
from .partner_effects import outcome_effects
from .printed import differing_defaults, is_printed_otherwise
from .renaming import Renaming, renaming_of
from .written_renames import recomputed

Finding = Literal["short_notice", "small_number", "not_through_migration"]

_WITHOUT_EFFECT = frozenset({"claims", "clauses", "programme"})  #: kinds of files that decide nothing for partners


class Judged(NamedTuple):
    """A change, and its effect on partners by itself: None where it cannot stand without the other changes.

    `others` are the changes with which it acts or has to stand, where these are found by the ids that they share, and
    `together` is the judgement of all of them, None where they cannot stand without more either.
    """

    change: Change
    judgement: Judgement | None
    others: tuple[Change, ...] = ()
    together: Judgement | None = None


@public("judgement", "changes", "effects")
class ReleaseDifference(NamedTuple):
    """All changes in their order, the effect on each outcome, the judgement of all changes together, and findings.

    Findings: short_notice, where a release that worsens something begins sooner than the notice promised allows;
    small_number, where outcomes of partners change and only the last part of the release number does;
    not_through_migration, where facts are worked out of others by a migration, and are compared by name all the same.

    `pair` and `before` have the first release with the ids of the second, where `renaming` found rows renamed.
    """

    pair: Pair
    before: Side
    after: Side
    renaming: Renaming
    changes: tuple[Judged, ...]
    effects: tuple[OutcomeEffect, ...]
    judgement: Judgement
    findings: tuple[Finding, ...]

    @property
    def agreements_aside(self) -> bool:
        """Whether partners may have agreed terms that nothing marks as negotiable; these are not compared."""
        return any(side.programme.any_term is not None for side in (self.before, self.after))


def difference(before: ReleaseFiles, after: ReleaseFiles, pair: Pair) -> ReleaseDifference:
    """The difference of two releases without errors; `pair` has the same two, compiled, with the day and the time."""
    renaming, renamed = renaming_of(pair.before, after)
    pair = pair._replace(before=renamed)
    sides = side(renamed.files, renamed.programme), side(after, pair.after.programme)
    all_changes = changes(*sides, renaming)
    effects, judgement = judged_effects(pair)
    only = judgement if sum(not _is_inert(change) for change in all_changes) == 1 else None
    tried = _partners_of(effects)
    alone = [Judged(change, _judgement_alone(change, pair, only, tried)) for change in all_changes]
    judged = tuple(_with_others(alone, pair, tried))
    effects = tuple(with_other_side(pair, effect) for effect in effects)
    return ReleaseDifference(pair, *sides, renaming, judged, effects, judgement, tuple(_findings(pair, judgement)))


def judged_effects(pair: Pair, tried: Sequence[Example] = ()) -> tuple[tuple[OutcomeEffect, ...], Judgement]:
    """The effect on each outcome of either release, and the judgement of all, with what is printed otherwise.

    The partners `tried` are tried before the solver is asked.
    """
    before, after = pair.before.programme, pair.after.programme
    compared = tuple(matched(before, after))
    effects = (
        *outcome_effects(pair, [outcome for outcome in compared if not outcome.of_order], tried),
        *order_effects(pair, [outcome for outcome in compared if outcome.of_order]),
    )
    judgement = judgement_of(effects, otherwise=is_printed_otherwise(before, after))
    if judgement == "neutral" and differing_defaults(before, after):
        judgement = "both"
    return effects, judgement


def rest_worsens(difference: ReleaseDifference, approved: Collection[str]) -> bool:
    """Whether the second release worsens something, or is not proved not to, for which nobody has approved a change.

    `approved` are fingerprints of changes. What is left is what differs between the first release with the approved
    changes made and the second release. Where the approved changes cannot stand without others, all must be approved
    but those that can do nothing to partners.
    """
    if difference.judgement in ("neutral", "improves"):
        return False
    left = [judged for judged in difference.changes if judged.change.fingerprint not in approved]
    if len(left) == len(difference.changes):
        return True
    open_changes = [judged for judged in left if not _is_inert(judged.change)]
    if not open_changes:
        return False
    accepted = [judged.change for judged in difference.changes if judged.change.fingerprint in approved]
    release = _with_changes(difference.pair, accepted)
    if release is None:
        return True
    tried = _partners_of(difference.effects)
    return judged_effects(difference.pair._replace(before=release), tried)[1] not in ("neutral", "improves")


def _partners_of(effects: Iterable[OutcomeEffect]) -> tuple[Example, ...]:
    """The partners for whom some outcome differs, as the second release has them."""
    witnesses = (witness for effect in effects for witness in effect.ways.values())
    return tuple(witness.examples[1] for witness in witnesses if witness.examples)


def _judgement_alone(change: Change, pair: Pair, only: Judgement | None, tried: Sequence[Example]) -> Judgement | None:
    """The judgement of a change by itself: of the first release with nothing but this change.

    `only` is that of all changes, where no more than one of them can do anything to partners. `tried` are partners for
    whom all changes together do something.
    """
    if _is_inert(change):
        return "neutral"
    release = _with_changes(pair, [change])
    if release is None:
        return None
    return only or judged_effects(pair._replace(after=release), tried)[1]


def _with_others(alone: Sequence[Judged], pair: Pair, tried: Sequence[Example]) -> Iterator[Judged]:
    """Each change with those of its group that it acts with, where it cannot stand alone or does nothing alone."""
    live = [judged.change for judged in alone if not _is_inert(judged.change)]
    groups = [group for group in groups_of(live) if len(group) > 1]
    together: dict[int, Judgement | None] = {}
    for judged in alone:
        place = next(
            (place for place, group in enumerate(groups) if any(judged.change is change for change in group)), None
        )
        if place is None or judged.judgement not in (None, "neutral"):
            yield judged
            continue
        if place not in together:
            release = _with_changes(pair, groups[place])
            together[place] = None if release is None else judged_effects(pair._replace(after=release), tried)[1]
        if judged.judgement == "neutral" and together[place] == "neutral":
            yield judged
        else:
            others = tuple(change for change in groups[place] if change is not judged.change)
            yield judged._replace(others=others, together=together[place])


def _is_inert(change: Change) -> bool:
    """Whether a change can do nothing to partners: another id, a file that decides nothing, the clauses cited."""
    return change.became == "renamed" or change.file_kind in _WITHOUT_EFFECT or change.what == "source"


def _with_changes(pair: Pair, accepted: Sequence[Change]) -> Release | None:
    """The first release with these changes made; None where it has errors then, or a part of a wrong shape."""
    old, new = pair.before.files.documents, pair.after.files.documents
    documents: dict[str, Document] = dict(old)
    for change in accepted:
        kind, path = change.file_kind, change.path
        if change.became == "renamed":
            continue
        document = documents.get(kind) or Document(new[kind].source, {}, {}, {}, {})
        if change.became == "removed":
            documents[kind] = without(document, path)
        elif change.became == "reordered":
            documents[kind] = _reordered(document, path, change.after)
        else:
            documents[kind] = _put(document, path, new[kind])
    if any(check_shape(documents[kind], kind) for kind in {change.file_kind for change in accepted} & documents.keys()):
        return None
    files = pair.before.files._replace(documents=documents)
    programme, _ = compile_release(files)
    return None if programme is None else release_of(programme, (), files)


def _reordered(document: Document, path: PartPath, order: Sequence[str]) -> Document:
    """The document with the rows of a table in this order; rows that it does not name come last."""
    rows: Any = part(document, path).data
    named = {key: rows[key] for key in order if key in rows}
    table = part(document, path)._replace(data={**named, **rows})
    return with_part(document, path, table)


def _put(document: Document, path: PartPath, new: Document) -> Document:
    """The document with a part at a path, and with the tables around it where it has none."""
    for end in range(1, len(path)):
        if document.at(path[:end]) is None:
            document = with_part(document, path[:end], Document(new.source, {}, {}, {}, {}))
    return with_part(document, path, part(new, path))


def _findings(pair: Pair, judgement: Judgement) -> Iterator[Finding]:
    before, after = pair.before.programme, pair.after.programme
    if judgement in ("worsens", "both", "worsens_or_both") and before.notice_days:
        notice = (after.effective_from - pair.day).days
        if notice < before.notice_days:
            yield "short_notice"
    numbers = release_number(before.release), release_number(after.release)
    if judgement != "neutral" and before.release != after.release and numbers[0][:2] == numbers[1][:2]:
        yield "small_number"
    if judgement != "neutral" and recomputed(pair.before, pair.after):
        yield "not_through_migration"
