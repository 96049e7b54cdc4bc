"""Charter: evaluates partners' facts against a vendor's partner programme kept as data.

import charter
release = charter.load("program")
outcome = release.evaluate({"partner": "P-001", "tier": "gold", "facts": {"certified_people": 3}})

A name is imported when it is first used, so that importing charter takes next to no time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .engine.version import VERSION

if TYPE_CHECKING:
    from .api import (
        advise,
        batch,
        check,
        compare,
        diff,
        export_table,
        form,
        handbook,
        import_table,
        migrate,
        prove,
        ranges,
        read,
        schema,
        sql,
        statement,
        timeline,
        to_dict,
        to_json,
        unreached,
        verify,
        what_if,
    )
    from .engine.difference.difference import ReleaseDifference
    from .engine.evaluate.outcome import Outcome
    from .engine.evaluate.quote import OrderLines, Quote
    from .engine.evaluate.record import Record
    from .engine.portfolio.compare.agreement_effects import AgreementsUnder
    from .engine.portfolio.compare.compared import Compared
    from .engine.portfolio.job import BatchResult
    from .engine.problems import Invalid, InvalidInput, InvalidProgramme, Level, Place, Problem, WrongCall
    from .engine.programme.model import Programme
    from .engine.proof.claims_by_bounds import ClaimVerdict
    from .engine.proof.outlook import Outlook
    from .engine.proof.ranges import ValueRange
    from .engine.release.load import Release, load
    from .engine.release.migrate_records import MigratedRecords
    from .engine.release.orders import quotes
    from .engine.release.timeline import Timeline
    from .engine.source.document import Document
    from .engine.tables.export import ExportedTable
    from .engine.tables.import_table import ImportedTable
    from .engine.values import UNDEFINED, Unknown
    from .engine.verify.verify import CertificateVerdict

__all__ = [
    "UNDEFINED",
    "AgreementsUnder",
    "BatchResult",
    "CertificateVerdict",
    "ClaimVerdict",
    "Compared",
    "Document",
    "ExportedTable",
    "ImportedTable",
    "Invalid",
    "InvalidInput",
    "InvalidProgramme",
    "Level",
    "MigratedRecords",
    "OrderLines",
    "Outcome",
    "Outlook",
    "Place",
    "Problem",
    "Programme",
    "Quote",
    "Record",
    "Release",
    "ReleaseDifference",
    "Timeline",
    "Unknown",
    "ValueRange",
    "WrongCall",
    "__version__",
    "advise",
    "batch",
    "check",
    "compare",
    "diff",
    "export_table",
    "form",
    "handbook",
    "import_table",
    "load",
    "migrate",
    "prove",
    "quotes",
    "ranges",
    "read",
    "schema",
    "sql",
    "statement",
    "timeline",
    "to_dict",
    "to_json",
    "unreached",
    "verify",
    "what_if",
]

__version__ = VERSION

_NAMES = {
    "api": "advise batch check compare diff export_table form handbook import_table migrate prove ranges read schema "
    "sql statement timeline to_dict to_json unreached verify what_if",
    "engine.difference.difference": "ReleaseDifference",
    "engine.evaluate.outcome": "Outcome",
    "engine.evaluate.quote": "OrderLines Quote",
    "engine.evaluate.record": "Record",
    "engine.portfolio.compare.agreement_effects": "AgreementsUnder",
    "engine.portfolio.compare.compared": "Compared",
    "engine.portfolio.job": "BatchResult",
    "engine.problems": "Invalid InvalidInput InvalidProgramme Level Place Problem WrongCall",
    "engine.programme.model": "Programme",
    "engine.proof.claims_by_bounds": "ClaimVerdict",
    "engine.proof.outlook": "Outlook",
    "engine.proof.ranges": "ValueRange",
    "engine.release.load": "Release load",
    "engine.release.migrate_records": "MigratedRecords",
    "engine.release.orders": "quotes",
    "engine.release.timeline": "Timeline",
    "engine.source.document": "Document",
    "engine.tables.export": "ExportedTable",
    "engine.tables.import_table": "ImportedTable",
    "engine.values": "UNDEFINED Unknown",
    "engine.verify.verify": "CertificateVerdict",
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """Import a public name from the module that defines it. Raises AttributeError for any other name."""
    if name not in _HOMES:
        raise AttributeError(f"module 'charter' has no attribute '{name}'")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
