"""Commands that publish the programme: `handbook`."""

from typing import Annotated

import typer
from charter import api

from .console import load_release, reporting_refusals, write
from .options import DateOption, HandbookFormat, LangOption, OutputOption, ProgramOption, ReleaseOption
from .outputs import check_output


def handbook(
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    lang: LangOption = "en",
    format: Annotated[HandbookFormat, typer.Option("--format", help="What to write.")] = "html",
    output: OutputOption = None,
) -> None:
    """Write the programme as a document, from its data alone."""
    with reporting_refusals(format, output):
        check_output(output, (), program)
        loaded = load_release(program, release, as_of)
        write(api.handbook(loaded, lang=lang, format=format), output)
