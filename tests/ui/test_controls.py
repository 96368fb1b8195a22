"""Controls and addresses: a recipe goes into an address and comes back from the controls as it was."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.problem import RunSpec
from core.sources import BUNDLED_VOCAB
from core.training import GENSIM, MODELS
from core.ui.controls import MAIN_CHOICES, MODEL_CHOICES, MORE_CHOICES, address, read
from core.ui.gallery import ABLATION, EXAMPLES, FAILING, THEORY, TWO_MATRICES, figure_2, from_start
from core.ui.lab import CANNED

CHOICES = {choice.key: choice for choice in (*MAIN_CHOICES, *MORE_CHOICES, *MODEL_CHOICES)}
GALLERY = [
    *(*EXAMPLES.values(), *ABLATION.values(), TWO_MATRICES, THEORY, figure_2("sgns", 1e-1), from_start(1e-12)),
    *(spec for specs in FAILING.values() for spec in specs if spec.data == "wikipedia"),
]


def page() -> None:
    import streamlit as st

    from core.ui import controls

    st.session_state["spec"] = controls.run_spec()


def came_back(spec: RunSpec) -> RunSpec:
    app = AppTest.from_function(page)
    app.query_params.update(address(spec))
    app.run()
    assert not app.exception
    return app.session_state["spec"]


def drawn() -> list[RunSpec]:
    """Recipes that the controls can stand for: every model, one matrix and two, all else by chance."""
    rng = np.random.default_rng(5)

    def any_of(key: str):
        options = CHOICES[key].options
        return options[rng.integers(len(options))]

    found = []
    for model in MODELS:
        for untied in (False,) if model in GENSIM else (False, True):
            for asymmetric in (False, True) if untied and not MODELS[model].setting_31 else (False,):
                dim = any_of("d")
                found.append(
                    RunSpec(
                        vocab_size=min(any_of("V"), BUNDLED_VOCAB),
                        dim=dim,
                        init_scale=any_of("start"),
                        step_size=any_of("step"),
                        seed=int(rng.integers(10_000)),
                        until=int(rng.choice([n for n in (0, 5, 10) if n < dim])),
                        model=model,
                        untied=untied,
                        negatives=1 if MODELS[model].setting_31 else any_of("k"),
                        asymmetric=asymmetric,
                    )
                )
    return found


@pytest.mark.parametrize("spec", [*drawn(), *dict.fromkeys(GALLERY)], ids=lambda spec: f"{spec.model}-{spec.dim}")
def test_a_recipe_comes_back_from_its_address(spec: RunSpec) -> None:
    assert came_back(spec) == spec


def test_the_recipes_drawn_here_differ_in_everything_but_their_data() -> None:
    specs = drawn()
    for field in fields(RunSpec):
        assert len({getattr(spec, field.name) for spec in specs}) > (field.name != "data"), field.name


def test_the_first_recipe_needs_no_address() -> None:
    assert address(CANNED) == {}
    assert came_back(CANNED) == CANNED
    assert address(replace(CANNED, init_scale=1e-12, seed=0)) == {"start": "1e-12", "seed": "0"}


def test_all_concepts_wanted_is_the_same_as_as_many_as_there_are_dimensions() -> None:
    assert came_back(replace(CANNED, dim=10, until=10)) == replace(CANNED, dim=10, until=0)


@pytest.mark.parametrize("seed", [0, 1])
def test_an_address_holds_what_the_controls_show(seed: int) -> None:
    for spec in drawn()[seed::2]:
        given = address(spec)
        assert all(value in map(read, CHOICES[key].options) for key, value in given.items() if key != "seed")
        assert all(value != read(CHOICES[key].default) for key, value in given.items() if key != "seed")
