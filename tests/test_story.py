"""What the Story reveals, against other ways of computing it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.compare import predict
from core.errors import InputError
from core.frames import Camera
from core.problem import RunSpec, load_problem, plan, simulate
from core.spectrum import decompose
from core.story import (
    LATER,
    before_second_step,
    block_means,
    contrasts,
    judge,
    sample_of_pairs,
    shares,
    shuffled,
    stopped_and_cut,
)

SPEC = RunSpec(vocab_size=400, dim=12, step_size=0.1, seed=1)
MODES = 8


@pytest.fixture(scope="module")
def problem():
    return load_problem(SPEC)


@pytest.fixture(scope="module")
def run(problem):
    """Prediction, camera and frames of one run."""
    planned = plan(problem, SPEC)
    camera = Camera(problem.spectrum, SPEC.dim)
    frames = [camera.frame(one) for one in simulate(problem, SPEC, planned)]
    return predict(problem, planned), camera, frames


def test_the_first_contrast_is_the_strongest_there_can_be(problem):
    cards = contrasts(problem.spectrum, problem.matrix, problem.counts.words, top=4, seed=0)
    assert sorted(card.kind for card in cards) == ["first", "frequency", "later", "length"]
    by_kind = {card.kind: card for card in cards}
    values = np.linalg.eigvalsh(problem.matrix.astype(np.float64))[::-1]
    assert by_kind["first"].strength == pytest.approx(values[0], rel=1e-5)
    assert by_kind["later"].strength == pytest.approx(values[LATER - 1], rel=1e-5)
    assert max(cards, key=lambda card: card.strength).kind == "first"
    assert all(len(card.positive) == len(card.negative) == 4 for card in cards)


def test_planted_contrasts_are_what_they_say(problem):
    words = problem.counts.words
    cards = {card.kind: card for card in contrasts(problem.spectrum, problem.matrix, words, top=4, seed=0)}
    assert cards["frequency"].positive == words[:4]
    assert min(map(len, cards["length"].positive)) > max(map(len, cards["length"].negative))
    half = len(words) // 2
    u = np.where(np.arange(len(words)) < half, 1.0, -1.0) / np.sqrt(len(words))
    assert cards["frequency"].strength == pytest.approx(u @ problem.matrix.astype(np.float64) @ u, rel=1e-4)


def test_cards_are_shuffled_by_the_seed_alone(problem):
    orders = {
        tuple(card.kind for card in contrasts(problem.spectrum, problem.matrix, problem.counts.words, top=2, seed=seed))
        for seed in (0, 1, 2, 2)
    }
    assert 1 < len(orders) <= 3


def test_sorting_by_the_first_concept_makes_blocks_and_shuffling_hides_them(problem):
    ordered = sample_of_pairs(problem.spectrum, ends=20, between=10, seed=3)
    mixed = shuffled(ordered, 3)
    assert sorted(mixed) == sorted(ordered)
    assert len(set(ordered)) == 50
    assert (np.diff(problem.spectrum.vectors[ordered, 0]) <= 0).all()

    def apart(chosen: np.ndarray) -> float:
        table = problem.matrix[np.ix_(chosen, chosen)].astype(np.float64)
        own = table[:20, :20].mean() + table[-20:, -20:].mean()
        return own / 2 - table[:20, -20:].mean()

    assert apart(ordered) > 0.5
    assert apart(ordered) > 4 * abs(apart(mixed))


def test_a_guess_is_measured_in_steps(run, problem):
    prediction, _, _ = run
    times = np.sort(prediction.descent_times[:MODES])
    for steps, when in ((0, times[1]), (1, times[2]), (-1, times[0]), (0.5, (times[1] + times[2]) / 2), (-2, 0.0)):
        found = judge(prediction, problem.lambda_1, float(when), modes=MODES)
        assert found.steps == pytest.approx(steps, abs=1e-9)
    assert judge(prediction, problem.lambda_1, float(times[1]), modes=MODES).within
    assert judge(prediction, problem.lambda_1, float(2 * times[0]), modes=MODES).even
    assert judge(prediction, problem.lambda_1, float(times[-1]) * 1.5, modes=MODES).steps > MODES - 2


def test_the_second_step_is_the_second_to_come_whatever_the_number_of_its_mode(run, problem):
    prediction, _, _ = run
    order = [2, 0, 1, *range(3, len(prediction.targets))]
    names = ("targets", "flow_times", "descent_times", "widths")
    turned = {name: getattr(prediction, name)[order] for name in names}
    for guess in (0.5, 1.0, 1.6):
        when = float(guess * prediction.descent_times[1])
        found, again = (
            judge(one, problem.lambda_1, when, modes=MODES) for one in (prediction, replace(prediction, **turned))
        )
        assert again == found


def test_a_wrong_guess_is_right_about_a_concept_of_another_strength(run, problem):
    prediction, _, _ = run
    second = judge(prediction, problem.lambda_1, float(prediction.descent_times[1]), modes=MODES)
    values = problem.spectrum.values
    assert second.strength == pytest.approx(values[1] / values[0], rel=1e-6)
    late, early = (judge(prediction, problem.lambda_1, factor * second.second, modes=MODES) for factor in (1.6, 0.8))
    assert late.strength < second.strength < early.strength
    assert judge(prediction, problem.lambda_1, 0.0, modes=MODES).strength is None


def test_one_concept_has_no_second_step(run, problem):
    with pytest.raises(InputError, match="no second step"):
        judge(run[0], problem.lambda_1, 1.0, modes=1)


def test_before_the_second_step_the_cloud_is_a_line(run):
    prediction, _, frames = run
    frame = before_second_step(frames, prediction)
    assert frame.time < prediction.descent_times[1]
    assert shares(frame).sum() == pytest.approx(1)
    spread = (frame.cloud.astype(np.float64) ** 2).sum(axis=1)
    assert shares(frame)[0] == pytest.approx(spread.max() / spread.sum(), abs=0.01)
    assert shares(frame)[0] > 0.95


def test_a_run_stopped_after_r_concepts_is_the_table_cut_to_rank_r(run, problem):
    prediction, camera, frames = run
    for rank in range(1, 6):
        found = stopped_and_cut(frames, camera, prediction, rank)
        first, second = found.stopped @ found.stopped.T, found.cut @ found.cut.T
        assert found.same == pytest.approx(1 - np.linalg.norm(first - second) / np.linalg.norm(second), abs=1e-6)
        top = decompose(problem.matrix, rank)
        assert np.abs(second - (top.vectors * top.values) @ top.vectors.T).max() < 1e-2
        assert prediction.descent_times[rank - 1] < found.time < prediction.descent_times[rank]
    assert max(stopped_and_cut(frames, camera, prediction, rank).same for rank in range(1, 6)) > 0.95
    with pytest.raises(InputError, match="rank is 0"):
        stopped_and_cut(frames, camera, prediction, 0)


def test_block_means_are_those_of_the_cells():
    values, sizes = np.random.default_rng(2).standard_normal((9, 9)).astype(np.float32), (4, 2, 3)
    cuts = [slice(0, 4), slice(4, 6), slice(6, 9)]
    found = block_means(values, sizes)
    assert found == pytest.approx(np.array([[values[a, b].mean(dtype=float) for b in cuts] for a in cuts]))
    for wrong in ((4, 2), (9, 0), ()):
        with pytest.raises(InputError, match="must be above 0 and 9 together"):
            block_means(values, wrong)
