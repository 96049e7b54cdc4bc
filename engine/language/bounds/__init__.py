"""Reader 3: between which bounds the value of an expression lies, whoever the partner is."""
