"""Where statistics come from: the bundled ones by name, or a file made by ``count``; and what less text would give."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from core.counts import Cooccurrence, load_counts
from core.errors import InputError
from core.frozen import frozen

ASSETS = Path(__file__).resolve().parent.parent / "assets"
BUNDLED = {"wikipedia": ASSETS / "wikipedia-5k.parquet"}
BUNDLED_DEFAULT_VOCAB = 2_000


def load_statistics(name: str, vocab_size: int | None = None) -> Cooccurrence:
    """Counts by bundled name or by path. Without a size: 2,000 words if bundled, else the whole file.

    ``wikipedia@50000`` : the bundled counts, thinned to a text of so many tokens.

    Raises
    ------
    InputError
        There is no such file, it is not a file of counts, or it has fewer words.
    """
    bundled, _, tokens = name.partition("@")
    if bundled in BUNDLED and tokens.isdecimal() and len(tokens) < 19:
        return thinned(load_statistics(bundled, vocab_size), int(tokens))
    if name in BUNDLED:
        return load_counts(BUNDLED[name], BUNDLED_DEFAULT_VOCAB if vocab_size is None else vocab_size)
    return load_counts(Path(name), vocab_size)


def thinned(counts: Cooccurrence, tokens: int) -> Cooccurrence:
    """What a text of so many tokens from the same source might have given: every meeting is kept by chance.

    Meetings are Poisson, one for each mean weight (L + 1) / 2 that was counted, and weigh 1. Real texts are burstier: a
    word that came once comes again soon. The vocabulary and its order stay those of
    the whole text.

    Raises
    ------
    InputError
        ``tokens`` is not from 1 to the size of the text, or no meeting is left.
    """
    source = counts.source
    if not 1 <= tokens <= source.tokens:
        raise InputError(f"tokens is {tokens:,}, and must be from 1 to the {source.tokens:,} there are")
    share = tokens / source.tokens
    random = np.random.default_rng(tokens)
    lower = counts.lower.copy()
    lower.data = random.poisson(lower.data * (2 * share / (source.window + 1))).astype(np.int64)
    lower.eliminate_zeros()
    frozen(lower.data)
    if not lower.nnz:
        raise InputError(f"of {tokens:,} tokens, no two of these words stand together")
    unigram = np.maximum(random.poisson(counts.unigram * share), 1).astype(np.int64)
    kept = replace(source, tokens=tokens, kept_tokens=int(unigram.sum()))
    return replace(counts, lower=lower, unigram=frozen(unigram), source=kept)
