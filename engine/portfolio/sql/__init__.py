"""A release as one SQL query: its input and output columns, and its text in each dialect."""
