"""Commands that publish the programme: `handbook`."""

from datetime import date
from typing import Annotated

import typer
from charter import api
from charter.engine.release.load import load

from .console import answering, program_folder, write
from .options import DateOption, HandbookFormat, Lang, LangOption, OutputOption, ProgramOption, ReleaseOption


def handbook(
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    lang: LangOption = Lang.en,
    format: Annotated[HandbookFormat, typer.Option("--format", help="What to write.")] = HandbookFormat.html,
    output: OutputOption = None,
) -> None:
    """Write the programme as a document, from its data alone."""
    with answering(format, output):
        loaded = load(program_folder(program), release=release, as_of=as_of or date.today())
        write(api.handbook(loaded, lang=lang.value, format=format.value), output)
