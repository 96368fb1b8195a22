"""M*, PMI, PPMI and the weights of pairs against their formulas, evaluated in float64 on dense arrays."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.sparse import csr_array

from core.corpus import CorpusSpec, read_corpus
from core.counts import Cooccurrence, CountSpec, Source, count
from core.errors import InputError
from core.reading import Text
from core.targets import (
    TARGETS,
    UNSEEN,
    kept_pairs,
    m_star,
    pair_facts,
    pmi,
    ppmi,
    setting_31,
    share_beyond,
    spmi,
    sppmi,
    unigram_probability,
    word2vec_weights,
)


@pytest.fixture(scope="module", params=["small", "wikipedia"])
def statistics(request, counts: Cooccurrence, wikipedia: Cooccurrence) -> Cooccurrence:
    return counts if request.param == "small" else wikipedia


def probabilities(statistics: Cooccurrence) -> tuple[np.ndarray, np.ndarray]:
    """(P_ij, P_i P_j), dense."""
    lower = statistics.lower.toarray()
    table = (lower + np.tril(lower, -1).T).astype(np.float64)
    p = statistics.unigram / statistics.unigram.sum()
    return table / table.sum(), np.outer(p, p)


def test_unigram_probability(statistics: Cooccurrence) -> None:
    p = unigram_probability(statistics)
    assert p.sum() == pytest.approx(1)
    assert p[3] / p[0] == pytest.approx(statistics.unigram[3] / statistics.unigram[0])


def test_m_star_is_the_formula_of_the_paper(statistics: Cooccurrence) -> None:
    joint, independent = probabilities(statistics)
    expected = (joint - independent) / (0.5 * (joint + independent))
    assert_allclose(m_star(statistics), expected, rtol=1e-6, atol=1e-6)


def test_m_star_is_twice_tanh_of_half_pmi(statistics: Cooccurrence) -> None:
    seen = probabilities(statistics)[0] > 0
    expected = 2 * np.tanh(pmi(statistics).astype(np.float64) / 2)
    assert_allclose(m_star(statistics)[seen], expected[seen], rtol=1e-5, atol=1e-6)


def test_share_beyond_counts_entries_of_either_sign(statistics: Cooccurrence) -> None:
    matrix = m_star(statistics)
    for bound in (0.5, 1.0, 1.9):
        beyond = sum(abs(float(entry)) > bound for row in matrix for entry in row)
        assert share_beyond(matrix, bound) == beyond / statistics.vocab_size**2
    assert share_beyond(np.array([[-2, 1], [1, 2]], np.float32), 1.0) == 0.5, "not those at the bound"
    assert share_beyond(matrix, 2.0) == 0


def test_unseen_pairs_are_exactly_minus_two_and_nothing_leaves_the_bounds(counts: Cooccurrence) -> None:
    unseen = probabilities(counts)[0] == 0
    assert unseen.any()
    matrix = m_star(counts)
    assert (matrix[unseen] == UNSEEN).all()
    assert UNSEEN == -2
    assert (matrix[~unseen] > -2).all()
    assert (matrix < 2).all()


def test_pmi_is_the_logarithm_and_zero_where_unseen(statistics: Cooccurrence) -> None:
    joint, independent = probabilities(statistics)
    seen = joint > 0
    expected = np.log(np.where(seen, joint, 1) / np.where(seen, independent, 1))
    assert_allclose(pmi(statistics), expected, rtol=1e-5, atol=1e-6)
    assert_allclose(ppmi(statistics), np.maximum(expected, 0), rtol=1e-5, atol=1e-6)
    assert (pmi(statistics) < 0).any(), "otherwise the two could not be told apart"


def test_shifted_pmi_is_five_negatives_away_where_a_pair_was_seen(statistics: Cooccurrence) -> None:
    joint, independent = probabilities(statistics)
    seen = joint > 0
    logarithm = np.log(np.where(seen, joint, 1) / np.where(seen, independent, 1)) - np.log(5)
    assert_allclose(spmi(statistics), np.where(seen, logarithm, 0), rtol=1e-5, atol=1e-6)
    assert_allclose(sppmi(statistics), np.where(seen, np.maximum(logarithm, 0), 0), rtol=1e-5, atol=1e-6)
    assert ((sppmi(statistics) > 0) == (joint > 5 * independent)).all()
    assert (spmi(statistics) < 0).any(), "otherwise the two could not be told apart"


@pytest.mark.parametrize("name", [*TARGETS])
def test_targets_are_symmetric_read_only_float32(counts: Cooccurrence, name: str) -> None:
    matrix = TARGETS[name](counts)
    assert (matrix == matrix.T).all()
    assert matrix.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        matrix[0, 0] = 1


def test_facts_of_every_pair_are_those_of_the_matrices(counts: Cooccurrence) -> None:
    joint, independent = probabilities(counts)
    matrix, logarithm = m_star(counts), pmi(counts)
    for i, j in np.ndindex(joint.shape):
        facts = pair_facts(counts, i, j)
        assert facts.count == counts.count(i, j)
        assert facts.expected == pytest.approx(independent[i, j] * counts.total_weight)
        assert (facts.joint, facts.chance) == pytest.approx((joint[i, j], independent[i, j]))
        assert facts.m_star == pytest.approx(matrix[i, j], abs=1e-6)
        if joint[i, j]:
            assert facts.pmi == pytest.approx(logarithm[i, j], abs=1e-6)
        else:
            assert facts.pmi is None


def test_words_that_never_meet_have_no_statistics() -> None:
    corpus = read_corpus([Text("text", b"a\na\nb\nb\nc d")], CorpusSpec())
    alone = count(corpus, CountSpec()).head(2)
    with pytest.raises(InputError, match="no pair statistics"):
        m_star(alone)


# How models weigh their pairs


@pytest.fixture(scope="module")
def skewed() -> Cooccurrence:
    """The last word is so rare that it is always kept, the first so frequent that it hardly ever is."""
    table = np.array([[900, 50, 30, 7], [50, 6, 0, 2], [30, 0, 4, 1], [7, 2, 1, 0]])
    return Cooccurrence(
        tuple("abcd"), np.array([990_000, 9_000, 1_000, 5]), csr_array(np.tril(table)), Source(1, 1, 1, 2)
    )


def naive_weights(statistics: Cooccurrence, k: float, asymmetric: bool) -> tuple[np.ndarray, np.ndarray]:
    """A and B, pair by pair: Psi+ P_ij = keep_i keep_j P_ij, and Psi- P_i P_j = k m_i n_j with m_i = sum_j A_ij."""
    joint, _ = probabilities(statistics)
    size, p = len(joint), (statistics.unigram / statistics.unigram.sum()).tolist()
    keep = [min(1.0, 1e-5 / one + math.sqrt(1e-5 / one)) for one in p]
    a, b = np.zeros((size, size)), np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            a[i, j] = keep[i] * keep[j] * joint[i, j]
    m, n = [sum(row) for row in a.tolist()], [one**0.75 / sum(other**0.75 for other in p) for one in p]
    for i in range(size):
        for j in range(size):
            b[i, j] = k * m[i] * n[j] if asymmetric else k / 2 * (m[i] * n[j] + m[j] * n[i])
    return a, b


@pytest.mark.parametrize("asymmetric", [False, True], ids=["symmetric", "asymmetric"])
@pytest.mark.parametrize("negatives", [1, 2, 0.5])
@pytest.mark.parametrize("name", ["counts", "wikipedia", "skewed"])
def test_word2vecs_weights_pair_by_pair(request, name: str, negatives: float, asymmetric: bool) -> None:
    statistics = request.getfixturevalue(name)
    a, b = naive_weights(statistics, negatives, asymmetric)
    found, g = word2vec_weights(statistics, negatives=negatives, asymmetric=asymmetric), (a + b).mean()
    assert found.positive == pytest.approx(a.sum())
    assert found.mean_weight == pytest.approx(g)
    assert found.pull.dtype == found.weight.dtype == np.float32
    assert_allclose(found.weight, (a + b) / g, rtol=1e-5)
    assert_allclose(found.pull, 2 * (a - b) / g, rtol=1e-5, atol=1e-5 * ((a + b) / g).max())
    assert found.weight.mean(dtype=np.float64) == pytest.approx(1)
    assert (found.pull == found.pull.T).all() == (not asymmetric)


def test_the_rare_are_kept_and_the_frequent_are_not(skewed: Cooccurrence) -> None:
    """Of 100 pairs with the first word a third of one is kept, of those with the last every one."""
    rows, columns, kept = kept_pairs(skewed)
    joint, share = probabilities(skewed)[0], {}
    for i, j, one in zip(rows, columns, kept, strict=True):
        share[(int(i), int(j))] = one / joint[i, j]
    first = 1e-5 / 0.99 + math.sqrt(1e-5 / 0.99)
    assert share[(3, 0)] == pytest.approx(first, rel=1e-4)
    assert share[(0, 0)] == pytest.approx(first**2, rel=1e-4)
    assert (2, 1) not in share


@pytest.mark.parametrize("negatives", [1, 2, 5])
def test_there_are_k_negatives_to_a_kept_pair(statistics: Cooccurrence, negatives: int) -> None:
    for asymmetric in (False, True):
        found = word2vec_weights(statistics, negatives=negatives, asymmetric=asymmetric)
        both, apart = found.weight.astype(np.float64), found.pull.astype(np.float64) / 2  # A + B and A - B over g
        positive, negative = (both + apart).sum() / 2, (both - apart).sum() / 2
        assert negative == pytest.approx(negatives * positive, rel=1e-5)
        assert positive * found.mean_weight == pytest.approx(found.positive, rel=1e-5)


def test_pull_is_the_weight_times_m_star(counts: Cooccurrence) -> None:
    """M*_ij = 2 (A - B) / (A + B): -2 for pairs never seen."""
    a, b = naive_weights(counts, 2, asymmetric=False)
    found = word2vec_weights(counts, negatives=2)
    ratio = found.pull / found.weight
    assert_allclose(ratio, 2 * (a - b) / (a + b), atol=1e-5)
    unseen = probabilities(counts)[0] == 0
    assert unseen.any()
    assert_allclose(ratio[unseen], UNSEEN, atol=1e-6)
    assert (ratio[~unseen] > UNSEEN + 1e-3).all()


@pytest.mark.parametrize("negatives", [0, -1, float("nan"), float("inf")])
def test_an_impossible_number_of_negatives(counts: Cooccurrence, negatives: float) -> None:
    with pytest.raises(InputError, match=f"negatives is {negatives:g}, and must be above 0"):
        word2vec_weights(counts, negatives=negatives)


def test_weights_of_words_that_never_meet() -> None:
    corpus = read_corpus([Text("text", b"a\na\nb\nb\nc d")], CorpusSpec())
    with pytest.raises(InputError, match="no two of these words stand together"):
        word2vec_weights(count(corpus, CountSpec()).head(2))


def test_under_setting_31_every_pair_weighs_the_same(statistics: Cooccurrence) -> None:
    """Psi+ = Psi- = 1 / (P_ij + P_i P_j): A + B = 1, and A = P_ij / (P_ij + P_i P_j)."""
    joint, independent = probabilities(statistics)
    found = setting_31(m_star(statistics))
    assert found.weight is None
    assert found.mean_weight == 1
    assert_allclose(found.pull, 2 * (joint - independent) / (joint + independent), rtol=1e-6, atol=1e-6)
    assert found.positive == pytest.approx((joint / (joint + independent)).sum(), rel=1e-6)


def test_objectives_are_read_only(counts: Cooccurrence) -> None:
    found = word2vec_weights(counts)
    for array in (found.pull, found.weight, setting_31(m_star(counts)).pull):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1
