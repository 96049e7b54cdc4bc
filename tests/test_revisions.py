"""A release in a revision of a git repository: found as git finds it, from wherever `charter` is called."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from charter import WrongCall
from charter.engine.limits import MAX_BYTES
from charter.engine.release.sources import find_files

from .cli import charter
from .programmes import SMALL, copy_of

NAMES = ["north", "a folder", 'it\'s "odd"', "север", "-dash", "a:b", "line\nend"]


def git(*words: str, cwd: Path) -> None:
    author = [
        "-c",
        "user.name=n",
        "-c",
        "user.email=n@e",
        "-c",
        "protocol.file.allow=always",
        "-c",
        "init.defaultBranch=main",
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", *author, *words], cwd=cwd, check=True, capture_output=True, env=environment)


def repository(folder: Path, *releases: str) -> Path:
    """A repository with a copy of the small release in each of these folders, in one commit."""
    for release in releases:
        copy_of(SMALL, (folder / release).parent)
    git("init", "-q", ".", cwd=folder)
    git("add", "-A", cwd=folder)
    git("commit", "-qm", "one", cwd=folder)
    return folder


def kinds(named: str) -> set[str]:
    return set(find_files(named, None).documents)


WHOLE = {path.stem for path in SMALL.glob("*.yaml")}


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_is_named_from_the_root_of_the_repository(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository(tmp_path, f"{name}/1.0.0", f"{name}/{name}/1.0.0")
    for here in (tmp_path, tmp_path / name, tmp_path / name / "1.0.0"):
        monkeypatch.chdir(here)
        assert kinds(f"HEAD:{name}/1.0.0") == WHOLE
        assert kinds(f"HEAD:{name}/1.0.0/") == WHOLE
        assert kinds(f"main:/{name}/{name}/1.0.0") == WHOLE
    monkeypatch.chdir(tmp_path / name)
    assert kinds("HEAD:./1.0.0") == WHOLE
    assert kinds(f"HEAD:../{name}/1.0.0") == WHOLE
    monkeypatch.chdir(tmp_path / name / "1.0.0")
    assert kinds("HEAD:.") == kinds("HEAD:./") == WHOLE
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WrongCall, match="git cannot read"):
        find_files("HEAD:1.0.0", None)


def test_the_revision_is_compared_with_the_files_from_a_subfolder(tmp_path: Path) -> None:
    repository(tmp_path, "north/1.0.0")
    words = ["1.0.0", "--program", ".", "--as-of", "2026-11-25"]
    for before in ("HEAD:north/1.0.0", "HEAD:./1.0.0"):
        done = charter("diff", before, *words, cwd=tmp_path / "north")
        assert (done.returncode, done.stderr) == (0, "")
    done = charter("diff", "HEAD:1.0.0", *words, cwd=tmp_path / "north")
    assert done.returncode == 2
    assert "git cannot read 'HEAD:1.0.0'" in done.stderr
    assert "from the root of the repository" in done.stderr


def test_links_of_a_revision_are_followed_as_those_of_a_folder_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = copy_of(SMALL, tmp_path / "programme")
    (tmp_path / "shared.yaml").write_bytes((release / "clauses.yaml").read_bytes())
    (release / "clauses.yaml").unlink()
    (release / "clauses.yaml").symlink_to("../../shared.yaml")
    repository(tmp_path)
    monkeypatch.chdir(release)
    named = f"HEAD:{release.relative_to(tmp_path)}"
    assert find_files(named, None).documents["clauses"].data == find_files(".", None).documents["clauses"].data
    for target in ("nowhere.yaml", "clauses.yaml", "/etc/passwd", "../../../out.yaml", ".."):
        (release / "clauses.yaml").unlink()
        (release / "clauses.yaml").symlink_to(target)
        git("commit", "-qam", "a link", cwd=tmp_path)
        with pytest.raises(WrongCall, match="leads to no file of the revision"):
            find_files(named, None)


def test_what_is_no_file_is_not_read_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = copy_of(SMALL, tmp_path / "programme")
    (release / "bonuses.yaml").unlink()
    (release / "bonuses.yaml").mkdir()
    (release / "bonuses.yaml" / "x").write_text("x")
    repository(tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WrongCall, match=r"bonuses\.yaml' is no file"):
        find_files(f"HEAD:{release.relative_to(tmp_path)}", None)


def test_a_submodule_is_no_folder_of_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "whole").mkdir()
    repository(tmp_path / "other", "1.0.0")
    git("init", "-q", ".", cwd=tmp_path / "whole")
    git("submodule", "add", "-q", str(tmp_path / "other"), "module", cwd=tmp_path / "whole")
    git("commit", "-qm", "one", cwd=tmp_path / "whole")
    monkeypatch.chdir(tmp_path / "whole")
    with pytest.raises(WrongCall, match=r"git cannot read 'HEAD:module/1\.0\.0'"):
        find_files("HEAD:module/1.0.0", None)
    monkeypatch.chdir(tmp_path / "whole" / "module")
    assert kinds("HEAD:1.0.0") == WHOLE


def test_a_file_of_a_revision_that_is_too_large_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = copy_of(SMALL, tmp_path / "programme")
    (release / "bonuses.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    repository(tmp_path)
    monkeypatch.chdir(tmp_path)
    problems = find_files(f"HEAD:{release.relative_to(tmp_path)}", None).problems
    assert [problem.code for problem in problems] == ["file-too-large"]


def test_git_finds_the_repository_in_a_hook_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook runs with the variables of git set; tracing and a language of its own do not disturb."""
    repository(tmp_path, "north/1.0.0")
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "GIT_DIR": ".git",
        "GIT_INDEX_FILE": ".git/index",
        "GIT_TRACE": "1",
        "LC_ALL": "ru_RU.UTF-8",
    }.items():
        monkeypatch.setenv(name, value)
    assert kinds("HEAD:north/1.0.0") == WHOLE
    with pytest.raises(WrongCall, match="git cannot read 'HEAD:south': Not a valid object name"):
        find_files("HEAD:south", None)


def test_a_revision_that_is_not_there_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "empty").mkdir()
    git("init", "-q", ".", cwd=tmp_path / "empty")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.chdir(tmp_path / "plain")
    with pytest.raises(WrongCall, match="not a git repository"):
        find_files("HEAD:1.0.0", None)
    monkeypatch.chdir(tmp_path / "empty")
    with pytest.raises(WrongCall, match=r"git cannot read 'HEAD:1\.0\.0'"):
        find_files("HEAD:1.0.0", None)
    repository(tmp_path / "empty", "1.0.0")
    (tmp_path / "empty" / "1.0.0" / "note").write_text("x")
    git("add", "-A", cwd=tmp_path / "empty")
    git("commit", "-qm", "two", cwd=tmp_path / "empty")
    git("clone", "-q", "--depth", "1", f"file://{tmp_path}/empty", str(tmp_path / "shallow"), cwd=tmp_path)
    monkeypatch.chdir(tmp_path / "shallow")
    assert kinds("HEAD:1.0.0") == WHOLE
    with pytest.raises(WrongCall, match=r"git cannot read 'HEAD~1:1\.0\.0'"):
        find_files("HEAD~1:1.0.0", None)
