"""Decides a portfolio with Spark, where one machine is too small."""
