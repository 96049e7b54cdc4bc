"""Readers 1 and 2: the value of an expression for one partner, by simpleeval (the meaning) and compiled (fast)."""
