"""The version of charter, and of the form of its JSON."""

VERSION = "0.2.0"
FORMAT_VERSION = 1  #: of every JSON output; it grows when a key changes its meaning or goes
