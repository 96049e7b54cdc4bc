"""Texts for people: one file per language."""
