"""Tests `charter verify`: an unchanged certificate is equal, and any change of it, its release or seal is named."""

from __future__ import annotations

import copy
import hashlib
import json
import random
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import simplejson
from charter import Release
from charter.engine.compile.compile import KINDS
from charter.engine.evaluate.outcome_json import outcome_data
from charter.engine.release.archive import ArchivedRelease, read_archive
from charter.engine.release.find import SEAL
from charter.engine.report.verify import verdicts_text
from charter.engine.verify.certificate import LATER, Later, read_saved
from charter.engine.verify.verify import CertificateVerdict, verify
from charter.engine.version import VERSION
from hypothesis import given, settings
from hypothesis import strategies as st

from .cli import charter
from .portfolio.portfolios import TODAY, random_partners
from .programmes import ROOT, copy_of, edit
from .published import validator
from .random_facts import NAMED, RELEASES
from .thorough import examples

FOLDER = ROOT / "tests" / "certificates"
#: Never written again: see README.md beside them. A later engine has to verify them as they are.
CERTIFICATES = sorted(FOLDER.glob("*/*.json"))
ASOFT = FOLDER / "asoft"
SAVED = ASOFT / "bonuses.json"


run = partial(charter, "verify")


def results(*arguments: str | Path, input: bytes | None = None) -> tuple[int, list[dict[str, Any]]]:
    """The exit code and the results, which fit the published schema."""
    done = run(*arguments, "--format", "json", input=input)
    data = json.loads(done.stdout)
    assert list(validator("verify.schema.json").iter_errors(data)) == []
    assert data["result"] == {0: "done", 1: "findings", 4: "invalid_input"}[done.returncode]
    return done.returncode, data["results"]


@cache
def archive(program: Path) -> tuple[ArchivedRelease, ...]:
    """The releases in a folder, those of the certificates beside them loaded."""
    digests = {json.loads(path.read_text("utf-8"))["digest"] for path in program.glob("*.json")}
    return read_archive(program, digests)


def kept(release: Release) -> ArchivedRelease:
    """A loaded release as one of an archive."""
    programme = release.programme
    return ArchivedRelease(programme.release, "as_it_was", programme.digest, programme.digest, release)


def read(path: Path) -> dict[str, Any]:
    """A certificate as data."""
    (saved,) = read_saved(path.read_bytes(), str(path))
    assert saved.data is not None, saved.problems
    return copy.deepcopy(saved.data)


def of_today(path: Path) -> dict[str, Any]:
    """A certificate as this version of charter writes it, with the rights and restrictions of the partner's tier."""
    data = read(path)
    release = next(part.release for part in archive(path.parent) if part.digest == data["digest"])
    assert release is not None
    tier = release.programme.tiers.get(data["tier"])
    grants = tier is not None and data["status"] in ("qualified", "retained")
    stated = {"rights": tier.rights if tier and grants else (), "restrictions": tier.restrictions if tier else ()}
    lists = {key: [{"id": part.id, "source": list(part.source)} for part in parts] for key, parts in stated.items()}
    return data | {"charter": VERSION, **lists}


def text_of(data: Any) -> bytes:
    return simplejson.dumps(data, use_decimal=True, ensure_ascii=False, indent=2).encode()


def verdict_on(data: Any, releases: tuple[ArchivedRelease, ...]) -> CertificateVerdict | None:
    """The verdict on data written as text and read again; None where it is not a certificate."""
    (saved,) = read_saved(text_of(data), "saved.json")
    assert (saved.data is None) == bool(saved.problems)
    return verify(saved.data, releases) if saved.data else None


# Nothing changed ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", CERTIFICATES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_certificate_is_equal(path: Path) -> None:
    verdict = verify(read(path), archive(path.parent))
    assert (verdict.status, verdict.difference, verdict.files_changed) == ("equal", None, False)


def test_the_command_says_so_for_all_of_a_programme() -> None:
    done = run(*sorted(ASOFT.glob("*.json")), "--program", ASOFT)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert "P-003: equal, release 1.0.0, 2026-11-23" in lines
    assert lines[-1] == f"{len(lines) - 2} of {len(lines) - 2} equal"
    assert run(SAVED, "--program", ASOFT).stdout == "P-003: equal, release 1.0.0, 2026-11-23\n"
    assert run(SAVED, "--program", ASOFT, "--lang", "ru").stdout == "P-003: совпадает, выпуск 1.0.0, 23.11.2026\n"


def test_no_certificate_was_written_again() -> None:
    """SHA256SUMS has the digest of each file; lines are only added to it."""
    lines = [line.split(maxsplit=1) for line in (FOLDER / "SHA256SUMS").read_text("utf-8").splitlines()]
    sums = {FOLDER / name: digest for digest, name in lines}
    assert {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in sums} == sums
    assert set(CERTIFICATES) <= set(sums)
    assert {path.parent / "1.0.0" / SEAL for path in CERTIFICATES} <= set(sums)


def test_the_certificates_reach_each_feature() -> None:
    saved = [read(path) for path in CERTIFICATES]

    def some(condition: Any) -> bool:
        return any(condition(data) for data in saved)

    assert {data["status"] for data in saved} == {"qualified", "not_qualified", "undetermined", "retained", None}
    assert some(
        lambda data: data["discount"] and (data["discount"]["uncapped"] or 0) > (data["discount"]["cap"] or 100)
    )
    assert some(lambda data: data["discount"] and data["discount"]["in_kind"])
    assert some(lambda data: {row["applied"] for row in data["agreements"]} == {True, False})
    assert some(lambda data: data["held_tier"] is None and data["tier"])
    assert some(lambda data: any(track["tier"] for track in data["tracks"].values()))
    assert some(lambda data: any(total["amount"] for total in data["rebate_totals"] or ()))
    assert some(lambda data: data["lists"] and any(isinstance(fact, list) for fact in data["facts"].values()))
    assert some(lambda data: data["kept_until"] and data["since"])
    assert some(lambda data: any(row["value"] == Decimal("3333.336666666667") for row in data["definitions"].values()))


@pytest.mark.parametrize("index", range(len(RELEASES)), ids=NAMED)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_what_is_evaluated_and_saved_is_equal(index: int, seed: int) -> None:
    release = RELEASES[index]
    programme = release.programme
    signs = programme.tracks["main"].award == "signed" or programme.tracks["main"].kept_until is not None
    partners = random_partners(release, 4, seed, tuple(programme.lists))
    for partner in partners:
        if not signs:
            partner = {key: value for key, value in partner.items() if key not in ("tier", "since")}  # noqa: PLW2901
        partner["agreements"] = agreements(release, seed)
        data = outcome_data(release.evaluate(partner, as_of=TODAY))
        verdict = verdict_on(data, (kept(release),))
        assert verdict
        assert (verdict.status, verdict.difference) == ("equal", None)


def agreements(release: Release, seed: int) -> list[dict[str, Any]]:
    """An agreement on a negotiable percentage, in force, past or in the future; none where none is negotiable."""
    chance = random.Random(seed)
    terms = [value for value in release.programme.values.values() if value.negotiable and value.kind == "percent"]
    if not terms:
        return []
    term, day = chance.choice(terms), chance.choice(("2026-01-01", "2026-11-24", "2027-01-01"))
    maximum = term.negotiable.maximum if term.negotiable else None
    value = 30 if maximum is None else maximum
    until = {"until": "2026-11-24"} if day < "2026-11-24" and chance.random() < 0.5 else {}
    return [{"term": term.id, "value": value, "document": "7/2026", "from": day, **until}]


def test_the_record_of_an_outcome_is_all_that_it_takes(tmp_path: Path) -> None:
    """The outcome of facts with periods, agreements not in force and a tier by its code verifies."""
    record = tmp_path / "record.yaml"
    text = (ROOT / "examples" / "certificate-runs-out.yaml").read_text("utf-8").replace("tier: competency", "tier: 2")
    agreed = "{term: tiers.competency.discount, value: 33.5, document: 7/2026, from: 2026-12-01, until: 2027-01-31}"
    record.write_text(f"{text}agreements:\n  - {agreed}\n", "utf-8")
    saved = tmp_path / "saved.json"
    for day, total in (("2026-10-15", 20), ("2026-10-16", 0), ("2026-12-31", 0)):
        done = charter("evaluate", record, "--as-of", day, "--format", "json", "-o", saved)
        assert done.returncode == 0, done.stderr
        data = read(saved)
        assert data["discount"]["total"] == total
        assert run(saved).stdout == f"P-009: equal, release 1.0.0, {day}\n"


# A certificate changed ------------------------------------------------------------------------------------------------

#: The parts of a certificate that are input: with other facts it is another decision, which may be right.
INPUTS = re.compile(r"(partner|name|as_of|held_tier|since|facts|agreements\.\d+\.(term|value|document|from|until))\b")
#: Keys about the answer itself.
ABOUT = re.compile(r"(charter|problems)\b")


def leaves(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path to each value that is not a map or a list, or is an empty one."""
    if isinstance(data, dict | list) and data:
        for key in data if isinstance(data, dict) else range(len(data)):
            yield from leaves(data[key], (*path, key))
    else:
        yield path


def changed(data: dict[str, Any], path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """A copy with another value at a path."""
    copied = copy.deepcopy(data)
    part: Any = copied
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return copied


def another(value: Any) -> Any:
    """A value other than this one, of the same type where that has others."""
    match value:
        case bool():
            return not value
        case Decimal():
            return value + Decimal("0.01")
        case None:
            return Decimal(7)
        case []:
            return ["more"]
        case {}:
            return {"more": {}}
    return {"qualified": "not_qualified", "met": "not_met", "earned": "not_earned"}.get(value, f"{value}x")


@pytest.mark.parametrize("path", CERTIFICATES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_single_figure_that_was_changed_is_named(path: Path) -> None:
    """Figures in a random order are changed one at a time, as many as fit into a test."""
    data, releases = of_today(path), archive(path.parent)
    figures = [at for at in leaves(data) if not INPUTS.match(".".join(map(str, at))) and not ABOUT.match(str(at[0]))]
    named = 0
    for at in random.Random(path.stem).sample(figures, min(60, len(figures))):
        was: Any = data
        for key in at:
            was = was[key]
        value = another(was)
        verdict = verdict_on(changed(data, at, value), releases)
        if verdict is None:  # the schema allows no such value
            continue
        if at in (("digest",), ("result",)):
            assert verdict.status == "unknown_release"
            continue
        assert verdict.status == "different", at
        assert verdict.reason == "certificate_changed"
        assert verdict.others == 0
        assert verdict.difference
        leaf = at[-1] if isinstance(at[-1], str) else f"[{at[-1] + 1}]"
        if value not in (["more"], {"more": {}}):
            assert verdict.difference.path.endswith(leaf)
            assert (verdict.difference.before, verdict.difference.after) == (value, was)
        named += 1
    assert named >= min(60, len(figures)) // 3


@pytest.mark.parametrize("path", CERTIFICATES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_key_that_is_gone_or_new_is_told(path: Path) -> None:
    data, releases = of_today(path), archive(path.parent)
    figures = [at for at in leaves(data) if not INPUTS.match(".".join(map(str, at))) and at[0] != "problems"]
    for at in random.Random(path.stem).sample(figures, min(25, len(figures))):
        spoilt = copy.deepcopy(data)
        part: Any = spoilt
        for key in at[:-1]:
            part = part[key]
        del part[at[-1]]
        verdict = verdict_on(spoilt, releases)
        assert verdict is None or verdict.status == "different", at
    for at in (("definitions", "new"), ("tracks", "new"), ("tiers", "new"), ("new",), ("lists", "new")):
        value = next(iter(data["definitions"].values()), None) if at[0] == "definitions" else []
        verdict = verdict_on(changed(data, at, value), releases)
        assert verdict is None or verdict.status == "different", at


def test_a_null_more_is_not_nothing() -> None:
    data = read(FOLDER / "hubspot" / "rebates_lists_and_windows.json")
    data["lists"]["customers"][0]["new"] = None
    verdict = verdict_on(data, archive(FOLDER / "hubspot"))
    assert verdict
    assert verdict.difference
    assert (verdict.status, verdict.difference.path) == ("different", "lists.customers[1].new")
    (saved,) = read_saved(text_of(data), "saved.json")
    assert "lists.customers[1].new: the certificate says null, the release gives nothing" in verdicts_text(
        [(saved, verdict)], "en"
    )


def test_a_yes_is_not_a_one() -> None:
    data = of_today(SMALL_SAVED)
    assert data["benefits"][0]["value"] is True
    data["benefits"][0]["value"] = Decimal(1)
    verdict = verdict_on(data, archive(FOLDER / "small"))
    assert verdict
    assert verdict.difference
    assert (verdict.status, verdict.difference.path) == ("different", "benefits.plaque.value")


def test_a_fact_that_decides_was_changed(tmp_path: Path) -> None:
    path = tmp_path / "saved.json"
    path.write_bytes(text_of(of_today(SAVED)).replace(b'"certified_admins": 3', b'"certified_admins": 2'))
    code, (result,) = results(path, "--program", ASOFT)
    assert (code, result["status"], result["reason"]) == (1, "different", "certificate_changed")
    assert result["difference"] == {
        "path": "discount.bonuses.extra_specialists.status",
        "saved": "earned",
        "found": "not_earned",
    }
    assert result["others"] > 3
    done = run(path, "--program", ASOFT, "--lang", "ru")
    path_and_values = 'extra_specialists.status: в сохранённом решении "earned", по выпуску "not_earned"'
    assert done.stdout.splitlines()[:3] == [
        "P-003: расходится, выпуск 1.0.0, 23.11.2026",
        f"  discount.bonuses.{path_and_values}; других расхождений: {result['others']}",
        "  выпуск тот же, версия charter та же: сохранённое решение изменили",
    ]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("facts", "certified_admin"), Decimal(3), "'certified_admin' is not a fact"),
        (("facts", "certified_admins"), "three", "'three' is not a number"),
        (("held_tier",), "gold", "'gold' is not a tier"),
        (("partner",), "", "'partner' is text"),
        (("since",), "2026-02-30", "2026-02-30 is not a date"),
    ],
)
def test_a_record_that_the_release_does_not_take(
    path: tuple[str, ...], value: Any, message: str, tmp_path: Path
) -> None:
    file = tmp_path / "saved.json"
    file.write_bytes(text_of(changed(of_today(SAVED), path, value)))
    code, (result,) = results(file, "--program", ASOFT)
    assert (code, result["status"], result["reason"]) == (1, "record_refused", "certificate_changed")
    assert message in result["problems"][0]["message"]
    assert (
        f"the release does not take this record: {result['problems'][0]['message']}"
        in run(file, "--program", ASOFT).stdout
    )


# Another engine -------------------------------------------------------------------------------------------------------


def test_another_engine_is_the_reason_where_it_decides_otherwise(tmp_path: Path) -> None:
    theirs = read(SAVED) | {"charter": "0.0.9"}
    file = tmp_path / "saved.json"
    file.write_bytes(text_of(theirs))
    assert run(file, "--program", ASOFT).returncode == 0
    theirs["discount"]["total"] = Decimal("40.5")
    file.write_bytes(text_of(theirs))
    code, (result,) = results(file, "--program", ASOFT)
    assert (code, result["status"], result["reason"], result["charter"]) == (1, "different", "other_engine", "0.0.9")
    assert result["difference"] == {"path": "discount.total", "saved": 40.5, "found": 40}
    assert f"charter 0.0.9 wrote the certificate, and this is {VERSION}" in run(file, "--program", ASOFT).stdout


def test_what_was_saved_before_a_key_came_is_whole_without_it() -> None:
    """As if outcomes had the totals of rebates and the end of membership only since 0.1.0."""
    later = (*LATER, Later("0.1.0", ("tiers", "*"), "rebate_totals", []), Later("0.1.0", (), "membership_ends", None))
    path = FOLDER / "hubspot" / "rebates_lists_and_windows.json"
    old = read(path) | {"charter": "0.0.9"}
    del old["membership_ends"]
    for tier in old["tiers"].values():
        del tier["rebate_totals"]
    releases = archive(path.parent)

    def status_of(data: dict[str, Any]) -> str:
        (saved,) = read_saved(text_of(data), "saved.json", later)
        return verify(saved.data, releases, later).status if saved.data else saved.problems[0].code

    assert read_saved(text_of(old), "saved.json")[0].data is None
    assert status_of(old) == "equal"
    assert status_of(read(path)) == "equal"
    for version in (VERSION, "0.3.0", "0", "x", "9" * 5000):
        assert status_of(old | {"charter": version}) == ("equal" if version == "0" else "missing-key")
    old["tiers"]["gold"]["rebate_totals"] = []
    assert status_of(old) == "missing-key"  # one tier has the key, so all must have it
    del old["tiers"]["gold"]["rebate_totals"]
    assert status_of(changed(old, ("tiers", "gold", "status"), "not_qualified")) == "different"


# The release changed --------------------------------------------------------------------------------------------------


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A copy of the sealed small programme."""
    return copy_of(FOLDER / "small" / "1.0.0", tmp_path / "program").parent


SMALL_SAVED = FOLDER / "small" / "quotient_without_end.json"
DIGEST = json.loads(SMALL_SAVED.read_text("utf-8"))["digest"]


def test_files_changed_since_they_were_sealed_are_told_and_the_seal_counts(program: Path) -> None:
    edit(program / "1.0.0", "tiers.yaml", "value: 15", "value: 20")
    code, (result,) = results(SMALL_SAVED, "--program", program)
    assert (code, result["status"], result["files_changed"]) == (0, "equal", True)
    assert run(SMALL_SAVED, "--program", program).stdout.splitlines() == [
        "P-2: equal, release 1.0.0, 2026-11-23",
        "  by the seal: the files of this release have been changed since they were sealed",
    ]


@pytest.mark.parametrize("gone", ["tiers.yaml", "programme.yaml", "all"])
def test_the_seal_counts_where_files_are_gone(program: Path, gone: str) -> None:
    for path in (program / "1.0.0").glob("*.yaml" if gone == "all" else gone):
        path.unlink()
    code, (result,) = results(SMALL_SAVED, "--program", program)
    assert (code, result["status"], result["files_changed"]) == (0, "equal", True)


def test_what_changed_files_say_is_not_accepted(program: Path, tmp_path: Path) -> None:
    """Without the seal, `evaluate` uses the changed files; `verify` does not accept that once the seal is back."""
    seal = (program / "1.0.0" / SEAL).read_bytes()
    (program / "1.0.0" / SEAL).unlink()
    edit(program / "1.0.0", "tiers.yaml", "value: 15", "value: 20")
    (tmp_path / "record.yaml").write_text("partner: P-2\ntier: gold\n", "utf-8")
    saved = tmp_path / "saved.json"
    done = charter("evaluate", tmp_path / "record.yaml", "--program", program, "--format", "json", "-o", saved)
    assert done.returncode == 0, done.stderr
    assert results(saved, "--program", program)[0] == 0
    (program / "1.0.0" / SEAL).write_bytes(seal)
    code, (result,) = results(saved, "--program", program)
    assert (code, result["status"]) == (1, "changed_release")
    assert result["known"] == [{"release": "1.0.0", "digest": DIGEST}]
    assert "the files of 1.0.0 say that, and they have been changed" in run(saved, "--program", program).stdout


def spoil_seal(program: Path, how: str) -> None:
    """Change the seal of a release in one way."""
    path = program / "1.0.0" / SEAL
    data = json.loads(path.read_text("utf-8"))
    if how == "a file in it":
        data["files"]["tiers"] = data["files"]["bonuses"]
    elif how == "no base64":
        data["files"]["tiers"] = "????"
    elif how == "a file less":
        del data["files"]["benefits"]
    elif how == "its digest":
        data["digest"] = "sha256:" + "0" * 64
    elif how == "no list of files":
        data["files"] = ["tiers"]
    path.write_text("{" if how == "no JSON" else json.dumps(data), "utf-8")


@pytest.mark.parametrize(
    "how", ["a file in it", "no base64", "a file less", "its digest", "no list of files", "no JSON"]
)
@pytest.mark.parametrize("files", ["as they were", "changed too", "gone"])
def test_a_seal_that_was_tampered_with_is_named_and_never_used(program: Path, how: str, files: str) -> None:
    spoil_seal(program, how)
    if files == "changed too":
        edit(program / "1.0.0", "tiers.yaml", "value: 15", "value: 20")
    elif files == "gone":
        for kind in set(KINDS) - {"programme"}:
            (program / "1.0.0" / f"{kind}.yaml").unlink(missing_ok=True)
    code, (result,) = results(SMALL_SAVED, "--program", program)
    assert (code, result["status"]) == (1, "tampered_seal")
    assert result["problems"][0]["code"] == "broken-seal"
    text = run(SMALL_SAVED, "--program", program).stdout
    assert "P-2: not verified" in text
    assert "the seal of this release is broken" in text


def test_a_digest_of_no_release_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    file = tmp_path / "saved.json"
    digest = "sha256:" + "0123456789abcdef" * 4
    file.write_bytes(text_of(read(SAVED) | {"digest": digest}))
    code, (result,) = results(file, "--program", ASOFT)
    sealed = read(SAVED)["digest"]
    assert (code, result["status"], result["known"]) == (1, "unknown_release", [{"release": "1.0.0", "digest": sealed}])
    assert run(file, "--program", ASOFT).stdout.splitlines() == [
        "P-003: not verified, release 1.0.0, 2026-11-23",
        f"  no release here says that: {digest}",
        f"  here is 1.0.0: {sealed}",
        f"  in {file}, line 1",
    ]
    assert results(SAVED, "--program", FOLDER / "small")[1][0]["status"] == "unknown_release"


def test_what_if_is_of_no_release(tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    call = ("evaluate", "examples/retail.yaml", "--set", "tiers.retail.discount=30", "--format", "json", "-o", saved)
    assert charter(*call).returncode == 0
    code, (result,) = results(saved)
    assert (code, result["status"]) == (1, "what_if")
    assert result["release"] == "1.0.0 with tiers.retail.discount=30"
    assert "evaluated with --set" in run(saved).stdout


def test_a_release_that_this_engine_cannot_use_is_named(program: Path, tmp_path: Path) -> None:
    """The digest of the release is right, but this engine cannot compile one of its rules."""
    (program / "1.0.0" / SEAL).unlink()
    edit(program / "1.0.0", "tiers.yaml", "people >= enough", "people >= enougher")
    (archived,) = read_archive(program, ())
    assert archived.release is None
    file = tmp_path / "saved.json"
    file.write_bytes(text_of(read(SMALL_SAVED) | {"digest": archived.digest}))
    code, (result,) = results(file, "--program", program)
    assert (code, result["status"], result["problems"][0]["code"]) == (1, "unusable_release", "unknown-name")
    assert "this engine cannot use the release" in run(file, "--program", program).stdout


def test_of_several_releases_the_one_of_the_digest_counts(program: Path) -> None:
    later = copy_of(program / "1.0.0", program / "x")
    later = later.rename(program / "1.1.0")
    (program / "x").rmdir()
    (later / SEAL).unlink()
    edit(later, "programme.yaml", '"1.0.0"', '"1.1.0"')
    edit(later, "tiers.yaml", "value: 15", "value: 20")
    assert run(SMALL_SAVED, "--program", program).stdout == "P-2: equal, release 1.0.0, 2026-11-23\n"
    (program / "1.0.0").rename(program / "old")
    code, (result,) = results(SMALL_SAVED, "--program", program / "1.1.0")
    assert (code, result["status"], result["known"][0]["release"]) == (1, "unknown_release", "1.1.0")


# What is no certificate -----------------------------------------------------------------------------------------------

GOOD = SAVED.read_bytes()
NO_CERTIFICATES = {
    "nothing": b"",
    "blanks": b" \n\n",
    "no text": b"\xff\xfe\x00",
    "half of it": GOOD[: len(GOOD) // 2],
    "a comma less": GOOD.replace(b",", b"", 1),
    "a number": b"1",
    "a list": b"[]",
    "null": b"null",
    "another map": b'{"a": 1}',
    "a record": b'{"partner": "P-1", "facts": {}}',
    "YAML": b"partner: P-1\n",
    "lists in lists": b"[" * 100_000,
    "maps in maps": b'{"a":' * 900 + b"1" + b"}" * 900,
    "maps in facts": GOOD.replace(b'"it_company": true', b'"it_company": ' + b'{"a":' * 900 + b"1" + b"}" * 900),
    "a key twice": GOOD.replace(b'"total": 40,', b'"total": 40, "total": 40,', 1),
    "no number": GOOD.replace(b'"total": 40,', b'"total": NaN,', 1),
    "without end": GOOD.replace(b'"total": 40,', b'"total": -Infinity,', 1),
    "an endless number": GOOD.replace(b'"total": 40,', b'"total": 1e999999999,', 1),
    "a boundless number": GOOD.replace(b'"total": 40,', b'"total": 1e99999999999999999999,', 1),
    "many digits": GOOD.replace(b'"total": 40,', b'"total": ' + b"4" * 100_000 + b",", 1),
    "a text for a number": GOOD.replace(b'"total": 40,', b'"total": "40",', 1),
    "a list for a map": re.sub(rb'"facts": \{[^}]*\}', b'"facts": []', GOOD),
    "a map for a list": GOOD.replace(b'"agreements": []', b'"agreements": {}'),
    "null for a text": GOOD.replace(b'"partner": "P-003"', b'"partner": null'),
    "no day": GOOD.replace(b'"as_of": "2026-11-23"', b'"as_of": "2026-11-31"'),
    "another form": GOOD.replace(b'"format_version": 1', b'"format_version": 2'),
    "a status that is none": GOOD.replace(b'"status": "qualified"', b'"status": "good"', 1),
    "no digest": GOOD.replace(b'"digest": "sha256:', b'"digest": "md5:'),
    "hidden": GOOD.replace(b'"partner": "P-003"', b'"partner": "P\\u202e-003"'),
    "half a letter": GOOD.replace(b'"partner": "P-003"', b'"partner": "\\ud800"'),
    "a sequence for terminals": GOOD.replace(b'"status": "qualified"', b'"status": "\\u001b[31m"', 1),
    "a refusal": b'{"format_version": 1, "charter": "0.1.0", "result": "invalid_input", "problems": []}',
}  # fmt: skip


@pytest.mark.parametrize("name", NO_CERTIFICATES)
def test_what_is_no_certificate_is_told_and_not_accepted(name: str) -> None:
    content = NO_CERTIFICATES[name]
    assert content != GOOD
    code, all_results = results("-", "--program", ASOFT, input=content)
    assert code == 4
    assert {result["status"] for result in all_results} == {"not_an_outcome"}
    assert all(result["problems"] for result in all_results)
    done = run("-", "--program", ASOFT, input=content)
    assert (done.returncode, done.stdout.count("equal")) == (4, 0)
    assert done.stderr.startswith("<stdin>")
    assert "error[" in done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize(
    "name", ["a number", "a list", "another map", "a record", "YAML", "maps in facts", "a refusal"]
)
def test_what_is_something_else_is_told_in_one_sentence(name: str) -> None:
    (saved,) = read_saved(NO_CERTIFICATES[name], "saved.json")
    assert [problem.code for problem in saved.problems] == ["not-an-outcome"]


@pytest.mark.parametrize("key", [key for key in json.loads(GOOD) if key != "charter"])
def test_a_key_less_is_told_by_its_name(key: str) -> None:
    data = read(SAVED)
    del data[key]
    (saved,) = read_saved(text_of(data), "saved.json")
    assert saved.data is None
    assert any(problem.code == "missing-key" and f"'{key}'" in problem.message for problem in saved.problems)


def test_what_is_wrong_is_told_at_its_place() -> None:
    content = NO_CERTIFICATES["a text for a number"]
    line = next(number for number, text in enumerate(content.decode().splitlines(), 1) if '"total": "40"' in text)
    lines = b"\n" + json.dumps(json.loads(GOOD)).encode() + b"\n"
    done = run("-", "--program", ASOFT, input=lines + content + lines)
    assert f"<stdin>:{line + 2}:14  error[wrong-type]  the text '40' stands here; a number is needed" in done.stderr
    assert (done.returncode, done.stdout.count("P-003: equal"), done.stdout.splitlines()[-1]) == (4, 2, "2 of 3 equal")


def test_each_line_is_a_certificate_of_its_own() -> None:
    good = json.dumps(json.loads(GOOD))
    broken = [good, good.replace('"total": 40', '"total": 41'), "{", NO_CERTIFICATES["a refusal"].decode(), good]
    code, all_results = results("-", SAVED, "--program", ASOFT, input="\n".join(broken).encode())
    assert code == 4
    lines = [(line["file"], line["line"], line["status"]) for line in all_results]
    statuses = ["equal", "different", "not_an_outcome", "not_an_outcome", "equal"]
    assert lines == [*(("<stdin>", line, status) for line, status in enumerate(statuses, 1)), (str(SAVED), 1, "equal")]


def test_a_file_of_many_that_are_none_is_not_read_to_its_end() -> None:
    saved = read_saved(b"{\n" * 5000, "many.jsonl")
    assert len(saved) == 101
    assert "the rest of it is not read" in saved[-1].problems[0].message


def test_a_file_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(70 * 1_048_576)
    done = run(path, "--program", ASOFT)
    assert (done.returncode, "error[file-too-large]" in done.stderr) == (4, True)


def test_a_call_that_is_wrong_ends_with_2(tmp_path: Path) -> None:
    assert run(tmp_path / "absent.json", "--program", ASOFT).returncode == 2
    assert run(SAVED, "--program", tmp_path).returncode == 2
    assert run(SAVED, "--program", tmp_path / "absent").returncode == 2
    assert run(SAVED, "--program", ASOFT, "-o", tmp_path / "absent" / "x").returncode == 2


@pytest.mark.thorough
@settings(max_examples=examples(150), deadline=None)
@given(st.binary(max_size=60), st.integers(0, len(GOOD)), st.integers(0, 60))
def test_bytes_put_anywhere_never_break_it(noise: bytes, at: int, cut: int) -> None:
    """Each result that is read has a problem or gets a verdict."""
    for saved in read_saved(GOOD[:at] + noise + GOOD[at + cut :], "noise.json"):
        if saved.data is None:
            assert saved.problems
        else:
            assert verify(saved.data, archive(ASOFT)).status


def test_today_is_not_what_counts() -> None:
    """A certificate of another day is evaluated on its own."""
    release = RELEASES[0]
    for day in (date(2026, 10, 15), date(2030, 1, 1)):
        data = outcome_data(release.evaluate({"partner": "P", "tier": "retail", "facts": {}}, as_of=day))
        verdict = verdict_on(data, (kept(release),))
        assert verdict
        assert (verdict.status, verdict.certificate["as_of"]) == ("equal", day.isoformat())
