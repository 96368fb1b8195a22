"""One declared table of every control of a run; each is also a parameter of the page's address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.problem import RunSpec
from core.spectrumfile import PAPER_VOCAB
from core.training import GENSIM, MODELS
from core.ui import texts
from core.ui.lab import CANNED, paper_scale


@dataclass(frozen=True)
class Choice:
    """A control with a fixed set of values; what is shown of a value is also what stands in the address."""

    key: str
    label: str
    options: Sequence[Any]
    default: Any
    help: str
    width: int | None = 94

    def show(self, most: int | None = None) -> Any:
        """The value that is chosen. ``most``: numbers above it cannot be, and it can."""
        options = list(self.options)
        if most is not None and most < max(options):
            options = [*(one for one in options if one < most), most]
        return st.selectbox(
            self.label,
            options,
            index=options.index(self.default) if self.default in options else len(options) - 1,
            format_func=read,
            key=self.key,
            bind="query-params",
            help=self.help,
            width=self.width or "stretch",
        )


def read(value: Any) -> str:
    """How a value reads in the control and in the address: the shortest form, such as 5000 and 1e-6."""
    return re.sub(r"e([+-])0+", r"e\1", f"{value:g}") if isinstance(value, float) else str(value)


UNTIL = {"5": 5, "10": 10, "all": 0}
STARTS = [1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 1e-1]
WORDS = Choice(
    "V", "words V", [500, 1_000, 2_000, 3_000, 5_000, 10_000], CANNED.vocab_size,
    "How many of the most frequent words. M* is a table of V by V; training time grows with V².",
)  # fmt: skip
DIMENSION = Choice(
    "d", "dimension d", [5, 10, 20, 30, 50, 100, 200], CANNED.dim,
    "How many numbers a word may use. Also how many concepts can be learned at most.", 114,
)  # fmt: skip
START = Choice(
    "start", "start σ", STARTS, CANNED.init_scale,
    "Size of the random start. The smaller, the longer the wait and the cleaner the steps.",
)  # fmt: skip
MODEL = Choice(
    "model", "model", list(MODELS), CANNED.model,
    "From the model of the theory to word2vec itself. "
    + " ".join(f"**{name}**: {model.meaning}." for name, model in MODELS.items()), 122,
)  # fmt: skip
MAIN_CHOICES = (WORDS, DIMENSION, START, MODEL)
MORE_CHOICES = (
    Choice("step", "step dt·λ₁", [0.02, 0.05, 0.1, 0.3, 0.5, 1.0, 2.5], CANNED.step_size,
           "Length of one step of gradient descent. Above 2 it must diverge: try it.", None),
    Choice("until", "train until concept", list(UNTIL), "10",
           "When the run ends, by its prediction. All: until every dimension has its concept.", None),
)  # fmt: skip
MATRICES = Choice(
    "matrices", "matrices", ["one", "two"], "one",
    "One: words and contexts share their vectors (tied). Two: a matrix each, as in word2vec.", None,
)  # fmt: skip
NEGATIVES = Choice(
    "k", "negatives k", [1, 2, 5, 15], 1, "Words drawn by chance against each pair that was seen.", None,
)  # fmt: skip
DRAWN = Choice(
    "drawn", "negatives are drawn", ["both ways", "for contexts"], "both ways",
    "Word2vec draws them for the context only, which makes its weights asymmetric.", None,
)  # fmt: skip
MODEL_CHOICES = (MATRICES, NEGATIVES, DRAWN)
SPEEDS = {"calm": 0.12, "watch": 0.05, "fast": 0.02, "full": 0.0}
SPEED = Choice(
    "speed", "speed", list(SPEEDS), "watch",
    "How fast the run is shown. It never changes the result; full is as fast as this machine trains.",
)  # fmt: skip


def run_spec(*, models: bool = True) -> RunSpec:
    """Show the controls in a line; the recipe they stand for. Without ``models`` it is QWEM's."""
    values: dict[str, Any] = {"data": texts.picker()}
    most = texts.words_known(values["data"])
    if models and paper_scale(values["data"], PAPER_VOCAB):
        most = PAPER_VOCAB
    values["V"] = WORDS.show(most)
    values["d"] = DIMENSION.show(values["V"])
    values |= {choice.key: choice.show() for choice in (START, MODEL)[: 2 if models else 1]}
    with st.popover("More"):
        values |= {choice.key: choice.show() for choice in MORE_CHOICES}
        seed = st.number_input(
            "seed", 0, 9_999, CANNED.seed, key="seed", bind="query-params",
            help="Of the random start. The concepts do not depend on it; small details of their times do.",
        )  # fmt: skip
        if models:
            values |= _model_choices(values["model"])
            st.text_input(
                "name of the run", key="name", bind="query-params", max_chars=60,
                placeholder="as its settings", help="Finished runs are kept under this name; see Compare runs.",
            )  # fmt: skip
    return recipe(values, int(seed))


def _model_choices(model: str) -> dict[str, Any]:
    """The choices that this model leaves."""
    values = {}
    if model not in GENSIM:
        values["matrices"] = MATRICES.show()
    if not MODELS[model].setting_31:
        values["k"] = NEGATIVES.show()
        if values.get("matrices") == "two":
            values["drawn"] = DRAWN.show()
    return values


def recipe(values: dict[str, Any], seed: int) -> RunSpec:
    """What the values of the controls stand for; those not given are at their defaults."""
    until = UNTIL[values["until"]]
    return RunSpec(
        data=values.get("data", CANNED.data),
        vocab_size=values["V"],
        dim=values["d"],
        init_scale=values["start"],
        step_size=values["step"],
        seed=seed,
        until=0 if until >= values["d"] else until,
        model=values.get("model", CANNED.model),
        untied=values.get("matrices") == "two",
        negatives=values.get("k", 1),
        asymmetric=values.get("drawn") == "for contexts",
    )


def address(spec: RunSpec) -> dict[str, str]:
    """The parameters of an address that set the controls to a recipe."""
    until = next((name for name, count in UNTIL.items() if count == spec.until), "all")
    values = {
        "V": spec.vocab_size, "d": spec.dim, "start": spec.init_scale, "step": spec.step_size, "until": until,
        "model": spec.model, "matrices": "two" if spec.untied else "one", "k": spec.negatives,
        "drawn": "for contexts" if spec.asymmetric else "both ways",
    }  # fmt: skip
    choices = (*MAIN_CHOICES, *MORE_CHOICES, *MODEL_CHOICES)
    given = {choice.key: read(values[choice.key]) for choice in choices if values[choice.key] != choice.default}
    given |= {"data": spec.data} if spec.data != CANNED.data else {}
    return given | ({"seed": str(spec.seed)} if spec.seed != CANNED.seed else {})


def pace() -> float:
    """Show the speed control; seconds between two snapshots."""
    return SPEEDS[SPEED.show()]
