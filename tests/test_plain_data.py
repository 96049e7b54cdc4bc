"""Values of Python and of typed columns are what they mean, to the last digit; what means nothing is refused."""

from __future__ import annotations

import enum
import numbers
import struct
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
from charter import InvalidInput, Release
from charter.engine.source.plain_data import as_data, day_in
from charter.engine.source.scalars import NotData
from hypothesis import given, settings
from hypothesis import strategies as st

from .readers import PARTNERS, cells_world, of_portfolio, of_python


class _Scalar:
    """A scalar of a library: it shows itself as its library does."""

    def __init__(self, shown: str) -> None:
        self.shown = shown

    def __str__(self) -> str:
        return self.shown

    def __int__(self) -> int:
        return int(self.shown)

    def item(self) -> Any:
        return self.shown == "True"


def scalar(kind: str, shown: str, abstract: Any = None) -> Any:
    """A value of a type with this name, which counts among the numbers of an abstract type."""
    made = type(kind, (_Scalar,), {})
    if abstract:
        abstract.register(made)
    return made(shown)


class Level(enum.IntEnum):
    FIVE = 5


class Word(enum.StrEnum):
    LOW = "low"


class Timestamp(datetime):
    """A time of pandas, which counts nanoseconds too."""

    nanosecond = 1


LOOP: dict[str, Any] = {}
LOOP["itself"] = LOOP
DAY = date(2026, 1, 31)

MEANT = [
    ("x", 0.1, "0.1"),
    ("x", 1e-7, "0.0000001"),
    ("x", -0.0, "0"),
    ("x", 1 / 3, None),
    ("n", 3.0, "3"),
    ("n", 1.5, None),
    ("x", Fraction(5, 2), "2.5"),
    ("x", Fraction(1, 3), None),
    ("n", Level.FIVE, "5"),
    ("c", Word.LOW, "low"),
    ("x", scalar("float32", "0.1", numbers.Real), "0.1"),
    ("x", scalar("float32", "nan", numbers.Real), None),
    ("x", scalar("float16", "1.1e+04", numbers.Real), "11000"),
    ("n", scalar("int64", "5", numbers.Integral), "5"),
    ("n", scalar("timedelta64", "5", numbers.Integral), None),
    ("p", scalar("bool_", "True"), "true"),
    ("p", scalar("bool", "False"), "false"),
    ("n", scalar("bool_", "True"), None),
    ("p", 1, None),
    ("n", scalar("NAType", "<NA>"), "unknown"),
    ("d", scalar("NaTType", "NaT"), "unknown"),
    ("d", scalar("datetime64", "NaT"), "unknown"),
    ("d", scalar("datetime64", "2026-01-31"), "2026-01-31"),
    ("d", scalar("datetime64", "2026-01-31T00:00:00.000000000"), "2026-01-31"),
    ("d", scalar("datetime64", "2026-01-31T00:00:00.000000001"), None),
    ("d", scalar("datetime64", "2026-01"), None),
    ("d", DAY, "2026-01-31"),
    ("d", datetime.combine(DAY, time()), "2026-01-31"),
    ("d", datetime.combine(DAY, time(10)), None),
    ("d", datetime.combine(DAY, time(microsecond=1)), None),
    ("d", datetime(2026, 1, 31, tzinfo=UTC), None),
    ("d", Timestamp.combine(DAY, time()), None),
    ("d", time(), None),
    ("n", timedelta(1), None),
    ("x", float("nan"), None),
    ("x", float("-inf"), None),
    ("t", float("nan"), None),
    ("t", 5, None),
    ("t", 10**30, None),
    ("x", 10**5000, None),
    ("x", Decimal("sNaN"), None),
    ("x", 1j, None),
    ("t", b"low", None),
    ("x", {5}, None),
    ("x", object(), None),
    ("x", LOOP, None),
    ("x", {1: 2, "1": 3}, None),
]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return cells_world(tmp_path_factory.mktemp("cells"))


def test_values_of_python(release: Release) -> None:
    for id, value, wanted in MEANT:
        answer = of_python(release, value, id)
        assert answer == wanted or (wanted is None and answer.startswith(f"refused: {id}: ")), (id, value, answer)


def test_what_is_not_finite_is_named(release: Release) -> None:
    for value in ("nan", "inf", "-inf"):
        for written in (float(value), Decimal(value)):
            assert f"x: {Decimal(value)} is not a number" in of_python(release, written, "x")


def test_no_library_is_loaded() -> None:
    assert not {"numpy", "pandas"} & set(sys.modules)


def test_a_value_of_a_record_that_no_file_holds_is_refused_wherever_it_stands(release: Release) -> None:
    odd = datetime.combine(DAY, time(10))
    for record in (
        {"partner": odd},
        {"partner": "P", "name": odd},
        {"partner": "P", "tier": odd},
        {"partner": "P", "since": odd},
        {"partner": "P", "facts": odd},
        {"partner": "P", "facts": {"things": odd}},
        {"partner": "P", "facts": {"things": [odd]}},
        {"partner": "P", "facts": {"things": [{"i_d": odd}]}},
        {"partner": "P", "facts": {"d": [{"value": odd}]}},
        {"partner": "P", "facts": {"d": [{"value": DAY, "from": odd}]}},
        {"partner": "P", "agreements": odd},
        {"partner": "P", "agreements": [{"term": odd, "value": odd, "document": odd, "from": odd}]},
    ):
        with pytest.raises(InvalidInput):
            release.evaluate(record, as_of=DAY)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_the_shortest_decimal_that_gives_it(number: float) -> None:
    read = as_data(number)
    if isinstance(read, Decimal):
        assert read == Decimal(repr(number))
    else:
        assert f"{Decimal(repr(number))}".startswith(read.shown.rstrip("…"))


@given(st.one_of(st.dates().map(str), st.datetimes().map(str), st.text(max_size=12)))
def test_a_day_of_a_database_is_a_day_of_the_calendar_at_midnight(text: str) -> None:
    day = day_in(text)
    if not isinstance(day, NotData):
        assert text in (str(day), f"{day} 00:00", str(datetime.combine(day, time())))


#: values of typed columns of Parquet, with the answer; None where they are refused
TYPED = [
    ("x", "0.1::FLOAT", "0.1"),
    ("x", "1.1e10::FLOAT", "11000000000"),
    ("x", "16777216::FLOAT", "16777216"),
    ("x", "1e-7::FLOAT", "0.0000001"),
    ("x", "'nan'::FLOAT", None),
    ("x", "'nan'::DOUBLE", None),
    ("x", "'-inf'::DOUBLE", None),
    ("x", "900719925474.0992::DOUBLE", "900719925474.0992"),
    ("x", "600000000000.123::DOUBLE", "600000000000.123"),
    ("n", "18446744073709551615::UBIGINT", None),
    ("n", "3.0::DOUBLE", "3"),
    ("x", "0.000000000000000000001::DECIMAL(38, 30)", None),
    ("t", "1e300::DOUBLE", None),
    ("d", "TIMESTAMP_NS '2026-01-31 00:00:00'", "2026-01-31"),
    ("d", "TIMESTAMP_NS '2026-01-31 00:00:00.000000001'", None),
    ("d", "TIMESTAMPTZ '2026-01-31 00:00:00+00'", None),
    ("d", "'infinity'::DATE", None),
    ("d", "'-infinity'::TIMESTAMP", None),
    ("d", "DATE '9999-12-31'", "9999-12-31"),
    ("t", "''", "unknown"),
    ("t", "['low']", None),
    ("t", "{'a': 1}", None),
    ("t", "'low'::BLOB", None),
    ("t", "TIME '00:00:00'", None),
    ("t", "DATE '2026-01-31'", None),
    ("t", "'6ec57f84-c680-4d3a-a377-8b0000000000'::UUID", "6ec57f84-c680-4d3a-a377-8b0000000000"),
    ("c", "'low'::ENUM('low', 'x')", "low"),
    ("p", "1", None),
]


def typed_answers(release: Release, folder: Path, id: str, value: str) -> Iterator[str]:
    """The answers for the partners of PARTNERS with this value of a typed column."""
    path = folder / "p.parquet"
    partners = [form.format(0) for form in PARTNERS]
    with duckdb.connect() as database:
        database.sql(f"SELECT unnest({partners}) AS partner, {value} AS {id}").write_parquet(str(path))
    return (answer for (answer,) in of_portfolio(release, path, 1, [id]))


@pytest.mark.parametrize(("id", "value", "wanted"), TYPED)
def test_values_of_typed_columns(release: Release, id: str, value: str, wanted: str | None, tmp_path: Path) -> None:
    for answer in typed_answers(release, tmp_path, id, value):
        assert answer == wanted or (wanted is None and answer.startswith(f"refused: {id}: ")), answer


@settings(deadline=None)
@given(st.floats(width=32, allow_nan=False, allow_infinity=False, allow_subnormal=False))
def test_floats_of_four_bytes_in_sql(number: float) -> None:
    """The shortest decimal of six to nine digits that the four bytes stand for.

    Numbers of fewer digits, the subnormal ones, have too many decimals for a fact.
    """
    from charter.engine.portfolio.duckdb.sources import _SHORTEST

    ((read,),) = duckdb.execute(f"SELECT {_SHORTEST.format('$1::FLOAT')}", [number]).fetchall()
    texts = (f"{number:.{digits}e}" for digits in range(9))
    assert repr(read) == repr(next(float(text) for text in texts if as_float(text) == number))


def as_float(text: str) -> float | None:
    """The number that four bytes hold for a text; None where it is too great."""
    try:
        return struct.unpack("f", struct.pack("f", float(text)))[0]
    except OverflowError:
        return None


@pytest.mark.parametrize("value", ["5.0::DOUBLE", "true", "DATE '2026-01-31'", "[1]", "''", "NULL::VARCHAR"])
def test_an_id_is_a_text_or_a_whole_number_whatever_stands_beside_it(
    release: Release, value: str, tmp_path: Path
) -> None:
    from charter.engine.portfolio.duckdb.batch import batch
    from charter.engine.portfolio.job import Job

    with duckdb.connect() as database:
        database.sql(f"SELECT {value} AS partner").write_parquet(str(tmp_path / "p.parquet"))
        database.sql(f"SELECT {value} AS partner, 5 AS n").write_parquet(str(tmp_path / "q.parquet"))
    for name in ("p", "q"):
        result = batch(release, Job(tmp_path / f"{name}.parquet", tmp_path / "out.csv", DAY))
        assert (result.decided, result.rejected) == (0, 1)
