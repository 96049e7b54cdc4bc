"""Every code has a page, every page's wrong example makes a command print just that code, and no right one does.

docs/problems.md holds the pages with what is printed. CHARTER_WRITE_DOCS=1 writes it again; read the difference before
you commit it.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from charter.engine.catalogue.catalogue import CatalogueEntry, catalogue
from charter.engine.report.catalogue import entry_markdown, entry_text

from .programmes import ROOT, SMALL, copy_of, edit

PAGE = ROOT / "docs" / "problems.md"
CODE = re.compile(r"[a-z]+(-[a-z0-9]+)+|bounds|choices")
#: hyphenated words of the source that are no codes
OTHERS = {"ls-tree", "cat-file", "utf-8", "utf-8-sig", "utf-16-be", "system-out"}
HEAD = """# Problems, by their codes

What each code means, with a wrong and a right example and what is printed for the wrong one. `charter explain CODE`
shows the same in a terminal, with `--lang ru` in Russian. Made from the catalogue by the tests, which run every example
in a small release of their own.
"""


def _negotiable(release: Path) -> None:
    edit(release, "tiers.yaml", "{value: 15, ", "{value: 15, negotiable: {minimum: 0, maximum: 40, source: [s2]}, ")


def _awarded(release: Path) -> None:
    edit(release, "tiers.yaml", "tiers:\n", "award: highest\ntiers:\n")


def _kept(release: Path) -> None:
    """A release of long ago, in which a tier is kept for a year."""
    edit(release, "programme.yaml", "2025-07-01", "1920-01-01")
    until = "{title: {en: Kept}, until: 'add_months(held_since, 12)', source: [s2]}"
    edit(release, "tiers.yaml", "tiers:\n", f"award: highest\nretention: {until}\ntiers:\n")


def _membership(release: Path) -> None:
    ends = "{title: {en: For a year}, ends: 'add_days(add_months(start_of_year(as_of), 12), -1)', source: [s2]}"
    edit(release, "tiers.yaml", "tiers:\n", f"membership: {ends}\ntiers:\n")


def _one_rule(release: Path) -> None:
    """A release of one tier with one requirement, so that few changes of it are possible."""
    for file in ("benefits", "bonuses", "definitions"):
        (release / f"{file}.yaml").unlink()
    for file, end in (("tiers", "  gold:\n"), ("clauses", "  s2:"), ("facts", "checks:")):
        path = release / f"{file}.yaml"
        path.write_text(path.read_text("utf-8").partition(end)[0], "utf-8")


def _five_percent(release: Path) -> None:
    edit(release, "clauses.yaml", "Silver partners sell something.", "Silver partners get 5%.")


def _third_clause(release: Path) -> None:
    """The bonus cites a clause that the example adds."""
    edit(release, "bonuses.yaml", "source: [s2]", "source: [s3]")


def _logo(release: Path) -> None:
    """A right of gold partners, with a clause of its own."""
    with (release / "clauses.yaml").open("a", encoding="utf-8") as file:
        file.write('  s3: {section: "1", title: {en: Gold partners may use the logo.}}\n')
    edit(release, "tiers.yaml", "{en: Gold}\n", "{en: Gold}\n    rights: {logo: {title: {en: Logo}, source: [s3]}}\n")


def _example(code: str) -> Callable[[Path], None]:
    """Beside the examples stands the right one of another code."""
    return lambda release: put(release, catalogue()[code], catalogue()[code].right)


def _rates_by_day(release: Path) -> None:
    """Deals, each of which looks up a rate by its day; and two records, the longer of which has too many of both."""
    with (release / "facts.yaml").open("a", encoding="utf-8") as file:
        file.write(RATES)
    for years in (1, 10):
        deals, rates = (years * 200 * f"  - {{{day}: 2026-01-31}}\n" for day in ("closed", "begins"))
        text = f"partner: P-1\nfacts:\n  deals:\n{deals}  rates:\n{rates}"
        (release.parent / f"{years}-years.yaml").write_text(text, "utf-8")


def _offices(release: Path) -> None:
    """A second whole number, of which a rule reads the square."""
    edit(release, "facts.yaml", "  revenue:", "  offices: {title: {en: Offices}, kind: count}\n  revenue:")
    edit(release, "tiers.yaml", "per_head >= 1000.5 and", "per_head >= 1000.5 and offices < 99 and")


def _definition(code: str) -> Callable[[Path], None]:
    """Definitions as the right example of a code has them, in their place."""

    def add(release: Path) -> None:
        with (release / "definitions.yaml").open("a", encoding="utf-8") as file:
            file.write(textwrap.indent(catalogue()[code].right, "  "))

    return add


def _deals(release: Path) -> None:
    """A list of deals, how many they are, and a claim about that."""
    with (release / "facts.yaml").open("a", encoding="utf-8") as file:
        file.write("lists:\n  deals: {title: {en: Deals}, fields: {customer: {title: {en: Customer}, kind: text}}}\n")
    with (release / "definitions.yaml").open("a", encoding="utf-8") as file:
        file.write("  closed: {title: {en: Deals}, kind: count, take: count, over: deals, source: [s1]}\n")
    claim = "{title: {en: Four deals can be closed.}, possible: closed >= 4, source: [s1]}"
    (release / "claims.yaml").write_text(f"claims:\n  four: {claim}\n", "utf-8")


def _commissions(release: Path) -> None:
    """Deals with their days, and the sum of what a rate makes of them."""
    fields = "{amount: {title: {en: Amount}, kind: number}, closed_on: {title: {en: Closed}, kind: date}}"
    value = "{commission: {title: {en: Commission}, kind: number, value: amount * ratio(rate), source: [s1]}}"
    with (release / "facts.yaml").open("a", encoding="utf-8") as file:
        file.write(f"lists:\n  deals: {{title: {{en: Deals}}, fields: {fields}, values: {value}}}\n")
    with (release / "definitions.yaml").open("a", encoding="utf-8") as file:
        file.write("  rate: {title: {en: Rate}, kind: percent, value: 10, source: [s1]} # rate\n")
        sum = "kind: number, take: sum, of: commission, over: deals, where: closed_on <= as_of, empty: 0, source: [s1]"
        file.write(f"  commissions: {{title: {{en: Commissions}}, {sum}}}\n")


def _orders(release: Path) -> None:
    """Prices of orders, each of which becomes an item of a list; and a partner."""
    with (release / "facts.yaml").open("a", encoding="utf-8") as file:
        price = "{price: {title: {en: Price}, kind: number, default: 0}}"
        file.write(f"lists:\n  sales: {{title: {{en: Sales}}, default: [], fields: {price}}}\n")
    with (release / "definitions.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "  sold: {title: {en: Sold}, kind: number, take: sum, of: price, over: sales, empty: 0, source: [s1]}\n"
        )
    prices = {
        "title": {"en": "Orders"},
        "source": ["s1"],
        "fields": {"price": {"title": {"en": "Price"}, "kind": "number"}},
        "rules": {"all": {"title": {"en": "All"}, "when": "sold >= 0", "partner_pays": 1, "source": ["s1"]}},
        "becomes": {"sales": {"fields": {"price": "price"}, "source": ["s1"]}},
    }
    (release / "prices.yaml").write_text(json.dumps({"order": prices}), "utf-8")
    (release.parent / "partner.yaml").write_text("partner: P-1\nfacts: {people: 1}\n", "utf-8")


def _deadline(release: Path) -> None:
    """The last day for an order, so many business days on."""
    with (release / "definitions.yaml").open("a", encoding="utf-8") as file:
        file.write('  due: {title: {en: Due}, kind: date, value: "add_business_days(as_of, 5)", source: [s1]}\n')


def _earlier(migration: str = "", **names: str) -> Callable[[Path], None]:
    """An earlier release beside the one of the examples, in which facts have other names; and how they became these."""

    def add(release: Path) -> None:
        before = Path(shutil.copytree(release, release.parent / "0.9.0"))
        edit(before, "programme.yaml", '"1.0.0"', '"0.9.0"')
        edit(before, "programme.yaml", "2025-07-01", "2024-07-01")
        for path in before.glob("*.yaml"):
            text = path.read_text("utf-8")
            for new, old in names.items():
                text = re.sub(rf"\b{new}\b", old, text)
            path.write_text(text, "utf-8")
        if migration:
            (release / "migration.yaml").write_text(f'from: "0.9.0"\nfacts:\n{migration}', "utf-8")

    return add


def _fax(release: Path) -> None:
    """An earlier release with a fact more, which the migration does not mention."""
    _earlier("  people: staff\n", people="staff")(release)
    with (release.parent / "0.9.0" / "facts.yaml").open("r+", encoding="utf-8") as file:
        text = file.read().replace("facts:\n", "facts:\n  fax: {title: {en: Fax}, kind: text}\n")
        file.seek(0)
        file.write(text)


def _for_a_year(release: Path) -> None:
    """A membership of a year, and an earlier release in which a fact has another name."""
    _membership(release)
    _earlier("  people: staff\n", people="staff")(release)


RATES = """lists:
  rates:
    title: {en: Rates}
    fields:
      begins: {title: {en: From}, kind: date}
  deals:
    title: {en: Deals}
    fields:
      closed: {title: {en: Closed}, kind: date}
    values:
      valid: {title: {en: Rates}, kind: count, take: count, over: rates, where: begins <= closed, source: [s1]}
"""
#: what the examples of a code need beside them: the small programme with something else in it
SITUATIONS: dict[str, Callable[[Path], None]] = {
    "agreement-not-in-force": _negotiable,
    "agreement-without-effect": _negotiable,
    "agreements-overlap": _negotiable,
    "claim-broken": _example("tier-not-reached"),
    "case-never-taken": _definition("case-never-taken"),
    "choice-never-taken": _definition("choice-never-taken"),
    "claim-undecided": _deals,
    "clause-not-reached": _logo,
    "fact-gone": _fax,
    "figure-differs": _five_percent,
    "migration-not-compared": _earlier(people="staff"),
    "migration-unclear": _earlier(people="staff"),
    "history-before-release": _for_a_year,
    "history-too-long": _kept,
    "history-unknown": _kept,
    "membership-ended": _membership,
    "mutant-explained": _one_rule,
    "mutant-unnoticed": _one_rule,
    "broken-seal": _example("tier-not-reached"),
    "default-differs": _earlier(people="staff", audited="reviewed"),
    "draft-overdue": _example("tier-not-reached"),
    "no-calendar": _deadline,
    "order-not-certain": _orders,
    "no-successor": _earlier(people="staff"),
    "not-carried-over": _earlier(
        "  people: staff\n  audited: reviewed and staff > 1\n", people="staff", audited="reviewed"
    ),
    "not-checked": _offices,
    "reaches-back": _commissions,
    "reading-without-effect": _third_clause,
    "release-needed": _earlier(people="staff"),
    "release-unclear": _earlier("  revenue: revenue * 1000\n"),
    "scenario-differs": _example("tier-not-reached"),
    "sealed-changed": _example("tier-not-reached"),
    "short-notice": _example("tier-not-reached"),
    "tier-awarded": _awarded,
    "too-many-items": _rates_by_day,
    "unknown-path": _third_clause,
}


@pytest.fixture(scope="module", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What has been checked is remembered from one example to the next, and not in the user's own cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def codes() -> set[str]:
    """Every code that the product can tell, read off its source."""
    found = set()
    for path in (*(ROOT / "engine").rglob("*.py"), *(ROOT / "commands").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                found.add(node.value)
    return found - OTHERS


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert set(catalogue()) == codes()


def put(release: Path, entry: CatalogueEntry, example: str) -> None:
    """Put an example in its place: that of the right one where the release has it, else at the end of the file."""
    path = (release.parent if entry.file in entry.command else release) / entry.file
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    right = textwrap.dedent(entry.right).splitlines()
    for start in range(len(lines) - len(right) + 1):
        indent = " " * (len(lines[start]) - len(lines[start].lstrip()))
        if lines[start : start + len(right)] == [f"{indent}{line}" if line else "" for line in right]:
            lines[start : start + len(right)] = textwrap.indent(example, indent).splitlines()
            break
    else:
        lines += example.splitlines()
    path.write_text("\n".join(lines) + "\n", "utf-8", newline="")


def run(entry: CatalogueEntry, example: str, folder: Path) -> tuple[str, list[tuple[str, str]]]:
    """What is printed in a copy of the small programme with the example in it; each level and code that is told."""
    release = copy_of(SMALL, folder)
    if entry.code in SITUATIONS:
        SITUATIONS[entry.code](release)
    if not entry.file:
        text = in_shell(example, folder)
    else:
        put(release, entry, example)
        to = "" if entry.command.split()[0] in ("check", "test") else " > report.txt"
        text = in_shell(f"CHARTER_PROGRAM=. charter {entry.command}{to}", folder)
    if entry.command.startswith("test"):  # its text names no codes
        log = json.loads(in_shell(f"CHARTER_PROGRAM=. charter {entry.command} --format sarif 2> errors.txt", folder))
        return text, [(one["level"], one["ruleId"]) for one in log["runs"][0]["results"]]
    return text, re.findall(r"^(?:\S+  )?(error|warning|note)\[([a-z0-9-]+)\]", text, re.MULTILINE)


def in_shell(line: str, folder: Path) -> str:
    """What lines typed in a shell print."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "NO_COLOR": "1"}
    environment.pop("CHARTER_PROGRAM", None)
    ran = subprocess.run(
        ["bash", "-c", line], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode != 70, ran.stdout
    return ran.stdout.replace(f"{folder}/", "")


@pytest.mark.slow
@pytest.mark.parametrize("code", catalogue())
def test_the_wrong_example_is_told_and_the_right_one_is_not(code: str, tmp_path: Path) -> None:
    entry = catalogue()[code]
    text, told = run(entry, entry.wrong, tmp_path / "wrong")
    assert set(told) == {(entry.level.value, code)}
    assert code not in [one for _, one in run(entry, entry.right, tmp_path / "right")[1]]
    section = entry_markdown(entry, text)
    if os.environ.get("CHARTER_WRITE_DOCS"):
        _write(code, section)
    assert section in PAGE.read_text("utf-8")


def _write(code: str, section: str) -> None:
    """Put a section in its turn among the others."""
    text = PAGE.read_text("utf-8") if PAGE.exists() else HEAD
    sections = {one.partition("\n")[0]: f"## {one}" for one in text.split("\n## ")[1:]}
    sections[code] = section
    kept = "\n".join(f"{sections[one].rstrip()}\n" for one in sorted(sections) if one in catalogue())
    PAGE.write_text(f"{HEAD}\n{kept}", "utf-8")


def test_the_page_holds_each_code_once() -> None:
    assert re.findall(r"^## ([a-z0-9-]+)$", PAGE.read_text("utf-8"), re.MULTILINE) == list(catalogue())


@pytest.mark.parametrize("code", catalogue())
def test_a_page_is_in_both_languages(code: str) -> None:
    entry = catalogue()[code]
    for texts in (entry.title, entry.text):
        assert set(texts) == {"ru", "en"}
        assert re.search("[а-яё]", texts["ru"])
        assert not re.search("[а-яё]", texts["en"])


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_page_in_a_terminal_is_a_heading_the_text_and_the_examples(lang: str) -> None:
    for code, entry in catalogue().items():
        heading, blank, *rest = entry_text(entry, lang).splitlines()
        assert heading == f"{entry.level.value}[{code}]  {entry.title[lang]}"
        assert blank == ""
        end = rest.index("")
        assert " ".join(rest[:end]).split() == entry.text[lang].split()
        shown = [line[4:] for line in rest[end + 1 :] if line.startswith("    ") or not line]
        assert [line for line in shown if line] == [
            line for example in (entry.wrong, entry.right) for line in example.splitlines() if line.strip()
        ]
