"""The page Words as vectors, opened as its address opens it."""

from __future__ import annotations

import numpy as np
import opening
import pytest
from strange import HOSTILE
from streamlit.testing.v1 import AppTest

from core.prose import LANGUAGES
from core.ui.vectors_people import CAST, TRAITS


def opened(**query: str) -> AppTest:
    """The page, which must open without a trace."""
    app = opening.opened("vectors", **query)
    assert not app.exception
    return app


def table(app: AppTest, column: str):
    (found,) = (frame.value for frame in app.dataframe if column in frame.value)
    return found


def prose(app: AppTest) -> str:
    return " ".join(str(one.value) for one in [*app.markdown, *app.caption, *app.text, *app.info])


@pytest.fixture(scope="module")
def bare() -> AppTest:
    return opened()


def test_people_stand_in_the_order_of_their_cosines(bare):
    rows = table(bare, "cosine with you")
    you = np.array([8, 3, 7, 2, 6.0])
    expected = {name: you @ np.array(one) / np.linalg.norm(you) / np.linalg.norm(one) for name, one in CAST.items()}
    assert rows["cosine with you"].tolist() == pytest.approx(sorted(expected.values(), reverse=True), abs=1e-4)
    assert rows["name"].tolist() == sorted(expected, key=expected.__getitem__, reverse=True)


def test_a_shorter_vector_keeps_the_angles_and_not_the_distances(bare):
    quiet = opened(factor="× 0.25")
    assert quiet.select_slider(key="factor").value == 0.25
    usual, short = table(bare, "cosine with you"), table(quiet, "cosine with you")
    assert usual["name"].tolist() == short["name"].tolist()
    assert usual["distance from you"].tolist() != short["distance from you"].tolist()
    assert "All twelve kept their places" in prose(quiet)
    assert "All twelve kept their places" not in prose(bare)


def test_nobody_has_an_angle_with_nothing():
    app = opened(**dict.fromkeys(TRAITS, "0"))
    assert "a vector without length" in prose(app)


def test_six_ways_stand_side_by_side(bare):
    sizes = table(bare, "numbers a word has").set_index("way")
    assert sizes.index.tolist() == ["One-hot", "TF-IDF", "LSA", "LDA topics", "PPMI", "word2vec"]
    words = sizes["numbers a word has"]["One-hot"]
    assert (words, sizes["numbers a word has"]["TF-IDF"]) == (1_550, 300)
    assert sizes["zeros"]["One-hot"] == f"{1 - 1 / words:.1%}"
    assert sizes["pairs with cosine 0"]["One-hot"] == "100.0%"
    assert sizes["of the nearest 10, never in one article with it"]["TF-IDF"] == 0
    unmet = sizes["nearest words never met, of all"].str.rstrip("%").astype(float)
    assert unmet["TF-IDF"] == 0 < unmet["LSA"] < unmet["LDA topics"]
    near = table(bare, "place")
    assert set(near["One-hot"]) == {"–"}
    assert near["TF-IDF"].tolist() != near["LSA"].tolist()


def test_an_unknown_word_is_named_and_nothing_is_lost():
    app = opened(word=HOSTILE[0])
    assert f"'{HOSTILE[0].lower()}' is not among the 1,550 words" in prose(app)
    assert "economy: " in prose(app)
    assert len(table(app, "place")) == 10


def test_the_window_deals_pairs_and_a_step_is_taken():
    app = opened(sentence="The river runs to the sea, quxly", at="2", reach="1")
    assert "they fall out: quxly" in prose(app)
    pairs = table(app, "distance")
    assert pairs["neighbour"].tolist() == ["the", "runs"]
    assert pairs["weight"].tolist() == [1, 1]
    assert "10 in the whole sentence" in prose(app)
    scores = table(app, "wanted")
    assert scores["wanted"].tolist()[0] == 1
    assert scores["score after"][0] > scores["score"][0]
    moved = table(app, "gradient")
    assert moved["matrix"].tolist() == ["W"] + ["C"] * len(scores)


def test_cbow_asks_with_all_neighbours_at_once():
    app = opened(sentence="the river runs to a sea", at="3", reach="2", window_model="CBOW")
    assert table(app, "gradient")["matrix"].tolist()[:4] == ["W"] * 4
    assert table(app, "wanted")["word"][0] == "runs"
    assert "all 4 different neighbours" in prose(app)
    twice = opened(sentence="the river the sea", at="2", reach="1", window_model="CBOW")
    assert "all 1 different neighbours" in prose(twice)
    assert table(twice, "gradient")["matrix"].tolist().count("W") == 1


def test_a_shorter_sentence_moves_the_position():
    app = opened(at="9")
    assert app.slider(key="at").value == 9
    app.text_input(key="sentence").set_value("a small ship").run()
    assert not app.exception
    assert app.slider(key="at").value == 3


@pytest.mark.parametrize("sentence", ["", "zebra123", "the", "!!!"])
def test_a_sentence_without_a_pair_is_told(sentence):
    assert "A window needs two known words" in prose(opened(sentence=sentence or " "))


def test_limits_are_measured_live(bare):
    told = prose(bare)
    assert "'selfie' is not among the 10,000 known words" in told
    assert "the cosine of the two sums is 1.000" in told
    senses = table(bare, "bank + river")
    assert "lake" in senses["bank + river"].tolist()
    assert "lake" not in senses["bank"].tolist()
    assert "river" not in senses["bank + river"].tolist()
    assert "'king' is word number" in prose(opened(unknown="King"))


def test_one_word_has_no_order():
    assert "At least two known words" in prose(opened(phrase="good"))


def test_the_planted_tastes_are_recovered_and_vanish_with_their_strength(bare):
    def shares(app: AppTest) -> list[float]:
        return [float(one.rstrip("%")) for one in table(app, "tastes recovered")["tastes recovered"]]

    strong, none = shares(bare), shares(opened(taste="0.0"))
    assert min(strong[:2]) > 90
    assert max(none) < 25
    assert float(table(bare, "tastes recovered")["plane shared with M*"][1].rstrip("%")) > 97
    assert len(table(bare, "direction")) == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_input_stays_data_in_every_language(language):
    text = " ".join(HOSTILE)[:250]
    app = opened(lang=language, sentence=text, unknown=HOSTILE[1], phrase=HOSTILE[2], word=HOSTILE[3])
    for element in [*app.markdown, *app.caption, *app.info, *app.title]:
        assert not any(one in str(element.value) for one in HOSTILE)


def test_the_page_speaks_german():
    app = opened(lang="de")
    assert app.title[0].value == "Wie kann ein Wort eine Reihe von Zahlen sein?"
    assert "Alle Bedeutungen teilen sich einen Vektor" in prose(app)
    assert table(app, "Zahlen je Wort").shape[0] == 6
