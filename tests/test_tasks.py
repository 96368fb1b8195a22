"""A family of pairs in one embedding, against dimension and during a run: planted, and of the paper's vocabulary."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import ortho_group

from core.errors import InputError
from core.evaluation import crossed
from core.linear import gram, many_nulls, task_vectors
from core.questions import families, in_vocabulary
from core.spectrumfile import PAPER_SCALE, KnownSpectrum, load_spectrum
from core.tasks import Reading, against_dimension, against_time, read
from core.theory import lemma_31, rise_times

PAIRS = tuple((2 * n, 2 * n + 1) for n in range(16))
VALUES = np.linspace(60.0, 12.0, 24)
START = np.full(24, 1e-10)


def cloud(length: float, seed: int = 0, size: int = 400, dims: int = 24) -> np.ndarray:
    """Words anywhere; the second word of each pair is the first, moved in one direction, with noise half as large."""
    random = np.random.default_rng(seed)
    words = random.standard_normal((size, dims))
    direction = random.standard_normal(dims)
    second = [b for _, b in PAIRS]
    words[second] = words[[a for a, _ in PAIRS]] + length * direction / np.linalg.norm(direction)
    words[second] += 0.5 * random.standard_normal((len(PAIRS), dims))
    return words


@pytest.fixture(scope="module")
def known() -> KnownSpectrum:
    """The paper's vocabulary: 300 eigenpairs of M* for 10,000 words."""
    return load_spectrum(PAPER_SCALE)


def family(known: KnownSpectrum, name: str) -> tuple[tuple[int, int], ...]:
    return in_vocabulary(next(one for one in families() if one.name == name), known.index)


def assert_same(found: Reading, expected: Reading) -> None:
    """All that is read, to rounding."""
    assert (found.rank, found.right, found.total, found.nulls, found.scored) == (
        expected.rank,
        expected.right,
        expected.total,
        expected.nulls,
        expected.scored,
    )
    assert found.bulk.spikes == expected.bulk.spikes
    assert_allclose(numbers(found), numbers(expected), rtol=1e-4, equal_nan=True)


def numbers(reading: Reading) -> Sequence[float]:
    bulk = reading.bulk
    return (
        reading.snr,
        reading.agreement,
        reading.cosine,
        *reading.null_snr,
        *reading.null_agreement,
        reading.null_accuracy,
        reading.null_cosine,
        bulk.variance,
        bulk.gamma,
        *reading.eigenvalues,
    )


# One reading


def test_a_reading_is_what_its_parts_say() -> None:
    words = cloud(4.0)
    found = read(words, PAIRS, nulls=9, scored=2, seed=5)
    spectrum, score, drawn = gram(task_vectors(words, PAIRS)), crossed(words, PAIRS), many_nulls(PAIRS, 9, 5)
    assert (found.dim, found.rank, found.nulls, found.scored) == (24, 16, 9, 2)
    assert_allclose(found.eigenvalues, spectrum.eigenvalues)
    assert found.snr == pytest.approx(16 * spectrum.eigenvalues[0] / spectrum.eigenvalues.sum())
    assert (found.right, found.total, found.cosine) == (score.right, 240, score.cosine)
    assert found.accuracy == pytest.approx(score.accuracy)
    nulls = [np.linalg.svd(task_vectors(words, one), compute_uv=False) ** 2 for one in drawn]
    ratios = [16 * one[0] / one.sum() for one in nulls]
    assert found.null_snr == pytest.approx((np.median(ratios), np.quantile(ratios, 0.95)))
    assert found.null_accuracy == pytest.approx(np.mean([crossed(words, one).accuracy for one in drawn[:2]]))
    assert found.null_cosine == pytest.approx(np.mean([crossed(words, one).cosine for one in drawn[:2]]))


def test_cosine_is_of_the_parallelogram_with_the_expected_word() -> None:
    words = cloud(2.0)
    unit = words / np.linalg.norm(words, axis=1, keepdims=True)
    cosines = []
    for a, b in PAIRS:
        for other, expected in PAIRS:
            if (a, b) != (other, expected):
                sought = unit[other] + unit[b] - unit[a]
                cosines.append(sought @ unit[expected] / np.linalg.norm(sought))
    assert read(words, PAIRS, nulls=0).cosine == pytest.approx(np.mean(cosines))


def test_a_planted_concept_is_seen_and_no_concept_is_not() -> None:
    """Squared lengths: 0.25 d = 6 of noise, 36 of the direction; lambda_1 = (N 36 + N / 4)(N 36 + 6) / N 36."""
    found = [read(cloud(6.0, seed), PAIRS, scored=1) for seed in range(10)]
    expected = 16 * (16 * 36 + 16 / 4) * (16 * 36 + 6) / (16 * 36) / (16 * (36 + 6))
    assert np.mean([one.snr for one in found]) == pytest.approx(expected, rel=0.03)
    assert all(one.bulk.spikes == 1 and one.agreement > 0.95 for one in found)
    assert all(one.snr > 2 * one.null_snr[1] and one.agreement > 2 * one.null_agreement[1] for one in found)
    assert all(one.accuracy > 0.5 > 10 * one.null_accuracy for one in found)
    nothing = [read(cloud(0.0, seed), PAIRS, scored=1) for seed in range(10)]
    assert sum(one.bulk.spikes > 0 for one in nothing) <= 1
    assert all(one.agreement < 0.5 for one in nothing)


def test_a_turn_of_the_cloud_changes_nothing() -> None:
    words = cloud(3.0)
    assert_same(read(words @ ortho_group.rvs(24, random_state=3), PAIRS), read(words, PAIRS))


def test_word_0_and_pairs_given_twice() -> None:
    words = cloud(6.0)
    assert (0, 1) in PAIRS
    assert_same(read(words, [*PAIRS, (0, 1), PAIRS[3]]), read(words, PAIRS))
    assert read(words, PAIRS[1:]).total == 15 * 14


def test_large_families_need_fewer_random_ones() -> None:
    words = cloud(1.0)
    assert [read(words, pairs, scored=5).scored for pairs in (PAIRS[:4], PAIRS[:15], PAIRS)] == [5, 5, 5]
    more = [(n, 399 - n) for n in range(40)]
    assert read(words, more, scored=5).scored == 1
    assert read(words, more, scored=0).scored == 0


def test_where_nothing_can_be_said_it_is_not_a_number() -> None:
    words = cloud(2.0)
    star = read(words, [(0, 1), (0, 2)])
    assert (star.nulls, star.scored, star.total, star.bulk.fitted) == (0, 0, 2, False)
    assert np.isnan([*star.null_snr, *star.null_agreement, star.null_accuracy, star.null_cosine]).all()
    assert 1 <= star.snr <= 2
    two = read(words, PAIRS[:2])
    assert (two.nulls, two.scored, two.rank) == (20, 3, 2)
    nothing = read(np.zeros((50, 4)), PAIRS)
    assert np.isnan([nothing.snr, nothing.agreement]).all()
    assert (nothing.rank, nothing.right, nothing.cosine) == (0, 0, 0)


@pytest.mark.parametrize("pairs", [[], [(0, 1)], [(0, 1), (0, 1)], [(0, 1), (2, 400)], [(0, 1), (-1, 2)]])
def test_what_are_no_pairs_is_refused(pairs: list) -> None:
    for reading in (lambda: read(cloud(1.0), pairs), lambda: against_dimension(cloud(1.0), pairs, (2, 3))):
        with pytest.raises(InputError, match="must be"):
            reading()


# Against dimension


def test_each_dimension_is_read_alone() -> None:
    words = cloud(3.0)
    readings = against_dimension(words, PAIRS, (24, 5, 1), nulls=6, seed=2)
    assert [one.dim for one in readings] == [24, 5, 1]
    assert [one.rank for one in readings] == [16, 5, 1]
    for one in readings:
        assert_same(one, read(words[:, : one.dim], PAIRS, nulls=6, seed=2))
    for wrong in (0, 25):
        with pytest.raises(InputError, match=f"dimension is {wrong}, and must be from 1 to the 24"):
            against_dimension(words, PAIRS, (3, wrong))


@pytest.mark.parametrize("name", ["family", "gram6-nationality-adjective", "capital-common-countries"])
def test_signal_comes_first_and_noise_later(known: KnownSpectrum, name: str) -> None:
    """On the paper's vocabulary: signal over noise rises with d, then falls, and cosines fall; accuracy hides it."""
    pairs = family(known, name)
    readings = against_dimension(known.embeddings(300), pairs, (2, 4, 8, 16, 32, 64, 128, 300), nulls=8, scored=1)
    ratios = [one.snr for one in readings]
    peak = int(np.argmax(ratios))
    assert 0 < peak < len(ratios) - 1
    assert ratios[peak] > 3 * ratios[0]
    assert ratios[peak] > 1.4 * ratios[-1]
    last, best = readings[-1], readings[peak]
    assert last.cosine < 0.8 * best.cosine
    assert last.accuracy > best.accuracy
    assert all(one.snr > one.null_snr[1] and one.agreement > one.null_agreement[1] for one in readings[4:])
    assert all(one.null_accuracy < 0.05 for one in readings)


def test_every_family_agrees_more_than_its_words_at_random(known: KnownSpectrum) -> None:
    """In 200 dimensions, for all of Google's families with six pairs or more. Signal over noise alone does not tell."""
    embeddings = known.embeddings(200)
    for name in (one.name for one in families()):
        pairs = family(known, name)
        if len(pairs) >= 6:
            found = read(embeddings, pairs, scored=0)
            assert found.agreement > 1.2 * found.null_agreement[1], name
            if len(pairs) >= 14:
                assert found.agreement > 0.5 > 2 * found.null_agreement[1], name
                assert found.bulk.spikes >= 1, name
                assert found.bulk.distance < 2.5 * found.bulk.usual_distance, name


# During a run


def test_a_run_ends_where_the_closed_form_is() -> None:
    vectors = eigenvectors()
    times = [0.0, *(1.01 * rise_times(VALUES, START)[[0, 4, 11]]), 500.0]
    readings = against_time(VALUES, vectors, PAIRS, times=times, s0_squared=START, nulls=5)
    assert len(readings) == len(times)
    assert [one.rank for one in readings] == [0, 1, 5, 12, 16]
    assert_same(readings[-1], read(vectors * np.sqrt(VALUES), PAIRS, nulls=5))


def eigenvectors() -> np.ndarray:
    """Orthonormal columns in which the pairs of PAIRS have something in common."""
    vectors, _ = np.linalg.qr(cloud(3.0))
    return vectors


def test_between_it_is_the_lemma_and_what_has_not_begun_is_left_out() -> None:
    vectors = eigenvectors()
    time = 1.01 * float(rise_times(VALUES, START)[9])
    squared = lemma_31(VALUES, START, np.array([time]))[0]
    (found,) = against_time(VALUES, vectors, PAIRS, times=[time], s0_squared=START, nulls=5)
    begun = squared >= 0.01 * VALUES
    assert 10 < begun.sum() < 24
    assert (found.dim, found.rank) == (begun.sum(), 10)
    assert_same(found, read(vectors[:, begun] * np.sqrt(squared[begun]), PAIRS, nulls=5, rank=10))
    # All columns: the same to a few parts in a hundred, since those left out are short.
    whole = read(vectors * np.sqrt(squared), PAIRS, nulls=5, rank=10)
    assert found.snr == pytest.approx(whole.snr, rel=0.02)
    assert found.cosine == pytest.approx(whole.cosine, abs=0.02)


def test_before_anything_is_learned_nothing_is_known() -> None:
    """An aligned start holds all directions in equal parts: read as it is, it would answer like a trained model."""
    vectors = eigenvectors()
    (found,) = against_time(VALUES, vectors, PAIRS, times=[0.0], s0_squared=START)
    assert (found.dim, found.rank, found.right, found.cosine, found.null_accuracy) == (0, 0, 0, 0, 0)
    assert found.total == 240
    assert np.isnan([found.snr, found.agreement, *found.null_snr]).all()
    assert read(vectors * np.sqrt(START), PAIRS).accuracy > 0.5


def test_during_a_run_signal_comes_first_and_noise_later(known: KnownSpectrum) -> None:
    spectrum, pairs = known.spectrum, family(known, "family")
    start = np.full(spectrum.rank, 2e-4)
    times = 1.01 * rise_times(spectrum.values, start)[[0, 3, 15, 63, 255]]
    readings = against_time(spectrum.values, spectrum.vectors, pairs, times=times, s0_squared=start, nulls=4, scored=1)
    ratios = [one.snr for one in readings]
    assert 0 < int(np.argmax(ratios)) < 4
    assert readings[-1].cosine < readings[2].cosine - 0.1
    assert readings[-1].accuracy > readings[2].accuracy
    truncated = against_dimension(known.embeddings(300), pairs, (1, 4, 16, 64, 256), nulls=4, scored=1)
    assert_allclose(ratios, [one.snr for one in truncated], rtol=0.15)


@pytest.mark.parametrize(
    ("values", "start", "complaint"),
    [
        (VALUES[:5], START, "5 eigenvalues and 24 squares for 24 eigenvectors"),
        (VALUES, START[:3], "24 eigenvalues and 3 squares"),
        (VALUES - 20, START, "must be positive"),
        (VALUES, 0 * START, "must be positive"),
    ],
)
def test_what_is_no_run_is_refused(values: np.ndarray, start: np.ndarray, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        against_time(values, eigenvectors(), PAIRS, times=[1.0], s0_squared=start)
