"""The command `charter`: parses arguments, calls the engine, prints.

Exit codes: 0 done; 1 findings; 2 the call is wrong; 3 the programme is invalid; 4 the input is invalid; 70 our bug.
"""

import gc

gc.disable()  # a call is short: looking for cycles while it loads and runs would take a tenth of it

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from charter.engine.document import MAX_BYTES, Document, file_bytes, read_bytes
from charter.engine.evaluate import all_values
from charter.engine.outcome import Outcome
from charter.engine.problems import Invalid, InvalidInput, InvalidProgramme, Problem, WrongCall, has_errors, in_order
from charter.engine.record import Record, read_records
from charter.engine.release import Release, find_program, load, read_release, release_folder, release_folders, shown
from charter.engine.report.terminal import Style, without_style
from charter.engine.version import VERSION

DONE, FINDINGS, WRONG_CALL, INVALID_PROGRAMME, INVALID_INPUT, BUG = 0, 1, 2, 3, 4, 70

app = typer.Typer(
    help="Evaluate partners against a partner programme kept as data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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


class CheckFormat(StrEnum):
    """What `check` and `test` write."""

    text = "text"
    json = "json"


class PageFormat(StrEnum):
    """What `quote` and `timeline` write."""

    text = "text"
    json = "json"
    markdown = "markdown"


class FailOn(StrEnum):
    """Answers that can make `evaluate` end with exit code 1."""

    not_qualified = "not_qualified"
    undetermined = "undetermined"


def _date(text: str) -> date:
    problem = typer.BadParameter(f"'{text}' is not a day; write it as 2026-01-31")
    if len(text) != len("2026-01-31"):
        raise problem
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise problem from None


ProgramOption = Annotated[
    str | None,
    typer.Option("--program", metavar="DIR", envvar="CHARTER_PROGRAM", help="The folder of releases, or of one."),
]
ReleaseOption = Annotated[str | None, typer.Option("--release", metavar="ID", help="This release, in force or not.")]
DateOption = Annotated[
    date | None,
    typer.Option("--as-of", metavar="DATE", parser=_date, help="The day that counts: 2026-01-31. Today, if left out."),
]
LangOption = Annotated[Lang, typer.Option("--lang", envvar="CHARTER_LANG", help="The language of the report.")]
OutputOption = Annotated[str | None, typer.Option("-o", "--output", metavar="FILE", help="Write here, not to stdout.")]


@app.callback(invoke_without_command=True)
def _charter(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    if version:
        _write(f"charter {VERSION}\n", None)
        raise typer.Exit(DONE)


@app.command()
def evaluate(
    records: Annotated[
        list[str], typer.Argument(metavar="RECORD", help="Partners' records (YAML or JSON); - is stdin.")
    ],
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    lang: LangOption = Lang.en,
    format: Annotated[EvaluateFormat, typer.Option("--format", help="What to write.")] = EvaluateFormat.text,
    explain: Annotated[bool, typer.Option("--explain", help="Open every expression with its values.")] = False,
    fail_on: Annotated[list[FailOn] | None, typer.Option("--fail-on", help="End with 1 on this answer.")] = None,
    output: OutputOption = None,
) -> None:
    """Say what a partner is entitled to, why, and what is missing."""
    day = as_of or date.today()
    in_json = format in (EvaluateFormat.json, EvaluateFormat.jsonl)
    with _answering(in_json, output):
        if format is EvaluateFormat.json and len(records) > 1:
            raise WrongCall([Problem("wrong-call", "one JSON object holds one record", None, "use --format jsonl")])
        documents = [_document(path) for path in records]
        loaded = load(_root(program), release=release, as_of=day)
        results = _evaluate_all(loaded, documents, day)
        for _, problems in results:
            _tell(problems)
        _write(_report(loaded, results, lang.value, format, explain, output), output)
    if any(outcome is None for outcome, _ in results):
        raise typer.Exit(INVALID_INPUT)
    named = [answer.value for answer in fail_on or ()]
    if any(outcome and outcome.status in named for outcome, _ in results):
        raise typer.Exit(FINDINGS)


@app.command()
def quote(
    order: Annotated[str, typer.Argument(metavar="ORDER", help="The order (YAML or JSON); - is stdin.")],
    partner: Annotated[str, typer.Option("--partner", metavar="RECORD", help="The partner's record.")],
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    lang: LangOption = Lang.en,
    format: Annotated[PageFormat, typer.Option("--format", help="What to write.")] = PageFormat.text,
    output: OutputOption = None,
) -> None:
    """Price an order for a partner, line by line."""
    from charter.engine.quote import read_order

    day = as_of or date.today()
    with _answering(format is PageFormat.json, output):
        documents = [_document(path) for path in (partner, order)]
        loaded = load(_root(program), release=release, as_of=day)
        (record_document, problems), (order_document, more) = documents
        if record_document is None or order_document is None:
            raise InvalidInput((*problems, *more))
        record = loaded.record(record_document)
        lines, wrong = read_order(order_document, loaded.plan)
        if lines is None:
            raise InvalidInput(wrong)
        _tell((*problems, *more, *wrong))
        quoted = loaded.quote(lines, record, day)
        _tell(quoted.outcome.problems)
        _write(_quote_report(loaded, quoted, lang.value, format, output), output)


@app.command()
def timeline(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="The partner's record; - is stdin.")],
    first: Annotated[date, typer.Option("--from", metavar="DATE", parser=_date, help="The first day.")],
    last: Annotated[date, typer.Option("--to", metavar="DATE", parser=_date, help="The last day.")],
    program: ProgramOption = None,
    lang: LangOption = Lang.en,
    format: Annotated[PageFormat, typer.Option("--format", help="What to write.")] = PageFormat.text,
    output: OutputOption = None,
) -> None:
    """Say when a partner's tier was gained, held, renewed or lost, and under which release."""
    from charter.engine.report.timeline import timeline_data, timeline_page
    from charter.engine.timeline import timeline as days_of

    with _answering(format is PageFormat.json, output):
        document, problems = _document(record)
        if document is None:
            raise InvalidInput(problems)
        loaded = sorted(map(load, release_folders(_root(program))), key=lambda one: one.programme.effective_from)
        records = {one.programme.release: one.record(document) for one in loaded}
        moments = days_of(loaded, records, first, last)
        _tell(problems)
        programmes = {one.programme.release: one.programme for one in loaded}
        read = records[moments[-1].release]
        if format is PageFormat.json:
            _write(_json(timeline_data(moments, read, programmes[moments[-1].release])), output)
        else:
            _write(_page_text(timeline_page(moments, read, programmes, lang.value), format, output), output)


@app.command()
def check(
    directory: Annotated[
        str | None, typer.Argument(metavar="[DIR]", help="A release, or a folder of releases.")
    ] = None,
    program: ProgramOption = None,
    release: ReleaseOption = None,
    format: Annotated[CheckFormat, typer.Option("--format", help="What to write.")] = CheckFormat.text,
    output: OutputOption = None,
) -> None:
    """Report everything wrong with a release, each problem at its line."""
    in_json = format is CheckFormat.json
    with _answering(in_json, output):
        root = _root(directory or program)
        folders = (release_folder(root, release, date.today()),) if release else release_folders(root)
        problems = in_order(problem for folder in folders for problem in read_release(folder)[1])
        names, bad = [shown(folder) for folder in folders], has_errors(problems)
        if in_json:
            from charter.engine.report.data import problems_data

            text = _json(problems_data("findings" if bad else "done", problems, releases=names))
        else:
            from charter.engine.report.problems import problems_text, tally

            text = f"{problems_text(problems, _style(sys.stdout, output))}{', '.join(names)}: {tally(problems)}\n"
        _write(text, output)
    raise typer.Exit(FINDINGS if bad else DONE)


@app.command("test")
def run_scenarios(
    directory: Annotated[
        str | None, typer.Argument(metavar="[DIR]", help="A release, or a folder of releases.")
    ] = None,
    program: ProgramOption = None,
    release: ReleaseOption = None,
    mutants: Annotated[bool, typer.Option("--mutants", help="Change the programme, and see who notices.")] = False,
    format: Annotated[CheckFormat, typer.Option("--format", help="What to write.")] = CheckFormat.text,
    output: OutputOption = None,
) -> None:
    """Run the scenarios of a release, and say what they do not reach."""
    from charter.engine.report.scenarios import Tried, scenarios_data, scenarios_text
    from charter.engine.scenarios import FOLDER, reach, read_no_difference, read_scenarios, run

    in_json = format is CheckFormat.json
    with _answering(in_json, output):
        folder = release_folder(_root(directory or program), release, date.today())
        loaded = load(folder)
        scenarios = read_scenarios(folder, loaded)
        results = run(loaded, scenarios)
        if not results:
            help = f"write worked examples into {shown(folder / FOLDER)}"
            raise InvalidProgramme([Problem("no-scenarios", "this release has no scenarios", None, help)])
        reached, failed = reach(loaded, results), any(result.differences for result in results)
        tried = None
        if mutants and not failed:
            from charter.engine.mutants import survivors

            total, alive = survivors(loaded, scenarios)
            tried = Tried(total, alive, read_no_difference(folder))
            failed = bool(tried.unexplained or tried.idle)
        if in_json:
            text = _json(scenarios_data("findings" if failed else "done", results, reached, tried))
        else:
            text = scenarios_text(loaded, results, reached, tried, _style(sys.stdout, output))
        _write(text, output)
    raise typer.Exit(FINDINGS if failed else DONE)


# What the commands share ----------------------------------------------------------------------------------------------


def _root(named: str | None) -> Path:
    """The folder of releases, or of one: the one named, or the nearest."""
    return Path(named) if named else find_program(Path.cwd())


Result = tuple[Outcome | None, tuple[Problem, ...]]


@contextmanager
def _answering(in_json: bool, output: str | None) -> Iterator[None]:
    """Turn what the engine refuses into messages, JSON where JSON was asked for, and the exit code."""
    try:
        yield
    except Invalid as refused:
        code, result = _REFUSALS[type(refused)]
        _tell(refused.problems)
        if in_json:
            from charter.engine.report.data import problems_data

            with suppress(WrongCall):  # the output may be what cannot be written
                _write(_json(problems_data(result, refused.problems)), output if code != WRONG_CALL else None)
        raise typer.Exit(code) from None


_REFUSALS = {
    WrongCall: (WRONG_CALL, "wrong_call"),
    InvalidProgramme: (INVALID_PROGRAMME, "invalid_programme"),
    InvalidInput: (INVALID_INPUT, "invalid_input"),
}


def _document(path: str) -> tuple[Document | None, tuple[Problem, ...]]:
    """A file, or stdin, as a document; raises WrongCall where it cannot be opened."""
    try:
        content = sys.stdin.buffer.read(MAX_BYTES + 1) if path == "-" else file_bytes(Path(path))
    except OSError as error:
        raise _wrong_path("unreadable-file", f"'{path}' cannot be read", error) from error
    document, problems = read_bytes(content, "<stdin>" if path == "-" else path)
    return (None if has_errors(problems) else document), in_order(problems)


def _wrong_path(code: str, message: str, error: OSError) -> WrongCall:
    reason = os.strerror(error.errno) if error.errno else str(error)
    return WrongCall([Problem(code, f"{message}: {reason}", None, "check the path")])


def _evaluate_all(release: Release, documents: list[Any], day: date) -> list[Result]:
    readable = [document for document, _ in documents if document]
    read = iter(read_records(readable, release.programme))
    results: list[Result] = []
    for document, problems in documents:
        record, more = next(read) if document else (None, ())
        outcome = release.evaluate(record, day) if isinstance(record, Record) else None
        results.append((outcome, in_order((*problems, *more, *(outcome.problems if outcome else ())))))
    return results


def _report(
    release: Release, results: list[Result], lang: str, format: EvaluateFormat, explain: bool, output: str | None
) -> str:
    """The results in the format asked for; what is invalid has a place in JSON only."""
    if format in (EvaluateFormat.json, EvaluateFormat.jsonl):
        from charter.engine.report.data import outcome_data, problems_data

        objects = [
            outcome_data(outcome) if outcome else problems_data("invalid_input", problems)
            for outcome, problems in results
        ]
        return "".join(_json(data, lines=format is EvaluateFormat.jsonl) for data in objects)
    from charter.engine.report.page import page

    pages = [
        page(outcome, release.programme, all_values(release.plan, outcome), lang, explain=explain)
        for outcome, _ in results
        if outcome
    ]
    return "\n".join(_page_text(one, format, output) for one in pages)


def _quote_report(release: Release, quoted: Any, lang: str, format: PageFormat, output: str | None) -> str:
    if format is PageFormat.json:
        from charter.engine.report.data import quote_data

        return _json(quote_data(quoted))
    from charter.engine.report.quote import quote_page

    return _page_text(quote_page(quoted, release.programme, lang), format, output)


def _page_text(page: Any, format: EvaluateFormat | PageFormat, output: str | None) -> str:
    if format == "markdown":
        from charter.engine.report.markdown import markdown

        return markdown(page)
    from charter.engine.report.terminal import terminal

    return terminal(page, _style(sys.stdout, output))


def _json(data: dict[str, Any], *, lines: bool = False) -> str:
    import simplejson

    return simplejson.dumps(data, use_decimal=True, ensure_ascii=False, indent=None if lines else 2) + "\n"


def _write(text: str, output: str | None) -> None:
    """To the file named, or to stdout; raises WrongCall where the file cannot be written."""
    try:
        if output is None:
            sys.stdout.buffer.write(text.encode())
            sys.stdout.buffer.flush()
        else:
            Path(output).write_text(text, "utf-8")
    except OSError as error:
        what = f"'{output}'" if output else "the output"
        raise _wrong_path("unwritable-file", f"{what} cannot be written", error) from error


def _tell(problems: Iterable[Problem]) -> None:
    """Problems to stderr."""
    from charter.engine.report.problems import problems_text

    sys.stderr.write(problems_text(problems, _style(sys.stderr)))


def _style(stream: Any, output: str | None = None) -> Style:
    """Colour for a terminal, unless NO_COLOR is set; none for a file."""
    if output is not None or os.environ.get("NO_COLOR") or not stream.isatty():
        return without_style
    colours: dict[str, dict[str, Any]] = {
        "good": {"fg": "green"},
        "bad": {"fg": "red"},
        "open": {"fg": "yellow"},
        "strong": {"bold": True},
        "dim": {"dim": True},
    }
    return lambda text, style: typer.style(text, **colours[style])


def main() -> NoReturn:
    """The door: whatever is not a person's mistake is ours, and says so."""
    # Interrupted, or its reader gone, the process ends as the system has it: with no exit code of ours.
    for name in ("SIGINT", "SIGPIPE"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    code: int | str | None = DONE
    try:
        app(prog_name="charter")
    except SystemExit as ended:
        code = ended.code
    except Exception as error:  # noqa: BLE001 - the one place that catches everything
        where = error.__traceback__
        while where and where.tb_next:
            where = where.tb_next
        spot = f"{Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}" if where else "?"
        sys.stderr.write(f"charter: a bug of ours, not a verdict: {type(error).__name__} at {spot}: {error}\n")
        sys.stderr.write(f"Please report it with the command, the input and this line; charter {VERSION}.\n")
        code = BUG
    with suppress(OSError):  # what could not be written has been told already
        sys.stdout.flush()
        sys.stderr.flush()
    # To take the interpreter apart would take longer than to decide a partner.
    os._exit(DONE if code is None else code if isinstance(code, int) else BUG)


if __name__ == "__main__":
    main()
