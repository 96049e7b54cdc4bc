"""What a repository uses of charter in CI: hooks for pre-commit, an action and a workflow for GitHub."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from .programmes import ASOFT, ROOT, copy_of, edit

BIN = Path(sys.executable).parent
WRONG = ("definitions.yaml", "{competency: 2, saas: 2}", "{competency: 2, sass: 2}")
OTHERWISE = ("definitions.yaml", "{competency: 2, saas: 2}", "{competency: 3, saas: 2}")


def run(*words: str | Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        words,
        cwd=folder,
        env={**os.environ, "PATH": path, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=600,
    )


def committed(folder: Path) -> str:
    """The folder as a git repository with all that is in it; the commit."""
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "x"]):
        subprocess.run(["git", *who, *words], cwd=folder, check=True)
    return subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture(scope="module")
def charter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of this clone as they stand, in another folder, as a user's tools fetch them."""
    folder = tmp_path_factory.mktemp("fetched") / "charter"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in listed.stdout.rstrip("\0").split("\0"):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def test_the_manifest_of_the_hooks_is_valid() -> None:
    assert run("pre-commit", "validate-manifest", ".pre-commit-hooks.yaml", folder=ROOT).returncode == 0
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert {hook["id"]: hook["entry"] for hook in hooks} == {
        "charter-check": "charter check",
        "charter-test": "charter test",
    }


@pytest.mark.parametrize(
    ("schema", "file", "old", "new"),
    [
        ("github-actions", "action.yml", "using: composite", "using: bash"),
        ("github-workflows", "examples/ci/github.yml", "runs-on:", "run-on:"),
    ],
)
def test_github_accepts_the_action_and_the_workflow(schema: str, file: str, old: str, new: str, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.yml"
    spoilt.write_text((ROOT / file).read_text("utf-8").replace(old, new), "utf-8")
    for path, code in ((Path(file), 0), (spoilt, 1)):
        done = run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", path, folder=ROOT)
        assert done.returncode == code, done.stdout


def test_the_workflow_gives_the_action_what_it_takes() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    workflow = yaml.safe_load((ROOT / "examples/ci/github.yml").read_text("utf-8"))
    (step,) = (step for step in workflow["jobs"]["programme"]["steps"] if "/charter@" in step["uses"])
    assert set(step["with"]) == set(action["inputs"])


@pytest.mark.slow
def test_the_hooks_refuse_a_wrong_release_and_pass_a_right_one(charter: Path, tmp_path: Path) -> None:
    hooks = [{"id": "charter-check"}, {"id": "charter-test"}]
    config = {"repos": [{"repo": str(charter), "rev": committed(charter), "hooks": hooks}]}
    repository = tmp_path / "repository"
    release = copy_of(ASOFT, repository / "program")
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    committed(repository)

    def hooked() -> subprocess.CompletedProcess[str]:
        return run("pre-commit", "run", "--all-files", folder=repository, PRE_COMMIT_HOME=str(tmp_path / "home"))

    done = hooked()
    assert (done.returncode, done.stdout.count("Passed")) == (0, 2), done.stdout
    edit(release, *WRONG)
    done = hooked()
    assert (done.returncode, done.stdout.count("Failed")) == (1, 2), done.stdout
    assert "- exit code: 1\n" in done.stdout
    assert "- exit code: 3\n" in done.stdout
    assert "program/1.0.0/definitions.yaml:8:30  error[unknown-tier]  'sass' is not a tier" in done.stdout
    edit(release, *reversed_(WRONG))
    edit(release, *OTHERWISE)
    done = hooked()
    assert (done.returncode, done.stdout.count("Passed"), done.stdout.count("Failed")) == (1, 1, 1), done.stdout
    assert "✗ competency_marketing: No marketing activity" in done.stdout
    shutil.rmtree(repository / "program")
    (repository / "unrelated.yaml").write_text("a: 1\n", "utf-8")
    committed(repository)
    assert hooked().stdout.count("(no files to check)Skipped") == 2


def reversed_(change: tuple[str, str, str]) -> tuple[str, str, str]:
    file, old, new = change
    return file, new, old


@pytest.mark.slow
def test_the_steps_of_the_action_do_what_they_say(charter: Path, tmp_path: Path) -> None:
    """Each `run` of action.yml by bash as GitHub calls it, in a repository with a programme."""
    action = yaml.safe_load((charter / "action.yml").read_text("utf-8"))
    inputs = {name: it["default"] for name, it in action["inputs"].items()}
    install, check, test = (step for step in action["runs"]["steps"] if "run" in step)
    release = copy_of(ASOFT, tmp_path / "program")
    variables = {"RUNNER_TEMP": str(tmp_path / "runner"), "GITHUB_ACTION_PATH": str(charter), "GITHUB_ACTIONS": "true"}

    def step(one: Mapping, **given: str) -> tuple[int, str]:
        told = {**inputs, **given}
        env = {
            key: told[text.removeprefix("${{ inputs.").removesuffix(" }}")] for key, text in one.get("env", {}).items()
        }
        words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", one["run"]]
        done = run(*words, folder=tmp_path, **variables, **env)
        return done.returncode, done.stdout

    assert step(install)[0] == 0
    assert step(check) == (0, "program/1.0.0: no problems\n")
    assert step(test) == (0, "105 scenarios: 105 as expected, 0 not\n")
    edit(release, "clauses.yaml", "A Competency partner's reward is 20%.", "A Competency partner's reward is 21%.")
    code, told = step(check)
    assert (code, told.splitlines()[-1]) == (0, "program/1.0.0: 1 warning")
    assert told.startswith("::warning file=program/1.0.0/clauses.yaml,line=170,")
    assert step(check, **{"fail-on": "warning"})[0] == 1
    edit(release, *WRONG)
    assert step(check, program="program/1.0.0")[0] == 1
    assert step(test)[0] == 3
