"""Lessons in a browser: every link opens what it promises, and a handout fits on paper."""

from __future__ import annotations

import pytest
from access import assert_for_everyone
from playwright.sync_api import expect

from core.lessons import lesson, names

pytestmark = pytest.mark.browser

SHOWN = {  # what stands on the page that a lesson's link opens, and nowhere before it has been understood
    "company": "seen together (weighted)",
    "staircase": "finished: step",
    "start": "melted together",
    "dimensions": "Nearest words in all 30 dimensions",
    "analogies": "man : woman :: king",
    "order": "Take months",
    "limits": "nearly as strong as each other",
    "planted": "What was planted",
}


def test_a_lesson_is_asked_opened_and_answered(visit):
    page = visit("lessons?lesson=start")
    assert_for_everyone(page)
    page.get_by_text("Answer", exact=True).click()
    expect(page.get_by_text("Clearly separate up to 1e-6")).to_be_visible()
    page.get_by_role("link", name="Open it").click()
    page.wait_for_url("**/theory?sigma=0.1*")


def test_the_handout_prints_without_the_site_around_it(visit):
    page = visit("lessons?handout=true")
    printed = []
    page.expose_function("told", lambda: printed.append(True))
    page.evaluate("() => { window.print = () => window.told(); }")
    page.get_by_role("button", name="Print", exact=True).click()
    expect(page.get_by_text("To trust an instrument")).to_be_attached()
    assert printed == [True]
    page.emulate_media(media="print")
    expect(page.locator("[data-testid=stSidebar]")).to_be_hidden()
    expect(page.get_by_text("One concept at a time").first).to_be_visible()


def test_every_lesson_opens_by_its_link(visit, server):
    assert set(SHOWN) == set(names())
    page = visit("lessons")
    for name in names():
        page.goto(f"{server}/{lesson(name).link}")
        expect(page.locator("[data-testid=stMain]"), name).to_contain_text(SHOWN[name])
        assert page.locator("[data-testid=stException]").count() == 0, name
