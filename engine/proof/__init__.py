"""Decides statements about all partners of a release, by bounds or a solver, and gives examples of partners."""
