"""The command `migrate`: old records, rewritten for the release in force."""

import sys
from typing import Annotated

import typer
from charter.engine.problems import wrong_call
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
from .options import DateOption, ProgramOption, ReleaseOption


def migrate(
    records: Annotated[list[str], typer.Argument(metavar="RECORD", help="Partners' records (YAML or JSON).")],
    diff: Annotated[bool, typer.Option("--diff", help="Show what would change, as a patch.")] = False,
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
) -> None:
    """Rewrite records of earlier releases for the release in force, comments kept; all of them or none."""
    from charter.engine.release.migrate_records import migrated_records
    from charter.engine.source.edit import patch, write_mended

    with reporting_refusals("text", None), removing_temporary_files():
        if "-" in records:
            raise wrong_call("a record is rewritten in its file, and stdin is none", "name the file")
        loaded = load_release(program, release, as_of)
        migrated = migrated_records([read_document(path) for path in dict.fromkeys(records)], loaded)
        write_problems(migrated.problems)
        if diff:
            write(patch(migrated.mended), None, as_is=not sys.stdout.isatty())
            raise typer.Exit(FINDINGS if migrated.mended else DONE)
        write_mended(migrated.mended)
        for file in migrated.mended:
            write_message(f"{visible(shown(file.path))}: a record of {visible(loaded.programme.release)} now\n")
