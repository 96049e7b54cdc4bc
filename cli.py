"""The command line `charter`: its commands and its entry point.

Exit codes: 0 done; 1 findings; 2 the call is wrong; 3 the programme is invalid; 4 the input is invalid; 70 our bug.
"""

import gc

gc.set_threshold(5_000, 10, 10)  # looking for cycles more often takes a tenth of a short run

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from charter.commands.auditing import verify
from charter.commands.comparing import diff, log
from charter.commands.console import (
    BUG,
    DONE,
    WRONG_CALL,
    open_closed_streams,
    system_refusal,
    write,
    write_message,
    write_problems,
)
from charter.commands.integration import form, schema
from charter.commands.migrating import migrate
from charter.commands.partner import evaluate, quote, timeline
from charter.commands.portfolio import batch, sql
from charter.commands.proving import advise, prove
from charter.commands.publishing import handbook
from charter.commands.releasing import explain, new, seal
from charter.commands.revision import check, readings, run_scenarios
from charter.commands.tables import table
from charter.engine.problems import WrongCall
from charter.engine.texts.visible import visible
from charter.engine.version import VERSION

#: what the parser of the command line raises for wrong arguments
_USAGE_ERROR = typer.BadParameter.__mro__[2]

app = typer.Typer(
    help="Evaluate partners against a partner programme kept as data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(evaluate)
app.command()(quote)
app.command()(timeline)
app.command()(batch)
app.command()(sql)
app.command()(check)
app.command("test")(run_scenarios)
app.command()(readings)
app.command()(prove)
app.command()(advise)
app.command()(diff)
app.command()(log)
app.command()(verify)
app.command()(explain)
app.command()(new)
app.command()(seal)
app.command()(migrate)
app.command()(handbook)
app.command()(form)
app.command()(schema)
app.add_typer(table, name="table")


@app.callback(invoke_without_command=True)
def _charter(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    if version:
        write(f"charter {VERSION}\n", None)
        raise typer.Exit(DONE)


def main() -> NoReturn:
    """Run a command and exit; an unexpected exception is reported as a bug, with exit code 70."""
    # After an interrupt, or when the reader of its output is gone, the process ends by the signal.
    for name in ("SIGINT", "SIGPIPE"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    open_closed_streams()
    try:
        code = app(prog_name="charter", standalone_mode=False) or DONE
    except SystemExit:  # the parser, where a pipe is closed and there is no signal for it
        code = WRONG_CALL
    except Exception as error:  # noqa: BLE001 - the one place that catches everything
        code = _reported(error)
    with suppress(OSError):  # a failure to write has been reported already
        sys.stdout.flush()
        sys.stderr.flush()
    # A normal shutdown of the interpreter takes longer than deciding a partner.
    os._exit(code)


def _reported(error: Exception) -> int:
    """Report an exception that ended the command; the exit code for it."""
    if isinstance(error, _USAGE_ERROR):
        if type(error).__name__ != "NoArgsIsHelpError":  # which has shown the help
            write_message(_usage_text(error))
        return WRONG_CALL
    if isinstance(error, OSError | WrongCall):
        write_problems((error if isinstance(error, WrongCall) else system_refusal(error)).problems)
        return WRONG_CALL
    where = error.__traceback__
    while where and where.tb_next:
        where = where.tb_next
    spot = f"{Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}" if where else "?"
    name = type(error).__name__
    write_message(f"charter: a bug of ours, not a verdict: {name} at {spot}: {visible(str(error))}\n")
    write_message(f"Please report it with the command, the input and this line; charter {VERSION}.\n")
    return BUG


def _usage_text(error: Any) -> str:
    """How the command is called, and what is wrong with the arguments."""
    context, lines = getattr(error, "ctx", None), []
    if context is not None:
        lines = [context.get_usage(), f"Try '{context.command_path} {context.help_option_names[-1]}' for help.", ""]
    return "\n".join([*lines, f"error[wrong-call]  {visible(error.format_message())}", ""])


if __name__ == "__main__":
    main()
