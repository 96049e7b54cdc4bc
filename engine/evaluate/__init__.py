"""Evaluate: a record and a release give an outcome, its reasons and its JSON; an order gets its prices."""
