"""A PostgreSQL of the tests' own: a cluster in a temporary folder, asked through psql."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

REQUIRED = os.environ.get("CHARTER_POSTGRES") == "required"
_OWNER = "nobody" if os.getuid() == 0 else None  #: the server refuses to run as root


def _program(name: str) -> str | None:
    """The path of a program of PostgreSQL; Debian keeps those of the server beside each version."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(versions[-1]) if versions else shutil.which(name)


needs_postgres = pytest.mark.skipif(
    not REQUIRED and not (_program("initdb") and _program("psql")), reason="no PostgreSQL"
)


class Postgres(NamedTuple):
    """A running server, by the folder of its socket."""

    folder: Path

    def run(self, script: str) -> str:
        """What psql prints for a script; an error of the database ends the test."""
        command = [str(_program("psql")), "-h", str(self.folder), "-U", "charter", "-d", "postgres"]
        options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        ran = subprocess.run([*command, *options], input=script, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr[-3000:]
        return ran.stdout

    def rows(self, query: str, before: str = "") -> list[dict[str, Any]]:
        """The rows of a query by column, numbers exact, dates as text; `before` is a script to run first."""
        script = f"{before}\nSELECT row_to_json(q) FROM ({query.rstrip().rstrip(';')}) AS q;\n"
        return [json.loads(line, parse_float=Decimal, parse_int=Decimal) for line in self.run(script).splitlines()]


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server with a fresh cluster, stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="charter-postgres-"))
    try:
        if _OWNER:
            shutil.chown(folder, _OWNER)
        control = [str(_program("pg_ctl")), "-D", str(folder / "data"), "-w", "-s"]
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        _as_owner(
            str(_program("initdb")), "-D", str(folder / "data"), "-U", "charter", "-A", "trust", "-E", "UTF8", "-N"
        )
        _as_owner(*control, "-o", options, "-l", str(folder / "log"), "start")
        try:
            yield Postgres(folder)
        finally:
            _as_owner(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_owner(*command: str) -> None:
    ran = subprocess.run(
        command, user=_OWNER, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout
