"""The commands of the command line, grouped by their users; `cli` registers them."""
