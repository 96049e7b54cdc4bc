"""Every name of `import charter` in use, for mypy to check with --strict; tests/test_face.py runs it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, assert_type

import charter

DAY = date(2026, 11, 24)


def of_one_partner(release: charter.Release) -> None:
    document: charter.Document = charter.read("examples/retail.yaml")
    record: charter.Record = release.record(document)
    outcome: charter.Outcome = release.evaluate(record, as_of=DAY)
    assert_type(release.evaluate({"partner": "P-1"}), charter.Outcome)
    order: charter.OrderLines = release.order(charter.read("examples/orders/mixed.yaml"))
    quote: charter.Quote = release.quote(order, document, as_of=DAY)
    several: tuple[charter.Quote, ...] = charter.quotes({"orders": []}, document, "program", release=None)
    assert_type(several[0], charter.Quote)
    timeline: charter.Timeline = charter.timeline("program", document, DAY, DAY)
    assert_type(charter.to_dict(outcome), dict[str, Any])
    assert_type(charter.to_json(quote, indent=None) + charter.to_json(timeline), str)
    assert_type(charter.statement(release, outcome, lang="ru", format="html", explain=True), str)
    verdict: charter.CertificateVerdict = charter.verify(charter.to_dict(outcome), "program")
    assert_type(verdict.others, int)
    unknown: charter.Unknown = charter.UNDEFINED
    assert_type(unknown.missing, frozenset[str])


def of_all_partners(release: charter.Release, after: charter.Release) -> None:
    lists: Mapping[str, str] = {}
    result: charter.BatchResult = charter.batch(
        release, "in.csv", "out.csv", as_of=DAY, lists=lists, columns=["tiers.*"]
    )
    assert_type(result.decided, int)
    compared: charter.Compared = charter.compare(release, after, "in.csv", as_of=DAY, changes="changes.csv")
    under: charter.AgreementsUnder = charter.unreached(release, after, [{"partner": "P-1"}], as_of=DAY)
    assert_type((compared.rows, under.problems), tuple[int, tuple[charter.Problem, ...]])
    assert_type(charter.sql(release, dialect="snowflake", as_of=DAY), str)


def of_a_release(release: charter.Release, record: charter.Record) -> None:
    programme: charter.Programme = release.programme
    assert_type(charter.what_if(release, ["tiers.retail.discount=12"]), charter.Release)
    assert_type(charter.form(release, lang="ru", tiers=list(programme.tiers)), str)
    assert_type(charter.schema(release, "row", lang="en"), dict[str, Any])
    assert_type(charter.handbook(release, format="markdown"), str)
    exported: charter.ExportedTable = charter.export_table(release, "rates", format="dmn", lang="ru")
    migrated: charter.MigratedRecords = charter.migrate(release, ["record.yaml"])
    assert_type(migrated.problems, tuple[charter.Problem, ...])
    read: charter.ImportedTable = charter.import_table(release, exported.text.encode(), into="rates", names={"a": "b"})
    assert_type((read.text, read.problems), tuple[str, tuple[charter.Problem, ...]])
    difference: charter.ReleaseDifference = charter.diff(release, release, as_of=DAY, seconds=2)
    assert_type(
        difference.judgement,
        Literal["neutral", "improves", "worsens", "both", "worsens_or_both", "not_proved"],
    )
    verdicts: tuple[charter.ClaimVerdict, ...] = charter.prove(release, claims=["every_tier"])
    ranges: tuple[charter.ValueRange, ...] = charter.ranges(release, "discount_total")
    outlook: charter.Outlook = charter.advise(release, record, tier="saas", discount=Decimal(30))
    assert_type(
        (verdicts[0].wanted, ranges[0].tier, outlook.on), tuple[Decimal | Fraction | None, str | None, str | None]
    )


def of_problems() -> str:
    try:
        problems = charter.check("program", as_of=DAY)
        charter.load("program", release="1.0.0", as_of=DAY)
    except (charter.WrongCall, charter.InvalidProgramme, charter.InvalidInput) as refused:
        invalid: charter.Invalid = refused
        problems = invalid.problems
    errors = [problem for problem in problems if problem.level is charter.Level.ERROR]
    places: list[charter.Place] = [problem.place for problem in errors if problem.place]
    return "\n".join([charter.__version__, *(place.where for place in places)])
