"""Difference: two releases compared, in what they say and in what becomes of partners."""
