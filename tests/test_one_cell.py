"""One cell, one answer: whichever reader takes a written value decides it as the same value, or refuses it alike."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from charter import Release
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from .programmes import ROOT
from .readers import IDS, Cell, cells_world, is_day, of_file, of_items, of_lines, of_python, of_texts

TABLE: dict[str, dict[str, str]] = yaml.safe_load((ROOT / "tests" / "cells.yaml").read_text("utf-8"))
JSON_TOKEN = re.compile(r"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?|true|false|null")
CELLS: list[Cell] = [(id, text) for text in TABLE for id in IDS]
REFUSED = "refused: {id}: "


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return cells_world(tmp_path_factory.mktemp("cells"))


def expected(id: str, text: str) -> str | None:
    """The answer to a cell of text; None where it is refused."""
    if id == "t":
        return text or "unknown"
    return TABLE[text].get(id)


def assert_answers(cells: list[Cell], answers: list[set[str]], reader: str) -> None:
    for (id, text), given_answers in zip(cells, answers, strict=True):
        (answer,) = given_answers  # whatever the letters of the partner's id
        wanted = expected(id, text)
        assert answer == wanted or (wanted is None and answer.startswith(REFUSED.format(id=id))), (reader, id, text)


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_texts_of_tables(release: Release, format: str, tmp_path: Path) -> None:
    assert_answers(CELLS, of_texts(release, tmp_path / f"p.{format}", CELLS), format)


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_texts_of_items(release: Release, format: str, tmp_path: Path) -> None:
    cells = [(id, text) for id, text in CELLS if id in IDS[:4]]
    answers = of_items(release, tmp_path / format / f"items.{format}", cells)
    empty = [(id, text) for id, text in cells if expected(id, text) == "unknown"]
    of_rest = [(cell, answer) for cell, answer in zip(cells, answers, strict=True) if cell not in empty]
    assert_answers([cell for cell, _ in of_rest], [answer for _, answer in of_rest], f"items of {format}")


def test_plain_scalars_of_yaml(release: Release) -> None:
    for id, text in CELLS:
        if text != text.strip() or id in ("t", "c"):  # YAML removes the spaces
            continue
        answer = of_file(release, f"partner: P\nfacts:\n  {id}: {text}\n", id)
        assert_answers([(id, text)], [{answer}], "YAML")


def test_tokens_of_json(release: Release, tmp_path: Path) -> None:
    cells = [(id, text) for id, text in CELLS if JSON_TOKEN.fullmatch(text) and id not in ("t", "c")]
    for id, text in cells:
        answer = of_file(release, f'{{"partner": "P", "facts": {{"{id}": {text}}}}}', id)
        assert_answers([(id, text)], [{answer}], "JSON")
    assert_answers(cells, of_lines(release, tmp_path / "p.jsonl", cells), "JSON Lines")


def in_quotes(id: str, text: str) -> str | None:
    """The answer to a text in quotes; None where it is refused."""
    if id == "t":
        return text or None
    return text if (id == "c" and text == "low") or (id == "d" and is_day(text)) else None


def test_texts_in_quotes(release: Release, tmp_path: Path) -> None:
    lines = of_lines(release, tmp_path / "p.jsonl", CELLS, json.dumps)
    for (id, text), of_line in zip(CELLS, lines, strict=True):
        quoted = json.dumps(text)
        answers = of_line | {
            of_file(release, f"partner: P\nfacts:\n  {id}: {quoted}\n", id),
            of_file(release, f'{{"partner": "P", "facts": {{"{id}": {quoted}}}}}', id),
            of_python(release, text, id),
        }
        (answer,) = answers
        wanted = in_quotes(id, text)
        assert answer == wanted or (wanted is None and answer.startswith(REFUSED.format(id=id))), (id, text)


CHARACTERS = st.sampled_from([*"0123456789.,-+eE_ xtruefalsn~%:/TZ", "\u00a0", "\u0661", "\uff15", "\u200c", "а", "é"])
WRITTEN = st.one_of(
    st.text(CHARACTERS, min_size=1, max_size=12),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.floats().map(repr),
    st.dates().map(str),
    st.datetimes().map(str),
    st.sampled_from(sorted(TABLE)),
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), min_size=1, max_size=6),
)


@settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(st.tuples(st.sampled_from(IDS), WRITTEN), min_size=80, max_size=80))
def test_random_cells(release: Release, tmp_path_factory: pytest.TempPathFactory, cells: list[Cell]) -> None:
    """CSV, texts of Parquet and of items, decided by the query or the interpreter; JSON in files, lines and Python."""
    folder = tmp_path_factory.mktemp("random")
    tables = [of_texts(release, folder / f"p.{format}", cells) for format in ("csv", "parquet")]
    for (id, text), *answers in zip(cells, *tables, strict=True):
        assert len(set().union(*answers)) == 1, (id, text, answers)
    lines = of_lines(release, folder / "p.jsonl", cells, json.dumps)
    for (id, text), of_line in zip(cells, lines, strict=True):
        quoted = json.dumps(text)
        of_record = of_file(release, f'{{"partner": "P", "facts": {{"{id}": {quoted}}}}}', id)
        assert of_line == {of_record}, (id, text)
        if not of_record.startswith("refused: the text holds"):  # in a file that is told at its place
            assert of_python(release, text, id) == of_record, (id, text)
