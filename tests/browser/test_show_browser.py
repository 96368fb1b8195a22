"""The show as a visitor, a presenter and a teacher use it: from a file, with the network off, by a clock of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from access import severe

from core.benchmark import PAPER, load_record
from core.frames import Camera
from core.known import Known
from core.problem import RunSpec, load_problem, plan, simulate
from core.show import documents, run_html
from core.show.story import SLIDES, TOUR

pytestmark = pytest.mark.browser

SPEC = RunSpec(vocab_size=1_000, dim=10, step_size=0.3, seed=1, until=5)
# Few frames a second: a tour of ninety seconds has thousands of them otherwise.
FRAMES = "window.requestAnimationFrame = (then) => setTimeout(() => then(performance.now()), 100);"
SIZES = [(1440, 900, "light"), (390, 844, "dark")]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with story-en.html, story-de.html and run.html; the frames and what was known before them."""
    problem = load_problem(SPEC)
    known = Known.of(SPEC, problem)
    camera = Camera(problem.spectrum, SPEC.dim)
    frames = [camera.frame(one) for one in simulate(problem, SPEC, plan(problem, SPEC))]
    folder = tmp_path_factory.mktemp("show")
    for language, raw in documents(SPEC, problem, frames, languages=["en", "de"], known=known).items():
        (folder / f"story-{language}.html").write_bytes(raw)
    (folder / "run.html").write_bytes(run_html(SPEC, problem, frames, known=known))
    return folder, known, frames


@pytest.fixture
def show(browser, made) -> Iterator:
    """Open a document from its file, with the network off; nothing may be asked for, and nothing may go wrong."""
    folder, _, _ = made
    contexts, wrong = [], []

    def open_file(
        name: str, *, width: int = 1440, height: int = 900, scheme: str = "light", clock: bool = True, **more
    ):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **more)
        context.set_offline(True)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
        page.on("request", lambda asked: wrong.append(asked.url) if asked.url.startswith("http") else None)
        page.clock.install()
        page.add_init_script(FRAMES)
        page.goto(f"file://{folder}/{name}")
        page.wait_for_function("() => document.getElementById('show').staircase")
        return page

    yield open_file
    assert wrong == []
    for context in contexts:
        context.close()


def deck(page) -> dict:
    """Where the deck is."""
    return page.evaluate(
        """() => {
          const d = document.getElementById('show').staircase;
          return {slide: d.slide.name, beat: d.beat, mode: d.mode, paused: Boolean(d.paused), over: Boolean(d.over),
                  s: d.s, time: d.cloud.time, caption: d.caption.textContent, hash: location.hash};
        }"""
    )


def clocks(notes) -> list[int]:
    """Seconds in all, and on this slide; the installed clock runs on with the real one between calls."""
    texts = notes.locator(".notes-clock").all_inner_texts()
    assert [one.split(" ", 1)[1] for one in texts] == ["elapsed", "on this slide"]
    return [60 * int(minutes) + int(seconds) for minutes, seconds in (one.split(" ")[0].split(":") for one in texts)]


def fits(page) -> bool:
    return page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "height", "scheme"), SIZES)
def test_the_cloud_moves_and_its_numbers_are_those_computed(show, made, width, height, scheme):
    _, known, frames = made
    page = show("story-en.html", width=width, height=height, scheme=scheme)
    assert deck(page)["slide"] == "cover"
    before = deck(page)["time"]
    page.clock.run_for(4_000)
    assert deck(page)["time"] > before + 5
    page.clock.run_for(20_000)
    end = frames[-1].time * known.rate
    assert deck(page)["time"] == pytest.approx(end, rel=1e-4)
    run = "document.getElementById('show').staircase.run"
    assert page.evaluate(f"() => {run}.at({run}.loss, 1e9)") == pytest.approx(frames[-1].loss, rel=1e-4)
    labels = page.evaluate(
        "() => document.getElementById('show').staircase.cloud.player.stats().labels.map((one) => one.text)"
    )
    assert set(labels) & set(known.concept(1, 5).positive)
    assert fits(page)


@pytest.mark.parametrize(("width", "height", "scheme"), SIZES)
def test_the_tour_plays_five_chapters_and_rests_on_the_table(show, width, height, scheme):
    page = show("story-en.html?mode=tour", width=width, height=height, scheme=scheme)
    seen = [deck(page)["slide"]]
    for seconds in TOUR.values():
        assert deck(page)["caption"]
        assert fits(page)
        page.clock.run_for(seconds * 1_000 + 500)  # and a few frames
        seen.append(deck(page)["slide"])
    assert seen == [*TOUR, "end"]
    assert deck(page)["over"]
    record = load_record()
    cells = page.locator(".verdict tbody tr").nth(0).locator("td").all_inner_texts()
    ours = [record.row(model).evaluation.accuracy for model in ("gensim-sg", "mstar", "ppmi")]
    assert [float(cell.strip("%")) for cell in cells] == pytest.approx([100 * one for one in ours], abs=0.06)
    paper = page.locator(".verdict tbody tr").nth(1).locator("td").all_inner_texts()
    assert float(paper[1].strip("%")) == pytest.approx(100 * PAPER["mstar"].analogies, abs=0.06)
    assert page.locator(".caption").inner_text() == "No gradient descent was needed for the middle column."
    page.get_by_role("button", name="Play again").click()
    assert deck(page)["slide"] == "cover"


@pytest.mark.parametrize("how", ["click", "key"])
def test_the_tour_pauses_on_any_touch_and_goes_on_by_a_button_or_the_space_bar(show, how):
    page = show("story-en.html?mode=tour")
    page.clock.run_for(15_000)
    assert deck(page)["slide"] == "table"
    if how == "click":
        page.mouse.click(300, 300)
    else:
        page.keyboard.down(" ")
        page.keyboard.down(" ")  # held, it repeats itself
        page.keyboard.up(" ")
    paused = deck(page)
    assert paused["paused"]
    page.clock.run_for(60_000)
    assert deck(page) == paused
    if how == "click":
        page.get_by_role("button", name="Resume the tour").click()
    else:
        page.keyboard.press(" ")
    page.clock.run_for(20_000)
    assert deck(page)["slide"] == "training"


def test_with_reduced_motion_the_tour_steps_when_it_is_asked_to(show):
    page = show("story-en.html?mode=tour", reduced_motion="reduce")
    page.clock.run_for(60_000)
    assert deck(page)["slide"] == "cover"
    seen, captions = [], []
    while not deck(page)["over"]:
        seen.append(deck(page)["slide"])
        captions.append(deck(page)["caption"])
        page.get_by_role("button", name="Next picture").click()
    assert list(dict.fromkeys(seen)) == list(TOUR)
    assert len(set(captions)) == len(TOUR)
    assert deck(page)["slide"] == "end"


def test_a_presenter_turns_pages_with_a_clicker_and_keeps_the_place(show):
    page = show("story-en.html?mode=present")
    assert page.locator(".top").is_hidden()
    for key, place in [
        ("PageDown", ("company", 0)), (" ", ("company", 1)), ("ArrowRight", ("table", 0)), ("PageUp", ("company", 1)),
        ("ArrowLeft", ("company", 0)), ("End", ("end", 0)), ("PageDown", ("end", 0)), ("Home", ("cover", 0)),
        ("PageUp", ("cover", 0)), ("PageDown", ("company", 0)), ("PageDown", ("company", 1)),
    ]:  # fmt: skip
        page.keyboard.press(key)
        assert (deck(page)["slide"], deck(page)["beat"]) == place, key
    assert deck(page)["hash"] == "#2.1"
    page.reload()
    page.wait_for_function("() => document.getElementById('show').staircase")
    assert (deck(page)["slide"], deck(page)["beat"], deck(page)["mode"]) == ("company", 1, "present")
    page.keyboard.press(".")
    assert page.locator(".black").is_visible()
    page.keyboard.press("PageDown")
    assert page.locator(".black").is_hidden()
    assert deck(page)["slide"] == "company"
    page.keyboard.press("Escape")
    assert deck(page)["mode"] == "read"


def turn_to(page, slide: str) -> None:
    """To the last beat of a slide."""
    page.evaluate(
        "(name) => { const d = document.getElementById('show').staircase;"
        " d.go(d.slides.findIndex((one) => one.name === name), {beat: 99, settled: true}); }",
        slide,
    )
    page.clock.run_for(100)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_every_slide_is_for_everyone(show, scheme, width):
    page = show("story-en.html?mode=read", scheme=scheme, width=width, reduced_motion="reduce")
    for name in SLIDES:
        turn_to(page, name)
        assert severe(page) == [], name


def test_every_slide_fits_its_stage_and_the_back_of_the_room_can_read_it(show):
    page = show("story-en.html?mode=present", reduced_motion="reduce")
    for name in SLIDES:
        turn_to(page, name)
        assert severe(page) == [], name
        over = page.evaluate(
            """() => {
              const stage = document.querySelector('.stage').getBoundingClientRect();
              const inside = ':is(h1, h2, p, td, th, b, strong, .card)';
              return [...document.querySelectorAll(`.slide:not([hidden]) ${inside}`)].filter((one) => {
                const box = one.getBoundingClientRect();
                return box.width && (box.right > stage.right || box.bottom > stage.bottom || box.top < stage.top);
              }).map((one) => one.textContent);
            }"""
        )
        assert over == [], name


def test_notes_in_a_second_window_follow_the_slides_and_the_clocks_run(show):
    page = show("story-en.html?mode=present")
    with page.expect_popup() as opened:
        page.keyboard.press("n")
    notes = opened.value
    say = page.evaluate("() => document.getElementById('show').staircase.say")
    assert notes.locator(".notes-text").inner_text() == say["cover"]["note"]
    page.clock.run_for(65_000)
    assert clocks(notes) == pytest.approx([65, 65], abs=2)
    page.keyboard.press("PageDown")
    page.clock.run_for(10_000)
    assert notes.locator(".notes-text").inner_text() == say["company"]["note"]
    assert clocks(notes) == pytest.approx([75, 10], abs=2)
    notes.keyboard.press("End")
    assert deck(page)["slide"] == "end"
    assert notes.locator(".notes-text").inner_text() == say["end"]["note"]
    notes.get_by_role("button", name="Back").click()
    assert deck(page)["slide"] == "bends"


def test_notes_are_in_a_panel_where_windows_are_blocked(show):
    page = show("story-en.html?mode=present")
    page.evaluate("() => { window.open = () => null; }")
    page.keyboard.press("n")
    panel = page.get_by_role("complementary", name="Speaker notes")
    assert "Let it run once" in panel.inner_text()
    page.clock.run_for(3_000)
    assert clocks(panel)[0] == pytest.approx(3, abs=2)
    page.keyboard.press("n")
    assert panel.count() == 0


def test_a_guess_is_answered_and_arrows_turn_the_pages_of_a_reader(show, made):
    _, known, _ = made
    page = show("story-en.html#4")
    assert deck(page)["slide"] == "prediction"
    page.get_by_role("slider", name="your guess").fill("40")
    page.get_by_role("button", name="Next").click()
    second = float(known.prediction.descent_times[1]) * known.clock
    assert f"You said 40. It comes at {second:.0f}." in page.locator(".slide:not([hidden]) .line").inner_text()
    page.get_by_role("button", name="Next").focus()
    page.keyboard.press("ArrowRight")
    assert deck(page)["slide"] == "training"
    page.get_by_role("button", name="Show the maths").click()
    assert page.locator(".slide:not([hidden]) .maths").is_visible()


def test_a_slide_tells_its_question_first_and_its_line_when_it_is_answered(show):
    page = show("story-en.html?mode=present", reduced_motion="reduce")
    say = page.evaluate("() => document.getElementById('show').staircase.say")
    page.keyboard.press("End")
    page.keyboard.press("PageUp")
    line = page.locator(".slide:not([hidden]) .line")
    assert line.inner_text() == say["bends"]["line"]
    for _ in range(3):
        page.keyboard.press("PageUp")
    assert line.inner_text() == say["bends"]["question"]


def test_a_presenter_gets_the_answer_in_numbers_and_a_line_when_the_run_is_over(show, made):
    page = show("story-en.html?mode=present#4")
    _, known, _ = made
    line = page.locator(".slide:not([hidden]) .line")
    page.keyboard.press("PageDown")
    second = float(known.prediction.descent_times[1]) * known.clock
    assert f"The second comes at {second:.0f}." in line.inner_text()
    say = page.evaluate("() => document.getElementById('show').staircase.say.training")
    page.keyboard.press("PageDown")
    page.clock.run_for(10_000)
    assert line.inner_text() == say["question"]
    page.clock.run_for(10_000)
    assert line.inner_text() == say["line"]
    assert say["line"] in page.locator(".unseen[aria-live]").inner_text()


def test_the_theme_follows_the_system_and_a_button(show):
    page = show("story-en.html", scheme="dark")
    shade = "() => getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(shade) == "rgb(15, 19, 28)"
    page.get_by_role("button", name="Light or dark").first.click()
    assert page.evaluate(shade) == "rgb(251, 250, 246)"


def test_german_is_german_down_to_the_player(show):
    page = show("story-de.html")
    assert page.locator("html").get_attribute("lang") == "de"
    assert page.get_by_role("button", name="Vorige Stufe").count() == 1
    assert page.get_by_role("button", name="Tour abspielen, 90 Sekunden").is_visible()


@pytest.mark.parametrize(("width", "height", "scheme"), SIZES)
def test_an_exported_run_plays_and_tells_exact_values(show, made, width, height, scheme):
    _, known, frames = made
    page = show("run.html", width=width, height=height, scheme=scheme)
    page.clock.run_for(500)
    shown = page.evaluate("() => ({...document.getElementById('show').dataset})")
    assert float(shown["loss"]) == pytest.approx(frames[-1].loss, rel=1e-4)
    trained = frames[-1].singular_values[: known.concepts]
    assert json.loads(shown["singular"]) == pytest.approx(list(trained), rel=1e-4)
    page.locator(".cloud-bar, .run-bar").get_by_role("slider", name="Time").press("Home")
    page.clock.run_for(500)
    assert float(page.locator("#show").get_attribute("data-time")) == 0
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(6_000)
    assert float(page.locator("#show").get_attribute("data-time")) > 3
    page.locator(".run-chart canvas").focus()
    page.keyboard.press("ArrowRight")
    assert "concept 1:" in page.locator(".tip").inner_text()
    page.locator("summary").filter(has_text="Every concept").click()
    row = page.locator(".facts tbody tr").first.inner_text()
    assert f"{known.prediction.descent_times[0] * known.clock:.1f}" in row
    page.locator("summary").filter(has_text="How to cite").click()
    assert "Karkada" in page.locator("pre").inner_text()
    assert fits(page)


def test_the_server_offers_it_with_its_own_policy(visit, server):
    page = visit("show?mode=present&lang=de")
    # The first run is trained when the server starts, which takes long on a busy machine.
    page.wait_for_function("() => document.getElementById('show')?.staircase", timeout=180_000)
    assert deck(page)["mode"] == "present"
    assert page.locator("h1:visible").inner_text() == "Sieh zu, wie ein Modell lernt, worum es bei Wörtern geht"
    answer = page.request.get(f"{server}/show")
    assert answer.headers["content-encoding"] == "gzip"
    assert "script-src 'sha256-" in answer.headers["content-security-policy"]
    again = page.request.get(f"{server}/show", headers={"if-none-match": answer.headers["etag"]})
    assert again.status == 304
    kept = page.request.get(f"{server}/show?download=1&lang=de").headers["content-disposition"]
    assert kept == 'attachment; filename="staircase-story-de.html"'
