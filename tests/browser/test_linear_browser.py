"""The Linear concepts page as a visitor uses it, in Chromium."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from access import assert_for_everyone
from playwright.sync_api import expect
from strange import HOSTILE

pytestmark = pytest.mark.browser

QUICK = "words=1000&family=gram6-nationality-adjective"
CHART = "[data-testid=stPlotlyChart]"
HEADS = (
    "A spike above the noise",
    "Signal against dimension",
    "Which concepts carry it",
    "Signal first, noise later",
)


def painted(page) -> None:
    """All panels are there, each with its chart, and the page has run to its end."""
    for head in HEADS:
        page.get_by_role("heading", name=head, exact=True).wait_for()
    page.wait_for_function(
        "(chart) => [...document.querySelectorAll(chart)].filter((one) => one.querySelector('.trace')).length === 5",
        arg=CHART,
    )
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def bars(page, chart: int) -> list[float]:
    """Where the bars of a chart stand."""
    return page.evaluate(
        """(n) => {
          const plot = document.querySelectorAll('[data-testid=stPlotlyChart] .js-plotly-plot')[n];
          return plot._fullData.filter((one) => one.type === 'bar').flatMap((one) => Array.from(one.x));
        }""",
        chart,
    )


def axis(page, chart: int) -> list[float]:
    return page.evaluate(
        "(n) => document.querySelectorAll('[data-testid=stPlotlyChart] .js-plotly-plot')[n]._fullLayout.xaxis.range",
        chart,
    )


def changed(page, chart: int, before: list[float]) -> None:
    page.wait_for_function(
        """([n, before]) => {
          const plot = document.querySelectorAll('[data-testid=stPlotlyChart] .js-plotly-plot')[n];
          if (!plot || !plot._fullData) return false;
          const now = plot._fullData.filter((one) => one.type === 'bar').flatMap((one) => Array.from(one.x));
          return now.length && JSON.stringify(now) !== JSON.stringify(before);
        }""",
        arg=[chart, before],
    )


def test_the_page_paints_a_family_of_the_address_a_slider_moves_the_picture_and_another_is_chosen(visit):
    page = visit(f"linear?{QUICK}&maths=true")
    painted(page)
    expect(page.get_by_role("combobox", name="word pairs")).to_have_value("nationality adjective: 10 of 41 pairs")
    before, across = bars(page, 3), axis(page, 3)
    slider = page.get_by_role("slider", name="training time")
    slider.focus()
    slider.press("Home")
    page.wait_for_url("**moment=**")
    changed(page, 3, before)
    assert axis(page, 3) == across
    page.get_by_text("1 of the concepts learned").wait_for()

    painted(page)
    page.get_by_role("combobox", name="word pairs").click()
    page.keyboard.type("comparative")
    page.get_by_role("option", name="comparative: ").click()
    page.wait_for_url("**family=gram3-comparative**")
    page.locator(CHART).filter(has_text="comparative: 7 pairs").first.wait_for()
    painted(page)
    assert_for_everyone(page)
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-testid=stPlotlyChart]')].every((one) =>"
        " one.getBoundingClientRect().right <= innerWidth)"
    )


def test_typed_pairs_are_drawn_and_hostile_ones_stay_letters(visit):
    typed = "\n".join(["he his", "it its", "they their", "man men", *HOSTILE])
    page = visit(f"linear?words=1000&family=own&pairs={quote(typed)}")
    painted(page)
    expect(page.get_by_text(HOSTILE[0], exact=False).nth(1)).to_be_visible()
    assert page.evaluate("() => window.ran ?? null") is None
    assert page.locator("[data-testid=stMain] img").count() == 0
    field = page.get_by_role("textbox", name="Your pairs")
    field.fill("king queen")
    field.press("Control+Enter")
    page.get_by_text("a common direction needs 3 or more").wait_for()
    page.get_by_role("button", name="counting").click()
    painted(page)
    assert "pairs=one+first" in page.url
