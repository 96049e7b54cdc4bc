"""A whole portfolio, Parquet to Parquet, as whole processes: charter beside hand-written DuckDB SQL, Polars and Python.

First all must give the same answers. Then they take turns. ZEN decides partner by partner in one process, in its
fastest call; its figure is what so many decisions would take.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import duckdb
import zen
from measure import in_turns, machine, table

HERE = Path(__file__).resolve().parent
DAY = "2026-11-24"
COLUMNS = "partner, tier, status, discount_base, discount_uncapped, discount_total, " + ", ".join(
    f"status_{tier}, discount_total_{tier}" for tier in ("retail", "competency", "saas")
)

YES = {
    "it_company": 97, "technical_base": 97, "trained_specialists": 97, "registered_on_site": 97,
    "accession_agreement_signed": 97, "licence_agreement_signed": 97, "announces_participation": 90,
    "isolation_module_purchased": 50, "extended_support_paid": 60, "sales_plan_agreed": 80, "sales_plan_fulfilled": 60,
}  # fmt: skip
COUNTS = {
    "certified_admins": 5, "marketing_activities": 4, "implementations": 13, "customer_reviews": 13,
    "rental_licences": 9, "asoft_events_attended": 3, "own_events_held": 3,
}  # fmt: skip


def make(rows: int, path: Path, *, shuffled: bool) -> None:
    """Random partners, the same in every run; one fact in fifty is missing."""
    facts = [
        f"CASE WHEN random() < 0.02 THEN NULL ELSE random() < {part / 100} END AS {id}" for id, part in YES.items()
    ]
    facts += [
        f"CASE WHEN random() < 0.02 THEN NULL ELSE (random() * {most})::INTEGER END AS {id}"
        for id, most in COUNTS.items()
    ]
    facts += ["(random() * 4)::INTEGER AS licences_rented_out", "random() < 0.9 AS bonus_requested"]
    facts += ["CASE WHEN random() < 0.7 THEN 'discount' ELSE 'licences' END AS bonus_return"]
    tier = "['retail', 'competency', 'saas', NULL][1 + floor(random() * 3.3)::INTEGER]"
    with duckdb.connect(config={"threads": 1}) as database:
        database.execute("SELECT setseed(0.5)")
        order = " ORDER BY hash(partner)" if shuffled else ""
        text = f"SELECT 'P-' || lpad(i::VARCHAR, 8, '0') AS partner, {tier} AS tier, {', '.join(facts)} FROM range({rows}) t(i)"
        database.execute(f"COPY (FROM ({text}){order}) TO '{path}' (FORMAT parquet)")


def processes(source: Path, folder: Path) -> dict[str, tuple[list[str], Path]]:
    """Each contender's call, and where it writes."""
    peers = HERE / "peers"
    charter = str(Path(sys.executable).with_name("charter"))
    program = ["--program", str(HERE.parent / "program"), "--release", "1.0.0", "--as-of", DAY]
    outputs = {name: folder / f"{name}.parquet" for name in ("charter", "duckdb", "polars", "python")}
    calls = {
        name: [sys.executable, str(peers / f"portfolio_{name}.py"), str(source), str(outputs[name])] for name in outputs
    }
    calls["charter"] = [charter, "batch", str(source), "-o", str(outputs["charter"]), *program]
    return {name: (calls[name], outputs[name]) for name in outputs}


def ran(call: Sequence[str]) -> tuple[float, float]:
    """Runs a process; the milliseconds that it took, and its peak memory in MiB."""
    start = time.perf_counter()
    process = subprocess.Popen(call, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    took = (time.perf_counter() - start) * 1000
    if status:
        raise SystemExit(f"{call[:2]} ended with {status}")
    return took, usage.ru_maxrss / 1024


def differences(outputs: Sequence[Path]) -> int:
    """How many rows some output has otherwise than the first."""
    with duckdb.connect() as database:
        first, *others = (f"(SELECT {COLUMNS} FROM '{path}')" for path in outputs)
        found = [f"SELECT count(*) FROM ({first} EXCEPT ALL {other})" for other in others]
        return sum(database.execute(text).fetchall()[0][0] for text in found)


def zen_decision(source: Path) -> Callable[[], float]:
    """Decides a thousand partners with ZEN's fastest call; the microseconds that one took."""
    graph = json.loads((HERE / "peers" / "asoft.jdm.json").read_text("utf-8"))
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"asoft": graph}}})
    with duckdb.connect() as database:
        known = " AND ".join(f"{id} IS NOT NULL" for id in (*YES, *COUNTS))
        found = database.execute(f"SELECT * EXCLUDE (partner, tier) FROM '{source}' WHERE {known} LIMIT 1000")
        names = [column[0] for column in found.description]
        partners = [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def decide() -> float:
        start = time.perf_counter()
        for one in partners:
            engine.evaluate("asoft", one)
        return (time.perf_counter() - start) / len(partners) * 1e6

    return decide


def main() -> int:
    """Check, then time; 1 where the answers differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--shuffled", action="store_true", help="partners in no order")
    parser.add_argument("--growth", action="store_true", help="charter alone, from 10 000 to 10 000 000 rows")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if arguments.growth:
            print("| rows | s | peak, MiB |\n| ---: | ---: | ---: |")
            for rows in (10_000, 100_000, 1_000_000, 10_000_000):
                make(rows, folder / "p.parquet", shuffled=arguments.shuffled)
                call = processes(folder / "p.parquet", folder)["charter"][0]
                took, peak = min(ran(call) for _ in range(3))
                print(f"| {rows:,} | {took / 1000:.2f} | {peak:.0f} |")
            return 0
        make(20_000, folder / "few.parquet", shuffled=arguments.shuffled)
        few = processes(folder / "few.parquet", folder)
        for call, _ in few.values():
            ran(call)
        if wrong := differences([output for _, output in few.values()]):
            print(f"{wrong} rows differ.", file=sys.stderr)
            return 1
        print("The same answers for 20000 random partners.\n")
        make(arguments.rows, folder / "p.parquet", shuffled=arguments.shuffled)
        calls = {id: call for id, (call, _) in processes(folder / "p.parquet", folder).items() if id != "python"}
        peaks: dict[str, list[float]] = {id: [] for id in calls}

        def timed(id: str) -> Callable[[], float]:
            def run() -> float:
                took, peak = ran(calls[id])
                peaks[id].append(peak)
                return took

            return run

        order = ["duckdb", "charter", "polars"]
        taken = in_turns([timed(id) for id in order], arguments.rounds)
        rows = [(id, f"{max(peaks[id]):.0f}") for id in order]
        print(table(("process", "peak, MiB"), rows, taken, "ms"))
        make(100_000, folder / "some.parquet", shuffled=False)
        python = min(ran(processes(folder / "some.parquet", folder)["python"][0])[0] for _ in range(3))
        each = min(zen_decision(folder / "few.parquet")() for _ in range(30))
        charter = min(taken[1]) * 1000 / arguments.rows
        print(f"\nPlain Python, 100 000 rows: {python:.0f} ms. ZEN's fastest call: {each:.1f} µs a decision;")
        print(f"charter, whole process: {charter:.2f} µs a partner, {each / charter:.0f} times the throughput.")
    peers = ", ".join(f"{name} {version(name)}" for name in ("charter", "duckdb", "sqlglot", "polars", "zen-engine"))
    print(f"\n{arguments.rounds} rounds of {arguments.rows} rows. {peers}. {machine()}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
