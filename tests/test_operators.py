"""Operators against dense float64 matrices made from the formulas alone, and the rule between the two ways."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.sparse import csr_array

import core.operators
from core.counts import Cooccurrence, Source
from core.errors import InputError
from core.operators import LowRank, Operator, operator, target
from core.targets import TARGETS, UNSEEN

NAMES = ["mstar", "pmi", "ppmi", "spmi", "sppmi"]


@pytest.fixture(scope="module")
def lonely() -> Cooccurrence:
    """The third word meets nobody; some words meet themselves, the last and the first do not."""
    table = np.array([[0, 50, 0, 7, 1], [50, 6, 0, 2, 0], [0, 0, 0, 0, 0], [7, 2, 0, 9, 0], [1, 0, 0, 0, 0]])
    return Cooccurrence(tuple("abcde"), np.array([90, 70, 20, 11, 5]), csr_array(np.tril(table)), Source(1, 1, 1, 2))


@pytest.fixture(scope="module", params=["counts", "wikipedia", "lonely"])
def statistics(request) -> Cooccurrence:
    return request.getfixturevalue(request.param)


def expected(statistics: Cooccurrence, name: str) -> np.ndarray:
    """The target in float64, from its definition."""
    lower = statistics.lower.toarray()
    table = lower + np.tril(lower, -1).T
    p = statistics.unigram / statistics.unigram.sum()
    joint, chance = table / table.sum(), np.outer(p, p)
    if name == "mstar":
        return (joint - chance) / ((joint + chance) / 2)
    negatives = 5 if name.startswith("s") else 1
    logarithm = np.log(np.where(joint > 0, joint / chance / negatives, 1))
    return logarithm if name in ("pmi", "spmi") else np.maximum(logarithm, 0)


def test_the_statistics_have_what_can_go_wrong(lonely: Cooccurrence, counts: Cooccurrence) -> None:
    for one in (lonely, counts):
        assert one.unseen_share > 0
        assert (one.lower.diagonal() > 0).any()
    assert lonely.row_weights[2] == 0
    assert {name: expected(lonely, name)[2, 4] for name in NAMES} == dict.fromkeys(NAMES, 0) | {"mstar": UNSEEN}


@pytest.mark.parametrize("name", NAMES)
def test_products_are_those_of_the_dense_matrix(statistics: Cooccurrence, name: str) -> None:
    matrix, found = expected(statistics, name), operator(statistics, name)
    size, rng = statistics.vocab_size, np.random.default_rng(3)
    assert (found.shape, found.dtype) == ((size, size), np.float32)
    for block in (rng.standard_normal(size), rng.standard_normal((size, 7)), np.ones((size, 1)), -np.ones(size)):
        product = found @ block.astype(np.float32)
        assert product.shape == block.shape
        assert product.dtype == np.float32
        assert_allclose(product, matrix @ block, rtol=1e-5, atol=3e-5 * np.sqrt(size))
    assert_allclose(found @ np.eye(size, dtype=np.float32), matrix, rtol=1e-6, atol=1e-6)
    assert_allclose(found @ np.eye(size, dtype=np.float32), TARGETS[name](statistics), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_total_is_the_squared_norm(statistics: Cooccurrence, name: str) -> None:
    assert operator(statistics, name).total == pytest.approx((expected(statistics, name) ** 2).sum(), rel=1e-7)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("pairs", [1, 5, 64])
def test_blocks_do_not_matter(
    counts: Cooccurrence, lonely: Cooccurrence, name: str, pairs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [operator(one, name) for one in (counts, lonely)]
    monkeypatch.setattr(core.operators, "_BLOCK_PAIRS", pairs)
    for one, other in zip(whole, (operator(one, name) for one in (counts, lonely)), strict=True):
        assert (one.lower.data == other.lower.data).all()
        assert one.total == pytest.approx(other.total, rel=1e-12)


def test_products_repeat_to_the_bit_and_a_column_does_not_see_its_neighbours(wikipedia: Cooccurrence) -> None:
    found = operator(wikipedia, "mstar")
    block = np.random.default_rng(0).standard_normal((300, 4)).astype(np.float32)
    first = found @ block
    assert all((found @ block == first).all() for _ in range(5))
    assert_allclose(found @ block[:, 2], first[:, 2], rtol=1e-5, atol=1e-3)


def test_a_block_of_another_type_is_taken(counts: Cooccurrence) -> None:
    found = operator(counts, "mstar")
    wide = np.arange(counts.vocab_size, dtype=np.float64)
    assert (found @ wide == found @ wide.astype(np.float32)).all()
    assert (found @ wide).dtype == np.float32


def test_the_places_of_pairs_are_shared_and_results_are_read_only(wikipedia: Cooccurrence) -> None:
    found = operator(wikipedia, "mstar")
    assert np.shares_memory(found.lower.indices, wikipedia.lower.indices)
    assert np.shares_memory(found.lower.indptr, wikipedia.lower.indptr)
    with pytest.raises(ValueError, match="read-only"):
        found.lower.data[0] = 0


@pytest.mark.parametrize("name", NAMES)
def test_words_that_never_meet_have_no_target(lonely: Cooccurrence, name: str) -> None:
    rare = np.zeros((2, 2), np.int64)
    alone = Cooccurrence(("a", "b"), np.array([2, 1]), csr_array(rare), lonely.source)
    with pytest.raises(InputError, match="no two of these words stand together"):
        operator(alone, name)


@pytest.mark.parametrize("name", NAMES)
def test_a_table_that_fits_is_dense_and_a_larger_one_an_operator(
    counts: Cooccurrence, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = TARGETS[name](counts)
    monkeypatch.setattr(core.operators, "DENSE_BYTES", table.nbytes)
    fits = target(counts, name)
    assert isinstance(fits, np.ndarray)
    assert (fits == table).all()
    monkeypatch.setattr(core.operators, "DENSE_BYTES", table.nbytes - 1)
    larger = target(counts, name)
    assert isinstance(larger, Operator)
    assert_allclose(larger @ np.eye(counts.vocab_size, dtype=np.float32), table, atol=1e-6)


def test_a_matrix_of_low_rank_is_what_its_eigenpairs_make_up() -> None:
    random = np.random.default_rng(3)
    vectors, _ = np.linalg.qr(random.standard_normal((40, 6)))
    values = np.array([9.0, 5.0, 4.0, 2.0, 1.0, -3.0])
    known = LowRank(vectors.astype(np.float32), values.astype(np.float32), 200.0)
    dense = vectors @ np.diag(values) @ vectors.T
    for block in (random.standard_normal(40), random.standard_normal((40, 3))):
        np.testing.assert_allclose(known @ block, dense @ block, rtol=1e-5, atol=1e-5)
    assert (len(known), known.shape, known.dtype) == (40, (40, 40), np.float32)
    assert known.size == 2 * vectors.size
