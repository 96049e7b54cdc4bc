"""Commands about decisions that were made: `verify`."""

import sys
from typing import Annotated

import typer

from .console import (
    DONE,
    FINDINGS,
    INVALID_INPUT,
    answering,
    json_text,
    program_folder,
    read_content,
    style,
    tell,
    write,
)
from .options import Lang, LangOption, OutputOption, ProgramOption, VerifyFormat


def verify(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Outcomes saved with --format json or jsonl; - is stdin."),
    ],
    program: ProgramOption = None,
    lang: LangOption = Lang.en,
    format: Annotated[VerifyFormat, typer.Option("--format", help="What to write.")] = VerifyFormat.text,
    output: OutputOption = None,
) -> None:
    """Evaluate saved outcomes again: equal, or where they differ and why."""
    from charter.engine.limits import MAX_SAVED_BYTES
    from charter.engine.release.archive import read_archive
    from charter.engine.report.verify import verdicts_data, verdicts_text
    from charter.engine.verify.certificate import read_saved
    from charter.engine.verify.verify import verify as verify_one

    with answering(format, output):
        saved = [one for path in files for one in read_saved(*read_content(path, MAX_SAVED_BYTES))]
        tell(problem for one in saved for problem in one.problems)
        archive = read_archive(program_folder(program), {one.data["digest"] for one in saved if one.data})
        told = [(one, verify_one(one.data, archive) if one.data else None) for one in saved]
        if any(verdict is None for _, verdict in told):
            code, result = INVALID_INPUT, "invalid_input"
        elif any(verdict and verdict.status != "equal" for _, verdict in told):
            code, result = FINDINGS, "findings"
        else:
            code, result = DONE, "done"
        if format is VerifyFormat.json:
            write(json_text(verdicts_data(result, told)), output)
        else:
            write(verdicts_text(told, lang.value, style(sys.stdout, output)), output)
    raise typer.Exit(code)
