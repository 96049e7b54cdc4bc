"""Small programmes that a surface once got wrong, each written as its author would."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from .programmes import HEAD, Files

_FACTS = "facts: {n: {title: {en: N}, kind: count}}"
_TIERS = "award: highest\ntiers: {gold: {title: {en: Gold}}}"
#: what a test that shows a fault may raise: a programme that is refused shows none
FAULTS = (AssertionError, pytest.fail.Exception, KeyError, TypeError, AttributeError, ValueError)


def small(**files: str) -> Files:
    """A programme of these files, in English, with one fact and one tier where they do not say otherwise."""
    written = {kind: yaml.safe_load(text) for kind, text in {"facts": _FACTS, "tiers": _TIERS, **files}.items()}
    head: dict[str, Any] = {**HEAD["programme"], "languages": ["en"], "title": {"en": "World"}}
    sections = {"all": {"title": {"en": "All"}}}
    clauses = {"sections": sections, "clauses": {"c": {"section": "all", "title": {"en": "A clause."}}}}
    return {"programme": head, "clauses": clauses, **written}


OF_A_LIST_WITHOUT_FILE = small(
    facts=f"{_FACTS}\nlists: {{deals: {{title: {{en: Deals}}, fields: {{k: {{title: {{en: K}}, kind: count}}}}}}}}",
    definitions="definitions: {d: {title: {en: D}, kind: count, take: count, over: deals, source: [c]}}",
)
OF_A_FIELD_WITH_TWO_DEFAULTS = small(
    facts="""
facts: {n: {title: {en: N}, kind: count}}
lists:
  deals:
    title: {en: Deals}
    fields: {k: {title: {en: K}, kind: count, default: 0}, m: {title: {en: M}, kind: count, default_from: k}}
""",
    definitions="definitions: {d: {title: {en: D}, kind: count, take: sum, of: m, over: deals, source: [c]}}",
)
OF_AN_AGREEMENT = small(
    definitions="definitions: {d: {title: {en: D}, kind: count, value: 3, negotiable: {source: [c]}, source: [c]}}",
    tiers="""
tiers:
  gold:
    title: {en: Gold}
    requirements: {r: {title: {en: R}, rule: agreed('definitions.d'), source: [c]}}
""",
)

_TEXT = "benefits: {help: {title: {en: Help}, kind: text, by_tier: {gold: {en: by mail}}, source: [c]}}"
_REBATE = "rebates: {fund: {title: {en: Fund}, amount: 100 if n >= 10 else 0, currency: EUR, per: year, source: [c]}}"
_DEBT = "rebates: {fund: {title: {en: Fund}, amount: a - 9, currency: EUR, pays_from: 5, negative: owed, source: [c]}}"
_FEE = _DEBT.replace("rebates", "fees").replace("fund", "seal")
_MONEY = "facts: {a: {title: {en: A}, kind: money, currency: EUR}}"
_SLICES = """
definitions:
  d: {title: {en: D}, kind: money, currency: EUR, value: {slices: a, rows: {0: 5}, negative: dropped}, source: [c]}
"""
_WORD = """
definitions:
  d: {title: {en: D}, kind: text, value: {cases: [{when: n >= 1, value: "'low'"}], otherwise: "'top'"}, source: [c]}
"""
_GROUP = """
tiers:
  gold:
    title: {en: Gold}
    requirements: {r: {title: {en: R}, any_of: {a: {title: {en: A}, rule: n >= 1, source: [c]},
      b: {title: {en: B}, rule: n >= 0, source: [c]}}, source: [c]}}
"""
_LADDER = """
award: highest
tiers:
  silver: {title: {en: Silver}}
  gold: {title: {en: Gold}, requirements: {r: {title: {en: R}, rule: n >= 5, source: [c]}}}
"""
_RENEWS = """
tiers: {gold: {title: {en: Gold}}}
membership:
  title: {en: Period}
  ends: date('2026-12-31')
  renews: {title: {en: Renewal}, rule: n >= 1, source: [c]}
  source: [c]
"""
_PROMOTION = "promotion: {title: {en: Reviews}, when: \"as_of >= date('2026-06-01')\", source: [c]}"
_ENDS = "\nmembership: {title: {en: Period}, ends: \"date('2026-12-31')\", source: [c]}"
_BONUS = """
discount:
  bonuses_apply: {title: {en: Applied}, rule: n >= 3, source: [c]}
  bonuses_in_price: {title: {en: In the price}, rule: n >= 2, source: [c]}
bonuses: {events: {title: {en: Events}, when: n >= 1, percent: {gold: 5}, source: [c]}}
"""
_ITEMS = """
facts: {n: {title: {en: N}, kind: count}}
lists:
  deals:
    title: {en: Deals}
    fields: {k: {title: {en: K}, kind: count}}
    values: {twice: {title: {en: Twice}, kind: number, value: k * 2, source: [c]}}
"""
_DEALS = """
lists:
  deals:
    title: {en: Deals}
    fields:
      coin: {title: {en: Coin}, kind: choice, choices: {eur: {title: {en: Euro}}, usd: {title: {en: Dollar}}}}
      amount: {title: {en: Amount}, kind: money, currency: coin}
      ok: {title: {en: Ok}, kind: yes_no}
      big: {title: {en: Big}, kind: yes_no}
"""
_SOLD = """
definitions:
  d: {title: {en: D}, kind: money, currency: EUR, take: sum, of: amount, over: deals, where: ok, empty: 0, source: [c]}
"""
_DISCOUNT = "tiers: {gold: {title: {en: Gold}, discount: {value: 5, source: [c]}}}"
#: two programmes that say something else of a partner: the files, and the text of a file that another one replaces
PAIRS = {
    "text of a benefit": (small(benefits=_TEXT), small(benefits=_TEXT.replace("mail", "phone"))),
    "currency of a rebate": (small(rebates=_REBATE), small(rebates=_REBATE.replace("EUR", "USD"))),
    "period of a rebate": (small(rebates=_REBATE), small(rebates=_REBATE.replace("year", "month"))),
    "formula of a rebate": (small(rebates=_REBATE), small(rebates=_REBATE.replace(">= 10", ">= 11"))),
    "debt of a rebate": (
        small(facts=_MONEY, rebates=_DEBT), small(facts=_MONEY, rebates=_DEBT.replace("owed", "carried"))
    ),
    "debt of a fee": (small(facts=_MONEY, fees=_FEE), small(facts=_MONEY, fees=_FEE.replace("owed", "dropped"))),
    "negative slices": (
        small(facts=_MONEY, definitions=_SLICES), small(facts=_MONEY, definitions=_SLICES.replace("dropped", "kept"))
    ),
    "definition of kind text": (small(definitions=_WORD), small(definitions=_WORD.replace(">=", ">"))),
    "part of a group": (small(tiers=_GROUP), small(tiers=_GROUP.replace("n >= 1", "n > 1"))),
    "award": (small(tiers=_LADDER), small(tiers=_LADDER.replace("award: highest", "award: signed"))),
    "default of a fact": (
        small(tiers=_LADDER), small(tiers=_LADDER, facts=_FACTS.replace("count", "count, default: 0"))
    ),
    "what renews a membership": (small(tiers=_RENEWS), small(tiers=_RENEWS.replace("n >= 1", "n >= 2"))),
    "whether the act alone renews": (
        small(tiers=_RENEWS), small(tiers=_RENEWS.replace("rule: n >= 1,", "rule: n >= 1, alone: true,"))
    ),
    "day of promotion": (
        small(tiers=_LADDER + _PROMOTION), small(tiers=_LADDER + _PROMOTION.replace("06-01", "12-01"))
    ),
    "end of a membership": (small(tiers=_TIERS + _ENDS), small(tiers=_TIERS + _ENDS.replace("12-31", "06-30"))),
    "when bonuses apply": (
        small(tiers=_DISCOUNT, bonuses=_BONUS), small(tiers=_DISCOUNT, bonuses=_BONUS.replace("n >= 3", "n >= 4"))
    ),
    "bonuses in the price": (
        small(tiers=_DISCOUNT, bonuses=_BONUS), small(tiers=_DISCOUNT, bonuses=_BONUS.replace("n >= 2", "n >= 4"))
    ),
    "items of one currency that count": (
        small(facts=_DEALS, definitions=_SOLD), small(facts=_DEALS, definitions=_SOLD.replace("ok,", "ok and big,"))
    ),
    "value of an item": (small(facts=_ITEMS), small(facts=_ITEMS.replace("k * 2", "k * 3"))),
    "border of a tier": (small(tiers=_LADDER), small(tiers=_LADDER.replace("n >= 5", "n >= 6"))),
}  # fmt: skip
#: pairs that differ in names only: by the old and the new name of what was renamed
RENAMED = {
    "fact": (small(tiers=_LADDER), small(tiers=_LADDER.replace("n >=", "m >="), facts=_FACTS.replace("{n:", "{m:"))),
    "tier": (small(tiers=_LADDER), small(tiers=_LADDER.replace("gold:", "golden:"))),
    "only tier": (small(), small(tiers=_TIERS.replace("gold:", "golden:"))),
    "definition": (small(definitions=_WORD), small(definitions=_WORD.replace("  d:", "  e:"))),
    "benefit": (small(benefits=_TEXT), small(benefits=_TEXT.replace("help:", "helped:"))),
    "rebate": (small(rebates=_REBATE), small(rebates=_REBATE.replace("fund:", "funds:"))),
    "list": (small(facts=_ITEMS), small(facts=_ITEMS.replace("deals:", "dealings:"))),
}

#: of a list that a record leaves out, any items are possible
OF_A_LIST = small(
    facts=_ITEMS[: _ITEMS.index("    values")],
    definitions="definitions: {d: {title: {en: D}, kind: count, take: count, over: deals, where: k >= 5, source: [c]}}",
    tiers=_LADDER.replace("n >= 5", "d >= 1"),
)

#: a number that a record leaves out begins at its least possible value
OF_NEGATIVE_BOUNDS = small(
    facts="facts: {z: {title: {en: Z}, kind: number, minimum: -5, maximum: -1, effort: 1}}",
    tiers=_LADDER.replace("n >= 5", "z > -3"),
)
_TWO_COUNTS = "facts: {n: {title: {en: N}, kind: count}, m: {title: {en: M}, kind: count}}"
_ASKS = "tiers: {gold: {title: {en: Gold}, requirements: {r: {title: {en: R}, rule: RULE, source: [c]}}}}"
_CHOICE = """
facts:
  a: {title: {en: A}, kind: yes_no}
  c: {title: {en: C}, kind: choice, choices: {x: {title: {en: X}}, y: {title: {en: Y}}}}
"""
#: rules of which `check` may say something that no partner contradicts
OF_A_SHARE = small(facts=_TWO_COUNTS, tiers=_ASKS.replace("RULE", '"share(n, m) >= 0"'))
OF_NOT_IN = small(facts=_CHOICE, tiers=_ASKS.replace("RULE", "\"a or c not in ('x', 'y')\""))
OF_A_QUOTIENT = small(facts=_TWO_COUNTS, tiers=_ASKS.replace("RULE", "n / m >= 0 or n < 5"))
OF_EMPTY_LISTS = small(
    facts=_ITEMS[: _ITEMS.index("    values")],
    definitions="""
definitions: {d: {title: {en: D}, kind: count, take: minimum, of: k, over: deals, empty: unknown, source: [c]}}
""",
    tiers=_ASKS.replace("RULE", "d >= 0"),
)
