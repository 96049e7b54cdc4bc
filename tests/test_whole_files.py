"""Nothing is lost: every command that writes is killed and run on a full disk, and what stood there is old or new.

The processes and the kills are real. The table below has every command; one that writes and is not in it fails a test.
"""

from __future__ import annotations

import errno
import json
import os
import random
import resource
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest
import typer
from charter.cli import app
from charter.engine.problems import WrongCall
from charter.engine.source.whole_files import is_part, move, part_path, refuse_overwriting, write_error, write_whole

from .cli import COMMAND, charter
from .programmes import ROOT, SMALL, copy_of, edit, with_a_scenario
from .three_releases import next_release, rename

DAY = "--as-of", "2026-11-24"
LONG = "--seconds", "100"


class Writer(NamedTuple):
    """A command that writes: its words, the exit code, and the folders that appear in one step."""

    words: tuple[str, ...]
    code: int = 0
    at_once: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()  #: files that it reads, besides those of the programme


RETAIL = "examples/retail.yaml"
ORDER = "examples/orders/mixed.yaml"
TABLE = "examples/portfolios/asoft.csv"
WRITERS: Mapping[str, Writer] = {
    "evaluate": Writer(("evaluate", RETAIL, *DAY, "--format", "html", "-o", "out"), inputs=(RETAIL,)),
    "quote": Writer(("quote", ORDER, "--partner", RETAIL, *DAY, "-o", "out"), inputs=(ORDER, RETAIL)),
    "timeline": Writer(
        ("timeline", RETAIL, "--from", "2026-01-01", "--to", "2026-12-31", "-o", "out"), inputs=(RETAIL,)
    ),
    "batch": Writer(("batch", TABLE, *DAY, "--summary", "sum.json", "-o", "out.csv"), code=4, inputs=(TABLE,)),
    "batch to parquet": Writer(("batch", TABLE, *DAY, "-o", "out.parquet"), code=4),
    "batch to JSON Lines": Writer(("batch", TABLE, *DAY, "-o", "out.jsonl"), code=4),
    "sql": Writer(("sql", *DAY, "-o", "out")),
    "check": Writer(("check", "--program", "small", "-o", "out")),
    "check --fix": Writer(("check", "spoilt", "--fix")),
    "test": Writer(("test", "--program", "small", "-o", "out")),
    "readings": Writer(("readings", RETAIL, "--order", ORDER, *DAY, "-o", "out"), inputs=(RETAIL, ORDER)),
    "prove": Writer(("prove", "retail_up_to_22_5", *DAY, *LONG, "--examples", "found", "-o", "out")),
    "advise": Writer(("advise", RETAIL, "--order", ORDER, *DAY, *LONG, "-o", "out"), inputs=(RETAIL, ORDER)),
    "diff": Writer(
        ("diff", "program/1.0.0", "other/1.0.0", "--portfolio", TABLE, "--hit", "hit.csv", *DAY, *LONG, "-o", "out"),
        inputs=(TABLE, "other/1.0.0/tiers.yaml"),
    ),
    "log": Writer(("log", "-o", "out")),
    "verify": Writer(("verify", "saved.json", "-o", "out"), inputs=("saved.json",)),
    "explain": Writer(("explain", "-o", "out")),
    "new": Writer(("new", "1.1.0", "--program", "small", *DAY), at_once=("small/1.1.0",)),
    "seal": Writer(("seal", "1.0.0", "--program", "small", "--as-of", "2025-06-01")),
    "migrate": Writer(("migrate", "old.yaml", "--program", "moved", "--as-of", "2027-06-01")),
    "migrate a portfolio": Writer(
        ("migrate", "old.csv", "--program", "moved", "--as-of", "2027-06-01", "-o", "out.csv"), inputs=("old.csv",)
    ),
    "handbook": Writer(("handbook", *DAY, "-o", "out")),
    "form": Writer(("form", *DAY, "-o", "out")),
    "schema": Writer(("schema", *DAY, "-o", "out")),
    "table export": Writer(("table", "export", "required_admins", *DAY, "-o", "out")),
    "table import": Writer(
        ("table", "import", "rates.csv", "--into", "enough", "--program", "small", "-o", "out"), inputs=("rates.csv",)
    ),
}
OLD = ("out", "out.csv", "out.rejects.csv", "out.parquet", "out.jsonl", "sum.json", "hit.csv")
QUICK = ("evaluate", "check --fix", "new")
#: how many kills and full disks a slow test tries
TIMES = int(os.environ.get("CHARTER_KILLS", "5"))

#: Runs charter, and kills it before the n-th operation that changes a file in a folder.
KILLED_AT = """
import os, signal, sys
left, folder = int(sys.argv.pop(1)), sys.argv.pop(1)
changing = {"os.mkdir", "os.rename", "os.link", "os.remove", "os.rmdir", "os.chmod", "os.chown", "os.truncate"}

def hook(event, args):
    global left
    if event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        path = args[0]
    elif event in changing:
        path = args[0]
    else:
        return
    if isinstance(path, (str, bytes, os.PathLike)) and os.path.abspath(os.fsdecode(path)).startswith(folder):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(hook)
import charter.cli
charter.cli.main()
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that the commands read, and an old file wherever one of them writes."""
    folder = tmp_path_factory.mktemp("base")
    for name in ("program", "examples"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copytree(ROOT / "program", folder / "other")
    with_a_scenario(folder / "small")
    spoilt = with_a_scenario(folder / "spoilt")
    edit(spoilt, "tiers.yaml", "value: 15,", "value: 15%,")
    edit(spoilt, "facts.yaml", "default: false", "default: no")
    edit(folder / "other" / "1.0.0", "tiers.yaml", "value: 10\n", "value: 12\n")
    charter("evaluate", RETAIL, *DAY, "--format", "json", "-o", "saved.json", cwd=folder)
    before = copy_of(SMALL, folder / "moved")
    rename(next_release(before, "2.0.0", 'from: "1.0.0"\nfacts: {staff: people}\n'), "people", "staff")
    (folder / "old.yaml").write_text('partner: P\nrelease: "1.0.0"\nfacts: {people: 3}\n', "utf-8")
    (folder / "old.csv").write_text("partner,people\nP,3\n", "utf-8")
    (folder / "rates.csv").write_text("tier,out: enough\ngold,4\n", "utf-8")
    for name in OLD:
        (folder / name).write_text(f"what stood in {name} before\n" * 3, "utf-8")
    return folder


@pytest.fixture
def world(base: Path, tmp_path: Path) -> Callable[[], Path]:
    """Makes a new copy of the folder in place of the last one."""

    def copy() -> Path:
        shutil.rmtree(tmp_path / "world", ignore_errors=True)
        return Path(shutil.copytree(base, tmp_path / "world"))

    return copy


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A cache of the tests' own, and the environment that names it."""
    return {**os.environ, "XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache")), "NO_COLOR": "1"}


def files(folder: Path) -> dict[str, bytes]:
    """Every file in a folder by its path, without what is being made in hidden folders."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(is_part(part) for part in path.relative_to(folder).parts)
    }


def run(writer: Writer, folder: Path, env: Mapping[str, str], size: int | None = None) -> subprocess.CompletedProcess:
    """Run a command in a folder; with `size` no file may grow beyond so many bytes."""

    def limited() -> None:
        if size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return subprocess.run(
        [*COMMAND, *writer.words], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=300,
        preexec_fn=limited,
    )  # fmt: skip


def check_old_or_new(writer: Writer, there: dict[str, bytes], old: dict[str, bytes], new: dict[str, bytes]) -> None:
    """Each file is as it was or as the command writes it; a folder that appears at once is not there, or all of it."""
    for name in old.keys() | new.keys() | there.keys():
        assert there.get(name) in (old.get(name), new.get(name)), f"{name} is neither old nor new"
    for name in writer.at_once:
        inside = {path for path in there if path.startswith(f"{name}/")}
        assert inside in (set(), {path for path in new if path.startswith(f"{name}/")}), f"half of {name}"


def finished(writer: Writer, folder: Path, env: Mapping[str, str]) -> tuple[dict[str, bytes], float]:
    """What the files are when the command has ended undisturbed, and the seconds that it took."""
    started = time.monotonic()
    done = run(writer, folder, env)
    assert done.returncode == writer.code, done.stdout + done.stderr
    assert not [path for path in folder.rglob("*") if is_part(path.name)]
    return files(folder), time.monotonic() - started


def check_that_it_goes_on(writer: Writer, folder: Path, env: Mapping[str, str], new: dict[str, bytes]) -> None:
    """After a kill the next call works, and removes what the killed one left."""
    done = run(writer, folder, env)
    if done.returncode != writer.code:  # what was to be new is there already
        assert done.returncode == 2
        assert "already" in done.stderr
    assert files(folder) == new
    assert not [path for path in folder.rglob("*") if is_part(path.name)]


# Every command --------------------------------------------------------------------------------------------------------


def test_every_command_is_in_the_table() -> None:
    names = {command.name or command.callback.__name__ for command in app.registered_commands}
    names |= {group.name for group in app.registered_groups}
    assert {writer.words[0] for writer in WRITERS.values()} == names


def test_every_option_that_names_a_file_to_write_is_in_the_table() -> None:
    """An option whose help says that something is written there is used by a line of the table."""
    commands = {(name,): command for name, command in typer.main.get_command(app).commands.items()}
    for group in [words for words, command in commands.items() if hasattr(command, "commands")]:
        commands |= {(*group, name): command for name, command in commands.pop(group).commands.items()}
    for name, command in commands.items():
        writers = [writer for writer in WRITERS.values() if writer.words[: len(name)] == name]
        used = {word for writer in writers for word in writer.words}
        for option in command.params:
            text = f"{getattr(option, 'help', '')} {option.metavar}".lower()
            if option.metavar and ("write" in text or option.name in ("output", "summary")) and "patch" not in text:
                assert used & set(option.opts), f"{name} {option.opts}"


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in WRITERS if name in QUICK])
def test_a_kill_at_any_step_leaves_old_or_new(
    name: str, base: Path, world: Callable[[], Path], cache: dict[str, str]
) -> None:
    _killed_at_each_step(WRITERS[name], base, world, cache)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in WRITERS if name not in QUICK])
def test_a_kill_at_any_step_of_any_command_leaves_old_or_new(
    name: str, base: Path, world: Callable[[], Path], cache: dict[str, str]
) -> None:
    _killed_at_each_step(WRITERS[name], base, world, cache)


def _killed_at_each_step(writer: Writer, base: Path, world: Callable[[], Path], cache: dict[str, str]) -> None:
    """Kill the command before each operation that changes a file; the files are left for the next call to cope with."""
    old, (new, _) = files(base), finished(writer, world(), cache)
    folder = world()
    for number in range(1, 200):
        command = [sys.executable, "-c", KILLED_AT, str(number), str(folder), *writer.words]
        done = subprocess.run(command, cwd=folder, env=cache, capture_output=True, check=False, timeout=300)
        if done.returncode != -signal.SIGKILL:
            break
        check_old_or_new(writer, files(folder), old, new)
        if files(folder) == new:
            check_that_it_goes_on(writer, folder, cache, new)
            folder = world()
    assert number > 4
    check_that_it_goes_on(writer, folder, cache, new)


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITERS)
def test_kills_at_random_moments_leave_old_or_new(
    name: str, base: Path, world: Callable[[], Path], cache: dict[str, str]
) -> None:
    writer, chance = WRITERS[name], random.Random(name)
    finished(writer, world(), cache)  # fills the cache
    folder = world()
    old, (new, seconds) = files(base), finished(writer, folder, cache)
    folder = world()
    for _ in range(TIMES):
        with subprocess.Popen(
            [*COMMAND, *writer.words], cwd=folder, env=cache, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            time.sleep(seconds * chance.uniform(0.2, 1.1))
            process.kill()
            process.wait()
        check_old_or_new(writer, files(folder), old, new)
        if files(folder) == new:
            folder = world()
    check_that_it_goes_on(writer, folder, cache, new)


@pytest.mark.parametrize("name", QUICK)
def test_a_full_disk_leaves_old_or_new(name: str, base: Path, world: Callable[[], Path], cache: dict[str, str]) -> None:
    _on_full_disks(name, 3, base, world, cache)


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITERS)
def test_full_disks_leave_old_or_new(name: str, base: Path, world: Callable[[], Path], cache: dict[str, str]) -> None:
    _on_full_disks(name, TIMES, base, world, cache)


def _on_full_disks(name: str, times: int, base: Path, world: Callable[[], Path], cache: dict[str, str]) -> None:
    """Where a file is refused its last bytes, the call is wrong and names a file; nothing is left of the attempt."""
    writer, chance = WRITERS[name], random.Random(name)
    old, (new, _) = files(base), finished(writer, world(), cache)
    written = [len(content) for path, content in new.items() if old.get(path) != content]
    folder = world()
    for _ in range(times):
        done = run(writer, folder, cache, size=chance.randrange(max(written)))
        there = files(folder)
        check_old_or_new(writer, there, old, new)
        assert not [path for path in folder.rglob("*") if is_part(path.name)]
        assert done.returncode == 2, done.stdout + done.stderr
        assert "error[unwritable-file]" in done.stderr
        assert f"cannot be written: {os.strerror(errno.EFBIG)}\n" in done.stderr
    check_that_it_goes_on(writer, folder, cache, new)


@pytest.mark.parametrize("name", ["evaluate", "new"])
def test_two_at_once(name: str, base: Path, world: Callable[[], Path], cache: dict[str, str]) -> None:
    _two_at_once(WRITERS[name], base, world, cache)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in WRITERS if name not in ("evaluate", "new")])
def test_two_of_any_command_at_once(name: str, base: Path, world: Callable[[], Path], cache: dict[str, str]) -> None:
    _two_at_once(WRITERS[name], base, world, cache)


def _two_at_once(writer: Writer, base: Path, world: Callable[[], Path], cache: dict[str, str]) -> None:
    """One wins, and the other says so or has written the same."""
    new, _ = finished(writer, world(), cache)
    for _ in range(3):
        folder = world()
        both = [
            subprocess.Popen(
                [*COMMAND, *writer.words], cwd=folder, env=cache, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
            )
            for _ in range(2)
        ]
        ends = [(process.communicate(timeout=300)[1].decode(), process.returncode) for process in both]
        assert files(folder) == new
        assert not [path for path in folder.rglob("*") if is_part(path.name)]
        codes = sorted(code for _, code in ends)
        if writer.words[0] == "new":
            assert codes == [0, 2]
            assert any("there is a release '1.1.0' already" in text for text, _ in ends)
        else:
            assert codes == [writer.code] * 2, ends


@pytest.mark.slow
@pytest.mark.parametrize("name", ["evaluate", "batch", "new", "seal", "check --fix"])
def test_a_real_disk_that_is_full(name: str, base: Path, world: Callable[[], Path], cache: dict[str, str]) -> None:
    """A file system of a few pages, in a name space of its own; its files are listed before it goes."""
    enter = ["unshare", "--user", "--map-root-user", "--mount"]
    if not shutil.which("unshare") or subprocess.run([*enter, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no name spaces here")
    writer = WRITERS[name]
    old, (new, _) = files(base), finished(writer, world(), cache)
    folder = world()
    used = sum(-(-len(content) // 4096) for content in old.values())
    listing = (
        "import json, sys; from pathlib import Path;"
        "print(json.dumps({str(p.relative_to(sys.argv[1])): p.read_bytes().hex() for p in Path(sys.argv[1]).rglob('*')"
        " if p.is_file()}))"
    )
    refused = 0
    for pages in range(0, 40, 4):
        script = (
            f"mkdir disk && mount -t tmpfs -o size={(used + pages) * 4096} none disk || exit 8;"
            f"cp -r {base}/. disk 2>&- || exit 9;"
            f"cd disk; {' '.join([*COMMAND, *writer.words])} >&2; code=$?; cd ..;"
            f'{sys.executable} -c "{listing}" disk; exit $code'
        )
        done = subprocess.run([*enter, "sh", "-c", script], cwd=folder, env=cache, capture_output=True, check=False)
        (folder / "disk").rmdir()
        if done.returncode == 9:
            continue
        there = {path: bytes.fromhex(content) for path, content in json.loads(done.stdout).items()}
        check_old_or_new(writer, there, old, new)
        refused += done.returncode == 2
        assert done.returncode in (2, writer.code), done.stderr
    assert refused


# An output is never an input ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in WRITERS if "-o" in WRITERS[name].words and " to " not in name])
def test_no_command_overwrites_what_it_reads(name: str, world: Callable[[], Path], cache: dict[str, str]) -> None:
    """Neither an input nor a file of the programme is an output, by whatever name: the call is wrong, and names it."""
    writer, folder = WRITERS[name], world()
    is_table = name in ("batch", "migrate a portfolio")  # whose names end otherwise
    of_programme = f"{'small' if 'small' in writer.words else 'program'}/1.0.0/tiers.yaml"
    for number, path in enumerate((*writer.inputs, *([] if is_table or name == "explain" else [of_programme]))):
        end = Path(path).suffix
        (folder / f"link{end}").unlink(missing_ok=True)
        (folder / f"link{end}").symlink_to(path)
        (folder / f"hard{end}").unlink(missing_ok=True)
        (folder / f"hard{end}").hardlink_to(folder / path)
        output, before = (f"./{path}", f"link{end}", f"hard{end}")[number % 3], files(folder)
        done = run(Writer((*writer.words[:-1], output)), folder, cache)
        assert done.returncode == 2, (output, done.stdout, done.stderr)
        assert f"'{Path(output)}' would be overwritten, and this call reads it" in done.stderr
        assert files(folder) == before


@pytest.mark.parametrize("name", [name for name in WRITERS if "-o" in WRITERS[name].words])
def test_an_output_that_cannot_be_written_is_named_before_the_work(
    name: str, world: Callable[[], Path], cache: dict[str, str]
) -> None:
    """Its folder is not there, or it is a folder: a wrong call, whatever else is wrong with it."""
    writer, folder = WRITERS[name], world()
    end = Path(writer.words[-1]).suffix
    (folder / f"folder{end}").mkdir()
    is_odd, before = len(name) % 2, files(folder)
    output, code = (f"nowhere/out{end}", errno.ENOENT) if is_odd else (f"folder{end}", errno.EISDIR)
    done = run(Writer((*writer.words[:-1], output)), folder, cache)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error[unwritable-file]  '{output}' cannot be written: {os.strerror(code)}\n")
    assert files(folder) == before


def test_rejects_that_are_read_are_not_replaced(world: Callable[[], Path], cache: dict[str, str]) -> None:
    folder = world()
    assert run(WRITERS["batch"], folder, cache).returncode == 4
    mended = files(folder)["out.rejects.csv"]
    ignore = ("--ignore", "row", "--ignore", "problems")
    done = run(Writer(("batch", "out.rejects.csv", *ignore, "-o", "out.csv", *DAY)), folder, cache)
    assert done.returncode == 2
    assert "'out.rejects.csv' would be overwritten, and this call reads it" in done.stderr
    assert files(folder)["out.rejects.csv"] == mended
    done = run(Writer(("batch", "out.rejects.csv", *ignore, "-o", "mended.csv", *DAY)), folder, cache)
    assert done.returncode == 4


def test_stdin_is_an_input(world: Callable[[], Path]) -> None:
    folder = world()
    before = files(folder)
    with (folder / RETAIL).open("rb") as stdin:
        command = [*COMMAND, "evaluate", "-", *DAY, "-o", RETAIL]
        done = subprocess.run(command, cwd=folder, stdin=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"'{RETAIL}' would be overwritten, and this call reads it, as '/dev/stdin'" in done.stderr
    assert files(folder) == before


def test_one_file_is_not_two_outputs(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("new")
    with pytest.raises(WrongCall, match="would be written twice"):
        refuse_overwriting([tmp_path / "new", tmp_path / "link"], [])
    with pytest.raises(WrongCall, match="would be overwritten"):  # a folder is all that is in it
        refuse_overwriting([tmp_path / "out.csv"], [tmp_path])
    with pytest.raises(WrongCall, match="would be overwritten"):
        refuse_overwriting([tmp_path], [tmp_path / "part-0.csv"])
    refuse_overwriting([Path("/dev/null")], [Path("/dev/null"), tmp_path / "other"])


# How a file is written ------------------------------------------------------------------------------------------------


def test_a_link_stays_and_a_mode_is_kept(tmp_path: Path) -> None:
    target, link = tmp_path / "there" / "file", tmp_path / "link"
    target.parent.mkdir()
    link.symlink_to("there/file")
    write_whole(link, b"new")  # also where the link leads to nothing yet
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~_umask()
    target.chmod(0o604)
    write_whole(link, b"newer")
    assert link.is_symlink()
    assert target.read_bytes() == b"newer"
    assert stat.S_IMODE(target.stat().st_mode) == 0o604
    assert [path.name for path in target.parent.iterdir()] == ["file"]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize("name", ["n" * 255, "ы" * 127, "a [b]*?\n'c", ".hidden", "\udcff"])
def test_any_name_is_written(name: str, tmp_path: Path) -> None:
    write_whole(tmp_path / name, b"1")
    write_whole(tmp_path / name, b"2")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(name, b"2")]


def test_an_error_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")
    with suppress(ZeroDivisionError), part_path(target) as part:
        part.write_bytes(b"half")
        raise ZeroDivisionError
    with pytest.raises(FileExistsError):
        write_whole(target, b"new", new=True)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == {target: b"old"}


def test_what_a_killed_process_left_is_removed_and_what_a_running_one_writes_is_not(tmp_path: Path) -> None:
    target = tmp_path / "file"
    code = (
        "import os, sys, pathlib; from charter.engine.source.whole_files import part_path\n"
        "with part_path(pathlib.Path(sys.argv[1])) as part: part.write_bytes(b'half'); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(target)], check=False).returncode == -9
    (left,) = tmp_path.iterdir()
    assert is_part(left.name)
    with part_path(target) as running:
        running.write_bytes(b"first")
        assert not left.exists()
        write_whole(target, b"second")
        move(running, target)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == {target: b"first"}


def test_a_folder_takes_the_place_of_another(tmp_path: Path) -> None:
    """A reader sees the old or the new one at every moment; an old one that stands apart is put back."""
    target = tmp_path / "out"
    for content in ("old", "new"):
        with part_path(target, folder=True) as part:
            part.mkdir()
            (part / content).write_text(content)
            move(part, target)
        assert [path.name for path in target.iterdir()] == [content]
    apart = tmp_path / ".out.0123abcd.charter-part" / "replaced.charter-part"
    apart.mkdir(parents=True)
    target.rename(apart / "out")
    write_whole(tmp_path / "other", b"")
    assert (target / "new").read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "out"]


def test_readers_see_a_folder_at_every_moment(tmp_path: Path) -> None:
    target, stop, missed = tmp_path / "out", threading.Event(), []

    def look() -> None:
        while not stop.is_set():
            missed.extend([] if target.exists() else [1])

    for number in range(50):
        with part_path(target, folder=True) as part:
            part.mkdir()
            move(part, target)
        if not number:
            reader = threading.Thread(target=look)
            reader.start()
    stop.set()
    reader.join()
    assert not missed


def test_devices_pipes_and_open_files_are_written_to(tmp_path: Path) -> None:
    write_whole(Path("/dev/null"), b"gone")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)  # noqa: PTH116
    with pytest.raises(WrongCall, match=os.strerror(errno.ENOSPC)):
        write_whole(Path("/dev/full"), b"gone")
    os.mkfifo(tmp_path / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write_whole(tmp_path / "pipe", b"through")
    reader.join(30)
    assert read == [b"through"]
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "link"])
def test_stdout_by_a_name_is_appended_to_as_the_shell_says(name: str, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("kept\n")
    (tmp_path / "link").symlink_to("/dev/stdout")
    with (tmp_path / "log").open("ab") as log:
        command = [*COMMAND, "explain", "bad-id", "-o", name if name != "link" else str(tmp_path / "link")]
        done = subprocess.run(command, cwd=ROOT, stdout=log, stderr=subprocess.PIPE, check=False)
        log.write(b"after\n")
    assert (done.returncode, done.stderr) == (0, b"")
    text = (tmp_path / "log").read_text("utf-8")
    assert text.startswith("kept\nerror[bad-id]")
    assert text.endswith("after\n")


AS_NOBODY = """
import os, sys
from pathlib import Path
from charter.engine.problems import WrongCall
from charter.engine.source.whole_files import write_whole
os.setgid(65534), os.setuid(65534)  # who may not read the libraries either
try:
    write_whole(Path(sys.argv[1]), b"new")
except WrongCall as refused:
    print(refused.problems[0].message, refused.problems[0].help, sep="\\n")
"""


@pytest.mark.parametrize(("of_folder", "of_file"), [(0o755, 0o666), (0o777, 0o444)])
def test_what_may_not_be_written_is_named_and_kept(of_folder: int, of_file: int, tmp_path: Path) -> None:
    """A writable file in a folder that is not, and a protected file in a folder that is; for somebody but root."""
    target = tmp_path / "folder" / "file"
    target.parent.mkdir()
    target.write_bytes(b"old")
    target.chmod(of_file)
    target.parent.chmod(of_folder)
    code = AS_NOBODY
    if os.geteuid():
        code = code.replace("os.setgid(65534), os.setuid(65534)", "pass")
        target.parent.chmod(of_folder & 0o577)
    else:
        for folder in (tmp_path, *tmp_path.parents):
            if not folder.stat().st_mode & 0o001:
                folder.chmod(0o711)
    done = subprocess.run([sys.executable, "-c", code, str(target)], capture_output=True, text=True, check=False)
    assert done.stdout.startswith(f"'{target}' cannot be written: Permission denied\nthe file and its folder must be")
    assert target.read_bytes() == b"old"


def test_an_error_of_a_database_is_of_what_it_wrote_or_of_something_else() -> None:
    target = Path("out.csv")
    for text in (
        'IO Error: Cannot open file "/x/.out.csv.0123abcd.charter-part/out.csv": No such file or directory',
        "IO Error: Could not write file: No space left on device",
    ):
        refused = write_error(target, OSError(text))
        assert refused is not None
        assert "'out.csv' cannot be written: No " in refused.problems[0].message
    assert write_error(target, OSError('IO Error: Cannot open file "p.csv": Permission denied')) is None
