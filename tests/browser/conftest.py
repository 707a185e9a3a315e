"""A page of a browser on the running server; it fails a test in which anything leaves the origin or breaks."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from support.browser import open_page
from support.server import Server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """Open a Chinese browser of the size officials have."""
    with open_page(browser, server.url) as opened:
        yield opened
