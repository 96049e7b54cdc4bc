"""Prove what a release claims: the whole process, the time of each claim, and how both grow with the number of rules.

There is no peer that decides statements about all partners from such rules, so what counts is each time beside that of
other calls, and the growth. A claim that is not proved ends the run with exit code 1.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

import made
import yaml
from charter.engine.proof.claims_by_solver import prove
from charter.engine.proof.decide import Setting
from charter.engine.release.load import load_files, read_files
from charter.engine.review.readings import other_readings
from measure import ROOT, Process, in_turns, machine, table, times_longer

ASOFT = ROOT / "program" / "1.0.0"
RULES = (10, 30, 100, 300, 1000)
DAY = date(2026, 11, 25)
TOTALS = [f"discount_total('{tier}')" for tier in made.TIERS]
#: claims of a generated programme, in three forms
CLAIMS = {
    "capped": {"always": f"max({', '.join(TOTALS)}) <= 40"},
    "tiers": {"reachable": "tiers"},
    "monotone": {"more": made.FLAGS, "never_lowers": TOTALS},
}


def claims_of(folder: Path) -> dict[str, Callable[[], float]]:
    """A call for each claim of a release, by its id, that decides it and gives the time in milliseconds."""
    files = read_files(folder)
    release = load_files(files)
    under = {None: release, **{reading.name: reading.release for reading in other_readings(files)[0]}}

    def timed(claim_id: str) -> Callable[[], float]:
        claim = next(claim for claim in release.programme.claims if claim.id == claim_id)

        def run() -> float:
            start = time.perf_counter()
            verdict = prove(Setting(under[claim.under], DAY), claim)
            taken = (time.perf_counter() - start) * 1e3
            if verdict.status != "proved":
                raise SystemExit(f"{claim_id} is {verdict.status}")
            return taken

        return run

    return {claim.id: timed(claim.id) for claim in release.programme.claims}


def made_release(rules: int, folder: Path) -> Path:
    """The folder of a generated release with a number of rules, and with claims."""
    release = made.programme(rules, folder) / "1.0.0"
    claims = {id: {"title": {"en": id}, **form, "source": ["c"]} for id, form in CLAIMS.items()}
    (release / "claims.yaml").write_text(yaml.safe_dump({"claims": claims}, sort_keys=False), "utf-8")
    return release


def main() -> int:
    """Time the claims, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    charter = Path(sys.executable).with_name("charter")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        whole = {
            "`charter evaluate`": Process([charter, "evaluate", "examples/retail.yaml"], folder / "cache"),
            "`charter check`": Process([charter, "check", ASOFT], folder / "cache"),
            "`charter prove`, all claims": Process([charter, "prove", "--program", ASOFT], folder / "cache"),
        }
        for run in whole.values():
            run()
        print(table(("process",), [(name,) for name in whole], in_turns(list(whole.values()), rounds), "ms"))

        claims = claims_of(ASOFT)
        taken = in_turns(list(claims.values()), rounds)
        print("\n| claim | median, ms | least, ms |\n| --- | ---: | ---: |")
        for id, own in zip(claims, taken, strict=True):
            print(f"| `{id}` | {median(own):.1f} | {min(own):.1f} |")
        print(f"| all | {median(map(sum, zip(*taken, strict=True))):.1f} | {sum(map(min, taken)):.1f} |")

        print(f"\n| rules | {' | '.join(f'{id}, ms' for id in CLAIMS)} | `charter prove`, s | ratio |")
        print(f"| ---: |{' ---: |' * (len(CLAIMS) + 2)}")
        first: list[float] = []
        for rules in RULES:
            release = made_release(rules, folder)
            parts = in_turns(list(claims_of(release).values()), 3)
            process = Process([charter, "prove", "--program", release], folder / "cache")
            process()
            own = [process() for _ in range(3)]
            first = first or own
            times = " | ".join(f"{median(times):.0f}" for times in parts)
            print(f"| {rules:,} | {times} | {median(own) / 1e3:.2f} | {times_longer(own, first):.2f} |")
    print(f"\n{rounds} rounds, 3 for the rules. {machine()}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
