"""The recipes of the built-in examples: small enough to be trained while a page is looked at."""

from __future__ import annotations

from dataclasses import replace

from core.problem import RunSpec
from core.ui.lab import CANNED

_SMALL = RunSpec(vocab_size=1_000, dim=20, init_scale=1e-6, step_size=0.3, seed=3, until=10)

LARGE_START, SMALL_START = 1e-1, 1e-12
THEORY = replace(_SMALL, vocab_size=500, dim=10, step_size=0.05, until=0)
ABLATION = {model: replace(_SMALL, model=model) for model in ("sgns", "quartic", "logistic", "qwem")}
TWO_MATRICES = replace(_SMALL, untied=True, step_size=0.1)
EXAMPLES = {
    "QWEM, the model of the theory": replace(_SMALL, step_size=0.1),
    "word2vec's loss and weights": ABLATION["sgns"],
    "QWEM from an everyday start": replace(_SMALL, step_size=0.1, init_scale=LARGE_START),
    "gensim's skip-gram": replace(_SMALL, model="gensim-sg", step_size=0.1),
    "the first run of the Story": CANNED,
}
SMALL_TEXT_TOKENS = 50_000
FAILING = {
    "equal": tuple(replace(_SMALL, vocab_size=500, dim=10, step_size=0.1, until=5, seed=seed) for seed in range(3, 7)),
    "large": (replace(_SMALL, step_size=0.1, init_scale=LARGE_START),),
    "long": (replace(_SMALL, step_size=2.5),),
    "small": (replace(_SMALL, step_size=0.1, data=f"wikipedia@{SMALL_TEXT_TOKENS}"),),
}
AT_ONCE = (CANNED, TWO_MATRICES)
"""Recipes that pages open with: shown trained, without a click."""


def figure_2(model: str, init_scale: float) -> RunSpec:
    """A run of the table large start, small start by word2vec, QWEM (paper, Fig. 2)."""
    return replace(_SMALL, model=model, init_scale=init_scale, step_size=0.3 if model == "sgns" else 0.1)


def from_start(init_scale: float) -> RunSpec:
    """A small QWEM run in fine steps: training to measure two theories against."""
    return replace(THEORY, init_scale=init_scale)
