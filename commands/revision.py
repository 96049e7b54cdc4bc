"""Commands about a release that is being written: `check`, `test`."""

import sys
from datetime import date
from typing import Annotated

import typer
from charter.engine.problems import InvalidProgramme, Problem, has_errors, in_order
from charter.engine.release import load, read_release, release_folder, release_folders, shown

from .console import DONE, FINDINGS, answering, json_text, program_folder, style, write
from .options import CheckFormat, OutputOption, ProgramOption, ReleaseOption


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
    with answering(in_json, output):
        root = program_folder(directory or program)
        folders = (release_folder(root, release, date.today()),) if release else release_folders(root)
        problems = in_order(problem for folder in folders for problem in read_release(folder)[1])
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
            text = json_text(scenarios_data("findings" if failed else "done", results, reached, tried))
        else:
            text = scenarios_text(loaded, results, reached, tried, style(sys.stdout, output))
        write(text, output)
    raise typer.Exit(FINDINGS if failed else DONE)
