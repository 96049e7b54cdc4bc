"""Readers 1 and 2: what an expression is worth for one partner, by simpleeval (the meaning) and compiled (fast)."""
