"""One declared table of every control of a run; each is also a parameter of the page's address."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.numbers import number
from core.problem import RunSpec
from core.prose import DEFAULT
from core.spectrumfile import PAPER_VOCAB
from core.training import GENSIM, MODELS
from core.ui import parameters, texts
from core.ui.choices import choice
from core.ui.lab import CANNED, paper_scale
from core.ui.prose import Prose

SAY = Prose("controls")


@dataclass(frozen=True)
class Choice:
    """A control with a fixed set of values; what is shown of a value is also what stands in the address.

    Its label and help are the passages ``key`` and ``key.help`` of ``say``, or those of another ``name``. Options that
    are ``named`` are words: the address holds them as they are here, and the page shows the passages ``name.option``.
    """

    key: str
    options: Sequence[Any]
    default: Any
    width: int | None = 94
    say: Prose = SAY
    name: str = ""
    named: bool = False

    @property
    def label(self) -> str:
        """What the control is called in the language of this visit."""
        return self.say(self.name or self.key)

    def show(self, most: int | None = None, told: str = "") -> Any:
        """The value that is chosen. ``most``: numbers above it cannot be, and it can. ``told``: another help."""
        told = told or self.say(f"{self.name or self.key}.help")
        if self.named:
            return choice(
                st.selectbox, self.label, self._words(), key=self.key, default=self.default, help=told,
                width=self.width or "stretch",
            )  # fmt: skip
        respelled(self.key, self.options)
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
            help=told,
            width=self.width or "stretch",
        )

    def _words(self) -> dict[str, str]:
        """What the options are called here; numbers are called themselves."""
        passage = self.name or self.key
        return {one: one if one.isdecimal() else self.say(f"{passage}.{one.replace(' ', '-')}") for one in self.options}


def read(value: Any) -> str:
    """How a value reads in the control and in the address: the shortest form, such as 5000 and 1e-6."""
    if not isinstance(value, float):
        return str(value)
    short = number(value, ".0e", DEFAULT)
    return min(number(value, "g", DEFAULT), short, key=len) if float(short) == value else number(value, "g", DEFAULT)


def respelled(key: str, options: Sequence[Any]) -> None:
    """Let an address spell a number as it likes: 0.0001 is 1e-4."""
    asked = st.query_params.get(key)
    with suppress(TypeError, ValueError):
        value = float(asked)  # type: ignore[arg-type]
        same = next((one for one in options if isinstance(one, float) and one == value), None)
        if same is not None and asked != read(same):
            parameters.write(key, read(same))
            st.rerun()  # a control takes only what was in the address before it was drawn


UNTIL = {"5": 5, "10": 10, "all": 0}
STARTS = [1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 1e-1]
WORDS = Choice("V", [500, 1_000, 2_000, 3_000, 5_000, 10_000], CANNED.vocab_size)
DIMENSION = Choice("d", [5, 10, 20, 30, 50, 100, 200], CANNED.dim, 114)
START = Choice("start", STARTS, CANNED.init_scale)
MODEL = Choice("model", list(MODELS), CANNED.model, 122)
MAIN_CHOICES = (WORDS, DIMENSION, START, MODEL)
MORE_CHOICES = (
    Choice("step", [0.02, 0.05, 0.1, 0.3, 0.5, 1.0, 2.5], CANNED.step_size, None),
    Choice("until", list(UNTIL), "10", None, named=True),
)
MATRICES = Choice("matrices", ["one", "two"], "one", None, named=True)
NEGATIVES = Choice("k", [1, 2, 5, 15], 1, None)
DRAWN = Choice("drawn", ["both ways", "for contexts"], "both ways", None, named=True)
MODEL_CHOICES = (MATRICES, NEGATIVES, DRAWN)
SPEEDS = {"calm": 0.12, "watch": 0.05, "fast": 0.02, "full": 0.0}
SPEED = Choice("speed", list(SPEEDS), "watch", 112, named=True)


def meaning(model: str) -> str:
    """What a model is, in a line."""
    return SAY(f"meaning.{model}")


def run_spec(*, models: bool = True) -> RunSpec:
    """Show the controls in a line; the recipe they stand for. Without ``models`` it is QWEM's."""
    values: dict[str, Any] = {"data": texts.picker()}
    most = texts.words_known(values["data"])
    if models and paper_scale(values["data"], PAPER_VOCAB):
        most = PAPER_VOCAB
    values["V"] = WORDS.show(most)
    values["d"] = DIMENSION.show(values["V"])
    values["start"] = START.show()
    if models:
        meanings = " ".join(f"**{name}**: {meaning(name)}." for name in MODELS)
        values["model"] = MODEL.show(told=f"{SAY('model.help')} {meanings}")
    with st.popover(SAY("more")):
        values |= {one.key: one.show() for one in MORE_CHOICES}
        seed = st.number_input(
            SAY("seed"), 0, 9_999, CANNED.seed, key="seed", bind="query-params", help=SAY("seed.help")
        )  # fmt: skip
        if models:
            values |= _model_choices(values["model"])
            st.text_input(
                SAY("name"), key="name", bind="query-params", max_chars=60, placeholder=SAY("name.placeholder"),
                help=SAY("name.help"),
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
    given = {one.key: read(values[one.key]) for one in choices if values[one.key] != one.default}
    given |= {"data": spec.data} if spec.data != CANNED.data else {}
    return given | ({"seed": str(spec.seed)} if spec.seed != CANNED.seed else {})


def pace() -> float:
    """Show the speed control; seconds between two snapshots."""
    return SPEEDS[SPEED.show()]
