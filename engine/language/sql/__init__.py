"""Reader 6: an expression as SQL. Reading order: `exact`, `numbers`, `days`, `functions`, `expressions`."""
