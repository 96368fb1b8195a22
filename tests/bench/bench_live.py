"""The dashboard in a browser: python tests/bench/bench_live.py [--json].

Starts the server, opens the Story cold, reloads it, then trains on Train live (V = 2,000, d = 30) and counts how often
the charts change a second and how many animation frames find them blank.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from reporting import report
from serving import SWITCHES, chromium, served

WATCHED_SECONDS = 8
SHOWN = ".sv[data-snapshots] .scatterlayer .trace"
COUNTER = """() => {
  window.seen = {updates: new Set(), blank: 0, frames: 0};
  const look = () => {
    const view = document.querySelector('.sv');
    window.seen.frames += 1;
    if (view && view.querySelector('.scatterlayer .trace')) window.seen.updates.add(view.dataset.snapshots);
    else window.seen.blank += 1;
    requestAnimationFrame(look);
  };
  look();
}"""


def measure_pages(page: Page, address: str) -> dict[str, float]:
    """Seconds to the first picture and after a reload; updates a second and blank frames of a live run."""
    results = {}
    for name, go in (("first picture (s)", lambda: page.goto(address)), ("reload (s)", page.reload)):
        started = time.perf_counter()
        go()
        page.wait_for_selector(SHOWN)
        results[name] = time.perf_counter() - started
    page.goto(f"{address}/train")
    page.wait_for_selector(SHOWN)
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_selector(".sv[data-state=running]")
    page.evaluate(COUNTER)
    page.wait_for_timeout(1_000 * WATCHED_SECONDS)
    seen = page.evaluate("() => ({...window.seen, updates: window.seen.updates.size})")
    results["live updates a second"] = seen["updates"] / WATCHED_SECONDS
    results["blank frames"] = seen["blank"]
    results["animation frames a second"] = seen["frames"] / WATCHED_SECONDS
    return results


def measure(_: object) -> dict[str, float]:
    """The same, after the start of a server of its own that has trained nothing yet."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as runs, served(subprocess.DEVNULL, STAIRCASE_RUNS=runs) as address:
        results = {"start of the server (s)": time.perf_counter() - started}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=SWITCHES)
            results |= measure_pages(browser.new_page(viewport={"width": 1440, "height": 900}), address)
            browser.close()
    return results


if __name__ == "__main__":
    report(__doc__, measure)
