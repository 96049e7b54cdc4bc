"""Every kind of change has its words in both languages, and its line in the docs."""

from __future__ import annotations

import pytest
from charter.engine.difference.changes import PARTS, ROWS
from charter.engine.report.differing import JUDGED, NOUNS, SAY

from ..programmes import ROOT

KINDS = sorted({*ROWS.values(), *PARTS.values()})


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_change_has_words_and_a_place_in_the_docs(kind: str) -> None:
    assert f"`{kind}`" in (ROOT / "docs" / "review.md").read_text("utf-8")
    for lang in ("en", "ru"):
        assert kind in NOUNS[lang] or kind in SAY[lang] or kind == "bonus_offer"


def test_both_languages_have_the_same_words() -> None:
    assert SAY["en"].keys() == SAY["ru"].keys()
    assert NOUNS["en"].keys() == NOUNS["ru"].keys()
    assert JUDGED["en"].keys() == JUDGED["ru"].keys()
    for lang in ("en", "ru"):
        assert all(set(forms) == {"added", "removed", "renamed"} for forms in NOUNS[lang].values())
    assert all(SAY["en"][key] != SAY["ru"][key] for key in SAY["en"] if SAY["en"][key])
