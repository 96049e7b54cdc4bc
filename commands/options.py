"""The options and formats that commands share: each means the same everywhere."""

import os
import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import typer
from charter.engine.limits import MAX_SECONDS
from charter.engine.problems import Level


class Lang(StrEnum):
    """The language of a report."""

    en = "en"
    ru = "ru"


class EvaluateFormat(StrEnum):
    """What `evaluate` writes."""

    text = "text"
    json = "json"
    jsonl = "jsonl"
    markdown = "markdown"
    html = "html"


class CheckFormat(StrEnum):
    """What `check` and `test` write."""

    text = "text"
    json = "json"
    github = "github"
    sarif = "sarif"
    junit = "junit"


class PageFormat(StrEnum):
    """What `quote`, `timeline` and `readings` write."""

    text = "text"
    json = "json"
    markdown = "markdown"
    html = "html"


class VerifyFormat(StrEnum):
    """What `verify` writes."""

    text = "text"
    json = "json"


class HandbookFormat(StrEnum):
    """What `handbook` writes."""

    html = "html"
    markdown = "markdown"


class SchemaOf(StrEnum):
    """What `schema` describes."""

    record = "record"
    row = "row"
    order = "order"


class Dialect(StrEnum):
    """The databases that `sql` writes for."""

    duckdb = "duckdb"
    spark = "spark"
    postgres = "postgres"
    bigquery = "bigquery"
    snowflake = "snowflake"
    trino = "trino"


class Engine(StrEnum):
    """What runs the query of `batch`."""

    duckdb = "duckdb"
    spark = "spark"


class FailOn(StrEnum):
    """Answers that can make `evaluate` end with exit code 1."""

    not_qualified = "not_qualified"
    undetermined = "undetermined"


def read_day(text: str) -> date:
    """A day as an option gives it; raises BadParameter."""
    problem = typer.BadParameter(f"'{text}' is not a day; write it as 2026-01-31")
    if len(text) != len("2026-01-31"):
        raise problem
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise problem from None


def read_percent(text: str) -> Decimal:
    """A percentage as an option gives it: 7.5; raises BadParameter."""
    if not re.fullmatch(r"\d{1,3}(\.\d{1,6})?", text) or Decimal(text) > 100:
        raise typer.BadParameter(f"'{text}' is not a percentage from 0 to 100; write it as 7.5")
    return Decimal(text)


def read_seconds(given: str | float) -> float:
    """A time as an option gives it, or its default: 0.5; raises BadParameter."""
    text = str(given)
    if not re.fullmatch(r"\d{1,4}(\.\d{1,6})?", text) or not 0.01 <= float(text) <= MAX_SECONDS:
        raise typer.BadParameter(f"'{text}' is not a time from 0.01 to {MAX_SECONDS} seconds; write it as 0.5")
    return float(text)


def check_format(asked: CheckFormat | None) -> CheckFormat:
    """The format asked for, or the one that fits where the command runs."""
    return asked or (CheckFormat.github if os.environ.get("GITHUB_ACTIONS") == "true" else CheckFormat.text)


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
LangOption = Annotated[Lang, typer.Option("--lang", envvar="CHARTER_LANG", help="The language of the report.")]
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
