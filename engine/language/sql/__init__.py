"""Reader 6: an expression as SQL. Read `exact`, then `numbers`, `days` and `functions`, then `expressions`."""
