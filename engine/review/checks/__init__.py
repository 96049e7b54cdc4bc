"""Checks: what is odd about a release that can be used. One check, one file."""
