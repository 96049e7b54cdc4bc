"""The engine: a partner programme in YAML, and what it says of a partner; `import charter` offers its names.

Read in this order: `problems` and `values` (what everything shares), `language` (an expression and its readers),
`source` (files), `compile` and `programme` (a release as values), `evaluate`, and `release`, which puts them together.
"""
