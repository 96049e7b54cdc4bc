"""Opens files and folders (CSV, Parquet, JSON Lines) as tables of Spark, with columns in the types of the file.

All columns of CSV and JSON Lines are text, as in DuckDB's tables. Each row has its file and its number in the file, for
messages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql.types import StringType, StructField, StructType

from ...problems import InvalidInput, Problem, Source, WrongCall, wrong_call
from ...programme.model import Fact
from ...values import Kind
from ..files import LINE, NO_SEPARATOR, SHOWN, STRANGE, ColumnRules, format_of, read_header, without_partner
from ..rows import typed_cell
from ..sql.columns import ITEM, PARTNER, Form

FILE, BROKEN = "_file", "_broken"  #: columns with a row's file, and why the row cannot be read
_FORMS = {
    "string": Form.TEXT, "boolean": Form.YES_NO, "double": Form.FLOAT, "float": Form.FLOAT, "date": Form.DATE,
    "tinyint": Form.WHOLE, "smallint": Form.WHOLE, "int": Form.WHOLE, "bigint": Form.WHOLE,
    "timestamp": Form.TIME, "timestamp_ntz": Form.TIME,
}  # fmt: skip
_MOST_KEYS = 10_000  #: keys of lines of JSON that are looked at; a programme has fewer
#: parses a line of JSON as the first item of a list; the second item, a digest, reveals text after the value, which
#: would be ignored otherwise
_PARSED = f"""
    CASE WHEN try_variant_get(try_parse_json(concat('[', {LINE}, ',"', md5({LINE}), '"]')), '$[1]', 'string')
    = md5({LINE}) THEN try_parse_json(concat('[', {LINE}, ']')) END
"""


class SparkTable(NamedTuple):
    """A file or folder as a table, with the form of each column; `rows` also has the columns FILE, ITEM and BROKEN."""

    rows: DataFrame
    path: Path
    format: str
    columns: dict[str, Form]

    @property
    def written(self) -> tuple[str, ...]:
        """The columns that hold a row as written in the file."""
        return (LINE,) if self.format == "jsonl" else tuple(self.columns)

    def cells(self) -> Column:
        """The row as written in the file; values that Python would change or cannot hold are text."""
        kinds = dict(self.rows.dtypes)
        return f.struct(*(_readable(name, kinds[name]).alias(name) for name in self.written))


def open_table(session: SparkSession, path: Path, facts: Sequence[Fact], allowed: Sequence[str],
               needed: Sequence[str] = (PARTNER,), ignored: Sequence[str] = ()) -> SparkTable:  # fmt: skip
    """Open a file or folder. Raises WrongCall; InvalidInput for columns not in `allowed`, or `needed` and missing."""
    files = _files(path)
    format, header = format_of(files[0]), None
    different = next((file for file in files if format_of(file) != format), None)
    if different is not None:
        raise wrong_call(f"'{different}' is of another format than '{files[0]}'", "keep one format in a folder")
    if format == "parquet":
        rows = session.read.option("mergeSchema", True).parquet(str(path))
        names = rows.columns
    elif format == "csv":
        rows, names, header = _csv(session, files)
    else:
        rows = _text(session, files, [LINE], NO_SEPARATOR)
        names = _keys(rows)
    ColumnRules(facts, allowed, needed, ignored).checked(path, header, names)
    if format == "jsonl":
        names = [name for name in names if name not in ignored]
        rows = _json(rows, names, facts)
    if format == "parquet":
        names = [name for name in names if name not in (FILE, ITEM, BROKEN)]
        number, nothing = f.col("_metadata.row_index") + 1, f.lit(None).cast("string")
        rows = rows.select(
            *(_read(name, kind) for name, kind in rows.select(*map(_column, names)).dtypes),
            f.col("_metadata.file_name").alias(FILE),
            number.alias(ITEM),
            nothing.alias(BROKEN),
        )
    kinds = dict(rows.dtypes)
    return SparkTable(rows, path, format, {name: _form(kinds[name]) for name in names})


def check_read(table: SparkTable) -> None:
    """Raise InvalidInput where a row cannot be read or names no partner, as a partner's outcome needs it."""
    unreadable = table.rows.filter(f"{BROKEN} IS NOT NULL").select(FILE, ITEM, BROKEN).orderBy(FILE, ITEM).limit(SHOWN)
    broken = [
        Problem("bad-row", f"'{table.path}', {file}, row {number}: {why}", None, "mend the row")
        for file, number, why in unreadable.collect()
    ]
    without = table.rows.filter(f"{PARTNER} IS NULL").select(FILE, ITEM).orderBy(FILE, ITEM).limit(SHOWN)
    broken += [without_partner(table.path, number) for _, number in without.collect()] if not broken else []
    if broken:
        raise InvalidInput(broken)


def cells_of(row: Any, columns: Mapping[str, Form]) -> dict[str, Any]:
    """The values of `SparkTable.cells` by column, as cells."""
    return {name: typed_cell(value, columns[name]) for name, value in row.asDict().items()}


def _files(path: Path) -> list[Path]:
    """The files of a table, sorted, without those that Spark ignores (names that begin with _ or .)."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise WrongCall([Problem("unreadable-file", f"'{path}' is not there", None, "check the path")])
    files = sorted(file for file in path.rglob("*") if file.is_file())
    files = [file for file in files if not any(part[0] in "_." for part in file.relative_to(path).parts)]
    if not files:
        raise WrongCall([Problem("unreadable-file", f"'{path}' has no files", None, "check the path")])
    nested = next((file for file in files if file.parent != path), None)
    if nested is not None and format_of(nested) != "parquet":
        raise wrong_call(f"'{nested.parent}' is a folder within the folder", "put all files into one folder")
    return files


def _csv(session: SparkSession, files: list[Path]) -> tuple[DataFrame, list[str], Source]:
    """The rows of CSV files as text, the column names, which all files must share, and the header line."""
    try:
        headers = [read_header(file) for file in files]
    except UnicodeError as error:
        message = f"'{files[0].parent}' has a file that is not UTF-8 text: {error}"
        raise InvalidInput([Problem("not-utf-8", message, None, "save it as UTF-8")]) from error
    source, names, separator = headers[0]
    for header, file in zip(headers, files, strict=True):
        if header.source.text != source.text:
            message = f"'{file}' begins otherwise than '{files[0]}'"
            help = "write the same names in the same order in every file of the folder"
            raise InvalidInput([Problem("unknown-column", message, None, help)])
    return _text(session, files, names, separator, header=True), names, source


def _text(session: SparkSession, files: list[Path], names: list[str], separator: str,
          *, header: bool = False) -> DataFrame:  # fmt: skip
    """The rows of text files, with FILE, ITEM and BROKEN."""
    whole = "_whole"
    schema = StructType([StructField(name, StringType()) for name in (*names, whole)])
    quote = "" if separator == NO_SEPARATOR else '"'
    rows = session.read.csv(
        [str(file) for file in files], schema=schema, sep=separator, quote=quote, escape=quote or None, header=header,
        mode="PERMISSIVE", columnNameOfCorruptRecord=whole, multiLine=True, encoding="UTF-8",
    )  # fmt: skip
    values = [_column(name) for name in names]
    wrong = f.when(f.concat_ws("", *values, f.col(whole)).contains("\ufffd"), "it is not UTF-8 text")
    wrong = wrong.when(f.col(whole).isNotNull(), f"it has more or fewer values than the {len(names)} columns")
    number = f.monotonically_increasing_id().bitwiseAND(2**33 - 1) + 1  # the lower bits count within the file
    file = f.col("_metadata.file_name")
    return rows.select(*values, file.alias(FILE), number.alias(ITEM), wrong.alias(BROKEN))


def _keys(rows: DataFrame) -> list[str]:
    """The keys of all lines that are JSON, sorted."""
    keys = f.expr(f"CASE WHEN {_PARSED} IS NOT NULL THEN json_object_keys({LINE}) END")
    return sorted(key for (key,) in rows.select(f.explode(keys)).distinct().limit(_MOST_KEYS).collect())


def _json(rows: DataFrame, names: list[str], facts: Sequence[Fact]) -> DataFrame:
    """Lines of JSON with their values as text columns."""
    kinds = {fact.id: fact.kind for fact in facts}
    values = [f.expr(_json_value(name, kinds.get(name, Kind.TEXT))).alias(name) for name in names]
    return rows.withColumn("_json", f.expr(_PARSED)).select(*values, LINE, FILE, ITEM, BROKEN)


def _json_value(name: str, kind: Kind) -> str:
    """A JSON value as text: a string's content, otherwise the JSON itself; marked with STRANGE if of the wrong kind."""
    text = f"try_variant_get(_json, '$[0].{name}', 'string')"
    type = f"schema_of_variant(try_variant_get(_json, '$[0].{name}', 'variant'))"
    exact = f"{type} IN ('BIGINT', 'BOOLEAN') OR {type} LIKE 'DECIMAL%'"
    if kind in (Kind.TEXT, Kind.CHOICE, Kind.DATE):
        exact = f"{type} IN ('STRING', 'BIGINT')" if name == "tier" else f"{type} = 'STRING'"
    return (
        f"CASE WHEN coalesce({type}, 'VOID') = 'VOID' THEN NULL WHEN {exact} THEN {text}"
        f" ELSE concat('{STRANGE}', coalesce({text}, '')) END"
    )


def _read(name: str, kind: str) -> Column:
    """A column of Parquet: a float as the double with the same digits, and an empty text as an empty cell of CSV."""
    column = _column(name)
    if kind == "float":
        column = column.cast("string").cast("double")
    return f.nullif(column, f.lit("")).alias(name) if kind == "string" else column.alias(name)


def _form(kind: str) -> Form:
    return Form.DECIMAL if kind.startswith("decimal") else _FORMS.get(kind, Form.OTHER)


def _readable(name: str, kind: str) -> Column:
    """A column in a type that Python can hold: dates and times as text, as they may lie beyond its calendar."""
    column = _column(name)
    if kind == "timestamp":
        return f.date_format(column, "yyyy-MM-dd HH:mm:ssXXX")
    return column.cast("string") if _form(kind) in (Form.DATE, Form.TIME, Form.OTHER) else column


def _column(name: str) -> Column:
    return f.col("`" + name.replace("`", "``") + "`")
