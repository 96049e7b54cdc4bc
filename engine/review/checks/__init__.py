"""Checks of a release without errors that find likely mistakes. Each check is a file."""
