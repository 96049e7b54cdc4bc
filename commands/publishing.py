"""Commands that publish the programme: `handbook`."""

from datetime import date
from typing import Annotated

import typer
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
    from charter.engine.report.handbook import handbook as book_of

    with answering(format, output):
        loaded = load(program_folder(program), release=release, as_of=as_of or date.today())
        book = book_of(loaded.programme, lang.value)
        if format is HandbookFormat.html:
            from charter.engine.report.html import handbook_html

            text = handbook_html(book)
        else:
            from charter.engine.report.markdown import handbook_markdown

            text = handbook_markdown(book)
        write(text, output)
