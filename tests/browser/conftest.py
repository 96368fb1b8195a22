"""One server and one browser for all browser tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from serving import PATIENCE, SWITCHES, chromium, served

# All tabs of the dashboard in one process: scripts are compiled once, not for every tab.
ONE_PROCESS = "--process-per-site"

pytest.register_assert_rewrite("access")


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[str]:
    """The dashboard on a free port."""
    place = tmp_path_factory.mktemp("server")
    settings = {"STAIRCASE_TEXTS": str(place / "texts"), "STAIRCASE_KEPT_TEXTS": str(place / "kept")}
    settings["STAIRCASE_WARM_UP"] = "1"
    with (place / "log.txt").open("w+") as log, served(log.fileno(), **settings) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    """The system's Chromium. Missing, it is a failure where CI is set, and a skip elsewhere."""
    from playwright.sync_api import expect, sync_playwright

    path = chromium()
    if path is None:
        message = "no Chromium: install it to run the browser tests"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        running = playwright.chromium.launch(executable_path=path, args=[*SWITCHES, ONE_PROCESS])
        yield running
        running.close()


@pytest.fixture(scope="session")
def shared(browser, server):
    """A context for all visits that ask for nothing special: scripts are loaded and compiled once.

    Their process lives as long as a tab of it, so one stays open.
    """
    context = browser.new_context()
    context.new_page().goto(f"{server}/_stcore/health")
    yield context
    context.close()


class Watch:
    """What went wrong behind the scenes of a page."""

    def __init__(self, page, server: str) -> None:
        self.errors: list[str] = []
        self.outside: list[str] = []
        self._server = server
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._request)

    def _console(self, message) -> None:
        # Streamlit probes two addresses below a deep link before it finds its root.
        probe = "_stcore/" in message.location.get("url", "") and "404" in message.text
        if message.type == "error" and not probe:
            self.errors.append(message.text)

    def _request(self, request) -> None:
        inside = (self._server, self._server.replace("http", "ws"), "data:", "blob:")
        if not request.url.startswith(inside):
            self.outside.append(request.url)

    def check(self) -> None:
        assert self.errors == []
        assert self.outside == []


@pytest.fixture
def visit(browser, shared, server):
    """Open an address of the dashboard in a tab of its own; every page visited must stay free of errors.

    ``more`` : options of a browser's context, which the tab then does not share.
    """
    opened, watches = [], []

    def open_page(path: str, *, width: int = 1440, height: int = 900, scheme: str = "light", **more):
        context = browser.new_context(**more) if more else shared
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.set_default_timeout(PATIENCE)
        opened.append(context if more else page)
        watches.append(Watch(page, server))
        page.goto(f"{server}/{path}")
        return page

    yield open_page
    for watch in watches:
        watch.check()
    for one in opened:
        one.close()
