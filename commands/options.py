"""Options, formats and parsers of option values that commands share."""

import os
import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

import typer
from charter.api import Language
from charter.engine.limits import MAX_SECONDS
from charter.engine.problems import Level

EvaluateFormat = Literal["text", "json", "jsonl", "markdown", "html"]
CheckFormat = Literal["text", "json", "github", "sarif", "junit"]  #: of `check` and `test`
PageFormat = Literal["text", "json", "markdown", "html"]  #: of every command that writes one page
VerifyFormat = Literal["text", "json"]
HandbookFormat = Literal["html", "markdown"]
SchemaOf = Literal["record", "row", "order"]  #: what `schema` describes
Dialect = Literal["duckdb", "spark", "postgres", "bigquery", "snowflake", "trino"]  #: of `sql`
Engine = Literal["duckdb", "spark"]  #: what runs the query of `batch`


class FailOn(StrEnum):
    """Answers that can make `evaluate` end with exit code 1; an enum, as Typer takes no list of literals."""

    not_qualified = "not_qualified"
    undetermined = "undetermined"


def read_day(text: str) -> date:
    """Parse a day such as 2026-01-31. Raises BadParameter."""
    problem = typer.BadParameter(f"'{text}' is not a day; write it as 2026-01-31")
    if len(text) != len("2026-01-31"):
        raise problem
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise problem from None


def read_percent(text: str) -> Decimal:
    """Parse a percentage from 0 to 100 such as 7.5. Raises BadParameter."""
    if not re.fullmatch(r"\d{1,3}(\.\d{1,6})?", text) or Decimal(text) > 100:
        raise typer.BadParameter(f"'{text}' is not a percentage from 0 to 100; write it as 7.5")
    return Decimal(text)


def read_seconds(value: str | float) -> float:
    """Parse a time in seconds such as 0.5; a default comes as a number. Raises BadParameter."""
    text = str(value)
    if not re.fullmatch(r"\d{1,4}(\.\d{1,6})?", text) or not 0.01 <= float(text) <= MAX_SECONDS:
        raise typer.BadParameter(f"'{text}' is not a time from 0.01 to {MAX_SECONDS} seconds; write it as 0.5")
    return float(text)


def check_format(requested: CheckFormat | None) -> CheckFormat:
    """The requested format; for None `github` in GitHub Actions and `text` elsewhere."""
    return requested or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")


ProgramOption = Annotated[
    str | None,
    typer.Option("--program", metavar="DIR", envvar="CHARTER_PROGRAM", help="The folder of releases, or of one."),
]
ReleaseOption = Annotated[str | None, typer.Option("--release", metavar="ID", help="This release, in force or not.")]
DateOption = Annotated[
    date | None,
    typer.Option(
        "--as-of", metavar="DATE", parser=read_day, help="The day that counts: 2026-01-31. Today, if left out."
    ),
]
LangOption = Annotated[Language, typer.Option("--lang", envvar="CHARTER_LANG", help="The language of the report.")]
PageFormatOption = Annotated[PageFormat, typer.Option("--format", help="What to write.")]
CheckFormatOption = Annotated[
    CheckFormat | None, typer.Option("--format", help="What to write: text, or github in GitHub Actions, if left out.")
]
LevelOption = Annotated[Level, typer.Option("--fail-on", help="End with 1 on a problem that is at least as bad.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="As if the programme said this: tiers.gold.discount=22."),
]
WatchOption = Annotated[bool, typer.Option("--watch", help="Run again whenever a file is saved.")]
OutputOption = Annotated[str | None, typer.Option("-o", "--output", metavar="FILE", help="Write here, not to stdout.")]
