"""The window taken apart: its pairs are the program's counts, and its step goes down the gradient."""

from __future__ import annotations

import numpy as np
import pytest

from core.corpus import read_corpus
from core.counts import CountSpec, count
from core.errors import InputError
from core.reading import Text
from core.window import loss, negatives, pairs_at, step, tiny_vectors, words_in

SENTENCE = "The cat saw the dog, and the dog saw the cat's tail."


def test_a_sentence_is_cut_as_texts_are():
    corpus = read_corpus([Text("sentence", SENTENCE.encode())])
    assert list(words_in(SENTENCE)) == corpus.sentences()[0]


@pytest.mark.parametrize("sentence", ["", "  \n ", "12 - 34 !", "\x1e\x00"])
def test_a_sentence_without_words_has_none(sentence):
    assert words_in(sentence) == ()


def test_line_breaks_do_not_cut_a_sentence():
    assert words_in("one\ntwo\r\nthree") == ("one", "two", "three")


@pytest.mark.parametrize("window", [1, 2, 5, 30])
def test_pairs_of_all_positions_are_the_counts_of_the_program(window):
    corpus = read_corpus([Text("sentence", SENTENCE.encode())])
    counts = count(corpus, CountSpec(window=window))
    words = words_in(SENTENCE)
    table = np.zeros((counts.vocab_size, counts.vocab_size), np.int64)
    for centre in range(len(words)):
        for pair in pairs_at(len(words), centre, window):
            table[counts.index[words[pair.centre]], counts.index[words[pair.context]]] += pair.weight
    lower = counts.lower.toarray()
    assert (table == lower + np.tril(lower, -1).T).all()


def test_pairs_stop_at_the_ends():
    assert [(one.context, one.distance, one.weight) for one in pairs_at(5, 1, 3)] == [
        (0, 1, 3),
        (2, 1, 3),
        (3, 2, 2),
        (4, 3, 1),
    ]
    assert pairs_at(1, 0, 4) == ()


@pytest.mark.parametrize(("centre", "window"), [(-1, 2), (5, 2), (0, 0), (0, 5_000)])
def test_positions_and_windows_that_are_none(centre, window):
    with pytest.raises(InputError, match="must be from"):
        pairs_at(5, centre, window)


def test_negatives_come_as_often_as_frequency_to_three_quarters():
    unigram = np.array([1000, 100, 10, 1])
    chance = unigram**0.75 / (unigram**0.75).sum()
    drawn = np.zeros(4)
    for seed in range(300):
        found = negatives(unigram, 3, 50, seed)
        assert 3 not in found.words
        assert sum(found.times) <= 50
        for word, times, probability in zip(found.words, found.times, found.probability, strict=True):
            drawn[word] += times
            assert probability == pytest.approx(chance[word])
    assert drawn[3] == 0
    assert drawn[:3] / 15_000 == pytest.approx(chance[:3], abs=0.01)


def test_draws_that_hit_the_answer_are_passed_over():
    found = negatives(np.array([10_000, 1]), 0, 20, 0)
    assert 0 not in found.words
    assert sum(found.times) < 5, "nearly every draw is the answer"


def test_negatives_repeat_themselves():
    unigram = np.arange(1, 500)[::-1]
    assert negatives(unigram, 4, 5, 1) == negatives(unigram, 4, 5, 1)
    assert negatives(unigram, 4, 5, 1) != negatives(unigram, 4, 5, 2)


@pytest.mark.parametrize(("answer", "number"), [(-1, 3), (4, 3), (0, -1)])
def test_negatives_of_nothing_are_refused(answer, number):
    with pytest.raises(InputError, match="cannot be drawn"):
        negatives(np.ones(4, np.int64), answer, number, 0)


def central_difference(function, point: np.ndarray) -> np.ndarray:
    slope, small = np.empty_like(point), 1e-6
    for place in np.ndindex(point.shape):
        up, down = point.copy(), point.copy()
        up[place] += small
        down[place] -= small
        slope[place] = (function(up) - function(down)) / (2 * small)
    return slope


@pytest.mark.parametrize("inputs_count", [1, 3])
def test_the_gradient_is_that_of_finite_differences(inputs_count):
    inputs = tiny_vectors(tuple(range(inputs_count)), 4, 0)
    outputs = tiny_vectors((7, 8, 9), 4, 1)
    times = np.array([1.0, 2.0, 1.0])
    found = step(inputs, outputs, times, 0.5)
    assert found.inputs_gradient == pytest.approx(
        central_difference(lambda moved: loss(moved, outputs, times), inputs), abs=1e-7
    )
    assert found.outputs_gradient == pytest.approx(
        central_difference(lambda moved: loss(inputs, moved, times), outputs), abs=1e-7
    )
    assert found.inputs_after == pytest.approx(inputs - 0.5 * found.inputs_gradient)
    assert found.outputs_after == pytest.approx(outputs - 0.5 * found.outputs_gradient)


def test_the_loss_is_that_of_word2vec():
    w, c, n = np.array([[0.3, -1.0]]), np.array([0.5, 0.2]), np.array([-0.1, 0.9])
    sigmoid = lambda x: 1 / (1 + np.exp(-x))  # noqa: E731 - as in the paper
    expected = -np.log(sigmoid(w[0] @ c)) - 2 * np.log(sigmoid(-(w[0] @ n)))
    assert loss(w, np.array([c, n]), np.array([1.0, 2.0])) == pytest.approx(expected)


def test_a_step_pulls_the_answer_near_and_pushes_negatives_away():
    found = step(tiny_vectors((1,), 4, 0), tiny_vectors((2, 3), 4, 1), np.ones(2), 0.1)
    assert found.scores_after[0] > found.scores[0]
    assert found.scores_after[1] < found.scores[1]
    assert found.loss_after < found.loss
    assert found.errors[0] < 0 < found.errors[1]
    assert found.scores_after == pytest.approx(found.outputs_after @ found.inputs_after[0])


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="one length"):
        step(np.ones((1, 3)), np.ones((2, 4)), np.ones(2), 0.1)


def test_a_word_keeps_its_vector():
    assert (tiny_vectors((5, 6), 4, 0)[1] == tiny_vectors((6,), 4, 0)[0]).all()
    assert (tiny_vectors((5,), 4, 0) != tiny_vectors((5,), 4, 1)).all()
    assert np.abs(tiny_vectors(tuple(range(50)), 4, 0)).max() <= 1
