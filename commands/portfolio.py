"""Commands about all partners at once: `batch`, `sql`."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from charter import api
from charter.engine.problems import wrong_call
from charter.engine.release.load import Release

from .console import (
    INVALID_INPUT,
    answering,
    json_text,
    load_release,
    pages_text,
    refused_by_system,
    tell,
    write,
)
from .options import (
    DateOption,
    Dialect,
    Engine,
    Lang,
    LangOption,
    OutputOption,
    PageFormat,
    ProgramOption,
    ReleaseOption,
    SetOption,
)

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
    ] = Engine.duckdb,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="COLUMN", help="A column that is not looked at.")
    ] = None,
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    settings: SetOption = None,
    lang: LangOption = Lang.en,
    summary: Annotated[
        Path | None,
        typer.Option("--summary", metavar="FILE", help="What the portfolio looks like: .html, .json, .md, .txt."),
    ] = None,
) -> None:
    """Decide a whole portfolio: a file of partners in, a file of outcomes out."""
    day = as_of or date.today()
    with answering("text", None), refused_by_system(f"'{output}' cannot be written"):
        write_summary = _summary_writer(summary, lang)
        loaded = load_release(program, release, day, settings or ())
        files = name_pairs(lists or ())
        with _progress() as progress:
            result = api.batch(
                loaded,
                portfolio,
                output,
                as_of=day,
                lists=files,
                agreements=agreements,
                columns=more or (),
                ignored=ignore or (),
                summary=summary is not None,
                engine=engine.value,
                progress=progress,
            )
        tell(result.problems)
        if summary:
            write(write_summary(loaded, result, day), str(summary))
        rejects = f"; see {result.rejects}" if result.rejects else ""
        rows = "1 row" if result.rows == 1 else f"{result.rows} rows"
        write(f"{rows}: {result.decided} decided, {result.rejected} rejected{rejects}\n", None)
    if result.rejected:
        raise typer.Exit(INVALID_INPUT)


def sql(
    dialect: Annotated[Dialect, typer.Option("--dialect", help="The database that it is for.")] = Dialect.duckdb,
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
    with answering("text", output):
        loaded = load_release(program, release, day, settings or ())
        text = api.sql(
            loaded,
            dialect=dialect.value,
            table=table,
            lists=name_pairs(lists or ()),
            without=without or (),
            columns=more or (),
            left_over=left_over,
            as_of=day,
        )
        write(text, output)


def name_pairs(written: Sequence[str], example: str = "--list deals=deals.csv") -> dict[str, str]:
    """`NAME=WHERE` by name; raises WrongCall for what is no such thing."""
    found = {}
    for one in written:
        name, equals, where = one.partition("=")
        if not equals or not name or not where:
            raise wrong_call(f"'{one}' is no name and where it is", f"write {example}")
        found[name] = where
    return found


@contextmanager
def _progress() -> Iterator[Callable[[float], None] | None]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    with typer.progressbar(length=100, label="deciding", file=sys.stderr) as bar:
        yield lambda percent: bar.update(max(0, int(percent) - bar.pos))


def _summary_writer(path: Path | None, lang: Lang) -> Callable[[Release, "BatchResult", date], str]:
    """What writes the summary in the format that the file's name asks for."""
    formats = {".html": PageFormat.html, ".json": PageFormat.json, ".md": PageFormat.markdown, ".txt": PageFormat.text}
    if path is not None and path.suffix not in formats:
        raise wrong_call(f"'{path}' is no kind of summary", f"name it {', '.join(f'….{end[1:]}' for end in formats)}")

    def written(release: Release, result: "BatchResult", day: date) -> str:
        from charter.engine.report.portfolio import summary_data, summary_page

        format = formats[path.suffix] if path else PageFormat.text
        if format is PageFormat.json:
            return json_text(summary_data(release.programme, result, day))
        page = summary_page(release.programme, result, day, lang.value)
        return pages_text([page], format, lang.value, str(path))

    return written
