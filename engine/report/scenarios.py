"""The results of the scenarios of a release, and of its mutants, as text and as the promised JSON."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from ..evaluate.outcome_json import Json, head
from ..programme.model import pick
from ..release.load import Release
from ..review.findings import ScenarioRun, part_text
from ..review.mutants import MutationResult
from ..review.scenarios import Mismatch, ScenarioResult
from ..texts.visible import visible
from .conditions import Conditions
from .terminal import Style, without_style

_SKIPPED = "mutants not tried: first every scenario has to come out as expected"


def scenarios_text(ran: ScenarioRun, style: Style = without_style, most: int | None = None) -> str:
    """Each failed scenario with the values behind its differences; then the tally, parts not reached, the mutants.

    Of each of these at most so many are written, and the rest counted; None writes all.
    """
    release, results, unreached, tried = ran.release, ran.results, ran.unreached, ran.tried
    lines: list[str] = []
    failed = [result for result in results if result.differences]
    for result in failed[:most]:
        place = result.scenario.place
        title = pick(result.scenario.title, "en")
        lines.append(f"{visible(place.where)}  {style('✗', 'bad')} {visible(f'{result.scenario.id}: {title}')}")
        for difference in result.differences:
            lines += _difference(release, result, difference, style)
    lines += [*_rest(failed, most), _tally(results)]
    programme = release.programme
    lines.append(f"{len(programme.clauses) - len(unreached.clauses)} of {len(programme.clauses)} clauses reached")
    for listed in (
        [f"  clause no scenario reaches: {id}" for id in unreached.clauses],
        [f"  tier that no scenario is about: {id}" for id in unreached.tiers],
        [f"  value that is never known: {id}" for id in unreached.values],
        [f"  condition that is only ever {part_text(value)}: {id}" for id, value in unreached.one_way],
    ):
        lines += [*listed[:most], *_rest(listed, most)]
    lines += _mutants_text(tried, style, most) if tried else [_SKIPPED] if ran.skipped else []
    return "\n".join(lines) + "\n"


def _rest(listed: Sequence[object], most: int | None) -> list[str]:
    return [f"  … and {len(listed) - most} more"] if most is not None and len(listed) > most else []


def _mutants_text(tried: MutationResult, style: Style, most: int | None) -> list[str]:
    """The score, then a line for each mutant that no scenario notices and none explains."""
    lines, unexplained = [_score(tried)], tried.unexplained
    for mutant in unexplained[:most]:
        lines.append(f"  {visible(mutant.place.where)}  {style('mutant', 'bad')} nobody notices: {visible(mutant.id)}")
    lines += _rest(unexplained, most)
    lines += [f"  said to make no difference, but noticed or not there: {visible(id)}" for id in tried.idle]
    return lines


def scenarios_tally(ran: ScenarioRun) -> str:
    """The number of scenarios as expected and of mutants noticed, on one line."""
    mutants = [_score(ran.tried)] if ran.tried else [_SKIPPED] if ran.skipped else []
    return "; ".join([_tally(ran.results), *mutants])


def _tally(results: Sequence[ScenarioResult]) -> str:
    failed = sum(bool(result.differences) for result in results)
    return f"{len(results)} scenarios: {len(results) - failed} as expected, {failed} not"


def _score(tried: MutationResult) -> str:
    noticed, explained = tried.total - len(tried.alive), len(tried.alive) - len(tried.unexplained)
    score = f"{noticed} of {tried.total} mutants noticed"
    text = f"{score}, {explained} said to make no difference, {len(tried.unexplained)} left"
    return f"{text}; {tried.untried} not tried, as these were work enough" if tried.untried else text


def scenarios_data(result: str, ran: ScenarioRun) -> Json:
    """The results for programs; `result` is the exit status as a word."""
    results, unreached, tried = ran.results, ran.unreached, ran.tried
    return {
        **head(result),
        "scenarios": [_result(scenario) for scenario in results],
        "not_reached": {
            "clauses": list(unreached.clauses),
            "tiers": list(unreached.tiers),
            "values": list(unreached.values),
            "one_way": [{"value": id, "only": only} for id, only in unreached.one_way],
        },
        "mutants": None if tried is None else _mutants(tried),
        "mutants_skipped": ran.skipped,
    }


def _mutants(tried: MutationResult) -> Json:
    return {
        "count": tried.total,
        "not_tried": tried.untried,
        "noticed": tried.total - len(tried.alive),
        "no_difference": [mutant.id for mutant in tried.alive if mutant.id in tried.explained],
        "idle": list(tried.idle),
        "left": [
            {
                "id": mutant.id,
                "file": mutant.place.source.path,
                "line": mutant.place.line,
                "column": mutant.place.column,
            }
            for mutant in tried.unexplained
        ],
    }


def _result(result: ScenarioResult) -> Json:
    place = result.scenario.place
    return {
        "id": result.scenario.id,
        "title": dict(result.scenario.title),
        "as_of": result.scenario.as_of.isoformat(),
        "status": "failed" if result.differences else "passed",
        "file": place.source.path,
        "line": place.line,
        "differences": [
            {
                "path": difference.path,
                "expected": _json(difference.expected),
                "found": difference.actual,
                "help": difference.help,
                "line": difference.place.line,
                "column": difference.place.column,
            }
            for difference in result.differences
        ],
    }


def _difference(release: Release, result: ScenarioResult, difference: Mismatch, style: Style) -> list[str]:
    """The expected and the evaluated value of a difference, and the expressions behind it."""
    both = visible(f"expected {part_text(difference.expected)}, found {part_text(difference.actual)}")
    lines = [f"  {visible(f'{difference.place.where}  {difference.path}')}: {style(both, 'strong')}"]
    if difference.help:
        lines.append(f"      {visible(difference.help)}")
    values = release.values(result.outcome)
    conditions = Conditions(release.programme, values, "en")
    for id in _behind(difference.path, release):
        lines += [style(f"      {visible(line)}", "dim") for line in conditions.expressions(id)]
    return lines


def _behind(path: str, release: Release) -> list[str]:
    """The id of the value that a path of the outcome shows; none where the programme has no such value."""
    values, parts = release.programme.values, path.split(".")
    if parts[0] == "tiers" and len(parts) > 2:
        tier, kind, id = parts[1], parts[2], parts[3] if len(parts) > 3 else ""
        common = [f"{scope}.{id}" for scope in ("eligibility", "joining")]
        ids = [f"tiers.{tier}.{kind}.{id}", f"tiers.{tier}.{kind}.{id}.earned", *common]
        return [id for id in ids if id in values][:1]
    return [id for id in (f"definitions.{parts[1] if len(parts) > 1 else ''}",) if id in values]


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
