"""Commands about saved outcomes: `verify`."""

import sys
from functools import partial
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
from .outputs import check_output


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
    from charter.engine.verify.certificate import digests_in, read_saved
    from charter.engine.verify.verify import is_same_again, verify_saved

    with reporting_refusals(format, output):
        check_output(output, files, program)
        contents = [read_content(path, MAX_SAVED_BYTES) for path in files]
        wanted = set[str]().union(*(digests_in(content) for content, _ in contents))
        archive = read_archive(program_folder(program), wanted)
        same_again = partial(is_same_again, archive=archive)
        saved = [outcome for content, name in contents for outcome in read_saved(content, name, same_again=same_again)]
        write_problems(problem for outcome in saved for problem in outcome.problems)
        verdicts = [(outcome, verify_saved(outcome, archive)) for outcome in saved]
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
