"""Pair weights against a naive double loop."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import core.counts
from core.corpus import Corpus, CorpusSpec, read_corpus
from core.counts import Cooccurrence, CountSpec, Source, bands, count
from core.errors import InputError
from core.reading import Text

CORPORA = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=12), min_size=1, max_size=6)


def read(text: str, **knobs) -> Corpus:
    return read_corpus([Text("text", text.encode())], CorpusSpec(**knobs))


def dense(counts: Cooccurrence) -> np.ndarray:
    """The whole symmetrised matrix, from its lower triangle."""
    lower = counts.lower.toarray()
    return lower + np.tril(lower, -1).T


def naive(documents: list[list[str]], words: tuple[str, ...], window: int) -> np.ndarray:
    """Every position is a centre with ``window`` words on each side."""
    table = np.zeros((len(words), len(words)), np.int64)
    for document in documents:
        numbers = [words.index(word) for word in document]
        for a, centre in enumerate(numbers):
            for b, other in enumerate(numbers):
                if a != b and abs(a - b) <= window:
                    table[centre, other] += window + 1 - abs(a - b)
    return table


def assert_same(one: Cooccurrence, other: Cooccurrence) -> None:
    assert one.words == other.words
    assert one.unigram.tolist() == other.unigram.tolist()
    assert one.source == other.source
    assert (dense(one) == dense(other)).all()


def test_hand_counted() -> None:
    counts = count(read("a b a c\nb b"), CountSpec(window=2))
    assert counts.words == ("b", "a", "c")
    # a-b at distance 1 twice, a-a at 2 (doubled), a-c at 1, b-c at 2, b-b at 1 (doubled)
    assert dense(counts).tolist() == [[4, 4, 1], [4, 2, 2], [1, 2, 0]]
    assert counts.source == Source(documents=2, tokens=6, kept_tokens=6, window=2)


def test_words_are_removed_before_windows_are_laid() -> None:
    counts = count(read("a x b\na y b", vocab_size=2), CountSpec(window=1))
    assert counts.words == ("a", "b")
    assert dense(counts).tolist() == [[0, 2], [2, 0]]


@given(documents=CORPORA, window=st.integers(1, 15))
def test_any_corpus_counts_as_the_double_loop(documents: list[list[str]], window: int) -> None:
    corpus_text = "\n".join(" ".join(document) for document in documents)
    assume(len(set(itertools.chain(*documents))) > 1)
    corpus = read(corpus_text)
    expected = naive(documents, corpus.vocabulary.words, window)
    if not expected.any():
        with pytest.raises(InputError, match="no pairs"):
            count(corpus, CountSpec(window))
        return
    for workers, cells in ((1, 1 << 20), (2, 1 << 20), (3, 1 << 20), (1, 1), (2, 16)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(core.counts, "TABLE_BYTES", 8 * cells)
            counts = count(corpus, CountSpec(window, workers))
        assert (dense(counts) == expected).all()
    zeros = int((expected == 0).sum())
    assert counts.total_weight == expected.sum()
    assert counts.row_weights.tolist() == expected.sum(axis=1).tolist()
    assert counts.unseen_share == pytest.approx(zeros / expected.size)
    pairs = itertools.product(range(len(expected)), repeat=2)
    assert all(counts.count(i, j) == expected[i, j] for i, j in pairs)


def test_workers_and_bands_do_not_matter(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = count(corpus, CountSpec(window=7))
    monkeypatch.setattr(core.counts, "TABLE_BYTES", 8 * 20)
    assert len(bands(14)) > 5, "the small table was meant to take many bands"
    assert_same(whole, count(corpus, CountSpec(window=7, workers=3)))


def test_head_is_the_corner(counts: Cooccurrence) -> None:
    for size in range(2, counts.vocab_size + 1):
        head = counts.head(size)
        assert head.words == counts.words[:size]
        assert head.unigram.tolist() == counts.unigram[:size].tolist()
        assert (dense(head) == dense(counts)[:size, :size]).all()
        assert head.row_weights.tolist() == dense(counts)[:size, :size].sum(axis=1).tolist()


@pytest.mark.parametrize("size", [-1, 0, 1, 15])
def test_head_of_an_impossible_size(counts: Cooccurrence, size: int) -> None:
    with pytest.raises(InputError, match=f"vocabulary size is {size}.*14 words"):
        counts.head(size)


def test_index_finds_every_word(counts: Cooccurrence) -> None:
    assert [counts.index[word] for word in counts.words] == list(range(counts.vocab_size))


def test_counts_beyond_float32_are_exact() -> None:
    length, window = 2_001, 1_000
    counts = count(read(" ".join("ab"[n % 2] for n in range(length))), CountSpec(window))
    odd = sum((length - n) * (window + 1 - n) for n in range(1, window + 1, 2))
    even = sum((length - n) * (window + 1 - n) for n in range(2, window + 1, 2))
    assert int(np.float32(odd)) != odd > 2**24, "float32 would lose this one"
    assert counts.count(0, 1) == counts.count(1, 0) == odd
    assert counts.count(0, 0) + counts.count(1, 1) == 2 * even


@pytest.mark.parametrize(
    "knob", [{"window": 0}, {"window": 1_001}, {"workers": 0}], ids=["no window", "huge window", "no worker"]
)
def test_spec_names_the_knob_that_is_wrong(knob: dict[str, int]) -> None:
    with pytest.raises(InputError, match=next(iter(knob))):
        CountSpec(**knob)
