"""Problems and plans."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.compare import predict
from core.corpus import Corpus
from core.counts import Cooccurrence
from core.errors import InputError
from core.problem import (
    MAX_STEPS,
    Problem,
    RunSpec,
    load_problem,
    plan,
    pose,
    pose_known,
    simulate,
    theory_plan,
    top_spectrum,
    under_setting_31,
)
from core.spectrum import decompose
from core.spectrumfile import load_spectrum, save_spectrum
from core.targets import m_star, word2vec_weights
from core.training import MODELS, TrainSpec, train

WEIGHTED = ("quartic", "sgns", "gensim-sg", "gensim-cbow")


@pytest.fixture(scope="module")
def problem() -> Problem:
    return load_problem(RunSpec(vocab_size=100, dim=5))


def recipe(model: str, **options) -> RunSpec:
    return RunSpec(vocab_size=100, dim=3, model=model, **options)


def test_a_problem_is_m_star_with_its_top_eigenpairs(problem: Problem) -> None:
    assert problem.counts.vocab_size == 100
    assert problem.matrix.shape == (100, 100)
    assert problem.spectrum.rank >= 5
    expected = np.linalg.eigvalsh(problem.matrix.astype(np.float64))[::-1][: problem.spectrum.rank]
    assert problem.spectrum.values == pytest.approx(expected, abs=1e-5)
    assert problem.learnable == (expected > 0).sum()


@pytest.mark.parametrize("dim", [0, -1, 101])
def test_a_problem_of_an_impossible_dimension(dim: int) -> None:
    with pytest.raises(InputError, match=f"dimension is {dim}.*100 words"):
        load_problem(RunSpec(vocab_size=100, dim=dim))


def test_a_plan_takes_the_step_size_in_units_of_the_first_eigenvalue(problem: Problem) -> None:
    spec = plan(problem, RunSpec(dim=5, init_scale=1e-5, step_size=0.25, seed=9), steps=77)
    assert (spec.dim, spec.init_scale, spec.steps, spec.seed) == (5, 1e-5, 77, 9)
    assert spec.dt * problem.spectrum.values[0] == pytest.approx(0.25)


def test_the_length_of_a_plan_is_time_over_step(problem: Problem) -> None:
    spec = plan(problem, RunSpec(dim=5), time=2.0)
    assert spec.steps * spec.dt == pytest.approx(2.0, abs=spec.dt / 2)
    assert plan(problem, RunSpec(dim=5), time=1e-9).steps == 1


@pytest.mark.parametrize("steps", [1, 199, 200, 201, 5_000])
def test_a_plan_has_about_two_hundred_frames(problem: Problem, steps: int) -> None:
    frames = len(plan(problem, RunSpec(dim=5), steps=steps).snapshot_steps())
    assert min(steps + 1, 100) <= frames <= 201


@pytest.mark.parametrize("until", [1, 3, 5])
def test_a_plan_ends_when_the_wanted_concepts_are_learned(problem: Problem, until: int) -> None:
    spec = plan(problem, RunSpec(dim=5, init_scale=1e-6, until=until))
    share = list(train(problem.matrix, spec))[-1].singular_values ** 2 / problem.spectrum.values[:5]
    assert (share[:until] > 0.85).all()
    if until == 1:
        assert share[2] < 0.5, "longer than asked for"


def test_by_default_a_plan_learns_all_it_can(problem: Problem) -> None:
    specs = [plan(problem, RunSpec(dim=5, until=until)) for until in (0, 5, 99)]
    assert specs[0] == specs[1] == specs[2]


@pytest.mark.parametrize("step_size", [0.0, -0.3, float("nan"), float("inf")])
def test_a_plan_with_an_impossible_step(problem: Problem, step_size: float) -> None:
    with pytest.raises(InputError, match="step size"):
        plan(problem, RunSpec(dim=5, step_size=step_size))


@pytest.mark.parametrize("time", [0.0, -1.0, float("nan"), float("inf")])
def test_a_plan_with_an_impossible_time(problem: Problem, time: float) -> None:
    with pytest.raises(InputError, match="time"):
        plan(problem, RunSpec(dim=5), time=time)


def test_a_plan_that_would_never_end(problem: Problem) -> None:
    with pytest.raises(InputError, match="above the limit of 1,000,000"):
        plan(problem, RunSpec(dim=5), steps=MAX_STEPS + 1)
    with pytest.raises(InputError, match="above the limit"):
        plan(problem, RunSpec(dim=5, step_size=1e-7))


@pytest.mark.parametrize(("knob", "value"), [("init_scale", 0.0), ("init_scale", -1.0), ("seed", -1)])
def test_a_plan_passes_on_what_the_training_refuses(problem: Problem, knob: str, value: float) -> None:
    with pytest.raises(InputError, match=knob.replace("_", " ")):
        plan(problem, RunSpec(dim=5, **{knob: value}))


def test_nothing_to_learn(wikipedia: Cooccurrence) -> None:
    matrix = -np.eye(300, dtype=np.float32)
    with pytest.raises(InputError, match="nothing to learn"):
        plan(under_setting_31(wikipedia, matrix, decompose(matrix, 5)), RunSpec(dim=5))


# Models


@pytest.mark.parametrize("untied", [False, True], ids=["tied", "untied"])
@pytest.mark.parametrize("model", MODELS)
def test_every_model_runs(model: str, untied: bool) -> None:
    spec = recipe(model, untied=untied, init_scale=0.1)
    posed = load_problem(spec)
    snapshots = list(simulate(posed, spec, plan(posed, spec, time=10 / posed.clock)))
    assert snapshots[0].loss == pytest.approx(1, abs=0.05)
    assert snapshots[-1].loss < 0.8
    assert snapshots[-1].singular_values.shape == (3,)
    two = untied or model.startswith("gensim")
    assert spec.two_matrices == two
    assert (snapshots[-1].contexts is not None) == two


def test_models_differ_by_their_losses_and_weights(problem: Problem) -> None:
    """From one start, as long: no two of the four full-batch models end alike."""
    ends = []
    for model in ("qwem", "quartic", "logistic", "sgns"):
        spec = recipe(model, init_scale=0.1)
        posed = load_problem(spec)
        train_spec = TrainSpec(3, 0.1, 0.01, steps=200, every=100)
        ends.append(list(simulate(posed, spec, train_spec))[-1].singular_values)
        assert posed.objective.weight is None or model in WEIGHTED
    for one in range(4):
        for other in range(one):
            assert np.abs(ends[one] / ends[other] - 1).max() > 0.01


def test_gensim_takes_half_the_step_size_as_its_learning_rate(wikipedia: Cooccurrence) -> None:
    """A higher learning rate takes fewer pairs for the same time."""
    seen = []
    for step_size in (0.1, 0.4):
        spec = RunSpec(vocab_size=300, dim=2, model="gensim-sg", step_size=step_size)
        posed = pose(wikipedia, m_star(wikipedia), spec)
        last = list(simulate(posed, spec, TrainSpec(2, 0.1, 0.001, steps=1)))[-1]
        objective = posed.objective
        pairs = 0.001 * 2 * objective.positive / objective.mean_weight / (step_size / 2)
        assert last.step == round(pairs / 2)
        seen.append(last.step)
    assert seen[0] == pytest.approx(4 * seen[1], abs=3)


def test_gensims_two_models_differ_on_sentences(counts: Cooccurrence, corpus: Corpus) -> None:
    ends = []
    for model in ("gensim-sg", "gensim-cbow"):
        spec = RunSpec(dim=2, model=model, init_scale=0.1)
        posed = pose(counts, m_star(counts), spec)
        ends.append(list(simulate(posed, spec, TrainSpec(2, 0.1, 1.0, steps=2), [sum(20 * corpus.sentences(), [])])))
    assert ends[0][0].singular_values == pytest.approx(ends[1][0].singular_values)
    assert np.abs(ends[0][-1].singular_values / ends[1][-1].singular_values - 1).max() > 0.02


def test_sentences_go_to_gensim(counts: Cooccurrence) -> None:
    spec = RunSpec(dim=2, model="gensim-sg", init_scale=0.1)
    posed = pose(counts, m_star(counts), spec)
    with pytest.raises(InputError, match="no sentence of this text"):
        next(simulate(posed, spec, plan(posed, spec, steps=2), [["zebra", "quagga"]]))


def test_an_unknown_model() -> None:
    with pytest.raises(InputError, match="model is 'bert', and must be one of qwem, quartic"):
        pose(None, np.eye(5, dtype=np.float32), RunSpec(dim=2, model="bert"))


@pytest.mark.parametrize(
    ("model", "untied"), [("quartic", False), ("sgns", False), ("qwem", False), ("qwem", True), ("logistic", True)]
)
def test_asymmetric_negatives_need_weights_and_two_matrices(model: str, untied: bool) -> None:
    with pytest.raises(InputError, match="asymmetric negatives need"):
        load_problem(recipe(model, untied=untied, asymmetric=True))


@pytest.mark.parametrize("negatives", [0, -3])
def test_an_impossible_number_of_negatives(negatives: int) -> None:
    with pytest.raises(InputError, match=f"negatives is {negatives}"):
        load_problem(recipe("sgns", negatives=negatives))


@pytest.mark.parametrize("model", MODELS)
def test_the_clock_is_the_fastest_rate_of_a_small_start(model: str) -> None:
    """In words alone by (R + R^T) / 2; with contexts by the largest singular value, if that is what grows fastest."""
    for untied in (False, True):
        spec = recipe(model, untied=untied, asymmetric=untied and model in WEIGHTED)
        posed = load_problem(spec)
        pull = posed.objective.pull.astype(np.float64)
        assert posed.clock == pytest.approx(np.linalg.eigvalsh((pull + pull.T) / 2)[-1], rel=1e-5)
        fastest = np.linalg.svd(pull, compute_uv=False)[0] if spec.two_matrices else posed.clock
        if model in WEIGHTED and not spec.two_matrices:  # what is below zero must not be shaken up either
            fastest = max(fastest, -np.linalg.eigvalsh(pull)[0] / 2)
        assert posed.fastest == pytest.approx(fastest, rel=1e-5)
        assert plan(posed, spec, steps=9).dt * posed.fastest == pytest.approx(spec.step_size)
        assert posed.lambda_1 == pytest.approx(np.linalg.eigvalsh(posed.matrix.astype(np.float64))[-1], rel=1e-5)
        assert (posed.clock == posed.lambda_1) == (model not in WEIGHTED)


def test_the_clock_is_positive_where_the_largest_eigenvalue_is_not(plant, wikipedia: Cooccurrence) -> None:
    """With two matrices the negative one grows too, and sets the step; charts keep to the positive one."""
    matrix = plant([-90.0, 40.0, *np.linspace(5, -5, 298)])[0].astype(np.float32)
    two = pose(wikipedia, matrix, RunSpec(dim=3, untied=True))
    one = pose(wikipedia, matrix, RunSpec(dim=3))
    assert (two.clock, two.fastest, two.lambda_1) == pytest.approx((40, 90, 40), rel=1e-4)
    assert (one.clock, one.fastest, one.lambda_1) == pytest.approx((40, 40, 40), rel=1e-4)
    assert (two.spectrum.signs[:2].tolist(), one.spectrum.signs[:2].tolist()) == ([-1, 1], [1, 1])


def test_what_is_known_already_is_taken_over(wikipedia: Cooccurrence) -> None:
    matrix, spec = m_star(wikipedia), RunSpec(dim=3, model="sgns")
    spectrum, weights = top_spectrum(matrix, 3), word2vec_weights(wikipedia)
    found, fresh = pose(wikipedia, matrix, spec, spectrum=spectrum, weights=weights), pose(wikipedia, matrix, spec)
    assert found.spectrum is spectrum
    assert found.objective is weights
    assert (found.clock, found.fastest) == (fresh.clock, fresh.fastest)


@pytest.mark.parametrize("model", MODELS)
def test_the_plan_of_the_theory_is_as_long_on_its_own_clock(model: str) -> None:
    spec = recipe(model)
    posed = load_problem(spec)
    train_spec = plan(posed, spec, steps=50)
    told = theory_plan(posed, train_spec)
    assert told.dt * posed.lambda_1 == pytest.approx(train_spec.dt * posed.clock)
    assert (told.steps, told.every, told.dim, told.init_scale) == (50, train_spec.every, 3, spec.init_scale)
    assert (told == train_spec) == (model not in WEIGHTED)


@pytest.mark.parametrize("untied", [False, True], ids=["tied", "untied"])
@pytest.mark.parametrize("model", [name for name in MODELS if name != "qwem"])
def test_plans_of_other_models_are_half_as_long_again(model: str, untied: bool) -> None:
    """In units of the first concept's growth, with the same step in those units."""
    other = recipe(model, untied=untied)
    posed = load_problem(other)
    longer = plan(posed, other)
    theory = recipe("qwem", untied=other.two_matrices, step_size=longer.dt * posed.clock)
    plain = load_problem(theory)
    shorter = plan(plain, theory)
    assert shorter.dt * plain.clock == pytest.approx(longer.dt * posed.clock)
    assert longer.steps == pytest.approx(1.5 * shorter.steps, abs=2)


def test_two_matrices_are_planned_by_the_size_of_eigenvalues(plant, wikipedia: Cooccurrence) -> None:
    """A concept with a negative eigenvalue is waited for as well: it is learned by W = -C."""
    matrix = plant([40.0, -30.0, 20.0, *np.linspace(0.5, -0.5, 297)])[0].astype(np.float32)
    spec = RunSpec(dim=3, init_scale=1e-6, untied=True)
    posed = pose(wikipedia, matrix, spec)
    last = list(simulate(posed, spec, plan(posed, spec)))[-1]
    assert last.singular_values**2 == pytest.approx([40, 30, 20], rel=0.1)


def test_a_run_on_eigenpairs_alone_is_the_run_on_the_whole_table(wikipedia: Cooccurrence, tmp_path: Path) -> None:
    matrix = m_star(wikipedia)
    save_spectrum(tmp_path / "known", decompose(matrix, 150), wikipedia)
    known = load_spectrum(tmp_path / "known")
    spec = RunSpec(vocab_size=wikipedia.vocab_size, dim=60, init_scale=1e-5, until=10)
    whole, part = pose(wikipedia, matrix, spec), pose_known(known, spec)
    planned = plan(whole, spec)
    pairs = list(zip(simulate(whole, spec, planned), simulate(part, spec, planned), strict=True))
    for one, other in pairs:
        risen = one.singular_values[:10] > 0.05 * whole.spectrum.targets[:10]
        np.testing.assert_allclose(other.singular_values[:10][risen], one.singular_values[:10][risen], rtol=1e-2)
        assert other.loss == pytest.approx(one.loss, abs=1e-4)
    assert part.learnable == 90
    assert predict(part, planned).descent.singular_values[-1, :10] == pytest.approx(
        pairs[-1][1].singular_values[:10], rel=0.04
    )


@pytest.mark.parametrize(
    ("knobs", "says"),
    [
        ({"model": "sgns"}, "QWEM"),
        ({"vocab_size": 100}, "together"),
        ({"untied": True}, "QWEM"),
        ({"dim": 21}, "20"),
        ({"dim": 0}, "20"),
    ],
)
def test_what_eigenpairs_alone_cannot_do_is_told(wikipedia: Cooccurrence, tmp_path: Path, knobs, says: str) -> None:
    save_spectrum(tmp_path / "known", decompose(m_star(wikipedia), 50), wikipedia)
    with pytest.raises(InputError, match=says):
        pose_known(load_spectrum(tmp_path / "known"), RunSpec(**({"dim": 5} | knobs)))
