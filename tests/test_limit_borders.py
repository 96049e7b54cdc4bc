"""Each limit of input from both sides: what is exactly as large as allowed is accepted, and one more is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import typer
from charter import InvalidInput, WrongCall, load
from charter.commands.options import read_seconds
from charter.engine import limits
from charter.engine.evaluate.record import read_record
from charter.engine.limits import LIMITS
from charter.engine.problems import Problem, has_errors
from charter.engine.release.load import compile_release, release_files
from charter.engine.release.timeline import timeline
from charter.engine.source.document import read_bytes
from charter.engine.values import Unknown, multiply
from charter.engine.verify.certificate import read_saved

from .language.names import read
from .programmes import SMALL
from .small_world import world
from .surfaces.programmes import text
from .surfaces.small import small
from .test_orders import PRICES

RELEASE = load(SMALL)
TITLE = "title: {en: T}"


def codes(problems: object) -> set[str]:
    """The codes of errors."""
    assert isinstance(problems, list | tuple)
    return {problem.code for problem in problems if isinstance(problem, Problem) and has_errors([problem])}


def of_document(content: str) -> set[str]:
    return codes(read_bytes(content.encode(), "file.yaml")[1])


def of_record(lines: str) -> set[str]:
    document, problems = read_bytes(f"partner: P\n{lines}".encode(), "partner.yaml")
    assert document is not None
    assert not problems
    return codes(read_record(document, RELEASE.programme)[1])


def of_rule(rule: str) -> set[str]:
    return codes(read(rule)[1])


def of_release(**files: str) -> set[str]:
    contents = {kind: text(data).encode() for kind, data in small(**files).items()}
    return codes(compile_release(release_files(Path("small"), contents))[1])


def entries(number: int, entry: str, sign: str = ", ") -> str:
    """So many entries of a map or a list, each with its number for `#`."""
    return sign.join(entry.replace("#", str(place)) for place in range(number))


def of_data(lines: str, facts: str) -> set[str]:
    """The errors of a record under a release with these facts or lists."""
    contents = {kind: text(data).encode() for kind, data in small(facts=facts).items()}
    programme, problems = compile_release(release_files(Path("small"), contents))
    assert programme is not None, problems
    document, _ = read_bytes(f"partner: P\n{lines}".encode(), "partner.yaml")
    assert document is not None
    return codes(read_record(document, programme)[1])


PAIRS = """
facts: {n: {title: {en: N}, kind: count}}
lists:
  rates: {title: {en: Rates}, fields: {begins: {title: {en: From}, kind: date}}}
  deals:
    title: {en: Deals}
    fields: {closed: {title: {en: Closed}, kind: date}}
    values:
      valid: {title: {en: Rates}, kind: count, take: count, over: rates, where: begins <= closed, source: [c]}
"""
NOTE = "facts: {note: {title: {en: Note}, kind: text}}"
TIERS = "award: highest\ntiers: {%s}"
OPTIONS = "facts: {n: {title: {en: N}, kind: choice, choices: {%s}}}"
REQUIREMENT = "award: highest\ntiers: {gold: {title: {en: Gold}, requirements: {r: {title: {en: R}, source: [c], %s}}}}"
GOLD = "definitions: {d: {title: {en: D}, kind: count, value: {band: n, rows: {%s}}, source: [c]}}"

#: by limit, the errors of an input of a size, each in every way in which the limit can be passed
OF_SIZE: dict[tuple[str, str], Callable[[int], set[str]]] = {
    ("MAX_BYTES", "file-too-large"): lambda size: of_document("partner: P\n".ljust(size, "#")),
    ("MAX_NODES", "file-too-large"): lambda size: of_document(f"[{entries(size - 1, '1', ',')}]"),
    ("MAX_NESTING", "file-too-large"): lambda size: of_document(f"{'[' * size}{']' * size}"),
    ("MAX_LENGTH", "expression-too-large"): lambda size: of_rule("n + 1 > 0".ljust(size)),
    ("MAX_DEPTH", "expression-too-large"): lambda size: of_rule(f"{'not ' * size}p"),
    ("MAX_DEPTH ", "expression-too-large"): lambda size: of_rule(f"{'(' * size}p{')' * size}"),
    ("MAX_ID", "bad-id"): lambda size: of_release(facts=f"facts: {{{'n' * size}: {{{TITLE}, kind: count}}}}"),
    ("MAX_ROWS", "too-many"): lambda size: of_release(tiers=TIERS % entries(size, f"t#: {{{TITLE}}}")),
    ("MAX_ROWS ", "too-many"): lambda size: of_release(definitions=GOLD % entries(size, "#: #")),
    ("MAX_OPTIONS", "too-many"): lambda size: of_release(facts=OPTIONS % entries(size, f"c#: {{{TITLE}}}")),
    ("MAX_PARTS", "too-many"): lambda size: of_release(
        tiers=REQUIREMENT % f"all_of: {{{entries(size, f'p#: {{{TITLE}, rule: n > #, source: [c]}}')}}}"
    ),
    ("MAX_WHOLE_DIGITS", "bad-fact"): lambda size: of_record(f"facts: {{people: {'9' * size}}}"),
    ("MAX_WHOLE_DIGITS ", "bad-number"): lambda size: of_rule(f"n > {'9' * size}"),
    ("MAX_DECIMALS", "bad-fact"): lambda size: of_record(f"facts: {{revenue: 0.{'9' * size}}}"),
    ("MAX_DECIMALS ", "bad-number"): lambda size: of_rule(f"x > 0.{'9' * size}"),
    ("MAX_PARTNER", "bad-text"): lambda size: codes(
        read_record(read_bytes(f"partner: {'P' * size}".encode(), "p.yaml")[0], RELEASE.programme)[1]  # type: ignore[arg-type]
    ),
    ("MAX_NAME", "bad-text"): lambda size: of_record(f"name: {'N' * size}"),
    ("MAX_TEXT", "bad-fact"): lambda size: of_data(f"facts: {{note: {'n' * size}}}", NOTE),
    ("MAX_PAIRS", "too-many-items"): lambda size: of_data(
        "facts:\n  deals:\n{}  rates:\n{}".format(
            "  - {closed: 2026-01-31}\n" * (size // 250), "  - {begins: 2026-01-31}\n" * 250
        ),
        PAIRS,
    ),
    ("MAX_SAVED_BYTES", "file-too-large"): lambda size: {
        problem.code for saved in read_saved(b" " * size, "saved.json") for problem in saved.problems
    },
}  # fmt: skip


@pytest.mark.parametrize(("name", "code"), OF_SIZE)
def test_a_limit_is_the_greatest_size_accepted(name: str, code: str) -> None:
    most = int(LIMITS[name.strip()])
    more = most + (250 if name == "MAX_PAIRS" else 1)  # a row of 250 pairs
    assert OF_SIZE[name, code](most) <= {"empty-file"}
    assert OF_SIZE[name, code](more) == {code}


def test_the_result_of_a_rule_has_so_many_binary_digits() -> None:
    half = Fraction(2 ** (limits.MAX_BITS // 2))
    assert multiply(half, half / 2) == half * half / 2
    assert isinstance(multiply(half, half), Unknown)
    assert multiply(1 / half, 2 / half) == 2 / half / half
    assert isinstance(multiply(1 / half, 1 / half), Unknown)


def test_a_timeline_has_so_many_days(tmp_path: Path) -> None:
    release, first = world(tmp_path), date(2024, 1, 1)
    record = {"partner": "P", "facts": {}}
    assert timeline([release], record, first, first + timedelta(limits.MAX_DAYS)).moments
    with pytest.raises(WrongCall):
        timeline([release], record, first, first + timedelta(limits.MAX_DAYS + 1))


def test_an_option_gives_so_many_seconds() -> None:
    assert read_seconds(str(int(limits.MAX_SECONDS))) == limits.MAX_SECONDS
    for refused in (f"{int(limits.MAX_SECONDS)}.1", "0.009"):
        with pytest.raises(typer.BadParameter):
            read_seconds(refused)
    assert read_seconds("0.01") == 0.01


@pytest.mark.parametrize("key", ["order", "currency"])
def test_the_words_of_an_order_have_so_many_characters(key: str, tmp_path: Path) -> None:
    release = world(tmp_path, prices=PRICES.format(kind="money", of="price", fields="", values="", totals=""))
    order = {"currency": "EUR", "lines": [{"product": "one", "price": 1}]}
    partner = {"partner": "P", "facts": {}}
    release.quote({**order, key: "x" * limits.MAX_ORDER_TEXT}, partner)
    with pytest.raises(InvalidInput) as refused:
        release.quote({**order, key: "x" * (limits.MAX_ORDER_TEXT + 1)}, partner)
    assert f"has {limits.MAX_ORDER_TEXT + 1} characters" in refused.value.problems[0].message


def test_a_whole_number_of_python_has_so_many_digits(tmp_path: Path) -> None:
    release = world(tmp_path)
    assert release.record({"partner": "P", "facts": {"revenue": 10**limits.MAX_WHOLE_DIGITS - 1}})
    for number in (10**limits.MAX_WHOLE_DIGITS, Decimal(10) ** limits.MAX_WHOLE_DIGITS):
        with pytest.raises(InvalidInput):
            release.record({"partner": "P", "facts": {"revenue": number}})


def saved_messages(content: str) -> list[str]:
    return [problem.message for saved in read_saved(content.encode(), "saved.json") for problem in saved.problems]


def test_a_saved_outcome_nests_so_deep() -> None:
    def nested(levels: int) -> str:
        return f'{{"x": {"[" * (levels - 1)}{"]" * (levels - 1)}}}'

    most = int(limits.MAX_SAVED_NESTING)
    assert not any("lists and maps" in message for message in saved_messages(nested(most)))
    assert any(f"more than {most} lists and maps" in message for message in saved_messages(nested(most + 1)))


def test_a_number_of_a_saved_outcome_has_so_many_digits() -> None:
    most = int(limits.MAX_SAVED_DIGITS)
    for accepted in ("1" * most, f"0.{'0' * (most - 1)}1", f"{'1' * most}.{'1' * most}", f"1e-{most}"):
        assert not any("digits" in message for message in saved_messages(f'{{"x": {accepted}}}'))
    for refused in ("1" * (most + 1), f"0.{'0' * most}1", f"0.1{'0' * most}", f"1e{most}", f"1e-{most + 1}"):
        assert any("more digits" in message for message in saved_messages(f'{{"x": {refused}}}'))


def test_so_many_parts_of_a_file_may_be_no_outcomes() -> None:
    most = int(limits.MAX_SAVED_WRONG)
    for number, is_cut in ((most - 1, False), (most, True), (most + 1, True)):
        results = saved_messages("[]\n" * number)
        assert len(results) == min(number, most) + is_cut
        assert any("the rest of it is not read" in message for message in results) is is_cut
