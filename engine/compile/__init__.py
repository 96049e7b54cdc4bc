"""Compile: the files of a release become one `Programme`, or problems at their places."""
