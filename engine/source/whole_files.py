"""Writes files and folders whole: each is made in a hidden folder beside its target, and takes its place when complete.

So an error, a full disk or a killed process leaves the target as it was. What a killed process leaves in such a folder
is removed by the next write beside it. A link is followed, and stays; the mode of an existing file is kept.
What is not a file on a disk (a device, a pipe, /dev/stdout) gets the content directly, once that is complete.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..problems import Problem, WrongCall, wrong_call

_PART = ".charter-part"  #: how the name of a hidden folder ends
_REPLACED = f"replaced{_PART}"  #: the old target in the hidden folder, while a new one takes its place in two steps
_SCRATCH = "charter"  #: the name of folders for temporary files
_SHOWN = 40  #: characters of the target's name that the hidden folder's name has, as file names are limited in length
_HIDDEN = re.compile(rf"\..+\.[0-9a-f]{{8}}{re.escape(_PART)}", re.DOTALL)
_DESCRIPTOR = re.compile(r"/dev/(std(?:in|out|err))|/(?:dev|proc/(?:self|\d+))/fd/(\d+)")
_STANDARD = {"stdin": 0, "stdout": 1, "stderr": 2}
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


def write_whole(target: Path, content: bytes, *, new: bool = False) -> None:
    """Replace or make a file. Raises WrongCall; with `new`, FileExistsError where there is one already."""
    with part_path(target) as part:
        with refusing(target):
            part.write_bytes(content)
        move(part, target, new=new)


@contextmanager
def part_path(target: Path, *, folder: bool = False) -> Iterator[Path]:
    """A path at which to make the new content of a target, a file or with `folder` a folder; `move` puts it in place.

    The path has the target's name, and its folder nothing else; the folder is removed at the end with all that is in
    it. Raises WrongCall where the target cannot be written.
    """
    with refusing(target):
        place = _place(target)
        if place is not None and place.exists():
            _check_replaceable(place, folder)
    with _hidden_folder(place or _scratch(target.name), target, 0o777 if folder else 0o700) as hidden:
        yield hidden / (place or target).name


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for temporary files, removed at the end; one left by a killed process is removed first."""
    place = _scratch(_SCRATCH)
    with _hidden_folder(place, place.parent, 0o700) as hidden:
        yield hidden


def move(part: Path, target: Path, *, new: bool = False) -> None:
    """Put a complete file or folder, made at a `part_path`, in the place of its target, and have it on the disk.

    Raises WrongCall; with `new`, FileExistsError where there is something already.
    """
    with refusing(target):
        place = _place(target)
        if place is None:
            _pour(part, target)
            return
        if place.is_file() and part.is_file():
            _keep_owner_and_mode(place, part)
        _sync(part)
        if new:
            _add(part, place)
        elif part.is_dir() and place.exists():
            _exchange(part, place)
        else:
            part.replace(place)
        _sync_folder(place.parent)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it exists; raises OSError."""
    import shutil  # slow to load

    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def remove_left(folder: Path) -> None:
    """Remove the hidden folders that killed processes left in a folder, where that is allowed.

    Where one was just replacing a folder, the old one is put back.
    """
    with suppress(OSError):  # of a folder that cannot be listed
        for name in filter(is_part, os.listdir(folder)):  # noqa: PTH208  the name is enough
            with suppress(OSError):  # of one that a process holds
                lock = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW)
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    _put_back(folder / name / _REPLACED, folder)
                    remove(folder / name)
                finally:
                    os.close(lock)


def _put_back(replaced: Path, folder: Path) -> None:
    """Move the old target, if it stands apart, to where it was and nothing is now; raises OSError."""
    for old in replaced.iterdir() if replaced.is_dir() else ():
        if not os.path.lexists(folder / old.name):
            old.rename(folder / old.name)


def check_writable(target: Path, *, folder: bool = False) -> None:
    """Raise WrongCall where a file or a folder cannot be written: for a call before its long work."""
    with part_path(target, folder=folder):
        pass


@contextmanager
def refusing(target: Path) -> Iterator[None]:
    """Turn an OSError into a WrongCall that names the target; FileExistsError is passed on."""
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        raise _unwritable(target, os.strerror(error.errno) if error.errno else str(error), error.errno) from error


def write_error(target: Path | None, error: Exception) -> WrongCall | None:
    """The error to raise for one of a database that could not write; None where `error` is about something else.

    `target` is what the database was to write besides files in a `scratch_folder`, None for nothing.
    """
    text, scratch = str(error), _scratch(_SCRATCH)
    if target is None or re.search(rf"{re.escape(f'.{_SCRATCH}')}\.[0-9a-f]{{8}}{_PART}", text):
        target = scratch.parent
    code = next((code for code in _FULL if os.strerror(code) in text), None)
    if _PART not in text and code is None:
        return None
    if code is None:
        code = next((code for code in _FORBIDDEN if os.strerror(code) in text), None)
    reason = os.strerror(code) if code else text.strip().split("\n")[0].rpartition(": ")[2]
    return _unwritable(target, reason, code)


def refuse_overwriting(outputs: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Raise WrongCall where an output is an input of the same call, or is written twice, by whatever name.

    A folder is what is in it. Devices and pipes may be both.
    """
    written: list[Path] = []
    read = list(inputs)
    for output in outputs:
        for path in read:
            if _overlap(output, path):
                message = f"'{output}' would be overwritten, and this call reads it"
                message += "" if str(path) == str(output) else f", as '{path}'"
                raise wrong_call(message, "name another output")
        for path in written:
            if _overlap(output, path):
                raise wrong_call(f"'{output}' would be written twice, also as '{path}'", "name another output")
        written.append(output)


def is_part(name: str) -> bool:
    """Whether a name is that of a hidden folder in which a file or a folder is made."""
    return _HIDDEN.fullmatch(name) is not None


def _overlap(first: Path, second: Path) -> bool:
    """Whether two paths are one file or folder, or one is a folder that contains the other."""
    identities = _identity(first), _identity(second)
    if None in identities:
        return False
    real, other = Path(os.path.realpath(first)), Path(os.path.realpath(second))
    inside = (real in other.parents and real.is_dir()) or (other in real.parents and other.is_dir())
    return identities[0] == identities[1] or inside


def _identity(path: Path) -> object:
    """What two names of one file have in common; None for a device or a pipe."""
    try:
        status = path.stat()
    except OSError:
        return os.path.realpath(path)
    return (status.st_dev, status.st_ino) if _is_on_disk(status.st_mode) else None


def _is_on_disk(mode: int) -> bool:
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


def _unwritable(target: Path, reason: str, code: int | None) -> WrongCall:
    help = "check the path"
    if code in _FULL:
        help = "make room, or name another place"
    elif code in _FORBIDDEN:
        help = "the file and its folder must be writable: a new file is made there, and takes the place of the old one"
    return WrongCall([Problem("unwritable-file", f"'{target}' cannot be written: {reason}", None, help)])


def _place(target: Path) -> Path | None:
    """The path to replace, without links; None where the target is no file on a disk. Raises OSError."""
    if _descriptor(target) is not None:
        return None
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return Path(os.path.realpath(target))
    return Path(os.path.realpath(target)) if _is_on_disk(mode) else None


def _descriptor(target: Path) -> int | None:
    """The number of the open file that a path such as /dev/stdout stands for, also through links."""
    path = os.path.abspath(target)  # noqa: PTH100  links stay
    for _ in range(40):
        if named := _DESCRIPTOR.fullmatch(path):
            return _STANDARD[named[1]] if named[1] else int(named[2])
        if not os.path.islink(path):  # noqa: PTH114
            return None
        path = os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(path)))  # noqa: PTH115, PTH118, PTH120
    return None


def _check_replaceable(place: Path, folder: bool) -> None:
    """Raise OSError where an existing file is write-protected, or is a folder."""
    if place.is_dir() and not folder:
        raise IsADirectoryError(errno.EISDIR, "")
    if not os.access(place, os.W_OK):
        raise PermissionError(errno.EACCES, "")


def _scratch(name: str) -> Path:
    """A path in the folder for temporary files."""
    import tempfile  # slow to load

    return Path(tempfile.gettempdir(), name)


@contextmanager
def _hidden_folder(place: Path, target: Path, mode: int) -> Iterator[Path]:
    """A new hidden folder beside a path, removed at the end; raises WrongCall that names the target.

    A signal may come at any step, so what is to be removed is known before it is made.
    """
    hidden, lock = None, None
    try:
        with refusing(target):
            remove_left(place.parent)
            while lock is None:
                hidden = place.with_name(f".{place.name[:_SHOWN]}.{os.urandom(4).hex()}{_PART}")
                try:
                    hidden.mkdir(mode)
                except OSError as error:
                    hidden = None  # it was not made, or is another's
                    if isinstance(error, FileExistsError):
                        continue
                    raise
                lock = _lock(hidden)
        if hidden is not None:
            yield hidden
    finally:
        if hidden is not None:
            remove(hidden)
        if lock is not None:
            os.close(lock)


def _lock(hidden: Path) -> int | None:
    """The descriptor that holds the lock of a new folder; None where another process has removed it as one left."""
    with suppress(FileNotFoundError):
        lock = os.open(hidden, os.O_RDONLY)
        with suppress(OSError):  # of a file system without locks
            fcntl.flock(lock, fcntl.LOCK_EX)
        if hidden.exists():
            return lock
        os.close(lock)
    return None


def _add(part: Path, place: Path) -> None:
    """Move to a place where nothing is; raises FileExistsError, OSError."""
    if part.is_dir():
        try:
            part.rename(place)
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.ENOTDIR):
                raise FileExistsError(errno.EEXIST, "") from error
            raise
        return
    try:
        os.link(part, place)
    except FileExistsError:
        raise
    except OSError:  # of a file system without hard links
        if place.exists():
            raise FileExistsError(errno.EEXIST, "") from None
        part.replace(place)


def _exchange(part: Path, place: Path) -> None:
    """Swap a complete folder and its target in one step, or in two where the system has none; raises OSError."""
    import ctypes  # slow to load, and only folders that exist need it

    swap = getattr(ctypes.CDLL(None), "renameat2", None)
    here, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux
    if swap is None or swap(here, os.fsencode(part), here, os.fsencode(place), ctypes.c_uint(exchange)):
        part.with_name(_REPLACED).mkdir()
        place.rename(part.with_name(_REPLACED) / place.name)
        part.rename(place)


def _pour(part: Path, target: Path) -> None:
    """Write the content of a file to a device, a pipe or an open file; raises OSError."""
    import shutil

    number = _descriptor(target)
    with part.open("rb") as content, target.open("wb") if number is None else os.fdopen(os.dup(number), "wb") as stream:
        shutil.copyfileobj(content, stream)


def _keep_owner_and_mode(place: Path, part: Path) -> None:
    """Give a file the owner, where that is allowed, and the mode of the one it will replace."""
    old = place.stat()
    if (old.st_uid, old.st_gid) != (part.stat().st_uid, part.stat().st_gid):
        with suppress(OSError):
            os.chown(part, old.st_uid, old.st_gid)
    part.chmod(stat.S_IMODE(old.st_mode))


def _sync(path: Path) -> None:
    """Have a file, or a folder with all in it, written to the disk; raises OSError."""
    if path.is_dir():
        for inner in path.iterdir():
            _sync(inner)
        _sync_folder(path)
        return
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    """Have the names in a folder written to the disk, where the system can."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
