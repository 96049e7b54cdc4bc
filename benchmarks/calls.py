"""How each contender is called to decide a whole portfolio, from a Parquet file to another."""

from __future__ import annotations

import sys
from pathlib import Path

from measure import ROOT

ASOFT = ROOT / "program"
PEERS = ROOT / "benchmarks" / "peers"


def charter(portfolio: Path, output: Path, program: Path = ASOFT) -> list[str | Path]:
    """`charter batch` with release 1.0.0 of a programme."""
    command = [Path(sys.executable).with_name("charter"), "batch", portfolio, "-o", output]
    return [*command, "--program", program, "--release", "1.0.0", "--as-of", "2026-11-24"]


def peer(name: str, portfolio: Path, output: Path) -> list[str | Path]:
    """ASoft's rules as written by hand for this peer."""
    return [sys.executable, PEERS / f"portfolio_{name}.py", portfolio, output]
