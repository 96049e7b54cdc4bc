"""Every kind of change has its words in both languages, and its line in the docs."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import get_args

import pytest
from charter.engine.difference.changes import Change
from charter.engine.difference.history import history
from charter.engine.difference.rows import PARTS, ROWS, Became, ChangedKind, PartKind, RowKind
from charter.engine.release.load import read_files
from charter.engine.report.history import history_data
from charter.engine.texts.texts import texts_in

from ..programmes import ROOT, SMALL, copy_of, edit

KINDS = sorted({*ROWS.values(), *PARTS.values()})


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_change_has_words_and_a_place_in_the_docs(kind: str) -> None:
    assert f"`{kind}`" in (ROOT / "docs" / "review.md").read_text("utf-8")
    for lang in ("en", "ru"):
        texts = texts_in(lang)
        assert f"{kind}_added" in texts.ROW_CHANGES or kind in texts.CHANGES or kind in ("bonus_offer", "benefit_offer")


def test_every_kind_is_that_of_a_row_or_a_part() -> None:
    """A kind that no table gives would be a case that readers cover for nothing."""
    assert set(get_args(RowKind)) == set(ROWS.values())
    assert set(get_args(PartKind)) == set(PARTS.values())


@pytest.mark.parametrize(
    ("became", "what", "is_rule", "code"),
    [
        ("added", "bonus_offer", False, "bonus_offer_added"),
        ("removed", "tier", False, "tier_removed"),
        ("renamed", "order_field", False, "order_field_renamed"),
        ("changed", "discount", False, "discount_changed"),
        ("changed", "fact_check", True, "fact_check_rule_changed"),
        ("added", "bonus", True, "bonus_rule_added"),
        ("reordered", "tier", False, "order_changed"),
        ("reordered", "price_rule", False, "order_changed"),
    ],
)
def test_a_code_is_made_of_what_a_thing_is_and_what_became_of_it(
    became: Became, what: ChangedKind, is_rule: bool, code: str
) -> None:
    assert Change(became, what, is_rule, "tiers", (), None, None, None, None, ()).code == code


def test_both_languages_have_the_same_words() -> None:
    english, russian = texts_in("en"), texts_in("ru")
    assert english.CHANGES.keys() == russian.CHANGES.keys()
    assert english.ROW_CHANGES.keys() == russian.ROW_CHANGES.keys()
    assert english.JUDGEMENTS.keys() == russian.JUDGEMENTS.keys()
    rows = {code.rpartition("_")[0] for code in english.ROW_CHANGES}
    never_renamed = {"discount", "cap", "reading", "negotiable"}  # they have no id
    expected = {f"{row}_{became}" for row in rows for became in ("added", "removed")}
    expected |= {f"{row}_renamed" for row in rows - never_renamed}
    assert english.ROW_CHANGES.keys() == expected
    assert english.CHANGE_KEYS.keys() == russian.CHANGE_KEYS.keys()
    assert all(english.CHANGES[key] != russian.CHANGES[key] for key in english.CHANGES)


def test_the_history_as_data_says_each_change_in_both_languages(tmp_path: Path) -> None:
    first = copy_of(SMALL, tmp_path)
    second = Path(shutil.copytree(first, tmp_path / "1.1.0"))
    edit(second, "programme.yaml", 'release: "1.0.0"', 'release: "1.1.0"')
    edit(second, "programme.yaml", "2025-07-01", "2026-07-01")
    edit(second, "tiers.yaml", "{value: 5, source: [s1]}", "{value: 6, source: [s1]}")
    releases = history_data(history([read_files(first), read_files(second)]))["releases"]
    assert [release["changes"] for release in releases[:1]] == [[]]
    (change,) = releases[1]["changes"]
    assert change["sentence"].keys() == {"en", "ru"}
    assert all({"5", "6"} <= {*re.findall(r"\d", text)} for text in change["sentence"].values())
