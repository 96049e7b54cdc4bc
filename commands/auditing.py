"""Commands about saved outcomes: `verify`."""

import sys
from typing import Annotated

import typer

from .console import (
    DONE,
    FINDINGS,
    INVALID_INPUT,
    json_text,
    program_folder,
    read_content,
    reporting_refusals,
    style,
    write,
    write_problems,
)
from .options import LangOption, OutputOption, ProgramOption, VerifyFormat


def verify(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Outcomes saved with --format json or jsonl; - is stdin."),
    ],
    program: ProgramOption = None,
    lang: LangOption = "en",
    format: Annotated[VerifyFormat, typer.Option("--format", help="What to write.")] = "text",
    output: OutputOption = None,
) -> None:
    """Evaluate saved outcomes again: equal, or where they differ and why."""
    from charter.engine.limits import MAX_SAVED_BYTES
    from charter.engine.release.archive import read_archive
    from charter.engine.report.verify import verdicts_data, verdicts_text
    from charter.engine.verify.certificate import read_saved
    from charter.engine.verify.verify import verify as verify_outcome

    with reporting_refusals(format, output):
        saved = [outcome for path in files for outcome in read_saved(*read_content(path, MAX_SAVED_BYTES))]
        write_problems(problem for outcome in saved for problem in outcome.problems)
        archive = read_archive(program_folder(program), {outcome.data["digest"] for outcome in saved if outcome.data})
        verdicts = [(outcome, verify_outcome(outcome.data, archive) if outcome.data else None) for outcome in saved]
        if any(verdict is None for _, verdict in verdicts):
            code, result = INVALID_INPUT, "invalid_input"
        elif any(verdict and verdict.status != "equal" for _, verdict in verdicts):
            code, result = FINDINGS, "findings"
        else:
            code, result = DONE, "done"
        if format == "json":
            write(json_text(verdicts_data(result, verdicts)), output)
        else:
            write(verdicts_text(verdicts, lang, style(sys.stdout, output)), output)
    raise typer.Exit(code)
