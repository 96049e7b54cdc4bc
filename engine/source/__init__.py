"""Source: YAML and JSON as data that knows its places; their shapes; edits that keep every comment."""
