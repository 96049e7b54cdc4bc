"""Proof: what holds of all partners of a release, decided by bounds or a solver, with a partner as an example."""
