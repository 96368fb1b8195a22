"""The Story as a visitor walks through it, in Chromium."""

from __future__ import annotations

import pytest

from core.ui.story.places import CHAPTERS

pytestmark = pytest.mark.browser

SLIDER = ".st-guess [role=slider]"


def at(page, chapter: str) -> None:
    """Wait until this chapter is shown."""
    page.wait_for_selector(f".st-bar[data-at={chapter}]")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


def value(page) -> int:
    return int(page.locator(SLIDER).get_attribute("aria-valuenow"))


def test_the_second_step_is_dragged_by_mouse_and_by_key(visit):
    page = visit("?chapter=Prediction")
    page.wait_for_selector(SLIDER)
    at(page, "Prediction")
    assert page.locator(".st-guess path").count() == 1, "no step but the first is there to be found"
    box = page.locator(".st-guess").bounding_box()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 90, steps=3)
    page.mouse.up()
    dragged = value(page)
    middle = page.evaluate("() => +document.querySelector('.st-guess [role=slider]').ariaValueMax / 2")
    assert abs(dragged - middle) < 0.1 * middle
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "PageDown"):
        page.locator(SLIDER).press(key)
    assert value(page) == dragged - 9
    page.get_by_role("button", name="Drop the steps").click()
    page.get_by_text(f"You said {dragged - 9}:").wait_for()
    page.wait_for_function("() => document.querySelectorAll('.st-guess path').length > 5")
    assert "chapter=Prediction" in page.url, "keys of the marker turn no page"


def test_arrow_keys_turn_pages_and_back_turns_them_back(visit):
    page = visit("")
    at(page, "Cover")
    page.keyboard.press("ArrowRight")
    at(page, "Company")
    page.wait_for_url("**chapter=Company**")
    page.get_by_role("button", name="Next", exact=True).click()
    at(page, "Table")
    page.wait_for_url("**chapter=Table**")
    page.go_back()
    at(page, "Company")
    page.get_by_role("button", name="Prediction", exact=True).click()
    at(page, "Prediction")
    page.keyboard.press("ArrowLeft")
    at(page, "Table")


def test_every_chapter_fits_a_phone(visit):
    page = visit("?chapter=Company&lang=de", width=390, height=844, scheme="dark")
    for chapter in CHAPTERS[1:]:
        at(page, chapter)
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), chapter
        assert page.locator("[data-testid=stException]").count() == 0
        if chapter != CHAPTERS[-1]:
            page.keyboard.press("ArrowRight")
