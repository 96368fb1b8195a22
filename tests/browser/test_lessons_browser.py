"""Lessons in a browser: every link opens what it promises, and a handout fits on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from access import assert_for_everyone
from playwright.sync_api import expect
from seeing import PROMISED, by_lesson

from core.lessons import names

pytestmark = pytest.mark.browser

FOLDER = Path(__file__).parent


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


@pytest.mark.parametrize("name", ["company", "staircase", "dimensions", "planted"])
def test_a_lesson_opens_by_its_link(visit, name):
    page = by_lesson(visit, name)
    assert page.locator("[data-testid=stException]").count() == 0


def test_a_lesson_opens_the_order_of_learning_for_everyone(visit):
    page = by_lesson(visit, "order")
    assert_for_everyone(page)


def test_all_lessons_are_opened_here_or_where_their_page_is_tested():
    tests = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("test_*.py"))
    here = test_a_lesson_opens_by_its_link.pytestmark[0].args[1]
    elsewhere = re.findall(r'by_lesson\(visit, "(\w+)"', tests)
    assert sorted([*here, *elsewhere]) == sorted(names()) == sorted(PROMISED)
