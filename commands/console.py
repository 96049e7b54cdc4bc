"""What all commands share: reading files, loading releases, writing reports and problems, and exit codes."""

import os
import re
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from charter.api import Language
from charter.engine.limits import MAX_BYTES
from charter.engine.problems import (
    Invalid,
    InvalidInput,
    InvalidProgramme,
    Level,
    Problem,
    WrongCall,
    has_errors,
    in_order,
    wrong_call,
)
from charter.engine.release.find import find_program, release_folder
from charter.engine.release.load import Release, ReleaseFiles, load_files, read_files
from charter.engine.report.terminal import Style, without_style
from charter.engine.source.document import Document, read_bytes, stream_bytes
from charter.engine.source.whole_files import write_whole
from charter.engine.texts.visible import visible_lines

from .options import EvaluateFormat, PageFormat

if TYPE_CHECKING:
    from charter.engine.review.what_if import WhatIf

DONE, FINDINGS, WRONG_CALL, INVALID_PROGRAMME, INVALID_INPUT, BUG = 0, 1, 2, 3, 4, 70

_COLOURS: dict[str, dict[str, Any]] = {
    "good": {"fg": "green"},
    "bad": {"fg": "red"},
    "open": {"fg": "yellow"},
    "strong": {"bold": True},
    "dim": {"dim": True},
}
_COLOUR = re.compile(r"(\x1b\[(?:0|1|2|31|32|33)m)")  #: what `typer.style` writes for these


def open_closed_streams() -> None:
    """Put a file that cannot be used in the place of a standard stream that the caller closed.

    So a use of it fails as one of a broken stream does, and no other file gets its number. Messages go nowhere.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDONLY if name == "stdout" else os.O_WRONLY)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", closefd=False))


def program_folder(named: str | None) -> Path:
    """The folder of all releases or of one: `named`, or the nearest to the working directory."""
    return Path(named) if named else find_program(Path.cwd())


@contextmanager
def reporting_refusals(format: str, output: str | None) -> Iterator[None]:
    """Turn an Invalid of the engine into messages on stderr, output in a machine-readable format, and an exit code.

    A file that the system refuses is a wrong call too.
    """
    try:
        yield
    except (Invalid, OSError) as error:
        refused = error if isinstance(error, Invalid) else system_refusal(error)
        code, result = _REFUSALS[type(refused)]
        write_problems(refused.problems)
        if text := _refusal(format, result, refused.problems):
            with suppress(WrongCall):  # the output itself may be unwritable
                write(text, output if code != WRONG_CALL else None, as_is=format == "github")
        raise typer.Exit(code) from None


_REFUSALS = {
    WrongCall: (WRONG_CALL, "wrong_call"),
    InvalidProgramme: (INVALID_PROGRAMME, "invalid_programme"),
    InvalidInput: (INVALID_INPUT, "invalid_input"),
}


def _refusal(format: str, result: str, problems: tuple[Problem, ...]) -> str:
    """The refusal in a machine-readable format; empty for the other formats."""
    if format in ("json", "jsonl"):
        from charter.engine.evaluate.outcome_json import problems_data

        return json_text(problems_data(result, problems), lines=format == "jsonl")
    if format in ("github", "sarif", "junit"):
        from charter.engine.report.junit import file_cases
        from charter.engine.report.problems import tally

        return findings_text(format, problems, tally(problems), lambda: file_cases((), problems), Level.ERROR)
    return ""


def findings_text(
    format: str, problems: Sequence[Problem], tally: str, cases: Callable[[], Sequence[Any]], level: Level
) -> str:
    """Problems in a format of CI systems; `junit` has the cases instead, which fail from `level` on."""
    if format == "github":
        from charter.engine.report.annotations import annotations

        return annotations(problems, tally)
    if format == "sarif":
        from charter.engine.report.sarif import sarif_data

        return json_text(sarif_data(problems, Path.cwd()))
    from charter.engine.report.junit import junit_xml

    return junit_xml("charter", cases(), level)


def read_file(path: str) -> tuple[Document | None, tuple[Problem, ...]]:
    """A file, or stdin for `-`: its document, None where it has errors, and its problems. Raises WrongCall."""
    document, problems = read_bytes(*read_content(path))
    return (None if has_errors(problems) else document), in_order(problems)


def read_content(path: str, most: int = MAX_BYTES) -> tuple[bytes, str]:
    """The first `most` + 1 bytes of a file, or of stdin for `-`, and its name in messages. Raises WrongCall."""
    try:
        content = sys.stdin.buffer.read(most + 1) if path == "-" else stream_bytes(Path(path), most)
    except OSError as error:
        raise _wrong_path("unreadable-file", f"'{path}' cannot be read", error) from error
    return content, "<stdin>" if path == "-" else path


def read_document(path: str) -> Document:
    """The document in a file, or in stdin for `-`; its warnings go to stderr. Raises WrongCall and InvalidInput."""
    document, problems = read_file(path)
    if document is None:
        raise InvalidInput(problems)
    write_problems(problems)
    return document


def _wrong_path(code: str, message: str, error: OSError) -> WrongCall:
    reason = os.strerror(error.errno) if error.errno else str(error)
    return WrongCall([Problem(code, f"{message}: {reason}", None, "check the path")])


def write_report(
    format: PageFormat, data: Callable[[], dict[str, Any]], page: Callable[[], Any], lang: Language, output: str | None
) -> None:
    """Write a report in a format: its data as JSON, or else its page. Raises WrongCall."""
    write(json_text(data()) if format == "json" else pages_text([page()], format, lang, output), output)


def pages_text(pages: Sequence[Any], format: EvaluateFormat | PageFormat, lang: Language, output: str | None) -> str:
    """Pages in a format, one after the other."""
    if format == "html" and pages:
        from charter.engine.report.html import pages_html

        return pages_html(pages, lang)
    if format == "markdown":
        from charter.engine.report.markdown import page_markdown

        return "\n".join(page_markdown(page) for page in pages)
    from charter.engine.report.terminal import page_text

    return "\n".join(page_text(page, style(sys.stdout, output)) for page in pages)


def json_text(data: dict[str, Any], *, lines: bool = False) -> str:
    """Data as JSON with exact numbers; on one line with `lines`."""
    from charter.api import to_json

    return to_json(data, indent=None if lines else 2) + "\n"


def write(text: str, output: str | None, *, as_is: bool = False) -> None:
    """Write text to the file `output`, or to stdout where it is None. Raises WrongCall where that fails.

    On stdout hidden characters are escaped, unless it is text whose every byte a program reads (`as_is`).
    """
    if output is None and not as_is:
        text = _shown_on(sys.stdout, text)
    content = text.encode(errors="backslashreplace")  # a file name may contain bytes that are not text
    if output is not None:
        write_whole(Path(output), content)
        return
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except OSError as error:
        raise _wrong_path("unwritable-file", "the output cannot be written", error) from error


def with_settings(files: ReleaseFiles, settings: Sequence[str]) -> "WhatIf":
    """The release with the settings of `--set`, which are written to stderr as a patch. Raises WrongCall."""
    from charter.engine.review.what_if import what_if
    from charter.engine.source.edit import patch

    changed = what_if(files, settings)
    write_message(patch(changed.mended))
    return changed


def load_release(
    program: str | None, release: str | None, as_of: date | None, settings: Sequence[str] | None = None
) -> Release:
    """The release named, or the one in force on a day (today where None), with the settings of `--set`."""
    return load_folder(release_folder(program_folder(program), release, as_of or date.today()), settings)


def load_folder(folder: Path, settings: Sequence[str] | None = None) -> Release:
    """The release in a folder, with the settings of `--set`."""
    files = read_files(folder)
    return with_settings(files, settings).load() if settings else load_files(files)


def system_refusal(error: OSError) -> WrongCall:
    """The wrong call that an error of the system is: its reason, and the file where the error names one."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return wrong_call("the folder that charter is called in was deleted", "go to another one")
    if isinstance(error.filename, str | bytes):
        return _wrong_path("unreadable-file", f"'{os.fsdecode(error.filename)}' cannot be used", error)
    return _wrong_path("unwritable-file", "a file, or the output, cannot be read or written", error)


class _Stopped(BaseException):
    """Raised by a signal that is to end the process."""


@contextmanager
def removing_temporary_files() -> Iterator[None]:
    """Let a signal that ends the process first unwind the call, which removes its temporary files.

    A second signal ends it at once.
    """
    received: list[int] = []

    def stop(number: int, _frame: Any) -> None:
        restore()
        received.append(number)
        raise _Stopped

    def restore() -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)

    named = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    numbers = [number for number in named if signal.getsignal(number) is signal.SIG_DFL]
    for number in numbers:
        signal.signal(number, stop)
    try:
        yield
    finally:
        restore()
        if received:  # the database turns the exception of the signal into one of its own
            signal.raise_signal(received[0])


def write_problems(problems: Iterable[Problem], *, whole: bool = False) -> None:
    """Write problems to stderr; of very many the worst, and the counts of the rest, unless they are to be `whole`."""
    from charter.engine.report.problems import SHOWN, problems_text

    write_message(problems_text(problems, style(sys.stderr), None if whole else SHOWN))


def write_message(text: str) -> None:
    """Write lines for people to stderr; where nobody can read them, the exit code says what happened."""
    with suppress(OSError):
        sys.stderr.write(_shown_on(sys.stderr, text))
        sys.stderr.flush()


def _shown_on(stream: Any, text: str) -> str:
    """The text with hidden characters escaped; our own colours stay where the stream has any."""
    if style(stream) is without_style:
        return visible_lines(text)
    return "".join(part if index % 2 else visible_lines(part) for index, part in enumerate(_COLOUR.split(text)))


def style(stream: Any, output: str | None = None) -> Style:
    """The style of text: coloured on a terminal unless NO_COLOR is set, plain in a file."""
    if output is not None or os.environ.get("NO_COLOR") or not stream.isatty():
        return without_style
    return lambda text, style: typer.style(text, **_COLOURS[style])
