"""Tests say the same wherever they run; which of them are slow; and the longest files begin first."""

import os
import re
from collections import Counter

import pytest

os.environ.pop("GITHUB_ACTIONS", None)  # there `check` and `test` would have another format

#: illustrations that only the slow set tries in every test of all programmes; their own scenarios are always run
LATER = re.compile(r"\b(avon|ebay|ebay-levels|intersystems|maidily|starbucks|token-metrics)\b")
#: files that ask the same of many cases: with every change the first of each four is tried, and all in the slow set
SAMPLED = (
    "tests/test_docs.py",
    "tests/test_pages.py",
    "tests/test_portfolio_report.py",
    "tests/test_verify.py",
    "tests/test_whole_files.py",
    "tests/test_odd_files.py",
    "tests/test_publish.py",
    "tests/test_report.py",
    "tests/test_cache.py",
    "tests/difference/test_every_change.py",
    "tests/difference/test_planted.py",
    "tests/language/test_business_days.py",
    "tests/portfolio/test_agrees.py",
    "tests/portfolio/test_carried_files.py",
    "tests/portfolio/test_compared.py",
    "tests/portfolio/test_left_over.py",
    "tests/portfolio/test_sql_names.py",
    "tests/programme/test_claims.py",
    "tests/proof/test_advice.py",
    "tests/surfaces/test_difference.py",
    "tests/test_formats.py",
    "tests/test_hostile.py",
    "tests/test_limits.py",
    "tests/test_other_validators.py",
    "tests/test_tables_of_others.py",
    "tests/fuzz/test_fuzz.py",
    "tests/language/test_sentences.py",
    "tests/language/test_sql.py",
    "tests/portfolio/test_agreed.py",
    "tests/portfolio/test_text_files.py",
)
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
    """Mark the slow programmes and cases, and put the longest files first; all else stays in its order."""
    cases = Counter[str]()
    for item in items:
        callspec = getattr(item, "callspec", None)
        if callspec and LATER.search(callspec.id) and "test_illustrations" not in item.nodeid:
            item.add_marker(pytest.mark.slow)
        if callspec and item.nodeid.startswith(SAMPLED) and not item.get_closest_marker("slow"):
            name = item.nodeid.partition("[")[0]
            if cases[name] % 4:
                item.add_marker(pytest.mark.slow)
            cases[name] += 1
    places = {file: place for place, file in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(LONGEST)))
