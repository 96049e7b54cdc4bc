"""The minor units of currencies; checks that an expression does not combine amounts in different currencies.

A currency is a code (EUR), or the name of the item's field that holds it. An amount whose currency the programme does
not say goes with any.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ..problems import Problem
from ..values import Kind
from .symbols import Symbol
from .tree import Aggregate, Arithmetic, Call, Choose, Compare, Expression, Literal, Name, Undefined, children

#: the decimals of the currencies of ISO 4217 that do not have two
_DECIMALS: Mapping[int, str] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
#: the codes of ISO 4217 that stand for money, for units of account or for metals
_OTHERS = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR
JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO
NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS
TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XAG XAU XCD XCG XDR XPD XPT XSU XUA YER ZAR ZMW ZWG
"""
#: a code, and after it those that it is written for now: they are no longer money, or never were
_OLD = """
AFN AFA, AZN AZM, BGN BGL, BYN BYB BYR, CNY RMB, CUP CUC, GBP UKP, GHS GHC, MRU MRO, MXN MXP, MZN MZM, PLN PLZ, RON ROL,
RSD CSD YUM, RUB RUR, SDG SDD, SLE SLL, STN STD, TJS TJR, TMT TMM, TRY TRL, TWD NTD, UAH UAK, VES VEB VEF, ZMW ZMK,
ZWG ZWL, EUR ATS BEF CYP DEM EEK ESP FIM FRF GRD HRK IEP ITL LTL LUF LVL MTL NLG PTE SIT SKK XEU
"""
_REPLACED = {old: now for now, *olds in map(str.split, _OLD.split(",")) for old in olds}
_DECIMALS_OF = {code: decimals for decimals, codes in _DECIMALS.items() for code in codes.split()}


def decimals_of(currency: str | None) -> int:
    """How many decimals amounts in a currency have; two where the currency is not known.

    >>> decimals_of("JPY"), decimals_of("RUB"), decimals_of("KWD"), decimals_of(None)
    (0, 2, 3, 2)
    """
    return _DECIMALS_OF.get((currency or "").upper(), 2)


def money_codes() -> frozenset[str]:
    """The codes of ISO 4217 that an amount can be in."""
    return frozenset((*_DECIMALS_OF, *_OTHERS.split()))


def replaced_by(code: str) -> str | None:
    """The code that is written now for one that is no longer money: RUB for RUR; None for any other.

    >>> replaced_by("RUR"), replaced_by("DEM"), replaced_by("RUB")
    ('RUB', 'EUR', None)
    """
    return _REPLACED.get(code)


def minor_unit(currency: str | None) -> Decimal:
    """The least amount in a currency: 1 for JPY, 0.01 for RUB."""
    return Decimal(1).scaleb(-decimals_of(currency))


class _Mixed(Exception):
    def __init__(self, node: Expression, first: str, second: str) -> None:
        self.node, self.first, self.second = node, first, second


def money_problem(tree: Expression, symbols: Mapping[str, Symbol], declared: str | None = None) -> Problem | None:
    """The problem where two currencies in the expression, or its own and the `declared` one, differ; None otherwise."""
    try:
        _single(tree, [_currency(tree, symbols), declared])
    except _Mixed as mixed:
        message = f"an amount in {mixed.first} stands with one in {mixed.second}"
        target = next((code for code in (mixed.first, mixed.second) if code.isupper()), "EUR")
        help = f"keep currencies apart: one value for each, or write convert(amount, rate, '{target}')"
        return Problem("mixed-currencies", message, mixed.node.place, help)
    return None


def stated_currency(tree: Expression, symbols: Mapping[str, Symbol]) -> str | None:
    """The currency of an expression that has no problem; None where it is no amount, or the programme does not say."""
    try:
        return _currency(tree, symbols)
    except _Mixed:
        return None


def _currency(tree: Expression, symbols: Mapping[str, Symbol]) -> str | None:
    """The currency of a value; None where it is no amount, or where the programme does not say it. Raises `_Mixed`."""
    if isinstance(tree, Name):
        symbol = symbols.get(tree.written)
        return symbol.currency if symbol and symbol.id == tree.id else None  # a name of two lists has two meanings
    if isinstance(tree, Undefined):
        return None
    currencies = [_currency(part, symbols) for part in children(tree)]
    if isinstance(tree, Call) and tree.function == "convert":
        return target_of(tree)
    if isinstance(tree, Choose):
        return _single(tree, currencies[1:])
    if isinstance(tree, Aggregate):
        # `compile` makes sure that the items that count have one currency, where each item has its own.
        return currencies[0] if tree.kind is Kind.MONEY and currencies[0] and "[" not in currencies[0] else None
    combines = isinstance(tree, Compare | Call) or (isinstance(tree, Arithmetic) and tree.operator in "+-/")
    currency = _single(tree, currencies) if combines else next(filter(None, currencies), None)
    return currency if tree.kind is Kind.MONEY else None


def target_of(tree: Call) -> str:
    """The currency that a call of `convert` gives."""
    code = tree.arguments[2]
    return str(code.value) if isinstance(code, Literal) else ""


def _single(tree: Expression, currencies: list[str | None]) -> str | None:
    stated = [currency for currency in currencies if currency]
    for currency in stated[1:]:
        if currency != stated[0]:
            raise _Mixed(tree, stated[0], currency)
    return stated[0] if stated else None
