"""Reads YAML and JSON as data with places, checks their shapes, and edits them keeping every comment."""
