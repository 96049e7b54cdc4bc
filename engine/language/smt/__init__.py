"""Reader 7: an expression as a formula of the solver Z3, which reasons about all partners at once."""
