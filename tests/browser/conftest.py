"""One server and one browser for all browser tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[str]:
    """The dashboard on a free port, started as a visitor of the README would."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (tmp_path_factory.mktemp("server") / "log.txt").open("w+")
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
        + ["--server.port", str(port), "--server.address", "127.0.0.1"],
        cwd=ROOT,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_healthy(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _wait_until_healthy(address: str, process: subprocess.Popen) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode}")
        try:
            with urlopen(f"{address}/_stcore/health", timeout=1) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            process_pause(process)
    raise RuntimeError("the server did not become healthy")


def process_pause(process: subprocess.Popen) -> None:
    """Give the process a tenth of a second, or less if it ends."""
    try:
        process.wait(0.1)
    except subprocess.TimeoutExpired:
        return


@pytest.fixture(scope="session")
def browser():
    """The system's Chromium. Missing, it is a failure where CI is set, and a skip elsewhere."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        message = "no Chromium: install it to run the browser tests"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield running
        running.close()


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
def visit(browser, server):
    """Open an address of the dashboard in a fresh context; every page visited must stay free of errors."""
    contexts, watches = [], []

    def open_page(path: str, *, width: int = 1440, height: int = 900, scheme: str = "light", **more):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **more)
        page = context.new_page()
        page.set_default_timeout(45_000)
        contexts.append(context)
        watches.append(Watch(page, server))
        page.goto(f"{server}/{path}")
        return page

    yield open_page
    for watch in watches:
        watch.check()
    for context in contexts:
        context.close()
