"""The commands, by whom they serve; `cli` puts them together."""
