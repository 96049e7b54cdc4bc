"""What the inputs are spoilt from: the programmes of the repository and random ones, with records, orders and outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from charter import Release, to_json
from charter.engine.release.load import load_files, release_files
from charter.engine.source.document import read_text

from ..programmes import ROOT
from ..surfaces.partners import DAY, Partners
from ..surfaces.programmes import programme, text
from .nodes import Map, node

FOLDERS = {
    "small": ROOT / "tests" / "small" / "1.0.0",
    "tracks": ROOT / "tests" / "certificates" / "tracks" / "1.0.0",
    "asoft": ROOT / "program" / "1.0.0",
    **{vendor: ROOT / "examples" / "programmes" / vendor / "1.0.0" for vendor in ("hubspot", "odoo", "microsoft", "marketplace")},
}  # fmt: skip
_RECORDS = {"asoft": ROOT / "examples", **{vendor: FOLDERS[vendor].parent / "records" for vendor in list(FOLDERS)[3:]}}
RANDOM = 60  #: how many random programmes there are to begin with


class Base(NamedTuple):
    """A programme without mistakes: its files by kind, and the release of them."""

    name: str
    contents: Mapping[str, bytes]
    release: Release
    scenarios: Mapping[str, bytes]


def a_name(chance: Random, *, slow: bool = True) -> str:
    """The name of a base, random programmes the most often; `slow` ones have large files."""
    if chance.random() < 0.6:
        return f"random-{chance.randrange(RANDOM)}"
    names = [name for name in FOLDERS if name != "asoft"] * 4 + (["asoft"] if slow else [])
    return chance.choice(names)


@lru_cache(maxsize=RANDOM + 10)
def base(name: str) -> Base:
    """The base of a name that `a_name` gives."""
    scenarios: dict[str, bytes] = {}
    if name in FOLDERS:
        contents = {path.stem: path.read_bytes() for path in sorted(FOLDERS[name].glob("*.yaml"))}
        scenarios = {path.stem: path.read_bytes() for path in sorted(FOLDERS[name].glob("scenarios/*.yaml"))}
    else:
        files = programme(int(name.removeprefix("random-")) + 100_000)
        contents = {kind: text(data).encode() for kind, data in files.items()}
    release = load_files(release_files(Path("base"), contents))
    if not scenarios:
        scenarios = {"all": scenario_text(release, Random(name)).encode()}
    return Base(name, contents, release, scenarios)


@cache
def trees(name: str) -> Mapping[str, Any]:
    """The files of a base as trees."""
    return {kind: tree_of(content.decode()) for kind, content in base(name).contents.items()}


def tree_of(written: str) -> Any:
    """The tree of a text that is YAML or JSON."""
    document, _ = read_text(written, "text")
    assert document is not None
    return node(document.data)


def record_text(name: str, chance: Random) -> str:
    """A record of a partner of the base: one of the repository, or one made at random."""
    folder = _RECORDS.get(name)
    paths = sorted(path for path in folder.glob("*") if path.suffix in (".yaml", ".json")) if folder else []
    if paths and chance.random() < 0.3:
        return chance.choice(paths).read_text("utf-8")
    return text(dated(Partners(base(name).release.programme, chance).partner(missing=0.2), chance))


def dated(partner: dict[str, Any], chance: Random) -> dict[str, Any]:
    """The partner with some of its facts written as periods."""
    for id, value in partner["facts"].items():
        if not isinstance(value, list) and chance.random() < 0.1:
            periods = [{"value": value, "until": "2026-06-30"}, {"value": value, "from": "2026-07-01"}]
            partner["facts"][id] = periods[: chance.choice((1, 2))]
    return partner


def order_text(name: str, chance: Random) -> str:
    """An order under the base, or one that it cannot price."""
    base_programme = base(name).release.programme
    if base_programme.order is None:
        return '{"order": "O-1", "currency": "EUR", "lines": [{"price": 1}]}'
    return text(Partners(base_programme, chance).order())


def scenario_text(release: Release, chance: Random) -> str:
    """A file of scenarios that expects what comes out."""
    partner = Partners(release.programme, chance).partner()
    status = release.evaluate(partner, as_of=DAY).status
    row = {"title": {"en": "S", "ru": "S"}, "as_of": DAY, "record": partner, "expect": {"status": status}}
    return text({"scenarios": {"first": row}})


@lru_cache(maxsize=200)
def saved_outcome(name: str, number: int) -> str:
    """A saved outcome under the base, one of a few; an outcome of the repository where there is one."""
    chance = Random(f"{name}-{number}")
    release = base(name).release
    return to_json(release.evaluate(Partners(release.programme, chance).partner(), as_of=DAY))


def all_parts(name: str) -> Map:
    """All files of a base as one tree, of which parts are taken."""
    return Map(trees(name).items())
