"""Commands about several releases: `diff`, `log`."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import starmap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer
from charter import api
from charter.api import Language
from charter.engine.extras import Extra, importing
from charter.engine.problems import InvalidProgramme, WrongCall, wrong_call
from charter.engine.release.find import release_folders, releases_of
from charter.engine.release.load import load_files, read_files

from .console import (
    DONE,
    FINDINGS,
    findings_text,
    json_text,
    pages_text,
    program_folder,
    read_document,
    removing_temporary_files,
    reporting_refusals,
    write,
    write_problems,
    write_report,
)
from .options import DateOption, LangOption, OutputOption, PageFormatOption, ProgramOption
from .outputs import check_output, check_outputs
from .portfolio import name_pairs
from .proving import SecondsOption, need_solver

if TYPE_CHECKING:
    from charter.engine.difference.difference import ReleaseDifference
    from charter.engine.portfolio.compare.agreement_effects import AgreementsUnder
    from charter.engine.portfolio.compare.compared import Compared
    from charter.engine.programme.model import Programme
    from charter.engine.release.load import Release


_ORDER = "--order P-1=order.yaml"  #: an example of the option
DiffFormat = Literal["text", "json", "markdown", "html", "github"]
DiffFailOn = Literal["worsens", "any"]  #: differences that make `diff` end with exit code 1


def diff(
    before: Annotated[
        str, typer.Argument(metavar="A", help="A release, its folder, or REVISION:FOLDER of a git repository.")
    ],
    after: Annotated[str, typer.Argument(metavar="B", help="The other release, likewise.")],
    approved: Annotated[
        str | None, typer.Option("--approved", metavar="FILE", help="Changes that are approved, by their fingerprints.")
    ] = None,
    portfolio: Annotated[
        Path | None, typer.Option("--portfolio", metavar="FILE", help="Partners, to say who of them is hit.")
    ] = None,
    lists: Annotated[
        list[str] | None, typer.Option("--list", metavar="NAME=FILE", help="The items of a list, by partner.")
    ] = None,
    agreements: Annotated[
        Path | None, typer.Option("--agreements", metavar="FILE", help="Agreements with these partners.")
    ] = None,
    orders: Annotated[
        list[str] | None, typer.Option("--order", metavar="PARTNER=FILE", help="An order of one of these partners.")
    ] = None,
    hit: Annotated[
        Path | None, typer.Option("--hit", metavar="FILE", help="Write the list of partners for whom it differs here.")
    ] = None,
    ignored: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="COLUMN", help="A column that is not a fact.")
    ] = None,
    seconds: SecondsOption = 5.0,
    program: ProgramOption = None,
    as_of: DateOption = None,
    lang: LangOption = "en",
    format: Annotated[DiffFormat, typer.Option("--format", help="What to write.")] = "text",
    fail_on: Annotated[DiffFailOn | None, typer.Option("--fail-on", help="End with 1 on this difference.")] = None,
    output: OutputOption = None,
) -> None:
    """Say what one release says otherwise than another, and for whom."""
    day = as_of or date.today()
    with reporting_refusals(format, output):
        need_solver("a comparison")
        from charter.engine.difference.approvals import read_approvals
        from charter.engine.difference.written_renames import recomputed
        from charter.engine.release.sources import find_files

        if portfolio is None and (lists or agreements or orders or hit):
            raise wrong_call("these options are about a portfolio, and there is none", "name it with --portfolio")
        files_of = [*name_pairs(lists or ()).values(), *name_pairs(orders or (), _ORDER).values()]
        check_outputs([output, hit], [before, after, approved, portfolio, agreements, *files_of], program)
        files = [find_files(named, _folder(program)) for named in (before, after)]
        pair = (load_files(files[0]), load_files(files[1]))
        write_problems(recomputed(*pair))
        differences = api.diff(*pair, as_of=day, seconds=seconds)
        approvals = read_approvals(read_document(approved)) if approved else {}
        compared = (
            _compared(differences, pair, portfolio, lists or (), agreements, orders or (), ignored or (), hit)
            if portfolio
            else None
        )
        code = FINDINGS if _fails(differences, approvals, fail_on) else DONE
        report = _report(differences, compared, (before, after), approvals, lang, format, output, code)
        write(report, output, as_is=format == "github")
    raise typer.Exit(code)


class _Compared(NamedTuple):
    """A portfolio under both releases, by the ids of the first, and the agreements affected, if any."""

    programmes: "tuple[Programme, Programme]"
    compared: "Compared"
    agreements: "AgreementsUnder | None"


def _compared(
    differences: "ReleaseDifference",
    pair: tuple["Release", "Release"],
    portfolio: Path,
    lists: Sequence[str],
    agreements: Path | None,
    orders: Sequence[str],
    ignored: Sequence[str],
    hit: Path | None,
) -> "_Compared":
    """Compare the releases over a portfolio and write its problems to stderr; with the agreements affected, if any.

    `pair` has both releases as they are written. The portfolio has the columns of the first one: the second reads them
    through the migrations since, or as what it has under another id.
    """
    from charter.engine.difference.effects import left_open
    from charter.engine.difference.renaming import for_columns_of
    from charter.engine.portfolio.compare.release_view import Portfolio, UnprovedOutcome

    with importing(Extra.BATCH, "a portfolio"):
        from charter.engine.portfolio.compare.compared import compare_portfolio
        from charter.engine.portfolio.compare.row_comparison import unreached_in_portfolio
    documents = {partner: read_document(path) for partner, path in name_pairs(orders, _ORDER).items()}
    files = {name: Path(path) for name, path in name_pairs(lists).items()}
    before, after, day = pair[0], for_columns_of(*pair), differences.pair.day
    is_open = () if differences.renaming.rows else tuple(starmap(UnprovedOutcome, left_open(differences.effects)))
    partners = Portfolio(portfolio, day, files, agreements, tuple(ignored), documents, hit, is_open)
    with removing_temporary_files():
        comparison = compare_portfolio(before, after, partners)
        affected = unreached_in_portfolio(before, after, partners) if agreements else None
    write_problems(comparison.problems, whole=True)
    return _Compared((before.programme, after.programme), comparison, affected)


def _folder(program: str | None) -> Path | None:
    """The folder of releases; None where there is none."""
    try:
        return program_folder(program)
    except (WrongCall, InvalidProgramme):
        return None


def _fails(differences: "ReleaseDifference", approvals: Mapping[str, Any], fail_on: DiffFailOn | None) -> bool:
    """Whether there is an unapproved difference of the kind `fail_on`; False where that is None."""
    unapproved = [judged for judged in differences.changes if judged.change.fingerprint not in approvals]
    if fail_on == "any":
        return bool(unapproved) or bool(differences.findings)
    if fail_on == "worsens" and differences.judgement not in ("neutral", "improves"):
        from charter.engine.difference.difference import rest_worsens

        return bool(differences.findings) or rest_worsens(differences, approvals.keys())
    return False


def _report(
    differences: "ReleaseDifference",
    compared: _Compared | None,
    names: tuple[str, str],
    approvals: Mapping[str, Any],
    lang: Language,
    format: DiffFormat,
    output: str | None,
    code: int,
) -> str:
    from charter.engine.report.compared import agreements_blocks, compared_blocks
    from charter.engine.report.compared_data import compared_data
    from charter.engine.report.difference import difference_data, difference_page, difference_problems

    day = differences.pair.day
    if format == "json":
        data = compared_data(*compared.programmes, compared.compared, compared.agreements, day) if compared else None
        return json_text(difference_data("findings" if code else "done", differences, day, approvals, data))
    blocks = compared_blocks(*compared.programmes, compared.compared, lang) if compared else ()
    if compared and compared.agreements:
        blocks += agreements_blocks(*compared.programmes, compared.agreements, lang)
    page = difference_page(differences, lang, approvals, blocks, names)
    if format == "github":
        from charter.engine.problems import Level

        problems = difference_problems(differences, lang, approvals)
        return findings_text("github", problems, page.headline, tuple, Level.ERROR)
    return pages_text([page], format, lang, output)


def log(
    program: ProgramOption = None,
    lang: LangOption = "en",
    format: PageFormatOption = "text",
    output: OutputOption = None,
) -> None:
    """Write what each release changed for partners."""
    from charter.engine.difference.history import history
    from charter.engine.report.history import history_data, history_page

    with reporting_refusals(format, output):
        check_output(output, (), program)
        releases = releases_of(release_folders(program_folder(program)))
        entries = history([read_files(release.folder) for release in releases])
        write_report(format, lambda: history_data(entries), lambda: history_page(entries, lang), lang, output)
