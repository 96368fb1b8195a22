"""Many visitors at once: python tests/bench/bench_tabs.py [--tabs 30] [--json]. Linux only (reads /proc).

Starts the server, opens so many tabs, has each train a run of its own, reads what each is told about its place in
line, closes them all, and waits until the server's threads are as before. Prints threads and memory before, at the
height and after, and how long it took.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from children import status
from reporting import report
from serving import SWITCHES, chromium, serving

SHOWN = ".sv[data-snapshots]"
PATIENCE = 200
SETTLING = 10
SPARE_THREADS, SPARE_MEGABYTES = 2, 40


def open_tabs(browser: Browser, address: str, count: int, first_seed: int) -> list[Page]:
    """So many tabs, each with a recipe of its own, all told to train once all are open."""
    pages = []
    for number in range(count):
        page = browser.new_context(viewport={"width": 900, "height": 700}).new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{address}/train?V=1000&d=10&speed=calm&seed={first_seed + number}")
        page.wait_for_selector(SHOWN)
        pages.append(page)
    for page in pages:
        page.get_by_role("button", name="Train", exact=True).click()
    for page in pages:
        page.wait_for_selector(".sv:not([data-state=ready])")
    return pages


def close(pages: list[Page]) -> None:
    for page in pages:
        page.context.close()


def seconds_until(process: subprocess.Popen, name: str, at_most: int) -> float:
    """How long until the server has so few threads or megabytes again; infinite if it does not come to that."""
    started = time.perf_counter()
    while status(process)[name] > at_most:
        if time.perf_counter() - started > PATIENCE:
            return float("inf")
        time.sleep(0.1)
    return round(time.perf_counter() - started, 1)


def measure_tabs(browser: Browser, address: str, process: subprocess.Popen, tabs: int) -> dict[str, object]:
    close(open_tabs(browser, address, 2, first_seed=1))  # what everybody shares is there from now on
    time.sleep(SETTLING)
    before = status(process)
    results: dict[str, object] = {"before": before}
    pages = open_tabs(browser, address, tabs, first_seed=100)
    told = [page.locator(".sv-charts .sv-note").first.inner_text() for page in pages]
    results["tabs told that they wait"] = sum(text.startswith("waiting") for text in told)
    results["with all tabs open"] = status(process)
    close(pages)
    results["seconds until threads are back"] = seconds_until(process, "threads", before["threads"] + SPARE_THREADS)
    results["seconds until memory is back"] = seconds_until(process, "MB", before["MB"] + SPARE_MEGABYTES)
    results["after"] = status(process)
    return results


def measure(options: Namespace) -> dict[str, object]:
    """The same, on a server of its own with an empty store of runs."""
    with (
        tempfile.TemporaryDirectory() as runs,
        serving(subprocess.DEVNULL, STAIRCASE_RUNS=runs) as (address, process),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=SWITCHES)
        results = measure_tabs(browser, address, process, options.tabs)
        browser.close()
    return results


if __name__ == "__main__":
    report(__doc__, measure, tabs=30)
