"""A portfolio decided by DuckDB: a file of partners in, a file of outcomes out."""
