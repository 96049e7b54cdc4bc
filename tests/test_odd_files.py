"""Inputs that are no plain files: each is read, or told as a wrong call that names it; none stops the call for ever."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from charter import WrongCall, load, read
from charter.engine.release.load import read_release
from charter.engine.review.review import review
from charter.engine.source.document import file_bytes

from .cli import COMMAND, charter
from .programmes import ROOT, SMALL, copy_of, with_a_scenario

GOOD = "partner: P-1\ntier: gold\nfacts: {people: 3, revenue: 9000, region: north}\n"
LONG = "x" * 300
DEEP = "/".join(["d" * 200] * 30)


def shortened(name: str) -> str:
    """What a message certainly has of a name; a long message is cut in the middle."""
    return name[:250]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of odd files beside a sound record and a sound release."""
    folder = tmp_path_factory.mktemp("odd")
    copy_of(SMALL, folder / "program")
    (folder / "good.yaml").write_text(GOOD)
    (folder / "folder").mkdir()
    (folder / "folder.csv").mkdir()
    os.mkfifo(folder / "pipe")
    os.mkfifo(folder / "pipe.csv")
    (folder / "nowhere.csv").symlink_to("gone")
    (folder / "nowhere").symlink_to("gone")
    (folder / "loop.csv").symlink_to("loop.csv")
    (folder / "loop").symlink_to("loop")
    (folder / "zero.csv").symlink_to("/dev/zero")
    (folder / "empty").write_text("")
    return folder


RECORDS = ["folder", "pipe", "nowhere", "loop", LONG, DEEP, "good.yaml/x", "", "/proc/self/mem", "/proc/self"]
READERS = [
    ["evaluate", "{}"],
    ["quote", "{}", "--partner", "good.yaml"],
    ["verify", "{}"],
    ["diff", "program/1.0.0", "program/1.0.0", "--approved", "{}"],
]


@pytest.mark.parametrize("name", RECORDS, ids=lambda name: name[:20] or "no name")
def test_a_record_that_cannot_be_read_is_a_wrong_call(name: str, here: Path) -> None:
    done = charter("evaluate", name, cwd=here, timeout=60)
    assert done.returncode == 2
    assert f"'{shortened(name)}" in done.stderr
    assert "' cannot be read: " in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("call", READERS, ids=lambda call: call[0])
def test_no_command_waits_for_a_pipe_that_nothing_writes_to(call: list[str], here: Path) -> None:
    done = charter(*[word.replace("{}", "pipe") for word in call], cwd=here, timeout=60)
    assert done.returncode == 2
    assert "'pipe' cannot be read: it is a pipe, and nothing writes to it" in done.stderr


def test_a_device_is_read_no_further_than_a_record_may_be(here: Path) -> None:
    assert charter("evaluate", "/dev/zero", cwd=here, timeout=60).returncode == 4
    assert charter("evaluate", "/dev/null", cwd=here, timeout=60).returncode == 4
    done = charter("evaluate", "/dev/stdin", cwd=here, input=GOOD.encode())
    assert done.returncode == 0


def test_a_pipe_that_is_written_to_is_read(here: Path) -> None:
    """A substitution of the shell, and a named pipe whose writer comes a moment later."""
    script = 'exec "$@" evaluate <(cat good.yaml) <(sleep 1; sed s/P-1/P-2/ good.yaml) --format jsonl'
    done = subprocess.run(
        ["bash", "-c", script, "bash", *COMMAND], cwd=here, capture_output=True, text=True, check=True
    )
    assert [json.loads(line)["partner"] for line in done.stdout.splitlines()] == ["P-1", "P-2"]

    def write() -> None:
        with (here / "pipe").open("w") as pipe:
            pipe.write(GOOD)

    writer = threading.Timer(1.0, write)
    writer.start()
    assert load(SMALL).evaluate(read(here / "pipe")).status == "qualified"
    writer.join()


PORTFOLIOS = [
    "folder.csv",
    "pipe.csv",
    "nowhere.csv",
    "loop.csv",
    "zero.csv",
    f"{LONG}.csv",
    f"{DEEP}.csv",
    "empty/x.csv",
]


@pytest.mark.parametrize("name", PORTFOLIOS, ids=lambda name: name[-12:])
@pytest.mark.parametrize(
    "call", [["{}"], ["good.csv", "--list", "deals={}"], ["good.csv", "--agreements", "{}"]], ids=len
)
def test_a_portfolio_that_cannot_be_read_is_a_wrong_call(call: list[str], name: str, here: Path) -> None:
    (here / "good.csv").write_text("partner,tier\nP-1,gold\n")
    done = charter("batch", *[word.replace("{}", name) for word in call], "-o", "out.csv", cwd=here, timeout=60)
    assert done.returncode == 2
    assert shortened(name) in done.stderr or "is not a list" in done.stderr
    assert not (here / "out.csv").exists()


def test_a_pipe_is_no_portfolio(here: Path) -> None:
    """Rows are read several times, so a substitution of the shell is refused, and not read once."""
    script = 'exec "$@" batch <(cat good.csv) -o out.csv'
    done = subprocess.run(
        ["bash", "-c", script, "bash", *COMMAND], cwd=here, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2


PLACES = ["folder", "empty", "nowhere", "loop", "pipe", "/dev/zero", "/dev/null", LONG, DEEP, "/proc/self/mem"]
OF_PROGRAMMES = [
    ["evaluate", "good.yaml"],
    ["check"],
    ["test"],
    ["log"],
    ["handbook"],
    ["new", "2.0.0"],
    ["seal", "1.0.0"],
]


@pytest.mark.parametrize("name", PLACES, ids=lambda name: name[:12])
def test_a_place_without_a_release_is_a_wrong_call(name: str, here: Path) -> None:
    for call in OF_PROGRAMMES if name == "folder" else OF_PROGRAMMES[:1]:
        done = charter(*call, "--program", name, cwd=here, timeout=60)
        assert done.returncode == 2, (call, done.stderr)
        assert shortened(name) in done.stderr
    assert charter("diff", name, "program/1.0.0", cwd=here, timeout=60).returncode == 2


@pytest.mark.parametrize("name", ["folder", "empty/x", "nowhere/x", "loop", LONG, DEEP, "/proc/x", "/dev/full"])
def test_an_output_that_cannot_be_written_is_a_wrong_call(name: str, here: Path) -> None:
    for call in (["evaluate", "good.yaml"], ["schema"]):
        done = charter(*call, "-o", name, cwd=here, timeout=60)
        assert done.returncode == 2, (call, done.stderr)
        assert f"'{shortened(name)}" in done.stderr
        assert "' cannot be written" in done.stderr


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_folder(path: Path) -> None:
    path.mkdir()


def a_link_to_nothing(path: Path) -> None:
    path.symlink_to("gone")


def a_loop(path: Path) -> None:
    path.symlink_to(path.name)


def a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


ODD = [a_pipe, a_folder, a_link_to_nothing, a_loop, a_device]


@pytest.mark.parametrize("make", ODD, ids=lambda make: make.__name__)
@pytest.mark.parametrize("kind", ["clauses", "tiers", "bonuses", "claims"])
def test_an_odd_file_of_a_release_is_told_once_and_not_opened(
    kind: str, make: Callable[[Path], None], tmp_path: Path
) -> None:
    release = copy_of(SMALL, tmp_path)
    (release / f"{kind}.yaml").unlink(missing_ok=True)
    make(release / f"{kind}.yaml")
    programme, problems = read_release(release)
    assert programme is None
    assert [problem.code for problem in problems] == ["unreadable-file"]
    assert problems[0].place.source.path.endswith(f"{kind}.yaml")


def test_an_odd_file_of_a_release_is_a_finding_of_check(tmp_path: Path) -> None:
    release = copy_of(SMALL, tmp_path)
    a_pipe(release / "claims.yaml")
    assert charter("check", release, timeout=60).returncode == 1
    assert charter("evaluate", "-", "--program", release, input=GOOD.encode(), timeout=60).returncode == 3


@pytest.mark.parametrize("make", ODD, ids=lambda make: make.__name__)
@pytest.mark.parametrize("name", ["scenarios/odd.yaml", "seal.json"])
def test_an_odd_file_beside_the_rules_is_told(name: str, make: Callable[[Path], None], tmp_path: Path) -> None:
    release = with_a_scenario(tmp_path)
    make(release / name)
    problems = [problem for problem in review(release) if problem.place.source.path.endswith(name)]
    expected = 0 if (name, make) == ("seal.json", a_link_to_nothing) else 1  # where there is no seal
    assert [problem.code for problem in problems] == ["unreadable-file"] * expected


def test_the_lock_of_an_editor_is_no_file_of_a_release(tmp_path: Path) -> None:
    release = copy_of(SMALL, tmp_path)
    (release / ".#tiers.yaml").symlink_to("root@host.1")
    assert read_release(release)[1] == ()


def test_a_path_with_nul_is_a_wrong_call() -> None:
    """No argument of a process can hold one; what is given to the library can."""
    with pytest.raises(WrongCall):
        read("a\0b")
    with pytest.raises(WrongCall):
        load("a\0b")


def test_a_name_that_is_no_text_is_shown(here: Path) -> None:
    name = b"\xff\xfe.yaml"
    for call in ([b"evaluate", name], [b"evaluate", b"good.yaml", b"--program", name], [b"check", name], [name]):
        command = [*map(os.fsencode, COMMAND), *call]
        done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert re.search(r"\\xff\\xfe\.yaml|\\udcff\\udcfe\.yaml", done.stderr)  # the parser has its own way
    (here / os.fsdecode(name)).write_text(GOOD)
    command = [*map(os.fsencode, COMMAND), b"evaluate", name, b"--program", b"program"]
    assert subprocess.run(command, cwd=here, capture_output=True, check=True).stdout
    (here / os.fsdecode(name)).unlink()


def test_a_folder_that_was_deleted_is_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    record = tmp_path / "r.yaml"
    record.write_text(GOOD)

    def without_folder(*words: object) -> tuple[int, str]:
        gone.mkdir()
        script = 'rmdir "$PWD"; exec "$@"'
        command = ["bash", "-c", script, "bash", *COMMAND, *map(str, words)]
        done = subprocess.run(command, cwd=gone, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stderr

    for call in (["check"], ["evaluate", record]):
        code, stderr = without_folder(*call)
        assert code == 2
        assert "error[wrong-call]  the folder that charter is called in was deleted" in stderr
    assert without_folder("evaluate", record, "--program", SMALL) == (0, "")
    assert without_folder("check", SMALL)[0] == 0


def as_nobody(*words: object) -> tuple[int, str]:
    """The exit code and stderr of `charter WORDS`, called by a user who may read nothing that the test forbids.

    What a call loads is loaded before: that user may not be able to read this Python.
    """
    drop = "os.setgroups([]), os.setgid(65534), os.setuid(65534)" if os.geteuid() == 0 else "None"
    calls = (["evaluate", "good.yaml", "-o", "/dev/null"], ["evaluate", "none.yaml"])
    loads = "; ".join(f"cli.app({[*call, '--program', str(SMALL)]}, standalone_mode=False)" for call in calls)
    imports = "import os, sys, charter.engine.source.shape; from charter import cli"
    start = f"{imports}; {loads}; {drop}; print('--', file=sys.stderr); cli.main()"
    with TemporaryDirectory() as folder:
        (Path(folder) / "good.yaml").write_text(GOOD)
        command = [sys.executable, "-c", start, *map(str, words)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr.partition("--\n")[2]


def test_what_may_not_be_read_is_named() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        record, release = folder / "r.yaml", copy_of(SMALL, folder / "programme")
        record.write_text(GOOD)
        assert as_nobody("evaluate", record, "--program", release) == (0, "")
        for path, code in (
            (record, 2),
            (release / "tiers.yaml", 3),
            (release / "programme.yaml", 3),
            (release, 2),
            (release.parent, 2),
        ):
            mode = path.stat().st_mode
            path.chmod(0)
            done = as_nobody("evaluate", record, "--program", release)
            path.chmod(mode)
            assert done[0] == code, (path, done)
            assert re.match(rf".*{re.escape(path.name)}.*: Permission denied", done[1]), (path, done)
        code, stderr = as_nobody("evaluate", record, "--program", release, "-o", folder / "o")
        assert code == 2
        assert f"'{folder / 'o'}' cannot be written: Permission denied" in stderr


def test_a_file_of_a_release_is_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="no file, but a pipe"):
        file_bytes(tmp_path / "pipe")
    assert file_bytes(ROOT / "README.md")
