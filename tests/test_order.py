"""Planted lists arrive exactly where they were planted, random ones never, and scores agree with slow ones."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InputError
from core.linear import null_pairs
from core.order import (
    ANALOGIES,
    APART,
    DIRECTION,
    TOGETHER,
    arrival,
    halfway,
    leanings,
    order_of_pairs,
    order_of_words,
    predicted_times,
    rank_ladder,
    start_squares,
    stopped,
)
from core.order.chance import guessing, paired_anew, similar_lists
from core.order.scores import pair_scores, word_scores
from core.spectrum import Spectrum, decompose, embedding
from core.targets import m_star
from core.theory import aligned_start
from core.training import TrainSpec, initial_embeddings, train

WORDS = np.array([3, 17, 40, 41, 90, 120, 200, 333])


def noise(size: int, rank: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((size, rank))


@pytest.fixture(scope="module")
def known(wikipedia) -> Spectrum:
    return decompose(m_star(wikipedia), 40)


# Where it arrives


@pytest.mark.parametrize("rank", [1, 2, 7, 20, 40, 44, 45, 83, 120])
def test_a_list_that_is_together_from_rank_r_on_arrives_at_r(rank: int) -> None:
    embeddings = noise(400, 120)
    embeddings[:, rank - 1] = 0
    embeddings[WORDS, rank - 1] = 100
    together, _ = order_of_words(embeddings, WORDS)
    assert together.rank == rank
    assert together.arrived == 1
    assert (together.scores[together.ranks < rank] < 0.3).all()
    assert (together.scores[together.ranks >= rank] == 1).all()


@pytest.mark.parametrize("rank", [2, 7, 40, 44, 83, 120])
def test_words_that_differ_from_rank_r_on_are_told_apart_at_r(rank: int) -> None:
    embeddings = noise(400, 120)
    embeddings[WORDS] = embeddings[WORDS[0]]
    embeddings[WORDS, rank - 1] = np.linspace(-9, 9, len(WORDS))
    embeddings[WORDS, rank:] = 0
    together, apart = order_of_words(embeddings, WORDS)
    assert apart.rank == rank
    assert apart.scores[apart.ranks < rank] == pytest.approx(0.5)
    assert apart.scores[apart.ranks >= rank] == pytest.approx(1)
    before = (together.ranks > 1) & (together.ranks < rank)
    assert (together.scores[before] == 1).all(), "words in one place are each other's neighbours"


@pytest.mark.parametrize("rank", [6, 17, 30, 60])
def test_pairs_that_differ_alike_from_rank_r_on_arrive_at_r(rank: int) -> None:
    """Six places with eight words each, told apart by concept r alone: the second word stands 20 along it."""
    random = np.random.default_rng(1)
    places = np.repeat(random.standard_normal((6, 60)) * 6, 8, axis=0)
    embeddings = places + 0.1 * random.standard_normal((48, 60))
    embeddings[:, rank - 1] = np.tile([0, 20, -20, -20, -20, -20, -20, -20], 6)
    pairs = [(8 * n, 8 * n + 1) for n in range(6)]
    direction, analogies = order_of_pairs(embeddings, pairs)
    assert direction.rank == analogies.rank == rank
    assert (analogies.scores[analogies.ranks < rank] < 0.5).all()
    assert (analogies.scores[analogies.ranks >= rank] == 1).all()


def test_the_rule_by_hand() -> None:
    ranks, none = [1, 2, 3, 4, 5], np.zeros(5)
    rises = np.array([0.0, 0.4, 0.5, 0.9, 1.0])
    assert arrival(TOGETHER, ranks, rises, none) == 3
    assert arrival(TOGETHER, ranks, rises, np.full(5, 0.6)) == 4
    assert arrival(TOGETHER, ranks, rises, np.full(5, 1.0)) is None, "above chance, not beside it"
    assert arrival(TOGETHER, ranks, np.array([1, 1, 0.2, 1, 1]), none) == 4, "a dip counts"
    assert arrival(TOGETHER, ranks, np.array([1, 1, 1, 1, 0.2]), none) is None
    assert arrival(TOGETHER, ranks, none, none) is None
    assert arrival(APART, ranks, np.array([0.5, 0.7, 0.74, 0.76, 1]), np.full(5, 0.6)) == 4
    snr = np.array([1.0, 2.4, 4.0, 2.6, 1.1])
    assert halfway(DIRECTION, snr) == 2.5
    assert arrival(DIRECTION, ranks, snr, np.ones(5)) == 3, "what comes after the best does not count"
    assert arrival(DIRECTION, ranks, np.full(5, np.nan), none) is None
    assert arrival(DIRECTION, ranks, np.array([np.nan, 2, 2, 2, 2]), none) == 2


def test_ranks_between_those_looked_at_are_looked_at_where_a_list_arrives() -> None:
    embeddings = noise(400, 300)
    embeddings[:, 196] = 0
    embeddings[WORDS, 196] = 100
    together, _ = order_of_words(embeddings, WORDS)
    assert together.rank == 197
    assert 197 not in rank_ladder(300)
    assert set(rank_ladder(300)) < set(together.ranks.tolist())
    assert (np.diff(together.ranks) > 0).all()
    fresh = word_scores(embeddings, [WORDS], together.ranks)[0, :, 0]
    assert together.scores == pytest.approx(fresh, abs=1e-12)


# Chance


def test_random_lists_never_arrive_but_once_in_twenty(known: Spectrum) -> None:
    embeddings = np.asfortranarray(embedding(known)[:, :12])
    random = np.random.default_rng(5)
    lists = [random.choice(300, 8, replace=False) for _ in range(80)]
    arrived = [order_of_words(embeddings, words, seed=n)[0].rank for n, words in enumerate(lists)]
    assert np.mean([rank is None for rank in arrived]) >= 0.95


def test_random_pairs_never_point_one_way_nor_answer_but_once_in_twenty(known: Spectrum) -> None:
    embeddings = np.asfortranarray(embedding(known)[:, :12])
    random = np.random.default_rng(6)
    lists = [random.choice(300, (6, 2), replace=False).tolist() for _ in range(20)]
    arrived = [order_of_pairs(embeddings, [(a, b) for a, b in one], seed=n) for n, one in enumerate(lists)]
    for n in (0, 1):
        assert np.mean([curves[n].rank is None for curves in arrived]) >= 0.95


def test_lists_of_chance_are_other_words_of_similar_frequency() -> None:
    words = np.array([0, 1, 50, 51, 52, 1_000, 4_999])
    lists = similar_lists(words, 5_000, 200, seed=3)
    assert len(lists) == 200
    for drawn in lists:
        assert len(set(drawn.tolist())) == len(words)
        assert not set(drawn.tolist()) & set(words.tolist())
    low, high = np.min(lists, axis=0), np.max(lists, axis=0)
    assert (low >= np.minimum(words / 1.5 - 1, words - 25)).all()
    assert (high <= np.maximum(words * 1.5, words + 25)).all()
    assert (high - low > 15).all()
    assert [one.tolist() for one in similar_lists(words, 5_000, 2, seed=3)] == [one.tolist() for one in lists[:2]]
    half = np.arange(10)
    assert all(sorted(one.tolist()) == list(range(10, 20)) for one in similar_lists(half, 20, 3, seed=0))


@pytest.mark.parametrize("count", [2, 3, 4, 7, 12])
def test_guessing_is_exceeded_once_in_twenty_at_most(count: int) -> None:
    random = np.random.default_rng(count)
    behind = random.integers(0, count, (40_000, count)).sum(axis=1) / (count * (count - 1))
    level = guessing(count)
    assert np.mean(behind > level) <= 0.055
    assert level == 1 or np.mean(behind > level - 1.5 / (count * (count - 1))) > 0.045
    assert (level == 1) == (count == 2)


def test_analogies_of_chance_are_never_underrated(known: Spectrum) -> None:
    """Answered among fewer words, they are right at least as often."""
    embeddings = np.tile(embedding(known), (5, 1)) + 0.5 * noise(1_500, 40)
    pairs = [(1_200 + 2 * n, 1_201 + 2 * n) for n in range(10)]
    fewer, drawn = paired_anew(embeddings, pairs, 4, seed=2)
    assert fewer.shape == (1_020, 40)
    for n, one in enumerate(drawn):
        same = null_pairs(pairs, 2 + n)
        assert (fewer[np.array(one)] == embeddings[np.array(same)]).all()
        few, all_of_them = (pair_scores(*both, [5, 40]) for both in ((fewer, one), (embeddings, same)))
        assert (few[:, 1] >= all_of_them[:, 1]).all()
        assert few[:, 0] == pytest.approx(all_of_them[:, 0]), "SNR is of the pairs alone"


# Scores against slow ones


def slow_together(embeddings: np.ndarray, words: np.ndarray) -> float:
    unit = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    shares = []
    for word in words:
        nearest = sorted(set(range(len(unit))) - {word}, key=lambda other: -float(unit[word] @ unit[other]))
        shares.append(len(set(nearest[: len(words) - 1]) & set(words.tolist())) / (len(words) - 1))
    return float(np.mean(shares))


def slow_apart(embeddings: np.ndarray, finished: np.ndarray, words: np.ndarray) -> float:
    def cosine(one: int, other: int) -> float:
        padded = np.zeros(finished.shape[1])
        padded[: embeddings.shape[1]] = embeddings[one]
        return padded @ finished[other] / np.linalg.norm(padded) / np.linalg.norm(finished[other])

    told = [cosine(i, i) > cosine(i, j) for i in words for j in words if i != j]
    return float(np.mean(told))


def slow_analogies(embeddings: np.ndarray, pairs: list[tuple[int, int]]) -> float:
    unit = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    right = []
    for a, b in pairs:
        for c, d in pairs:
            if (a, b) != (c, d):
                order = np.argsort(-unit @ (unit[c] + unit[b] - unit[a]))
                right.append(next(word for word in order if word not in (a, b, c)) == d)
    return float(np.mean(right))


def slow_snr(embeddings: np.ndarray, pairs: list[tuple[int, int]]) -> float:
    rows = np.array([embeddings[b] - embeddings[a] for a, b in pairs])
    values = np.linalg.eigvalsh(rows @ rows.T)
    return float(values[-1] * np.linalg.matrix_rank(rows) / values.sum())


@pytest.mark.parametrize("layout", ["C", "F"])
def test_scores_that_grow_by_columns_agree_with_slow_ones(known: Spectrum, layout: str) -> None:
    embeddings = np.array(embedding(known), order=layout)  # type: ignore[call-overload]
    words = np.array([5, 60, 61, 120, 250, 299])
    curves = order_of_words(embeddings, words)
    for rank in (2, 3, 9, 25, 40):
        place = np.searchsorted(curves[0].ranks, rank)
        assert curves[0].scores[place] == pytest.approx(slow_together(embeddings[:, :rank], words))
        assert curves[1].scores[place] == pytest.approx(slow_apart(embeddings[:, :rank], embeddings, words))
    pairs = [(5, 60), (61, 120), (250, 299), (7, 8)]
    for rank, (snr, right) in zip([3, 10, 40], pair_scores(embeddings, pairs, [3, 10, 40]), strict=True):
        assert snr == pytest.approx(slow_snr(embeddings[:, :rank], pairs))
        assert right == pytest.approx(slow_analogies(embeddings[:, :rank], pairs))


def test_at_rank_one_all_words_of_one_sign_are_equally_near() -> None:
    embeddings = noise(200, 3, seed=4)
    words = np.array([1, 5, 50, 120, 121])
    signs = np.sign(embeddings[:, 0])
    expected = []
    for word in words:
        alike = np.flatnonzero(signs == signs[word])
        expected.append((np.isin(words, alike).sum() - 1) / (len(alike) - 1))
    assert word_scores(embeddings, [words], [1])[0, 0, 0] == pytest.approx(np.mean(expected))


def test_words_without_a_vector_are_near_to_none_and_told_from_none() -> None:
    embeddings = noise(100, 4)
    words = np.array([1, 2, 3, 4])
    embeddings[words] = 0
    together, apart = word_scores(embeddings, [words], [4])[0, 0]
    assert together == pytest.approx(3 / 99), "by lot among all others"
    assert apart == 0.5


def test_many_lists_at_once_are_as_one_by_one() -> None:
    embeddings = noise(500, 12)
    lists = similar_lists(np.arange(100, 130), 500, 11, seed=0)
    together = word_scores(embeddings, lists, [1, 4, 12])
    assert together == pytest.approx(np.concatenate([word_scores(embeddings, [one], [1, 4, 12]) for one in lists]))
    with_null, _ = order_of_words(embeddings, np.arange(100, 130), nulls=11)
    assert with_null.others[:, -1] == pytest.approx(
        [function(together[:, -1, 0]) for function in (np.min, np.median, np.max)]
    )


# Times


def test_times_are_the_largest_rise_time_so_far(known: Spectrum) -> None:
    plan = TrainSpec(50, 1e-6, 0.1 / known.values[0], steps=1, seed=2)
    times = predicted_times(known, plan)
    start = initial_embeddings(300, plan).astype(np.float64)
    r = np.linalg.qr(start.T @ known.vectors)[1]
    growth = 1 + plan.dt * known.values / 2
    each = np.log(known.values / np.diag(r) ** 2) / (2 * np.log(growth)) * plan.dt
    assert times == pytest.approx([max(each[: k + 1]) for k in range(40)], rel=1e-9)
    assert (np.diff(times) >= 0).all()
    later = predicted_times(known, TrainSpec(50, 1e-12, plan.dt, steps=1, seed=2))
    assert later - times == pytest.approx(2 * np.log(1e6) / (2 * np.log(growth)) * plan.dt, rel=0.05)
    assert (predicted_times(known, TrainSpec(50, 3.0, plan.dt, steps=1)) >= 0).all()


def test_scores_of_a_stopped_run_are_those_of_a_trained_one(wikipedia) -> None:
    """Trained from a random start, at times after the first concept, which nothing here was fitted to."""
    matrix = m_star(wikipedia)
    known = decompose(matrix, 30)
    plan = TrainSpec(30, 1e-6, 0.06 / known.values[0], steps=3_000, every=100, seed=1)
    index = wikipedia.index
    words = [index[word] for word in ("january", "april", "june", "july", "march", "october") if word in index]
    words = words if len(words) >= 4 else [10, 20, 30, 40, 50, 60]
    squares = start_squares(known, plan)
    first = predicted_times(known, plan)[0]
    shots = [shot for shot in train(matrix, plan) if shot.time > 1.2 * first]
    found = stopped(known, squares, np.array([shot.time for shot in shots]), words=words)
    numbers = np.array(words)
    trained = np.array(
        [
            (slow_together(shot.embeddings, numbers), slow_apart(shot.embeddings, shots[-1].embeddings, numbers))
            for shot in shots
        ]
    )
    assert len(shots) > 10
    assert np.ptp(found[:, 1]) > 0.15
    assert np.abs(found - trained).mean(axis=0).max() < 0.06


def test_stopping_late_is_the_whole_and_pairs_are_stopped_too(known: Spectrum) -> None:
    pairs = [(5, 60), (61, 120), (250, 299), (7, 8)]
    late = stopped(known, np.full(40, 1e-9), np.array([1e3]), pairs=pairs)
    assert late[0] == pytest.approx(pair_scores(embedding(known), pairs, [40])[0], rel=1e-6)
    words = [5, 60, 61, 120]
    late = stopped(known, np.full(40, 1e-9), np.array([1e3]), words=words)
    assert late[0] == pytest.approx(word_scores(embedding(known), [np.array(words)], [40])[0, 0])


# The rest


def test_leanings_share_out_the_mean_vector() -> None:
    vectors = np.array([[3.0, -1, 5], [3, -1, 7], [3, -4, -8]])
    first, second = leanings(vectors, 2)
    assert (first.k, first.share, first.positive, first.same, first.count) == (1, 9 / 13, True, 3, 3)
    assert (second.k, second.share, second.positive, second.same) == (2, pytest.approx(4 / 13), False, 3)
    assert leanings(vectors, 3)[2].same == 2
    still, differ = leanings(vectors, 2, centred=True)
    assert (still.share, differ.share, differ.positive, differ.same) == (0, 1, True, 2)
    spread = [one.share for one in leanings(vectors, 3, centred=True)]
    assert spread == pytest.approx([0, *(np.var(vectors[:, 1:], axis=0) / np.var(vectors, axis=0).sum())])
    assert [one.share for one in leanings(np.zeros((2, 3)), 3)] == [0, 0, 0]


def test_a_ladder_has_every_low_rank_and_the_last() -> None:
    ranks = rank_ladder(300)
    assert ranks[:40].tolist() == list(range(1, 41))
    assert ranks[-1] == 300
    assert 55 <= len(ranks) <= 61
    assert (ranks[41:] / ranks[40:-1]).max() < 1.15
    assert rank_ladder(7).tolist() == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([4], "at least 2 words"),
        ([], "at least 2 words"),
        ([4, 4, 5], "each word must be there once"),
        ([4, 30], "from 0 to 29"),
        ([-1, 4], "from 0 to 29"),
        (list(range(16)), "at most half"),
    ],
)
def test_lists_that_are_refused(words: list[int], told: str) -> None:
    with pytest.raises(InputError, match=told):
        order_of_words(noise(30, 3), words)


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        ([(1, 2), (3, 4)], "2 different pairs of 2: at least 3"),
        ([(1, 2), (3, 4), (5, 6), (1, 2)], "3 different pairs of 4"),
        ([(1, 2), (3, 4), (5, 30)], "0 to 29"),
        ([(1, 2), (2, 3), (1, 3)], "cannot be paired"),
    ],
)
def test_pairs_that_are_refused(pairs: list[tuple[int, int]], told: str) -> None:
    with pytest.raises(InputError, match=told):
        order_of_pairs(noise(30, 3), pairs)


def test_times_that_are_refused(known: Spectrum) -> None:
    with pytest.raises(InputError, match="dimension is 39, and 40 concepts"):
        predicted_times(known, TrainSpec(39, 1e-6, 1e-3, steps=1))
    negative = Spectrum(known.values - known.values[5], known.vectors, known.total, known.signs)
    with pytest.raises(InputError, match="never learned"):
        start_squares(negative, TrainSpec(40, 1e-6, 1e-3, steps=1))


def test_curves_are_read_only_and_repeat(known: Spectrum) -> None:
    embeddings = embedding(known)
    pairs = [(5, 60), (61, 120), (250, 299), (7, 8)]
    for follow, what in ((order_of_words, [5, 60, 61]), (order_of_pairs, pairs)):
        one, two = (follow(embeddings, what) for _ in range(2))  # type: ignore[operator]
        assert [curve.question for curve in one] in ([TOGETHER, APART], [DIRECTION, ANALOGIES])
        for first, second in zip(one, two, strict=True):
            for name in ("ranks", "scores", "others", "chance"):
                assert (getattr(first, name) == getattr(second, name)).all()
                with pytest.raises(ValueError, match="read-only"):
                    getattr(first, name)[0] = 0
    squares = aligned_start(known.vectors, initial_embeddings(300, TrainSpec(40, 1e-6, 1e-3, steps=1)))
    assert start_squares(known, TrainSpec(40, 1e-6, 1e-3, steps=1)) == pytest.approx(squares)
