"""A session of Spark in which numbers, days and names mean what they mean in the query."""

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
    # of reading files: a row that is too short is told, whichever of its columns are asked for; rows are counted
    # within a partition, so no two files share one; and a folder `tier=01` says 01
    "spark.sql.csv.parser.columnPruning.enabled": "false",
    "spark.sql.files.maxPartitionBytes": "128MB",
    "spark.sql.files.openCostInBytes": "128MB",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
}


@contextmanager
def spark_session(given: SparkSession | None = None) -> Iterator[SparkSession]:
    """A session with settings and views of its own, beside the one given or on this machine alone.

    Raises WrongCall where Spark cannot be started.
    """
    running = given or SparkSession.getActiveSession()
    base = running or _start()
    own = base.newSession()
    for name, value in _MEANING.items():
        own.conf.set(name, value)
    try:
        yield own
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
    """What is started within writes no messages: Java greets on stderr before any setting of Spark counts."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)


def _no_java(message: str) -> WrongCall:
    return wrong_call(message, f"install Java 17, and {how_to_install(Extra.SPARK)}")
