"""Reader 7: an expression as a formula of the solver Z3, which knows of all partners at once."""
