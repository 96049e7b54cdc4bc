"""Finds, loads, seals and archives releases, and evaluates a record through time."""
