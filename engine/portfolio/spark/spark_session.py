"""Provides a Spark session with the settings that the query relies on for numbers, dates and names."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pyspark.errors import PySparkRuntimeError
from pyspark.sql import SparkSession

from ...extras import Extra, how_to_install
from ...problems import WrongCall, wrong_call

_LOCAL = {
    "spark.log.level": "ERROR",
    "spark.sql.shuffle.partitions": "8",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_MEANING = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.session.timeZone": "UTC",
    # For reading files: a short row is reported whichever columns are selected; rows are counted within a partition,
    # so no two files share one; and a folder `tier=01` keeps the text 01.
    "spark.sql.csv.parser.columnPruning.enabled": "false",
    "spark.sql.files.maxPartitionBytes": "128MB",
    "spark.sql.files.openCostInBytes": "128MB",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
}


@contextmanager
def spark_session(existing: SparkSession | None = None) -> Iterator[SparkSession]:
    """A new session with its own settings and views, on the Spark of the given or active session, or on a local one.

    Raises WrongCall where Spark cannot be started.
    """
    running = existing or SparkSession.getActiveSession()
    base = running or _start()
    session = base.newSession()
    for name, value in _MEANING.items():
        session.conf.set(name, value)
    try:
        yield session
    finally:
        if running is None:
            base.stop()


def _start() -> SparkSession:
    home = os.environ.get("JAVA_HOME")
    if not shutil.which(str(Path(home, "bin", "java")) if home else "java"):
        raise _no_java(f"'spark' needs Java, which is not {f'in JAVA_HOME ({home})' if home else 'installed'}")
    builder: Any = SparkSession.builder.master("local[*]").appName("charter")
    try:
        with _silenced():
            return builder.config(map=_LOCAL).getOrCreate()  # type: ignore[no-any-return]
    except PySparkRuntimeError as error:
        raise _no_java(f"'spark' is not started by this Java: {str(error).partition(chr(10))[0]}") from error


@contextmanager
def _silenced() -> Iterator[None]:
    """Discard stderr, where Java writes messages before the settings of Spark apply."""
    stderr = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(null)
        os.close(stderr)


def _no_java(message: str) -> WrongCall:
    return wrong_call(message, f"install Java 17, and {how_to_install(Extra.SPARK)}")
