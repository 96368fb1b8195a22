"""What the Benchmarks page says: from the record and from embeddings, in numbers that other code computes as well."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from strange import HOSTILE
from streamlit.testing.v1 import AppTest

from core.benchmark import NAMES, About, Kept, Row, Stage, save_record
from core.evaluation import Correlation, Evaluation, Score
from core.misses import stumped
from core.questions import families
from core.ui import bench_ask, bench_curves, bench_measure, bench_stumped, benchmarks, records
from core.ui.bench_words import EmbeddedWords
from core.ui.families import family_title

ABOUT = About(documents=57, tokens=80_000_000, vocab_size=10_000, window=16, sha256="0")
SIMILAR = (Correlation("wordsim353", 0.7123, 273, 353), Correlation("simlex999", 0.3, 600, 999))


def evaluation(share: float, crossed: bool = True) -> Evaluation:
    """Every family with 200 questions but the second, of which no word is known."""
    names = [family.name for family in families()]
    scores = [Score(name, round(200 * share), 200, 506) for name in names]
    scores[1] = Score(names[1], 0, 0, 506)
    return Evaluation(tuple(scores), SIMILAR if crossed else (), crossed)


def row(model: str, share: float) -> Row:
    return Row(model, 200, "somehow", "2025-02-03", 12.5, "2 cores", evaluation(share), evaluation(share / 2, False))


def record(**shares: float) -> Kept:
    named = {"word2vec": "gensim-sg"}
    return Kept(ABOUT, tuple(row(named.get(name, name), share) for name, share in shares.items()))


FULL = record(word2vec=0.68, mstar=0.66, qwem=0.65, ppmi=0.5, pmi=0.4)
LEAGUE = partial(benchmarks.league, crossed=True)
CUT = tuple(Stage(rank, None, evaluation(share)) for rank, share in ((1, 0.0), (10, 0.3), (100, 0.6)))
STOPPED = tuple(Stage(rank, 10.0 * rank, evaluation(share)) for rank, share in ((1, 0.02), (10, 0.25), (100, 0.6)))


def page(work, *args, **query: str) -> AppTest:
    """A page on which nothing but this is called."""

    def script(work, args) -> None:
        work(*args)

    app = AppTest.from_function(script, args=(work, args), default_timeout=60)
    app.query_params.update(query)
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    kinds = (app.markdown, app.success, app.info, app.warning, app.caption)
    return " ".join(element.value for kind in kinds for element in kind)


def literally(app: AppTest) -> str:
    return " ".join(element.value for element in app.text)


# The record


def test_the_claim_is_computed_from_the_record():
    (told,) = page(benchmarks.claim, FULL).success
    right, theirs, total = 13 * 132, 13 * 136, 13 * 200
    assert f"gets {right / theirs:.1%} of what word2vec gets" in told.value
    assert f"{right:,} against {theirs:,} of {total:,} analogies" in told.value
    assert "In the paper it is 97.5%" in told.value
    assert not page(benchmarks.claim, FULL).warning


@pytest.mark.parametrize("shares", [{"mstar": 0.6}, {"word2vec": 0.6}, {}, {"word2vec": 0.0, "mstar": 0.5}])
def test_without_both_rows_there_is_no_claim(shares):
    app = page(benchmarks.claim, record(**shares))
    assert not app.success
    assert "lacks" in said(app)


def test_another_order_than_the_papers_is_said_plainly():
    (told,) = page(benchmarks.claim, record(word2vec=0.6, mstar=0.66, qwem=0.65, ppmi=0.655, pmi=0.4)).warning
    assert told.value.startswith("**The order differs from the paper's:**")
    assert "word2vec (gensim's skip-gram) is not ahead of M\\*, closed form (60.0% against 66.0%)" in told.value
    assert "QWEM, trained is not ahead of PPMI, closed form (65.0% against 65.5%)" in told.value
    assert told.value.count("is not ahead of") == 2
    assert "about 25 times as many words" in told.value


def shown(app: AppTest, column: str):
    """The table on the page that has this column."""
    (found,) = (frame.value for frame in app.dataframe if column in frame.value)
    return found


def test_every_number_of_the_table_is_here_or_the_papers():
    app = page(LEAGUE, replace(FULL, rows=(*FULL.rows, row("spmi", 0.1))))
    table, made = shown(app, "analogies, here"), shown(app, "how")
    assert made["model"].tolist() == [NAMES[m] for m in ("gensim-sg", "mstar", "qwem", "ppmi", "pmi", "spmi")]
    assert table["model"].tolist() == ["word2vec", "M*", "QWEM", "PPMI", "PMI", "shifted PMI"]
    assert list(table)[:3] == ["model", "analogies, here", "analogies, paper"], "a phone shows no more"
    assert table["analogies, here"].tolist() == pytest.approx([0.68, 0.66, 0.65, 0.50, 0.40, 0.10])
    assert table["analogies, paper"].tolist() == pytest.approx([0.680, 0.663, 0.651, 0.506, 0.084, np.nan], nan_ok=True)
    assert table["WordSim-353, here"].tolist() == pytest.approx([0.7123] * 6)
    assert made["pairs of WordSim-353"].tolist() == ["273 of 353"] * 6
    assert table["WordSim-353, paper"].tolist()[:2] == [0.698, 0.683]
    assert made["pairs of SimLex-999"].tolist() == ["600 of 999"] * 6
    assert table["right"][1] == "1,716 of 2,600"
    assert set(made["computed on"]) == {"2025-02-03"}


def test_questions_as_listed_are_not_put_beside_the_papers_crossed_ones():
    table = shown(page(partial(benchmarks.league, crossed=False), FULL), "analogies, here")
    assert table["analogies, here"].tolist() == pytest.approx([0.34, 0.33, 0.325, 0.25, 0.20], abs=0.003)
    assert table["analogies, paper"].isna().all()


def test_a_record_is_read_from_its_file_and_a_missing_or_damaged_one_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "record.json")
    app = page(benchmarks.record)
    assert "is not here" in said(app)
    assert str(tmp_path) not in literally(app), "where the server keeps its files is nobody's business"
    (tmp_path / "record.json").write_text("[1, 2")
    assert "is not a record" in literally(page(benchmarks.record))
    save_record(tmp_path / "record.json", FULL)
    found: list = []
    page(lambda box: box.append(benchmarks.record()), found)
    assert found[0].row("mstar").evaluation == FULL.row("mstar").evaluation


def test_families_are_listed_with_how_many_questions_each_and_unknown_ones_have_no_share():
    app = page(partial(bench_curves.by_family, crossed=True), FULL)
    assert app.pills(key="models").value == ["word2vec", "M*", "PPMI"]
    table = shown(app, "family")
    assert len(table) == 14
    assert table["questions"].tolist() == [200] * 13 + [0], "what could not be asked comes last"
    assert table["M*"].tolist()[:13] == pytest.approx([0.66] * 13)
    assert np.isnan(table["M*"].tolist()[13])
    assert table["right, PPMI"].tolist()[0] == 100
    assert "nationality adjective" in table["family"].tolist()
    app.pills(key="models").set_value([]).run()
    assert "Choose a model" in said(app)


@pytest.mark.parametrize(
    ("name", "title"), [("gram6-nationality-adjective", "nationality adjective"), ("city-in-state", "city in state")]
)
def test_families_have_readable_names(name, title):
    assert family_title(name) == title


def test_the_difference_of_stopping_and_cutting_is_measured():
    app = page(bench_curves.stopped_or_cut, replace(FULL, by_rank=CUT, by_time={"qwem": STOPPED}))
    (told,) = app.success
    assert "differ by 2.3 points on average, at most 5.0, at rank 10 (3 ranks compared)" in told.value
    assert "**Early stopping is nearly rank truncation:**" in told.value
    table = shown(app, "rank")
    assert table["rank"].tolist() == [1, 10, 100] * 2
    assert table["analogies"].tolist() == pytest.approx([0, 0.3, 0.6, 0.02, 0.25, 0.6])
    app.segmented_control(key="choice against").set_value("time").run()
    assert shown(app, "t·λ₁")["t·λ₁"].tolist() == [10, 100, 1000]


def test_curves_that_lie_apart_are_not_called_the_same():
    late = tuple(replace(stage, evaluation=evaluation(0.9)) for stage in STOPPED)
    app = page(bench_curves.stopped_or_cut, replace(FULL, by_rank=CUT, by_time={"qwem": late}))
    assert not app.success
    assert "not rank truncation:** the two differ by 60.0 points on average" in app.warning[0].value


@pytest.mark.parametrize("parts", [{}, {"by_rank": CUT}, {"by_time": {"qwem": STOPPED}}])
def test_a_curve_that_is_missing_is_not_compared(parts):
    app = page(bench_curves.stopped_or_cut, replace(FULL, **parts))
    assert not app.success
    assert "not measured" in said(app)


# Measured now


def measured_now(share: float, dim: int) -> str:
    kept = replace(FULL, by_rank=CUT)
    return bench_measure._agreement(kept, evaluation(share), dim)


def test_a_new_measurement_is_held_against_the_record():
    assert measured_now(0.66, 200) == "**The record says the same:** 1,716 of 2,600."
    assert measured_now(0.3, 10) == "**The record says the same:** 780 of 2,600."
    assert measured_now(0.65, 200) == (
        "The record has 1,716 of 2,600, now it is 1,690 of 2,600. That is more than rounding explains: the record is "
        "not of these eigenvectors."
    )
    tipped = evaluation(0.66)
    first = replace(tipped.analogies[0], right=tipped.analogies[0].right + 3)
    told = bench_measure._agreement(FULL, replace(tipped, analogies=(first, *tipped.analogies[1:])), 200)
    assert "now it is 1,719 of 2,600. Bundled eigenvectors are rounded" in told
    assert "no M\\* cut to 77; it has these ranks: 1, 10, 100" in measured_now(0.6, 77)


# Ask, neighbours, stump


def words(*more: str) -> EmbeddedWords:
    """Two genders and two ranks that add up exactly, beside words of noise."""
    gender, rank, rest = np.eye(3, 8)
    random = np.random.default_rng(3).standard_normal((len(more), 8)) * 0.6
    corners = [rest + gender, rest + gender + rank, rest - gender, rest - gender + rank]
    names = ("man", "king", "woman", "queen", *more)
    columns = np.vstack([corners, random]).astype(np.float32)
    return EmbeddedWords(names, np.arange(len(names), 0, -1) * 100, columns)


def asking(found: EmbeddedWords) -> None:
    bench_ask.ask(found, bench_ask.question(found), found.most)


PLAIN = words("river", "water", "album", "song")


def test_an_analogy_is_answered_with_scores_and_places():
    app = page(asking, PLAIN)
    assert [app.selectbox(key=key).value for key in "abc"] == ["man", "king", "woman"]
    assert "man is to king as woman is to queen." in literally(app)
    answers, places = shown(app, "answer"), shown(app, "point")
    assert answers["answer"][0] == "queen"
    unit = PLAIN.columns / np.linalg.norm(PLAIN.columns, axis=1, keepdims=True)
    target = unit[2] + unit[1] - unit[0]
    cosine = unit @ target / np.linalg.norm(target)
    assert answers["cosine with c + b - a"].tolist() == pytest.approx(sorted(cosine[3:], reverse=True), abs=1e-4)
    assert places["point"].tolist()[:5] == ["man", "king", "woman", "c + b - a", "queen"]
    assert places["cosine with c + b - a"].tolist()[:3] == pytest.approx(cosine[[0, 1, 2]][[0, 1, 2]], abs=1e-4)
    beaten = cosine[:3].max() > cosine[3:].max()
    assert ("Question words may not answer" in literally(app)) == beaten


def test_a_question_word_that_would_have_won_is_named():
    near = words("river", "water")
    columns = near.columns.copy()
    columns[3] = -columns[3]  # the queen is gone: what is nearest now is king or woman
    app = page(asking, replace(near, columns=columns))
    assert re.search(r"without that rule, '(king|woman)' itself would have won, with 0\.\d{3}", literally(app))


def test_an_example_is_one_click_and_marked_while_it_is_asked():
    found = words("paris", "france", "rome", "italy")
    app = page(asking, found)
    assert app.pills(key="ready").value == "man : king :: woman : ?"
    app.pills(key="ready").set_value("paris : france :: rome : ?").run()
    assert [app.selectbox(key=key).value for key in "abc"] == ["paris", "france", "rome"]
    app.selectbox(key="a").set_value("queen").run()
    assert app.pills(key="ready").value is None


def test_unknown_and_repeated_words_are_told():
    app = page(asking, PLAIN, a="zebra", c="yak")
    assert "not among these 8 words: 'zebra', 'yak'." in literally(app)
    assert "Nearest to king: man, " in literally(app), "what is known of the rest is shown"
    assert "three different words" in said(page(asking, PLAIN, a="king"))
    assert "man is to king as woman" in literally(page(asking, PLAIN, a=" MAN "))


def test_hostile_words_stay_letters_everywhere():
    found = words(*HOSTILE)
    columns = found.columns.copy()
    columns[4:] = columns[3] + 0.1 * columns[4:]  # near enough to be answers
    found = replace(found, columns=columns)
    question = tuple(found.index[one] for one in ("man", "king", HOSTILE[0]))
    for app in (
        page(asking, found),
        page(bench_ask.ask, found, question, found.most),
        page(bench_ask.at_every_dimension, found, question),
        page(bench_ask.neighbours, found, near=HOSTILE[2]),
    ):
        for kind in (app.markdown, app.caption, app.info, app.success, app.warning):
            assert not [one.value for one in kind if any(word in one.value for word in HOSTILE)]
        assert any(word in str(frame.value.to_dict()) for frame in app.dataframe for word in HOSTILE)


def test_the_answer_is_listed_for_every_dimension_there_is():
    table = shown(page(bench_ask.at_every_dimension, PLAIN, (0, 1, 2)), "concepts d")
    assert table["concepts d"].tolist() == [2, 5]
    assert table["answer"][1].startswith("queen (")


def test_neighbours_at_two_ranks_stand_side_by_side():
    app = page(bench_ask.neighbours, PLAIN, near="queen", few="2", many="8")
    table = shown(app, "place")
    unit = PLAIN.columns[:, :2] / np.linalg.norm(PLAIN.columns[:, :2], axis=1, keepdims=True)
    assert table["cosine, 2"].tolist() == pytest.approx(np.sort(np.delete(unit @ unit[3], 3))[::-1], abs=1e-3)
    assert table["with 8 "].tolist() != table["with 2"].tolist()
    assert f"**{len(table)} of {len(table)}** nearest words are the same" in said(app), "there are no others here"


def test_an_unknown_word_leaves_neighbours_of_another():
    app = page(bench_ask.neighbours, PLAIN, near="zebra")
    assert "not among these 8 words: 'zebra'." in literally(app)
    assert "here are the neighbours of man." in literally(app)
    assert len(shown(app, "place")) == 7


def test_names_of_models_are_those_of_the_record():
    assert {model: records.model_name(model) for model in NAMES} == NAMES


def test_reasons_are_facts():
    random = np.random.default_rng(6)
    names = ("berlin", "germany", "rome", "italy", "oslo", "norway", "song", "album", "river", "water")
    found = EmbeddedWords(
        names, np.array([900, 800, 700, 600, 5, 400, 300, 200, 100, 50]), random.standard_normal((10, 6))
    )
    pairs = ((0, 1), (2, 3), (4, 5), (6, 7))
    misses = stumped(found.columns, pairs, 9) + stumped(found.columns, ((0, 3), (2, 3)), 1)
    assert misses[-1].reason == "excluded"
    assert len(misses) > 2
    for miss in misses:
        told = bench_stumped.why(found, miss, pairs, [8, 9])
        if miss.rank == 0:
            assert "is in the question" in told[0]
        else:
            assert f"{miss.cosine:.3f} against {miss.given_cosine:.3f}" in told[0]
            assert f"came {bench_stumped._place(miss.rank)} of 7" in told[0] or "came second" in told[0]
        assert any("hardly differ" in one for one in told) == (miss.rank > 0 and miss.parallel < 0.2)
        nearest = ", ".join(names[one] for one in miss.neighbours)
        assert f"Nearest to {names[miss.c]}: {nearest}." in told
        assert f"Nearest to {names[miss.expected]}: river, water." in told
        rare = 4 in (miss.a, miss.b, miss.c, miss.expected)
        assert any("oslo comes 5 times" in one for one in told) == rare


@pytest.mark.parametrize(
    ("rank", "said"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (112, "112th"), (1_021, "1,021st")]
)
def test_places_are_read_aloud(rank, said):
    assert bench_stumped._place(rank) == said
