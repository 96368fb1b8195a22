"""The snapshots of a run that was kept without its clouds: trained again, which gives the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from core.errors import InputError
from core.export.trained import Trained
from core.frames import Camera, Frame
from core.problem import Problem, plan, simulate
from core.training import GENSIM, Snapshot, TrainSpec

Watched = Callable[[Iterator[Snapshot], TrainSpec], Iterator[Snapshot]]
_SAME = 1e-3  # of the last singular values: machines round differently


def frames_of(run: Trained, problem: Problem, watched: Watched = lambda snapshots, plan: snapshots) -> Sequence[Frame]:
    """The frames of a run: as they were kept, else of the same training once more. ``watched`` may show how far it is.

    Raises
    ------
    InputError
        What comes out is not the run that was kept, as it may be where gensim trained on a text of its own.
    """
    if run.frames:
        return run.frames
    planned = plan(problem, run.spec, steps=1)
    planned = plan(problem, run.spec, steps=max(1, round(float(run.times[-1]) / planned.dt)))
    camera, frames = Camera(problem.spectrum, run.spec.dim), []
    for snapshot in watched(simulate(problem, run.spec, planned), planned):
        frames.append(camera.frame(snapshot))
    again, kept = frames[-1].singular_values, run.singular_values[-1]
    if not np.allclose(again, kept, rtol=_SAME, atol=_SAME * kept.max()):
        text = "; it may have been trained on a text of its own (--text)" if run.spec.model in GENSIM else ""
        raise InputError(f"{run.name}: trained again for the player, it ends elsewhere{text}")
    return frames
