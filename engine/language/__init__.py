"""An expression, and its readers.

`parse` turns text into a tree (`tree`; names in `operators` and `function_names`) or into problems. The readers take
the tree: `run.interpret` defines its value for one partner, `run.closures` computes the same value fast, `run.compiled`
faster still for many partners; `bounds`, `words`, `sql` and `smt` give its bounds, its text, its SQL and its formula.
Nothing here knows of programmes, files or YAML.
"""
