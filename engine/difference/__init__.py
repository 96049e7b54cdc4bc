"""Compares two releases: what they say differently, and for which partners outcomes differ."""
