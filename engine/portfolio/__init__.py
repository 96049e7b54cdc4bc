"""All partners at once: one query for the plain rows, the interpreter for the others."""
