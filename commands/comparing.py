"""Commands about several releases: `diff`, `log`."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from charter import api
from charter.engine.extras import Extra, importing
from charter.engine.problems import InvalidProgramme, WrongCall, wrong_call
from charter.engine.release.find import release_folders, releases_of
from charter.engine.release.load import load_files, read_files

from .console import (
    DONE,
    FINDINGS,
    answering,
    findings_text,
    json_text,
    pages_text,
    program_folder,
    read_document,
    refused_by_system,
    tell,
    write,
)
from .options import DateOption, Lang, LangOption, OutputOption, PageFormat, ProgramOption
from .portfolio import name_pairs
from .proving import SecondsOption, need_solver

if TYPE_CHECKING:
    from charter.engine.difference.difference import ReleaseDifference
    from charter.engine.difference.partner_effects import Pair
    from charter.engine.portfolio.compare.agreement_effects import AgreementsUnder
    from charter.engine.portfolio.compare.compared import Compared


class DiffFormat(StrEnum):
    """What `diff` writes."""

    text = "text"
    json = "json"
    markdown = "markdown"
    html = "html"
    github = "github"


class DiffFailOn(StrEnum):
    """Differences that make `diff` end with exit code 1."""

    worsens = "worsens"
    any = "any"


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
    lang: LangOption = Lang.en,
    format: Annotated[DiffFormat, typer.Option("--format", help="What to write.")] = DiffFormat.text,
    fail_on: Annotated[DiffFailOn | None, typer.Option("--fail-on", help="End with 1 on this difference.")] = None,
    output: OutputOption = None,
) -> None:
    """Say what one release says otherwise than another, and for whom."""
    day = as_of or date.today()
    with answering(format, output):
        need_solver("a comparison")
        from charter.engine.difference.approvals import read_approvals
        from charter.engine.release.sources import find_files

        if portfolio is None and (lists or agreements or orders or hit):
            raise wrong_call("these options are about a portfolio, and there is none", "name it with --portfolio")
        files = [find_files(named, _folder(program)) for named in (before, after)]
        found = api.diff(load_files(files[0]), load_files(files[1]), as_of=day, seconds=seconds)
        agreed = read_approvals(read_document(approved)) if approved else {}
        compared = (
            _compared(found.pair, portfolio, lists or (), agreements, orders or (), ignored or (), hit)
            if portfolio
            else None
        )
        code = FINDINGS if _fails(found, agreed, fail_on) else DONE
        write(_report(found, compared, (before, after), agreed, lang.value, format, output, code), output)
    raise typer.Exit(code)


def _compared(
    pair: "Pair",
    portfolio: Path,
    lists: Sequence[str],
    agreements: Path | None,
    orders: Sequence[str],
    ignored: Sequence[str],
    hit: Path | None,
) -> tuple["Compared", "AgreementsUnder | None"]:
    """What a portfolio shows of the two releases; what is wrong with it is told."""
    from charter.engine.portfolio.compare.release_view import Portfolio

    with importing(Extra.BATCH, "a portfolio"):
        from charter.engine.portfolio.compare.compared import compare_portfolio
        from charter.engine.portfolio.compare.row_comparison import unreached_in_portfolio
    placed = {partner: read_document(path) for partner, path in name_pairs(orders, "--order P-1=order.yaml").items()}
    files = {name: Path(path) for name, path in name_pairs(lists, "--list deals=deals.csv").items()}
    asked = Portfolio(portfolio, pair.day, files, agreements, tuple(ignored), placed, hit)
    with refused_by_system(f"'{hit or portfolio}' cannot be written or read"):
        found = compare_portfolio(pair.before, pair.after, asked)
        under = None
        if agreements:
            under = unreached_in_portfolio(pair.before, pair.after, asked)
    tell(found.problems)
    return found, under


def _folder(program: str | None) -> Path | None:
    """The folder of releases, where there is one."""
    try:
        return program_folder(program)
    except (WrongCall, InvalidProgramme):
        return None


def _fails(found: "ReleaseDifference", agreed: Mapping[str, Any], fail_on: DiffFailOn | None) -> bool:
    """Whether there is such a difference that nobody has approved."""
    left = [one for one in found.changes if one.change.fingerprint not in agreed]
    if fail_on is DiffFailOn.any:
        return bool(left) or bool(found.findings)
    if fail_on is DiffFailOn.worsens:
        bad = found.judgement in ("worsens", "both", "not_proved")
        return bad and (any(one.judgement not in ("neutral", "improves") for one in left) or bool(found.findings))
    return False


def _report(
    found: "ReleaseDifference",
    compared: tuple["Compared", "AgreementsUnder | None"] | None,
    names: tuple[str, str],
    agreed: Mapping[str, Any],
    lang: str,
    format: DiffFormat,
    output: str | None,
    code: int,
) -> str:
    from charter.engine.report.compared import agreements_blocks, compared_blocks
    from charter.engine.report.compared_data import compared_data
    from charter.engine.report.difference import difference_data, difference_page, difference_problems

    programmes, day = (found.before.programme, found.after.programme), found.pair.day
    if format is DiffFormat.json:
        data = compared_data(*programmes, *compared, day) if compared else None
        return json_text(difference_data("findings" if code else "done", found, day, agreed, data))
    blocks = compared_blocks(*programmes, compared[0], lang) if compared else ()
    if compared and compared[1]:
        blocks += agreements_blocks(*programmes, compared[1], lang)
    page = difference_page(found, lang, agreed, blocks, names)
    if format is DiffFormat.github:
        from charter.engine.problems import Level

        return findings_text("github", difference_problems(found, lang, agreed), page.headline, tuple, Level.ERROR)
    return pages_text([page], PageFormat(format.value), lang, output)


def log(
    program: ProgramOption = None,
    lang: LangOption = Lang.en,
    format: Annotated[PageFormat, typer.Option("--format", help="What to write.")] = PageFormat.text,
    output: OutputOption = None,
) -> None:
    """Write what each release changed for partners."""
    from charter.engine.difference.history import history
    from charter.engine.report.history import history_data, history_page

    with answering(format, output):
        found = releases_of(release_folders(program_folder(program)))
        entries = history([read_files(one.folder) for one in found])
        if format is PageFormat.json:
            text = json_text(history_data(entries))
        else:
            text = pages_text([history_page(entries, lang.value)], format, lang.value, output)
        write(text, output)
