"""SQL for ids that look the same though they differ, as `letters.look` decides it."""

from __future__ import annotations

from ...source.letters import LOOKS, SEEN_AS, UNSEEN, look


def look_sql(id: str, dialect: str = "duckdb") -> str:
    """The look of an id, which is an expression of SQL, in the dialect `duckdb` or `spark`."""
    every = ", 'g'" if dialect == "duckdb" else ""
    seen = f"translate(lower({id}), '{LOOKS + UNSEEN}', '{SEEN_AS}')"
    return f"CASE WHEN {_plain(id, dialect)} THEN lower({id}) ELSE trim(regexp_replace({seen}, ' +', ' '{every})) END"


def looks_like_sql(id: str, text: str, dialect: str = "duckdb") -> str:
    """The condition that an id looks like the text."""
    quoted = look(text).replace("'", "''")
    return f"{look_sql(id, dialect)} = '{quoted}'"


def all_differ_sql(id: str) -> str:
    """The aggregate for DuckDB that is true only where all ids that differ look different too; cheap to compute."""
    in_one_case = f"bool_and({id} = upper({id})) OR bool_and({id} = lower({id}))"
    return f"bool_and({_plain(id, 'duckdb')}) AND ({in_one_case})"


def _plain(id: str, dialect: str) -> str:
    """The condition that an id has visible signs of ASCII alone, and single spaces: only its case may mislead."""
    function = "regexp_matches" if dialect == "duckdb" else "regexp_like"
    return f"{function}({id}, '^[!-~]+( [!-~]+)*$')"
