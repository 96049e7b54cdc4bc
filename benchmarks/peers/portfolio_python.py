"""The promised columns for a portfolio of ASoft partners, in plain Python, row by row; Polars reads and writes."""

import sys
from decimal import Decimal

from rows import BASE, read, write

source, output = sys.argv[1:]
JOINED = (
    "it_company", "technical_base", "trained_specialists", "registered_on_site", "accession_agreement_signed",
    "licence_agreement_signed",
)  # fmt: skip
HALF = Decimal("2.5")


def every(*parts):
    if False in parts:
        return False
    return None if None in parts else True


def reaches(value, least):
    return None if value is None else value >= least


def decided(f):
    implemented, reviews = f["implementations"], f["customer_reviews"]
    known = implemented is not None and (implemented == 0 or reviews is not None)
    half = implemented == 0 or 2 * reviews >= implemented if known else None
    review = (5 if implemented and 4 * reviews > 3 * implemented else 0) if known else None
    staff, plan = reaches(f["certified_admins"], 2), every(f["sales_plan_agreed"], f["sales_plan_fulfilled"])
    extra = None if staff is None else HALF if f["certified_admins"] > 2 else 0
    own, attended = f["own_events_held"], f["asoft_events_attended"]
    events = HALF if own else None if own is None or attended is None else 1 if attended else 0
    joined = every(*(f[one] for one in JOINED))
    rental = None if f["rental_licences"] is None else f["rental_licences"] >= max(1, f["licences_rented_out"])
    qualified = {
        "retail": joined,
        "competency": every(joined, staff, reaches(f["marketing_activities"], 1), half, f["announces_participation"]),
        "saas": every(
            joined,
            staff,
            f["isolation_module_purchased"],
            rental,
            f["extended_support_paid"],
            f["announces_participation"],
        ),
    }
    planned = None if plan is None else plan
    bonuses = {
        "retail": (None if planned is None else 10 * planned, events),
        "competency": (review, None if planned is None else 10 * planned, extra, events),
        "saas": (review, None if planned is None else 5 * planned, extra, events),
    }
    uncapped = {
        tier: BASE[tier] if not f["bonus_requested"] else None if None in parts else BASE[tier] + sum(parts)
        for tier, parts in bonuses.items()
    }
    said = {True: "qualified", False: "not_qualified", None: "undetermined"}
    total = {tier: None if value is None else min(value, 40) for tier, value in uncapped.items()}
    tier = f["tier"]
    own_q = qualified.get(tier)
    row = [f["partner"], tier, said[own_q] if tier else None, BASE.get(tier), uncapped.get(tier)]
    row.append(None if tier is None or own_q is None else total[tier] if own_q else 0)
    for one in BASE:
        row += [said[qualified[one]], total[one]]
    return row


write([decided(facts) for facts in read(source)], output)
