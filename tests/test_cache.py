"""The cache is trusted as far as its content proves: whatever else stands in it changes no answer and stops no call."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from charter import load
from charter.engine.portfolio.sql.columns import Form, Tables
from charter.engine.portfolio.sql.statements import statements
from charter.engine.release.load import read_release
from charter.engine.source.shape_cache import key_of
from charter.engine.source.user_cache import keep, kept
from hypothesis import given, settings
from hypothesis import strategies as st

from .cli import charter
from .programmes import ROOT, SMALL, copy_of
from .thorough import examples


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder of the test, empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "charter"


def only(folder: Path) -> Path:
    """The only file in a folder."""
    (path,) = folder.iterdir()
    return path


def test_what_is_kept_comes_back(cache: Path) -> None:
    for text in ("", "a\nb", "х" * 1000, "\r\n\x00"):
        keep("statements", "k", text, 5)
        assert kept("statements", "k") == text
        assert kept("checked", "k") is None
        assert kept("statements", "l") is None
    assert cache.stat().st_mode & 0o777 == (cache / "statements").stat().st_mode & 0o777 == 0o700
    for number in range(9):
        keep("statements", f"k{number}", "", 5)
    assert len(list((cache / "statements").iterdir())) == 5


@pytest.mark.thorough
@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_only_what_was_kept_whole_comes_back(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """A file cut, altered at one place, emptied or written by something else is passed over."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.getbasetemp() / "altered")
    keep("statements", "k", "SELECT 1", 5)
    path = tmp_path_factory.getbasetemp() / "altered" / "charter" / "statements" / "k"
    whole = path.read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    spoilt = whole[:start] + data.draw(st.binary(max_size=3)) + whole[start + data.draw(st.integers(0, len(whole))) :]
    path.write_bytes(spoilt)
    assert kept("statements", "k") == ("SELECT 1" if spoilt == whole else None)
    del os.environ["XDG_CACHE_HOME"]


def malformed(folder: Path) -> Path:
    """A release with a part that its schema refuses, and that nothing else would notice."""
    release = copy_of(SMALL, folder)
    path = release / "clauses.yaml"
    path.write_text(path.read_text("utf-8") + "remarks: none\n", "utf-8")
    return release


def test_no_marker_lets_a_malformed_release_through(cache: Path, tmp_path: Path) -> None:
    """An empty file, and the marker of another release, under the name of the marker that this one would have."""
    good, bad = copy_of(SMALL, tmp_path / "good"), malformed(tmp_path / "bad")
    told = read_release(bad)[1]
    assert [problem.code for problem in told] == ["unknown-key"]
    read_release(good)
    marker = only(cache / "checked")
    name = key_of((path.stem, path.read_bytes()) for path in bad.glob("*.yaml"))
    for write in (Path.touch, lambda path: shutil.copy(marker, path), lambda path: path.mkdir()):
        write(cache / "checked" / name)
        assert read_release(bad)[1] == told
        path = cache / "checked" / name
        path.rmdir() if path.is_dir() else path.unlink()


def test_sql_that_is_not_proved_is_not_run(cache: Path) -> None:
    programme = load(SMALL).programme
    call = (programme, Tables("portfolio", {"partner": Form.TEXT}, {}), date(2026, 11, 23))
    made = statements(*call)
    path = only(cache / "statements")
    text = path.read_text("utf-8")
    for spoilt in (
        "",
        text[:-9],
        text.replace("SELECT", "SELECT 1,"),
        '{"select": "DROP", "plain": "", "plain_items": {}}',
    ):
        path.write_text(spoilt, "utf-8")
        assert statements(*call) == made
        assert path.read_text("utf-8") == text


def of_others(folder: Path) -> None:
    folder.chmod(0o777)


def a_link(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(folder.with_name("elsewhere"))


def another_owner(folder: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can give a folder away")
    os.chown(folder, 12345, 12345)


@pytest.mark.parametrize("change", [of_others, a_link, another_owner])
@pytest.mark.parametrize("which", ["charter", "charter/checked"])
def test_a_folder_that_others_may_write_to_is_not_used(change: Callable[[Path], None], which: str, cache: Path) -> None:
    keep("checked", "k", "text", 5)
    assert kept("checked", "k") == "text"
    change(cache.parent / which)
    assert kept("checked", "k") is None
    keep("checked", "l", "text", 5)
    assert kept("checked", "l") is None
    assert not (cache / "checked" / "l").exists()


@pytest.mark.parametrize("where", ["/dev/null", "/proc/self", "file", "relative", ""])
def test_a_cache_that_cannot_be_written_is_harmless(where: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    place = str(tmp_path / where) if where == "file" else where
    out = str(tmp_path / "o.csv")
    for words in (["check"], ["batch", "examples/portfolios/asoft.csv", "-o", out, "--as-of", "2026-11-24"]):
        done = charter(*words, env={"XDG_CACHE_HOME": place, "HOME": str(tmp_path / "file")}, cwd=ROOT)
        assert done.returncode in (0, 4), done.stderr
        assert "cache" not in done.stderr
