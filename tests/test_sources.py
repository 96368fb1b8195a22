"""Statistics by name and by path, and what less text would have given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.corpus import CorpusSpec, read_corpus
from core.countfile import save_counts
from core.counts import Cooccurrence, CountSpec, count
from core.errors import InputError
from core.reading import Text
from core.sources import BUNDLED_DEFAULT_VOCAB, load_statistics, thinned


def dense(counts: Cooccurrence) -> np.ndarray:
    lower = counts.lower.toarray()
    return lower + np.tril(lower, -1).T


def test_statistics_by_name(wikipedia: Cooccurrence) -> None:
    whole = load_statistics("wikipedia")
    assert whole.vocab_size == BUNDLED_DEFAULT_VOCAB
    assert whole.words[:300] == wikipedia.words
    assert (dense(whole.head(300)) == dense(wikipedia)).all()


def test_statistics_by_path(counts: Cooccurrence, tmp_path: Path) -> None:
    path = tmp_path / "mine.parquet"
    save_counts(counts, path)
    for wanted in (None, 5):
        found, expected = load_statistics(str(path), wanted), counts.head(wanted or counts.vocab_size)
        assert found.words == expected.words
        assert (found.unigram == expected.unigram).all()
        assert (dense(found) == dense(expected)).all()


@pytest.mark.parametrize("name", ["", "wikipedias", "missing/file.parquet", "wikipedia@x", "wikipedia@", "x@5", "a@-1"])
def test_what_is_neither_a_name_nor_a_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError):
        load_statistics(name)


def test_thinned_by_name(wikipedia: Cooccurrence) -> None:
    found, expected = load_statistics("wikipedia@50000", 300), thinned(wikipedia, 50_000)
    assert found.source.tokens == 50_000
    assert (dense(found) == dense(expected)).all()
    assert (found.unigram == expected.unigram).all()


@pytest.mark.parametrize("tokens", [50_000, 2_000_000])
def test_thinning_keeps_every_meeting_with_the_same_chance(wikipedia: Cooccurrence, tokens: int) -> None:
    """Meetings of weight (L + 1) / 2 on average are Poisson: the mean is planted, the variance equals it."""
    found, source = thinned(wikipedia, tokens), wikipedia.source
    share = tokens / source.tokens
    for kept, whole in ((dense(found), dense(wikipedia) * 2 / (source.window + 1)), (found.unigram, wikipedia.unigram)):
        expected = whole * share
        assert abs(kept.sum() - expected.sum()) < 4 * np.sqrt(2 * expected.sum())
        common = expected > 20
        assert common.sum() > 25
        surprise = (kept[common] - expected[common]) ** 2 / expected[common]
        assert surprise.mean() == pytest.approx(1, abs=6 / np.sqrt(common.sum()))


def test_thinning_makes_holes_and_keeps_the_words(wikipedia: Cooccurrence) -> None:
    small, smaller = thinned(wikipedia, 50_000), thinned(wikipedia, 5_000)
    assert small.words == smaller.words == wikipedia.words
    assert wikipedia.lower.nnz > small.lower.nnz > smaller.lower.nnz > 0
    assert (smaller.lower.data > 0).all()
    assert smaller.unigram.min() >= 1
    seen = dense(wikipedia) > 0
    assert not dense(small)[~seen].any(), "what never met does not meet in less text"
    assert smaller.source.tokens == 5_000
    assert (wikipedia.unigram == load_statistics("wikipedia", 300).unigram).all(), "the whole is left as it was"


def test_thinning_gives_the_same_every_time(wikipedia: Cooccurrence) -> None:
    one, same, other = (thinned(wikipedia, tokens) for tokens in (20_000, 20_000, 20_001))
    assert (dense(one) == dense(same)).all()
    assert (one.unigram == same.unigram).all()
    assert (dense(one) != dense(other)).any()


def test_thinning_to_an_impossible_size(wikipedia: Cooccurrence) -> None:
    whole = wikipedia.source.tokens
    for tokens in (0, whole + 1):
        with pytest.raises(InputError, match=f"tokens is {tokens:,}, and must be from 1 to the {whole:,} there are"):
            thinned(wikipedia, tokens)
    with pytest.raises(InputError, match="tokens is 0"):
        load_statistics("wikipedia@0", 300)


def test_thinning_until_nothing_is_left() -> None:
    lonely = count(read_corpus([Text("text", b"a\nb\n" * 5_000 + b"a b\n")], CorpusSpec()), CountSpec())
    with pytest.raises(InputError, match="of 3 tokens, no two of these words stand together"):
        thinned(lonely, 3)
