"""Review: everything that can be said of a release without a partner."""
