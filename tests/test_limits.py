"""The table of limits is the only place of their numbers: schemas agree with it, and refusals and prose follow it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from charter.engine import limits
from charter.engine.limits import LIMITS

from .cli import charter
from .programmes import ROOT, SMALL, copy_of, edit
from .published import SCHEMAS
from .test_catalogue import SITUATIONS

#: Which limit a schema states, by its file and the key that is limited.
STATED = {
    ("bonuses", "rates"): limits.MAX_PARTS,
    ("common", "all_of"): limits.MAX_PARTS,
    ("common", "any_of"): limits.MAX_PARTS,
    ("common", "of"): limits.MAX_PARTS,
    ("common", "rows"): limits.MAX_ROWS,
    ("common", "cases"): limits.MAX_ROWS,
    ("common", "choices"): limits.MAX_OPTIONS,
    ("balances", "adds"): limits.MAX_PARTS,
    ("balances", "uses"): limits.MAX_PARTS,
    ("balances", "balances"): limits.MAX_ROWS,
    ("definitions", "rows"): limits.MAX_ROWS,
    ("order", "order"): limits.MAX_ORDER_TEXT,
    ("order", "currency"): limits.MAX_ORDER_TEXT,
    ("orders", "order"): limits.MAX_ORDER_TEXT,
    ("orders", "currency"): limits.MAX_ORDER_TEXT,
    ("programme", "notice_days"): limits.MAX_NOTICE,
    ("fees", "fees"): limits.MAX_OPTIONS,
    ("rebates", "rebates"): limits.MAX_OPTIONS,
    ("settlements", "settlements"): limits.MAX_OPTIONS,
    ("record", "partner"): limits.MAX_PARTNER,
    ("record", "name"): limits.MAX_NAME,
    ("record", "release"): limits.MAX_PARTNER,
    ("record", "document"): limits.MAX_TEXT,
    ("tiers", "tiers"): limits.MAX_ROWS,
}
#: What a schema bounds and what is no limit of size: a percentage, a month and its day, a list that may only be empty.
NO_LIMITS = {("common", "percent"): 100, ("facts", "default"): 0,
             ("calendar", "first_month"): 12, ("calendar", "first_day"): 28}  # fmt: skip

RECORD = "partner: P-1\ntier: gold\nfacts: {people: 3, revenue: 9000, region: north}\n"
DEEP = "1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + revenue)))))))))))"


def bounds(node: Any, name: str = "") -> Iterator[tuple[str, int]]:
    """Each key of a schema whose size or value has an upper bound, and the bound."""
    for key, value in node.items() if isinstance(node, dict) else ():
        if key in ("maxProperties", "maxItems", "maxLength", "maximum") and isinstance(value, int):
            yield name, value
        yield from bounds(value, key)
    for part in node if isinstance(node, list) else ():
        yield from bounds(part, name)


def test_the_schemas_state_the_same_limits() -> None:
    stated = {
        (file.removesuffix(".schema.json"), name): number
        for file, schema in SCHEMAS.items()
        for name, number in bounds(schema)
    }
    assert stated == STATED | NO_LIMITS


def test_names_in_the_schemas_have_the_same_length() -> None:
    longest = {
        int(number) + 1
        for schema in SCHEMAS.values()
        for number in re.findall(r"\]\{0,(\d+)\}", str(schema))
    }  # fmt: skip
    assert longest == {limits.MAX_ID}


def test_a_name_that_is_no_limit_is_never_left_in_a_text() -> None:
    with pytest.raises(KeyError):
        limits.filled("at most {MAX_NOTHING}", "en")


def planted(folder: Path, name: str, number: str) -> Path:
    """A copy of the product in which one limit is another number; found as `charter` through a link."""
    for part in ("engine", "commands", "schemas"):
        shutil.copytree(ROOT / part, folder / "product" / part, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.glob("*.py"):
        shutil.copy(path, folder / "product")
    table = folder / "product" / "engine" / "limits.py"
    text, count = re.subn(rf"(?<=^{name} = Limit\()[\d_* ]+", number, table.read_text("utf-8"), flags=re.MULTILINE)
    assert count == 1
    table.write_text(text, "utf-8")
    (folder / "path").mkdir()
    (folder / "path" / "charter").symlink_to("../product", target_is_directory=True)
    return folder / "path"


def printed(folder: Path, *arguments: str) -> str:
    """What the planted product prints in the folder, the small release being its programme."""
    environment = {"PYTHONPATH": str(folder / "path"), "XDG_CACHE_HOME": str(folder / "cache")}
    environment |= {"CHARTER_PROGRAM": str(folder / "1.0.0"), "COLUMNS": "200"}
    done = charter(*arguments, cwd=folder, env=environment)
    return " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize(
    ("name", "number", "record", "refusal", "code", "en", "ru"),
    [
        ("MAX_BYTES", "768 * 1024", RECORD + "#" * 800_000, "the file is larger than 768 KiB", "file-too-large",
         "at most 768 KiB,", "не больше 768 КиБ,"),
        ("MAX_NODES", "50_000", f"{RECORD}extra: [{'1,' * 55_000}]\n", "the file has more than 50000 parts",
         "file-too-large", "50000 keys, values", "не больше 50 000 ключей"),
        ("MAX_NESTING", "20", f"{RECORD}extra: {'[' * 21}{']' * 21}\n", "more than 20 lists and maps within each other",
         "file-too-large", "and 20 lists and maps", "не больше 20 вложенных"),
        ("MAX_PARTNER", "50", RECORD.replace("P-1", "P" * 51), "'partner' has 51 characters; the limit is 50",
         "bad-text", "at most 50 characters", "не длиннее 50 знаков"),
        ("MAX_NAME", "51", f"{RECORD}name: {'N' * 52}\n", "'name' has 52 characters; the limit is 51", "bad-text",
         "its name at most 51.", "название — 51."),
        ("MAX_WHOLE_DIGITS", "15", RECORD.replace("9000", "'9k'"), "at most 15 of them before the point and 12 after",
         "bad-number", "at most 15 digits before", "не больше 15 цифр"),
        ("MAX_DECIMALS", "11", RECORD.replace("9000", "'9k'"), "18 of them before the point and 11 after it",
         "bad-number", "and 11 after it", "не больше 11."),
    ],
)  # fmt: skip
def test_a_changed_limit_changes_refusal_and_prose(
    name: str, number: str, record: str, refusal: str, code: str, en: str, ru: str, tmp_path: Path
) -> None:
    planted(tmp_path, name, number)
    copy_of(SMALL, tmp_path)
    (tmp_path / "partner.yaml").write_text(record, "utf-8")
    assert refusal in printed(tmp_path, "evaluate", "partner.yaml")
    explained(tmp_path, code, en, ru)


@pytest.mark.parametrize(
    ("name", "rule", "refusal", "en", "ru"),
    [
        ("MAX_LENGTH", "revenue > " + " + ".join(["1"] * 50), "characters; the limit is 110",
         "more than 110 characters", "больше 110 знаков"),
        ("MAX_DEPTH", f"{DEEP} > 0", "more than 10 brackets within each other", "more than 10 parts or brackets",
         "больше 10 вложенных"),
        ("MAX_DEPTH", "not " * 11 + "audited", "more than 10 parts within each other", "more than 10 parts or brackets",
         "больше 10 вложенных"),
    ],
)  # fmt: skip
def test_a_changed_limit_of_expressions(name: str, rule: str, refusal: str, en: str, ru: str, tmp_path: Path) -> None:
    planted(tmp_path, name, "110" if name == "MAX_LENGTH" else "10")
    edit(copy_of(SMALL, tmp_path), "tiers.yaml", "rule: revenue > 0", f"rule: {rule}")
    assert refusal in printed(tmp_path, "check")
    explained(tmp_path, "expression-too-large", en, ru)


def test_a_changed_limit_of_pairs(tmp_path: Path) -> None:
    planted(tmp_path, "MAX_PAIRS", "30_000")
    SITUATIONS["too-many-items"](copy_of(SMALL, tmp_path))
    assert "at most 30000 pairs of them" in printed(tmp_path, "evaluate", "1-years.yaml")
    explained(tmp_path, "too-many-items", "more than 30000 pairs", "больше 30 000 пар")


def test_a_changed_limit_of_days(tmp_path: Path) -> None:
    planted(tmp_path, "MAX_DAYS", "100")
    copy_of(SMALL, tmp_path)
    (tmp_path / "partner.yaml").write_text(RECORD, "utf-8")
    answer = printed(tmp_path, "timeline", "partner.yaml", "--from", "2026-02-01", "--to", "2026-06-01")
    assert "not more than 100 days" in answer
    explained(tmp_path, "wrong-call", "longer than 100 days", "больше чем на 100 дней")


def test_a_changed_limit_of_a_history(tmp_path: Path) -> None:
    planted(tmp_path, "MAX_HISTORY", "100")
    SITUATIONS["history-too-long"](copy_of(SMALL, tmp_path))
    facts = "{people: [{value: 1, until: 2025-12-31}, {value: 2, from: 2026-01-01}]}"
    (tmp_path / "partner.yaml").write_text(f"partner: P\nfacts: {facts}\n", "utf-8")
    assert "more than 100 days before" in printed(tmp_path, "evaluate", "partner.yaml", "--as-of", "2026-04-11")
    assert "more than 100 days" not in printed(tmp_path, "evaluate", "partner.yaml", "--as-of", "2026-04-10")
    explained(tmp_path, "history-too-long", "more than 100 days before", "более чем за 100 дней")


def explained(folder: Path, code: str, en: str, ru: str) -> None:
    """The planted product explains the code with the planted number, in both languages."""
    assert en in printed(folder, "explain", code)
    assert ru in printed(folder, "explain", code, "--lang", "ru")


def test_the_catalogue_names_each_limit_in_both_languages() -> None:
    text = "".join(path.read_text("utf-8") for path in sorted((ROOT / "engine" / "catalogue").glob("*.yaml")))
    named = re.findall(r"\{(MAX_[A-Z_]+)\}", text)
    assert set(named) <= set(LIMITS)
    assert all(named.count(name) == 2 for name in named)
