"""Compile: the files of a release become a `Programme`, or problems.

Read `file_reader` (how files are read), `facts`, `scopes` (what names stand for), `tables` and `definitions` (named
values), then `tiers` with `discounts` and `benefits`; `order` sorts all values so that each needs only earlier ones.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from ..problems import Problem, has_errors
from ..programme.model import MAIN, ORDER, Clause, ItemField, Payments, Programme, Texts
from ..programme.owners import PROGRAMME, Role, agreed_id, id_of, periods_id
from ..source.document import Document, PartPath
from .agreements import answered, check_excepted, negotiable, unless_agreed
from .balances import compile_balances
from .claims import compile_claims
from .definitions import compile_definitions
from .facts import compile_checks, compile_facts, compile_lists
from .file_reader import FilePart, Files
from .on_days import EarlierRelease, lower_days
from .payments import compile_payments, compile_settlements, payment_rows, settlement_rows
from .periods import balance_lists, balance_rows
from .prices import compile_order
from .scopes import columns, compile_scopes, named_values
from .tiers import compile_membership, compile_tiers, compile_tracks
from .value_order import dependency_order
from .values import Values

#: every kind of file of a release; the first two are required
KINDS = (
    "programme", "clauses", "facts", "tiers", "definitions", "balances", "eligibility", "bonuses", "rebates", "fees",
    "settlements", "benefits", "products", "prices", "terms", "claims", "calendar", "migration",
)  # fmt: skip
REQUIRED = KINDS[:2]


def compile_programme(
    documents: Mapping[str, Document],
    broken: Mapping[str, set[PartPath]],
    digest: str,
    earlier: Sequence[EarlierRelease] = (),
    agreed: Collection[str] = (),
) -> tuple[Programme | None, list[Problem]]:
    """The programme that these files describe, and every problem beyond their shape.

    `documents` has the files by kind. `broken` has, for each kind of file with a wrong shape, the parts that cannot be
    used: they are skipped. `earlier` are the releases before this one, in order, where it asks for
    values on a day. `agreed` are the ids of terms that are negotiable here though nothing marks them. The programme is
    None where a file is broken or a problem is an error.
    """
    files = Files(documents, broken, agreed)
    facts, lists = compile_facts(files), {**balance_lists(files), **compile_lists(files)}
    scopes = compile_scopes(files, facts, lists)
    balances = compile_balances(files, scopes, lists)
    values = Values([*compile_definitions(files, scopes, lists), *balances.values])
    lists |= balances.lists
    definitions = [row.id for row in named_values(files) if row.id not in scopes.differing]
    definitions += [row.id for row in balance_rows(files)]
    definitions += [column.id for _, column in columns(files) if column.id not in scopes.differing]
    tiers = compile_tiers(files, scopes, values)
    rebates, fees = (
        Payments() if tiers else compile_payments(payment_rows(files, kind), kind, PROGRAMME, scopes.general, values)
        for kind in ("rebates", "fees")
    )
    rows = [] if tiers else settlement_rows(files)
    settlements = compile_settlements(rows, rebates, fees, PROGRAMME, scopes.general, values)
    tracks = compile_tracks(files, scopes.general, values)
    membership = compile_membership(files, scopes.general, values)
    main = [tier for tier in tiers.values() if tier.id in tracks[MAIN].tiers]
    order = compile_order(files, scopes, lists, main, values)
    claims = compile_claims(files, scopes.general, facts, tiers.values())
    checks, conditions = compile_checks(files, scopes.general)
    all_values = values.by_id | {value.id: value for value in conditions}
    all_values |= {id: negotiable(files, all_values[id]) for id in agreed if id in all_values}
    all_values = answered(files, all_values, lists)
    about = _about(files)
    of_items = {id: field.kind for list_fact in lists.values() for id, field in list_fact.fields_by_id().items()}
    on_days = lower_days(
        all_values,
        lists,
        {fact.id: fact.kind for fact in facts.values()} | of_items,
        about.effective_from if about else None,
        earlier,
        files.problems,
    )
    lists = on_days.lists
    made_lists = {id: list_fact for id, list_fact in lists.items() if list_fact.group_of or list_fact.balance}
    ordered = dependency_order(files, on_days.values, made_lists)
    ordered |= {id: unless_agreed(ordered[id]) for id in agreed if id in ordered and ordered[id].list}
    check_excepted(files, ordered, lists)
    sections, clauses = _clauses(files)
    statements = {kind: tuple(row.statement() for row in files.rows(kind, kind)) for kind in ("products", "terms")}
    groups = {row.id: row.texts() for row in files.rows("benefits", "groups")}
    if about is None or broken or has_errors(files.problems):
        return None, files.problems
    programme = Programme(
        id=about.id,
        release=about.release,
        title=about.title,
        vendor=about.vendor,
        document=about.document,
        languages=files.languages,
        effective_from=about.effective_from,
        notice_days=about.notice_days,
        digest=digest,
        facts=MappingProxyType(facts),
        lists=MappingProxyType({id: lists[id] for id in lists if id not in {ORDER, *made_lists}}),
        made_lists=MappingProxyType(made_lists),
        fields=MappingProxyType(
            {id: ItemField(name, field) for name in lists for id, field in lists[name].fields_by_id().items()}
        ),
        checks=tuple(checks),
        values=MappingProxyType(ordered),
        any_term=files.any_term,
        agreed=MappingProxyType({agreed_id(id): id for id, value in ordered.items() if value.negotiable}),
        on_days=MappingProxyType(on_days.written),
        earlier=MappingProxyType({release.release: release.digest for release in earlier}),
        agreed_on_days=MappingProxyType({periods_id(id): id for id in sorted(on_days.terms)}),
        definitions=tuple(id_of(PROGRAMME, Role.DEFINITION, id) for id in definitions),
        tracks=MappingProxyType(tracks),
        tiers=MappingProxyType(tiers),
        order=order,
        rebates=rebates,
        fees=fees,
        settlements=settlements,
        membership_ends=membership.ends,
        membership_renews=membership.renews,
        renews_alone=membership.alone,
        groups=MappingProxyType(groups),
        products=statements["products"],
        terms=statements["terms"],
        claims=claims,
        calendar=scopes.calendar,
        sections=MappingProxyType(sections),
        clauses=MappingProxyType(clauses),
        cited=frozenset(files.cited),
    )
    return programme, files.problems


class _About(NamedTuple):
    """What programme.yaml says of the programme as a whole; the fields are those of `Programme`."""

    id: str
    release: str
    title: Texts
    vendor: Texts | None
    document: Texts | None
    effective_from: date
    notice_days: int


def _about(files: Files) -> _About | None:
    """What programme.yaml says, or None where its id, its release or its first day is missing."""
    row = files.row("programme")
    if row is None:
        return None
    vendor, document = row.optional_texts("vendor"), row.optional_texts("document")
    title, effective = row.texts(), _effective(row)
    row.source()
    id, release = row.data.get("id"), row.data.get("release")
    notice = int(row.data.get("notice_days", 0))
    if not (id and release and effective):
        return None
    return _About(
        id=id,
        release=release,
        title=title,
        vendor=vendor,
        document=document,
        effective_from=effective,
        notice_days=notice,
    )


def _effective(row: FilePart) -> date | None:
    """The first day on which the release is in force; None where it is missing or is not a day, which is reported."""
    written = row.data_of("effective", "from")
    if written is None or isinstance(written, date):
        return written
    place = row.document.value_place(("effective", "from"))
    row.problem(
        "bad-text", f"'{written}' is not a day of the calendar", place, "write it as 2026-01-31, without quotes"
    )
    return None


def _clauses(files: Files) -> tuple[dict[str, Texts], dict[str, Clause]]:
    sections = {row.id: row.texts() for row in files.rows("clauses", "sections")}
    section_places = files.names("clauses", "sections")
    clauses = {}
    for row in files.rows("clauses", "clauses"):
        section = row.data.get("section", "")
        if section and section not in section_places:
            place = row.document.value_place((*row.path, "section"))
            row.problem("unknown-section", f"there is no section '{section}'", place, "add it under 'sections'")
        others = {reading.id: reading.texts() for reading in row.inner("other_readings")}
        if others and "reading" not in row.data:
            message = "other readings stand here, but not the one that is taken"
            row.problem("missing-key", message, row.place("other_readings"), "add 'reading' to the clause")
        clauses[row.id] = Clause(
            id=row.id,
            section=section,
            title=row.texts(),
            reading=row.optional_texts("reading"),
            other_readings=MappingProxyType(others),
        )
    return sections, clauses
