"""gensim's own Word2Vec, from a start of our choice, on sentences or on pairs drawn from the statistics.

Two-word sentences drawn from the kept pairs are exactly what skip-gram sees of a text after subsampling and its dynamic
window. CBOW's context is then a single word, which makes it skip-gram: the two differ on real sentences only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.counts import Cooccurrence
from core.errors import InputError
from core.targets import (
    NEGATIVE_POWER,
    SUBSAMPLE,
    Objective,
    keep_probability,
    kept_pairs,
    unigram_probability,
)
from core.training.adaptive import snapshot
from core.training.losses import Logistic
from core.training.pairs import untied_slope
from core.training.snapshot import Snapshot, Stopped, TrainSpec, never

Sentences = Sequence[list[str]]
_CHUNK = 100_000  # sentences at a time: bounds memory
_LONGEST = 10_000  # words of a sentence; gensim passes over what lies beyond


def train_gensim(
    counts: Cooccurrence,
    objective: Objective,
    spec: TrainSpec,
    *,
    skip_gram: bool,
    negatives: int,
    learning_rate: float,
    sentences: Sentences | None = None,
    stopped: Stopped = never,
) -> Iterator[Snapshot]:
    """Yield snapshots at the planned times; steps count the sentences seen.

    Time is that of gradient flow: N ordered pairs at a constant ``learning_rate`` eta move embeddings, on average, as
    far as a time of eta N g / (2 sum A). ``objective`` holds word2vec's weights of these counts, asymmetric: the loss
    is measured with it, since gensim's own counter saturates. Contexts start at 0, as in gensim; words with its random
    start, scaled to a standard deviation of sigma. One worker, so that a seed repeats itself.

    On real ``sentences`` the number of pairs is an expectation, so the time is approximate there.

    Raises
    ------
    InputError
        No sentence holds two known words, or ``negatives`` is not a whole number above 0.
    """
    if negatives < 1 or int(negatives) != negatives:
        raise InputError(f"negatives is {negatives:g}; gensim draws a whole number of them, at least 1")
    source: _Pairs | _Text = _Pairs(counts, spec.seed) if sentences is None else _Text(sentences, counts, spec.seed)
    model = _model(counts, spec, skip_gram=skip_gram, negatives=int(negatives), source=source)
    order = [model.wv.key_to_index[word] for word in counts.words]  # gensim puts ties the other way round
    measure = untied_slope(objective, Logistic())
    pace = learning_rate * source.pairs_a_sentence * objective.mean_weight / (2 * objective.positive)
    seen = 0
    for planned in spec.snapshot_steps() * spec.dt:
        due = round(float(planned) / pace)
        while seen < due:
            if stopped():
                return
            batch = source.take(min(_CHUNK, due - seen))
            model.train(batch, total_examples=len(batch), epochs=1, start_alpha=learning_rate, end_alpha=learning_rate)
            seen += len(batch)
        stack = np.vstack([model.wv.vectors[order], model.syn1neg[order]])
        yield snapshot(stack, counts.vocab_size, step=seen, time=float(planned), loss=measure(stack)[1])


def _model(counts: Cooccurrence, spec: TrainSpec, *, skip_gram: bool, negatives: int, source: _Pairs | _Text) -> Any:
    from gensim.models import Word2Vec

    model = Word2Vec(
        vector_size=spec.dim, sg=int(skip_gram), hs=0, negative=negatives, ns_exponent=NEGATIVE_POWER,
        window=source.window, sample=source.sample, min_count=1, workers=1, seed=spec.seed,
    )  # fmt: skip
    model.build_vocab_from_freq(dict(zip(counts.words, counts.unigram.tolist(), strict=True)))
    start = model.wv.vectors
    start *= np.float32(spec.init_scale / start.std())
    return model


def pieces(sentences: Sentences, counts: Cooccurrence) -> list[list[str]]:
    """The known words of sentences, cut where gensim would pass over the rest; nothing that is a single word."""
    known = [[word for word in sentence if word in counts.index] for sentence in sentences]
    cut = (one[begin : begin + _LONGEST] for one in known for begin in range(0, len(one), _LONGEST))
    return [piece for piece in cut if len(piece) > 1]


class _Pairs:
    """Two-word sentences, drawn from the pairs that subsampling keeps."""

    window, sample, pairs_a_sentence = 1, 0.0, 2.0

    def __init__(self, counts: Cooccurrence, seed: int) -> None:
        first, second, weight = kept_pairs(counts)
        self._first, self._second = first, second
        self._bounds: NDArray[np.float64] = np.cumsum(weight * np.where(first == second, 1, 2))
        self._words = np.array(counts.words, dtype=object)
        self._generator = np.random.default_rng([seed, 1])

    def take(self, count: int) -> list[list[str]]:
        drawn = np.searchsorted(self._bounds, self._generator.random(count) * self._bounds[-1], side="right")
        drawn = np.minimum(drawn, len(self._bounds) - 1)
        return np.stack([self._words[self._first[drawn]], self._words[self._second[drawn]]], axis=1).tolist()


class _Text:
    """Real sentences in a random order, again and again; gensim subsamples and windows them itself."""

    sample = SUBSAMPLE

    def __init__(self, sentences: Sentences, counts: Cooccurrence, seed: int) -> None:
        self.window = counts.source.window
        self._sentences = pieces(sentences, counts)
        if not self._sentences:
            raise InputError("no sentence of this text holds two of these words")
        np.random.default_rng([seed, 2]).shuffle(self._sentences)
        self.pairs_a_sentence = self._expected_pairs(float(unigram_probability(counts) @ keep_probability(counts)))
        self._next = 0

    def _expected_pairs(self, kept: float) -> float:
        """Ordered pairs a sentence, on average: sum over distances j of 2 (L + 1 - j) / L E[(K - j)+].

        K words of n survive subsampling, K binomial. A dynamic window reaches to j in a share (L + 1 - j) / L of cases.
        """
        from scipy.stats import binom  # slow to import, and few need it

        lengths, times = np.unique([len(sentence) for sentence in self._sentences], return_counts=True)
        longer = binom.sf(np.arange(self.window), lengths[:, None], kept)  # P(K > k)
        left = lengths[:, None] * kept - np.cumsum(longer, axis=1)  # E[(K - j)+]
        reach = 2 * np.arange(self.window, 0, -1) / self.window
        return float(times @ (left @ reach) / times.sum())

    def take(self, count: int) -> list[list[str]]:
        rest = len(self._sentences) - self._next
        batch = self._sentences[self._next : self._next + min(count, rest)]
        self._next = (self._next + len(batch)) % len(self._sentences)
        return batch
