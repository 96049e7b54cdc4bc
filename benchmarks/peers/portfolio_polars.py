"""The promised columns for a portfolio of ASoft partners, in Polars by hand."""

import sys

import polars as pl

source, output = sys.argv[1:]
c = pl.col
STATUS = pl.Enum(["qualified", "not_qualified", "undetermined"])  # a third faster than text
JOINED = (
    "it_company", "technical_base", "trained_specialists", "registered_on_site", "accession_agreement_signed",
    "licence_agreement_signed",
)  # fmt: skip


def either(condition: pl.Expr, then: object, otherwise: object) -> pl.Expr:
    """A choice that is null where its condition is."""
    return pl.when(condition).then(then).when(~condition).then(otherwise)


def status(qualified: str) -> pl.Expr:
    """Of a column that says whether a partner qualifies."""
    qualifies, does_not, undetermined = (pl.lit(one, dtype=STATUS) for one in STATUS.categories)
    return either(c(qualified), qualifies, does_not).fill_null(undetermined)


plan = either(c("sales_plan_agreed") & c("sales_plan_fulfilled"), 1, 0)
reviewed = (c("implementations") > 0) & (4 * c("customer_reviews") > 3 * c("implementations"))
frame = (
    pl.scan_parquet(source)
    .with_columns(
        joined=pl.all_horizontal(*JOINED),
        plan=plan,
        reviews=either(reviewed, 5.0, 0.0),
        extra=either(c("certified_admins") > 2, 2.5, 0.0),
        events=either(c("own_events_held") >= 1, 2.5, either(c("asoft_events_attended") >= 1, 1.0, 0.0)),
        half=(c("implementations") == 0) | (2 * c("customer_reviews") >= c("implementations")),
        staff=c("certified_admins") >= 2,
    )
    .with_columns(
        q_retail=c("joined"),
        q_competency=c("joined") & c("staff") & (c("marketing_activities") >= 1) & c("half") & c("announces_participation"),
        q_saas=c("joined") & c("staff") & c("isolation_module_purchased") & c("extended_support_paid")
        & (c("rental_licences") >= pl.max_horizontal(1, "licences_rented_out")) & c("announces_participation"),
        u_retail=either(c("bonus_requested"), 10 + 10 * c("plan") + c("events"), 10.0),
        u_competency=either(
            c("bonus_requested"), 20 + c("reviews") + 10 * c("plan") + c("extra") + c("events"), 20.0
        ),
        u_saas=either(c("bonus_requested"), 25 + c("reviews") + 5 * c("plan") + c("extra") + c("events"), 25.0),
    )
)  # fmt: skip
TIERS = ("retail", "competency", "saas")


def own(prefix: str) -> pl.Expr:
    """What the columns of this prefix say of the partner's own tier."""
    found = pl.when(c("tier") == "retail").then(c(f"{prefix}_retail"))
    return (
        found.when(c("tier") == "competency")
        .then(c(f"{prefix}_competency"))
        .when(c("tier") == "saas")
        .then(c(f"{prefix}_saas"))
    )


def percent(expression: pl.Expr) -> pl.Expr:
    """A float, of which one decimal is all there is, as the decimal that it stands for."""
    return expression.cast(pl.Decimal(4, 1))


frame = frame.with_columns(q=own("q"), u=own("u")).select(
    "partner",
    "tier",
    status=pl.when(c("tier").is_not_null()).then(status("q")),
    discount_base=c("tier").replace_strict(
        {"retail": 10, "competency": 20, "saas": 25}, default=None, return_dtype=pl.Int32
    ),
    discount_uncapped=percent(c("u")),
    discount_total=percent(either(c("q"), pl.min_horizontal(c("u"), pl.when(c("u").is_not_null()).then(40.0)), 0.0)),
    **{f"status_{tier}": status(f"q_{tier}") for tier in TIERS},
    **{f"discount_total_{tier}": percent(c(f"u_{tier}").clip(upper_bound=40)) for tier in TIERS},
)
frame.sink_parquet(output, compression="snappy")  # as DuckDB writes it
