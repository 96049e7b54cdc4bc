"""What stands at each path of a release's files: rows of tables, parts with a name of their own, texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ..source.document import PartPath

#: what became of a thing
Became = Literal["added", "removed", "renamed", "changed", "reordered"]
#: what a row of a table is
RowKind = Literal[
    "tier", "track", "requirement", "right", "restriction", "bonus", "bonus_offer", "bonus_rate", "benefit",
    "benefit_offer", "rebate", "fee", "settlement", "product", "term", "fact", "list", "field", "option", "fact_check",
    "definition", "order_field", "price_rule", "refusal", "order_value", "order_total", "claim", "section", "clause",
    "other_reading", "balance", "addition", "use", "placed_item", "order_group",
]  # fmt: skip
#: what a single part is that has a name of its own
PartKind = Literal["discount", "cap", "reading", "first_day", "notice", "negotiable"]
#: what a changed thing is: a row, a part, a text in several languages, the clauses cited, or any other value
ChangedKind = RowKind | PartKind | Literal["text", "source", "value"]

#: what a row of a table is, by the path of the table; `*` stands for any id
ROWS: Mapping[tuple[str, ...], RowKind] = {
    ("tiers",): "tier",
    ("tracks",): "track",
    ("requirements",): "requirement",
    ("tiers", "*", "requirements"): "requirement",
    ("tiers", "*", "rights"): "right",
    ("tiers", "*", "restrictions"): "restriction",
    ("eligibility",): "requirement",
    ("joining",): "requirement",
    ("bonuses",): "bonus",
    ("bonuses", "*", "percent"): "bonus_offer",
    ("bonuses", "*", "rates"): "bonus_rate",
    ("bonuses", "*", "rates", "*", "percent"): "bonus_offer",
    ("benefits",): "benefit",
    ("benefits", "*", "by_tier"): "benefit_offer",
    ("rebates",): "rebate",
    ("fees",): "fee",
    ("settlements",): "settlement",
    ("products",): "product",
    ("terms",): "term",
    ("facts",): "fact",
    ("facts", "*", "choices"): "option",
    ("lists",): "list",
    ("lists", "*", "fields"): "field",
    ("lists", "*", "fields", "*", "choices"): "option",
    ("checks",): "fact_check",
    ("definitions",): "definition",
    ("balances",): "balance",
    ("balances", "*", "adds"): "addition",
    ("balances", "*", "uses"): "use",
    ("tables",): "definition",
    ("tables", "*", "columns"): "definition",
    ("order", "fields"): "order_field",
    ("order", "fields", "*", "choices"): "option",
    ("order", "rules"): "price_rule",
    ("order", "refusals"): "refusal",
    ("order", "values"): "order_value",
    ("order", "totals"): "order_total",
    ("order", "becomes"): "placed_item",
    ("order", "groups"): "order_group",
    ("claims",): "claim",
    ("sections",): "section",
    ("clauses",): "clause",
    ("clauses", "*", "other_readings"): "other_reading",
}
#: what a single part is, by its path
PARTS: Mapping[tuple[str, ...], PartKind] = {
    ("tiers", "*", "discount", "value"): "discount",
    ("tiers", "*", "discount"): "discount",
    ("discount", "cap", "value"): "cap",
    ("discount", "cap"): "cap",
    ("clauses", "*", "reading"): "reading",
    ("effective", "from"): "first_day",
    ("notice_days",): "notice",
    ("tiers", "*", "discount", "negotiable"): "negotiable",
    ("agreements",): "negotiable",
}
#: tables whose order of rows decides something
ORDERED = (("tiers",), ("order", "rules"))
#: tables whose rows have the ids of tiers
BY_TIER = frozenset(
    {("bonuses", "*", "percent"), ("bonuses", "*", "rates", "*", "percent"), ("benefits", "*", "by_tier")}
)
#: keys of tables with a value for each tier
TIER_KEYS = frozenset({"by_tier", "at_least", "at_most"})
#: keys that say in which form a value is written
_FORMS = frozenset({"by", "across", "band", "up_to", "between", "slices", "cases", "by_tier", "value", "take"})
_TEXTS = frozenset({"title", "summary", "says", "text", "unit", "vendor", "document"})  #: keys of texts by language

#: where else such texts stand, under keys that an option may be called too
_TEXTS_AT = frozenset(
    {("clauses", "*", "reading"), ("rebates", "*", "event"), ("fees", "*", "event")}
    | {(*table, "*", "none") for table in (("facts",), ("lists", "*", "fields"), ("order", "fields"))}
)


def pattern_of(path: PartPath) -> tuple[str, ...]:
    """The path with `*` for the id of each row."""
    pattern: list[str] = []
    for key in path:
        pattern.append("*" if tuple(pattern) in ROWS else str(key))
    return tuple(pattern)


def what_stands_at(path: PartPath) -> tuple[ChangedKind, bool]:
    """What stands at a path; for the rule or condition of a row, the kind of the row, and True."""
    pattern = pattern_of(path)
    if pattern in PARTS:
        return PARTS[pattern], False
    if path and pattern[-1] == "*":
        return ROWS[pattern[:-1]], False
    if is_text(path):
        return "text", False
    if path[-1:] == ("source",):
        return "source", False
    row = ROWS.get(pattern_of(path[:-2])) if path[-1:] in (("rule",), ("when",)) and len(path) > 1 else None
    return (row, True) if row else ("value", False)


def is_text(path: PartPath) -> bool:
    """Whether a text in several languages stands at a path; it is compared as a whole."""
    pattern = pattern_of(path)
    return bool(path) and (pattern[-1] in _TEXTS or pattern in _TEXTS_AT)


def written_forms(data: Any) -> frozenset[str]:
    """The keys of a map that say in which form its value is written; none of anything else."""
    return _FORMS & data.keys() if isinstance(data, dict) else frozenset()


def leads_to_order(path: PartPath) -> bool:
    """Whether a table whose order decides something is at the path or below."""
    pattern = pattern_of(path)
    return any(table[: len(pattern)] == pattern for table in ORDERED)
