"""The models of the paper by name: which links of its chain each one keeps.

The chain is word2vec -> quartic loss -> Setting 3.1 -> small start -> theory. ``qwem`` keeps all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.targets import Objective
from core.training.adaptive import descend
from core.training.losses import Logistic, Loss, Quartic
from core.training.pairs import tied_slope, untied_qwem_slope, untied_slope
from core.training.qwem import train
from core.training.snapshot import Snapshot, Stopped, TrainSpec, never


@dataclass(frozen=True)
class Model:
    """A loss and a weighting of pairs. ``setting_31``: all pairs weigh the same. ``loss``: None where gensim trains."""

    setting_31: bool
    loss: Loss | None


MODELS = {
    "qwem": Model(True, Quartic()),
    "quartic": Model(False, Quartic()),
    "logistic": Model(True, Logistic()),
    "sgns": Model(False, Logistic()),
    "gensim-sg": Model(False, None),
    "gensim-cbow": Model(False, None),
}
GENSIM = tuple(name for name, model in MODELS.items() if model.loss is None)


def train_model(
    name: str, objective: Objective, spec: TrainSpec, *, untied: bool = False, stopped: Stopped = never
) -> Iterator[Snapshot]:
    """Full-batch training of any model but gensim's (see ``word2vec.train_gensim``).

    Tied QWEM takes steps of exactly ``spec.dt``, and diverges where those are too long. The others shorten a step that
    would raise the loss. An asymmetric objective needs ``untied``. Nothing is computed before
    the first snapshot is asked for: whoever only makes a run does not wait.

    Raises
    ------
    InputError
        d is larger than V.
    Diverged
        See ``qwem.train`` and ``adaptive.descend``.
    """
    loss = MODELS[name].loss
    assert loss is not None  # noqa: S101 - a mistake in the program
    if name == "qwem" and not untied:
        yield from train(objective.pull, spec, stopped)
        return
    if name == "qwem":
        slope = untied_qwem_slope(objective.pull)
    else:
        slope = (untied_slope if untied else tied_slope)(objective, loss)
    yield from descend(slope, len(objective.pull), spec, untied=untied, stopped=stopped)
