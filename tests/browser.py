"""A real browser for the tests: Debian's chromium, without a window.

Where there is none, tests that need it are skipped, unless CHARTER_BROWSER is set to 'required', as CI has it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
#: no window, no sandbox (CI may run as root), and no looking for updates
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@contextmanager
def browser() -> Iterator[Browser]:
    """The browser, closed behind the tests."""
    if CHROMIUM is None:
        message = "no chromium here: apt install chromium"
        if os.environ.get("CHARTER_BROWSER") == "required":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()
