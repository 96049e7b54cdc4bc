"""Tests say the same wherever they run: in GitHub Actions `check` and `test` would have another format."""

import os

os.environ.pop("GITHUB_ACTIONS", None)
