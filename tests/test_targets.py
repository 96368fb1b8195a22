"""M*, PMI and PPMI against their formulas, evaluated in float64 on dense arrays."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from core.corpus import CorpusSpec, read_corpus
from core.counts import Cooccurrence, CountSpec, count
from core.errors import InputError
from core.targets import TARGETS, UNSEEN, m_star, pair_facts, pmi, ppmi, unigram_probability


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


@pytest.mark.parametrize("name", ["mstar", "pmi", "ppmi"])
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
    corpus = read_corpus([[b"a\na\nb\nb\nc d"]], CorpusSpec())
    alone = count(corpus, CountSpec()).head(2)
    with pytest.raises(InputError, match="no pair statistics"):
        m_star(alone)
