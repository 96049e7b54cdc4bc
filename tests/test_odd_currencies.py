"""A code that is no currency is told at its place, wherever a file says a currency."""

from __future__ import annotations

from pathlib import Path

import pytest
from charter.engine.language.currencies import decimals_of, money_codes, replaced_by
from charter.engine.release.load import load
from charter.engine.review.checks.all_checks import check_all
from charter.engine.review.checks.progress import Progress

from .programmes import ROOT, SMALL, copy_of

FACTS = """
  deals:
    title: {{en: Deals}}
    fields:
      paid_in:
        title: {{en: Currency}}
        kind: choice
        choices: {{{first}: {{title: {{en: First}}}}, eur: {{title: {{en: Euro}}}}}}
      amount: {{title: {{en: Amount}}, kind: money, currency: paid_in}}
"""
DEFINITION = "  licence: {{title: {{en: Licence}}, kind: money, currency: {code}, value: 500, source: [s1]}}\n"


def told(release: Path) -> list[tuple[str, str, str | None]]:
    """The file, the text marked and the help of each odd currency of a release."""
    return [
        (Path(place.source.path).name, place.source.text[place.start : place.end], problem.help)
        for problem in check_all(load(release), Progress(None))
        if problem.code == "odd-currency" and (place := problem.place)
    ]


@pytest.mark.parametrize(
    ("code", "help"),
    [
        ("RUR", "did you mean 'RUB'?"),
        ("DEM", "did you mean 'EUR'?"),
        ("EUE", "did you mean 'EUR'?"),
        ("XYZ", "write its code of three letters: EUR"),
        ("XXX", None),
        ("RUB", ""),
        ("JPY", ""),
        ("KWD", ""),
    ],
)
def test_a_code_of_an_amount(code: str, help: str | None, tmp_path: Path) -> None:
    release = copy_of(SMALL, tmp_path)
    with (release / "definitions.yaml").open("a") as file:
        file.write(DEFINITION.format(code=code))
    found = told(release)
    assert [row[:2] for row in found] == ([] if help == "" else [("definitions.yaml", code)])
    if help:
        assert found[0][2] == help


@pytest.mark.parametrize("code", ["rur", "xyz", "rub"])
def test_an_option_of_the_field_that_says_the_currency(code: str, tmp_path: Path) -> None:
    release = copy_of(SMALL, tmp_path)
    with (release / "facts.yaml").open("a") as file:
        file.write("lists:" + FACTS.format(first=code))
    assert [row[:2] for row in told(release)] == ([] if code == "rub" else [("facts.yaml", code)])


def test_the_codes_are_those_of_money() -> None:
    codes = money_codes()
    assert all(len(code) == 3 and code.isupper() and code.isascii() for code in codes)
    assert {replaced_by(old) for old in ("RUR", "BYR", "LTL", "TRL")} == {"RUB", "BYN", "EUR", "TRY"}
    assert all(replaced_by(code) is None for code in codes)
    assert {decimals_of(code) for code in codes} == {0, 2, 3, 4}
    assert {"RUB", "EUR", "USD", "CNY", "KZT", "BYN", "AMD", "UZS", "INR", "BRL", "AED", "TRY", "CHF", "XDR"} <= codes
    assert not {"RUR", "DEM", "XXX", "XTS", "BTC", "XYZ"} & codes


def test_no_release_that_is_published_has_an_odd_currency() -> None:
    for path in sorted((ROOT / "examples" / "programmes").glob("*/*/programme.yaml")):
        assert told(path.parent) == []
