"""Reads a table of others, CSV or DMN, as a table of Charter: as YAML, or into the files of a release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..named_tuples import public
from ..problems import Problem, has_errors, in_order, wrong_call
from ..programme.owners import PROGRAMME, Role, id_of, of_list, of_tier
from ..release.find import SEAL
from ..release.load import Release, check_shapes, load_files
from ..source.document import Document, PartPath
from ..source.edit import Mended
from ..source.rewritten import block_yaml, scalar_yaml, with_parts
from .csv_table import read_csv
from .decision_table import DecisionTable
from .dmn import read_dmn
from .find_table import LIMITS, Shape, Target, find_table
from .from_forms import not_carried
from .raw_table import RawTable, check_size, checked
from .read_table import TIER, Names, names_for, read_table
from .to_forms import WantedResult, Writing, only_for

_FORM_KEYS = (
    "by",
    "band",
    "up_to",
    "rows",
    "otherwise",
    "below",
    "above",
)  #: what a table of several columns has besides these stays


@public("problems")
class ImportedTable(NamedTuple):
    """A table of others as YAML, and the problems of what it leaves out."""

    text: str
    problems: tuple[Problem, ...]


def import_table(
    release: Release,
    content: bytes,
    shown: str,
    *,
    into: str | None,
    decision: str | None,
    names: Mapping[str, str],
) -> tuple[ImportedTable, tuple[Mended, ...]]:
    """The table in a file, and the file of the release that has it at `into`, before and after; none where it is None.

    Raises InvalidInput for a file that is no table, WrongCall for an `into` that is none, and InvalidProgramme where
    the release could not be used with the table. Nothing is changed where something is left out.
    """
    target = find_table(release, into) if into is not None else None
    raw = checked(_raw(content, shown, decision))
    scope = names_for(release, target)
    table, problems = read_table(raw, scope, tuple(release.programme.tiers), target, names)
    if target is None:
        data, left_out = _printed(table, scope)
        parts: dict[PartPath, Any] = {}
    else:
        parts, left_out = _parts(release, table, scope, target)
        data = _shown_parts(parts, target)
    problems = [*problems, *left_out]
    imported = ImportedTable(_text(data, problems), in_order(problems))
    if target is None or has_errors(problems):
        return imported, ()
    if (release.files.folder / SEAL).is_file():
        raise wrong_call(f"'{release.files.folder.name}' is sealed, and is not changed", "begin the next: charter new")
    return imported, _mended(release, target, parts)


def _raw(content: bytes, shown: str, decision: str | None) -> RawTable:
    check_size(content, shown)
    is_xml = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or content[:2] in (b"\xff\xfe", b"\xfe\xff")
    return read_dmn(content, shown, decision) if is_xml else read_csv(content, shown)


def _text(data: Any, problems: list[Problem]) -> str:
    """Data as YAML; what is left out stands before it."""
    notes = [f"# {' '.join(problem.message.split())}\n" for problem in problems if has_errors([problem])]
    if data is None:
        return "".join(notes)
    return "".join(notes) + (block_yaml(data) if isinstance(data, dict) else scalar_yaml(data)) + "\n"


def _printed(table: DecisionTable, names: Names) -> tuple[Any, list[Problem]]:
    """A table that has no place in the release yet: of several results, their rows, or a table of each."""
    wanted = [WantedResult(at, column.name) for at, column in enumerate(table.outputs)]
    writing = Writing(table, names.scope, wanted, has_columns=len(wanted) > 1)
    if len(wanted) == 1:
        return writing.cell(wanted[0]), writing.problems
    joint = writing.joint(wanted)
    if joint is None:
        cells = {part.name: Writing(writing.table, names.scope, [part]).cell(part) for part in wanted}
        return {name: cell for name, cell in cells.items() if cell is not None} or None, writing.problems
    return joint, writing.problems


def _shown_parts(parts: Mapping[PartPath, Any], target: Target) -> Any:
    """The new parts as they stand below the target."""
    if target.shape in (Shape.CELL, Shape.TIERS):
        return next(iter(parts.values()), None)
    shown: dict[str, Any] = {}
    for path, data in parts.items():
        if data is None:
            continue
        inner = shown
        for key in path[len(target.cells) : -1]:
            inner = inner.setdefault(str(key), {})
        inner[str(path[-1])] = data
    return shown or None


def _wanted(release: Release, target: Target, at: int, name: str) -> WantedResult:
    """What a result must be, by the value that it becomes."""
    if target.shape is Shape.LIMITS:
        return WantedResult(at, name)
    owner, role = (of_list(target.list), Role.ITEM_VALUE) if target.list else (PROGRAMME, Role.DEFINITION)
    owners = [of_tier(tier) for tier in release.programme.tiers] if target.shape is Shape.TIERS else [owner]
    values = (release.programme.values.get(id_of(owner, role, name)) for owner in owners)
    value = next(value for value in values if value is not None)
    return WantedResult(at, name, value.kind, tuple(value.choices))


def _parts(
    release: Release, table: DecisionTable, names: Names, target: Target
) -> tuple[dict[PartPath, Any], list[Problem]]:
    """The new parts of the file at their paths, and the problems of what is left out."""
    has = [column.name for column in table.outputs]
    if target.shape in (Shape.CELL, Shape.TIERS):
        if len(has) > 1:
            raise wrong_call(f"the table has {len(has)} results, and '{target.name}' is one", "leave out '--into'")
        has = list(target.names)
    elif missing := [name for name in target.names if name not in has]:
        raise wrong_call(f"the table has no result '{missing[0]}'", f"'{target.name}' has {', '.join(target.names)}")
    problems = [
        not_carried("the result", name, f"'{target.name}' has none of that name", "add it there first, by hand")
        for name in has
        if name not in target.names
    ]
    wanted = [_wanted(release, target, has.index(name), name) for name in target.names]
    if target.shape in (Shape.TIERS, Shape.LIMITS):
        parts, left_out = _by_tier(release, table, names, target, wanted)
    else:
        parts, left_out = _whole(release, table, names, target, wanted)
    return parts, [*problems, *left_out]


def _whole(
    release: Release, table: DecisionTable, names: Names, target: Target, wanted: list[WantedResult]
) -> tuple[dict[PartPath, Any], list[Problem]]:
    """The new parts for a value, or for a table of several columns."""
    writing = Writing(table, names.scope, wanted, has_columns=target.shape is Shape.COLUMNS)
    if target.shape is Shape.CELL:
        cell = writing.cell(wanted[0])
        return ({} if cell is None else {target.cells: cell}), writing.problems
    joint = writing.joint(wanted)
    if joint is None:
        why = "a table of several columns goes by the options of one choice, or the bands of one number"
        problem = not_carried("the table", "", why, "leave out '--into': each result is then a table of its own")
        return {}, [*writing.problems, problem]
    old: Any = release.files.documents[target.file].at(target.row)
    keys = [key for key in _FORM_KEYS if key in joint or key in old]
    return {(*target.row, key): joint.get(key) for key in keys}, writing.problems


def _by_tier(
    release: Release, table: DecisionTable, names: Names, target: Target, wanted: list[WantedResult]
) -> tuple[dict[PartPath, Any], list[Problem]]:
    """The new parts for what differs by tier: the rows of each tier are a table, or a figure, of their own."""
    at = next((at for at, part in enumerate(table.inputs) if part.feel == TIER), None)
    if at is None:
        raise wrong_call(f"the table has no column '{TIER}', and '{target.name}' differs by tier", "add the column")
    cells: dict[str, dict[str, Any]] = {part.name: {} for part in wanted}
    problems: list[Problem] = []
    for tier in release.programme.tiers:
        own = only_for(table, at, tier)
        for part in wanted:
            rules = (
                own.rules
                if target.shape is Shape.TIERS
                else tuple(rule for rule in own.rules if rule.outputs[part.at] is not None)
            )
            writing = Writing(own._replace(rules=rules), names.scope, [part])
            cell = writing.cell(part)
            problems += writing.problems
            if cell is not None:
                cells[part.name][tier] = cell
    unique = list(dict.fromkeys(problems))
    if target.shape is Shape.TIERS:
        (rows,) = cells.values()
        return ({target.cells: rows} if rows else {}), unique
    parts: dict[PartPath, Any] = {}
    for part in wanted:
        for key in LIMITS:
            row = part.name.removesuffix(f" {key.replace('_', ' ')}")
            if row != part.name and cells[part.name]:
                parts[(*target.cells, row, key)] = cells[part.name]
    return parts, unique


def _mended(release: Release, target: Target, parts: Mapping[PartPath, Any]) -> tuple[Mended, ...]:
    """The changed file before and after; raises InvalidProgramme where the release could not be used with it."""
    files = release.files
    before = files.documents[target.file]
    after: Document = with_parts(before, parts)
    broken = {kind: set(paths) for kind, paths in files.broken.items()}
    documents = {**files.documents, target.file: after}
    problems = check_shapes({target.file: after}, broken)
    load_files(files._replace(documents=documents, broken=broken, problems=tuple(problems)))
    if before.source.text == after.source.text:
        return ()
    return (Mended(files.folder / f"{target.file}.yaml", before.source.text, after.source.text),)
