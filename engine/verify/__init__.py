"""Verify: saved outcomes evaluated again."""
