"""Compares two releases over one portfolio: which partners a new release affects."""
