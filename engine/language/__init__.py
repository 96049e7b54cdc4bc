"""An expression, and its readers.

`parse` turns text into a tree (`tree`; names in `operators` and `function_names`) or says what is wrong. Then:
`interpret` says what the tree is worth for one partner (the meaning), `closures` says the same fast, `compiled` faster
still for many partners, `words` says it to a person. Nothing here knows of programmes, files or YAML.
"""
