"""The tables of a run, read back by pandas and compared with what they are of."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.errors import InputError
from core.export.tables import concepts_csv, history_csv, spectrum_csv, tables, theory
from core.problem import RunSpec, load_problem, plan
from core.spectrum import concept
from core.stairs import steps
from core.targets import m_star


def frame(data: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(data))


def test_the_spectrum_is_that_of_m_star(kept):
    found = frame(spectrum_csv(kept.file, kept.problem, kept.prediction))
    exact = np.linalg.eigvalsh(m_star(kept.problem.counts).astype(np.float64))[::-1][:5]
    assert found["k"].tolist() == [1, 2, 3, 4, 5]
    assert found["lambda_k"].to_numpy() == pytest.approx(exact, rel=1e-6)
    assert found["target_singular_value"].to_numpy() == pytest.approx(np.sqrt(exact), rel=1e-6)
    assert found["final_singular_value"].tolist() == kept.file.singular_values[-1].tolist()
    assert found["final_singular_value"].to_numpy() == pytest.approx(np.sqrt(exact), rel=0.05)
    assert found["loss_after_predicted"].iloc[-1] == pytest.approx(kept.file.loss[-1], abs=0.02)


def test_concepts_are_learned_when_they_were_predicted(kept):
    found = frame(spectrum_csv(kept.file, kept.problem, kept.prediction))
    first = found.head(3)  # from this start later ones also mix
    assert first["learned_at"].to_numpy() == pytest.approx(first["tau_k_this_step"].to_numpy(), rel=0.03)
    assert (found["tau_k_flow"] < found["tau_k_this_step"]).all()
    shown = [one.trained_time for one in steps(kept.prediction, kept.stored.frames, 5)]
    apart = np.diff(kept.file.times).max() * kept.problem.clock
    assert (np.array(shown) * kept.problem.clock - found["learned_at"]).between(0, apart).all()


def test_what_was_never_learned_has_no_time(kept):
    short = replace(kept.file, **{name: getattr(kept.file, name)[:2] for name in ("steps", "times", "loss")},
                    singular_values=kept.file.singular_values[:2])  # fmt: skip
    assert frame(spectrum_csv(short, kept.problem, kept.prediction))["learned_at"].isna().all()


def test_concepts_are_words_with_their_entries(kept):
    found = frame(concepts_csv(kept.file, kept.problem))
    vectors, words = kept.problem.spectrum.vectors, kept.file.words
    assert found["k"].unique().tolist() == [1, 2, 3, 4, 5]
    for row in found.itertuples():
        assert row.entry == vectors[words.index(row.word), row.k - 1]
        assert (row.entry > 0) == (row.end == "positive")
    for (k, end), group in found.groupby(["k", "end"]):
        assert group["rank"].tolist() == list(range(1, len(group) + 1))
        assert tuple(group["word"]) == getattr(concept(kept.problem.spectrum, words, k, top=20), end)
        assert group["entry"].abs().is_monotonic_decreasing


def test_history_is_every_snapshot(kept):
    found = frame(history_csv(kept.stored, kept.problem))
    assert found["step"].tolist() == kept.file.steps.tolist()
    assert found["time_lambda_1"].to_numpy() == pytest.approx(kept.file.times * kept.problem.lambda_1)
    assert found["loss"].tolist() == kept.file.loss.tolist()
    assert (found[[f"s_{k}" for k in range(1, 6)]].to_numpy() == kept.file.singular_values).all()


def test_theory_is_found_again_from_the_recipe(kept):
    problem, prediction = theory(kept.file)
    assert tables(kept.file, problem, prediction) == tables(kept.stored, kept.problem, kept.prediction)
    assert prediction.plan.steps == kept.file.steps[-1]


def test_words_that_are_formulas_are_harmless(kept):
    words = tuple(f"={word}" for word in kept.file.words)
    problem = replace(kept.problem, counts=replace(kept.problem.counts, words=words))
    found = concepts_csv(replace(kept.file, words=words), problem)
    assert b",=" not in found
    assert b",'=" in found


def test_statistics_that_are_gone_or_others_are_told(kept, tmp_path):
    gone = replace(kept.file, spec=replace(kept.file.spec, data=str(tmp_path / "gone.parquet")))
    with pytest.raises(InputError, match=r"needed for its tables.*gone\.parquet"):
        theory(gone)
    with pytest.raises(InputError, match="their words are others"):
        theory(replace(kept.file, words=kept.file.words[::-1]))


def test_two_matrices_tell_negative_eigenvalues_by_their_sign(kept):
    spec = RunSpec(vocab_size=100, dim=8, untied=True)
    problem = load_problem(spec)
    times = np.arange(3) * plan(problem, spec, steps=1).dt
    run = replace(kept.file, spec=spec, words=problem.counts.words, steps=np.arange(3), times=times, loss=np.ones(3),
                  singular_values=np.ones((3, 8)))  # fmt: skip
    found = frame(spectrum_csv(run, *theory(run)))
    exact = np.linalg.eigvalsh(m_star(problem.counts).astype(np.float64))
    largest = exact[np.argsort(-np.abs(exact))][:8]
    assert (largest < 0).any()
    assert found["lambda_k"].to_numpy() == pytest.approx(largest, rel=1e-6)
