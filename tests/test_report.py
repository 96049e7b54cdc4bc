"""Reports: what a person reads on a terminal and in Markdown, in both languages; always the same bytes."""

from __future__ import annotations

import os
import pty
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from charter import Release, load
from charter.engine.evaluate.explain import measures
from charter.engine.evaluate.outcome_json import outcome_data
from charter.engine.language.operators import Comparison
from charter.engine.report.markdown import page_markdown
from charter.engine.report.outcome_page import outcome_page
from charter.engine.report.terminal import WIDTH, page_text
from charter.engine.texts.texts import texts_in
from charter.engine.values import Kind

from .cli import COMMAND, charter
from .programmes import ROOT, SMALL, copy_of, edit
from .small_world import evaluate, values, world
from .test_release import STANDING

DAY = date(2026, 11, 23)
RELEASE = load(SMALL)
GOLD = {"people": 2, "revenue": 1800, "region": "north"}


def shown(facts: dict, *, lang: str = "en", tier: str | None = "gold", explain: bool = False) -> str:
    """The report on a partner of the small programme."""
    outcome = RELEASE.evaluate({"partner": "P-1", "tier": tier, "facts": facts}, as_of=DAY)
    values = RELEASE.values(outcome)
    return page_text(outcome_page(outcome, RELEASE.programme, values, lang, explain=explain))


def row(report: str, title: str) -> str:
    """The row of a report with this title, after its mark; blanks folded."""
    return " ".join(next(line for line in report.splitlines() if line[4:].startswith(title)).split())


def test_an_unmet_threshold_says_value_threshold_and_distance() -> None:
    report = shown(GOLD)
    assert row(report, "Enough people") == "✗ Enough people 2 of 3; 1 missing [s2]"
    assert row(report, "Productive") == "✗ Productive 900 of 1000.5; 100.5 missing [s2]"
    assert "lacks: Enough people (1 missing); Productive (100.5 missing)" in report


def test_a_met_threshold_says_both() -> None:
    report = shown(GOLD | {"people": 3, "revenue": 9000})
    assert row(report, "Enough people") == "✓ Enough people 3, at least 3 needed [s2]"
    assert "✓ Gold: qualified" in report


def test_a_strict_threshold_on_money_claims_no_distance() -> None:
    """Nothing sold, where more than nothing is needed: money has no next step."""
    assert (
        row(shown({"revenue": 0}, tier="silver"), "Sells something") == "✗ Sells something 0, more than 0 needed [s1]"
    )


def test_missing_facts_are_named_where_they_matter() -> None:
    report = shown({"people": 3})
    assert "? Gold: undetermined" in report
    assert "may be decided by: Region (region), Revenue (revenue)" in report
    assert row(report, "Enough people") == "✓ Enough people 3, at least 3 needed [s2]"
    assert "no value for Revenue (revenue); Region" in row(report, "Productive").replace("Revenue per head: ", "")


def test_russian_numbers_and_words() -> None:
    report = shown(GOLD, lang="ru")
    assert "✗ Gold: не соответствует уровню" in report
    assert row(report, "Enough people") == "✗ Enough people 2 из 3; не хватает 1 [s2]"
    assert row(report, "Productive") == "✗ Productive 900 из 1000,5; не хватает 100,5 [s2]"
    assert "на 23.11.2026" in report


def test_a_candidate_sees_every_tier() -> None:
    report = shown(GOLD, tier=None)
    assert "? a candidate: no tier signed for yet" in report
    assert row(report, "Silver") == "✓ Silver 5% qualified"
    assert row(report, "Gold").startswith("✗ Gold 15% not qualified; lacks: Enough people")


def test_explain_opens_every_expression_and_shows_readings() -> None:
    report = shown(GOLD, explain=True)
    lines = [" ".join(line.split()) for line in report.splitlines()]
    start = lines.index("per_head >= 1000.5 and (region == 'north' or region == 'south') = no")
    assert lines[start + 1 : start + 6] == [
        "per_head = 900 [s1]",
        "revenue / people = 900",
        "revenue = 1800",
        "people = 2",
        "region = north",
    ]
    assert "Reading of s2: Enough is three." in lines


def test_a_page_keeps_to_its_width() -> None:
    for path in sorted((ROOT / "examples").glob("*.*")):
        for lang in ("en", "ru"):
            done = charter("evaluate", path, "--lang", lang, "--as-of", "2026-11-23", "--explain").stdout
            # The clauses of a tier's discount are the one thing that may run on: ids do not break.
            assert [line for line in done.splitlines() if len(line) > WIDTH and "[" not in line] == []


def test_markdown_shows_text_as_it_is() -> None:
    outcome = RELEASE.evaluate({"partner": "P|1", "name": "<b>*x*</b>", "tier": "gold", "facts": GOLD}, as_of=DAY)
    values = RELEASE.values(outcome)
    text = page_markdown(outcome_page(outcome, RELEASE.programme, values, "en", explain=False))
    assert text.startswith("# P\\|1  \\<b\\>\\*x\\*\\</b\\>\n")
    assert "| ✗ | Enough people |  | 2 of 3; 1 missing | `s2` |" in text


def test_both_languages_have_every_phrase() -> None:
    phrases = {lang: texts_in(lang).REPORT for lang in ("en", "ru")}
    assert phrases["en"].keys() == phrases["ru"].keys()
    for key in phrases["en"]:
        fields = [sorted(part.partition("}")[0] for part in text[key].split("{")[1:]) for text in phrases.values()]
        assert fields[0] == fields[1], key


def test_a_distance_closes_the_gap() -> None:
    """Adding what is said to be missing meets the requirement; one step less does not."""
    for people in range(3):
        facts = {"people": people, "revenue": 10**6, "region": "north"}
        outcome = RELEASE.evaluate({"partner": "P", "tier": "gold", "facts": facts})
        values = RELEASE.values(outcome)
        measure = measures(RELEASE.programme, "tiers.gold.requirements.staff", values)[0]
        assert measure.kind is Kind.COUNT
        enough = RELEASE.evaluate({"partner": "P", "facts": facts | {"people": people + int(measure.distance)}})
        assert enough.of("gold").requirements[0].status == "met"
        short = RELEASE.evaluate({"partner": "P", "facts": facts | {"people": people + int(measure.distance) - 1}})
        assert short.of("gold").requirements[0].status == "not_met"


def test_json_numbers_are_exact() -> None:
    outcome = RELEASE.evaluate({"partner": "P", "tier": "gold", "facts": {"audited": True}})
    assert str(outcome_data(outcome)["tiers"]["gold"]["discount"]["total"]) == "16.5"
    done = charter("evaluate", "examples/retail.yaml", "--format", "json").stdout
    assert '"total": 22.5,' in done


@pytest.mark.parametrize("format", ["text", "json", "jsonl", "markdown"])
def test_the_same_outcome_is_always_the_same_bytes(format: str) -> None:
    arguments = ["evaluate", "examples/candidate.yaml", "--as-of", "2026-11-23", "--explain", "--format", format]
    variables = [{"PYTHONHASHSEED": seed, "LANG": lang} for seed in "0123" for lang in ("C", "ru_RU.UTF-8")]
    outputs = {charter(*arguments, env=environment).stdout for environment in variables}
    assert len(outputs) == 1
    assert "P-001" in outputs.pop()


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_a_terminal_gets_colour_unless_told_not_to(no_color: str, coloured: bool) -> None:
    assert (b"\x1b[" in on_a_terminal("evaluate", "examples/retail.yaml", NO_COLOR=no_color)) is coloured


def test_a_file_gets_no_colour_from_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "report"
    assert on_a_terminal("evaluate", "examples/retail.yaml", "-o", str(path), NO_COLOR="") == b""
    assert path.read_text("utf-8").strip()
    assert "\x1b[" not in path.read_text("utf-8")


def on_a_terminal(*arguments: str, **variables: str) -> bytes:
    """What a command shows on a terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", **variables}
    with subprocess.Popen([*COMMAND, *arguments], cwd=ROOT, env=environment, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        seen = b""
        while chunk := _read(ours):
            seen += chunk
        process.wait(timeout=30)
    os.close(ours)
    assert process.returncode == 0
    return seen


def _read(descriptor: int) -> bytes:
    """What a terminal has to say, or nothing at its end."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


def test_an_option_is_shown_by_its_title() -> None:
    report = shown({"people": 3, "revenue": 9000, "region": "north"})
    assert row(report, "Productive").endswith("Region: North [s2]")


def test_a_requirement_made_of_others_is_shown_with_them(tmp_path: Path) -> None:
    release = copy_of(SMALL, tmp_path)
    edit(release, "tiers.yaml", "      productive:\n", f"{STANDING}      productive:\n")
    loaded = load(release)
    outcome = loaded.evaluate({"partner": "P", "tier": "gold", "facts": GOLD | {"people": 3}})
    report = page_text(outcome_page(outcome, loaded.programme, loaded.values(outcome), "en", explain=False))
    rows = [" ".join(line.split()) for line in report.splitlines()]
    start = rows.index("✗ Standing 1 of 2; 1 missing [s2]")
    assert rows[start + 1 : start + 6] == [
        "✗ – Productive 600 of 1000.5; 400.5 missing [s2]",
        "✗ – Audited no [s1]",
        "✓ – In a region 1, at least 1 needed [s2]",
        "✓ – – North North [s2]",
        "✗ – – South North, South needed [s2]",
    ]


SHORT = {
    "facts": """
facts:
  people: {title: {en: People}, kind: count, unit: {en: administrators}}
  sales: {title: {en: Sales}, kind: money, currency: EUR}
  level: {title: {en: Level}, kind: choice, ordered: true,
    choices: {basic: {title: {en: Basic}}, good: {title: {en: Good}}, best: {title: {en: Best}}}}
""",
    "tiers": """
award: highest
tiers:
  member: {title: {en: Member}}
  gold:
    title: {en: Gold}
    requirements:
      staff: {title: {en: Staff}, rule: people >= 3, source: [c]}
      turnover: {title: {en: Turnover}, rule: sales >= 100 and level >= 'good', source: [c]}
""",
    "benefits": """
benefits:
  badge: {title: {en: Badge}, kind: yes_no, when: sales > 5, by_tier: {member: true, gold: true}, source: [c]}
  fund: {title: {en: Fund}, kind: money, currency: EUR, by_tier: {member: sales * 2, gold: 9}, source: [c]}
""",
}


def short_of(release: Release, facts: dict) -> list[str]:
    """The report on a member, with the blanks of each line folded."""
    outcome = release.evaluate({"partner": "P", "facts": facts}, as_of=DAY)
    text = page_text(outcome_page(outcome, release.programme, release.values(outcome), "en", explain=False))
    return [" ".join(line.split()) for line in text.replace("\n           ", " ").splitlines()]


def test_what_is_missing_is_said_in_figures_with_their_units(tmp_path: Path) -> None:
    lines = short_of(world(tmp_path, **SHORT), {"people": 1, "sales": Decimal("99.99"), "level": "basic"})
    missing = "Staff (2 administrators missing); Turnover (Sales: 0.01 EUR missing; Level: Basic, at least Good needed)"
    assert f"next: Gold; lacks: {missing}" in " ".join(lines)
    assert "✓ Member: awarded" in lines


def test_what_benefits_are_worth_is_unknown_where_a_fact_is_missing(tmp_path: Path) -> None:
    lines = short_of(world(tmp_path, **SHORT), {"people": 1, "level": "basic"})
    assert lines[lines.index("Benefits: not determined yet") + 1] == "Badge · Fund"


@pytest.mark.parametrize("kind", [Kind.COUNT, Kind.MONEY])
@pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
def test_the_distance_is_the_least_change_that_meets_a_threshold(sign: Comparison, kind: Kind, tmp_path: Path) -> None:
    """By trying every change; an amount passes a strict threshold as soon as the distance is exceeded."""
    facts = f"facts: {{n: {{title: {{en: N}}, kind: {kind.value}}}}}\n"
    rule = f"requirements: {{r: {{title: {{en: R}}, rule: n {sign} 5, source: [c]}}}}"
    tiers = f"award: signed\ntiers: {{gold: {{title: {{en: Gold}}, {rule}}}}}\n"
    release = world(tmp_path, facts=facts, tiers=tiers)
    met = {n: evaluate(release, {"n": n}, tier="gold").status == "qualified" for n in range(12)}
    for n in range(12):
        (measure,) = measures(release.programme, "tiers.gold.requirements.r", values(release, {"n": n}))
        least = min(abs(other - n) for other in met if met[other])
        strict = kind is Kind.MONEY and sign in ("<", ">")
        assert measure.distance == (None if met[n] or least == strict else least - strict), n


def test_a_bonus_names_the_facts_that_may_decide_it(tmp_path: Path) -> None:
    written = "facts: {n: {title: {en: N}, kind: count}, m: {title: {en: M}, kind: count}}\n"
    bonuses = "bonuses: {b: {title: {en: B}, when: n > 3 and m > 1, percent: {gold: 2}, source: [c]}}\n"
    tiers = "award: highest\ntiers: {gold: {title: {en: Gold}, discount: {value: 5, source: [c]}}}\n"
    release = world(tmp_path, facts=written, tiers=tiers, bonuses=bonuses)
    for facts, unknown in (({}, ("m", "n")), ({"n": 4}, ("m",)), ({"n": 1}, ()), ({"n": 4, "m": 2}, ())):
        (bonus,) = evaluate(release, facts).of("gold").discount.bonuses
        assert bonus.unknown == unknown
