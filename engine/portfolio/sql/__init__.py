"""A release as one query: its columns, its inputs, its text in each dialect."""
