"""Tests of whole portfolios."""
