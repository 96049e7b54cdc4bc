"""The command `migrate`: old records and portfolios, rewritten for the release in force."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from charter.engine.extras import Extra, importing
from charter.engine.problems import wrong_call
from charter.engine.release.load import Release
from charter.engine.source.document import shown
from charter.engine.texts.visible import visible

from .console import (
    DONE,
    FINDINGS,
    load_release,
    read_document,
    removing_temporary_files,
    reporting_refusals,
    write,
    write_message,
    write_problems,
)
from .options import DateOption, OutputOption, ProgramOption, ReleaseOption
from .outputs import check_output


def migrate(
    records: Annotated[
        list[str], typer.Argument(metavar="RECORD", help="Partners' records (YAML or JSON); with -o, a portfolio.")
    ],
    diff: Annotated[bool, typer.Option("--diff", help="Show what would change, as a patch.")] = False,
    written_for: Annotated[
        str | None, typer.Option("--written-for", metavar="RELEASE", help="The earlier release that a portfolio is of.")
    ] = None,
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    output: OutputOption = None,
) -> None:
    """Rewrite records of earlier releases for the release in force, comments kept; all of them or none."""
    with reporting_refusals("text", None), removing_temporary_files():
        if "-" in records:
            raise wrong_call("a record is rewritten in its file, and stdin is none", "name the file")
        if output is None and written_for is not None:
            raise wrong_call("--written-for is about a portfolio", "name the new file with -o; a record says it itself")
        if output is None:
            _rewrite(records, load_release(program, release, as_of), diff=diff)
            return
        if len(records) > 1 or diff:
            raise wrong_call("-o is for one portfolio", "rewrite records in place: leave it out")
        check_output(output, records, program)
        with importing(Extra.BATCH, "a portfolio"):
            from charter.engine.portfolio.duckdb.migrate_table import migrate_table

        loaded = load_release(program, release, as_of)
        rows, problems = migrate_table(loaded, Path(records[0]), Path(output), written_for)
        write_problems(problems)
        number = "1 row" if rows == 1 else f"{rows} rows"
        write_message(f"{visible(output)}: {number} of a portfolio of {visible(loaded.programme.release)}\n")


def _rewrite(records: list[str], release: Release, *, diff: bool) -> None:
    """Rewrite records in place; with `diff` only write the patch, and exit."""
    from charter.engine.release.migrate_records import migrated_records
    from charter.engine.source.edit import patch, write_mended
    from charter.engine.source.whole_files import remove_left

    migrated = migrated_records([read_document(path) for path in dict.fromkeys(records)], release)
    write_problems(migrated.problems)
    if diff:
        write(patch(migrated.mended), None, as_is=not sys.stdout.isatty())
        raise typer.Exit(FINDINGS if migrated.mended else DONE)
    for folder in {Path(path).parent for path in records}:
        remove_left(folder)
    write_mended(migrated.mended)
    for file in migrated.mended:
        write_message(f"{visible(shown(file.path))}: a record of {visible(release.programme.release)} now\n")
