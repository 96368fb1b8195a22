"""The page Words as vectors as a visitor uses it, in Chromium."""

from __future__ import annotations

import pytest
from access import assert_for_everyone
from playwright.sync_api import expect
from strange import HOSTILE

pytestmark = pytest.mark.browser

PATIENCE = 120_000  # the first visit encodes the text
CHART = "[data-testid=stPlotlyChart] .js-plotly-plot"


def test_sliders_rank_people_and_the_window_moves_by_keyboard(visit):
    page = visit("vectors?sentence=the+river+runs+to+the+sea")
    page.get_by_role("heading", name="5. Sequences that are not text").wait_for(timeout=PATIENCE)
    page.locator(CHART).nth(3).wait_for(timeout=PATIENCE)
    slider = page.get_by_role("slider", name="Answer more quietly")
    slider.focus()
    slider.press("ArrowLeft")
    page.get_by_text("All twelve kept their places by angle").wait_for()
    page.wait_for_url("**factor=**")

    place = page.get_by_role("slider", name="word in the middle")
    place.focus()
    place.press("ArrowRight")
    page.wait_for_url("**at=4**")
    page.get_by_text("18 in the whole sentence").wait_for()
    page.get_by_text("CBOW", exact=True).click()
    page.get_by_text("One task at each place, 6 in the whole sentence").wait_for()
    assert_for_everyone(page)


def test_typed_text_stays_letters_in_german_on_a_phone(visit):
    page = visit("vectors?lang=de", width=390, height=844, scheme="dark")
    expect(page.get_by_role("heading", name="5. Folgen, die kein Text sind")).to_be_visible(timeout=PATIENCE)
    page.locator(CHART).nth(3).wait_for(timeout=PATIENCE)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    field = page.get_by_role("textbox", name="Dein Satz")
    field.fill(f"{HOSTILE[0]} the king and the sea {HOSTILE[1]}")
    field.press("Enter")
    page.get_by_text("also fallen sie heraus").wait_for()
    assert page.evaluate("() => window.ran ?? null") is None
    assert page.locator("[data-testid=stMain] img[src=x]").count() == 0
