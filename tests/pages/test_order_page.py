"""The page Order of learning, opened as its address opens it."""

from __future__ import annotations

import numpy as np
import opening
import pytest
from strange import HOSTILE
from streamlit.testing.v1 import AppTest

from core.order import order_of_words
from core.spectrum import embedding
from core.spectrumfile import PAPER_SCALE, load_spectrum


def opened(**query: str) -> AppTest:
    """The page, which must open without a trace."""
    app = opening.opened("order", **query)
    assert not app.exception
    return app


def table(app: AppTest, column: str):
    (found,) = (frame.value for frame in app.dataframe if column in frame.value)
    return found


def prose(app: AppTest) -> str:
    return " ".join(str(one.value) for one in [*app.markdown, *app.caption, *app.text])


@pytest.fixture(scope="module")
def bare() -> AppTest:
    return opened()


def test_the_bare_page_follows_six_lists_at_the_papers_scale(bare):
    rows = table(bare, "rank 1")
    assert sorted(rows["list"]) == sorted(
        ["months", "weekdays", "family", "colours", "he and she", "countries and capitals"]
    )
    assert rows["rank 1"].is_monotonic_increasing
    assert rows["t·λ₁ 1"].is_monotonic_increasing
    months = rows.set_index("list").loc["months"]
    assert (months["of"], months["known"]) == ("words", 12)
    known = load_spectrum(PAPER_SCALE)
    names = "january february march april may june july august september october november december"
    together, apart = order_of_words(embedding(known.spectrum), [known.index[word] for word in names.split()])
    assert (months["rank 1"], months["rank 2"]) == (together.rank, apart.rank)
    assert together.rank is not None
    assert apart.rank is not None
    assert together.rank < apart.rank
    assert rows.set_index("list").loc["he and she"]["question 2"] == "answer analogies"


def test_the_numbers_of_the_curves_are_there(bare):
    score, second = [frame.value for frame in bare.dataframe if "to pass" in frame.value]
    assert score["score"].max() == pytest.approx(0.833, abs=0.01)
    assert second["score"].iloc[-1] == 1
    assert score["rank"].is_monotonic_increasing
    brought = table(bare, "role")
    assert (brought["role"] == "the last it needed").sum() == 2
    assert "Is stopping truncating?" in prose(bare)


def test_a_later_start_takes_longer(bare):
    later = table(opened(start="1e-12"), "rank 1").set_index("list")
    usual = table(bare, "rank 1").set_index("list")
    assert (later["rank 1"] == usual["rank 1"]).all()
    assert (later["t·λ₁ 1"] > 1.5 * usual["t·λ₁ 1"]).all()


def test_the_address_brings_own_lists_and_which_is_looked_at():
    own = (
        "seasons: spring summer autumn winter zebrafish spring\nof one: monday\n"
        "opposites: hot/cold, high/low, old/young, good/bad"
    )
    app = opened(lists="months", own=own, list="seasons")
    assert app.selectbox(key="choice list").value == "seasons"
    rows = table(app, "rank 1").set_index("list")
    assert sorted(rows.index) == sorted(["months", "seasons", "opposites"])
    assert rows.loc["seasons"]["known"] == 4
    assert rows.loc["opposites"]["of"] == "pairs"
    told = [one.value for one in app.text]
    assert any(line == "seasons: not among these 10,000 words: zebrafish" for line in told)
    assert any(line == "seasons: there before: spring" for line in told)
    assert any(line.startswith("of one: ") and "each counted once: 1;" in line for line in told)
    assert any("spring · summer · autumn · winter" in line for line in told)


def test_an_address_opens_the_same_lists_in_german():
    rows = table(opened(lists="months,he-and-she,nonsense", lang="de"), "Rang 1")
    assert sorted(rows["Liste"]) == ["Monate", "er und sie"]
    assert set(rows["Frage 2"]) == {"zu unterscheiden", "beantworten Analogien"}
    looked_at = opened(lists="months,he-and-she", list="he-and-she", lang="de").selectbox(key="choice list")
    assert (looked_at.value, looked_at.options) == ("he-and-she", ["Monate", "er und sie"])


def test_nothing_chosen_is_told():
    app = opened(lists="")
    app.pills(key="pick lists").set_value([]).run()
    assert not app.exception
    assert "Choose a list above" in app.info[0].value


def test_hostile_words_and_names_stay_data():
    own = "\n".join(f"{word}: monday tuesday friday {word}" for word in HOSTILE[:5])
    app = opened(lists="months", own=own)
    rows = table(app, "rank 1")
    assert len(rows) > 1
    for word in HOSTILE:
        assert not any(word in str(one.value) for one in [*app.markdown, *app.caption, *app.title, *app.info])
    assert not any(str(name).startswith(("=", "+", "@")) for name in rows["list"])


def test_ready_made_lists_that_a_text_does_not_have_are_not_its_visitors_mistake():
    app = opened(data="planted")
    assert "Too few of their words are known in this text: months, weekdays, family" in prose(app)
    assert not app.text
    assert not any("rank 1" in frame.value for frame in app.dataframe)


def test_another_text_has_its_own_order():
    app = opened(data="lee", lists="numbers", own="days: monday tuesday wednesday thursday friday saturday sunday")
    rows = table(app, "rank 1").set_index("list")
    assert rows.loc["days"]["known"] == 7
    assert "Take **" in prose(app) or np.isnan(rows["rank 1"].astype(float)).any()


def test_maths_shows_the_formulas():
    app = opened(lists="months")
    assert not app.latex
    app.toggle(key="maths").set_value(True).run()
    assert any("together" in one.value for one in app.latex)
