"""Commands about a release that is being written: `check`, `test`, `readings`."""

import sys
from datetime import date
from typing import Annotated

import typer
from charter.engine.problems import InvalidProgramme, Problem, has_errors, in_order
from charter.engine.release import load_files, read_files, release_folder, release_folders, shown

from .console import DONE, FINDINGS, answering, json_text, pages_text, program_folder, read_document, style, write
from .options import CheckFormat, DateOption, Lang, LangOption, OutputOption, PageFormat, ProgramOption, ReleaseOption


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
    from charter.engine.review import review

    in_json = format is CheckFormat.json
    with answering(in_json, output):
        root = program_folder(directory or program)
        folders = (release_folder(root, release, date.today()),) if release else release_folders(root)
        problems = in_order(problem for folder in folders for problem in review(folder))
        names, bad = [shown(folder) for folder in folders], has_errors(problems)
        if in_json:
            from charter.engine.report.data import problems_data

            text = json_text(problems_data("findings" if bad else "done", problems, releases=names))
        else:
            from charter.engine.report.problems import problems_text, tally

            text = f"{problems_text(problems, style(sys.stdout, output))}{', '.join(names)}: {tally(problems)}\n"
        write(text, output)
    raise typer.Exit(FINDINGS if bad else DONE)


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
    with answering(in_json, output):
        folder = release_folder(program_folder(directory or program), release, date.today())
        files = read_files(folder)
        loaded = load_files(files)
        scenarios = read_scenarios(folder, loaded)
        results = run(loaded, scenarios)
        if not results:
            help = f"write worked examples into {shown(folder / FOLDER)}"
            raise InvalidProgramme([Problem("no-scenarios", "this release has no scenarios", None, help)])
        reached, failed = reach(loaded, results), any(result.differences for result in results)
        tried = None
        if mutants and not failed:
            from charter.engine.mutants import survivors

            total, alive = survivors(files, scenarios)
            tried = Tried(total, alive, read_no_difference(folder))
            failed = bool(tried.unexplained or tried.idle)
        if in_json:
            text = json_text(scenarios_data("findings" if failed else "done", results, reached, tried))
        else:
            text = scenarios_text(loaded, results, reached, tried, style(sys.stdout, output))
        write(text, output)
    raise typer.Exit(FINDINGS if failed else DONE)


def readings(
    records: Annotated[
        list[str] | None, typer.Argument(metavar="[RECORD]", help="Partners' records (YAML or JSON); - is stdin.")
    ] = None,
    order: Annotated[str | None, typer.Option("--order", metavar="ORDER", help="An order, to be priced too.")] = None,
    program: ProgramOption = None,
    release: ReleaseOption = None,
    as_of: DateOption = None,
    lang: LangOption = Lang.en,
    format: Annotated[PageFormat, typer.Option("--format", help="What to write.")] = PageFormat.text,
    output: OutputOption = None,
) -> None:
    """Say what would be otherwise if an unclear clause were read in another way."""
    from charter.engine.readings import broken_claims, effects, other_readings
    from charter.engine.report.readings import readings_data, readings_page
    from charter.engine.scenarios import read_scenarios

    day = as_of or date.today()
    with answering(format is PageFormat.json, output):
        files = read_files(release_folder(program_folder(program), release, day))
        loaded = load_files(files)
        others, wrong = other_readings(files)
        if wrong:
            raise InvalidProgramme(wrong)
        partners = [read_document(path) for path in records or ()]
        changed = list(effects(loaded, others, partners, read_document(order) if order else None, day))
        broken = broken_claims(others, read_scenarios(files.folder, loaded))
        if format is PageFormat.json:
            text = json_text(readings_data(loaded.programme, others, changed, broken, day))
        else:
            page = readings_page(loaded.programme, others, changed, broken, day, lang.value)
            text = pages_text([page], format, lang.value, output)
        write(text, output)
