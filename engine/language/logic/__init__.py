"""Reader 7: expressions as formulas of a solver, Z3, which knows of all partners at once."""
