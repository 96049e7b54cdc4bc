"""Checks the outputs of a command before its work: each can be written, and is no input of the same call."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import filterfalse
from pathlib import Path

from charter.engine.problems import InvalidProgramme, WrongCall
from charter.engine.release.find import release_files_in, release_folders
from charter.engine.source.whole_files import check_writable, refuse_overwriting

from .console import program_folder

Named = str | Path | None  #: a path as an option has it; None where it is left out, and `-` for stdin


def check_output(output: Named, inputs: Iterable[Named], program: Named = None) -> None:
    """Raise WrongCall where the output cannot be written, or is one of the inputs or a file of the programme."""
    check_outputs([output], inputs, program)


def check_outputs(outputs: Iterable[Named], inputs: Iterable[Named], program: Named = None) -> None:
    """Raise WrongCall where an output cannot be written, is written twice, or is an input or a file of the programme.

    An input that is a folder is that of a release.
    """
    written = [Path(output) for output in outputs if output is not None]
    if not written:
        return
    read = [Path("/dev/stdin" if str(path) == "-" else path) for path in inputs if path is not None]
    if any(map(os.path.isfile, written)):  # also where a name is too long to be looked up
        read += _files_of_programme(program)
        read += [file for folder in filter(os.path.isdir, read) for file in release_files_in(folder)]
    refuse_overwriting(written, list(filterfalse(os.path.isdir, read)))
    for path in written:
        check_writable(path)


def _files_of_programme(program: Named) -> Iterator[Path]:
    """The files of all releases of a programme; none where it is not there, which the command says."""
    with suppress(WrongCall, InvalidProgramme):
        for folder in release_folders(program_folder(str(program) if program is not None else None)):
            yield from release_files_in(folder)
