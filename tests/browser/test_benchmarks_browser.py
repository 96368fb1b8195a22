"""The Benchmarks page in Chromium: asked, sent from a failure to the asker, measured, on a phone."""

from __future__ import annotations

import re

import pytest
from access import assert_for_everyone
from playwright.sync_api import expect
from seeing import by_lesson

pytestmark = pytest.mark.browser
WIDE = """() => [...document.querySelectorAll('[data-testid=stMain] *')]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && one.tagName === 'P').length"""
_PATIENCE = 150_000  # milliseconds: a page of many charts, drawn without a GPU beside whatever else runs


def settled(page) -> None:
    """The page has run to its end, and everything on it is drawn."""
    expect(page.get_by_text("Neighbours, few concepts or many")).to_be_visible(timeout=_PATIENCE)
    expect(page.locator("[data-testid=stApp]")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=_PATIENCE
    )
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0, timeout=_PATIENCE)


def answered(page, a: str, b: str, c: str) -> list[str]:
    """What the page says is to c as b is to a, best first: the table beside its sentence, which says the same."""
    sentence = page.get_by_text(re.compile(rf"^{a} is to {b} as {c} is to \S+\.$"))
    expect(sentence).to_be_visible(timeout=_PATIENCE)
    settled(page)
    answer = sentence.inner_text().split()[-1].rstrip(".")
    table = page.locator("[data-testid=stDataFrame]").filter(has_text="times in the text").first
    table.scroll_into_view_if_needed()
    cells = table.locator("[role=gridcell]")
    expect(cells.nth(1)).to_have_text(answer, timeout=_PATIENCE)
    return cells.all_text_contents()[1::4]


def chosen(page, label: str):
    return page.get_by_role("combobox", name=label)


def test_the_question_of_a_lesson_and_a_failure_are_asked_and_m_star_is_measured_again(visit):
    page = by_lesson(visit, "analogies", "&dim=50")
    assert "queen" in answered(page, "man", "woman", "king")[:3]
    assert page.locator(".js-plotly-plot .scatterlayer").count() >= 1
    assert page.locator("[data-testid=stException]").count() == 0
    page.get_by_role("button", name="Ask it above").first.click()
    rest = re.compile("=(man|woman|king)(&|$)")  # of the question before: the address changes a word at a time
    page.wait_for_url(lambda url: not rest.search(url), timeout=_PATIENCE)
    query = dict(part.split("=", 1) for part in page.url.split("?", 1)[1].split("&"))
    answered(page, *(query[one] for one in "abc"))
    assert query["dim"] == "50"
    assert chosen(page, "c is to ?").input_value() == query["c"]

    page.get_by_role("button", name="Measure M* again here and now, d = 50").click()
    metric = page.locator("[data-testid=stMetric]").filter(has_text="analogies")
    expect(metric).to_contain_text("%", timeout=_PATIENCE)
    assert "measured=50" in page.url
    assert_for_everyone(page)
    assert page.evaluate(WIDE) == 0
