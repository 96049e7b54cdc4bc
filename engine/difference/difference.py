"""The difference of two releases: each change with what it does to partners by itself, and what they do together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..evaluate.evaluate import make_plan
from ..named_tuples import public
from ..release.find import release_number
from ..release.load import Release, ReleaseFiles, compile_release
from ..source.document import Document
from ..source.parts import part, with_part, without
from .changes import Change, Side, changes, side
from .partner_effects import OutcomeEffect, Pair, Renamed, judgement_of, outcome_effects
from .prices import price_effects

#: what an outcome is, by what a row is that may have another name
_OUTCOMES = {"tier": "status", "bonus": "bonus", "benefit": "benefit", "rebate": "rebate"}


class Judged(NamedTuple):
    """A change, and what it alone does to partners: None where it cannot stand without the others."""

    change: Change
    judgement: str | None


@public("judgement", "changes", "effects")
class ReleaseDifference(NamedTuple):
    """All changes in order; what becomes of each outcome; the judgement of it all; and what it breaks of the rules.

    `findings` are codes: short_notice, where a release that worsens something begins sooner than is promised;
    small_number, where what partners get changes and only the last part of the number does.
    """

    pair: Pair
    before: Side
    after: Side
    changes: tuple[Judged, ...]
    effects: tuple[OutcomeEffect, ...]
    judgement: str
    findings: tuple[str, ...]


def difference(before: ReleaseFiles, after: ReleaseFiles, pair: Pair) -> ReleaseDifference:
    """What is different between two releases that can be used; `pair` are the same two, with the day and the time."""
    one, other = side(before, pair.before.programme), side(after, pair.after.programme)
    found = changes(one, other)
    renamed = _renamed(found)
    together = (*outcome_effects(pair, renamed), *price_effects(pair))
    alone = tuple(Judged(change, _alone(one, other, change, pair)) for change in found)
    judgement = judgement_of(together)
    return ReleaseDifference(pair, one, other, alone, together, judgement, tuple(_findings(pair, judgement)))


def _renamed(found: Sequence[Change]) -> Renamed:
    """The rows of outcomes that have another name."""
    kinds = [(_OUTCOMES.get(change.code.removesuffix("_renamed")), change) for change in found if change.renamed]
    return {(what, str(change.path[-1])): str(change.renamed) for what, change in kinds if what}


def _alone(before: Side, after: Side, change: Change, pair: Pair) -> str | None:
    """The judgement of a change by itself: of the first release with nothing but it."""
    if change.renamed or change.code == "order_changed" or change.kind in ("claims", "clauses", "programme", "terms"):
        return None if change.code == "order_changed" else "neutral"
    document = before.files.documents.get(change.kind)
    new = after.files.documents.get(change.kind)
    if document is None or new is None:
        return None
    changed: Document = without(document, change.path) if change.after is None else with_part(
        document, change.path, part(new, change.path)
    )  # fmt: skip
    documents: Mapping[str, Document] = {**before.files.documents, change.kind: changed}
    files = before.files._replace(documents=documents)
    programme, _ = compile_release(files)
    if programme is None:
        return None
    release = Release(programme, make_plan(programme), (), files)
    alone = pair._replace(after=release)
    return judgement_of([*outcome_effects(alone), *price_effects(alone)])


def _findings(pair: Pair, judgement: str) -> Iterator[str]:
    one, other = pair.before.programme, pair.after.programme
    if judgement in ("worsens", "both") and one.notice_days:
        left = (other.effective_from - pair.day).days
        if left < one.notice_days:
            yield "short_notice"
    numbers = release_number(one.release), release_number(other.release)
    if judgement != "neutral" and one.release != other.release and numbers[0][:2] == numbers[1][:2]:
        yield "small_number"
