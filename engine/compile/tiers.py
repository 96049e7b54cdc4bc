"""Compiles tiers with their requirements, and tracks: each becomes named values, and data that refers to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..language.parse import Scope
from ..language.tree import And, Choose, Compare, Expression, Literal, Name, Or
from ..problems import did_you_mean
from ..programme.model import MAIN, NO_TIER, NamedValue, Tier, Track
from ..programme.owners import PROGRAMME, Role, WrittenForm, id_of, of_tier, of_track
from ..values import Kind
from .benefits import check_benefits, compile_benefits
from .discounts import Terms, check_bonuses, compile_discount, compile_terms
from .file_reader import FilePart, Files
from .payments import compile_payments, compile_settlements, payment_rows, settlement_rows
from .requirements import common_requirements, requirement_table, tier_requirements
from .scopes import Scopes, tracks_of
from .tables import form_of
from .values import Values

_TRUE = Literal(True, Kind.YES_NO)


class _Offers:
    """What tiers share: common requirements, terms of discounts, and rows of what they ask, offer or charge."""

    def __init__(self, files: Files, scopes: Scopes, values: Values) -> None:
        self.common, self.table = common_requirements(files, scopes, values), requirement_table(files)
        self.terms: Terms = compile_terms(files, scopes.general, values)
        self.bonuses, self.benefits = check_bonuses(files), check_benefits(files)
        self.rebates, self.fees = payment_rows(files, "rebates"), payment_rows(files, "fees")
        self.settlements = settlement_rows(files)


def compile_tiers(files: Files, scopes: Scopes, values: Values) -> dict[str, Tier]:
    """Every tier by its id, in the order of tiers.yaml; their values are added to `values`."""
    offers = _Offers(files, scopes, values)
    codes: dict[object, str] = {}
    tiers = {}
    for row in files.rows("tiers", "tiers"):
        code = row.data.get("code")
        if code is not None and codes.setdefault(code, row.id) != row.id:
            message = f"the code {code} is that of '{codes[code]}' already"
            row.problem("duplicate-id", message, row.place("code"), "give each tier a code of its own")
        tiers[row.id] = _tier(row, offers, scopes.by_tier[row.id], values)
    return tiers


def compile_tracks(files: Files, scope: Scope, values: Values) -> dict[str, Track]:
    """The tracks by their ids; the value of the tier that a partner has on each is added to `values`."""
    whole, tracks, names = files.row("tiers"), {}, files.names("tiers", "tracks")
    for row in files.rows("tiers", "tiers"):
        track = row.data.get("track")
        if track is not None and track not in names:
            help = did_you_mean(track, names) or "add it under 'tracks'"
            row.problem("unknown-track", f"'{track}' is not a track", row.place("track"), help)
    for track, tiers in tracks_of(files).items():
        own = files.row("tiers", "tracks", track)
        title, source = (own.texts(), own.source()) if own else ({}, ())
        award = whole.data.get("award", "signed") if whole and track == MAIN else "highest"
        kept_until, kept = _retention(files, scope, values, tiers) if track == MAIN else (None, {})
        promotes = _promotion(files, scope, values) if track == MAIN else None
        tree: Expression = Literal(NO_TIER, Kind.CHOICE)
        for place, tier in enumerate(tiers):
            qualified = id_of(of_tier(tier), Role.QUALIFIED)
            is_held: Expression = Name(qualified, Kind.YES_NO, f"qualified('{tier}')")
            if promotes:
                is_held = And((is_held, Or((Name(promotes, Kind.YES_NO, promotes), *map(_holds, tiers[place:])))))
            if kept_until:
                is_held = Or((is_held, Name(kept[tier], Kind.YES_NO, kept[tier])))
            tree = Choose(is_held, Literal(tier, Kind.CHOICE), tree, Kind.CHOICE)
        if award == "signed":
            tree = Name("held_tier", Kind.CHOICE, "held_tier")
        own_tier = values.name(
            of_track(track), Role.TIER,
            kind=Kind.CHOICE, tree=tree, form=WrittenForm.DERIVED, title=title, source=source,
        )  # fmt: skip
        tracks[track] = Track(
            id=track, title=title, award=award, tiers=tiers, tier=own_tier.id,
            kept_until=kept_until, kept=kept, promotes=promotes,
        )  # fmt: skip
    return tracks


class Membership(NamedTuple):
    """How a membership ends and is renewed, by the ids of values.

    `ends` is the last day of the current period, None where there are none; `renews` what a renewal needs, None where
    it needs the tier's requirements only; `alone` whether it does not need these.
    """

    ends: str | None
    renews: str | None
    alone: bool


def compile_membership(files: Files, scope: Scope, values: Values) -> Membership:
    """How a membership ends and is renewed; what is wrong is added to the problems of the files."""
    whole = files.row("tiers")
    ends = _ruled(files.row("tiers", "membership"), "ends", Kind.DATE, Role.MEMBERSHIP_ENDS, scope, values)
    row = files.row("tiers", "membership", "renews")
    if row is not None and whole is not None and whole.data.get("award", "signed") != "signed":
        message = "a tier that is awarded is not renewed by an act: it is held while its requirements are met"
        row.problem("renewal-of-awarded", message, row.place(), "make the act a requirement of the tiers")
    renews = _ruled(row, "rule", Kind.YES_NO, Role.MEMBERSHIP_RENEWS, scope, values)
    alone = renews is not None and row is not None and row.data.get("alone") is True
    return Membership(ends.id if ends else None, renews.id if renews else None, alone)


def _promotion(files: Files, scope: Scope, values: Values) -> str | None:
    """The id of the value that says whether a tier above the one held is awarded; None where one always is."""
    row, whole = files.row("tiers", "promotion"), files.row("tiers")
    if row is not None and whole is not None and whole.data.get("award", "signed") == "signed":
        message = "a partner signs for its tier here, on any day"
        row.problem("promotion-of-signed", message, row.place(), "write 'award: highest', or remove 'promotion'")
        return None
    promotes = _ruled(row, "when", Kind.YES_NO, Role.PROMOTES, scope, values)
    return promotes.id if promotes else None


def _holds(tier: str) -> Expression:
    """Whether this is the tier held when the day begins."""
    return Compare("==", Name("held_tier", Kind.CHOICE, "held_tier"), Literal(tier, Kind.CHOICE))


def _ruled(row: FilePart | None, key: str, kind: Kind, role: Role, scope: Scope, values: Values) -> NamedValue | None:
    """The value of the programme that a row gives as a rule; None without a row or a valid rule."""
    if row is None:
        return None
    title, source = row.texts(), row.source()
    tree = row.expression(key, scope=scope, kind=kind)
    if tree is None:
        return None
    form = form_of(row.data[key], tree)
    name = values.name(PROGRAMME, role, kind=kind, tree=tree, form=form, title=title, source=source)
    return values.by_id[name.id]


def _retention(
    files: Files, scope: Scope, values: Values, tiers: tuple[str, ...]
) -> tuple[str | None, Mapping[str, str]]:
    """Ids of the values that are the day until which a held tier is kept, and for each tier whether it is kept.

    None and an empty map where no tier is kept.
    """
    until = _ruled(files.row("tiers", "retention"), "until", Kind.DATE, Role.KEPT_UNTIL, scope, values)
    if until is None:
        return None, {}
    kept = {}
    in_time = Compare("<=", Name("as_of", Kind.DATE, "as_of"), Name(until.id, Kind.DATE, until.id))
    for tier in tiers:
        kept[tier] = values.name(
            of_tier(tier), Role.KEPT, kind=Kind.YES_NO, tree=And((_holds(tier), in_time)), form=WrittenForm.DERIVED,
            title=until.title, source=until.source,
        ).id  # fmt: skip
    return until.id, kept


def _tier(row: FilePart, offers: _Offers, scope: Scope, values: Values) -> Tier:
    title = row.texts()
    requirements = tier_requirements(row, offers.common, offers.table, scope, values)
    conditions = tuple(Name(requirement.value, Kind.YES_NO, requirement.value) for requirement in requirements)
    qualified = values.name(
        of_tier(row.id), Role.QUALIFIED,
        kind=Kind.YES_NO, tree=And(conditions) if conditions else _TRUE, form=WrittenForm.DERIVED, title=title,
    )  # fmt: skip
    row.source()
    code, owner = row.data.get("code"), of_tier(row.id)
    rebates = compile_payments(offers.rebates, "rebates", owner, scope, values)
    fees = compile_payments(offers.fees, "fees", owner, scope, values)
    return Tier(
        id=row.id,
        code=int(code) if code is not None else None,
        title=title,
        summary=row.optional_texts("summary"),
        qualified=qualified.id,
        requirements=requirements,
        discount=compile_discount(row, offers.terms, offers.bonuses, scope, values),
        benefits=tuple(
            line for benefit in offers.benefits for line in compile_benefits(benefit, row.id, scope, values)
        ),
        rebates=rebates,
        fees=fees,
        settlements=compile_settlements(offers.settlements, rebates, fees, owner, scope, values),
        rights=tuple(part.statement() for part in row.inner("rights")),
        restrictions=tuple(part.statement() for part in row.inner("restrictions")),
    )
