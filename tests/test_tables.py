"""Tables: by the options of a choice and by bands of a number, at the edges and with facts missing."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from charter import Release, load
from charter.engine.values import Unknown, Value
from hypothesis import given, settings
from hypothesis import strategies as st

from .programmes import SMALL, copy_of, edit
from .thorough import examples

ROWS = {"0": 2, "100000": 3, "250000.5": {"by": "region", "rows": {"north": 5}, "otherwise": 4}}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the small programme whose gold tier needs people by revenue and region."""
    release = copy_of(SMALL, tmp_path_factory.mktemp("tables"))
    cell = "{band: revenue, rows: {0: 2, 100000: 3, 250000.5: {by: region, rows: {north: 5}, otherwise: 4}}}"
    edit(release, "definitions.yaml", "{gold: 3}", f"{{gold: {cell}}}")
    return release


def enough(release: Release, **facts: object) -> Value:
    """How many people a partner with these facts needs for gold."""
    outcome = release.evaluate({"partner": "P", "facts": facts})
    return release.values(outcome)["definitions.enough.gold"]


@pytest.mark.parametrize(
    ("revenue", "region", "people"),
    [
        ("0", "north", 2),
        ("99999.99", "north", 2),
        ("100000", "north", 3),
        ("250000.499999", "north", 3),
        ("250000.5", "north", 5),
        ("250000.5", "south", 4),
        ("1000000", "south", 4),
    ],
)
def test_a_band_begins_at_its_number(small: Path, revenue: str, region: str, people: int) -> None:
    assert enough(load(small), revenue=Decimal(revenue), region=region) == people


def test_what_is_missing_matters_only_where_it_is_asked_for(small: Path) -> None:
    release = load(small)
    assert enough(release, revenue=5) == 2
    assert enough(release, revenue=300000) == Unknown(frozenset({"region"}))
    assert enough(release, region="north") == Unknown(frozenset({"revenue"}))


def test_what_lies_below_the_first_band(tmp_path: Path) -> None:
    release = copy_of(SMALL, tmp_path)
    edit(release, "definitions.yaml", "{gold: 3}", "{gold: {band: per_head, rows: {10: 3, 20: 4}, below: people + 1}}")
    loaded = load(release)
    assert enough(loaded, people=7, revenue=69) == 8
    assert enough(loaded, people=7, revenue=70) == 3
    assert enough(loaded, people=7, revenue=140) == 4
    assert enough(loaded, people=0, revenue=140) == Unknown()


@pytest.mark.thorough
@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(st.decimals(0, 10**6, places=2), min_size=1, max_size=8, unique=True).map(sorted),
    st.decimals(0, 10**6, places=2),
    st.data(),
)
def test_the_row_that_counts_is_the_last_one_reached(
    tmp_path_factory: pytest.TempPathFactory, starts: list[Decimal], revenue: Decimal, data: st.DataObject
) -> None:
    """Against a loop over the rows, which is how a person reads a table; rising rows never give less for more."""
    starts = [Decimal(0), *(start for start in starts if start)]
    cells = sorted(data.draw(st.integers(0, 99)) for _ in starts)
    release = copy_of(SMALL, tmp_path_factory.mktemp("bands"))
    rows = ", ".join(f"{start}: {cell}" for start, cell in zip(starts, cells, strict=True))
    edit(release, "definitions.yaml", "{gold: 3}", f"{{gold: {{band: revenue, rows: {{{rows}}}}}}}")
    loaded = load(release)
    expected = [cell for start, cell in zip(starts, cells, strict=True) if revenue >= start][-1]
    assert enough(loaded, revenue=revenue) == expected
    more = min(revenue + 1, Decimal(10**6))
    assert enough(loaded, revenue=more) >= enough(loaded, revenue=revenue)


def test_the_table_in_the_docs_is_one(tmp_path: Path) -> None:
    """The example of docs/manager.md compiles, and means what its comment says."""
    page = (SMALL.parent.parent.parent / "docs" / "manager.md").read_text("utf-8")
    block = page.partition("```yaml\n")[2].partition("```")[0]
    definition = yaml.safe_load(block)["definitions"]["people_needed"]
    assert definition["by_tier"]["gold"]["rows"][500000] == {"by": "region", "rows": {"north": 5}, "otherwise": 4}
    release = copy_of(SMALL, tmp_path)
    path = release / "definitions.yaml"
    added = block.partition("definitions:\n")[2].replace("ru: Сколько нужно людей, ", "")
    path.write_text(path.read_text("utf-8") + added, "utf-8")
    loaded = load(release)
    for revenue, region, people in ((0, "north", 2), (99999, "north", 2), (100000, "south", 3), (500000, "south", 4)):
        outcome = loaded.evaluate({"partner": "P", "facts": {"revenue": revenue, "region": region}})
        values = loaded.values(outcome)
        assert values["definitions.people_needed.gold"] == people
        assert values["definitions.people_needed.silver"] == Fraction(1)
