"""Tables of a release in the formats of others: decision tables as CSV and as DMN, written and read back."""
