"""Commands about all partners, and about what one could be: `prove`, `advise`."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from charter import api
from charter.engine.extras import Extra, how_to_install, is_installed
from charter.engine.problems import Level, wrong_call
from charter.engine.release.load import Release

from .console import (
    DONE,
    FINDINGS,
    answering,
    json_text,
    load_release,
    pages_text,
    read_document,
    refused_by_system,
    write,
)
from .options import (
    DateOption,
    Lang,
    LangOption,
    LevelOption,
    OutputOption,
    PageFormat,
    ProgramOption,
    ReleaseOption,
    SetOption,
    read_percent,
    read_seconds,
)

if TYPE_CHECKING:
    from charter.engine.proof.example import Example

SecondsOption = Annotated[
    float,
    typer.Option("--seconds", metavar="N", parser=read_seconds, help="The time for each question to the solver: 5."),
]


def prove(
    claims: Annotated[list[str] | None, typer.Argument(metavar="[CLAIM]", help="Only these claims.")] = None,
    range_of: Annotated[
        str | None, typer.Option("--range", metavar="VALUE", help="Instead, from where to where a value goes.")
    ] = None,
    examples: Annotated[
        Path | None, typer.Option("--examples", metavar="DIR", help="Write the partners found as records here.")
    ] = None,
    seconds: SecondsOption = 5.0,
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    settings: SetOption = None,
    lang: LangOption = Lang.en,
    format: Annotated[PageFormat, typer.Option("--format", help="What to write.")] = PageFormat.text,
    fail_on: LevelOption = Level.ERROR,
    output: OutputOption = None,
) -> None:
    """Prove what a release claims of all partners, or show a partner that breaks it."""
    day = as_of or date.today()
    with answering(format, output):
        need_solver("a proof")
        if claims and range_of is not None:
            raise wrong_call("a claim is proved, or a range is told", "leave out --range, or the claims")
        loaded, asked = load_release(program, release, day, settings or ()), (day, seconds)
        if range_of is None:
            code, text = _claims(
                loaded, *asked, claims or (), examples, settings or (), lang.value, format, fail_on, output
            )
        else:
            code, text = DONE, _range(loaded, *asked, range_of, examples, settings or (), lang.value, format, output)
        write(text, output)
    raise typer.Exit(code)


def _claims(
    release: Release,
    day: date,
    seconds: float,
    named: Sequence[str],
    examples: Path | None,
    settings: Sequence[str],
    lang: str,
    format: PageFormat,
    fail_on: Level,
    output: str | None,
) -> tuple[int, str]:
    """The exit code and the report."""
    from charter.engine.proof.claims_by_bounds import claim_problem
    from charter.engine.report.proof import claims_data, claims_page
    from charter.engine.review.findings import fails

    programme = release.programme
    verdicts = api.prove(release, claims=named, as_of=day, seconds=seconds)
    if examples is not None:
        _write_examples(examples, {one.claim.id: one.partners for one in verdicts}, settings)
    problems = [problem for one in verdicts if (problem := claim_problem(one, solver=True))]
    bad = fails(problems, fail_on)
    if format is PageFormat.json:
        text = json_text(claims_data("findings" if bad else "done", programme, verdicts, day))
    else:
        text = pages_text([claims_page(programme, verdicts, day, lang)], format, lang, output)
    return FINDINGS if bad else DONE, text


def _range(
    release: Release,
    day: date,
    seconds: float,
    named: str,
    examples: Path | None,
    settings: Sequence[str],
    lang: str,
    format: PageFormat,
    output: str | None,
) -> str:
    from charter.engine.report.proof import ranges_data, ranges_page

    programme = release.programme
    found = api.ranges(release, named, as_of=day, seconds=seconds)
    if examples is not None:
        ends = {f"{one.tier or 'all'}-{key}": end for one in found for key, end in one.ends().items()}
        _write_examples(examples, {f"{named}-{key}": end.found.examples for key, end in ends.items() if end}, settings)
    if format is PageFormat.json:
        return json_text(ranges_data(programme, found, day))
    return pages_text([ranges_page(programme, named, found, day, lang)], format, lang, output)


def _write_examples(folder: Path, partners: Mapping[str, Sequence["Example"]], settings: Sequence[str]) -> None:
    """A record file for each partner, by the name of what it shows; several are numbered."""
    from charter.engine.report.proof import record_text

    with refused_by_system(f"'{folder}' cannot be written to"):
        folder.mkdir(parents=True, exist_ok=True)
        for name, found in partners.items():
            for number, one in enumerate(found, 1):
                path = folder / (f"{name}.yaml" if len(found) == 1 else f"{name}-{number}.yaml")
                path.write_text(record_text(one, str(path), settings), "utf-8")


def need_solver(what: str) -> None:
    """That what was asked for can be answered here; raises WrongCall where the solver is not installed."""
    if not is_installed(Extra.PROVE):
        raise wrong_call(f"{what} needs z3, which is not installed", how_to_install(Extra.PROVE))


def advise(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="The partner's record (YAML or JSON); - is stdin.")],
    tier: Annotated[str | None, typer.Option("--tier", metavar="TIER", help="The tier to come to.")] = None,
    discount: Annotated[
        Decimal | None,
        typer.Option("--discount", metavar="PERCENT", parser=read_percent, help="The discount to come to."),
    ] = None,
    order: Annotated[
        str | None, typer.Option("--order", metavar="ORDER", help="An order, to tell next steps in money too.")
    ] = None,
    seconds: SecondsOption = 5.0,
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    settings: SetOption = None,
    lang: LangOption = Lang.en,
    format: Annotated[PageFormat, typer.Option("--format", help="What to write.")] = PageFormat.text,
    output: OutputOption = None,
) -> None:
    """Say what it takes to lift a partner to a tier or a discount, and what missing facts decide."""
    day = as_of or date.today()
    with answering(format, output):
        need_solver("a proof")
        from charter.engine.report.advice import outlook_data, outlook_page

        loaded = load_release(program, release, day, settings or ())
        lines = loaded.order(read_document(order)) if order else None
        partner = loaded.record(read_document(record))
        found = api.advise(loaded, partner, tier=tier, discount=discount, order=lines, as_of=day, seconds=seconds)
        if format is PageFormat.json:
            text = json_text(outlook_data(loaded.programme, found))
        else:
            text = pages_text([outlook_page(loaded.programme, found, lang.value)], format, lang.value, output)
        write(text, output)
