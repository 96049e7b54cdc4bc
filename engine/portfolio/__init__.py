"""Portfolio: all partners at once, by one query for the plain rows and the interpreter for the others."""
