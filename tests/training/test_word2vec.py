"""gensim's Word2Vec: its start, its pairs, its clock, and the loss that is measured of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import chain
from typing import Any

import numpy as np
import pytest
from gensim.models import Word2Vec
from numpy.testing import assert_allclose
from scipy.sparse import csr_array

from core.corpus import Corpus, CorpusSpec, read_corpus
from core.counts import Cooccurrence, CountSpec, Source, count
from core.errors import InputError
from core.reading import Text
from core.sources import load_statistics
from core.targets import keep_probability, word2vec_weights
from core.training import Snapshot, TrainSpec, train_gensim
from core.training.word2vec import _Text

Sentences = list[list[str]]
KITCHEN = ("oven", "salt")


@pytest.fixture(scope="module")
def few() -> Cooccurrence:
    return load_statistics("wikipedia", 60)


@pytest.fixture(scope="module")
def even() -> Cooccurrence:
    """Six words equally frequent, in two groups that hardly mix; read backwards, the groups lie elsewhere."""
    words = ("sea", "ship", "oven", "wave", "salt", "port")
    table = np.array([[40 if (i in KITCHEN) == (j in KITCHEN) else 2 for j in words] for i in words])
    return Cooccurrence(words, np.full(6, 500), csr_array(np.tril(table)), Source(10, 3_000, 3_000, 4))


def run(counts: Cooccurrence, spec: TrainSpec, **options: Any) -> list[Snapshot]:
    objective = word2vec_weights(counts, negatives=options.get("negatives", 1), asymmetric=True)
    usual: dict[str, Any] = {"skip_gram": True, "negatives": 1, "learning_rate": 0.05, "sentences": None}
    return list(train_gensim(counts, objective, spec, **(usual | options)))


def statistics(counts: Cooccurrence, negatives: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """A and B of word2vec, of all pairs together A is 1; B_ij = k m_i n_j."""
    lower = counts.lower.toarray().astype(np.float64)
    p = counts.unigram / counts.unigram.sum()
    keep = np.minimum(1e-5 / p + np.sqrt(1e-5 / p), 1)
    a = (lower + np.tril(lower, -1).T) * np.outer(keep, keep)
    a /= a.sum()
    return a, negatives * np.outer(a.sum(axis=1), p**0.75 / (p**0.75).sum())


def naive_loss(counts: Cooccurrence, snapshot: Snapshot, negatives: int = 1) -> float:
    """SGNS in float64, from 1 at zero embeddings to 0 where every pair is at its minimum."""
    (a, b), x = statistics(counts, negatives), snapshot.embeddings.astype(np.float64) @ snapshot.contexts.T

    def total(x: np.ndarray) -> float:
        return (a * np.logaddexp(0, -x) + b * np.logaddexp(0, x)).sum()

    with np.errstate(divide="ignore"):
        least = total(np.maximum(np.log(a) - np.log(b), -50))
    return float((total(x) - least) / (total(np.zeros_like(x)) - least))


def recorded(monkeypatch) -> Sentences:
    """What gensim is given from now on; nothing is trained."""
    given: Sentences = []
    monkeypatch.setattr(Word2Vec, "train", lambda self, batch, **options: given.extend(batch))
    return given


# The start


def test_words_start_at_the_scale_and_contexts_at_zero(wikipedia: Cooccurrence) -> None:
    for init_scale in (1e-3, 0.3):
        first, second = run(wikipedia, TrainSpec(20, init_scale, 1e-6, steps=1, seed=2))
        assert first.embeddings.shape == first.contexts.shape == (300, 20)
        assert np.sqrt((first.embeddings.astype(np.float64) ** 2).mean()) == pytest.approx(init_scale, rel=0.01)
        assert (first.contexts == 0).all()
        assert first.loss == pytest.approx(1, abs=1e-9)
        assert (first.step, first.time) == (0, 0)
        assert second.time == 1e-6


def test_the_seed_decides(few: Cooccurrence) -> None:
    one, same, other = (run(few, TrainSpec(3, 0.1, 0.02, steps=4, every=2, seed=seed)) for seed in (5, 5, 6))
    assert [shot.step for shot in one] == [shot.step for shot in same]
    for left, right in zip(one, same, strict=True):
        assert (left.embeddings == right.embeddings).all()
        assert (left.contexts == right.contexts).all()
        assert left.loss == right.loss
    for left, right in zip(one, other, strict=True):
        assert np.abs(left.singular_values / right.singular_values - 1).max() > 1e-3


# What it is given


def test_pairs_are_drawn_as_often_as_they_are_kept(counts: Cooccurrence, monkeypatch) -> None:
    """Chi-squared of 14 x 15 / 2 kinds of pairs; a pair of equal words is one ordered pair, others are two."""
    given = recorded(monkeypatch)
    run(counts, TrainSpec(2, 0.1, 20.0, steps=1, seed=3))
    drawn = Counter(tuple(sorted(map(counts.index.__getitem__, pair))) for pair in given)
    a, _ = statistics(counts)
    assert all(len(pair) == 2 for pair in given)
    assert len(given) > 3_000
    chi_squared, kinds = 0.0, 0
    for i, j in zip(*np.tril_indices(len(a)), strict=True):
        expected = len(given) * (a[i, j] if i == j else 2 * a[i, j])
        if expected > 5:
            chi_squared, kinds = chi_squared + (drawn[(j, i)] - expected) ** 2 / expected, kinds + 1
        elif expected == 0:
            assert drawn[(j, i)] == 0
    assert kinds > 50
    assert abs(chi_squared - kinds) < 4 * np.sqrt(2 * kinds)


def test_steps_count_the_pairs_and_time_follows_from_them(few: Cooccurrence, monkeypatch) -> None:
    """N ordered pairs at a rate of eta are a time of eta N g / (2 sum A); each sentence holds two."""
    given = recorded(monkeypatch)
    snapshots = run(few, TrainSpec(2, 0.1, 0.05, steps=4, every=3), learning_rate=0.2)
    a, b = statistics(few)
    pace = 0.2 * 2 * (a + b).mean() / 2
    assert [one.time for one in snapshots] == pytest.approx([0, 0.15, 0.2])
    assert [one.step for one in snapshots] == [round(time / pace) for time in (0, 0.15, 0.2)]
    assert len(given) == snapshots[-1].step > 1_000


def test_real_sentences_without_the_words_that_are_not_known(counts: Cooccurrence, monkeypatch) -> None:
    given = recorded(monkeypatch)
    text = [["zebra", "the", "sea"], ["ship"], ["zebra", "quagga"], ["oven", "zebra", "salt", "of"], ["zebra", "cake"]]
    run(counts, TrainSpec(2, 0.1, 0.02, steps=2), sentences=text)
    kept = [["the", "sea"], ["oven", "salt", "of"]]
    assert sorted(given[:2]) == sorted(kept)
    assert given[2:4] == given[:2], "again and again"
    assert set(map(tuple, given)) == set(map(tuple, kept))


def test_a_long_sentence_comes_in_pieces(counts: Cooccurrence, monkeypatch) -> None:
    """gensim passes over what a sentence holds beyond 10,000 words."""
    given = recorded(monkeypatch)
    text = [list(np.random.default_rng(0).choice(np.array(counts.words, object), 25_001))]
    snapshots = run(counts, TrainSpec(2, 0.1, 5.0, steps=1), sentences=text)
    assert len(given) == snapshots[-1].step
    assert Counter(chain(*given[:3])) == Counter(text[0])
    assert max(map(len, given)) <= 10_000


def test_the_pairs_of_a_sentence_are_those_that_subsampling_and_a_dynamic_window_leave(counts: Cooccurrence) -> None:
    lengths, rng, window = [40, 200, 200, 500, 900], np.random.default_rng(3), counts.source.window
    text = [list(rng.choice(np.array(counts.words, object), length)) for length in lengths]
    kept = float((counts.unigram / counts.unigram.sum()) @ keep_probability(counts))

    def met() -> int:
        """Ordered pairs of one sentence, one word after another."""
        survivors = int((rng.random(rng.choice(lengths)) < kept).sum())
        reach = rng.integers(1, window + 1, survivors)
        return sum(0 < abs(i - j) <= reach[i] for i in range(survivors) for j in range(survivors))

    simulated = np.mean([met() for _ in range(4_000)])
    assert _Text(text, counts, 0).pairs_a_sentence == pytest.approx(simulated, rel=0.1)


def test_real_sentences_train(even: Cooccurrence) -> None:
    """Words of a group stand together: their vectors come together, and no others'."""
    rng, groups = np.random.default_rng(1), (KITCHEN, [word for word in even.words if word not in KITCHEN])
    text = [list(rng.choice(groups[n % 2], 2_000)) for n in range(20)]
    corpus = read_corpus([Text("text", "\n".join(map(" ".join, text)).encode())], CorpusSpec())
    statistics = count(corpus, CountSpec(window=3))
    snapshots = run(statistics, TrainSpec(2, 0.1, 0.5, steps=8, every=2), sentences=corpus.sentences())
    assert snapshots[-1].loss < 0.6
    assert_together(statistics, snapshots[-1])


def assert_together(counts: Cooccurrence, snapshot: Snapshot) -> None:
    x = snapshot.embeddings @ snapshot.contexts.T
    group = np.array([word in KITCHEN for word in counts.words])
    alike = group[:, None] == group
    assert x[alike].min() > 0.3 > -0.3 > x[~alike].max()


# What it becomes


@pytest.mark.parametrize("negatives", [1, 3])
def test_the_loss_is_measured_and_falls(few: Cooccurrence, negatives: int) -> None:
    """On all pairs by the formula, not by gensim's counter of those it happened to see."""
    snapshots = run(few, TrainSpec(3, 0.1, 0.1, steps=8, every=2, seed=1), negatives=negatives)
    losses = [one.loss for one in snapshots]
    assert losses == pytest.approx([naive_loss(few, one, negatives) for one in snapshots], abs=1e-5)
    assert losses[0] == pytest.approx(1)
    assert losses[-1] < 0.6
    assert losses[-1] < losses[2] < losses[1] < losses[0]


def test_snapshots_are_the_model_in_its_singular_basis(few: Cooccurrence) -> None:
    for one in run(few, TrainSpec(3, 0.1, 0.1, steps=4, seed=1)):
        assert_allclose(one.singular_values, np.linalg.svd(one.embeddings, compute_uv=False), rtol=1e-4)
        gram = one.embeddings.T.astype(np.float64) @ one.embeddings
        assert_allclose(gram, np.diag(one.singular_values**2), atol=1e-5 * gram.max())


def test_cbow_of_pairs_is_skip_gram(few: Cooccurrence) -> None:
    spec = TrainSpec(3, 0.1, 0.1, steps=4, seed=1)
    for left, right in zip(run(few, spec), run(few, spec, skip_gram=False), strict=True):
        assert_allclose(right.embeddings, left.embeddings, atol=1e-5)
        assert_allclose(right.contexts, left.contexts, atol=1e-5)
    assert left.loss < 0.9


def test_cbow_of_sentences_is_not_skip_gram(counts: Cooccurrence, corpus: Corpus) -> None:
    spec = TrainSpec(3, 0.1, 2.0, steps=4, seed=1)
    sentences = 20 * corpus.sentences()
    left, right = (run(counts, spec, skip_gram=way, sentences=[sum(sentences, [])])[-1] for way in (True, False))
    assert np.abs(right.singular_values / left.singular_values - 1).max() > 0.02


def test_equally_frequent_words_keep_their_places(even: Cooccurrence) -> None:
    last = run(even, TrainSpec(2, 0.1, 0.5, steps=8, every=2, seed=1))[-1]
    assert last.loss < 0.6
    assert_together(even, last)


# Its clock


def logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def gensims_logistic(x: np.ndarray) -> np.ndarray:
    """From its table of 1,000 values over -6 to 6, whose index is off: 1000 / 6 / 2 is 83 in whole numbers."""
    return logistic((np.floor((x + 6) * 83) / 1000 * 2 - 1) * 6)


def full_batch(
    start: np.ndarray, a: np.ndarray, b: np.ndarray, curve: Callable[[np.ndarray], np.ndarray], times: np.ndarray
) -> np.ndarray:
    """Singular values of W by Euler steps down A ln(1 + e^-x) + B ln(1 + e^x), from C = 0, twice over and over g."""
    w, c, g, found = start.astype(np.float64), np.zeros_like(start, np.float64), (a + b).mean(), []
    for elapsed in np.diff(times, prepend=0.0):
        for _ in range(100):
            x = w @ c.T
            uphill = (b * curve(x) - a * (1 - curve(x))) * 2 / g
            w, c = w - elapsed / 100 * uphill @ c, c - elapsed / 100 * uphill.T @ w
        found.append(np.linalg.svd(w, compute_uv=False))
    return np.array(found)


def test_at_equal_times_it_is_where_full_batch_descent_is(few: Cooccurrence) -> None:
    """Nearer still with two habits of gensim: its table of the logistic function, and no word as its own negative."""
    a, b = statistics(few)
    clock = np.linalg.eigvalsh((a - b) + (a - b).T)[-1] / (a + b).mean()
    snapshots = run(few, TrainSpec(3, 0.05, 1 / clock, steps=8), learning_rate=0.002)
    found, times = np.array([one.singular_values for one in snapshots]), np.array([one.time for one in snapshots])
    assert times[-1] == pytest.approx(8 / clock)
    plain = full_batch(snapshots[0].embeddings, a, b, logistic, times)
    habits = full_batch(snapshots[0].embeddings, a, b - a * b / a.sum(axis=1)[:, None], gensims_logistic, times)
    assert found[-1, 0] > 5 * found[0, 0]
    assert_allclose(found[-1], plain[-1], rtol=0.1)
    assert_allclose(found, habits, rtol=0.05)


# What goes wrong


@pytest.mark.parametrize("sentences", [[], [["zebra"]], [["the"], ["zebra", "the"]], [[]]])
def test_no_sentence_of_two_known_words(counts: Cooccurrence, sentences: Sentences) -> None:
    with pytest.raises(InputError, match="no sentence of this text holds two of these words"):
        run(counts, TrainSpec(2, 0.1, 0.1, steps=1), sentences=sentences)


@pytest.mark.parametrize("negatives", [0, -1, 1.5])
def test_an_impossible_number_of_negatives(counts: Cooccurrence, negatives: float) -> None:
    objective, spec = word2vec_weights(counts, asymmetric=True), TrainSpec(2, 0.1, 0.1, steps=1)
    with pytest.raises(InputError, match=f"negatives is {negatives:g}"):
        next(train_gensim(counts, objective, spec, skip_gram=True, negatives=negatives, learning_rate=0.1))
