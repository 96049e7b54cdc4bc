"""Commands for those who collect and send partners' facts: `form`, `schema`."""

from typing import Annotated

import typer
from charter import api

from .console import json_text, load_release, reporting_refusals, write
from .options import DateOption, LangOption, OutputOption, ProgramOption, ReleaseOption, SchemaOf
from .outputs import check_output


def form(
    tiers: Annotated[
        list[str] | None,
        typer.Option("--tier", metavar="ID", help="Only what matters for this tier, by its id or code."),
    ] = None,
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    lang: LangOption = "en",
    output: OutputOption = None,
) -> None:
    """Write an empty record of a partner, to be filled in, with what each fact is."""
    with reporting_refusals("text", output):
        check_output(output, (), program)
        loaded = load_release(program, release, as_of)
        write(api.form(loaded, lang=lang, tiers=tiers or ()), output)


def schema(
    of: Annotated[SchemaOf, typer.Argument(metavar="[record|row|order]", help="Of what.")] = "record",
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    lang: LangOption = "en",
    output: OutputOption = None,
) -> None:
    """Write the JSON Schema of what a release takes in: a partner's record, a flat row, or an order."""
    with reporting_refusals("text", output):
        check_output(output, (), program)
        loaded = load_release(program, release, as_of)
        write(json_text(api.schema(loaded, of, lang=lang)), output)
