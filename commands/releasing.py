"""Commands that make a release: `new` and `seal`; and `explain`, for the problems that they and `check` report."""

import sys
from datetime import date
from typing import Annotated

import typer
from charter.engine.source.document import shown
from charter.engine.texts.visible import visible

from .console import (
    FINDINGS,
    program_folder,
    reporting_refusals,
    style,
    write,
    write_message,
    write_problems,
)
from .options import DateOption, LangOption, OutputOption, ProgramOption, read_day
from .outputs import check_output

ReleaseArgument = Annotated[str, typer.Argument(metavar="RELEASE", help="The number of the release: 1.2.0.")]


def new(
    release: ReleaseArgument,
    copied_from: Annotated[
        str | None, typer.Option("--from", metavar="RELEASE", help="Copy this release; the last, if left out.")
    ] = None,
    effective: Annotated[
        date | None,
        typer.Option("--effective", metavar="DATE", parser=read_day, help="The first day; the soonest, if left out."),
    ] = None,
    program: ProgramOption = None,
    as_of: DateOption = None,
) -> None:
    """Begin a release as a copy of another, comments and order kept."""
    from charter.engine.review.publish import begin

    with reporting_refusals("text", None):
        begun = begin(program_folder(program), release, copied_from, effective, as_of or date.today())
        copied, folder = visible(begun.copied_from.id), visible(shown(begun.folder))
        write(f"{folder}: a copy of {copied}, to apply from {begun.effective_from}\n", None)


def seal(
    release: ReleaseArgument,
    program: ProgramOption = None,
    as_of: DateOption = None,
) -> None:
    """Publish a release: check and test it, and record what it says; from then on no change goes unnoticed."""
    from charter.engine.problems import InvalidProgramme
    from charter.engine.review.publish import seal as seal_release

    with reporting_refusals("text", None):
        try:
            sealed = seal_release(program_folder(program), release, as_of or date.today())
        except InvalidProgramme as refused:
            write_problems(refused.problems)
            write_message(f"{visible(release)}: not sealed\n")
            raise typer.Exit(FINDINGS) from None
        write_problems(problem for problem in sealed.problems if problem.level != "note")
        write(f"{visible(shown(sealed.folder))}: sealed, applies from {sealed.effective_from}\n{sealed.digest}\n", None)


def explain(
    code: Annotated[str | None, typer.Argument(metavar="[CODE]", help="The code of a problem: unknown-name.")] = None,
    lang: LangOption = "en",
    output: OutputOption = None,
) -> None:
    """Say what the code of a problem means, with a wrong and a right example; without a code, list them all."""
    from charter.engine.catalogue.catalogue import catalogue, entry
    from charter.engine.report.catalogue import entries_text, entry_text

    with reporting_refusals("text", output):
        check_output(output, ())
        text = entry_text(entry(code), lang, style(sys.stdout, output)) if code else None
        write(text or entries_text(catalogue().values(), lang), output)
