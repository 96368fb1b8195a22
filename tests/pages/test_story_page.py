"""The Story: every chapter by its link, in both languages, before and after a guess."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.gate import Gate
from core.numbers import number
from core.prose import LANGUAGES, passage
from core.story import judge
from core.targets import m_star, pair_facts
from core.ui.lab import CANNED, Lab, lab
from core.ui.runs import canned, first_run
from core.ui.story import limits, places, training

ROOT = Path(__file__).resolve().parents[2]


def opened(**query: str) -> AppTest:
    """The page through the router, as its address would open it."""
    app = AppTest.from_file(str(ROOT / "core/ui/router.py"), default_timeout=120)
    app.query_params.update(query)
    return app.run()


def revealed(app: AppTest) -> str:
    """What the answer says."""
    assert not app.exception
    return " ".join(box.value for box in [*app.success, *app.info])


def guessed(chapter: str, answer, **query: str) -> AppTest:
    """The chapter after this answer."""
    app = opened(chapter=chapter, **query)
    assert not revealed(app)
    return app.pills(key=f"story-{chapter.lower()}-guess").set_value(answer).run()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("chapter", places.CHAPTERS)
def test_every_chapter_opens_by_its_link_and_keeps_its_answer(chapter, language):
    app = opened(chapter=chapter, lang=language)
    assert not app.exception
    question = passage("story", "title" if chapter == "Cover" else f"{chapter.lower()}.question", language)
    assert app.title[0].value.split("{")[0][:20] == question.split("{")[0][:20]
    assert not app.success
    assert not app.info
    assert passage("story", "seen", language) not in " ".join(one.value for one in app.markdown)


@pytest.mark.parametrize(("asked", "shown"), [("prediction", "3 of 8"), ("COMPANY", "1 of 8"), ("zebra", "Cover")])
def test_links_in_any_case_lead_somewhere(asked, shown):
    assert any(shown in one.value for one in opened(chapter=asked).markdown)


def test_next_and_back_move_the_place_in_the_link():
    app = opened()
    app.button(key="story-start").click().run()
    assert app.query_params["chapter"] == "Company"
    app.button(key="story-next").click().run()
    assert app.query_params["chapter"] == "Table"
    for _ in range(2):
        app.button(key="story-back").click().run()
    assert "chapter" not in app.query_params
    assert app.button(key="story-back").disabled


def test_the_cover_leads_to_tour_presentation_and_file():
    ways = [one.proto.url for one in opened(lang="de").get("link_button")]
    assert ways == [
        "show?mode=tour&lang=de", "show?mode=present&lang=de", "show?mode=read&download=1&lang=de",
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_company_tells_a_wrong_guess_what_it_is_right_about(language):
    counts = lab(CANNED).problem.counts
    often = pair_facts(counts, counts.index["river"], counts.index["the"])
    app = guessed("Company", ("river", "the"), lang=language)
    weight = 17 / 2  # of a meeting, on average over distances from 1 to 16
    for value in (often.count, often.expected):
        assert number(value / weight, ",.0f", language) in revealed(app)
    assert not app.success
    app.pills(key="story-company-guess").set_value(("river", "water")).run()
    assert app.success


def test_any_two_words_have_their_bar():
    app = guessed("Company", ("river", "water"))
    app.selectbox(key="story-company-first").set_value("music").run()
    counts = lab(CANNED).problem.counts
    table = next(one.value for one in app.dataframe if "M*" in one.value)
    matrix = m_star(counts)
    found = dict(zip(table["pair"], table["M*"], strict=True))
    assert found["music · queen"] == pytest.approx(matrix[counts.index["music"], counts.index["queen"]], abs=1e-3)


def test_the_table_sorts_itself_after_a_choice():
    app = opened(chapter="Table")
    assert "story-table-order" not in [one.key for one in app.segmented_control]
    app.button(key="story-card-0").click().run()
    assert app.segmented_control(key="story-table-order").value == "sorted"
    answers = set()
    for n in range(4):
        app.button(key=f"story-card-{n}").click().run()
        answers.add(revealed(app))
        if app.success:
            assert f"strength {lab(CANNED).problem.spectrum.values[0]:,.0f}" in revealed(app)
    assert len(answers) == 4
    means = app.dataframe[0].value.iloc[:, 1:4].to_numpy(float)
    assert min(means[0, 0], means[2, 2]) > 0.2 > means[0, 2]
    assert np.array_equal(means, means.T)
    app.segmented_control(key="story-table-order").set_value("shuffled").run()
    assert np.ptp(app.dataframe[0].value.iloc[:, 1:4].to_numpy(float)) < 0.1 * np.ptp(means)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guess_is_told_in_steps(language):
    known = lab(CANNED)
    app = opened(chapter="Prediction", lang=language)
    app.session_state["story-prediction-guess"] = 60.0
    app.button(key="story-tell").click().run()
    found = judge(known.prediction, known.clock, 60 / known.clock, modes=known.concepts)
    for value, form in ((found.second * known.clock, ".0f"), (found.steps, ".1f"), (found.strength, ".0%")):
        assert number(value, form, language) in revealed(app)
    app.session_state["story-prediction-guess"] = found.second * known.clock
    app.run()
    assert app.success


def test_one_number_before_the_second_step():
    canned(CANNED)
    app = guessed("Dimensions", 2)
    assert revealed(app).startswith("One.")
    told = next(one.value for one in app.markdown if "lies on one line" in one.value)
    assert 95 < float(told.split("%")[0].split()[-1]) < 100
    app.pills(key="story-dimensions-guess").set_value(1).run()
    assert app.success


def test_stopping_and_cutting_are_measured_at_every_rank():
    app = guessed("Stopping", "left")
    shares = []
    for rank in (3, 4):
        app.select_slider(key="story-rank").set_value(rank).run()
        shares.append(float(revealed(app).split("**")[1].rstrip("%")))
        assert f"cut to rank {rank}" in " ".join(one.value for one in app.markdown)
    assert shares[0] > 95
    assert shares[1] < shares[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_queen_and_three_bars(language):
    app = opened(chapter="Use", lang=language)
    assert "queen" in app.pills(key="story-use-guess").options
    app.pills(key="story-use-guess").set_value("prince").run()
    assert "queen" in revealed(app)
    for letter, word in zip("abc", ("france", "paris", "japan"), strict=True):
        app.selectbox(key=f"story-use-{letter}").set_value(word).run()
    assert any(one.value.endswith("tokyo.") for one in app.text)
    table = app.dataframe[0].value
    assert list(table.iloc[:, 2]) == [number(one, ".1%", language) for one in (0.68, 0.663, 0.506)]
    app.selectbox(key="story-use-c").set_value("paris").run()
    assert not app.exception


def test_the_other_switches_are_named_by_a_wrong_guess():
    for switch in ("start", "step"):
        canned(limits.SWITCHES[switch])
    app = opened(chapter="Limits")
    app.pills(key="story-limits-start-guess").set_value("step").run()
    assert not app.success
    assert "too long a step" in revealed(app)
    app.segmented_control(key="story-switch").set_value("step").run()
    assert not revealed(app)
    app.pills(key="story-limits-step-guess").set_value("step").run()
    assert app.success
    assert "given up at step" in revealed(app)


def test_training_waits_for_the_button_and_tells_how_near_it_was(monkeypatch):
    runs, plain = [], Lab.run

    def recorded(self, **how):
        runs.append(plain(self, **how))
        return runs[-1]

    free = Gate(1)
    monkeypatch.setattr(Lab, "run", recorded)
    monkeypatch.setattr(training, "gate", lambda: free)
    monkeypatch.setattr(training, "_PACE", 0.0)
    app = opened(chapter="Training")
    app.pills(key="story-training-guess").set_value("late").run()
    assert not revealed(app)
    app.button(key="story-train").click().run()
    assert runs[-1].wait(100)
    assert "differ by at most 1." in revealed(app.run())
    assert "infinitely small steps" in revealed(app)


def test_where_others_train_nobody_waits_and_it_is_told_that_the_run_is_an_earlier_one(monkeypatch):
    monkeypatch.setattr(training, "_PACE", 0.0)
    busy = Gate(1)
    monkeypatch.setattr(training, "gate", lambda: busy)
    first_run().wait()
    ticket = busy.ticket()
    app = opened(chapter="Training")
    app.session_state["story-run"] = 40  # all visits of tests have one session, and its runs have numbers
    app.button(key="story-train").click().run()
    while not revealed(app.run()):
        assert app.button(key="story-train").label == "Pause"
    assert "differ by at most 1." in revealed(app)
    assert any("Others are training here" in one.value for one in app.caption)
    ticket.leave()
    app.button(key="story-train").click().run()
    assert not any("Others are training here" in one.value for one in app.caption)
