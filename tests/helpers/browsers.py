"""A real browser for the tests that look at pages as a person does."""

import os
import shutil

import pytest
from take_screenshots import BROWSERS, FLAGS


@pytest.fixture(scope="module")
def chromium():
    """Return the path of the browser of this machine."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None and os.environ.get("CI"):
        pytest.fail("no browser: python tasks.py test installs chromium where it may")
    if found is None:
        pytest.skip("no chromium on this machine")
    return found


@pytest.fixture(scope="module")
def browser(chromium):
    """Start the browser once a module; close it afterwards."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield started
        started.close()
