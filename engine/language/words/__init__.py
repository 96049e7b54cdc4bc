"""Readers 4 and 5: an expression as text of the language, and as a phrase in Russian or English."""
