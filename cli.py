"""The command line `charter`: its commands and its entry point.

Exit codes: 0 done; 1 findings; 2 the call is wrong; 3 the programme is invalid; 4 the input is invalid; 70 our bug.
"""

import gc

gc.disable()  # a run is short, and collecting cycles would take a tenth of it

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from charter.commands.auditing import verify
from charter.commands.comparing import diff, log
from charter.commands.console import BUG, DONE, write
from charter.commands.integration import form, schema
from charter.commands.partner import evaluate, quote, timeline
from charter.commands.portfolio import batch, sql
from charter.commands.proving import advise, prove
from charter.commands.publishing import handbook
from charter.commands.releasing import explain, new, seal
from charter.commands.revision import check, readings, run_scenarios
from charter.engine.version import VERSION

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
app.command()(handbook)
app.command()(form)
app.command()(schema)


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
    with suppress(OSError):  # a failure to write has been reported already
        sys.stdout.flush()
        sys.stderr.flush()
    # A normal shutdown of the interpreter takes longer than deciding a partner.
    os._exit(DONE if code is None else code if isinstance(code, int) else BUG)


if __name__ == "__main__":
    main()
