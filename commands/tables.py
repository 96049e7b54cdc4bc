"""Commands that carry a table to others and back: `table export`, `table import`."""

import sys
from typing import Annotated, Literal

import typer
from charter import api
from charter.engine.problems import has_errors, wrong_call

from .console import (
    DONE,
    FINDINGS,
    load_release,
    read_content,
    removing_temporary_files,
    reporting_refusals,
    write,
    write_message,
    write_problems,
)
from .options import DateOption, LangOption, OutputOption, ProgramOption, ReleaseOption
from .outputs import check_output

table = typer.Typer(help="Write a table for others, or read one: as CSV or DMN.", no_args_is_help=True)


@table.command("export")
def export_table(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A definition, LIST.VALUE, a table of columns, or requirements.")
    ],
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    lang: LangOption = "en",
    format: Annotated[Literal["csv", "dmn"], typer.Option("--format", help="What to write.")] = "csv",
    output: OutputOption = None,
) -> None:
    """Write a table of the programme as CSV or DMN, and say what cannot be carried over."""
    with reporting_refusals("text", output):
        check_output(output, (), program)
        exported = api.export_table(load_release(program, release, as_of), name, format=format, lang=lang)
        write_problems(exported.problems, whole=True)
        if exported.text:
            write(exported.text, output, as_is=not sys.stdout.isatty())
    raise typer.Exit(FINDINGS if has_errors(exported.problems) else DONE)


@table.command("import")
def import_table(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A table in CSV or DMN; - is stdin.")],
    into: Annotated[
        str | None, typer.Option("--into", metavar="NAME", help="Write it into the programme, in place of this table.")
    ] = None,
    names: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="THEIRS=OURS", help="What a name of theirs is in the programme."),
    ] = None,
    decision: Annotated[
        str | None, typer.Option("--decision", metavar="NAME", help="The decision meant, where DMN has several.")
    ] = None,
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    output: OutputOption = None,
) -> None:
    """Write a table of CSV or DMN as YAML, and say what cannot be carried over."""
    from charter.engine.source.edit import write_mended
    from charter.engine.source.whole_files import remove_left
    from charter.engine.tables.import_table import import_table as imported

    with reporting_refusals("text", output):
        check_output(output, [file], program)
        loaded = load_release(program, release, as_of)
        content, shown = read_content(file)
        pairs = dict(map(_pair, names or ()))
        read, mended = imported(loaded, content, shown, into=into, decision=decision, names=pairs)
        write_problems(read.problems, whole=True)
        if into is not None:
            with removing_temporary_files():
                remove_left(loaded.files.folder)
                write_mended(mended)
        if read.text:
            write(read.text, output)
    for changed in mended:
        write_message(f"{changed.path.name}: changed\n")
    raise typer.Exit(FINDINGS if has_errors(read.problems) else DONE)


def _pair(text: str) -> tuple[str, str]:
    """A name of others and ours. Raises WrongCall."""
    theirs, equals, ours = text.rpartition("=")
    if not equals or not theirs.strip() or not ours.strip():
        raise wrong_call(f"'{text}' names nothing", "write their name and ours: --name 'Annual revenue=revenue'")
    return " ".join(theirs.split()), ours.strip()
