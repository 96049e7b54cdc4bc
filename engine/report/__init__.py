"""Report: what is found, as pages and texts for people and programs, in each language."""
