"""Every command and output in the README and the docs is what happens when it is run.

A block marked `console` holds commands behind `$ ` with the output under each, and `[n]` under that where the exit
code is not 0. A `python` block runs. A `diff` block is applied to the copy that the page works in, and a block that
names a file is written to it. `sh` blocks are the set-up that the slow test of a fresh clone runs. With
CHARTER_WRITE_DOCS=1 the outputs are written again: read the difference before you commit it.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from charter.engine.extras import Extra, how_to_install

from .cli import server

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "examples" / "programmes" / "README.md",
    ROOT / "program" / "1.0.0" / "README.md",
]
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLAIN = re.compile(r"charter( [\w./=@:,+-]+| '[^']*')*")  #: a command that needs no shell
WRITE = bool(os.environ.get("CHARTER_WRITE_DOCS"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What a reader has in front of them: a clone of the programme and the examples."""
    for name in ("program", "examples", "schemas", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    return tmp_path


def run(command: str, folder: Path) -> str:
    """What a terminal without colour shows for a command, and the exit code behind it unless 0."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "NO_COLOR": "1", "COLUMNS": "100"}
    environment.pop("CHARTER_PROGRAM", None)
    if PLAIN.fullmatch(command):
        code, shown, _ = server(os.environ).run(shlex.split(command), folder, environment, b"", 120, apart=False)
        return shown.decode() + (f"[{code}]\n" if code else "")
    finished = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return finished.stdout + (f"[{finished.returncode}]\n" if finished.returncode else "")


def played(block: str, folder: Path) -> str:
    """A console block as it really goes."""
    commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"$ {command}\n{run(command, folder)}" for command in commands)


def done(kind: str, file: str | None, block: str, folder: Path) -> str:
    """Do what a block says in the folder, and give the block as it really goes."""
    if file:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(block, "utf-8")
    if kind == "python":
        subprocess.run([sys.executable, "-c", block], cwd=folder, check=True, capture_output=True, timeout=60)
    elif kind == "diff":
        subprocess.run(["patch", "--quiet", "-p1"], cwd=folder, input=block, text=True, check=True)
    return played(block, folder) if kind == "console" else block


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_tells_the_truth(page: Path, copy: Path) -> None:
    told = page.read_text("utf-8")
    really = BLOCK.sub(lambda it: f"{it[0].partition(chr(10))[0]}\n{done(it[1], it[2], it[3], copy)}```", told)
    if WRITE:
        page.write_text(really, "utf-8")
    assert told == really or WRITE


def test_every_page_is_reached_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for page in (
        *PAGES[1:],
        ROOT / "ARCHITECTURE.md",
        *(ROOT / f"{name}.md" for name in ("CONTRIBUTING", "SECURITY", "CHANGELOG")),
    ):
        assert f"({page.relative_to(ROOT)})" in readme


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 200


def test_nobody_is_told_to_install_charter_from_an_index() -> None:
    """Charter is published on no index: whoever took its name there would be run."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.split("\0"):
        path = ROOT / name
        if path.is_file() and name not in ("CHANGELOG.md", "tests/test_docs.py"):
            assert not re.search(r"pip install ['\"]?charter", path.read_bytes().decode(errors="replace")), name


def test_the_readme_installs_extras_as_the_messages_say() -> None:
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    for command in re.findall(r"pip install '[^']*'", how_to_install(Extra.PROVE)):
        assert f"`{command}`" in readme


def test_every_link_leads_somewhere() -> None:
    for page in (*PAGES, *(ROOT / f"{name}.md" for name in ("CONTRIBUTING", "ARCHITECTURE", "SECURITY"))):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.slow
def test_the_set_up_of_the_readme_works_in_a_fresh_clone(tmp_path: Path) -> None:
    """With nothing but Python: an empty home, no environment, the first command of the README."""
    clone, home = tmp_path / "clone", tmp_path / "home"
    home.mkdir()
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    environment = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "XDG_CACHE_HOME")}
    environment["HOME"] = str(home)
    commands = re.search(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert commands is not None
    assert commands[1].splitlines() == ["make try", "make test"]
    made = subprocess.run(
        ["make", "try"], cwd=clone, env=environment, capture_output=True, text=True, timeout=900, check=False
    )
    assert made.returncode == 0, made.stderr
    assert "✓ ASoft CRM Competency Partner: qualified" in made.stdout
    subprocess.run([clone / ".venv/bin/charter", "check"], cwd=clone, check=True)
