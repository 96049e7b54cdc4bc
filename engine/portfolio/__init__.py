"""Decides all partners of a portfolio: plain rows by one SQL query, the others by the interpreter."""
