"""A table that is carried over whole, to CSV or DMN and back, gives every partner what it gave before."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from charter import Release, Unknown, WrongCall, export_table
from charter.engine.release.load import load_files, release_files
from charter.engine.tables.find_table import named_tables
from charter.engine.tables.import_table import import_table

from .partners import Partners, reference
from .programmes import Files, compiled, programme, text
from .trials import each, trials

PARTNERS = 10
#: keys beside a table, which is whole without them: they stay where they are when it is read back
AROUND = tuple(f"'{key}' of '" for key in ("floor", "cap", "round", "negotiable"))


@trials(30)
def test_a_table_carried_over_whole_decides_as_before(seeds: range) -> None:
    each(seeds, table_fault)


def table_fault(files: Files, chance: Random) -> str | None:
    """A table that reads back as another, or is not read back though nothing of it was left out."""
    release = compiled(files)
    for name, format, content in whole_tables(release):
        read, mended = import_table(release, content, "theirs", into=name, decision=None, names={})
        if read.problems:
            return f"{name} as {format} is not read: {read.problems[0].message}\n{content.decode()}"
        contents = {kind: text(data).encode() for kind, data in files.items()}
        contents |= {file.path.stem: file.after.encode() for file in mended}
        again = load_files(release_files(Path("world"), contents))
        if mended and (fault := other_value(release, again, chance)):
            return f"{name} as {format}: {fault}\n{content.decode()}\n{read.text}"
    return None


def whole_tables(release: Release) -> list[tuple[str, str, bytes]]:
    """The tables of a release that are carried over whole, each by its name in each format."""
    tables = []
    for name in named_tables(release):
        for format in ("csv", "dmn"):
            try:
                exported = export_table(release, name, format=format)  # type: ignore[arg-type]
            except WrongCall:  # a value that is no table
                continue
            if exported.text and all(problem.message.startswith(AROUND) for problem in exported.problems):
                tables.append((name, format, exported.text.encode()))
    return tables


def other_value(release: Release, again: Release, chance: Random) -> str | None:
    """A value of a random partner under the second release that it does not have under the first."""
    makers = Partners(release.programme, chance)
    for number in range(PARTNERS):
        partner = makers.partner(missing=0.15 * (number % 2))
        before, after = reference(release, partner), reference(again, partner)
        for id in release.programme.values:
            values = before.get(id), after.get(id)
            # Where a value is not known, the rows may await other facts than the cells within cells did.
            if values[0] != values[1] and not all(isinstance(value, Unknown) for value in values):
                return f"{id} is {values[1]}, not {values[0]}, of {partner}"
    return None


@pytest.mark.parametrize("format", ["csv", "dmn"])
def test_random_programmes_have_tables_of_every_form_that_is_carried_over(format: str) -> None:
    forms = set()
    for seed in range(40):
        release = compiled(programme(seed))
        targets = named_tables(release)
        for name, _, _ in (part for part in whole_tables(release) if part[1] == format):
            target = targets[name]
            data = release.files.documents[target.file].at(target.cells)
            forms |= {target.shape, *(data if isinstance(data, dict) else ())}
    assert forms >= {"by", "band", "up_to", "cases", "tiers", "columns"}
