"""What the Linear concepts page knows of words, reads of pairs, and says: against other ways of computing it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from strange import HOSTILE
from streamlit.testing.v1 import AppTest

from core.benchmark import KEPT, About, Kept, Stage, load_record, save_record
from core.evaluation import Evaluation
from core.linear import gram_spectrum, null_pairs, task_vectors
from core.marchenko_pastur import fit_bulk
from core.questions import families, in_vocabulary
from core.sources import load_statistics
from core.spectrumfile import PAPER_SCALE, PAPER_VOCAB, load_spectrum
from core.targets import m_star
from core.tasks import read
from core.ui import linear_readings, linear_told, linear_words, records
from core.ui.families import family_title
from core.ui.linear_readings import Course, by_dimension, by_time, carried, noise
from core.ui.linear_words import Asked, features

SMALL = 500
PAIRS = "man men, year years, day days, state states, group groups, member members, war wars, country countries"


@pytest.fixture(scope="module")
def known():
    return features("wikipedia", SMALL)


@pytest.fixture(scope="module")
def asked(known):
    words = [pair.split() for pair in PAIRS.split(", ")]
    pairs = tuple((known.index[a], known.index[b]) for a, b in words if a in known.index and b in known.index)
    assert len(pairs) >= 6
    return Asked(pairs, None, len(pairs))


@pytest.fixture(autouse=True)
def unrecorded(monkeypatch):
    """No record, whatever is bundled, unless a test brings one."""
    monkeypatch.setattr(linear_readings, "record", lambda: None)


def test_a_small_vocabulary_has_all_its_positive_eigenpairs(known):
    matrix = m_star(load_statistics("wikipedia", SMALL)).astype(np.float64)
    values = np.linalg.eigvalsh(matrix)[::-1]
    assert known.most == (values > 0).sum()
    assert known.spectrum.values == pytest.approx(values[values > 0], rel=1e-4, abs=1e-3)
    nearest = known.embeddings.astype(np.float64) @ known.embeddings.T
    assert np.linalg.norm(nearest - matrix) ** 2 == pytest.approx((values[values < 0] ** 2).sum(), rel=1e-3)
    assert not known.paper_scale


def test_the_papers_vocabulary_is_bundled_and_opens_at_once():
    paper = features("wikipedia", 10_000)
    assert paper.paper_scale
    assert (paper.most, paper.vocab_size, paper.embeddings.shape) == (300, 10_000, (10_000, 300))
    assert (paper.embeddings.astype(np.float64) ** 2).sum(axis=0) == pytest.approx(paper.spectrum.values, rel=1e-4)
    assert not paper.embeddings.flags.writeable


def test_readings_are_of_the_first_dimensions(known, asked):
    course = by_dimension(known, asked)
    assert course.at[:5] == (16, 32, 64, 128, 200)
    assert course.at[-1] == known.most
    assert not course.source
    here = read(known.embeddings[:, :64], asked.pairs)
    assert course.near(64).eigenvalues == pytest.approx(here.eigenvalues)
    assert course.near(60).snr == pytest.approx(here.snr)
    assert course.near(1e9).dim == known.most


def test_the_end_of_predicted_training_is_the_closed_form(known, asked):
    course = by_time(known, asked)
    assert not course.source
    assert (np.diff(course.at) > 0.1).all()
    assert len({f"{one:.1f}" for one in course.at}) == len(course.at)
    assert course.learned[0] == 1
    assert (np.diff(course.learned) >= 0).all()
    end = read(known.embeddings[:, : course.learned[-1]], asked.pairs)
    assert course.readings[-1].snr == pytest.approx(end.snr, rel=0.05)
    assert course.readings[-1].eigenvalues == pytest.approx(end.eigenvalues, rel=0.1, abs=0.1)
    assert course.readings[0].eigenvalues[0] < 0.2 * end.eigenvalues[0]


def test_noise_is_the_middle_one_of_its_draws(known, asked):
    found = noise(known.data, known.vocab_size, asked.pairs, 64)
    assert found is not None
    ratios = []
    for seed in range(found.draws):
        eigenvalues = gram_spectrum(task_vectors(known.embeddings[:, :64], null_pairs(asked.pairs, seed)))
        ratios.append(eigenvalues[0] / fit_bulk(eigenvalues, len(asked.pairs)).upper)
    assert found.median == pytest.approx(np.median(ratios))
    assert found.most == pytest.approx(np.quantile(ratios, 0.95))
    drawn = found.part.eigenvalues[0] / found.part.bulk.upper
    assert sum(one < drawn for one in ratios) == len(ratios) // 2
    assert found.part.noise


def test_words_that_allow_no_other_pairs_have_no_null(known):
    hub = known.index["he"]
    star = tuple((hub, number) for number in range(4) if number != hub)
    assert noise(known.data, known.vocab_size, star, 16) is None
    reading = read(known.embeddings[:, :16], star)
    assert "allow no other pairs" in linear_told.finding(reading, None)
    found = carried(known.data, known.vocab_size, star)
    assert np.isnan(found.null).all()
    assert "random" not in linear_told.carriers(found, [0, 1])


def test_ends_lie_as_the_pairs_do(known, asked):
    found = carried(known.data, known.vocab_size, asked.pairs)
    assert found.shares.sum() == pytest.approx(1)
    assert found.null.sum() == pytest.approx(1)
    first, second = (np.array(column) for column in zip(*asked.pairs, strict=True))
    vectors = known.spectrum.vectors
    for k in np.argsort(-found.shares)[:5]:
        towards = (vectors[second, k] - vectors[first, k]).mean()
        start, end = (np.mean([vectors[known.index[word], k] for word in side]) for side in found.ends[k])
        assert (end - start) * towards > 0


# The record

SOURCE = load_spectrum(PAPER_SCALE, 1).source
ABOUT = About(SOURCE.documents, SOURCE.tokens, PAPER_VOCAB, SOURCE.window, "")


def fake(asked: Asked, readings, *, times=(10.0, 20.0)) -> Kept:
    nothing = Evaluation((), (), True)
    return Kept(
        ABOUT,
        by_time={"qwem": tuple(Stage(rank, time, nothing) for rank, time in zip((1, 7), times, strict=True))},
        tasks_by_dim={asked.family: tuple(readings)},
        tasks_by_time={asked.family: tuple(readings[:2])},
        task_times=times,
    )


@pytest.fixture(scope="module")
def paper():
    return features("wikipedia", 10_000)


@pytest.fixture(scope="module")
def currency(paper):
    family = next(one for one in families() if one.name == "currency")
    return Asked(in_vocabulary(family, paper.index), "currency", len(family.pairs))


@pytest.fixture(scope="module")
def readings(paper, currency):
    one = read(paper.embeddings[:, :16], currency.pairs, nulls=2)
    return [replace(one, dim=dim, snr=snr) for dim, snr in ((16, 3.0), (512, 2.0), (4_096, 1.0))]


def test_the_record_answers_for_families_at_its_scale(monkeypatch, paper, currency, readings):
    monkeypatch.setattr(linear_readings, "record", lambda: fake(currency, readings))
    course = by_dimension(paper, currency)
    assert (course.at, course.readings) == ((16, 512, 4_096), tuple(readings))
    assert course.source.startswith("Measured beforehand")
    course = by_time(paper, currency)
    assert (course.at, course.readings, course.learned) == ((10, 20), tuple(readings[:2]), (1, 7))
    assert "Not computed now" in course.source


@pytest.mark.parametrize("how", ["typed", "fewer pairs", "another family", "fewer words"])
def test_the_record_does_not_answer_for_anything_else(monkeypatch, paper, currency, readings, known, asked, how):
    monkeypatch.setattr(linear_readings, "record", lambda: fake(currency, readings))
    words, wanted = {
        "typed": (paper, replace(currency, family=None)),
        "fewer pairs": (paper, replace(currency, pairs=currency.pairs[:4])),
        "another family": (paper, replace(currency, family="family")),
        "fewer words": (known, replace(asked, family="currency")),
    }[how]
    course = by_dimension(words, wanted)
    assert not course.source
    assert course.at[-1] == words.most
    assert len(course.readings[0].eigenvalues) == len(wanted.pairs)


def test_a_record_of_another_text_does_not_answer(monkeypatch, paper, currency, readings):
    other = replace(fake(currency, readings), about=replace(ABOUT, tokens=ABOUT.tokens + 1))
    monkeypatch.setattr(linear_readings, "record", lambda: other)
    assert not by_dimension(paper, currency).source
    assert not by_time(paper, currency).source


def test_without_a_record_there_is_none_until_it_is_there(monkeypatch, tmp_path, currency, readings):
    monkeypatch.undo()
    monkeypatch.setattr(records, "KEPT", tmp_path / "record.json")
    assert linear_readings.record() is None
    save_record(tmp_path / "record.json", fake(currency, readings))
    assert linear_readings.record().about == ABOUT


def test_a_bundled_record_counts_only_concepts_that_are_learned(paper):
    """Else signal over noise would be largest before anything is learned."""
    kept = load_record() if KEPT.exists() else None
    if kept is None or not kept.tasks_by_time:
        pytest.skip("no record of a run is bundled")
    learned = {stage.time: stage.rank for stages in kept.by_time.values() for stage in stages}
    for readings in kept.tasks_by_time.values():
        assert all(one.rank <= max(1, learned[at]) for one, at in zip(readings, kept.task_times, strict=True))


# Sentences


def test_the_spike_is_told_beside_the_nulls(known, asked):
    found = noise(known.data, known.vocab_size, asked.pairs, 64)
    reading = by_dimension(known, asked).near(64)
    ratio = reading.eigenvalues[0] / reading.bulk.upper
    told = linear_told.finding(reading, found)
    assert f"**The largest eigenvalue is {ratio:.1f} times the edge of the bulk; for random pairs" in told
    assert f"it is {found.median:.1f} times** (median of {found.draws}; 95 % stay below {found.most:.1f})" in told
    assert f"the pairs agree to **{reading.agreement:.0%}**, random pairs to {reading.null_agreement[0]:.0%}" in told
    above_chance, chance = (replace(reading, null_agreement=(0.0, reading.agreement * one)) for one in (0.5, 2))
    above_chance = replace(above_chance, bulk=replace(reading.bulk, spikes=1))
    long, short = (replace(found, most=ratio * one) for one in (0.5, 2))
    assert "They share a direction**, longer than that of random pairs." in linear_told.finding(above_chance, long)
    assert linear_told.finding(above_chance, short).endswith("They share a direction**.")
    hidden = replace(above_chance, bulk=replace(reading.bulk, spikes=0))
    assert "does not stand out of the noise" in linear_told.finding(hidden, short)
    assert "They share no direction" in linear_told.finding(chance, long)
    alone = linear_told.finding(above_chance, None)
    assert f"edge of the bulk.** Signal over noise is {reading.snr:.1f}, of random pairs" in alone
    assert "They share a direction" in alone
    assert f"differ by at most {reading.bulk.distance:.1%}; for noise" in linear_told.fit(reading)


def test_few_pairs_have_no_bulk(known, asked):
    reading = read(known.embeddings[:, :64], asked.pairs[:3])
    assert "too few eigenvalues to fit a bulk" in linear_told.finding(reading, None)
    assert linear_told.fit(reading) == "No law is fitted to so few eigenvalues."


def test_accuracy_that_stays_while_the_cosine_falls_is_told(known, asked):
    one = by_dimension(known, asked).readings[0]
    rows = [replace(one, right=right, total=20, cosine=cosine) for right, cosine in ((4, 0.9), (10, 0.8), (9, 0.4))]
    told = linear_told.degradation(Course((16, 64, 256), tuple(rows)))
    assert told == (
        "**Accuracy hides degradation:** from d = 64 to 256 accuracy goes from 50% to 45%, while the cosine goes from "
        "0.80 to 0.40."
    )
    lost = replace(rows[2], right=5)
    told = linear_told.degradation(Course((16, 64, 256), (*rows[:2], lost)))
    assert told.startswith("From d = 64 to 256 accuracy goes from 50% to 25%"), "it does not hide what it loses itself"
    told = linear_told.degradation(Course((16, 64), tuple(rows[:2])))
    assert told == "From d = 16 to 64 accuracy goes from 20% to 50%, while the cosine goes from 0.90 to 0.80."
    assert linear_told.degradation(Course((8,), tuple(rows[:1]))) == ("At d = 8 accuracy is 20%, and the cosine 0.90.")


def test_the_moment_of_the_largest_signal_is_told(known, asked):
    course = by_time(known, asked)
    signals = [one.snr for one in course.readings]
    best = int(np.argmax(signals))
    told = linear_told.moment(course, 2)
    assert f"At t·λ₁ = {course.at[2]:.1f}, {course.learned[2]} of the concepts learned" in told
    assert f"largest, {max(signals):.1f}, at t·λ₁ = {course.at[best]:.1f}; at the end it is {signals[-1]:.1f}" in told


def test_tables_hold_every_number(known, asked):
    course = by_dimension(known, asked)
    rows = linear_told.numbers(course, "d")
    assert [row["d"] for row in rows] == list(course.at)
    assert [row["right"] for row in rows] == [one.right for one in course.readings]
    assert "concepts learned" not in rows[0]
    assert "concepts learned" in linear_told.numbers(by_time(known, asked), "t·λ₁")[0]


# The pickers


def pickers(size: int) -> None:
    import streamlit as st

    from core.ui import linear_words

    known = linear_words.features("wikipedia", size)
    st.session_state["found"] = linear_words.asked(known, linear_words.family(known))


def shown(size: int = SMALL, **query: str) -> AppTest:
    app = AppTest.from_function(pickers, args=(size,), default_timeout=60)
    app.query_params.update(query)
    app.run()
    assert not app.exception
    return app


def test_families_are_listed_with_how_many_of_how_many(known):
    app = shown(family="gram8-plural")
    box = app.selectbox(key="pick family")
    assert box.value == "gram8-plural"
    both = {one.name: sum(set(pair) <= known.index.keys() for pair in one.pairs) for one in families()}
    expected = [f"{family_title(one.name)}: {both[one.name]} of {len(one.pairs)} pairs" for one in families()]
    assert box.options == ["your own pairs …", *expected]


def test_a_family_with_too_few_pairs_is_told(known):
    app = shown(family="currency")
    assert app.session_state["found"] is None
    assert "0 of the 30 pairs of **currency** have both words among these 500" in app.info[0].value


def test_the_family_stands_in_the_address_by_its_name():
    app = shown(family="nonsense<b>")
    assert "family" not in app.query_params
    chosen = app.selectbox(key="pick family").value
    assert len(app.session_state["found"].pairs) >= linear_words.FEWEST_PAIRS
    assert app.session_state["found"].family == chosen
    app.selectbox(key="pick family").set_value("own").run()
    assert app.query_params["family"] in ("own", ["own"])
    assert app.text_area(key="pairs").value


def test_typed_pairs_are_read_and_what_is_left_out_is_told_letter_by_letter(known):
    typed = "\n".join(
        ["he his", "it its", "they their", "he his", "alone", f"{HOSTILE[0].split()[0]} zebra", HOSTILE[2]]
    )
    app = shown(family="own", pairs=typed)
    found = app.session_state["found"]
    assert found.pairs == tuple((known.index[a], known.index[b]) for a, b in (p.split() for p in typed.split("\n")[:3]))
    assert found.family is None
    (told,) = (one.value for one in app.text)
    assert "not among these 500 words: " in told
    assert "zebra" in told
    assert "there twice, counted once: he his" in told
    assert "not two words, left out: alone" in told
    assert not any("zebra" in one.value or "alone" in one.value for one in app.markdown)


@pytest.mark.parametrize("typed", ["", "he his", "he his\nit its", "\n\n,,;"])
def test_fewer_than_three_pairs_are_not_enough(typed):
    app = shown(family="own", pairs=typed or " ")
    assert app.session_state["found"] is None
    assert "needs 3 or more" in app.info[0].value


def test_more_pairs_than_are_looked_at_are_told(known):
    typed = "\n".join(f"{known.words[n]} {known.words[n + 100]}" for n in range(80))
    app = shown(family="own", pairs=typed)
    assert len(app.session_state["found"].pairs) == linear_words.MOST
    assert "more than 60 pairs, left out: 20 pairs" in app.text[0].value


def test_an_example_fills_the_field():
    app = shown(10_000, family="own")
    for name, example in linear_words.EXAMPLES.items():
        app.button(key=f"example {name}").click().run()
        assert app.text_area(key="pairs").value == example
        assert not app.text, "every word of it is known"
        assert len(app.session_state["found"].pairs) == len(example.splitlines())
