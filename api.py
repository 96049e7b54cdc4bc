"""The functions of `import charter`, except `load` and the methods of a release.

Each imports what it needs when it is called. `as_of` is the day of the evaluation, today where it is None; `lang` is
the language of the text. All raise WrongCall for wrong arguments or a missing optional library, and InvalidInput for a
file or a record that cannot be used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .engine.extras import Extra, importing
from .engine.problems import InvalidInput, Problem, WrongCall, has_errors, wrong_call

if TYPE_CHECKING:
    from .engine.difference.difference import ReleaseDifference
    from .engine.evaluate.outcome import Outcome
    from .engine.evaluate.quote import OrderLines, Quote
    from .engine.evaluate.record import Record
    from .engine.portfolio.compare.agreement_effects import AgreementsUnder
    from .engine.portfolio.compare.compared import Compared
    from .engine.portfolio.job import BatchResult
    from .engine.proof.claims_by_bounds import ClaimVerdict
    from .engine.proof.outlook import Outlook
    from .engine.proof.ranges import ValueRange
    from .engine.release.load import Release
    from .engine.release.migrate_records import MigratedRecords
    from .engine.release.timeline import Timeline
    from .engine.source.document import Document
    from .engine.tables.export import ExportedTable
    from .engine.tables.import_table import ImportedTable
    from .engine.verify.verify import CertificateVerdict

Language = Literal["en", "ru"]
Json = dict[str, Any]
Progress = Callable[[float], None]  #: called from time to time with the share that is done, in percent
_SECONDS = 5.0  #: the time for one question to the solver


def read(path: str | Path) -> Document:
    """Read a record or an order from a file of YAML or JSON, with the line and column of each part."""
    from .engine.source.document import read_bytes, shown, stream_bytes

    try:
        content = stream_bytes(Path(path))
    except (OSError, ValueError) as error:  # a path with NUL in it is a ValueError
        message = f"'{path}' cannot be read: {getattr(error, 'strerror', None) or error}"
        raise WrongCall([Problem("unreadable-file", message, None, "check the path")]) from error
    document, problems = read_bytes(content, shown(Path(path)))
    if document is None or has_errors(problems):
        raise InvalidInput(problems)
    return document


def what_if(release: Release, settings: Sequence[str]) -> Release:
    """The release with other values, each set by its path: `tiers.gold.discount=22`; no file is changed.

    The number of the new release names the settings. Raises InvalidProgramme where it cannot be used.
    """
    from .engine.review.what_if import what_if as changed_files

    return changed_files(release.files, settings).load()


def migrate(release: Release, records: Iterable[str | Path]) -> MigratedRecords:
    """Rewrite the files of records that were written for earlier releases as records of this one, comments kept.

    All files are written, or none. Raises InvalidInput where one of them cannot be carried over, WrongCall where one
    cannot be written.
    """
    from .engine.release.migrate_records import migrated_records
    from .engine.source.edit import write_mended

    migrated = migrated_records([read(path) for path in records], release)
    write_mended(migrated.mended)
    return migrated


def timeline(program: str | Path, record: Document | Mapping[str, Any], first: date, last: date) -> Timeline:
    """The days from `first` to `last` on which a partner's standing changes, each under the release in force then.

    `program` is a folder of releases. Raises InvalidProgramme where one of them cannot be used.
    """
    from .engine.release.load import load_published
    from .engine.release.timeline import timeline as partner_timeline

    return partner_timeline(load_published(Path(program), first, last), record, first, last)


def check(program: str | Path = "program", *, as_of: date | None = None) -> tuple[Problem, ...]:
    """All problems of a release, or of a folder of releases: of each and of all together; in the order of the files.

    Raises WrongCall where there is no release.
    """
    from .engine.review.review import review_programme

    return review_programme(Path(program), as_of or date.today())


def batch(
    release: Release,
    portfolio: str | Path,
    output: str | Path,
    *,
    as_of: date | None = None,
    lists: Mapping[str, str | Path] = {},
    agreements: str | Path | None = None,
    columns: Sequence[str] = (),
    ignored: Sequence[str] = (),
    summary: bool = False,
    safe_csv: bool = False,
    written_for: str | None = None,
    engine: Literal["duckdb", "spark"] = "duckdb",
    session: Any = None,
    progress: Progress | None = None,
) -> BatchResult:
    """Evaluate a portfolio, a file of partners, and write a file of outcomes; the suffix of a file is its format.

    `lists` are the files of lists by their names, `columns` the ids of facts and values to add (or patterns of them),
    `ignored` the columns that are not read. The result has a summary only with `summary`. With `safe_csv` a text in CSV
    that begins like a formula of a spreadsheet gets an apostrophe before it. `written_for` is the earlier release that
    the files were written for; None: as the names of their columns show, which the engine spark does not ask. `session`
    is a SparkSession for the engine spark, which starts its own where it is None; only the engine duckdb calls
    `progress`.
    """
    _check_word("engine", engine, ("duckdb", "spark"))
    with importing(Extra.SPARK if engine == "spark" else Extra.BATCH, "a portfolio"):
        from .engine.portfolio.job import Job

        if engine == "spark":
            from .engine.portfolio.spark.spark import spark_batch
        else:
            from .engine.portfolio.duckdb.batch import batch as duckdb_batch
    job = Job(
        Path(portfolio),
        Path(output),
        as_of or date.today(),
        _paths(lists),
        _path(agreements),
        tuple(columns),
        tuple(ignored),
        summary,
        safe_csv,
        written_for,
    )
    return spark_batch(release, job, session) if engine == "spark" else duckdb_batch(release, job, progress)


def compare(
    before: Release,
    after: Release,
    portfolio: str | Path,
    *,
    as_of: date | None = None,
    lists: Mapping[str, str | Path] = {},
    agreements: str | Path | None = None,
    ignored: Sequence[str] = (),
    orders: Mapping[str, Document] = {},
    changes: str | Path | None = None,
    progress: Progress | None = None,
) -> Compared:
    """Evaluate a portfolio under two releases on one day, and compare: who gains, who loses, and by how much.

    `orders` are the orders to price, by partner; `changes` is the file to write the list of differing partners to. The
    portfolio has the columns of the first release: the second reads them through the migrations from the first to it,
    or as what it has under another id.
    """
    from .engine.difference.renaming import for_columns_of

    with importing(Extra.BATCH, "a portfolio"):
        from .engine.portfolio.compare.compared import compare_portfolio
        from .engine.portfolio.compare.release_view import Portfolio
    day, agreement_file = as_of or date.today(), _path(agreements)
    partners = Portfolio(Path(portfolio), day, _paths(lists), agreement_file, tuple(ignored), orders, _path(changes))
    return compare_portfolio(before, for_columns_of(before, after), partners, progress)


def unreached(
    before: Release,
    after: Release,
    records: Iterable[Document | Mapping[str, Any]],
    *,
    as_of: date | None = None,
) -> AgreementsUnder:
    """The supplementary agreements of records that keep a change from a partner, or that `after` does not allow."""
    with importing(Extra.BATCH, "a comparison of agreements"):
        from .engine.portfolio.compare.agreement_effects import unreached as unreached_agreements

    return unreached_agreements(before, after, records, as_of or date.today())


def sql(
    release: Release,
    *,
    dialect: str = "duckdb",
    table: str = "portfolio",
    lists: Mapping[str, str] = {},
    without: Sequence[str] = (),
    columns: Sequence[str] = (),
    left_over: bool = False,
    as_of: date | None = None,
) -> str:
    """The query that evaluates a table of partners in a database: duckdb, spark, postgres, bigquery, snowflake, trino.

    `lists` are the tables of lists by their names, `without` the columns that the table does not have, `columns` the
    ids of facts and values to add. With `left_over` the query instead gives the rows that the first one leaves out.
    """
    _check_word("dialect", dialect, ("duckdb", "spark", "postgres", "bigquery", "snowflake", "trino"))
    with importing(Extra.BATCH, "a portfolio"):
        from .engine.portfolio.sql.warehouse import query_text, tables_of
    tables = tables_of(release.programme, table, lists, without)
    return query_text(release.programme, tables, as_of or date.today(), columns, dialect, left_over=left_over)


def diff(before: Release, after: Release, *, as_of: date | None = None, seconds: float = _SECONDS) -> ReleaseDifference:
    """The differences between two releases of a programme, and the partners they concern; needs the solver.

    `seconds` is the time for each question to the solver.
    """
    with importing(Extra.PROVE, "a comparison"):
        from .engine.difference.difference import difference
        from .engine.difference.one_partner import Pair

    if before.programme.id != after.programme.id:
        raise wrong_call("the two releases are of different programmes", "compare two releases of one programme")
    return difference(before.files, after.files, Pair(before, after, as_of or date.today(), seconds))


def prove(
    release: Release, *, claims: Sequence[str] = (), as_of: date | None = None, seconds: float = _SECONDS
) -> tuple[ClaimVerdict, ...]:
    """The verdict on each claim of a release about all partners, or on the claims named; needs the solver."""
    with importing(Extra.PROVE, "a proof"):
        from .engine.proof.claims_by_solver import prove_claims
        from .engine.proof.decide import Setting
        from .engine.review.readings import other_readings

    under = {claim.under for claim in release.programme.claims if claim.under}
    readings = {reading.name: reading.release for reading in other_readings(release.files, under)[0]}
    return tuple(prove_claims(Setting(release, as_of or date.today(), seconds), readings, claims))


def ranges(
    release: Release, value: str, *, as_of: date | None = None, seconds: float = _SECONDS
) -> tuple[ValueRange, ...]:
    """The least and the greatest result of a value: for each tier that has it, or for all partners and each tier."""
    with importing(Extra.PROVE, "a proof"):
        from .engine.proof.decide import Setting
        from .engine.proof.ranges import ranges as ranges_of

    return ranges_of(Setting(release, as_of or date.today(), seconds), value)


def advise(
    release: Release,
    record: Record | Document | Mapping[str, Any],
    *,
    tier: str | None = None,
    discount: Decimal | None = None,
    order: OrderLines | Document | Mapping[str, Any] | None = None,
    as_of: date | None = None,
    seconds: float = _SECONDS,
) -> Outlook:
    """The facts to change for a partner to reach a tier (by id or code), or each missing tier; needs the solver.

    `discount` is the total to reach, in percent; with an `order`, the worth of next steps is in its currency too.
    """
    with importing(Extra.PROVE, "a proof"):
        from .engine.proof.decide import Setting
        from .engine.proof.outlook import outlook

    from .engine.evaluate.quote import OrderLines
    from .engine.evaluate.record import Record

    lines = order if order is None or isinstance(order, OrderLines) else release.order(order)
    partner = record if isinstance(record, Record) else release.record(record)
    return outlook(Setting(release, as_of or date.today(), seconds), partner, tier, discount, lines)


def verify(certificate: str | bytes | Mapping[str, Any], program: str | Path = "program") -> CertificateVerdict:
    """Evaluate a saved outcome again, under the release in `program` with its digest, and compare the results.

    `certificate` is the JSON of an outcome, as text or as data. Raises InvalidInput for anything else.
    """
    from .engine.release.archive import read_archive
    from .engine.verify.certificate import read_saved
    from .engine.verify.verify import verify as verify_outcome

    text = to_json(certificate) if isinstance(certificate, Mapping) else certificate
    saved = read_saved(text.encode() if isinstance(text, str) else text, "certificate")
    if wrong := [problem for part in saved for problem in part.problems]:
        raise InvalidInput(wrong)
    if len(saved) != 1 or saved[0].data is None:
        raise wrong_call(f"these are {len(saved)} outcomes", "verify each by itself")
    data = saved[0].data
    return verify_outcome(data, read_archive(Path(program), {data["digest"]}))


def form(release: Release, *, lang: Language = "en", tiers: Sequence[str] = ()) -> str:
    """An empty record of a partner to fill in, as YAML; with `tiers`, only the facts that matter for those tiers."""
    from .engine.report.form import record_form

    _check_word("lang", lang, ("en", "ru"))
    return record_form(release.programme, lang, tiers)


def schema(release: Release, of: Literal["record", "row", "order"] = "record", *, lang: Language = "en") -> Json:
    """The JSON Schema of an input of a release: a partner's record, a row of a portfolio, or an order."""
    from .engine.report.input_schema import order_schema, record_schema, row_schema

    _check_word("lang", lang, ("en", "ru"))
    _check_word("of", of, ("record", "row", "order"))
    return {"record": record_schema, "row": row_schema, "order": order_schema}[of](release.programme, lang)


def handbook(release: Release, *, lang: Language = "en", format: Literal["html", "markdown"] = "html") -> str:
    """The handbook: the whole programme as a document, written from its data."""
    from .engine.report.handbook import handbook as handbook_of
    from .engine.report.html import handbook_html
    from .engine.report.markdown import handbook_markdown

    _check_word("lang", lang, ("en", "ru"))
    _check_word("format", format, ("html", "markdown"))
    book = handbook_of(release.programme, lang)
    return handbook_html(book) if format == "html" else handbook_markdown(book)


def export_table(
    release: Release, name: str, *, format: Literal["csv", "dmn"] = "csv", lang: Language = "en"
) -> ExportedTable:
    """A table of a release for others, as CSV or DMN: a definition, `list.value`, a table of columns or `requirements`.

    What cannot be carried over is among its problems, row by row. Raises WrongCall where there is no such table.
    """
    from .engine.tables.export import export_table as exported

    _check_word("format", format, ("csv", "dmn"))
    _check_word("lang", lang, ("en", "ru"))
    return exported(release, name, format, lang)


def import_table(
    release: Release,
    file: str | Path | bytes,
    *,
    into: str | None = None,
    decision: str | None = None,
    names: Mapping[str, str] = {},
) -> ImportedTable:
    """A table of others, a file of CSV or DMN or its bytes, as YAML in the names of a release.

    `names` says what others' names are here; `decision` which one of a file of DMN is meant. With `into`, the name of
    a table as `export_table` takes it, the table is written into the release's file, unless something is left out.
    Raises InvalidInput for a file that is no table, InvalidProgramme where the release could not be used with it.
    """
    from .engine.limits import MAX_BYTES
    from .engine.source.document import shown, stream_bytes
    from .engine.source.edit import write_mended
    from .engine.tables.import_table import import_table as imported

    try:
        content = file if isinstance(file, bytes) else stream_bytes(Path(file), MAX_BYTES)
    except (OSError, ValueError) as error:  # a path with NUL in it is a ValueError
        message = f"'{file!s}' cannot be read: {getattr(error, 'strerror', None) or error}"
        raise WrongCall([Problem("unreadable-file", message, None, "check the path")]) from error
    name = "table" if isinstance(file, bytes) else shown(Path(file))
    table, mended = imported(release, content, name, into=into, decision=decision, names=names)
    write_mended(mended)
    return table


def statement(
    release: Release,
    outcome: Outcome,
    *,
    lang: Language = "en",
    format: Literal["text", "markdown", "html"] = "text",
    explain: bool = False,
) -> str:
    """An outcome as a page for people, under its `release`; `explain` shows every expression with its values."""
    from .engine.report.html import pages_html
    from .engine.report.markdown import page_markdown
    from .engine.report.outcome_page import outcome_page
    from .engine.report.terminal import page_text

    _check_word("lang", lang, ("en", "ru"))
    _check_word("format", format, ("text", "markdown", "html"))
    values, rights = release.values(outcome), format != "text"
    page = outcome_page(outcome, release.programme, values, lang, explain=explain, rights=rights)
    return pages_html([page], lang) if format == "html" else (page_text if format == "text" else page_markdown)(page)


def to_dict(result: Outcome | Quote | Timeline) -> Json:
    """The JSON of a result as data, whose numbers are exact decimals."""
    from .engine.evaluate.outcome import Outcome
    from .engine.evaluate.outcome_json import outcome_data, quote_data
    from .engine.evaluate.quote import Quote
    from .engine.report.timeline import timeline_data

    if isinstance(result, Outcome):
        return outcome_data(result)
    return quote_data(result) if isinstance(result, Quote) else timeline_data(result)


def to_json(result: Outcome | Quote | Timeline | Mapping[str, Any], *, indent: int | None = 2) -> str:
    """A result, or its data, as JSON text with exact numbers; on one line where `indent` is None."""
    import simplejson

    from .engine.texts.visible import visible_json

    data = result if isinstance(result, Mapping) else to_dict(result)
    return visible_json(simplejson.dumps(data, use_decimal=True, ensure_ascii=False, indent=indent))


def _check_word(name: str, word: str, allowed: Sequence[str]) -> None:
    """Raise WrongCall where the argument `name` is none of the allowed words."""
    if word not in allowed:
        raise wrong_call(f"'{word}' is not a value of '{name}'", f"known here: {', '.join(allowed)}")


def _path(path: str | Path | None) -> Path | None:
    return None if path is None else Path(path)


def _paths(paths: Mapping[str, str | Path]) -> dict[str, Path]:
    return {name: Path(path) for name, path in paths.items()}
