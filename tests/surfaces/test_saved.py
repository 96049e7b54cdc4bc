"""A saved outcome, evaluated again under the same release, is equal; one that was edited is not."""

from __future__ import annotations

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import simplejson
from charter import to_json, verify

from .partners import DAY, Partners
from .programmes import Files, compiled, written
from .trials import each, trials


def saved_fault(files: Files, chance: Random) -> str | None:
    """An outcome that is not what it was when it is evaluated again, or an edited one that is."""
    release = compiled(files)
    makers = Partners(release.programme, chance, any_term=True)
    with TemporaryDirectory() as name:
        folder = written(files, Path(name) / "1.0.0").parent
        for _ in range(2):
            partner = makers.partner()
            saved = to_json(release.evaluate(partner, as_of=DAY))
            verdict = verify(saved, folder)
            if verdict.status != "equal":
                return f"{verdict.status}: {verdict} for {partner}"
            edited = simplejson.loads(saved, use_decimal=True)
            for part in (*edited["tiers"].values(), *edited["definitions"].values()):
                if "status" in part:
                    part["status"] = "qualified" if part["status"] != "qualified" else "not_qualified"
                else:
                    part["value"] = "edited"
                break
            else:
                continue
            if verify(edited, folder).status == "equal":
                return f"an edited outcome counts as equal for {partner}"
    return None


@trials(4)
def test_a_saved_outcome_is_equal_when_it_is_evaluated_again(seeds: range) -> None:
    each(seeds, saved_fault)
