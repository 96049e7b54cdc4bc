"""Reports: results as pages and texts for people and for programs, in each language."""
