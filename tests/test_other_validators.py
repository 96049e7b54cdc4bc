"""A validator that others use decides by our schemas as charter does: check-jsonschema, as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from charter.engine.source.document import read_text
from charter.engine.source.shape import check_shape

from .programmes import ROOT

CHECK = Path(sys.executable).with_name("check-jsonschema")


def files_by_kind() -> dict[str, list[Path]]:
    """Every file of the programme and the examples, and three more, by the schema that its first line names."""
    found = defaultdict(list)
    examples = ROOT.glob("examples/**/*.yaml")
    more = [ROOT / "tests" / f"{kind}.yaml" for kind in ("calendar", "migration", "orders", "settlements")]
    for path in sorted([*ROOT.glob("program/**/*.yaml"), *examples, *more]):
        _, _, schema = path.read_text("utf-8").splitlines()[0].partition("$schema=")
        found[Path(schema).name.removesuffix(".schema.json") or path.parent.name].append(path)
    return found


FILES = files_by_kind()


def refused(kind: str, paths: list[Path]) -> set[Path]:
    """The files in which check-jsonschema finds something."""
    schema = f"schemas/{kind}.schema.json"
    done = subprocess.run(
        [CHECK, "--schemafile", schema, "--output-format", "json", *paths],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert done.returncode == bool(found["errors"])
    assert found["parse_errors"] == []
    return {Path(error["filename"]) for error in found["errors"]}


def misshapen(kind: str, path: Path) -> bool:
    """Whether charter finds something against the shape of a file."""
    document, problems = read_text(path.read_text("utf-8"), path.name)
    assert not problems
    return bool(check_shape(document, kind))


def test_every_kind_of_file_has_an_example() -> None:
    written = {path.name.removesuffix(".schema.json") for path in (ROOT / "schemas").glob("*.json")}
    answers = {"advice", "diff", "log", "outcome", "portfolio", "problems", "proof", "quote", "readings", "test"}
    answers |= {"compared", "quotes", "timeline", "verify"}
    assert set(FILES) == written - answers - {"common"}


@pytest.mark.parametrize("kind", sorted(FILES))
def test_check_jsonschema_refuses_what_charter_refuses_and_nothing_else(kind: str, tmp_path: Path) -> None:
    """Of one kind: every file there is, one of them with a key that is not known, and one that is a list."""
    extra, listed = tmp_path / "extra.yaml", tmp_path / "listed.yaml"
    extra.write_text(FILES[kind][0].read_text("utf-8") + "\nunheard_of: 1\n", "utf-8")
    listed.write_text("- 1\n", "utf-8")
    paths = [*FILES[kind], extra, listed]
    assert refused(kind, paths) == {path for path in paths if misshapen(kind, path)} == {extra, listed}
