"""Commands about all partners at once: `batch`, `sql`."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from charter import api
from charter.api import Language
from charter.engine.problems import wrong_call
from charter.engine.release.load import Release
from charter.engine.texts.visible import visible

from .console import (
    INVALID_INPUT,
    load_release,
    removing_temporary_files,
    reporting_refusals,
    write,
    write_problems,
    write_report,
)
from .options import (
    DateOption,
    Dialect,
    Engine,
    LangOption,
    OutputOption,
    PageFormat,
    ProgramOption,
    ReleaseOption,
    SetOption,
)
from .outputs import check_output, check_outputs

if TYPE_CHECKING:
    from charter.engine.portfolio.job import BatchResult

WithOption = Annotated[
    list[str] | None,
    typer.Option("--with", metavar="VALUE", help="A column more: a fact or value by its id, or a pattern: 'tiers.*'."),
]


def batch(
    portfolio: Annotated[
        Path, typer.Argument(metavar="PORTFOLIO", help="Partners, one a row: .csv, .parquet, .jsonl.")
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="OUT", help="The outcomes: .csv, .parquet, .jsonl.")
    ],
    lists: Annotated[
        list[str] | None,
        typer.Option("--list", metavar="NAME=FILE", help="The items of a list, with the partner's id in each row."),
    ] = None,
    agreements: Annotated[
        Path | None, typer.Option("--agreements", metavar="FILE", help="Supplementary agreements, one a row.")
    ] = None,
    more: WithOption = None,
    engine: Annotated[
        Engine, typer.Option("--engine", help="What runs the query: spark where one machine is too small.")
    ] = "duckdb",
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="COLUMN", help="A column that is not looked at.")
    ] = None,
    safe_csv: Annotated[
        bool, typer.Option("--safe-csv", help="Keep texts in CSV from being run as formulas by a spreadsheet.")
    ] = False,
    written_for: Annotated[
        str | None, typer.Option("--written-for", metavar="RELEASE", help="The earlier release that the files are of.")
    ] = None,
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    settings: SetOption = None,
    lang: LangOption = "en",
    summary: Annotated[
        Path | None,
        typer.Option("--summary", metavar="FILE", help="What the portfolio looks like: .html, .json, .md, .txt."),
    ] = None,
) -> None:
    """Decide a whole portfolio: a file of partners in, a file of outcomes out."""
    day = as_of or date.today()
    with reporting_refusals("text", None), removing_temporary_files():
        write_summary, items = _summary_writer(summary, lang), name_pairs(lists or ())
        outputs = [summary, output if engine == "duckdb" else None]  # Spark writes a folder, and checks it
        check_outputs(outputs, [portfolio, *items.values(), agreements], program)
        loaded = load_release(program, release, day, settings)
        with _progress() as progress:
            result = api.batch(
                loaded,
                portfolio,
                output,
                as_of=day,
                lists=items,
                agreements=agreements,
                columns=more or (),
                ignored=ignore or (),
                summary=summary is not None,
                safe_csv=safe_csv,
                written_for=written_for,
                engine=engine,
                progress=progress,
            )
        write_problems(result.problems, whole=True)  # the first hundred, and counts of rows
        if summary:
            write_summary(loaded, result, day)
        rejects = f"; see {visible(str(result.rejects))}" if result.rejects else ""
        rows = "1 row" if result.rows == 1 else f"{result.rows} rows"
        write(f"{rows}: {result.decided} decided, {result.rejected} rejected{rejects}\n", None)
    if result.rejected:
        raise typer.Exit(INVALID_INPUT)


def sql(
    dialect: Annotated[Dialect, typer.Option("--dialect", help="The database that it is for.")] = "duckdb",
    table: Annotated[str, typer.Option("--table", metavar="NAME", help="The table of partners.")] = "portfolio",
    lists: Annotated[
        list[str] | None, typer.Option("--list", metavar="NAME=TABLE", help="The table of the items of a list.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="COLUMN", help="A column that the table does not have.")
    ] = None,
    left_over: Annotated[
        bool, typer.Option("--left-over", help="Instead, the rows that the query does not decide.")
    ] = False,
    more: WithOption = None,
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    settings: SetOption = None,
    output: OutputOption = None,
) -> None:
    """Write the query that decides a table of partners in a database of your own."""
    day = as_of or date.today()
    with reporting_refusals("text", output):
        check_output(output, (), program)
        loaded = load_release(program, release, day, settings)
        text = api.sql(
            loaded,
            dialect=dialect,
            table=table,
            lists=name_pairs(lists or ()),
            without=without or (),
            columns=more or (),
            left_over=left_over,
            as_of=day,
        )
        write(text, output)


def name_pairs(arguments: Sequence[str], example: str = "--list deals=deals.csv") -> dict[str, str]:
    """Parse arguments of the form NAME=WHERE into a mapping. Raises WrongCall, whose help shows the example."""
    pairs = {}
    for argument in arguments:
        name, equals, where = argument.partition("=")
        if not equals or not name or not where:
            raise wrong_call(f"'{argument}' is no name and where it is", f"write {example}")
        pairs[name] = where
    return pairs


@contextmanager
def _progress() -> Iterator[Callable[[float], None] | None]:
    """The function that moves a progress bar to a percentage; None where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    with typer.progressbar(length=100, label="deciding", file=sys.stderr) as bar:
        yield lambda percent: bar.update(max(0, int(percent) - bar.pos))


def _summary_writer(path: Path | None, lang: Language) -> Callable[[Release, "BatchResult", date], None]:
    """The function that writes a batch's summary in the format of the file's suffix. Raises WrongCall."""
    formats: dict[str, PageFormat] = {".html": "html", ".json": "json", ".md": "markdown", ".txt": "text"}
    if path is not None and path.suffix not in formats:
        raise wrong_call(f"'{path}' is no kind of summary", f"name it {', '.join(f'….{end[1:]}' for end in formats)}")

    def write_summary(release: Release, result: "BatchResult", day: date) -> None:
        from charter.engine.report.portfolio import summary_data, summary_page

        data = partial(summary_data, release.programme, result, day)
        page = partial(summary_page, release.programme, result, day, lang)
        write_report(formats[path.suffix] if path else "text", data, page, lang, str(path))

    return write_summary
