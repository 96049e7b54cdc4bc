"""Commands about a release that is being written: `check`, `test`, `readings`."""

import sys
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from charter.engine.problems import InvalidProgramme, Level
from charter.engine.release.find import release_folder, release_folders
from charter.engine.release.load import load_files, read_files
from charter.engine.source.document import shown
from charter.engine.texts.visible import visible

from .console import (
    DONE,
    FINDINGS,
    findings_text,
    json_text,
    program_folder,
    read_document,
    removing_temporary_files,
    reporting_refusals,
    style,
    with_settings,
    write,
    write_message,
    write_report,
)
from .options import (
    CheckFormat,
    CheckFormatOption,
    DateOption,
    LangOption,
    LevelOption,
    OutputOption,
    PageFormatOption,
    ProgramOption,
    ReleaseOption,
    SetOption,
    WatchOption,
    check_format,
)
from .outputs import check_output
from .watch import run_on_changes

DirectoryArgument = Annotated[str | None, typer.Argument(metavar="[DIR]", help="A release, or a folder of releases.")]


def check(
    directory: DirectoryArgument = None,
    program: ProgramOption = None,
    release: ReleaseOption = None,
    format: CheckFormatOption = None,
    fail_on: LevelOption = Level.ERROR,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what is certain, and report the rest.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change, as a patch.")] = False,
    watch: WatchOption = False,
    output: OutputOption = None,
) -> None:
    """Report everything wrong with a release, each problem at its line."""
    format = check_format(format)
    with reporting_refusals(format, output):
        root = program_folder(directory or program)
        check_output(output, (), root)
        folders = (release_folder(root, release, date.today()),) if release else release_folders(root)
        if fix or diff:
            _mend(folders, diff, output)
        run = partial(_check, root if not release else folders[0], format, fail_on, output)
        if watch:
            run_on_changes(root, run)
        run()


def _mend(folders: Sequence[Path], diff: bool, output: str | None) -> None:
    """Mend the files of releases; with `diff` only write the patch, and exit."""
    from charter.engine.review.fixes import mend
    from charter.engine.source.edit import patch, write_mended
    from charter.engine.source.whole_files import remove_left

    with removing_temporary_files():
        mended = [file for folder in folders for file in mend(folder)]
        if diff:
            write(patch(mended), output, as_is=not sys.stdout.isatty())
            raise typer.Exit(FINDINGS if mended else DONE)
        for folder in folders:
            remove_left(folder)
        write_mended(mended)
    for file in mended:
        write_message(f"{visible(shown(file.path))}: mended\n")


def _check(program: Path, format: CheckFormat, fail_on: Level, output: str | None) -> None:
    from charter.engine.review.findings import fails
    from charter.engine.review.review import review_programme, reviewed_files

    with reporting_refusals(format, output):
        folders = release_folders(program)
        problems = review_programme(program, date.today())
        names, bad = [shown(folder) for folder in folders], fails(problems, fail_on)
        if format == "json":
            from charter.engine.evaluate.outcome_json import problems_data

            text = json_text(problems_data("findings" if bad else "done", problems, releases=names))
        else:
            from charter.engine.report.problems import SHOWN, problems_text, tally

            totals = f"{visible(', '.join(names))}: {tally(problems)}"
            if format == "text":
                most = SHOWN if output is None else None
                listed = problems_text(problems, style(sys.stdout, output), most)
                all_of_them = (
                    "'-o FILE' and '--format json' give all of them\n" if most and len(problems) > most else ""
                )
                text = f"{listed}{all_of_them}{totals}\n"
            else:
                from charter.engine.report.junit import file_cases

                files = [path for folder in folders for path in reviewed_files(folder)]
                text = findings_text(format, problems, totals, lambda: file_cases(files, problems), fail_on)
        write(text, output, as_is=format == "github")
    raise typer.Exit(FINDINGS if bad else DONE)


def run_scenarios(
    directory: DirectoryArgument = None,
    program: ProgramOption = None,
    release: ReleaseOption = None,
    mutants: Annotated[bool, typer.Option("--mutants", help="Change the programme, and see who notices.")] = False,
    settings: SetOption = None,
    format: CheckFormatOption = None,
    fail_on: LevelOption = Level.ERROR,
    watch: WatchOption = False,
    output: OutputOption = None,
) -> None:
    """Run the scenarios of a release, and say what they do not reach."""
    format = check_format(format)
    with reporting_refusals(format, output):
        root = program_folder(directory or program)
        check_output(output, (), root)
        run = partial(_test, root, release, mutants, settings or (), format, fail_on, output)
        if watch:
            run_on_changes(root, run)
        run()


def _test(
    program: Path,
    release: str | None,
    mutants: bool,
    settings: Sequence[str],
    format: CheckFormat,
    fail_on: Level,
    output: str | None,
) -> None:
    from charter.engine.report.problems import SHOWN
    from charter.engine.report.scenarios import scenarios_data, scenarios_tally, scenarios_text
    from charter.engine.review.findings import fails, run_problems, scenario_run

    with reporting_refusals(format, output):
        files = read_files(release_folder(program, release, date.today()))
        run = scenario_run(with_settings(files, settings).files if settings else files, mutants)
        problems = run_problems(run)
        bad = fails(problems, fail_on)
        if format == "json":
            text = json_text(scenarios_data("findings" if bad else "done", run))
        elif format == "text":
            text = scenarios_text(run, style(sys.stdout, output), SHOWN if output is None else None)
        else:
            from charter.engine.report.junit import scenario_cases

            text = findings_text(format, problems, scenarios_tally(run), lambda: scenario_cases(run), fail_on)
        write(text, output, as_is=format == "github")
    raise typer.Exit(FINDINGS if bad else DONE)


def readings(
    records: Annotated[
        list[str] | None, typer.Argument(metavar="[RECORD]", help="Partners' records (YAML or JSON); - is stdin.")
    ] = None,
    order: Annotated[str | None, typer.Option("--order", metavar="ORDER", help="An order, to be priced too.")] = None,
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    lang: LangOption = "en",
    format: PageFormatOption = "text",
    output: OutputOption = None,
) -> None:
    """Say what would be otherwise if an unclear clause were read in another way."""
    from charter.engine.report.readings import readings_data, readings_page
    from charter.engine.review.readings import broken_claims, other_readings, reading_effects
    from charter.engine.review.scenarios import read_scenarios

    day = as_of or date.today()
    with reporting_refusals(format, output):
        check_output(output, [*(records or ()), order], program)
        files = read_files(release_folder(program_folder(program), release, day))
        loaded = load_files(files)
        others, wrong = other_readings(files)
        if wrong:
            raise InvalidProgramme(wrong)
        partners = [read_document(path) for path in records or ()]
        changed = list(reading_effects(loaded, others, partners, read_document(order) if order else None, day))
        broken = broken_claims(others, read_scenarios(files.folder, loaded))
        report = (loaded.programme, others, changed, broken, day)
        write_report(format, lambda: readings_data(*report), lambda: readings_page(*report, lang), lang, output)
