"""The dashboard as a visitor uses it, in Chromium. Values are read from the page, not from the server."""

from __future__ import annotations

import json

import pytest
from access import assert_for_everyone
from seeing import QUICK, SHOWN, to_the_end, train

pytestmark = pytest.mark.browser

CHARTS = ".sv-plot .scatterlayer .trace"


def facts(page) -> dict:
    """What the view says it is showing."""
    data = page.evaluate("() => ({...document.querySelector('.sv').dataset})")
    return data | {"singular": json.loads(data["singular"]), "loss": float(data["loss"] or "nan")}


def wait_for_state(page, state: str) -> None:
    page.wait_for_selector(f".sv[data-state={state}]")


def assert_steps(page, losses: list[float]) -> None:
    """Midway between two predicted rises the loss is nearer to its level, and flatter, than at the rises."""
    header = page.evaluate("() => document.querySelector('.sv-host').staircase.header")
    times = page.evaluate("() => Array.from(document.querySelector('.sv-host').staircase.series.times)")
    first, second = header["ticks"][0]["time"], header["ticks"][1]["time"]

    def slope(time: float) -> float:
        near = min(range(1, len(times) - 1), key=lambda n: abs(times[n] - time))
        return (losses[near - 1] - losses[near + 1]) / (times[near + 1] - times[near - 1])

    assert slope(first) > 5 * slope(0.5 * first)
    assert slope(first) > 2 * slope((first + second) / 2)
    assert slope(second) > 1.2 * slope((first + second) / 2)


def test_train_live_lands_on_the_prediction_in_steps_and_opens_again_by_its_address(visit):
    page = visit(f"train?{QUICK}&seed=5")
    wait_for_state(page, "ready")
    page.wait_for_selector(CHARTS)
    predicted = page.evaluate(
        """() => {
          const plot = document.querySelector('.sv-plot');
          const last = (role, k) => {
            const one = plot._fullData.find((trace) => trace.meta.role === role && trace.meta.k === k);
            return one.y[one.y.length - 1];
          };
          return [1, 2, 3, 4, 5].map((k) => [last('flow', k), last('plateau', k)]);
        }"""
    )
    train(page)
    to_the_end(page)
    shown = facts(page)
    for value, (target, _) in zip(shown["singular"], predicted, strict=False):
        assert value == pytest.approx(target, rel=0.02)
    losses = page.evaluate(
        "() => Array.from(document.querySelector('.sv-plot')._fullData.find((one) => one.meta.role === 'trained').y)"
    )
    assert len(losses) > 50
    assert_steps(page, losses)
    assert losses[0] == pytest.approx(1, abs=1e-3)
    assert all(later <= earlier + 1e-6 for earlier, later in zip(losses, losses[1:], strict=False))
    for _, level in predicted[:4]:
        assert min(abs(loss - level) for loss in losses) < 0.02
    assert "trained=yes" in page.url
    page.goto(page.url)
    wait_for_state(page, "finished")
    to_the_end(page)
    page.wait_for_function("(time) => document.querySelector('.sv').dataset.time === time", arg=shown["time"])
    assert facts(page)["singular"] == shown["singular"]


def test_a_running_model_pauses_steps_and_jumps_to_the_next_concept(visit):
    page = visit("train?V=1000&d=10&speed=calm")
    wait_for_state(page, "ready")
    page.get_by_role("button", name="Train", exact=True).click()
    wait_for_state(page, "running")
    page.get_by_role("button", name="Pause").click()
    wait_for_state(page, "paused")
    page.wait_for_function(  # the snapshot that was being computed may still come
        """() => {
          const now = document.querySelector('.sv').dataset.snapshots;
          if (window.last?.count !== now) window.last = { count: now, since: performance.now() };
          return performance.now() - window.last.since > 1000;
        }"""
    )
    before = int(facts(page)["snapshots"])
    page.get_by_role("button", name="Step", exact=True).click()
    page.wait_for_function(f"() => +document.querySelector('.sv').dataset.snapshots === {before + 1}")
    wait_for_state(page, "paused")
    page.get_by_role("button", name="Next concept").click()
    page.wait_for_selector('.sv-card[data-k="1"][data-state="learned"]')
    wait_for_state(page, "paused")
    assert page.locator('.sv-card[data-k="5"]').get_attribute("data-state") == "predicted"
    page.get_by_role("button", name="Stop").click()
    wait_for_state(page, "stopped")


def test_a_live_run_keeps_the_zoom_never_blanks_and_a_reload_leaves_a_working_page(visit):
    page = visit("train?V=1000&d=10&speed=watch")
    wait_for_state(page, "ready")
    page.wait_for_selector(CHARTS)
    page.evaluate("() => Plotly.relayout(document.querySelector('.sv-plot'), {'xaxis.range': [10, 60]})")
    page.evaluate(
        """() => {
          window.seen = {updates: new Set(), blank: 0};
          const look = () => {
            const view = document.querySelector('.sv');
            const drawn = view && view.querySelector('.sv-plot .scatterlayer .trace');
            if (drawn) window.seen.updates.add(view.dataset.snapshots); else window.seen.blank += 1;
            requestAnimationFrame(look);
          };
          look();
        }"""
    )
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function("() => window.seen.updates.size > 8")
    assert page.evaluate("() => window.seen.blank") == 0
    kept = page.evaluate("() => document.querySelector('.sv-plot').layout.xaxis.range")
    assert kept == pytest.approx([10, 60])
    wait_for_state(page, "running")
    page.reload()
    wait_for_state(page, "ready")
    page.get_by_role("button", name="Train", exact=True).wait_for()


def test_a_step_that_is_too_long_is_explained(visit):
    page = visit("train?V=500&d=5&step=2.5&speed=full")
    page.get_by_role("button", name="Train", exact=True).click()
    wait_for_state(page, "diverged")
    assert "overshoots" in page.get_by_role("alert").inner_text()
    page.get_by_role("button", name="Train", exact=True).wait_for()
    assert_for_everyone(page)


def test_the_player_plays_scrubs_and_searches_and_a_word_found_is_followed(visit):
    page = visit("latent?V=500&d=10&until=5&step=0.3&word=city")
    page.wait_for_selector(SHOWN)
    page.get_by_text("Nearest words in all 10 dimensions").wait_for()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.locator("[data-testid=stSelectbox]").filter(has_text="depth: concept").locator("input").click()
    page.get_by_role("option", name="7", exact=True).click()
    page.wait_for_url("**depth=7**")
    assert "word=city" in page.url
    assert page.evaluate("() => document.querySelector('.sv-host').staircase.player.selected") is not None

    scrubber = page.locator(".sv-bar input[type=range]")
    scrubber.press("Home")
    page.wait_for_function("() => +document.querySelector('.sv').dataset.time === 0")
    page.locator(".sv-bar").get_by_role("button", name="Play").click()
    page.wait_for_function("() => +document.querySelector('.sv').dataset.time > 3")
    page.locator(".sv-bar").get_by_role("button", name="Pause").click()
    paused = facts(page)["time"]
    scrubber.press("End")
    page.wait_for_function(f"() => +document.querySelector('.sv').dataset.time > {paused} + 5")
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    search = page.locator(".sv-tools").get_by_role("combobox")
    search.fill("zebra")
    search.press("Enter")
    page.locator(".sv-tools").get_by_text("not among these 500 words").wait_for()
    search.fill("album")
    search.press("Enter")
    page.wait_for_url("**word=album**")
    page.get_by_text("album", exact=True).first.wait_for(state="attached")
    boxes = page.evaluate("() => document.querySelector('.sv-host').staircase.player.stats().labels")
    assert "album" in [box["text"] for box in boxes]
    for n, one in enumerate(boxes):
        for other in boxes[n + 1 :]:
            apart = (
                one["x"] + one["w"] <= other["x"]
                or other["x"] + other["w"] <= one["x"]
                or one["y"] + one["h"] <= other["y"]
                or other["y"] + other["h"] <= one["y"]
            )
            assert apart, (one["text"], other["text"])
    assert_for_everyone(page)


def test_the_story_plays_by_itself_and_with_reduced_motion_jumps_from_concept_to_concept(visit):
    page = visit("")
    page.wait_for_selector(".sv[data-state=finished]")
    begin = float(facts(page)["time"])
    page.wait_for_function(f"() => +document.querySelector('.sv').dataset.time > {begin} + 2")
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(
        "() => { const { player } = document.querySelector('.sv-host').staircase;"
        " player.pause(); player.seek(0, {tween: false}); player.play(); }"
    )
    seen = page.evaluate(
        """() => new Promise((resolve) => {
          const times = new Set(), until = performance.now() + 2500;
          const look = () => {
            times.add(document.querySelector('.sv').dataset.time);
            const now = performance.now();
            const wait = now < until || (times.size < 2 && now < until + 30_000); // of a busy machine
            if (wait) requestAnimationFrame(look); else resolve([...times]);
          };
          look();
        })"""
    )
    assert 1 < len(seen) < 8
    assert_for_everyone(page)
