"""Whether a page can be used by everyone, as far as axe-core can tell."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

DARK = "rgb(15, 19, 28)"
_SEVERE = ("serious", "critical")
_OPTIONS = {"resultTypes": ["violations"], "preload": False}  # the rest would be gathered in vain
# Text of charts, which axe-core does not look at: what has less contrast than 4.5 with the page.
_FAINT = """() => {
  const light = (colour) => {
    const channels = colour.match(/[0-9.]+/g).slice(0, 3).map((one) => one / 255);
    const [r, g, b] = channels.map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const page = light(getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor);
  const parts = ['.xtick', '.ytick', '.g-xtitle', '.g-ytitle', '.annotation', '.legend', '.colorbar'];
  return [...document.querySelectorAll(parts.map((part) => `.js-plotly-plot ${part} text`).join())]
    .filter((one) => {
      const ink = light(getComputedStyle(one).fill);
      return (Math.max(ink, page) + 0.05) / (Math.min(ink, page) + 0.05) < 4.5;
    })
    .map((one) => `${getComputedStyle(one).fill}: ${one.textContent}`);
}"""
_axe = Axe()


def barriers(page) -> list[str]:
    """What axe-core calls serious or critical on a page at rest, and faint text of charts: a line each."""
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.locator("html[data-access=mended]")).to_be_attached()
    return [*severe(page), *page.evaluate(_FAINT)]


def severe(page) -> list[str]:
    """The same of any document."""
    found = _axe.run(page, options=_OPTIONS).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')}"
        for one in found
        if one["impact"] in _SEVERE
        for node in one["nodes"]
    ]


def assert_for_everyone(page) -> None:
    """At a desk by day; then the same on a phone by night, where the page stays."""
    assert page.locator("[data-testid=stException]").count() == 0
    assert barriers(page) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("[data-testid=stApp]")).to_have_css("background-color", DARK)
    expect(page.locator("html[data-scheme=dark]")).to_be_attached()  # and the charts have been drawn anew
    page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
    assert barriers(page) == []
