"""Ways to encode words: against numpy by hand, against each other, and what each can tell apart."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from core.corpus import CorpusSpec, read_corpus
from core.counts import CountSpec, count
from core.encodings import (
    Encoding,
    company,
    cosines,
    facts,
    in_documents,
    lda,
    lsa,
    one_hot,
    share_no_document,
    tf_idf,
    word2vec,
)
from core.errors import InputError
from core.reading import Text

SEA, KITCHEN = {"sea", "ship", "sail", "port", "wave"}, {"oven", "bread", "salt", "flour", "cake"}
CHAIN = b"car wheel\nwheel road\nroad truck\ntruck wheel\nsalt bread\nbread oven\n"


@pytest.fixture(scope="module")
def documents(corpus):
    return in_documents(corpus)


def near(encoding: Encoding, corpus, word: str, count: int) -> set[str]:
    words = corpus.vocabulary.words
    return {words[other] for other, _ in encoding.neighbours(words.index(word), count)}


def by_hand(corpus) -> np.ndarray:
    """Counts of words in documents, one token after the other."""
    table = np.zeros((len(corpus.bounds) - 1, len(corpus.vocabulary.words)))
    for document, (begin, end) in enumerate(zip(corpus.bounds, corpus.bounds[1:], strict=False)):
        for word in corpus.ids[begin:end]:
            table[document, word] += 1
    return table


def tf_idf_by_hand(table: np.ndarray) -> np.ndarray:
    rarity = np.log((1 + len(table)) / (1 + (table > 0).sum(axis=0))) + 1
    weighed = table * rarity
    return weighed / np.linalg.norm(weighed, axis=1, keepdims=True)


def test_documents_are_counted(corpus, documents):
    assert (documents.toarray() == by_hand(corpus)).all()


def test_one_hot_tells_all_apart_and_knows_nothing(documents):
    encoding = one_hot(documents.shape[1])
    assert encoding.zeros == pytest.approx(1 - 1 / 14)
    found = facts(encoding, documents)
    assert (found.strangers, found.doubles, found.unmet) == (1, 0, 0)
    assert encoding.neighbours(3, 5) == []


def test_tf_idf_is_the_formula(corpus, documents):
    assert tf_idf(documents).rows.toarray() == pytest.approx(tf_idf_by_hand(by_hand(corpus)).T, abs=1e-6)


def test_lsa_has_the_geometry_of_the_truncated_svd(corpus, documents):
    left, singular, right = np.linalg.svd(tf_idf_by_hand(by_hand(corpus)), full_matrices=False)
    ours = lsa(documents, 3).rows.astype(np.float64)
    expected = right[:3].T * singular[:3]
    assert ours @ ours.T == pytest.approx(expected @ expected.T, abs=1e-5)


def test_lsa_brings_together_words_that_never_share_a_document():
    corpus = read_corpus([Text("chain", CHAIN)], CorpusSpec(vocab_size=20))
    words, table = corpus.vocabulary.words, in_documents(corpus)
    car, truck, oven = (words.index(one) for one in ("car", "truck", "oven"))
    assert share_no_document(table, car)[truck]
    assert not share_no_document(table, car)[words.index("wheel")]
    plain, condensed = tf_idf(table), lsa(table, 2)
    assert cosines(plain.rows, plain.row(car))[truck] == 0
    assert cosines(condensed.rows, condensed.row(car))[truck] > 0.9
    assert abs(cosines(condensed.rows, condensed.row(car))[oven]) < 0.1
    assert facts(plain, table).unmet == 0 < facts(condensed, table).unmet


@pytest.mark.parametrize("make", ["lsa", "lda", "ppmi", "word2vec"])
def test_the_two_themes_are_found(corpus, counts, documents, make):
    encoding = {
        "lsa": lambda: lsa(documents, 4),
        "lda": lambda: lda(documents, 2),
        "ppmi": lambda: company(counts),
        "word2vec": lambda: word2vec(corpus, dim=8, passes=150),
    }[make]()
    for theme in (SEA, KITCHEN):
        known = theme & set(corpus.vocabulary.words)
        hits = [len(near(encoding, corpus, word, len(known) - 1) & known) for word in known]
        assert np.mean(hits) > 0.75 * (len(known) - 1), "by chance less than a third"


def test_topics_share_a_word_out(documents):
    rows = lda(documents, 3).rows
    assert rows.shape == (14, 3)
    assert rows.sum(axis=1) == pytest.approx(np.ones(14), abs=1e-5)
    assert (rows >= 0).all()


def test_company_is_ppmi_by_hand(counts):
    lower = counts.lower.toarray().astype(np.float64)
    table = lower + np.tril(lower, -1).T
    p = counts.unigram / counts.unigram.sum()
    with np.errstate(divide="ignore"):
        expected = np.maximum(np.log(table / table.sum() / np.outer(p, p)), 0)
    assert company(counts).rows.toarray() == pytest.approx(expected, abs=1e-5)


def test_word2vec_repeats_itself_and_hears_its_seed(corpus):
    first, again, other = (word2vec(corpus, dim=5, passes=2, seed=seed).rows for seed in (1, 1, 2))
    assert (first == again).all()
    assert np.abs(first - other).max() > 0.01


def test_cosines_are_the_same_sparse_or_dense_and_blind_to_length():
    rows = np.array([[3.0, 4, 0], [0, 0, 0], [0, 0, 2], [-6, -8, 0]])
    expected = [1, 0, 0, -1]
    for table in (rows, csr_array(rows)):
        assert cosines(table, rows[0]) == pytest.approx(expected)
        assert cosines(table, 1e-3 * rows[0]) == pytest.approx(expected)


def test_facts_count_strangers_and_doubles():
    rows = np.array([[1, 0], [2, 0], [0, 1], [1, 1]], np.float32)
    table = csr_array(np.array([[1, 1, 0, 1], [0, 0, 2, 0]]))
    found = facts(Encoding(rows), table)
    assert found.doubles == 2
    assert found.strangers == pytest.approx(4 / 12)
    assert found.unmet == pytest.approx(2 / 8), "of 8 neighbours the third word and the fourth never meet, both ways"


def test_sizes_are_those_of_memory():
    table = np.zeros((100, 50), np.float32)
    table[3, 4] = table[5, 6] = 1
    dense, sparse = Encoding(table), Encoding(csr_array(table))
    assert (dense.size, sparse.size) == (50, 50)
    assert dense.zeros == sparse.zeros == pytest.approx(1 - 2 / 5000)
    assert dense.bytes == 20_000
    assert sparse.bytes < 1_000
    assert (dense.row(3) == sparse.row(3)).all()


@pytest.mark.parametrize("dim", [0, 14, 999])
def test_a_dimension_that_cannot_be_is_refused(documents, dim):
    with pytest.raises(InputError, match="dim is"):
        lsa(documents, dim)


def test_no_topic_and_no_pass_are_refused(corpus, documents):
    with pytest.raises(InputError, match="topics"):
        lda(documents, 0)
    with pytest.raises(InputError, match="at least 1"):
        word2vec(corpus, passes=0)


def test_counts_of_the_same_text_have_the_same_words(corpus):
    assert count(corpus, CountSpec(window=2)).words == corpus.vocabulary.words
