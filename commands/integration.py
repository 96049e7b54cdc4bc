"""Commands for whoever gathers and sends the facts: `form`, `schema`."""

from datetime import date
from typing import Annotated

import typer
from charter import api
from charter.engine.release.load import load

from .console import answering, json_text, program_folder, write
from .options import DateOption, Lang, LangOption, OutputOption, ProgramOption, ReleaseOption, SchemaOf


def form(
    tiers: Annotated[
        list[str] | None,
        typer.Option("--tier", metavar="ID", help="Only what matters for this tier, by its id or code."),
    ] = None,
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    lang: LangOption = Lang.en,
    output: OutputOption = None,
) -> None:
    """Write an empty record of a partner, to be filled in, with what each fact is."""
    with answering("text", output):
        loaded = load(program_folder(program), release=release, as_of=as_of or date.today())
        write(api.form(loaded, lang=lang.value, tiers=tiers or ()), output)


def schema(
    of: Annotated[SchemaOf, typer.Argument(metavar="[record|row|order]", help="Of what.")] = SchemaOf.record,
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    lang: LangOption = Lang.en,
    output: OutputOption = None,
) -> None:
    """Write the JSON Schema of what a release takes in: a partner's record, a flat row, or an order."""
    with answering("text", output):
        loaded = load(program_folder(program), release=release, as_of=as_of or date.today())
        write(json_text(api.schema(loaded, of.value, lang=lang.value)), output)
