"""The dashboard served on a free port, and how Chromium is started: for browser tests and benchmarks."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120_000  # milliseconds, of a busy machine whose cores have runs of other pages to train first
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """Where the system's Chromium is, if there is one."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def served(log: int, **environment: str) -> Iterator[str]:
    """The address of a server started as the README says, once it is healthy; ``log`` takes its output."""
    with serving(log, **environment) as (address, _):
        yield address


@contextmanager
def serving(log: int, **environment: str) -> Iterator[tuple[str, subprocess.Popen]]:
    """The same with its process; ``environment`` is added to this one's."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
        + ["--server.port", str(port), "--server.address", "127.0.0.1"],
        cwd=ROOT,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=os.environ | environment,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_healthy(address, process)
        yield address, process
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_healthy(address: str, process: subprocess.Popen) -> None:
    for _ in range(1_200):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode}")
        try:
            with urlopen(f"{address}/_stcore/health", timeout=1) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            _pause(process)
    raise RuntimeError("the server did not become healthy")


def _pause(process: subprocess.Popen) -> None:
    """Give the process a twentieth of a second, or less if it ends."""
    try:
        process.wait(0.05)
    except subprocess.TimeoutExpired:
        return
