"""Commands that need the solver: `prove` about all partners, `advise` about the next steps of one."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from charter import api
from charter.engine.extras import Extra, how_to_install, is_installed
from charter.engine.problems import Level, wrong_call
from charter.engine.source.whole_files import refusing, write_whole

from .console import (
    DONE,
    FINDINGS,
    load_release,
    read_document,
    reporting_refusals,
    write_problems,
    write_report,
)
from .options import (
    DateOption,
    LangOption,
    LevelOption,
    OutputOption,
    PageFormatOption,
    ProgramOption,
    ReleaseOption,
    SetOption,
    read_percent,
    read_seconds,
)
from .outputs import check_output, check_outputs

if TYPE_CHECKING:
    from charter.engine.programme.model import Programme
    from charter.engine.proof.claims_by_bounds import ClaimVerdict
    from charter.engine.proof.example import Example
    from charter.engine.proof.ranges import ValueRange

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
    lang: LangOption = "en",
    format: PageFormatOption = "text",
    fail_on: LevelOption = Level.ERROR,
    output: OutputOption = None,
) -> None:
    """Prove what a release claims of all partners, or show a partner that breaks it."""
    day = as_of or date.today()
    with reporting_refusals(format, output):
        need_solver("a proof")
        from charter.engine.report.proof import claims_data, claims_page, ranges_data, ranges_page

        if claims and range_of is not None:
            raise wrong_call("a claim is proved, or a range is told", "leave out --range, or the claims")
        check_output(output, (), program)
        loaded = load_release(program, release, day, settings)
        if range_of is None:
            verdicts = api.prove(loaded, claims=claims or (), as_of=day, seconds=seconds)
            partners = {verdict.claim.id: verdict.partners for verdict in verdicts}
            fails = _fails(verdicts, loaded.programme, fail_on)
            data = partial(claims_data, "findings" if fails else "done", loaded.programme, verdicts, day)
            page = partial(claims_page, loaded.programme, verdicts, day, lang)
        else:
            limits, fails = api.ranges(loaded, range_of, as_of=day, seconds=seconds), False
            partners = _partners_at_the_ends(range_of, limits)
            data = partial(ranges_data, loaded.programme, limits, day)
            page = partial(ranges_page, loaded.programme, range_of, limits, day, lang)
        if examples is not None:
            _write_examples(examples, partners, settings or (), program)
        write_report(format, data, page, lang, output)
    raise typer.Exit(FINDINGS if fails else DONE)


def _fails(verdicts: Sequence["ClaimVerdict"], programme: "Programme", fail_on: Level) -> bool:
    """Whether a verdict is a problem of this level or worse."""
    from charter.engine.proof.claims_by_bounds import claim_problem
    from charter.engine.review.findings import fails

    problems = (claim_problem(verdict, programme, solver=True) for verdict in verdicts)
    return fails(filter(None, problems), fail_on)


def _partners_at_the_ends(value: str, ranges: Sequence["ValueRange"]) -> dict[str, tuple["Example", ...]]:
    """The partners at, or next to, the two ends of each range of a value, by the name of their file."""
    return {
        f"{value}-{limits.tier or 'all'}-{key}": end.examples for limits in ranges for key, end in limits.ends().items()
    }


def _write_examples(
    folder: Path, partners: Mapping[str, Sequence["Example"]], settings: Sequence[str], program: str | None
) -> None:
    """Write a record file for each partner, named after what the partner shows; several are numbered."""
    from charter.engine.report.proof import record_text

    with refusing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    files = {
        folder / (f"{name}.yaml" if len(examples) == 1 else f"{name}-{number}.yaml"): example
        for name, examples in partners.items()
        for number, example in enumerate(examples, 1)
    }
    check_outputs(files, (), program)
    for path, example in files.items():
        write_whole(path, record_text(example, str(path), settings).encode())


def need_solver(what: str) -> None:
    """Raise WrongCall where the solver is not installed; `what` names what needs it."""
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
    lang: LangOption = "en",
    format: PageFormatOption = "text",
    output: OutputOption = None,
) -> None:
    """Say what it takes to lift a partner to a tier or a discount, and what missing facts decide."""
    day = as_of or date.today()
    with reporting_refusals(format, output):
        need_solver("a proof")
        from charter.engine.report.advice import outlook_data, outlook_page

        check_output(output, (record, order), program)
        loaded = load_release(program, release, day, settings)
        lines = loaded.order(read_document(order)) if order else None
        partner = loaded.record(read_document(record))
        write_problems(partner.remarks)
        outlook = api.advise(loaded, partner, tier=tier, discount=discount, order=lines, as_of=day, seconds=seconds)
        page = partial(outlook_page, loaded.programme, outlook, lang)
        write_report(format, lambda: outlook_data(loaded.programme, outlook), page, lang, output)
