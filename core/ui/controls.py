"""One declared table of every control of a run; each is also a parameter of the page's address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.problem import RunSpec
from core.ui.lab import CANNED


@dataclass(frozen=True)
class Choice:
    """A control with a fixed set of values; what is shown of a value is also what stands in the address."""

    key: str
    label: str
    options: Sequence[Any]
    default: Any
    help: str
    width: int | None = 100

    def show(self) -> Any:
        return st.selectbox(
            self.label,
            self.options,
            index=list(self.options).index(self.default),
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
MAIN_CHOICES = (
    Choice("V", "words V", [500, 1_000, 2_000, 3_000, 5_000], CANNED.vocab_size,
           "How many of the most frequent words. M* is a table of V by V; training time grows with V²."),
    Choice("d", "dimension d", [5, 10, 20, 30, 50, 100], CANNED.dim,
           "How many numbers a word may use. Also how many concepts can be learned at most.", 118),
    Choice("start", "start σ", STARTS, CANNED.init_scale,
           "Size of the random start. The smaller, the longer the wait and the cleaner the steps."),
)  # fmt: skip
MORE_CHOICES = (
    Choice("step", "step dt·λ₁", [0.02, 0.05, 0.1, 0.3, 0.5, 1.0, 2.5], CANNED.step_size,
           "Length of one step of gradient descent. Above 2 it must diverge: try it.", None),
    Choice("until", "train until concept", list(UNTIL), "10",
           "When the run ends, by its prediction. All: until every dimension has its concept.", None),
)  # fmt: skip
SPEEDS = {"calm": 0.12, "watch": 0.05, "fast": 0.02, "full": 0.0}
SPEED = Choice(
    "speed", "speed", list(SPEEDS), "watch",
    "How fast the run is shown. It never changes the result; full is as fast as this machine trains.",
)  # fmt: skip


def run_spec() -> RunSpec:
    """Show the controls in a line; the recipe they stand for."""
    values = {choice.key: choice.show() for choice in MAIN_CHOICES}
    with st.popover("More"):
        values |= {choice.key: choice.show() for choice in MORE_CHOICES}
        seed = st.number_input(
            "seed", 0, 9_999, CANNED.seed, key="seed", bind="query-params",
            help="Of the random start. The concepts do not depend on it; small details of their times do.",
        )  # fmt: skip
    until = UNTIL[values["until"]]
    return RunSpec(
        vocab_size=values["V"],
        dim=values["d"],
        init_scale=values["start"],
        step_size=values["step"],
        seed=int(seed),
        until=0 if until >= values["d"] else until,
    )


def pace() -> float:
    """Show the speed control; seconds between two snapshots."""
    return SPEEDS[SPEED.show()]
