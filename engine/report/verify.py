"""Verdicts on saved outcomes as lines for people, and as the promised JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from ..evaluate.outcome_json import Json, head, problem_data
from ..language.words import words
from ..problems import Problem
from ..source.differences import NOTHING
from ..source.scalars import day_of
from ..texts.texts import texts_in
from ..texts.visible import visible
from ..values import Kind
from ..verify.certificate import Saved
from ..verify.verify import CertificateVerdict
from ..version import VERSION
from .terminal import Style, without_style

_WIDEST = 60  #: the most characters of a value that are shown


def verdicts_text(
    verdicts: Sequence[tuple[Saved, CertificateVerdict | None]], lang: str, style: Style = without_style
) -> str:
    """A line for each certificate with its differences under it; at the end the number of equal ones of several."""
    say = texts_in(lang).VERIFY
    lines: list[str] = []
    for saved, verdict in verdicts:
        if verdict:
            good = verdict.status == "equal"
            lines.append(style(_line(verdict, lang), "good" if good else "bad"))
            where = [] if good else [say["where"].format(file=saved.file, line=saved.line)]
            lines += [f"  {line}" for line in (*_findings(verdict, say), *where)]
    if len(verdicts) > 1:
        equal = sum(verdict is not None and verdict.status == "equal" for _, verdict in verdicts)
        lines += ["", style(say["count"].format(equal=equal, all=len(verdicts)), "strong")]
    return "".join(f"{line}\n" for line in lines)


def verdicts_data(result: str, verdicts: Sequence[tuple[Saved, CertificateVerdict | None]]) -> Json:
    """The verdicts with the keys that schemas/verify.schema.json promises."""
    return {**head(result), "results": [_result(saved, verdict) for saved, verdict in verdicts]}


def _line(verdict: CertificateVerdict, lang: str) -> str:
    say, saved = texts_in(lang).VERIFY, verdict.certificate
    day = day_of(saved["as_of"])
    date_text = words.amount(day, Kind.DATE, lang) if isinstance(day, date) else saved["as_of"]
    partner, release = visible(saved["partner"]), visible(saved["release"])
    return say["line"].format(partner=partner, status=say[verdict.status], release=release, date=date_text)


def _findings(verdict: CertificateVerdict, say: Mapping[str, str]) -> list[str]:
    """The lines under the status: the first difference, or why the outcome could not be verified."""
    saved, lines = verdict.certificate, []
    message = "; ".join(_problem(problem) for problem in verdict.problems[:1])
    match verdict.status:
        case "different" if verdict.difference:
            first = verdict.difference
            saved_value, evaluated = _value(first.before, say), _value(first.after, say)
            line = say["difference"].format(path=visible(first.path), saved=saved_value, found=evaluated)
            lines.append(line + (say["others"].format(count=verdict.others) if verdict.others else ""))
        case "record_refused":
            lines.append(say["refused"].format(message=message))
        case "unknown_release":
            lines.append(say["of_no_release"].format(digest=saved["digest"]))
            lines += [say["known"].format(release=release.number, digest=release.digest) for release in verdict.known]
        case "what_if":
            lines.append(say["of_what_if"])
        case "changed_release":
            lines.append(say["of_changed"].format(release=", ".join(release.number for release in verdict.known)))
        case "tampered_seal":
            lines.append(say["of_broken"].format(message=message))
        case "unusable_release":
            lines.append(say["of_unusable"].format(message=message))
    if verdict.reason:
        lines.append(say[verdict.reason].format(theirs=visible(saved["charter"]), ours=VERSION))
    return [*lines, say["files_changed"]] if verdict.files_changed else lines


def _result(saved: Saved, verdict: CertificateVerdict | None) -> Json:
    certificate: Json = verdict.certificate if verdict else {}
    difference = verdict.difference if verdict else None
    problems, releases = (verdict.problems, verdict.known) if verdict else (saved.problems, ())
    return {
        "file": saved.file,
        "line": saved.line,
        **{key: certificate.get(key) for key in ("partner", "programme", "release", "digest", "as_of", "charter")},
        "status": verdict.status if verdict else "not_an_outcome",
        "difference": difference
        and {"path": difference.path, "saved": _data(difference.before), "found": _data(difference.after)},
        "others": verdict.others if verdict else 0,
        "reason": verdict.reason if verdict else None,
        "files_changed": verdict.files_changed if verdict else False,
        "known": [{"release": release.number, "digest": release.digest} for release in releases],
        "problems": [problem_data(problem) for problem in problems],
    }


def _data(value: Any) -> Any:
    return None if value is NOTHING else value


def _problem(problem: Problem) -> str:
    """The message, after the file where there is one; a record taken from a certificate has no file."""
    source = problem.place.source if problem.place else None
    is_file = source and (source.text or problem.code == "broken-seal")
    return f"{source.path}: {problem.message}" if source and is_file else problem.message


def _value(value: Any, say: Mapping[str, str]) -> str:
    """A value as JSON, cut to _WIDEST characters."""
    if value is NOTHING:
        return say["nothing"]
    shown = visible(_json(value))
    return shown if len(shown) <= _WIDEST else f"{shown[: _WIDEST - 1]}…"


def _json(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Decimal():
            return str(value)
        case dict():
            return "{" + ", ".join(f"{key}: {_json(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_json, value)) + "]"
    return f'"{value}"'
