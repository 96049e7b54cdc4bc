"""Compares two releases: each change with its effect on partners by itself, and the effect of all changes together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from ..evaluate.evaluate import make_plan
from ..named_tuples import public
from ..release.find import release_number
from ..release.load import Release, ReleaseFiles, compile_release
from ..source.document import Document
from ..source.parts import part, with_part, without
from .changes import Change, ChangedKind, Side, changes, side
from .partner_effects import Judgement, OutcomeEffect, OutcomeKind, Pair, Renamed, judgement_of, outcome_effects
from .price_effects import price_effects

Finding = Literal["short_notice", "small_number"]

#: kinds of rows that may be renamed, with what their outcome is
_OUTCOMES: Mapping[ChangedKind, OutcomeKind] = {
    "tier": "status",
    "bonus": "bonus",
    "benefit": "benefit",
    "rebate": "rebate",
}
_WITHOUT_EFFECT = frozenset({"claims", "clauses", "programme", "terms"})  #: kinds of files that decide no outcome


class Judged(NamedTuple):
    """A change, and its effect on partners by itself: None where it cannot stand without the other changes."""

    change: Change
    judgement: Judgement | None


@public("judgement", "changes", "effects")
class ReleaseDifference(NamedTuple):
    """All changes in their order, the effect on each outcome, the judgement of all changes together, and findings.

    Findings: short_notice, where a release that worsens something begins sooner than the notice promised allows;
    small_number, where outcomes of partners change and only the last part of the release number does.
    """

    pair: Pair
    before: Side
    after: Side
    changes: tuple[Judged, ...]
    effects: tuple[OutcomeEffect, ...]
    judgement: Judgement
    findings: tuple[Finding, ...]


def difference(before: ReleaseFiles, after: ReleaseFiles, pair: Pair) -> ReleaseDifference:
    """The difference of two releases without errors; `pair` has the same two, compiled, with the day and the time."""
    sides = side(before, pair.before.programme), side(after, pair.after.programme)
    all_changes = changes(*sides)
    effects = (*outcome_effects(pair, _renamed(all_changes)), *price_effects(pair))
    judged = tuple(Judged(change, _judgement_alone(*sides, change, pair)) for change in all_changes)
    judgement = judgement_of(effects)
    return ReleaseDifference(pair, *sides, judged, effects, judgement, tuple(_findings(pair, judgement)))


def _renamed(all_changes: Sequence[Change]) -> Renamed:
    """The new ids of renamed rows that have an outcome."""
    return {
        (_OUTCOMES[change.what], str(change.path[-1])): str(change.renamed)
        for change in all_changes
        if change.became == "renamed" and change.what in _OUTCOMES
    }


def _judgement_alone(before: Side, after: Side, change: Change, pair: Pair) -> Judgement | None:
    """The judgement of a change by itself: of the first release with nothing but this change."""
    if change.became == "reordered":
        return None
    if change.became == "renamed" or change.file_kind in _WITHOUT_EFFECT:
        return "neutral"
    old, new = before.files.documents.get(change.file_kind), after.files.documents.get(change.file_kind)
    if old is None or new is None:
        return None
    changed: Document = without(old, change.path) if change.became == "removed" else with_part(
        old, change.path, part(new, change.path)
    )  # fmt: skip
    files = before.files._replace(documents={**before.files.documents, change.file_kind: changed})
    programme, _ = compile_release(files)
    if programme is None:
        return None
    alone = pair._replace(after=Release(programme, make_plan(programme), (), files))
    return judgement_of([*outcome_effects(alone), *price_effects(alone)])


def _findings(pair: Pair, judgement: Judgement) -> Iterator[Finding]:
    before, after = pair.before.programme, pair.after.programme
    if judgement in ("worsens", "both") and before.notice_days:
        notice = (after.effective_from - pair.day).days
        if notice < before.notice_days:
            yield "short_notice"
    numbers = release_number(before.release), release_number(after.release)
    if judgement != "neutral" and before.release != after.release and numbers[0][:2] == numbers[1][:2]:
        yield "small_number"
