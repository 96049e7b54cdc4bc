"""A portfolio as dicts, and outcomes as a file, for the peers that decide one partner at a time."""

import polars as pl

BASE = {"retail": 10, "competency": 20, "saas": 25}
_PERCENT = pl.Decimal(4, 1)
_COLUMNS = {
    "partner": pl.String, "tier": pl.String, "status": pl.String,
    "discount_base": _PERCENT, "discount_uncapped": _PERCENT, "discount_total": _PERCENT,
}  # fmt: skip
for one in BASE:
    _COLUMNS |= {f"status_{one}": pl.String, f"discount_total_{one}": _PERCENT}


def read(source):
    return pl.read_parquet(source).rows(named=True)


def write(rows, output):
    """The rows have the promised columns in their order."""
    pl.DataFrame(rows, _COLUMNS, orient="row").write_parquet(output)
