"""The wheel works outside the clone, and puts nothing of a common name at the top of site-packages."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from .programmes import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("commands", "engine", "schemas"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("__init__.py", "py.typed", "api.py", "cli.py", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source / name)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(source)]
    subprocess.run(build, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_product_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"charter", "charter-0.2.0.dist-info"}
    shipped = {name for name in names if name.startswith("charter/")}
    schemas = {f"charter/schemas/{path.name}" for path in (ROOT / "schemas").glob("*.json")}
    code = {
        f"charter/{path.relative_to(ROOT)}"
        for folder in ("commands", "engine")
        for path in (ROOT / folder).rglob("*.py")
    }
    data = {
        f"charter/{path.relative_to(ROOT)}"
        for files in ("report/templates/*", "catalogue/*.yaml")
        for path in (ROOT / "engine").glob(files)
    }
    assert shipped == schemas | code | data | {
        f"charter/{name}" for name in ("__init__.py", "api.py", "cli.py", "py.typed")
    }


def test_the_installed_command_works_in_another_folder(wheel: Path, tmp_path: Path) -> None:
    """Installed from the wheel into a folder of its own, away from the clone, it checks and evaluates."""
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    where = f"import sys; sys.path.insert(0, {str(site)!r}); import charter.cli as cli"
    script = f"{where}; print(cli.__file__, file=sys.stderr); cli.main()"
    command = [sys.executable, "-I", "-c", script, "evaluate", str(ROOT / "examples" / "retail.yaml")]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    options = ["--program", str(ROOT / "program"), "--as-of", "2026-11-23"]
    done = subprocess.run(
        [*command, *options], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert str(site / "charter" / "cli.py") in done.stderr
    assert "✓ ASoft Retail Partner: qualified" in done.stdout
