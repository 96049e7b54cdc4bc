"""Commands about one partner: `evaluate`, `quote`, `timeline`."""

from datetime import date
from typing import Annotated, Any

import typer
from charter.api import Language
from charter.engine.evaluate.outcome import Outcome
from charter.engine.evaluate.record import Record, read_records
from charter.engine.problems import InvalidInput, Problem, in_order, wrong_call
from charter.engine.release.load import Release, load_published

from .console import (
    FINDINGS,
    INVALID_INPUT,
    json_text,
    load_folder,
    load_release,
    pages_text,
    program_folder,
    read_document,
    read_file,
    reporting_refusals,
    write,
    write_problems,
    write_report,
)
from .options import (
    DateOption,
    EvaluateFormat,
    FailOn,
    LangOption,
    OutputOption,
    PageFormatOption,
    ProgramOption,
    ReleaseOption,
    SetOption,
    read_day,
)
from .outputs import check_output

Result = tuple[Outcome | None, tuple[Problem, ...]]


def evaluate(
    records: Annotated[
        list[str], typer.Argument(metavar="RECORD", help="Partners' records (YAML or JSON); - is stdin.")
    ],
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    settings: SetOption = None,
    lang: LangOption = "en",
    format: Annotated[EvaluateFormat, typer.Option("--format", help="What to write.")] = "text",
    explain: Annotated[bool, typer.Option("--explain", help="Open every expression with its values.")] = False,
    fail_on: Annotated[list[FailOn] | None, typer.Option("--fail-on", help="End with 1 on this answer.")] = None,
    output: OutputOption = None,
) -> None:
    """Say what a partner is entitled to, why, and what is missing."""
    day = as_of or date.today()
    with reporting_refusals(format, output):
        if format == "json" and len(records) > 1:
            raise wrong_call("one JSON object holds one record", "use --format jsonl")
        check_output(output, records, program)
        documents = [read_file(path) for path in records]
        loaded = load_release(program, release, day, settings)
        results = _evaluate_all(loaded, documents, day)
        write_problems(dict.fromkeys(problem for _, problems in results for problem in problems))
        write(_report(loaded, results, lang, format, explain, output), output)
    if any(outcome is None for outcome, _ in results):
        raise typer.Exit(INVALID_INPUT)
    if any(outcome and outcome.status in (fail_on or ()) for outcome, _ in results):
        raise typer.Exit(FINDINGS)


def quote(
    order: Annotated[str, typer.Argument(metavar="ORDER", help="One order, or several (YAML or JSON); - is stdin.")],
    partner: Annotated[str, typer.Option("--partner", metavar="RECORD", help="The partner's record.")],
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    settings: SetOption = None,
    lang: LangOption = "en",
    format: PageFormatOption = "text",
    output: OutputOption = None,
) -> None:
    """Price an order for a partner, line by line; several in the order of their days."""
    from charter.engine.evaluate.outcome_json import quote_data, quotes_data
    from charter.engine.release.orders import by_day, has_several, quote_in_turn, read_orders

    day = as_of or date.today()
    with reporting_refusals(format, output):
        check_output(output, (partner, order), program)
        (record_document, record_problems), (order_document, file_problems) = map(read_file, (partner, order))
        if record_document is None or order_document is None:
            raise InvalidInput((*record_problems, *file_problems))
        write_problems((*record_problems, *file_problems))
        release_on = by_day(program_folder(program), release, lambda folder: load_folder(folder, settings))
        is_one = not has_several(order_document)
        if is_one:
            quoted = [release_on(day).quote(order_document, record_document, as_of=day)]
        elif as_of:
            raise wrong_call("each of several orders has its own day", "leave --as-of out")
        else:
            quoted = list(quote_in_turn(read_orders(order_document), record_document, release_on))
        write_problems(dict.fromkeys(problem for quote in quoted for problem in quote.outcome.problems))
        if format == "json":
            write(json_text(quote_data(quoted[0]) if is_one else quotes_data(quoted)), output)
        else:
            from charter.engine.report.quote import quote_page

            pages = [quote_page(quote, release_on(quote.outcome.as_of).programme, lang) for quote in quoted]
            write(pages_text(pages, format, lang, output), output)


def timeline(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="The partner's record; - is stdin.")],
    first: Annotated[date, typer.Option("--from", metavar="DATE", parser=read_day, help="The first day.")],
    last: Annotated[date, typer.Option("--to", metavar="DATE", parser=read_day, help="The last day.")],
    program: ProgramOption = None,
    lang: LangOption = "en",
    format: PageFormatOption = "text",
    output: OutputOption = None,
) -> None:
    """Say when a partner's tier was gained, held, renewed or lost, and under which release."""
    from charter.engine.release.timeline import timeline as partner_timeline
    from charter.engine.report.timeline import timeline_data, timeline_page

    with reporting_refusals(format, output):
        check_output(output, (record,), program)
        releases = load_published(program_folder(program), first, last)
        days = partner_timeline(releases, read_document(record), first, last)
        write_problems(days.problems)
        write_report(format, lambda: timeline_data(days), lambda: timeline_page(days, lang), lang, output)


def _evaluate_all(release: Release, documents: list[Any], day: date) -> list[Result]:
    """The outcome of each document, None where it is invalid, with its problems."""
    readable = [document for document, _ in documents if document]
    records = iter(read_records(readable, release.read))
    results: list[Result] = []
    for document, problems in documents:
        record, record_problems = next(records) if document else (None, ())
        outcome = release.evaluate(record, as_of=day) if isinstance(record, Record) else None
        results.append((outcome, in_order((*problems, *record_problems, *(outcome.problems if outcome else ())))))
    return results


def _report(
    release: Release, results: list[Result], lang: Language, format: EvaluateFormat, explain: bool, output: str | None
) -> str:
    """The results in a format; invalid records appear in JSON only."""
    if format in ("json", "jsonl"):
        from charter.engine.evaluate.outcome_json import outcome_data, problems_data

        objects = [
            outcome_data(outcome) if outcome else problems_data("invalid_input", problems)
            for outcome, problems in results
        ]
        return "".join(json_text(data, lines=format == "jsonl") for data in objects)
    from charter.engine.report.outcome_page import outcome_page

    pages = [
        outcome_page(
            outcome, release.programme, release.values(outcome), lang, explain=explain, rights=format != "text"
        )
        for outcome, _ in results
        if outcome
    ]
    return pages_text(pages, format, lang, output)
