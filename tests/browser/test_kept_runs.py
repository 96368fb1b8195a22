"""Runs beyond one page: compared, kept over a killed server, opened again by their links, waiting their turn."""

from __future__ import annotations

import json
import os
import signal
import subprocess

import pytest
from access import assert_for_everyone
from seeing import QUICK, SHOWN, by_lesson, to_the_end, train
from serving import PATIENCE, serving

pytestmark = pytest.mark.browser

FAILURES = {
    "Large start": "begins before the last one has finished",
    "Long steps": "is multiplied by 1 - dt·λ₁",
    "Small text": "of all pairs were never seen together",
    "Equal strengths": "nearly as strong as each other",
}


def shown_values(page) -> list[float]:
    """Singular values at the end of the run, as the view of one run shows them."""
    to_the_end(page)
    return json.loads(page.locator(".sv").get_attribute("data-singular"))


def panels(page) -> list[dict]:
    """What every panel says it is showing."""
    found = page.evaluate("() => [...document.querySelectorAll('.pn-panel')].map((one) => ({...one.dataset}))")
    return [one | {"singular": json.loads(one["singular"])} for one in found]


def wait_until_all_finished(page) -> None:
    """They are trained for everybody, two at a time, after those of other pages that are under way."""
    page.wait_for_function(
        "() => { const view = document.querySelector('.pn[data-panels]');"
        " return view && JSON.parse(view.dataset.state).every((state) => state === 'finished'); }",
        timeout=240_000,
    )


def test_two_runs_are_compared_on_one_clock_and_their_link_reproduces_it_without_those_that_are_gone(visit):
    page = visit(f"train?{QUICK}&seed=11&name=eleven")
    page.wait_for_selector(SHOWN)
    train(page)
    alone = shown_values(page)
    page.get_by_role("link", name="Compare with other runs").click()
    page.wait_for_url("**/compare?**")
    wait_until_all_finished(page)
    page.get_by_text("eleven (").wait_for()
    to_the_end(page, "pn")
    address = page.url
    values = [one["singular"] for one in panels(page)]
    assert len(values) == 2
    assert values[0] == pytest.approx(alone[: len(values[0])], rel=1e-4)
    assert values[0] != pytest.approx(values[1][: len(values[0])], rel=1e-2)
    again = visit(f"compare?{address.split('?')[1]},0123456789ab,%3Cimg%20src%3Dx%3E")
    again.get_by_text("Not on this server any more").wait_for()
    wait_until_all_finished(again)
    to_the_end(again, "pn")
    assert [one["singular"] for one in panels(again)] == values
    again.locator(".pn-bar input[type=range]").press("Home")
    again.wait_for_function("() => +document.querySelector('.pn').dataset.time === 0")
    assert all(max(one["singular"]) < 1e-2 for one in panels(again))
    again.locator(".pn-bar").get_by_label("Speed").select_option("4")
    again.locator(".pn-bar").get_by_role("button", name="Play").click()
    again.wait_for_function("() => +document.querySelector('.pn').dataset.time > 50")
    assert all(max(one["singular"]) > 1 for one in panels(again))
    assert_for_everyone(again)


def test_words_and_contexts_grow_alike(visit):
    page = visit("matrices")
    wait_until_all_finished(page)
    page.get_by_text("would not change at all").wait_for()
    to_the_end(page, "pn")
    overlap = panels(page)[1]["singular"]
    assert min(overlap[:5]) > 0.99
    page.get_by_text("nearest words are the same by either matrix").wait_for()
    assert_for_everyone(page)


def test_every_failure_is_one_click_and_explained(visit):
    page = by_lesson(visit, "limits")
    page.wait_for_selector(SHOWN)
    for case, told in FAILURES.items():
        page.get_by_role("radio", name=case).or_(page.get_by_role("button", name=case)).first.click()
        page.get_by_text(told).wait_for()
    assert_for_everyone(page)


@pytest.fixture
def look(browser):
    """Open an address of any server in a tab of its own."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})

    def open_page(address: str):
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        return page

    yield open_page
    context.close()


def test_what_has_finished_outlives_a_killed_server_and_others_wait_their_turn(look, tmp_path):
    settings = {"STAIRCASE_RUNS": str(tmp_path / "runs"), "STAIRCASE_RUNS_AT_ONCE": "1", "STAIRCASE_WARM_UP": "0"}
    with serving(subprocess.DEVNULL, **settings) as (address, process):
        page = look(f"{address}/train?{QUICK}&seed=21")
        page.wait_for_selector(SHOWN)
        train(page)
        finished = shown_values(page)
        link = page.url.split("/", 3)[3]
        first, second = (look(f"{address}/train?V=1000&d=10&speed=calm&seed={seed}") for seed in (22, 23))
        for one in (first, second):
            one.wait_for_selector(SHOWN)
            one.get_by_role("button", name="Train", exact=True).click()
            one.wait_for_selector(".sv[data-state=running]")
        second.get_by_text("waiting: next in line").wait_for()
        first.close()
        second.get_by_text("running: step").wait_for()
        os.kill(process.pid, signal.SIGKILL)
        process.wait(20)
    with serving(subprocess.DEVNULL, **settings) as (address, _):
        page = look(f"{address}/{link}")
        page.wait_for_selector(".sv[data-state=finished]")
        assert shown_values(page) == finished
        assert [path.suffix for path in (tmp_path / "runs").iterdir()] == [".npz"]
