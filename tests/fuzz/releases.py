"""Spoilt releases: refused with places, or good on every surface."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from charter import (
    Invalid,
    InvalidInput,
    InvalidProgramme,
    Release,
    WrongCall,
    advise,
    batch,
    check,
    diff,
    form,
    handbook,
    prove,
    ranges,
    schema,
    sql,
    to_json,
)
from charter.engine.problems import has_errors
from charter.engine.release.load import compile_release, load_files, read_files, release_files, release_of
from charter.engine.release.seal import seal_text
from charter.engine.report.difference import difference_data, difference_page
from charter.engine.report.terminal import page_text
from charter.engine.review.findings import run_problems, scenario_run
from charter.engine.review.fixes import mend
from charter.engine.review.readings import other_readings, reading_effects
from charter.engine.review.review import review
from charter.engine.source.document import read_bytes

from ..surfaces.partners import DAY, Partners
from ..surfaces.programmes import text
from .bases import a_name, all_parts, base, record_text, trees
from .expressions import long_expression
from .faults import REFUSED, TAKEN, check_problems, require
from .nodes import Map, Raw, block, flow, spoil
from .records import Input, a_day, show, spoilt
from .spoilt import bomb, spoilt_bytes, spoilt_text

SECONDS = 0.05  #: for a question to the solver


def make_release(chance: Random) -> Input:
    """The files of a release, one or two of them with slips."""
    name = a_name(chance)
    files = dict(base(name).contents)
    if chance.random() < 0.03:
        files["definitions"] = chain(name, chance).encode()
    else:
        for kind in chance.choices(_weighted(files), k=chance.choice((1, 1, 1, 2))):
            files[kind] = spoilt_file(name, kind, files[kind], chance)
    if chance.random() < 0.02:
        files.pop(chance.choice(list(files)))
    return Input(name, files, chance.randrange(2**32))


def _weighted(files: Mapping[str, bytes]) -> list[str]:
    """The kinds of files, those with rules more often than texts."""
    return [kind for kind in files for _ in range(1 if kind in ("programme", "clauses", "terms", "products") else 4)]


def spoilt_file(name: str, kind: str, content: bytes, chance: Random) -> bytes:
    """One file with slips: of structure mostly, of another release's parts, of text, of bytes."""
    form_of_slip = chance.random()
    if form_of_slip < 0.02:
        return bomb(chance)
    if form_of_slip < 0.14:
        return spoilt_text(content.decode(), chance)
    if form_of_slip < 0.2:
        return spoilt_bytes(content, chance)
    donors = all_parts(name if chance.random() < 0.5 else a_name(chance, slow=False))
    tree = trees(name)[kind] if content == base(name).contents[kind] else None
    if tree is None:
        return content
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        tree = spoil(tree, chance, donors)
    written = block(tree, chance) if chance.random() < 0.3 else flow(tree)
    return written.encode("utf-8", "surrogatepass")


def chain(name: str, chance: Random) -> str:
    """Definitions of which each needs the one before it, or all do, or a long expression."""
    tree = trees(name).get("definitions", Map())
    own = dict(tree).get("definitions", Map()) if isinstance(tree, Map) else Map()
    rest = [pair for pair in tree if pair[0] != "definitions"]
    many = chance.choice((3, 60, 200, 500))
    rule = chance.choice(
        ("d{0} + 1", "d{0} * 2", "d{0} * d{0}", "d{0} / 3", "-d{0}", "min(d{0}, {0})", "d{0} if d{0} > 1 else 0")
    )
    first = chance.choice(("1", "0", long_expression(chance), f"d{many}"))
    rows = []
    for number in range(many + 1):
        value = json.dumps(rule.format(number - 1) if number else first)
        title = Map([("en", Raw(f'"D {number}"')), ("ru", Raw(f'"Д {number}"'))])
        rows.append(
            (f"d{number}", Map([("title", title), ("kind", Raw("number")), ("value", Raw(value)), ("source", [])]))
        )
        if base(name).release.programme.clauses:
            clause = next(iter(base(name).release.programme.clauses))
            rows[-1][1][-1] = ("source", [Raw(json.dumps(clause))])
    return flow(Map([*rest, ("definitions", Map([*own, *rows]))]))


def run_release(case: Input) -> str:
    """Compile the files; what is accepted goes to the surfaces."""
    chance = Random(case.dice)
    files = release_files(Path("fuzz"), case.files)
    programme, problems = compile_release(files)
    check_problems(problems)
    require((programme is None) == has_errors(problems), "neither a programme nor an error")
    if programme is None:
        if chance.random() < 0.02:
            on_disk(case, chance)
        return REFUSED
    release = release_of(programme, problems, files)
    release_surfaces(case, release, chance)
    return TAKEN


def release_surfaces(case: Input, release: Release, chance: Random) -> None:
    """Everything that can be asked of a release that is accepted: the slow questions now and then."""
    programme = release.programme
    langs: Any = tuple(programme.languages)
    makers = Partners(programme, chance)
    for _ in range(2):
        attempt(lambda: show(release, release.evaluate(makers.partner(), as_of=a_day(chance)), chance))
    written, _ = read_bytes(record_text(case.base, chance).encode(), "record.yaml")
    attempt(lambda: show(release, release.evaluate(written, as_of=DAY), chance))
    for lang in langs:
        handbook(release, lang=lang, format=chance.choice(("html", "markdown")))
    dialect: Any = chance.choice(("duckdb", "spark", "postgres", "bigquery", "snowflake", "trino"))
    columns = ("*",) if chance.random() < 0.3 else ()
    attempt(lambda: sql(release, dialect=dialect, left_over=chance.random() < 0.3, columns=columns))
    lang = chance.choice(("en", "ru"))
    form(release, lang=lang)
    schema(release, chance.choice(("record", "row")), lang=lang)
    if programme.order is not None:
        schema(release, "order", lang=lang)
        attempt(lambda: to_json(release.quote(makers.order(), makers.partner(), as_of=DAY)))
    if chance.random() < 0.1:
        changed_release(case, release, lang)
    if chance.random() < 0.06:
        on_disk(case, chance)
    if chance.random() < 0.04:
        questions(release, makers, chance)
    if chance.random() < 0.03:
        a_batch(release, makers)


def attempt(call: Callable[[], Any]) -> None:
    """Call, and check the problems where it is refused."""
    try:
        call()
    except (InvalidInput, WrongCall) as refused:
        check_problems(refused.problems, placed=False)


def changed_release(case: Input, release: Release, lang: str) -> None:
    """The difference from the release before it was spoilt, in both directions."""
    before = base(case.base).release
    for pair in ((before, release), (release, before)):
        try:
            difference = diff(*pair, as_of=DAY, seconds=SECONDS)
        except WrongCall as refused:
            check_problems(refused.problems, placed=False)
            continue
        page_text(difference_page(difference, lang, {}))
        to_json(difference_data("done", difference, DAY, {}))


def on_disk(case: Input, chance: Random) -> None:
    """The release as a folder with scenarios: check, its fixes, its scenarios, its readings."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "1.0.0"
        (folder / "scenarios").mkdir(parents=True)
        for kind, content in case.files.items():
            (folder / f"{kind}.yaml").write_bytes(content)
        for kind, content in base(case.base).scenarios.items():
            (folder / "scenarios" / f"{kind}.yaml").write_bytes(content)
        check_problems(check(folder, as_of=DAY) if chance.random() < 0.1 else review(folder, solver=False))
        mend(folder)
        files = read_files(folder)
        programme, _ = compile_release(files)
        if programme is None:
            return
        try:
            check_problems(run_problems(scenario_run(files, chance.random() < 0.1)))
            readings, problems = other_readings(files)
            check_problems(problems)
            makers = Partners(programme, chance)
            documents = [read_bytes(text(makers.partner()).encode(), "r.yaml")[0]]
            list(reading_effects(load_files(files), readings, documents, None, DAY))
        except Invalid as refused:
            check_problems(refused.problems, placed=False)


def questions(release: Release, makers: Partners, chance: Random) -> None:
    """What the solver answers."""
    values = list(release.programme.values)
    if values:
        attempt(lambda: ranges(release, chance.choice(values), as_of=a_day(chance), seconds=SECONDS))
    attempt(lambda: prove(release, as_of=a_day(chance), seconds=SECONDS))
    attempt(lambda: advise(release, makers.partner(), as_of=a_day(chance), seconds=SECONDS))


def a_batch(release: Release, makers: Partners) -> None:
    """A small portfolio, in a database."""
    with TemporaryDirectory() as name:
        path = Path(name) / "p.jsonl"
        rows = [makers.partner(f"P-{number}") for number in range(4)]
        lists = release.programme.lists
        lines = [
            text({"partner": row["partner"], **{id: fact for id, fact in row["facts"].items() if id not in lists},
                  **{key: row[key] for key in ("tier", "since") if key in row}})
            for row in rows
        ]  # fmt: skip
        path.write_text("\n".join(lines) + "\n", "utf-8")
        try:
            result = batch(release, path, Path(name) / "o.csv", as_of=DAY, columns=("*",), summary=True)
            require(result.rows == result.decided + result.rejected, "rows are lost")
        except (InvalidInput, WrongCall) as refused:
            check_problems(refused.problems, placed=False)


def make_scenario(chance: Random) -> Input:
    """A file of scenarios."""
    name = a_name(chance, slow=False)
    kind, content = chance.choice(list(base(name).scenarios.items()))
    return Input(name, {kind: spoilt(content.decode(), chance, name)}, chance.randrange(2**32))


def run_scenario(case: Input) -> str:
    """Run the scenarios of a release that is whole."""
    chance = Random(case.dice)
    with TemporaryDirectory() as name:
        folder = _release_folder(case.base, Path(name))
        (folder / "scenarios").mkdir()
        for kind, content in case.files.items():
            (folder / "scenarios" / f"{kind}.yaml").write_bytes(content)
        try:
            run = scenario_run(read_files(folder), chance.random() < 0.02)
            check_problems(run_problems(run))
            if chance.random() < 0.1:
                check_problems(check(folder, as_of=DAY))
        except Invalid as refused:
            return check_problems(refused.problems, placed=False)
    return TAKEN


def _release_folder(name: str, folder: Path) -> Path:
    release = folder / "1.0.0"
    release.mkdir()
    for kind, content in base(name).contents.items():
        (release / f"{kind}.yaml").write_bytes(content)
    return release


def make_seal(chance: Random) -> Input:
    """A seal with slips, beside a release that may have changed since."""
    name = a_name(chance, slow=False)
    release = base(name).release
    seal = spoilt(seal_text("1.0.0", release.files.documents, date(2026, 1, 1)), chance, name)
    files = {"seal": seal}
    if chance.random() < 0.4:
        kind = chance.choice(list(base(name).contents))
        files[kind] = spoilt_file(name, kind, base(name).contents[kind], chance)
    return Input(name, files, chance.randrange(2**32))


def run_seal(case: Input) -> str:
    """Load and check the sealed release."""
    chance = Random(case.dice)
    with TemporaryDirectory() as name:
        folder = _release_folder(case.base, Path(name))
        for kind, content in case.files.items():
            (folder / ("seal.json" if kind == "seal" else f"{kind}.yaml")).write_bytes(content)
        try:
            load_files(read_files(folder))
        except InvalidProgramme as refused:
            check_problems(refused.problems)
            if chance.random() < 0.05:
                check_problems(check(Path(name), as_of=DAY))
            return REFUSED
        check_problems(check(Path(name), as_of=DAY)) if chance.random() < 0.05 else ()
    return TAKEN
