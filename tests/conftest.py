"""Tests say the same wherever they run; which of them are slow; and the longest files begin first."""

import os
import re

import pytest

os.environ.pop("GITHUB_ACTIONS", None)  # there `check` and `test` would have another format

#: illustrations that only the slow set tries in every test of all programmes; their own scenarios are always run
LATER = re.compile(r"\b(avon|ebay|ebay-levels|intersystems|maidily|starbucks|token-metrics)\b")
#: the files that take longest, the longest first: none is left for the end, when the other worker has nothing to do
LONGEST = (
    "tests/test_docs.py",
    "tests/surfaces/test_difference.py",
    "tests/language/test_readers_agree.py",
    "tests/difference/test_planted.py",
    "tests/test_formats.py",
    "tests/test_whole_files.py",
    "tests/programme/test_scenarios.py",
    "tests/portfolio/test_agrees.py",
    "tests/test_odd_files.py",
    "tests/test_pages.py",
    "tests/test_verify.py",
    "tests/language/test_sentences.py",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow programmes, and put the longest files first; all else stays in its order."""
    for item in items:
        callspec = getattr(item, "callspec", None)
        if callspec and LATER.search(callspec.id) and "test_illustrations" not in item.nodeid:
            item.add_marker(pytest.mark.slow)
    places = {file: place for place, file in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(LONGEST)))
