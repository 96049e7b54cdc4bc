"""Decides a portfolio with DuckDB: reads a file of partners, writes a file of outcomes."""
